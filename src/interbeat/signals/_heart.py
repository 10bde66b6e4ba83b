"""What the stages of a heart share: samples in, beats and quality out."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from typing import Protocol

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.beats import Beats
from interbeat.core.recording import Data
from interbeat.core.signal import ROUNDING, Signal
from interbeat.signals._gaps import Gaps
from interbeat.signals._join import joined
from interbeat.signals._path import LEARNING
from interbeat.signals._qrs import Found
from interbeat.signals._stream import Block, Holder, Stream
from interbeat.signals._trust import Trust
from interbeat.signals.quality import CardiacQuality, QualitySettings

__all__ = ["Finder", "HeartStage"]

Also = dict[str, Signal]  # what beats tell besides when they were
GAP = 0.1  # s: a shorter run of lost samples hides no QRS complex and no pulse wave
CLOSEST = 0.1  # s: two peaks that are closer are one


class Finder(Protocol):
    """Finds beats in samples, none of them lost.

    Attributes
    ----------
    step : int
        Samples per strength.
    latency : float
        Seconds. After samples up to time t, all beats before t - latency were given.
    """

    step: int
    latency: float

    @property
    def leaning(self) -> float:
        """Where beats mostly point so far: 1 up, -1 down, 0 not known."""
        ...

    def push(self, values: FloatArray) -> Found:
        """Return what the next samples make certain."""
        ...


class Filler(Protocol):
    """Fills lost samples: see :class:`~interbeat.signals._stream.Holder`."""

    def fill(self, values: FloatArray) -> tuple[FloatArray, BoolArray]:
        """Return the next samples as a filter may have them, and which were lost."""
        ...

    def hold(self, count: int) -> FloatArray:
        """Return the last value `count` times."""
        ...


class Grader(Protocol):
    """Grades seconds: see :class:`~interbeat.signals.quality.CardiacQuality`."""

    reasons: Signal

    def begin(self, origin: float) -> None:
        """Set the time (s) of the first sample."""
        ...

    def push(self, values: FloatArray) -> None:
        """Take the next samples, NaN where lost."""
        ...

    def heard(self, strength: FloatArray, beats: FloatArray) -> None:
        """Take the next strengths, and times of beats (s)."""
        ...

    def until(self, second: int) -> Signal:
        """Return the quality of the seconds before `second`, all of whose beats are known."""
        ...


class HeartStage:
    """A stage that finds beats in the samples of one sensor, and tells its quality.

    Parameters
    ----------
    stream : Stream
        Of the samples.
    finder : Finder
        Of the beats.
    quality : QualitySettings
        When a second is good.

    Attributes
    ----------
    latency : float
        Seconds, for all outputs: see :class:`~interbeat.core.stage.Stage`.
    beat_latency : float
        Seconds after which a beat is found, once two seconds have been seen; it is given out
        with the quality of its second.
    """

    def __init__(self, stream: Stream, finder: Finder, quality: QualitySettings) -> None:
        rate = stream.sampling_rate
        self._stream, self._rate, self._person = stream, rate, stream.person
        gap = round(GAP * rate)
        self._holder: Filler = Holder(gap)
        self._gaps, self._finder = Gaps(gap), finder
        self._quality: Grader = CardiacQuality(
            quality, self._person, (rate, rate / finder.step)
        )
        self._last = -math.inf  # index of the latest beat
        self._closest = CLOSEST * rate
        self._until = -math.inf
        self._trust, self._also_trust = Trust(), defaultdict[str, Trust](Trust)
        self._none = Beats.at([], stream.person)
        self.beat_latency = finder.latency
        self.latency = self.beat_latency + LEARNING + 1.0

    @property
    def until(self) -> float:
        """Time (s) before which every output has been given."""
        return self._until

    @property
    def polarity(self) -> int:
        """Whether beats mostly pointed up (1) or down (-1) so far; 0 before the first."""
        return int(np.sign(self._finder.leaning))

    def push(self, chunk: Data) -> Mapping[str, Data]:
        """Take the next samples; return what has become certain.

        Raises
        ------
        DataError
            If the chunk does not fit: see :class:`~interbeat.signals._stream.Stream`.
        """
        return joined([self._block(block) for block in self._stream.blocks(chunk)])

    def finish(self) -> Mapping[str, Data]:
        """End the signal; return the rest."""
        if self._until == math.inf or self._stream.taken == 0:
            return {}
        self._until = math.inf
        end = self._stream.end
        more = self.beat_latency + max(LEARNING - (end - self._stream.origin), 0.0)
        held = self._holder.hold(math.ceil(more * self._rate) + 1)
        self._gaps.push(np.zeros(held.shape[-1], dtype=np.bool_))
        beats, also = self._find(held, end)
        last = math.ceil(end - ROUNDING / self._rate)
        none = Signal(np.empty(0), 1.0, "", self._person, float(last))
        return joined([self._graded(beats, also, last), self._judged(self._end(end), none)])

    def _block(self, block: Block) -> dict[str, Data]:
        if block.first == 0:
            self._begin(self._stream.origin)
            self._quality.begin(self._stream.origin)
        filled, lost = self._holder.fill(block.values)
        self._gaps.push(lost)
        self._quality.push(block.values)
        certain = self._certain(self._stream.time(block.first + lost.size))
        beats, also = self._find(filled, certain)
        second = math.floor(certain)
        self._until = self._reached(second)
        return self._graded(beats, also, second)

    def _graded(self, beats: Beats, also: Also, second: int) -> dict[str, Data]:
        """Return the quality of the seconds before `second`, and what it says of the rest."""
        quality = self._quality.until(second)
        news = len(beats) or len(quality)
        marked: dict[str, Data] = {"beats": self._trust.mark(beats, quality) if news else beats}
        marked |= self._judged(also, quality)
        marked["cardiac_quality"] = quality
        return marked

    def _judged(self, also: Also, quality: Signal) -> dict[str, Data]:
        """Return `also` with NaN in bad seconds, once these are graded."""
        return {
            name: self._also_trust[name].mark(data, quality)
            if len(data) or len(quality)
            else data
            for name, data in also.items()
        }

    def _certain(self, end: float) -> float:
        """Return the time (s) before which all beats are known, from samples up to `end`."""
        learnt = end - self._stream.origin >= LEARNING + self.beat_latency
        return end - self.beat_latency if learnt else self._stream.origin

    def _find(self, filled: FloatArray, certain: float) -> tuple[Beats, Also]:
        """Return the beats in the next samples, and what else is known before `certain` (s)."""
        found = self._finder.push(filled)
        if found.at.size == 0:
            self._quality.heard(found.strength, found.at)
            return self._none, self._also(found.at, found.at, [], certain)
        taken, joins = self._taken(found)
        times, heights = self._stream.times(found.at[taken]), found.height[taken]
        self._quality.heard(found.strength, times)
        beats = Beats(times, np.array(joins, dtype=np.bool_), self._person)
        return beats, self._also(times, heights, joins, certain)

    def _taken(self, found: Found) -> tuple[list[int], list[bool]]:
        """Return which peaks are beats, and whether each joins the one before."""
        at, usual = found.at, found.usual > 0
        apart = np.diff(at, prepend=self._last).min() >= self._closest
        if apart and self._gaps.none and at[0] >= 0 and at[-1] < self._stream.taken:
            self._last = float(at[-1])
            return list(range(at.size)), usual.tolist()
        return self._taken_between_gaps(at.tolist(), usual.tolist())

    def _taken_between_gaps(
        self, at: list[float], usual: list[bool]
    ) -> tuple[list[int], list[bool]]:
        taken, joins = [], []
        for k, index in enumerate(at):
            if index - self._last < self._closest or self._gaps.holds(index):
                continue
            if not 0 <= index < self._stream.taken:
                continue
            begins = self._last < 0
            taken.append(k)
            joins.append(usual[k] and (begins or not self._gaps.between(self._last, index)))
            self._last = index
        if taken:
            self._gaps.forget(int(self._last))
        return taken, joins

    def _begin(self, origin: float) -> None:
        """Set the time (s) of the first sample."""

    def _reached(self, second: int) -> float:
        """Return the time (s) before which all is given, quality up to `second`."""
        return float(second)

    def _also(
        self,
        times: FloatArray,  # noqa: ARG002 - for those that have more to tell
        heights: FloatArray,  # noqa: ARG002
        joins: list[bool],  # noqa: ARG002
        certain: float,  # noqa: ARG002
    ) -> Also:
        """Return what else these beats, and no more before `certain` (s), tell."""
        return {}

    def _end(self, end: float) -> Also:  # noqa: ARG002
        """Return the rest of what else there is."""
        return {}
