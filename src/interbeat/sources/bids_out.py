"""BIDS out: a session as a dataset that the BIDS validator accepts."""

from __future__ import annotations

import gzip
import json
import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.channels import channel
from interbeat.core.errors import SourceError
from interbeat.core.recording import Recording
from interbeat.core.session import Session
from interbeat.core.signal import Signal

__all__ = ["write_bids"]

VERSION = "1.11.1"
LEVEL = 6  # of gzip: 9 takes three times as long and saves a hundredth
FAINTEST = 1e-200  # what is smaller is written as 0; no unit makes a signal so faint
DIGITS = 7  # of the largest value in a channel
TIME_DIGITS = 6  # after the point, in seconds
# What BIDS calls columns of these channels; the others keep our names.
COLUMNS = {"ecg": "cardiac", "ppg": "cardiac", "respiration": "respiratory"}


def write_bids(session: Session, folder: str | Path) -> None:
    """Write the signals, beats and intervals of `session` as a BIDS dataset.

    Each person is a subject, each channel a recording with its own rate and start::

        participants.tsv                    dyad_id and partner of each
        sub-couple01a/sub-couple01a_scans.tsv
        sub-couple01a/beh/sub-couple01a_task-couple01_events.tsv
        sub-couple01a/beh/sub-couple01a_task-couple01_recording-ecg_physio.tsv.gz

    Beats are ``_physioevents.tsv.gz``. BIDS has no word for two
    people recorded together: the ``StartTime`` of all files counts from one time zero, the
    session's, and both subjects share the task's name. Values are rounded to seven digits of
    the largest one in their channel, times to a microsecond; an infinite value is a lost one.
    Tube samples have no place here and are not written; neither are channels that interbeat
    derives.

    Parameters
    ----------
    session : Session
    folder : str or Path
        Made where it does not exist; must be empty where it does.

    Raises
    ------
    SourceError
        If the folder holds something already, or cannot be written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from interbeat.sources import read
    >>> ecg = Signal([0.1, 0.2, 0.3], sampling_rate=250, unit="mV", person="a", start=0)
    >>> session = Session([Recording("a", {"ecg": ecg})], title="couple01")
    >>> with TemporaryDirectory() as folder:
    ...     write_bids(session, folder)
    ...     read(folder)["a"].channels["ecg"] == ecg
    True
    """
    root = Path(folder)
    try:
        root.mkdir(parents=True, exist_ok=True)
        if any(root.iterdir()):
            raise SourceError(root, "is not empty; a dataset needs a folder of its own")
        _write_dataset(root, session)
        for recording in session.recordings:
            _write_person(root, session, recording)
    except OSError as error:
        raise SourceError(root, f"cannot be written: {error.strerror or error}") from error


def _write_dataset(root: Path, session: Session) -> None:
    name = _word(session.title)
    about = {
        "Name": session.title or "interbeat session",
        "BIDSVersion": VERSION,
        "DatasetType": "raw",
        "License": "n/a",
        "Authors": ["n/a"],
        "GeneratedBy": [{"Name": "interbeat"}],
    }
    _write_json(root / "dataset_description.json", about)
    (root / "README").write_text(
        "Physiological recordings written by interbeat. Subjects that share a dyad_id in\n"
        "participants.tsv were recorded together: StartTime and onsets of all their files\n"
        "count from one time zero.\n",
        encoding="utf-8",
    )
    rows = [("participant_id", "dyad_id", "partner")]
    rows += [(_subject(session, person), name, person) for person in session.persons]
    _write_rows(root / "participants.tsv", rows)
    described = {
        "dyad_id": {"Description": "Which two people were recorded together"},
        "partner": {
            "Description": "Which of the two",
            "Levels": {"a": "one", "b": "the other"},
        },
    }
    _write_json(root / "participants.json", described)


def _write_person(root: Path, session: Session, recording: Recording) -> None:
    subject = _subject(session, recording.person)
    folder = root / subject / "beh"
    folder.mkdir(parents=True)
    task = _word(session.title)
    scans = [("filename", "acq_time")]
    for name, data in recording.channels.items():
        stem = folder / f"{subject}_task-{task}_recording-{_word(name)}"
        if channel(name).derived:
            continue
        if isinstance(data, Signal):
            file = _write_signal(stem, name, data, task)
        elif isinstance(data, Beats):
            file = _write_beats(stem, data, task)
        scans += _scan(session, file, data.start)
    _write_events(folder / f"{subject}_task-{task}_events", session, task)
    if len(scans) > 1:
        _write_rows(root / subject / f"{subject}_scans.tsv", scans)


