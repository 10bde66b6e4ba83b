"""The twins that `state` is examined on behave as hearts do; norms: Nunan et al. 2010.

doi:10.1111/j.1540-8159.2010.02841.x, 44 studies of short recordings at rest: RR 926 ± 90 ms,
SDNN 50 ± 16, RMSSD 42 ± 15 (ranges of study means 785-1160, 32-93 and 19-75).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.signal import welch
from tests.twins import Day, deboer, heard, kotani, quiet_days
from tests.twins.days import GRID, Life, side_by_side

from interbeat.core.arrays import FloatArray

TWINS = pytest.mark.parametrize("twin", [kotani, deboer])
Twin = Callable[[Day], list[Life]]
PEOPLE = range(200, 212)  # neither those talked about nor those scored
AT = np.arange(30, 240, 0.25)  # s
LIVES: dict[str, Callable[[Day], Day]] = {  # what is changed of a day at rest
    "rest": lambda day: day,
    "six": lambda day: _paced(day, 0.1),
    "twenty-four": lambda day: _paced(day, 0.4),
    "no vagus": lambda day: replace(day, vagus=0 * day.vagus),
    "no nerve": lambda day: replace(day, nerve=0 * day.nerve),
    "neither": lambda day: replace(day, vagus=0 * day.vagus, nerve=0 * day.nerve),
    "less vagal": lambda day: replace(day, vagal=0.75 * day.vagal),
    "more sympathetic": lambda day: replace(day, sympathetic=1.5 * day.sympathetic),
}


@cache
def _day() -> Day:
    return quiet_days(PEOPLE, 240.0)


@cache
def _lives(twin: Twin) -> dict[str, list[Life]]:
    """Return all of these lives of all: one batch, since steps are what costs."""
    lives, n = twin(side_by_side([change(_day()) for change in LIVES.values()])), len(PEOPLE)
    return {name: lives[k * n : (k + 1) * n] for k, name in enumerate(LIVES)}


@cache
def _beats(twin: Twin) -> dict[str, list[FloatArray]]:
    return {name: [life.beats for life in lives] for name, lives in _lives(twin).items()}


def _paced(day: Day, rate: float) -> Day:
    wave = 0.25 - 0.25 * np.cos(2 * np.pi * rate * np.arange(day.volume.shape[1]) / GRID)
    return replace(day, volume=np.tile(wave, (len(PEOPLE), 1)))


def _rr(beats: FloatArray) -> FloatArray:
    return np.asarray(np.diff(beats[beats > 30]) * 1000)


def _rmssd(beats: FloatArray) -> float:
    return float(np.sqrt(np.mean(np.diff(_rr(beats)) ** 2)))


def _even(beats: FloatArray) -> FloatArray:
    return np.asarray(np.interp(AT, beats[1:], np.diff(beats) * 1000))


def _mean(all_beats: list[FloatArray]) -> float:
    return float(np.mean([_rr(beats).mean() for beats in all_beats]))


@TWINS
def test_at_rest_they_are_within_what_studies_find(twin: Twin) -> None:
    beats = _beats(twin)["rest"]
    assert 785 < _mean(beats) < 1160
    assert 32 < np.mean([_rr(one).std() for one in beats]) < 93
    assert 19 < np.mean([_rmssd(one) for one in beats]) < 75


def test_de_boers_slow_rhythm_is_near_a_tenth_of_a_hertz() -> None:
    power = np.zeros(201)
    for beats in _beats(deboer)["rest"]:
        even = _even(beats)
        f, one = welch(even - even.mean(), 4.0, nperseg=400)
        power += one
    slow = (f > 0.03) & (f < 0.15)
    assert 0.08 < f[slow][np.argmax(power[slow])] < 0.13


def test_kotanis_slow_rhythm_is_slower_than_peoples_but_there() -> None:
    """Its loop over the vessels takes 4.2 s and two lags: it rings near 0.05 Hz, not 0.1."""
    power = np.zeros(1001)
    for life in _lives(kotani)["rest"]:
        outflow = life.sympathetic[300:]
        f, one = welch(outflow - outflow.mean(), GRID, nperseg=1000, nfft=2000)
        power += f * one
    slow = (f > 0.02) & (f < 0.15)
    assert 0.035 < f[slow][np.argmax(power[slow])] < 0.08


@TWINS
def test_they_quicken_as_they_breathe_in(twin: Twin) -> None:
    clock = np.arange(_day().volume.shape[1]) / GRID
    seen = [
        [np.corrcoef(_even(beats), np.interp(AT - lag, clock, volume))[0, 1] for lag in (-1, 1)]
        for beats, volume in zip(_beats(twin)["rest"], _day().volume, strict=True)
    ]
    early, late = np.mean(seen, axis=0)
    assert late < -0.3
    assert early > 0


@TWINS
def test_slow_breaths_swing_them_more_and_leave_their_mean(twin: Twin) -> None:
    def swing(name: str, rate: float) -> float:
        turn = np.exp(-2j * np.pi * rate * AT)
        rates = [60000 / _even(beats) for beats in _beats(twin)[name]]
        return float(np.mean([4 * abs(np.mean((one - one.mean()) * turn)) for one in rates]))

    assert swing("six", 0.1) > 1.3 * swing("twenty-four", 0.4) > 2
    six, twenty = _mean(_beats(twin)["six"]), _mean(_beats(twin)["twenty-four"])
    assert six == pytest.approx(twenty, rel=0.03)


@TWINS
def test_without_the_vagus_they_race_and_the_fast_variation_goes(twin: Twin) -> None:
    own, without = _beats(twin)["rest"], _beats(twin)["no vagus"]
    for beats, blocked in zip(own, without, strict=True):
        assert _rr(blocked).mean() < 0.8 * _rr(beats).mean()
    # De Boer's slow rhythm, which the sympathetic makes, grows where no vagus damps it.
    left = 0.15 if twin is kotani else 0.6
    assert np.mean([_rmssd(b) for b in without]) < left * np.mean([_rmssd(b) for b in own])


@TWINS
def test_without_the_sympathetic_they_slow_down(twin: Twin) -> None:
    for beats, without in zip(_beats(twin)["rest"], _beats(twin)["no nerve"], strict=True):
        assert _rr(without).mean() > _rr(beats).mean()


@TWINS
def test_without_either_next_to_nothing_is_left(twin: Twin) -> None:
    for beats, alone in zip(_beats(twin)["rest"], _beats(twin)["neither"], strict=True):
        assert _rr(alone).std() < 0.2 * _rr(beats).std()


@TWINS
def test_less_vagal_tone_and_more_sympathetic_tone_each_quicken(twin: Twin) -> None:
    usual = _mean(_beats(twin)["rest"])
    assert _mean(_beats(twin)["less vagal"]) < 0.97 * usual
    assert _mean(_beats(twin)["more sympathetic"]) < 0.97 * usual


def test_a_person_is_the_same_in_whatever_company() -> None:
    alone, among = quiet_days([203], 40.0), quiet_days(PEOPLE, 40.0)
    np.testing.assert_array_equal(alone.volume[0], among.volume[3])
    for twin in (kotani, deboer):
        np.testing.assert_allclose(twin(alone)[0].beats, twin(among)[3].beats, atol=1e-9)


def test_sensors_mark_most_ectopic_beats_and_tell_the_truth_each_second() -> None:
    lives = deboer(_day())
    told = heard(_day(), lives, ectopic=0.02)
    moved = sum(
        int(np.sum(np.abs(h.beats.times - life.beats) > 0.05))
        for h, life in zip(told, lives, strict=True)
    )
    marked = sum(int(np.sum(~h.beats.normal)) for h in told)
    assert 0.75 < marked / moved < 1
    for k, one in enumerate(told):
        np.testing.assert_array_equal(one.vagal, np.log(_day().vagal[k, ::10]))
        assert one.vagal_effect.shape == one.sympathetic_effect.shape == (240,)
        assert one.breathing.unit == "a.u."
