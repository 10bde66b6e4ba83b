"""What hearts do: nerves, baroreflex, blockade, pressure, posture, cold and age."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from interbeat.body.appraisal import appraise
from interbeat.body.circulation import Circulation, circulate
from interbeat.body.heart import Heart
from interbeat.body.inputs import Inputs, Tie
from interbeat.body.lungs import Breathing, Lungs, breathe
from interbeat.body.memory import Memory
from interbeat.body.mind import Appraisal, Mind
from interbeat.body.noise import Streams
from interbeat.body.outflow import outflows
from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError

SECONDS = 300.0
REST = Inputs.at_rest(SECONDS)
N = REST.danger.size
STILL = Heart(vagal_wander=0.0, sympathetic_wander=0.0, vessel_noise=0.0, gate=0.0, suction=0.0)
AGE = 35.0


def held(inputs: Inputs = REST, **levels: float) -> Inputs:
    tracks: dict[str, Any] = {name: np.full(N, level) for name, level in levels.items()}
    return replace(inputs, **tracks)


def calm() -> Appraisal:
    """Return what is made of nothing, by a mind that nothing moves from within."""
    (one,) = appraise(
        [Mind(moodiness=0.0, sweat_noise=0.0)], [REST], ties=[Tie()], contact=np.ones(N),
        streams=[Streams(0, 0)], memories=[Memory()],
    )  # fmt: skip
    return one


CALM = calm()


def breathed(inputs: Inputs) -> Breathing:
    (one,) = breathe(
        [Lungs()], [inputs], [np.zeros(N)], pulls=[np.zeros(N)], streams=[Streams(1, 0)]
    )
    return one


def lived(
    heart: Heart = STILL, inputs: Inputs = REST, *, age: float = AGE, mind: Appraisal = CALM
) -> Circulation:
    return circulate(
        heart, age, inputs, mind=mind, breathing=breathed(inputs), streams=Streams(1, 0)
    )


def rate(circulation: Circulation, start: float = 60.0) -> float:
    """Return mean heart rate from `start` on, in bpm."""
    return float(60 / np.diff(circulation.beats[circulation.beats > start]).mean())


def intervals(circulation: Circulation) -> FloatArray:
    return np.diff(circulation.beats) * 1000


def pressure(circulation: Circulation) -> float:
    late = circulation.beats > 60
    return float((circulation.systolic + 2 * circulation.diastolic)[late].mean() / 3)


@pytest.mark.parametrize("bpm", [48.0, 65.0, 88.0])
@pytest.mark.parametrize("systolic", [105.0, 150.0])
def test_at_rest_rate_and_pressure_are_those_of_the_person(bpm: float, systolic: float) -> None:
    heart = replace(STILL, resting_rate=bpm, systolic=systolic)
    found = lived(heart)
    assert rate(found) == pytest.approx(bpm, rel=0.01)
    assert found.systolic[60:].mean() == pytest.approx(systolic, abs=2)
    assert (found.systolic - found.diastolic)[60:].mean() > 35
    assert found.vagal_effect[-500:].mean() == pytest.approx(1.0, abs=0.03)


def test_without_nerves_and_noise_the_node_beats_on_its_own() -> None:
    blocked = held(atropine=1.0, propranolol=1.0)
    found = lived(Heart(), blocked)
    own = Heart().intrinsic_rate - Heart().intrinsic_slope * AGE
    assert rate(found) == pytest.approx(own, rel=1e-6)
    assert intervals(found)[3:].std() < 1e-6


def test_blockers_silence_effects_and_not_the_drives() -> None:
    plain, blocked = lived(Heart()), lived(Heart(), held(atropine=1.0, propranolol=1.0))
    np.testing.assert_array_equal(blocked.vagal_effect, 0.0)
    np.testing.assert_array_equal(blocked.sympathetic_effect, 0.0)
    np.testing.assert_array_equal(blocked.vagal, plain.vagal)
    np.testing.assert_array_equal(blocked.sympathetic, plain.sympathetic)


def test_half_the_dose_is_between() -> None:
    rates = [rate(lived(STILL, held(atropine=dose))) for dose in (0.0, 0.5, 1.0)]
    assert rates[0] < rates[1] - 5 < rates[2] - 15


def test_intervals_lengthen_in_a_line_with_vagal_effect() -> None:
    """R-R is linear in vagal activity (Parker et al. 1984); here by the node's equation."""
    open_loop = replace(STILL, vagal_reflex=0.0, sympathetic_reflex=0.0, sympathetic_gain=0.0)
    steps = (0.0, 0.3, 0.6)
    found = [
        60_000 / rate(lived(open_loop, mind=CALM._replace(reflex=np.full(N, step))))
        for step in steps
    ]
    first, second = np.diff(found)
    assert first == pytest.approx(second, rel=0.02)


