"""Real exports of plate readers: every well, and what the makers' own software says of it."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from interbeat.core.plate import PlateRun, Role, position
from interbeat.sources.plates._cells import number, strips_below, wells_of
from interbeat.sources.plates._reader import PLATE_READERS
from interbeat.sources.plates._sheet import text_of
from interbeat.sources.plating import read_plates

Data = Callable[[str], Path]
MAKERS = "allotropy_plate_formats"
GEN5 = f"{MAKERS}/agilent_gen5/testdata/absorbance/endpoint_stdcurve_singleplate.txt"
SOFTMAX = f"{MAKERS}/moldev_softmax_pro/testdata/MD_SMP_absorbance_endpoint_example01.txt"
MAGELLAN = f"{MAKERS}/tecan_magellan/testdata/SLA01P01_ELISA.xlsx"
ASSAYS = {
    "elisatools_plates/Assay_2.txt": 1,
    "elisatools_plates/Assay_3_and_4.txt": 2,
}


def gen5_calculated(path: Path, label: str) -> dict[str, float]:
    """Return what Gen5 itself calculated, e.g. ``"[Concentration]"``, by row and column."""
    sheet = text_of(path)
    title = next(k for k, row in enumerate(sheet.rows) if row.at(0) == "Results")
    strips, _ = strips_below(sheet, title + 1)
    held = wells_of(strip for strip in strips if strip.label == label)
    return {f"{r},{c}": value for (r, c), (text, _) in held.items()
            if (value := number(text)) is not None}  # fmt: skip


def grouped(path: Path) -> Iterator[tuple[int, str, str]]:
    """Give plate (from 0), well and value of each row of SoftMax Pro's groups."""
    plate, columns = -1, list[str]()
    for row in text_of(path).rows:
        head = row.at(0).lower()
        plate += head.startswith("plate:")
        if head == "sample":
            columns = [cell.lower() for cell in row.cells]
        elif row.empty:
            columns = []
        elif columns:
            value = next(k for k, c in enumerate(columns) if c in {"value", "values", "od"})
            named = columns.index("wellplatename") if "wellplatename" in columns else -1
            at = int(row.at(named).removeprefix("Plate")) - 1 if named >= 0 else plate
            yield at, row.at(columns.index("wells")), row.at(value)


def test_gen5_standards_samples_and_dilutions(data: Data) -> None:
    run = read_plates(data(GEN5))
    [plate] = run.plates
    assert (plate.name, plate.unit, list(plate.reads)) == ("Plate 1", "OD", ["630"])
    grid = plate.reads["630"]
    assert np.isfinite(grid).sum() == 96
    assert (grid[0, 0], grid[3, 4], grid[7, 2], grid[7, 11]) == (3.337, 0.253, 0.001, 0.194)
    roles = Counter(well.role for well in run.wells)
    assert roles == {Role.STANDARD: 21, Role.SAMPLE: 72, Role.BLANK: 3}
    standards = {w.name: w.concentration for w in run.wells if w.role is Role.STANDARD}
    assert standards == {
        "STD1": 2000, "STD2": 666.67, "STD3": 222.22, "STD4": 74.074, "STD5": 24.691,
        "STD6": 8.2305, "STD7": 2.7435,
    }  # fmt: skip
    samples = Counter((w.name, w.dilution) for w in run.wells if w.role is Role.SAMPLE)
    assert samples == {(f"SPL{k}", d): 3 for k in range(1, 7) for d in (1, 2, 4, 8)}
    assert any("Blank 630nmAbsRead:630, [Concentration]" in note for note in run.inferences)


def test_gen5_concentrations_lie_on_the_line_that_gen5_fitted(data: Data) -> None:
    path = data(GEN5)
    grid = read_plates(path).plates[0].reads["630"].ravel()
    blank = np.mean(read_plates(path).plates[0].reads["630"][7, :3])
    own = np.array(list(gen5_calculated(path, "[Concentration]").values()))
    slope, offset = np.polyfit(own, grid - blank, 1)
    assert slope == pytest.approx(0.00168, rel=0.005)
    assert offset == pytest.approx(-0.000723, abs=5e-4)
    assert np.abs(grid - blank - slope * own - offset).max() < 2e-3


