"""What every reader of scans promises, and what the frames of a scan may not be."""

import os
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
from tests.laws.sources.mutants import damaged
from tests.laws.sources.scan_files import CURVES, ENDS, STARTS, TIME_UNITS, WRITERS

from interbeat.core.activity import Regions
from interbeat.core.errors import FormatError, InterbeatError, SourceError, UnknownFormatError
from interbeat.sources.scanning import read_scan, read_scans, scan_formats
from interbeat.sources.scans._reader import SCAN_READERS

FORMATS = sorted(WRITERS)
COPIES = 1500 if os.environ.get("INTERBEAT_LONG") == "1" else 150


def _table(folder: Path, text: str, name: str = "scan.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def _lines(starts: list[float], ends: list[float], header: str = "start,end,putamen") -> str:
    rows = [f"{a},{b},{k + 1}" for k, (a, b) in enumerate(zip(starts, ends, strict=True))]
    return "\n".join([header, *rows, ""])


def test_every_reader_has_a_file_of_its_own_here() -> None:
    assert set(SCAN_READERS) == set(WRITERS)
    assert [row.name for row in scan_formats()] == FORMATS
    for row in scan_formats():
        assert row.title
        assert all(s == s.lower() and "." in s for s in row.suffixes)


@pytest.mark.parametrize("unit", TIME_UNITS)
@pytest.mark.parametrize("name", FORMATS)
def test_what_was_written_comes_back_in_seconds(name: str, unit: str, tmp_path: Path) -> None:
    scan = read_scan(WRITERS[name](tmp_path, unit))
    np.testing.assert_allclose(scan.starts, STARTS, atol=1e-9)
    np.testing.assert_allclose(scan.ends, ENDS, atol=1e-9)
    assert list(scan.activity) == list(CURVES)
    for region, values in CURVES.items():
        np.testing.assert_allclose(scan.activity[region], values, rtol=1e-12)
    assert scan.unit == ("" if name == "magia_mat" else "kBq/mL")
    assert scan.flags == ()
    assert scan.source.startswith(("scan.", "scan_", "sub-anna"))


def test_person_volumes_tracer_and_weights_come_along(tmp_path: Path) -> None:
    scans = {}
    for name in FORMATS:
        (tmp_path / name).mkdir()
        scans[name] = read_scan(WRITERS[name](tmp_path / name, "s"))
    for name in ("pmod_voistat", "turku_dft", "petprep_tsv"):
        assert scans[name].person == "anna"
        assert dict(scans[name].volumes) == dict.fromkeys(CURVES, 2.5)
    told = scans["petprep_tsv"]
    assert (told.tracer, told.radionuclide) == ("raclopride", "C11")
    assert told.decay_corrected is True
    assert scans["pmod_tac"].decay_corrected is None
    weights = scans["curve_table"].weights
    assert weights is not None
    np.testing.assert_allclose(weights[""], np.sqrt(ENDS - STARTS))


@pytest.mark.parametrize("name", FORMATS)
def test_damaged_files_are_read_or_refused_and_nothing_else(name: str, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    whole.mkdir()
    given = WRITERS[name](whole, "min").relative_to(whole)
    files = sorted(path.relative_to(whole) for path in whole.rglob("*") if path.is_file())
    copy = tmp_path / "copy"
    shutil.copytree(whole, copy)
    read = 0
    for k in range(COPIES):
        file = files[k % len(files)]
        (copy / file).write_bytes(
            damaged((whole / file).read_bytes(), np.random.default_rng(k))
        )
        try:
            scans = read_scans(copy / given)
        except InterbeatError as error:
            pickle.loads(pickle.dumps(error))  # a worker process may hand it back
        else:
            read += 1
            assert all(isinstance(scan, Regions) for scan in scans.values())
        shutil.copyfile(whole / file, copy / file)
    assert read > 0


def test_no_file_an_empty_one_and_one_of_another_kind(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        read_scan(tmp_path / "absent.tac")
    with pytest.raises(SourceError, match="is no file"):
        read_scan(tmp_path)
    with pytest.raises(FormatError, match="0 bytes"):
        read_scan(_table(tmp_path, "", "empty.tac"))
    with pytest.raises(UnknownFormatError, match=r"possible: \.crv, \.csv"):
        read_scan(_table(tmp_path, "x", "scan.docx"))
    with pytest.raises(
        FormatError, match=r"'a,b', is not that of a scan; possible: PMOD: start\[seconds\]"
    ):
        read_scan(_table(tmp_path, "a,b\n1,2\n", "scan.tac"))


def test_a_file_of_several_scans_asks_which(tmp_path: Path) -> None:
    rows = ["PET,StartTime,Duration,FC"]
    rows += [f"{who},{k},1,{k + 2 + 10 * n}" for n, who in enumerate("ab") for k in range(3)]
    path = _table(tmp_path, "\n".join(rows))
    with pytest.raises(
        SourceError, match="holds 2 scans; say which with scan= or --scan: a, b"
    ):
        read_scan(path, time_unit="min")
    with pytest.raises(SourceError, match="holds no scan 'c'; it holds a, b"):
        read_scan(path, scan="c", time_unit="min")
    assert read_scan(path, scan="b", time_unit="min").activity["FC"].tolist() == [12, 13, 14]
    assert list(read_scans(path, time_unit="min")) == ["a", "b"]
    alone = _table(tmp_path, "start[s],end[s],FC\n0,300,1\n300,900,2\n", "one.csv")
    with pytest.raises(SourceError, match="holds no scan 'b'; it holds one without a name"):
        read_scan(alone, scan="b")


def test_a_unit_of_time_is_that_of_the_header_then_that_of_the_caller_then_a_guess(
    tmp_path: Path,
) -> None:
    starts, ends = [0.0, 0.5, 1, 30], [0.5, 1.0, 30, 90]
    path = _table(tmp_path, _lines(starts, ends))
    scan = read_scan(path)
    assert scan.ends[-1] == 5400
    assert "times taken as min: the file names no unit" in scan.inferences[0]
    assert scan.flags == ()
    assert read_scan(path, time_unit="min").inferences[0] == "times are in min, as was said"
    seconds = read_scan(path, time_unit="s")
    assert seconds.ends[-1] == 90
    assert "unless minutes were called seconds" in seconds.flags[0]
    told = _table(tmp_path, _lines(starts, ends, "start [s],end [s],putamen"))
    assert read_scan(told).ends[-1] == 90
    with pytest.raises(FormatError, match="gives times in s, not in min"):
        read_scan(told, time_unit="min")
    with pytest.raises(FormatError, match="'lightyears' is no unit of time; possible: s, min"):
        read_scan(_table(tmp_path, _lines(starts, ends, "start (lightyears),end,putamen")))


def test_a_guess_that_could_be_wrong_is_flagged(tmp_path: Path) -> None:
    edges = np.arange(0, 95, 5.0)
    path = _table(tmp_path, _lines(edges[:-1].tolist(), edges[1:].tolist()))
    scan = read_scan(path)
    assert scan.ends[-1] == 90
    assert "times taken as s" in scan.flags[0]
    edges = np.arange(0, 91, 1.0)
    scan = read_scan(_table(tmp_path, _lines(edges[:-1].tolist(), edges[1:].tolist())))
    assert scan.ends[-1] == 5400
    assert "times taken as min" in scan.flags[0]
    edges = np.array([3000, 3001.5, 3003, 3900])
    late = read_scan(_table(tmp_path, _lines(edges[:-1].tolist(), edges[1:].tolist())))
    assert late.ends[-1] == 3900


def test_hours_of_a_scan_are_flagged(tmp_path: Path) -> None:
    path = _table(tmp_path, _lines([0, 2700], [2700, 5400], "start [min],end [min],putamen"))
    assert "ends at 90 h: long, unless seconds were called minutes" in read_scan(path).flags[0]


def test_ends_given_as_durations_and_durations_given_as_ends_are_found(tmp_path: Path) -> None:
    edges = [0.0, 10, 20, 30, 60, 90, 150, 600, 1200]
    ends = _lines(edges[:-1], edges[1:], "start [s],duration [s],putamen")
    scan = read_scan(_table(tmp_path, ends))
    np.testing.assert_allclose(scan.ends, edges[1:])
    assert scan.inferences[0] == "durations of frames hold their ends, and were read as ends"
    lengths = _lines(edges[:-1], np.diff(edges).tolist(), "start [s],end [s],putamen")
    scan = read_scan(_table(tmp_path, lengths))
    np.testing.assert_allclose(scan.ends, edges[1:])
    assert (
        scan.inferences[0] == "ends of frames hold their durations, and were read as durations"
    )


def test_frames_are_put_in_order_and_their_values_with_them(tmp_path: Path) -> None:
    path = _table(tmp_path, _lines([0, 600, 300], [300, 900, 600], "start[s],end[s],putamen"))
    scan = read_scan(path)
    assert scan.starts.tolist() == [0, 300, 600]
    assert scan.activity["putamen"].tolist() == [1, 3, 2]
    assert "frames were not in the order of time, and were put in it" in scan.inferences


def test_overlaps_are_refused_and_pauses_said(tmp_path: Path) -> None:
    header = "start[s],end[s],putamen"
    with pytest.raises(
        FormatError, match="frame 2 starts at 200 s, before frame 1 ends at 300"
    ):
        read_scan(_table(tmp_path, _lines([0, 200, 700], [300, 600, 900], header)))
    scan = read_scan(_table(tmp_path, _lines([0, 400], [300, 900], header)))
    assert "a pause of 100 s after frame 1" in scan.inferences
    scan = read_scan(_table(tmp_path, _lines([2400, 2700], [2700, 3000], header)))
    assert any("the scan began 2400 s after the injection" in flag for flag in scan.flags)


def test_frames_before_the_injection_are_left_out(tmp_path: Path) -> None:
    path = _table(tmp_path, _lines([-60, -30, 0], [-30, 0, 600], "start[s],end[s],putamen"))
    scan = read_scan(path)
    assert scan.activity["putamen"].tolist() == [3]
    assert "frames that ended before the injection were left out: 2" in scan.inferences
    path = _table(tmp_path, _lines([-60, -30], [-30, 0], "start[s],end[s],putamen"))
    with pytest.raises(FormatError, match="no frame ends after the injection"):
        read_scan(path)


def test_a_first_frame_that_lasts_no_time_is_left_out_and_another_refused(
    tmp_path: Path,
) -> None:
    header = "start[s],end[s],putamen"
    scan = read_scan(_table(tmp_path, _lines([0, 17, 27], [0, 27, 600], header)))
    assert scan.starts.tolist() == [17, 27]
    assert "the first frame lasts no time, and was left out" in scan.inferences
    with pytest.raises(FormatError, match="frame 2 starts at 17"):
        read_scan(_table(tmp_path, _lines([0, 17, 27], [17, 17, 600], header)))


def test_units_of_activity_are_known_turned_or_refused(tmp_path: Path) -> None:
    def read(unit: str) -> Regions:
        header = f"start[s],end[s],putamen [{unit}]"
        return read_scan(_table(tmp_path, _lines([0, 300], [300, 900], header)))

    for spelled in ("kBq/cc", "kBq/ml", "KBQ/mL", "kBq/cm3"):
        assert read(spelled).unit == "kBq/mL"
    assert read("BQML").unit == read("Bq/cc").unit == "Bq/mL"
    assert read("BQML").activity["putamen"].tolist() == [1, 2]
    assert read("g/mL").unit == "SUV"
    nano = read("nCi/cc")
    np.testing.assert_allclose(nano.activity["putamen"], [0.037, 0.074])
    assert "activity turned from nCi/cc into kBq/mL" in nano.inferences
    micro = read("µCi/mL")
    np.testing.assert_allclose(micro.activity["putamen"], [37, 74])
    np.testing.assert_allclose(read("MBq/mL").activity["putamen"], [1000, 2000])
    with pytest.raises(FormatError, match=r"'mCi/L' is no unit.*possible: kBq/mL, Bq/mL"):
        read("mCi/L")


def test_a_unit_that_is_not_said_may_be_given_but_not_contradicted(tmp_path: Path) -> None:
    path = _table(tmp_path, _lines([0, 300], [300, 900]))
    assert read_scan(path).unit == ""
    assert any("unit of activity is not said" in told for told in read_scan(path).inferences)
    assert read_scan(path, unit="Bq/mL").unit == "Bq/mL"
    header = "start[s],end[s],putamen[kBq/mL]"
    path = _table(tmp_path, _lines([0, 300], [300, 900], header))
    assert read_scan(path, unit="kBq/cc").unit == "kBq/mL"
    with pytest.raises(FormatError, match="gives activity in kBq/mL, not in Bq/mL"):
        read_scan(path, unit="Bq/mL")
    mixed = "start[s],end[s],putamen[kBq/mL],cortex[Bq/mL]\n0,300,1,1\n300,900,2,2\n"
    with pytest.raises(FormatError, match="activity in several units: kBq/mL, Bq/mL"):
        read_scan(_table(tmp_path, mixed))


def test_small_negative_values_are_kept_and_large_ones_flagged(tmp_path: Path) -> None:
    rows = (
        "start[s],end[s],a,b,c,d\n0,300,-0.1,-2,-1,n/a\n300,900,10,10,-2,n/a\n900,999,9,,-1,\n"
    )
    scan = read_scan(_table(tmp_path, rows))
    assert scan.activity["a"][0] == -0.1
    assert any("values below 0" in told and "a, b, c" in told for told in scan.inferences)
    assert any("frames without a value: b, d" in told for told in scan.inferences)
    assert scan.flags == (
        "b falls to -20 % of its peak, frame 1",
        "c is never above 0",
        "d has no value in any frame",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("start[s],end[s],a,a\n0,1,2,3\n", "region 'a' is there twice"),
        ("start[s],end[s]\n0,1\n", "has no region"),
        ("start[s],end[s],a\n0,1,x\n", r"line 2, 'a': 'x' is not a number"),
        ("start[s],end[s],a\n0,1,inf\n", "'inf' is not a number"),
        ("start[s],end[s],a\n0,1\n", "2 cells under 3 labels"),
        ("start[s],end[s],a\nn/a,1,3\n", "frame 1: has no start, or no end"),
        ("start[s],end[s],a\n", "no rows below"),
        ("start[s],start_time,end,a\n0,0,1,3\n", "both look like the start"),
        ("frame_start,a\n0,1\n", "name no frame_start with frame_end or duration"),
    ],
)
def test_a_table_that_is_wrong_is_refused_with_the_place(
    text: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(FormatError, match=said):
        read_scan(_table(tmp_path, text))


def test_units_may_follow_the_names_of_times(tmp_path: Path) -> None:
    scan = read_scan(_table(tmp_path, "frame_start_min,duration_min,Thal_s\n0,5,1\n5,10,2\n"))
    assert scan.ends.tolist() == [300, 900]
    assert list(scan.activity) == ["Thal_s"]
    with pytest.raises(FormatError, match="give times in several units: s, min"):
        read_scan(_table(tmp_path, "start_s,end_min,a\n0,5,1\n5,10,2\n"))


def test_people_and_sessions_tell_scans_apart(tmp_path: Path) -> None:
    rows = [f"{who},{day},{k},1,{k}" for who in "ab" for day in (1, 2) for k in range(3)]
    text = "\n".join(["subject,session,start_min,duration_min,putamen", *rows])
    scans = read_scans(_table(tmp_path, text))
    assert list(scans) == ["a_1", "a_2", "b_1", "b_2"]
    assert scans["b_2"].person == "b"


def test_frames_given_by_middles_and_durations_or_by_middles_alone(tmp_path: Path) -> None:
    both = read_scan(_table(tmp_path, "mid_s,duration_s,a\n150,300,1\n700,600,2\n"))
    assert both.starts.tolist() == [0, 400]
    alone = read_scan(_table(tmp_path, "start_s,mid_s,end_s,a\n0,150,300,1\n300,600,900,2\n"))
    assert alone.starts.tolist() == [0, 300]


def test_a_region_called_mid_is_not_lost_as_the_middle_of_frames(tmp_path: Path) -> None:
    header = "start[s],end[s],putamen"
    named = read_scan(
        _table(tmp_path, f"{header} [Bq/mL],mid [Bq/mL]\n0,300,1,7\n300,900,2,8\n")
    )
    assert named.activity["mid"].tolist() == [7, 8]
    with pytest.raises(FormatError, match="line 3: 'mid' looks like the middle of frames"):
        read_scan(_table(tmp_path, f"{header},mid\n0,300,1,7\n300,900,2,8\n"))
    with pytest.raises(FormatError, match="line 2: 'mid' looks like the middle of frames"):
        read_scan(_table(tmp_path, f"{header},mid\n0,300,1,7000\n300,900,2,8000\n"))


def test_a_tac_of_pmod_saved_as_a_table_keeps_its_unit(tmp_path: Path) -> None:
    scan = read_scan(_table(tmp_path, "start[seconds],end[kBq/cc],a\n0,300,1\n300,900,2\n"))
    assert (scan.unit, scan.ends.tolist(), list(scan.activity)) == ("kBq/mL", [300, 900], ["a"])
    with pytest.raises(FormatError, match="activity in several units: kBq/cc, Bq/mL"):
        read_scan(_table(tmp_path, "start[s],end[kBq/cc],a [Bq/mL]\n0,300,1\n300,900,2\n"))


def test_sides_in_brackets_belong_to_names_and_one_unit_may_be_spelled_twice(
    tmp_path: Path,
) -> None:
    header = "start [s],end [sec],Caudate (L) [kBq/mL],Caudate (R) [kBq/cc]"
    scan = read_scan(_table(tmp_path, f"{header}\n0,300,1,2\n300,900,3,4\n"))
    assert list(scan.activity) == ["Caudate (L)", "Caudate (R)"]
    assert scan.unit == "kBq/mL"
    scan = read_scan(_table(tmp_path, "start [s],end [s],Caudate (L)\n0,300,1\n300,900,3\n"))
    assert list(scan.activity) == ["Caudate (L)"]
    assert scan.unit == ""


def test_thousands_in_quotes_are_not_taken_for_decimals(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"line 3, 'end\[s\]': '1,200' is not a number"):
        read_scan(_table(tmp_path, 'start[s],end[s],a\n0,300,1\n300,"1,200",2\n'))


def test_decimal_commas_are_read_under_semicolons(tmp_path: Path) -> None:
    scan = read_scan(_table(tmp_path, "start[s];end[s];a\n0;300,5;1,25\n300,5;900;2\n"))
    assert scan.ends[0] == 300.5
    assert scan.activity["a"].tolist() == [1.25, 2]
