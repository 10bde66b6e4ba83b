"""What every reader of plates promises, whatever its format."""

import copyreg
import os
import pickle
import re
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from tblib import pickling_support
from tests.laws.sources.mutants import damaged
from tests.laws.sources.plate_files import CELLS, READS, TEXTS, WRITERS

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import (
    DataError,
    FormatError,
    InterbeatError,
    MissingExtraError,
    SourceError,
    UnknownFormatError,
)
from interbeat.core.plate import PlateRun, place
from interbeat.sources.plates import allotrope as by_allotropy
from interbeat.sources.plates._reader import PLATE_READERS
from interbeat.sources.plating import plate_formats, plate_reader_of, read_plates

FORMATS = sorted(WRITERS)
OWN = [name for name in FORMATS if name != "allotrope"]
COPIES = 1500 if os.environ.get("INTERBEAT_LONG") == "1" else 60
OVER = ("OVRFLW", "OVER", "Overflow", "*****", "Sat", ">4.0", "####", "inf")
LEFT_OUT = ("Masked", "*0.356*", "MISSED", "NaN", "N/A", "?????", "-")


def _cells(words: dict[tuple[int, int], str]) -> dict[str, list[list[str]]]:
    """Return the wells with some words in those of the first read."""
    cells = {label: [list(row) for row in grid] for label, grid in CELLS.items()}
    for (row, column), word in words.items():
        cells["450"][row][column] = word
    return cells


def _read(name: str, folder: Path) -> PlateRun:
    return read_plates(WRITERS[name](folder, CELLS))


def _first(run: PlateRun) -> FloatArray:
    return next(iter(run.plates[0].reads.values()))


def test_every_reader_has_a_file_of_its_own_here() -> None:
    assert set(PLATE_READERS) == set(WRITERS)
    assert [row.name for row in plate_formats()] == FORMATS
    for row in plate_formats():
        assert row.title
        assert all(s == s.lower() and s.startswith(".") for s in row.suffixes)


@pytest.mark.parametrize("name", FORMATS)
def test_what_was_written_comes_back_well_by_well(name: str, tmp_path: Path) -> None:
    path = WRITERS[name](tmp_path, CELLS)
    run = read_plates(path)
    [plate] = run.plates
    assert plate.name
    assert run.source == path.name
    if name == "allotrope":
        np.testing.assert_array_equal(_first(run), READS["450"])
        return
    assert list(plate.reads) == list(READS)
    for label, grid in READS.items():
        np.testing.assert_array_equal(plate.reads[label], grid)


@pytest.mark.parametrize("name", FORMATS)
def test_optical_densities_are_called_so(name: str, tmp_path: Path) -> None:
    run = _read(name, tmp_path)
    assert run.plates[0].unit == "OD"
    if name == "allotrope":
        assert any("mAU" in note for note in run.inferences)


@pytest.mark.parametrize("name", FORMATS)
def test_no_other_reader_takes_the_file(name: str, tmp_path: Path) -> None:
    path = WRITERS[name](tmp_path, CELLS)
    assert plate_reader_of(path).name == name
    taken = [r.name for r in PLATE_READERS.values() if r.name in OWN and r.accepts(path)]
    others = {"grid"} - {name}  # the general reader is asked after those of makers
    assert set(taken) - others == {name} - {"allotrope"}


@pytest.mark.parametrize("word", OVER)
@pytest.mark.parametrize("name", OWN)
def test_what_the_reader_could_not_measure_is_infinite(
    name: str, word: str, tmp_path: Path
) -> None:
    run = read_plates(WRITERS[name](tmp_path, _cells({(1, 7): word, (4, 0): word})))
    grid = run.plates[0].reads["450"]
    assert {place(*w) for w in np.argwhere(np.isposinf(grid))} == {"B8", "E1"}
    assert np.isfinite(grid).sum() == 94
    assert any("B8, E1" in note and "infinite" in note for note in run.inferences)


@pytest.mark.parametrize("word", LEFT_OUT)
@pytest.mark.parametrize("name", OWN)
def test_what_was_masked_is_no_number_and_named(name: str, word: str, tmp_path: Path) -> None:
    run = read_plates(WRITERS[name](tmp_path, _cells({(7, 11): word})))
    grid = run.plates[0].reads["450"]
    assert np.isnan(grid[7, 11])
    assert np.isfinite(grid).sum() == 95
    assert any("H12" in note and "no reading" in note for note in run.inferences)


