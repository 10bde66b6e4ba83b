"""Pages of plates and scans as text: what they hold, what they escape, what they never say."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from interbeat.core.estimate import Estimate
from interbeat.core.plate import Role, Well, position
from interbeat.neurochemistry.plates.found import Assayed
from interbeat.neurochemistry.scans.bound import Bound, Displaced
from interbeat.reporting import cite, report, to_json, write_json
from interbeat.reporting._dots import log_values
from interbeat.reporting.pet_page import render_pet
from interbeat.reporting.pet_words import in_short, lines
from interbeat.reporting.plate_figures import residuals
from interbeat.reporting.plate_guideline import guideline_rows, guideline_title
from interbeat.reporting.plate_page import render_plate

EVERY = ["oxytocin", "unfitted", "large", "hostile", "scan", "two_scans", "hostile_scan"]
SPACES = {"\N{NO-BREAK SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " "}
Found = Assayed | Bound | Displaced


class Reader(HTMLParser):
    """Collects text, tags, attributes and ids, and checks that tags close."""

    VOID = frozenset({"meta", "br", "rect", "path"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text: list[str] = []
        self.rows: list[list[str]] = []
        self._open: list[str] = []
        self.feed(html)
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag == "tr":
            self.rows.append([])
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open[-1:] == ["style"]:
            return
        self.text.append(data)
        if {"td", "th"} & set(self._open) and data.strip():
            self.rows[-1].append(plain(data))

    @property
    def words(self) -> str:
        return plain(" ".join(self.text))


def plain(text: str) -> str:
    for space, usual in SPACES.items():
        text = text.replace(space, usual)
    return re.sub(r"\s+", " ", text).strip()


def page(found: Found) -> Reader:
    return Reader(render_plate(found) if isinstance(found, Assayed) else render_pet(found))


@pytest.fixture(params=EVERY)
def found(request: pytest.FixtureRequest) -> Found:
    result: Found = request.getfixturevalue(request.param)
    return result


def test_same_result_same_bytes(found: Found, tmp_path: Path) -> None:
    one, other = report(found, tmp_path / "1.html"), report(found, tmp_path / "2.html")
    assert one.read_bytes() == other.read_bytes()
    assert write_json(found, tmp_path / "1.json").read_text().strip() == to_json(found)


def test_tags_close_ids_are_unique_and_links_lead_somewhere(found: Found) -> None:
    read = page(found)
    ids = [value for name, value in read.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    links = [value or "" for name, value in read.attributes if name == "href"]
    assert all(link.startswith("#") for link in links)
    assert {link[1:] for link in links} <= set(ids)


def test_nothing_is_fetched_and_nothing_runs(found: Found) -> None:
    read = page(found)
    assert read.tags[0] == "html"
    assert not {"script", "link", "img", "iframe", "object"} & set(read.tags)
    names = {name for name, _ in read.attributes}
    assert not {name for name in names if name.startswith("on") or name == "src"}


def test_no_number_is_nan(found: Found) -> None:
    assert not re.search(r"\b(nan|inf|NaN|None|Inf)\b", page(found).words)


def test_names_of_others_are_shown_as_text(hostile: Assayed, hostile_scan: Bound) -> None:
    for html in (render_plate(hostile), render_pet(hostile_scan)):
        assert "<script" not in html
        assert html.count("&lt;script&gt;") > 10


@pytest.mark.parametrize(
    "word",
    [
        "love hormone", "bonding hormone", "trust score", "score of", "healthy", "normal range",
        "in love", "happiness", "dopamine release", "released dopamine", "brain oxytocin",
        "more trusting", "ranked by",
    ],
)  # fmt: skip
def test_it_does_not_say(word: str, found: Found) -> None:
    assert word not in page(found).words.lower()


def test_extraction_stands_beside_every_value(oxytocin: Assayed) -> None:
    for extracted, said in ((None, "extraction not stated"), (True, "extracted"),
                            (False, "unextracted")):  # fmt: skip
        assayed = replace(oxytocin, run=replace(oxytocin.run, extracted=extracted))
        rows = page(assayed).rows
        names = {one.name for p in assayed.panels for one in (*p.readings, *p.controls)}
        of_samples = [row for row in rows if row[:1] and row[0] in names and len(row) > 5]
        assert len(of_samples) == sum(len(p.readings) + len(p.controls) for p in assayed.panels)
        assert all(said in row for row in of_samples)
        machine = json.loads(to_json(assayed))
        readings = machine["plates"][0]["samples"] + machine["plates"][0]["controls"]
        assert {reading["extraction"] for reading in readings} == {said}


def test_what_is_below_the_limit_is_not_a_number(oxytocin: Assayed) -> None:
    rows = {row[0]: row for row in page(oxytocin).rows if len(row) > 8}
    assert "below 15.6" in rows["faint"]
    assert not any(cell.startswith("9.0") for cell in rows["faint"])
    assert "above 1000" in rows["strong"]
    assert "1000 and up" in rows["strong"]
    lost = next(r.concentration.reason for r in oxytocin.panels[0].readings if r.name == "over")
    assert f"missing: {lost}" in rows["over"]


def test_a_curve_that_did_not_fit_gives_no_concentration(unfitted: Assayed) -> None:
    words = page(unfitted).words
    assert "No standard curve, and no concentrations: the curve did not come to rest" in words
    machine = json.loads(to_json(unfitted))["plates"][0]
    assert machine["curve"]["reason"]
    assert all(one["concentration"]["value"] is None for one in machine["samples"])


def test_standards_and_the_map_show_every_well(oxytocin: Assayed, large: Assayed) -> None:
    for assayed, wells in ((oxytocin, 96), (large, 2 * 384)):
        html = render_plate(assayed)
        assert len(re.findall(r'<td class="well ', html)) == wells
    rows = page(oxytocin).rows
    for standard in oxytocin.panels[0].standards:
        assert any(row[:2] == [standard.name, f"{standard.nominal:g}"] for row in rows)
    assert "over" in rows[1], "the well that was too much for the reader"


def test_the_map_marks_the_wells_of_what_is_flagged(oxytocin: Assayed) -> None:
    html = render_plate(oxytocin)
    panel = oxytocin.panels[0]
    flagged = [w for one in panel.standards for w in one.places if one.flags]
    flagged += [w for one in panel.readings for w in one.places if one.flags]
    cells = re.findall(r'<td class="well shade-\d( flagged)?', html)
    marked = [k for k, cell in enumerate(cells) if cell]
    assert marked == sorted(12 * row + column for row, column in map(position, flagged))


def test_every_standard_well_is_a_dot_on_the_curve_and_off_it(oxytocin: Assayed) -> None:
    html = render_plate(oxytocin)
    figure = html[html.index('id="curve-0"') : html.index("</figure>")]
    drawn = re.findall(r'class="dot" d="([^"]+)"', figure)
    assert [len(path.split("M")) - 1 for path in drawn] == [16, 16]
    across = [[float(dot.split()[0]) for dot in path.split("M")[1:]] for path in drawn]
    assert across[0] == across[1], "a residual stands under its well"
    assert len(set(across[0])) == 8


def test_every_flag_is_on_the_page(oxytocin: Assayed, scan: Bound) -> None:
    words = page(oxytocin).words
    panel = oxytocin.panels[0]
    every = [*oxytocin.flags, *panel.flags]
    every += [flag for one in panel.standards for flag in one.flags]
    every += [flag for one in panel.readings for flag in one.flags]
    assert all(flag in words for flag in every)
    words = page(scan).words
    assert all(flag in words for flag in (*scan.flags, *scan.scan.flags))
    assert "few frames after t*" in words


def test_residuals_are_in_standard_deviations_of_the_curve(oxytocin: Assayed) -> None:
    x, off = residuals(oxytocin.panels[0])
    assert x.size == 16
    assert 0.5 < np.std(off) < 1.6, "made with the curve's own noise"
    assert residuals(replace(oxytocin.panels[0], standards=()))[0].size == 0


def test_none_of_the_analyte_has_a_place_of_its_own(oxytocin: Assayed) -> None:
    html = render_plate(oxytocin)
    figure = html[html.index('id="curve-0"') : html.index("</figure>")]
    across = re.findall(r'<span style="left:([\d.]+)%"[^>]*>([\d.]+)</span>', figure)
    ticks = {text: float(left) for left, text in across}
    assert ticks["0"] < ticks["10"] < ticks["100"] < ticks["1000"] < 100
    decades = ticks["100"] - ticks["10"], ticks["1000"] - ticks["100"]
    assert decades[0] == pytest.approx(decades[1], abs=0.05)


@pytest.mark.parametrize(("low", "high"), [(1e-5, 1e9), (3, 4), (15.6, 1000), (0.1, 0.9)])
def test_an_axis_of_logarithms_has_few_round_ticks(low: float, high: float) -> None:
    values = log_values(low, high)
    assert len(values) <= 18
    assert all(low <= value <= high for value in values)
    assert values == sorted(set(values))


def test_a_difference_is_told_with_its_sign_in_words(two_scans: Displaced) -> None:
    words = page(two_scans).words
    assert "less is bound in caudate in the condition than at baseline" in words
    assert "no difference is shown in putamen: the interval holds 0" in words
    assert "no difference can be told in noise: no baseline" in words
    assert "Binding is not release" in words
    machine = json.loads(to_json(two_scans))
    assert machine["change"]["caudate"]["value"] == -0.12
    assert machine["change"]["noise"]["interval"] == [None, None]
    more = replace(two_scans, change={"caudate": Estimate(0.12, 0.02, "", 1.0, 2)},
                   intervals={"caudate": (0.08, 0.16)})  # fmt: skip
    assert "More is bound in caudate" in page(more).words
    assert "less is bound in" not in page(more).words


def test_a_volume_of_distribution_is_lower_and_not_less_bound(two_scans: Displaced) -> None:
    def of(bound: Bound) -> Bound:
        regions = {
            name: replace(fit, parameters={"V_T": fit.parameters["BP_ND"]})
            for name, fit in bound.regions.items()
        }
        return replace(bound, model="1TC", regions=regions)

    volumes = replace(
        two_scans, baseline=of(two_scans.baseline), condition=of(two_scans.condition)
    )
    words = page(volumes).words
    assert "V_T of caudate is lower in the condition than at baseline" in words
    assert "less is bound in" not in words


def test_a_change_within_a_scan_has_the_interval_of_its_search(scan: Bound) -> None:
    fit = scan.regions["caudate"]
    found = {"change": Estimate(0.2, 0.01, "", 1.0, 10), "F": Estimate(7.25, 0.0, "", 1.0, 10)}
    plot = {"x": np.arange(10.0), "line": np.arange(10.0), "change": np.array([-0.1, 0.5])}
    wide = replace(fit, parameters=found, plot=plot)
    read = page(replace(scan, model="lp-ntPET", regions={"caudate": wide}))
    assert "No difference is shown in caudate: the interval holds 0" in read.words
    row = next(row for row in read.rows if row[0] == "caudate" and len(row) > 3)
    assert "\N{MINUS SIGN}0.100 to 0.500" in row
    assert "7.25" in row, "an exact number has no standard error"
    assert "Binding in caudate over the scan" in read.words
    told = replace(wide, plot={**plot, "change": np.array([0.1, 0.3])})
    words = page(replace(scan, model="lp-ntPET", regions={"caudate": told})).words
    assert "More is bound in caudate at the peak than before the onset" in words


def test_the_limits_name_who_found_them(oxytocin: Assayed, scan: Bound) -> None:
    words = page(oxytocin).words
    for name in ("McCullough", "MacLean", "Martins", "Tabak"):
        assert name in words
    assert "10.1038/s41380-022-01719-z" in words
    assert "maclean2019" in words
    assert "szeto2011" in words
    words = page(scan).words
    assert "Nummenmaa et al. 2016" in words
    assert "10.1177/0271678X20905433" in words
    assert "10.1097/00004647-199609000-00008" in words, "reference Logan"


def test_what_a_report_must_state_and_the_file_does_not_is_asked_for(scan: Bound) -> None:
    rows = {row[0]: row[1] for row in page(scan).rows if len(row) == 2}
    assert rows["Tracer"] == "raclopride"
    assert rows["Reference region"] == "cerebellum"
    assert rows["Frames"].startswith("10, the last until 60 min: 3 × 60 s")
    asked = [what for what, said in rows.items() if said == "not in the file: state it"]
    assert "Injected activity, mass and molar activity" in asked


def test_what_a_report_of_an_assay_must_state_is_filled_or_asked_for(oxytocin: Assayed) -> None:
    rows = {row[0]: row[1] for row in page(oxytocin).rows if len(row) == 2}
    assert rows["Matrix"] == "saliva"
    assert rows["Levels of standards above zero (asked: 6 or more)"] == "7, 15.6 to 1000 pg/mL"
    back = rows["Standards read back within 20 %, at the limits 25 % (asked: 75 % of them)"]
    assert back == "7 of 7 (100 %), by the curve they made"
    assert rows["Controls within 20 % (asked: low, middle and high)"] == (
        "1 level: 1 of 1 at 50 pg/mL"
    )
    assert rows["Limits of detection and quantification"] == (
        "detects from 6.2 pg/mL, quantifies from 15.6 pg/mL, up to 1000 pg/mL"
    )
    assert rows["Values outside the limits"].startswith("1 below and 1 above, of 8")
    assert rows["Inter-assay CV"] == "not in the file: state it (one plate)"
    asked = [what for what, said in rows.items() if said == "not in the file: state it"]
    for what in ("Kit, its maker and its lot", "Extraction", "Recovery of extraction",
                 "Tubes, anticoagulant and protease inhibitor", "Time of day of the samples",
                 "Cycle phase, contraception and medication"):  # fmt: skip
        assert what in asked
    assert json.loads(to_json(oxytocin))["report"] == dict(guideline_rows(oxytocin))
    assert "McCullough" in guideline_title(oxytocin)
    cortisol = replace(oxytocin, run=replace(oxytocin.run, analyte="cortisol"))
    assert guideline_title(cortisol) == "What a report should state (after ICH M10, 2022)"


def test_standards_may_be_a_quarter_off_at_the_limits_and_a_fifth_between(
    oxytocin: Assayed,
) -> None:
    panel = oxytocin.panels[0]

    def said(off: float, *which: int) -> str:
        moved = [
            replace(one, back=replace(one.back, value=one.nominal * (1 + off * (k in which))))
            for k, one in enumerate(panel.standards)
        ]
        changed = replace(oxytocin, panels=(replace(panel, standards=tuple(moved)),))
        return dict(guideline_rows(changed))[
            "Standards read back within 20 %, at the limits 25 % (asked: 75 % of them)"
        ].partition(" (")[0]

    assert said(0.19, 1, 3, 7) == "7 of 7"
    assert said(0.22, 1, 7) == "7 of 7"
    assert said(0.22, 1, 3, 7) == "6 of 7"
    assert said(-0.26, 1, 3, 7) == "4 of 7"


def test_controls_are_told_level_by_level_and_plates_one_by_one(oxytocin: Assayed) -> None:
    first = oxytocin.panels[0]
    known = first.controls[0]
    far = replace(known, concentration=replace(known.concentration, value=61.0))
    high = replace(known, nominal=2000.0, censored="above")
    second = replace(first, plate="Plate 2", controls=(far, high),
                     standards=first.standards[:5])  # fmt: skip
    two = dict(guideline_rows(replace(oxytocin, panels=(first, second))))
    assert plain(two["Controls within 20 % (asked: low, middle and high)"]) == (
        "2 levels: 1 of 2 at 50 pg/mL; 0 of 1 at 2000 pg/mL"
    )
    assert plain(two["Levels of standards above zero (asked: 6 or more)"]) == (
        "Plate 1: 7, 15.6 to 1000 pg/mL; Plate 2: 4, 15.6 to 125 pg/mL"
    )
    many = tuple(replace(first, plate=f"P{k}", standards=first.standards[: 3 + k])
                 for k in range(6))  # fmt: skip
    said = dict(guideline_rows(replace(oxytocin, panels=many)))
    assert said["Levels of standards above zero (asked: 6 or more)"].endswith(
        "; 2 more plates as in their tables"
    )


def test_a_plate_without_curve_controls_or_samples_says_so(unfitted: Assayed) -> None:
    empty = replace(unfitted.panels[0], controls=(), readings=(), standards=())
    said = dict(guideline_rows(replace(unfitted, panels=(empty,), precision={}, spike={})))
    assert said["Controls within 20 % (asked: low, middle and high)"] == "none in the layout"
    assert said["Values outside the limits"] == "no sample in the layout"
    assert said["Levels of standards above zero (asked: 6 or more)"] == "none"
    assert said["Recovery of what was added"] == "not in the file: state it"
    assert "did not come to rest" in said["Limits of detection and quantification"]


def test_the_recovery_of_extraction_is_stated_or_none(oxytocin: Assayed) -> None:
    kept = replace(oxytocin, assay=replace(oxytocin.assay, recovery=0.8))
    assert plain(dict(guideline_rows(kept))["Recovery of extraction"]) == (
        "80 %, by which values were divided"
    )
    raw = replace(oxytocin, run=replace(oxytocin.run, extracted=False))
    assert dict(guideline_rows(raw))["Recovery of extraction"] == "none: unextracted"


def test_where_the_model_does_not_fit_is_said_first(scan: Bound, two_scans: Displaced) -> None:
    flag = "17% of the region is blood", "the residuals have a pattern: the model does not fit"
    assert "does not fit" not in page(scan).words
    bad = {name: replace(fit, flags=flag) for name, fit in scan.regions.items()}
    said = in_short(replace(scan, regions=bad))
    assert said[1].startswith("In each region the residuals have a pattern: reference Logan")
    one = replace(scan, regions={**scan.regions, "caudate": bad["caudate"]})
    assert in_short(one)[1].startswith("In 1 of 3 regions")
    assert any(line.startswith("In 1 of 3 regions") for line in lines(one))
    assert any(
        line.startswith("In 1 of 3") for line in lines(replace(two_scans, condition=one))
    )


def test_a_read_just_below_zero_is_no_negative_zero(oxytocin: Assayed) -> None:
    run = oxytocin.run
    plate = replace(run.plates[0], reads={"450": np.full((8, 12), -0.0002)})
    shown = page(replace(oxytocin, run=replace(run, plates=(plate,)))).words
    assert "0.000" in shown
    assert "\N{MINUS SIGN}0.000" not in shown


def test_long_names_of_wells_keep_their_end(oxytocin: Assayed) -> None:
    wells = (Well("A1", Role.SAMPLE, "UnknownsNoDiln 01"), Well("A2", Role.SAMPLE, "short"))
    html = render_plate(replace(oxytocin, run=replace(oxytocin.run, wells=wells)))
    assert "<span>UnknownsNoDiln</span><span> 01</span>" in html
    assert '<span class="in">short</span>' in html


def test_machines_get_every_number(scan: Bound, oxytocin: Assayed) -> None:
    said = json.loads(to_json(scan))
    assert said["format"] == "interbeat-pet/1"
    assert list(said["regions"]) == list(scan.regions)
    putamen = said["regions"]["putamen"]
    assert putamen["parameters"]["BP_ND"]["value"] == scan.regions["putamen"].parameters[
        "BP_ND"].value  # fmt: skip
    assert putamen["fitted"][0] is None
    assert putamen["used"] == [False] * 4 + [True] * 6
    assert len(said["sha256"]) == 64
    said = json.loads(to_json(oxytocin))
    assert said["format"] == "interbeat-assay/1"
    assert said["plates"][0]["curve"]["values"] == oxytocin.panels[0].curve.values.tolist()
    assert said["precision"]["inter-assay CV"]["reason"] == "one plate"
    assert said["tubes"][0]["person"] == "a"
    assert said["assay"]["weighting"] == oxytocin.assay.weighting


def test_the_hash_follows_the_readings(oxytocin: Assayed) -> None:
    plate = oxytocin.run.plates[0]
    other = replace(plate, reads={n: grid + (n == "450") * 1e-9 for n, grid in
                                  plate.reads.items()})  # fmt: skip
    changed = replace(oxytocin, run=replace(oxytocin.run, plates=(other,)))
    assert json.loads(to_json(oxytocin))["sha256"] != json.loads(to_json(changed))["sha256"]


def test_a_page_of_two_large_plates_is_small(large: Assayed) -> None:
    assert len(render_plate(large).encode()) < 300_000


def test_everything_that_is_cited_has_an_entry() -> None:
    said = cite()
    entries: list[Any] = re.findall(r"^@\w+\{([^,]+),", said, re.MULTILINE)
    assert len(entries) == len(set(entries))
    wanted = {"findlay2007", "pruessner2003", "lammertsma1996", "gunn1997", "wu2002",
              "logan1990", "logan1996", "ichise2003", "normandin2012", "innis2007",
              "knudsen2020", "mccullough2013", "maclean2019", "martins2020", "tabak2023",
              "nummenmaa2016", "tobin1958", "rubin1987", "davidian1995", "ich2022",
              "oconnell1993"}  # fmt: skip
    assert wanted <= set(entries)
