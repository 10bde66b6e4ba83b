"""What the JSON of a scan in BIDS says of its times, its decay and its unit is followed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.laws.sources.scan_files import CURVES, ENDS, STARTS, petprep_tsv

from interbeat.core.activity import HALF_LIVES
from interbeat.core.errors import FormatError
from interbeat.sources.scanning import read_scan

Write = Callable[..., Path]
NAMES = list(CURVES)


@pytest.fixture
def dataset(tmp_path: Path) -> Write:
    """Return a writer of a dataset whose ``_pet.json`` differs in what is given."""

    def write(**different: Any) -> Path:  # noqa: ANN401 - JSON
        path = petprep_tsv(tmp_path, "s")
        file = tmp_path / "data" / "sub-anna" / "pet" / "sub-anna_pet.json"
        about = json.loads(file.read_text()) | different
        file.write_text(json.dumps({k: v for k, v in about.items() if v is not None}))
        return path

    return write


def test_times_count_from_the_injection(dataset: Write) -> None:
    scan = read_scan(dataset(InjectionStart=30, ImageDecayCorrectionTime=30))
    np.testing.assert_allclose(scan.starts, STARTS[2:] - 30)
    np.testing.assert_allclose(scan.activity["putamen"], CURVES["putamen"][2:])
    assert "times count from the injection, 30 s on the clock of the file" in scan.inferences
    assert "frames that ended before the injection were left out: 2" in scan.inferences


def test_a_frame_that_the_injection_falls_into_is_kept_and_said(dataset: Write) -> None:
    scan = read_scan(dataset(InjectionStart=5, ImageDecayCorrectionTime=5))
    assert scan.starts[0] == -5
    assert "frame 1 began 5 s before the injection" in scan.inferences


@pytest.mark.parametrize("spelled", ["C11", "11C", "[11C]", "C-11", "carbon-11"])
def test_decay_that_was_not_corrected_for_is(dataset: Write, spelled: str) -> None:
    scan = read_scan(dataset(ImageDecayCorrected=False, TracerRadionuclide=spelled))
    rate = np.log(2) / HALF_LIVES["C11"]
    times = [np.linspace(a, b, 20_001) for a, b in zip(STARTS, ENDS, strict=True)]
    decayed = np.array([np.mean(np.exp(-rate * t)) for t in times])
    wanted = CURVES["putamen"] / decayed
    np.testing.assert_allclose(scan.activity["putamen"], wanted, rtol=1e-4)
    assert scan.radionuclide == "C11"
    assert scan.decay_corrected is True
    assert any("decay of C11 corrected for here" in told for told in scan.inferences)


def test_decay_corrected_to_another_time_is_corrected_to_the_injection(dataset: Write) -> None:
    half_life = HALF_LIVES["C11"]
    scan = read_scan(dataset(ImageDecayCorrectionTime=half_life))
    np.testing.assert_allclose(scan.activity["putamen"], 2 * CURVES["putamen"])
    early = read_scan(dataset(InjectionStart=30, ImageDecayCorrectionTime=0))
    factor = 2 ** (-30 / half_life)
    np.testing.assert_allclose(early.activity["putamen"], factor * CURVES["putamen"][2:])
    assert any(
        "was corrected to -30 s after the injection" in told for told in early.inferences
    )


def test_factors_of_decay_that_are_not_those_of_the_frames_are_flagged(
    dataset: Write,
) -> None:
    rate = np.log(2) / 1224.0  # as scanners have it
    mean = (np.exp(-rate * STARTS) - np.exp(-rate * ENDS)) / (rate * (ENDS - STARTS))
    right = read_scan(dataset(DecayCorrectionFactor=(1 / mean).tolist()))
    assert not any("was corrected by" in flag for flag in right.flags)
    late = {"InjectionStart": 300, "ImageDecayCorrectionTime": 0}
    shifted = read_scan(dataset(DecayCorrectionFactor=(1 / mean).tolist(), **late))
    assert not any("was corrected by" in flag for flag in shifted.flags)
    wrong = read_scan(dataset(DecayCorrectionFactor=[1.0] * len(STARTS)))
    assert any(f"decay of frame {len(STARTS)} was corrected by 1," in f for f in wrong.flags)


@pytest.mark.parametrize("nuclide", ["Xx99", None])
def test_decay_of_an_unknown_radionuclide_cannot_be_corrected(
    dataset: Write, nuclide: str | None
) -> None:
    path = dataset(ImageDecayCorrected=False, TracerRadionuclide=nuclide)
    with pytest.raises(
        FormatError, match=r"not corrected for decay, and .* possible: C11, F18"
    ):
        read_scan(path)
    path = dataset(ImageDecayCorrectionTime=600, TracerRadionuclide=nuclide)
    with pytest.raises(FormatError, match=r"600 s after the injection, and .*radionuclide"):
        read_scan(path)


def test_a_radionuclide_may_be_told_but_not_contradicted(dataset: Write) -> None:
    path = dataset(ImageDecayCorrected=False, TracerRadionuclide=None)
    told = read_scan(path, radionuclide="11C")
    stated = dataset(ImageDecayCorrected=False, TracerRadionuclide="C11")
    read = read_scan(stated, radionuclide="carbon-11")
    assert told.radionuclide == read.radionuclide == "C11"
    np.testing.assert_array_equal(told.activity["putamen"], read.activity["putamen"])
    with pytest.raises(FormatError, match="gives the radionuclide as C11, not as F18"):
        read_scan(stated, radionuclide="F-18")


def test_without_a_word_on_decay_it_is_taken_to_be_corrected_and_that_is_said(
    dataset: Write,
) -> None:
    scan = read_scan(dataset(ImageDecayCorrected=None))
    assert scan.decay_corrected is None
    assert any("does not say whether decay was corrected" in told for told in scan.inferences)


def _without_times(path: Path) -> Path:
    rows = [line.split("\t")[2:] for line in path.read_text().splitlines()]
    path.write_text("\n".join("\t".join(row) for row in rows) + "\n")
    return path


def test_frames_are_those_of_the_json_where_the_table_has_none(dataset: Write) -> None:
    scan = read_scan(_without_times(dataset()))
    np.testing.assert_allclose(scan.ends, ENDS)
    assert list(scan.activity) == NAMES
    scan = read_scan(_without_times(dataset(FrameDuration=ENDS.tolist())))
    np.testing.assert_allclose(scan.ends, ENDS)
    assert "durations of frames hold their ends, and were read as ends" in scan.inferences
    ends = {
        "FrameDuration": ENDS.tolist(),
        "InjectionStart": 15,
        "ImageDecayCorrectionTime": 15,
    }
    np.testing.assert_allclose(read_scan(_without_times(dataset(**ends))).ends, ENDS[1:] - 15)
    with pytest.raises(FormatError, match="20 frames, and its JSON gives 2 starts and 20"):
        read_scan(_without_times(dataset(FrameTimesStart=[0, 15])))
    with pytest.raises(FormatError, match="gives FrameTimesStart and FrameDuration"):
        read_scan(_without_times(dataset(FrameDuration=None)))


def test_units_are_those_of_the_json(dataset: Write) -> None:
    assert read_scan(dataset(Units="BQML")).unit == "Bq/mL"
    assert read_scan(dataset(Units=None)).unit == ""
    with pytest.raises(
        FormatError, match=r"'mCi/L' is no unit of activity known here; possible"
    ):
        read_scan(dataset(Units="mCi/L"))


def test_what_lies_beside_a_derivative_is_read_before_what_lies_above(dataset: Write) -> None:
    path = dataset(Units="Bq/mL")
    path.with_suffix(".json").write_text('{"Units": "SUV"}')
    assert read_scan(path).unit == "SUV"


def test_a_scan_of_another_session_is_not_taken_for_this_one(dataset: Write) -> None:
    path = dataset()
    given = path.parents[4] / "sub-anna" / "pet"
    (given / "sub-anna_pet.json").rename(given / "sub-anna_ses-two_pet.json")
    (given / "sub-anna_ses-one_pet.json").write_text('{"Units": "SUV"}')
    with pytest.raises(FormatError, match="several scans could be the one"):
        read_scan(path)
    own = path.with_name("sub-anna_ses-one_seg-gtm_desc-preproc_timeseries.tsv")
    path.rename(own)
    scan = read_scan(own)
    assert scan.unit == "SUV"
    assert any("no _pet.json says when the injection was" in told for told in scan.inferences)


def test_the_reference_region_of_the_file_beside_it_comes_along(dataset: Write) -> None:
    path = dataset()
    beside = path.with_name("sub-anna_seg-gtm_ref-cerebellum_desc-preproc_timeseries.tsv")
    rows = path.read_text().splitlines()
    header = "FrameTimesStart\tFrameTimesEnd\tmean"
    beside.write_text("\n".join([header, *("\t".join(r.split("\t")[:3]) for r in rows[1:])]))
    scan = read_scan(path)
    np.testing.assert_allclose(scan.activity["ref-cerebellum"], CURVES["putamen"])
    assert list(read_scan(beside).activity) == ["mean"]


@pytest.mark.parametrize(
    ("different", "said"),
    [
        ({"InjectionStart": "noon"}, "'noon', no number"),
        ({"InjectionStart": True}, "'True', no number"),
        ({"ImageDecayCorrectionTime": float("nan")}, "no number"),
        ({"ImageDecayCorrectionTime": 10**400}, "no number"),
        ({"ImageDecayCorrectionTime": 1e300}, "is infinite in a frame"),
    ],
)
def test_json_that_is_wrong_is_refused(
    dataset: Write, different: dict[str, Any], said: str
) -> None:
    with pytest.raises(FormatError, match=said):
        read_scan(dataset(**different))


def test_middles_need_the_times_of_frames_or_frames_that_follow_each_other(
    tmp_path: Path,
) -> None:
    from tests.laws.sources.scan_files import pmod_voistat

    path = pmod_voistat(tmp_path, "s")
    times = tmp_path / "scan.acqtimes"
    told = times.read_text()
    assert (
        read_scan(path).inferences[0] == "starts and ends of frames are those of scan.acqtimes"
    )
    lines = [line.split("\t") for line in told.splitlines()]
    cut = [[f"{float(x) / 60:.6f}" for x in c] if len(c) == 2 else c for c in lines]
    times.write_text("# minutes\n" + "\n".join("\t".join(cells) for cells in cut))
    np.testing.assert_allclose(read_scan(path).ends, ENDS, atol=1e-3)
    times.write_text(told.replace("0\t15", "0\t17", 1))
    with pytest.raises(FormatError, match="its 20 frames have not the 20 middles"):
        read_scan(path)
    times.write_text(told.replace("20 #", "21 #"))
    with pytest.raises(FormatError, match="announces 21 frames and has 20"):
        read_scan(path)
    times.unlink()
    scan = read_scan(path)
    np.testing.assert_allclose(scan.ends, ENDS)
    assert "frames follow each other from the injection" in scan.inferences[0]
    text = path.read_text()
    path.write_text(text.replace("\t7.5\t", "\t9.5\t"))
    with pytest.raises(FormatError, match=r"middles of frames only.*\.acqtimes"):
        read_scan(path)
    path.write_text(text.replace("[kBq/cc]", "[1/1]"))
    with pytest.raises(FormatError, match="ratios"):
        read_scan(path)
    path.write_text(text.replace("cerebellum", "putamen"))
    with pytest.raises(FormatError, match="region 'putamen' is there twice"):
        read_scan(path)
