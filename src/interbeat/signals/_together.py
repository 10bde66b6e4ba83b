"""Several leads of one heart: their samples side by side, and their strengths as one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray, IntArray
from interbeat.core.errors import DataError
from interbeat.core.recording import Data
from interbeat.core.signal import Signal
from interbeat.kernels.leads import empty_leads, fuse
from interbeat.signals._path import LEARNING
from interbeat.signals._stream import BLOCK, LONGEST_GAP, Block, Holder, Stream
from interbeat.signals.quality import CardiacQuality

__all__ = ["Fuser", "Holders", "LeadStream", "LeadsQuality"]

STRETCH = 0.1  # s: the weights of the leads change no sooner
LEAST_CLEAR, MORE_CLEAR = 1.0, 1.6  # log of beats over the mean: nothing worth, and good
GOOD = 0.05  # of the weight of the best lead: so much lets a beat be located in the usual one
SHIFT, MOST_SHIFT = 0.1, 0.01  # learning rate of the shift between leads; s at once at most


class LeadStream(Stream):
    """The chunks of several leads as rows side by side, from the first sample of the first.

    What one lead gives waits for the others. Each is moved by less than a sample to stand
    beside the first; where it has not begun yet, or has ended, its samples are lost ones.

    Parameters
    ----------
    sampling_rate : float
        In Hz, of all.
    person : str
        Whose.
    leads : int
        How many.
    """

    def __init__(self, sampling_rate: float, person: str, leads: int) -> None:
        super().__init__(sampling_rate, person)
        self._streams = [Stream(sampling_rate, person) for _ in range(leads)]
        self._waiting: list[list[FloatArray]] = [[] for _ in range(leads)]
        self._skip = [0] * leads

    def blocks(self, chunk: Data) -> Iterator[Block]:
        """Return what a chunk of the first lead makes complete."""
        return self.of(0, chunk)

    def of(self, lead: int, chunk: Data) -> Iterator[Block]:
        """Return what a chunk of `lead` makes complete, values of shape (leads, n)."""
        for block in self._streams[lead].blocks(chunk):
            self._waiting[lead].append(block.values)
        if not all(stream.taken for stream in self._streams):
            return iter(())
        return self._together()

    def rest(self) -> Iterator[Block]:
        """Return what is still waiting; leads that ended sooner have lost samples."""
        if not any(stream.taken for stream in self._streams):
            return iter(())
        self._begin()
        rows = [self._row(k) for k in range(len(self._streams))]
        longest = max(row.size for row in rows)
        padded = [_padded(row, longest) for row in rows]
        self._waiting = [[row] for row in padded]
        return self._together()

    def _together(self) -> Iterator[Block]:
        self._begin()
        rows = [self._row(k) for k in range(len(self._streams))]
        common = min(row.size for row in rows)
        self._waiting = [[row[common:]] for row in rows]
        first, self.taken = self.taken, self.taken + common
        for i in range(0, common, BLOCK):
            values = np.array([row[i : min(i + BLOCK, common)] for row in rows])
            yield Block(first + i, values)

    def _begin(self) -> None:
        """Once, set the time of the first sample, and put each lead beside the first."""
        if not math.isnan(self.origin):
            return
        origins = [s.origin for s in self._streams if s.taken]
        apart = max(origins) - min(origins)
        if apart > LONGEST_GAP:
            raise DataError(
                f"a lead begins {apart / 86_400:.0f} days before another: at most "
                f"{LONGEST_GAP / 86_400:.0f} may be lost"
            )
        self.origin = origins[0]
        for k, stream in enumerate(self._streams):
            late = round(self.index(stream.origin)) if stream.taken else 0
            self._skip[k] = max(-late, 0)
            self._waiting[k].insert(0, np.full(max(late, 0), np.nan))

    def _row(self, lead: int) -> FloatArray:
        """Return the samples of `lead` that wait, without those before the first lead's."""
        row = np.concatenate((np.empty(0), *self._waiting[lead]))
        skip = min(self._skip[lead], row.size)
        self._skip[lead] -= skip
        return row[skip:]


def _padded(row: FloatArray, size: int) -> FloatArray:
    return np.concatenate((row, np.full(size - row.size, np.nan)))


class Holders:
    """A :class:`~interbeat.signals._stream.Holder` a lead; lost is what all of them lost."""

    def __init__(self, gap: int, leads: int) -> None:
        self._holders = [Holder(gap) for _ in range(leads)]

    def hold(self, count: int) -> FloatArray:
        """Return the last value of each lead `count` times, shape (leads, count)."""
        return np.array([holder.hold(count) for holder in self._holders])

    def fill(self, values: FloatArray) -> tuple[FloatArray, BoolArray]:
        """Return the next samples, shape (leads, n), without lost ones; which all had lost."""
        filled = [h.fill(row) for h, row in zip(self._holders, values, strict=True)]
        lost = np.logical_and.reduce([row[1] for row in filled])
        return np.array([row[0] for row in filled]), lost


