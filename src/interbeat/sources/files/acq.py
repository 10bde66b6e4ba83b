"""BIOPAC AcqKnowledge .acq: channels at their own rates, and event markers."""

from __future__ import annotations

import io
import itertools
import zlib
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import FormatError, MissingExtraError
from interbeat.core.intervals import Intervals
from interbeat.core.recording import Recording
from interbeat.core.session import Inference, Session
from interbeat.core.signal import Signal
from interbeat.sources._edge import check_rate, check_room, gaps_in, laid_out, quietly, reading
from interbeat.sources._reader import Wanted, reader
from interbeat.sources.markers import stretches
from interbeat.sources.roles import Roles, raw_first
from interbeat.sources.units import converted

__all__ = ["read_acq"]

MOST_READS = 200_000  # more than the markers of a day
AGAIN = 1000  # reads that look for where a table begins
MOST_CHANNELS = 1000
LONGEST_PATTERN = 10_000_000  # samples before rates in a file come round to the same instant
PIECE = 1 << 20
VERSION_4 = 61  # the first revision of AcqKnowledge 4
REVISIONS = range(1, 1000)  # 30 is AcqKnowledge 2, 132 is 5


def accepts(path: Path) -> bool:
    """Whether bytes 2 to 6 are a revision of AcqKnowledge, in either order."""
    with path.open("rb") as file:
        start = file.read(6)
    orders = (int.from_bytes(start[2:6], "little"), int.from_bytes(start[2:6], "big"))
    return len(start) == 6 and any(revision in REVISIONS for revision in orders)


@reader("acq", (".acq",), title="BIOPAC AcqKnowledge (.acq)", accepts=accepts)
def read_acq(path: Path, wanted: Wanted) -> Session:
    """Return the channels of an AcqKnowledge file, each at its own rate, and its markers.

    Event markers become intervals of 1 s (or from start to end where they are named so); the
    mark that opens the recording gives its start where the version keeps dates, in UTC.

    Raises
    ------
    MissingExtraError
        If bioread is not installed.
    FormatError
        If a header is not sound, or the file is cut short.
    """
    bioread = _library()
    content = _Counted(path)
    with reading(path, "AcqKnowledge file", "bioread"):
        headers = bioread.reader.Reader.read_headers(content)
    _check(path, headers)
    names = [str(channel.name) for channel in headers.datafile.channels]
    roles = Roles(path.name, wanted)
    roles.check_all_found(names)
    chosen = {k: name for k in raw_first(names) if (name := roles.of(names[k])) is not None}
    if not chosen:
        raise FormatError(path, f"no channel is one of ours: {', '.join(names)}")
    content.seek(0)
    with reading(path, "AcqKnowledge file", "bioread"):
        data = bioread.read(content, channel_indexes=sorted(chosen))
        clock = _Clock(data.event_markers, data.samples_per_second, _ends(headers))
        signals, told = _signals(path, data, chosen, clock)
        recording = Recording("a", signals)
        marked = _markers(data, clock)
        gaps = gaps_in([recording])
    return Session(
        (recording,),
        intervals=marked | gaps,
        start=clock.start,
        inferences=(*roles.inferences, *told, *_about_clock(path, clock)),
        title=path.stem,
        sources=(path.name,),
    )


def _library() -> ModuleType:
    try:
        with quietly("bioread"):
            import bioread  # noqa: PLC0415
            import bioread.reader  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("BIOPAC .acq files", "acq") from error
    module: ModuleType = bioread
    return module


