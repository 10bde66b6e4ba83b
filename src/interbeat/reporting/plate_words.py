"""What is said of an assay: in short, as methods, and what it cannot say."""

from __future__ import annotations

import math
from collections.abc import Iterator

from interbeat.neurochemistry.plates.found import Assayed, Curve, Panel
from interbeat.neurochemistry.plates.limits_of import SOURCES, limits_of
from interbeat.neurochemistry.standards._spec import SHAPES
from interbeat.neurochemistry.words import extraction
from interbeat.reporting._format import HARD, THIN, join, plural, share
from interbeat.reporting._names import sentence
from interbeat.reporting._numbers import digest
from interbeat.reporting.plate_map import chosen_read
from interbeat.reporting.plate_rows import (
    amount,
    own_flags,
    parts_of,
    range_counts,
    rounded,
    run_flags,
)

__all__ = [
    "about", "heading", "in_short", "keys_of", "limits", "lines", "methods", "settings_rows",
    "sources_of",
]  # fmt: skip

CALIBRATION = "10.1208/aapsj0902029"  # Findlay & Dillard 2007
TOBIT, IMPUTATION = "10.2307/1907382", "10.1002/9780470316696"
BOOKS = ("ich2022", "davidian1995")  # without a DOI, by key
CURVE = {"4PL": "10.1016/S0076-6879(75)37003-1"}  # Rodbard & Frazier 1975
UNSAID = {"MacLean2019": "10.1016/j.psyneuen.2019.05.018"}  # where the source names none
KEYS = {"Szeto2011": "szeto2011"}
WEIGHTS = {
    "equal": "the same everywhere",
    "1/y": "growing with the square root of the response",
    "1/y2": "growing with the response",
    "power": "growing with a power of the response that was estimated from standards and "
    "replicates",
}


def heading(assayed: Assayed) -> str:
    """Return what was measured in what, as a title; the file where nothing says it."""
    run = assayed.run
    if not run.analyte:
        kind = "Plate" if len(run.plates) == 1 else f"{len(run.plates)} plates of"
        return f"{kind} {run.source}" if run.source else plural(len(run.plates), "plate")
    return sentence(f"{run.analyte} in {run.matrix}" if run.matrix else run.analyte)


def about(assayed: Assayed) -> list[tuple[str, str]]:
    """Return term and meaning of what a reader must know first."""
    run = assayed.run
    counts = range_counts(assayed.panels)
    return [
        ("File", run.source or "not stated"),
        ("Analyte", run.analyte or "not stated"),
        ("Matrix", run.matrix or "not stated"),
        ("Extraction", extraction(run.extracted)),
        ("Unit", run.unit or "not stated"),
        ("Plates", str(len(run.plates))),
        ("Samples", str(sum(counts.values()))),
    ]


def in_short(assayed: Assayed) -> list[str]:
    """Return a few sentences for each plate: its curve, its limits, its samples."""
    return [_plate(panel, assayed) for panel in assayed.panels]


def methods(assayed: Assayed) -> list[str]:
    """Return the methods as paragraphs, from the settings."""
    writers = (_read, _curve, _back, _limits, _samples)
    return [write(assayed) for write in writers]


def limits(assayed: Assayed) -> list[str]:
    """Return what the numbers cannot say, each with who found it."""
    known = limits_of(assayed.run.analyte)
    said = [f"{one.text.removesuffix('.')}{_cited(one.sources)}." for one in known]
    always = [
        "An immunoassay measures what its antibody binds under the conditions of its kit; "
        "values of two kits are not the same quantity.",
        "Intervals carry the scatter of replicates and of this plate’s curve. What sampling, "
        "storage, freezing or extraction did to a sample is not in them.",
        "Nobody is scored or ranked: samples are in the order of the layout. Not a medical "
        "device; nothing here is a diagnosis.",
    ]
    return [*said, *always]


