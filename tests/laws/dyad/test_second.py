"""A second lag: counted across 0, of the same sign, beyond the best one's shape and chance."""

from __future__ import annotations

import numpy as np
import pytest

from interbeat.core.arrays import FloatArray
from interbeat.dyad.windows.second import alike, second_top

LAGS = np.arange(-20, 21)
SHAPE = np.exp(-((np.arange(41) / 4) ** 2))
CHANCE = 0.05 * np.random.default_rng(1).standard_normal(2000)


def tops(**heights: float) -> FloatArray:
    """Return a curve of narrow tops: ``left`` at -10, ``near`` at 3, ``right`` at 10."""
    places = {"left": -10, "near": 3, "right": 10}
    parts = [h * np.exp(-(((LAGS - places[k]) / 4) ** 2)) for k, h in heights.items()]
    return np.asarray(np.sum(parts, axis=0))


@pytest.mark.parametrize(
    ("curve", "at"),
    [
        (tops(right=0.5, left=0.4), 10),
        (-tops(right=0.5, left=0.4), 10),
        (tops(right=0.4, left=0.5), 30),
        (tops(right=0.5), None),
        (tops(right=0.5, near=0.4), None),
        (tops(right=0.5, left=-0.4), None),
        (tops(right=0.5, left=0.05), None),
        (0.5 * np.exp(-((LAGS / 4) ** 2)), None),
    ],
    ids=["both", "against", "turned", "one", "same side", "other sign", "chance", "at 0"],
)
def test_a_second_top_counts_across_0_with_the_same_sign(
    curve: FloatArray, at: int | None
) -> None:
    assert second_top(curve, SHAPE, CHANCE) == at


def test_what_repeats_itself_has_one_lag() -> None:
    t = np.arange(4000) / 4
    wave = np.sin(2 * np.pi * t / 5)  # a period of 20 samples
    shape = alike(wave, 40)
    np.testing.assert_allclose(shape[[0, 10, 20]], (1, -1, 1), atol=0.01)
    waves = 0.5 * np.cos(2 * np.pi * (LAGS - 6) / 20)
    curve = np.arctanh(np.where(LAGS == 6, 1.01, 1.0) * waves)
    assert second_top(curve, shape, CHANCE) is None
    assert second_top(curve, SHAPE, CHANCE) == 6


def test_a_ripple_on_a_broad_top_is_no_second_one() -> None:
    curve = 0.5 * np.exp(-(((LAGS - 6) / 14) ** 2))
    curve[18] += 0.03
    narrow = np.where(np.arange(41) < 3, 1.0, 0.0)
    assert second_top(curve, narrow, CHANCE) is None
    assert second_top(np.where(LAGS == 0, 0.1, curve), narrow, CHANCE) is not None
