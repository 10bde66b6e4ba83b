"""Writing a simulated session to a folder, with the truth beside it.

::

    truth.json               who they are, what ties them, what happened, with which seed
    truth/a_10hz.parquet     tracks of a, a column each: threat, vagal, systolic ...
    truth/a_50hz.parquet     liters in the lungs
    truth/a_1hz.parquet      hormones
    truth/both_10hz.parquet  how far the two can see, hear or touch each other
    truth/a_instants.parquet beats, breaths, skin conductance responses and the arrivals of
                             pulses, a row each
    truth/a_packets.parquet  what a strap sent and the receiver heard, where one is worn
    samples.tsv              what an assay reports of tubes, where there are any
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from importlib.metadata import version
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from interbeat.body.inputs import Inputs
from interbeat.body.staging.play import simulate
from interbeat.body.staging.scenario import scenario as named
from interbeat.body.staging.scenario import scenarios
from interbeat.body.staging.stage import stretched
from interbeat.core.errors import DataError, SourceError
from interbeat.core.signal import Signal
from interbeat.pipeline.study.store import plain
from interbeat.sources import write_bids
from interbeat.sources.samples import FILE as TUBES
from interbeat.sources.samples import write_samples

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from interbeat.body.memory import Memory
    from interbeat.body.sensors.worn import Worn
    from interbeat.body.simulated import Simulated
    from interbeat.body.staging.scenario import Scenario
    from interbeat.body.truth import PersonTruth
    from interbeat.core.arrays import FloatArray

__all__ = ["listed", "write_couples", "write_scenario"]

STOPPED = 130  # what a shell calls a command that was interrupted

INPUTS_RATE = "10hz"  # of the tracks of inputs, which are no Signals
IGNORED = "truth.json\ntruth\nsamples.tsv\n"  # by the BIDS validator


def listed() -> Iterator[str]:
    """Give a line for each scenario that comes with interbeat."""
    for name, play in scenarios().items():
        yield f"{name:32} {play.title}"


def write_couples(
    scenario: str,
    out: Path,
    *,
    tie: Iterable[tuple[str, str]],
    **settings: Any,  # noqa: ANN401 - those of couples
) -> None:
    """Simulate many couples and write the table of what is true of them."""
    from interbeat.app.studying import stoppable, telling
    from interbeat.pipeline.couples import couples

    ties = {name: _number(name, value) for name, value in tie}
    try:
        with stoppable(), telling() as tell:
            couples(scenario, out, ties=ties, progress=tell, **settings)
    except KeyboardInterrupt:
        sys.stderr.write("stopped; nothing was written\n")
        sys.exit(STOPPED)


def _number(name: str, value: str) -> float:
    try:
        return float(value)
    except ValueError as error:
        raise DataError(f"the tie {name} is a number, not {value!r}") from error


def write_scenario(scenario: str, folder: Path, *, seed: int, minutes: Sequence[float]) -> None:
    """Simulate `scenario` and write it to `folder` as BIDS, and its truth beside it.

    All is written under another name and moved at the end: it is there whole or not at all.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SourceError(folder, "is there already; a simulation needs a folder of its own")
    play = named(scenario)
    if minutes:
        play = stretched(play, 60 * minutes[0])
    simulated = simulate(play, seed=seed)
    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    # In a folder that is there already, which may be a disk of its own or where one stands.
    part = (folder if folder.exists() else folder.parent) / f".{uuid4().hex}.part"
    try:
        _write(part, play, simulated, seed)
        if not folder.exists():
            part.rename(folder)
            return
        for one in sorted(part.iterdir()):
            one.rename(folder / one.name)
    finally:
        rmtree(part, ignore_errors=True)


def _write(folder: Path, play: Scenario, simulated: Simulated, seed: int) -> None:
    write_bids(simulated.session, folder)
    (folder / ".bidsignore").write_text(IGNORED, encoding="ascii")
    about = json.dumps(plain(_about(play, simulated, seed)), indent=1, ensure_ascii=False)
    (folder / "truth.json").write_text(about + "\n", encoding="utf-8")
    truth = folder / "truth"
    truth.mkdir()
    for person, one in simulated.truth.people.items():
        for name, table in _tables(one, simulated.worn[person]):
            pq.write_table(table, truth / f"{person}_{name}.parquet", compression="zstd")
    if simulated.truth.contact is not None:
        pq.write_table(
            _together(simulated.truth.contact), truth / "both_10hz.parquet", compression="zstd"
        )
    if simulated.session.samples:
        write_samples(folder / TUBES, simulated.session.samples)


