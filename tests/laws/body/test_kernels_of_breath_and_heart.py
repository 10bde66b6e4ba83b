"""Each kernel of breath and heart against a plain twin, written from the equations."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from interbeat.core.arrays import FloatArray
from interbeat.kernels.breathing import Breath, Chest, Drawn, Wanted, breaths_of
from interbeat.kernels.circulation import Body, Drives, circulation_of

STEP, FINE = 0.02, 5
CHEST = Chest(0.15, 3.5, 12.0, 38.0, 0.06, 30.0, 2.5, 1.2, 0.6)


def wanted(n: int, **tracks: Any) -> Wanted:  # noqa: ANN401 - a level or a track
    """Return two people's wants; the second breathes a little faster."""
    levels: dict[str, Any] = {
        "rate": 0.25, "depth": 0.5, "inspired": 0.4, "hasty": 0.2, "uneven": 0.3,
        "heeded": 1.0, "sighing": 0.02, "load": 1.2, "pull": 0.0,
        "pacer": np.nan, **tracks,
    }  # fmt: skip
    two = np.array([[1.0], [1.2]])
    return Wanted(**{
        name: np.ones((2, n)) * level * (two if name == "rate" else 1.0)
        for name, level in levels.items()
    })  # fmt: skip


def drawn(breaths: int, seed: int) -> Drawn:
    rng = np.random.default_rng(seed)
    return Drawn(
        rng.standard_normal((2, breaths)),
        rng.standard_normal((2, breaths)),
        rng.random((2, breaths)),
        np.array([0.3, 0.8]),
    )


def breathed(want: Wanted, draws: Drawn) -> Breath:
    people, n = want.rate.shape
    onsets, peaks, depths = np.full((3, people, draws.sighs.shape[1]), np.nan)
    counts = np.zeros(people, dtype=np.int64)
    volume, tension = np.empty((people, FINE * n)), np.empty((people, n))
    out = Breath(volume, tension, onsets, peaks, depths, counts)
    breaths_of((CHEST, CHEST), want, draws, STEP, out)
    return out


class Lung:
    """One person's breath in progress, plainly."""

    def __init__(self, person: int, want: Wanted, draws: Drawn) -> None:
        self.person, self.want, self.draws = person, want, draws
        self.carbon, self.felt, self.told = CHEST.set_point, 0.0, list[list[float]]()
        self.phase = float(draws.phases[person])
        self.begin(0, 0.0)
        self.told[0][0] = -self.phase / self.speed
        self.told[0][1] = self.told[0][0] + self.share / self.speed

    def at(self, name: str, i: int) -> float:
        return float(getattr(self.want, name)[self.person, i])

    def begin(self, i: int, time: float) -> None:
        k, p = len(self.told), self.person
        self.speed = self.at("rate", i) / math.exp(
            self.at("hasty", i) * self.draws.durations[p, k]
        )
        beat = self.at("pacer", i)
        if not math.isnan(beat):
            self.speed /= 1 - CHEST.following * ((beat + 0.5) % 1 - 0.5)
        deep = self.at("depth", i) * math.exp(self.at("uneven", i) * self.draws.depths[p, k])
        deep *= max(0.1, 1 + self.at("heeded", i) * CHEST.drive * self.felt)
        if self.draws.sighs[p, k] < self.at("sighing", i) / self.speed:
            deep *= CHEST.sigh
        self.deep, self.share = min(deep, CHEST.deepest), self.at("inspired", i)
        self.told.append([time, time + self.share / self.speed, self.deep])

    def gas(self, i: int) -> None:
        seconds = STEP * FINE
        fresh = max(self.deep - CHEST.dead_space, 0) * self.speed
        made = self.at("load", i) * CHEST.produced
        self.carbon += (made - fresh * self.carbon) / CHEST.stored * seconds
        self.felt += (self.carbon - CHEST.set_point - self.felt) * seconds / CHEST.lag

    def filled(self) -> float:
        turn = (
            self.phase / self.share
            if self.phase < self.share
            else 1 + (self.phase - self.share) / (1 - self.share)
        )
        return self.deep * (1 - math.cos(math.pi * turn)) / 2

    def go(self, k: int, other: float) -> None:
        i = k // FINE
        pull = self.at("pull", i) * math.sin(2 * math.pi * (other - self.phase))
        fast = max(self.speed + pull, 0.2 * self.speed)
        now = self.phase + fast * STEP
        if self.phase < self.share <= now:
            self.told[-1][1] = (k + (self.share - self.phase) / (fast * STEP)) * STEP
        if now >= 1:
            over = (now - 1) / fast
            self.begin(i, (k + 1) * STEP - over)
            now = over * self.speed
        self.phase = now


PACER = np.where(np.arange(600) < 200, np.nan, 0.27 * (np.arange(600) - 200) / 10)


