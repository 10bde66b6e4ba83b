"""Samples of every format: real ones, and a few written here where no real one is at hand."""

from __future__ import annotations

import shutil
import wave
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from interbeat.core.arrays import FloatArray

Data = Callable[[str], Path]
E4 = "devicely_formats/Empatica_test_data/test_data_read"


def heart(seconds: float, rate: float) -> FloatArray:
    """Return something with a spike of 1000 a second, as whole numbers."""
    t = np.arange(0, seconds, 1 / rate)
    wave: FloatArray = np.round(1000 * np.exp(-(((t % 1 - 0.5) / 0.02) ** 2)) + 50 * np.sin(t))
    return wave


def strap_ecg(path: Path, _data: Data) -> None:
    """Write what Polar Sensor Logger writes of an H10's ECG, as reference/formats.md has it."""
    values = heart(2, 130)
    rows = [
        f"2024-05-01T10:00:{k / 130 % 60:06.3f};{599616000000000000 + int(k * 1e9 / 130)};"
        f"{k * 1000 / 130:.1f};{value:.0f}"
        for k, value in enumerate(values)
    ]
    head = "Phone timestamp;sensor timestamp [ns];timestamp [ms];ecg [uV]"
    path.write_text("\n".join([head, *rows, ""]))


def strap_rr(path: Path, _data: Data) -> None:
    """Write what it writes of the intervals."""
    rows = [f"2024-05-01T10:{k // 60:02d}:{k % 60:02d}.000;{1000 - k % 3}" for k in range(120)]
    path.write_text("\n".join(["Phone timestamp;RR-interval [ms]", *rows, ""]))


def e4_zip(path: Path, data: Data) -> None:
    files = sorted(data(E4).iterdir())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, file.name)


def short_table(path: Path, data: Data) -> None:
    """Keep the first 3 s of a real table."""
    whole = data("neurokit_bio/bio_eventrelated_100hz.csv").read_text().splitlines()
    path.write_text("\n".join(whole[:301]))


def short_array(path: Path, _data: Data) -> None:
    np.save(path, heart(10, 100))


def intervals(path: Path, _data: Data) -> None:
    path.write_text("\n".join(f"{800 + 10 * (k % 5)}" for k in range(120)))


def sound(path: Path, _data: Data) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(1000)
        file.writeframes(heart(5, 1000).astype("<i2").tobytes())


def xdf_with_ecg(path: Path, data: Data) -> None:
    """No XDF at hand holds a heart: call its EEG so, which is as long a word."""
    raw = data("xdf_examples/minimal.xdf").read_bytes()
    path.write_bytes(raw.replace(b"<type>EEG", b"<type>ECG"))


WRITTEN: dict[str, Callable[[Path, Data], None]] = {
    "written/strap_ECG.txt": strap_ecg,
    "written/strap_RR.txt": strap_rr,
    "written/watch.zip": e4_zip,
    "written/short_100hz.csv": short_table,
    "written/ecg_100hz.npy": short_array,
    "written/ibi.txt": intervals,
    "written/ecg.wav": sound,
    "written/ecg.xdf": xdf_with_ecg,
}


@pytest.fixture(scope="session")
def sample(data: Data, tmp_path_factory: pytest.TempPathFactory) -> Data:
    """Return ``sample("mitdb/101.hea")``, real, or ``sample("written/ibi.txt")``, ours."""
    folder = tmp_path_factory.mktemp("samples")

    def find(name: str) -> Path:
        if name not in WRITTEN:
            return data(name)
        path = folder / name
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            WRITTEN[name](path, data)
        return path

    return find


@pytest.fixture
def alone(sample: Data, tmp_path: Path) -> Callable[[tuple[str, ...]], Path]:
    """Return ``alone(names)``: a folder with copies of these samples and nothing else."""

    def copied(names: tuple[str, ...]) -> Path:
        folder = tmp_path / "whole"
        folder.mkdir()
        for name in names:
            source = sample(name)
            if source.is_dir():
                shutil.copytree(source, folder / source.name)
            else:
                shutil.copyfile(source, folder / source.name)
        return folder

    return copied
