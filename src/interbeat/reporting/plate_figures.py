"""Figures of a plate: its standard curve, and what the standards leave of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from interbeat.core.arrays import FloatArray
from interbeat.core.estimate import Estimate
from interbeat.neurochemistry.plates._noise import size_of
from interbeat.neurochemistry.plates.found import Curve, Panel
from interbeat.neurochemistry.standards._spec import SHAPES
from interbeat.reporting import _panels as panels
from interbeat.reporting import _svg
from interbeat.reporting._axes import Scale, value_ticks
from interbeat.reporting._dots import dots, log_values, padded, placed, strokes
from interbeat.reporting._format import NINETY_FIVE, plural
from interbeat.reporting._panels import Figure, Mark
from interbeat.reporting._svg import Frame
from interbeat.reporting.plate_rows import rounded

__all__ = ["curve_figure", "residuals"]

ROOM = 0.2  # decades beyond the outermost standards
GAP = 0.45  # decades from the logarithmic axis down to where 0 is drawn
POINTS = 200
USUAL = 2.0  # standard deviations within which 95 % of the residuals should lie


@dataclass(frozen=True, slots=True)
class _Ground:
    """The axis of concentrations: logarithms, with a place of its own for none at all."""

    nothing: float
    left: float
    right: float
    zero: bool

    @property
    def first(self) -> float:
        """Where the axis begins."""
        return self.nothing - GAP / 2 if self.zero else self.left

    def across(self, concentrations: FloatArray) -> FloatArray:
        """Return where concentrations lie."""
        above = concentrations > 0
        logs = np.log10(np.where(above, concentrations, 1.0))
        return np.asarray(np.where(above, logs, self.nothing))


def curve_figure(panel: Panel, *, unit: str, response: str, k: int) -> Figure | None:
    """Return the standard curve with its standards and samples; None where there is none.

    Parameters
    ----------
    panel : Panel
        What a plate gave.
    unit, response : str
        Of concentrations and of responses.
    k : int
        Number of the plate on the page.
    """
    ground = _ground(panel)
    if ground is None:
        return None
    tall = _curve_panel(panel, ground, response)
    below = _residual_panel(panel, ground)
    both = (tall, below) if below is not None else (tall,)
    said = _said(panel)
    return Figure(
        f"curve-{k}", f"Standard curve: {panel.plate}", both, _scale(ground, unit), (),
        _key(panel), said, wide=True,
    )  # fmt: skip


def residuals(panel: Panel) -> tuple[FloatArray, FloatArray]:
    """Return nominal concentration and weighted residual of each standard's well.

    A residual is divided by the standard deviation that the curve expects of such a response.
    Both are empty where there is no curve.
    """
    curve = panel.curve
    points = [(s.nominal, y) for s in panel.standards for y in s.responses]
    if curve.reason or not points or not curve.sigma > 0:
        return np.empty(0), np.empty(0)
    x, y = np.array(points, dtype=np.float64).T
    expected = SHAPES[curve.shape].response(curve.values, x)
    spread = curve.sigma * size_of(expected, curve.floor) ** curve.power
    good = np.isfinite(y) & (spread > 0)
    return x[good], (y[good] - expected[good]) / spread[good]


def _ground(panel: Panel) -> _Ground | None:
    nominal = [s.nominal for s in panel.standards if math.isfinite(s.nominal)]
    above = [value for value in nominal if value > 0]
    if not above:
        return None
    limits = [e.value for e in _limits(panel).values() if not e.reason and e.value > 0]
    low, high = min(above + limits), max(above + limits)
    left, right = math.log10(low) - ROOM, math.log10(high) + ROOM
    return _Ground(left - GAP, left, right, zero=len(above) < len(nominal))


def _limits(panel: Panel) -> dict[str, Estimate]:
    return {
        "detection": panel.detection,
        "lower limit": panel.lower,
        "upper limit": panel.upper,
    }


def _scale(ground: _Ground, unit: str) -> Scale:
    frame = Frame(ground.first, ground.right, 0.0, 1.0)
    values = log_values(10**ground.left, 10**ground.right)
    many = len(values) > 5
    ticks = [
        placed(math.log10(v), frame, f"{v:g}", narrow=not many or k % 2 == 0)
        for k, v in enumerate(values)
    ]
    if ground.zero:
        ticks.insert(0, placed(ground.nothing, frame, "0"))
    at = np.array([math.log10(v) for v in values])
    return Scale(tuple(ticks), at, f"concentration in the well, {unit or 'unit not stated'}")


def _curve_panel(panel: Panel, ground: _Ground, response: str) -> panels.Panel:
    points = [(s.nominal, y) for s in panel.standards for y in s.responses if math.isfinite(y)]
    x, y = np.array(points, dtype=np.float64).reshape(-1, 2).T
    there = np.linspace(ground.left, ground.right, POINTS)
    line, low, high = _band(panel.curve, 10**there)
    samples = _samples(panel)
    between = (there >= ground.left + ROOM) & (there <= ground.right - ROOM)
    bottom, top = padded([y, line[between], samples[1]])
    bottom = min(bottom, 0.0) if bottom < 0.2 * top else bottom
    frame = Frame(ground.first, ground.right, bottom, top)
    inside = (line >= bottom) & (line <= top)
    line, low, high = (np.where(inside, values, np.nan) for values in (line, low, high))
    ticks, heights = value_ticks(frame.low, frame.high, 6)
    marks = [Mark("grid", _svg.rules(frame, across=_scale(ground, "").values, at=heights))]
    if not panel.curve.reason:
        marks += [
            Mark("band-a", _svg.area(frame, there, low, high)),
            Mark("line-a", _svg.line(frame, there, line)),
            *_at_zero(panel.curve, ground, frame),
        ]
    limits = [e.value for e in _limits(panel).values() if not e.reason and e.value > 0]
    if limits:
        upright = _svg.rules(frame, across=np.log10(limits), at=np.empty(0))
        marks.append(Mark("limit", upright))
    marks += [
        Mark("line-b", strokes(frame, ground.across(samples[0]), samples[1])),
        Mark("dot", dots(frame, ground.across(x), y)),
    ]
    return panels.Panel("Response", response, "high", ticks, tuple(marks))


def _band(curve: Curve, x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the curve and its pointwise 95 % band, by the delta method."""
    if curve.reason:
        nothing = np.full(x.size, np.nan)
        return nothing, nothing, nothing
    shape = SHAPES[curve.shape]
    line = shape.response(curve.values, x)
    gradient = shape.gradient(curve.values, x)
    variance = np.einsum("ij,jk,ik->i", gradient, curve.covariance, gradient)
    reach = student.ppf(0.975, max(curve.freedom, 1)) * np.sqrt(np.maximum(variance, 0.0))
    return line, line - reach, line + reach