def _together(contact: Signal) -> pa.Table:
    times = np.arange(len(contact)) / contact.sampling_rate
    return _with_units({"time": times, "contact": contact.values}, {})


def _about(play: Scenario, simulated: Simulated, seed: int) -> Mapping[str, Any]:
    truth = simulated.truth
    return {
        "scenario": play.name,
        "title": play.title,
        "shows": play.shows,
        "seed": seed,
        "seconds": play.seconds,
        "interbeat": version("interbeat"),
        "people": {name: _person(one) for name, one in truth.people.items()},
        "what reaches": {name: asdict(tie) for name, tie in truth.ties.items()},
        "events": [
            {"start": start, "end": end, "what": what}
            for start, end, what in truth.events.rows()
        ],
        "artifacts": [asdict(one) for one in play.outfit.artifacts],
        "clocks": {
            name: {sensor: asdict(clock) for sensor, clock in one.clocks.items()}
            for name, one in simulated.worn.items()
        },
        "sensors": {
            name: {
                sensor: asdict(getattr(one.equipment, sensor))
                for sensor in play.outfit.sensors[name].worn
            }
            for name, one in simulated.worn.items()
        },
    }


def _person(truth: PersonTruth) -> Mapping[str, Any]:
    said = _fields(truth.person)
    return {
        "age": said.pop("age"),
        "learnt before": _memory(said.pop("memory")),
        "learnt after": _memory(truth.memory),
        "parameters": {organ: asdict(parameters) for organ, parameters in said.items()},
        "cues": [asdict(cue) for cue in truth.inputs.cues],
    }


def _memory(memory: Memory) -> Mapping[str, Any]:
    traces = {cue: _fields(trace) for cue, trace in memory.traces.items()}
    return {"sensitization": memory.sensitization, "of cues": traces}


def _fields(thing: Any) -> dict[str, Any]:  # noqa: ANN401 - any dataclass
    return {one.name: getattr(thing, one.name) for one in fields(thing)}


def _tables(truth: PersonTruth, worn: Worn) -> Iterator[tuple[str, pa.Table]]:
    """Give each table of one person's truth: tracks by their rate, instants and packets."""
    rates: dict[str, dict[str, Any]] = {}
    units: dict[str, str] = {}
    for one in fields(truth):
        track = getattr(truth, one.name)
        if isinstance(track, Signal):
            rates.setdefault(f"{track.sampling_rate:g}hz", {})[one.name] = track.values
            units[one.name] = track.unit
    for one in fields(Inputs):
        if one.name != "cues":
            rates[INPUTS_RATE][f"input_{one.name}"] = getattr(truth.inputs, one.name)
    for name, columns in rates.items():
        hertz = float(name.removesuffix("hz"))
        length = len(next(iter(columns.values())))
        yield name, _with_units({"time": np.arange(length) / hertz, **columns}, units)
    yield "instants", _instants(truth, worn.feet)
    if worn.packets:
        yield "packets", pa.Table.from_pylist([one._asdict() for one in worn.packets])


def _with_units(columns: Mapping[str, Any], units: Mapping[str, str]) -> pa.Table:
    said = {"time": "s", **units}
    types = [
        pa.field(name, pa.float64(), metadata={"unit": said.get(name, "1")}) for name in columns
    ]
    return pa.table(dict(columns), schema=pa.schema(types))


def _instants(truth: PersonTruth, feet: Mapping[str, FloatArray]) -> pa.Table:
    """Return a row for each thing that happened at an instant, in order of time."""
    beats, breaths, responses = truth.beats, truth.breaths, truth.responses
    kinds = np.where(beats.normal, "beat", "early")
    rows = [
        _rows(kinds, beats.times),
        _rows("breath", breaths.times, breaths.peaks, breaths.depth),
        _rows("response", responses.times, responses.peaks, responses.amplitude),
        *(_rows(f"pulse ({sensor})", times) for sensor, times in feet.items()),
    ]
    columns = {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}
    order = np.argsort(columns["time"], kind="stable")
    return pa.table({name: values[order] for name, values in columns.items()})


def _rows(
    what: str | NDArray[np.str_], times: FloatArray, peaks: float | FloatArray = np.nan,
    sizes: float | FloatArray = np.nan,
) -> dict[str, NDArray[Any]]:  # fmt: skip
    columns = {"what": what, "time": times, "peak": peaks, "size": sizes}
    return {name: np.broadcast_to(given, times.shape) for name, given in columns.items()}
