"""Sound files (.wav) that hold an ECG or another biosignal, as low-cost amplifiers write."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import FormatError, SourceError
from interbeat.core.recording import Recording
from interbeat.core.session import Inference, Session
from interbeat.core.signal import Signal
from interbeat.sources._edge import gaps_in, reading
from interbeat.sources._reader import Wanted, reader
from interbeat.sources.roles import Roles

__all__ = ["read_wav"]

FASTEST = 48_000  # Hz; above it is sound, and nothing we measure
NAMES_ECG = re.compile(r"ecg|ekg|electrocard", re.IGNORECASE)
FOLDERS = 4  # how many of the folders above the file may say what it is
FORMATS = {1, 3, 0xFFFE}  # integers, floats, and the extensible header of both
UNKNOWN = 0xFFFFFFFF  # the length where a recorder was cut off, or ds64 (of RF64) has it


def accepts(path: Path) -> bool:
    """Whether it begins as RIFF or RF64 of WAVE."""
    with path.open("rb") as file:
        start = file.read(12)
    return start[:4] in {b"RIFF", b"RIFX", b"RF64"} and start[8:12] == b"WAVE"


@reader("wav", (".wav",), title="WAV sound files with a biosignal", accepts=accepts)
def read_wav(path: Path, wanted: Wanted) -> Session:
    """Return the channels of a sound file as the user says, or its one channel as an ECG.

    Channels are called ``0``, ``1`` ... A single channel is taken as an ECG where the name of
    the file or of a folder above it says so; that is reported. Anything else has to be said:
    ``--channel ecg=0``. Values are the converter's: the unit is ``a.u.``.

    Raises
    ------
    SourceError
        If the file does not say what it holds, or is sampled too fast for a biosignal.
    FormatError
        If it is cut short, or has no sound header.
    """
    channels = _checked(path)
    with reading(path, "WAV file"):
        from scipy.io import wavfile  # noqa: PLC0415

        rate, samples = wavfile.read(path)
        columns = np.asarray(samples).reshape(len(samples), -1)
    if columns.shape[1] != channels:
        raise FormatError(path, f"declares {channels} channels and holds {columns.shape[1]}")
    if rate > FASTEST:
        raise SourceError(path, f"is sampled at {rate} Hz; a biosignal at {FASTEST} at most")
    chosen, told = _chosen(path, channels, wanted)
    with reading(path, "WAV file"):
        signals = {
            name: Signal(_floats(columns[:, k]), float(rate), "a.u.", "a", 0.0)
            for k, name in chosen.items()
        }
        recording = Recording("a", signals)
        gaps = gaps_in([recording])
    told.append(Inference(path.name, "unit", "a.u.", "a sound file has none"))
    return Session(
        (recording,),
        intervals=gaps,
        inferences=tuple(told),
        title=path.stem,
        sources=(path.name,),
    )


def _chosen(
    path: Path, channels: int, wanted: Wanted
) -> tuple[dict[int, str], list[Inference]]:
    labels = [str(k) for k in range(channels)]
    roles = Roles(path.name, wanted)
    roles.check_all_found(labels)
    said = {k: name for k in range(channels) if (name := roles.of(labels[k])) is not None}
    if said:
        return said, roles.inferences
    named = _says_ecg(path)
    if channels == 1 and named:
        return {0: "ecg"}, [Inference(path.name, "channel", "ecg", f"{named!r} says so")]
    raise SourceError(
        path,
        f"does not say what its {channels} channel{'s' * (channels > 1)} hold; say "
        f"--channel ecg=0 (or ppg, eda, respiration), possible: {', '.join(labels)}",
    )


def _says_ecg(path: Path) -> str:
    """Return the nearest name, of the file or a folder above it, that speaks of an ECG."""
    names = [path.stem, *(folder.name for folder in path.absolute().parents[:FOLDERS])]
    return next((name for name in names if NAMES_ECG.search(name)), "")


def _floats(values: NDArray[np.generic]) -> FloatArray:
    return np.ascontiguousarray(values, dtype=np.float64)


def _checked(path: Path) -> int:
    """Walk the chunks; return the number of channels of a file that holds what it declares."""
    size = path.stat().st_size
    with path.open("rb") as file:
        order = ">" if file.read(12)[:4] == b"RIFX" else "<"
        channels = width = 0
        long = UNKNOWN
        while True:
            at = file.tell()
            head = file.read(8)
            if len(head) < 8:
                raise FormatError(path, "is cut short: it has no samples", f"byte {at}")
            kind, (length,) = head[:4], struct.unpack(f"{order}I", head[4:])
            if kind == b"fmt ":
                channels, width = _format(path, file.read(16), order, at)
            if kind == b"ds64":
                _, long = struct.unpack("<QQ", file.read(16))
            if kind == b"data":
                length = long if length == UNKNOWN else length
                break
            file.seek(at + 8 + length + length % 2)
    if not width:
        raise FormatError(path, "has samples before it says of what kind", f"byte {at}")
    if length == UNKNOWN or at + 8 + length > size:
        needed = "an unknown number of" if length == UNKNOWN else at + 8 + length
        raise FormatError(path, f"is cut short: it declares {needed} bytes", f"byte {size}")
    if not length or length % width:
        raise FormatError(path, f"{length} bytes are no whole number of samples", f"byte {at}")
    return channels


def _format(path: Path, fmt: bytes, order: str, at: int) -> tuple[int, int]:
    """Return number of channels, and bytes of one sample of all of them."""
    if len(fmt) < 16:
        raise FormatError(path, "is cut short in its header", f"byte {at}")
    kind, channels, rate, _, width, bits = struct.unpack(f"{order}HHIIHH", fmt)
    sound = (
        kind in FORMATS
        and 0 < channels <= 1000
        and rate > 0
        and width == channels * ((bits + 7) // 8)
        and bits > 0
    )
    if not sound:
        raise FormatError(
            path,
            f"format {kind}, {channels} channels of {bits} bits at {rate} Hz",
            f"byte {at}",
        )
    return channels, width
