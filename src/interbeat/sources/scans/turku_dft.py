"""Turku PET Centre: ``.dft``, four lines of titles, then a row for each frame."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from interbeat.core.activity import Regions
from interbeat.core.arrays import FloatArray
from interbeat.core.errors import FormatError
from interbeat.sources._text import Text
from interbeat.sources.scans._acquired import frames_of_middles
from interbeat.sources.scans._reader import Asked, scan_reader
from interbeat.sources.scans._scanned import Curves, named_once, regions_of
from interbeat.sources.scans._sheet import number_in
from interbeat.sources.scans._units import TIMES, seconds_in

__all__: list[str] = []

_TIMES = re.compile(r"\s*Times?\s*[\[(]\s*(\w+)\s*[\])]", re.IGNORECASE)
_WEIGHTS = {"weight", "weights", "w"}
CUBIC = 1000.0  # mm³ in a mL

Titles = tuple[list[str], list[str], list[str], list[str]]


def accepts(path: Path) -> bool:
    """Whether the file begins with DFT."""
    text = Text.head_of(path)
    try:
        first = "" if text is None else next(iter(text.lines()), "")
    except FormatError:
        return False
    return re.match(r"\s*DFT\d?\b", first) is not None


@scan_reader(
    "turku_dft", (".dft", ".dat"), title="Turku PET Centre: DFT and names", accepts=accepts
)
def read(path: Path, asked: Asked) -> Mapping[str, Regions]:
    """Return the scan; regions are called by their name, side and plane, as far as needed.

    The layout is that of the Turku PET Centre, "DFT TAC file format": regions, sides, planes
    and volumes (mm³) in four lines; a period is a value that is not there.
    """
    text, held = _lines(path)
    tab = "\t" if "\t" in held[0][1] else None
    titles = _titles(text, held[:4], tab)
    count, names = len(titles[0]), _named(titles)
    named_once(path, names, "lines 1 to 3")
    table = _table(text, [(k, _cells(line, tab)) for k, line in held[4:]], count)
    columns, time_unit = table[:, -count:], _time_unit(held[3][1])
    starts, ends, told = _framed(path, table[:, :-count], time_unit, asked=asked)
    weights = [k for k, name in enumerate(titles[0]) if name.lower() in _WEIGHTS]
    curves = Curves(
        path,
        starts,
        ends,
        {name: columns[:, k] for k, name in enumerate(names) if k not in weights},
        time_unit=time_unit,
        unit=_first(held[2][1], tab),
        weights={"": columns[:, weights[0]]} if weights else None,
        volumes=_volumes(names, titles[3]),
        person=_first(held[1][1], tab).strip("."),
        inferences=told,
    )
    return {"": regions_of(curves, asked)}


def _lines(path: Path) -> tuple[Text, list[tuple[int, str]]]:
    """Return the lines that say something, with their numbers."""
    text = Text.of(path)
    held = [
        (k, line)
        for k, line in enumerate(text.lines(), 1)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    if len(held) < 5:
        raise text.wrong("has not the four lines of titles and a frame below them")
    return text, held


def _cells(line: str, tab: str | None) -> list[str]:
    return [cell.strip() for cell in line.rstrip("\t ").split(tab)]


def _first(line: str, tab: str | None) -> str:
    return (_cells(line, tab) or [""])[0]


def _time_unit(line: str) -> str:
    found = _TIMES.match(line)
    return found[1] if found else ""


def _titles(text: Text, lines: Sequence[tuple[int, str]], tab: str | None) -> Titles:
    """Return names, sides, planes and volumes, each as long as there are regions."""
    cut = [line for _, line in lines]
    cut[3] = "Times" + ("\t" if tab else " ") + _TIMES.sub("", cut[3]).strip("\t ")
    parts = [_cells(line, tab)[1:] for line in cut]
    names = [name for name in parts[0] if name]
    if not names:
        raise text.wrong("names no region", lines[0][0])
    sides, planes, volumes = (
        (part[-len(names) :] + ["."] * len(names))[: len(names)] for part in parts[1:]
    )
    return names, sides, planes, volumes


def _named(titles: Titles) -> list[str]:
    """Return region names, with side and plane where names alone are not different."""
    names = titles[0]
    for more in titles[1:3]:
        if len(set(names)) == len(names):
            break
        names = [
            f"{name} {word}" if word not in {".", ""} else name
            for name, word in zip(names, more, strict=True)
        ]
    return names


def _table(text: Text, rows: Sequence[tuple[int, list[str]]], count: int) -> FloatArray:
    width = len(rows[0][1])
    if width not in {count + 1, count + 2}:
        raise text.wrong(
            f"{width} cells for {count} regions: wanted are a start and an end, or a middle, "
            "and a value for each",
            rows[0][0],
        )
    for line, cells in rows:
        if len(cells) != width:
            raise text.wrong(f"{len(cells)} cells instead of {width}", line)
    return np.array(
        [[number_in(text, c, line, f"column {k}") for k, c in enumerate(cells, 1)]
         for line, cells in rows]
    )  # fmt: skip


def _framed(
    path: Path, times: FloatArray, time_unit: str, *, asked: Asked
) -> tuple[FloatArray, FloatArray, tuple[str, ...]]:
    if times.shape[1] == 2:
        return times[:, 0], times[:, 1], ()
    factor = seconds_in(time_unit, path, "line 4") or TIMES.get(asked.time_unit, 1.0)
    (starts, ends), told = frames_of_middles(path, times[:, 0] * factor)
    return starts / factor, ends / factor, told


def _volumes(names: Sequence[str], told: Sequence[str]) -> dict[str, float]:
    """Return volumes in mL; the format has mm³."""
    found = {}
    for name, cell in zip(names, told, strict=True):
        if re.fullmatch(r"\d+\.?\d*(?:[eE][+-]?\d{1,2})?", cell) and float(cell) > 0:
            found[name] = float(cell) / CUBIC
    return found
