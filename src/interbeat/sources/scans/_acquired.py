"""When frames began and ended, from the file that PMOD leaves beside one of middles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import FormatError
from interbeat.sources._text import Text
from interbeat.sources.scans._frames import ends_from_middles
from interbeat.sources.scans._sheet import number_in, sheet_of
from interbeat.sources.scans._units import seconds_in, unit_in_name

__all__ = ["frames_of_middles"]

Found = tuple[FloatArray, FloatArray]


def frames_of_middles(path: Path, middles: FloatArray) -> tuple[Found, tuple[str, ...]]:
    """Return starts and ends of frames in s, and where they were found.

    Parameters
    ----------
    path : Path
        Of the file that gives middles.
    middles : ndarray, shape (n,)
        In s.

    Raises
    ------
    FormatError
        If a file .acqtimes does not fit, or there is no file and the middles are not those of
        frames that follow each other.
    """
    for beside in _beside(path, ".acqtimes"):
        frames = _acqtimes(beside)
        if not _fit(frames, middles):
            raise FormatError(
                beside,
                f"its {frames[0].size} frames have not the {middles.size} middles that "
                f"{path.name} gives",
            )
        return frames, (f"starts and ends of frames are those of {beside.name}",)
    for beside in _beside(path, ".tac"):
        frames = _of_tac(beside)
        if _fit(frames, middles):
            return frames, (f"starts and ends of frames are those of {beside.name}",)
    told = "frames follow each other from the injection: only their middles are given"
    return ends_from_middles(path, middles), (told,)


def _beside(path: Path, suffix: str) -> Iterator[Path]:
    stems = [path.stem]
    if path.stem.upper().endswith("_TAC"):
        stems.append(path.stem[:-4])
    yield from (p for p in (path.with_name(stem + suffix) for stem in stems) if p.is_file())


def _acqtimes(path: Path) -> Found:
    """Read ``# comment``, ``34 # Number of acquisitions``, then starts and ends."""
    text = Text.of(path)
    lines = [(k, line.split("#")[0].split()) for k, line in enumerate(text.lines(), 1)]
    held = [(k, cells) for k, cells in lines if cells]
    if held and len(held[0][1]) == 1:
        count, held = held[0], held[1:]
        if count[1][0] != str(len(held)):
            said = f"announces {count[1][0][:20]} frames and has {len(held)}"
            raise text.wrong(said, count[0])
    if not held or any(len(cells) != 2 for _, cells in held):
        line = next((k for k, cells in held if len(cells) != 2), 1)
        raise text.wrong("a start and an end of a frame are wanted on each line", line)
    minutes = "minute" in " ".join(text.first_lines(2)).lower()
    pairs = np.array([[number_in(text, c, k, "times") for c in cells] for k, cells in held])
    pairs = pairs * (60.0 if minutes else 1.0)
    return pairs[:, 0], pairs[:, 1]


def _of_tac(path: Path) -> Found:
    sheet = sheet_of(path)
    if len(sheet.labels) < 2:
        return np.empty(0), np.empty(0)
    unit = unit_in_name(sheet.labels[0])[1]
    factor = seconds_in(unit, path, "labels") or 1.0
    return sheet.column(0) * factor, sheet.column(1) * factor


def _fit(frames: Found, middles: FloatArray) -> bool:
    starts, ends = frames
    if starts.size != middles.size:
        return False
    off = np.abs((starts + ends) / 2 - middles)
    return bool(np.all(off <= 0.01 * np.abs(ends - starts) + 0.05))
