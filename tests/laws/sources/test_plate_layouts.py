"""What is in the wells: the layout file, and how it meets what the export says."""

import math
import os
from pathlib import Path

import numpy as np
import pytest
from tests.laws.sources.mutants import damaged
from tests.laws.sources.plate_files import CELLS, WRITERS

from interbeat.core.errors import FormatError, InterbeatError, SourceError
from interbeat.core.plate import PlateRun, Role, Well
from interbeat.sources.plates._layout_file import layout_in
from interbeat.sources.plating import read_plates

COPIES = 3000 if os.environ.get("INTERBEAT_LONG") == "1" else 300
TABLE = """well,role,conc (pg/mL),dil,sample,person,time,spiked,analyte,matrix,extracted
A1,standard,1000,,STD1,,,,oxytocin,saliva,no
A2,standard,1000,,STD1,,,,,,
B1,blank,,,,,,,,,
B2,NSB,,,,,,,,,
C1,sample,,4,anna 1,anna,600,,,,
C2,sample,,4,anna 1,anna,600,250,,,
D1,control,120,1,QC low,,,,,,
"""


def _laid(folder: Path, text: str, name: str = "layout.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def _run(folder: Path, *layouts: str, reader: str = "grid") -> PlateRun:
    plate = WRITERS[reader](folder, CELLS)
    paths = [_laid(folder, text, f"layout{k}.csv") for k, text in enumerate(layouts)]
    return read_plates(plate, layout=paths)


def _wells(run: PlateRun) -> dict[str, Well]:
    return {well.place: well for well in run.wells}


def test_each_column_reaches_its_field(tmp_path: Path) -> None:
    run = _run(tmp_path, TABLE)
    assert (run.analyte, run.unit, run.matrix) == ("oxytocin", "pg/mL", "saliva")
    assert run.extracted is False
    wells = _wells(run)
    assert [w.role for w in run.wells] == [
        Role.STANDARD, Role.STANDARD, Role.BLANK, Role.NONSPECIFIC, Role.SAMPLE, Role.SAMPLE,
        Role.CONTROL,
    ]  # fmt: skip
    assert wells["A1"].concentration == 1000
    assert wells["D1"].concentration == 120
    assert (wells["C1"].name, wells["C1"].person) == ("anna 1", "anna")
    assert (wells["C1"].dilution, wells["C1"].time) == (4, 600)
    assert (wells["C1"].spiked, wells["C2"].spiked) == (0, 250)
    assert math.isnan(wells["B1"].concentration)
    assert math.isnan(wells["A1"].time)
    assert {well.plate for well in run.wells} == {run.plates[0].name}


@pytest.mark.parametrize("text", ["1e300", "-1e101", "9e999"])
def test_numbers_that_no_reader_writes_are_refused(text: str, tmp_path: Path) -> None:
    cells = {label: [list(row) for row in rows] for label, rows in CELLS.items()}
    cells["450"][2][3] = text
    with pytest.raises(FormatError, match=f"C4 is '{text}', which is no number"):
        read_plates(WRITERS["bmg_mars"](tmp_path, cells))


def test_matrix_and_extraction_are_those_of_the_samples(tmp_path: Path) -> None:
    """Standards and controls are in buffer, and nobody extracts them."""
    head = "well,role,concentration,sample,matrix,extracted\n"
    rows = "A1,standard,10,,buffer,no\nB1,blank,,,water,no\n"
    run = _run(tmp_path, f"{head}{rows}C1,sample,,x,saliva,yes\nD1,QC,5,,serum,no\n")
    assert (run.matrix, run.extracted) == ("saliva", True)
    with pytest.raises(FormatError, match=r"line 5: the matrix is 'serum' here .* own layout"):
        _run(tmp_path, f"{head}{rows}C1,sample,,x,saliva,yes\nD1,sample,,y,serum,yes\n")


@pytest.mark.parametrize(
    ("word", "role"),
    [
        ("STD", Role.STANDARD), ("standard", Role.STANDARD), ("S1", Role.STANDARD),
        ("Std_3", Role.STANDARD), ("Calibrator", Role.STANDARD), ("B0", Role.STANDARD),
        ("zero", Role.STANDARD), ("SPL", Role.SAMPLE), ("Unknown", Role.SAMPLE),
        ("unk 7", Role.SAMPLE), ("QC", Role.CONTROL), ("ctl2", Role.CONTROL),
        ("BLK", Role.BLANK), ("Blank", Role.BLANK), ("NSB", Role.NONSPECIFIC),
        ("non-specific", Role.NONSPECIFIC),
    ],
)  # fmt: skip
def test_roles_are_known_by_the_words_of_the_field(
    word: str, role: Role, tmp_path: Path
) -> None:
    [well] = layout_in(_laid(tmp_path, f"well,role\nA1,{word}\n")).wells
    assert well.role is role
    if word.lower() in {"b0", "zero"}:
        assert well.concentration == 0


def test_semicolons_decimal_commas_and_minutes(tmp_path: Path) -> None:
    text = (
        "sep=;\nWell;Type;Conc. [ng/ml];Dil.;Name;Subject;time (min)\n"
        "A01;STD;62,5;;S1;;\nB12;SPL;;1:4;p1;anna;-15\nC3;SPL;;0,5;p2;ben;1,5\n"
    )
    run = _run(tmp_path, text)
    wells = _wells(run)
    assert run.unit == "ng/mL"
    assert wells["A1"].concentration == 62.5
    assert (wells["B12"].dilution, wells["B12"].time) == (4, -900)
    assert (wells["C3"].dilution, wells["C3"].time, wells["C3"].person) == (0.5, 90, "ben")
    assert any("one part in four" in note for note in run.inferences)


def test_the_plate_may_be_drawn_and_its_concentrations_follow_by_name(tmp_path: Path) -> None:
    drawn = "\n".join(
        [
            "Plate:\tplate 1",
            "\t".join(str(k) for k in range(1, 13)),
            "A\ts1\ts1" + "\tanna" * 10,
            "B\ts2\ts2" + "\tben" * 10,
            "H\tBLK\tControl" + "\t" * 10,
            "~End",
        ]
    )
    amounts = "Plate:\tplate 1\nID\tStd (pg/mL)\ns1\t1000\nS2\t0\ncontrol\t120\n~End\n"
    run = _run(tmp_path, drawn, amounts)
    wells = _wells(run)
    assert len(run.wells) == 26
    assert [wells[w].concentration for w in ("A1", "A2", "B1", "H2")] == [1000, 1000, 0, 120]
    assert (wells["B3"].role, wells["B3"].name) == (Role.SAMPLE, "ben")
    assert (wells["H1"].role, wells["H2"].role) == (Role.BLANK, Role.CONTROL)
    assert run.unit == "pg/mL"
    assert any("taken as samples: anna, ben" in note for note in run.inferences)


def test_wells_without_a_name_are_no_replicates_of_each_other(tmp_path: Path) -> None:
    text = "well,role,concentration\nA1,SPL,\nA2,SPL,\nB1,STD,10\nB2,STD,10\nC1,BLK,\nC2,BLK,\n"
    names = [well.name for well in layout_in(_laid(tmp_path, text)).wells]
    assert names == ["sample A1", "sample A2", "standard 10", "standard 10", "blank", "blank"]


def test_a_column_that_is_not_known_is_named(tmp_path: Path) -> None:
    run = _run(tmp_path, "well,role,colour\nA1,BLK,red\n")
    assert any("not used: colour" in note for note in run.inferences)


@pytest.mark.parametrize(
    "text",
    ["well,role,conc [furlong/mL]\nA1,STD,1\n", "well,role,unit\nA1,STD,furlong/mL\n"],
)
def test_a_unit_that_is_not_known_is_flagged(text: str, tmp_path: Path) -> None:
    run = _run(tmp_path, text)
    assert run.unit == "furlong/mL"
    assert any("'furlong/mL' is no unit that is known" in note for note in run.inferences)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("well,role\nA1,STD\nI13,SPL\n", "I13.*8 by 12"),
        ("well,role\nA1,STD\nA01,SPL\n", "line 3: well A1 stands in it twice"),
        ("well,role\n12,STD\n", "line 2: '12' is no well"),
        ("well,role\nA1,blue\n", "line 2: 'blue' is no role; possible: standard"),
        ("well,role,conc\nA1,STD,ten\n", "line 2: the concentration is 'ten'"),
        ("well,role,conc\nA1,STD,-3\n", "line 2: .*from 0 up, not -3"),
        ("well,role,conc\nA1,STD,OVER\n", "line 2: the concentration is 'OVER'"),
        ("well,role,dil\nA1,SPL,0\n", "line 2: well A1: a dilution is a number above 0"),
        ("well,role,time\nA1,SPL,09:30\n", "line 2: .*time of day; possible: seconds since"),
        ("well,role,time (days)\nA1,SPL,1\n", "line 2: times in 'days'; possible: s, min, h"),
        ("well,role,conc\nA1,STD,62,5\n", "line 2: 4 cells under 3 columns.*';'"),
        ("well,role,type\nA1,STD,STD\n", "'role' and 'type' both are the role"),
        ("well,role,unit\nA1,STD,pg/mL\nA2,STD,ng/mL\n", "line 3: the unit .*line 2"),
        ("well,role,extracted\nA1,SPL,perhaps\n", "extracted is yes or no"),
        ("well,role\n", "names no wells"),
        ("name,colour\nanna,red\n", "is no layout; possible: a table with the columns well"),
        ("well,role,plate\nA1,STD,one\nA1,STD,two\n", "names the plates 'one', 'two'"),
        (",1,2,3\nA,s1,s1,s1\nA,s2,s2,s2\n", "line 3: row A .*out of order"),
        (",1,3,2\nA,s1,s1,s1\n", "line 1: .*numbered 1, 3, 2"),
        ("", "0 bytes"),
    ],
)
def test_what_cannot_be_is_refused_and_where_is_said(
    text: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(SourceError, match=said):
        _run(tmp_path, text)


def test_concentrations_of_names_that_no_well_has_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="of s9; no well"):
        _run(tmp_path, "well,role,sample\nA1,STD,s1\n", "ID,Std\ns9,10\n")


