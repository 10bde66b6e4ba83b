"""The examiner is examined: a filter that is broken fails, and one that knows passes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from tests.truth.state.scoring import heart_rate, ln_rmssd, looked, misses, score
from tests.twins import Heard, deboer, heard, spent_days

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.span import Span
from interbeat.core.track import Track
from interbeat.state import Drives

PEOPLE = range(300, 312)  # neither those talked about nor those scored
ERROR = 0.08  # of a filter that knows nearly all


@cache
def _told() -> list[Heard]:
    day = spent_days(PEOPLE)
    return heard(day, deboer(day))


@cache
def _known() -> list[Drives]:
    """Return drives as a filter would find them that errs by ERROR and knows it."""
    rng = np.random.default_rng(5)
    out = []
    for told in _told():
        found = looked(told)
        vagal, sympathetic = (
            _near(getattr(found, name), getattr(told, name), found.baseline, rng)
            for name in ("vagal", "sympathetic")
        )
        out.append(replace(found, vagal=vagal, sympathetic=sympathetic))
    return out


def _near(
    track: Track, truth: FloatArray, rest: Span | None, rng: np.random.Generator
) -> Track:
    assert rest is not None
    told = truth[track.times.astype(int)] - truth[int(rest.start) : int(rest.end)].mean()
    errors = np.full(told.size, ERROR)
    return replace(track, values=told + ERROR * rng.standard_normal(told.size), se=errors)


def _missed(change: Callable[[Drives], Drives]) -> str:
    scores = [score(change(f), t) for f, t in zip(_known(), _told(), strict=True)]
    return "; ".join(misses(scores, slack=0.0))


def test_a_filter_that_nearly_knows_passes() -> None:
    assert not _missed(lambda found: found)


def _swapped(found: Drives) -> Drives:
    return replace(found, vagal=found.sympathetic, sympathetic=found.vagal)


def _widened(name: str, times: float) -> Callable[[Drives], Drives]:
    def change(found: Drives) -> Drives:
        track: Track = getattr(found, name)
        changed: dict[str, Any] = {name: replace(track, se=track.se * times)}
        return replace(found, **changed)

    return change


def _revalued(name: str, how: Callable[[FloatArray], FloatArray]) -> Callable[[Drives], Drives]:
    def change(found: Drives) -> Drives:
        track: Track = getattr(found, name)
        changed: dict[str, Any] = {name: replace(track, values=how(track.values))}
        return replace(found, **changed)

    return change


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (_swapped, "vagal drive: r"),
        (_revalued("vagal", np.negative), "vagal drive: r"),
        (_revalued("sympathetic", lambda values: np.roll(values, 300)), "beside heart rate"),
        (_widened("vagal", 0.5), "vagal drive: 90 %"),
        (_widened("vagal", 2.0), "vagal drive: 90 %"),
        (_widened("sympathetic", 0.5), "sympathetic drive: 90 %"),
    ],
    ids=["swapped", "upside down", "late", "too sure", "too unsure", "too sure of the other"],
)
def test_a_broken_filter_fails(change: Callable[[Drives], Drives], complaint: str) -> None:
    assert complaint in _missed(change)


def test_rmssd_and_heart_rate_beside_it_are_those_of_the_beats() -> None:
    beats = Beats.from_rr(np.tile([800.0, 820.0], 100), person="a")
    assert np.exp(ln_rmssd(beats, np.array([60.0]))) == pytest.approx(20, rel=1e-6)
    assert heart_rate(beats, np.array([60.0])) == pytest.approx(60000 / 810, rel=0.01)
