"""The Task Force's bands of one spectrum, and what follows from them, computed together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.kernels.spectra import NEAR, Spectra, peaks
from interbeat.measures._density import HALF_WIDTH, STILL
from interbeat.measures._spec import Columns, Family
from interbeat.measures._spectrum import (
    Pieces,
    Seen,
    gathered,
    mean_of,
    pieces_of,
    pooled,
    power_in,
    power_se,
    seen,
    spectra_of,
    widened,
)

__all__ = [
    "FAMILY",
    "HF",
    "LF",
    "TASK_FORCE",
    "TOTAL",
    "VLF",
    "Band",
    "Bands",
    "fastest",
    "in_groups",
]

TASK_FORCE = "Task Force ESC/NASPE (1996), Circulation 93:1043, doi:10.1161/01.CIR.93.5.1043"
GROUP = 1024  # windows at once, so that a day's windows need no day's memory
KEPT = 4  # groups whose spectra are held for the next measure; of more, each is made anew


class Band(NamedTuple):
    """From `low` to `high` Hz; its power asks for at least so many seconds of the heart."""

    low: float
    high: float
    least: float


VLF = Band(0.003, 0.04, 240.0)
LF = Band(0.04, 0.15, 120.0)
HF = Band(0.15, 0.4, 60.0)
TOTAL = Band(VLF.low, HF.high, VLF.least)

Power = tuple[FloatArray, FloatArray]  # of each piece, and its variance


class Bands(Mapping[str, Columns]):
    """All measures of the fixed bands over each window, each made when it is asked for.

    Parameters
    ----------
    starts, ends : ndarray, shape (n,)
        Of the windows, in s.
    beats : Beats
        Of one person.
    """

    def __init__(self, starts: FloatArray, ends: FloatArray, *, beats: Beats) -> None:
        self._windows = list(_groups(starts, ends))
        self._beats = beats
        self._made: dict[int, _Group] = {}

    def __getitem__(self, name: str) -> Columns:
        member = MEMBERS[name]
        return _joined([member(self._group(k)) for k in range(len(self._windows))])

    def __iter__(self) -> Iterator[str]:
        return iter(MEMBERS)

    def __len__(self) -> int:
        return len(MEMBERS)

    def _group(self, k: int) -> _Group:
        if k in self._made:
            return self._made[k]
        group = _Group(*self._windows[k], self._beats)
        if len(self._windows) <= KEPT:
            self._made[k] = group
        return group


class _Group:
    """Some windows, the spectra of their pieces, and what was already made of them."""

    def __init__(self, starts: FloatArray, ends: FloatArray, beats: Beats) -> None:
        self._beats = beats
        self.pieces = pieces_of(starts, ends)
        self.spectra = spectra_of(beats, self.pieces, HF.high + NEAR)
        self._held: dict[float, Seen] = {}
        self._powers: dict[Band, Power] = {}

    def held(self, band: Band) -> Seen:
        if band.least not in self._held:
            self._held[band.least] = seen(
                self._beats, self.pieces, self.spectra, least=band.least
            )
        return self._held[band.least]

    def power(self, band: Band) -> Power:
        if band not in self._powers:
            high = np.minimum(band.high, fastest(self.spectra))
            self._powers[band] = power_in(self.spectra, band.low, high)
        return self._powers[band]


def in_groups(
    many: Callable[[FloatArray, FloatArray], Columns], starts: FloatArray, ends: FloatArray
) -> Columns:
    """Return what `many` gives of each window, computed some windows at a time."""
    return _joined([many(*group) for group in _groups(starts, ends)])


def _groups(starts: FloatArray, ends: FloatArray) -> Iterator[tuple[FloatArray, FloatArray]]:
    for k in range(0, max(starts.size, 1), GROUP):
        yield starts[k : k + GROUP], ends[k : k + GROUP]


def _joined(parts: list[Columns]) -> Columns:
    if len(parts) == 1:
        return parts[0]
    reasons = tuple(reason for part in parts for reason in part.reasons)
    values, se, quality = (
        np.concatenate(column)
        for column in zip(*((p.values, p.se, p.quality) for p in parts), strict=True)
    )
    return Columns(values, se, quality, np.concatenate([part.n for part in parts]), reasons)


def fastest(spectra: Spectra) -> FloatArray:
    """Return half the mean heart rate of each piece (Hz): intervals show nothing faster."""
    return _half_rate(spectra.intervals, spectra.covered)


def _half_rate(count: FloatArray, seconds: FloatArray) -> FloatArray:
    return np.asarray(0.5 * count / np.where(seconds > 0, seconds, np.inf))


def _power(group: _Group, band: Band) -> Columns:
    held = group.held(band)
    found = pooled(held, *group.power(band))
    return gathered(np.maximum(found.values, 0.0), power_se(found), held)


def _logarithm(group: _Group, band: Band) -> Columns:
    """Return the logarithm of a power: its errors are all but symmetric."""
    held = group.held(band)
    found = pooled(held, *group.power(band))
    still = found.values <= STILL
    safe = np.where(still, 1.0, found.values)
    relative = found.variance / safe**2
    se = np.sqrt(relative) * widened(found, 1.2 + relative)  # chosen by simulation
    return gathered(np.log(safe), se, held, ((still, "nothing varies"),))


def _normalized(group: _Group, part: Band, rest: Band) -> Columns:
    """Return the power of `part` in percent of that of `part` and `rest`."""
    held, one, two = group.held(LF), group.power(part), group.power(rest)
    a, b = (np.maximum(mean_of(held, power[0]), 0.0) for power in (one, two))
    still = a + b <= STILL
    whole = np.where(still, 1.0, a + b)
    by_one, by_two = ((100 * other / whole**2)[held.pieces.window] for other in (b, a))
    found = pooled(
        held, by_one * one[0] - by_two * two[0], by_one**2 * one[1] + by_two**2 * two[1]
    )
    value = 100 * a / whole
    room = value * (100 - value) / 100
    relative = np.divide(found.variance, room**2, out=np.zeros(room.shape), where=room > 0)
    se = np.sqrt(found.variance) * widened(found, 1.1 + 1.5 * relative)  # by simulation
    return gathered(value, se, held, ((still, "nothing varies"),))


def _peak(group: _Group, band: Band) -> Columns:
    """Return where the mean spectrum of the known pieces is highest."""
    held, spectra, pieces = group.held(LF), group.spectra, group.pieces
    used = held.known.astype(float)
    seconds, count = (_sum(pieces, used * of) for of in (spectra.covered, spectra.intervals))
    density = _sum(pieces, used[:, None] * spectra.raw)
    step = spectra.step[pieces.first]
    low = np.full(step.shape, band.low)
    high = np.clip(_half_rate(count, seconds), low, band.high)
    found = peaks(density, step, low, high, seconds)
    still = density.sum(axis=1) * step <= STILL
    unless = (still, "nothing varies"), (found[:, 0] == 0, "no peak in the band")
    return gathered(found[:, 0], found[:, 1] / HALF_WIDTH, held, unless)


def _sum(pieces: Pieces, values: FloatArray) -> FloatArray:
    """Return the sums over the pieces of each window, one after the other."""
    if (pieces.counts == 1).all():
        return values
    sums = np.zeros((pieces.counts.size, *values.shape[1:]))
    np.add.at(sums, pieces.window, values)
    return sums


MEMBERS: Mapping[str, Callable[[_Group], Columns]] = {
    "vlf": lambda group: _power(group, VLF),
    "lf": lambda group: _power(group, LF),
    "hf_fixed": lambda group: _power(group, HF),
    "total_power": lambda group: _power(group, TOTAL),
    "ln_hf": lambda group: _logarithm(group, HF),
    "lf_nu": lambda group: _normalized(group, LF, HF),
    "hf_nu": lambda group: _normalized(group, HF, LF),
    "lf_peak": lambda group: _peak(group, LF),
    "hf_peak": lambda group: _peak(group, HF),
}

FAMILY = Family(Bands)
