"""Bad input: each gets one error that says what was given, what is possible, and where."""

from __future__ import annotations

import io
import os
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from interbeat.core.errors import (
    DataError,
    FormatError,
    InterbeatError,
    SourceError,
    UnknownFormatError,
)
from interbeat.sources import read
from interbeat.sources._reader import READERS, Reader, Wanted

Data = Callable[[str], Path]


def says(error: InterbeatError, *words: str) -> bool:
    missing = [word for word in words if word not in str(error)]
    assert not missing, f"{str(error)!r} does not say {missing}"
    return True


def test_an_unknown_suffix_lists_those_that_are_known(tmp_path: Path) -> None:
    path = tmp_path / "notes.docx"
    path.write_bytes(b"anything")
    with pytest.raises(UnknownFormatError) as error:
        read(path)
    assert says(error.value, str(path), "'.docx'", ".edf", ".txt", ".csv", ".zip")


def test_a_known_suffix_with_other_content_says_what_it_should_be(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Anna,\nI was so glad to hear from you.\nYours, Ben\n")
    with pytest.raises(FormatError) as error:
        read(path)
    assert says(error.value, str(path), "rows of numbers")


def test_a_lone_format_says_what_is_wrong_with_its_file(tmp_path: Path) -> None:
    path = tmp_path / "x.acq"
    path.write_bytes(b"not a recording at all" * 20)
    with pytest.raises(FormatError) as error:
        read(path)
    assert says(error.value, str(path), "headers")


def test_a_missing_file_says_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "ibi_a.txt").write_text("800\n")
    with pytest.raises(SourceError) as error:
        read(tmp_path / "ibi_b.txt")
    assert says(error.value, "ibi_b.txt: there is no such file", "holds ibi_a.txt")


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "ibi.txt"
    path.touch()
    with pytest.raises(FormatError) as error:
        read(path)
    assert says(error.value, str(path), "empty (0 bytes)")


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as error:
        read(tmp_path)
    assert says(error.value, str(tmp_path), "empty", "interbeat formats")


