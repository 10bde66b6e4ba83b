"""The skin does what its equations say: analytic responses, counts and levels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interbeat.body.appraisal import appraise
from interbeat.body.inputs import RATE, Inputs, Tie
from interbeat.body.mind import Appraisal, Mind
from interbeat.body.noise import Streams
from interbeat.body.skin import Skin, Sweat, perspire
from interbeat.core.arrays import FloatArray
from interbeat.core.responses import Responses
from interbeat.validation.population import held

STILL = Skin(
    resting_rate=0.0, surge=0.0, amplitude_spread=0.0, shape_spread=0.0, level_drift=0.0
)


def mind(
    threat: FloatArray, safety: FloatArray | float = 0.0, bursts: tuple[float, ...] = ()
) -> Appraisal:
    """Return a mind of which all that the skin looks at is told."""
    (calm,) = appraise(
        [Mind()], [Inputs.at_rest(0.1)], ties=[Tie()], contact=np.ones(1),
        streams=[Streams(0, 0)],
    )  # fmt: skip
    return calm._replace(
        threat=threat, safety=np.zeros(threat.size) + safety, bursts=np.array(bursts),
        strengths=np.ones(len(bursts)),
    )  # fmt: skip


def sweat(
    skin: Skin, seconds: float, threat: float = 0.0, *, seed: int = 1, safety: float = 0.0,
    bursts: tuple[float, ...] = (), tracks: dict[str, float] | None = None,
) -> Sweat:  # fmt: skip
    inputs = held(Inputs.at_rest(seconds), **(tracks or {}))
    seen = mind(np.full(inputs.danger.size, threat), safety, bursts)
    return perspire(skin, inputs, mind=seen, streams=Streams(seed, 0))


def bateman(ago: FloatArray, skin: Skin) -> FloatArray:
    rise, decay = skin.rise, skin.decay
    top = np.log(decay / rise) / (1 / rise - 1 / decay)
    height = np.exp(-top / decay) - np.exp(-top / rise)
    curve = (np.exp(-ago / decay) - np.exp(-ago / rise)) / height
    return np.where(ago > 0, curve, 0.0)


def test_a_single_burst_is_a_bateman_function_of_the_height_that_was_told() -> None:
    found = sweat(STILL, 120.0, bursts=(20.03,))
    times = np.arange(1200) / RATE
    expected = STILL.amplitude * bateman(times - 20.03 - STILL.latency, STILL)
    np.testing.assert_allclose(found.conductance - found.level, expected, atol=1e-5)
    assert found.onsets == pytest.approx([20.03 + STILL.latency])
    assert found.amplitudes == pytest.approx([0.30])


def test_the_peak_is_where_a_fine_trace_is_highest() -> None:
    found = sweat(STILL, 60.0, bursts=(20.0,))
    fine = np.linspace(0, 20, 200_001)
    assert found.peaks[0] - found.onsets[0] == pytest.approx(
        fine[np.argmax(bateman(fine, STILL))], abs=2e-4
    )


def test_responses_add_up() -> None:
    one, other, both = (
        sweat(STILL, 90.0, bursts=bursts) for bursts in ((20.0,), (23.3,), (20.0, 23.3))
    )
    apart = one.conductance + other.conductance - one.level - other.level
    np.testing.assert_allclose(both.conductance - both.level, apart, atol=1e-12)


def test_two_cues_at_the_same_instant_are_one_burst() -> None:
    assert sweat(STILL, 60.0, bursts=(20.0, 20.0)).onsets.size == 1


@pytest.mark.parametrize(("threat", "safety"), [(0.0, 0.0), (0.5, 0.0), (1.0, 0.0), (0.3, 1.0)])
def test_bursts_come_at_the_rate_of_their_law(threat: float, safety: float) -> None:
    skin = Skin()
    rate = skin.resting_rate * np.exp(skin.arousal * threat - skin.calming * safety)
    counts = [
        sweat(skin, 1800.0, threat, seed=seed, safety=safety).onsets.size for seed in range(30)
    ]
    spread = skin.irregularity * np.sqrt(1800 * rate / 30)
    assert np.mean(counts) == pytest.approx(1800 * rate, abs=4 * spread + 1)


@pytest.mark.parametrize(("track", "field"), [("movement", "moving"), ("speech", "speaking")])
def test_moving_and_speaking_make_the_glands_fire(track: str, field: str) -> None:
    skin = replace(Skin(), resting_rate=0.0)
    counts = [sweat(skin, 600.0, seed=k, tracks={track: 1.0}).onsets.size for k in range(20)]
    assert np.mean(counts) == pytest.approx(600 * getattr(skin, field), rel=0.1)


def test_a_rise_of_threat_brings_the_bursts_that_a_surge_is_said_to() -> None:
    skin = replace(Skin(), resting_rate=0.0, surge=6.0, irregularity=0.3)
    threat = np.where(np.arange(600) < 300, 0.0, 0.5)
    counts = [
        perspire(
            skin, Inputs.at_rest(60.0), mind=mind(threat), streams=Streams(seed, 0)
        ).onsets.size
        for seed in range(200)
    ]
    # A count starts somewhere between two thresholds: half of one less, on average.
    assert np.mean(counts) == pytest.approx(6.0 * 0.5 - 0.5, abs=0.25)


def test_the_first_minute_is_like_any_other() -> None:
    """Intervals and tails of responses reach back to before the session."""
    found = [sweat(Skin(), 90.0, seed=seed) for seed in range(400)]
    counts = np.array([np.histogram(one.onsets, (0, 30, 60, 90))[0] for one in found])
    assert counts[:, 0].mean() == pytest.approx(counts[:, 1:].mean(), abs=0.15)
    added = np.array([one.conductance - one.level for one in found])
    assert added[:, 0].mean() == pytest.approx(added[:, 300:].mean(), rel=0.4)


def test_the_level_goes_to_its_place_with_its_time_constant() -> None:
    threat = np.where(np.arange(3000) < 600, 0.0, 0.8)
    found = perspire(STILL, Inputs.at_rest(300.0), mind=mind(threat), streams=Streams(1, 0))
    since = np.clip(np.arange(3000) / RATE - 60.0, 0, None)
    high = STILL.level * np.exp(STILL.level_gain * 0.8)
    expected = high + (STILL.level - high) * np.exp(-since / STILL.level_time)
    np.testing.assert_allclose(found.level, expected, rtol=2e-3)


def test_one_who_does_not_respond_has_a_level_and_no_responses() -> None:
    found = sweat(replace(Skin(), responsiveness=-0.1), 300.0, 0.9, bursts=(50.0,))
    assert found.onsets.size == 0
    np.testing.assert_array_equal(found.conductance, found.level)


def test_one_person_in_ten_does_not_respond() -> None:
    rng = np.random.default_rng(5)
    mute = np.mean([Skin.drawn(rng).responsiveness <= 0 for _ in range(4000)])
    assert mute == pytest.approx(0.10, abs=0.015)


def test_full_atropine_leaves_dry_skin() -> None:
    found = sweat(STILL, 60.0, 0.5, bursts=(20.0,), tracks={"atropine": 1.0})
    assert found.onsets.size == 0
    wet = sweat(STILL, 60.0, 0.5, bursts=(20.0,))
    np.testing.assert_allclose(found.level / wet.level, STILL.dry)


def test_half_of_the_receptors_give_half_of_the_height() -> None:
    found = sweat(STILL, 60.0, bursts=(20.0,), tracks={"atropine": 0.5})
    assert found.amplitudes == pytest.approx([0.15])


def test_the_same_seed_gives_the_same_bytes_and_another_does_not() -> None:
    one, same, other = (sweat(Skin(), 300.0, 0.4, seed=seed) for seed in (3, 3, 4))
    assert one.conductance.tobytes() == same.conductance.tobytes()
    assert one.conductance.tobytes() != other.conductance.tobytes()


def test_what_is_told_of_a_response_leaves_the_level_as_it_was() -> None:
    """The level has a stream of its own, so that more bursts do not move it."""
    quiet, loud = sweat(Skin(), 120.0), sweat(replace(Skin(), resting_rate=0.4), 120.0)
    np.testing.assert_array_equal(quiet.level, loud.level)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), threat=st.floats(0, 1), movement=st.floats(0, 1))
def test_whoever_it_is_conductance_is_positive_and_responses_are_in_order(
    seed: int, threat: float, movement: float
) -> None:
    skin = Skin.drawn(np.random.default_rng(seed))
    found = sweat(
        skin, 60.0, threat, seed=seed, tracks={"movement": movement}, bursts=(5.0, 5.01)
    )
    assert np.isfinite(found.conductance).all()
    assert (found.conductance >= found.level).all()
    assert (found.level > 0).all()
    assert ((found.onsets >= 0) & (found.onsets < 60)).all()
    Responses(found.onsets, found.peaks, found.amplitudes, "a")


def test_responses_of_tied_people_come_together_and_those_of_strangers_do_not() -> None:
    tied, apart = (np.mean([_shared(seed, gain) for seed in range(24)]) for gain in (0.8, 0.0))
    assert tied > 0.2
    assert abs(apart) < 0.08


def _shared(seed: int, gain: float) -> float:
    """Correlate counts in 10 s of one who is threatened now and then, and of a partner."""
    rng, inputs = np.random.default_rng(seed), Inputs.at_rest(600.0)
    starts = rng.integers(0, 5800, 12)
    danger = np.zeros(6000)
    for start in starts:
        danger[start : start + 120] = 0.5
    streams = [Streams(seed, k) for k in (0, 1)]
    both = [replace(inputs, danger=danger), inputs]
    minds = appraise(
        [Mind(), Mind()], both, ties=[Tie(), Tie(threat=gain)], contact=np.ones(6000),
        streams=streams,
    )  # fmt: skip
    counts = [
        np.histogram(
            perspire(Skin(), given, mind=seen, streams=own).onsets, np.arange(0, 601, 10)
        )[0]
        for given, seen, own in zip(both, minds, streams, strict=True)
    ]
    return float(np.corrcoef(counts)[0, 1])
