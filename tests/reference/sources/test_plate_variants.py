"""What makers' exports look like beside the plain case, as public samples of them show."""

from pathlib import Path

import numpy as np
import pytest

from interbeat.core.errors import FormatError
from interbeat.core.plate import PlateRun, Role
from interbeat.sources.plating import plate_reader_of, read_plates

TWELVE = list(range(1, 13))


def _file(folder: Path, lines: list[str], name: str = "plate.txt") -> Path:
    path = folder / name
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return path


def _row(*cells: object) -> str:
    return "\t".join(str(cell) for cell in cells)


# Gen5


def _gen5(procedure: list[str], results: list[str], name: str = "Plate 1") -> list[str]:
    head = ["", "Software Version\t3.12.08", "", f"Plate Number\t{name}", "Procedure Details"]
    return [*head, "", *procedure, "", *results, ""]


def _absorbance(*wavelengths: int) -> list[str]:
    told = ", ".join(map(str, wavelengths))
    return ["Read\tAbsorbance Endpoint", "\tFull Plate", f"\tWavelengths:  {told}"]


def test_gen5_reads_are_told_by_their_labels_not_by_their_order(tmp_path: Path) -> None:
    lines = ["Results", _row("", *TWELVE)]
    for k, letter in enumerate("ABCDEFGH"):
        pair = [_row(*[k + 0.28] * 12, "280"), _row(*[k + 0.325] * 12, "325")]
        first, second = reversed(pair) if letter == "B" else pair
        lines += [f"{letter}\t{first}", f"\t{second}"]
    run = read_plates(_file(tmp_path, _gen5(_absorbance(280, 325), lines)))
    for label, part in (("280", 0.28), ("325", 0.325)):
        np.testing.assert_allclose(run.plates[0].reads[label][:, 3], np.arange(8) + part)


def test_gen5_without_a_matrix_of_results_masked_missed_and_overflowed(tmp_path: Path) -> None:
    lines = ["660", _row("", *TWELVE)]
    lines += [_row(letter, *[0.5] * 12, 660) for letter in "ABCDEFG"]
    lines += [_row("H", 0.1, "*0.356*", "OVRFLW", "MISSED", *[0.4] * 8, 660)]
    lines += ["", "Conc", _row("", *TWELVE)]
    lines += [_row(letter, "<0.000", "?????", *[9.9] * 10, "Conc") for letter in "ABCDEFGH"]
    run = read_plates(_file(tmp_path, _gen5(_absorbance(660), lines)))
    grid = run.plates[0].reads["660"]
    assert list(run.plates[0].reads) == ["660"]
    assert grid[7, 2] == np.inf
    assert np.isnan(grid[7, [1, 3]]).all()
    assert np.isfinite(grid).sum() == 93
    assert any("left out, as calculated: Conc" in note for note in run.inferences)


def test_gen5_filters_of_fluorescence(tmp_path: Path) -> None:
    told = ["Read\tFluorescence Endpoint", "\tFull Plate"]
    told += ["\tFilter Set 1 (Blue)", "\t    Excitation: 360/40,  Emission: 460/40"]
    told += ["\tFilter Set 2 (Green)", "\t    Excitation: 485/20,  Emission: 528/20"]
    lines = ["Results", _row("", *TWELVE)]
    for letter in "ABCDEFGH":
        lines += [_row(letter, *[21050] * 12, "360/40,460/40")]
        lines += [_row("", *[22050] * 12, "485/20,528/20")]
        lines += [_row("", *[-1450] * 12, "Blank 360/40,460/40"), _row("", *[1] * 12, "Ratio")]
    [plate] = read_plates(_file(tmp_path, _gen5(told, lines))).plates
    assert plate.unit == "RFU"
    assert list(plate.reads) == ["360/40,460/40", "485/20,528/20"]


def test_gen5_two_plates_of_one_file(tmp_path: Path) -> None:
    lines = [_row(letter, *[0.5] * 12, 450) for letter in "ABCDEFGH"]
    results = ["Results", _row("", *TWELVE), *lines]
    text = [*_gen5(_absorbance(450), results), *_gen5(_absorbance(450), results, "Plate 2")]
    run = read_plates(_file(tmp_path, text))
    assert [plate.name for plate in run.plates] == ["Plate 1", "Plate 2"]


