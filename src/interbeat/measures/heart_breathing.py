"""How fast a person breathes, as their heart tells it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray, IntArray
from interbeat.core.beats import Beats
from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate
from interbeat.core.signal import Signal
from interbeat.core.span import Span
from interbeat.kernels.windows import COUNT, MEAN, VARIANCE
from interbeat.measures._spec import Columns, measure
from interbeat.measures._windows import (
    columns,
    from_first_to_last,
    in_pieces,
    moments_of,
    none_in,
    only,
    rows,
    share,
)

__all__ = ["heart_breathing_rate"]

WINDOW = 60.0  # s
LEAST = 30.0  # s of normal intervals
LEAST_SHARE = 0.7  # of a window, for intervals and for heights
GRID = 4.0  # Hz
LENGTH = 768  # points of a spectrum
BATCH = 2048  # windows at once
SLOWEST, FASTEST = 4.0, 40.0  # breaths/min
USUAL = 14.0  # breaths/min: what is expected
SPREAD = 0.4  # standard deviation of its logarithm
CELL = 1.5  # bins of the spectrum, of 1 / duration, that a sinusoid under a sine taper fills
SUREST = 0.95  # share of the power from which one rhythm is taken to be all of it
RR_WEIGHT, HEIGHT_WEIGHT = 24.0, 30.0  # samples that a window's spectrum is worth
RR_TILT, HEIGHT_TILT = 2, 1  # powers of frequency by which drifts fall off
JITTER = 3.0  # ms: what the times of beats may be off
HARMONIC = 0.5  # of the power at a rate that its double may add
MAYER, MAYER_WIDTH = 0.1, 0.02  # Hz: the blood pressure's own rhythm
MAYER_EVIDENCE, MAYER_MOST = 12.0, 4000.0  # what it may feign, and from what power (ms²) not
STEADY = 1e-12  # s²: rounding
VAGUE = 2.5  # breaths/min: a standard deviation that tells no rate
LEAST_TOLD = 0.25  # of the minutes of a long stretch
TOO_FEW = "a rhythm of breathing in the heartbeats for {n} % of the time; 25 % needed"
UNEVEN = 0.05  # of the rate: by how much a rhythm and a count of uneven breaths differ


class _Grid(NamedTuple):
    """A row of values on whole quarters of a second, NaN where there is none."""

    first: int
    values: FloatArray

    def windows(self, begins: IntArray, size: int) -> FloatArray:
        """Return `size` values from each of `begins` on, shape (n, size)."""
        at = begins[:, None] + np.arange(size) - self.first
        inside = (at >= 0) & (at < self.values.size)
        if not self.values.size:
            return np.full(at.shape, np.nan)
        return np.where(inside, self.values[np.where(inside, at, 0)], np.nan)


def _held(beats: Beats) -> tuple[_Grid, _Grid]:
    """Return the normal interval (ms) that each quarter of a second lies in, and its number."""
    if len(beats) < 2:
        return _Grid(0, np.empty(0)), _Grid(0, np.empty(0))
    first, end = np.ceil(beats.times[[0, -1]] * GRID - 1e-6).astype(np.int64)
    k = np.searchsorted(beats.times, np.arange(first, end) / GRID + 1e-7, side="right") - 1
    k = np.clip(k, 0, len(beats) - 2)
    values = np.where(beats.nn[k], beats.rr_ms[k], np.nan)
    return _Grid(int(first), values), _Grid(int(first), k.astype(np.float64))


def _spectra(x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return power densities (per Hz) of rows less mean and slope, and the share that is there.

    What is lost is 0 in place, after the rest has lost its mean and slope.
    """
    there = ~np.isnan(x)
    count = np.maximum(there.sum(axis=1), 1)[:, None]
    t = np.where(there, np.linspace(-1, 1, x.shape[1]), 0.0)
    t = np.where(there, t - t.sum(axis=1, keepdims=True) / count, 0.0)
    y = np.where(there, x, 0.0)
    y = np.where(there, y - y.sum(axis=1, keepdims=True) / count, 0.0)
    slope = (y * t).sum(axis=1, keepdims=True) / np.maximum(
        (t * t).sum(axis=1, keepdims=True), 1e-9
    )
    size = x.shape[1]
    taper = np.sqrt(2 / (size + 1)) * np.sin(np.pi * np.arange(1, size + 1) / (size + 1))
    bins = np.fft.rfft((y - slope * t) * taper, LENGTH, axis=1)
    return 2 / GRID * (bins.real**2 + bins.imag**2), there.mean(axis=1)