def test_the_vagus_slows_more_beats_where_the_other_nerve_drives() -> None:
    """Accentuated antagonism (Levy 1971): in heart rate, against a quicker heart, more."""
    open_loop = replace(STILL, vagal_reflex=0.0, sympathetic_reflex=0.0)

    def slowed(sympathetic: float) -> float:
        driven = CALM._replace(startle=np.full(N, sympathetic))
        more = driven._replace(reflex=np.full(N, 0.5))
        return rate(lived(open_loop, mind=driven)) - rate(lived(open_loop, mind=more))

    assert slowed(3.0) > 1.15 * slowed(0.0)


def test_higher_pressure_slows_the_heart() -> None:
    """Vessels that narrow raise pressure, and the reflex answers through the vagus."""
    threatened = CALM._replace(threat=np.full(N, 1.0))
    heart = replace(STILL, vagal_threat=0.0, sympathetic_threat=0.0, vessel_threat=0.6)
    found = lived(heart, mind=threatened)
    assert pressure(found) > pressure(lived()) + 4
    assert rate(found) < rate(lived()) - 3
    assert found.vagal_effect[-100:].mean() > 1.1


def test_without_the_reflex_pressure_goes_further() -> None:
    threatened = CALM._replace(threat=np.full(N, 1.0))
    heart = replace(STILL, vagal_threat=0.0, sympathetic_threat=0.0, vessel_threat=0.6)
    deaf = replace(heart, vessel_reflex=0.0)
    assert pressure(lived(deaf, mind=threatened)) > pressure(lived(heart, mind=threatened)) + 3


def test_breath_swings_the_heart_with_the_vagus_alone() -> None:
    heart = replace(STILL, gate=0.8)
    plain, no_vagus = lived(heart), lived(heart, held(atropine=1.0))
    assert intervals(plain)[60:].std() > 15
    assert intervals(no_vagus)[60:].std() < 1


def test_a_breath_in_quickens_the_heart() -> None:
    inputs = held(pace=6.0, depth=1.0)
    breathing = breathed(inputs)
    found = lived(replace(STILL, gate=0.8), inputs)
    times = (found.beats[1:] + found.beats[:-1])[60:] / 2
    filled = np.interp(times - 1.5, np.arange(N * 5) / 50, breathing.volume)
    assert np.corrcoef(filled, intervals(found)[60:])[0, 1] < -0.7


def test_a_stressor_of_the_laboratory_adds_about_seven_beats() -> None:
    stressed = CALM._replace(threat=np.full(N, 0.7))
    assert 4 < rate(lived(mind=stressed)) - rate(lived()) < 11


def test_immobility_slows_and_safety_calms() -> None:
    frozen = CALM._replace(immobility=np.full(N, 0.5))
    safe = CALM._replace(safety=np.full(N, 0.5))
    assert rate(lived(mind=frozen)) < rate(lived()) - 3
    assert rate(lived(mind=safe)) < rate(lived()) - 0.5


def test_standing_and_moving_quicken_the_heart() -> None:
    supine, upright, moving = (
        rate(lived(Heart(), one)) for one in (REST, held(posture=1.0), held(movement=1.0))
    )
    assert upright > supine + 8
    assert moving > supine + 20


def moves(movement: float = 0.0, propranolol: float = 0.0) -> Circulation:
    return lived(Heart(), held(movement=movement, propranolol=propranolol))


def mmhg(circulation: Circulation) -> FloatArray:
    """Return mean systolic and diastolic pressure from 60 s on."""
    late = circulation.beats > 60
    return np.array([circulation.systolic[late].mean(), circulation.diastolic[late].mean()])


def test_a_stressor_raises_both_pressures() -> None:
    systolic, diastolic = mmhg(lived(mind=CALM._replace(threat=np.full(N, 0.9)))) - mmhg(
        lived()
    )
    assert 10 < systolic < 25
    assert 5 < diastolic < systolic


def test_movement_raises_systolic_pressure_and_hardly_the_diastolic() -> None:
    """About as many mmHg as beats a minute; the vessels of the muscles are open."""
    plain, gentle, brisk = moves(), moves(0.4), moves(0.8)
    for one in (gentle, brisk):
        systolic, diastolic = mmhg(one) - mmhg(plain)
        assert 0.5 < systolic / (rate(one) - rate(plain)) < 1.5
        assert abs(diastolic) < 6


def test_what_stronger_beats_add_moves_no_beat() -> None:
    weak = replace(Heart(), contraction_threat=0.0, contraction_movement=0.0)
    alarmed, walking = CALM._replace(threat=np.full(N, 0.9)), held(movement=0.5)
    strong, plain = (lived(heart, walking, mind=alarmed) for heart in (Heart(), weak))
    np.testing.assert_array_equal(strong.beats, plain.beats)
    assert np.all(strong.systolic > plain.systolic + 10)