# Meeting the export


def _gen5(folder: Path) -> Path:
    path = WRITERS["gen5"](folder, CELLS)
    layout = [
        "Layout", "\t".join(["", *map(str, range(1, 13))]),
        "\t".join(["A", "STD1", "STD1", *["SPL1:2"] * 10, "Well ID"]),
        "\t".join(["", "500", "500", *["0.25"] * 10, "Conc/Dil"]),
        "\t".join(["B", "BLK", "CTL1", *[""] * 10, "Well ID"]),
        "\t".join(["", "", "120", *[""] * 10, "Conc/Dil"]), "",
    ]  # fmt: skip
    path.write_text(path.read_text().replace("Results\n", "\n".join([*layout, "Results\n"])))
    return path


def test_the_layout_of_the_export_is_read(tmp_path: Path) -> None:
    wells = _wells(read_plates(_gen5(tmp_path)))
    assert len(wells) == 14
    assert (wells["A1"].role, wells["A1"].name, wells["A1"].concentration) == (
        Role.STANDARD, "STD1", 500,
    )  # fmt: skip
    assert (wells["A12"].role, wells["A12"].name, wells["A12"].dilution) == (
        Role.SAMPLE, "SPL1", 4,
    )  # fmt: skip
    assert (wells["B1"].role, wells["B2"].concentration) == (Role.BLANK, 120)


