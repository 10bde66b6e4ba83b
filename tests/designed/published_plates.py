"""Published plates, read by a few lines that share nothing with the readers of the package."""

from __future__ import annotations

import csv
import re
import warnings
from pathlib import Path
from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import FloatArray

__all__ = ["Softmax", "Standards", "assumed_elisatools", "dnase", "gtools", "softmax"]

DILUTED = (3000, 1500, 750, 375, 187.5, 93.75, 46.875, 0)
ROWS = "ABCDEFGH"


class Standards(NamedTuple):
    """Concentration and response of each standard well."""

    x: FloatArray
    y: FloatArray


class Softmax(NamedTuple):
    """What SoftMax Pro exported of one plate: wells it masked are left out.

    `x`, `y` and `back` are of the standards: nominal, response, what it read back; `responses`
    and `read` of the samples. Concentrations that it could not read are NaN.
    """

    x: FloatArray
    y: FloatArray
    back: FloatArray
    responses: FloatArray
    read: FloatArray


def dnase(path: Path) -> dict[str, Standards]:
    """Return the 11 runs of R's DNase."""
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    runs = sorted({row["Run"] for row in rows}, key=int)
    return {f"DNase {run}": _of([r for r in rows if r["Run"] == run]) for run in runs}


def _of(rows: list[dict[str, str]]) -> Standards:
    both = [[float(row[name]) for row in rows] for name in ("conc", "density")]
    return Standards(*map(np.array, both))


def gtools(path: Path) -> dict[str, Standards]:
    """Return the 4 plates of gtools' ELISA, each read 3 times; blanks are standards of 0."""
    from rdata import read_rda

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the file does not say that it is ASCII
        table = read_rda(path)["ELISA"]
    table = table[table["Description"].isin(["Standard", "BLANK"])]
    found = {}
    for (plate, read), part in table.groupby(["PlateDay", "Read"], observed=True):
        x = np.array(part["Concentration"], dtype=np.float64)
        y = np.array(part["Signal"], dtype=np.float64)
        found[f"gtools {plate} read {read}"] = Standards(x, y)
    return found


def assumed_elisatools(path: Path) -> dict[str, Standards]:
    """Return the standards of a file of ELISAtools: columns 1 to 3, 450 less 620 nm."""
    found = {}
    for at, (wells, _) in enumerate(_blocks(path), 1):
        places = [(row, column) for column in (1, 2, 3) for row in ROWS]
        x = np.array([DILUTED[ROWS.index(row)] for row, _ in places], dtype=np.float64)
        y = np.array([wells[f"{row}{column}"] for row, column in places])
        found[f"ELISAtools {path.stem} block {at}"] = Standards(x, y)
    return found


def softmax(path: Path) -> list[Softmax]:
    """Return what SoftMax Pro made of each plate of a file of ELISAtools."""
    return [_softmax(wells, lines) for wells, lines in _blocks(path)]


def _blocks(path: Path) -> list[tuple[dict[str, float], list[list[str]]]]:
    """Return of each plate its wells, 450 less 620 nm, and the lines up to the next plate."""
    lines = [
        [cell.strip() for cell in line.split("\t")]
        for line in path.read_text(encoding="latin-1").splitlines()
    ]
    begins = [at for at, line in enumerate(lines) if line[0] == "Plate:"]
    found = []
    for begin, end in zip(begins, [*begins[1:], len(lines)], strict=True):
        places, main, reference = (lines[begin + k][2:98] for k in (1, 2, 4))
        wells = {
            place: float(a) - float(b)
            for place, a, b in zip(places, main, reference, strict=True)
        }
        found.append((wells, lines[begin:end]))
    return found


def _softmax(wells: dict[str, float], lines: list[list[str]]) -> Softmax:
    standards, samples, group, nominal = [], [], "", 0.0
    for line in lines:
        if line[0].startswith("Group:"):
            group = line[0][6:].strip()
        if group == "Standards" and len(line) > 4 and _is_place(line[3]):
            nominal = float(line[1]) if line[1] else nominal
            if line[4] != "Masked":
                standards.append((nominal, wells[line[3]], _number(line[2])))
        if (
            group.startswith("Unk")
            and len(line) > 4
            and _is_place(line[1])
            and line[2] != "Masked"
        ):
            samples.append((wells[line[1]], _number(line[4])))
    return Softmax(*np.array(standards).T, *np.array(samples).T)


def _is_place(text: str) -> bool:
    return re.fullmatch(r"[A-H]\d+", text) is not None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:  # "Range?"
        return float("nan")
