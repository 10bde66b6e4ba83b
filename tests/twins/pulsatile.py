"""Kotani: pulsatile pressure, a pacemaker and two branches, after Seidel, Herzel and Kotani.

Seidel & Herzel 1998, doi:10.1016/S0167-2789(97)00229-7; Kotani et al. 2002,
doi:10.1103/PhysRevE.65.051923, and 2005, doi:10.1103/PhysRevE.72.041904. Constants as in
CSchoel/shm (facts alone were taken). What is ours is told in README.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from tests.twins.days import GRID, Day, Life, slow, streams

from interbeat.core.arrays import FloatArray

__all__ = ["Makeup", "drawn", "kotani"]

STEP = 0.01  # s
WARM_UP = 60.0  # s before a day begins, lived in its first state
LONGEST_DELAY = 420  # steps: 4.2 s

PERIOD = 0.6  # s between beats of a heart without nerves
BARO_FLOOR, BARO_LEVEL, BARO_SLOPE = 50.0, 0.02, 0.00125  # mmHg, 1/mmHg, s/mmHg
NERVE, NERVE_BARO, NERVE_BREATH = 0.95, 0.8, 0.0003  # sympathetic: tone, minus, plus
VAGUS, VAGUS_BARO, VAGUS_BREATH = 1.1, 0.036, 0.0045  # vagal: all of it, plus, plus
VAGUS_DELAY, HEART_DELAY, VESSEL_DELAY = 50, 165, LONGEST_DELAY  # steps
UPTAKE, HEART_RELEASE, VESSEL_RELEASE, VESSEL_TONE = 2.0, 0.7, 0.5, 0.2  # s, 1, 1, 1
NODE_NERVE, NODE_VAGUS = 1.6, 5.8
SYSTOLE = 0.125  # s
STROKE, STROKE_HEART, STROKE_FILLING, STROKE_VESSEL = -13.8, 10.0, 45.0, 20.0
RUNOFF, RUNOFF_VESSEL = 1.96, 1.2  # s; published 2.8 less 1.2, here with the sign of the thesis

# Ours: how much is random in a heart, and where.
NODE_NOISE, VESSEL_NOISE, VAGUS_NOISE = 0.004, 0.35, 0.05
GATE = 1.3  # times the published depth: that gives 2.5 bpm at half a liter, people have 5 to 8
RESET = 10.0  # mmHg by which the baroreflex lets the pressure rise, for each e-fold of the tone


@dataclass(frozen=True, eq=False)
class Makeup:
    """How people differ (ours): factors, each of shape (people, 1 number)."""

    period: FloatArray
    gate: FloatArray
    vagus: FloatArray
    nerve: FloatArray
    baro: FloatArray


def drawn(seeds: Sequence[int]) -> Makeup:
    """Return the makeup of each: logarithms with standard deviations as written here."""
    spreads = (0.12, 0.30, 0.15, 0.20, 0.10)
    draws = np.stack([rng.standard_normal(5) for rng in streams(seeds, 11)])
    return Makeup(*np.exp(draws * np.asarray(spreads)).T)


def kotani(day: Day) -> list[Life]:
    """Return what the heart of each person does on a day."""
    people = len(day.seeds)
    warm = round(WARM_UP / STEP)
    steps = warm + round(day.seconds / STEP)
    at = np.clip((np.arange(steps) - warm) * STEP * GRID, 0, day.vagal.shape[1] - 1).astype(int)
    noise = {
        name: size * slow(streams(day.seeds, purpose), steps // 5 + 1, 20.0, tau)
        for name, size, purpose, tau in (
            ("node", NODE_NOISE, 12, 0.5),
            ("vessel", VESSEL_NOISE, 13, 1.0),
            ("vagus", VAGUS_NOISE, 14, 1.0),
        )
    }
    own = drawn(day.seeds)
    swing = -day.swing  # the published -cos: 1 at the end of a breath out, -1 at half a liter
    phase, last, end = np.zeros(people), np.full(people, -WARM_UP), np.full(people, 90.0)
    pressure, stroke = np.full(people, 90.0), np.full(people, 40.0)
    heart, vessel = np.full(people, 0.2), np.full(people, 0.3)
    past_vagus = np.full((LONGEST_DELAY, people), 0.04)
    past_heart = np.full((LONGEST_DELAY, people), 0.15)
    past_vessel = np.full((LONGEST_DELAY, people), 0.15)
    beats: list[list[float]] = [[] for _ in range(people)]
    reached = np.zeros((2, day.vagal.shape[1], people))
    for k in range(steps):
        now = k * STEP - WARM_UP
        i, j, slot = at[k], k // 5, k % LONGEST_DELAY
        part = (now - last) / SYSTOLE
        ejecting = part < 1
        rest = np.exp(1 - part)
        runoff = RUNOFF + RUNOFF_VESSEL * _saturated(vessel, 1.0, 1.5)
        pressure = np.where(
            ejecting, end + stroke * part * rest, pressure * np.exp(-STEP / runoff)
        )
        rising = np.where(ejecting, stroke / SYSTOLE * (1 - part) * rest, -pressure / runoff)
        floor = BARO_FLOOR + RESET * np.log(day.sympathetic[:, i])
        firing = own.baro * (BARO_LEVEL * (pressure - floor) + BARO_SLOPE * rising)
        relaxed = VAGUS_BARO * firing + VAGUS_BREATH * (1 + GATE * own.gate * swing[:, i])
        arriving = past_vagus[(k - VAGUS_DELAY) % LONGEST_DELAY].copy()
        excited = past_heart[(k - HEART_DELAY) % LONGEST_DELAY].copy()
        narrowed = past_vessel[slot].copy()
        sympathetic = np.maximum(
            NERVE - NERVE_BARO * firing + NERVE_BREATH * (1 + swing[:, i]), 0
        )
        past_vagus[slot] = (
            day.vagal[:, i] * np.maximum(VAGUS * relaxed * (1 + noise["vagus"][:, j]), 0)
        )  # fmt: skip
        past_heart[slot] = day.sympathetic[:, i] * sympathetic
        past_vessel[slot] = sympathetic * np.maximum(1 + noise["vessel"][:, j], 0)
        heart = heart + STEP * (HEART_RELEASE * excited - heart / UPTAKE)
        vessel = vessel + STEP * (VESSEL_RELEASE * (narrowed + VESSEL_TONE) - vessel / UPTAKE)
        faster = 1 + day.nerve[:, i] * own.nerve * NODE_NERVE * _saturated(heart, 2.0, 2.0)
        slower = 1 - day.vagus[:, i] * own.vagus * NODE_VAGUS * _saturated(arriving, 2.5, 2.0)
        rate = (
            faster
            * np.maximum(slower, 0.05)
            * (1 + noise["node"][:, j])
            / (PERIOD * own.period)
        )
        phase = phase + STEP * rate
        reached[:, i] = day.vagus[:, i] * arriving, day.nerve[:, i] * heart
        for who in np.flatnonzero(phase >= 1):
            when = now + STEP - (phase[who] - 1) / rate[who]
            beats[who].append(when)
            full = (
                STROKE + STROKE_HEART * heart[who] + STROKE_FILLING * (when - last[who])
                + STROKE_VESSEL * vessel[who]
            )  # fmt: skip
            stroke[who] = _saturated(np.maximum(full, 1.0), 70.0, 2.0)
            last[who], end[who] = when, pressure[who]
            phase[who] -= 1
    return [
        Life(np.asarray([t for t in one if t >= 0]), reached[0, :, k], reached[1, :, k])
        for k, one in enumerate(beats)
    ]


def _saturated(x: FloatArray, most: float, power: float) -> FloatArray:
    """Return x where it is small, and no more than `most` where it is large."""
    there = x**power
    return np.asarray(x + (most - x) * there / (most**power + there))