def test_a_folder_with_nothing_to_read_says_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "notes.docx").write_bytes(b"x")
    with pytest.raises(SourceError) as error:
        read(tmp_path)
    assert says(error.value, "notes.docx", "interbeat formats")


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_no_permission(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.edf").write_bytes(b"0       ")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")  # root may read all, so mode bits do not

    monkeypatch.setattr(Path, "open" if kind == "file" else "iterdir", refuse)
    with pytest.raises(SourceError, match="no permission"):
        read(tmp_path / "x.edf" if kind == "file" else tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.edf")
    with pytest.raises(SourceError, match="neither a file nor a folder"):
        read(tmp_path / "x.edf")


def test_a_truncated_file_says_where_it_ends(data: Data, tmp_path: Path) -> None:
    whole = data("devicely_formats/Faros_test_data/testfile_read.EDF").read_bytes()
    path = tmp_path / "cut.edf"
    path.write_bytes(whole[:50_000])
    with pytest.raises(FormatError) as error:
        read(path)
    assert says(error.value, str(path), "byte 50000", "cut short", f"{len(whole)} bytes")


def test_a_table_whose_time_runs_backwards_says_in_which_line(tmp_path: Path) -> None:
    path = tmp_path / "ecg.csv"
    rows = [f"{k / 100:.2f},{k % 7}" for k in range(500)]
    rows[300] = "1.00,3"
    path.write_text("\n".join(["time,ECG", *rows]))
    with pytest.raises(FormatError) as error:
        read(path)
    assert says(error.value, str(path), "line 302", "backwards")


def test_a_table_without_a_rate_asks_for_one(tmp_path: Path) -> None:
    path = tmp_path / "ecg.csv"
    path.write_text("\n".join(["ECG", *(str(k % 7) for k in range(500))]))
    with pytest.raises(SourceError) as error:
        read(path)
    assert says(error.value, str(path), "sampling")
    assert read(path, sampling_rate=100)["a"].end == 5


def test_two_files_that_do_not_overlap_say_both_spans(data: Data) -> None:
    a = data("flirt_wearables/empatica")
    b = data("devicely_formats/Empatica_test_data/test_data_read")
    with pytest.raises(SourceError) as error:
        read(a, b)
    assert says(error.value, "share no second", "UTC", "correct the start", "read each alone")


def test_the_same_file_twice(tmp_path: Path) -> None:
    path = tmp_path / "ibi.txt"
    path.write_text("800\n810\n790\n" * 50)
    with pytest.raises(SourceError) as error:
        read(path, path)
    assert says(error.value, str(path), "one person twice")


# ---- bombs


MEMBERS = {"couple.zip": b"couple/ecg_a.csv", "watch.zip": b"couple01/EDA.csv",
           "ibi.xlsx": b"xl/worksheet.xml"}  # fmt: skip


@pytest.fixture(scope="module")
def bombs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Zips of a few MB whose only member unfolds to 1 GB of zeros, by name."""
    folder = tmp_path_factory.mktemp("bombs")
    first = folder / "first"
    with (
        zipfile.ZipFile(first, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("0123456789abcdef", "w") as member,
    ):
        for _ in range(100):
            member.write(bytes(10_000_000))
    raw = first.read_bytes()
    for name, inside in MEMBERS.items():
        (folder / name).write_bytes(raw.replace(b"0123456789abcdef", inside))
    return {name: folder / name for name in MEMBERS}


@pytest.mark.parametrize("name", MEMBERS)
def test_a_zip_bomb_is_refused_before_it_unfolds(name: str, bombs: dict[str, Path]) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(SourceError) as error:
            read(bombs[name])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert says(error.value, name)
    assert peak < 100_000_000


def test_a_broken_zip(tmp_path: Path) -> None:
    path = tmp_path / "couple.zip"
    path.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(FormatError) as error:
        read(path)
    assert says(error.value, str(path), "zip")


def test_a_zip_cannot_write_outside_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "couple.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../escaped.txt", "800\n" * 60)
        archive.writestr("ibi_a.txt", "800\n" * 60)
        archive.writestr("ibi_b.txt", "900\n" * 60)
    assert read(path).persons == ("a", "b")
    assert not list(tmp_path.parent.rglob("escaped.txt"))


@pytest.mark.parametrize("names", [("x" * 300 + ".txt",), ("ibi", "ibi/a.txt")])
def test_a_zip_whose_names_cannot_be_files(names: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "couple.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "800\n" * 60)
    with pytest.raises(SourceError) as error:
        read(path)
    assert says(error.value, str(path), "cannot be read")


def test_a_zip_that_is_packed_badly(tmp_path: Path) -> None:
    path = tmp_path / "couple.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("ibi.txt", "".join(f"{600 + k * k % 311}\n" for k in range(2000)))
    raw = path.read_bytes()
    path.write_bytes(raw[:200] + bytes(300) + raw[500:])
    with pytest.raises(FormatError) as error:
        read(path)
    assert says(error.value, str(path), "not a sound")


def test_zips_in_zips_without_end(tmp_path: Path) -> None:
    content, name = b"800\n" * 60, "ibi.txt"
    for _ in range(400):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(name, content)
        content, name = packed.getvalue(), "x.zip"
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError) as error:
        read(tmp_path / name)
    assert says(error.value, "zips in zips without end")


# ---- the net under the readers


def test_what_a_reader_did_not_expect_is_an_error_of_the_family(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.edf"
    path.write_bytes(b"0       ")

    def careless(_path: Path, _wanted: Wanted) -> None:
        raise KeyError("channel")

    edf = READERS["edf"]
    broken = Reader(edf.name, edf.suffixes, edf.title, lambda _: True, careless)  # type: ignore[arg-type]
    monkeypatch.setattr("interbeat.sources.finding.READERS", {"edf": broken})
    with pytest.raises(FormatError) as error:
        read(path)
    assert says(error.value, str(path), edf.title, "KeyError")


def test_a_path_that_is_a_number_is_a_wrong_call() -> None:
    with pytest.raises((DataError, TypeError)):
        read(3)  # type: ignore[arg-type]
