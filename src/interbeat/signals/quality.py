"""How far a second of a heart's signal can be trusted."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.core.signal import ROUNDING, Signal
from interbeat.kernels.seconds import faults, strengths
from interbeat.signals._reasons import REASONS
from interbeat.signals._seconds import Seconds
from interbeat.signals._trust import GOOD_ENOUGH

__all__ = ["EVENNESS", "REASONS", "CardiacQuality", "QualitySettings", "falls"]

EVENNESS = 5  # intervals
MEMORY = 10  # s: what a second's largest strength is compared with
QUICK = 100 / 60  # beats/s: the lines of noise are drawn for hearts up to here
REGULAR = (0.05, 0.1)  # unevenness: the beats of a quick heart are even, those of noise are not


@dataclass(frozen=True, slots=True)
class QualitySettings:
    """When a second is good and when it is bad; quality falls in a straight line between.

    Parameters
    ----------
    flat, rail : float
        How long (s) a value must stay the same to be flat, or clipped.
    noise : tuple of float
        Share of the strength of a beat that the whole second has: good under the first, bad
        over the second.
    spike : tuple of float
        Largest strength over its median in the last :data:`MEMORY` seconds, the same way.
    uneven : tuple of float
        Median change from one interval to the next over their median, of the last five.
    silence : float
        Without a beat for this long (s) a second is bad.
    width : float
        Of a beat (s): what is free of beats falls by exp(-width) with each beat per second.
    """

    flat: float
    rail: float
    noise: tuple[float, float]
    spike: tuple[float, float]
    uneven: tuple[float, float]
    silence: float
    width: float


class CardiacQuality:
    """A number from 0 to 1 for each whole second of the session's clock.

    The product of the shares of samples that are there, that move and that are not clipped,
    of whether there are beats, of how usual the second's strongest moment is, of how far its
    noise lies under the strength of beats, and of how even these are. The first of the smallest
    of these is the reason of a bad second.

    Parameters
    ----------
    settings : QualitySettings
        Where the lines are.
    person : str
        Whose.
    rates : tuple of float
        Sampling rates (Hz) of the samples and of the strengths.

    Attributes
    ----------
    reasons : Signal
        Of the seconds that :meth:`until` gave last: numbers of :data:`REASONS`.
    """

    def __init__(
        self, settings: QualitySettings, person: str, rates: tuple[float, float]
    ) -> None:
        self._settings, self._person = settings, person
        state = np.array([np.nan, 0.0, np.inf, -np.inf])
        flat, rail = round(settings.flat * rates[0]), round(settings.rail * rates[0])

        def add(values: FloatArray, edges: IntArray, table: FloatArray) -> None:
            faults(values, edges, table, state, flat, rail)

        self._rate = rates[0]
        self._faults, self._strengths = (
            Seconds(rates[0], 4, add),
            Seconds(rates[1], 3, strengths),
        )
        # of what is not yet known half is smallest and half largest: no median sees it
        self._largest = np.resize([-np.inf, np.inf], MEMORY - 1)
        self._beats: list[float] = []
        self._next = 0
        self._none = self.reasons = self._each_second(np.empty(0), 0)

    def begin(self, origin: float) -> None:
        """Set the time (s) of the first sample."""
        self._faults.begin(origin)
        self._strengths.begin(origin)
        self._next = math.floor(origin + ROUNDING / self._rate)

    def push(self, values: FloatArray) -> None:
        """Take the next samples, NaN where lost."""
        self._faults.push(values)

    def heard(self, strength: FloatArray, beats: FloatArray) -> None:
        """Take the next strengths, and times of beats (s)."""
        self._strengths.push(strength)
        self._beats.extend(beats.tolist())

    def until(self, second: int) -> Signal:
        """Return the quality of the seconds before `second`, all of whose beats are known."""
        if second <= self._next:  # of most chunks of a strap
            self.reasons = self._none
            return self._none
        start, self._next = self._next, second
        parts = self._parts(start, second - start)
        values = parts.prod(axis=1)
        why = np.where(values < GOOD_ENOUGH, 1.0 + parts.argmin(axis=1), 0.0)
        self.reasons = self._each_second(why, start)
        return self._each_second(values, start)

    def _each_second(self, values: FloatArray, start: int) -> Signal:
        return Signal(values, 1.0, "", self._person, float(start))

    def _parts(self, start: int, count: int) -> FloatArray:
        """Return a row a second, with a column for each reason but the first, 0 bad to 1."""
        sensor = self._sensor(self._faults.take(count))
        heard, even, quick = self._beating(start, count)
        quiet, usual = self._heart(self._strengths.take(count), quick)
        return np.column_stack((*sensor, heard, usual, quiet, even))

    def _sensor(self, rows: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the shares of samples that are there, that move and that are not clipped."""
        count = np.maximum(rows[:, 0], 1.0)
        there = (rows[:, 0] - rows[:, 1]) / count
        moving = falls(rows[:, 2] / count, (0.3, 0.7))
        return there, moving, falls(rows[:, 3] / count, (0.01, 0.1))

    def _heart(self, rows: FloatArray, quick: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return how well the beats of each second stand out, and how usual the strongest is.

        Of each second is known by how many beats per second the heart is quicker than usual:
        they leave less room between them, which is no noise.
        """
        largest = np.concatenate((self._largest, rows[:, 2]))
        self._largest = largest[len(rows) :]
        usual = np.maximum(_middle(largest, MEMORY), 1e-300)
        filled = rows[:, 1] / np.maximum(rows[:, 0], 1.0) / np.sqrt(usual)
        noise = (
            np.maximum(1.0 - (1.0 - filled) * np.exp(self._settings.width * quick), 0.0) ** 2
        )
        spike = rows[:, 2] / usual
        return falls(noise, self._settings.noise), falls(spike, self._settings.spike)

    def _beating(self, start: int, count: int) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return whether there were beats in or just before each second, and even ones.

        And by how many beats per second they are quicker than usual, where they are regular.
        """
        times = np.array(self._beats)
        seconds = start + np.arange(count)
        last = np.searchsorted(times, seconds + 1) - 1
        known = np.concatenate((times, [-np.inf]))[last]
        usual, uneven = (np.concatenate((x, [0.0]))[last] for x in _rhythm(times))
        quick = np.maximum(1.0 / np.where(usual > 0, usual, np.inf) - QUICK, 0.0)
        heard = (seconds - known < self._settings.silence).astype(np.float64)
        self._beats = self._beats[max(int(last[-1]) - EVENNESS - 1, 0) :]
        return heard, falls(uneven, self._settings.uneven), quick * falls(uneven, REGULAR)


def _rhythm(times: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the usual interval before each beat, and how much the intervals differ.

    Both are 0 where too few are known.
    """
    usual, uneven = np.zeros(times.size), np.zeros(times.size)
    if times.size >= EVENNESS + 2:
        intervals = np.diff(times)
        here = slice(EVENNESS + 1, None)
        usual[here] = _middle(intervals[1:], EVENNESS)
        uneven[here] = _middle(np.abs(np.diff(intervals)), EVENNESS) / usual[here]
    return usual, uneven


def _middle(values: FloatArray, size: int) -> FloatArray:
    """Return the median of each `size` values in a row, the upper of two in the middle."""
    windows = sliding_window_view(values, size)
    return np.asarray(np.partition(windows, size // 2, axis=1)[:, size // 2])


def falls(values: FloatArray, between: tuple[float, float]) -> FloatArray:
    """Return 1 under the first of `between`, 0 over the second, a straight line between."""
    good, bad = between
    return np.clip((bad - values) / (bad - good), 0.0, 1.0)