@pytest.mark.parametrize(
    ("procedure", "said"),
    [
        (["Read\tAbsorbance Kinetic"], "line .*Kinetic.*only endpoint"),
        (["Read\tAbsorbance Endpoint", "Read\tLuminescence Endpoint"], "absorbance and lum"),
    ],
)
def test_gen5_what_is_no_plain_endpoint(
    procedure: list[str], said: str, tmp_path: Path
) -> None:
    lines = ["Results", _row("", *TWELVE), _row("A", *[0.5] * 12, 450)]
    with pytest.raises(FormatError, match=said):
        read_plates(_file(tmp_path, _gen5(procedure, lines)))


def test_gen5_without_results_or_with_rows_that_end_early(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="has no results"):
        read_plates(_file(tmp_path, _gen5(_absorbance(450), [])))
    lines = ["Results", _row("", *TWELVE), *[_row(x, *[0.5] * 12, 450) for x in "ABC"]]
    with pytest.raises(FormatError, match="3 rows of 8"):
        read_plates(_file(tmp_path, _gen5(_absorbance(450), lines)))


def test_gen5_titrations_are_no_dilutions(tmp_path: Path) -> None:
    layout = ["Layout", _row("", *TWELVE), _row("A", *["SPL1"] * 12, "Well ID")]
    layout += [_row("", *[10000, 0] * 6, "Conc/Dil"), ""]
    lines = ["Results", _row("", *TWELVE), *[_row(x, *[0.5] * 12, 450) for x in "ABCDEFGH"]]
    run = read_plates(_file(tmp_path, _gen5(_absorbance(450), [*layout, *lines])))
    assert {well.dilution for well in run.wells} == {1}
    assert any("up to 10000" in note for note in run.inferences)


# SoftMax Pro


def _softmax(*blocks: list[str]) -> list[str]:
    return ["##BLOCKS= 9", *(line for block in blocks for line in [*block, "~End"])]


def _plate(kind: str, labels: str, rows: list[str], *, form: str = "PlateFormat") -> list[str]:
    more = ["FALSE", "Raw"] if kind == "Fluorescence" else ["Raw"]
    head = ["Plate:", "Plate1", "1.3", form, "Endpoint", kind, *more, "FALSE", "1"]
    head += [*[""] * 5, str(len(labels.split())), labels + " ", "1", "12", "96", "1", "8"]
    return [_row(*head), *rows]


def test_softmax_commas_in_the_plate_and_points_in_the_groups(tmp_path: Path) -> None:
    rows = [_row("", "Temperature(¡C)", *TWELVE, "", *TWELVE)]
    wells = [_row("", "", *["1,25"] * 12, "", *["-0,0125"] * 12)] * 8
    group = ["Group: Standards", "Sample\tConcentration Units/mL\tWells\tOD"]
    group += ["01\t530000.000\tA1\t1.250", " \t \tA2\t1.250", "", "Group Summaries"]
    control = ["Group: Control.", "Sample\tConcentration Units/mL\tWells\tOD"]
    control += ["01\t1.28e8\tG1\t0.7", ""]
    diluted = ["Group: ENDO-7", "Sample\tDilution\tWells\tOD", "01\t4000.000\tA3\t1.559", ""]
    path = _file(
        tmp_path,
        _softmax(_plate("Absorbance", "450 650", [*rows, *wells]), group, control, diluted),
    )
    run = read_plates(path)
    reads = run.plates[0].reads
    assert (reads["450"][7, 11], reads["650"][0, 0]) == (1.25, -0.0125)
    assert [w.role for w in run.wells] == [
        Role.STANDARD, Role.STANDARD, Role.CONTROL, Role.SAMPLE,
    ]  # fmt: skip
    assert (run.wells[1].concentration, run.wells[2].concentration) == (530000, 1.28e8)
    assert (run.wells[3].dilution, run.wells[3].name) == (4000, "ENDO-7 01")


