"""Standard errors of linear models: the ordinary ones where noise is simple, true where not."""

from __future__ import annotations

import numpy as np
import pytest

from interbeat.core.arrays import FloatArray
from interbeat.neurochemistry.tracers._answers import widened
from interbeat.neurochemistry.tracers._linear import Equations, Noise, covariance, solved
from interbeat.neurochemistry.tracers._spec import Frames, Problem

N = 24
FRAMES = Frames(np.arange(0.0, 2.0 * N, 2.0), np.arange(2.0, 2.0 * N + 2, 2.0))
WEIGHTS = np.linspace(1.8, 0.2, N)
COLUMNS = np.stack([FRAMES.middles, np.ones(N)], axis=1)
EVERY = np.ones(N, dtype=np.bool_)
SUMS = np.tril(np.ones((N, N)))


def _problem(activity: FloatArray, reference: FloatArray) -> Problem:
    return Problem(FRAMES, activity, WEIGHTS, reference)


def _left(equations: Equations) -> FloatArray:
    best = solved(equations, WEIGHTS)
    assert best is not None
    return equations.target - equations.columns @ best


def test_with_noise_of_each_equation_alone_they_are_those_of_weighted_least_squares() -> None:
    rng = np.random.default_rng(1)
    target = 2 * FRAMES.middles + rng.standard_normal(N)
    equations = Equations(COLUMNS, target, EVERY)
    left = _left(equations)
    noise = Noise(np.eye(N), np.zeros((N, N)))
    found = covariance(_problem(target, np.ones(N)), equations, left, noise)
    level = WEIGHTS @ left**2 / (N - 2)
    ordinary = level * np.linalg.inv(COLUMNS.T @ (COLUMNS * WEIGHTS[:, None]))
    assert found == pytest.approx(widened(N - 2) ** 2 * ordinary, rel=1e-9)


def test_with_noise_that_adds_up_they_are_what_repetition_shows() -> None:
    rng = np.random.default_rng(2)
    slopes: list[float] = []
    told: list[float] = []
    ordinary: list[float] = []
    for _ in range(400):
        target = 50 + SUMS @ (rng.standard_normal(N) / np.sqrt(WEIGHTS))
        equations = Equations(COLUMNS, target, EVERY)
        best = solved(equations, WEIGHTS)
        assert best is not None
        slopes.append(best[0])
        problem, left = _problem(target, np.ones(N)), _left(equations)
        for noise, into in ((SUMS, told), (np.eye(N), ordinary)):
            spread = covariance(problem, equations, left, Noise(noise, np.zeros((N, N))))
            into.append(np.sqrt(spread[0, 0]))
    assert np.sqrt(np.mean(np.square(told))) == pytest.approx(np.std(slopes), rel=0.15)
    assert np.mean(ordinary) < 0.5 * np.std(slopes)


def test_equations_that_do_not_tell_have_no_coefficients_and_no_errors() -> None:
    same = Equations(np.ones((N, 2)), np.ones(N), EVERY)
    assert solved(same, WEIGHTS) is None
    noise = Noise(np.eye(N), np.eye(N))
    found = covariance(_problem(np.ones(N), np.ones(N)), same, np.zeros(N), noise)
    assert np.all(np.isnan(found))
