"""Courses of cortisol whose truth is known: areas are not biased, and intervals hold it.

What an interval is held against is the trapezoid through what was really in the tubes: the
error of the assay is what it speaks of. Twenty people live through 110 minutes with a threat
after half an hour; their saliva is sampled seven times, as after a stress test.
"""

from __future__ import annotations

import math
import os
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from tests.designed.plates import run_of_body

from interbeat.body.appraisal import appraise
from interbeat.body.assay import Tube, cortisol_kit, run_plates
from interbeat.body.glands import Glands, secrete
from interbeat.body.inputs import Inputs, Tie
from interbeat.body.mind import Mind
from interbeat.body.noise import Streams
from interbeat.core.arrays import FloatArray
from interbeat.core.sample import Sample
from interbeat.neurochemistry.courses.assay_error import AssayError
from interbeat.neurochemistry.courses.course import Course, CourseSettings, courses
from interbeat.neurochemistry.plates.assaying import assay

MINUTES = np.array([5, 29, 60, 70, 80, 90, 100])
LONG = bool(os.environ.get("INTERBEAT_LONG"))
ON_A_PLATE = 5  # people
CV = 0.08  # of the plain assay with a limit


@cache
def lives(people: int, seed: int) -> FloatArray:
    """Return the free cortisol in saliva of people (rows) at the seven times, in nmol/L."""
    (calm,) = appraise(
        [Mind()], [Inputs.at_rest(0.1)], ties=[Tie()], contact=np.ones(1),
        streams=[Streams(0, 0)],
    )  # fmt: skip
    rng = np.random.default_rng(seed)
    found = []
    for k in range(people):
        threat = np.zeros(110 * 600)
        threat[30 * 600 : 45 * 600] = rng.uniform(0, 1)
        seen = calm._replace(threat=threat, safety=np.zeros(threat.size))
        glands = replace(Glands(), hour=float(rng.uniform(9, 18)))
        body = secrete(
            glands, Inputs.at_rest(threat.size / 10), mind=seen, streams=Streams(seed + k, 0)
        )
        found.append(body.cortisol_saliva[60 * MINUTES])
    return np.array(found)


def areas(levels: FloatArray) -> dict[str, float]:
    ground = float(np.trapezoid(levels, MINUTES))
    return {"AUCg": ground, "AUCi": ground - float(levels[0] * np.ptp(MINUTES))}


def tubes(levels: FloatArray) -> list[Tube]:
    return [
        Tube("cortisol", "saliva", str(k), "nmol/L", 60.0 * minute, float(level))
        for k, row in enumerate(levels)
        for minute, level in zip(MINUTES, row, strict=True)
    ]


@cache
def plates() -> list[tuple[Course, FloatArray]]:
    """Return the course of each of 20 people on 60 runs of 4 plates, and what was really there.

    1200 courses, or 4800 in the long version.
    """
    found, levels = [], lives(20, 500)
    how = CourseSettings(error=controls())
    for seed in range(100, 340 if LONG else 160):
        for first in range(0, len(levels), ON_A_PLATE):
            own = levels[first : first + ON_A_PLATE]
            plate = run_plates(tubes(own), cortisol_kit(), streams=Streams(seed, first))[0]
            found += [(one, own[int(one.person)]) for one in courses(plate.samples, how)]
    return found


@cache
def controls() -> AssayError:
    """Return the error that a laboratory learns from a pool like the samples on 100 plates."""
    level = float(lives(20, 500).mean())
    pool = [Tube("cortisol", "saliva", "q", "nmol/L", float(k), level) for k in range(39)]
    runs = (run_plates(pool, cortisol_kit(), streams=Streams(9000 + k, 1)) for k in range(100))
    read = np.log([[one.value for one in plate.samples] for (plate,) in runs])
    within = float(read.var(axis=1, ddof=1).mean())
    between = float(read.mean(axis=1).var(ddof=1)) - within / len(pool)
    return AssayError(cv=math.sqrt(within), shared=math.sqrt(between))


def off(found: Course, levels: FloatArray, name: str) -> float:
    """Return by how many standard errors a number is off."""
    number = found.numbers[name]
    return (number.value - areas(levels)[name]) / number.se


