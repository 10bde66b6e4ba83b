"""Scanned: what the page of a session says of binding that comes from a PET scan."""

from __future__ import annotations

import math

from interbeat.core.estimate import Estimate
from interbeat.core.sample import Sample
from interbeat.pipeline.analysis import Analysis
from interbeat.reporting._format import HARD, clock, value

__all__ = ["scanned_rows"]


def scanned_rows(analysis: Analysis) -> list[tuple[str, str, str, str, str, str]]:
    """Return person, time, what was found, region, value and flags of each binding."""
    return [_row(sample) for sample in analysis.samples if sample.of_scan]


def _row(one: Sample) -> tuple[str, str, str, str, str, str]:
    flags = "; ".join(one.flags) or "none"
    return one.person, clock(one.time), one.analyte, one.matrix, _found(one), flags


def _found(one: Sample) -> str:
    unit = "" if one.unit == "1" else f"{HARD}{one.unit}"
    if not (math.isfinite(one.se) and one.se > 0):
        return f"{one.value:.3g}{unit}"
    return f"{value(Estimate(one.value, one.se, '', 1.0, 1))}{unit}"
