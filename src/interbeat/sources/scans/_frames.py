"""Frames: when each began and ended, in s since the injection, and what had to be mended."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.core.errors import DataError, FormatError
from interbeat.sources.scans._units import TIMES, seconds_in

__all__ = ["Frames", "ends_from_middles", "frames_of"]

SHORT, LONG = 300.0, 43_200.0  # s: what few scans are below or above
LATE = 60.0  # s after the injection, beyond which the rise was missed


@dataclass(frozen=True, slots=True)
class Frames:
    """When frames began and ended, in s, and which rows of the file they are."""

    starts: FloatArray
    ends: FloatArray
    rows: IntArray
    inferences: tuple[str, ...]
    flags: tuple[str, ...]


def frames_of(
    path: Path,
    starts: FloatArray,
    ends: FloatArray,
    *,
    time_unit: str,
    asked: str,
    injected: float,
) -> Frames:
    """Return the frames of a file, in order, those that saw nothing left out.

    Parameters
    ----------
    path : Path
        For messages.
    starts, ends : ndarray, shape (n,)
        As the file gives them.
    time_unit : str
        As the file spells it; ``""`` where it names none.
    asked : str
        By the caller, for files that name none.
    injected : float
        When, in s on the clock of the file.

    Raises
    ------
    FormatError
        If the unit is none, or a frame has no start or end.
    """
    factor, told, flags = _factor(path, starts, ends, time_unit=time_unit, asked=asked)
    _check_finite(path, starts * factor, ends * factor)
    begun, ended, mended = _mended(starts * factor, ends * factor)
    begun, ended = begun - injected, ended - injected
    rows: IntArray = np.argsort(begun, kind="stable")
    if np.any(np.diff(rows) < 0):
        mended.append("frames were not in the order of time, and were put in it")
    rows, dropped = _that_saw(begun, ended, rows)
    if injected:
        told.append(f"times count from the injection, {injected:g} s on the clock of the file")
    begun, ended = begun[rows], ended[rows]
    if rows.size == 0:
        raise FormatError(path, "no frame ends after the injection")
    told += [*mended, *dropped, *_pauses(begun, ended)]
    odd = (*_late(float(begun[0])), *_odd_length(float(ended[-1])))
    return Frames(begun, ended, rows, tuple(told), (*flags, *odd))


def _check_finite(path: Path, starts: FloatArray, ends: FloatArray) -> None:
    lost = np.flatnonzero(~(np.isfinite(starts) & np.isfinite(ends)))
    if lost.size:
        raise FormatError(path, "has no start, or no end", f"frame {lost[0] + 1}")


def _factor(
    path: Path, starts: FloatArray, ends: FloatArray, *, time_unit: str, asked: str
) -> tuple[float, list[str], list[str]]:
    """Return how many s the unit is, what was concluded, and what is doubtful."""
    stated = seconds_in(time_unit, path, "unit of time")
    if asked and asked not in TIMES:
        raise DataError(f"{asked!r} is no unit of time; possible: s, min, h, ms")
    if stated and asked and TIMES[asked] != stated:
        raise FormatError(path, f"gives times in {time_unit}, not in {asked}")
    if stated:
        return stated, [], []
    if asked:
        return TIMES[asked], [f"times are in {asked}, as was said"], []
    unit, why, sure = _likely(starts, ends)
    told = f"times taken as {unit}: the file names no unit, and {why}"
    doubt = [] if sure else [f"{told}; time_unit says otherwise"]
    return TIMES[unit], [told], doubt


def _likely(starts: FloatArray, ends: FloatArray) -> tuple[str, str, bool]:
    """Return the likelier unit, why, and whether the other can hardly be."""
    lengths = (ends - starts)[ends > starts]
    last = float(np.nanmax(ends, initial=0.0))
    shortest = float(np.min(lengths, initial=np.inf))
    if last > 600:
        return "s", f"a scan of {last:g} min would last over 10 h", True
    if shortest < 1:
        return "min", f"a frame of {shortest:g} s would be too short to see anything", True
    if shortest >= 2 and np.nanmin(starts, initial=np.inf) <= 0:
        return "s", f"a scan from the injection has frames shorter than {shortest:g} min", False
    return "min", f"a scan of {last:g} s would be short", False


def _mended(starts: FloatArray, ends: FloatArray) -> tuple[FloatArray, FloatArray, list[str]]:
    """Undo durations in the place of ends, and ends in the place of durations."""
    if starts.size < 3:
        return starts, ends, []
    lengths = ends - starts
    if np.any(starts[1:] < ends[:-1]) and np.allclose(lengths[:-1], starts[1:], rtol=1e-6):
        return starts, lengths, ["durations of frames hold their ends, and were read as ends"]
    follows = np.allclose(starts[:-1] + ends[:-1], starts[1:], rtol=1e-6)
    if follows and np.any(lengths[1:] <= 0):
        told = "ends of frames hold their durations, and were read as durations"
        return starts, starts + ends, [told]
    return starts, ends, []


def _that_saw(
    starts: FloatArray, ends: FloatArray, rows: IntArray
) -> tuple[IntArray, list[str]]:
    told = []
    first = rows[0]
    if rows.size > 1 and ends[first] == starts[first]:
        rows = rows[1:]
        told.append("the first frame lasts no time, and was left out")
    early = ends[rows] <= 0
    if np.any(early & (starts[rows] < 0)):
        told.append(f"frames that ended before the injection were left out: {early.sum()}")
        rows = rows[~early]
    if rows.size and starts[rows[0]] < 0:
        told.append(f"frame 1 began {-starts[rows[0]]:g} s before the injection")
    return rows, told


def _pauses(starts: FloatArray, ends: FloatArray) -> list[str]:
    pauses = starts[1:] - ends[:-1]
    long = np.flatnonzero(pauses > np.maximum(0.01 * (ends - starts)[:-1], 0.1))[:5]
    return [f"a pause of {pauses[k]:g} s after frame {k + 1}" for k in long]


def _late(first: float) -> list[str]:
    if first <= LATE:
        return []
    return [f"the scan began {first:g} s after the injection: what came before was not seen"]


def _odd_length(last: float) -> list[str]:
    if last < SHORT:
        return [f"the scan ends at {last:g} s: short, unless minutes were called seconds"]
    if last > LONG:
        return [f"the scan ends at {last / 3600:g} h: long, unless seconds were called minutes"]
    return []


def ends_from_middles(path: Path, middles: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return starts and ends of frames that follow each other from time 0, from their middles.

    Raises
    ------
    FormatError
        If no such frames have these middles: lengths must not shrink, as they would by turns
        after a pause.
    """
    edges = np.zeros(middles.size + 1)
    for k, middle in enumerate(middles):
        edges[k + 1] = 2 * middle - edges[k]
    lengths = np.diff(edges)
    if np.all(lengths > 0) and np.all(lengths[1:] >= 0.99 * lengths[:-1]):
        return edges[:-1], edges[1:]
    raise FormatError(
        path,
        "gives middles of frames only, and they are not those of frames that follow each other "
        "from the injection: put a file .acqtimes of starts and ends (s) beside it",
    )
