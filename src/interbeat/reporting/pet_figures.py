"""Figures of a PET scan: curves with their fit, residuals, and the model's own plot."""

from __future__ import annotations

import math

import numpy as np

from interbeat.core.activity import HALF_LIVES, Regions, decay_factors
from interbeat.core.arrays import FloatArray
from interbeat.neurochemistry.scans.bound import Bound
from interbeat.neurochemistry.tracers._spec import Fit
from interbeat.reporting import _svg
from interbeat.reporting._axes import value_ticks
from interbeat.reporting._dots import dots, fitted_line, linear_scale, padded
from interbeat.reporting._format import plural
from interbeat.reporting._names import sentence
from interbeat.reporting._panels import Figure, Mark, Panel
from interbeat.reporting._svg import Frame

__all__ = ["course_figure", "curve_figure", "plot_figure", "residuals"]

MINUTE = 60.0  # s
USUAL = 2.0  # standard deviations within which 95 % of the residuals should lie


def curve_figure(bound: Bound, region: str, *, name: str) -> Figure | None:
    """Return the activity of a region with its fit and what the fit leaves.

    Parameters
    ----------
    bound : Bound
        What a scan gave.
    region : str
        One of its regions.
    name : str
        Id of the figure in the page.

    Returns
    -------
    Figure or None
        None where the region has no value.
    """
    fit = bound.regions[region]
    activity = _corrected(bound.scan, region)
    if not np.isfinite(activity).any():
        return None
    minutes = bound.scan.middles / MINUTE
    end = float(bound.scan.ends[-1]) / MINUTE
    scale = linear_scale(0.0, end, "minutes since the injection")
    reference = _corrected(bound.scan, bound.reference) if bound.reference else None
    shown = [activity, fit.fitted, *([reference] if reference is not None else [])]
    frame = Frame(0.0, end, *_from_zero(*padded(shown)))
    ticks, heights = value_ticks(frame.low, frame.high, 6)
    marks = [Mark("grid", _svg.rules(frame, across=scale.values, at=heights))]
    key = [("dot", "frame"), ("line-a", "fit")]
    if reference is not None:
        marks.append(Mark("line-b dashed", _svg.line(frame, minutes, reference)))
        key.append(("line-b dashed", f"reference: {bound.reference}"))
    left_out = ~np.asarray(fit.used, dtype=np.bool_)
    if (left_out & np.isfinite(activity)).any():
        marks.append(Mark("dot faint", dots(frame, minutes[left_out], activity[left_out])))
        key.append(("dot faint", "frame not used by the fit"))
    marks += [
        Mark("line-a", _svg.line(frame, minutes, fit.fitted)),
        Mark("dot", dots(frame, minutes[~left_out], activity[~left_out])),
    ]
    panels = [Panel("Activity", bound.scan.unit or "unit not stated", "high", ticks,
                    tuple(marks))]  # fmt: skip
    off = residuals(bound, region)
    below = _residual_panel(minutes, off, end)
    if below is not None:
        panels.append(below)
        key.append(("null", "±2 SD"))
    return Figure(name, f"Activity of {region}", tuple(panels), scale, (), tuple(key),
                  _said(bound, fit, region, off), wide=False)  # fmt: skip


def plot_figure(fit: Fit, region: str, *, model: str, name: str) -> Figure | None:
    """Return a linear model's own plot; None where it has none.

    Parameters
    ----------
    fit : Fit
        Of one region.
    region, model : str
        What they are called.
    name : str
        Id of the figure in the page.
    """
    if not {"x", "y", "line"} <= set(fit.plot):
        return None
    x, y, line = (np.asarray(fit.plot[part], dtype=np.float64) for part in ("x", "y", "line"))
    if not (np.isfinite(x) & np.isfinite(y)).any():
        return None
    across, upwards = _bulk(x, fit.used), _bulk(y, fit.used)
    frame = Frame(*padded([across]), *padded([upwards]))
    scale = linear_scale(frame.left, frame.right, "abscissa of the model")
    ticks, heights = value_ticks(frame.low, frame.high, 6)
    used = np.asarray(fit.used, dtype=np.bool_)
    inside = (x >= frame.left) & (x <= frame.right) & (y >= frame.low) & (y <= frame.high)
    there = inside & (line >= frame.low) & (line <= frame.high)
    same = used.size == x.size
    front = inside & used if same else inside
    marks = (
        Mark("grid", _svg.rules(frame, across=scale.values, at=heights)),
        Mark("dot faint", dots(frame, x[inside & ~front], y[inside & ~front])),
        Mark("line-a", fitted_line(frame, x[there], line[there])),
        Mark("dot", dots(frame, x[front], y[front])),
    )
    beyond = int((np.isfinite(x) & np.isfinite(y) & ~inside).sum())
    cut = (
        f" {plural(beyond, 'early frame')} far beyond the axes are not drawn." if beyond else ""
    )
    count = plural(int(front.sum()), "frame")
    said = f"{sentence(model)} fits a line to {count} of {region}.{cut}"
    key = (("dot", "frame used"), ("dot faint", "frame before t*"), ("line-a", "fit"))
    panel = Panel("Ordinate of the model", "", "high", ticks, marks)
    return Figure(
        name, f"{sentence(model)} of {region}", (panel,), scale, (), key, said, wide=False
    )


