"""Spectra of the intervals in windows and their pieces, which all measures of power share."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray, IntArray
from interbeat.core.beats import Beats
from interbeat.kernels.spectra import POWER, SQUARED, TAPERS, Spectra, bands, sine_spectra
from interbeat.kernels.student import student
from interbeat.kernels.windows import DF, MEAN_VARIANCE
from interbeat.measures._spec import Columns
from interbeat.measures._uncertainty import power_factor
from interbeat.measures._windows import Unless, columns, moments_of, none_in, rows, share

__all__ = [
    "Pieces", "Pooled", "Seen", "gathered", "mean_of", "pieces_of", "pooled",
    "power_in", "power_se", "seen", "spectra_of", "widened",
]  # fmt: skip

WINDOW = 300.0  # s, as the Task Force asks
LEAST_SHARE = 0.7  # of a piece within normal intervals
MANY_PIECES = 5  # from here on the spread between pieces tells the standard error


class Pieces(NamedTuple):
    """The pieces of many windows, those of one window after each other, shape (pieces,).

    ``first`` and ``counts``, shape (windows,), say which are whose; ``window`` says it the
    other way around.
    """

    starts: FloatArray
    ends: FloatArray
    window: IntArray
    first: IntArray
    counts: IntArray


class Seen(NamedTuple):
    """Which pieces hold enough of the heart; and of each window, what its estimate rests on."""

    pieces: Pieces
    known: BoolArray
    quality: FloatArray
    n: IntArray
    reasons: tuple[str, ...]


class Pooled(NamedTuple):
    """Means over the known pieces of each window, and the variance of each.

    ``df`` is infinite where that was not told by the spread between pieces.
    """

    values: FloatArray
    variance: FloatArray
    df: FloatArray


def pieces_of(starts: FloatArray, ends: FloatArray, length: float = WINDOW) -> Pieces:
    """Return each window cut into as many equal pieces as it holds lengths (s), rounded."""
    count = np.maximum(np.rint((ends - starts) / length).astype(np.int64), 1)
    if (count == 1).all():
        each = np.arange(count.size)
        return Pieces(starts, ends, each, each, count)
    first = np.cumsum(count) - count
    window = np.repeat(np.arange(count.size), count)
    j = np.arange(window.size) - first[window]
    lasting = ((ends - starts) / count)[window]
    cuts = starts[window] + (j + 1) * lasting
    lasts = np.where(j + 1 == count[window], ends[window], cuts)
    return Pieces(starts[window] + j * lasting, lasts, window, first, count)


def spectra_of(beats: Beats, pieces: Pieces, highest: float) -> Spectra:
    """Return the spectrum of the normal intervals in each piece, to `highest` Hz."""
    intervals = max(len(beats) - 1, 0)
    found = rows(beats.times, pieces.starts, pieces.ends, joined=2)
    first, last = (np.minimum(edge, intervals) for edge in found)
    # only what the windows hold is copied, so that a second live costs a second
    low, high = int(first.min(initial=intervals)), int(last.max(initial=0))
    high = max(low, high)
    return sine_spectra(
        np.array(beats.times[low : high + 1]),
        beats.normal[low + 1 : high + 1] & beats.normal[low:high],
        first - low,
        last - low,
        starts=pieces.starts,
        ends=pieces.ends,
        highest=highest,
    )


def seen(
    beats: Beats,
    pieces: Pieces,
    spectra: Spectra,
    *,
    least: float,
    and_unless: tuple[Unless, ...] = (),
) -> Seen:
    """Return which pieces hold at least `least` s of the heart, and most of their time.

    Where no piece of a window is known, the piece that came nearest to it says why.
    """
    part = share(spectra.covered, pieces.ends - pieces.starts)
    unless: tuple[Unless, ...] = (
        (none_in(beats, pieces.starts, pieces.ends), "no beats", part),
        (
            spectra.covered < least,
            f"{{n}} of {least:.0f} s of normal intervals",
            spectra.covered,
        ),
        (
            part < LEAST_SHARE,
            f"normal intervals for {{n}} % of the time; {100 * LEAST_SHARE:.0f} % needed",
            100 * part,
        ),
    )
    each = columns(part, part, quality=part, n=spectra.intervals, unless=unless + and_unless)
    known = ~np.isnan(each.values)
    if (pieces.counts == 1).all():
        return Seen(pieces, known, each.quality, each.n, each.reasons)
    there = np.bincount(pieces.window, known, pieces.counts.size) > 0
    counted = np.where(there[pieces.window], known, True) * each.n
    return Seen(
        pieces,
        known,
        np.bincount(pieces.window, part, pieces.counts.size) / pieces.counts,
        np.bincount(pieces.window, counted, pieces.counts.size).astype(np.int64),
        tuple(
            "" if there[k] else _nearest(each, first, last)
            for k, (first, last) in enumerate(zip(*_bounds(pieces), strict=True))
        ),
    )


def _bounds(pieces: Pieces) -> tuple[IntArray, IntArray]:
    return pieces.first, pieces.first + pieces.counts


def _nearest(each: Columns, first: int, last: int) -> str:
    return each.reasons[first + int(np.argmax(each.quality[first:last]))]


def power_in(
    spectra: Spectra, low: FloatArray | float, high: FloatArray | float
) -> tuple[FloatArray, FloatArray]:
    """Return the power of each piece from `low` to `high` (Hz), and its variance.

    The variance is that of the integral of a spectral density: the integral of its square
    over the seconds seen. The square of an estimate is too large by its own variance.
    """
    edges = [np.ascontiguousarray(np.broadcast_to(e, spectra.step.shape)) for e in (low, high)]
    found = bands(spectra.density, spectra.raw, spectra.step, *edges)
    seconds = np.where(spectra.covered > 0, spectra.covered, np.inf)
    return found[:, POWER], found[:, SQUARED] / (seconds * (1 + 1 / TAPERS))


def mean_of(held: Seen, values: FloatArray) -> FloatArray:
    """Return the mean of `values` over the known pieces of each window; 0 where none is."""
    if (held.pieces.counts == 1).all():
        return np.asarray(np.where(held.known, values, 0.0))
    sums = np.bincount(
        held.pieces.window, np.where(held.known, values, 0.0), held.pieces.counts.size
    )
    return np.asarray(sums / _known(held))


def pooled(held: Seen, values: FloatArray, variance: FloatArray) -> Pooled:
    """Return the mean of `values` over the known pieces of each window, and its variance.

    From five pieces on, it is told by their spread.
    """
    count = _known(held)
    means, within = mean_of(held, values), mean_of(held, variance) / count
    df = np.full(count.shape, np.inf)
    if count.max(initial=0) < MANY_PIECES:
        return Pooled(means, within, df)
    between = moments_of(np.where(held.known, values, 0.0), held.known, _bounds(held.pieces))
    many = count >= MANY_PIECES
    return Pooled(
        means,
        np.where(many, between[:, MEAN_VARIANCE], within),
        np.where(many, between[:, DF], df),
    )


def _known(held: Seen) -> FloatArray:
    """Return how many pieces of each window are known; 1 where none is."""
    if (held.pieces.counts == 1).all():
        return np.ones(held.pieces.counts.shape)
    known = np.bincount(held.pieces.window, held.known, held.pieces.counts.size)
    return np.asarray(np.maximum(known, 1.0))


def power_se(power: Pooled) -> FloatArray:
    """Return the standard errors of powers."""
    root, square = np.sqrt(power.variance), power.values**2
    relative = np.divide(power.variance, square, out=np.zeros(root.shape), where=square > 0)
    return np.asarray(root * widened(power, power_factor(relative)))


def widened(of: Pooled, few: FloatArray) -> FloatArray:
    """Return `few` where the variance is that of few pieces, Student's quantile elsewhere."""
    if np.isinf(of.df).all():
        return few
    return np.asarray(np.where(np.isinf(of.df), few, student(np.minimum(of.df, 1e6))))


def gathered(
    values: FloatArray,
    se: FloatArray,
    held: Seen,
    unless: tuple[tuple[BoolArray, str], ...] = (),
) -> Columns:
    """Return the columns of a measure, missing where `held` says why, or one of `unless`."""
    reasons = list(held.reasons)
    for condition, why in unless:
        for k in np.flatnonzero(condition):
            reasons[k] = reasons[k] or why
    missing = np.fromiter((bool(why) for why in reasons), dtype=np.bool_, count=len(reasons))
    return Columns(
        np.where(missing, np.nan, values),
        np.where(missing, np.nan, se),
        held.quality,
        held.n,
        tuple(reasons),
    )
