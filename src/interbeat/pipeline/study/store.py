"""The work folder: what is done, each piece in a file of its own, by its key."""

from __future__ import annotations

import json
import math
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

from interbeat.core.arrays import FloatArray

__all__ = ["TAG", "Store", "Stored", "plain"]

SAID, FAILED = "said", "-failed"
UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)
TAG = "CACHEDIR.TAG"  # of bford.info/cachedir
TAGGED = """Signature: 8a477f597d28d172789f06886806bc55
# What an interbeat study has done so far; it may be deleted when the study is done.
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """A piece of work that is done.

    Parameters
    ----------
    said : mapping
        What JSON can say of it.
    arrays : mapping of str to ndarray
        The rest.
    """

    said: Mapping[str, Any]
    arrays: Mapping[str, FloatArray]


@dataclass(frozen=True, slots=True)
class Store:
    """A folder that every worker sees under the same path.

    A file is there whole or not at all: it is written beside its place and then renamed, so a
    worker may be killed at any time, and two may do the same work.

    Parameters
    ----------
    folder : str
        Made when the first piece is put in.
    """

    folder: str

    def __contains__(self, key: str) -> bool:
        return self._path(key).is_file()

    def array(self, key: str, name: str) -> FloatArray | None:
        """Return one array of what is stored under `key`, and leave the rest unread."""
        try:
            with self._path(key).open("rb") as file, np.load(file, allow_pickle=False) as held:
                return np.asarray(held[name], dtype=np.float64)
        except UNREADABLE:
            return None

    def get(self, key: str) -> Stored | None:
        """Return what is stored under `key`, sound or not; None where nothing readable is."""
        return self._get(key, arrays=True)

    def begin(self) -> None:
        """Make the folder, and leave in it what tells backups and searches to pass it by.

        Raises
        ------
        OSError
            If nothing can be written there.
        """
        Path(self.folder).mkdir(exist_ok=True)
        Path(self.folder, TAG).write_text(TAGGED, encoding="ascii")

    def said(self, key: str) -> Mapping[str, Any] | None:
        """Return what JSON says under `key`, and leave the arrays where they are."""
        found = self._get(key, arrays=False)
        return None if found is None else found.said

    def _get(self, key: str, *, arrays: bool) -> Stored | None:
        found = _read(self._path(key), arrays=arrays)
        if found is None:  # a disk was full or lost its power: the next run does it again
            self._path(key).unlink(missing_ok=True)
        return found or _read(self._path(key, FAILED), arrays=arrays)

    def put(
        self, key: str, said: Mapping[str, Any], arrays: Mapping[str, FloatArray],
        *, sound: bool = True,
    ) -> None:  # fmt: skip
        """Store a piece of work under `key`; what is not `sound` is not ``in`` the store."""
        path = self._path(key, "" if sound else FAILED)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{uuid4().hex}.part")
        words = np.frombuffer(json.dumps(plain(said)).encode(), dtype=np.uint8)
        try:
            with part.open("xb") as file:
                np.savez(file, **{SAID: words}, **dict(arrays))  # type: ignore[arg-type]
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise

    def _path(self, key: str, ending: str = "") -> Path:
        return Path(self.folder, key[:2], f"{key}{ending}.npz")


def _read(path: Path, *, arrays: bool) -> Stored | None:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            names = [name for name in held.files if name != SAID and arrays]
            return Stored(json.loads(bytes(held[SAID])), {name: held[name] for name in names})
    except UNREADABLE:
        return None


def plain(thing: Any) -> Any:  # noqa: ANN401 - whatever a result is made of
    """Return `thing` as what JSON can say; NaN as null.

    Examples
    --------
    >>> plain({"p": float("nan"), "n": np.int64(3), "lags": (1.0,)})
    {'p': None, 'n': 3, 'lags': [1.0]}
    """
    if isinstance(thing, Mapping):
        return {str(key): plain(value) for key, value in thing.items()}
    if isinstance(thing, list | tuple):
        return [plain(value) for value in thing]
    if isinstance(thing, np.generic):
        return plain(thing.item())
    if isinstance(thing, float) and not math.isfinite(thing):
        return None
    return thing
