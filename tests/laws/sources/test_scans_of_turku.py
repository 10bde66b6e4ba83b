"""What the two formats of Turku can hold: titles, sides, weights, middles; cells of MATLAB."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.io import savemat

from interbeat.core.errors import FormatError
from interbeat.sources.scanning import read_scan
from interbeat.sources.scans._mat5 import mat5

TITLES = (
    "DFT            putam putam cereb",
    "exam0001       dx sin .",
    "kBq/ml         pl18 pl18 pl29",
    "Times (min)    675.2 712.8 .",
)
ROWS = ("0.00 0.25  0 1.5 2", "0.25 1.00  3 . 4", "1.00 10.0  5 6 7")


def dft(folder: Path, *lines: str, name: str = "scan.dft") -> Path:
    path = folder / name
    path.write_text("\n".join([*lines, "# made for a test", "", ""]))
    return path


@pytest.mark.parametrize("tab", [False, True])
def test_titles_name_regions_by_side_and_give_volumes(tab: bool, tmp_path: Path) -> None:
    lines = [*TITLES, *ROWS]
    if tab:
        lines = ["\t".join(line.split()).replace("Times\t", "Times ") for line in lines]
    scan = read_scan(dft(tmp_path, *lines))
    assert list(scan.activity) == ["putam dx", "putam sin", "cereb"]
    assert dict(scan.volumes) == {"putam dx": 0.6752, "putam sin": 0.7128}
    np.testing.assert_array_equal(scan.activity["putam sin"], [1.5, np.nan, 6])
    np.testing.assert_allclose(scan.ends, [15, 60, 600])
    assert (scan.person, scan.unit) == ("exam0001", "kBq/mL")


def test_a_column_of_weights_is_no_region(tmp_path: Path) -> None:
    titles = ("DFT a weight", "x . .", "Bq/mL . .", "Times (sec) . .")
    scan = read_scan(dft(tmp_path, *titles, "0 300 1 0.5", "300 900 2 1"))
    assert list(scan.activity) == ["a"]
    assert scan.weights is not None
    assert scan.weights[""].tolist() == [0.5, 1]


def test_middles_alone_are_frames_that_follow_each_other(tmp_path: Path) -> None:
    titles = ("DFT a", "x .", "Bq/mL .", "Time (min) .")
    scan = read_scan(dft(tmp_path, *titles, "2.5 1", "7.5 2", "15 3"))
    np.testing.assert_allclose(scan.ends, [300, 600, 1200])
    assert "only their middles are given" in scan.inferences[0]
    with pytest.raises(FormatError, match="middles of frames only"):
        read_scan(dft(tmp_path, *titles, "2.5 1", "9 2", "15 3"))


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (TITLES, "four lines of titles and a frame"),
        ((*TITLES, "0 1"), "line 5: 2 cells for 3 regions"),
        ((*TITLES, *ROWS, "10 20 1 2"), "line 8: 4 cells instead of 5"),
        ((*TITLES, "0 1 2 3 x"), "line 5, column 5: 'x' is not a number"),
        ((TITLES[0], "x dx dx .", *TITLES[2:], *ROWS), "region 'putam dx pl18' is there twice"),
        (("DFT", *TITLES[1:], *ROWS), "names no region"),
        ((*TITLES[:2], "mCi/L . . .", TITLES[3], *ROWS), "'mCi/L' is no unit of activity"),
    ],
)
def test_a_file_that_is_wrong_is_refused(
    lines: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    with pytest.raises(FormatError, match=said):
        read_scan(dft(tmp_path, *lines))


def cells(*names: str) -> NDArray[np.object_]:
    return np.array(names, dtype=object)[:, None]


@pytest.mark.parametrize("compressed", [False, True])
def test_matlab_holds_tables_words_cells_and_structures(
    compressed: bool, tmp_path: Path
) -> None:
    path = tmp_path / "some.mat"
    given = {
        "table": np.arange(6.0).reshape(2, 3),
        "small": np.array([[1, -2]], dtype=np.int16),
        "word": "äbc",
        "cells": cells("one", "", "three"),
        "record": {"first": 1.5, "second": {"names": cells("x")}},
        "complex": np.array([[1 + 2j]]),
        "nothing": np.empty((0, 3)),
    }
    savemat(path, given, do_compression=compressed)
    held = mat5(path)
    np.testing.assert_array_equal(held["table"], given["table"])
    np.testing.assert_array_equal(held["small"], [[1, -2]])
    assert held["word"] == "äbc"
    assert held["cells"] == ["one", "", "three"]
    assert held["record"]["first"].tolist() == [[1.5]]
    assert held["record"]["second"]["names"] == ["x"]
    assert held["nothing"].shape == (0, 3)
    assert "complex" not in held


def test_files_of_matlab_that_hold_no_curves_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "scan.mat"
    sound = {
        "tacs": np.ones((2, 3)),
        "frames": np.array([[0.0, 1], [1, 5], [5, 20]]),
        "roi_info": {"labels": cells("a", "b")},
    }
    savemat(path, sound)
    assert list(read_scan(path).activity) == ["a", "b"]
    for name, value, said in (
        ("tacs", np.ones((3, 2)), r"tacs: shape \(3, 2\) is not that of 2 regions by 3 frames"),
        ("frames", np.ones((3, 3)), "frames: shape .* is not that of starts and ends"),
        ("frames", "noon", "has no table 'frames' of numbers"),
        ("roi_info", np.ones((1, 1)), "no structure roi_info"),
        ("roi_info", {"labels": np.ones((2, 1))}, "no list of words"),
        ("roi_info", {"labels": cells("a", "a")}, "region 'a' is there twice"),
        ("tacs", np.full((2, 3), np.inf), "tacs: holds an infinite value"),
    ):
        savemat(path, sound | {name: value})
        with pytest.raises(FormatError, match=said):
            read_scan(path)
    path.write_bytes(b"MATLAB 7.3 MAT-file".ljust(512, b" "))
    with pytest.raises(FormatError, match=r"save it with save\(\.\.\., '-v7'\)"):
        read_scan(path)
    path.write_bytes(b"MATLAB 5.0 MAT-file".ljust(512, b" "))
    with pytest.raises(FormatError, match="no mark of byte order"):
        read_scan(path)
