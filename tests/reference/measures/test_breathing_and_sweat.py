"""Breathing rate and skin conductance, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from interbeat.core.breaths import Breaths
from interbeat.core.errors import DataError
from interbeat.core.responses import Responses
from interbeat.core.signal import Signal
from interbeat.core.span import Span
from interbeat.measures.breathing import breathing_rate
from interbeat.measures.eda import scl, scr_amplitude, scr_rate

ONSETS = np.array([0.5, 4.5, 9.5, 13.5, 18.5, 40.0, 44.0])
NORMAL = np.array([True, True, True, True, True, False, True])
BREATHS = Breaths(ONSETS, ONSETS + 1, np.ones(7), NORMAL, person="a")
RESPONSES = Responses(
    np.array([5.0, 30, 42]), np.array([7.0, 32, 44]), np.array([0.2, 0.6, 0.4]), person="a"
)


def level(values: list[float] | np.ndarray) -> Signal:
    return Signal(np.asarray(values, dtype=float), 4, unit="µS", person="a", start=0)


def test_breathing_rate_is_breaths_over_the_time_they_took() -> None:
    """Four trusted breaths of 4, 5, 4 and 5 s; the pause that follows is no breath."""
    found = breathing_rate(BREATHS, Span(0.0, 60.0))
    assert found.value == pytest.approx(60 * 4 / 18)
    assert found.n == 4
    assert found.quality == pytest.approx(18 / 60)


def test_a_breath_cut_by_the_edge_is_not_counted() -> None:
    found = breathing_rate(BREATHS, Span(0.0, 18.0))
    assert found.value == pytest.approx(60 * 3 / 13)
    assert breathing_rate(BREATHS, Span(0.0, 13.0)).reason == "2 of 3 breaths"


def test_scl_is_the_mean_of_what_was_seen() -> None:
    found = scl(level([1.0, 2.0, np.nan, 3.0] * 10), Span(0.0, 10.0))
    assert found.value == pytest.approx(2.0)
    assert (found.n, found.quality) == (30, 0.75)


def test_responses_are_counted_over_the_time_that_was_seen() -> None:
    """Three responses; of 60 s, 20 were lost."""
    values = np.full(240, 2.0)
    values[40:120] = np.nan
    found = scr_rate(RESPONSES, level(values), Span(0.0, 60.0))
    assert found.value == pytest.approx(3 / (40 / 60))
    assert found.n == 3
    assert found.quality == pytest.approx(2 / 3)


def test_no_response_is_a_rate_of_zero_and_a_missing_amplitude() -> None:
    silent, skin = RESPONSES.between(100, 200), level(np.full(240, 2.0))
    rate = scr_rate(silent, skin)
    assert rate.value == 0
    assert rate.interval[1] > 1
    assert scr_amplitude(silent, skin).reason == "no responses"
    longer = level(np.full(2400, 2.0))
    assert (
        scr_amplitude(silent, longer).reason == "no response in 600 s: this skin did not answer"
    )


def test_an_electrode_that_fell_off_is_not_calm() -> None:
    gone = level(np.full(240, np.nan))
    for measure in (scr_rate, scr_amplitude):
        assert measure(RESPONSES, gone).reason == "no skin conductance"
    short = level(np.full(20, 2.0))
    assert scr_rate(RESPONSES, short).reason == "5 of 10 s of skin conductance"


def test_amplitude_is_the_mean_of_the_responses() -> None:
    found = scr_amplitude(RESPONSES, level(np.full(240, 2.0)))
    assert found.value == pytest.approx(0.4)
    one = scr_amplitude(RESPONSES.between(0, 10), level(np.full(240, 2.0)))
    assert (one.value, one.n) == (0.2, 1)
    assert one.se / one.value > found.se / found.value


@pytest.mark.parametrize("unit", ["mV", "kΩ", ""])
def test_another_unit_is_refused(unit: str) -> None:
    other = Signal(np.full(40, 2.0), 4, unit=unit, person="a", start=0)
    with pytest.raises(DataError, match="in µS, not"):
        scl(other)
