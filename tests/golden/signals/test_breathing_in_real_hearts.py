"""What hearts tell of breathing, where a belt or airflow was recorded beside them.

The belt's breaths are the truth: 60 over the mean time from onset to onset. Settings were
chosen on people 1 to 4 of `bids_ds210`, on `neurokit_bio/bio_resting_5min`, on
`wfdb_samples/03700181` and on simulation; what is asked here is asked of the others, a minute
every ten seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.beats import Beats
from interbeat.core.breaths import Breaths
from interbeat.core.estimate import Z95
from interbeat.core.signal import Signal
from interbeat.core.span import Span
from interbeat.measures import MEASURES
from interbeat.measures._spec import Columns
from interbeat.measures.breathing import breathing_rate
from interbeat.measures.resphrv import resphrv
from interbeat.signals._join import joined
from interbeat.signals.cardiac import EcgStage
from interbeat.signals.correction import mark_beats
from interbeat.signals.edr_breaths import HeightBreathing
from interbeat.signals.pulse import PulseStage
from interbeat.signals.respiration import detect_breaths

Find = Callable[[str], Path]
MINUTE = 60.0


class Body(NamedTuple):
    beats: Beats
    breaths: Breaths
    edr: Signal | None
    seconds: float


@cache
def from_ecg(ecg: bytes, rate: float) -> tuple[Beats, Signal]:
    stage = EcgStage(rate, "a")
    signal = Signal(np.frombuffer(ecg), rate, "a.u.", "a", 0.0)
    out: dict[str, Any] = joined([stage.push(signal), stage.finish()])
    return mark_beats(out["beats"]), out["edr"]


def garcia(data: Find) -> Body:
    air = np.load(data("garcia_physio/resp1_airflow.npy")).reshape(-1, 10).mean(axis=1)
    ecg = np.load(data("garcia_physio/ecg1.npy")).astype(np.float64)
    beats, edr = from_ecg(ecg.tobytes(), 1000)
    return Body(beats, detect_breaths(air, sampling_rate=100), edr, 300.0)


def neurokit(data: Find, name: str, seconds: float) -> Body:
    rows = np.genfromtxt(data(f"neurokit_bio/{name}_100hz.csv"), delimiter=",", names=True)
    beats, edr = from_ecg(np.ascontiguousarray(rows["ECG"]).tobytes(), 100)
    return Body(beats, detect_breaths(rows["RSP"], sampling_rate=100), edr, seconds)


def pulse(values: FloatArray, rate: float, belt: FloatArray) -> Body:
    stage = PulseStage(rate, "a")
    out: dict[str, Any] = joined(
        [stage.push(Signal(values, rate, "a.u.", "a", 0.0)), stage.finish()]
    )
    breaths = detect_breaths(belt, sampling_rate=rate)
    return Body(mark_beats(out["beats"]), breaths, None, values.size / rate)


def scanner(data: Find, person: int) -> Body:
    folder = data(f"bids_ds210/sub-0{person}")
    rows = np.genfromtxt(next(iter(sorted(folder.rglob("*physio.tsv*")))))
    return pulse(rows[:, 0], 50, rows[:, 1])


def heart(body: Body, starts: FloatArray, length: float) -> Columns:
    many = MEASURES["heart_breathing_rate"].many
    assert many is not None
    edr = {} if body.edr is None else {"edr": body.edr}
    return many(starts, starts + length, beats=body.beats, **edr)


def minutes(body: Body) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Return the error of each minute's rate, its standard error, and where it was given."""
    starts = np.arange(0.0, body.seconds - MINUTE, 10.0)
    found = heart(body, starts, MINUTE)
    truth = [breathing_rate(body.breaths, Span(s, s + MINUTE)).value for s in starts]
    return found.values - np.array(truth), found.se, np.isfinite(found.values)


@pytest.mark.parametrize(("person", "least"), [(6, 0.4), (8, 0.6)])
def test_a_pulse_tells_how_fast_its_owner_breathes(
    data: Find, person: int, least: float
) -> None:
    error, se, told = minutes(scanner(data, person))
    assert told.mean() > least
    assert np.mean(np.abs(error[told])) < 0.6
    assert np.mean(np.abs(error[told]) < Z95 * se[told]) > 0.93


