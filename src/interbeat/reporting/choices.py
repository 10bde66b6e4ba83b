"""Choices: the page of a multiverse, which shows how far a result hangs on how it was asked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.dyad._spec import INDICES
from interbeat.dyad.multiverse import LEVEL, Choice, Multiverse, options_of
from interbeat.reporting import _svg
from interbeat.reporting._axes import Scale, Tick, value_ticks
from interbeat.reporting._format import HARD, interval, join, p_value, plural, tidy, value
from interbeat.reporting._names import sentence
from interbeat.reporting._panels import Figure, Mark, Panel
from interbeat.reporting._svg import HEIGHT, WIDTH, Frame
from interbeat.reporting.page import template

__all__ = ["choices_figure", "render_choices", "report_choices", "said_of_choices"]

LEAST = 1e-4  # p that the figure goes down to
KINDS = {"max_lag": "range of lags", "window": "window", "index": "index", "signal": "signal"}
CALLED = {"max_lag": "lags up to ±", "window": "window "}
NOT_THE_BEST = (
    "No choice here is the best one: to report the one with the smallest p is to test "
    "many times and to tell of one."
)


def report_choices(found: Multiverse, path: Path | str) -> Path:
    """Write the page of a multiverse to `path`; return where.

    Parameters
    ----------
    found : Multiverse
        Of one signal or several.
    path : Path or str
        The HTML file to write, in UTF-8; what was there before is replaced.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    OSError
        If `path` cannot be written.
    """
    path = Path(path)
    path.write_text(render_choices(found), encoding="utf-8", newline="\n")
    return path


def render_choices(found: Multiverse) -> str:
    """Return the page of a multiverse as text: no script, no network, the same bytes."""
    return template("choices.html").render(
        said=said_of_choices(found),
        figure=choices_figure(found),
        shares=_share_rows(found),
        rows=[_row(row) for row in found.rows],
        width=WIDTH,
        height=HEIGHT,
    )


def said_of_choices(found: Multiverse) -> list[str]:
    """Return how far the result hangs on the choices, in sentences."""
    tested = found.tested
    if not tested:
        return [f"None of {plural(len(found.rows), 'choice')} gave a p."]
    small = sum(row.p <= LEVEL for row in tested)
    said = [
        f"Of {plural(len(tested), 'choice')} that gave a p, {small} gave one of "
        f"{LEVEL:g} or less; by chance alone about {LEVEL * len(tested):.2g} would on average, "
        "but as all of them look at the same data, chance gives many at once or none.",
        _hangs(found),
    ]
    low, high = found.lags
    if not math.isnan(low):
        told = sum(not row.lag.reason for row in found.rows)
        between = tidy(f"{low:.1f}"), tidy(f"{high:.1f}")
        said.append(
            f"Where a lag was told ({plural(told, 'choice')}), it lay between {between[0]} and "
            f"{between[1]}{HARD}s."
        )
    missing = len(found.rows) - len(tested)
    if missing:
        said.append(f"{plural(missing, 'choice')} gave no value; the table says why.")
    return [*said, NOT_THE_BEST]


def _hangs(found: Multiverse) -> str:
    share = found.share
    if share == 0:
        return "No choice shows the two tied, which does not show that they are not."
    if share == 1:
        return "All choices agree that the two co-vary."
    least, most = _extremes(found)
    if not most:
        return "The answer hangs on the choices."
    return f"The answer hangs on the choices: most on {most}, from {least}."


def _extremes(found: Multiverse) -> tuple[str, str]:
    """Return the kind of choice whose options differ most in their shares, and how far."""
    reach: dict[str, list[tuple[float, str]]] = {}
    for (kind, option), share in found.shares.items():
        if not math.isnan(share):
            reach.setdefault(kind, []).append((share, _called(kind, option)))
    several = {kind: sorted(shares) for kind, shares in reach.items() if len(shares) > 1}
    if not several:
        return "", ""
    kind = max(several, key=lambda k: several[k][-1][0] - several[k][0][0])
    (low, one), (high, other) = several[kind][0], several[kind][-1]
    words = (
        f"{100 * low:.0f}{HARD}% of choices with {one} to {100 * high:.0f}{HARD}% with {other}"
    )
    return words, f"the {KINDS.get(kind, kind)}"


def choices_figure(found: Multiverse) -> Figure | None:
    """Return every tested choice by its p, over what was chosen: a specification curve.

    Simonsohn, Simmons & Nelson (2020), doi:10.1038/s41562-020-0912-z.
    """
    rows = sorted(found.tested, key=lambda row: row.p)
    if not rows:
        return None
    across = np.arange(len(rows), dtype=np.float64)
    options = list(Multiverse(found.tested).shares)
    kinds = [kind for kind, _ in options]
    panels = [_p_panel(np.array([row.p for row in rows]), across)]
    panels += [
        _option_panel(rows, option, across) for option in options if kinds.count(option[0]) > 1
    ]
    ticks, values = value_ticks(0.0, float(len(rows)), 7)
    scale = Scale(
        tuple(Tick(round(100 - t.at, 2), t.text) for t in ticks),
        values,
        "choices, in the order of their p",
    )
    key = (
        ("line-ink", "p of a choice, and below it what was chosen"),
        ("limit", f"p = {LEVEL:g}"),
    )
    said = "Each choice is a column, from the smallest p to the largest."
    return Figure("choices", "Every choice, and its p", tuple(panels), scale, (), key, said)


def _p_panel(p: FloatArray, across: FloatArray) -> Panel:
    frame = Frame(0.0, float(p.size), math.log10(LEAST), 0.0)
    heights = np.arange(math.log10(LEAST), 0.5)
    ticks = tuple(
        Tick(round(100 * h / math.log10(LEAST), 2), f"{10.0**h:g}" if h > -4 else "0.0001")
        for h in heights.tolist()
    )
    marks = (
        Mark("grid", _svg.rules(frame, at=heights)),
        Mark("limit", _svg.rules(frame, at=np.array([math.log10(LEVEL)]))),
        Mark("line-ink", _dashes(frame, across, np.log10(np.maximum(p, LEAST)))),
    )
    return Panel("p", "", "tall", ticks, marks)


def _option_panel(rows: Sequence[Choice], option: tuple[str, str], across: FloatArray) -> Panel:
    frame = Frame(0.0, float(len(rows)), 0.0, 1.0)
    chosen = across[[option in options_of(row) for row in rows]]
    marks = (
        Mark("grid", _svg.rules(frame, at=np.array([0.5]))),
        Mark("line-ink thick", _dashes(frame, chosen, np.full(chosen.size, 0.5))),
    )
    return Panel(sentence(_called(*option)), "", "strip", (), marks)


def _dashes(frame: Frame, across: FloatArray, heights: FloatArray) -> str:
    """Return a level dash for each choice, nearly as wide as its place."""
    first, last = frame.x(across + 0.1).tolist(), frame.x(across + 0.9).tolist()
    at = frame.y(heights).tolist()
    return "".join(f"M{a} {y}H{b}" for a, b, y in zip(first, last, at, strict=True))


def _called(kind: str, option: str) -> str:
    if kind == "index" and option in INDICES:
        return INDICES[option].label
    return f"{CALLED.get(kind, '')}{option}"


def _share_rows(found: Multiverse) -> list[tuple[str, str, str]]:
    """Return kind of choice, option, and the share of its choices with a small p."""
    return [
        (sentence(KINDS.get(kind, kind)), _called(kind, option), f"{100 * share:.0f}{HARD}%")
        for (kind, option), share in found.shares.items()
        if not math.isnan(share)
    ]


def _row(row: Choice) -> tuple[str, ...]:
    """Return a choice as written in the table; the reason last, where there is no value."""
    chosen = join([_called(kind, option) for kind, option in list(options_of(row))[2:]])
    words = (row.signal, _called("index", row.index), chosen)
    if not row.tested or row.value.reason:
        return (*words, "", "", "", "", row.value.reason or "no p")
    lag = "\N{EN DASH}" if row.lag.reason else value(row.lag)
    return (*words, value(row.value), interval(row.value), p_value(row.p), lag, "")
