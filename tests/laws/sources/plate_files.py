"""One plate written in every format of plates that is read."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import openpyxl

from interbeat.core.arrays import FloatArray

__all__ = ["CELLS", "READS", "TEXTS", "WRITERS", "Cells", "Writer"]

Cells = Mapping[str, list[list[str]]]  # by label: what stands in the wells
Writer = Callable[[Path, Cells], Path]


def _plate(seed: int, low: float, high: float) -> FloatArray:
    """Return densities that no two wells share, so that a mixed-up well is seen."""
    return np.round(np.random.default_rng(seed).uniform(low, high, (8, 12)), 4)


READS: Mapping[str, FloatArray] = {"450": _plate(6, 0.05, 3.5), "620": _plate(7, 0.03, 0.05)}
CELLS: Cells = {
    label: [[f"{value:.4f}" for value in row] for row in grid] for label, grid in READS.items()
}
_COLUMNS = [str(k) for k in range(1, 13)]


def _grid(cells: list[list[str]], part: str = ",") -> list[str]:
    head = part.join(["", *_COLUMNS])
    rows = (part.join([letter, *row]) for letter, row in zip("ABCDEFGH", cells, strict=True))
    return [head, *rows]


def _written(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return path


def bmg_mars(folder: Path, cells: Cells) -> Path:
    lines = [
        "User: USER,Path: C:\\Data,Test run no.: 4",
        "Test name: ELISA,Date: 3/1/2024,Time: 3:29:50 PM",
        "",
        "ID1: plate,ID2: second,",
        "Absorbance",
    ]
    for k, (label, grid) in enumerate(cells.items(), 1):
        lines += ["", f"Raw Data ({label} {k})", "", *_grid(grid)]
    return _written(folder / "plate.csv", lines)


def gen5(folder: Path, cells: Cells) -> Path:
    lines = [
        "", "Software Version\t3.12.08", "", "Plate Number\tPlate 1", "Date\t3/1/2024", "",
        "Procedure Details", "", "Plate Type\t96 WELL PLATE", "Read\tELISA",
        "\tAbsorbance Endpoint", "\tFull Plate", f"\tWavelengths:  {', '.join(cells)}", "",
        "Results", "\t".join(["", *_COLUMNS]),
    ]  # fmt: skip
    for k, letter in enumerate("ABCDEFGH"):
        first = True
        for label, grid in cells.items():
            lines.append("\t".join([letter if first else "", *grid[k], f"ELISA:{label}"]))
            first = False
        lines.append("\t".join(["", *["99.5"] * 12, "[Concentration]"]))
    return _written(folder / "plate.txt", [*lines, ""])


def softmax_pro(folder: Path, cells: Cells) -> Path:
    count = str(len(cells))
    head = ["Plate:", "Plate1", "1.3", "PlateFormat", "Endpoint", "Absorbance", "Raw", "FALSE"]
    head += ["1", *[""] * 5, count, " ".join(cells) + " ", "1", "12", "96", "1", "8"]
    lines = ["##BLOCKS= 1", "\t".join(head)]
    numbered = "\t\t".join(["\t".join(_COLUMNS)] * len(cells))
    lines.append(f"\tTemperature(°C)\t{numbered}")
    for k in range(8):
        wells = "\t\t".join("\t".join(grid[k]) for grid in cells.values())
        lines.append(f"\t{'24.6' if k == 0 else ''}\t{wells}")
    lines += ["", "\t\t" + "\t".join(_COLUMNS), *["\t\t" + "\t".join(["9.9"] * 12)] * 8, "~End"]
    path = folder / "plate.txt"
    path.write_text("\r\n".join([*lines, ""]), encoding="utf-16", newline="")
    return path


def magellan(folder: Path, cells: Cells) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Well positions", *(f"Label{k}" for k in range(1, len(cells) + 1))])
    sheet.append([None, *["0s"] * len(cells)])
    for row, letter in enumerate("ABCDEFGH"):
        for column in range(12):
            held = (grid[row][column] for grid in cells.values())
            sheet.append([f"{letter}{column + 1}", *(_value(text) for text in held)])
    sheet.append(["Date of measurement: 2024-03-01/Time of measurement: 14:34:46"])
    for k, label in enumerate(cells, 1):
        sheet.append([f"Measurement {k}:"])
        sheet.append(["Measurement mode: Absorbance"])
        sheet.append([f"Measurement wavelength: {label} nm"])
        sheet.append(["Unit: OD"])
    path = folder / "plate.xlsx"
    book.save(path)
    return path


def _value(text: str) -> float | str:
    return float(text) if text.replace(".", "", 1).isdigit() else text


def grid(folder: Path, cells: Cells) -> Path:
    lines: list[str] = []
    for label, held in cells.items():
        lines += [f"Absorbance {label} nm", *_grid(held), ""]
    return _written(folder / "plate.csv", lines)


def allotrope(folder: Path, cells: Cells) -> Path:
    """Write what PerkinElmer's EnVision exports, of the first read."""
    cells_of = next(iter(cells.values()))
    head = ["", *(f"{k:02d}" for k in range(1, 13)), ""]
    lines = [
        "Plate information",
        "Plate,Repeat,Barcode,Measured height,Chamber temperature at start,Group,Label,"
        "Measinfo,Kinetics,Measurement date,",
        '1,1,="",14.35,22.0,1,A450(1),De=1st Ex=Btm Em=N/A (8),0,1/15/2024 10:30:00 AM,',
        "",
        "Background information",
        "Plate,Label,Result,Signal,Flashes/Time,Meastime,MeasInfo,",
        "1,A450,0,295000,300,00:00:00.000,De=1st Ex=Btm Em=N/A Wdw=N/A (8),",
        "",
        "Results for A450(1) - channel 1 (A)",
        ",".join(head),
        *(
            f"{letter},{','.join(row)},"
            for letter, row in zip("ABCDEFGH", cells_of, strict=True)
        ),
        "",
        "Basic assay information",
        "Assay ID: ,,,,101",
        "Assay Started: ,,,,1/15/2024 10:28:00 AM",
        "Assay Finished: ,,,,N/A",
        "Assay Exported: ,,,,1/15/2024 10:35:00 AM",
        "Protocol ID: ,,,,100250",
        "Protocol Name: ,,,,Absorbance",
        'Serial#: ,,,,="1050242"',
        "",
        "Protocol information",
        "Protocol:",
        "Protocol name,,,,Absorbance",
        "",
        "Plate type:",
        "Name of the plate type,,,,96 General",
        "Number of rows,,,,8",
        "Number of columns,,,,12",
        "Number of the wells in the plate,,,,96",
        "Height of the plate,,,,14.35 mm",
        "",
        "Platemap:",
        "Plate,,,,1",
        "Group,,,,1",
        "",
        ",".join(head),
        *(f"{letter},{','.join(['- '] * 12)}" for letter in "ABCDEFGH"),
        "",
        " - - Undefined",
        "",
        "Calculations:",
        "No calculations.",
        "",
        "Labels:",
        "A450,,,,2000014",
        "Exc. filter,,,,BFP 450",
        "Number of flashes,,,,300",
        "",
        "Filters:",
        "BFP 450,,,,216",
        "Filter type,,,,Emission",
        "Description,,,,M450 CWL=450nm BW=10nm Tmin=60%",
        "Used with,,,,Luminescence Absorbance",
        "",
        "Instrument:",
        "Serial number,,,,1050242",
        "Nickname,,,,EnVision",
        "",
        "Exported with EnVision Workstation version 1.14.3049.1642",
    ]
    return _written(folder / "plate.csv", lines)


WRITERS: Mapping[str, Writer] = {
    "allotrope": allotrope, "bmg_mars": bmg_mars, "gen5": gen5, "grid": grid,
    "magellan": magellan, "softmax_pro": softmax_pro,
}  # fmt: skip
TEXTS = ("bmg_mars", "gen5", "grid", "softmax_pro")  # whose text people save again