@pytest.mark.parametrize("name", ["AUCg", "AUCi"])
def test_intervals_hold_what_was_in_the_tubes(name: str) -> None:
    z = np.array([off(found, own, name) for found, own in plates()])
    assert 0.93 <= np.mean(np.abs(z) < 1.96) <= 0.97
    assert abs(z.mean()) < 0.25


def test_areas_are_not_biased() -> None:
    ratio = [found.numbers["AUCg"].value / areas(own)["AUCg"] for found, own in plates()]
    assert np.mean(ratio) == pytest.approx(1.0, abs=0.02)


def test_from_colors_to_areas() -> None:
    """The whole way: colors, standard curve, samples, courses; 300 courses, or 1200.

    The samples bring their own standard errors, controls what their plate shares.
    """
    levels, off_by = lives(20, 500), {"AUCg": [0.0], "AUCi": [0.0]}
    how = CourseSettings(error=AssayError(shared=controls().shared))
    for seed in range(100, 160 if LONG else 115):
        for first in range(0, 20, ON_A_PLATE):
            own = levels[first : first + ON_A_PLATE]
            plate = run_plates(tubes(own), cortisol_kit(), streams=Streams(seed, first))[0]
            for found in courses(assay(run_of_body([plate])).samples, how):
                for name, held in off_by.items():
                    held.append(off(found, own[int(found.person)], name))
    room = 0.0 if LONG else 0.03  # 60 plates, whose people share their error, tell no more
    for name, held in off_by.items():
        covered = np.mean(np.abs(held[1:]) < 1.96)
        assert 0.93 - room <= covered <= 0.97 + room / 2, name


def limited(levels: FloatArray, limit: float, rng: np.random.Generator) -> Course:
    """Return the course of a plain assay that cannot quantify below `limit`."""
    read = levels * np.exp(CV * rng.standard_normal(levels.size) - CV**2 / 2)
    return courses(
        [
            Sample(
                "cortisol", float(v), "nmol/L", 60.0 * minute, "saliva", "a",
                se=CV * float(v), lower=limit,
            )
            for minute, v in zip(MINUTES, read, strict=True)
        ],
        CourseSettings(draws=100),
    )[0]  # fmt: skip


def beyond(share: float) -> dict[str, FloatArray]:
    """Return how far areas are off where about this share of each course is censored."""
    rng = np.random.default_rng(5)
    z: dict[str, list[float]] = {"AUCg": [], "AUCi": []}
    for levels in np.tile(lives(60, 700), (20 if LONG else 8, 1)):
        found = limited(levels, float(np.quantile(levels, share)), rng)
        if not found.numbers["AUCg"].reason:
            for name, held in z.items():
                held.append(off(found, levels, name))
    return {name: np.array(held) for name, held in z.items()}


@pytest.mark.parametrize("share", [0.1, 0.25])
def test_intervals_hold_where_up_to_a_third_is_below_the_limit(share: float) -> None:
    for name, z in beyond(share).items():
        assert 0.93 <= np.mean(np.abs(z) < 1.96) <= 0.975, name
        assert abs(z.mean()) < 0.3, name


def test_a_zero_for_what_is_below_the_limit_would_be_far_off() -> None:
    rng = np.random.default_rng(5)
    ours, zeros = [], []
    for levels in lives(60, 700):
        found = limited(levels, float(np.quantile(levels, 0.25)), rng)
        if found.numbers["AUCg"].reason:
            continue
        ours.append(found.numbers["AUCg"].value / areas(levels)["AUCg"] - 1)
        zeros.append(found.least / areas(levels)["AUCg"] - 1)
    assert abs(np.mean(ours)) < 0.02
    assert np.mean(zeros) < -0.1


def test_the_spread_of_neighboring_wells_alone_holds_less() -> None:
    """Why controls are asked for: 9 in 10, and half, of intervals that should hold 19 in 20."""
    z: dict[str, list[float]] = {"AUCg": [], "AUCi": []}
    levels = lives(20, 500)[:ON_A_PLATE]
    for seed in range(100, 160):
        plate = run_plates(tubes(levels), cortisol_kit(), streams=Streams(seed, 0))[0]
        for found in courses(plate.samples):
            for name, held in z.items():
                held.append(off(found, levels[int(found.person)], name))
    held_by = {name: float(np.mean(np.abs(values) < 1.96)) for name, values in z.items()}
    assert held_by["AUCg"] < 0.7
    assert 0.8 < held_by["AUCi"] < 0.94
