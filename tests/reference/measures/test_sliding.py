"""Sliding windows hold what each measure says of each of them."""

from __future__ import annotations

import numpy as np
import pytest

from interbeat.core.beats import Beats
from interbeat.core.errors import DataError
from interbeat.core.span import Span
from interbeat.measures import MEASURES
from interbeat.measures.sliding import sliding_hrv


@pytest.fixture(scope="module")
def beats() -> Beats:
    rng = np.random.default_rng(5)
    rr = 850 + 40 * np.cos(np.arange(1000) * 0.4) + rng.normal(0, 20, 1000)
    normal = Beats.from_rr(rr, person="a")
    return Beats(normal.times, rng.random(len(normal)) > 0.01, "a")


def test_each_window_has_the_estimate_of_its_own_stretch(beats: Beats) -> None:
    found = sliding_hrv(beats, window=200, step=130)
    assert len(found) == 1 + (beats.end - beats.start - 200) // 130
    assert set(found.columns) == {n for n, m in MEASURES.items() if m.needs == ("beats",)}
    for k in (0, len(found) - 1):
        span = Span(float(found.starts[k]), float(found.ends[k]))
        assert span.end - span.start == pytest.approx(200)
        for name in ("mean_hr", "rmssd", "sampen", "dfa_a1", "lf", "c1d", "tinn", "pas"):
            alone = MEASURES[name].function(beats, span=span)
            here = found.estimate(name, k)
            assert (here.reason, here.unit, here.n) == (alone.reason, alone.unit, alone.n)
            assert here.value == pytest.approx(alone.value, rel=1e-9, nan_ok=True)
            assert here.se == pytest.approx(alone.se, rel=1e-9, nan_ok=True)


def test_a_window_longer_than_the_recording_is_none(beats: Beats) -> None:
    assert len(sliding_hrv(beats, window=1e5, step=60, measures=["rmssd"])) == 0
    nobody = Beats(np.zeros(0), np.zeros(0, dtype=np.bool_), "a")
    assert len(sliding_hrv(nobody, window=60, step=60, measures=["rmssd"])) == 0


@pytest.mark.parametrize("length", [0, -5, np.nan, np.inf, 1e-9, "300", None])
def test_lengths_that_are_no_seconds_are_refused(beats: Beats, length: float) -> None:
    with pytest.raises(DataError, match="some seconds"):
        sliding_hrv(beats, window=length, step=60)
    with pytest.raises(DataError, match="some seconds"):
        sliding_hrv(beats, window=60, step=length)


def test_what_is_no_beats_or_no_list_of_measures_is_refused(beats: Beats) -> None:
    with pytest.raises(DataError, match="beats are Beats"):
        sliding_hrv([800.0] * 400, window=60, step=60)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="list of names"):
        sliding_hrv(beats, window=60, step=60, measures="rmssd")
    with pytest.raises(DataError, match="hf needs beats and breaths"):
        sliding_hrv(beats, window=60, step=60, measures=["hf"])