@pytest.mark.parametrize("name", OWN)
def test_a_word_that_no_reader_writes_is_refused_with_its_well(
    name: str, tmp_path: Path
) -> None:
    path = WRITERS[name](tmp_path, _cells({(2, 4): "0.3x4"}))
    with pytest.raises(FormatError, match=r"line \d+: C5 is '0\.3x4'") as caught:
        read_plates(path)
    line = int(caught.value.where.removeprefix("line "))
    if name == "magellan":  # two rows of heads, two rows of the plate, and C1 to C5
        assert line == 2 + 24 + 5
        return
    text = path.read_text("utf-16" if name == "softmax_pro" else "utf-8")
    assert "0.3x4" in text.splitlines()[line - 1]


@pytest.mark.parametrize("name", TEXTS)
def test_columns_that_changed_places_are_refused_with_their_line(
    name: str, tmp_path: Path
) -> None:
    path = WRITERS[name](tmp_path, CELLS)
    encoding = "utf-16" if name == "softmax_pro" else "utf-8"
    text = re.sub(r"\b3([,\t])4\b(?=[,\t]5)", r"4\g<1>3", path.read_text(encoding))
    path.write_text(text, encoding)
    with pytest.raises(FormatError, match=r"line \d+: .*numbered 1, 2, 4, 3.*possible"):
        read_plates(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "latin-1"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", TEXTS)
def test_text_is_read_however_it_was_saved(
    name: str, end: str, encoding: str, tmp_path: Path
) -> None:
    path = WRITERS[name](tmp_path, CELLS)
    text = path.read_text("utf-16" if name == "softmax_pro" else "utf-8")
    path.write_bytes(text.replace("\n", end).encode(encoding))
    for label, grid in READS.items():
        np.testing.assert_array_equal(read_plates(path).plates[0].reads[label], grid)


@pytest.mark.parametrize("name", TEXTS)
def test_decimal_commas_are_read_and_said(name: str, tmp_path: Path) -> None:
    commas = {k: [[c.replace(".", ",") for c in row] for row in g] for k, g in CELLS.items()}
    path = WRITERS[name](tmp_path, CELLS)
    encoding = "utf-16" if name == "softmax_pro" else "utf-8"
    text = path.read_text(encoding)
    if name in {"bmg_mars", "grid"}:
        text = text.replace(",", ";")
    text = text.replace(CELLS["450"][0][0], ">4.0")
    for label, grid in CELLS.items():
        for row, changed in zip(grid, commas[label], strict=True):
            for old, new in zip(row, changed, strict=True):
                text = text.replace(old, new)
    path.write_text(text, encoding)
    run = read_plates(path)
    read = run.plates[0].reads["450"]
    assert read[0, 0] == np.inf
    np.testing.assert_array_equal(read.ravel()[1:], READS["450"].ravel()[1:])
    assert any("comma" in note for note in run.inferences)


def test_points_and_commas_in_one_grid_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="points or by commas"):
        read_plates(WRITERS["gen5"](tmp_path, _cells({(0, 0): "0,5"})))


def test_marks_of_thousands_are_not_taken_for_decimals(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"line \d+: A1 is '12,345'.*decimals or thousands"):
        read_plates(WRITERS["gen5"](tmp_path, _cells({(0, 0): "12,345"})))


# Damage


def _outcome(name: str, path: Path) -> PlateRun | None:
    """Return what the reader itself made of a file; the door would hide what it lets out."""
    try:
        return PLATE_READERS[name].read(path)
    except InterbeatError as error:
        refused = error
    assert path.name in str(refused)
    assert isinstance(pickle.loads(pickle.dumps(refused)), type(refused))
    return None


@pytest.mark.parametrize("name", OWN)
def test_a_file_that_was_cut_is_refused_or_what_is_left_of_it_is_right(
    name: str, tmp_path: Path
) -> None:
    path = WRITERS[name](tmp_path, CELLS)
    raw = path.read_bytes()
    read = 0
    for cut in np.linspace(1, len(raw) - 1, COPIES).astype(int):
        path.write_bytes(raw[:cut])
        run = _outcome(name, path)
        if run is None:
            continue
        read += 1
        for label, grid in run.plates[0].reads.items():
            right = READS.get(label[:3])
            if right is None or grid.shape != right.shape:
                continue
            wrong = np.isfinite(grid) & (grid != right)
            told = " ".join(run.inferences)
            cut_short = {place(*where) for where in np.argwhere(wrong)}
            assert all(f"{well} may be cut short" in told for well in cut_short)
            if np.isnan(grid).any():
                assert "not read" in told or "cut short" in told
    assert read < COPIES


