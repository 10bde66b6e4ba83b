"""A corrected copy of a heart's beats: where a sinus node may have beaten that was not seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from interbeat.core.arrays import BoolArray, FloatArray, IntArray
from interbeat.core.beats import Beats
from interbeat.kernels.marking import EARLY, EXTRA, KEPT, MISPLACED, MISSED

__all__ = ["CorrectedBeats", "corrected"]

AROUND = 4  # plain intervals on each side that say how long one is
OFF = 0.15  # of the interval: what lies between two beats must be whole intervals within this
KINDS = {"missed": MISSED, "extra": EXTRA, "misplaced": MISPLACED, "ectopic": EARLY}
MOST = 4  # intervals in a row that a copy may hold in place of others


@dataclass(frozen=True, slots=True, eq=False)
class CorrectedBeats:
    """A copy of one person's beats in which some were moved, added and taken away.

    No measure takes it: what was put in is no observation. :meth:`taken_as_normal` makes
    Beats of it, for whoever wants what a corrected series gives.

    Parameters
    ----------
    times : ndarray, shape (n,)
        Beats of the copy in seconds since the session began, strictly increasing.
    moved : ndarray of bool, shape (n,)
        The beat was elsewhere: it was misplaced, or ectopic.
    inserted : ndarray of bool, shape (n,)
        There was no beat: one had been missed.
    follows : ndarray of bool, shape (n,)
        Whether the beat comes one interval after the one before it. False for the first, after
        a gap, and where nothing that fits could be put: that is left open, never bridged.
    removed : ndarray, shape (m,)
        Beats (s) with none in their place: extra ones, and those where nothing could be put.
    found : mapping of str to ndarray
        The beats (s) that were no plain ones, by what the intervals took them for:
        ``"missed"`` (the first after a missed one), ``"extra"``, ``"misplaced"`` and
        ``"ectopic"`` (it came early, as ectopic beats do).
    person : str
        Whose heart.
    """

    times: FloatArray
    moved: BoolArray
    inserted: BoolArray
    follows: BoolArray
    removed: FloatArray
    found: Mapping[str, FloatArray]
    person: str

    def __len__(self) -> int:
        return int(self.times.size)

    @property
    def nn_ms(self) -> FloatArray:
        """Intervals of the copy (ms), shape (n - 1,); NaN where one does not follow."""
        return np.where(self.follows[1:], np.diff(self.times) * 1000, np.nan)

    @property
    def changed(self) -> float:
        """Share of the copy that was moved or inserted."""
        return float((self.moved | self.inserted).mean()) if len(self) else 0.0

    def taken_as_normal(self) -> Beats:
        """Return the copy as beats, normal but for those that do not follow the one before.

        What is computed of them rests in part on beats that nobody saw.
        """
        normal = self.follows.copy()
        normal[:1] = True
        return Beats(self.times, normal, self.person)


def corrected(beats: Beats, kinds: IntArray, longest: float) -> CorrectedBeats:
    """Return the copy of `beats`, of known `kinds`, across no silence over `longest` (s)."""
    times = beats.times
    firm = np.flatnonzero((kinds == KEPT) | (kinds == MISSED))
    spans, left_out = np.diff(times[firm]), np.diff(firm) - 1
    since = np.diff(times, prepend=-np.inf)
    silent = np.diff(np.cumsum(since > longest)[firm]) > 0
    doubted = ~beats.normal & (kinds == KEPT) & (since <= longest)
    open_ = silent | doubted[firm[1:]] | doubted[firm[:-1]]
    touched = (left_out > 0) | (kinds[firm[1:]] == MISSED)
    plain = ~touched & ~open_
    usual = _usual(spans, plain)
    whole = np.maximum(np.rint(spans / usual), 1.0)
    fits = (np.abs(spans / (whole * usual) - 1.0) < OFF) & (whole <= MOST)
    mended = touched & ~open_ & fits
    put = np.where(mended, whole - 1.0, 0.0).astype(np.int64)
    after, ordinal, there = _places(spans, usual, plain, put)
    at = np.concatenate((times[firm], times[firm[after]] + there))
    order = np.argsort(at, kind="stable")
    old = np.zeros(firm.size, dtype=np.bool_)
    found = ordinal <= left_out[after]
    follows = (old[:1], plain | mended, np.ones(after.size, dtype=np.bool_))
    return CorrectedBeats(
        times=at[order],
        moved=np.concatenate((old, found))[order],
        inserted=np.concatenate((old, ~found))[order],
        follows=np.concatenate(follows)[order],
        removed=times[_without_a_place(times.size, firm, put)],
        found={name: times[kinds == kind] for name, kind in KINDS.items()},
        person=beats.person,
    )


def _usual(spans: FloatArray, plain: BoolArray) -> FloatArray:
    """Return the median of the plain spans around each that is not plain (s); else itself."""
    usual, known = spans.copy(), np.flatnonzero(plain)
    if not known.size:
        return np.full(spans.size, np.nan)
    asked = np.flatnonzero(~plain)
    padded = np.pad(spans[known], AROUND, mode="edge")
    windows = sliding_window_view(padded, 2 * AROUND)
    usual[asked] = np.median(windows[np.searchsorted(known, asked)], axis=1)
    return usual


def _places(
    spans: FloatArray, usual: FloatArray, plain: BoolArray, put: IntArray
) -> tuple[IntArray, IntArray, FloatArray]:
    """Return after which firm beat each new one comes, as the how-manieth, and how late (s).

    The intervals go in a straight line from the one before to the one after, and fill the span.
    """
    near = np.where(plain, spans, np.nan)
    before, later = (
        np.where(np.isfinite(x), x, usual)
        for x in (np.append(np.nan, near)[:-1], np.append(near, np.nan)[1:])
    )
    after = np.repeat(np.arange(spans.size), put)
    ordinal = np.arange(after.size) - np.repeat(np.cumsum(put) - put, put) + 1
    steps = put[after] + 1
    slope = (later - before)[after] / (steps + 1)

    def reached(n: IntArray) -> FloatArray:
        return np.asarray(n * before[after] + slope * n * (n + 1) / 2)

    return after, ordinal, spans[after] * reached(ordinal) / reached(steps)


def _without_a_place(count: int, firm: IntArray, put: IntArray) -> BoolArray:
    """Return which of `count` beats were left out and have no other in their place."""
    after = np.searchsorted(firm, np.arange(count), side="right") - 1
    places = np.concatenate(([0], put, [0]))[after + 1]
    ordinal = np.arange(count) - np.concatenate(([-1], firm))[after + 1]
    return (ordinal > 0) & (ordinal > places)
