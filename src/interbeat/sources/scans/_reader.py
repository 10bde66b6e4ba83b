"""What a reader of time-activity curves is, and how it registers itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from interbeat.core.activity import Regions
from interbeat.core.registry import Registry

__all__ = ["SCAN_READERS", "ScanReader", "scan_reader"]

Read = Callable[[Path], Regions]


@dataclass(frozen=True, slots=True)
class ScanReader:
    """A reader of one format; see :class:`interbeat.sources._reader.Reader`."""

    name: str
    suffixes: tuple[str, ...]
    title: str
    accepts: Callable[[Path], bool]
    read: Read


SCAN_READERS: Registry[ScanReader] = Registry(
    "reader of scans", "interbeat.sources.scans", "interbeat.scans"
)


def scan_reader(
    name: str, suffixes: Iterable[str], *, title: str, accepts: Callable[[Path], bool]
) -> Callable[[Read], Read]:
    """Register ``read(path) -> Regions``; ``accepts`` decides between those of one suffix."""

    def register(read: Read) -> Read:
        SCAN_READERS.add(name, ScanReader(name, tuple(suffixes), title, accepts, read))
        return read

    return register
