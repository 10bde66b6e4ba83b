"""BIDS: finger pulse and belt of ds000210."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from interbeat.core.errors import SourceError
from interbeat.core.signal import Signal
from interbeat.sources._reader import Wanted
from interbeat.sources.files.bids import accepts, read_bids

Data = Callable[[str], Path]


def test_a_table_is_described_by_the_folder_above_it(data: Data) -> None:
    path = data("bids_ds210/sub-01/func/sub-01_task-rest_run-01_physio.tsv.gz")
    assert accepts(path)
    channels = read_bids(path, Wanted())["a"].channels
    with gzip.open(path, "rt") as file:
        raw = np.loadtxt(file)
    for k, name in enumerate(("ppg", "respiration")):
        signal = channels[name]
        assert isinstance(signal, Signal)
        assert (signal.sampling_rate, signal.start, signal.unit) == (50, 0, "a.u.")
        np.testing.assert_array_equal(signal.values, raw[:, k])


@pytest.mark.parametrize("subject", range(1, 9))
def test_every_cardiac_column_is_seen_to_be_a_pulse(data: Data, subject: int) -> None:
    folder = data(f"bids_ds210/sub-{subject:02d}")
    assert accepts(folder)
    session = read_bids(folder, Wanted())
    assert set(session["a"].channels) == {"ppg", "respiration"}
    assert any("--channel ecg=cardiac" in note.why for note in session.inferences)


def test_eight_subjects_are_not_a_couple(data: Data) -> None:
    path = data("bids_ds210")
    assert accepts(path)
    with pytest.raises(SourceError, match=r"holds 8 subjects: sub-01.*--person a=sub-01"):
        read_bids(path, Wanted())
