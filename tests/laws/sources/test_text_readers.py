"""What the readers of text promise: nothing is lost, moved or squeezed on the way in."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interbeat.core.beats import Beats
from interbeat.core.errors import DataError, FormatError
from interbeat.core.session import Session
from interbeat.core.signal import Signal
from interbeat.sources import _text
from interbeat.sources._grid import grid_of
from interbeat.sources._heartbeats import beats_between, beats_stamped
from interbeat.sources._layout import seconds_of
from interbeat.sources._reader import READERS, Wanted
from interbeat.sources._text import Text

quick = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
rr_series = st.lists(st.floats(0.35, 1.8), min_size=8, max_size=120)


def read(name: str, path: Path, **wanted: object) -> Session:
    return READERS[name].read(path, Wanted(**wanted))  # type: ignore[arg-type]


def signal(session: Session, channel: str) -> Signal:
    found = session["a"].channels[channel]
    assert isinstance(found, Signal)
    return found


# ---- intervals


@quick
@given(rr=rr_series, in_ms=st.booleans(), comma=st.booleans())
def test_what_was_written_is_read(rr: list[float], in_ms: bool, comma: bool) -> None:
    told = [f"{value * 1000:.0f}" if in_ms else f"{value:.4f}" for value in rr]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.rr"
        path.write_text("\n".join(told).replace(".", "," if comma else "."))
        beats = read("rr_text", path)["a"].channels["beats"]
    assert isinstance(beats, Beats)
    np.testing.assert_allclose(beats.rr_ms, [float(v) * (1 if in_ms else 1000) for v in told])
    assert beats.normal.all()


@quick
@given(rr=rr_series, data=st.data())
def test_a_gap_is_never_an_interval(rr: list[float], data: st.DataObject) -> None:
    """Stamped beats with a stretch taken out: what is left is as it was, and marked."""
    times = np.concatenate(([5.0], 5.0 + np.cumsum(rr)))
    first = data.draw(st.integers(2, len(rr) - 3))
    lost = data.draw(st.integers(1, 6))
    keep = np.ones(len(rr), np.bool_)
    keep[first : first + lost] = False
    intervals, ends = np.array(rr)[keep], times[1:][keep]
    heard = beats_stamped(intervals, ends, subject="x")
    assert np.isin(np.round(heard.beats.times, 9), np.round(times, 9)).all()
    whole = ~np.isin(heard.beats.times[:-1], heard.gaps.starts)
    np.testing.assert_allclose(np.sort(heard.beats.rr_ms[whole]), np.sort(intervals) * 1000)
    held = heard.beats.nn
    assert not held[~whole].any()


@quick
@given(rr=rr_series, data=st.data())
def test_a_missing_interval_leaves_the_others_as_they_are(
    rr: list[float], data: st.DataObject
) -> None:
    values = np.array(rr)
    gone = data.draw(st.sets(st.integers(0, len(rr) - 1), max_size=len(rr) // 2))
    values[list(gone)] = 0.0
    heard = beats_between(values, subject="x")
    known = values > 0
    np.testing.assert_allclose(heard.beats.rr_ms[known], values[known] * 1000)
    np.testing.assert_array_equal(heard.beats.normal[1:], known)
    assert len(heard.gaps) == len(gone)


@quick
@given(rr=st.lists(st.floats(0.5, 1.2), min_size=40, max_size=120), data=st.data())
def test_the_arrival_of_packets_does_not_move_beats(
    rr: list[float], data: st.DataObject
) -> None:
    """Intervals come up to 2 s late, several at a time; then the strap is off for 60 s."""
    intervals = np.array(rr)
    ends = np.cumsum(intervals)
    late = data.draw(st.lists(st.floats(0.05, 1.9), min_size=len(rr), max_size=len(rr)))
    off = len(rr) // 2
    arrivals = np.maximum.accumulate(ends + np.array(late)) + np.where(
        np.arange(len(rr)) >= off, 60.0, 0.0
    )
    heard = beats_stamped(intervals, arrivals, subject="x")
    whole = ~np.isin(heard.beats.times[:-1], heard.gaps.starts)
    np.testing.assert_allclose(heard.beats.rr_ms[whole], intervals * 1000)
    assert len(heard.gaps) == 1
    assert heard.gaps.seconds == pytest.approx(60, abs=4)


def test_series_without_hearts_are_refused() -> None:
    with pytest.raises(DataError, match="3 of 4 intervals are zero or missing"):
        beats_between(np.array([0.0, np.nan, 0.8, 0.0]), subject="x")


@pytest.mark.parametrize("late", [0.0, 0.4], ids=["instants", "packets"])
@pytest.mark.parametrize("first", [0.0, np.nan, 0.8])
def test_a_first_interval_that_is_missing_hides_no_later_gap(first: float, late: float) -> None:
    """Ten beats, two that were missed (or a strap off for 9 s), ten more."""
    rr = np.array([first, *[0.8, 0.9] * 10])
    off = np.where(np.arange(21) > 10, 9.0 if late else 1.6, 0.0)
    ends = np.cumsum(np.nan_to_num(rr)) + off
    stamps = ends + late * (np.arange(21) % 2)
    heard = beats_stamped(rr, stamps, subject="x")
    assert len(heard.gaps) == 1
    assert heard.beats.rr_ms[heard.beats.nn].max() == pytest.approx(900)


def test_a_stamped_interval_that_is_missing_is_a_gap() -> None:
    rr = np.array([0.8, 0.9] * 10)
    stamps = np.cumsum(rr)
    rr[[5, 9]] = 0.0, np.nan
    heard = beats_stamped(rr, stamps, subject="x")
    np.testing.assert_allclose(heard.gaps.ends, stamps[[5, 9]])
    assert np.flatnonzero(~heard.beats.normal).tolist() == [6, 10]
    rr[:] = [0.8] + [0.0] * 19
    with pytest.raises(DataError, match="19 of 20 intervals are zero or missing"):
        beats_stamped(rr, stamps, subject="x")


FAR = 1_700_000_000  # s since 1970


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("R-peak time [s]", "{epoch:.3f}"),
        ("R-peak time", "2023-11-14T22:{minute:02d}:{second:06.3f}Z"),
        ("R-peak time", "2023/11/14 22:{minute}:{second:06.3f}"),
    ],
)
def test_beat_times_with_a_date_count_from_the_first(
    tmp_path: Path, header: str, row: str
) -> None:
    times = 0.5 + 0.75 * np.arange(100)
    rows = [
        row.format(epoch=FAR + t, minute=13 + int(20 + t) // 60, second=(20 + t) % 60)
        for t in times
    ]
    path = tmp_path / "x.csv"
    path.write_text("\n".join([header, *rows]))
    session = read("rr_text", path)
    beats = session["a"].channels["beats"]
    assert isinstance(beats, Beats)
    np.testing.assert_allclose(beats.times, times - 0.5, atol=1e-5)
    assert session.start == datetime.fromtimestamp(FAR + 0.5, UTC)
    told = [note.value for note in session.inferences if note.quantity == "clock"]
    assert told == (["UTC"] if "/" in row else [])


def test_beat_times_of_day_go_on_past_midnight(tmp_path: Path) -> None:
    times = 86_390 + np.arange(40)
    rows = [f"{t // 3600 % 24:02d}:{t // 60 % 60:02d}:{t % 60:02d}.{t % 7}" for t in times]
    path = tmp_path / "x.csv"
    path.write_text("\n".join(["R-peak time", *rows]))
    beats = read("rr_text", path)["a"].channels["beats"]
    assert isinstance(beats, Beats)
    assert beats.rr_ms.sum() == pytest.approx(39_000, abs=700)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig"])
def test_a_long_file_is_known_by_its_whole_lines(tmp_path: Path, encoding: str) -> None:
    """The first 64 KB end in the middle of a line."""
    rr = 800 + np.arange(9000) * 17 % 37
    rows = [f"{t:020.3f}\t{ms}" for t, ms in zip(np.cumsum(rr) / 1000, rr, strict=True)]
    path = tmp_path / "x.txt"
    path.write_bytes("\n".join(rows).encode(encoding))
    assert READERS["rr_text"].accepts(path)


def test_a_stamp_and_an_interval_are_no_file_of_an_e4(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("\n".join(f"{FAR + 0.8 * k:.3f},{800 + k % 3}" for k in range(50)))
    assert not READERS["empatica_e4"].accepts(path)
    assert READERS["rr_text"].accepts(path)
    assert read("rr_text", path).start == datetime.fromtimestamp(FAR - 0.8, UTC)


@pytest.mark.parametrize(
    ("stamp", "seconds"),
    [
        ("2024/5/1 9:00:00", 1_714_554_000.0),
        ("2024-05-01 09:00:00,25", 1_714_554_000.25),
        ("2024-05-01T09:00:00-05:00", 1_714_572_000.0),
        ("9:00:01-05:00", 32_401.0),
        ("10:00:01Z", 36_001.0),
    ],
)
def test_stamps_are_read_in_every_spelling(stamp: str, seconds: float) -> None:
    assert seconds_of(stamp) == seconds


# ---- grids and tables


@quick
@given(
    rate=st.sampled_from([1.0, 4.0, 32.0, 100.0, 130.2, 256.0, 1000.0]),
    count=st.integers(20, 400),
    data=st.data(),
)
def test_lost_rows_become_missing_samples(rate: float, count: int, data: st.DataObject) -> None:
    gone = data.draw(st.sets(st.integers(1, count - 2), max_size=count // 10))
    kept = np.array([k for k in range(count) if k not in gone])
    grid = grid_of(1e9 + kept / rate)
    np.testing.assert_array_equal(grid.places, kept)
    assert grid.sampling_rate == pytest.approx(rate, rel=1e-4)
    laid = grid.laid(kept.astype(float))
    assert np.isnan(laid).sum() == len(gone)
    np.testing.assert_array_equal(laid[kept], kept)
    held = grid.gaps(0.0)
    assert held.seconds * grid.sampling_rate == pytest.approx(len(gone), abs=1e-3)


@pytest.mark.parametrize("rate", [128, 130, 256, 300, 512, 1000, 1024])
def test_stamps_rounded_to_a_millisecond_give_the_rate_across_a_gap(rate: int) -> None:
    places = np.array([*range(20 * rate), *range(30 * rate, 60 * rate)])
    grid = grid_of(np.round(places / rate, 3))
    assert grid.sampling_rate == rate
    np.testing.assert_array_equal(grid.places, places)


@pytest.mark.parametrize(("rate", "packet"), [(100, 10), (130, 40), (25, 12)])
def test_rows_of_a_packet_that_share_a_stamp_give_the_rate(rate: int, packet: int) -> None:
    grid = grid_of(np.arange(40 * packet) // packet * packet / rate)
    assert grid.sampling_rate == pytest.approx(rate, rel=1e-9)
    assert grid.lost == 0


@quick
@given(seed=st.integers(0, 50), jitter=st.floats(0.001, 0.04))
def test_a_jittery_clock_gives_its_mean_rate(seed: int, jitter: float) -> None:
    rng = np.random.default_rng(seed)
    stamps = np.sort(np.arange(3000) / 100 + rng.uniform(0, jitter, 3000))
    grid = grid_of(stamps)
    assert grid.sampling_rate == pytest.approx(100, rel=0.01)
    assert grid.lost == 0


def test_irregular_times_are_no_grid() -> None:
    rng = np.random.default_rng(3)
    with pytest.raises(DataError, match="no even samples"):
        grid_of(np.cumsum(rng.exponential(1.0, 500)))


def test_a_jump_of_a_year_is_refused_and_not_filled() -> None:
    stamps = np.concatenate((np.arange(100) / 100, 3e7 + np.arange(100) / 100))
    with pytest.raises(DataError, match="nearly all gap"):
        grid_of(stamps)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", " "])
@pytest.mark.parametrize("header", ["time,ecg [mV],EDA [uS]", "", "# time,ecg [mV],EDA [uS]"])
def test_tables_are_read_in_every_delimiter(
    tmp_path: Path, delimiter: str, header: str
) -> None:
    rng = np.random.default_rng(0)
    ecg, eda = rng.normal(size=500).round(4), 5 + rng.normal(size=500).round(4)
    rows = [f"{k / 250:.3f},{x},{y}" for k, (x, y) in enumerate(zip(ecg, eda, strict=True))]
    head = [header.replace(" [mV]", "[mV]").replace(" [uS]", "[uS]")] if header else []
    path = tmp_path / "x.csv"
    path.write_text("\n".join([*head, *rows]).replace(",", delimiter))
    names = {} if header else {"ecg": "2", "eda": "3"}
    session = read("table", path, channels=names)
    np.testing.assert_array_equal(signal(session, "ecg").values, ecg)
    np.testing.assert_array_equal(signal(session, "eda").values, eda)
    assert signal(session, "ecg").sampling_rate == 250
    assert signal(session, "eda").unit == "µS"
    assert signal(session, "ecg").unit == ("mV" if header else "a.u.")


@pytest.mark.parametrize("above", ["sep=;", "Name;Jo", "# a remark", ""])
@pytest.mark.parametrize("units", ["", "s;mV", "(sec);(µV)", "n/a;g"])
def test_a_title_above_the_labels_is_no_label(above: str, units: str) -> None:
    head = [line for line in (above, "time;ecg", units) if line]
    rows = [f"{k / 100:.2f};{k % 7}" for k in range(50)]
    layout = Text(Path("x.csv"), "\n".join([*head, *rows]).encode()).layout()
    assert layout.labels == ("time", "ecg")
    assert layout.units == (tuple(units.split(";")) if units else ())


def table(path: Path, rows: list[str]) -> Path:
    path.write_text("\n".join(["time,ecg", *rows]))
    return path


ROWS = [f"{k / 100:.2f},{k % 7}" for k in range(200)]


@pytest.mark.parametrize(
    ("rows", "wanted", "what"),
    [
        ([*ROWS[:90], *ROWS[50:]], {}, "line 92: time runs backwards"),
        ([*ROWS[:90], "0.90,x", *ROWS[91:]], {}, "line 92, 'ecg': 'x' is not a number"),
        ([*ROWS[:90], "0.90", *ROWS[91:]], {}, "line 92: 1 cells instead of 2"),
        ([*ROWS[:90], "0.90,1,2", *ROWS[91:]], {}, "line 92: 3 cells instead of 2"),
        ([*ROWS[:90], "0.90,inf", *ROWS[91:]], {}, "line 92, 'ecg': 'inf' is not a number"),
        ([*ROWS[:-1], "1.9"], {}, "line 201: 1 cells instead of 2"),
        (ROWS, {"channels": {"eda": "skin"}}, "has no 'skin'; possible: time, ecg"),
        (ROWS, {"channels": {"beats": "ecg"}}, "cannot be the channel 'beats'"),
        ([f"{k},{k % 7}" for k in range(200)], {}, "counts by 1"),
        (ROWS, {"sampling_rate": 250.0}, "'time' says 100 Hz, and you say 250 Hz"),
    ],
)
def test_a_bad_table_says_where(
    tmp_path: Path, rows: list[str], wanted: dict[str, object], what: str
) -> None:
    with pytest.raises(FormatError) as caught:
        read("table", table(tmp_path / "x.csv", rows), **wanted)
    assert what in str(caught.value)


def test_a_row_that_is_missing_is_a_gap(tmp_path: Path) -> None:
    session = read("table", table(tmp_path / "x.csv", [*ROWS[:50], *ROWS[60:]]))
    ecg = signal(session, "ecg")
    assert np.flatnonzero(np.isnan(ecg.values)).tolist() == list(range(50, 60))
    assert (session.intervals.starts[0], session.intervals.ends[0]) == pytest.approx((0.5, 0.6))


def test_words_beside_the_numbers_do_no_harm(tmp_path: Path) -> None:
    rows = [f"p01,{row},{'rest' if k < 90 else 'talk'}" for k, row in enumerate(ROWS)]
    path = tmp_path / "x.csv"
    path.write_text("\n".join(["person,time,ecg,condition", *rows]))
    assert READERS["table"].accepts(path)
    assert signal(read("table", path), "ecg").values[:9].tolist() == [*range(7), 0, 1]


def test_a_diary_of_words_and_numbers_is_no_recording(tmp_path: Path) -> None:
    path = tmp_path / "diary.csv"
    path.write_text("day,mood,note\n" + "".join(f"{k},{k % 5},fine\n" for k in range(9)))
    assert not READERS["table"].accepts(path)


def test_times_of_day_go_on_past_midnight(tmp_path: Path) -> None:
    rows = [f"{(86_390 + k) // 3600 % 24:02d}:{(86_390 + k) // 60 % 60:02d}:"
            f"{(86_390 + k) % 60:02d},{k}" for k in range(60)]  # fmt: skip
    ecg = signal(read("table", table(tmp_path / "x.csv", rows)), "ecg")
    assert (ecg.sampling_rate, len(ecg)) == (1, 60)


def test_an_empty_cell_is_a_missing_sample(tmp_path: Path) -> None:
    rows = [*ROWS[:50], "0.50,", "0.51,NA", *ROWS[52:]]
    ecg = signal(read("table", table(tmp_path / "x.csv", rows)), "ecg")
    assert np.flatnonzero(np.isnan(ecg.values)).tolist() == [50, 51]


def test_a_stretch_of_empty_cells_is_a_gap_like_one_of_missing_rows(tmp_path: Path) -> None:
    rows = [f"{k / 100:.2f},{'' if 300 <= k < 450 else k % 7}" for k in range(900) if k != 600]
    session = read("table", table(tmp_path / "x.csv", rows))
    np.testing.assert_allclose(session.intervals.starts, [3.0, 6.0])
    np.testing.assert_allclose(session.intervals.ends, [4.5, 6.01])
    assert session.intervals.labels == ("gap", "gap")


def test_the_users_rate_outranks_the_time_column_and_keeps_its_gaps(tmp_path: Path) -> None:
    rows = [f"{k},{k % 7}" for k in (*range(100), *range(110, 200))]
    ecg = signal(read("table", table(tmp_path / "x.csv", rows), sampling_rate=500.0), "ecg")
    assert (ecg.sampling_rate, len(ecg), np.isnan(ecg.values).sum()) == (500, 200, 10)


@pytest.mark.parametrize(
    "raw", [b"", b"  \n", bytes(range(256)) * 20, b"\x89HDF\r\n\x1a\n" * 9]
)
@pytest.mark.parametrize(
    "name", ["rr_text", "table", "polar_sensor_logger", "opensignals", "empatica_e4"]
)
def test_what_is_no_text_is_refused_in_words(tmp_path: Path, name: str, raw: bytes) -> None:
    path = tmp_path / f"x{next(s for s in READERS[name].suffixes if s not in {'/', '.zip'})}"
    path.write_bytes(raw)
    if name != "table":  # which takes what no other does, to say what is wrong with it
        assert not READERS[name].accepts(path)
    with pytest.raises(FormatError, match=r"empty|no text"):
        READERS[name].read(path, Wanted())


# ---- the three ways to turn text into numbers


@pytest.mark.parametrize("kind", ["plain", "decimal comma", "trailing", "missing", "dates"])
def test_arrow_numpy_and_plain_python_read_the_same(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=(300, 2)) * 10.0 ** rng.integers(-5, 6, (300, 2))
    rows = [f"{k / 128!r};{a!r};{b!r}" for k, (a, b) in enumerate(values.tolist())]
    if kind == "decimal comma":
        rows = [row.replace(".", ",") for row in rows]
    if kind == "trailing":
        rows = [f"{row};" for row in rows]
    if kind == "missing":
        rows[7], rows[9] = "0.05;NA;1.5", "0.07;2.5;"
    if kind == "dates":
        rows = [f"2024-05-01T10:{k // 60:02d}:{k % 60:02d}.25;{k};1" for k in range(300)]
    raw = "\n".join(["t;x;y", *rows, ""]).encode()
    text = Text(Path("x.csv"), raw)
    layout = text.layout()
    slow = text._slowly(layout, [0, 1, 2])
    numpy_way = text.numbers(layout)
    monkeypatch.setattr(_text, "LARGE", 0)
    np.testing.assert_array_equal(text._quickly(layout, [0, 1, 2]), slow)
    np.testing.assert_array_equal(numpy_way, slow)
    np.testing.assert_array_equal(text._quickly(layout, [2, 0]), slow[:, [2, 0]])
    assert slow.shape == (300, 3)


def test_whole_numbers_are_exact_to_64_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = [838_432_586_543_515_816 + 7_692_307 * k + k % 3 for k in range(50)]
    text = Text(Path("x.csv"), "\n".join(["a;ns", *(f"1;{tick}" for tick in ticks)]).encode())
    layout = text.layout()
    assert text.integers(layout, 1).tolist() == ticks
    assert text._integers_slowly(layout, 1).tolist() == ticks
    monkeypatch.setattr(_text, "LARGE", 0)
    assert text.integers(layout, 1).tolist() == ticks
