"""Breaths from the height of the heart's beats, as far as that height breathes at all."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.breaths import Breaths
from interbeat.core.recording import Data
from interbeat.core.signal import Signal
from interbeat.signals._grid import Tape
from interbeat.signals._reasons import REASONS, why_bad
from interbeat.signals._trust import Trust
from interbeat.signals.edr import RATE
from interbeat.signals.respiration import RespirationStage

__all__ = ["HeightBreathing"]

PER_SECOND = round(RATE)
BEHIND, AHEAD = 16, 11  # s around the beginning of a second that tell whether it breathes
SIZE = (BEHIND + AHEAD) * PER_SECOND
LENGTH = 512  # points of a spectrum
BAND = (0.06, 0.7)  # Hz: breathing, from 4 to 40 a minute
HALF = 0.045  # Hz to either side of a rhythm that are its own
LEAST_THERE = 0.6  # of the heights
NO_RHYTHM, RHYTHM = 0.4, 0.6  # of the power in one rhythm: where trust begins and ends to rise
GRADES = ("breathing_quality", "breathing_reason")
UNSEEN = (REASONS.index("no data"), REASONS.index("clipped"))  # heights without new beats
ALIKE, NOISY = REASONS.index("flat"), REASONS.index("noise")

FREQUENCY = np.fft.rfftfreq(LENGTH, 1 / RATE)
INSIDE = slice(math.ceil(BAND[0] * LENGTH / RATE), math.ceil(BAND[1] * LENGTH / RATE))
TILT = FREQUENCY[INSIDE]  # drifts fall off so
CELLS = math.floor(HALF / float(FREQUENCY[1]))
TAPER = np.sin(np.pi * np.arange(1, SIZE + 1) / (SIZE + 1))


class HeightBreathing:
    """Heights of beats in; ``breaths``, ``breathing``, and how far they can be trusted, out.

    As :class:`~interbeat.signals.respiration.RespirationStage` finds breaths in a belt. The
    height of a beat also changes with posture, noise and the sampling of its peak, none of
    which is a rhythm: the quality of a second is that of the samples times a trust that rises
    with the share of the power, around its time, that lies in one rhythm: from 0 at 0.4 to 1
    at 0.6. In a second of quality under 0.5 no breath is normal, and ``breathing_reason`` says
    what was worst (a number of :data:`~interbeat.signals.quality.REASONS`): too few beats in
    or around it, no breathing rhythm in their heights, or noise.

    Which way is breathing in cannot be told, nor how deep it is in any unit: ``peaks`` and
    ``depth`` are NaN.

    Parameters
    ----------
    person : str
        Whose.

    Attributes
    ----------
    latency : float
        12 s.

    Notes
    -----
    The share is taken in the 16 s before and the 11 s after the beginning of a second, of the
    heights less their line, under a sine taper, between 0.06 and 0.7 Hz, of the power times
    the frequency. Of heights that are noise from beat to beat, 2 s in 100 reach 0.5 at 100
    beats a minute, 5 at 70 and 12 at 55; of heights that drift as a random walk does, 34 to 50:
    a slow wave of so few points looks like a breath. So a rate of breathing asks for more
    (:func:`interbeat.measures.breathing.breathing_rate`).

    Examples
    --------
    >>> t = np.arange(0, 60, 0.25)
    >>> stage = HeightBreathing("a")
    >>> out = stage.push(Signal(1 + np.sin(2 * np.pi * t / 4), 4, "a.u.", "a", 0.0))
    >>> breaths = out["breaths"]
    >>> breaths.rate_bpm[3:6].round(1), breaths.normal[3:6], breaths.depth[3:6]
    (array([15., 15., 15.]), array([ True,  True,  True]), array([nan, nan, nan]))
    """

    latency = 12.0

    def __init__(self, person: str) -> None:
        self._person = person
        self._finder = RespirationStage(RATE, person, "a.u.")
        self._heights, self._origin = Tape(), 0  # the tape begins BEHIND before this second
        self._next: int | None = None  # second to be judged
        none = Signal(np.empty(0), 1.0, "", person, 0.0)
        self._seconds = dict.fromkeys(GRADES, none)  # those not yet judged
        self._trust = {"breaths": Trust(), "breathing": Trust()}
        self._over = False

    @property
    def until(self) -> float:
        """Time (s) before which everything has been given out."""
        if self._next is None:
            return -math.inf
        return self._finder.until if self._over else min(self._finder.until, self._next)

    def push(self, chunk: Data) -> Mapping[str, Data]:
        """Take the next heights; return what is certain now.

        Raises
        ------
        DataError
            If the chunk does not fit: see :class:`~interbeat.signals._stream.Stream`.
        """
        found = self._finder.push(chunk)
        if isinstance(chunk, Signal) and len(chunk):
            self._take(chunk)
        return self._judged(found)

    def finish(self) -> Mapping[str, Data]:
        """End the input; return the rest."""
        self._over = True
        return self._judged(self._finder.finish())

    def _take(self, chunk: Signal) -> None:
        if self._next is None:
            self._next = self._origin = math.floor(chunk.start + 1e-6)
        at = math.floor(chunk.start * RATE + 1e-6) - (self._origin - BEHIND) * PER_SECOND
        self._heights.append(np.full(at - self._heights.end, np.nan))  # lost, or before all
        self._heights.append(chunk.values)

    def _judged(self, found: Mapping[str, Data]) -> dict[str, Data]:
        """Return what was found in seconds that are judged, with its quality."""
        for name, waiting in self._seconds.items():
            new = found.get(name)
            if isinstance(new, Signal):
                self._seconds[name] = waiting.then(new) if len(waiting) else new
        graded, why = self._graded()
        out: dict[str, Data] = dict(zip(GRADES, (graded, why), strict=True))
        breaths, breathing = found.get("breaths"), found.get("breathing")
        if isinstance(breaths, Breaths):
            unknown = np.full(len(breaths), np.nan)
            breaths = replace(breaths, peaks=unknown, depth=unknown)
            out["breaths"] = self._trust["breaths"].mark(breaths, graded)
        if isinstance(breathing, Signal):
            out["breathing"] = self._trust["breathing"].mark(breathing, graded)
        return out

    def _graded(self) -> tuple[Signal, Signal]:
        """Return the quality of the seconds that can be judged now, and why it is bad."""
        quality, why = (self._seconds[name] for name in GRADES)
        if self._next is None:
            return quality, why
        known = self._heights.end // PER_SECOND - BEHIND + self._origin
        reached = round(quality.end)
        end = max(reached if self._over else min(known - AHEAD, reached), self._next)
        first, count = self._next, end - self._next
        self._next = end
        self._seconds = {n: s.between(end, math.inf) for n, s in self._seconds.items()}
        quality, why = quality.between(first, end), why.between(first, end)
        trust, few = self._trusted(first, count)
        self._heights.forget((end - self._origin) * PER_SECOND)
        values = quality.values * trust
        parts = {
            "too few beats": np.where(few | np.isin(why.values, UNSEEN), 0.0, 1.0),
            "no breathing rhythm": np.where(why.values == ALIKE, 0.0, trust),
            "noise": np.where(why.values == NOISY, quality.values, 1.0),
        }
        return replace(quality, values=values), replace(why, values=why_bad(values, parts))

    def _trusted(self, first: int, count: int) -> tuple[FloatArray, BoolArray]:
        """Return how far each second lies in one rhythm, and where beats are too few."""
        if not count:
            return np.empty(0), np.empty(0, dtype=np.bool_)
        windows = self._around(first, count)
        few = ~(np.isfinite(windows).mean(axis=1) >= LEAST_THERE)
        rhythm = np.where(few, 0.0, _largest_share(windows))
        return np.clip((rhythm - NO_RHYTHM) / (RHYTHM - NO_RHYTHM), 0, 1), few

    def _around(self, first: int, count: int) -> FloatArray:
        """Return the heights around each of `count` seconds, a row each."""
        begin = (first - self._origin) * PER_SECOND
        end = begin + (count - 1) * PER_SECOND + SIZE
        row = self._heights.around(begin, end, np.nan)
        windows = np.lib.stride_tricks.sliding_window_view(row, SIZE)[::PER_SECOND]
        return np.ascontiguousarray(windows)


def _largest_share(x: FloatArray) -> FloatArray:
    """Return, of each row, the share of its power that its strongest rhythm holds."""
    there = ~np.isnan(x)
    count = np.maximum(there.sum(axis=1), 1)[:, None]
    t = np.where(there, np.linspace(-1, 1, SIZE), 0.0)
    t = np.where(there, t - t.sum(axis=1, keepdims=True) / count, 0.0)
    y = np.where(there, x, 0.0)
    y = np.where(there, y - y.sum(axis=1, keepdims=True) / count, 0.0)
    line = (y * t).sum(axis=1, keepdims=True) / np.maximum(
        (t * t).sum(axis=1, keepdims=True), 1e-9
    )
    bins = np.fft.rfft((y - line * t) * TAPER, LENGTH, axis=1)[:, INSIDE]
    power = (bins.real**2 + bins.imag**2) * TILT
    sums = np.zeros((x.shape[0], TILT.size + 1))
    np.cumsum(power, axis=1, out=sums[:, 1:])
    top = power.argmax(axis=1)
    row = np.arange(top.size)
    near = (
        sums[row, np.minimum(top + CELLS + 1, TILT.size)]
        - sums[row, np.maximum(top - CELLS, 0)]
    )
    return np.asarray(near / np.where(sums[:, -1] > 0, sums[:, -1], np.inf))
