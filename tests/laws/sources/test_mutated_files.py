"""500 damaged copies of each format's smallest file: every one is read or clearly refused."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from interbeat.sources._reader import READERS

COPIES = 500
WORKER = Path(__file__).parent / "mutants.py"
E4 = "devicely_formats/Empatica_test_data/test_data_read"
BIDS = "bids_ds210/sub-07"


class Small(NamedTuple):
    """The smallest recording of a format."""

    reader: str
    files: tuple[str, ...]  # all that belong to it
    given: str  # which of them the reader is given


SMALLEST = {
    "acq": Small("acq", ("bioread_acq/physio-3.8.1.acq",), "physio-3.8.1.acq"),
    "bids": Small(
        "bids",
        (
            f"{BIDS}/func/sub-07_task-rest_run-01_physio.tsv.gz",
            f"{BIDS}/sub-07_task-rest_physio.json",
        ),
        "sub-07_task-rest_run-01_physio.tsv.gz",
    ),
    "edf": Small(
        "edf", ("devicely_formats/Faros_test_data/testfile_read.EDF",), "testfile_read.EDF"
    ),
    "empatica_e4, a folder": Small("empatica_e4", (E4,), "test_data_read"),
    "empatica_e4, a zip": Small("empatica_e4", ("written/watch.zip",), "watch.zip"),
    "opensignals, h5": Small(
        "opensignals", ("biosignalsnotebooks/ecg_20_sec_100_Hz.h5",), "ecg_20_sec_100_Hz.h5"
    ),
    "opensignals, text": Small(
        "opensignals", ("biosignalsnotebooks/eda_slow_signal.txt",), "eda_slow_signal.txt"
    ),
    "polar_sensor_logger, ecg": Small(
        "polar_sensor_logger", ("written/strap_ECG.txt",), "strap_ECG.txt"
    ),
    "polar_sensor_logger, rr": Small(
        "polar_sensor_logger", ("written/strap_RR.txt",), "strap_RR.txt"
    ),
    "rr_text": Small("rr_text", ("written/ibi.txt",), "ibi.txt"),
    "rr_text, npy": Small(
        "rr_text", ("pyhrv_nni/SampleNNISeriesShort.npy",), "SampleNNISeriesShort.npy"
    ),
    "rr_text, xlsx": Small("rr_text", ("wunderwald_ibi_dyad/HRV_a.xlsx",), "HRV_a.xlsx"),
    "table": Small("table", ("written/short_100hz.csv",), "short_100hz.csv"),
    "table, npy": Small("table", ("written/ecg_100hz.npy",), "ecg_100hz.npy"),
    "wav": Small("wav", ("written/ecg.wav",), "ecg.wav"),
    "wfdb": Small(
        "wfdb",
        ("wfdb_samples/test01_00s.hea", "wfdb_samples/test01_00s.dat"),
        "test01_00s.hea",
    ),
    "wfdb, beats": Small("wfdb", ("mitdb/101.hea", "mitdb/101.atr"), "101.atr"),
    "xdf": Small("xdf", ("written/ecg.xdf",), "ecg.xdf"),
}


def test_every_reader_has_a_smallest_file() -> None:
    assert {small.reader for small in SMALLEST.values()} == set(READERS)


@pytest.mark.parametrize("kind", sorted(SMALLEST))
def test_damaged_copies_are_read_or_refused_in_time_and_memory(
    kind: str, alone: Callable[[tuple[str, ...]], Path]
) -> None:
    small = SMALLEST[kind]
    undamaged, outcomes = _tried(small, alone(small.files))
    assert undamaged == "read"
    wrong = {
        what: copies[:5] for what, copies in outcomes.items() if what not in {"read", "refused"}
    }
    assert not wrong, f"copies (by seed) that were neither read nor refused: {wrong}"
    assert sum(map(len, outcomes.values())) == COPIES
    assert outcomes.get("refused"), "no copy was refused: was anything damaged?"


def _tried(small: Small, whole: Path) -> tuple[str, dict[str, list[int]]]:
    ran = subprocess.run(
        [sys.executable, str(WORKER), small.reader, str(whole), small.given, str(COPIES)],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    result = json.loads(ran.stdout)
    return result["undamaged"], result["outcomes"]