def course_figure(bound: Bound, region: str, *, name: str) -> Figure | None:
    """Return binding over the time of a scan; None where the model does not follow it.

    Parameters
    ----------
    bound : Bound
        What a scan gave.
    region : str
        One of its regions.
    name : str
        Id of the figure in the page.
    """
    plot = bound.regions[region].plot
    if "y" in plot or not {"x", "line"} <= set(plot) or not np.isfinite(plot["line"]).any():
        return None
    end = float(bound.scan.ends[-1]) / MINUTE
    scale = linear_scale(0.0, end, "minutes since the injection")
    frame = Frame(0.0, end, *_from_zero(*padded([np.zeros(1), plot["line"]])))
    ticks, heights = value_ticks(frame.low, frame.high, 6)
    marks = (
        Mark("grid", _svg.rules(frame, across=scale.values, at=heights)),
        Mark("line-a", _svg.line(frame, plot["x"], plot["line"])),
    )
    low, high = (float(most(plot["line"])) for most in (np.nanmin, np.nanmax))
    said = f"BP_ND of {region} as the model has it: {low:.3g} to {high:.3g}."
    panel = Panel("BP_ND", "", "high", ticks, marks)
    return Figure(name, f"Binding in {region} over the scan", (panel,), scale, (),
                  (("line-a", "fit"),), said, wide=False)  # fmt: skip


def residuals(bound: Bound, region: str) -> FloatArray:
    """Return weighted residuals of the frames in standard deviations; NaN in unused ones."""
    fit = bound.regions[region]
    off = np.sqrt(bound.weights) * (_corrected(bound.scan, region) - fit.fitted)
    off = np.where(np.asarray(fit.used, dtype=np.bool_), off, np.nan)
    known = off[np.isfinite(off)]
    spread = math.sqrt(float(np.mean(known**2))) if known.size else 0.0
    return np.asarray(off / spread) if spread > 0 else np.full(off.size, np.nan)


def _corrected(scan: Regions, region: str) -> FloatArray:
    """Return the activity of a region as the fit saw it: corrected for decay."""
    activity = scan.activity[region]
    half_life = HALF_LIVES.get(scan.radionuclide)
    if scan.decay_corrected is not False or half_life is None:
        return activity
    factors = decay_factors(scan.starts, scan.durations, half_life=half_life)
    return np.asarray(activity * factors)


def _from_zero(low: float, high: float) -> tuple[float, float]:
    """Begin at 0 unless activity is negative."""
    return (0.0, high) if low > -0.08 * high else (low, high)


def _bulk(values: FloatArray, used: np.ndarray) -> FloatArray:
    """Return what a plot must show: the frames used, and others not far beyond them."""
    finite = values[np.isfinite(values)]
    front = values[used & np.isfinite(values)] if used.size == values.size else finite
    front = front if front.size else finite
    low, high = float(front.min()), float(front.max())
    room = 1.5 * (high - low)
    return np.asarray(finite[(finite >= low - room) & (finite <= high + room)])


def _residual_panel(minutes: FloatArray, off: FloatArray, end: float) -> Panel | None:
    known = off[np.isfinite(off)]
    if not known.size:
        return None
    most = max(1.15 * float(np.abs(known).max()), USUAL * 1.3)
    frame = Frame(0.0, end, -most, most)
    scale = linear_scale(0.0, end, "")
    ticks, heights = value_ticks(-most, most, 5)
    ends, usual = np.array([0.0, end]), np.full(2, USUAL)
    marks = (
        Mark("grid", _svg.rules(frame, across=scale.values, at=heights)),
        Mark("null", _svg.area(frame, ends, -usual, usual)),
        Mark("zero", _svg.rules(frame, at=np.zeros(1))),
        Mark("dot", dots(frame, minutes, off)),
    )
    return Panel("Weighted residual", "SD", "tall", ticks, marks)


def _said(bound: Bound, fit: Fit, region: str, off: FloatArray) -> str:
    known = off[np.isfinite(off)]
    used = int(np.asarray(fit.used, dtype=np.bool_).sum())
    beyond = int((np.abs(known) > USUAL).sum())
    fitted = "" if np.isfinite(fit.fitted).any() else " There is no fit."
    frames = plural(bound.scan.starts.size, "frame")
    tail = f"; {beyond} of {known.size} residuals beyond ±2 SD" if known.size else ""
    return f"{region}: {frames}, {used} of them used{tail}.{fitted}"
