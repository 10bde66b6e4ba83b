"""Samples: lists of tubes, read and written, and joined to the session that they belong to.

A table of samples has a row a tube and the columns ``person``, ``analyte``, ``matrix``,
``time``, ``value`` and ``unit``; also ``spread``, ``se``, ``lower``, ``upper``, ``extracted``
and ``flags``, where they are known. ``n/a`` or nothing is unknown. ``time`` may be what
:meth:`~interbeat.sources.sampling_times.SamplingClock.seconds` takes (``time_min``: in
minutes), ``value`` may be ``<2.5`` or ``>100``: outside the assay's limits.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from types import MappingProxyType

from interbeat.core.errors import DataError, SourceError
from interbeat.core.sample import Sample
from interbeat.core.session import Inference, Session
from interbeat.sources.plates._sheet import Row, Sheet, sheet_of, text_of
from interbeat.sources.sampling_times import SamplingClock

__all__ = [
    "FILE",
    "is_samples",
    "joined",
    "read_listed",
    "read_samples",
    "read_wide",
    "write_samples",
]

FILE = "samples.tsv"  # beside the recordings of a folder
COLUMNS = tuple(field.name for field in fields(Sample))
NEEDED = ("person", "analyte", "matrix", "value", "unit")
TIMES = {"time": "s", "time_s": "s", "time_min": "min", "time_h": "h"}
UNKNOWN = {"", "n/a", "na", "nan", "none"}
YES, NO = {"true", "yes", "1", "extracted"}, {"false", "no", "0", "unextracted"}
NOBODY: Mapping[str, str] = MappingProxyType({})
HEAD = 4096  # bytes that hold the header


def read_samples(path: str | Path, clock: SamplingClock | None = None) -> tuple[Sample, ...]:
    """Read a table of samples, tab- or comma-separated or a workbook.

    Parameters
    ----------
    path : str or Path
        The table; this module says how it is laid out.
    clock : SamplingClock, optional
        What turns times into seconds since the session began; left out: they are that.

    Returns
    -------
    tuple of Sample
        In the order of the rows.

    Raises
    ------
    SourceError
        If the file cannot be read, lacks a column, a row is no sample (with the line), or an
        analyte, matrix or unit is spelled in two ways that differ by capitals alone.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     table = Path(folder, "samples.tsv")
    ...     write_samples(table, [Sample("oxytocin", 1.5, "pg/mL", 60.0, "saliva", "a")])
    ...     read_samples(table)[0].value
    1.5
    """
    path, clock = Path(path), clock or SamplingClock()
    sheet = _sheet(path)
    header, rows = _headed(sheet)
    time = next((name for name in TIMES if name in header), None)
    lacking = [name for name in NEEDED if name not in header] + ["time"] * (time is None)
    if time is None or lacking:
        raise sheet.wrong(
            f"a table of samples has a column for {', '.join(lacking)}; this has "
            f"{', '.join(header)}"
        )
    found = tuple(_sample(sheet, header, row, (clock, time)) for row in rows)
    for kind in ("analyte", "matrix", "unit"):
        _check_spelling(sheet, kind, [getattr(one, kind) for one in found])
    return found


def is_samples(path: Path) -> bool:
    """Whether a ``samples.tsv`` holds tubes: BIDS has another table of that name."""
    if path.name.lower() != FILE or not path.is_file():
        return False
    with path.open("rb") as handle:
        first = handle.read(HEAD).split(b"\n", 1)[0].decode("utf-8", errors="replace")
    return set(NEEDED) <= {cell.strip().lower() for cell in first.split("\t")}


def write_samples(path: str | Path, samples: Iterable[Sample]) -> None:
    """Write a table of samples that :func:`read_samples` reads back as they are.

    Parameters
    ----------
    path : str or Path
        What was there before is replaced.
    samples : iterable of Sample
        A row each.

    Raises
    ------
    SourceError
        If `path` cannot be written.
    """
    path = Path(path)
    rows = [COLUMNS, *(tuple(_cell(getattr(one, c)) for c in COLUMNS) for one in samples)]
    try:
        path.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    except OSError as error:
        raise SourceError(path, f"cannot be written: {error.strerror or error}") from error


def joined(
    session: Session, samples: Sequence[Sample], *, who: Mapping[str, str] = NOBODY
) -> Session:
    """Return the session with these samples, too.

    Parameters
    ----------
    session : Session
        Of one person or two.
    samples : sequence of Sample
        Times in s since the session began. Those that the session has already are left out.
    who : mapping of str to str
        What the samples call its people: ``{"Vp01": "a"}``; nobody else's are taken then.
        Left out: as the session does.

    Returns
    -------
    Session
        Samples in order of time. Those taken before it began or after it ended are kept, and
        its inferences say so.

    Raises
    ------
    DataError
        If a sample is of somebody who is not in the session, or none is of somebody in `who`.

    Examples
    --------
    >>> from interbeat.core.beats import Beats
    >>> from interbeat.core.recording import Recording
    >>> session = Session([Recording("a", {"beats": Beats.from_rr([800] * 9, person="a")})])
    >>> tube = Sample("cortisol", 6.0, "nmol/L", 60.0, "saliva", "Vp01")
    >>> found = joined(session, [tube], who={"Vp01": "a"})
    >>> found.samples[0].person, found.inferences[0].value
    ('a', '60 s, outside what was recorded')
    """
    for person in who.values():
        _ = session[person]  # or an error that says who there is
    _check_names(samples, who)
    held = [
        replace(one, person=who.get(one.person, one.person))
        for one in samples
        if not who or one.person in who
    ]
    for one in held:
        if one.person not in session.persons:
            raise DataError(
                f"a sample of {one.analyte} is of {one.person!r}, who is not in this session; "
                f"possible: {', '.join(session.persons)}, or say who is who: "
                f"who={{{one.person!r}: {session.persons[0]!r}}}"
            )
    known = {_tube(one) for one in session.samples}
    new = [one for one in held if _tube(one) not in known]
    notes = [_outside(one) for one in new if not session.begin <= one.time <= session.end]
    everything = sorted((*session.samples, *new), key=lambda one: (one.time, one.person))
    return replace(session, samples=tuple(everything)).noting(notes)


def _check_names(samples: Sequence[Sample], who: Mapping[str, str]) -> None:
    there = dict.fromkeys(one.person for one in samples)
    absent = [name for name in who if name not in there]
    if absent:
        raise DataError(
            f"no sample is of {absent[0]!r}; possible: {', '.join(there) or 'none'}"
        )


def _tube(sample: Sample) -> tuple[object, ...]:
    """Return what tells one reported value from another; NaN is not equal to itself."""
    return tuple(str(getattr(sample, name)) for name in COLUMNS)


def read_wide(
    path: str | Path, *, times: Mapping[str, float], analyte: str, unit: str, matrix: str,
    person: str = "",
) -> tuple[Sample, ...]:  # fmt: skip
    """Read a table with a row a person and a column a sampling time.

    Parameters
    ----------
    path : str or Path
        Comma- or tab-separated, or a workbook.
    times : mapping of str to float
        When the samples of each column were taken, in s: ``{"0": -1800, "1": -60}``.
    analyte, unit, matrix : str
        What was measured.
    person : str
        The column that says who; left out: the first.

    Returns
    -------
    tuple of Sample
        By person; an empty cell is no sample.

    Raises
    ------
    SourceError
        If a column is not there or a value is no concentration; with the line.
    """
    sheet = _sheet(Path(path))
    header, rows = _headed(sheet)
    person = person.lower() or header[0]
    columns = {name.lower(): seconds for name, seconds in times.items()}
    _check_columns(sheet, header, [person, *columns])
    found = []
    for row in rows:
        who = row.at(header.index(person))
        for name, seconds in columns.items():
            said = row.at(header.index(name))
            if said.lower() not in UNKNOWN:
                found.append(_made(sheet, row, said, (analyte, unit, seconds, matrix, who)))
    return tuple(found)


def read_listed(
    path: str | Path, *, names: str, values: str, times: Mapping[str, float], analyte: str,
    unit: str, matrix: str,
) -> tuple[Sample, ...]:  # fmt: skip
    """Read a laboratory's list with one column of names such as ``Vp01 S0`` and one of values.

    Parameters
    ----------
    path : str or Path
        A workbook or text; the header may be in any row and column.
    names, values : str
        The headers of the two columns.
    times : mapping of str to float
        When the samples of each name were taken, in s: ``{"S0": -1800, "S1": -60}``.
    analyte, unit, matrix : str
        What was measured.

    Returns
    -------
    tuple of Sample
        In the order of the rows; a row without a value is no sample.

    Raises
    ------
    SourceError
        If a column is not there, a name is not two words of which the second is in `times`,
        or a value is no concentration; with the line.
    """
    sheet = _sheet(Path(path))
    wanted = (names.lower(), values.lower())
    header, rows = _headed(sheet, wanted)
    who_at, value_at = (header.index(name) for name in wanted)
    found = []
    for row in rows:
        name, said = row.at(who_at), row.at(value_at)
        if said.lower() in UNKNOWN:
            continue
        who, _, which = name.rpartition(" ")
        if not who or which not in times:
            raise sheet.wrong(
                f"{name!r} is not a person and one of {', '.join(times)}", row.line
            )
        about = (analyte, unit, times[which], matrix, who.strip())
        found.append(_made(sheet, row, said, about))
    return tuple(found)


def _sheet(path: Path) -> Sheet:
    if not path.is_file():
        raise SourceError(path, "there is no such file")
    return text_of(path, "\t") if path.suffix.lower() == ".tsv" else sheet_of(path)


def _headed(sheet: Sheet, wanted: Sequence[str] = ()) -> tuple[list[str], list[Row]]:
    """Return the header, the first row that holds all that is wanted, and the rows below."""
    rows = [row for row in sheet.rows if not row.empty]
    for k, row in enumerate(rows):
        header = [cell.lower() for cell in row.cells]
        if set(wanted) <= set(header):
            return header, rows[k + 1 :]
    raise sheet.wrong(f"has no row with {' and '.join(wanted) or 'a header'}")


def _check_columns(sheet: Sheet, header: Sequence[str], wanted: Sequence[str]) -> None:
    lacking = [name for name in wanted if name not in header]
    if lacking:
        raise sheet.wrong(f"has no column {', '.join(lacking)}; it has {', '.join(header)}")


def _check_spelling(sheet: Sheet, kind: str, words: Sequence[str]) -> None:
    """Refuse what would be two courses where one is meant."""
    seen: dict[str, str] = {}
    for word in words:
        first = seen.setdefault(word.casefold(), word)
        if first != word:
            raise sheet.wrong(f"the {kind} is spelled {first!r} and {word!r}: choose one")


def _made(sheet: Sheet, row: Row, said: str, about: tuple[str, str, float, str, str]) -> Sample:
    analyte, unit, seconds, matrix, who = about
    try:
        value, lower, upper = _valued(said)
        return Sample(analyte, value, unit, seconds, matrix, who, lower=lower, upper=upper)
    except DataError as error:
        raise sheet.wrong(str(error), row.line) from error


def _sample(
    sheet: Sheet, header: Sequence[str], row: Row, when: tuple[SamplingClock, str]
) -> Sample:
    cells = {name: row.at(k) for k, name in enumerate(header)}
    clock, time = when
    try:
        for name in (*NEEDED, time):
            if cells[name].lower() in UNKNOWN:
                raise DataError(f"a sample needs its {name}")
        value, lower, upper = _valued(cells["value"])
        low, high = (_number(cells.get(name, "")) for name in ("lower", "upper"))
        return Sample(
            analyte=cells["analyte"],
            value=value,
            unit=cells["unit"],
            time=clock.seconds(cells[time], TIMES[time]),
            matrix=cells["matrix"],
            person=cells["person"],
            spread=_number(cells.get("spread", "")),
            lower=lower if math.isnan(low) else low,
            upper=upper if math.isnan(high) else high,
            se=_number(cells.get("se", "")),
            extracted=_extracted(cells.get("extracted", "")),
            flags=tuple(flag for flag in cells.get("flags", "").split("; ") if flag),
        )
    except DataError as error:
        raise sheet.wrong(str(error), row.line) from error


def _valued(said: str) -> tuple[float, float, float]:
    """Return a value and its limits; that of ``<2.5`` is just below 2.5."""
    if said[:1] == "<":
        limit = _number(said[1:])
        return math.nextafter(limit, -math.inf), limit, math.inf
    if said[:1] == ">":
        limit = _number(said[1:])
        return math.nextafter(limit, math.inf), 0.0, limit
    return _number(said), 0.0, math.inf


def _number(said: str) -> float:
    if said.strip().lower() in UNKNOWN:
        return math.nan
    try:
        return float(said)
    except ValueError as error:
        point = ": decimals have a point" if "," in said else ""
        raise DataError(f"{said!r} is no number{point}") from error


def _extracted(said: str) -> bool | None:
    said = said.lower()
    if said in UNKNOWN:
        return None
    if said in YES | NO:
        return said in YES
    raise DataError(f"extracted is yes, no or n/a, not {said!r}")


def _cell(value: object) -> str:
    if isinstance(value, tuple):
        return "; ".join(str(flag).replace("\t", " ").replace("\n", " ") for flag in value)
    unknown = value is None or (isinstance(value, float) and math.isnan(value))
    return "n/a" if unknown else str(value)


def _outside(sample: Sample) -> Inference:
    return Inference(
        f"{sample.analyte} of {sample.person}",
        "time",
        f"{sample.time:g} s, outside what was recorded",
        "a sample was taken then",
    )
