"""BIDS: continuous physiology (_physio.tsv.gz) of one or two subjects of a dataset."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.channels import CHANNELS
from interbeat.core.errors import FormatError, SourceError
from interbeat.core.intervals import Intervals
from interbeat.core.recording import Data, Recording
from interbeat.core.session import Inference, Session
from interbeat.core.signal import Signal
from interbeat.sources._bids_tables import (
    EVENTS,
    SERIES,
    Table,
    cells_of,
    described,
    entities_of,
    number_in,
    rows_of,
    tables_in,
    values_of,
)
from interbeat.sources._edge import check_rate, gaps_in, reading
from interbeat.sources._reader import Wanted, reader
from interbeat.sources.joining import two_people
from interbeat.sources.markers import stretches
from interbeat.sources.roles import Roles, raw_first
from interbeat.sources.units import converted

__all__ = ["read_bids"]

PULSE = re.compile(r"pulse|ppg|pleth|photo|finger|oxi|oximet", re.IGNORECASE)
ECG = re.compile(r"ecg|ekg|electrocard", re.IGNORECASE)
# Share of power from 8 to 20 Hz in that from 0.6 to 20 Hz, median of 8-s windows: 0.0001 to
# 0.008 in 14 pulse waves, 0.06 to 0.68 in 50 leads of ECG (measured on public recordings).
SHARP = 0.025
WINDOW, MOST_WINDOWS = 8, 200
MOST_LISTED = 20


def accepts(path: Path) -> bool:
    """Whether it is a table of physiology, or a dataset's or subject's folder with some."""
    if path.is_file():
        return path.name.endswith((SERIES, EVENTS))
    ours = (path / "dataset_description.json").is_file() or path.name.startswith("sub-")
    return ours and next(tables_in(path), None) is not None


@reader("bids", (SERIES, EVENTS, "/"), title="BIDS physiology", accepts=accepts)
def read_bids(path: Path, wanted: Wanted) -> Session:
    """Return the physiology of a BIDS table, of a subject, or of a dataset of two subjects.

    What describes a table is looked for beside it and in the folders above, as BIDS has it.
    All recordings of a subject's one run lie on one clock by their StartTime, and two
    subjects on one by their acq_time, as any two recorders are. A cardiac column is an ECG or
    a pulse by what the dataset says, else by its shape.

    Raises
    ------
    FormatError
        If what BIDS requires is not there or not sound; with file and line.
    SourceError
        If there are more than two subjects or more than one run; with their names.
    """
    if path.is_file():
        return _session(path, [described(path)], wanted)
    found: dict[str, list[Path]] = {}
    for table in sorted(tables_in(path)):
        found.setdefault(entities_of(table.name).get("sub", ""), []).append(table)
    names = _in_order(path, sorted(found))
    if len(names) > 2:
        listed = ", ".join(f"sub-{name}" for name in names[:MOST_LISTED])
        listed += ", ..." * (len(names) > MOST_LISTED)
        raise SourceError(
            path,
            f"holds {len(names)} subjects: {listed}; give the folder of one for each person, "
            f"or --person a=sub-{names[0]} --person b=sub-{names[1]}",
        )
    people = [_subject(path, found[name], wanted) for name in names]
    if len(people) < 2:
        return people[0]
    called = " and ".join(repr(f"sub-{name}") for name in names)
    why = "the dataset has two subjects"
    return two_people(people[0], people[1], path).noting(
        [Inference(path.name, "person", f"a and b: {called}", why)]
    )


def _subject(path: Path, files: Sequence[Path], wanted: Wanted) -> Session:
    tables = [described(file) for file in files]
    runs = sorted({table.run for table in tables})
    if len(runs) > 1:
        listed = ", ".join("_".join(run) for run in runs)
        raise SourceError(path, f"holds several runs: {listed}; give the files of one")
    return _session(path, tables, wanted)


def _session(path: Path, tables: Sequence[Table], wanted: Wanted) -> Session:
    roles = Roles(path.name, wanted)
    labels = [label for table in tables for label in table.columns]
    roles.check_all_found(labels)
    channels: dict[str, Data] = {}
    told: list[Inference] = []
    for table in tables:
        more, notes = _channels(table, roles, wanted)
        channels |= {name: data for name, data in more.items() if name not in channels}
        told += notes
    if not channels:
        raise FormatError(path, f"no column is one of ours: {', '.join(labels)}")
    recording = Recording("a", channels)
    intervals = _events(tables)
    if "gap" not in intervals.labels:
        intervals = intervals | gaps_in([recording])
    return Session(
        (recording,),
        intervals=intervals,
        start=_start(tables),
        inferences=(*told, *roles.inferences),
        title=path.name.split(".")[0],
        sources=tuple(table.path.name for table in tables),
    )


def _channels(
    table: Table, roles: Roles, wanted: Wanted
) -> tuple[dict[str, Data], list[Inference]]:
    labels = table.columns
    if table.path.name.endswith(EVENTS):
        return {"beats": _beats(table)}, []
    if labels == ["timestamp"]:
        return {}, []  # the clock of events, no signal
    rate, start, told = _timing(table, wanted)
    rows = values_of(table)
    channels: dict[str, Data] = {}
    for k in raw_first(labels):
        name = _role(table, labels[k], (rows[k], rate), roles)
        if name is None or name in channels:
            continue
        values, unit, more = converted(
            rows[k],
            channel=name,
            unit=table.told(labels[k], "Units"),
            subject=f"{table.path.name}, {labels[k]!r}",
        )
        told += more
        with reading(table.path, "BIDS table"):
            channels[name] = Signal(values, rate, unit, "a", start)
    return channels, told


def _role(
    table: Table, label: str, signal: tuple[FloatArray, float], roles: Roles
) -> str | None:
    """Return which channel a column is: by the user, the recording's name, or what it shows."""
    recording = table.entities.get("recording", "")
    ours = {name.replace("_", ""): name for name in CHANNELS}.get(recording)
    generic = label in {"cardiac", "respiratory"} or label == ours
    if ours is not None and generic and CHANNELS[ours].noun == "Signal":
        return roles.claim(label, ours, "")
    if label == "cardiac":
        return roles.claim(label, *_cardiac(table, *signal))
    return roles.of(label)


