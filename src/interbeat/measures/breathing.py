"""How fast a person breathes."""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.breaths import Breaths
from interbeat.core.estimate import Estimate
from interbeat.core.span import Span
from interbeat.kernels.student import student
from interbeat.kernels.windows import COUNT, DF, MEAN, MEAN_VARIANCE
from interbeat.measures._spec import Columns, measure
from interbeat.measures._windows import (
    columns,
    from_first_to_last,
    moments_of,
    none_in,
    only,
    rows,
    share,
)

__all__ = ["breathing_rate"]

FEWEST_BREATHS = 3


def _many(starts: FloatArray, ends: FloatArray, *, breaths: Breaths) -> Columns:
    durations = np.diff(breaths.times)
    found = moments_of(durations, breaths.whole, rows(breaths.times, starts, ends, joined=2))
    n, mean = found[:, COUNT], found[:, MEAN]
    lasting = np.where(mean > 0, mean, 1.0)
    return columns(
        60 / lasting,
        60 / lasting**2 * np.sqrt(found[:, MEAN_VARIANCE]) * student(found[:, DF]),
        quality=share(n * mean, ends - starts),
        n=n,
        unless=(
            (none_in(breaths, starts, ends), "breathing not known", n),
            (n < FEWEST_BREATHS, f"{{n}} of {FEWEST_BREATHS} breaths", n),
        ),
    )


@measure(
    label="Breathing rate",
    unit="breaths/min",
    window=60.0,
    source="Noto et al. (2018), Chem Senses 43:583, doi:10.1093/chemse/bjy045",
    many=_many,
)
def breathing_rate(breaths: Breaths, span: Span | None = None) -> Estimate:
    """Breaths per minute: 60 over the mean time (s) from one onset of inspiration to the next.

    Parameters
    ----------
    breaths : Breaths
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last breath if not given.

    Returns
    -------
    Estimate
        In breaths per minute. ``n`` is the number of breaths trusted at both ends,
        ``quality`` the share of `span` that they cover. Missing under 3 such breaths. The
        standard error is that of the mean duration under autocorrelation.

    Notes
    -----
    As in [1]_, over breaths that lie wholly in the span, so that a breath cut by its edge does
    not make breathing faster. Tracks look back 60 s, as those of RespHRV do, so that the two
    speak of the same breaths.

    References
    ----------
    .. [1] Noto et al. (2018), Chem Senses 43:583-597, doi:10.1093/chemse/bjy045.

    Examples
    --------
    >>> onsets = np.array([0.0, 4, 8.5, 12, 16, 20.5, 24])
    >>> always = np.ones(7, dtype=bool)
    >>> print(breathing_rate(Breaths(onsets, onsets + 1, np.ones(7), always, person="a")))
    15.0 ± 0.7 breaths/min
    """
    return only(_many, "breaths/min", span or from_first_to_last(breaths), breaths=breaths)
