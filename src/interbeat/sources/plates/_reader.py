"""What a reader of plates is, and how it registers itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from interbeat.core.plate import PlateRun
from interbeat.core.registry import Registry

__all__ = ["PLATE_READERS", "PlateReader", "plate_reader"]

Read = Callable[[Path], PlateRun]


@dataclass(frozen=True, slots=True)
class PlateReader:
    """A reader of one maker's exports; see :class:`interbeat.sources._reader.Reader`."""

    name: str
    suffixes: tuple[str, ...]
    title: str
    accepts: Callable[[Path], bool]
    read: Read


PLATE_READERS: Registry[PlateReader] = Registry(
    "reader of plates", "interbeat.sources.plates", "interbeat.plates"
)


def plate_reader(
    name: str, suffixes: Iterable[str], *, title: str, accepts: Callable[[Path], bool]
) -> Callable[[Read], Read]:
    """Register ``read(path) -> PlateRun``; ``accepts`` decides between those of one suffix."""

    def register(read: Read) -> Read:
        PLATE_READERS.add(name, PlateReader(name, tuple(suffixes), title, accepts, read))
        return read

    return register
