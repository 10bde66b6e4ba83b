"""What every reader promises, held against real files."""

from __future__ import annotations

import inspect
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from interbeat.core.errors import SourceError
from interbeat.core.session import Inference, Session
from interbeat.core.signal import Signal
from interbeat.sources import formats, read
from interbeat.sources._reader import READERS, Wanted
from interbeat.sources.finding import folder_reader, reader_of

E4 = "devicely_formats/Empatica_test_data/test_data_read"

# Real files that each reader takes and reads without help (written ones where none is at hand).
EXAMPLES: dict[str, tuple[str, ...]] = {
    "acq": ("bioread_acq/physio-3.8.1.acq", "bioread_acq/physio-5.0.1.acq"),
    "bids": (
        "bids_ds210/sub-01/func/sub-01_task-rest_run-01_physio.tsv.gz",
        "bids_ds210/sub-02/func/sub-02_task-rest_run-01_physio.tsv.gz",
    ),
    "edf": (
        "devicely_formats/Faros_test_data/testfile_read.EDF",
        "biosignalsnotebooks/eda_slow_signal.edf",
    ),
    "empatica_e4": (E4, f"{E4}/EDA.csv", "flirt_wearables/empatica", "written/watch.zip"),
    "opensignals": (
        "biosignalsnotebooks/ecg_20_sec_100_Hz.h5",
        "biosignalsnotebooks/eda_slow_signal.txt",
        "biosignalsnotebooks/signal_sample_single_hub_RESPIRATION_2018_7_5.txt",
        "biopeaks_formats/OSmontage1A.txt",
        "pyhrv_nni/SampleECG.txt",
    ),
    "polar_sensor_logger": ("written/strap_ECG.txt", "written/strap_RR.txt"),
    "rr_text": (
        "wunderwald_ibi_dyad/HRV_a.xlsx",
        "pyhrv_nni/SampleNNISeriesShort.npy",
        "rhrv_cran/example.beats",
        "rhrvbook_rr/Chapter6/rr.txt",
    ),
    "table": (
        "devicely_formats/Shimmer_test_data/read_test_data.csv",
        "neurokit_bio/bio_eventrelated_100hz.csv",
        "written/ecg_100hz.npy",
    ),
    "wav": (
        "written/ecg.wav",
        "electrophys_unam/ECGrespiration/data/control/BYB_Recording_2018-06-07_18.05.04.wav",
    ),
    "wfdb": ("wfdb_samples/test01_00s.hea", "wfdb_samples/100.hea", "wfdb_samples/100.atr"),
    "xdf": ("written/ecg.xdf",),
}
FILES = [(name, file) for name, files in sorted(EXAMPLES.items()) for file in files]

Find = Callable[[str], Path]


def test_every_reader_has_a_real_example() -> None:
    assert set(EXAMPLES) == set(READERS)


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_a_reader_introduces_itself(name: str) -> None:
    reader = READERS[name]
    assert reader.name == name
    assert reader.title
    assert not reader.title.endswith(".")
    assert reader.suffixes
    for suffix in reader.suffixes:
        assert suffix == "/" or ("." in suffix and suffix == suffix.lower())
    assert inspect.getdoc(reader.read)
    assert (name, reader.suffixes, reader.title) in formats()


@pytest.mark.parametrize(("name", "file"), FILES)
def test_a_real_file_goes_to_its_reader(name: str, file: str, sample: Find) -> None:
    path = sample(file)
    chosen = folder_reader(path) if path.is_dir() else reader_of(path)
    assert chosen is not None
    assert chosen.name == name


@pytest.mark.parametrize(("name", "file"), FILES)
def test_no_other_particular_reader_accepts_a_real_file(
    name: str, file: str, sample: Find
) -> None:
    path = sample(file)
    accepting = {
        other.name
        for other in READERS.values()
        if other.name != "table" and _has_suffix(path, other.suffixes) and other.accepts(path)
    }
    assert accepting - {name} == set()


def _has_suffix(path: Path, suffixes: tuple[str, ...]) -> bool:
    if path.is_dir():
        return "/" in suffixes
    return path.name.lower().endswith(tuple(s for s in suffixes if s != "/"))


@pytest.mark.parametrize(("name", "file"), FILES)
def test_a_session_keeps_the_laws(name: str, file: str, sample: Find) -> None:
    session = READERS[name].read(sample(file), Wanted())
    assert session.persons in {("a",), ("a", "b")}
    assert session.start is None or session.start.tzinfo is not None
    assert session.title
    assert session.sources
    assert all(isinstance(note, Inference) for note in session.inferences)
    assert all(note.value and note.why for note in session.inferences)
    assert np.isfinite([session.begin, session.end]).all()
    assert session.begin < session.end
    for recording in session.recordings:
        assert recording.channels
        for channel in recording.channels.values():
            assert len(channel)
            assert channel.person == recording.person


@pytest.mark.parametrize(("name", "file"), FILES)
def test_signals_have_units_and_cannot_be_changed(name: str, file: str, sample: Find) -> None:
    session = READERS[name].read(sample(file), Wanted())
    for recording in session.recordings:
        for channel in recording.channels.values():
            if isinstance(channel, Signal):
                assert channel.unit
                assert not channel.values.flags.writeable
                assert np.isfinite(channel.values).any()
            else:
                assert not channel.times.flags.writeable


@pytest.mark.parametrize(("name", "file"), FILES)
def test_reading_twice_gives_the_same_and_a_worker_can_have_it(
    name: str, file: str, sample: Find
) -> None:
    first, second = (READERS[name].read(sample(file), Wanted()) for _ in range(2))
    assert first == second
    assert pickle.loads(pickle.dumps(first)) == first


@pytest.mark.parametrize(("name", "file"), FILES)
def test_the_door_gives_what_the_reader_gives(name: str, file: str, sample: Find) -> None:
    assert replace(read(sample(file)), title="") == replace(
        _alone(name, sample(file)), title=""
    )


def _alone(name: str, path: Path) -> Session:
    return READERS[name].read(path, Wanted())


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_a_channel_that_the_file_has_not_is_an_error(name: str, sample: Find) -> None:
    path = sample(EXAMPLES[name][0])
    with pytest.raises(SourceError, match="no such label here"):
        read(path, channels={"rating": "no such label here"})
