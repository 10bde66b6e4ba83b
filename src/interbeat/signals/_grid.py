"""From a sensor's own samples to a slow grid on the session's clock, without a seam.

Breathing and sweat are slow, and their sensors run at 4 Hz or at 2000. Both stages first
average neighbours to at most 64 Hz, then read the result off at whole multiples of a quarter
or an eighth of a second since the session began, each as a weighted mean of the samples around
it. A grid point depends on those samples and on nothing else, so that it is the same however
the signal was cut.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.core.recording import Data
from interbeat.core.signal import Signal
from interbeat.kernels.grid import COLUMNS, on_grid, seconds, thin
from interbeat.signals._stream import Stream

__all__ = [
    "NO_SAMPLES",
    "Grid",
    "Seconds",
    "Tape",
    "Thinned",
    "half_sine",
    "hann",
    "low_pass",
    "table",
]

SLOWEST = 32.0  # Hz that thinning leaves at least, where there are as many
# what a second looks like that holds no sample; see interbeat.kernels.grid
NO_SAMPLES = np.array([0.0, np.inf, -np.inf, 0.0, 0.0, np.nan, 0.0, 0.0])
POINTS = 513  # of a window's table


def hann(u: FloatArray) -> FloatArray:
    """Return the Hann window from its middle (0) to its edge (1)."""
    return np.asarray(0.5 + 0.5 * np.cos(np.pi * u))


def half_sine(u: FloatArray) -> FloatArray:
    """Return the cosine lobe from its middle (0) to its edge (1)."""
    return np.cos(np.pi / 2 * u)


def low_pass(u: FloatArray, cycles: float) -> FloatArray:
    """Return a sinc under a Hann window; `cycles` is the cutoff times the half width."""
    return np.asarray(np.sinc(2 * cycles * u) * hann(u))


def table() -> FloatArray:
    """Return the places at which a window is tabulated, middle to edge."""
    return np.linspace(0, 1, POINTS)


class Tape:
    """The newest of a row of numbers (or of rows of numbers), each with its index.

    Examples
    --------
    >>> tape = Tape()
    >>> tape.append(np.array([1.0, 2.0, 3.0]))
    >>> tape.forget(2)
    >>> tape.first, tape.end, tape.values
    (2, 3, array([3.]))
    """

    def __init__(self, columns: tuple[int, ...] = ()) -> None:
        self.first, self.values = 0, np.empty((0, *columns))

    def __len__(self) -> int:
        return int(self.values.shape[0])

    @property
    def end(self) -> int:
        """Index after the last."""
        return self.first + len(self)

    def append(self, values: FloatArray) -> None:
        """Add `values` at the end."""
        self.values = np.concatenate((self.values, values))

    def around(self, first: int, end: int, lacking: ArrayLike) -> FloatArray:
        """Return those from `first` to before `end`, `lacking` where there is none."""
        out = np.empty((end - first, *self.values.shape[1:]))
        out[:] = lacking
        begin, past = max(first, self.first), min(end, self.end)
        if begin < past:
            here = self.values[begin - self.first : past - self.first]
            out[begin - first : past - first] = here
        return out

    def forget(self, before: int) -> None:
        """Drop what has an index under `before`."""
        drop = min(max(before - self.first, 0), len(self))
        self.first, self.values = self.first + drop, self.values[drop:]


class Thinned:
    """A stream of samples as the means of neighbours, at 32 to 64 Hz or the sensor's own rate.

    Attributes
    ----------
    person : str
        Whose.
    rate : float
        Of the means (Hz).
    convert : callable
        What is done to the samples first.
    tape : Tape
        The newest means.
    """

    def __init__(self, sampling_rate: float, person: str, unit: str) -> None:
        self._stream, self._unit = Stream(sampling_rate, person), unit
        self.person = person
        self._every = max(1, int(sampling_rate // SLOWEST))
        self._rest = np.empty(0)
        self.convert: Callable[[FloatArray], FloatArray] = np.asarray
        self.rate = self._stream.sampling_rate / self._every
        self.tape = Tape()

    @property
    def start(self) -> float:
        """Time (s) of the first sample."""
        return self._stream.origin

    @property
    def end(self) -> float:
        """Time (s) after the last sample."""
        return self._stream.end

    @property
    def origin(self) -> float:
        """Time (s) of the first mean: the middle of its samples."""
        return self._stream.time((self._every - 1) / 2)

    def blocks(self, chunk: Data) -> Iterator[None]:
        """Put the means of `chunk` on the tape, a piece of bounded size at a time.

        Raises
        ------
        DataError
            If the chunk is not in the unit of the stream, or is refused by it.
        """
        if isinstance(chunk, Signal) and chunk.unit != self._unit:
            raise DataError(f"a chunk in {chunk.unit!r} in a stream in {self._unit!r}")
        for block in self._stream.blocks(chunk):
            self.tape.append(self._means(self.convert(block.values)))
            yield

    def clock(self) -> FloatArray:
        """Return time of mean 0 and rate, as the kernels want it."""
        return np.array([self.origin, self.rate])

    def forget(self, before: float) -> None:
        """Drop the means before time `before` (s)."""
        self.tape.forget(math.floor((before - self.origin) * self.rate))

    def _means(self, values: FloatArray) -> FloatArray:
        if self._every == 1:
            return values
        row = np.concatenate((self._rest, values))
        self._rest = row[row.size - row.size % self._every :]
        return thin(row, self._every)


class Grid:
    """Weighted means around the points ``k / rate`` of the session's clock.

    Parameters
    ----------
    rate : float
        Points per second.
    weights : array_like
        Window from its middle to its edge, at :func:`table`.
    half : float
        Half width of the window (s).
    least : float
        Share of the window's weight that must rest on samples there are; else NaN.

    Attributes
    ----------
    next : int
        Index of the next point.
    """

    def __init__(self, rate: float, weights: FloatArray, *, half: float, least: float) -> None:
        self.rate, self.next = rate, 0
        self._weights = np.ascontiguousarray(weights)
        self._half, self._least = half, least

    def begin(self, start: float) -> None:
        """Let the first point be the first at or after `start` (s)."""
        self.next = math.ceil(start * self.rate - 1e-6)

    def ready(self, tape: Tape, clock: FloatArray) -> int:
        """Return the index after the last point whose window is over."""
        last = float((tape.end - 1) / clock[1] + clock[0])
        return max(math.floor((last - self._half) * self.rate + 1e-6), self.next - 1) + 1

    def reached(self, tape: Tape, clock: FloatArray) -> int:
        """Return the index after the last point that is not later than the last sample."""
        last = float((tape.end - 1) / clock[1] + clock[0])
        return max(math.floor(last * self.rate + 1e-6), self.next - 1) + 1

    def take(self, tape: Tape, clock: FloatArray, *, until: int) -> FloatArray:
        """Return the points from the next one to before `until`."""
        out = np.empty(until - self.next)
        span = np.array([self.next, self._half, self._least])
        timing = np.array([clock[0], clock[1], self.rate])
        on_grid(tape.values, tape.first, timing, self._weights, span, out)
        self.next = until
        return out


class Seconds:
    """What the samples of each whole second look like; see :func:`interbeat.kernels.grid`."""

    def __init__(self) -> None:
        self.next = 0

    def begin(self, start: float) -> None:
        """Let the first second be the one that holds `start` (s)."""
        self.next = math.floor(start + 1e-6)

    def ready(self, tape: Tape, clock: FloatArray) -> int:
        """Return the second after the last one that is over."""
        return max(math.floor(float(clock[0] + (tape.end + 5e-7) / clock[1])), self.next)

    def reached(self, tape: Tape, clock: FloatArray) -> int:
        """Return the second after the last one that holds a sample."""
        return max(math.floor(float(clock[0] + (tape.end - 1) / clock[1])) + 1, self.next)

    def take(self, tape: Tape, clock: FloatArray, *, until: int) -> FloatArray:
        """Return the rows of the seconds from the next one to before `until`."""
        out = np.empty((max(until - self.next, 0), COLUMNS))
        seconds(tape.values, tape.first, clock, self.next, out)
        self.next += out.shape[0]
        return out
