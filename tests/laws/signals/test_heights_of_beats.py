"""The grid of heights: which beats it passes over, and that no height is too odd for it."""

from __future__ import annotations

import numpy as np
import pytest

from interbeat.core.arrays import FloatArray
from interbeat.signals.edr import HeightGrid

TIMES: FloatArray = np.arange(40.0) * 0.8


def grid(heights: FloatArray) -> FloatArray:
    heart = HeightGrid("a")
    heart.begin(0.0)
    parts = heart.push(TIMES, heights, [True] * TIMES.size, 32.0), heart.finish(32.0)
    return np.concatenate([part.values for part in parts])


@pytest.mark.parametrize("odd", [0.0, 0.5, 1.7, -1.0])
def test_a_beat_that_is_unlike_those_before_it_is_passed_over(odd: float) -> None:
    heights = np.ones(40)
    heights[20] = odd
    np.testing.assert_allclose(grid(heights)[1:-4], 1.0)


def test_a_lead_that_is_upside_down_swings_as_much() -> None:
    heights = 1 + 0.2 * np.sin(TIMES)
    np.testing.assert_array_equal(grid(-heights), -grid(heights))


def test_beats_without_height_tell_nothing() -> None:
    assert np.isnan(grid(np.zeros(40))[1:]).all()