def test_a_layout_without_standards_is_added_to_that_of_the_export(tmp_path: Path) -> None:
    laid = _laid(tmp_path, "well,sample,person,time\nA3,SPL1,anna,60\n")
    run = read_plates(_gen5(tmp_path), layout=laid)
    wells = _wells(run)
    assert len(wells) == 14
    assert (wells["A3"].person, wells["A3"].time, wells["A3"].dilution) == ("anna", 60, 4)
    assert wells["A4"].person == ""
    assert any("13 wells stay as the export has them" in note for note in run.inferences)


def test_a_layout_with_standards_stands_alone(tmp_path: Path) -> None:
    laid = _laid(tmp_path, "well,role,sample,dilution\nA1,STD,s1,\nA3,SPL,anna,8\n")
    run = read_plates(_gen5(tmp_path), layout=laid)
    wells = _wells(run)
    assert set(wells) == {"A1", "A3"}
    assert any("of 1 wells (A1 ...) are those of the export" in n for n in run.inferences)
    assert wells["A1"].concentration == 500  # which only the export says
    assert wells["A3"].dilution == 8


def test_two_units_are_refused(tmp_path: Path) -> None:
    listed = (
        "User: A,Test run no.: 1\nTest name: x\nAbsorbance\n"
        'Well,Content,"Standard\nConcentrations [ng/mL]","Raw\nData (450)"\n'
        "A01,Standard S1,10,2.5\nA02,Sample X1,,0.5\n"
    )
    plate = _laid(tmp_path, listed, "listed.csv")
    run = read_plates(plate)
    assert (run.unit, list(run.plates[0].reads)) == ("ng/mL", ["450"])
    assert (run.wells[0].concentration, run.wells[1].name) == (10, "X1")
    laid = _laid(tmp_path, "well,role,concentration (pg/mL)\nA1,STD,10\n")
    with pytest.raises(SourceError, match=r"in pg/mL, and listed\.csv in ng/mL"):
        read_plates(plate, layout=laid)


