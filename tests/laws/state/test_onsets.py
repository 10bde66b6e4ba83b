"""Where drives step up there is an onset, once, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.span import Span
from interbeat.core.track import Track
from interbeat.state import Drives, drives, onsets
from interbeat.state.onsets import SIDE, usual

BLANK = drives(Beats.from_rr([800.0] * 1500, person="a"), baseline=Span(0, 240))
N = len(BLANK)


def made(sympathetic: FloatArray, vagal: FloatArray) -> Drives:
    """Return drives as they are given, looked back at."""
    return replace(
        BLANK,
        sympathetic=_like(BLANK.sympathetic, sympathetic),
        vagal=_like(BLANK.vagal, vagal),
    )


def _like(track: Track, values: FloatArray) -> Track:
    return replace(track, values=values)


def noise(seed: int, size: float) -> FloatArray:
    """Return slow noise: an exponential mean over 5 s."""
    white = np.random.default_rng(seed).normal(0, size, N)
    return np.convolve(white, np.exp(-np.arange(25) / 5), mode="same")


@pytest.mark.parametrize("at", [400, 700, 1000])
@pytest.mark.parametrize("drive", ["sympathetic", "vagal"])
def test_a_step_is_located_within_ten_seconds(at: int, drive: str) -> None:
    step = 0.8 * (BLANK.times >= at)
    up, down = (step, 0 * step) if drive == "sympathetic" else (0 * step, -step)
    found = onsets(made(up + noise(1, 0.02), down + noise(2, 0.02)))
    assert found.size == 1
    assert abs(found[0] - at) <= 10


def test_a_step_down_and_one_within_the_baseline_are_none() -> None:
    down, early = -0.8 * (BLANK.times >= 600), 0.8 * (BLANK.times >= 100)
    for step in (down, early):
        assert onsets(made(step + noise(3, 0.02), noise(4, 0.02))).size == 0


def test_both_drives_up_by_as_much_is_no_onset() -> None:
    step = 0.8 * (BLANK.times >= 600)
    assert onsets(made(step + noise(5, 0.02), step + noise(6, 0.02))).size == 0


def test_what_is_large_for_a_calm_person_is_not_for_a_lively_one() -> None:
    step = 0.3 * (BLANK.times >= 600)
    assert onsets(made(step + noise(7, 0.01), noise(8, 0.01))).size == 1
    lively = onsets(made(step + noise(7, 0.08), noise(8, 0.08)))
    assert not np.any(np.abs(lively - 600) <= 10)


def test_large_steps_do_not_count_as_what_is_usual() -> None:
    calm = np.random.default_rng(9).normal(0, 0.1, 900)
    spoilt = calm.copy()
    for at in range(100, 900, 100):
        spoilt[at - SIDE : at + SIDE] += 1.5
    assert usual(spoilt) == pytest.approx(usual(calm), rel=0.1)


def test_live_an_onset_is_told_once_and_never_before_it_was() -> None:
    step = np.where((BLANK.times >= 600) & (BLANK.times < 660), 0.8, 0.0)
    live = replace(made(step, 0 * step), followed=None)
    assert onsets(live).tolist() == [600.0]


@pytest.mark.parametrize("seconds", [0, 10, 39])
def test_too_short_a_stretch_has_none(seconds: int) -> None:
    short = drives(Beats.from_rr([800.0] * int(seconds / 0.8), person="a"))
    assert onsets(short).size == 0
