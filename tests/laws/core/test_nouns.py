"""The laws of the nouns: cut and joined they are themselves; what breaks a law is refused."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interbeat.core.beats import Beats
from interbeat.core.breaths import Breaths
from interbeat.core.channels import CHANNELS
from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate
from interbeat.core.events import Events
from interbeat.core.recording import Recording
from interbeat.core.responses import Responses
from interbeat.core.sample import Sample
from interbeat.core.session import Session
from interbeat.core.signal import Signal
from interbeat.core.track import Track

seconds = st.floats(-5, 60)
rates = st.sampled_from([1.0, 3.90625, 4.0, 25.0, 100.0, 250.0, 1000 / 3])


@st.composite
def signals(draw: st.DrawFn) -> Signal:
    n = draw(st.integers(1, 400))
    values = np.random.default_rng(n).normal(size=n)
    values[:: draw(st.integers(3, 9))] = np.nan
    return Signal(values, draw(rates), "µS", "a", draw(st.floats(-10, 10)))


@st.composite
def events(draw: st.DrawFn) -> Events:
    steps = draw(st.lists(st.floats(0.3, 9), min_size=0, max_size=40))
    times = np.cumsum(np.array(steps, dtype=float)) + draw(st.floats(-3, 3))
    n = times.size
    flags = np.random.default_rng(n).random(n) < 0.9
    kind = draw(st.sampled_from(["beats", "breaths", "responses"]))
    if kind == "beats":
        return Beats(times, flags, "a")
    if kind == "breaths":
        return Breaths(times, times + 0.1, np.full(n, np.nan), flags, "a")
    return Responses(times, times + 0.2, np.ones(n), "a")


@given(signal=signals(), cuts=st.tuples(seconds, seconds, seconds))
def test_a_signal_cut_in_two_and_joined_is_itself(
    signal: Signal, cuts: tuple[float, float, float]
) -> None:
    a, b, c = sorted(cuts)
    assert signal.between(a, b).then(signal.between(b, c)) == signal.between(a, c)


@given(happened=events(), cuts=st.tuples(seconds, seconds, seconds))
def test_events_cut_in_two_and_joined_are_themselves(
    happened: Events, cuts: tuple[float, float, float]
) -> None:
    a, b, c = sorted(cuts)
    assert happened.between(a, b).then(happened.between(b, c)) == happened.between(a, c)


@given(signal=signals(), cut=seconds)
def test_between_keeps_exactly_the_samples_inside(signal: Signal, cut: float) -> None:
    kept = signal.between(cut, np.inf)
    assert len(kept) == int((signal.times >= cut - 1e-6 / signal.sampling_rate).sum())


@given(signal=signals(), lost=st.integers(1, 50))
def test_lost_samples_become_nan(signal: Signal, lost: int) -> None:
    later = signal.moved((len(signal) + lost) / signal.sampling_rate)
    joined = signal.then(later)
    assert len(joined) == 2 * len(signal) + lost
    assert np.isnan(joined.values[len(signal) : len(signal) + lost]).all()


def test_an_overlap_is_an_error() -> None:
    signal = Signal([1.0, 2.0, 3.0], 4, "mV", "a", 0)
    with pytest.raises(DataError, match=r"starts at 0\.500 s overlaps .* end at 0\.750 s"):
        signal.then(signal.moved(0.5))


@pytest.mark.parametrize("other", [{"unit": "V"}, {"person": "b"}, {"sampling_rate": 5}])
def test_only_like_signals_join(other: dict[str, str | float]) -> None:
    about: dict[str, str | float] = {"sampling_rate": 4, "unit": "mV", "person": "a"}
    one = Signal([1.0], start=0, **about)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="cannot join"):
        one.then(Signal([1.0], start=1, **{**about, **other}))  # type: ignore[arg-type]


@pytest.mark.parametrize("rate", [0, -1, np.nan, np.inf])
def test_a_sampling_rate_is_a_positive_number(rate: float) -> None:
    with pytest.raises(DataError, match="positive number of Hz"):
        Signal([1.0], rate, "mV", "a", 0)


def test_a_sampling_rate_has_no_default() -> None:
    with pytest.raises(TypeError, match="sampling_rate"):
        Signal([1.0], unit="mV", person="a", start=0)  # type: ignore[call-arg]


def test_arrays_inside_cannot_be_changed_and_outside_can() -> None:
    mine = np.array([1.0, 2.0])
    signal = Signal(mine, 4, "mV", "a", 0)
    with pytest.raises(ValueError, match="read-only"):
        signal.values[0] = 5
    mine[1] = 3.0
    assert mine[1] == 3.0


def test_every_array_of_a_track_is_read_only() -> None:
    track = Track("scl", "µS", "a", 10, 10, [1.0], [1.0], [1.0], [4], ("",))
    for array in (track.values, track.se, track.quality, track.n):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 5


@given(happened=events())
def test_from_start_to_end_is_everything(happened: Events) -> None:
    assert happened.between(happened.start, happened.end) == happened


def test_times_that_go_back_are_refused() -> None:
    with pytest.raises(DataError, match=r"beat 2 at 0\.700 s comes after beat 1 at 0\.800 s"):
        Beats.at([0.0, 0.8, 0.7], "a")
    with pytest.raises(DataError, match="response 1 at"):
        Responses([1.0, 1.0], [2.0, 2.0], [1.0, 1.0], "a")


def test_a_breath_peaks_within_itself() -> None:
    with pytest.raises(DataError, match="between its onset and the next"):
        Breaths([0.0, 4.0], [4.5, 5.0], [1.0, 1.0], [True, True], "a")


def test_phase_is_unknown_outside_trusted_breaths() -> None:
    breaths = Breaths([0, 4, 8, 12], [1, 5, 9, 13], [1] * 4, [True, True, False, True], "a")
    phase = breaths.phase([-1.0, 2.0, 6.0, 10.0, 14.0])
    np.testing.assert_array_equal(phase, [np.nan, 0.5, np.nan, np.nan, np.nan])


@given(
    value=st.floats(allow_nan=True), se=st.floats(), reason=st.sampled_from(["", "no beats"])
)
def test_an_estimate_is_nan_exactly_when_it_gives_a_reason(
    value: float, se: float, reason: str
) -> None:
    lawful = np.isnan(value) if reason else bool(np.isfinite(value) and 0 <= se < np.inf)
    if lawful:
        assert str(Estimate(value, se, "ms", 1.0, 3, reason))
        return
    with pytest.raises(DataError):
        Estimate(value, se, "ms", 1.0, 3, reason)


@pytest.mark.parametrize("quality", [-0.1, 1.1, np.nan])
def test_quality_runs_from_0_to_1(quality: float) -> None:
    with pytest.raises(DataError, match="0 to 1"):
        Estimate(1.0, 0.1, "ms", quality, 3)


@pytest.mark.parametrize(
    ("value", "se", "text"),
    [
        (38.234, 4.1, "38 ± 4 ms"),
        (38.234, 0.14, "38.23 ± 0.14 ms"),
        (1234.5, 130.0, "1230 ± 130 ms"),
        (0.0, 0.0, "0 ± 0 ms"),
    ],
)
def test_an_estimate_shows_the_digits_that_mean_something(
    value: float, se: float, text: str
) -> None:
    assert str(Estimate(value, se, "ms", 1.0, 3)) == text


def test_a_track_gives_back_its_estimates() -> None:
    given_ = [Estimate(1.0, 0.1, "ms", 1.0, 5), Estimate.missing("ms", "no beats")]
    track = Track.of(given_, name="rmssd", unit="ms", person="a", window=60, start=60)
    assert [track[k] for k in range(len(track))] == given_
    assert track.between(60, 61).then(track.between(61, 62)) == track
    with pytest.raises(DataError, match="does not follow"):
        track.then(track)


def test_a_track_refuses_nan_without_a_reason() -> None:
    with pytest.raises(DataError, match="second 1"):
        Track("scl", "µS", "a", 10, 10, [1, np.nan], [1, 1], [1, 1], [1, 1], ("", ""))


@pytest.mark.parametrize(
    ("value", "bounds"), [(1.0, (0.0, 2.0)), (5.0, (5.0, 5.0)), (99.0, (50.0, np.inf))]
)
def test_a_sample_outside_the_limits_is_censored_and_not_zero(
    value: float, bounds: tuple[float, float]
) -> None:
    sample = Sample("oxytocin", value, "pg/mL", 0, "saliva", "a", lower=2, upper=50)
    assert sample.bounds == bounds
    assert sample.censored == (bounds[0] != bounds[1])
    assert sample.value == value


def test_a_recording_refuses_names_kinds_and_persons_that_do_not_fit() -> None:
    beats = Beats.from_rr([800.0], person="a")
    with pytest.raises(DataError, match="no channel is called 'ekg'; possible: ecg"):
        Recording("a", {"ekg": beats})
    with pytest.raises(DataError, match="'ecg' holds Signal, not Beats"):
        Recording("a", {"ecg": beats})
    with pytest.raises(DataError, match="'beats' of 'b' belongs to 'a'"):
        Recording("b", {"beats": beats})


@given(cut=st.floats(0, 12), signal=signals())
def test_a_recording_cut_in_two_and_joined_is_itself(cut: float, signal: Signal) -> None:
    recording = Recording("a", {"eda": signal, "beats": Beats.from_rr([800.0] * 12, "a")})
    first, rest = recording.between(-np.inf, cut), recording.between(cut, np.inf)
    assert first.then(rest) == recording


def test_a_session_holds_one_or_two_different_people() -> None:
    one = Recording("a", {"beats": Beats.from_rr([800.0], person="a")})
    for wrong in ([], [one, one], [one, one.renamed("b"), one.renamed("c")]):
        with pytest.raises(DataError, match="one or two different people"):
            Session(tuple(wrong))


def test_a_session_survives_the_way_to_another_process() -> None:
    one = Recording("a", {"beats": Beats.from_rr([800.0], person="a")})
    session = Session((one, one.renamed("b")), title="t")
    assert pickle.loads(pickle.dumps(session)) == session


def test_every_channel_says_what_it_is() -> None:
    for name, channel in CHANNELS.items():
        assert name == channel.name
        assert channel.noun in {"Signal", "Beats", "Breaths", "Responses"}
        assert channel.meaning
