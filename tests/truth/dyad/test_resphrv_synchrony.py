"""RespHRV second by second: what the vagus does together is found, what breath does is not."""

from __future__ import annotations

import os

import numpy as np
import pytest
from scipy.stats import binom
from tests.designed import Person, Sensors, Setting, Task, simulate_couple
from tests.laws.dyad.worlds import RATE, noise

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.errors import DataError
from interbeat.core.signal import Signal
from interbeat.dyad import synchrony
from interbeat.dyad.grid import heart_rate
from interbeat.dyad.preparation import decimated
from interbeat.dyad.resphrv import resphrv_synchrony, swing

LONG = os.environ.get("INTERBEAT_LONG") == "1"
SECONDS = 900
N = round(SECONDS * RATE)
TIMES = np.arange(N) / RATE
PACED = Setting(
    (Person(), Person()),
    tuple(
        Task(f"{k}", breathing=rate, paced=True)
        for k, rate in enumerate((18.0, 12.0, 9.0, 15.0, 10.0, 20.0, 13.0, 17.0))
    ),
    Sensors(respiration=20.0),
)

Breathed = tuple[FloatArray, FloatArray]


def person(rng: np.random.Generator, vagal: FloatArray) -> Breathed:
    """Return heart rate and belt of one who breathes at a pace and depth of their own."""
    pace = rng.uniform(0.18, 0.3) * np.exp(0.1 * noise(rng, 15, N))
    depth = np.exp(0.25 * noise(rng, 15, N))
    phase = 2 * np.pi * np.cumsum(pace) / RATE
    slow = 2 * np.pi * np.cumsum(0.1 + 0.01 * noise(rng, 10, N)) / RATE
    size = 50 * np.exp(0.4 * vagal) * depth / np.sqrt(1 + (pace / 0.12) ** 2)
    rr = 900 + size * np.sin(phase) + 20 * noise(rng, 10, N) + 10 * np.sin(slow)
    turns = np.cumsum(1000 / rr / RATE)
    times = np.interp(np.arange(1, int(turns[-1])), turns, TIMES)
    beats = Beats.at(times + 0.002 * rng.standard_normal(times.size), "a")
    belt = 0.1 * noise(rng, 60, N) - depth * np.cos(phase) + 0.03 * rng.standard_normal(N)
    return heart_rate(beats, TIMES), belt


def pair(seed: int, coupling: float) -> tuple[Breathed, Breathed, FloatArray]:
    rng = np.random.default_rng([seed, round(10 * coupling)])
    vagal = noise(rng, 20, N)
    other = coupling * vagal + np.sqrt(1 - coupling**2) * noise(rng, 20, N)
    return person(rng, vagal), person(rng, other), vagal


def paced(seed: int) -> list[Breathed]:
    """Return two who follow one pacer from pace to pace, and nothing else."""
    simulated = simulate_couple(
        seconds=SECONDS, seed=seed, coupling=0.0, lag=0.0, setting=PACED
    )
    both = []
    for name in "ab":
        belt = simulated.session[name].channels["respiration"]
        assert isinstance(belt, Signal)
        rate = heart_rate(simulated.truth[name].beats, TIMES)
        both.append((rate, decimated(belt.values, 5)[:N]))
    return both


def test_the_swing_follows_the_vagus_better_without_breathing() -> None:
    kept = []
    for seed in range(6):
        one, _, vagal = pair(seed, 0.0)
        found = swing(*one, sampling_rate=RATE)
        there = np.isfinite(found.values)
        assert there.mean() > 0.97
        assert 0.05 < found.share < 0.7
        kept.append(
            [np.corrcoef(v[there], vagal[there])[0, 1] for v in (found.raw, found.values)]
        )
    raw, cleaned = np.mean(kept, axis=0)
    assert cleaned > 0.78 > raw


def test_strangers_are_not_in_synchrony_and_two_whose_vagus_moves_together_are() -> None:
    reps = 200 if LONG else 24
    hits = sum(
        resphrv_synchrony(*pair(k, 0.0)[:2], sampling_rate=RATE).p <= 0.05 for k in range(reps)
    )
    assert hits <= (0.07 * reps if LONG else binom.ppf(0.998, reps, 0.05))
    found = [resphrv_synchrony(*pair(k, 0.8)[:2], sampling_rate=RATE) for k in range(6)]
    assert sum(one.p <= 0.05 for one in found) >= 5
    assert all(one.strength.value > 0 for one in found)


def test_two_who_follow_one_pacer_are_no_longer_in_synchrony_without_their_breath() -> None:
    reps = 200 if LONG else 12
    before = after = 0
    for seed in range(reps):
        both = paced(seed)
        x, y = (decimated(swing(*one, sampling_rate=RATE).raw, 4) for one in both)
        before += synchrony(x, y, sampling_rate=1, window=90, hop=10, max_lag=10).p <= 0.05
        after += resphrv_synchrony(both[0], both[1], sampling_rate=RATE).p <= 0.05
    assert before >= 0.35 * reps
    assert after <= (0.07 * reps if LONG else binom.ppf(0.998, reps, 0.05))


def test_lags_below_what_can_be_resolved_are_not_told() -> None:
    one, other, _ = pair(1, 0.8)
    found = resphrv_synchrony(one, other, sampling_rate=RATE, start=100.0)
    assert found.p <= 0.05
    assert found.lag.reason == "lags under the 20 s over which RespHRV is seen cannot be told"
    assert found.settings["resolution"] == 20
    assert found.signal == "RespHRV"
    assert found.times[0] == 100 + 0.375 + 45
    assert found.settings["sampling_rate"] == 1


def test_what_is_missing_stays_missing_and_reasons_are_given() -> None:
    (rate, belt), other, _ = pair(2, 0.0)
    rate, belt = rate.copy(), belt.copy()
    rate[400:480] = np.nan
    belt[1600:1700] = np.nan
    found = swing(rate, belt, sampling_rate=RATE)
    assert np.isnan(found.values[430:450]).all()
    assert np.isnan(found.values[1640:1660]).all()
    assert np.isfinite(found.values[500:1500]).all()
    silent = (np.full(N, np.nan), belt)
    nothing = resphrv_synchrony(silent, other, sampling_rate=RATE)
    assert nothing.strength.reason == "the RespHRV of a is there for 0 % of the time"
    assert nothing.lag.reason == nothing.strength.reason
    for still in (np.zeros(N), np.full(N, np.nan)):
        unbreathed = resphrv_synchrony((rate, still), other, sampling_rate=RATE)
        assert unbreathed.strength.reason == "the RespHRV of a is there for 0 % of the time"
    assert swing([], [], sampling_rate=RATE).values.size == 0
    short = resphrv_synchrony(
        (rate[2000:3000], belt[2000:3000]),
        (other[0][:1000], other[1][:1000]),
        sampling_rate=RATE,
    )
    assert "of 420 s of common data" in short.strength.reason
    with pytest.raises(DataError, match="3600 samples of heart rate and 3599 of breathing"):
        swing(rate, belt[1:], sampling_rate=RATE)
    with pytest.raises(DataError, match="2 Hz or more, not 1"):
        swing(rate, belt, sampling_rate=1)