def settings_rows(assayed: Assayed) -> list[tuple[str, str]]:
    """Return every setting of the calculation, and the hash of what went in."""
    how, run = assayed.assay, assayed.run
    grids = [grid for plate in run.plates for grid in plate.reads.values()]
    rows = [
        ("Shape of the curve", how.shape),
        ("Weighting", how.weighting),
        ("Read used", join(list(dict.fromkeys(chosen_read(p, how) for p in run.plates)))),
        ("Read subtracted", how.reference or "none"),
        ("Replicates flagged above a CV of", share(how.most_cv)),
        ("Recovery of extraction", f"{how.recovery:g}"),
        ("Wells in the layout", str(len(run.wells))),
        ("SHA-256 of the readings", digest(*grids)),
    ]
    return rows + [("Concluded, not read", text) for text in run.inferences]


def sources_of(assayed: Assayed) -> list[str]:
    """Return the texts that name the papers behind the numbers."""
    shapes = {panel.curve.shape for panel in assayed.panels}
    cited = _keys(assayed)
    return [
        *(SHAPES[name].source for name in sorted(shapes) if name in SHAPES),
        *(CURVE[name] for name in sorted(shapes) if name in CURVE),
        *(SOURCES[key] for key in cited),
        *(UNSAID[key] for key in cited if key in UNSAID),
        CALIBRATION,
        *((TOBIT, IMPUTATION) if _outside(assayed) else ()),
    ]


def keys_of(assayed: Assayed) -> list[str]:
    """Return the keys of what is cited and has no DOI."""
    return [*BOOKS, *(KEYS[key] for key in _keys(assayed) if key in KEYS)]


def _keys(assayed: Assayed) -> list[str]:
    return sorted({key for one in limits_of(assayed.run.analyte) for key in one.sources})


def _plate(panel: Panel, assayed: Assayed) -> str:
    if panel.curve.reason:
        return (
            f"{panel.plate} has no standard curve, and no concentration is given: "
            f"{panel.curve.reason}."
        )
    counts = range_counts([panel])
    said = [f"{panel.plate}: {_shape(panel.curve)}, {_reach(panel, assayed)}."]
    outside = [f"{n} {where} it" for where, n in list(counts.items())[1:3] if n]
    every = sum(counts.values())
    if every:
        within = counts["in range"]
        lie = "lies" if within == 1 else "lie"
        inside = f"Of {plural(every, 'sample')}, {within} {lie} in this range"
        said.append(f"{join([inside, *outside])}.")
    lost = counts["without a concentration"]
    if lost:
        said.append(f"{lost} {'has' if lost == 1 else 'have'} no concentration.")
    return " ".join(said)


def _shape(curve: Curve) -> str:
    title = SHAPES[curve.shape].title if curve.shape in SHAPES else curve.shape
    way = "the response falls with concentration" if curve.competitive else (
        "the response rises with concentration")  # fmt: skip
    return f"{title.lower()} standard curve ({way})"


def _reach(panel: Panel, assayed: Assayed) -> str:
    unit = assayed.run.unit or "(unit not stated)"
    low, high = panel.lower, panel.upper
    if low.reason or high.reason:
        return f"limits of quantification missing ({low.reason or high.reason})"
    said = f"which quantifies {amount(low.value)} to {amount(high.value)}{HARD}{unit}"
    if not panel.detection.reason:
        said += f" and detects from {rounded(panel.detection)}{HARD}{unit} up"
    return said


def _read(assayed: Assayed) -> str:
    run, how = assayed.run, assayed.assay
    plate = run.plates[0]
    count = plural(len(run.plates), "plate")
    was = "was" if len(run.plates) == 1 else "were"
    what = f"{count} of {plate.shape[0] * plate.shape[1]} wells {was}"
    minus = f", from which the read at {how.reference} was subtracted well by well" if (
        how.reference) else ""  # fmt: skip
    off = {
        "blank wells": any(not panel.blank.reason for panel in assayed.panels),
        "wells without antibody": any(not p.nonspecific.reason for p in assayed.panels),
    }
    known = [name for name, there in off.items() if there]
    minus += f"; the mean of {join(known)} was subtracted" if known else ""
    divided = (
        f" Values were divided by a recovery of {how.recovery:g}." if how.recovery != 1 else ""
    )
    return (
        f"{sentence(what)} read ({chosen_read(plate, how)}, {plate.unit}{minus}). Samples: "
        f"{extraction(run.extracted)}.{divided}"
    )


