"""``interbeat plate`` and ``interbeat pet``: from files to pages, JSON and samples."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from interbeat.app.cli import main
from interbeat.body.assay import Plate, Tube, oxytocin_kit, run_plates
from interbeat.body.noise import Streams
from interbeat.body.tracer import Ligand, scanned
from interbeat.core.plate import place
from interbeat.sources.samples import read_samples

Data = Callable[[str], Path]
GEN5 = (
    "allotropy_plate_formats/agilent_gen5/testdata/absorbance/endpoint_stdcurve_singleplate.txt"
)
SOFTMAX = (
    "allotropy_plate_formats/moldev_softmax_pro/testdata/"
    "MD_SMP_absorbance_endpoint_example01.txt"
)


def invoked(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def plated() -> Plate:
    """Return a plate of oxytocin, pipetted without error, two people and four times."""
    tubes = [
        Tube("oxytocin", "saliva", person, "pg/mL", 900.0 * k, there)
        for person, levels in (("a", (4.0, 9.0, 30.0, 12.0)), ("b", (0.6, 5.0, 7.0, 200.0)))
        for k, there in enumerate(levels)
    ]
    kit = oxytocin_kit()
    quiet = {"pipetting": 0.005, "reading": 0.003, "least_reading": 0.0005, "calibration": 0.0,
             "vigor": 0.0, "slant": 0.0, "edge": 0.0}  # fmt: skip
    still = type(kit)(**{name: quiet.get(name, getattr(kit, name)) for name in kit.__slots__})
    return run_plates(tubes, still, streams=Streams(4, 2))[0]


def written(plate: Plate, folder: Path) -> tuple[Path, Path]:
    """Write the grid of a plate and its layout; return where."""
    grid, layout = folder / "plate.csv", folder / "layout.csv"
    with grid.open("w", newline="") as handle:
        rows = csv.writer(handle)
        rows.writerow(["", *range(1, 13)])
        for letter, row in zip("ABCDEFGH", plate.density, strict=True):
            rows.writerow([letter, *("" if np.isnan(v) else f"{v:.5f}" for v in row)])
    with layout.open("w", newline="") as handle:
        rows = csv.writer(handle)
        rows.writerow(["well", "role", "concentration", "dilution", "sample", "person", "time"])
        for r, names in enumerate(plate.layout):
            rows.writerows(
                _well(plate, place(r, c), name) for c, name in enumerate(names) if name
            )
    return grid, layout


def _well(plate: Plate, where: str, name: str) -> Sequence[object]:
    what, _, k = name.partition(" ")
    if what == "standard":
        return where, what, plate.standards[int(k)], "", name, "", ""
    if what == "sample":
        tube = plate.tubes[int(k) - 1]
        return where, what, "", 0.1, name, tube.person, tube.time
    return where, what, "", "", "", "", ""


def tac(folder: Path, name: str, change: float, seed: int) -> Path:
    """Write the curves of a simulated scan as PMOD does; return where."""
    durations = [30.0] * 10 + [300.0] * 11
    ligand = Ligand(noise=0.02, binding=2.8 * (1 + change))
    made = scanned(ligand, durations, streams=Streams(seed, 1))
    path = folder / name
    with path.open("w", newline="") as handle:
        rows = csv.writer(handle, delimiter="\t")
        rows.writerow(["start[seconds]", "end[kBq/cc]", "cerebellum", "striatum"])
        rows.writerows(
            zip(
                made.starts,
                made.starts + made.durations,
                made.reference,
                made.target,
                strict=True,
            )
        )
    return path


def test_a_plate_becomes_page_json_and_samples(tmp_path: Path) -> None:
    plate = plated()
    grid, layout = written(plate, tmp_path)
    out = {kind: tmp_path / f"o.{kind}" for kind in ("html", "json", "tsv", "parquet")}
    done = invoked(
        "plate", grid, "--layout", layout, "--analyte", "oxytocin", "--unit", "pg/ml",
        "--matrix", "saliva", "--extracted", "--html", out["html"], "--json", out["json"],
        "--samples", out["tsv"], "--bootstrap", "40", "--seed", "2", "--table", out["parquet"],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "Oxytocin in saliva, extracted" in done.output
    assert "Of 8 samples" in done.output
    assert "1 below it and 1 above it" in done.output
    assert f"wrote {out['tsv'].resolve()}" in done.output
    said = json.loads(out["json"].read_text(encoding="utf-8"))
    assert (said["analyte"], said["unit"], said["extracted"]) == ("oxytocin", "pg/mL", True)
    samples = {s["name"]: s for s in said["plates"][0]["samples"]}
    for k, tube in enumerate(plate.tubes, 1):
        one = samples[f"sample {k}"]
        if one["censored"]:
            assert one["concentration"]["value"] is None
        else:
            assert one["concentration"]["value"] == pytest.approx(tube.concentration, rel=0.05)
            assert one["bootstrap"] > 0
    table = pq.read_table(out["parquet"]).to_pylist()
    rows = {row["name"]: row for row in table if row["kind"] == "sample"}
    assert {name: row["value"] for name, row in rows.items()} == {
        name: one["concentration"]["value"] for name, one in samples.items()
    }
    assert {row["extraction"] for row in rows.values()} == {"extracted"}
    tubes = read_samples(out["tsv"])
    assert len(tubes) == 8
    assert [tube.censored for tube in tubes].count(True) == 2
    assert {tube.extracted for tube in tubes} == {True}
    assert out["html"].read_text(encoding="utf-8").startswith("<!doctype html>")


def test_options_override_what_the_files_say(data: Data, tmp_path: Path) -> None:
    machine = tmp_path / "o.json"
    done = invoked("plate", data(GEN5), "--unit", "ng/mL", "--analyte", "cortisol", "--curve",
                   "5PL", "--weighting", "equal", "--most-cv", "0.001", "--not-extracted",
                   "--json", machine)  # fmt: skip
    assert done.exit_code == 0, done.output
    said = json.loads(machine.read_text(encoding="utf-8"))
    assert "Cortisol, unextracted" in done.output
    assert said["assay"]["shape"] == said["plates"][0]["curve"]["shape"] == "5PL"
    assert said["assay"]["weighting"] == "equal"
    assert (said["unit"], said["extraction"]) == ("ng/mL", "unextracted")
    assert any(one["flags"] for one in said["plates"][0]["samples"])


def test_real_exports_become_pages(data: Data, tmp_path: Path) -> None:
    for name in (GEN5, SOFTMAX):
        page = tmp_path / "o.html"
        done = invoked("plate", data(name), "--analyte", "oxytocin", "--html", page)
        assert done.exit_code == 0, done.output
        assert "Of 24 samples" in done.output
        html = page.read_text(encoding="utf-8")
        assert html.count("extraction not stated") > 24
        assert "ich2022" in html
        assert "quintana2016" not in html
        assert not re.search(r">\s*(nan|inf|None)\s*<", html)


def test_a_scan_becomes_page_json_and_samples(tmp_path: Path) -> None:
    scan = tac(tmp_path, "scan.tac", 0.0, 1)
    out = {kind: tmp_path / f"o.{kind}" for kind in ("html", "json", "tsv")}
    done = invoked(
        "pet", scan, "--reference", "cerebellum", "--person", "a", "--time", "600", "--tracer",
        "raclopride", "--radionuclide", "C11", "--html", out["html"], "--json", out["json"],
        "--samples", out["tsv"],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "BP_ND of raclopride, SRTM" in done.output
    assert "Binding is not release" in done.output
    said = json.loads(out["json"].read_text(encoding="utf-8"))
    found = said["regions"]["striatum"]["parameters"]["BP_ND"]
    assert found["value"] == pytest.approx(2.8, rel=0.02)
    tube = read_samples(out["tsv"])[0]
    assert (tube.person, tube.time, tube.matrix) == ("a", 600.0, "striatum")
    assert tube.value == pytest.approx(found["value"])


@pytest.mark.parametrize(("change", "way"), [(-0.3, "less"), (0.3, "more")])
def test_a_second_scan_is_compared_and_its_sign_told(
    change: float, way: str, tmp_path: Path
) -> None:
    base, other = tac(tmp_path, "base.tac", 0.0, 1), tac(tmp_path, "other.tac", change, 2)
    machine = tmp_path / "o.json"
    done = invoked("pet", base, "--condition", other, "--reference", "cerebellum", "--json",
                   machine, "--html", tmp_path / "o.html", "--order", "balanced")  # fmt: skip
    assert done.exit_code == 0, done.output
    assert f"{way} is bound in striatum in the condition than at baseline" in done.output
    said = json.loads(machine.read_text(encoding="utf-8"))
    assert np.sign(said["change"]["striatum"]["value"]) == np.sign(change)
    assert said["order"] == "balanced"


def test_samples_without_a_person_are_missed_aloud(tmp_path: Path) -> None:
    scan = tac(tmp_path, "scan.tac", 0.0, 1)
    done = invoked("pet", scan, "--reference", "cerebellum", "--samples", tmp_path / "o.tsv")
    assert done.exit_code == 0, done.output
    assert "no sample was written: who was scanned is not known" in done.output


def test_real_scans_become_pages(data: Data, tmp_path: Path) -> None:
    page = tmp_path / "o.html"
    done = invoked("pet", data("tacmagic_pib/AD07.tac"), "--reference", "Cerebellum_r",
                   "--model", "reference Logan", "--region", "FL_mid_fr_G_l", "--region",
                   "FL_mid_fr_G_r", "--html", page)  # fmt: skip
    assert done.exit_code == 0, done.output
    html = page.read_text(encoding="utf-8")
    assert "Reference Logan of FL_mid_fr_G_l" in html
    assert "<h1>BP_ND, AD07.tac</h1>" in html
    assert "knudsen2020" in html
    assert "quintana2016" not in html
    assert not re.search(r">\s*(nan|inf|None)\s*<", html)
    table = data("kinfitr_pet/pbr28_tacdata.csv")
    done = invoked("pet", table, "--scan", "rwrd_1", "--condition-scan", "rwrd_2",
                   "--reference", "CBL", "--region", "THA", "--html", page)  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "condition against baseline" in done.output


def test_blood_of_a_scan_has_its_unit_and_its_doubts_are_shown(
    data: Data, tmp_path: Path
) -> None:
    table, blood = (data(f"kinfitr_pet/pbr28_{kind}data.csv") for kind in ("tac", "blood"))
    machine, page = tmp_path / "o.json", tmp_path / "o.html"
    words: list[str | Path] = [
        "pet", table, "--scan", "rwrd_1", "--blood", blood, "--model", "Logan", "--t-star",
        "30", "--radionuclide", "11C",
    ]  # fmt: skip
    unsaid = invoked(*words, "--html", page, "--json", machine)
    assert unsaid.exit_code == 0, unsaid.output
    doubt = "unit of activity of blood is not said"
    assert doubt in unsaid.output
    assert re.search(r"THA: [\d.]+ ± [\d.]+ mL/cm3", unsaid.output)
    assert "V_T, mL/cm3 ± SE" in page.read_text(encoding="utf-8")
    assert doubt in page.read_text(encoding="utf-8")
    held = json.loads(machine.read_text(encoding="utf-8"))
    assert any(doubt in flag for flag in held["flags"])
    assert any(
        "corrected for decay to the injection: no" in told for told in held["inferences"]
    )
    assert held["radionuclide"] == "C11"
    told = invoked(*words, "--unit", "nCi/mL", "--json", machine)
    assert told.exit_code == 0, told.output
    assert doubt not in told.output
    again = json.loads(machine.read_text(encoding="utf-8"))
    assert (again["unit"], again["blood"]["unit"]) == ("kBq/mL", "kBq/mL")
    assert "is the unit of one of them wrong?" not in told.output
    text = blood.read_text().replace("metabcorr", "metabcorr [MBq/mL]", 1)
    (tmp_path / "mbq.csv").write_text(text.replace("dispcorr", "dispcorr [MBq/mL]", 1))
    mixed = [tmp_path / "mbq.csv" if word == blood else word for word in words]
    assert "is the unit of one of them wrong?" in invoked(*mixed, "--unit", "kBq/mL").output
    for name, region in held["regions"].items():
        there = again["regions"][name]["parameters"]["V_T"]["value"]
        assert there == pytest.approx(region["parameters"]["V_T"]["value"], rel=1e-6)


def test_two_scans_are_not_driven_by_the_blood_of_one(data: Data, tmp_path: Path) -> None:
    table, blood = (data(f"kinfitr_pet/pbr28_{kind}data.csv") for kind in ("tac", "blood"))
    alone = tmp_path / "first.csv"
    rows = [line for line in blood.read_text().splitlines() if line.startswith("rwrd_1,")]
    cells = [row.partition(",")[2] for row in rows]
    alone.write_text("\n".join(["Time,Cbl_dispcorr,Cpl_metabcorr", *cells, ""]))
    words: list[str | Path] = [
        "pet", table, "--scan", "rwrd_1", "--condition-scan", "rwrd_2", "--model", "Logan",
        "--t-star", "30", "--region", "THA", "--blood", alone,
    ]  # fmt: skip
    one = invoked(*words)
    assert one.exit_code == 1
    assert "first.csv would be the blood of both scans; --condition-blood" in one.output
    both = invoked(*words, "--condition-blood", blood)
    assert both.exit_code == 0, both.output


def test_a_reference_that_is_not_there_is_one_error_with_the_regions(tmp_path: Path) -> None:
    scan = tac(tmp_path, "scan.tac", 0.0, 1)
    for words in ([], ["--reference", "cerebelum"]):
        done = invoked("pet", scan, *words)
        assert done.exit_code == 1
        assert done.output.strip().count("\n") == 0
        assert "it has cerebellum, striatum" in done.output
    done = invoked("pet", scan, "--reference", "cerebellum", "--region", "amygdala")
    assert done.exit_code == 1
    assert "there is no region 'amygdala'; there are striatum" in done.output
    done = invoked("pet", scan, "--reference", "cerebellum", "--model", "SRTM9")
    assert done.exit_code == 1
    assert "SRTM2" in done.output


@pytest.mark.parametrize("command", ["plate", "pet"])
@pytest.mark.parametrize("text", ["", "nothing of the kind\n", "\x00\x01\x02"])
def test_a_file_of_another_kind_is_one_line(command: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text, encoding="utf-8")
    for where in (path, tmp_path / "not there.csv"):
        done = invoked(command, where)
        assert done.exit_code == 1
        assert done.output.startswith("Error: ")
        assert done.output.strip().count("\n") == 0


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--unit", "spoons"], "no unit of concentration"),
        (["--curve", "6PL"], "possible"),
        (["--weighting", "heavy"], "possible"),
        (["--read", "999"], "999"),
        (["--recovery", "0"], "recovery"),
    ],
)
def test_a_setting_that_is_none_is_one_line(words: list[str], why: str, tmp_path: Path) -> None:
    grid, layout = written(plated(), tmp_path)
    done = invoked("plate", grid, "--layout", layout, *words)
    assert done.exit_code == 1, done.output
    assert why in done.output
    assert done.output.strip().count("\n") == 0


def test_nothing_is_written_over_what_is_read(tmp_path: Path) -> None:
    grid, layout = written(plated(), tmp_path)
    done = invoked("plate", grid, "--layout", layout, "--json", layout)
    assert done.exit_code == 2
    scan = tac(tmp_path, "scan.tac", 0.0, 1)
    done = invoked("pet", scan, "--reference", "cerebellum", "--html", scan)
    assert done.exit_code == 2


def test_formats_stand_in_sections() -> None:
    said = invoked("formats").output
    assert said.index("interbeat analyze") < said.index("interbeat plate") < said.index(
        "interbeat pet")  # fmt: skip
    plates = said[said.index("interbeat plate") : said.index("interbeat pet")]
    assert "gen5" in plates
    assert "pmod_tac" in said[said.index("interbeat pet") :]


def many(folder: Path) -> Path:
    """Write curves of a scan whose reference is in two halves, and of 20 more regions."""
    made = scanned(Ligand(noise=0.0), [30.0] * 10 + [300.0] * 11, streams=Streams(5_000_021, 1))
    halves = {"cerebellum_l": 0.9 * made.reference, "cerebellum_r": 1.1 * made.reference}
    curves = halves | {f"part_{k}": made.target for k in range(20)}
    path = folder / "many.tac"
    with path.open("w", newline="") as handle:
        rows = csv.writer(handle, delimiter="\t")
        rows.writerow(["start[seconds]", "end[kBq/cc]", *curves])
        rows.writerows(
            zip(made.starts, made.starts + made.durations, *curves.values(), strict=True)
        )
    return path


def test_several_reference_regions_are_averaged_and_said(tmp_path: Path) -> None:
    scan, machine, page = many(tmp_path), tmp_path / "o.json", tmp_path / "o.html"
    done = invoked("pet", scan, "--reference", "cerebellum_l", "--reference", "cerebellum_r",
                   "--region", "part_3", "--json", machine, "--html", page)  # fmt: skip
    assert done.exit_code == 0, done.output
    said = json.loads(machine.read_text(encoding="utf-8"))
    assert said["reference"] == "cerebellum_l + cerebellum_r"
    found = said["regions"]["part_3"]["parameters"]["BP_ND"]["value"]
    assert found == pytest.approx(2.8, rel=0.005)
    told = "cerebellum_l + cerebellum_r is the mean of 2 regions, each counting the same"
    assert any(one.startswith(told) for one in said["inferences"])
    assert told in page.read_text(encoding="utf-8")
    alone = invoked("pet", scan, "--reference", "cerebellum_l", "--region", "part_3",
                    "--json", machine)  # fmt: skip
    assert alone.exit_code == 0, alone.output
    other = json.loads(machine.read_text(encoding="utf-8"))["regions"]["part_3"]
    assert other["parameters"]["BP_ND"]["value"] > 1.05 * found


def test_an_error_names_the_nearest_of_many_regions(tmp_path: Path) -> None:
    done = invoked("pet", many(tmp_path), "--reference", "Cerebelum_l")
    assert done.exit_code == 1
    assert "it has cerebellum_l, cerebellum_r (nearest), part_0" in done.output
    assert "part_9 and 10 more" in done.output


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--model", "Logan", "--reference", "cerebellum"], "Logan takes no --reference"),
        (["--reference", "cerebellum", "--blood", "blood.csv"], "SRTM takes no --blood"),
    ],
)
def test_an_input_that_a_model_would_pass_over_is_refused(
    words: list[str], why: str, tmp_path: Path
) -> None:
    done = invoked("pet", tac(tmp_path, "scan.tac", 0.0, 1), *words)
    assert done.exit_code == 1
    assert why in done.output
    assert done.output.strip().count("\n") == 0


def test_what_is_said_of_all_samples_flags_no_well(tmp_path: Path) -> None:
    grid, layout = written(plated(), tmp_path)
    page, machine = tmp_path / "o.html", tmp_path / "o.json"
    done = invoked("plate", grid, "--layout", layout, "--recovery", "0.8", "--html", page,
                   "--json", machine)  # fmt: skip
    assert done.exit_code == 0, done.output
    said = json.loads(machine.read_text(encoding="utf-8"))
    assert all(one["flags"] for one in said["plates"][0]["samples"])
    assert "all samples divided by the recovery of extraction, 0.8" in done.output
    html = page.read_text(encoding="utf-8")
    assert (
        "4 wells are flagged" in html
    )  # of the tubes below and above the limits, in duplicate
    assert html.count("divided by the recovery of extraction") == 1


def test_binding_joins_a_session_as_binding_and_no_concentration(tmp_path: Path) -> None:
    scan, tubes = tac(tmp_path, "scan.tac", 0.0, 1), tmp_path / "s.tsv"
    done = invoked("pet", scan, "--reference", "cerebellum", "--person", "a", "--tracer",
                   "raclopride", "--samples", tubes)  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "samples are written at 0 s: --time says when" in done.output
    assert read_samples(tubes)[0].unit == "1"
    session, page, machine = tmp_path / "ibi.txt", tmp_path / "o.html", tmp_path / "o.json"
    session.write_text("\n".join(str(780 + 37 * k % 50) for k in range(300)), encoding="utf-8")
    joined = invoked("analyze", session, "--samples", tubes, "--html", page, "--json", machine)
    assert joined.exit_code == 0, joined.output
    html = page.read_text(encoding="utf-8")
    assert "Binding, from a PET scan" in html
    assert "raclopride BP_ND" in html
    assert "Blood and saliva" not in html
    assert "extraction not stated" not in html
    said = json.loads(machine.read_text(encoding="utf-8"))
    assert (said["courses"], said["samples"][0]["extraction"]) == ([], "")
