"""Units as files spell them, markers, and what readers share at the edge to a library."""

from __future__ import annotations

import logging
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interbeat.core.errors import DataError, FormatError
from interbeat.core.recording import Recording
from interbeat.core.signal import Signal
from interbeat.sources._edge import check_room, gaps_in, laid_out, quietly, reading
from interbeat.sources._reader import Wanted
from interbeat.sources.markers import stretches
from interbeat.sources.roles import Roles, raw_first
from interbeat.sources.units import converted


@pytest.mark.parametrize(
    ("channel", "unit", "ours", "value"),
    [
        ("ecg", "uV", "mV", 0.002),
        ("ecg2", "µV", "mV", 0.002),
        ("ecg", "\u03bcV", "mV", 0.002),  # the Greek letter, not the micro sign
        ("ecg", "Volts", "mV", 2000),
        ("ecg", "mV", "mV", 2),
        ("eda", "uS", "µS", 2),
        ("eda", "microsiemens", "µS", 2),
        ("eda", "nS", "µS", 0.002),
        ("eda", "kOhm", "µS", 500),
        ("acceleration_x", "mg", "g", 0.002),
        ("acceleration_y", "m/s^2", "g", 0.20394),
        ("temperature", "degC", "°C", 2),
        ("temperature", "degF", "°C", -50 / 3),
        ("respiration", "Volts", "V", 2),
        ("respiration", "L/min", "L/min", 2),
        ("ppg", "", "a.u.", 2),
    ],
)
def test_a_unit_becomes_ours(channel: str, unit: str, ours: str, value: float) -> None:
    values, said, told = converted(np.array([2.0]), channel=channel, unit=unit, subject="x")
    assert said == ours
    assert values[0] == pytest.approx(value, rel=1e-4)
    assert bool(told) == (value != 2 or not unit)


def test_no_resistance_is_no_conductance() -> None:
    values, _, _ = converted(np.array([0.0, -1]), channel="eda", unit="kOhm", subject="x")
    assert np.isnan(values).all()


@pytest.mark.parametrize(
    ("markers", "rows"),
    [
        ([(1, "talk_start"), (9, "talk_end")], [(1, 9, "talk")]),
        ([(1, "Start: rest"), (9, "Stop: rest")], [(1, 9, "rest")]),
        ([(1, "Begin talk"), (5, "Begin talk"), (9, "end talk")],
         [(1, 2, "Begin talk"), (5, 9, "talk")]),
        ([(9, "talk end")], [(9, 10, "talk end")]),
        ([(9, "talk start")], [(9, 10, "talk start")]),
        ([(3, "onset"), (4, "weekend"), (5, "Boston")],
         [(3, 4, "onset"), (4, 5, "weekend"), (5, 6, "Boston")]),
        ([(3, "  ")], [(3, 4, "marker")]),
    ],
)  # fmt: skip
def test_markers_become_stretches(
    markers: list[tuple[float, str]], rows: list[tuple[float, float, str]]
) -> None:
    assert list(stretches(markers).rows()) == rows


@given(
    st.lists(
        st.tuples(
            st.floats(-1e6, 1e6), st.sampled_from(["a start", "a end", "b on", "b off", "x"])
        )
    )
)
def test_no_marker_is_lost(markers: list[tuple[float, str]]) -> None:
    found = stretches(markers)
    edges = {*found.starts.tolist(), *found.ends.tolist()}
    assert {time for time, _ in markers} <= edges


# ---- pieces on one grid


@given(
    lengths=st.lists(st.integers(1, 50), min_size=1, max_size=8),
    pauses=st.lists(st.integers(0, 30), min_size=8, max_size=8),
    rate=st.sampled_from([1.0, 4.0, 31.25, 250.0]),
    start=st.floats(-1e4, 1e4),
)
def test_pieces_keep_their_places(
    lengths: list[int], pauses: list[int], rate: float, start: float
) -> None:
    whole: list[float] = []
    pieces = []
    for k, (length, pause) in enumerate(zip(lengths, pauses, strict=False)):
        pieces.append((start + len(whole) / rate, np.full(length, float(k))))
        whole += [float(k)] * length + [np.nan] * (pause if k < len(lengths) - 1 else 0)
    np.testing.assert_array_equal(laid_out(pieces, rate, slack=0.5 / rate), whole)


def test_a_piece_that_begins_too_early_is_refused() -> None:
    pieces = [(0.0, np.zeros(100)), (5.0, np.zeros(100))]
    with pytest.raises(DataError, match=r"begins at 5\.000 s, .* ended at 10\.000 s"):
        laid_out(pieces, 10.0, slack=1.0)
    assert laid_out(pieces, 10.0, slack=6.0).size == 200


def test_gaps_of_a_second_have_a_name_and_shorter_ones_do_not() -> None:
    values = np.zeros(100)
    values[10:20] = values[50:59] = np.nan
    signal = Signal(values, 10, "mV", "a", 5.0)
    assert list(gaps_in([Recording("a", {"ecg": signal})]).rows()) == [(6, 7, "gap")]


# ---- the edge


def test_whatever_a_library_raises_is_one_error(tmp_path: Path) -> None:
    path = tmp_path / "x.edf"
    for error in (KeyError("k"), ZeroDivisionError(), RecursionError(), DataError("d")):
        with pytest.raises(FormatError, match="is not a sound EDF"), reading(path, "EDF file"):
            raise error
    with pytest.raises(KeyboardInterrupt), reading(path, "EDF file"):
        raise KeyboardInterrupt


def test_a_library_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with quietly("talkative"):
        sys.stdout.write("hello")
        sys.stderr.write("hello")
        warnings.warn("hello", stacklevel=1)
        logging.getLogger("talkative").error("hello")
    assert capfd.readouterr() == ("", "")
    assert not logging.getLogger("talkative").disabled


def test_a_file_must_have_room_for_what_it_declares(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"x")
    check_room(path, 1e6)
    for samples in (1e9, -1, float("nan"), float("inf")):
        with pytest.raises(FormatError, match="1 bytes cannot hold"):
            check_room(path, samples)


def test_raw_labels_come_before_filtered_ones_and_computed_ones_are_left() -> None:
    labels = ["ECG filtered", "ECG", "EDA differentiated", "Heart rate", "RSP Rate"]
    roles = Roles("x", Wanted())
    found = {labels[k]: roles.of(labels[k]) for k in raw_first(labels)}
    assert found == {
        "ECG": "ecg",
        "ECG filtered": "ecg2",
        "EDA differentiated": None,
        "Heart rate": "heart_rate",
        "RSP Rate": None,
    }


def test_a_saturation_is_no_pulse_wave_and_leaves_its_place_to_one() -> None:
    roles = Roles("x", Wanted())
    assert [roles.of(label) for label in ("SpO2", "Pleth")] == [None, "ppg"]


def test_digits_after_a_word_are_not_part_of_it() -> None:
    roles = Roles("x", Wanted())
    assert [roles.of(label) for label in ("EDA1", "I1", "CO2", "CH3")] == [
        "eda",
        None,
        None,
        None,
    ]