def _curve(assayed: Assayed) -> str:
    how = assayed.assay
    known = SHAPES.get(how.shape)
    title = f"{known.title.lower()} ({known.source})" if known else how.shape
    whose = (
        "The standards of all plates gave one curve"
        if assayed.run.shared
        else "Each plate has its own standard curve"
    )
    return (
        f"{whose}: {title}, by weighted least squares (Findlay and Dillard 2007, "
        f"doi:{CALIBRATION}), the standard deviation of a response being taken as "
        f"{WEIGHTS.get(how.weighting, how.weighting)}; weights are of the fitted responses "
        "(Davidian and Giltinan 1995). Standards were read back from the same curve, which "
        "flatters them."
    )


def _back(assayed: Assayed) -> str:
    boot = any(math.isfinite(r.bootstrap) for p in assayed.panels for r in p.readings)
    also = ", and by bootstrap" if boot else ""
    return (
        "Concentrations were read from the mean response of replicates, with standard errors "
        f"by the delta method{also}, which carry the scatter of the replicates and of the "
        f"curve; 95{THIN}% intervals hold all concentrations whose response differs from the "
        "observed by no more than both. Replicates whose coefficient of variation exceeds "
        f"{share(assayed.assay.most_cv)} are flagged; none was dropped."
    )


def _limits(assayed: Assayed) -> str:
    censored = (
        f", and enters means and areas as censored (Tobin 1958, doi:{TOBIT}; Rubin 1987, "
        f"doi:{IMPUTATION})"
    )
    return (
        "The limit of detection is the concentration whose response is 3 SD from that of wells "
        "without analyte or, where there is no such well, the least concentration that the "
        "curve tells from zero in 19 of 20 samples. The limits of quantification are the "
        "standards farthest apart that, with those between, read back within 20 % (25 % at "
        "the ends) with a coefficient of variation as small, the shares of ICH M10 "
        "(2022); one plate does not validate an assay. A sample outside them is given as below "
        f"or above: it is neither zero nor left out{censored if _outside(assayed) else ''}."
    )


def _outside(assayed: Assayed) -> bool:
    """Whether a sample lies outside the limits."""
    counts = range_counts(assayed.panels)
    return bool(counts["below"] or counts["above"])


def _samples(assayed: Assayed) -> str:
    n = len(assayed.samples)
    return (
        f"{plural(n, 'sample')} with a person and a time can join a session."
        if n
        else "No well of the layout names a person and a time: none can join a session."
    )


def _cited(keys: tuple[str, ...]) -> str:
    """Return authors and year of each source, in brackets."""
    short = [SOURCES[key].partition(").")[0] + ")" for key in keys]
    return f" ({'; '.join(_plain(one) for one in short)})" if short else ""


def _plain(cited: str) -> str:
    return cited.replace(" (", ", ").rstrip(")")


def lines(assayed: Assayed) -> Iterator[str]:
    """Give what a terminal shows: what was measured, each plate in short, and flags."""
    yield f"{heading(assayed)}, {extraction(assayed.run.extracted)}"
    for said in in_short(assayed):
        yield said.replace(HARD, " ").replace(THIN, " ")
    yield from run_flags(assayed)
    for panel in assayed.panels:
        more = [flag for flag in panel.flags if flag != panel.curve.reason]
        yield from (f"{panel.plate}: {flag}" for flag in more)
        single = sum(len(own_flags(one)) for one in parts_of(panel))
        if single:
            yield f"{panel.plate}: {plural(single, 'flag')} of standards, samples and controls"
