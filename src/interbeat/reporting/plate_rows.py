"""Tables of a plate: standards, samples, controls, and what holds across plates."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from interbeat.core.estimate import Estimate, number
from interbeat.core.plate import PlateRun
from interbeat.neurochemistry.plates.found import Assayed, Panel, Reading, Standard
from interbeat.neurochemistry.plates.limits_of import limits_of
from interbeat.neurochemistry.words import extraction, recovered
from interbeat.reporting._format import HARD, clock, interval, share, tidy, value

__all__ = [
    "ReadingRow", "StandardRow", "amount", "control_rows", "flag_rows", "limit_rows",
    "own_flags", "parameter_rows", "parts_of", "range_counts", "reading_rows", "rounded",
    "run_flags", "share_rows", "standard_rows", "written",
]  # fmt: skip

NOTHING = "\N{EN DASH}"
NO_CURVE = "no standard curve"
OF_ALL = recovered(1.0).partition(",")[0]  # said of the run: not of each sample again


@dataclass(frozen=True, slots=True)
class StandardRow:
    """A standard as the table shows it."""

    name: str
    nominal: str
    wells: str
    mean: str
    cv: str
    back: str
    off: str
    flags: str


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """A sample or control as the table shows it."""

    name: str
    person: str
    time: str
    wells: str
    dilution: str
    spiked: str
    nominal: str
    mean: str
    cv: str
    value: str
    interval: str
    bootstrap: str
    off: str
    extraction: str
    missing: str
    flags: str


def amount(at: float) -> str:
    """Return a number that has no standard error, to four digits.

    Examples
    --------
    >>> amount(15.625), amount(2000.0), amount(0.0), amount(float("nan"))
    ('15.62', '2000', '0', '–')
    """
    if not math.isfinite(at):
        return NOTHING
    return tidy(f"{at:.4g}" if abs(at) < 10000 else f"{at:.0f}")


def rounded(e: Estimate) -> str:
    """Return a value without its standard error, to the digits that this leaves it.

    Examples
    --------
    >>> rounded(Estimate(1.065, 0.3, "nmol/L", 1.0, 2))
    '1.1'
    """
    return tidy(number(e.value, e.se)) if e.se > 0 else amount(e.value)


def written(e: Estimate) -> str:
    """Return an estimate with its unit, or that it is missing and why.

    Examples
    --------
    >>> written(Estimate(38.2, 4.1, "pg/mL", 1.0, 2)).replace(HARD, " ")
    '38 ± 4 pg/mL'
    """
    return f"missing: {e.reason}" if e.reason else f"{value(e)}{HARD}{e.unit}".rstrip(HARD)


def standard_rows(panel: Panel) -> list[StandardRow]:
    """Return the standards of a plate, from the lowest up, as read back."""
    return [_standard(one, panel.curve.reason) for one in panel.standards]


def reading_rows(panel: Panel, run: PlateRun) -> list[ReadingRow]:
    """Return the samples of a plate in the order of the layout."""
    return [_reading(one, run, panel.curve.reason) for one in panel.readings]


def control_rows(panel: Panel, run: PlateRun) -> list[ReadingRow]:
    """Return the samples of known concentration."""
    return [_reading(one, run, panel.curve.reason) for one in panel.controls]


def parameter_rows(panel: Panel, units: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    """Return name, value, unit and interval of each parameter; nothing where no curve is.

    Parameters
    ----------
    panel : Panel
        What a plate gave.
    units : mapping of str to str
        What ``"response"`` and ``"concentration"`` are in.
    """
    if panel.curve.reason:
        return []
    return [
        (name, written(replace(e, unit="")), units.get(e.unit, e.unit), _within(e))
        for name, e in panel.curve.parameters.items()
    ]


def _within(e: Estimate) -> str:
    return NOTHING if e.reason else interval(e)


def limit_rows(panel: Panel) -> list[tuple[str, str]]:
    """Return what was found of limits, blank and nonspecific binding."""
    why = panel.curve.reason
    named = (
        ("Limit of detection", panel.detection),
        ("Lower limit of quantification", panel.lower),
        ("Upper limit of quantification", panel.upper),
        ("Blank", panel.blank),
        ("Nonspecific binding", panel.nonspecific),
    )
    return [(name, _limit(_shortly(e, why))) for name, e in named]


def share_rows(found: Mapping[str, Estimate]) -> list[tuple[str, str, str, str]]:
    """Return name, value as a percentage, interval and number of each share or recovery."""
    return [
        (name, *(_p(e) if name.startswith("p of ") else _share(e)), str(e.n))
        for name, e in found.items()
    ]


def range_counts(panels: Sequence[Panel]) -> dict[str, int]:
    """Return how many samples lie in range, below and above it, and have no concentration."""
    every = [one for panel in panels for one in panel.readings]
    below = sum(one.censored == "below" for one in every)
    above = sum(one.censored == "above" for one in every)
    lost = sum(bool(one.concentration.reason) and not one.censored for one in every)
    return {
        "in range": len(every) - below - above - lost,
        "below": below,
        "above": above,
        "without a concentration": lost,
    }


def flag_rows(assayed: Assayed) -> list[tuple[str, str]]:
    """Return what is flagged, and why: the run, plates, single standards and samples."""
    rows = [("whole run", flag) for flag in run_flags(assayed)]
    for panel in assayed.panels:
        rows += [(panel.plate, flag) for flag in panel.flags]
        for one in parts_of(panel):
            name = f"{panel.plate}, {one.name} ({', '.join(one.places)})"
            rows += [(name, flag) for flag in own_flags(one)]
    return rows


def run_flags(assayed: Assayed) -> list[str]:
    """Return the flags of a run but those limits of its analyte that stand under Limits."""
    known = {one.text for one in limits_of(assayed.run.analyte)}
    return [flag for flag in assayed.flags if flag.partition(" [")[0] not in known]


def own_flags(one: Standard | Reading) -> list[str]:
    """Return the flags of a standard, sample or control but what is said of the whole run."""
    return [flag for flag in one.flags if not flag.startswith(OF_ALL)]


def parts_of(panel: Panel) -> list[Standard | Reading]:
    """Return standards, samples and controls of a plate."""
    return [*panel.standards, *panel.readings, *panel.controls]


def _shortly(e: Estimate, why: str) -> Estimate:
    """Return a missing estimate with a short reason where the whole plate has that one."""
    return replace(e, reason=NO_CURVE) if e.reason and e.reason == why else e


def _limit(e: Estimate) -> str:
    if e.reason or e.se > 0:
        return written(e)
    return f"{amount(e.value)}{HARD}{e.unit}".rstrip(HARD)


def _standard(one: Standard, why: str) -> StandardRow:
    back = _shortly(one.back, why)
    return StandardRow(
        one.name,
        amount(one.nominal),
        ", ".join(one.places),
        _mean(one.responses),
        _cv(one.cv),
        f"missing: {back.reason}" if back.reason else value(back),
        _off(back, one.nominal),
        "; ".join(own_flags(one)),
    )


def _reading(one: Reading, run: PlateRun, why: str) -> ReadingRow:
    said, missing = _concentration(one)
    missing = NO_CURVE if missing and missing == why else missing
    return ReadingRow(
        one.name,
        one.person or NOTHING,
        clock(one.time) if math.isfinite(one.time) else NOTHING,
        ", ".join(one.places),
        amount(one.dilution),
        amount(one.spiked) if one.spiked else NOTHING,
        amount(one.nominal),
        _mean(one.responses),
        _cv(one.cv),
        said,
        NOTHING if missing else _between(one),
        NOTHING if not math.isfinite(one.bootstrap) else number(one.bootstrap, one.bootstrap),
        _off(one.concentration, one.nominal),
        extraction(run.extracted),
        missing,
        "; ".join(own_flags(one)),
    )


def _concentration(one: Reading) -> tuple[str, str]:
    """Return what is said of a concentration, and why it is not there.

    What is below the limit is neither zero nor a number: it is said to be below.
    """
    if one.censored == "below":
        return f"below{HARD}{amount(one.lower)}", ""
    if one.censored == "above":
        return f"above{HARD}{amount(one.upper)}", ""
    if one.concentration.reason:
        return "", one.concentration.reason
    return value(one.concentration), ""


def _between(one: Reading) -> str:
    """Return the 95 % interval, which may be open at either end."""
    low, high = one.interval
    if math.isnan(low) or math.isnan(high):
        return NOTHING
    se = one.concentration.se
    if not se > 0 and math.isfinite(high):
        se = (high - low) / 4  # of what is censored none is given
    low_said, high_said = (_digits(bound, se) for bound in (low, high))
    if math.isinf(high):
        return f"{low_said}{HARD}and{HARD}up"
    return f"{low_said}{HARD}to{HARD}{high_said}"


def _digits(bound: float, se: float) -> str:
    known = math.isfinite(se) and se > 0
    return tidy(number(bound, se)) if known else amount(bound)


def _p(e: Estimate) -> tuple[str, str]:
    """Return a probability, which is no percentage."""
    return (f"missing: {e.reason}" if e.reason else f"{e.value:.2g}"), NOTHING


def _share(e: Estimate) -> tuple[str, str]:
    if e.reason:
        return f"missing: {e.reason}", NOTHING
    if e.unit not in {"", "1"}:
        return written(e), interval(e)
    as_percent = Estimate(100 * e.value, 100 * e.se, "%", e.quality, e.n)
    if e.se == 0:
        return f"{amount(as_percent.value)}{HARD}%", NOTHING
    return f"{value(as_percent)}{HARD}%", interval(as_percent)


def _mean(responses: Sequence[float]) -> str:
    known = [y for y in responses if math.isfinite(y)]
    return amount(sum(known) / len(known)) if known else NOTHING


def _cv(cv: float) -> str:
    return share(cv) if math.isfinite(cv) else NOTHING


def _off(e: Estimate, nominal: float) -> str:
    """Return by how much a value lies off what is in it, in percent."""
    if e.reason or not nominal > 0:
        return NOTHING
    off = round(100 * (e.value / nominal - 1))
    return f"{'+' if off > 0 else ''}{tidy(str(off))}{HARD}%"
