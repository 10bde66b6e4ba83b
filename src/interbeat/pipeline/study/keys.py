"""Keys: by what a piece of work is known again, its input, its settings and the code."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import interbeat

__all__ = ["code", "of_arrays", "of_files", "of_words"]

CHUNK = 1 << 22  # bytes read at once


def of_words(*words: str) -> str:
    """Return a digest of `words`, in order.

    Examples
    --------
    >>> of_words("a", "bc") == of_words("ab", "c")
    False
    """
    digest = hashlib.sha256()
    for word in words:
        data = word.encode()
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()[:32]


def of_files(paths: Iterable[Path]) -> str:
    """Return a digest of the names and bytes of files, and of all that folders hold."""
    digest = hashlib.sha256()
    for path in paths:
        for file, name in _files(path):
            digest.update(name.encode() + b"\0" + str(file.stat().st_size).encode() + b"\0")
            with file.open("rb") as handle:
                while chunk := handle.read(CHUNK):
                    digest.update(chunk)
    return digest.hexdigest()[:32]


def _files(path: Path) -> Iterator[tuple[Path, str]]:
    if path.is_file():
        yield path, path.name
        return
    inside = (p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
    for file in sorted(inside):
        yield file, f"{path.name}/{file.relative_to(path).as_posix()}"


def of_arrays(*arrays: NDArray[np.float64]) -> str:
    """Return a digest of the values of `arrays`, in order."""
    digest = hashlib.sha256()
    for values in arrays:
        digest.update(values.size.to_bytes(8, "little"))
        digest.update(np.ascontiguousarray(values).data)
    return digest.hexdigest()[:32]


@cache
def code(*plugins: str) -> str:
    """Return a digest of what computes: interbeat's version and source, NumPy's and SciPy's.

    The source as well, because between two versions it changes and the version does not.

    Parameters
    ----------
    *plugins : str
        Modules of indices that come from another package.
    """
    root = Path(interbeat.__path__[0])
    digest = hashlib.sha256()
    for package in ("interbeat", "numpy", "scipy"):
        digest.update(f"{package} {version(package)}\n".encode())
    for file in sorted(root.rglob("*.py")):
        digest.update(file.relative_to(root).as_posix().encode() + file.read_bytes())
    for plugin in plugins:
        file_name = getattr(sys.modules[plugin], "__file__", None)
        digest.update(plugin.encode() + (Path(file_name).read_bytes() if file_name else b""))
    return digest.hexdigest()[:32]
