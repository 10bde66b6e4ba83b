"""Drawings show what the numbers say, whatever their length and size."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interbeat.core.intervals import Intervals
from interbeat.core.span import Span
from interbeat.pipeline.analysis import Analysis
from interbeat.reporting._axes import bands, bounds, time_scale, value_ticks
from interbeat.reporting._svg import COLUMNS, HEIGHT, WIDTH, Frame, area, averaged, line
from interbeat.reporting.figures import person_figures

DAY = 86_400
finite = st.floats(-1e6, 1e6)


def points(path: str) -> list[tuple[int, int]]:
    numbers = [int(n) for n in re.findall(r"\d+", path.replace("h0", ""))]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def test_one_spike_in_a_day_is_seen() -> None:
    values = np.zeros(DAY)
    values[40_000] = 1.0
    frame = Frame(0, DAY, 0, 1)
    top = [x for x, y in points(line(frame, np.arange(DAY, dtype=float), values)) if y == 0]
    assert top == [pytest.approx(40_000 / DAY * WIDTH, abs=2 * WIDTH / COLUMNS)] * len(top)
    assert top


@pytest.mark.parametrize("n", [10 * DAY, DAY, 3600, 30])
def test_no_recording_makes_a_path_longer_than_its_columns(n: int) -> None:
    rng = np.random.default_rng(3)
    times, values = np.arange(n, dtype=float), rng.standard_normal(n)
    values[rng.random(n) < 0.2] = np.nan
    frame = Frame(0, n, -4, 4)
    assert len(line(frame, times, values)) < 20 * 2 * COLUMNS
    assert len(area(frame, times, values - 1, values + 1)) < 20 * 2 * COLUMNS


@given(values=st.lists(st.one_of(finite, st.just(np.nan)), min_size=1, max_size=60))
def test_a_line_has_the_runs_of_its_values_and_stays_in_its_box(values: list[float]) -> None:
    v = np.array(values)
    path = line(Frame(0, v.size, -1e6, 1e6), np.arange(v.size, dtype=float), v)
    there = np.isfinite(v)
    runs = int(np.sum(there & ~np.concatenate(([False], there[:-1]))))
    assert path.count("M") == runs
    assert len(points(path)) == there.sum()
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points(path))


def test_a_mean_does_not_flatter() -> None:
    """Half of all seconds are bad, in turn: their extremes would fill the strip, means half."""
    quality = np.tile([0.0, 1.0], DAY // 2)
    _, mean = averaged(Frame(0, DAY, 0, 1), np.arange(DAY, dtype=float), quality)
    np.testing.assert_allclose(mean, 0.5, atol=0.01)


def test_a_freak_does_not_flatten_the_rest() -> None:
    values = np.append(np.linspace(30, 50, 999), 9000.0)
    reach = bounds(values, values - 1, values + 1)
    assert reach is not None
    assert reach[1] < 100


def test_what_cannot_be_negative_is_not_drawn_below_zero() -> None:
    values = np.array([1.0, 5.0, 9.0])
    reach = bounds(values, values - 20, values + 20)
    assert reach is not None
    assert reach[0] == 0


def test_without_a_value_there_is_no_axis() -> None:
    none = np.full(3, np.nan)
    assert bounds(none, none, none) is None


@given(low=finite, reach=st.floats(1e-3, 1e6))
def test_ticks_are_few_round_and_inside(low: float, reach: float) -> None:
    ticks, values = value_ticks(low, low + reach, 5)
    assert 1 <= len(ticks) <= 5
    assert all(-0.01 <= tick.at <= 100.01 for tick in ticks)
    assert len({tick.text for tick in ticks}) == values.size


@given(seconds=st.floats(1, 40 * DAY), start=st.floats(-1000, 1000))
def test_time_has_a_readable_number_of_ticks(seconds: float, start: float) -> None:
    scale = time_scale(Span(start, start + seconds), None)
    assert 1 <= len(scale.ticks) <= 12
    assert len({tick.text for tick in scale.ticks}) == len(scale.ticks)


def test_overlapping_tasks_get_lanes_of_their_own() -> None:
    tasks = Intervals(np.array([0.0, 5.0, 20.0]), np.array([10.0, 15.0, 30.0]), ("a", "b", "c"))
    assert [band.lane for band in bands(tasks, Span(0, 40))] == [0, 1, 0]


def test_a_measure_without_any_value_is_said_not_drawn(alone: Analysis) -> None:
    person = alone.people["a"]
    track = person.tracks["resphrv"]
    none = np.full(len(track), np.nan)
    reasons = ("breathing not known",) * len(track)
    empty = replace(track, values=none, se=none, reasons=reasons)
    changed = replace(person, tracks={**person.tracks, "resphrv": empty})
    heart = next(person_figures(alone, changed, "a"))
    assert [panel.label for panel in heart.panels] == ["Heart rate", "RMSSD"]
    assert "RespHRV (RSA) has no value: breathing not known." in heart.said
