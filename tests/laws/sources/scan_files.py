"""One scan written in every format that is read."""

import csv
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from scipy.io import savemat

from interbeat.core.arrays import FloatArray

__all__ = ["CURVES", "ENDS", "STARTS", "TIME_UNITS", "WRITERS"]

_LENGTHS = np.repeat([15.0, 30.0, 60.0, 300.0, 600.0], [4, 4, 3, 3, 6])  # s
ENDS: FloatArray = np.cumsum(_LENGTHS)
STARTS: FloatArray = ENDS - _LENGTHS
_T = (STARTS + ENDS) / 2 / 60
CURVES: Mapping[str, FloatArray] = {
    "putamen": np.round(30 * (1 - np.exp(-_T)) * np.exp(-_T / 60), 6),
    "cerebellum": np.round(25 * (1 - np.exp(-_T * 1.2)) * np.exp(-_T / 25), 6),
    "cortex": np.round(22 * (1 - np.exp(-_T * 1.1)) * np.exp(-_T / 35) - 0.2, 6),
}
TIME_UNITS = {"s": 1.0, "min": 60.0}


def _rows(path: Path, delimiter: str, header: list[str], columns: list[FloatArray]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, delimiter=delimiter)
        out.writerow(header)
        out.writerows([repr(float(v)) for v in row] for row in zip(*columns, strict=True))


def pmod_tac(folder: Path, unit: str) -> Path:
    path = folder / "scan.tac"
    word = {"s": "seconds", "min": "minutes"}[unit]
    times = [STARTS / TIME_UNITS[unit], ENDS / TIME_UNITS[unit]]
    header = [f"start[{word}]", "end[kBq/cc]", *CURVES]
    _rows(path, "\t", header, [*times, *CURVES.values()])
    return path


def pmod_voistat(folder: Path, unit: str) -> Path:
    path = folder / "scan_TAC.voistat"
    word = {"s": "seconds", "min": "minutes"}[unit]
    head = [
        "// Component [string]", "File [string]", "PatientName [string]", "PatientID [string]",
        "VoiName(Region) [string]", f"Time [{word}]", "Averaged [kBq/cc]", "Volume [ccm]",
    ]  # fmt: skip
    lines = ["# PMOD_VOI_STATISTICS", "# FORMAT[UNI]", "\t".join(head)]
    for name, values in CURVES.items():
        for middle, value in zip((STARTS + ENDS) / 2 / TIME_UNITS[unit], values, strict=True):
            cells = ["a.dcm", "a", "anna", "anna", name, repr(float(middle))]
            lines.append("\t".join([*cells, repr(float(value)), "2.5"]))
    path.write_text("\n".join(lines) + "\n")
    times = [f"{a:g}\t{b:g}" for a, b in zip(STARTS, ENDS, strict=True)]
    told = [
        "# Acquisition times (start end)in seconds",
        f"{len(times)} # Number of acquisitions",
    ]
    (folder / "scan.acqtimes").write_text("\n".join([*told, *times]))
    return path


def turku_dft(folder: Path, unit: str) -> Path:
    path = folder / "scan.dft"
    word = {"s": "sec", "min": "min"}[unit]
    lines = [
        "DFT " + " ".join(CURVES),
        "anna " + " ".join(["." for _ in CURVES]),
        "kBq/mL " + " ".join(["pl1" for _ in CURVES]),
        f"Times ({word}) " + " ".join(["2500" for _ in CURVES]),
    ]
    factor = TIME_UNITS[unit]
    for k in range(STARTS.size):
        numbers = [STARTS[k] / factor, ENDS[k] / factor, *(c[k] for c in CURVES.values())]
        lines.append(" ".join(repr(float(x)) for x in numbers))
    path.write_text("\n".join([*lines, "# a comment", ""]))
    return path


def petprep_tsv(folder: Path, unit: str) -> Path:
    """Write a dataset; BIDS has times in s only, so that min stand in brackets."""
    given = folder / "data" / "sub-anna" / "pet"
    derived = folder / "data" / "derivatives" / "petprep" / "sub-anna" / "pet"
    volumes = derived.parent / "anat"
    for place in (given, derived, volumes):
        place.mkdir(parents=True, exist_ok=True)
    (folder / "data" / "dataset_description.json").write_text('{"Name": "x"}')
    about = {
        "Units": "kBq/mL", "TracerName": "raclopride", "TracerRadionuclide": "C11",
        "TimeZero": "12:00:00", "ScanStart": 0, "InjectionStart": 0,
        "FrameTimesStart": STARTS.tolist(), "FrameDuration": (ENDS - STARTS).tolist(),
        "ImageDecayCorrected": True, "ImageDecayCorrectionTime": 0,
    }  # fmt: skip
    (given / "sub-anna_pet.json").write_text(json.dumps(about))
    told = "" if unit == "s" else " (min)"
    header = [f"FrameTimesStart{told}", f"FrameTimesEnd{told}", *CURVES]
    times = [STARTS / TIME_UNITS[unit], ENDS / TIME_UNITS[unit]]
    path = derived / "sub-anna_seg-gtm_desc-preproc_timeseries.tsv"
    _rows(path, "\t", header, [*times, *CURVES.values()])
    rows = [f"{k}\t{name}\t2500.0" for k, name in enumerate(CURVES)]
    morph = volumes / "sub-anna_desc-preproc_seg-gtm_morph.tsv"
    morph.write_text("\n".join(["index\tname\tvolume-mm3", *rows, ""]))
    return path


def magia_mat(folder: Path, unit: str) -> Path:
    """Write what Magia writes: always in min."""
    path = folder / "scan.mat"
    names = np.array(list(CURVES), dtype=object)[:, None]
    frames = np.column_stack([STARTS, ENDS]) / TIME_UNITS["min"]
    held = {"tacs": np.array(list(CURVES.values())), "frames": frames}
    savemat(path, {**held, "roi_info": {"labels": names}}, do_compression=unit == "s")
    return path


def curve_table(folder: Path, unit: str) -> Path:
    path = folder / "scan.csv"
    header = [f"frame_start ({unit})", f"duration ({unit})"]
    times = [STARTS / TIME_UNITS[unit], (ENDS - STARTS) / TIME_UNITS[unit]]
    regions = [f"{name} [kBq/mL]" for name in CURVES]
    weights: FloatArray = np.sqrt(ENDS - STARTS)
    _rows(path, ",", [*header, *regions, "weights"], [*times, *CURVES.values(), weights])
    return path


WRITERS: Mapping[str, Callable[[Path, str], Path]] = {
    write.__name__: write
    for write in (pmod_tac, pmod_voistat, turku_dft, petprep_tsv, magia_mat, curve_table)
}
