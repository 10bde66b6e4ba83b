"""The door for scans: a file of time-activity curves comes in, regions come out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from interbeat.core.activity import Blood, Regions
from interbeat.core.errors import DataError, FormatError, SourceError, UnknownFormatError
from interbeat.sources._text import Text
from interbeat.sources.scans._drawn import drawn_in
from interbeat.sources.scans._merged import merged
from interbeat.sources.scans._reader import SCAN_READERS, Asked, ScanReader

__all__ = ["ScanFormat", "read_blood", "read_scan", "read_scans", "scan_formats"]

LAST = "curve_table"  # takes what the others leave


class ScanFormat(NamedTuple):
    """A format of time-activity curves that :func:`read_scan` takes.

    Parameters
    ----------
    name : str
        E.g. ``"pmod_tac"``.
    suffixes : tuple of str
        In lower case.
    title : str
        For people.
    """

    name: str
    suffixes: tuple[str, ...]
    title: str


def scan_formats() -> list[ScanFormat]:
    """Return every format that :func:`read_scan` takes, by name.

    Returns
    -------
    list of ScanFormat
        One a reader.
    """
    return [ScanFormat(r.name, r.suffixes, r.title) for r in SCAN_READERS.values()]


def read_scan(
    path: str | Path, *, scan: str = "", time_unit: str = "", unit: str = "",
    radionuclide: str = "",
) -> Regions:  # fmt: skip
    r"""Read the time-activity curves of one scan.

    What the file did not say and had to be worked out is in the ``inferences`` of the regions;
    what should be looked at before a number is believed is in their ``flags``.

    Parameters
    ----------
    path : str or Path
        Of one of the formats of :func:`scan_formats`.
    scan : str
        Which one, where the file holds several.
    time_unit : str
        ``"s"`` or ``"min"``, for files that do not say.
    unit : str
        Of activity, for files that do not say: ``"kBq/mL"``.
    radionuclide : str
        For files that do not say: ``"C11"``.

    Returns
    -------
    Regions
        Times in s since the injection.

    Raises
    ------
    SourceError
        If there is no such file, or it holds several scans and none was chosen; they are named.
    FormatError
        If its content is not what its format promises, or a unit is not known.
    UnknownFormatError
        If no reader takes it; with the suffixes that there are.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "curves.csv")
    ...     _ = path.write_text("frame_start,frame_end,putamen\n0,1,4.5\n1,3,9\n3,90,7.5\n")
    ...     scan = read_scan(path, time_unit="min", unit="kBq/mL")
    >>> scan.starts, scan.activity["putamen"], scan.unit
    (array([  0.,  60., 180.]), array([4.5, 9. , 7.5]), 'kBq/mL')
    """
    place = Path(path).expanduser()
    scans = _scans(place, Asked(scan, time_unit, unit, radionuclide))
    if scan and scan not in scans:
        held = _listed([name or "one without a name" for name in _names(place)])
        raise SourceError(place, f"holds no scan {scan!r}; it holds {held}")
    if len(scans) > 1:
        raise SourceError(
            place,
            f"holds {len(scans)} scans; say which with scan= or --scan: {_listed(list(scans))}",
        )
    return next(iter(scans.values()))


def read_scans(
    path: str | Path, *, time_unit: str = "", unit: str = ""
) -> Mapping[str, Regions]:
    """Read every scan of a file, by name; the name of a scan that is alone is ``""``.

    Parameters
    ----------
    path : str or Path
        Of one of the formats of :func:`scan_formats`.
    time_unit, unit : str
        Of times and activity, for files that do not say.

    Returns
    -------
    mapping of str to Regions
        In the order of the file.

    Raises
    ------
    SourceError, FormatError, UnknownFormatError
        As :func:`read_scan`.

    See Also
    --------
    read_scan : one of them.
    """
    return _scans(Path(path).expanduser(), Asked("", time_unit, unit))


def read_blood(
    *paths: str | Path, scan: str = "", time_unit: str = "", unit: str = ""
) -> Blood:
    r"""Read what was counted in blood during one scan, from one file or several.

    Files are ``_blood.tsv`` of BIDS with their JSON, drawn by hand and by a sampler, or tables
    with columns for time, whole blood, plasma and the share of the parent compound. What two
    files counted is taken from the one with more samples of it, and outside its time from the
    other.

    Parameters
    ----------
    *paths : str or Path
        All of one scan.
    scan : str
        Which one, where a file holds several.
    time_unit : str
        ``"s"`` or ``"min"``, for files that do not say; tables of BIDS are in s.
    unit : str
        Of activity, for columns that do not say.

    Returns
    -------
    Blood
        Times in s since the injection. Plasma that was corrected for metabolites already has
        a share of the parent compound of 1.

    Raises
    ------
    SourceError
        If there is no such file, or it holds several scans and none was chosen.
    FormatError
        If a file holds no blood, a unit is not known, or a share cannot be one.
    DataError
        If no file is given.

    See Also
    --------
    interbeat.core.activity.Blood.in_unit : blood in the unit of the regions.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "blood.csv")
    ...     text = "time (s),plasma [kBq/mL],parent_fraction\n0,0,1\n60,40,0.9\n"
    ...     _ = path.write_text(text)
    ...     blood = read_blood(path)
    >>> blood.times, blood.parent, blood.unit
    (array([ 0., 60.]), array([1. , 0.9]), 'kBq/mL')
    """
    if not paths:
        raise DataError("blood is read from one file or more; none was given")
    places = [Path(path).expanduser() for path in paths]
    for place in places:
        _check_file(place)
    return merged([drawn_in(place, Asked(scan, time_unit, unit)) for place in places])


def _scans(place: Path, asked: Asked) -> Mapping[str, Regions]:
    _check_file(place)
    with np.errstate(all="ignore"):  # what comes of absurd numbers is refused by the regions
        return _reader_of(place).read(place, asked)


def _names(place: Path) -> list[str]:
    return list(_reader_of(place).read(place, Asked()))


def _check_file(place: Path) -> None:
    try:
        if not place.exists():
            raise SourceError(place, "there is no such file")
        if not place.is_file():
            raise SourceError(place, "is no file; a scan is read from one file")
        if place.stat().st_size == 0:
            raise FormatError(place, "the file is empty (0 bytes)")
    except OSError as error:
        raise SourceError(place, f"cannot be read: {error.strerror}") from error


def _reader_of(place: Path) -> ScanReader:
    """Return the reader that takes a file; the one for any table comes last."""
    name = place.name.lower()
    fitting = [r for r in SCAN_READERS.values() if name.endswith(r.suffixes)]
    for reader in sorted(fitting, key=lambda r: r.name == LAST):
        if reader.accepts(place):
            return reader
    if not fitting:
        suffixes = sorted({suffix for r in SCAN_READERS.values() for suffix in r.suffixes})
        raise UnknownFormatError(
            place, f"no reader of scans takes it; possible: {', '.join(suffixes)}"
        )
    wanted = "; ".join(reader.title for reader in fitting)
    raise FormatError(place, f"{_begins(place)} is not that of a scan; possible: {wanted}")


def _begins(place: Path) -> str:
    """Return how the first line of a file begins, where it is text."""
    text = Text.head_of(place)
    try:
        lines = [] if text is None else text.lines()
    except FormatError:
        lines = []
    first = next((" ".join(line.split()) for line in lines if line.strip()), "")
    return (
        f"its first line, {first[:60]!r}," if first and first.isprintable() else "what it holds"
    )


def _listed(names: list[str]) -> str:
    more = len(names) - 12
    return ", ".join(names[:12]) + (f" and {more} more" if more > 0 else "")