def test_softmax_fluorescence_in_rows_of_wells_with_a_reduced_table_under_them(
    tmp_path: Path,
) -> None:
    wells = [f"A{k}" for k in TWELVE]
    rows = [_row("", "Temperature(¡C)", *wells)]
    for k in (1, 2, 3):
        rows += [_row("", 0, *[k * 100.5] * 12), ""]
    rows += [_row("", "", *wells), _row("", "", *[-2.8] * 12)]
    group = ["Group: PositiveControl", "Sample\tWell\tConcentration\tWellPlateName"]
    group += ["CONTROL_1\tA1\t\tPlate1", " \tA2\t \tPlate1", ""]
    nameless = ["Group: NegativeControl", "Sample\tWell\tWellPlateName", " \tA3\tPlate1", ""]
    plate = _plate("Fluorescence", "445 535 780", rows, form="TimeFormat")
    run = read_plates(_file(tmp_path, _softmax(plate, group, nameless)))
    assert run.plates[0].unit == "RFU"
    assert run.plates[0].shape == (8, 12)
    assert {k: v[0, 0] for k, v in run.plates[0].reads.items()} == {
        "445": 100.5, "535": 201, "780": 301.5,
    }  # fmt: skip
    assert [(w.role, w.name) for w in run.wells] == [
        (Role.CONTROL, "CONTROL_1"), (Role.CONTROL, "CONTROL_1"),
        (Role.CONTROL, "NegativeControl"),
    ]  # fmt: skip


def test_softmax_one_wavelength_three_times(tmp_path: Path) -> None:
    rows = [_row("", "Temperature", *TWELVE, "", *TWELVE, "", *TWELVE)]
    rows += [_row("", 35, *[0.1] * 12, "", *[0.2] * 12, "", *[0.3] * 12)] * 8
    run = read_plates(_file(tmp_path, _softmax(_plate("Absorbance", "426 426 426", rows))))
    assert {k: v[7, 11] for k, v in run.plates[0].reads.items()} == {
        "426": 0.1, "426 (2)": 0.2, "426 (3)": 0.3,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("group", "said"),
    [
        (["Sample\tWells\tWellPlateName", "1\tA1\tPlate7"], "no plate 'Plate7'.*Plate1"),
        (["Sample\tWells", "1\tP24"], "8 by 12 wells, and none called P24"),
        (["Sample\tWells", "1\tA?"], "'A\\?' is no well"),
        (["Sample\tDilution\tWells", "1\tten\tA1"], "'ten' is no concentration"),
    ],
)
def test_softmax_groups_that_cannot_be(group: list[str], said: str, tmp_path: Path) -> None:
    rows = [_row("", "Temp", *TWELVE), *[_row("", "", *[0.1] * 12)] * 8]
    lines = _softmax(_plate("Absorbance", "450", rows), ["Group: Unknowns", *group, ""])
    with pytest.raises(FormatError, match=rf"line \d+: .*{said}"):
        read_plates(_file(tmp_path, lines))


def _two_plates(*groups: str) -> list[str]:
    rows = [_row("", "", *TWELVE), *[_row("", "", *[0.5] * 12)] * 8]
    plates = [
        [row.replace("Plate1", name) for row in _plate("Absorbance", "450", rows)]
        for name in ("Plate1", "Plate2")
    ]
    heads = ["Sample\tStandard Value ng/mL\tWells\tWellPlateName"]
    blocks = [
        [
            f"Group: {name}",
            *heads,
            *(f"0{k}\t{k}\tA{k}\t{plate}" for k in (1, 2) for plate in on),
        ]
        for name, on in ((g.split("@")[0], g.split("@")[1].split("+")) for g in groups)
    ]
    return _softmax(*plates, *blocks)


