"""The door for plates: exports of plate readers and a layout come in, one run comes out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from interbeat.core.errors import DataError, SourceError, UnknownFormatError
from interbeat.core.plate import Plate, PlateRun, Well
from interbeat.sources.door import Format
from interbeat.sources.loading import guarded
from interbeat.sources.plates._laying import laid_out
from interbeat.sources.plates._layout_file import Laid, layout_in
from interbeat.sources.plates._reader import PLATE_READERS, PlateReader

__all__ = ["plate_formats", "plate_reader_of", "read_plates"]

GENERAL = ("grid", "allotrope")  # in this order they take what no particular reader does
Paths = str | Path | Sequence[str | Path]


def plate_formats() -> list[Format]:
    """Return every format of plates that :func:`read_plates` takes, by name.

    Returns
    -------
    list of Format
        One a reader.

    Examples
    --------
    >>> [row.name for row in plate_formats()]  # doctest: +ELLIPSIS
    [...'gen5', 'grid'...]
    """
    return [Format(r.name, r.suffixes, r.title) for r in PLATE_READERS.values()]


def plate_reader_of(path: Path) -> PlateReader:
    """Return the reader that takes a file: a maker's own, else one of the general ones.

    Raises
    ------
    UnknownFormatError
        If there is none.
    """
    suffix = path.suffix.lower()
    for reader in _in_order():
        if suffix in reader.suffixes and reader.accepts(path):
            return reader
    takes = ", ".join(f"{r.title} ({' '.join(r.suffixes)})" for r in PLATE_READERS.values())
    raise UnknownFormatError(path, f"no reader of plates takes it; possible: {takes}")


def _in_order() -> Iterator[PlateReader]:
    yield from (r for name, r in PLATE_READERS.items() if name not in GENERAL)
    yield from (PLATE_READERS[name] for name in GENERAL if name in PLATE_READERS)


def read_plates(*paths: str | Path, layout: Paths | None = None) -> PlateRun:
    r"""Read what a plate reader exported: files, or plates of one file, run together.

    Whatever a file did not say and had to be worked out is in the run's ``inferences``.

    Parameters
    ----------
    *paths : str or Path
        One file or more. Plates that are called the same are told apart by their file.
    layout : str, Path or sequence of them, optional
        What is in the wells: a table with the columns well, role, concentration, dilution,
        sample, person and time (seconds since the session began, or minutes where the column
        is called so), of which each but the first may be left out; optional also plate,
        spiked, analyte, matrix, extracted and unit, or the unit in the head of the
        concentration, ``concentration (pg/mL)``. Or a plate drawn with names, and a second
        file that gives the concentration of each name. Where it lists standards it stands
        alone, and takes from the export only the concentrations and dilutions that it does
        not give; else it is added to the layout of the export.

    Returns
    -------
    PlateRun
        With the layout that was given, or that of the export.

    Raises
    ------
    SourceError
        If a path is missing, or the files do not belong together.
    FormatError
        With the line, where a file's content is not what its format promises.
    UnknownFormatError
        If no reader takes a file.
    DataError
        If no path was given.

    See Also
    --------
    plate_formats : what can be read.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "plate.csv")
    ...     _ = path.write_text((",".join(["0.5"] * 12) + "\n") * 8)
    ...     laid = Path(folder, "layout.csv")
    ...     _ = laid.write_text("well,role,concentration (pg/mL)\nA1,STD,1000\nA2,BLK,\n")
    ...     run = read_plates(path, layout=laid)
    >>> run.unit, run.plates[0].unit, [well.role.value for well in run.wells]
    ('pg/mL', 'OD', ['standard', 'blank'])
    """
    if not paths:
        raise DataError("read_plates takes one file or more")
    places = [Path(path).expanduser() for path in paths]
    run = _together([_one(place) for place in places], places)
    if layout is None:
        return run
    told = [layout] if isinstance(layout, str | Path) else list(layout)
    laid = [(_layout(path), path) for path in (Path(each).expanduser() for each in told)]
    for each, path in sorted(laid, key=lambda pair: bool(pair[0].amounts)):  # names first
        run = laid_out(run, each, path)
    return run


def _one(place: Path) -> PlateRun:
    with guarded(place, "export of a plate reader"):
        _check(place)
        return plate_reader_of(place).read(place)


def _layout(place: Path) -> Laid:
    with guarded(place, "layout"):
        _check(place)
        return layout_in(place)


def _check(place: Path) -> None:
    if not place.exists():
        raise SourceError(place, "there is no such file")
    if not place.is_file():
        raise SourceError(place, "is no file")
    if place.stat().st_size == 0:
        raise SourceError(place, "the file is empty (0 bytes)")


# Several files


def _together(runs: Sequence[PlateRun], places: Sequence[Path]) -> PlateRun:
    if len(runs) == 1:
        return runs[0]
    _common("reading", [plate.unit for run in runs for plate in run.plates], places)
    names = [plate.name for run in runs for plate in run.plates]
    alike = len(set(names)) < len(names)
    plates: list[Plate] = []
    wells: list[Well] = []
    for run, title in zip(runs, _titles(places), strict=True):
        called = {p.name: f"{title}, {p.name}" if alike else p.name for p in run.plates}
        plates += [Plate(called[p.name], p.reads, p.unit) for p in run.plates]
        for well in run.wells:
            of = [well.plate] if well.plate else list(called)
            wells += [replace(well, plate=called[name]) for name in of]
    extracted = {run.extracted for run in runs}
    apart = [
        f"{run.source}: run with other files, so that each of its plates has a curve of its own"
        for run in runs
        if run.shared
    ]
    return PlateRun(
        tuple(plates),
        tuple(wells),
        extracted=extracted.pop() if len(extracted) == 1 else None,
        source=", ".join(dict.fromkeys(run.source for run in runs)),
        inferences=tuple(dict.fromkeys([*(n for run in runs for n in run.inferences), *apart])),
        analyte=_common("analyte", [run.analyte for run in runs], places),
        unit=_common("unit", [run.unit for run in runs], places),
        matrix=_common("matrix", [run.matrix for run in runs], places),
    )


def _titles(places: Sequence[Path]) -> list[str]:
    """Return what to call each file: as little of its path as tells them apart."""
    if len({place.resolve() for place in places}) < len(places):
        raise SourceError(places[0], "one file was given twice")
    stems = [place.stem for place in places]
    if len(set(stems)) == len(stems):
        return stems
    names = [place.name for place in places]
    return names if len(set(names)) == len(names) else [str(place) for place in places]


def _common(name: str, given: Sequence[str], places: Sequence[Path]) -> str:
    """Return what all files say that say anything."""
    said = sorted({value for value in given if value})
    if len(said) > 1:
        raise SourceError(
            places[-1], f"the files differ in {name}: {' and '.join(said)}; a run has one"
        )
    return said[0] if said else ""
