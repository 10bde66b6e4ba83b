"""What a reader of time-activity curves is, and how it registers itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from interbeat.core.activity import Regions
from interbeat.core.registry import Registry

__all__ = ["SCAN_READERS", "Asked", "ScanReader", "scan_reader"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What was said beside the path.

    Parameters
    ----------
    scan : str
        Which one, where a file holds several; ``""`` for all.
    time_unit, unit : str
        Of times and of activity, for files that do not say.
    radionuclide : str
        For files that do not say.
    """

    scan: str = ""
    time_unit: str = ""
    unit: str = ""
    radionuclide: str = ""


Read = Callable[[Path, Asked], Mapping[str, Regions]]


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
    """Register ``read(path, asked) -> scans by name``; a file of one scan calls it ``""``.

    ``accepts`` decides between the readers of one suffix.
    """

    def register(read: Read) -> Read:
        SCAN_READERS.add(name, ScanReader(name, tuple(suffixes), title, accepts, read))
        return read

    return register
