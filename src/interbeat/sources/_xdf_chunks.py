"""XDF's chunks: what a file declares, held against its size before a library trusts it."""

from __future__ import annotations

import gzip
import io
import struct
from pathlib import Path
from typing import BinaryIO
from xml.etree import ElementTree as ET

from interbeat.core.errors import FormatError
from interbeat.sources._edge import check_room, reading

__all__ = ["GZIP", "MAGIC", "declared_samples", "opened"]

MAGIC, GZIP = b"XDF:", b"\x1f\x8b"
MOST_UNPACKED = 1 << 30  # bytes of a compressed file
HEADER, SAMPLES, OFFSET, FOOTER = 2, 3, 4, 6  # tags of chunks that name a stream
BYTES = {"int8": 1, "int16": 2, "int32": 4, "int64": 8, "float32": 4, "double64": 8}


def opened(path: Path) -> BinaryIO:
    """Open an XDF file, unpacked where it is compressed."""
    with path.open("rb") as file:
        packed = file.read(2) == GZIP
    if not packed:
        return path.open("rb")
    with gzip.open(path) as unpacked:
        content = unpacked.read(MOST_UNPACKED + 1)
    if len(content) > MOST_UNPACKED:
        raise FormatError(path, f"unpacks to more than {MOST_UNPACKED} bytes")
    return io.BytesIO(content)


def declared_samples(path: Path) -> dict[int, int]:
    """Walk the chunks of an XDF file; return how many samples each stream declares.

    Raises
    ------
    FormatError
        With the byte at which a chunk does not hold what it declares.
    """
    shapes: dict[int, tuple[int, str]] = {}
    counts: dict[int, int] = {}
    with reading(path, "XDF file"), opened(path) as file:
        size = file.seek(0, 2)
        at = file.seek(4)
        while at < size:
            length, tag, body = _chunk(path, file, size, at)
            if tag in (HEADER, SAMPLES, OFFSET, FOOTER):
                (stream,) = struct.unpack("<I", _exactly(path, file, 4))
                if tag == HEADER:
                    if stream in shapes:
                        raise FormatError(path, f"stream {stream} comes twice", f"byte {at}")
                    shapes[stream] = _shape(path, _exactly(path, file, length - 6), at)
                    counts[stream] = 0
                elif stream not in shapes:
                    raise FormatError(path, f"no stream is called {stream}", f"byte {at}")
                elif tag == SAMPLES:
                    counts[stream] += _samples(path, file, shapes[stream], length - 6)
            at = file.seek(body + length - 2)
    for stream, (channels, _) in shapes.items():
        check_room(path, counts[stream] * channels)
    return counts


def _chunk(path: Path, file: BinaryIO, size: int, at: int) -> tuple[int, int, int]:
    """Return length, tag and where the content begins of the chunk at byte `at`."""
    length = _length(path, file)
    (tag,) = struct.unpack("<H", _exactly(path, file, 2))
    body = file.tell()
    least = 6 if tag in (HEADER, SAMPLES, OFFSET, FOOTER) else 2
    if length < least or body + length - 2 > size:
        raise FormatError(
            path, f"is cut short: a chunk of {length} bytes begins here", f"byte {at}"
        )
    return length, tag, body


def _samples(path: Path, file: BinaryIO, shape: tuple[int, str], length: int) -> int:
    """Return how many samples a chunk declares, if so many fit into it."""
    at = file.tell()
    count = _length(path, file)
    channels, kind = shape
    row = channels * BYTES.get(kind, 1)
    left = length - (file.tell() - at)
    fits = count * (1 + row) <= left and (kind == "string" or left <= count * (9 + row))
    if not fits:
        raise FormatError(
            path, f"{count} samples do not fit into {left} bytes", f"byte {file.tell()}"
        )
    return count


def _shape(path: Path, xml: bytes, at: int) -> tuple[int, str]:
    """Return channel count and format of a stream header."""
    try:
        info = ET.fromstring(xml)
        channels = int(info.findtext("channel_count") or "")
        rate = float(info.findtext("nominal_srate") or "")
    except (ET.ParseError, ValueError) as error:
        raise FormatError(
            path, f"a stream's header is not sound: {error}", f"byte {at}"
        ) from None
    kind = info.findtext("channel_format") or ""
    if not (0 < channels <= 10_000 and 0 <= rate < 1e6):
        raise FormatError(path, f"a stream of {channels} channels at {rate} Hz", f"byte {at}")
    if kind != "string" and kind not in BYTES:
        raise FormatError(path, f"a stream of {kind!r} values", f"byte {at}")
    return channels, kind


def _length(path: Path, file: BinaryIO) -> int:
    """Return a number that says first how many bytes it has."""
    width = _exactly(path, file, 1)[0]
    if width not in (1, 4, 8):
        raise FormatError(path, f"a length of {width} bytes", f"byte {file.tell() - 1}")
    return int.from_bytes(_exactly(path, file, width), "little")


def _exactly(path: Path, file: BinaryIO, count: int) -> bytes:
    at = file.tell()
    raw = file.read(count)
    if len(raw) < count:
        raise FormatError(path, "is cut short", f"byte {at + len(raw)}")
    return raw
