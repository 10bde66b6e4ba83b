"""A scenario says what goes wrong with sensors, and the truth about it is told."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

import interbeat as ib
from interbeat.app.simulating import write_scenario
from interbeat.body import scenario, simulate
from interbeat.body.sensors import Clock, Equipment
from interbeat.body.sensors.equipment import TYPICAL
from interbeat.body.simulated import Simulated
from interbeat.core.errors import FormatError
from interbeat.core.signal import Signal

PLAIN = """\
title = "Two people"
length = "10 min"
[a]
[b]
[sensors]
ecg = "250 Hz"
respiration = "25 Hz"
b.ppg = "100 Hz"
b.strap = true
"""
WORN = """\
drawn = true
[[clocks]]
who = "a"
offset = "90 s"
drift = "80 ppm"
jumps = [{time = "5 min", by = "2 s"}]
[[clocks]]
who = "b"
of = ["phone"]
offset = "-3 s"
"""
EARLY = "[b]\nectopy.per_hour = '200 /h'\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


@cache
def played(folder: Path, text: str) -> Simulated:
    return simulate(written(folder, text), seed=3_000_000)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scenarios")


def test_a_drifting_clock_stamps_what_its_wearer_records_and_nothing_else(folder: Path) -> None:
    plain, made = played(folder, PLAIN), played(folder, PLAIN + WORN)
    clock = Clock(90.0, 80.0, ((300.0, 2.0),))
    assert made.worn["a"].clocks == {"ecg": clock, "respiration": clock}
    assert made.worn["b"].clocks == {"phone": Clock(-3.0)}
    ecg = made.session["a"].channels["ecg"]
    assert isinstance(ecg, Signal)
    assert ecg.start == 90.0
    found = ib.detect_beats(ecg.values, sampling_rate=250).times + 90.0
    beats = made.truth["a"].beats.times
    off = np.abs(found - clock.reads(beats)[:, None]).min(axis=1)[2:-2]
    assert off.max() < 0.004
    later = made.worn["b"].packets[0].arrival - plain.worn["b"].packets[0].arrival
    assert later == pytest.approx(-3.0, abs=0.5)  # another wearer's strap, another delay
    for person in "ab":
        np.testing.assert_array_equal(
            made.truth[person].beats.times, plain.truth[person].beats.times
        )


def test_drawn_wearers_differ_and_typical_ones_do_not(folder: Path) -> None:
    plain, made = played(folder, PLAIN), played(folder, PLAIN + WORN)
    assert {one.equipment for one in plain.worn.values()} == {TYPICAL}
    a, b = (made.worn[person].equipment for person in "ab")
    assert a != b
    assert isinstance(a, Equipment)


def test_a_heart_that_beats_early_does_so_in_one_of_two_only(folder: Path) -> None:
    plain, made = played(folder, PLAIN), played(folder, PLAIN.replace("[b]\n", EARLY))
    assert made.truth["a"].beats == plain.truth["a"].beats
    beats = made.truth["b"].beats
    assert 10 < (~beats.normal).sum() < 60
    assert plain.truth["b"].beats.normal.all()
    ecg = made.session["b"].channels["ecg"]
    assert isinstance(ecg, Signal)
    found = ib.detect_beats(ecg.values, sampling_rate=250).times
    early = beats.times[~beats.normal]
    assert np.abs(found - early[:, None]).min(axis=1).max() < 0.05


def test_the_truth_about_the_sensors_lies_beside_the_session(tmp_path: Path) -> None:
    out = tmp_path / "s"
    text = PLAIN.replace("[b]\n", EARLY) + WORN
    write_scenario(str(written(tmp_path, text)), out, seed=3_000_000, minutes=[2])
    said = json.loads((out / "truth.json").read_text())
    assert said["clocks"]["a"]["ecg"] == {
        "offset": 90.0, "drift_ppm": 80.0, "jumps": [[60.0, 2.0]],
    }  # fmt: skip
    assert said["sensors"]["a"].keys() == {"ecg", "respiration"}
    assert said["sensors"]["b"]["ecg"]["r"] != said["sensors"]["a"]["ecg"]["r"]
    made = simulate(written(tmp_path, text), seed=3_000_000, seconds=120)
    instants = pq.read_table(out / "truth" / "b_instants.parquet").to_pylist()
    pulses = [row["time"] for row in instants if row["what"] == "pulse (ppg)"]
    assert pulses == made.worn["b"].feet["ppg"].tolist()
    packets = pq.read_table(out / "truth" / "b_packets.parquet").to_pylist()
    assert [tuple(one["rr"]) for one in packets] == [p.rr for p in made.worn["b"].packets]
    assert not (out / "truth" / "a_packets.parquet").exists()
    again = ib.read(out)
    assert again.persons == ("a", "b")
    assert again["a"].channels["ecg"].start == pytest.approx(90.0)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('drift = "80 ppm"', 'drift = "80 s"', "'80 s' is not in ppm"),
        ('drift = "80 ppm"', 'drift = "2 %"', "-10000 to 10000 ppm"),
        ('drift = "80 ppm"', "drift = 80", "-10000 to 10000 ppm"),
        ('of = ["phone"]', 'of = ["eda"]', "unknown in of: 'eda'; possible: ecg"),
        ('who = "b"\nof', "of", "possible: ecg, respiration"),
        ('of = ["phone"]', 'of = ["ecg"]\n[[clocks]]', "has a clock already"),
        ('by = "2 s"', 'by = "2 d"', "-86400 to 86400 s"),
        ('"5 min", by', '"0 min", by', "jumps after second 0"),
        ('"5 min", by', '"50 min", by', "time is 0 to 600 s"),
        ('offset = "90 s"', "offset = true", "not a number with its unit"),
        ("drawn = true", 'drawn = "yes"', "drawn is true or false"),
        ("[b]\n", "[b]\nectopy.per_hour = '200 bpm'\n", "per_hour is 0 to 1500 1/h"),
        ("[b]\n", "[b]\nectopy.earliest = 0.9\n", "does not come after the latest"),
    ],
)
def test_what_no_sensor_has_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    text = PLAIN + WORN
    assert text.count(old) == 1
    with pytest.raises(FormatError, match=r"line \d+") as caught:
        scenario(written(tmp_path, text.replace(old, new)))
    assert said in str(caught.value)
