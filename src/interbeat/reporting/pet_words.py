"""What is said of a PET scan: in short, as methods, and what it cannot say."""

from __future__ import annotations

import math
from collections.abc import Iterator

from interbeat.neurochemistry.scans.bound import Bound, Displaced
from interbeat.neurochemistry.tracers._spec import MODELS
from interbeat.reporting._format import HARD, THIN, join, length, plural, value
from interbeat.reporting._names import sentence
from interbeat.reporting._numbers import digest
from interbeat.reporting.pet_rows import (
    WITHIN,
    change_rows,
    concluded,
    direction,
    flag_rows,
    is_told,
    outcome,
    unit_of,
    within,
)

__all__ = [
    "MEANING", "about", "heading", "in_short", "limits", "lines", "methods", "settings_rows",
    "sources_of",
]  # fmt: skip

NOMENCLATURE = "10.1038/sj.jcbfm.9600493"  # Innis et al. 2007
GUIDELINES = "10.1177/0271678X20905433"  # Knudsen et al. 2020
RATIO = "10.1111/j.2517-6161.1954.tb00159.x"  # Fieller 1954
TOUCH = "10.1016/j.neuroimage.2016.05.063"  # Nummenmaa et al. 2016
MEANING = {
    "BP_ND": "BP_ND, the binding potential relative to the nondisplaceable tracer: at "
    "equilibrium, the tracer that is bound specifically over that which is free or bound to "
    "anything else in the tissue",
    "V_T": "V_T, the total volume of distribution: at equilibrium, the activity of the tracer "
    "in tissue, bound or not, over that of the parent compound in plasma",
    "change": "The change is (BP_ND at its peak − BP_ND before it) / BP_ND before it, a share: "
    "negative where less is bound",
}
NAMED_BY = f"nomenclature of Innis et al. 2007, doi:{NOMENCLATURE}"
COMPARED = (
    "The two scans were compared region by region as (condition - baseline) / baseline, with "
    f"intervals for a ratio (Fieller 1954, doi:{RATIO})."
)
NAMED = {"change": "Change of binding"}
WEIGHTS = {
    "equal": "the same for all frames",
    "duration": "by their durations",
    "counts": "by the inverse of the variance that their counts should have",
    "file": "as the file gave them",
}
UNFIT = "the model does not fit"  # how the flag of a region ends whose residuals are no noise
LISTED = 6  # regions in a sentence
MOST_LINES = 24  # regions in a terminal


def heading(bound: Bound) -> str:
    """Return what was measured, as a title; the file where nothing names the tracer."""
    scan, what = bound.scan, NAMED.get(outcome(bound), outcome(bound))
    if scan.tracer:
        return f"{what} of {scan.tracer}"
    return f"{what}, {scan.source}" if scan.source else what


def about(bound: Bound) -> list[tuple[str, str]]:
    """Return term and meaning of what a reader must know first."""
    scan = bound.scan
    return [
        ("File", scan.source or "not stated"),
        ("Person", scan.person or "not stated"),
        ("Tracer", scan.tracer or "not stated"),
        ("Model", bound.model),
        ("Reference", bound.reference or "arterial input"),
        ("Regions", str(len(bound.regions))),
        ("Scanned", length(float(scan.ends[-1] - scan.starts[0]))),
    ]


def in_short(found: Bound | Displaced) -> list[str]:
    """Return in sentences what was found."""
    if isinstance(found, Displaced):
        return [_fits(found.baseline, "Baseline"), *_unfit(found.baseline),
                _fits(found.condition, "Condition"), *_unfit(found.condition),
                *_changes(found)]  # fmt: skip
    return [_fits(found, "The scan"), *_unfit(found), *_within_scan(found)]


def _unfit(bound: Bound) -> list[str]:
    """Say in how many regions the model does not fit: no standard error tells that."""
    every = list(bound.regions.values())
    lost = sum(any(flag.endswith(UNFIT) for flag in fit.flags) for fit in every)
    if not lost:
        return []
    where = "In each region" if lost == len(every) else f"In {lost} of {len(every)} regions"
    return [
        f"{where} the residuals have a pattern: {bound.model} does not fit there, and the "
        f"standard error of {outcome(bound)} does not tell how far off it is."
    ]


def _within_scan(bound: Bound) -> list[str]:
    """Return the signs of changes within a scan, where the model looks for them."""
    if outcome(bound) != "change":
        return []
    signs = [
        direction(
            region, fit.parameters["change"], within(fit, "change"), what="BP_ND", when=WITHIN
        )
        for region, fit in bound.regions.items()
    ]
    return [f"{sentence('; '.join(signs[:LISTED]))}."]


