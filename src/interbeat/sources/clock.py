"""Two recorders on one clock: by start stamps, by common markers, or by assumption."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray, frozen_floats
from interbeat.core.beats import Beats
from interbeat.core.errors import DataError
from interbeat.core.intervals import Intervals
from interbeat.core.recording import Data, Recording
from interbeat.core.signal import Signal

__all__ = [
    "NOT_MARKERS",
    "ClockFit",
    "common_markers",
    "fit_clock",
    "on_clock",
    "starts_by_label",
]

FEWEST_FOR_DRIFT = 5  # markers; on fewer, one late marker would pass for a drift
SHORTEST_FOR_DRIFT = 60.0  # s between the first and the last marker
THINNED_TO = 1000  # markers; the median slope looks at every pair, 500 000 are plenty
OUTLYING = 3.0  # robust standard deviations
MAD_TO_SD = 1.4826  # of a normal distribution
NOT_MARKERS = ("gap", "artifact", "lost", "saturat", "flat")  # each recorder's own troubles


@dataclass(frozen=True, slots=True)
class ClockFit:
    """How one clock reads on another: ``ours = offset + theirs * (1 + drift_ppm / 1e6)``.

    Parameters
    ----------
    offset : float
        What our clock reads when theirs reads 0, in seconds.
    drift_ppm : float
        By how much ours runs faster, in millionths; 0 where it cannot be told from none.
    residual_ms : float
        Standard deviation of the markers that were kept about the fit; NaN for a single one.
    n : int
        Markers kept.
    outliers : int
        Markers left out.
    offset_se : float
        Standard error of the offset in seconds; NaN for a single marker.
    drift_se_ppm : float
        Standard error of the drift; NaN where it was not estimated.

    Examples
    --------
    >>> fit = ClockFit(10.0, 100.0, residual_ms=2.0, n=9)
    >>> fit.ours([0.0, 1000.0])
    array([  10. , 1010.1])
    """

    offset: float
    drift_ppm: float
    residual_ms: float
    n: int
    outliers: int = 0
    offset_se: float = math.nan
    drift_se_ppm: float = math.nan

    @property
    def pace(self) -> float:
        """Seconds of ours in one second of theirs."""
        return 1 + self.drift_ppm / 1e6

    def ours(self, theirs: ArrayLike) -> FloatArray:
        """Return what our clock reads at `theirs` (s)."""
        return self.offset + np.asarray(theirs, dtype=np.float64) * self.pace

    def __str__(self) -> str:
        """Say it for people."""
        drift = f", drift {self.drift_ppm:+.1f} ± {self.drift_se_ppm:.1f} ppm"
        spread = f", residual {self.residual_ms:.1f} ms"
        return (
            f"offset {self.offset:+.3f} s{drift if math.isfinite(self.drift_se_ppm) else ''}"
            f"{spread if math.isfinite(self.residual_ms) else ''} over {self.n} markers"
        )


def fit_clock(theirs: ArrayLike, ours: ArrayLike) -> ClockFit:
    r"""Fit offset and drift between two clocks that saw the same markers.

    A line through ``ours - theirs``: first the median of the slopes of all pairs of markers
    (Theil-Sen [1]_, [2]_, which survives 29 % of wrong markers), then least squares over the
    markers within 3 robust standard deviations of it. Departing from the papers, that second
    step is ours: it gives standard errors and the precision of least squares.

    Parameters
    ----------
    theirs, ours : array_like, shape (n,)
        Times of the same n markers on either clock, in seconds.

    Returns
    -------
    ClockFit
        Drift is estimated from 5 markers over at least 60 s; one whose 95 % interval holds 0
        is taken as 0, because it would be stretched over the whole recording. Without drift
        the offset is the median difference.

    Raises
    ------
    DataError
        If there is no marker, the shapes differ or a time is not finite.

    References
    ----------
    .. [1] Theil (1950), Proc. K. Ned. Akad. Wet. A 53:386.
    .. [2] Sen (1968), J. Am. Stat. Assoc. 63:1379, doi:10.1080/01621459.1968.10480934.

    Examples
    --------
    >>> theirs = np.arange(0, 600, 30.0)
    >>> fit = fit_clock(theirs, 2.5 + theirs * 1.00008)
    >>> round(fit.offset, 3), round(fit.drift_ppm, 1), fit.n
    (2.5, 80.0, 20)
    """
    x, y = frozen_floats(theirs, "theirs"), frozen_floats(ours, "ours")
    if x.size == 0 or x.size != y.size:
        raise DataError(
            f"two clocks need the same markers, at least one: {x.size} and {y.size} given"
        )
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise DataError("marker times must be finite")
    if x.size < FEWEST_FOR_DRIFT or np.ptp(x) < SHORTEST_FOR_DRIFT:
        return _offset_only(y - x)
    return _line(x, y - x)


def _offset_only(late: FloatArray) -> ClockFit:
    kept = late[_near(late - np.median(late))]
    if kept.size < 2:
        return ClockFit(float(np.median(late)), 0.0, math.nan, 1, late.size - 1)
    spread = float(kept.std(ddof=1))
    return ClockFit(
        float(np.median(kept)),
        0.0,
        spread * 1e3,
        int(kept.size),
        int(late.size - kept.size),
        offset_se=spread * math.sqrt(math.pi / 2 / kept.size),
    )


def _line(x: FloatArray, late: FloatArray) -> ClockFit:
    center = float(np.median(x))
    slope, level = _median_line(x - center, late)
    keep = _near(late - level - slope * (x - center))
    x_kept, y_kept = x[keep], late[keep]
    if x_kept.size < FEWEST_FOR_DRIFT or np.ptp(x_kept) < SHORTEST_FOR_DRIFT:
        return _offset_only(late)
    about = x_kept - x_kept.mean()
    slope = float(about @ y_kept / (about @ about))
    residual = y_kept - y_kept.mean() - slope * about
    spread = math.sqrt(float(residual @ residual) / (x_kept.size - 2))
    slope_se = spread / math.sqrt(float(about @ about))
    if abs(slope) < _t95(x_kept.size - 2) * slope_se:
        return replace(_offset_only(late), drift_se_ppm=slope_se * 1e6)
    return ClockFit(
        offset=float(y_kept.mean() - slope * x_kept.mean()),
        drift_ppm=slope * 1e6,
        residual_ms=spread * 1e3,
        n=int(x_kept.size),
        outliers=int(x.size - x_kept.size),
        offset_se=math.hypot(spread / math.sqrt(x_kept.size), slope_se * x_kept.mean()),
        drift_se_ppm=slope_se * 1e6,
    )


def _median_line(x: FloatArray, y: FloatArray) -> tuple[float, float]:
    from scipy.stats import theilslopes  # noqa: PLC0415 - half a second, for few sessions

    some = np.unique(np.linspace(0, x.size - 1, THINNED_TO).astype(np.int64))
    slope = float(theilslopes(y[some], x[some])[0])
    return slope, float(np.median(y - slope * x))


def _t95(freedom: int) -> float:
    from scipy.special import stdtrit  # noqa: PLC0415 - as above

    return float(stdtrit(freedom, 0.975))


def _near(residual: FloatArray) -> FloatArray:
    """Return which residuals are no outliers, as a mask."""
    spread = MAD_TO_SD * np.median(np.abs(residual - np.median(residual)))
    near: FloatArray = np.abs(residual) <= OUTLYING * spread + 1e-6  # a microsecond
    return near


def common_markers(theirs: Intervals, ours: Intervals) -> tuple[FloatArray, FloatArray]:
    """Return when both saw what both call by the same name, on either clock (s).

    The k-th stretch of a label is matched with the k-th of the other; a label that does not
    come equally often in both is left out, because nobody knows which one was missed. So are
    gaps and artifacts, which belong to one recorder.

    Examples
    --------
    >>> a = Intervals([10, 70], [60, 90], ["rest", "talk"])
    >>> b = Intervals([0, 5, 65], [2, 55, 85], ["cough", "rest", "talk"])
    >>> common_markers(b, a)
    (array([ 5., 65.]), array([10., 70.]))
    """
    x, y = starts_by_label(theirs), starts_by_label(ours)
    pairs: list[tuple[float, float]] = []
    for label in x.keys() & y.keys():
        if len(x[label]) == len(y[label]) and not label.lower().startswith(NOT_MARKERS):
            pairs.extend(zip(x[label], y[label], strict=True))
    table = np.array(sorted(pairs), dtype=np.float64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def starts_by_label(intervals: Intervals) -> dict[str, list[float]]:
    """Return when the stretches of each label begin (s), in order."""
    starts: dict[str, list[float]] = {}
    for start, _, label in intervals.rows():
        starts.setdefault(label, []).append(start)
    return starts


def on_clock(recording: Recording, fit: ClockFit) -> Recording:
    """Return the recording with its times on our clock.

    A signal keeps its samples; with drift its sampling rate changes by as much, because its
    recorder's second was not ours.
    """
    if fit.drift_ppm == 0:
        return recording.moved(fit.offset) if fit.offset else recording
    return Recording(
        recording.person,
        {name: _mapped(data, fit) for name, data in recording.channels.items()},
    )


def _mapped(data: Data, fit: ClockFit) -> Data:
    if isinstance(data, Signal):
        start, rate = float(fit.ours(data.start)), data.sampling_rate / fit.pace
        return replace(data, sampling_rate=rate, start=start)
    if isinstance(data, Beats):
        return replace(data, times=fit.ours(data.times))
    return replace(data, times=fit.ours(data.times), peaks=fit.ours(data.peaks))
