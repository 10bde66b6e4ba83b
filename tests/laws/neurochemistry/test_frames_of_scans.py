"""Integrals and convolutions of what a scanner tells: against a fine grid, and with pauses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interbeat.core.arrays import FloatArray
from interbeat.neurochemistry.tracers._frames import (
    Course,
    convolution,
    convolved,
    course,
    integrated,
    integration,
)
from interbeat.neurochemistry.tracers._spec import Frames

LASTING = np.array([0.25] * 4 + [0.5] * 4 + [1.0] * 5 + [2.0] * 5 + [5.0] * 14)
EDGES = np.concatenate([[0.0], np.cumsum(LASTING)])
FRAMES = Frames(EDGES[:-1], EDGES[1:])


def _smooth(times: FloatArray) -> FloatArray:
    return np.asarray(times * np.exp(-times / 8), dtype=np.float64)


def _framed(fine: FloatArray, curve: FloatArray, frames: Frames) -> FloatArray:
    area = np.concatenate([[0.0], np.cumsum((curve[1:] + curve[:-1]) / 2 * np.diff(fine))])
    ends, starts = np.interp(frames.ends, fine, area), np.interp(frames.starts, fine, area)
    return np.asarray((ends - starts) / frames.durations)


def _inside(whole: Course, fine: FloatArray) -> FloatArray:
    piece = np.clip(np.searchsorted(whole.edges, fine, side="right") - 1, 0, whole.low.size - 1)
    u = (fine - whole.edges[piece]) / whole.lengths[piece]
    return np.asarray(whole.low[piece] + whole.rise[piece] * u + whole.bend[piece] * u**2)


@given(st.lists(st.floats(-5, 50), min_size=LASTING.size, max_size=LASTING.size))
def test_the_curve_keeps_the_means_and_meets_itself_at_the_edges(values: list[float]) -> None:
    means = np.array(values)
    whole = course(FRAMES, means)
    kept = whole.low + whole.rise / 2 + whole.bend / 3
    assert kept == pytest.approx(means, abs=1e-9)
    assert whole.low[1:] == pytest.approx((whole.low + whole.rise + whole.bend)[:-1], abs=1e-9)
    assert whole.low[0] == 0


@pytest.mark.parametrize("rate", [0.0, 1e-6, 0.01, 0.19, 0.21, 1.0, 4.0, 50.0])
def test_a_convolution_is_that_of_the_parabolas_to_the_last_digits(rate: float) -> None:
    means = _framed(
        np.linspace(0, EDGES[-1], 900_001), _smooth(np.linspace(0, EDGES[-1], 900_001)), FRAMES
    )
    whole = course(FRAMES, means)
    fine = np.linspace(0, EDGES[-1], 200_001)
    step = fine[1]
    curve, level = _inside(whole, fine), np.zeros(fine.size)
    stays, late = np.exp(-rate * step), np.exp(-rate * step / 2)
    middle = _inside(whole, fine[:-1] + step / 2)
    came = step / 6 * (curve[:-1] * stays + 4 * middle * late + curve[1:])  # Simpson
    for k in range(1, fine.size):
        level[k] = level[k - 1] * stays + came[k - 1]
    found = convolved(whole, np.array([rate]))[0]
    assert found == pytest.approx(_framed(fine, level, FRAMES), rel=2e-6, abs=1e-7)
    assert convolution(FRAMES, rate) @ means == pytest.approx(found, rel=1e-9, abs=1e-12)


def test_without_fading_a_convolution_is_the_integral() -> None:
    means = _smooth(FRAMES.middles)
    flat = convolved(course(FRAMES, means), np.array([0.0]))[0]
    assert flat == pytest.approx(integrated(FRAMES, means), rel=1e-12)
    assert integration(FRAMES) @ means == pytest.approx(flat, rel=1e-12)


def test_the_integral_of_a_smooth_curve_is_right_to_a_thousandth() -> None:
    fine = np.linspace(0, EDGES[-1], 900_001)
    curve = _smooth(fine)
    area = np.concatenate([[0.0], np.cumsum((curve[1:] + curve[:-1]) / 2 * fine[1])])
    found = integrated(FRAMES, _framed(fine, curve, FRAMES))
    assert found[4:] == pytest.approx(_framed(fine, area, FRAMES)[4:], rel=1e-3)


def test_a_pause_is_bridged_by_a_straight_line() -> None:
    line = FRAMES.middles.copy()
    kept = np.arange(LASTING.size) != 20
    paused = Frames(FRAMES.starts[kept], FRAMES.ends[kept])
    whole = course(paused, line[kept])
    assert whole.edges == pytest.approx(EDGES)
    assert integrated(paused, line[kept]) == pytest.approx(integrated(FRAMES, line)[kept])
    assert whole.pieces[20] == 21


def test_what_came_before_the_first_frame_is_a_triangle() -> None:
    late = Frames(FRAMES.starts[2:], FRAMES.ends[2:])
    line = FRAMES.middles
    assert integrated(late, line[2:]) == pytest.approx(integrated(FRAMES, line)[2:], rel=1e-9)