def _at_zero(curve: Curve, ground: _Ground, frame: Frame) -> list[Mark]:
    """Return the curve and its band where there is none of the analyte."""
    if not ground.zero:
        return []
    line, low, high = (np.repeat(v, 2) for v in _band(curve, np.zeros(1)))
    ends = ground.nothing + np.array([-0.25, 0.25]) * GAP
    gap = np.array([(ground.nothing + ground.left) / 2])
    return [
        Mark("band-a", _svg.area(frame, ends, low, high)),
        Mark("line-a", _svg.line(frame, ends, line)),
        Mark("zero", _svg.rules(frame, across=gap, at=np.empty(0))),
    ]


def _samples(panel: Panel) -> tuple[FloatArray, FloatArray]:
    """Return where on the curve samples and controls lie: what is in the well, response."""
    means = [float(np.mean(r.responses)) for r in (*panel.readings, *panel.controls)
             if r.responses]  # fmt: skip
    y = np.array([m for m in means if math.isfinite(m)])
    if panel.curve.reason or not y.size:
        return np.empty(0), np.empty(0)
    x = SHAPES[panel.curve.shape].concentration(panel.curve.values, y)
    good = np.isfinite(x) & (x >= 0)
    return x[good], y[good]


def _residual_panel(panel: Panel, ground: _Ground) -> panels.Panel | None:
    x, off = residuals(panel)
    if not x.size:
        return None
    most = max(1.15 * float(np.abs(off).max()), USUAL * 1.3)
    frame = Frame(ground.first, ground.right, -most, most)
    ticks, heights = value_ticks(-most, most, 5)
    ends = np.array([ground.first, ground.right])
    usual = np.full(2, USUAL)
    marks = (
        Mark("grid", _svg.rules(frame, across=_scale(ground, "").values, at=heights)),
        Mark("null", _svg.area(frame, ends, -usual, usual)),
        Mark("zero", _svg.rules(frame, at=np.zeros(1))),
        Mark("dot", dots(frame, ground.across(x), off)),
    )
    return panels.Panel("Weighted residual of the standards", "SD", "tall", ticks, marks)


def _key(panel: Panel) -> tuple[tuple[str, str], ...]:
    key = [("dot", "well of a standard")]
    if panel.curve.reason:
        return tuple(key)
    key += [("line-a", "fitted curve"), ("band-a", f"{NINETY_FIVE} band of the curve")]
    if _samples(panel)[0].size:
        key.append(("line-b", "sample or control"))
    if any(not e.reason and e.value > 0 for e in _limits(panel).values()):
        key.append(("limit", "limits"))
    if residuals(panel)[0].size:
        key.append(("null", "±2 SD"))
    return tuple(key)


def _said(panel: Panel) -> str:
    if panel.curve.reason:
        return f"No curve is drawn: {panel.curve.reason}."
    every = len(panel.readings) + len(panel.controls)
    limits = ", ".join(
        f"{name} {rounded(e)}" for name, e in _limits(panel).items() if not e.reason
    )
    _, off = residuals(panel)
    beyond = int((np.abs(off) > USUAL).sum())
    parts = [
        f"{plural(len(panel.standards), 'standard')}; {_drawn(panel)} of {every} samples and "
        "controls lie on the part of the curve that is drawn"
    ]
    parts += [f"limits from left to right: {limits}"] if limits else []
    parts += [f"{beyond} of {off.size} residuals beyond ±2 SD"] if off.size else []
    return "; ".join(parts) + "."


def _drawn(panel: Panel) -> int:
    """Return how many samples and controls the figure shows."""
    ground = _ground(panel)
    if ground is None:
        return 0
    at = ground.across(_samples(panel)[0])
    return int(((at >= ground.first) & (at <= ground.right)).sum())
