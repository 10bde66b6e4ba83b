"""Figures of a study: real dyads beside pseudo-dyads."""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.pipeline.study.groups import Group
from interbeat.reporting import _svg
from interbeat.reporting._axes import Scale, Tick, value_ticks
from interbeat.reporting._format import plural
from interbeat.reporting._panels import Figure, Mark, Panel
from interbeat.reporting._svg import Frame
from interbeat.reporting.study_words import label_of

__all__ = ["pseudo_figure"]

FEWEST, MOST = 8, 40  # bars
MOST_TICKS = 4


def pseudo_figure(group: Group, k: int) -> Figure | None:
    """Return how real dyads lie among pseudo-dyads; None where there are none of these.

    Parameters
    ----------
    group : Group
        With pseudo-dyads.
    k : int
        Number of the figure on the page.
    """
    if group.compared is None or not group.compared.pseudo.size:
        return None
    real, pseudo = group.compared.real, group.compared.pseudo
    every = np.concatenate((real, pseudo))
    low, high = float(every.min()), float(every.max())
    pad = 0.05 * max(high - low, 1e-9)
    low, high = low - pad, high + pad
    count = int(np.clip(np.sqrt(pseudo.size), FEWEST, MOST))
    shares = {who: _shares(of, low, high, count) for who, of in (("r", real), ("p", pseudo))}
    top = 1.1 * max(float(share.max()) for share in shares.values())
    frame = Frame(low, high, 0.0, top)
    across, values = value_ticks(low, high, 7)
    ticks, heights = value_ticks(0.0, top, MOST_TICKS)
    marks = (
        Mark("grid", _svg.rules(frame, across=values, at=heights)),
        Mark("null", _stairs(frame, shares["p"], filled=True)),
        Mark("line-ink", _stairs(frame, shares["r"], filled=False)),
    )
    strip = Frame(low, high, 0.0, 1.0)
    strokes = (
        Mark("grid", _svg.rules(strip, across=values, at=np.empty(0))),
        Mark("line-ink fine", _svg.ticks(strip, real, 0.0, 1.0)),
    )
    panels = (
        Panel("Share of dyads", "%", "tall", ticks, marks),
        Panel("Each real dyad", "", "events", (), strokes),
    )
    scale = Scale(
        tuple(Tick(round(100 - t.at, 2), t.text) for t in across),
        values,
        f"statistic of {label_of(group.index)}; further right is more tied",
    )
    key = (
        ("line-ink", plural(real.size, "real dyad")),
        ("null", plural(pseudo.size, "pseudo-dyad")),
    )
    said = (
        f"Half of the real dyads lie above {_short(np.median(real))}, half of the pseudo-dyads "
        f"above {_short(np.median(pseudo))}."
    )
    title = f"Real and pseudo-dyads: {group.signal}"
    return Figure(f"pseudo-{k}", title, panels, scale, (), key, said, wide=False)


def _shares(values: FloatArray, low: float, high: float, count: int) -> FloatArray:
    """Return how many percent of `values` fall into each of `count` equal bins."""
    counts, _ = np.histogram(values, bins=count, range=(low, high))
    return 100.0 * counts / max(values.size, 1)


def _stairs(frame: Frame, heights: FloatArray, *, filled: bool) -> str:
    edges = np.linspace(frame.left, frame.right, heights.size + 1)
    across, tops = np.repeat(edges, 2)[1:-1], np.repeat(heights, 2)
    if filled:
        return _svg.area(frame, across, np.zeros(tops.size), tops)
    return _svg.line(frame, across, tops)


def _short(value: float) -> str:
    return f"{value:.3g}".replace("-", "\N{MINUS SIGN}")
