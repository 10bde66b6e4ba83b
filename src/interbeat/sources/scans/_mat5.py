"""Files of MATLAB, version 5: tables of numbers, words, cells and structures.

From MathWorks, "MAT-File Format". SciPy's reader of these crashes the whole program on some
damaged files; this one reads what curves need, and refuses the rest.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from interbeat.core.errors import FormatError

__all__ = ["mat5"]

HEADER, LARGEST = 128, 100_000_000  # bytes
DEEPEST = 8  # structures within structures
_MATRIX, _COMPRESSED = 14, 15
_CELL, _STRUCT, _CHAR = 1, 2, 4
_NUMERIC = range(6, 16)
_COMPLEX = 0x0800
_KINDS = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8",
          12: "i8", 13: "u8"}  # fmt: skip
_ENCODINGS = {16: "utf-8", 17: "utf-16", 18: "utf-32"}


@dataclass(frozen=True, slots=True)
class _Element:
    """One tagged piece of bytes."""

    kind: int
    data: bytes


def mat5(path: Path) -> dict[str, Any]:
    """Return the variables of a file by name, those that are of a kind that is read.

    Tables are float64 arrays, words are str, cells are lists (columns first, as MATLAB has
    them), and a structure is a dict of its first element.

    Raises
    ------
    FormatError
        If the bytes are not such a file.
    """
    if path.stat().st_size > LARGEST:
        raise FormatError(path, f"has over {LARGEST} bytes: far too long for curves")
    raw = path.read_bytes()
    if raw[:10] == b"MATLAB 7.3":
        raise FormatError(path, "is of MATLAB 7.3; save it with save(..., '-v7')")
    order = {b"IM": "<", b"MI": ">"}.get(raw[126:128])
    if order is None:
        raise FormatError(path, "is no MATLAB 5 file: its header has no mark of byte order")
    try:
        return dict(_variables(raw[HEADER:], order))
    except (ValueError, IndexError, struct.error, zlib.error, UnicodeError) as error:
        raise FormatError(path, f"is a broken file of MATLAB: {str(error)[:120]}") from error


def _variables(raw: bytes, order: str) -> Iterator[tuple[str, Any]]:
    for element in _elements(raw, order):
        whole = element
        if element.kind == _COMPRESSED:
            inside = zlib.decompressobj().decompress(element.data, LARGEST)
            whole = next(_elements(inside, order), element)
        if whole.kind == _MATRIX:
            name, value = _matrix(whole.data, order, DEEPEST)
            if value is not None:
                yield name, value


def _elements(raw: bytes, order: str) -> Iterator[_Element]:
    """Give the elements of some bytes; those of 4 bytes or fewer share the 8 of their tag."""
    at = 0
    while at + 8 <= len(raw):
        first, size = struct.unpack_from(f"{order}II", raw, at)
        if first >> 16:
            kind, size = first & 0xFFFF, first >> 16
            if size > 4:
                raise ValueError(f"an element of {size} bytes in the room of 4")
            yield _Element(kind, raw[at + 4 : at + 4 + size])
            at += 8
            continue
        if at + 8 + size > len(raw):
            raise ValueError(f"an element of {size} bytes where {len(raw) - at - 8} are left")
        yield _Element(first, raw[at + 8 : at + 8 + size])
        at += 8 + size + (0 if first == _COMPRESSED else -size % 8)


def _matrix(raw: bytes, order: str, depth: int) -> tuple[str, Any]:
    """Return the name and the value of a matrix; None where its kind is not read."""
    if not raw:
        return "", np.empty((0, 0))
    if depth == 0:
        raise ValueError("structures lie too deep within each other")
    parts = _elements(raw, order)
    flags = int(_numbers(next(parts, _Element(0, b"")), order)[0])
    kind = flags & 0xFF
    if kind not in {_CELL, _STRUCT, _CHAR, *_NUMERIC}:
        return "", None
    shape = [int(n) for n in _numbers(next(parts, _Element(0, b"")), order)]
    name = next(parts, _Element(0, b"")).data.decode("latin-1")
    if not shape or min(shape) < 0 or math.prod(shape) > len(raw):
        raise ValueError(f"a matrix of shape {shape[:4]} in {len(raw)} bytes")
    if kind in {_CELL, _STRUCT}:
        return name, _holding(parts, shape, order, kind=kind, depth=depth)
    data = next(parts, _Element(2, b""))
    if kind == _CHAR:
        return name, _text(data, order)
    values = _numbers(data, order).astype(np.float64).reshape(shape, order="F")
    return name, None if flags & _COMPLEX else values


def _holding(
    parts: Iterator[_Element], shape: list[int], order: str, *, kind: int, depth: int
) -> Any:  # noqa: ANN401 - a list or a dict
    if kind == _CELL:
        return _cells(parts, math.prod(shape), order, depth=depth)
    return _structure(parts, order, depth)


def _numbers(element: _Element, order: str) -> np.ndarray[Any, Any]:
    if element.kind not in _KINDS:
        raise ValueError(f"type {element.kind} where numbers are wanted")
    return np.frombuffer(element.data, dtype=np.dtype(f"{order}{_KINDS[element.kind]}"))


def _text(element: _Element, order: str) -> str:
    encoding = _ENCODINGS.get(element.kind, "")
    if not encoding:
        return "".join(
            chr(int(code)) for code in _numbers(element, order) if 0 <= code < 0xD800
        )
    suffix = {"<": "-le", ">": "-be"}[order] if encoding != "utf-8" else ""
    return element.data.decode(encoding + suffix)


def _cells(parts: Iterator[_Element], count: int, order: str, *, depth: int) -> list[Any]:
    held = [element for element, _ in zip(parts, range(count), strict=False)]
    if len(held) != count or any(element.kind != _MATRIX for element in held):
        raise ValueError(f"{len(held)} cells instead of {count}")
    return [_matrix(element.data, order, depth - 1)[1] for element in held]


def _structure(parts: Iterator[_Element], order: str, depth: int) -> dict[str, Any]:
    """Return the fields of the first element."""
    width = int(_numbers(next(parts, _Element(0, b"")), order)[0])
    names = next(parts, _Element(0, b"")).data
    if width < 1 or len(names) % width:
        raise ValueError(f"{len(names)} bytes of names of {width} each")
    fields = [
        names[k : k + width].split(b"\0")[0].decode("latin-1")
        for k in range(0, len(names), width)
    ]
    return dict(zip(fields, _cells(parts, len(fields), order, depth=depth), strict=True))
