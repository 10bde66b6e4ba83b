"""Unpacking: what a zip holds, laid out in a folder for a while, and never a bomb."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from interbeat.core.errors import FormatError

__all__ = ["unpacked"]

MOST_MEMBERS = 5000
MOST_BYTES = 8_000_000_000  # a day of two people in text is under 2 GB
HARMLESS_BYTES = 100_000_000  # below this nobody asks how well it was packed
MOST_RATIO = 100  # a recording packs to a tenth, at best to a thirtieth


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """Give a folder that holds what the zip at `path` holds; it is gone afterwards.

    Raises
    ------
    FormatError
        If the zip is broken, encrypted, or would unfold to far more than a recording does.
    """
    with tempfile.TemporaryDirectory(prefix="interbeat-") as scratch:
        folder = Path(scratch).resolve() / path.stem
        folder.mkdir()
        try:
            with zipfile.ZipFile(path) as archive:
                _check(path, archive.infolist())
                for member in archive.infolist():
                    _extract(archive, member, folder)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise FormatError(path, f"is not a sound zip file: {error}") from error
        except (RuntimeError, ValueError) as error:  # encrypted; a name that cannot be
            raise FormatError(path, f"cannot be unpacked: {error}") from error
        yield folder


def _check(path: Path, members: list[zipfile.ZipInfo]) -> None:
    total, packed = sum(m.file_size for m in members), path.stat().st_size
    if len(members) > MOST_MEMBERS:
        raise FormatError(
            path,
            f"holds {len(members)} files; give the zip of one couple, {MOST_MEMBERS} at most",
        )
    if total > MOST_BYTES or total > max(HARMLESS_BYTES, MOST_RATIO * packed):
        raise FormatError(
            path,
            f"is no recording: its {packed} bytes would unfold to {total}; up to "
            f"{MOST_RATIO} times is possible",
        )


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path) -> None:
    """Write one member; the library stops at the declared size, which has been checked."""
    target = (folder / member.filename).resolve()
    if member.is_dir() or not target.is_relative_to(folder):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(member) as source, target.open("wb") as out:
        shutil.copyfileobj(source, out)
