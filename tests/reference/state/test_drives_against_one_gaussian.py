"""The filter and the smoother give what one joint Gaussian of everything gives."""

from __future__ import annotations

import math
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray

from interbeat.kernels.drives import OUTPUTS, STATES, Numbers, backward, forward
from interbeat.state._filter import Events, Filter, Passed, started
from interbeat.state._numbers import BLIND, BREATHED

Floats = NDArray[np.float64]


def _twin() -> ModuleType:
    spec = spec_from_file_location("drives_twin", Path(__file__).with_name("drives_twin.py"))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


twin = _twin()
NUMBERS = [(BREATHED, True), (BLIND, False)]


def made(m: int, seed: int, *, breathed: bool) -> tuple[tuple[Floats, ...], NDArray[np.int64]]:
    """Return events of all kinds, two of them at one instant, with a gap and a hole."""
    rng = np.random.default_rng(seed)
    times = np.cumsum(rng.uniform(0.2, 1.1, m))
    times[m // 2 :] += 30.0
    times[5] = times[4]
    kinds = rng.choice(
        [1, 1, 1, 1, 2, 3, 4, 5, 6, 7 if breathed else 1, 8, 10 if breathed else 1], m
    )
    seen = np.where(kinds % 9 == 1, math.log(0.9) + rng.normal(0, 0.05, m), 0.0)
    seen = np.where(kinds == 8, rng.normal(-3, 0.5, m), seen)
    seen = np.where(kinds == 2, rng.poisson(0.3, m), seen)
    seen = np.where(kinds == 3, rng.uniform(0, 1, m), seen)
    seen[3] = math.nan
    beside = np.where(kinds == 1, rng.normal(0, 1, m) if breathed else 1.0, 0.0)
    beside = np.where(kinds == 2, 1.0, beside)
    beside = np.where(kinds == 3, 0.2, beside)
    beside = np.where((kinds >= 4) & (kinds <= 6), 60.0, beside)
    turned = np.where((kinds == 1) & breathed, rng.normal(0, 0.5, m), 0.0)
    drugs = rng.uniform(-0.5, 0.0, m), rng.uniform(-0.5, 0.0, m)
    return (times, seen, beside, turned, *drugs), kinds.astype(np.int64)


def passed_over(
    numbers: Numbers, given: tuple[Floats, ...], kinds: NDArray[np.int64],
    start: tuple[Floats, Floats], *, breathed: bool,
) -> tuple[Passed, Floats, Floats]:  # fmt: skip
    m = kinds.size
    out = Passed(
        np.empty((m, STATES)), np.empty((m, STATES)), np.empty((m, 3)), np.empty((m, OUTPUTS)),
        np.empty((m, OUTPUTS, STATES)),
    )  # fmt: skip
    mean, spread = start[0].copy(), start[1].copy()
    forward(numbers, breathed, given, kinds, mean, spread, np.zeros(1), *out)
    return out, mean, spread


def linear(
    passed: Passed, kinds: NDArray[np.int64], before: list[Floats], spreads: list[Floats]
) -> list[tuple[Floats, float, float] | None]:
    """Return each observation as the filter linearized it: slope, value and variance."""
    found: list[tuple[Floats, float, float] | None] = []
    for k in range(kinds.size):
        slope, (_, off, variance) = passed.slopes[k], passed.moves[k]
        if math.isinf(variance):
            found.append(None)
            continue
        blur = variance - slope @ spreads[k] @ slope
        found.append((slope, float(off + slope @ before[k]), float(blur)))
    return found


@pytest.mark.parametrize(("numbers", "breathed"), NUMBERS, ids=["breathed", "blind"])
def test_both_passes_agree_with_the_joint_gaussian_to_1e_8(
    numbers: Numbers, breathed: bool
) -> None:
    numbers = numbers._replace(vagal_tail=0.0)
    given, kinds = made(40, 1, breathed=breathed)
    start = started(numbers, 0.9)
    passed, last_mean, last_spread = passed_over(
        numbers, given, kinds, start, breathed=breathed
    )
    seconds = np.diff(given[0], prepend=0.0)
    steps = [twin.transition(numbers, s) for s in seconds]
    before, spreads = [], []
    for k in range(kinds.size):  # what the filter knew just before each observation
        part = tuple(column[:k] for column in given)
        _, mean, spread = passed_over(numbers, part, kinds[:k], start, breathed=breathed)
        f, q = steps[k]
        before.append(f @ mean)
        spreads.append(f @ spread @ f.T + q)
    seen = linear(passed, kinds, before, spreads)
    read = twin.outputs(numbers)
    means, covariances = twin.joint(steps, start, seen)
    np.testing.assert_allclose(last_mean, means[-1], atol=1e-8)
    np.testing.assert_allclose(last_spread, covariances[-1], atol=1e-8)
    for k in (4, 11, 25):  # the filter at some events: all that came up to them, and no more
        some, _ = twin.joint(steps[: k + 1], start, seen[: k + 1])
        np.testing.assert_allclose(passed.drives[k], read @ some[-1], atol=1e-8)
    drives, within = passed.drives.copy(), np.empty((kinds.size, OUTPUTS, OUTPUTS))
    backward(
        numbers, passed.slopes, passed.gains, passed.moves, passed.with_states,
        drives, within,
    )  # fmt: skip
    np.testing.assert_allclose(drives, means @ read.T, atol=1e-8)
    np.testing.assert_allclose(within, read @ covariances @ read.T, atol=1e-8)


@pytest.mark.parametrize(("numbers", "breathed"), NUMBERS, ids=["breathed", "blind"])
def test_each_observation_is_linearized_where_the_filter_ends_up(
    numbers: Numbers, breathed: bool
) -> None:
    given, kinds = made(30, 2, breathed=breathed)
    start = started(numbers, 0.9)
    for k in range(kinds.size):
        part = tuple(column[: k + 1] for column in given)
        passed, mean, _ = passed_over(numbers, part, kinds[: k + 1], start, breathed=breathed)
        if math.isinf(passed.moves[k, 2]):
            continue
        kind, seen = int(kinds[k]), (float(given[2][k]), float(given[3][k]))
        blank = given[1][: k + 1].copy()
        blank[k] = math.nan
        _, before, _ = passed_over(
            numbers, (part[0], blank, *part[2:]), kinds[: k + 1], start, breathed=breathed
        )
        drugged = given[4][k] * np.eye(STATES)[twin.VAGAL]
        drugged += given[5][k] * np.eye(STATES)[twin.SYMP_EFFECT]
        slope = [
            np.diff(
                [
                    twin.expected(
                        numbers,
                        kind,
                        seen,
                        mean + drugged + step * unit,
                        before=before + drugged,
                        breathed=breathed,
                    )
                    for step in (-1e-6, 1e-6)
                ]
            )[0]
            / 2e-6
            for unit in np.eye(STATES)
        ]
        np.testing.assert_allclose(passed.slopes[k], slope, atol=1e-2)


def test_a_drive_far_from_rest_moves_more_freely() -> None:
    given, kinds = made(60, 3, breathed=True)
    given[1][kinds % 9 == 1] -= 0.3 * (given[0][kinds % 9 == 1] > given[0][30])
    start = started(BREATHED, 0.9)
    calm = Filter(BREATHED._replace(vagal_tail=0.0), start, breathed=True)
    lively = Filter(BREATHED._replace(vagal_tail=3.0), start, breathed=True)
    events = _events(given, kinds)
    assert lively.over(events).drives[-1, 0] < calm.over(events).drives[-1, 0]


def _events(given: tuple[Floats, ...], kinds: NDArray[np.int64]) -> Events:
    times, seen, beside, turned, vagal, sympathetic = given
    return Events(times, seen, beside, turned, vagal, sympathetic, kinds)