class _Counted(io.BytesIO):
    """The bytes of a file, read by a library that follows their counts and lengths.

    A broken length can make it go round in circles: reads that get no further into the file
    than the ones before are allowed only as often as those that do, and a few thousand more.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path.read_bytes())
        self._size = path.stat().st_size
        self._path, self._furthest, self._further, self._again = path, -1, 0, 0

    def read(self, size: int | None = -1, /) -> bytes:
        at = self.tell()
        if at > self._size:
            raise FormatError(self._path, "is cut short", f"byte {self._size}")
        if at > self._furthest:
            self._furthest = at
            self._further += 1
        else:
            self._again += 1
        if self._again > AGAIN + self._further or self._further > MOST_READS:
            raise FormatError(self._path, "its headers go on without end", f"byte {at}")
        return super().read(size)


def _check(path: Path, headers: Any) -> None:  # noqa: ANN401 - a bioread Reader
    """Refuse what bioread would pass over: missing headers, and sizes beyond the file."""
    file = headers.datafile
    if file is None or headers.event_markers is None:
        raise FormatError(path, "is cut short or has no sound headers")
    size = path.stat().st_size
    if len(file.channels) > MOST_CHANNELS:
        raise FormatError(path, f"declares {len(file.channels)} channels")
    for channel in file.channels:
        where = f"channel {channel.name!r}"
        if channel.frequency_divider < 1 or channel.point_count < 0:
            raise FormatError(path, "has no sound rate or length", where)
        check_rate(path, headers.samples_per_second / channel.frequency_divider, where)
        check_room(path, channel.point_count, where)
    if file.is_compressed:
        _check_packed(path, file)
        return
    if np.lcm.reduce([c.frequency_divider for c in file.channels]) > LONGEST_PATTERN:
        raise FormatError(path, "the rates of its channels have no common measure")
    needed = headers.data_start_offset + headers.data_length
    if needed > size:
        raise FormatError(path, f"is cut short: samples need {needed} bytes", f"byte {size}")


def _check_packed(path: Path, file: Any) -> None:  # noqa: ANN401 - a bioread Datafile
    content = path.read_bytes()
    packs = file.channel_compression_headers or []
    if len(packs) != len(file.channels):
        raise FormatError(path, "is cut short: not every channel's samples are there")
    for channel, pack in zip(file.channels, packs, strict=True):
        at, length = pack.compressed_data_offset, pack.compressed_data_len
        with reading(path, "AcqKnowledge file"):
            unpacked = _unpacked_length(content[at : at + length], channel.data_length)
        if at < 0 or length < 0 or unpacked != channel.data_length:
            raise FormatError(
                path,
                f"its samples do not unpack to {channel.data_length} bytes",
                f"channel {channel.name!r}, byte {at}",
            )


def _unpacked_length(packed: bytes, expected: int) -> int:
    """Return how many bytes there are, counting no further than one more than expected."""
    unpack, length = zlib.decompressobj(), 0
    rest = packed
    while rest and length <= expected and not unpack.eof:
        length += len(unpack.decompress(rest, PIECE))
        rest = unpack.unconsumed_tail
    return length


def _ends(headers: Any) -> tuple[int, int]:  # noqa: ANN401 - a bioread Reader
    """Return the base sample up to which interleaved channels can be told apart, and the last.

    Before AcqKnowledge 4, where one channel has run out and the others go on, the samples that
    follow are not laid out as bioread takes them to be: the last 0.2 s of a file saved by
    version 3.8.1 differ from those of the same recording saved by 4.4.0 and 5.0.1.
    """
    channels = headers.datafile.channels
    ends = [channel.point_count * channel.frequency_divider for channel in channels]
    known = headers.datafile.is_compressed or headers.file_revision >= VERSION_4
    return max(ends) if known else min(ends), max(ends)


class _Clock:
    """When each sample was taken: a recording may have been stopped and resumed.

    A mark opens each segment. Where its date is kept, the pause before it is known; else the
    segments follow on each other, and that is reported.
    """

    def __init__(
        self, markers: Sequence[Any], sampling_rate: float, ends: tuple[int, int]
    ) -> None:
        self.end, self.longest = ends
        opening = sorted((m for m in markers if _opens(m)), key=lambda m: m.sample_index)
        self.rate = sampling_rate
        self.firsts = sorted({0, *(int(m.sample_index) for m in opening)})
        dates = {int(m.sample_index): m.date_created_utc for m in opening}
        self.start: datetime | None = dates.get(0)
        self.dated = all(dates.get(first) is not None for first in self.firsts)
        self.begins = [0.0]
        for before, first in itertools.pairwise(self.firsts):
            end = self.begins[-1] + (first - before) / self.rate
            self.begins.append(max(end, self._dated(dates, first)))

    def _dated(self, dates: Mapping[int, Any], first: int) -> float:
        """Return when the segment opens by its date; dates keep no pace with the samples."""
        if self.dated and self.start is not None:
            return float((dates[first] - self.start).total_seconds())
        return 0.0

    def at(self, index: int) -> float:
        """Return when sample `index` (at the file's base rate) was taken, in seconds."""
        k = max(bisect_right(self.firsts, index) - 1, 0)
        return self.begins[k] + (index - self.firsts[k]) / self.rate

    def pieces(self, values: FloatArray, divider: int) -> list[tuple[float, FloatArray]]:
        """Return one channel's samples, one piece a segment: (start in s, values)."""
        values = values[: -(-self.end // divider)]
        edges = [-(-first // divider) for first in self.firsts] + [values.size]
        return [
            (self.at(low * divider), values[low:high])
            for low, high in itertools.pairwise(edges)
            if high > low
        ]


def _signals(
    path: Path,
    data: Any,  # noqa: ANN401 - a bioread Datafile
    chosen: dict[int, str],
    clock: _Clock,
) -> tuple[dict[str, Signal], list[Inference]]:
    signals: dict[str, Signal] = {}
    told: list[Inference] = []
    for k, name in chosen.items():
        channel = data.channels[k]
        rate = channel.samples_per_second
        if name in signals:
            continue
        pieces = clock.pieces(
            np.asarray(channel.data, dtype=np.float64), channel.frequency_divider
        )
        if not pieces:
            raise FormatError(path, "has no samples", f"channel {channel.name!r}")
        check_room(path, (pieces[-1][0] - pieces[0][0]) * rate + channel.point_count)
        values, unit, notes = converted(
            laid_out(pieces, rate, slack=1 / rate),
            channel=name,
            unit=str(channel.units or ""),
            subject=f"{path.name}, {channel.name!r}",
        )
        signals[name] = Signal(values, rate, unit, "a", 0.0)
        told += notes
    return signals, told


def _markers(data: Any, clock: _Clock) -> Intervals:  # noqa: ANN401 - a bioread Datafile
    marks = [(clock.at(m.sample_index), str(m.text)) for m in data.event_markers]
    inside = [mark for mark, m in zip(marks, data.event_markers, strict=True) if not _opens(m)]
    return stretches(dict.fromkeys(inside))  # one mark on several channels is one event


def _opens(marker: Any) -> bool:  # noqa: ANN401 - a bioread EventMarker
    """Whether it only says that a segment of the recording begins."""
    return marker.type_code == "apnd" or str(marker.text).startswith("Segment ")


def _about_clock(path: Path, clock: _Clock) -> list[Inference]:
    told = []
    if clock.end < clock.longest:
        why = "one channel ends there, and how the others go on is not known of this version"
        told.append(Inference(path.name, "end", f"{clock.end / clock.rate:.3f} s", why))
    if clock.start is not None:
        why = "the mark that opens the recording was made then"
        told.append(Inference(path.name, "start", clock.start.isoformat(), why))
    if len(clock.firsts) > 1:
        seams = ", ".join(f"{first / clock.rate:.3f} s" for first in clock.firsts[1:])
        pauses = "as long as the dates of its segments say" if clock.dated else "0 s"
        why = f"the recording was stopped and resumed after {seams} of samples"
        told.append(Inference(path.name, "gap", pauses, why))
    return told