def test_a_pulse_recorded_elsewhere_tells_it_too(data: Find) -> None:
    ppg, belt = (np.loadtxt(data(f"peakdet/{name}.csv")) for name in ("PPG", "RESP"))
    error, se, told = minutes(pulse(ppg, 40, belt))
    assert told.mean() > 0.6
    assert np.mean(np.abs(error[told])) < 0.7
    assert np.mean(np.abs(error[told]) < Z95 * se[told]) > 0.93


@pytest.mark.parametrize("person", [5, 7])
def test_where_the_intervals_hardly_tell_it_they_mostly_say_nothing(
    data: Find, person: int
) -> None:
    """Person 5 sighs and pauses; the intervals of person 7 swing more slowly than breath.

    Of the few minutes in which person 5's intervals do tell, 7 in 10 hold the count.
    """
    error, se, told = minutes(scanner(data, person))
    assert told.mean() < 0.5
    assert np.mean(np.abs(error[told]) < Z95 * se[told]) > 0.65


def test_over_everyone_that_was_not_chosen_on_the_interval_holds_the_count(data: Find) -> None:
    ppg, belt = (np.loadtxt(data(f"peakdet/{name}.csv")) for name in ("PPG", "RESP"))
    bodies = [*(scanner(data, k) for k in (5, 6, 7, 8)), pulse(ppg, 40, belt), garcia(data)]
    bodies.append(neurokit(data, "bio_eventrelated", 150.0))
    found = [minutes(body) for body in bodies]
    error, se, told = (np.concatenate(column) for column in zip(*found, strict=True))
    assert told.mean() > 0.45
    assert np.mean(np.abs(error[told]) < Z95 * se[told]) > 0.93
    assert np.mean(np.abs(error[told])) < 0.7


def test_slow_breathing_is_seen_in_an_ecg(data: Find) -> None:
    error, se, told = minutes(garcia(data))
    assert told.all()
    assert np.abs(error).max() < 0.7
    assert np.all(np.abs(error) < Z95 * se)


def test_a_rhythm_is_no_count_where_breathing_pauses(data: Find) -> None:
    """Two long pauses: 16.8 breaths a minute were taken, in a rhythm of 18.7."""
    body = neurokit(data, "bio_eventrelated", 150.0)
    found = heart(body, np.array([0.0]), 150.0)
    counted = breathing_rate(body.breaths, Span(0, 150)).value
    assert counted == pytest.approx(16.8, abs=0.3)
    assert counted + 1 < found.values[0] < 20
    assert abs(found.values[0] - counted) < Z95 * found.se[0]


def test_heights_that_do_not_breathe_give_no_respiratory_swing(data: Find) -> None:
    """At 100 Hz the height of an R peak is mostly where its samples fell.

    Breaths counted in it made 60 ms of a swing of 111.
    """
    body = neurokit(data, "bio_eventrelated", 150.0)
    assert body.edr is not None
    stage = HeightBreathing("a")
    out: dict[str, Any] = joined([stage.push(body.edr), stage.finish()])
    assert np.mean(out["breathing_quality"].values >= 0.5) < 0.35
    assert resphrv(body.beats, out["breaths"], Span(0, 60)).reason


def test_heights_that_breathe_give_the_swing_that_a_belt_gives(data: Find) -> None:
    body = neurokit(data, "bio_resting_5min", 300.0)
    assert body.edr is not None
    stage = HeightBreathing("a")
    breaths: Any = joined([stage.push(body.edr), stage.finish()])["breaths"]
    by_belt, by_height = (resphrv(body.beats, b, Span(0, 300)) for b in (body.breaths, breaths))
    assert by_height.value == pytest.approx(by_belt.value, abs=Z95 * by_height.se)
    rate = breathing_rate(breaths, Span(0, 300))
    belt = breathing_rate(body.breaths, Span(0, 300))
    assert rate.value == pytest.approx(belt.value, abs=Z95 * rate.se)
    assert rate.se > 0.08 * rate.value
