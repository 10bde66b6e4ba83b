"""Tables of a PET scan: regions, differences between scans, and what guidelines ask for."""

from __future__ import annotations

import math
from dataclasses import dataclass

from interbeat.core.activity import Regions
from interbeat.core.estimate import Estimate, number
from interbeat.neurochemistry.scans.bound import Bound, Displaced
from interbeat.neurochemistry.tracers._spec import MODELS, Fit
from interbeat.reporting._format import HARD, tidy, value

__all__ = [
    "WITHIN", "ChangeRow", "RegionRow", "change_rows", "concluded", "direction", "flag_rows",
    "flags_of_scan", "guideline_rows", "is_told", "outcome", "parameter_names", "region_rows",
    "unit_of", "within",
]  # fmt: skip

NOTHING = "\N{EN DASH}"
TWO = "in the condition than at baseline"
WITHIN = "at the peak than before the onset"
UNSTATED = "not in the file: state it"


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A region as the table shows it: its outcome first, then the other parameters."""

    name: str
    value: str
    interval: str
    missing: str
    others: tuple[str, ...]
    frames: str
    t_star: str
    k2_prime: str
    flags: str


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """How binding of one region differs between scans, as the table shows it."""

    name: str
    baseline: str
    condition: str
    change: str
    interval: str
    repeatability: str
    said: str


def outcome(bound: Bound) -> str:
    """Return what the model gives: ``"BP_ND"`` or ``"V_T"``."""
    return MODELS[bound.model].outcome


def unit_of(bound: Bound) -> str:
    """Return the unit of what the model gives; ``""`` of a ratio or a share."""
    units = {fit.parameters[outcome(bound)].unit for fit in bound.regions.values()}
    return next(iter(units - {"", "1"}), "")


def parameter_names(bound: Bound) -> list[str]:
    """Return the other parameters with their units, in the order of the model."""
    first = outcome(bound)
    units: dict[str, str] = {}
    for fit in bound.regions.values():
        units |= {name: e.unit for name, e in fit.parameters.items() if name != first}
    return [
        f"{name}, {unit}" if unit not in {"", "1"} else name for name, unit in units.items()
    ]


def region_rows(bound: Bound) -> list[RegionRow]:
    """Return the regions in the order of the file."""
    names = [name.partition(",")[0] for name in parameter_names(bound)]
    return [_region(bound, region, fit, names) for region, fit in bound.regions.items()]


def change_rows(found: Displaced) -> list[ChangeRow]:
    """Return how each region differs: less in the condition is negative."""
    return [_change(found, region) for region in found.change]


def direction(
    region: str, change: Estimate, reach: tuple[float, float], *, what: str, when: str = TWO
) -> str:
    """Return the sign of a difference in words: only where its interval leaves 0 out.

    Parameters
    ----------
    region : str
        Where.
    change : Estimate
        As a share; negative where there is less.
    reach : tuple of float
        Its 95 % interval.
    what : str
        That changed: ``"V_T"`` holds what is not bound too, and is lower or higher.
    when : str
        What is compared with what.

    Returns
    -------
    str

    Examples
    --------
    >>> less = Estimate(-0.1, 0.02, "", 1.0, 2)
    >>> direction("putamen", less, (-0.14, -0.06), what="BP_ND").replace(HARD, " ")
    'less is bound in putamen in the condition than at baseline'
    >>> direction("putamen", less, (-0.14, 0.06), what="BP_ND")
    'no difference is shown in putamen: the interval holds 0'
    """
    if change.reason or math.isnan(reach[0]):
        return f"no difference can be told in {region}: {change.reason or 'no interval'}"
    if reach[0] <= 0 <= reach[1]:
        return f"no difference is shown in {region}: the interval holds 0"
    if what == "V_T":
        return f"V_T of {region} is {'lower' if change.value < 0 else 'higher'} {when}"
    return f"{'less' if change.value < 0 else 'more'} is bound in {region} {when}"


def is_told(change: Estimate, reach: tuple[float, float]) -> bool:
    """Return whether the sign of a difference is told: its interval leaves 0 out."""
    return not (change.reason or math.isnan(reach[0]) or reach[0] <= 0 <= reach[1])


def flags_of_scan(bound: Bound) -> tuple[str, ...]:
    """Return what is flagged of the scan, its blood and the fit, each once."""
    drawn = () if bound.blood is None else bound.blood.flags
    return tuple(dict.fromkeys((*bound.scan.flags, *drawn, *bound.flags)))


def concluded(bound: Bound) -> tuple[str, ...]:
    """Return what was concluded of the scan and its blood, not read."""
    drawn = () if bound.blood is None else bound.blood.inferences
    return tuple(dict.fromkeys((*bound.scan.inferences, *drawn)))


def flag_rows(bound: Bound, name: str = "scan") -> list[tuple[str, str]]:
    """Return what is flagged and where: in the file, the whole scan, single regions."""
    rows = [(name, flag) for flag in flags_of_scan(bound)]
    for region, fit in bound.regions.items():
        rows += [(region if name == "scan" else f"{name}, {region}", f) for f in fit.flags]
    return rows


def guideline_rows(bound: Bound, *, order: str = "") -> list[tuple[str, str]]:
    """Return what the guidelines of Knudsen et al. (2020) ask a report to state.

    Parameters
    ----------
    bound : Bound
        What a scan gave.
    order : str
        What was said of the order of two scans.
    """
    scan = bound.scan
    by_file = {True: "corrected", False: "corrected here", None: "not stated; taken as so"}
    return [
        ("Tracer", scan.tracer or UNSTATED),
        ("Radionuclide", scan.radionuclide or UNSTATED),
        ("Injected activity, mass and molar activity", UNSTATED),
        ("Bolus or infusion, and its length", UNSTATED),
        ("Scanner, reconstruction, attenuation and scatter correction", UNSTATED),
        ("Frames", _frames(scan)),
        ("Correction for decay", by_file[scan.decay_corrected]),
        ("Unit of activity", scan.unit or UNSTATED),
        ("Motion correction and registration", UNSTATED),
        ("How regions were delineated", UNSTATED),
        ("Correction for partial volume", UNSTATED),
        ("Volumes of regions", _volumes(scan)),
        ("Kinetic model", f"{MODELS[bound.model].title} ({MODELS[bound.model].source})"),
        ("Reference region", bound.reference or "none: arterial input"),
        ("Arterial input", _blood(bound)),
        ("Weights of frames", bound.weighting),
        ("Outcome", outcome(bound)),
        ("Order of scans, counterbalanced or not", order or UNSTATED),
        ("Test-retest variability of this tracer and region", UNSTATED),
    ]


def _region(bound: Bound, region: str, fit: Fit, names: list[str]) -> RegionRow:
    first = fit.parameters[outcome(bound)]
    blank = Estimate.missing("", "not a parameter of this fit")
    others = tuple(_plain(fit.parameters.get(name, blank)) for name in names)
    used = int(fit.used.sum())
    return RegionRow(
        region,
        "" if first.reason else _plain(first),
        NOTHING if first.reason else _between(fit, outcome(bound)),
        first.reason,
        others,
        f"{used} of {fit.used.size}",
        _told(fit.settings.t_star),
        _told(fit.settings.k2_prime),
        "; ".join(fit.flags),
    )


def _change(found: Displaced, region: str) -> ChangeRow:
    change, reach = found.change[region], found.intervals[region]
    before, after = (_outcome(bound, region) for bound in (found.baseline, found.condition))
    percent = Estimate.missing("%", change.reason) if change.reason else Estimate(
        100 * change.value, 100 * change.se, "%", change.quality, change.n)  # fmt: skip
    between = NOTHING
    if not (change.reason or math.isnan(reach[0])):
        low, high = (tidy(f"{100 * bound:.1f}") for bound in reach)
        between = f"{low}{HARD}to{HARD}{high}"
    apart = found.repeatability.get(region, math.nan)
    return ChangeRow(
        region,
        before,
        after,
        _plain(percent),
        between,
        f"{100 * apart:.0f}" if math.isfinite(apart) else NOTHING,
        direction(region, change, reach, what=outcome(found.baseline)),
    )


def _outcome(bound: Bound, region: str) -> str:
    fit = bound.regions.get(region)
    return NOTHING if fit is None else _plain(fit.parameters[outcome(bound)])


def within(fit: Fit, name: str) -> tuple[float, float]:
    """Return the 95 % interval of a parameter: the model's own where it gives one."""
    own = fit.plot.get(name)
    if own is not None and own.size == 2:
        return float(own[0]), float(own[1])
    return fit.parameters[name].interval


