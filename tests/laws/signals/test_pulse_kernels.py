"""The loops over pulse waves do what their plain twins do."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from interbeat.core.arrays import FloatArray
from interbeat.kernels.pulses import alike, upward

seeds = st.integers(0, 2**32 - 1)
WIDTH, BEFORE = 9, 4


def likeness(values: FloatArray, at: list[float], most: int, rank: int) -> list[float]:
    """Return what :func:`alike` returns, by numpy's own interpolation and correlation."""
    shapes: list[FloatArray] = []
    out = []
    for time in at:
        places = time - BEFORE + np.arange(WIDTH)
        shape = np.interp(places, np.arange(values.size), values)
        best = sorted((np.corrcoef(shape, one)[0, 1] for one in shapes[-most:]), reverse=True)
        out.append(best[min(rank, len(best)) - 1] if best else 1.0)
        shapes.append(shape)
    return out


@given(seed=seeds, rank=st.integers(1, 4), cut=st.integers(0, 12))
def test_likeness_is_a_correlation_with_the_waves_before(
    seed: int, rank: int, cut: int
) -> None:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=200)
    at = np.sort(rng.uniform(10, 180, 12))
    shapes, seen = np.zeros((5, WIDTH)), np.zeros(1)
    found = [
        alike(values[k:], k, part, BEFORE, shapes, seen, rank)
        for k, part in ((0, at[:cut]), (5, at[cut:]))
    ]
    np.testing.assert_allclose(
        np.concatenate(found), likeness(values, at.tolist(), 5, rank), atol=1e-9
    )


def test_a_flat_wave_is_like_none() -> None:
    shapes, seen = np.zeros((5, WIDTH)), np.zeros(1)
    found = alike(np.zeros(60), 0, np.array([20.0, 30.0]), BEFORE, shapes, seen, 1)
    np.testing.assert_array_equal(found, [1.0, 0.0])


@given(seed=seeds, memory=st.sampled_from([5.0, 40.0]), cut=st.integers(0, 200))
def test_the_steeper_side_is_kept(seed: int, memory: float, cut: int) -> None:
    slopes = np.random.default_rng(seed).normal(size=200) ** 3
    usual, mean, size, side, out = 0.0, 0.0, 0.0, 1.0, []
    for k, slope in enumerate(slopes.tolist()):
        rate = 1 / min(k + 1, memory)
        seen = abs(slope) if k < memory else min(abs(slope), 4 * usual)
        usual += rate * (seen - usual)
        cube = float(np.clip(slope / usual, -4, 4)) ** 3
        mean += rate * (cube - mean)
        size += rate * (abs(cube) - size)
        side = -side if mean * side < -0.2 * size else side
        out.append(max(slope * side, 0.0))
    state = np.array([0.0, 0.0, 0.0, 1.0, 0.0])
    found = [upward(part, state, memory) for part in (slopes[:cut], slopes[cut:])]
    np.testing.assert_allclose(np.concatenate(found), out, atol=1e-12)
