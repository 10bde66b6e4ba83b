"""What a reader is, and how it registers itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from interbeat.core.registry import Registry
from interbeat.core.session import Session

__all__ = ["READERS", "Reader", "Wanted", "reader"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user said about a source, which outranks anything that a reader infers.

    Parameters
    ----------
    channels : mapping of str to str
        Channel name of ours to label in the file, e.g. ``{"ecg": "EKG - ERS100C"}``.
    sampling_rate : float or None
        In Hz, for files that do not say.
    unit : str
        Of the main values, for files that do not say, e.g. ``"ms"``.
    """

    channels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    sampling_rate: float | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader of one format.

    Parameters
    ----------
    name : str
        E.g. ``"edf"``.
    suffixes : tuple of str
        Lower case, with the dot: ``(".edf", ".bdf")``. ``"/"`` for a folder.
    title : str
        For people: the first line of the module's docstring.
    accepts : callable
        ``accepts(path) -> bool``: a quick look at the first bytes (or at the names in a
        folder); false where the suffix fits and the content does not.
    read : callable
        ``read(path, wanted) -> Session``; people are called ``"a"`` and, where the file holds
        two, ``"b"``.
    """

    name: str
    suffixes: tuple[str, ...]
    title: str
    accepts: Callable[[Path], bool]
    read: Callable[[Path, Wanted], Session]


READERS: Registry[Reader] = Registry("reader", "interbeat.sources.files", "interbeat.readers")

Read = Callable[[Path, Wanted], Session]


def reader(
    name: str, suffixes: Iterable[str], *, title: str, accepts: Callable[[Path], bool]
) -> Callable[[Read], Read]:
    """Register ``read(path, wanted) -> Session`` as the reader of a format.

    Several readers may share a suffix; ``accepts`` decides between them, the more particular
    format first (a plain table takes what nobody else does).
    """

    def register(read: Read) -> Read:
        READERS.add(name, Reader(name, tuple(suffixes), title, accepts, read))
        return read

    return register