def test_softmax_groups_of_two_plates(data: Data) -> None:
    path = data(SOFTMAX)
    run = read_plates(path)
    assert [plate.name for plate in run.plates] == ["Plate01", "Plate02"]
    assert run.unit == "ng/mL"
    assert run.shared  # the one group of standards has wells on both
    assert any("on Plate01, Plate02: one curve for all" in note for note in run.inferences)
    counts = Counter((well.plate, well.role) for well in run.wells)
    assert counts == {
        (f"Plate0{k}", role): wells
        for k in (1, 2)
        for role, wells in ((Role.STANDARD, 21), (Role.SAMPLE, 72))
    }
    standards = {w.concentration for w in run.wells if w.role is Role.STANDARD}
    assert standards == {320, 160, 80, 40, 20, 10, 5}
    rows = list(grouped(path))
    assert len(rows) == len(run.wells)
    for plate, well, told in rows:
        read = run.plates[plate].reads["450"][position(well)]
        assert read == pytest.approx(float(told), abs=6e-4)


@pytest.mark.parametrize("name", ASSAYS)
def test_softmax_values_are_450_less_620_nm_and_masked_wells_are_left_out(
    name: str, data: Data
) -> None:
    path = data(name)
    run = read_plates(path)
    assert len(run.plates) == ASSAYS[name]
    assert run.unit == "pg/mL"
    masked = set()
    rows = list(grouped(path))
    for plate, well, told in rows:
        reads = run.plates[plate].reads
        difference = reads["450"][position(well)] - reads["620"][position(well)]
        if told == "Masked":
            masked.add((plate, well))
            assert np.isnan(difference)
        else:
            assert difference == pytest.approx(float(told), abs=6e-4)
    assert len(rows) == len(run.wells) == 72 * ASSAYS[name]
    assert sum(int(np.isnan(p.reads["450"]).sum()) for p in run.plates) == len(masked) > 0
    told = " ".join(note for note in run.inferences if "masked before the export" in note)
    assert all(well in told for _, well in masked)


def test_the_annotation_of_the_plates_names_the_same_standards(data: Data) -> None:
    path = data("elisatools_plates/Assay_3_and_4.txt")
    layout = [data("elisatools_plates/AnExp_2plate.txt"), data("elisatools_plates/stdConc.txt")]
    run = read_plates(path, layout=layout)
    drawn = {(w.plate, w.place): w for w in run.wells}
    own = {(w.plate, w.place): w for w in read_plates(path).wells}
    assert set(drawn) == set(own)
    assert len(drawn) == 144
    for well, told in drawn.items():
        if Role.STANDARD in {told.role, own[well].role}:
            assert told.role is own[well].role
            assert told.concentration == pytest.approx(own[well].concentration, abs=0.06)
    differ = {where for (_, where), w in drawn.items() if w.role is not own[_, where].role}
    assert differ == {"E11", "G10"}  # where the annotation took a sample for the control
    assert all(
        w.dilution == 10 for w in run.wells if w.role is Role.SAMPLE and w.place != "G10"
    )
    assert any("'plate 2' is 'Plate1 (2)'" in note for note in run.inferences)


def test_magellan_384_wells_and_two_wavelengths(data: Data) -> None:
    path = data(MAGELLAN)
    [plate] = read_plates(path).plates
    assert (plate.unit, plate.shape, list(plate.reads)) == ("OD", (16, 24), ["485", "560"])
    book = openpyxl.load_workbook(path, read_only=True)
    rows = book.worksheets[0].iter_rows(min_row=4, max_row=387, max_col=3, values_only=True)
    count = 0
    for well, first, second in rows:
        assert isinstance(first, float)
        assert isinstance(second, float)
        at = position(str(well))
        assert (plate.reads["485"][at], plate.reads["560"][at]) == (first, second)
        count += 1
    book.close()
    assert count == 384


def _same_numbers(ours: PlateRun, theirs: PlateRun) -> None:
    assert len(ours.plates) == len(theirs.plates)
    for mine, other in zip(ours.plates, theirs.plates, strict=True):
        assert mine.unit == other.unit == "OD"
        assert list(mine.reads) == list(other.reads)
        for label, grid in mine.reads.items():
            np.testing.assert_array_equal(grid, other.reads[label])


@pytest.mark.parametrize("name", [GEN5, SOFTMAX, MAGELLAN])
def test_allotropy_reads_the_same_numbers_and_its_unit_is_mended(name: str, data: Data) -> None:
    path = data(name)
    theirs = PLATE_READERS["allotrope"].read(path)
    _same_numbers(read_plates(path), theirs)
    assert any("unit taken as OD, where allotropy says mAU" in n for n in theirs.inferences)
