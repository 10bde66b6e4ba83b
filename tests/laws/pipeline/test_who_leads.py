"""Who leads is asked where two move together, and no closer than their sensors can tell."""

from __future__ import annotations

import numpy as np
import pytest
from tests.designed import simulate

from interbeat.core.beats import Beats
from interbeat.core.recording import Recording
from interbeat.core.session import Session
from interbeat.pipeline._leading import sensor_error
from interbeat.pipeline._pair import SIGNALS
from interbeat.pipeline.analysis import Analysis
from interbeat.pipeline.analyze import analyze


@pytest.fixture(scope="module")
def couple() -> Analysis:
    return analyze(simulate("disagreement and repair", seed=2).session)


def test_it_is_asked_exactly_where_the_two_move_together(couple: Analysis) -> None:
    assert couple.dyad
    tied = {name for name, found in couple.dyad.items() if found.p <= 0.05}
    assert set(couple.leading) == tied
    assert "heart rate" in tied
    for name, found in couple.leading.items():
        assert found.signal == name
        assert found.settings["max_lag"] == SIGNALS[name].max_lag


def test_hearts_that_devices_counted_are_less_sure_than_ecgs(couple: Analysis) -> None:
    assert couple.leading["heart rate"].settings["sensor_error"] == 0.05
    beats = [couple[who].beats for who in "ab"]
    given = Session(
        tuple(Recording(b.person, {"beats": Beats(b.times, b.normal, b.person)}) for b in beats)
    )
    assert analyze(given).leading["heart rate"].settings["sensor_error"] == 0.3


@pytest.mark.parametrize(
    ("signal", "one", "other", "seconds"),
    [
        ("heart rate", {"heart": "ecg"}, {"heart": "ecg"}, 0.05),
        ("heart rate", {"heart": "ecg"}, {"heart": "ppg"}, 0.3),
        ("breathing", {"breath": "respiration"}, {"breath": "edr"}, 1.0),
        ("skin conductance", {"sweat": "eda"}, {"sweat": "eda"}, 1.0),
        ("heart rate", {}, {"heart": "ecg"}, 1.0),
    ],
)
def test_the_less_sure_of_two_sensors_counts(
    signal: str, one: dict[str, str], other: dict[str, str], seconds: float
) -> None:
    assert sensor_error(signal, (one, other)) == seconds
    assert sensor_error(signal, (other, one)) == seconds


def _apart(seed: int) -> Session:
    rng = np.random.default_rng([5, seed])
    hearts = [Beats.at(np.cumsum(0.8 + 0.05 * rng.random(500)), who) for who in "ab"]
    return Session(tuple(Recording(h.person, {"beats": h}) for h in hearts))


def test_strangers_seldom_have_a_leader_and_one_person_never() -> None:
    assert sum(bool(analyze(_apart(seed)).leading) for seed in range(8)) <= 2
    assert analyze(Session(_apart(0).recordings[:1])).leading == {}
