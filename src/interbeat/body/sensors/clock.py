"""Clocks of devices: they start late, run fast or slow, and are set."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError

__all__ = ["TRUE", "Clock", "Sampling"]

ROUNDING = 1e-9  # s: what adding up seconds in floating point may cost
MOST_DRIFT = 10_000.0  # ppm: 1 %, as of a strap that samples at 128.7 and says 130 Hz
MOST_JUMP = 86_400.0  # s: a sampled channel is filled up with NaN over a jump


class Sampling(NamedTuple):
    """When a sensor samples: sample i at i / rate, in true seconds.

    Parameters
    ----------
    n : int
        Samples.
    rate : float
        Samples in a true second: not what the device says where its clock drifts.
    """

    n: int
    rate: float


@dataclass(frozen=True, slots=True)
class Clock:
    """What a device's clock reads: ``offset + true * (1 + drift_ppm / 1e6)``, and its jumps.

    Parameters
    ----------
    offset : float
        What it reads at second 0 of the simulation (s).
    drift_ppm : float
        How much faster than true time it runs, in millionths; a crystal is within 20 or 30.
    jumps : tuple of (float, float)
        When it is set (true s, after second 0, in order), and by how much (s): positive is
        forward.

    Raises
    ------
    DataError
        If a number is not finite, the drift is over 1 %, a jump is over a day, or jumps are
        not in order.

    Examples
    --------
    >>> clock = Clock(2.0, drift_ppm=100.0, jumps=((50.0, 1.0),))
    >>> clock.reads([0.0, 10.0, 100.0])
    array([  2.   ,  12.001, 103.01 ])
    >>> clock.true([2.0, 12.001, 52.5, 103.01])
    array([  0.,  10.,  nan, 100.])
    """

    offset: float = 0.0
    drift_ppm: float = 0.0
    jumps: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        if not (math.isfinite(self.offset) and abs(self.drift_ppm) <= MOST_DRIFT):
            raise DataError(
                f"a clock has a finite offset and drifts by {MOST_DRIFT:g} ppm at most, not "
                f"{self.offset:g} s and {self.drift_ppm:g} ppm"
            )
        if not all(0 < t < math.inf and abs(by) <= MOST_JUMP for t, by in self.jumps):
            raise DataError(
                "a clock jumps after second 0 (what it reads there is its offset) and by a "
                f"day at most, not {', '.join(f'at {t:g} by {by:g} s' for t, by in self.jumps)}"
            )
        when = [t for t, _ in self.jumps]
        if any(b <= a for a, b in pairwise(when)):
            raise DataError(f"the jumps of a clock come one after another, not at {when}")

    @classmethod
    def drawn(cls, rng: np.random.Generator, *, offset: float = 0.0) -> Clock:
        """Return a clock with a crystal's drift: normal, 10 ppm (assumed; crystals say 20).

        Parameters
        ----------
        rng : Generator
            Where the randomness comes from.
        offset : float
            What it reads at second 0.
        """
        return cls(offset, 10.0 * float(rng.standard_normal()))

    @property
    def pace(self) -> float:
        """Seconds that it counts in one true second."""
        return 1 + self.drift_ppm / 1e6

    def reads(self, true: ArrayLike) -> FloatArray:
        """Return what it reads at `true` times (s)."""
        at = np.asarray(true, dtype=np.float64)
        leaps = [by * (at >= when) for when, by in self.jumps]
        return np.asarray(self.offset + self.pace * at + sum(leaps), dtype=np.float64)

    def true(self, readings: ArrayLike) -> FloatArray:
        """Return the true times (s) at which it first reads each of `readings`.

        NaN for what it jumped over.
        """
        wanted = np.asarray(readings, dtype=np.float64)
        out = np.full(wanted.shape, np.nan)
        edges = [-math.inf, *(when for when, _ in self.jumps), math.inf]
        ahead = self.offset
        for number, (begin, end) in enumerate(pairwise(edges)):
            ahead += self.jumps[number - 1][1] if number else 0.0
            at = (wanted - ahead) / self.pace
            here = np.isnan(out) & (at > begin - ROUNDING) & (at < end + ROUNDING)
            out = np.where(here, np.clip(at, begin, np.nextafter(end, -math.inf)), out)
        return out

    def sampling(self, seconds: float, sampling_rate: float) -> Sampling:
        """Return when a sensor on this clock takes its samples.

        Parameters
        ----------
        seconds : float
            How long, in true time.
        sampling_rate : float
            What the device says, in Hz of its own seconds.
        """
        rate = sampling_rate * self.pace
        return Sampling(math.ceil(seconds * rate - 1e-6), rate)

    def stamped(self, values: FloatArray, sampling_rate: float) -> FloatArray:
        """Return samples as a reader lays them on the even grid of the device's own seconds.

        Where the clock jumps ahead, NaN fills the time that never was; where it is set back,
        the samples whose time has been taken already are lost. A jump is taken to whole
        samples.

        Parameters
        ----------
        values : ndarray, shape (n,)
            As sampled, one after another.
        sampling_rate : float
            What the device says, in Hz.

        Returns
        -------
        ndarray, shape (m,)
            From the reading at second 0 on, `sampling_rate` values a second.
        """
        if not self.jumps:
            return values
        place = np.arange(values.size)
        rate = sampling_rate * self.pace
        for when, by in self.jumps:
            place[math.ceil(when * rate) :] += round(by * sampling_rate)
        new = place > np.maximum.accumulate(np.concatenate(([-1], place[:-1])))
        out = np.full(int(place.max(initial=-1)) + 1, np.nan)
        out[place[new]] = values[new]
        return out


TRUE = Clock()