class LeadsQuality:
    """The quality of each second in the lead whose samples are best."""

    def __init__(self, leads: list[CardiacQuality]) -> None:
        self._leads, self.reasons = leads, leads[0].reasons

    def begin(self, origin: float) -> None:
        """Set the time (s) of the first sample."""
        for lead in self._leads:
            lead.begin(origin)

    def push(self, values: FloatArray) -> None:
        """Take the next samples, shape (leads, n), NaN where lost."""
        for lead, row in zip(self._leads, values, strict=True):
            lead.push(row)

    def heard(self, strength: FloatArray, beats: FloatArray) -> None:
        """Take the next strengths of all leads together, and times of beats (s)."""
        for lead in self._leads:
            lead.heard(strength, beats)

    def until(self, second: int) -> Signal:
        """Return the quality of the seconds before `second`, all of whose beats are known."""
        every = [lead.until(second) for lead in self._leads]
        if not len(every[0]):
            self.reasons = self._leads[0].reasons
            return every[0]
        values = np.array([one.values for one in every])
        best, columns = values.argmax(axis=0), np.arange(len(every[0]))
        why = np.array([lead.reasons.values for lead in self._leads])[best, columns]
        self.reasons = replace(every[0], values=why)
        return replace(every[0], values=values[best, columns])


class Fuser:
    """The strengths of several leads as one, and which lead a beat is located in.

    Each lead counts as far as its beats stand out from the rest of it (see
    :func:`interbeat.kernels.leads.fuse`), so that a bad one does not hurt. Beats are located
    in the lead in which the first was, and while that is much worse than the best, in the
    best, less what its R peaks usually come later; their heights are then not known.

    Parameters
    ----------
    rate : float
        Of the strengths, in Hz.
    leads : int
        How many.
    """

    def __init__(self, rate: float, leads: int) -> None:
        self._leads, self._rate = leads, rate
        self._stretch, self._first = round(STRETCH * rate), math.ceil(LEARNING * rate)
        self._state: FloatArray | None = None
        self._held, self._ahead = np.empty((leads, 0)), np.empty((leads, 0))
        self._taken = 0
        self._weights, self._from = np.empty((leads, 0)), 0
        self.usual = 0 if leads == 1 else -1
        self._shift = np.zeros(leads)
        self._settings = np.array(
            [1.0 / rate, 0.02, 0.7, LEAST_CLEAR, MORE_CLEAR, 0.1, 0.3, 2.0]
        )

    def push(self, strengths: FloatArray, waves: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return one row of strengths for those of all leads, and the waves as they count.

        Nothing comes before the first two seconds are known.
        """
        if self._leads == 1:
            return strengths[0], waves
        if self._state is None:
            strengths = np.concatenate((self._held, strengths), axis=1)
            waves = np.concatenate((self._ahead, waves), axis=1)
            self._held, self._ahead = strengths, waves
            if strengths.shape[1] < self._first:
                return np.empty(0), np.empty((self._leads, 0))
            self._state = empty_leads(strengths[:, : self._first])
        waves = np.array(waves)
        strengths = np.ascontiguousarray(strengths)
        out = fuse(strengths, waves, self._taken, self._stretch, self._state, self._settings)
        self._taken += strengths.shape[1]
        self._weights = np.concatenate((self._weights, out[1:]), axis=1)
        return out[0].copy(), waves

    def best(self, centers: IntArray) -> IntArray:
        """Return the lead in which each beat is to be located."""
        weights = self._weights[:, centers - self._from]
        best = weights.argmax(axis=0)
        if self.usual < 0 and centers.size:
            good = weights[:, 0] >= GOOD * weights[best[0], 0]
            self.usual = int(np.argmax(good))
        fine = weights[self.usual] >= GOOD * weights.max(axis=0)
        return np.where(fine, self.usual, best)

    def forget(self, index: int) -> None:
        """Let go of what was before the strength at `index`."""
        spare = max(min(index - self._from, self._weights.shape[1]), 0)
        self._weights, self._from = self._weights[:, spare:], self._from + spare

    def located(self, found: FloatArray, centers: IntArray, rate: float) -> FloatArray:
        """Return instant, height, and whether usual, of beats, shape (3, n).

        Parameters
        ----------
        found : shape (leads, 3, n)
            The same as each lead has it, instants as indices at `rate` (Hz).
        centers : shape (n,)
            Of the beats, among the strengths.
        """
        if self._leads == 1:
            one: FloatArray = found[0]
            return one
        best = self.best(centers)
        out: FloatArray = found[best, :, np.arange(best.size)].T.copy()
        bound = MOST_SHIFT * rate
        for n, lead in enumerate(best.tolist()):
            if lead != self.usual:
                out[0, n] -= self._shift[lead]
                out[1, n] = np.nan
                continue
            off = found[:, 0, n] - out[0, n] - self._shift
            self._shift += SHIFT * np.clip(off, -bound, bound)
        return out
