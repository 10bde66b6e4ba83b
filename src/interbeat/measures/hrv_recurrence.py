"""Recurrence: how often ten intervals come back to where ten others were.

Vectors are ten successive normal intervals, none across an abnormal beat; two recur where their
distance is at most the root of ten times the standard deviation of the window's own intervals.
A stretch of more than 7.5 min is cut into equal pieces of about 5 min, and the mean is given.
Standard errors come from how much a number differs between overlapping quarters of a piece. The
longest line is not given: it says how long the stretch and where its abnormal beats were.
"""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.estimate import Estimate
from interbeat.core.span import Span
from interbeat.kernels.recurrence import (
    DETERMINED,
    DIMENSION,
    ENTROPY,
    MEAN_LINE,
    RECURRENT,
    VECTORS,
    recurrences,
)
from interbeat.measures._influence import ROUNDING, nothing_varies
from interbeat.measures._pieces import family_in_pieces
from interbeat.measures._spec import Columns, measure
from interbeat.measures._subsampled import subsampled_all
from interbeat.measures._windows import (
    columns,
    from_first_to_last,
    nn_share,
    none_in,
    only,
    rows,
)

__all__ = [
    "correlation_dimension", "determinism", "line_entropy", "mean_line", "recurrence_rate",
]  # fmt: skip

WEBBER = "Webber & Zbilut (1994), J Appl Physiol 76:965, doi:10.1152/jappl.1994.76.2.965"
GRASSBERGER = (
    "Grassberger & Procaccia (1983), Phys Rev Lett 50:346, doi:10.1103/PhysRevLett.50.346"
)
LENGTH = 10  # intervals in a vector
SHORTEST = 2  # pairs in a line
FEWEST = 100  # vectors: quarters of them are compared
SURER = 0.7  # the dimension than what quarters say of it, by simulation
FOUND = {
    "recurrence_rate": (RECURRENT, 100.0),
    "determinism": (DETERMINED, 100.0),
    "mean_line": (MEAN_LINE, 1.0),
    "line_entropy": (ENTROPY, 1.0),
    "correlation_dimension": (DIMENSION, 1.0),
}


def _piece(starts: FloatArray, ends: FloatArray, *, beats: Beats) -> dict[str, Columns]:
    rr, nn = np.array(beats.rr_ms), beats.nn
    where = rows(beats.times, starts, ends, joined=2)
    # what differs by rounding alone does not differ
    rounded = np.rint(rr / ROUNDING) * ROUNDING
    plot = recurrences(rounded, nn, *where, LENGTH, SHORTEST)
    errors = subsampled_all(
        lambda i, j: recurrences(rounded, nn, i, j, LENGTH, SHORTEST), *where
    )
    quality, none = nn_share(beats, starts, ends), none_in(beats, starts, ends)
    n = plot[:, VECTORS]
    out = {}
    for name, (column, factor) in FOUND.items():
        value = np.where(plot[:, DIMENSION] > 0, factor * plot[:, column], np.nan)
        surer = SURER if column == DIMENSION else 1.0
        se = factor * surer * errors[:, column]
        out[name] = columns(
            value,
            se,
            quality=quality,
            n=n,
            unless=(
                (none, "no beats", n),
                (n < FEWEST, f"{{n}} of {FEWEST} runs of {LENGTH} normal intervals", n),
                *nothing_varies(value, se),
            ),
        )
    return out


RECURRENCE = family_in_pieces(_piece)


