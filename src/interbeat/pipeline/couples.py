"""Couples: many virtual pairs in one scenario, so that it is known what a study could find."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

from interbeat.body.inputs import Tie
from interbeat.body.noise import Streams
from interbeat.body.staging.play import drawn, lived
from interbeat.body.staging.scenario import Scenario, scenario
from interbeat.body.staging.stage import stretched
from interbeat.body.truth import CoupleTruth, PersonTruth
from interbeat.core.errors import DataError, SourceError
from interbeat.core.span import Span
from interbeat.dyad.grid import heart_rate
from interbeat.dyad.synchrony import synchrony
from interbeat.measures.hrv_time import rmssd, sdnn
from interbeat.measures.resphrv import resphrv
from interbeat.pipeline.study.cluster import each, running
from interbeat.pipeline.study.outcome import Progress, Tell, versions

__all__ = ["couples", "rows_of_couple"]

AT_ONCE = 4  # couples a task: enough work to be worth its way to a worker
ABOUT = b"interbeat couples"  # under which the file's metadata say what it is
GRID = 4.0  # Hz, as for two recordings
LONGEST = 86400.0  # s: so that what a worker holds stays under a gigabyte
Row = Mapping[str, Any]


def couples(  # noqa: PLR0913 - each one is a setting of the experiment
    name: str | Path, out: str | Path, *, count: int, seed: int, minutes: Sequence[float] = (),
    ties: Mapping[str, float] | None = None, scheduler: str = "", workers: int | None = None,
    progress: Tell | None = None,
) -> int:  # fmt: skip
    """Simulate couples in a scenario, and write what is true of each as a tidy table.

    People are drawn from the population, around what the scenario says of its two; couple k
    has seed ``seed + k``. The table has a row for each couple, person and number of minutes
    from the beginning: what is true of the person, what reaches them from the partner, and what
    synchrony finds in the heart rates of the two, were all beats seen. The share of p below
    0.05 over couples is the power of a study of so many minutes, or, where all ties are 0 and
    nothing is shared, the rate of false alarms.

    Parameters
    ----------
    name : str or Path
        Of a scenario of two people.
    out : str or Path
        The Parquet file.
    count : int
        How many couples.
    seed : int
        Of the first one.
    minutes : sequence of float
        Lengths to look at, from the beginning on; the scenario is played for the longest of
        them. The scenario's own length where none is given.
    ties : mapping of str to float, optional
        Fields of :class:`~interbeat.body.inputs.Tie` to set, in both directions.
    scheduler : str
        Address of a running Dask scheduler; else processes of this machine are started.
    workers : int, optional
        How many processes of this machine; as many as it has cores, if not given.
    progress : callable, optional
        Called with a :class:`~interbeat.pipeline.study.outcome.Progress` after each task.

    Returns
    -------
    int
        Rows that were written. The same call writes the same bytes, however many work.

    Raises
    ------
    DataError
        If the scenario has one person, a number makes no sense or there is no such tie.
    SourceError
        If `out` cannot be written, or is there and is no such table.
    MissingExtraError
        If Dask is not installed.

    Notes
    -----
    A script that calls this needs ``if __name__ == "__main__":`` about it.

    Examples
    --------
    >>> couples("calm evening", "power.parquet", count=1000, seed=1)  # doctest: +SKIP
    2000
    """
    out = Path(out)
    play = _tied(scenario(name), ties or {})
    lengths = tuple(sorted(set(minutes))) or (play.seconds / 60,)
    _check(play, out, count=count, lengths=lengths)
    Streams(seed, 0)  # refuses what is no seed
    tell = progress or _silent
    calls = [
        (play, tuple(range(seed + k, min(seed + k + AT_ONCE, seed + count))), lengths)
        for k in range(0, count, AT_ONCE)
    ]
    found: dict[int, list[Row]] = {}
    tell(Progress("couples", 0, count, 0))
    with running(scheduler, workers) as client:
        for (_, seeds, _), rows in each(client, _rows, calls):
            if isinstance(rows, BaseException):
                raise rows
            found[seeds[0]] = rows
            done = sum(len({row["couple"] for row in some}) for some in found.values())
            tell(Progress("couples", done, count, 0))
    rows = [row for first in sorted(found) for row in found[first]]
    _write(out, rows, {"scenario": play.name, "seed": seed, "count": count, **versions()})
    return len(rows)


def _tied(play: Scenario, ties: Mapping[str, float]) -> Scenario:
    known = [row.name for row in Tie.rows()]
    for name in ties:
        if name not in known:
            raise DataError(f"no tie is called {name!r}; possible: {', '.join(known)}")
    a, b = play.ties
    return replace(play, ties=(replace(a, **ties), replace(b, **ties)))


def _check(play: Scenario, out: Path, *, count: int, lengths: Sequence[float]) -> None:
    if len(play.roles) < 2:
        raise DataError(f"{play.name} has one person; couples need two")
    if count < 1:
        raise DataError(f"one couple or more, not {count}")
    if not (lengths[0] > 0 and lengths[-1] * 60 <= LONGEST):
        raise DataError(
            f"a couple is simulated for up to {LONGEST / 60:g} minutes, not "
            f"{', '.join(f'{one:g}' for one in lengths)}"
        )
    if not out.resolve().parent.is_dir():
        raise SourceError(out, f"there is no folder {out.parent}")
    if out.is_dir():
        raise SourceError(out, "is a folder; give the name of a Parquet file")
    if out.exists() and out.stat().st_size and not _is_ours(out):
        raise SourceError(out, "is there, and is no table of couples; give another name")


def _is_ours(path: Path) -> bool:
    import pyarrow as pa  # noqa: PLC0415 - 0.1 s that only tables need
    import pyarrow.parquet as pq  # noqa: PLC0415 - as above

    try:
        return ABOUT in (pq.read_schema(path).metadata or {})
    except (OSError, pa.ArrowInvalid):
        return False


def _rows(play: Scenario, seeds: Sequence[int], minutes: Sequence[float]) -> list[Row]:
    return [row for seed in seeds for row in rows_of_couple(play, seed, minutes=minutes)]


def rows_of_couple(play: Scenario, seed: int, *, minutes: Sequence[float]) -> list[Row]:
    """Return the rows of one couple.

    Parameters
    ----------
    play : Scenario
        Of two people.
    seed : int
        Of who they are, and of all that is random in them.
    minutes : sequence of float
        Lengths to look at; the longest is simulated.
    """
    longest = 60 * max(minutes)
    if not math.isclose(longest, play.seconds):
        play = stretched(play, longest)
    truth = lived(play, drawn(play, seed=seed), seed=seed)
    return [
        {
            "couple": seed, "scenario": play.name, "minutes": length, "person": name,
            **_person(truth[name], Span(0.0, 60 * length)),
            **_reached(truth.ties[name]), **pair,
        }
        for length in minutes
        for pair in [_pair(truth, Span(0.0, 60 * length))]
        for name in truth.people
    ]  # fmt: skip


def _person(truth: PersonTruth, span: Span) -> Row:
    beats = truth.beats.between(span.start, span.end)
    breaths = truth.breaths.between(span.start, span.end)
    beating = float(beats.times[-1] - beats.times[0]) / 60 if len(beats) > 1 else math.nan
    told = {
        name: float(np.mean(getattr(truth, name).between(span.start, span.end).values))
        for name in (
            "threat", "safety", "immobility", "vagal", "sympathetic", "vagal_effect",
            "sympathetic_effect", "systolic", "tonic", "carbon_dioxide", "cortisol_saliva",
            "oxytocin_plasma",
        )
    }  # fmt: skip
    return {
        "age": truth.person.age,
        "heart_rate": (len(beats) - 1) / beating if len(beats) > 1 else math.nan,
        "sdnn": sdnn(beats).value,
        "rmssd": rmssd(beats).value,
        "resphrv": resphrv(beats, breaths).value,
        "breathing_rate": 60 * len(breaths) / span.seconds,
        "scr_rate": 60 * len(truth.responses.between(span.start, span.end)) / span.seconds,
        **told,
    }


def _reached(tie: Tie) -> Row:
    return {f"reached_by_{row.name}": getattr(tie, row.name) for row in Tie.rows()}


def _pair(truth: CoupleTruth, span: Span) -> Row:
    times = span.start + np.arange(int(span.seconds * GRID)) / GRID
    a, b = (heart_rate(truth[name].beats, times) for name in "ab")
    found = synchrony(a, b, sampling_rate=GRID, signal="heart rate")
    threats = [truth[name].threat.between(span.start, span.end).values for name in "ab"]
    alike = (
        np.corrcoef(threats[0], threats[1])[0, 1]
        if min(float(np.std(one)) for one in threats) > 0
        else math.nan
    )
    return {
        "threat_correlation": float(alike),
        "synchrony": found.strength.value,
        "synchrony_se": found.strength.se,
        "lag": found.lag.value,
        "p": found.p,
        "floor": found.floor,
    }


def _write(out: Path, rows: Sequence[Row], about: Mapping[str, Any]) -> None:
    """Write the table beside its place and then rename it: it is there whole or not at all."""
    import pyarrow as pa  # noqa: PLC0415 - as above
    import pyarrow.parquet as pq  # noqa: PLC0415 - as above

    table = pa.Table.from_pylist(list(_plain(rows)))
    table = table.replace_schema_metadata({ABOUT: json.dumps(about, sort_keys=True)})
    part = out.with_name(f".{uuid4().hex}.part")
    try:
        pq.write_table(table, part, compression="zstd")
        part.replace(out)
    except OSError as error:
        raise SourceError(out, f"cannot be written: {error.strerror or error}") from error
    finally:
        part.unlink(missing_ok=True)


def _plain(rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """Give rows whose missing values are null and not NaN."""
    for row in rows:
        yield {
            name: None if isinstance(value, float) and math.isnan(value) else value
            for name, value in row.items()
        }


def _silent(_: Progress) -> None:
    pass