def methods(found: Bound | Displaced) -> list[str]:
    """Return the methods as paragraphs, from the settings."""
    bound = found.baseline if isinstance(found, Displaced) else found
    said = [_scanned(bound), _modeled(bound), _errors(bound)]
    return [*said, COMPARED] if isinstance(found, Displaced) else said


def limits(found: Bound | Displaced) -> list[str]:
    """Return what the numbers cannot say, each with who found it."""
    bound = found.baseline if isinstance(found, Displaced) else found
    said = [
        "Binding is not release. Less of a tracer may be bound because a transmitter took its "
        "place, because fewer receptors are there or within reach, because less tracer was "
        "delivered, or because the head moved.",
        "The sign of a change is not obvious: touch by a partner raised the availability of "
        f"µ-opioid receptors in 18 men (Nummenmaa et al. 2016, doi:{TOUCH}). Neither more nor "
        "less binding says what a person felt.",
        "One scan is not a trait of the person.",
        "Standard errors are of the fit of this scan. How far a second scan of the same person "
        "would differ (test and retest) is not in them and is usually larger.",
        "What is measured is the activity of a tracer in tissue, not the concentration of a "
        "transmitter. Concentrations in blood or saliva cannot stand in for it, nor it for "
        "them.",
        "Nobody is scored or ranked: regions are in the order of the file. Not a medical "
        "device; nothing here is a diagnosis.",
    ]
    if bound.reference:
        said.insert(2, (
            f"{bound.reference} is taken to hold nothing that the tracer binds to specifically,"
            " and as much nondisplaceable tracer as the other regions. Where that does not "
            "hold, BP_ND of every region is biased."
        ))  # fmt: skip
    return said


def settings_rows(bound: Bound) -> list[tuple[str, str]]:
    """Return every setting as given and the hash of what went in."""
    scan, told = bound.scan, bound.settings
    rows = [
        ("Model", bound.model),
        ("Reference region", bound.reference or "none"),
        ("Weights of frames", bound.weighting),
        ("t*, min", _told(told.t_star)),
        ("k2′, 1/min", _told(told.k2_prime)),
        *_blood_rows(bound),
        ("SHA-256 of frames and curves",
         digest(scan.starts, scan.durations, *scan.activity.values())),
    ]  # fmt: skip
    return rows + [("Concluded, not read", text) for text in concluded(bound)]


def _blood_rows(bound: Bound) -> list[tuple[str, str]]:
    if bound.blood is None:
        return []
    told = bound.settings
    return [
        ("Share of blood", _told(told.blood_volume)),
        ("Delay of the blood, min", _told(told.delay)),
    ]


def sources_of(found: Bound | Displaced) -> list[str]:
    """Return the texts that name the papers behind the numbers."""
    bound = found.baseline if isinstance(found, Displaced) else found
    model = MODELS[bound.model]
    first = [MODELS[model.first].source] if model.first else []
    ratio = [RATIO] if isinstance(found, Displaced) else []
    named = [] if model.outcome in NAMED else [NOMENCLATURE]
    return [model.source, *first, *ratio, *named, GUIDELINES, TOUCH]


def lines(found: Bound | Displaced) -> Iterator[str]:
    """Give what a terminal shows: each region, or each difference, and flags."""
    if isinstance(found, Displaced):
        yield f"{heading(found.baseline)}, condition against baseline"
        yield from _first(_differences(found))
        yield from dict.fromkeys([*_unfit(found.baseline), *_unfit(found.condition)])
        yield from found.flags
        flags = [*flag_rows(found.baseline), *flag_rows(found.condition)]
    else:
        yield f"{heading(found)}, {found.model}"
        yield from _first(_values(found))
        yield from _unfit(found)
        yield from _within_scan(found)
        flags = flag_rows(found)
    yield "Binding is not release; the page says what these numbers cannot say."
    yield from dict.fromkeys(what for where, what in flags if where == "scan")
    single = sum(where != "scan" for where, _ in flags)
    if single:
        yield f"{plural(single, 'flag')} of single regions"


def _differences(found: Displaced) -> list[str]:
    return [
        _flat(f"{row.name}: {row.change} % ({row.interval}); {row.said}")
        if not found.change[row.name].reason
        else row.said
        for row in change_rows(found)
    ]


