"""From channels to windows and from windows to estimates: what all measures share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray, IntArray
from interbeat.core.beats import Beats
from interbeat.core.estimate import Estimate
from interbeat.core.events import Events
from interbeat.core.span import Span
from interbeat.kernels.student import student
from interbeat.kernels.windows import COUNT, DF, MEAN, MEAN_VARIANCE, moments
from interbeat.measures._spec import Columns

__all__ = [
    "Unless",
    "columns",
    "from_first_to_last",
    "in_pieces",
    "moments_of",
    "nn_share",
    "none_in",
    "only",
    "rows",
    "share",
]

MANY_PIECES = 5  # from here on the spread between pieces tells the standard error

_SHARES: dict[str, tuple[Beats, FloatArray, FloatArray, FloatArray]] = {}

Unless = tuple[BoolArray, str, FloatArray | IntArray]


def only(many: Callable[..., Columns], unit: str, span: Span, **channels: object) -> Estimate:
    """Return the one estimate over `span`, by the batch form of a measure."""
    starts, ends = np.array([span.start], dtype=float), np.array([span.end], dtype=float)
    found = many(starts, ends, **channels)
    return Estimate(
        float(found.values[0]),
        float(found.se[0]),
        unit,
        float(found.quality[0]),
        int(found.n[0]),
        found.reasons[0],
    )


def from_first_to_last(events: Events) -> Span:
    """Return the span that holds all `events` and no more; empty where there are none."""
    if not len(events):
        return Span(0.0, 0.0)
    return Span(events.start, float(np.nextafter(events.end, np.inf)))


def rows(
    times: FloatArray, starts: FloatArray, ends: FloatArray, *, joined: int = 1
) -> tuple[IntArray, IntArray]:
    """Return first and past-the-last index, for each window, of what lies wholly in it.

    Thing i is made of the `joined` consecutive events from i on: 1 for events, 2 for the
    intervals between them, 3 for pairs of intervals.
    """
    first = np.searchsorted(times, starts).astype(np.int64)
    last = np.searchsorted(times, ends).astype(np.int64) - (joined - 1)
    return first, np.maximum(first, last)


def none_in(events: Events, starts: FloatArray, ends: FloatArray) -> BoolArray:
    """Return which windows hold none of `events`."""
    first, last = rows(events.times, starts, ends)
    return np.asarray(last == first)


def moments_of(
    values: FloatArray, good: BoolArray, where: tuple[IntArray, IntArray]
) -> FloatArray:
    """Return :func:`~interbeat.kernels.windows.moments` of the `good` values in each window."""
    return np.asarray(moments(np.array(values), np.array(good), *where))


def nn_share(beats: Beats, starts: FloatArray, ends: FloatArray) -> FloatArray:
    """Return the share of each window that lies within normal-to-normal intervals.

    Every measure of beats asks for it, one after the other: the last answer is kept.
    """
    kept = _SHARES.get("last")
    if (
        kept is None
        or kept[0] is not beats
        or not (np.array_equal(kept[1], starts) and np.array_equal(kept[2], ends))
    ):
        found = moments_of(
            np.diff(beats.times), beats.nn, rows(beats.times, starts, ends, joined=2)
        )
        part = share(found[:, COUNT] * found[:, MEAN], ends - starts)
        part.flags.writeable = False
        kept = _SHARES["last"] = (beats, starts.copy(), ends.copy(), part)
    return kept[3]


def share(part: FloatArray, whole: FloatArray) -> FloatArray:
    """Return `part` over `whole`, between 0 and 1; 0 where there is no whole."""
    ratio = np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)
    return np.asarray(np.clip(ratio, 0.0, 1.0))


def columns(
    values: FloatArray,
    se: FloatArray,
    *,
    quality: FloatArray,
    n: FloatArray | IntArray,
    unless: tuple[Unless, ...],
) -> Columns:
    """Return the columns of a measure, missing where one of `unless` holds.

    Each of `unless` says in which windows, for what reason, and what number stands for
    ``{n}`` in that reason; the first that holds gives the reason.
    """
    reasons = [""] * values.size
    for condition, reason, number in reversed(unless):
        for k in np.flatnonzero(condition):
            reasons[k] = reason.format(n=int(number[k]))
    missing = np.fromiter((bool(r) for r in reasons), dtype=np.bool_, count=values.size)
    return Columns(
        np.where(missing, np.nan, values),
        np.where(missing, np.nan, se),
        quality,
        np.asarray(n).astype(np.int64),
        tuple(reasons),
    )


def in_pieces(
    many: Callable[[FloatArray, FloatArray, IntArray], Columns],
    piece: float,
    starts: FloatArray,
    ends: FloatArray,
) -> Columns:
    """Return `many` of each window, as the mean over its pieces where it is a long one.

    A window is cut into as many equal pieces as it holds lengths of `piece` (s), rounded;
    ``many(starts, ends, pieces)`` is also told into how many its window was cut. Pieces
    without a value are left out of the mean; where none has one, the piece that came nearest
    to it says why.
    """
    counts = np.maximum(np.rint((ends - starts) / piece).astype(np.int64), 1)
    if (counts == 1).all():
        return many(starts, ends, counts)
    window = np.repeat(np.arange(counts.size), counts)
    firsts = np.cumsum(counts) - counts
    j = np.arange(window.size) - firsts[window]
    each = ((ends - starts) / counts)[window]
    cuts = starts[window] + (j + 1) * each
    found = many(
        starts[window] + j * each,
        np.where(j + 1 == counts[window], ends[window], cuts),
        counts[window],
    )
    means = [_mean(found, slice(i, i + m)) for i, m in zip(firsts, counts, strict=True)]
    return Columns(
        np.array([e.value for e in means]),
        np.array([e.se for e in means]),
        np.array([e.quality for e in means]),
        np.array([e.n for e in means], dtype=np.int64),
        tuple(e.reason for e in means),
    )


def _mean(found: Columns, pieces: slice) -> Estimate:
    """Return the mean of the estimates of consecutive `pieces` of one window."""
    values, se = found.values[pieces], found.se[pieces]
    quality, n = float(found.quality[pieces].mean()), found.n[pieces]
    there = ~np.isnan(values)
    known = int(there.sum())
    if known == 0:
        nearest = int(np.argmax(found.quality[pieces]))
        return Estimate.missing("", found.reasons[pieces][nearest], quality, int(n.sum()))
    rests_on = int(n[there].sum())
    value = float(values[there].mean())
    if known < MANY_PIECES:
        return Estimate(
            value, float(np.sqrt((se[there] ** 2).sum())) / known, "", quality, rests_on
        )
    between = moments_of(
        np.where(there, values, 0.0),
        there,
        (np.zeros(1, dtype=np.int64), np.array([there.size], dtype=np.int64)),
    )
    spread = np.sqrt(between[:, MEAN_VARIANCE]) * student(between[:, DF])
    return Estimate(value, float(spread[0]), "", quality, rests_on)