@pytest.mark.parametrize(
    ("pull", "pacer"), [(0.0, np.nan), (0.05, np.nan), (0.6, np.nan), (0.0, PACER)]
)
def test_breaths_are_those_of_the_plain_twin(pull: float, pacer: float | FloatArray) -> None:
    n = 600
    want, draws = wanted(n, pull=pull, pacer=pacer), drawn(60, seed=4)
    out = breathed(want, draws)
    lungs = [Lung(p, want, draws) for p in (0, 1)]
    volume = np.empty((2, n * FINE))
    for k in range(n * FINE):
        for lung in lungs:
            if k % FINE == 0:
                lung.gas(k // FINE)
                assert out.tension[lung.person, k // FINE] == pytest.approx(lung.carbon)
            volume[lung.person, k] = lung.filled()
        phases = [lung.phase for lung in lungs]
        for lung in lungs:
            lung.go(k, phases[1 - lung.person])
    np.testing.assert_allclose(out.volume, volume, atol=1e-9)
    for lung in lungs:
        count = out.counts[lung.person]
        assert count == len(lung.told)
        told = np.stack((out.onsets, out.peaks, out.depths))[:, lung.person, :count]
        np.testing.assert_allclose(told.T, lung.told, atol=1e-9)


BODY = Body(
    intrinsic=0.6, vagal_gain=0.7, sympathetic_gain=0.12, vagal_most=3.0,
    sympathetic_most=0.9, vagal_reflex=0.04, sympathetic_reflex=0.02, vessel_reflex=0.04,
    gate=0.8, set_point=92.0, scale=18.0, adaptation=0.4, vagal_delay=12,
    sympathetic_delay=85, vessel_delay=110, vagal_lag=1.4, nerve_lag=2.0, release_lag=9.0,
    vessel_lag=1.5, resistance=0.4, runoff=1.5, ground=25.0, pulse=42.0, filling=36.0,
    rest=0.91,
)  # fmt: skip


def driven(n: int, seed: int) -> tuple[Drives, FloatArray, FloatArray, FloatArray]:
    """Return drives, volume, flow and noise that leave nothing at rest."""
    rng = np.random.default_rng(seed)
    tracks = [1 + 0.3 * rng.random(n) for _ in range(3)]
    free = [np.linspace(1, 0.2, n), np.linspace(0.5, 1, n)]
    rest = [5 * rng.random(n), 1 - 0.2 * rng.random(n), np.full(n, 7.0)]
    times = np.arange(n * FINE) * STEP
    volume = 0.3 * np.sin(2 * math.pi * 0.25 * times)
    noise = 0.2 * rng.standard_normal(n * FINE)
    return Drives(*tracks, *free, *rest), volume, np.gradient(volume, STEP), noise


def bent(share: float, most: float) -> float:
    return float(share / (1 + (share / most) ** 4) ** 0.25)


def plain_circulation(
    drives: Drives, volume: FloatArray, flow: FloatArray, noise: FloatArray
) -> tuple[list[list[float]], list[list[float]]]:
    """Return beats (time, systolic, diastolic) and effects, with whole histories in lists."""
    b, lag = BODY, STEP
    sent: list[list[float]] = []  # what each nerve sent at each step
    vagus = nerve = node = tone = 1.0
    pressure = felt = b.set_point
    phase, last, beats, effects = 0.5, -0.5 * b.rest, list[list[float]](), list[list[float]]()

    def arrives(which: int, delay: int) -> float:
        return sent[-1 - delay][which] if len(sent) > delay else 1.0

    for k in range(noise.size):
        i = k // FINE
        felt += (pressure - drives.column[i] - felt) * lag / b.adaptation
        heard = b.scale * math.atan((felt - b.set_point) / b.scale)
        vagal = drives.vagal[i] * max(0.0, 1 + b.vagal_reflex * heard)
        sent.append([
            vagal * (1 - math.tanh(b.gate * volume[k])),
            max(0.0, drives.sympathetic[i] * (1 - b.sympathetic_reflex * heard)),
            max(0.0, drives.vessel[i] * (1 - b.vessel_reflex * heard + noise[k])),
        ])  # fmt: skip
        vagus += (arrives(0, b.vagal_delay) - vagus) * lag / b.vagal_lag
        nerve += (arrives(1, b.sympathetic_delay) - nerve) * lag / b.nerve_lag
        node += (nerve - node) * lag / b.release_lag
        tone += (arrives(2, b.vessel_delay) - tone) * lag / b.vessel_lag
        narrow = max(0.2, 1 + b.resistance * (tone - 1))
        pressure -= (pressure - b.ground) * lag / (b.runoff * narrow)
        longer = bent(drives.muscarinic[i] * b.vagal_gain * vagus, b.vagal_most)
        shorter = bent(drives.beta[i] * b.sympathetic_gain * node, b.sympathetic_most)
        interval = b.intrinsic * (1 + longer) / (1 + shorter)
        phase += lag / interval
        if phase >= 1:
            phase -= 1
            at = (k + 1) * lag - phase * interval
            rise = b.pulse * drives.preload[i] + b.filling * (at - last - b.rest)
            rise = max(1.0, rise - drives.suction[i] * flow[k])
            beats.append([at, pressure + rise, pressure])
            pressure, last = pressure + rise, at
        if k % FINE == FINE - 1:
            effects.append([drives.muscarinic[i] * vagus, drives.beta[i] * node])
    return beats, effects


def test_beats_are_those_of_the_plain_twin() -> None:
    n = 600
    given = driven(n, seed=2)
    effects, told = np.empty((2, n)), np.empty((3, 300))
    count = circulation_of(
        BODY, *given, STEP, effects[0], effects[1], told[0], told[1], told[2]
    )
    beats, slow = plain_circulation(*given)
    assert count == len(beats) > 40
    np.testing.assert_allclose(told[:, :count].T, beats, rtol=1e-9)
    np.testing.assert_allclose(effects.T, slow, rtol=1e-9)


def test_beats_stop_where_there_is_no_room_for_them() -> None:
    given = driven(600, seed=2)
    effects, told = np.empty((2, 600)), np.full((3, 20), np.nan)
    count = circulation_of(
        BODY, *given, STEP, effects[0], effects[1], told[0, :10], told[1, :10], told[2, :10]
    )
    assert count == 10
    assert np.isnan(told[:, 10:]).all()
