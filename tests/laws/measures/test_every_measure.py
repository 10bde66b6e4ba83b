"""What every measure promises, whoever wrote it."""

from __future__ import annotations

import dataclasses
import inspect
import re
from typing import Any

import numpy as np
import pytest

from interbeat.core.beats import Beats
from interbeat.core.breaths import Breaths
from interbeat.core.channels import CHANNELS
from interbeat.core.estimate import Estimate
from interbeat.core.recording import Data, Recording
from interbeat.core.responses import Responses
from interbeat.core.signal import Signal
from interbeat.core.span import Span
from interbeat.measures import MEASURES
from interbeat.measures._spec import Columns, Measure

every = pytest.mark.parametrize("name", list(MEASURES))
NONE = np.zeros(0)
SILENT: dict[str, Data] = {
    "Beats": Beats.at(NONE, "a"),
    "Breaths": Breaths(NONE, NONE, NONE, NONE.astype(bool), person="a"),
    "Responses": Responses(NONE, NONE, NONE, person="a"),
    "Signal": Signal(NONE, 4, unit="µS", person="a", start=0),
}
SPAN = Span(300.0, 660.0)
LONG = Span(0.0, 1000.0)
NEED_LONG = {"mse_long", "sdann"}
LEAST_QUALITY = {"heart_breathing_rate": 0.5}  # in a third of the minutes no rhythm is told
BELOW_ZERO = {"acceleration_capacity"}
USUAL = 300.0  # s: the window of a measure that has no track


def needed(measure: Measure, whole: Recording) -> dict[str, Any]:
    return {name: whole.channels[name] for name in measure.needs}


def span_of(measure: Measure) -> Span:
    return LONG if measure.name in NEED_LONG else SPAN


def estimate(measure: Measure, whole: Recording, span: Span | None = None) -> Estimate:
    channels = needed(measure, whole)
    span = span or span_of(measure)
    if not measure.spanned:
        return measure.function(**{n: c.between(*span) for n, c in channels.items()})
    return measure.function(**channels, span=span)


def batch(measure: Measure, whole: Recording, ends: list[float], window: float) -> Columns:
    assert measure.many is not None
    times = np.array(ends)
    return measure.many(times - window, times, **needed(measure, whole))


@every
def test_it_says_what_it_is(name: str) -> None:
    measure = MEASURES[name]
    assert measure.label
    assert measure.unit == measure.unit.strip()  # a bare ratio has none
    assert measure.window is None or measure.window > 0
    assert re.search(r"\(\d{4}\).*doi:10\.\d{4,}/\S+", measure.source)
    assert set(measure.needs) <= set(CHANNELS)
    assert measure.function.__name__ == name


@every
@pytest.mark.parametrize("section", ["Parameters", "Returns", "References", "Examples"])
def test_its_documentation_has_every_section(name: str, section: str) -> None:
    text = inspect.getdoc(MEASURES[name].function) or ""
    assert f"{section}\n{'-' * len(section)}\n" in text
    assert "doi:10." in text
    assert "Missing" in text


@every
def test_it_has_a_value_in_its_own_unit(name: str, person: Recording) -> None:
    found = estimate(MEASURES[name], person)
    assert found.reason == ""
    assert (found.value < 0) == (name in BELOW_ZERO)
    assert found.value != 0
    assert found.se > 0
    assert found.unit == MEASURES[name].unit
    assert LEAST_QUALITY.get(name, 0.8) < found.quality <= 1
    assert found.n > 0


@every
def test_a_silent_sensor_is_missing_with_a_reason(name: str) -> None:
    measure = MEASURES[name]
    silence = {channel: SILENT[CHANNELS[channel].noun] for channel in measure.needs}
    span = {"span": SPAN} if measure.spanned else {}
    for found in (measure.function(**silence), measure.function(**silence, **span)):
        assert np.isnan(found.value)
        assert found.reason
        assert "{" not in found.reason
        assert (found.quality, found.n) == (0.0, 0)
        assert found.unit == measure.unit


@every
def test_each_silent_channel_is_named(name: str, person: Recording) -> None:
    said = {
        "beats": "no beats",
        "breaths": "breathing not known",
        "scl": "no skin conductance",
        "responses": "no responses",
    }
    measure = MEASURES[name]
    for channel in measure.needs:
        if (name, channel) == ("scr_rate", "responses"):
            continue  # no responses is a rate of 0
        silent = SILENT[CHANNELS[channel].noun]
        without = Recording("a", {**person.channels, channel: silent})
        assert estimate(measure, without).reason == said[channel]


@every
def test_a_window_before_the_recording_is_missing(name: str, person: Recording) -> None:
    found = estimate(MEASURES[name], person, Span(-900.0, -500.0))
    assert np.isnan(found.value)
    assert found.reason
    assert found.quality == 0


@every
@pytest.mark.parametrize("shift", [86_400.0, -86_400.0])
def test_it_does_not_depend_on_when(name: str, shift: float, person: Recording) -> None:
    measure = MEASURES[name]
    here = estimate(measure, person)
    there = estimate(measure, person.moved(shift), Span(*(t + shift for t in span_of(measure))))
    assert there.value == pytest.approx(here.value, rel=1e-6)
    assert there.se == pytest.approx(here.se, rel=1e-5)
    assert (there.n, there.reason) == (here.n, here.reason)
    assert there.quality == pytest.approx(here.quality)


