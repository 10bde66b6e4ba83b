"""Two recordings on one grid: what is there at each time, and nothing more."""

from __future__ import annotations

import numpy as np
import pytest

from interbeat.core.beats import Beats
from interbeat.core.errors import DataError
from interbeat.core.responses import Responses
from interbeat.core.signal import Signal
from interbeat.dyad.grid import aligned, answering, heart_rate, sampled


def wave(rate: float, seconds: float, start: float = 0.0, lost: float = -1.0) -> Signal:
    t = start + np.arange(int(seconds * rate)) / rate
    values = np.where(np.floor(t) == lost, np.nan, np.sin(0.3 * t))
    return Signal(values, rate, "a.u.", "a", start)


@pytest.mark.parametrize("rate", [1.0, 3.7, 4.0, 10.0, 64.0])
def test_rates_lengths_and_beginnings_may_differ(rate: float) -> None:
    x, y, start = aligned(wave(4, 100), wave(rate, 120, start=10.5), sampling_rate=4)
    assert start == 10.5
    assert x.size == y.size == (99.75 - 10.5) * 4 + 1
    times = start + np.arange(x.size) / 4
    np.testing.assert_allclose(x, np.sin(0.3 * times), atol=0.01)
    np.testing.assert_allclose(y, np.sin(0.3 * times), atol=0.04)


@pytest.mark.parametrize("rate", [1.0, 4.0, 64.0])
def test_what_is_lost_stays_lost(rate: float) -> None:
    _, y, _ = aligned(wave(4, 60), wave(rate, 60, lost=30), sampling_rate=4)
    gone = np.flatnonzero(np.isnan(y)) / 4
    assert gone.size
    assert 30 - 1 / rate - 0.25 <= gone.min()
    assert gone.max() <= 31 + 1 / rate + 0.25


def test_beats_hold_their_rate_and_abnormal_ones_leave_a_gap() -> None:
    normal = np.ones(61, dtype=bool)
    normal[20] = False
    beats = Beats(np.arange(61) * 0.8, normal, "a")
    x, _, start = aligned(beats, wave(4, 40), sampling_rate=4)
    times = start + np.arange(x.size) / 4
    beside = (times >= 19 * 0.8) & (times < 21 * 0.8)
    assert np.isnan(x[beside]).all()
    np.testing.assert_allclose(x[~beside], 75)
    assert x.size == 39.75 * 4 + 1


def test_absent_data_are_missing_everywhere() -> None:
    times = np.arange(5.0)
    for nothing in (None, Beats.at([1.0], "a"), wave(4, 0.25)):
        assert np.isnan(heart_rate(nothing, times)).all()
        assert np.isnan(sampled(nothing, times)).all()


def test_no_overlap_is_a_clear_error() -> None:
    with pytest.raises(DataError, match=r"a from 0 to 9\.75 s and b from 20 to 29\.75 s have"):
        aligned(wave(4, 10), wave(4, 10, start=20), sampling_rate=4)
    with pytest.raises(DataError, match="1 beats or samples cannot be put on a grid"):
        aligned(Beats.at([3.0], "a"), wave(4, 10), sampling_rate=4)
    with pytest.raises(DataError, match="positive number of Hz, not 0"):
        aligned(wave(4, 10), wave(4, 10), sampling_rate=0)


def test_responses_add_up_whatever_the_level_does() -> None:
    times = np.arange(0, 60, 0.25)
    responses = Responses([5.0, 7.0, 40.0], [7.0, 9.0, 41.0], [0.4, 0.2, 1.0], "a")
    found = answering(responses, times)
    assert found[: 5 * 4 + 1].max() == 0
    assert found[7 * 4] == pytest.approx(0.4)
    assert found[9 * 4] == pytest.approx(0.2 + 0.4 * np.exp(-0.5))
    assert np.argmax(found) == 41 * 4
    assert (found >= 0).all()
    assert not answering(Responses([], [], [], "a"), times).any()
    assert np.isnan(answering(None, times)).all()