def test_an_error_reaches_another_process_where_dask_hands_over_its_causes(
    tmp_path: Path,
) -> None:
    path = WRITERS["magellan"](tmp_path, CELLS)
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    with zipfile.ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content[: len(content) // 2])
    with pytest.raises(FormatError) as caught:
        PLATE_READERS["magellan"].read(path)
    pickling_support.install(FormatError)  # as a Dask worker does
    try:
        again = pickle.loads(pickle.dumps(caught.value))
    finally:
        del copyreg.dispatch_table[FormatError]
    assert str(again) == str(caught.value)


@pytest.mark.parametrize("name", OWN)
def test_a_file_with_other_bytes_is_read_or_refused(name: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(11)
    path = WRITERS[name](tmp_path, CELLS)
    raw = path.read_bytes()
    words = [b"OVRFLW", b"\t", b",", b'"', b"\n", b"\0", b"1e999", b"12", b"~End", b"\xff"]
    refused = 0
    for k in range(COPIES):
        copy = bytearray(raw if k % 2 and raw[:2] != b"PK" else damaged(raw, rng))
        for _ in range(int(rng.integers(1, 4)) * (k % 2)):
            at = int(rng.integers(len(copy) + 1))
            copy[at:at] = words[int(rng.integers(len(words)))]
        path.write_bytes(bytes(copy))
        refused += _outcome(name, path) is None
    assert 0 < refused < COPIES


@pytest.mark.parametrize(
    "word", ["", "\n\n", "no plate", "\x00\x01\x02\x03" * 40, "1,2\n3,4\n"]
)
@pytest.mark.parametrize("name", OWN)
def test_what_is_no_plate_is_refused_by_every_reader(
    name: str, word: str, tmp_path: Path
) -> None:
    for suffix in PLATE_READERS[name].suffixes:
        path = tmp_path / f"plate{suffix}"
        path.write_text(word)
        assert not PLATE_READERS[name].accepts(path)
        with pytest.raises(SourceError):
            PLATE_READERS[name].read(path)


# The door


def test_the_door_says_what_it_takes(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="one file or more"):
        read_plates()
    with pytest.raises(SourceError, match="no such file"):
        read_plates(tmp_path / "plate.csv")
    (tmp_path / "plate.csv").touch()
    with pytest.raises(SourceError, match="0 bytes"):
        read_plates(tmp_path / "plate.csv")
    with pytest.raises(SourceError, match="is no file"):
        read_plates(tmp_path)
    (tmp_path / "plate.doc").write_text("plate")
    with pytest.raises(UnknownFormatError, match=r"Gen5.*\.txt"):
        read_plates(tmp_path / "plate.doc")


def test_plates_of_one_name_are_told_apart_by_their_files(tmp_path: Path) -> None:
    paths = []
    for k in (1, 2):
        path = WRITERS["gen5"](tmp_path, CELLS)
        paths.append(Path(shutil.move(path, tmp_path / f"day{k}.txt")))
    run = read_plates(*paths)
    assert [plate.name for plate in run.plates] == ["day1, Plate 1", "day2, Plate 1"]
    assert run.source == "day1.txt, day2.txt"
    with pytest.raises(SourceError, match="twice"):
        read_plates(paths[0], paths[0])


def test_files_of_two_units_make_no_run(tmp_path: Path) -> None:
    first = WRITERS["gen5"](tmp_path, CELLS)
    second = tmp_path / "light.csv"
    text = WRITERS["grid"](tmp_path, CELLS).read_text().replace("Absorbance", "Luminescence")
    second.write_text(text)
    with pytest.raises(SourceError, match="OD and RLU"):
        read_plates(first, second)


def test_without_allotropy_other_makers_need_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_allotropy, "find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"plate\.csv.*interbeat\[plates\]"):
        _read("allotrope", tmp_path)


@pytest.mark.parametrize("text", ["hello", "a,b\n1,2\n", "well,content\nA1,2\n"])
def test_a_file_of_nobody_is_refused_with_what_is_possible(text: str, tmp_path: Path) -> None:
    path = tmp_path / "plate.csv"
    path.write_text(text)
    with pytest.raises(UnknownFormatError, match=r"possible: .*Gen5.*allotropy"):
        read_plates(path)
