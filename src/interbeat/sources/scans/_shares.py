"""Shares of the parent compound in plasma, as files give them."""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.sources.scans._sheet import Sheet

__all__ = ["shares"]

SLACK = 0.1  # above 1 or below 0: what counting noise makes of a share
LEAST_PERCENT = 10.0  # a column whose highest value is above it holds percentages
_PERCENT = {"%", "percent", "per cent", "percentage", "pct"}


def shares(sheet: Sheet, place: int, unit: str) -> tuple[FloatArray, list[str]]:
    """Return shares from 0 to 1, NaN where none was measured, and what was done.

    Raises
    ------
    FormatError
        If one is far below 0, or too high for a share and too low for a percentage.
    """
    values, label = sheet.column(place), sheet.labels[place]
    told = []
    highest = float(np.nanmax(values, initial=0.0))
    if unit.strip().lower() in _PERCENT:
        values = values / 100
        told.append(f"{label} turned from percent into shares")
    elif highest > LEAST_PERCENT:
        values = values / 100
        told.append(f"{label} taken as percent: its highest value is {highest:g}")
    wrong = np.flatnonzero((values > 1 + SLACK) | (values < -SLACK))
    if wrong.size:
        k = int(wrong[0])
        raise sheet.text.wrong(
            f"{sheet.rows[k][place]} cannot be the share of the parent compound: a share is "
            "from 0 to 1, a percentage from 0 to 100",
            sheet.lines[k],
            repr(label),
        )
    if np.any((values > 1) | (values < 0)):
        told.append(f"shares of {label} just outside 0 to 1, by noise, were put at its edge")
    return np.clip(values, 0.0, 1.0), told