@pytest.mark.parametrize(
    ("groups", "shared", "said"),
    [
        (("Standards@Plate1+Plate2",), True, "one curve for all"),
        (("Standards@Plate1",), False, ""),
        (("Standards@Plate1", "Standards2@Plate2"), False, ""),
        (("Standards@Plate1+Plate2", "Standards2@Plate2"), False, "a curve for each"),
    ],
)
def test_softmax_standards_of_one_group_on_two_plates_make_one_curve(
    groups: tuple[str, ...], shared: bool, said: str, tmp_path: Path
) -> None:
    path = _file(tmp_path, _two_plates(*groups))
    run = read_plates(path)
    assert run.shared is shared
    assert any("are on Plate1, Plate2" in note for note in run.inferences) is bool(said)
    assert any(said in note for note in run.inferences) or not said


def test_standards_of_a_layout_or_other_files_undo_one_curve(tmp_path: Path) -> None:
    path = _file(tmp_path, _two_plates("Standards@Plate1+Plate2"))
    layout = tmp_path / "layout.csv"
    layout.write_text("well,role,concentration\nA1,standard,5\n", encoding="utf-8")
    alone = read_plates(path, layout=layout)
    assert not alone.shared
    assert any("a curve of its own" in note for note in alone.inferences)
    layout.write_text("well,role,sample\nB1,sample,x\n", encoding="utf-8")
    assert read_plates(path, layout=layout).shared
    other = tmp_path / "other.txt"
    other.write_bytes(path.read_bytes())
    both = read_plates(path, other)
    assert not both.shared
    assert any("run with other files" in note for note in both.inferences)


def test_softmax_blocks_without_an_end_and_kinetics(tmp_path: Path) -> None:
    rows = [_row("", "Temp", *TWELVE), *[_row("", "", *[0.1] * 12)] * 8]
    plate = _plate("Absorbance", "450", rows)
    with pytest.raises(FormatError, match="has no ~End"):
        read_plates(_file(tmp_path, ["##BLOCKS= 1", *plate]))
    with pytest.raises(FormatError, match="7 rows of wells instead of 8"):
        read_plates(_file(tmp_path, _softmax(plate[:-1])))
    kinetic = [plate[0].replace("Endpoint", "Kinetic"), *plate[1:]]
    with pytest.raises(FormatError, match="'Kinetic'; only endpoint"):
        read_plates(_file(tmp_path, _softmax(kinetic)))


# BMG MARS


def _mars(method: str, lines: list[str]) -> list[str]:
    return ["User: U,Path: C:\\Data,Test run no.: 4", "Test name: T,Date: 1/2/2024", "",
            "ID1: black plate,ID2: 20 ul", method, "", *lines]  # fmt: skip


def test_mars_rows_that_end_early_and_what_it_calculated(tmp_path: Path) -> None:
    columns = list(range(1, 25))
    rows = [",".join(map(str, [x, *columns[:20]])) for x in "ABCDEFGHIJKLMN"]
    rows += ["O,1,2,,3", "P,4,5,,6"]
    head = ",".join(["", *map(str, columns)])
    lines = ["Raw Data (580/620)", "", head, *rows, ""]
    lines += ["Blank corrected based on Raw Data (580/620)", "", head, *rows]
    run = read_plates(_file(tmp_path, _mars("Fluorescence (FI)", lines), "plate.CSV"))
    [plate] = run.plates
    assert (plate.name, plate.unit, plate.shape) == ("black plate", "RFU", (16, 24))
    assert list(plate.reads) == ["580/620"]
    grid = plate.reads["580/620"]
    assert np.isfinite(grid).sum() == 14 * 20 + 6
    assert (grid[14, 3], grid[15, 0]) == (3, 4)
    assert any("Blank corrected" in note for note in run.inferences)


def test_mars_1536_wells_go_on_in_small_letters(tmp_path: Path) -> None:
    columns = list(range(1, 49))
    letters = [*"ABCDEFGHIJKLMNOPQRSTUVWXYZ", *"abcdef"]
    rows = [
        ",".join(map(str, [x, *[k * 100 + c for c in columns]])) for k, x in enumerate(letters)
    ]
    lines = ["Raw Data (No filter)", "", ",".join(["", *map(str, columns)]), *rows]
    [plate] = read_plates(_file(tmp_path, _mars("Luminescence", lines), "plate.csv")).plates
    assert (plate.unit, plate.shape) == ("RLU", (32, 48))
    assert (plate.reads["No filter"][26, 0], plate.reads["No filter"][31, 47]) == (2601, 3148)