def test_plates_of_a_layout_are_matched_by_name_then_by_order(tmp_path: Path) -> None:
    grid = WRITERS["grid"](tmp_path, CELLS).read_text()
    two = "\n".join(f"Plate {k}, {g}" for k in (1, 2) for g in grid.split("\n\n") if g)
    two = two.replace("Absorbance ", "")
    path = _laid(tmp_path, two, "two.csv")
    assert [plate.name for plate in read_plates(path).plates] == ["Plate 1", "Plate 2"]
    text = "well,role,plate\nA1,STD,{0}\nB1,STD,{1}\nC1,BLK,\n"
    for names in (("plate 2", "PLATE1"), ("x", "y")):
        run = read_plates(path, layout=_laid(tmp_path, text.format(*names)))
        by_name = "plate 2" in names
        assert [(w.place, w.plate) for w in run.wells] == [
            ("A1", "Plate 2" if by_name else "Plate 1"),
            ("B1", "Plate 1" if by_name else "Plate 2"),
            ("C1", "Plate 1"), ("C1", "Plate 2"),
        ]  # fmt: skip
        assert by_name is not any("in their order" in note for note in run.inferences)


def test_damaged_layouts_are_read_or_refused(tmp_path: Path) -> None:
    rng = np.random.default_rng(12)
    refused = 0
    for k in range(COPIES):
        path = tmp_path / "layout.csv"
        path.write_bytes(damaged(TABLE.encode("utf-16" if k % 3 == 0 else "utf-8"), rng))
        try:
            layout_in(path)
        except InterbeatError:
            refused += 1
    assert 0 < refused < COPIES


def test_a_layout_may_be_a_workbook(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["well", "role", "concentration (pg/mL)"], ["A1", "STD", 62.5], ["A2", "BLK"]):
        book.active.append(row)
    book.save(tmp_path / "layout.xlsx")
    laid = layout_in(tmp_path / "layout.xlsx")
    assert [well.role for well in laid.wells] == [Role.STANDARD, Role.BLANK]
    assert laid.wells[0].concentration == 62.5
    with pytest.raises(FormatError, match="workbook"):
        layout_in(_laid(tmp_path, "well,role", "broken.xlsx"))