def _between(fit: Fit, name: str) -> str:
    low, high = within(fit, name)
    if math.isnan(low) or math.isnan(high):
        return NOTHING
    se = fit.parameters[name].se
    ends = [tidy(number(end, se) if se > 0 else f"{end:.4g}") for end in (low, high)]
    return f"{ends[0]}{HARD}to{HARD}{ends[1]}"


def _plain(e: Estimate) -> str:
    if e.reason:
        return NOTHING
    return value(e) if e.se > 0 else tidy(f"{e.value:.4g}")


def _told(setting: float) -> str:
    if math.isnan(setting):
        return NOTHING
    return "left out" if math.isinf(setting) else f"{setting:.4g}"


def _frames(scan: Regions) -> str:
    runs: list[tuple[float, int]] = []
    for duration in scan.durations.tolist():
        if runs and abs(runs[-1][0] - duration) < 0.5:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((duration, 1))
    listed = ", ".join(f"{n} × {duration:g} s" for duration, n in runs)
    lost = float(scan.starts[-1] + scan.durations[-1]) / 60
    return f"{scan.starts.size}, the last until {lost:.4g} min: {listed}"


def _volumes(scan: Regions) -> str:
    known = [v for v in scan.volumes.values() if math.isfinite(v)]
    if not known:
        return UNSTATED
    return f"{min(known):.3g} to {max(known):.3g} mL"


def _blood(bound: Bound) -> str:
    if bound.blood is None:
        return "none"
    return f"{bound.blood.times.size} samples, {bound.blood.source}"