# Slices, for an array indexed by a mask is laid out so that sums depend on its other rows.
FREQUENCY = np.fft.rfftfreq(LENGTH, 1 / GRID)
STEP = float(FREQUENCY[1])
FIRST = math.ceil(SLOWEST / 60 / STEP)
BAND = slice(FIRST, math.floor(FASTEST / 60 / STEP) + 1)
RATES = FREQUENCY[BAND]  # Hz
NEAR_MAYER = slice(
    round((MAYER - 1.5 * MAYER_WIDTH) / STEP), round((MAYER + 1.5 * MAYER_WIDTH) / STEP) + 1
)
LIKE_MAYER = np.exp(-0.5 * ((RATES - MAYER) / MAYER_WIDTH) ** 2)
DOUBLE = 2 * np.arange(RATES.size) + FIRST  # where twice each rate is, among the rates
EXPECTED = -0.5 * (np.log(60 * RATES / USUAL) / SPREAD) ** 2 - np.log(RATES)


def _evidence(part: FloatArray, weight: float) -> FloatArray:
    """Return the logarithm of the odds that a rhythm with this share of the power is one."""
    return np.asarray(-0.5 * weight * np.log1p(-np.minimum(part, SUREST)))


def _part(tilted: FloatArray, total: FloatArray, seconds: float) -> FloatArray:
    """Return the share of the power that a rhythm of each rate would make up."""
    return np.divide(
        tilted * (CELL / seconds), total, out=np.zeros(tilted.shape), where=total > 0
    )


def _from_intervals(power: FloatArray, rr: FloatArray, seconds: float) -> FloatArray:
    """Return the evidence for each rate in spectra (ms²/Hz) of intervals of mean `rr` (s)."""
    seen = 0.5 / rr[:, None] >= RATES  # no rhythm is faster than half the heart's
    tilt = np.where(seen, RATES**RR_TILT, 0.0)
    tilted = power[:, BAND] * tilt
    noise = 2 * (JITTER**2) * rr[:, None]  # ms²/Hz, of white noise
    part = _part(tilted, ((tilted + noise * tilt).sum(axis=1, keepdims=True)) * STEP, seconds)
    double = np.where(
        RATES.size > DOUBLE, part.take(np.minimum(DOUBLE, RATES.size - 1), axis=1), 0.0
    )
    found = _evidence(part + np.minimum(double, HARMONIC * part), RR_WEIGHT)
    slow = power[:, NEAR_MAYER].sum(axis=1, keepdims=True) * STEP
    feigned = LIKE_MAYER / (1 + (slow / MAYER_MOST) ** 4)
    found = found - feigned * np.minimum(found, MAYER_EVIDENCE)
    return np.where(seen, found, -np.inf)


def _from_heights(power: FloatArray, part_there: FloatArray, seconds: float) -> FloatArray:
    """Return the evidence for each rate in spectra of the height of beats."""
    tilted = power[:, BAND] * RATES**HEIGHT_TILT
    part = _part(tilted, tilted.sum(axis=1, keepdims=True) * STEP, seconds)
    return np.where(part_there[:, None] >= LEAST_SHARE, _evidence(part, HEIGHT_WEIGHT), 0.0)