@measure(
    label="Recurrence rate",
    unit="%",
    window=None,
    source=WEBBER,
    many=RECURRENCE["recurrence_rate"],
)
def recurrence_rate(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Share of pairs of runs of ten intervals that recur.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In percent. ``n`` is the number of runs of ten normal intervals, ``quality`` the share
        of `span` within normal intervals. Missing under 100 runs, and where nothing varies.

    Notes
    -----
    Settings are those of Kubios: ten intervals, one beat apart, a threshold of the root of ten
    standard deviations.

    References
    ----------
    .. [1] Webber & Zbilut (1994), Dynamical assessment of physiological systems and states
       using recurrence plot strategies, J Appl Physiol 76:965-973,
       doi:10.1152/jappl.1994.76.2.965.
    .. [2] Tarvainen, Niskanen, Lipponen, Ranta-aho & Karjalainen (2014), Kubios HRV, Comput
       Methods Programs Biomed 113:210-220, doi:10.1016/j.cmpb.2013.07.024 (the settings).

    Examples
    --------
    >>> beats = Beats.from_rr(800 + 50 * np.sin(np.arange(400.0) ** 2), person="a")
    >>> round(recurrence_rate(beats).value, 3)
    6.362
    """
    return only(
        RECURRENCE["recurrence_rate"], "%", span or from_first_to_last(beats), beats=beats
    )


@measure(
    label="Determinism",
    unit="%",
    window=None,
    source=WEBBER,
    many=RECURRENCE["determinism"],
)
def determinism(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Share of recurrent pairs that lie in lines of two or more.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In percent; ``n`` and ``quality`` as of :func:`recurrence_rate`. Missing under 100 runs
        of ten normal intervals, and where nothing varies.

    Notes
    -----
    Its name is its history: noise that is slow enough is "determined" too. An abnormal beat
    ends lines: compare only stretches with about as many.

    References
    ----------
    .. [1] Webber & Zbilut (1994), Dynamical assessment of physiological systems and states
       using recurrence plot strategies, J Appl Physiol 76:965-973,
       doi:10.1152/jappl.1994.76.2.965.
    .. [2] Tarvainen, Niskanen, Lipponen, Ranta-aho & Karjalainen (2014), Kubios HRV, Comput
       Methods Programs Biomed 113:210-220, doi:10.1016/j.cmpb.2013.07.024 (the settings).

    Examples
    --------
    >>> beats = Beats.from_rr(800 + 50 * np.sin(np.arange(400.0) ** 2), person="a")
    >>> round(determinism(beats).value, 3)
    89.961
    """
    return only(RECURRENCE["determinism"], "%", span or from_first_to_last(beats), beats=beats)


@measure(
    label="Mean line length",
    unit="beats",
    window=None,
    source=WEBBER,
    many=RECURRENCE["mean_line"],
)
def mean_line(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Mean length of the lines of a recurrence plot, two beats at least.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In beats; ``n`` and ``quality`` as of :func:`recurrence_rate`. Missing under 100 runs of
        ten normal intervals, and where nothing varies.

    Notes
    -----
    An abnormal beat ends lines: compare only stretches with about as many.

    References
    ----------
    .. [1] Webber & Zbilut (1994), Dynamical assessment of physiological systems and states
       using recurrence plot strategies, J Appl Physiol 76:965-973,
       doi:10.1152/jappl.1994.76.2.965.
    .. [2] Tarvainen, Niskanen, Lipponen, Ranta-aho & Karjalainen (2014), Kubios HRV, Comput
       Methods Programs Biomed 113:210-220, doi:10.1016/j.cmpb.2013.07.024 (the settings).

    Examples
    --------
    >>> beats = Beats.from_rr(800 + 50 * np.sin(np.arange(400.0) ** 2), person="a")
    >>> round(mean_line(beats).value, 3)
    4.692
    """
    return only(
        RECURRENCE["mean_line"], "beats", span or from_first_to_last(beats), beats=beats
    )


@measure(
    label="Entropy of line lengths",
    unit="",
    window=None,
    source=WEBBER,
    many=RECURRENCE["line_entropy"],
)
def line_entropy(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Shannon entropy of the lengths of the lines of a recurrence plot.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        In nats; ``n`` and ``quality`` as of :func:`recurrence_rate`. Missing under 100 runs of
        ten normal intervals, and where nothing varies.

    Notes
    -----
    An abnormal beat ends lines: compare only stretches with about as many.

    References
    ----------
    .. [1] Webber & Zbilut (1994), Dynamical assessment of physiological systems and states
       using recurrence plot strategies, J Appl Physiol 76:965-973,
       doi:10.1152/jappl.1994.76.2.965.
    .. [2] Tarvainen, Niskanen, Lipponen, Ranta-aho & Karjalainen (2014), Kubios HRV, Comput
       Methods Programs Biomed 113:210-220, doi:10.1016/j.cmpb.2013.07.024 (the settings).

    Examples
    --------
    >>> beats = Beats.from_rr(800 + 50 * np.sin(np.arange(400.0) ** 2), person="a")
    >>> round(line_entropy(beats).value, 3)
    1.97
    """
    return only(RECURRENCE["line_entropy"], "", span or from_first_to_last(beats), beats=beats)


@measure(
    label="Correlation dimension",
    unit="",
    window=None,
    source=GRASSBERGER,
    many=RECURRENCE["correlation_dimension"],
)
def correlation_dimension(beats: Beats, span: Span | None = None) -> Estimate:
    r"""Correlation dimension D2 of runs of ten intervals.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given.

    Returns
    -------
    Estimate
        A bare number; ``n`` and ``quality`` as of :func:`recurrence_rate`. Missing under 100
        runs of ten normal intervals, and where nothing varies.

    Notes
    -----
    The slope of the logarithm of the share of pairs that are near, over the logarithm of how
    near, between the hundredth and the tenth of the pairs that are nearest: from a noisy series
    of some hundred beats, one number among others, and no dimension of anything.

    References
    ----------
    .. [1] Grassberger & Procaccia (1983), Characterization of strange attractors, Phys Rev Lett
       50:346-349, doi:10.1103/PhysRevLett.50.346.

    Examples
    --------
    >>> beats = Beats.from_rr(800 + 50 * np.sin(np.arange(400.0) ** 2), person="a")
    >>> round(correlation_dimension(beats).value, 3)
    3.564
    """
    return only(
        RECURRENCE["correlation_dimension"], "", span or from_first_to_last(beats), beats=beats
    )
