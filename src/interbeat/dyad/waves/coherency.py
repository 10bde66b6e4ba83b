"""Coherency: how steadily two people's waves keep step over a record, and at which delay.

Of each row (frequency) of two wavelet transforms, the cross-spectrum and both powers are summed
over the time that can be trusted. Their quotient is the row's coherency; one delay turns its
phase by the more, the faster the row. What rows have in common at the delay that fits them best
is the steady coherence, 0 to 1.
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from interbeat.core.arrays import BoolArray, ComplexArray, FloatArray
from interbeat.dyad.waves.octaves import Grid, Octave, Rows, Waves

__all__ = [
    "Delays",
    "Kept",
    "Tally",
    "delays_of",
    "fits",
    "kept",
    "lag",
    "means",
    "rival",
    "steady",
    "tally",
    "tally_again",
    "weights_of",
]

Number = TypeVar("Number", np.float64, np.complex128)

STEPS = 12  # delays that are tried in a period of the fastest row
NOTHING = 1e-300


class Tally(NamedTuple):
    """What is summed over trusted time: rows by parts of the record.

    Parameters
    ----------
    cross : ndarray of complex, shape (k, t)
        The first person's wave times the other's conjugate.
    one, other : ndarray, shape (k, t)
        Their powers.
    seconds : ndarray, shape (k, t)
        How much of each part could be trusted.
    """

    cross: ComplexArray
    one: FloatArray
    other: FloatArray
    seconds: FloatArray

    @property
    def whole(self) -> Tally:
        """All parts in one."""
        return Tally(*(part.sum(axis=1, keepdims=True) for part in self))

    @property
    def without(self) -> Tally:
        """All but one part, for each part."""
        return Tally(*(part.sum(axis=1, keepdims=True) - part for part in self))

    @property
    def coherency(self) -> ComplexArray:
        """Complex, of a modulus from 0 to 1, for each row and part; 0 without power."""
        power = np.sqrt(np.maximum(self.one, 0) * np.maximum(self.other, 0))
        return np.asarray(self.cross / np.maximum(power, NOTHING) * (self.seconds > 0))


class Delays(NamedTuple):
    """Delays that are tried, and how they turn each row.

    Parameters
    ----------
    seconds : ndarray, shape (d,)
        Positive: the first leads.
    turns : ndarray of complex, shape (d, k)
        What takes a delay away.
    """

    seconds: FloatArray
    turns: ComplexArray


def tally(
    one: Waves, other: Waves, inside: tuple[BoolArray, ...], grid: Grid, *, edges: FloatArray
) -> Tally:
    """Return sums over trusted time in each part of the record.

    Parameters
    ----------
    one, other : tuple of ndarray
        See :func:`~interbeat.dyad.waves.octaves.own_waves_of`.
    inside : tuple of ndarray of bool
        See :func:`~interbeat.dyad.waves.octaves.inside`.
    grid : Grid
        That of both.
    edges : ndarray, shape (t,)
        Where each part begins, in seconds; the last reaches to the end.
    """
    tallies = [
        _of_octave(a, b, free, _parts(octave, edges))
        for octave, a, b, free in zip(grid.octaves, one, other, inside, strict=True)
    ]
    return Tally(
        np.concatenate([octave.cross for octave in tallies]),
        np.concatenate([octave.one for octave in tallies]),
        np.concatenate([octave.other for octave in tallies]),
        np.concatenate([octave.seconds for octave in tallies]),
    )


class Kept(NamedTuple):
    """What stays of one person while the other's series changes, over the whole record.

    Parameters
    ----------
    one : tuple of ndarray, shape (k, m)
        Waves, 0 where they cannot be trusted.
    free : tuple of ndarray, shape (k, m)
        1 where they can.
    power, seconds : ndarray, shape (k, 1)
        See :class:`Tally`.
    """

    one: Waves
    free: Rows
    power: FloatArray
    seconds: FloatArray


def kept(one: Waves, inside: tuple[BoolArray, ...], whole: Tally) -> Kept:
    """Return what stays of the person whose waves are `one`.

    Parameters
    ----------
    one, inside : tuple of ndarray
        See :func:`tally`.
    whole : Tally
        Theirs with anyone's.
    """
    return Kept(
        tuple(wave * free for wave, free in zip(one, inside, strict=True)),
        tuple(free.astype(np.float64) for free in inside),
        whole.one,
        whole.seconds,
    )


def tally_again(still: Kept, other: Waves, grid: Grid) -> Tally:
    """Return what :func:`tally` gives of the whole record, for another series of the other."""
    cross, power = [], []
    for octave, a, free, b in zip(grid.octaves, still.one, still.free, other, strict=True):
        cross.append(octave.step * np.einsum("km,km->k", a, b.conj()))
        power.append(octave.step * np.einsum("km,km->k", free, b.real**2 + b.imag**2))
    return Tally(
        np.concatenate(cross)[:, None],
        still.power,
        np.concatenate(power)[:, None],
        still.seconds,
    )


def _parts(octave: Octave, edges: FloatArray) -> FloatArray:
    """Return a column for each part of the record: the grid's step where a sample is in it."""
    part = np.searchsorted(edges, octave.times, side="right") - 1
    return np.asarray(octave.step * (part[:, None] == np.arange(edges.size)))


