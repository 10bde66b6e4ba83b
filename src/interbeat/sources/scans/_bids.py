"""BIDS: the JSON beside and above a file of PET, and the numbers in it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import FormatError
from interbeat.sources._bids_tables import entities_of

__all__ = ["about_scan", "json_of", "number_of", "numbers_of", "sidecar_of", "word_of"]

HIGHEST = 6  # folders above a file that may hold what describes it
LARGEST = 10_000_000  # bytes
_TELLING = ("sub", "ses", "task", "trc", "rec", "run")  # which scan it is


def json_of(path: Path) -> dict[str, Any]:
    """Return the object in a JSON file.

    Raises
    ------
    FormatError
        If it holds none.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise FormatError(path, "is far too long for a description")
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except json.JSONDecodeError as error:
        raise FormatError(path, f"is not JSON: {error.msg}", f"line {error.lineno}") from None
    except (ValueError, RecursionError, OSError) as error:
        raise FormatError(path, f"is not JSON: {error}") from None
    if not isinstance(content, dict):
        raise FormatError(path, "is not a JSON object")
    return content


def sidecar_of(path: Path) -> dict[str, Any]:
    """Return the JSON of the same name beside a table; empty where there is none."""
    beside = path.with_suffix(".json")
    return json_of(beside) if beside.is_file() else {}


def about_scan(path: Path) -> dict[str, Any]:
    """Return what the ``_pet.json`` files of the scan say, the nearest last; maybe nothing.

    They are looked for beside the file and above it, and, for a derivative, where the scan
    itself lies.

    Raises
    ------
    FormatError
        If one is broken, or two of one folder speak of different scans.
    """
    about: dict[str, Any] = {}
    own = entities_of(path.name)
    for folder in _folders(path.absolute()):
        fitting = [f for f in _pet_jsons(folder) if _fits(entities_of(f.name), own)]
        _check_one(path, fitting)
        for file in sorted(fitting, key=lambda f: (len(entities_of(f.name)), f.name)):
            about |= json_of(file)
    return about


def _folders(path: Path) -> Iterator[Path]:
    """Give folders from the farthest to the nearest; those of the scan itself first."""
    for folder in path.parents:
        if folder.name == "derivatives":
            inside = path.parent.relative_to(folder).parts[1:]
            yield from reversed(_up(folder.parent.joinpath(*inside)))
    yield from reversed(_up(path.parent))


def _up(folder: Path) -> list[Path]:
    found: list[Path] = []
    for place in (folder, *folder.parents)[:HIGHEST]:
        found.append(place)
        if (place / "dataset_description.json").is_file():
            return found
        if place.name.startswith("sub-"):  # above it only the root of a dataset counts
            root = place.parent
            return [*found, root] if (root / "dataset_description.json").is_file() else found
    return found[:1]  # no dataset: what is beside the file


def _pet_jsons(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    bare = [folder / "pet.json"] if (folder / "pet.json").is_file() else []
    return [*bare, *folder.glob("*_pet.json")]


def _fits(theirs: Mapping[str, str], own: Mapping[str, str]) -> bool:
    return all(theirs[k] == own[k] for k in _TELLING if k in theirs and k in own)


def _check_one(path: Path, fitting: list[Path]) -> None:
    for key in _TELLING:
        values = {entities_of(file.name).get(key) for file in fitting} - {None}
        if len(values) > 1:
            names = ", ".join(sorted(file.name for file in fitting))
            raise FormatError(path, f"several scans could be the one it is of: {names}", key)


def word_of(about: Mapping[str, Any], key: str) -> str:
    """Return a word, ``""`` where there is none."""
    held = about.get(key)
    return held.strip()[:80] if isinstance(held, str) else ""


def number_of(about: Mapping[str, Any], key: str, path: Path) -> float | None:
    """Return a number, None where there is none.

    Raises
    ------
    FormatError
        If what is there is none.
    """
    held = about.get(key)
    if held is None or (isinstance(held, str) and held.strip().lower() in {"", "n/a"}):
        return None
    if isinstance(held, bool) or not isinstance(held, int | float) or not _finite(held):
        raise FormatError(path, f"what describes it has {str(held)[:40]!r}, no number", key)
    return float(held)


def _finite(held: float) -> bool:
    try:
        return math.isfinite(held)
    except OverflowError:  # a whole number beyond all floats
        return False


def numbers_of(about: Mapping[str, Any], key: str, path: Path) -> FloatArray | None:
    """Return a list of numbers, None where there is none.

    Raises
    ------
    FormatError
        If what is there is none.
    """
    held = about.get(key)
    if held is None:
        return None
    if not isinstance(held, list) or not held:
        raise FormatError(path, "what describes it has no list of numbers", key)
    values = [number_of({key: one}, key, path) for one in held]
    return np.array([np.nan if one is None else one for one in values], dtype=np.float64)