def _mean_and_spread(evidence: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return mean and standard deviation (breaths/min) of what is believed of the rate."""
    log = evidence + EXPECTED
    belief = np.exp(log - log.max(axis=1, keepdims=True))
    belief /= belief.sum(axis=1, keepdims=True)
    mean = (belief * (60 * RATES)).sum(axis=1)
    away = 60 * RATES - mean[:, None]
    return mean, np.sqrt((belief * away**2).sum(axis=1))


def _batches(starts: FloatArray, ends: FloatArray) -> Iterator[tuple[IntArray, int]]:
    """Give windows of one length each, a bounded number at a time, and that length."""
    sizes = np.floor((ends - starts) * GRID + 1e-6).astype(np.int64)
    for size in np.unique(sizes[(sizes >= LEAST * GRID) & (sizes <= LENGTH)]).tolist():
        those = np.flatnonzero(sizes == size)
        yield from ((those[i : i + BATCH], size) for i in range(0, those.size, BATCH))


def _rates(
    windows: tuple[FloatArray, FloatArray],
    rr: FloatArray,
    beats: Beats,
    edr: Signal | None,
) -> tuple[FloatArray, FloatArray]:
    """Return what each window tells: a mean and a standard deviation, NaN where too short."""
    starts, ends = windows
    beats = beats.between(float(starts.min()), float(ends.max()))  # live, few of a long row
    held, number = _held(beats)
    first, last = rows(beats.times, starts, ends, joined=2)
    height = _Grid(0, np.empty(0)) if edr is None else _heights(edr)
    mean, spread = np.full((2, starts.size), np.nan)
    for k, size in _batches(starts, ends):
        begins = np.ceil(starts[k] * GRID - 1e-6).astype(np.int64)
        which = number.windows(begins, size)
        within = (which >= first[k, None]) & (which < last[k, None])
        power, _ = _spectra(np.where(within, held.windows(begins, size), np.nan))
        evidence = _from_intervals(power, rr[k], size / GRID)
        if edr is not None:
            evidence = evidence + _from_heights(
                *_spectra(height.windows(begins, size)), size / GRID
            )
        mean[k], spread[k] = _mean_and_spread(evidence)
    return mean, spread


def _heights(edr: Signal) -> _Grid:
    if edr.sampling_rate != GRID:
        raise DataError(
            f"heights of beats are taken at {GRID:g} Hz, not at {edr.sampling_rate:g} Hz"
        )
    return _Grid(round(edr.start * GRID), edr.values)


def _piece(starts: FloatArray, ends: FloatArray, beats: Beats, edr: Signal | None) -> Columns:
    windows = starts, ends
    found = moments_of(np.diff(beats.times), beats.nn, rows(beats.times, *windows, joined=2))
    n, covered = found[:, COUNT], found[:, COUNT] * found[:, MEAN]
    part = share(covered, ends - starts)
    enough: BoolArray = (covered >= LEAST) & (part >= LEAST_SHARE)
    value, spread = np.full((2, starts.size), np.nan)
    if enough.any():
        some = starts[enough], ends[enough]
        value[enough], spread[enough] = _rates(some, found[enough, MEAN], beats, edr)
    return columns(
        value,
        spread,
        quality=part,
        n=n,
        unless=(
            (none_in(beats, *windows), "no beats", n),
            (covered < LEAST, f"{{n}} of {LEAST:.0f} s of normal intervals", covered),
            (
                part < LEAST_SHARE,
                f"normal intervals for {{n}} % of the time; {100 * LEAST_SHARE:.0f} % needed",
                100 * part,
            ),
            (found[:, VARIANCE] < STEADY, "nothing varies", n),
            (~(spread <= VAGUE), "no one rhythm of breathing in the heartbeats", n),
        ),
    )


def _many(
    starts: FloatArray, ends: FloatArray, *, beats: Beats, edr: Signal | None = None
) -> Columns:
    told: list[BoolArray] = []

    def piece(begin: FloatArray, end: FloatArray, _: IntArray) -> Columns:
        found = _piece(begin, end, beats, edr)
        told.append(~np.isnan(found.values))
        return found

    found = in_pieces(piece, WINDOW, starts, ends)
    if told and told[0].size > starts.size:
        found = _unless_too_few(found, told[0], starts, ends)
    return found._replace(se=np.hypot(found.se, UNEVEN * found.values))


def _unless_too_few(
    found: Columns, told: BoolArray, starts: FloatArray, ends: FloatArray
) -> Columns:
    """Return what was `found` of pieces, missing where too few of a window's told a rate.

    Noise alone makes a rhythm stand out in 2 to 6 pieces of 100.
    """
    counts = np.maximum(np.rint((ends - starts) / WINDOW).astype(np.int64), 1)
    firsts = np.cumsum(counts) - counts
    part = np.add.reduceat(told.astype(np.float64), firsts) / counts
    few = ~np.isnan(found.values) & (part < LEAST_TOLD)
    quality = np.where(np.isnan(found.values), found.quality, found.quality * part)
    reasons = [
        TOO_FEW.format(n=int(100 * p)) if missing else reason
        for p, missing, reason in zip(part, few, found.reasons, strict=True)
    ]
    values, se = (np.where(few, np.nan, x) for x in (found.values, found.se))
    return Columns(values, se, quality, found.n, tuple(reasons))


@measure(
    label="Breathing rate seen in the heart",
    unit="breaths/min",
    window=WINDOW,
    source=("Charlton et al. (2018), IEEE Rev Biomed Eng 11:2, doi:10.1109/RBME.2017.2763681"),
    many=_many,
)
def heart_breathing_rate(
    beats: Beats, edr: Signal | None = None, span: Span | None = None
) -> Estimate:
    """Breaths per minute, as the swing of the RR intervals and of the R peaks' height tells.

    For want of a belt or airflow, and beside one. The rate is the mean of what is believed
    after the spectra of the intervals and, where there is an ECG, of the heights were seen,
    each a vote for the rhythm that makes up most of its power.

    Parameters
    ----------
    beats : Beats
        Of one person; of an ECG, a pulse or a strap.
    edr : Signal, optional
        Height of the R peaks, 4 Hz.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given. One
        of more than 90 s is cut into equal pieces of about 1 min, and the mean is given.

    Returns
    -------
    Estimate
        In breaths per minute. ``n`` is the number of normal intervals, ``quality`` the share
        of `span` that they cover, times the share of its pieces that told a rate. Missing
        where they cover less than 30 s or 70 % of it, and where no one rhythm stands out: where
        what is believed has a standard deviation of more than 2.5 a minute or, of a long span,
        in more than 75 % of its pieces. The standard error is that deviation (over pieces, that
        of their mean) and 5 % of the rate, by which the main rhythm of uneven breathing differs
        from its count.

    Raises
    ------
    DataError
        If `edr` is not at 4 Hz.

    See Also
    --------
    interbeat.measures.breathing.breathing_rate

    Notes
    -----
    Each normal interval is held while it lasts, so that nothing is interpolated, and its
    spectrum is tilted by the square of the frequency, as that of successive differences is:
    slow rhythms of the heart fall off so. Noise of 3 ms, which times of beats have, is counted
    in. With a share s of the power in one cell of the spectrum, a rate has the odds
    ``(1 - s) ** -12``, those of a single sinusoid in noise [2]_ as if a minute held 24
    independent samples (heights: 15 and 30, tilted by the frequency itself). Intervals may
    swing with blood pressure's own rhythm, near 0.1 Hz: there, odds of up to e¹² count for
    nothing unless the swing is larger than that rhythm's is. Before anything is seen, a rate
    of 14 is expected, between 6 and 31 in 95 of 100 adults.

    A rhythm faster than half the heart's own shows as a slower one, which neither intervals nor
    heights can tell from it: 35 breaths beside 60 beats a minute look like 25.

    Nothing else is made of this rate: no breath is dated by it, so that no measure of how the
    intervals swing with breathing rests on the intervals alone. In people whose heart does
    not swing with breathing (some on a ventilator, with a transplant, or in old age) it is
    missing.

    References
    ----------
    .. [1] Charlton et al. (2018), Breathing rate estimation from the electrocardiogram and
       photoplethysmogram: a review, IEEE Rev Biomed Eng 11:2-20,
       doi:10.1109/RBME.2017.2763681.
    .. [2] Bretthorst (1988), Bayesian Spectrum Analysis and Parameter Estimation, Lecture
       Notes in Statistics 48, doi:10.1007/978-1-4684-9399-3.

    Examples
    --------
    >>> seconds = np.cumsum(np.full(130, 0.9))
    >>> beats = Beats.from_rr(900 + 30 * np.cos(2 * np.pi * 0.2 * seconds), person="a")
    >>> print(heart_breathing_rate(beats))
    12.0 ± 0.6 breaths/min
    """
    return only(_many, "breaths/min", span or from_first_to_last(beats), beats=beats, edr=edr)