def _of_octave(
    one: ComplexArray, other: ComplexArray, free: BoolArray, parts: FloatArray
) -> Tally:
    return Tally(
        _summed(one * other.conj() * free, parts),
        _summed((one.real**2 + one.imag**2) * free, parts),
        _summed((other.real**2 + other.imag**2) * free, parts),
        _summed(free.astype(np.float64), parts),
    )


def _summed(values: NDArray[Number], parts: FloatArray) -> NDArray[Number]:
    """Return the sum over each part; not by BLAS, which would share it out to threads."""
    return np.asarray(np.einsum("km,mt->kt", values, parts))


def means(
    rows: Rows, inside: tuple[BoolArray, ...], grid: Grid, *, edges: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the sums (value times seconds) over trusted time, and the seconds, shape (k, t).

    Parameters
    ----------
    rows : tuple of ndarray
        A value for each row and time of the grid, octave by octave.
    inside, grid, edges
        See :func:`tally`.
    """
    sums, seconds = [], []
    for octave, values, free in zip(grid.octaves, rows, inside, strict=True):
        parts = _parts(octave, edges)
        sums.append(_summed(np.where(free, values, 0.0), parts))
        seconds.append(_summed(free.astype(np.float64), parts))
    return np.concatenate(sums), np.concatenate(seconds)


def delays_of(rows: FloatArray, longest: float) -> Delays:
    """Return delays from ``-longest`` to ``longest`` seconds, close enough for all rows."""
    half = max(int(np.ceil(longest * rows.max() * STEPS)), 1)
    seconds = np.linspace(-longest, longest, 2 * half + 1)
    return Delays(seconds, np.exp(-2j * np.pi * np.outer(seconds, rows)))


def weights_of(tally: Tally, rows: FloatArray) -> FloatArray:
    """Return how much each row counts, for each part: by the waves that it has seen.

    Rows are an equal step of scale apart; by their waves, equal bands of frequency count alike.
    """
    return np.asarray(np.maximum(tally.seconds, 0) * rows[:, None])


def _over_delays(
    tally: Tally, which: BoolArray, rows: FloatArray, delays: Delays
) -> ComplexArray:
    """Return the weighted mean coherency (delays by parts) with each delay taken away."""
    weights = weights_of(tally, rows)[which]
    total = np.maximum(weights.sum(axis=0), NOTHING)
    return np.asarray(delays.turns[:, which] @ (weights * tally.coherency[which]) / total)


def steady(tally: Tally, which: BoolArray, rows: FloatArray, delays: Delays) -> FloatArray:
    """Return the steady coherence of the rows `which`, for each part of a tally.

    Parameters
    ----------
    tally : Tally
        Of k rows and t parts.
    which : ndarray of bool, shape (k,)
        Rows that count.
    rows : ndarray, shape (k,)
        Their frequencies in Hz.
    delays : Delays
        Those that are tried.

    Returns
    -------
    ndarray, shape (t,)
        0 to 1.
    """
    return np.asarray(np.abs(_over_delays(tally, which, rows, delays)).max(axis=0))


def fits(tally: Tally, which: BoolArray, rows: FloatArray, delays: Delays) -> FloatArray:
    """Return how well the waves of rows `which` lie on each other, delays by parts.

    With or against each other: 1 where every wave does, 0 where none does.
    """
    return np.abs(_over_delays(tally, which, rows, delays).real)


def rival(fit: FloatArray) -> int:
    """Return which delay has the highest summit beside the highest, or that one if none has."""
    top = int(np.argmax(fit))
    inner = np.flatnonzero((fit[1:-1] >= fit[:-2]) & (fit[1:-1] > fit[2:])) + 1
    others = inner[inner != top]
    return int(others[np.argmax(fit[others])]) if others.size else top


def lag(tally: Tally, which: BoolArray, rows: FloatArray, delays: Delays) -> FloatArray:
    """Return the delay (s) at which the waves of rows `which` lie on each other best.

    With or against each other: the phase that is left is as near as can be to 0 or to half a
    wave. Between the delays that are tried, by a parabola through three. Positive: the first
    leads. For each part of a tally, shape (t,).
    """
    fit = fits(tally, which, rows, delays)
    top = np.argmax(fit, axis=0)
    inner = np.clip(top, 1, fit.shape[0] - 2)
    left, here, right = (np.take_along_axis(fit, inner[None] + k, 0)[0] for k in (-1, 0, 1))
    bend = left - 2 * here + right
    step = np.where(bend < 0, (left - right) / np.where(bend < 0, 2 * bend, 1.0), 0.0)
    at = np.where(top == inner, inner + step, top)
    spacing = delays.seconds[1] - delays.seconds[0]
    return np.asarray(delays.seconds[0] + spacing * at)