def _values(bound: Bound) -> list[str]:
    name, unit = outcome(bound), unit_of(bound)
    found = {region: fit.parameters[name] for region, fit in bound.regions.items()}
    return [
        _flat(
            f"{region}: {f'missing: {e.reason}' if e.reason else f'{value(e)} {unit}'.strip()}"
        )
        for region, e in found.items()
    ]


def _first(rows: list[str]) -> list[str]:
    more = len(rows) - MOST_LINES
    return rows[:MOST_LINES] + ([f"and {more} more regions"] if more > 0 else [])


def _flat(text: str) -> str:
    return text.replace(HARD, " ").replace(THIN, " ")


def _fits(bound: Bound, what: str) -> str:
    name = outcome(bound)
    found = {region: fit.parameters[name] for region, fit in bound.regions.items()}
    there = {region: e for region, e in found.items() if not e.reason}
    lost = len(found) - len(there)
    known = [f"{region} {value(e)}" for region, e in list(there.items())[:LISTED]]
    more = f", and {len(there) - LISTED} more" if len(there) > LISTED else ""
    unit = f", in {unit_of(bound)}" if unit_of(bound) else ""
    values = f"{unit}: {'; '.join(known)}{more}" if known else ""
    missing = f"; of {plural(lost, 'region')} there is none" if lost else ""
    return f"{what}: {name} of {plural(len(there), 'region')}{values}{missing}."


def _changes(found: Displaced) -> list[str]:
    rows = change_rows(found)
    clear = [row for row in rows if is_told(found.change[row.name], found.intervals[row.name])]
    said = [f"{sentence(row.said)}: {row.change}{HARD}% (95{THIN}% interval {row.interval})."
            for row in clear[:LISTED]]  # fmt: skip
    if len(clear) > LISTED:
        said.append(f"{len(clear) - LISTED} more regions differ, in the table below.")
    lost = sum(bool(e.reason) for e in found.change.values())
    rest = len(rows) - len(clear) - lost
    if rest:
        said.append(f"In {plural(rest, 'region')} no difference is shown.")
    if lost:
        said.append(f"In {plural(lost, 'region')} none can be told.")
    return [" ".join(said)] if said else []


def _scanned(bound: Bound) -> str:
    scan = bound.scan
    tracer = scan.tracer or "A tracer that the file does not name"
    label = f" ({scan.radionuclide})" if scan.radionuclide else ""
    span = length(float(scan.ends[-1] - scan.starts[0]))
    return (
        f"{sentence(tracer)}{label} was followed for {span} in "
        f"{plural(scan.starts.size, 'frame')} in {plural(len(scan.activity), 'region')}."
    )


def _modeled(bound: Bound) -> str:
    model = MODELS[bound.model]
    where = (
        f"with {bound.reference} as reference region"
        if bound.reference
        else "with the parent compound in arterial plasma as input"
    )
    by = "" if model.outcome in NAMED else f" ({NAMED_BY})"
    said = [
        f"{model.title} ({model.source}) was fitted to each region {where}; frames were "
        f"weighted {WEIGHTS.get(bound.weighting, bound.weighting)}.",
        f"{MEANING.get(model.outcome, model.outcome)}{by}.",
    ]
    starts = _span([fit.settings.t_star for fit in bound.regions.values()])
    washout = _span([fit.settings.k2_prime for fit in bound.regions.values()])
    chosen = ", chosen for each region by itself" if " to " in starts else ""
    used = [f"a t* of {starts} min{chosen}"] if starts else []
    used += [f"a k2′ of {washout} per min"] if washout else []
    return " ".join([*said, *([f"It had {join(used)}."] if used else [])])


def _errors(bound: Bound) -> str:
    how = "value ± 1.96 standard errors"
    if outcome(bound) in NAMED:
        how = f"of the change, all its shapes that fit nearly as well; of the others, {how}"
    return (
        f"Standard errors are those of the fit; intervals are 95{THIN}% ({how}). What a report "
        f"should state is listed after Knudsen et al. (2020, doi:{GUIDELINES})."
    )


def _span(settings: list[float]) -> str:
    known = sorted({f"{v:.3g}" for v in settings if math.isfinite(v)}, key=float)
    if not known:
        return ""
    return known[0] if len(known) == 1 else f"{known[0]} to {known[-1]}"


def _told(setting: float) -> str:
    if math.isnan(setting):
        return "left to the model"
    return "left out" if math.isinf(setting) else f"{setting:g}"
