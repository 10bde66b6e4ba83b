"""Simulation-based calibration: where the truth lies within what the filter believes.

People are drawn from the body's own population, dangers at random; at one second of each, the
truth's rank within the estimate's distribution. If intervals of every level cover as they say,
ranks are spread evenly (Talts et al. 2018, arXiv:1804.06788). Flat means: a chi-square test
over ten bins does not see them otherwise (p > 0.01; once in a hundred flat ones it would).
"""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.stats import chisquare, norm

from interbeat.body import Inputs, Person, live
from interbeat.body.truth import PersonTruth
from interbeat.core.arrays import FloatArray
from interbeat.core.signal import Signal
from interbeat.state import drives

LONG = bool(os.environ.get("INTERBEAT_LONG"))
PEOPLE = range(1_500_000, 1_500_000 + (600 if LONG else 80))
SECONDS, REST = 720.0, 270.0
BINS = 10
# What 600 people show and a few do not: how much higher sympathetic drive is after rest than
# the filter thinks, by 0.3 of a standard error.
SKEWED = pytest.mark.xfail(LONG, reason="ranks 18 40 35 52 51 83 69 84 74 94", strict=False)
NAMES = ("vagal", "sympathetic")


def _lived(seed: int) -> PersonTruth:
    rng = np.random.default_rng([91, seed])
    person = Person.drawn(rng, age=rng.uniform(20, 60))
    calm = Inputs.at_rest(SECONDS)
    danger = np.zeros(calm.danger.size)
    for _ in range(3):
        start = rng.uniform(REST, SECONDS - 100)
        danger[int(10 * start) : int(10 * (start + rng.uniform(30, 90)))] = rng.uniform(0.3, 1)
    return live([person], [replace(calm, danger=danger)], seed=seed)["a"]


@cache
def _ranks(belt: bool) -> FloatArray:
    """Return one rank a person and drive, shape (people, 2)."""
    return np.array([rank for seed in PEOPLE if (rank := _ranked(seed, belt)) is not None])


def _ranked(seed: int, belt: bool) -> list[float] | None:
    truth = _lived(seed)
    breath = Signal(truth.volume.values[::2], 25.0, "L", "a", 0.0) if belt else None
    found = drives(truth.beats, breathing=breath)
    if found.baseline is None:
        return None
    second = int(np.random.default_rng([92, seed]).integers(int(REST), int(SECONDS) - 20))
    k = int(np.searchsorted(found.times, second))
    rest = slice(int(found.baseline.start), int(found.baseline.end))
    out = []
    for name in NAMES:
        told = np.log(np.maximum(getattr(truth, name).values[::10], 1e-3))
        track = getattr(found, name)
        off = told[second] - told[rest].mean() - track.values[k]
        out.append(float(norm.cdf(off / track.se[k])))
    return out


@pytest.mark.parametrize("belt", [True, False], ids=["belt", "no belt"])
@pytest.mark.parametrize("name", ["vagal", pytest.param("sympathetic", marks=SKEWED)])
def test_ranks_are_flat(name: str, belt: bool) -> None:
    ranks = _ranks(belt)[:, NAMES.index(name)]
    counts = np.histogram(ranks, BINS, (0, 1))[0]
    assert ranks.size > 0.9 * len(PEOPLE)
    assert chisquare(counts).pvalue > 0.01, counts
