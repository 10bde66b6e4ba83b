"""XDF: example files of the format, none of which holds a heart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from interbeat.core.errors import FormatError
from interbeat.core.signal import Signal
from interbeat.sources._reader import Wanted
from interbeat.sources.files.xdf import accepts, read_xdf

Data = Callable[[str], Path]


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("minimal", r"'SendDataC' \(EEG, 9 samples\); 'SendDataString' \(StringMarker"),
        ("empty_streams", r"'Data stream: test stream 0 counter' \(data, 10 samples\)"),
    ],
)
def test_a_file_without_physiology_names_its_streams(
    data: Data, name: str, listed: str
) -> None:
    path = data(f"xdf_examples/{name}.xdf")
    assert accepts(path)
    with pytest.raises(FormatError, match=f"no stream is physiological; it has .*{listed}"):
        read_xdf(path, Wanted())


def test_a_stream_is_what_the_user_says(data: Data) -> None:
    """The samples are those that the format's specification lists for its example."""
    path = data("xdf_examples/minimal.xdf")
    session = read_xdf(path, Wanted(channels={"ecg": "SendDataC/1", "eda": "SendDataC/2"}))
    ecg, eda = session["a"].channels["ecg"], session["a"].channels["eda"]
    assert isinstance(ecg, Signal)
    assert isinstance(eda, Signal)
    np.testing.assert_array_equal(ecg.values, [192, 12, 13, 14, 15, 12, 13, 14, 15])
    np.testing.assert_array_equal(eda.values[:3], [255, 22, 23])
    assert ecg.sampling_rate == 10
    assert "Hello" in session.intervals.labels
