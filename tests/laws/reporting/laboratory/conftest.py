"""Assays and scans made by hand, for their pages to be tried on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from interbeat.core.activity import Regions
from interbeat.core.arrays import FloatArray
from interbeat.core.estimate import Estimate
from interbeat.core.plate import Plate, PlateRun, Role, Well, place
from interbeat.core.sample import Sample
from interbeat.neurochemistry.plates.found import (
    Assay,
    Assayed,
    Curve,
    Panel,
    Reading,
    Standard,
)
from interbeat.neurochemistry.scans.bound import Bound, Displaced
from interbeat.neurochemistry.tracers._spec import Fit, Settings

HOSTILE = '<script>alert("x")</script>'
UNIT = "pg/mL"
NOMINAL = (0.0, 15.6, 31.2, 62.5, 125.0, 250.0, 500.0, 1000.0)
VALUES = np.array([2.05, 0.11, 96.0, 1.15])  # response at zero and infinity, EC50, slope
SIGMA = 0.025


def response(concentrations: FloatArray) -> FloatArray:
    """Return the responses of a competitive curve."""
    zero, infinity, middle, slope = VALUES
    return np.asarray(
        infinity + (zero - infinity) / (1 + (np.asarray(concentrations) / middle) ** slope)
    )


def curve(reason: str = "") -> Curve:
    """Return the fitted curve, or none with its reason."""
    names = ("response at zero", "response at infinity", "EC50", "slope")
    units = ("OD", "OD", UNIT, "1")
    errors = np.array([0.03, 0.012, 3.4, 0.04])
    if reason:
        missing = {n: Estimate.missing(u, reason) for n, u in zip(names, units, strict=True)}
        nothing = np.full(4, math.nan), np.full((4, 4), math.nan)
        return Curve("4PL", missing, *nothing, math.nan, 1.0, 0, False, reason)
    found = {
        name: Estimate(float(value), float(se), unit, 1.0, 16)
        for name, value, se, unit in zip(names, VALUES, errors, units, strict=True)
    }
    return Curve(
        "4PL", found, VALUES, np.diag(errors**2), SIGMA, 1.0, 12, True,
        floor=0.02, lowest=15.6, highest=1000.0,
    )  # fmt: skip


def read(name: str, amount: float, k: int, **more: object) -> Reading:
    """Return a sample as it was read back."""
    se = 0.07 * amount
    plain = Reading(
        name=name, person="a" if k % 2 else "b", time=900.0 * k, plate="Plate 1",
        places=(place(k % 8, 4), place(k % 8, 5)), dilution=1.0, spiked=0.0, nominal=math.nan,
        responses=tuple(response(amount * np.array([0.96, 1.04])).tolist()), cv=0.042,
        concentration=Estimate(amount, se, UNIT, 1.0, 2),
        interval=(amount - 1.8 * se, amount + 2.2 * se), bootstrap=1.05 * se,
        spread=0.05 * amount, censored="", lower=15.6, upper=1000.0,
    )  # fmt: skip
    return replace(plain, **more)  # type: ignore[arg-type]


def readings() -> tuple[Reading, ...]:
    """Return samples of every kind: plain, flagged, below, above, not readable."""
    lost = Estimate.missing(UNIT, "saturated: more than the reader can read")
    beyond = Estimate.missing(UNIT, "no concentration of the curve gives this response")
    return (
        read("a before", 42.0, 1),
        read("b before", 33.5, 2),
        read("a after", 118.0, 3, flags=("responses of replicates differ: CV 31 %; kept",)),
        read("b after", 77.0, 4, dilution=2.0),
        read("faint", 9.0, 5, censored="below", interval=(0.0, 15.6)),
        read("strong", 2400.0, 6, censored="above", interval=(1000.0, math.inf)),
        read("over", 60.0, 7, concentration=lost, responses=(math.inf, math.inf), cv=math.nan,
             bootstrap=math.nan, interval=(math.nan, math.nan), flags=(lost.reason,)),
        read("odd", 60.0, 0, concentration=beyond, bootstrap=math.nan, person="",
             time=math.nan, interval=(math.nan, math.nan)),
    )  # fmt: skip


def standards(fitted: Curve) -> tuple[Standard, ...]:
    """Return standards in duplicate, one of them off."""
    rng = np.random.default_rng(3)
    found = []
    for k, nominal in enumerate(NOMINAL):
        seen = response(np.full(2, nominal)) * (1 + SIGMA * rng.standard_normal(2))
        back = Estimate(nominal * (1.03 if k % 2 else 0.98), 0.06 * nominal + 0.4, UNIT, 1.0, 2)
        if fitted.reason:
            back = Estimate.missing(UNIT, fitted.reason)
        places = (place(k, 0), place(k, 1))
        flags = ("reads back 25 % off",) if k == 1 else ()
        found.append(
            Standard(f"STD{k}", nominal, places, tuple(seen.tolist()), back, 0.02, flags)
        )
    return tuple(found)


def panel(name: str, reason: str = "") -> Panel:
    """Return what one plate gave."""
    fitted = curve(reason)
    missing = Estimate.missing(UNIT, reason or "none")
    known = read("QC low", 55.0, 2, nominal=50.0, person="", time=math.nan)
    there = readings()
    if reason:
        there = tuple(replace(r, concentration=missing, bootstrap=math.nan, censored="",
                              interval=(math.nan, math.nan)) for r in there)  # fmt: skip
        known = replace(known, concentration=missing, interval=(math.nan, math.nan))
    exact = {n: Estimate(v, 0.0, UNIT, 1.0, 8) for n, v in (("low", 15.6), ("high", 1000.0))}
    return Panel(
        plate=name, curve=fitted, standards=standards(fitted), readings=there,
        controls=(known,), blank=Estimate(0.051, 0.002, "OD", 1.0, 2),
        nonspecific=Estimate.missing("OD", "no such well"),
        detection=missing if reason else Estimate(6.2, 0.8, UNIT, 1.0, 2),
        lower=missing if reason else exact["low"], upper=missing if reason else exact["high"],
        flags=("no nonspecific binding wells",),
    )  # fmt: skip


def grid(rows: int = 8, columns: int = 12) -> FloatArray:
    """Return what was read: high on the left, one well over, one not read."""
    seen = 0.05 + 2.0 * np.exp(-np.arange(rows * columns).reshape(rows, columns) / 40.0)
    seen[0, 3], seen[rows - 1, columns - 1] = math.inf, math.nan
    return np.asarray(seen)


def layout() -> tuple[Well, ...]:
    """Return the layout of the wells above."""
    wells = [
        Well(place(k, c), Role.STANDARD, f"STD{k}", concentration=NOMINAL[k])
        for k in range(8)
        for c in (0, 1)
    ]
    wells += [Well(p, Role.SAMPLE, r.name) for r in readings() for p in r.places]
    return (*wells, Well("A4", Role.BLANK), Well("B4", Role.NONSPECIFIC))


def run(**more: object) -> PlateRun:
    """Return a run of one plate of oxytocin in saliva."""
    plain = PlateRun(
        (Plate("Plate 1", {"450": grid(), "620": grid() / 20}, "OD"),), layout(),
        "oxytocin", UNIT, "saliva", None, "assay.txt", ("450 taken as optical density",),
    )  # fmt: skip
    return replace(plain, **more)  # type: ignore[arg-type]


def assayed(**more: object) -> Assayed:
    """Return an assay of one plate."""
    shares: Mapping[str, Estimate] = {
        "intra-assay CV": Estimate(0.071, 0.006, "", 1.0, 8),
        "inter-assay CV": Estimate.missing("", "one plate"),
    }
    tube = Sample("oxytocin", 42.0, UNIT, 900.0, "saliva", "a", lower=15.6, upper=1000.0)
    plain = Assayed(
        run(), Assay(reference="620", read="450"), (panel("Plate 1"),), shares,
        {"b after at 2": Estimate(0.97, 0.05, "", 1.0, 2)},
        {"a before + 50": Estimate(0.88, 0.06, "", 1.0, 2)},
        {"a before": Estimate(1.04, 0.05, "", 1.0, 3)}, (tube,),
        ("whether samples were extracted is not stated",),
    )  # fmt: skip
    return replace(plain, **more)  # type: ignore[arg-type]


@pytest.fixture
def oxytocin() -> Assayed:
    """Return one plate of oxytocin, extraction not stated, with samples of every kind."""
    return assayed()


@pytest.fixture
def unfitted() -> Assayed:
    """Return a plate whose curve did not fit."""
    return assayed(panels=(panel("Plate 1", "the curve did not come to rest"),), samples=())


@pytest.fixture
def large() -> Assayed:
    """Return two plates of 384 wells of an analyte that is not named."""
    plates = tuple(Plate(name, {"570": grid(16, 24)}, "RFU") for name in ("P1", "P2"))
    return assayed(
        run=run(plates=plates, analyte="", unit="", matrix="", inferences=()),
        assay=Assay(), panels=tuple(panel(name) for name in ("P1", "P2")), flags=(),
    )  # fmt: skip


@pytest.fixture
def hostile() -> Assayed:
    """Return an assay whose names are code."""
    bad = replace(readings()[0], name=HOSTILE, person=HOSTILE, flags=(HOSTILE,))
    plate = Plate(HOSTILE, {HOSTILE: grid()}, HOSTILE)
    return assayed(
        run=run(plates=(plate,), wells=(Well("A1", Role.SAMPLE, HOSTILE),), source=HOSTILE,
                analyte=HOSTILE, unit=HOSTILE, matrix=HOSTILE, inferences=(HOSTILE,)),
        assay=Assay(),
        panels=(replace(panel(HOSTILE), readings=(bad,), flags=(HOSTILE,)),),
        precision={HOSTILE: Estimate.missing("", HOSTILE)},
    )  # fmt: skip


STARTS = np.array([0.0, 60, 120, 180, 300, 600, 900, 1500, 2100, 2700])
DURATIONS = np.array([60.0, 60, 60, 120, 300, 300, 600, 600, 600, 900])


def activity(height: float) -> FloatArray:
    """Return a curve that rises and falls."""
    minutes = (STARTS + DURATIONS / 2) / 60
    return np.asarray(height * minutes / (minutes + 2) * np.exp(-minutes / 60))


def fit(height: float, binding: float, **more: object) -> Fit:
    """Return the fit of one region by reference Logan."""
    seen = activity(height)
    used = np.arange(10) > 3
    fitted = np.where(used, seen * (1 + 0.02 * np.cos(np.arange(10))), math.nan)
    x = np.cumsum(seen) / seen
    plain = Fit(
        {"BP_ND": Estimate(binding, 0.05, "", 1.0, 6), "R1": Estimate(0.9, 0.02, "", 1.0, 6)},
        fitted, used, Settings(t_star=5.0, k2_prime=0.16),
        {"x": x, "y": (1 + binding) * x - 2 + 0.05 * np.sin(x), "line": (1 + binding) * x - 2},
    )  # fmt: skip
    return replace(plain, **more)  # type: ignore[arg-type]


def bound(binding: float = 2.5, **more: object) -> Bound:
    """Return a scan with three regions, one of which cannot be fitted."""
    curves = {"cerebellum": activity(10), "caudate": activity(30), "putamen": activity(34),
              "noise": np.where(np.arange(10) < 8, activity(2) - 3, math.nan)}  # fmt: skip
    scan = Regions(
        STARTS, DURATIONS, curves, "kBq/mL", person="a", tracer="raclopride",
        radionuclide="C11", decay_corrected=True, source="scan.tac", volumes={"putamen": 8.1},
        inferences=("seconds, by the header",), flags=("activity below 0 in noise",),
    )  # fmt: skip
    lost = {"BP_ND": Estimate.missing("", "negative activity"),
            "R1": Estimate.missing("", "negative activity")}  # fmt: skip
    nothing = np.full(10, math.nan)
    regions = {
        "caudate": fit(30, binding),
        "putamen": fit(34, binding + 0.4, flags=("few frames after t*",)),
        "noise": fit(2, 0, parameters=lost, fitted=nothing, used=np.zeros(10, bool), plot={}),
    }
    tube = Sample("raclopride BP_ND", binding, "", 0.0, "caudate", "a", lower=-math.inf)
    plain = Bound(
        scan, "cerebellum", None, "reference Logan", Settings(t_star=5.0), "counts",
        np.ones(10), regions, (tube,), ("k2' of 0.16 per min: median of SRTM",),
    )  # fmt: skip
    return replace(plain, **more)  # type: ignore[arg-type]


@pytest.fixture
def scan() -> Bound:
    """Return what one scan gives."""
    return bound()


@pytest.fixture
def two_scans() -> Displaced:
    """Return two scans: less bound in one region, no difference shown in the other."""
    lost = Estimate.missing("", "no baseline")
    change = {"caudate": Estimate(-0.12, 0.02, "", 1.0, 2), "noise": lost,
              "putamen": Estimate(0.03, 0.02, "", 1.0, 2)}  # fmt: skip
    reach = {"caudate": (-0.16, -0.08), "putamen": (-0.01, 0.07), "noise": (math.nan, math.nan)}
    return Displaced(bound(), bound(2.2), change, reach)


@pytest.fixture
def hostile_scan() -> Bound:
    """Return a scan whose names are code."""
    curves = {HOSTILE: activity(10), HOSTILE * 2: activity(20)}
    regions = Regions(STARTS, DURATIONS, curves, "SUV", person=HOSTILE, tracer=HOSTILE,
                      source=HOSTILE, inferences=(HOSTILE,), flags=(HOSTILE,))  # fmt: skip
    found = {HOSTILE * 2: fit(20, 1.0, flags=(HOSTILE,))}
    return bound(scan=regions, reference=HOSTILE, regions=found, samples=())