@every
def test_data_outside_the_span_change_nothing(name: str, person: Recording) -> None:
    measure = MEASURES[name]
    assert estimate(measure, person) == estimate(measure, person.between(*span_of(measure)))


@every
def test_many_windows_are_as_one_by_one_however_they_are_grouped(
    name: str, person: Recording
) -> None:
    measure = MEASURES[name]
    seconds = measure.window or USUAL
    ends = [float(k) for k in range(5, 995, 11)]
    whole = batch(measure, person, ends, seconds)
    half = batch(measure, person, ends[37:], seconds)
    for k, end in enumerate(ends):
        window = Span(end - seconds, end)
        one = estimate(measure, person, window)
        columns = whole.values[k], whole.se[k], measure.unit, whole.quality[k]
        assert Estimate(*columns, n=int(whole.n[k]), reason=whole.reasons[k]) == one
        assert one == estimate(measure, person.between(*window), window)
    for column, part in zip(whole, half, strict=True):
        np.testing.assert_array_equal(np.array(column)[37:], np.array(part))


@every
def test_long_and_short_windows_may_be_asked_for_together(name: str, person: Recording) -> None:
    measure = MEASURES[name]
    assert measure.many is not None
    starts, ends = np.array([0.0, 100.0, 20.0]), np.array([1000.0, 130.0, 500.0])
    together = measure.many(starts, ends, **needed(measure, person))
    for k in range(3):
        one = estimate(measure, person, Span(starts[k], ends[k]))
        assert one.reason == together.reasons[k]
        np.testing.assert_array_equal(
            [one.value, one.se, one.quality, one.n],
            [together.values[k], together.se[k], together.quality[k], together.n[k]],
        )


@every
def test_no_window_asked_for_is_no_answer(name: str, person: Recording) -> None:
    none = batch(MEASURES[name], person, [], 60.0)
    assert [len(column) for column in none] == [0] * 5


@every
def test_quality_falls_when_data_are_lost(name: str, person: Recording) -> None:
    measure = MEASURES[name]
    before = estimate(measure, person).quality
    for channel, data in needed(measure, person).items():
        if channel == "responses":
            continue  # not to respond is no loss of data
        lost = Recording("a", {**person.channels, channel: without_middle(data)})
        after = estimate(measure, lost).quality
        assert 0 <= after <= before
        if (name, channel) != ("hf", "breaths"):  # which rests on beats, in a band of breaths
            assert after < before


def without_middle(data: Data) -> Data:
    """Return what is left when 450 to 510 s are lost, and the next event is marked so."""
    if isinstance(data, Signal):
        values = data.values.copy()
        values[(data.times >= 450) & (data.times < 510)] = np.nan
        return Signal(values, data.sampling_rate, data.unit, data.person, data.start)
    left, right = data.between(-np.inf, 450), data.between(510, np.inf)
    if isinstance(right, Beats | Breaths):
        normal = right.normal.copy()
        normal[0] = False
        right = dataclasses.replace(right, normal=normal)
    return left.then(right)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [n for n in MEASURES if "beats" in MEASURES[n].needs])
def test_where_an_abnormal_beat_stands_does_not_matter(name: str, person: Recording) -> None:
    measure = MEASURES[name]
    beats = person.channels["beats"]
    assert isinstance(beats, Beats)
    k = int(np.searchsorted(beats.times, 480))
    normal = beats.normal.copy()
    normal[k] = False
    moved = beats.times.copy()
    moved[k] += 0.4 * (moved[k + 1] - moved[k])
    here = Recording("a", {**person.channels, "beats": Beats(beats.times, normal, "a")})
    there = Recording("a", {**person.channels, "beats": Beats(moved, normal, "a")})
    assert estimate(measure, here) == estimate(measure, there)


@pytest.mark.parametrize("name", [n for n in MEASURES if "beats" in MEASURES[n].needs])
def test_a_heart_without_a_normal_beat_is_missing(name: str, person: Recording) -> None:
    beats = person.channels["beats"]
    assert isinstance(beats, Beats)
    bad = Beats(beats.times, np.zeros(len(beats), dtype=bool), "a")
    found = estimate(MEASURES[name], Recording("a", {**person.channels, "beats": bad}))
    assert found.reason.startswith("0 of ")
    assert found.quality == 0


@every
def test_a_steady_body_has_a_value_or_nothing_varies(name: str) -> None:
    """A pacemaker, a ventilator, a flat skin: nothing varies, and nothing breaks."""
    onsets = np.arange(0.25, 400, 4.0)
    steady = Recording(
        "a",
        {
            "beats": Beats.from_rr([800.0] * 1300, "a"),
            "breaths": Breaths(
                onsets, onsets + 1, np.ones(onsets.size), np.ones(onsets.size, bool), person="a"
            ),
            "scl": Signal(np.full(1600, 2.0), 4, unit="µS", person="a", start=0),
            "responses": Responses(onsets, onsets + 1, np.ones(onsets.size), person="a"),
        },
    )
    span = LONG if name in NEED_LONG else Span(0.0, 400.0)
    found = estimate(MEASURES[name], steady, span)
    if found.reason:  # a share, a peak or a logarithm of nothing
        alike = "no two parts of it differ"
        assert found.reason in {"nothing varies", alike, "0 of 20 anchors"}
        return
    assert np.isfinite(found.value)
    assert found.se >= 0