def _cardiac(table: Table, values: FloatArray, rate: float) -> tuple[str, str]:
    said = json.dumps({k: v for k, v in table.about.items() if k != "Columns"})
    said += " " + table.entities.get("recording", "")
    if PULSE.search(said):
        return "ppg", "it is described as a pulse"
    if ECG.search(said):
        return "ecg", "it is described as an ECG"
    sharp = _sharpness(values, rate)
    name, other = ("ecg", "ppg") if sharp > SHARP else ("ppg", "ecg")
    return name, (
        f"{100 * sharp:.2g} % of its power lies above 8 Hz (more than {100 * SHARP:g} % in an "
        f"ECG); --channel {other}=cardiac says otherwise"
    )


def _sharpness(values: FloatArray, rate: float) -> float:
    """Share of power at 8 to 20 Hz, where QRS complexes have some and pulse waves none."""
    length = min(max(round(WINDOW * rate), 2), values.size)
    every = max(1, values.size // max(length, 1) // MOST_WINDOWS)
    rows = values[: values.size // max(length, 1) * length].reshape(-1, max(length, 1))[::every]
    rows = rows[np.isfinite(rows).all(axis=1)]
    largest = np.abs(rows).max(initial=0.0)
    if largest == 0:
        return 0.0
    rows = rows / largest  # a share has no unit, and squares of huge numbers would overflow
    frequency = np.fft.rfftfreq(length, 1 / rate)
    power = np.abs(np.fft.rfft((rows - rows.mean(axis=1, keepdims=True)) * np.hanning(length)))
    high = (power[:, (frequency >= 8) & (frequency < 20)] ** 2).sum(axis=1)
    whole = (power[:, (frequency >= 0.6) & (frequency < 20)] ** 2).sum(axis=1)
    shares = high[whole > 0] / whole[whole > 0]
    return float(np.median(shares)) if shares.size else 0.0


def _beats(table: Table) -> Beats:
    labels = table.columns
    if "onset" not in labels:
        raise FormatError(table.path, f"has no column 'onset'; it has {', '.join(labels)}")
    onset = labels.index("onset")
    kind = labels.index("trial_type") if "trial_type" in labels else None
    rows = list(cells_of(table))
    times = [number_in(table.path, cells[onset], line) for line, cells in enumerate(rows, 1)]
    normal = [kind is None or cells[kind] != "abnormal" for cells in rows]
    with reading(table.path, "BIDS table"):
        return Beats(np.array(times), np.array(normal, dtype=np.bool_), "a")


def _timing(table: Table, wanted: Wanted) -> tuple[float, float, list[Inference]]:
    told = []
    rate = table.about.get("SamplingFrequency", wanted.sampling_rate)
    start = table.about.get("StartTime")
    if start is None:
        start = 0.0
        why = "no StartTime is given"
        told.append(Inference(table.path.name, "start", "0 s", why))
    for field, value in (("SamplingFrequency", rate), ("StartTime", start)):
        if not isinstance(value, int | float) or not math.isfinite(value):
            raise FormatError(table.path, f"{field} is {value!r}, which is no number", field)
    check_rate(table.path, float(rate), "SamplingFrequency")
    return float(rate), float(start), told


# ---- what belongs to a run: events, clock, who is who


def _events(tables: Sequence[Table]) -> Intervals:
    files = {file for table in tables for file in _events_files(table)}
    found = Intervals.none()
    for file in sorted(files):
        found = found | _events_in(file)
    return found


def _events_files(table: Table) -> list[Path]:
    """Return the events of the table's own run, beside it."""
    own = table.entities.items()
    return [
        file
        for file in table.path.parent.glob("*_events.tsv")
        if entities_of(file.name).items() <= own
    ]


def _events_in(path: Path) -> Intervals:
    lasting: list[tuple[float, float, str]] = []
    instants: list[tuple[float, str]] = []
    for number, row in enumerate(rows_of(path), 2):
        if not {"onset", "duration"} <= row.keys() or row["onset"] in {None, "n/a"}:
            raise FormatError(path, "an event needs onset and duration", f"line {number}")
        onset = number_in(path, row["onset"], number)
        said = row.get("trial_type") or "n/a"
        label = "event" if said == "n/a" else said
        length = row["duration"] or "n/a"
        duration = 0.0 if length == "n/a" else number_in(path, length, number)
        if not (math.isfinite(onset) and math.isfinite(duration)):
            raise FormatError(path, "onset and duration are finite", f"line {number}")
        if duration > 0:
            lasting.append((onset, round(onset + duration, 6), label))
        else:
            instants.append((onset, label))
    bounds = np.array([row[:2] for row in lasting], dtype=np.float64).reshape(-1, 2)
    with reading(path, "BIDS events file"):
        stretched = Intervals(bounds[:, 0], bounds[:, 1], tuple(row[2] for row in lasting))
        return stretched | stretches(instants)


def _start(tables: Sequence[Table]) -> datetime | None:
    """Return the instant of time 0: when a table began, less its StartTime."""
    for table in tables:
        subject = next((p for p in table.path.parents if p.name.startswith("sub-")), None)
        if subject is None or "StartTime" not in table.about:
            continue
        own = table.path.relative_to(subject).as_posix()
        rows = [row for file in subject.glob("*_scans.tsv") for row in rows_of(file)]
        said = next((row.get("acq_time") for row in rows if row.get("filename") == own), None)
        start = _instant(said, table.about["StartTime"])
        if start is not None:
            return start
    return None


def _instant(said: str | None, start: object) -> datetime | None:
    """Return an aware start; None where the time names no zone."""
    try:
        at = datetime.fromisoformat(said or "")
        offset = timedelta(seconds=float(start))  # type: ignore[arg-type]
        return None if at.tzinfo is None else (at - offset).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def _in_order(path: Path, names: list[str]) -> list[str]:
    """Return subjects as participants.tsv calls them a and b, else in order of name."""
    file = path / "participants.tsv"
    if not file.is_file():
        return names
    partner = {row.get("participant_id"): row.get("partner") or "" for row in rows_of(file)}
    return sorted(names, key=lambda name: (partner.get(f"sub-{name}", ""), name))
