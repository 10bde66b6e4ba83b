"""What a report of an immunoassay should state, filled from the run where it tells it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from interbeat.core.estimate import Estimate
from interbeat.neurochemistry.plates.found import Assayed, Panel, Reading
from interbeat.neurochemistry.plates.limits import AT_ENDS, WITHIN
from interbeat.neurochemistry.plates.limits_of import is_oxytocin
from interbeat.neurochemistry.plates.precision import INTER, INTRA, PLATES
from interbeat.neurochemistry.standards._spec import SHAPES
from interbeat.neurochemistry.words import extraction
from interbeat.reporting._format import HARD, join, plural, share
from interbeat.reporting.plate_rows import amount, range_counts, rounded, share_rows

__all__ = ["UNSTATED", "guideline_rows", "guideline_title"]

UNSTATED = "not in the file: state it"
LISTED = 4  # plates that are told one by one; of more, the least and the most
M10 = "ICH M10, 2022"
REVIEWS = "McCullough et al. 2013; MacLean et al. 2019; Tabak et al. 2023"
Say = Callable[[Panel, str], str]


def guideline_title(assayed: Assayed) -> str:
    """Return what the table is called, with whom it follows."""
    after = f"{M10}; {REVIEWS}" if is_oxytocin(assayed.run.analyte) else M10
    return f"What a report should state (after {after})"


def guideline_rows(assayed: Assayed) -> list[tuple[str, str]]:
    """Return what a reviewer of an immunoassay asks, and what this run says of it.

    Parameters
    ----------
    assayed : Assayed
        What :func:`~interbeat.neurochemistry.plates.assaying.assay` returned.

    Returns
    -------
    list of tuple of str
        What is asked, and the numbers of this run, or that they are not in its file.

    Notes
    -----
    What is asked of standards and controls is after ICH M10 [1]_, section 4, which asks it of
    several runs: one run that has it all is not a validated assay. The rest is what reviews of
    oxytocin assays miss most in reports [2]_ [3]_.

    References
    ----------
    .. [1] ICH (2022). M10: Bioanalytical method validation and study sample analysis.
    .. [2] MacLean et al. (2019). Psychoneuroendocrinology 107:225-231,
       doi:10.1016/j.psyneuen.2019.05.018.
    .. [3] Tabak et al. (2023). Molecular Psychiatry 28:127-140,
       doi:10.1038/s41380-022-01719-z.
    """
    return [
        ("Kit, its maker and its lot", UNSTATED),
        ("Antibody, and what else it binds (cross-reactivity)", UNSTATED),
        ("Matrix", assayed.run.matrix or UNSTATED),
        ("Extraction", _extracted(assayed)),
        ("Recovery of extraction", _recovery(assayed)),
        *_standards(assayed),
        ("Controls within 20 % (asked: low, middle and high)", _controls(assayed)),
        ("Standard curve and weighting", _curve(assayed)),
        *_replicates(assayed),
        ("Limits of detection and quantification", _by_plate(assayed, _limits)),
        ("Values outside the limits", _outside(assayed)),
        ("Inter-assay CV", _precision(assayed, INTER)),
        ("Plate effect", _precision(assayed, PLATES)),
        ("Linearity of dilution", _shares(assayed.dilution)),
        ("Parallelism", _shares(assayed.parallelism)),
        ("Recovery of what was added", _shares(assayed.spike)),
        ("Tubes, anticoagulant and protease inhibitor", UNSTATED),
        ("Time until frozen, storage, and how often thawed", UNSTATED),
        ("Time of day of the samples", UNSTATED),
        ("Cycle phase, contraception and medication", UNSTATED),
        ("How samples were assigned to plates, and who knew the groups", UNSTATED),
    ]


def _extracted(assayed: Assayed) -> str:
    known = assayed.run.extracted
    return UNSTATED if known is None else extraction(known)


def _recovery(assayed: Assayed) -> str:
    kept = assayed.assay.recovery
    if kept != 1:
        return f"{share(kept)}, by which values were divided"
    return "none: unextracted" if assayed.run.extracted is False else UNSTATED


def _standards(assayed: Assayed) -> list[tuple[str, str]]:
    return [
        ("Levels of standards above zero (asked: 6 or more)", _by_plate(assayed, _levels)),
        (
            "Standards read back within 20 %, at the limits 25 % (asked: 75 % of them)",
            _by_plate(assayed, _read_back),
        ),
    ]


def _by_plate(assayed: Assayed, say: Say) -> str:
    """Return what is said of each plate, once where it is the same of all."""
    unit = assayed.run.unit
    said = {panel.plate: say(panel, unit) for panel in assayed.panels}
    if len(set(said.values())) == 1:
        each = "on each plate: " if len(said) > 1 and not assayed.run.shared else ""
        return each + next(iter(said.values()))
    told = [f"{plate}: {what}" for plate, what in said.items()]
    more = len(told) - LISTED
    rest = [f"{plural(more, 'more plate')} as in their tables"] if more > 0 else []
    return "; ".join(told[:LISTED] + rest)


def _levels(panel: Panel, unit: str) -> str:
    levels = sorted({one.nominal for one in panel.standards if one.nominal > 0})
    if not levels:
        return "none"
    reach = f", {amount(levels[0])} to {amount(levels[-1])}{HARD}{unit}".rstrip(HARD)
    return f"{len(levels)}{reach}"


def _read_back(panel: Panel, _unit: str) -> str:
    if panel.curve.reason:
        return f"no standard curve: {panel.curve.reason}"
    there = [one for one in panel.standards if one.nominal > 0]
    if not there:
        return "none"
    ends = _ends(panel)
    good = sum(
        _near(one.back, one.nominal, AT_ENDS if one.nominal in ends else WITHIN)
        for one in there
    )
    return f"{good} of {len(there)} ({share(good / len(there))}), by the curve they made"


def _ends(panel: Panel) -> set[float]:
    """Return the limits of quantification; the outermost standards where there is none."""
    limits = (panel.lower, panel.upper)
    if not any(one.reason for one in limits):
        return {one.value for one in limits}
    levels = [one.nominal for one in panel.standards if one.nominal > 0]
    return {min(levels), max(levels)}


def _near(back: Estimate, nominal: float, within: float) -> bool:
    return not back.reason and abs(back.value / nominal - 1) <= within


def _controls(assayed: Assayed) -> str:
    levels: dict[float, list[Reading]] = {}
    for panel in assayed.panels:
        for one in panel.controls:
            if one.nominal > 0:
                levels.setdefault(one.nominal, []).append(one)
    if not levels:
        return "none in the layout"
    return f"{plural(len(levels), 'level')}: " + "; ".join(
        _level(at, levels[at], assayed.run.unit) for at in sorted(levels)
    )


def _level(nominal: float, there: Sequence[Reading], unit: str) -> str:
    good = sum(not one.censored and _near(one.concentration, nominal, WITHIN) for one in there)
    return f"{good} of {len(there)} at {amount(nominal)}{HARD}{unit}".rstrip(HARD)


def _curve(assayed: Assayed) -> str:
    how = assayed.assay
    title = SHAPES[how.shape].title.lower() if how.shape in SHAPES else how.shape
    whose = "one for all plates" if assayed.run.shared else ""
    return ", ".join(filter(None, (title, f"weighting {how.weighting}", whose)))


def _replicates(assayed: Assayed) -> Iterator[tuple[str, str]]:
    """Give how often samples were read, and how far wells of one differ."""
    every = [one for panel in assayed.panels for one in panel.readings]
    counts = sorted({len(one.places) for one in every})
    wells = join([str(n) for n in counts])
    most = assayed.assay.most_cv
    over = sum(one.cv > most for one in every)
    rule = f"{over} of {len(every)} flagged for a CV above {share(most)}; none dropped"
    yield "Wells of a sample", wells or "no sample in the layout"
    yield "Rule for replicates that differ", rule
    yield "Intra-assay CV", _precision(assayed, INTRA)


def _precision(assayed: Assayed, name: str) -> str:
    if name not in assayed.precision:
        return UNSTATED
    found = assayed.precision[name]
    if found.reason:
        return f"{UNSTATED} ({found.reason})"
    return share_rows({name: found})[0][1]


def _limits(panel: Panel, unit: str) -> str:
    named = (("detects from", panel.detection), ("quantifies from", panel.lower),
             ("up to", panel.upper))  # fmt: skip
    said = [
        f"{words} {rounded(one)}{HARD}{unit}".rstrip(HARD)
        for words, one in named
        if not one.reason
    ]
    lost = next((one.reason for _, one in named if one.reason), "")
    return ", ".join(said) or f"none: {lost}"


def _outside(assayed: Assayed) -> str:
    counts = range_counts(assayed.panels)
    every = sum(counts.values())
    if not every:
        return "no sample in the layout"
    return (
        f"{counts['below']} below and {counts['above']} above, of {every}: given as that, "
        "neither zero nor left out"
    )


def _shares(found: Mapping[str, Estimate]) -> str:
    """Return between what recoveries or slopes lie, and how many there are."""
    known = [100 * e.value for e in found.values() if not e.reason]
    if not known:
        why = next((e.reason for e in found.values()), "")
        return f"{UNSTATED} ({why})" if why else UNSTATED
    least, most = min(known), max(known)
    return f"{least:.0f} to {most:.0f}{HARD}% (n = {len(known)})"
