"""The smoother of skin conductance against all of it written out as one Gaussian."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.kernels import sweat

N, RISE, DECAY = 40, 3.5, 12.0  # steps
SEEN = np.array([1.0, -1.0, 1.0, 0.0])


def settings() -> FloatArray:
    values = np.zeros(sweat.SETTINGS)
    values[[sweat.RISE, sweat.DECAY, sweat.DRIFT]] = RISE, DECAY, 1e-4
    values[[sweat.SIGMAS, sweat.LEAST, sweat.NEAR, sweat.APART]] = 4.5, 0.03, 3.0, 7.0
    values[[sweat.SHIFT, sweat.SEARCH, sweat.RISES, sweat.SPAN]] = 0.4, 20.0, 5.0, 3.0
    values[[sweat.SLOPE_FREE, sweat.AROUND]] = 1e-2, 0.0
    return values


def start() -> FloatArray:
    state = np.zeros(sweat.STATE)
    state[:4] = 0.3, 0.1, 5.0, 0.01
    state[4], state[8], state[11], state[13] = 0.25, 0.04, 1.0, 1e-3
    state[5] = 0.02
    return state


class Written:
    """The same model without recursion: every state a linear sum of independent causes."""

    def __init__(
        self,
        rows: FloatArray,
        wander: FloatArray,
        loose: BoolArray,
        *,
        rise: float = RISE,
        decay: float = DECAY,
    ) -> None:
        self.rise, self.decay = rise, decay
        moves = np.diag([np.exp(-1 / decay), np.exp(-1 / rise), 1.0, 1.0])
        moves[2, 3] = 1.0
        first = np.zeros((4, 4))
        s = start()
        first[np.triu_indices(4)] = s[4:]
        mean, cause = (
            [s[:4]],
            [np.linalg.cholesky(first + np.triu(first, 1).T + 1e-15 * np.eye(4))],
        )
        self.burst: list[int] = []
        for k in range(N - 1):
            mean.append(moves @ mean[-1])
            stay = moves.copy()
            if loose[k]:  # level and slope begin anew
                mean[-1][2:] = s[2], 0.0
                stay[2:] = 0.0
            new = self._loose() if loose[k] else self._slope()
            new.append(np.array([np.sqrt(wander[k]), 0, 0, 0]))
            for row in rows[rows[:, sweat.POSITION].astype(int) == k]:
                self.burst.append(cause[-1].shape[1] + len(new))
                new.extend(self._burst(row, k))
            cause.append(np.column_stack((stay @ cause[-1], *new)))
        width = cause[-1].shape[1]
        self.causes = np.stack([np.pad(c, ((0, 0), (0, width - c.shape[1]))) for c in cause])
        self.mean = np.stack(mean)

    def _slope(self) -> list[FloatArray]:
        """Noise of the slope: its two independent parts over a step."""
        q = 1e-4
        both = np.linalg.cholesky(np.array([[q / 3, q / 2], [q / 2, q]]))
        return [np.concatenate(([0, 0], part)) for part in both.T]

    def _loose(self) -> list[FloatArray]:
        """Any level, and the tail of what came while nothing was seen."""
        level, slope = np.array([0, 0, np.sqrt(sweat.FREE), 0]), np.array([0, 0, 0, 0.1])
        return [level, slope, np.array([np.sqrt(sweat.STIRRED), 0, 0, 0])]

    def _burst(self, row: FloatArray, k: int) -> list[FloatArray]:
        """Amplitude, in 2 µS, and onset, in 0.4 steps."""

        def left(onset: float) -> FloatArray:
            slow, fast = sweat.burst(k + 1 - onset, self.rise, self.decay)
            return np.array([slow, fast, 0, 0])

        onset, step = row[sweat.POSITION], 1e-5
        later = (left(onset + step) - left(onset - step)) / (2 * step)
        return [2 * left(onset), 0.4 * row[sweat.AMPLITUDE] * later]


def case(seed: int) -> tuple[FloatArray, FloatArray, FloatArray, BoolArray, FloatArray]:
    rng = np.random.default_rng(seed)
    rows = np.zeros((3, sweat.ROWS))
    rows[:, sweat.POSITION], rows[:, sweat.AMPLITUDE] = [4.3, 15.8, 16.9], [0.5, 0.2, 1.1]
    y = 5 + 0.3 * rng.standard_normal(N).cumsum()
    y[[0, 9, 10, 22]] = np.nan
    loose = np.zeros(N, dtype=np.bool_)
    loose[22] = True
    return y, rng.uniform(0.01, 0.1, N), rng.uniform(0, 0.01, N), loose, rows


@pytest.mark.parametrize("seed", range(3))
def test_the_smoother_is_the_joint_gaussian_given_what_was_seen(seed: int) -> None:
    y, variance, wander, loose, rows = case(seed)
    store, out = np.empty((N, sweat.STORE)), np.empty((N, sweat.OUT))
    found = sweat.take_apart(y, variance, wander, loose, rows, settings(), start(), store, out)
    written = Written(rows, wander, loose)
    known = np.isfinite(y)
    design = np.einsum("i,kij->kj", SEEN, written.causes)[known]
    cov = design @ design.T + np.diag(variance[known])
    rest = y[known] - written.mean[known] @ SEEN
    causes = design.T @ np.linalg.solve(cov, rest)
    spread = np.eye(causes.size) - design.T @ np.linalg.solve(cov, design)
    states = written.mean + written.causes @ causes
    np.testing.assert_allclose(out[:, : sweat.LEVEL + 1], states[:, :3], rtol=1e-5, atol=1e-5)
    for column, way in (
        (sweat.PHASIC_VARIANCE, [1, -1, 0, 0]),
        (sweat.LEVEL_VARIANCE, [0, 0, 1, 0]),
    ):
        rows_of = np.einsum("i,kij->kj", np.array(way, dtype=float), written.causes)
        expected = np.einsum("kj,jl,kl->k", rows_of, spread, rows_of)
        np.testing.assert_allclose(out[:, column], expected, rtol=1e-5, atol=1e-9)
    np.testing.assert_allclose(found[:, 0], 2 * causes[written.burst], rtol=1e-6)
    variances = np.diag(spread)[written.burst]
    np.testing.assert_allclose(found[:, 1], 4 * variances, rtol=1e-6)


def test_score_over_information_is_the_estimate_of_one_more_burst() -> None:
    """By generalized least squares, with the burst as a regressor."""
    y, variance, wander, loose, rows = case(7)
    store, out = np.empty((N, sweat.STORE)), np.empty((N, sweat.OUT))
    sweat.take_apart(y, variance, wander, loose, rows, settings(), start(), store, out)
    written = Written(rows, wander, loose)
    known = np.isfinite(y)
    design = np.einsum("i,kij->kj", SEEN, written.causes)[known]
    cov = design @ design.T + np.diag(variance[known])
    rest = y[known] - written.mean[known] @ SEEN
    for k in (2, 12, 25, 33):
        ago = np.arange(N) - (k + 0.5)
        parts = [np.subtract(*sweat.burst(a, RISE, DECAY)) if a > 0 else 0.0 for a in ago]
        one = np.array(parts)[known]
        information = one @ np.linalg.solve(cov, one)
        assert out[k, sweat.INFORMATION] == pytest.approx(information, rel=1e-6)
        assert out[k, sweat.SCORE] == pytest.approx(one @ np.linalg.solve(cov, rest), rel=1e-6)


def test_learning_ends_where_the_joint_density_is_highest() -> None:
    """The logarithm of the density of a record, over a grid of time constants."""
    rng = np.random.default_rng(3)
    rows = np.zeros((3, sweat.ROWS))
    rows[:, sweat.POSITION], rows[:, sweat.AMPLITUDE] = [5.2, 14.7, 26.1], [1.0, 0.6, 0.8]
    k = np.arange(N)
    y = 5 + 0.01 * k + 0.003 * rng.standard_normal(N)
    for row in rows:
        ago = np.maximum(k - row[sweat.POSITION], 0)
        parts = np.array([sweat.burst(a, 4.0, 10.0) for a in ago])
        y += row[sweat.AMPLITUDE] * np.where(ago > 0, parts[:, 0] - parts[:, 1], 0)
    variance, loose = np.full(N, 1e-5), np.zeros(N, dtype=np.bool_)
    prior = np.array(
        [[np.log(3.5), 5, 0, 3], [np.log(12), 5, 0, 4], [0.3, 0.4, 0, 0]], dtype=float
    )
    nothing = np.zeros(N)  # so that no shape adds to the noise
    got = sweat.learn(y, variance, nothing, loose, rows, settings(), start(), prior)
    rise, decay = np.exp(got[:2])

    def loss(rise: float, decay: float) -> float:
        written = Written(rows, np.zeros(N), loose, rise=rise, decay=decay)
        design = np.einsum("i,kij->kj", SEEN, written.causes)
        cov = design @ design.T + np.diag(variance)
        return -float(multivariate_normal(written.mean @ SEEN, cov).logpdf(y))

    best = loss(rise, decay)
    for way in (0.9, 1.1):
        assert loss(rise * way, decay) > best
        assert loss(rise, decay * way) > best
