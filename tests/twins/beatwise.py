"""De Boer: pressure and intervals from beat to beat, as difference equations.

De Boer, Karemaker & Strackee 1987, doi:10.1152/ajpheart.1987.253.3.H680. What is ours is told
in README.md.
"""

from __future__ import annotations

import numpy as np
from tests.twins.days import GRID, Day, Life, streams

__all__ = ["deboer"]

SYSTOLIC, DIASTOLIC, INTERVAL, RUNOFF = 120.0, 75.0, 800.0, 1425.0  # mmHg, mmHg, ms, ms
SATURATION = 18.0  # mmHg
FAST = 9.0  # ms/mmHg: by the vagus, within the beat
LATE = np.array([0.0, 1.0, 2.0, 3.0, 2.0, 1.0])  # ms/mmHg: by the sympathetic, beats later
WALL = np.array([0.0, 2.0, 4.0, 6.0, 4.0, 2.0])  # ms/mmHg: on the vessels
RESTITUTION = 0.016  # mmHg/ms
BREATH = 4.0  # mmHg to either side, for a breath of half a liter; published: 3
PRESSURE_NOISE = 1.5  # mmHg; published: 2

# Ours: how much of an interval each branch makes at rest, and where the noise comes from.
VAGAL, SYMPATHETIC = 300.0, 100.0  # ms longer, ms shorter
UNHURRIED = INTERVAL + SYMPATHETIC  # ms: the two act as factors, after Rosenblueth & Simeone
VAGAL_NOISE, NODE_NOISE = 6.0, 4.0  # ms
WARM_UP = 100  # beats


def deboer(day: Day) -> list[Life]:
    """Return what the heart of each person does on a day."""
    rngs = streams(day.seeds, 21)
    people, count = len(rngs), WARM_UP + round(day.seconds / 0.3)
    spread = np.exp(
        np.stack([rng.standard_normal(4) for rng in rngs]) * [0.12, 0.2, 0.25, 0.2]
    ).T
    intrinsic = (UNHURRIED - VAGAL) * spread[0]
    draws = np.stack([rng.standard_normal((count, 3)) for rng in rngs], axis=1)
    offset = SYSTOLIC - DIASTOLIC - RESTITUTION * INTERVAL
    scale = DIASTOLIC / (SYSTOLIC * np.exp(-INTERVAL / RUNOFF))
    reach = LATE.size
    felt = np.zeros((reach, people))  # effective pressure above rest, latest first
    systolic, runoff = np.full(people, SYSTOLIC), np.full(people, RUNOFF)
    interval = np.full(people, INTERVAL)
    swing = day.swing
    times, out = np.zeros(people), np.empty((3, count, people))
    for k in range(count):
        i = np.clip(times * GRID, 0, day.vagal.shape[1] - 1).astype(int)
        who = np.arange(people)
        vagal, sympathetic = day.vagal[who, i], day.sympathetic[who, i]
        vagus, nerve = day.vagus[who, i], day.nerve[who, i]
        drawn_in = swing[who, i]
        diastolic = scale * systolic * np.exp(-interval / runoff)
        systolic = (
            diastolic + RESTITUTION * interval + offset
            - BREATH * spread[2] * drawn_in + PRESSURE_NOISE * draws[k, :, 0]
        )  # fmt: skip
        now = SATURATION * np.arctan((systolic - SYSTOLIC) / SATURATION)
        slower = np.maximum(
            VAGAL * spread[1] + FAST * spread[3] * now + VAGAL_NOISE * draws[k, :, 1], 0
        )
        faster = np.maximum(SYMPATHETIC * sympathetic - LATE @ felt, 0)
        interval = np.maximum(
            (intrinsic + vagus * vagal * slower) * (1 - nerve * faster / UNHURRIED)
            + NODE_NOISE * draws[k, :, 2],
            300,
        )
        runoff = RUNOFF - WALL @ felt
        felt = np.vstack([now, felt[:-1]])
        if k >= WARM_UP:
            times = times + interval / 1000
        out[:, k] = times, vagus * vagal * slower, nerve * faster
    clock = np.arange(day.vagal.shape[1]) / GRID
    return [
        Life(
            one[0, (one[0] > 0) & (one[0] < day.seconds)],
            np.interp(clock, one[0], one[1]),
            np.interp(clock, one[0], one[2]),
        )
        for one in out[:, WARM_UP:].transpose(2, 0, 1)
    ]