def test_mars_lists_of_wells_with_heads_broken_over_lines(tmp_path: Path) -> None:
    head = 'Well Row,Well Col,Content,"Standard\nConcentrations\n[pg/ml]","Raw\nData\n(450 1)"'
    lines = [f'{head},"Blank corrected\nbased on Raw Data (450 1)"']
    lines += ["A,1,Standard S1,1000,2.1,2.0", "A,2,Sample X1,,0.5,0.4", "B,12,Blank B,,0.1,0"]
    run = read_plates(_file(tmp_path, _mars("Absorbance", lines), "plate.csv"))
    assert run.unit == "pg/mL"
    assert run.plates[0].reads["450"][1, 11] == 0.1
    assert [(w.place, w.role, w.name) for w in run.wells] == [
        ("A1", Role.STANDARD, "S1"), ("A2", Role.SAMPLE, "X1"), ("B12", Role.BLANK, "B"),
    ]  # fmt: skip
    assert run.wells[0].concentration == 1000


def test_lines_are_counted_through_heads_that_are_broken(tmp_path: Path) -> None:
    lines = ['Well,Content,"Raw\nData\n(450)"', "A01,Sample X1,0.5", "A02,Sample X2,0.5.1"]
    path = _file(tmp_path, _mars("Absorbance", lines), "plate.csv")
    with pytest.raises(FormatError, match=r"line 11: A2 is '0\.5\.1'"):
        read_plates(path)
    assert path.read_text().splitlines()[10].startswith("A02")


def test_mars_kinetics_are_refused(tmp_path: Path) -> None:
    lines = ["Well Row,Well Col,Content,Raw Data (600),Raw Data (600)", ",,Time,0 h ,1 h "]
    with pytest.raises(FormatError, match="kinetics are not taken"):
        read_plates(_file(tmp_path, _mars("Absorbance", [*lines, "A,1,X1,1,2"]), "plate.csv"))


# A plain grid


def _grid(folder: Path, text: str, name: str = "run 3.csv") -> PlateRun:
    path = folder / name
    path.write_text(text)
    assert plate_reader_of(path).name == "grid"
    return read_plates(path)


@pytest.mark.parametrize("part", [",", ";", "\t", "  "])
def test_a_grid_of_nothing_but_numbers(part: str, tmp_path: Path) -> None:
    text = "\n".join(part.join(f"{r / 10 + c / 100:.2f}" for c in range(12)) for r in range(8))
    [plate] = _grid(tmp_path, text + "\n").plates
    assert (plate.name, plate.unit, plate.shape) == ("run 3", "OD", (8, 12))
    assert plate.reads["read"][7, 11] == 0.81


def test_a_grid_may_lack_the_corner_and_have_wells_of_384(tmp_path: Path) -> None:
    head = ",".join(map(str, range(1, 25)))
    rows = [f"{x}," + ",".join(["1200"] * 24) for x in "ABCDEFGHIJKLMNOP"]
    run = _grid(tmp_path, "\n".join([head, *rows, ""]))
    assert run.plates[0].shape == (16, 24)
    assert run.plates[0].unit == ""
    assert any("the unit is not known" in note for note in run.inferences)


def test_a_grid_with_letters_over_its_columns_is_refused(tmp_path: Path) -> None:
    text = ",A,B,C,D,E,F,G,H\n" + "".join(f"{k},1,2,3,4,5,6,7,8\n" for k in TWELVE)
    with pytest.raises(FormatError, match="line 1: letters stand over the columns"):
        _grid(tmp_path, text)


def test_rows_of_a_grid_that_are_not_there_are_named(tmp_path: Path) -> None:
    head = "," + ",".join(map(str, TWELVE))
    rows = [f"{x}," + ",".join(["0.5"] * 12) for x in "ABD"]
    run = _grid(tmp_path, "\n".join([head, *rows, ""]))
    assert np.isnan(run.plates[0].reads["read"][2]).all()
    assert any("no rows C, E, F, G, H" in note for note in run.inferences)
