"""Finding: which reader takes a file, and what can be read in a folder."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from interbeat.core.errors import SourceError, UnknownFormatError
from interbeat.sources._reader import READERS, Reader
from interbeat.sources.samples import is_samples

__all__ = ["Found", "Item", "folder_reader", "look", "reader_of", "reader_that_accepts"]

GENERAL = ("rr_text", "table")  # in this order they take what no particular format does
ZIP = ".zip"
DEEPEST = 4  # folders below the one that was given
MOST_FILES = 5000
COMPANIONS = (
    "readme", "source.", "license", "licence", "copyright", "changes", "changelog", "citation",
    "description", "dataset_description", "participants.", "desktop.ini", "thumbs.db",
    "sha256sums", "md5sums",
)  # fmt: skip
SIDECARS = (".json", ".md", ".html", ".htm", ".pdf", ".png", ".jpg", ".svg", ".py", ".m", ".r")


@dataclass(frozen=True, slots=True)
class Item:
    """Something in a folder that a reader takes.

    Parameters
    ----------
    path : Path
        A file, or a folder of a format that is a folder.
    name : str
        Its path below the folder that was given, with ``/``.
    reader : Reader or None
        None for a zip that is none of a format's own.
    """

    path: Path
    name: str
    reader: Reader | None

    @property
    def stem(self) -> str:
        """The name without the suffix that its reader knows."""
        if self.reader is None:
            return self.name.removesuffix(self.path.suffix)
        return self.name[: len(self.name) - len(_suffix(self.path, self.reader))]


@dataclass(frozen=True, slots=True)
class Found:
    """What a folder holds.

    Parameters
    ----------
    items : tuple of Item
        What can be read, in order of name.
    left_out : tuple of str
        Names of files that no reader takes.
    parts : tuple of (str, str)
        Names of files that come with another of the same name and format (100.dat with
        100.hea), and that other.
    """

    items: tuple[Item, ...]
    left_out: tuple[str, ...]
    parts: tuple[tuple[str, str], ...] = ()


def reader_of(path: Path) -> Reader:
    """Return the reader of the file at `path`.

    Where no format has its content, the one with its suffix, or the most general of several,
    so that this can say what is wrong with the content.

    Raises
    ------
    UnknownFormatError
        If no format has its suffix; with the suffixes that there are.
    """
    candidates = _by_suffix(path)
    if candidates:
        return reader_that_accepts(path) or candidates[-1]
    raise UnknownFormatError(path, f"no reader takes {_kind(path)}; possible: {_possible()}")


def reader_that_accepts(path: Path) -> Reader | None:
    """Return the most particular reader whose suffix and first bytes fit, or None."""
    return next((reader for reader in _by_suffix(path) if reader.accepts(path)), None)


def folder_reader(folder: Path) -> Reader | None:
    """Return the reader of formats that are a folder which takes `folder`, or None."""
    for reader in READERS.values():
        if "/" in reader.suffixes and reader.accepts(folder):
            return reader
    return None


def look(folder: Path) -> Found:
    """Return what can be read in `folder` and below.

    Raises
    ------
    SourceError
        If it holds so many files that it is no recording's folder.
    """
    files = list(itertools.islice(_walk(folder, folder, DEEPEST), MOST_FILES + 1))
    if len(files) > MOST_FILES:
        raise SourceError(
            folder, f"holds more than {MOST_FILES} files; give the folder of one couple"
        )
    items = [item for item in files if isinstance(item, Item)]
    left_out = tuple(sorted(name for name in files if isinstance(name, str)))
    records = _records(items)
    parts = [
        (item.name, record.name)
        for item in items
        if (record := records[_record(item)]) is not item
    ]
    kept = sorted(records.values(), key=lambda item: item.name)
    return Found(tuple(kept), left_out, tuple(parts))


def _walk(folder: Path, root: Path, depth: int) -> Iterator[Item | str]:
    """Give an Item for what a reader takes and the name of what none does."""
    for path in sorted(folder.iterdir()):
        name = path.relative_to(root).as_posix()
        if path.is_dir() and not path.name.startswith("."):
            reader = folder_reader(path)
            if reader is not None:
                yield Item(path, name, reader)
            elif depth > 0:
                yield from _walk(path, root, depth - 1)
        elif path.is_file() and not _ignored(path):
            reader = reader_that_accepts(path) if path.stat().st_size else None
            takes = reader is not None or path.suffix.lower() == ZIP
            yield Item(path, name, reader) if takes else name


def _records(items: list[Item]) -> dict[tuple[str, str], Item]:
    """Keep one of the files that make one record together, by record."""
    records: dict[tuple[str, str], Item] = {}
    for item in items:
        known = records.setdefault(_record(item), item)
        if _rank(item) < _rank(known):
            records[_record(item)] = item
    return records


def _record(item: Item) -> tuple[str, str]:
    return item.stem, item.reader.name if item.reader is not None else ""


def _rank(item: Item) -> int:
    if item.reader is None:
        return 0
    return item.reader.suffixes.index(_suffix(item.path, item.reader) or "/")


def _by_suffix(path: Path) -> list[Reader]:
    """Return the readers whose suffix fits, the more particular first."""
    fitting = [reader for reader in READERS.values() if _suffix(path, reader)]
    return sorted(fitting, key=lambda reader: _particular(path, reader))


def _particular(path: Path, reader: Reader) -> tuple[int, int]:
    general = GENERAL.index(reader.name) + 1 if reader.name in GENERAL else 0
    return general, -len(_suffix(path, reader))


def _suffix(path: Path, reader: Reader) -> str:
    """Return the longest suffix of the reader's that the name ends in; "" for none."""
    name = path.name.lower()
    fits = [s for s in reader.suffixes if s != "/" and name.endswith(s)]
    return max(fits, key=len, default="")


def _ignored(path: Path) -> bool:
    name = path.name.lower()
    aside = name.startswith((".", "~", *COMPANIONS)) or name.endswith(SIDECARS)
    return aside or is_samples(path)


def _kind(path: Path) -> str:
    return f"{path.suffix!r}" if path.suffix else "a file without a suffix"


def _possible() -> str:
    suffixes = {s for reader in READERS.values() for s in reader.suffixes if s != "/"}
    return ", ".join(sorted(suffixes | {ZIP}))