def _write_signal(stem: Path, name: str, signal: Signal, task: str) -> Path:
    column = COLUMNS.get(name, name)
    about = {
        **_series([column], signal.sampling_rate, signal.start, task),
        column: {"Description": channel(name).meaning, "Units": signal.unit},
    }
    return _write_columns(stem, "physio", about, [_numbers(signal.values)])


def _write_beats(stem: Path, beats: Beats, task: str) -> Path:
    """Write beats as events, and the clock that their onsets are read from.

    The validator wants events to have a continuous recording of the same name with the column
    that ``OnsetSource`` names; it is a second's tick here, so that no signal is needed.
    """
    start = round(beats.start, TIME_DIGITS) if len(beats) else 0.0
    ticks = start + np.arange(1 + np.ceil(max(beats.end - start, 0.0)))
    clock = {
        **_series(["timestamp"], 1.0, start, task),
        "timestamp": {"Description": "clock of the onsets of beats", "Units": "s"},
    }
    file = _write_columns(stem, "physio", clock, [_times(ticks)])
    kinds = pa.array(np.where(beats.normal, "normal", "abnormal").astype(object), pa.string())
    events = [_times(beats.times), kinds]
    _write_columns(stem, "physioevents", {**_BEATS, "TaskName": task}, events)
    return file


def _write_events(stem: Path, session: Session, task: str) -> None:
    rows = [("onset", "duration", "trial_type")]
    for start, end, label in session.intervals.rows():
        plain = re.sub(r"\s+", " ", label).strip() or "n/a"
        rows.append((_seconds(start), _seconds(end - start), plain))
    if len(rows) == 1:
        return
    _write_rows(stem.with_suffix(".tsv"), rows)
    about = {"TaskName": task, "trial_type": {"Description": "Task, practice, marker or gap"}}
    _write_json(stem.with_suffix(".json"), about)


_BEATS: dict[str, Any] = {
    "Columns": ["onset", "trial_type"],
    "OnsetSource": "timestamp",
    "Description": "heartbeats",
    "onset": {"Description": "Instant of the beat", "Units": "s"},
    "trial_type": {
        "Description": "Whether the beat can be trusted",
        "Levels": {"normal": "yes", "abnormal": "ectopic, misplaced or after a gap"},
    },
}


def _series(columns: list[str], rate: float, start: float, task: str) -> dict[str, Any]:
    return {
        "SamplingFrequency": rate,
        "StartTime": round(start, TIME_DIGITS),
        "Columns": columns,
        "PhysioType": "generic",
        "TaskName": task,
    }


def _scan(session: Session, file: Path, start: float) -> list[tuple[str, str]]:
    """Return the row that says when the first sample of `file` was taken."""
    if session.start is None or not math.isfinite(start):
        return []
    at = session.start.astimezone(UTC) + timedelta(seconds=round(start, TIME_DIGITS))
    return [(f"beh/{file.name}", at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))]


def _subject(session: Session, person: str) -> str:
    return f"sub-{_word(session.title)}{person}"


def _word(text: str) -> str:
    """Return what BIDS allows as a label: letters and digits."""
    return re.sub(r"[^0-9A-Za-z]", "", text) or "dyad"


def _numbers(values: FloatArray) -> pa.Array:
    values = np.where(np.isfinite(values), values, np.nan)
    largest = float(np.nanmax(np.abs(values), initial=0.0))
    decimals = DIGITS - math.ceil(math.log10(largest)) if largest > FAINTEST else 0
    rounded = np.round(values, decimals) + 0.0  # no -0.0
    return pc.fill_null(pc.cast(pa.array(rounded, from_pandas=True), pa.string()), "n/a")


def _times(times: FloatArray) -> pa.Array:
    return pc.cast(pa.array(np.round(times, TIME_DIGITS)), pa.string())


def _seconds(value: float) -> str:
    return f"{value:.{TIME_DIGITS}f}".rstrip("0").rstrip(".")


def _write_columns(
    stem: Path, suffix: str, about: Mapping[str, Any], columns: list[pa.Array]
) -> Path:
    """Write a compressed table without a header, and the file that describes it."""
    _write_json(stem.with_name(f"{stem.name}_{suffix}.json"), about)
    path = stem.with_name(f"{stem.name}_{suffix}.tsv.gz")
    table = pa.table(columns, names=[str(k) for k in range(len(columns))])
    options = csv.WriteOptions(include_header=False, delimiter="\t", quoting_style="none")
    with path.open("wb") as raw, gzip.GzipFile("", "wb", LEVEL, raw, mtime=0) as packed:
        csv.write_csv(table, packed, options)
    return path


def _write_rows(path: Path, rows: Sequence[tuple[str, ...]]) -> None:
    path.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    text = json.dumps(content, indent=2, ensure_ascii=False, sort_keys=False)
    path.write_text(text + "\n", encoding="utf-8")
