"""Blood of a scan: units, shares of the parent compound, and several files as one."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.laws.sources.mutants import damaged

from interbeat.core.activity import Blood
from interbeat.core.errors import DataError, FormatError, InterbeatError, SourceError
from interbeat.sources.scanning import read_blood

HEADER = "time\tplasma_radioactivity\twhole_blood_radioactivity\tmetabolite_parent_fraction"
ROWS = ("0\t0\t0\t1", "60\t40\t30\t0.9", "600\t20\t15\tn/a", "3600\t8\t6\t0.25")
UNITS = {
    "time": {"Units": "s"},
    "plasma_radioactivity": {"Units": "kBq/mL"},
    "whole_blood_radioactivity": {"Units": "kBq/mL"},
    "metabolite_parent_fraction": {"Units": "unitless"},
}


def bids(
    folder: Path, rows: tuple[str, ...] = ROWS, *, header: str = HEADER, **units: str
) -> Path:
    """Write blood drawn by hand, and its JSON with other units where they are given."""
    path = folder / "sub-anna_recording-manual_blood.tsv"
    path.write_text("\n".join([header, *rows, ""]))
    about = UNITS | {name: {"Units": unit} for name, unit in units.items()}
    path.with_suffix(".json").write_text(json.dumps(about))
    return path


def table(folder: Path, text: str, name: str = "blood.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_blood_of_bids_comes_in(tmp_path: Path) -> None:
    blood = read_blood(bids(tmp_path))
    assert blood.times.tolist() == [0, 60, 600, 3600]
    assert blood.plasma.tolist() == [0, 40, 20, 8]
    assert blood.whole.tolist() == [0, 30, 15, 6]
    np.testing.assert_array_equal(blood.parent, [1, 0.9, np.nan, 0.25])
    assert (blood.unit, blood.flags) == ("kBq/mL", ())
    assert blood.inferences == (
        "blood is taken as corrected for decay to the injection: no file says it",
    )


def test_a_json_that_says_minutes_is_followed(tmp_path: Path) -> None:
    rows = ("0\t0\t0\t1", "1\t40\t30\t0.9", "60\t8\t6\t0.25")
    assert read_blood(bids(tmp_path, rows, time="min")).times.tolist() == [0, 60, 3600]
    far = read_blood(bids(tmp_path, time="min"))
    assert any("drawn at 60 h: a wrong unit of time?" in flag for flag in far.flags)


def test_columns_in_different_units_come_into_one(tmp_path: Path) -> None:
    rows = ("0\t0\t0\t1", "60\t40\t30000\t0.9")
    blood = read_blood(bids(tmp_path, rows, whole_blood_radioactivity="Bq/mL"))
    assert blood.whole.tolist() == [0, 30]
    assert "whole_blood_radioactivity turned from Bq/mL into kBq/mL" in blood.inferences
    with pytest.raises(FormatError, match="'mCi/L' is no unit of activity known here"):
        read_blood(bids(tmp_path, plasma_radioactivity="mCi/L"))


def test_blood_comes_into_the_unit_of_the_regions_and_says_so(tmp_path: Path) -> None:
    blood = read_blood(bids(tmp_path))
    assert blood.in_unit("kBq/mL") is blood
    turned = blood.in_unit("Bq/mL")
    assert turned.plasma.tolist() == [0, 40_000, 20_000, 8_000]
    assert "turned from kBq/mL into Bq/mL" in turned.inferences[-1]
    with pytest.raises(DataError, match="of regions in SUV: possible for both: kBq/mL, Bq/mL"):
        blood.in_unit("SUV")
    with pytest.raises(DataError, match="of blood in an unknown unit"):
        Blood(blood.times, blood.plasma, blood.parent, blood.whole, "").in_unit("Bq/mL")


def test_samples_out_of_order_and_drawn_at_once_are_mended_and_said(tmp_path: Path) -> None:
    rows = ("60\t40\t30\t0.9", "0\t0\t0\t1", "60\t42\tn/a\t0.7", "90\tn/a\tn/a\tn/a")
    blood = read_blood(bids(tmp_path, rows))
    assert blood.times.tolist() == [0, 60]
    assert blood.plasma.tolist() == [0, 41]
    assert blood.whole.tolist() == [0, 30]
    np.testing.assert_allclose(blood.parent, [1, 0.8])
    assert (
        "samples of blood were not in the order of time, and were put in it" in blood.inferences
    )
    assert "samples drawn at one time were averaged: 1" in blood.inferences
    assert "samples without a value were left out: 1" in blood.inferences


@pytest.mark.parametrize(
    ("unit", "shares", "said"),
    [
        ("unitless", {100: 1, 90: 0.9, 25: 0.25}, "as percent: its highest value is 100"),
        ("%", {9: 0.09, 5: 0.05, 1: 0.01}, "turned from percent into shares"),
        ("unitless", {1.04: 1, 0.9: 0.9, -0.01: 0}, "by noise, were put at its edge"),
    ],
)
def test_shares_of_the_parent_compound(
    unit: str, shares: dict[float, float], said: str, tmp_path: Path
) -> None:
    rows = tuple(f"{k * 60}\t{k}\t{k}\t{share}" for k, share in enumerate(shares))
    blood = read_blood(bids(tmp_path, rows, metabolite_parent_fraction=unit))
    np.testing.assert_allclose(blood.parent, list(shares.values()))
    assert any(said in told for told in blood.inferences)


@pytest.mark.parametrize("share", [1.4, 5, -0.3, 130])
def test_a_share_that_cannot_be_one_is_refused(share: float, tmp_path: Path) -> None:
    rows = ("0\t0\t0\t1", f"60\t40\t30\t{share}")
    with pytest.raises(
        FormatError, match=r"line 3.* cannot be the share of the parent compound"
    ):
        read_blood(bids(tmp_path, rows))


def test_sampler_and_hand_come_together(tmp_path: Path) -> None:
    hand = bids(tmp_path)
    sampler = tmp_path / "sub-anna_recording-autosampler_blood.tsv"
    rows = [f"{t}\t{500 * t}" for t in range(301)]
    sampler.write_text("\n".join(["time\twhole_blood_radioactivity", *rows]))
    sampler.with_suffix(".json").write_text(
        json.dumps({"whole_blood_radioactivity": {"Units": "Bq/mL"}})
    )
    blood = read_blood(hand, sampler)
    assert blood.unit == "kBq/mL"
    assert blood.whole[blood.times == 60].tolist() == [30]
    np.testing.assert_allclose(blood.whole[blood.times == 59], [29.5])
    assert blood.whole[-2:].tolist() == [15, 6]
    assert np.isfinite(blood.plasma).sum() == 4
    assert np.isfinite(blood.parent).sum() == 3
    assert any("turned from Bq/mL into kBq/mL" in told for told in blood.inferences)
    assert any("used where the other files end: 2 of 4" in told for told in blood.inferences)
    assert blood.source == f"{hand.name} + {sampler.name}"
    rows = [f"{t}\t{900 * t}" for t in range(301)]
    sampler.write_text("\n".join(["time\twhole_blood_radioactivity", *rows]))
    assert any("ratio 0.56 (median)" in flag for flag in read_blood(hand, sampler).flags)


def test_times_of_blood_count_from_the_injection(tmp_path: Path) -> None:
    path = bids(tmp_path)
    (tmp_path / "sub-anna_pet.json").write_text('{"InjectionStart": 60}')
    assert read_blood(path).times.tolist() == [-60, 0, 540, 3540]
    path.with_suffix(".json").unlink()
    bare = read_blood(path)
    assert bare.times.tolist() == [-60, 0, 540, 3540]
    assert "times of blood taken as s, as BIDS has them: no unit is named" in bare.inferences


def test_plasma_that_was_corrected_has_a_parent_share_of_one(tmp_path: Path) -> None:
    text = "PET,Time,Cbl_dispcorr,Cpl_metabcorr\n"
    text += "".join(f"{who},{t},{t + 1},{t + 2}\n" for who in "ab" for t in (0, 60, 5400))
    path = table(tmp_path, text)
    blood = read_blood(path, scan="b", unit="kBq/mL")
    assert blood.parent.tolist() == [1, 1, 1]
    assert blood.plasma.tolist() == [2, 62, 5402]
    assert any("of the parent compound alone" in told for told in blood.inferences)
    with pytest.raises(
        SourceError, match="holds blood of 2 scans; say which with scan= or --scan: a, b"
    ):
        read_blood(path)
    with pytest.raises(SourceError, match="holds no scan 'c'"):
        read_blood(path, scan="c")


def test_blood_of_several_people_is_never_averaged(tmp_path: Path) -> None:
    rows = [f"{who},{t},{t + n},1" for n, who in enumerate("ab") for t in (0, 60, 5400)]
    path = table(tmp_path, "\n".join(["subject,time_s,plasma,parent", *rows]))
    with pytest.raises(
        SourceError, match="holds blood of 2 scans; say which with scan= or --scan: a, b"
    ):
        read_blood(path)
    assert read_blood(path, scan="b").plasma.tolist() == [1, 61, 5401]


def test_what_is_not_there_is_flagged(tmp_path: Path) -> None:
    plasma = read_blood(table(tmp_path, "time (s),plasma [kBq/mL]\n0,0\n60,1\n"))
    assert plasma.flags == (
        "no share of the parent compound: plasma holds its metabolites too",
    )
    whole = read_blood(table(tmp_path, "time (s),whole_blood [kBq/mL]\n0,0\n60,1\n"))
    assert "whole blood is no input function by itself" in whole.flags[0]
    low = read_blood(table(tmp_path, "time (s),plasma,parent\n0,-3,1\n60,10,1\n"))
    assert "plasma falls to -30 % of its peak" in low.flags
    assert any("unit of activity of blood is not said" in flag for flag in low.flags)
    share = read_blood(table(tmp_path, "time (s),parent\n0,1\n60,0.5\n"))
    assert not any("unit of activity" in flag for flag in share.flags)


def test_columns_that_are_mixed_up_are_flagged(tmp_path: Path) -> None:
    names = ["plasma [kBq/mL]", "whole [kBq/mL]", "parent"]
    rows = "0,0,0,1\n60,40,30,0.9\n600,20,15,0.6\n3600,8,6,0.7\n"
    right = read_blood(table(tmp_path, ",".join(["time (s)", *names]) + "\n" + rows))
    assert right.flags == ()
    swapped = read_blood(table(tmp_path, ",".join(["time (s)", *names[::-1]]) + "\n" + rows))
    assert any("share of the parent rises from 0 to 0.4" in flag for flag in swapped.flags)
    names[1] = "whole [Bq/mL]"
    mixed = read_blood(table(tmp_path, ",".join(["time (s)", *names]) + "\n" + rows))
    assert (
        "whole blood is 0.00075 times plasma (median): is one in another unit?" in mixed.flags
    )
    names[2] = "metabolites"
    unread = read_blood(table(tmp_path, ",".join(["time (s)", *names]) + "\n" + rows))
    assert "columns that were not read: metabolites" in unread.inferences


def test_a_unit_of_time_may_be_given_guessed_or_stated(tmp_path: Path) -> None:
    path = table(tmp_path, "time,plasma,parent\n0,0,1\n90,10,1\n")
    assert read_blood(path).times[-1] == 5400
    assert "times of blood taken as min" in read_blood(path).flags[0]
    assert read_blood(path, time_unit="s").times[-1] == 90
    stated = table(tmp_path, "time (s),plasma,parent\n0,0,1\n90,10,1\n")
    kept = read_blood(stated, time_unit="min")  # which is for files that do not say
    assert kept.times[-1] == 90
    assert "times of blood are in s, as the file gives them, not in min" in kept.inferences
    unnamed = table(tmp_path, "time\tplasma_radioactivity\n0\t0\n90\t10\n", "sub-1_blood.tsv")
    assert read_blood(unnamed, time_unit="min").times[-1] == 90


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "its labels name no blood"),
        ("time,plasma\nn/a,2\n", "line 2, 'time': a sample has no time"),
        ("time,plasma\n0,n/a\n", "no sample has a value"),
        ("time,plasma\n0,many\n", "line 2, 'plasma': 'many' is not a number"),
        ("time,plasma,plasma_activity\n0,1,2\n", "both look like one quantity, plasma"),
        ("time,plasma [SUV],blood [Bq/mL]\n0,1,2\n", "is in Bq/mL, and others in SUV"),
    ],
)
def test_blood_that_is_wrong_is_refused(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=said):
        read_blood(table(tmp_path, text))


def test_a_call_that_is_wrong_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="none was given"):
        read_blood()
    with pytest.raises(SourceError, match="no such file"):
        read_blood(tmp_path / "absent.tsv")
    with pytest.raises(DataError, match="'lightyears' is no unit of time"):
        read_blood(table(tmp_path, "time,plasma\n0,1\n"), time_unit="lightyears")


def test_damaged_blood_is_read_or_refused_and_nothing_else(tmp_path: Path) -> None:
    whole = bids(tmp_path)
    kept: dict[Path, Any] = {p: p.read_bytes() for p in (whole, whole.with_suffix(".json"))}
    read = 0
    for k in range(300):
        file = list(kept)[k % 2]
        file.write_bytes(damaged(kept[file], np.random.default_rng(k)))
        with suppress(InterbeatError):
            read += isinstance(read_blood(whole), Blood)
        file.write_bytes(kept[file])
    assert read > 50
