"""Scans and blood of real people and animals, and of simulated ones, come in as they are."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.golden.neurochemistry.kinfitr import pbr28, pbr28_blood, simref
from tests.golden.neurochemistry.tacmagic import published_binding

from interbeat.core.errors import FormatError
from interbeat.sources.scanning import read_blood, read_scan, read_scans

Data = Callable[[str], Path]


def test_two_files_of_pmod_say_the_same(data: Data, tmp_path: Path) -> None:
    curves = read_scan(data("tacmagic_pib/AD07.tac"))
    beside = read_scan(data("tacmagic_pib/AD07_TAC.voistat"))
    alone = tmp_path / "AD07_TAC.voistat"
    shutil.copyfile(data("tacmagic_pib/AD07_TAC.voistat"), alone)
    for scan in (beside, read_scan(alone)):
        np.testing.assert_array_equal(scan.starts, curves.starts)
        np.testing.assert_array_equal(scan.ends, curves.ends)
        assert set(scan.activity) == set(curves.activity)
        for region, values in curves.activity.items():
            np.testing.assert_allclose(scan.activity[region], values, rtol=1e-12)
    assert (curves.unit, curves.ends[-1], len(curves.activity)) == ("kBq/mL", 5400, 172)
    assert beside.person == "AD07"
    assert beside.volumes["FL_mid_fr_G_l"] == beside.volumes["FL_mid_fr_G_l_C"] == 32.792


def test_results_of_pmod_are_not_taken_for_curves(data: Data) -> None:
    path = data("tacmagic_pib/AD07_BPnd_BPnd_Logan.voistat")
    with pytest.raises(FormatError, match="results of a model rather than curves"):
        read_scan(path)
    binding = published_binding(path)
    assert len(binding) == 86
    assert set(binding) < set(read_scan(data("tacmagic_pib/AD07.tac")).activity)


def test_ten_scans_of_one_table_come_in_without_their_empty_frame(data: Data) -> None:
    path = data("kinfitr_pet/pbr28_tacdata.csv")
    scans, plain = read_scans(path), pbr28(path)
    assert list(scans) == list(plain)
    for name, scan in scans.items():
        np.testing.assert_allclose(scan.starts / 60, plain[name].start[1:], rtol=1e-12)
        np.testing.assert_allclose(scan.durations / 60, plain[name].duration[1:], rtol=1e-12)
        assert scan.weights is not None
        np.testing.assert_array_equal(scan.weights[""], plain[name].weights[1:])
        for region, values in plain[name].rois.items():
            np.testing.assert_array_equal(scan.activity[region], values[1:])
    one = read_scan(path, scan="rwrd_2", unit="nCi/mL")  # as kinfitr's own script takes it
    np.testing.assert_allclose(one.activity["FC"], 0.037 * scans["rwrd_2"].activity["FC"])
    assert one.unit == "kBq/mL"


def test_blood_of_ten_scans_comes_in(data: Data) -> None:
    path = data("kinfitr_pet/pbr28_blooddata.csv")
    for name, plain in pbr28_blood(path).items():
        blood = read_blood(path, scan=name)
        np.testing.assert_allclose(blood.times / 60, plain.times, rtol=1e-12)
        np.testing.assert_array_equal(blood.plasma, plain.parent_in_plasma)
        np.testing.assert_array_equal(blood.whole, plain.whole)
        assert np.all(blood.parent == 1)


def test_twenty_simulated_scans_in_minutes_come_back_through_a_table(
    data: Data, tmp_path: Path
) -> None:
    scans = simref(data("kinfitr_pet/simref.RData"))
    assert len(scans) == 20
    rows = ["scan,StartTime,Duration,Reference,ROI1,weights"]
    for scan in scans:
        columns = (scan.start, scan.duration, scan.reference, scan.rois["ROI1"], scan.weights)
        cells = zip(*columns, strict=True)
        rows += [",".join([scan.name, *(repr(float(x)) for x in row)]) for row in cells]
    path = tmp_path / "simref.csv"
    path.write_text("\n".join(rows))
    read = read_scans(path)
    assert list(read) == [scan.name for scan in scans]
    for scan in scans:
        np.testing.assert_allclose(read[scan.name].starts, 60 * scan.start[1:], rtol=1e-12)
        assert read[scan.name].flags == ()
        assert "times taken as min" in read[scan.name].inferences[0]


def test_blood_of_three_animals_comes_in(data: Data) -> None:
    pig = "bids_pet_blood/pet001/sub-01/ses-01/pet/sub-01_ses-01_trc-CIMBI36"
    names = [f"{pig}_recording-{how}_blood.tsv" for how in ("manual", "autosampler")]
    blood = read_blood(*map(data, names))
    held = [np.isfinite(x).sum() for x in (blood.plasma, blood.parent, blood.whole)]
    assert held == [11, 11, 908]  # 901 by the sampler, and 7 by hand after it
    assert (blood.unit, blood.times[-1], blood.flags) == ("kBq/mL", 7193, ())
    alone = "bids_pet_blood/pet003/sub-01/ses-01/pet/sub-01_ses-01_recording-manual_blood.tsv"
    blood = read_blood(data(alone))
    held = [np.isfinite(x).sum() for x in (blood.plasma, blood.parent, blood.whole)]
    assert held == [32, 6, 0]
    assert blood.unit == "Bq/mL"
    other = "bids_pet_blood/pet004/sub-01/pet/sub-01_recording-"
    names = [f"{other}{how}_blood.tsv" for how in ("manual", "autosampler")]
    flags = read_blood(*map(data, names)).flags
    assert flags == ("whole of two files differs where both were counted: ratio 1.38 (median)",)


def test_a_published_json_whose_durations_are_ends_is_understood(
    data: Data, tmp_path: Path
) -> None:
    name = "bids_pet_blood/pet001/sub-01/ses-01/pet/sub-01_ses-01_trc-CIMBI36_pet.json"
    about = json.loads(data(name).read_text())
    shutil.copyfile(data(name), tmp_path / "sub-01_ses-01_trc-CIMBI36_pet.json")
    rows = ["putamen", *(f"{k + 1}" for k in range(len(about["FrameTimesStart"])))]
    path = tmp_path / "sub-01_ses-01_trc-CIMBI36_desc-preproc_tacs.tsv"
    path.write_text("\n".join(rows))
    scan = read_scan(path)
    np.testing.assert_allclose(scan.ends, about["FrameDuration"])
    assert "durations of frames hold their ends, and were read as ends" in scan.inferences
    assert (scan.tracer, scan.radionuclide, scan.unit) == ("CIMBI-36", "C11", "Bq/mL")