def test_pressure_rises_and_falls_over_seconds_with_movement() -> None:
    times = np.arange(N) / 10
    moved = np.where((times > 120) & (times < 200), 1.0, 0.0)
    weak = replace(STILL, contraction_movement=0.0)
    strong, plain = (lived(heart, replace(REST, movement=moved)) for heart in (STILL, weak))
    share = (strong.systolic - STILL.ground) / (plain.systolic - STILL.ground) - 1

    def after(seconds: float) -> float:
        return float(np.interp(seconds, strong.beats, share)) / STILL.contraction_movement

    assert after(119) == 0
    assert after(128) == pytest.approx(1 - np.exp(-1), abs=0.05)
    assert after(199) > 0.98
    assert after(208) == pytest.approx(np.exp(-1), abs=0.05)


def test_a_beta_blocker_takes_what_stronger_beats_add() -> None:
    blocked = mmhg(moves(1.0, propranolol=1.0)) - mmhg(moves(propranolol=1.0))
    assert blocked[0] < 0 < (mmhg(moves(1.0)) - mmhg(moves()))[0] - 15


def test_pressure_that_would_run_off_below_its_ground_is_refused() -> None:
    with pytest.raises(DataError, match="runs off, not 5 mmHg"):
        Heart(systolic=80.0, pulse_pressure=75.0)


@pytest.mark.parametrize(
    ("inputs", "outflow", "share"),
    [
        ({"posture": 1.0}, "vagal", 1 - STILL.vagal_posture),
        ({"posture": 1.0}, "sympathetic", 1 + STILL.sympathetic_posture),
        ({"posture": 1.0}, "vessel", 1 + STILL.vessel_posture),
        ({"posture": 1.0}, "preload", 1 - STILL.preload_posture),
        ({"posture": 0.5}, "suction", 1 + STILL.suction_posture / 2),
        ({"movement": 0.5}, "vagal", 1 - STILL.vagal_movement / 2),
        ({"movement": 0.5}, "sympathetic", 1 + STILL.sympathetic_movement / 2),
        ({"cold_face": 1.0}, "vagal", 1 + STILL.vagal_cold),
        ({"cold_face": 1.0}, "vessel", 1 + STILL.vessel_cold),
        ({"atropine": 0.3}, "muscarinic", 0.7),
        ({"propranolol": 0.3}, "beta", 0.7),
    ],
)
def test_each_input_reaches_the_outflow_that_it_should(
    inputs: dict[str, float], outflow: str, share: float
) -> None:
    heart = replace(STILL, suction=10.0)
    after, before = (
        getattr(
            outflows(
                heart, one, mind=CALM, breathing=breathed(REST), streams=Streams(1, 0)
            ), outflow,
        )
        for one in (held(REST, **inputs), REST)
    )  # fmt: skip
    np.testing.assert_allclose(after, share * before)


@pytest.mark.parametrize(
    ("made", "outflow", "share"),
    [
        ("threat", "vagal", 1 - STILL.vagal_threat),
        ("threat", "sympathetic", 1 + STILL.sympathetic_threat),
        ("threat", "vessel", 1 + STILL.vessel_threat),
        ("safety", "sympathetic", 1 - STILL.sympathetic_safety),
        ("safety", "vessel", 1 - STILL.vessel_safety),
    ],
)
def test_what_is_made_of_it_reaches_the_outflow_that_it_should(
    made: str, outflow: str, share: float
) -> None:
    none = np.zeros(N)
    still = CALM._replace(threat=none, safety=none, startle=none, reflex=none)
    some: dict[str, Any] = {made: np.ones(N)}
    minds = (still._replace(**some), still)
    after, before = (
        getattr(
            outflows(STILL, REST, mind=one, breathing=breathed(REST), streams=Streams(1, 0)),
            outflow,
        )
        for one in minds
    )
    np.testing.assert_allclose(after, share * before)


def test_a_cold_face_slows_within_ten_seconds_and_lets_go() -> None:
    times = np.arange(N) / 10
    cold = np.where((times > 120) & (times < 180), 1.0, 0.0)
    found = lived(STILL, replace(REST, cold_face=cold))

    def between(start: float, end: float) -> float:
        inside = (found.beats > start) & (found.beats < end)
        return float(60 / np.diff(found.beats[inside]).mean())

    assert between(125, 132) < 0.88 * between(60, 119)
    assert between(220, 299) == pytest.approx(between(60, 119), rel=0.02)


def test_old_hearts_vary_less_at_the_same_rate() -> None:
    young, old = (intervals(lived(Heart(), age=age)) for age in (25.0, 75.0))
    assert old.mean() == pytest.approx(young.mean(), rel=0.06)
    assert old.std() < 0.7 * young.std()


def test_the_same_seed_gives_the_same_bytes_and_another_one_others() -> None:
    one, again = lived(Heart()), lived(Heart())
    assert one.beats.tobytes() == again.beats.tobytes()
    other = circulate(
        Heart(), AGE, REST, mind=CALM, breathing=breathed(REST), streams=Streams(2, 0)
    )
    assert one.beats[5] != other.beats[5]


def test_all_beats_are_inside_and_one_comes_soon() -> None:
    found = lived(Heart())
    assert 0 <= found.beats[0] < 2
    assert SECONDS - 2 < found.beats[-1] < SECONDS
    assert found.beats.shape == found.systolic.shape == found.diastolic.shape
