"""Within one person, drives move the way that the protocol says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl

from interbeat.core.beats import Beats
from interbeat.core.span import Span
from interbeat.state import Drives, drives

Data = Callable[[str], Path]
PHASES = ("Baseline", "Intervention", "Stress", "Recovery")


def stressed(data: Data) -> tuple[Drives, dict[str, Span]]:
    """Return Vp01 of biopsykit: a chest strap, and a stress task of five minutes."""
    book = openpyxl.load_workbook(data("biopsykit/rpeaks_result_Vp01.xlsx"), read_only=True)
    times: list[float] = []
    good: list[bool] = []
    phases: dict[str, Span] = {}
    first: dt.datetime | None = None
    for phase in PHASES:
        rows = book[phase].iter_rows(values_only=True)
        head = [str(name) for name in next(rows)]
        at, bad = head.index("time"), head.index("R_Peak_Outlier")
        before = len(times)
        for row in rows:
            when = row[at]
            assert isinstance(when, dt.datetime)
            first = first or when
            times.append((when - first).total_seconds())
            good.append(not row[bad])
        phases[phase] = Span(times[before], times[-1])
    book.close()
    rising = np.concatenate(([True], np.diff(times) > 0))
    beats = Beats(np.array(times)[rising], np.array(good)[rising], "a")
    return drives(beats, baseline=phases["Baseline"]), phases


def mean(found: Drives, name: str, span: Span) -> float:
    inside = (found.times > span.start + 15) & (found.times < span.end)
    return float(getattr(found, name).values[inside].mean())


def test_in_a_stress_task_vagal_drive_falls_and_sympathetic_rises(data: Data) -> None:
    found, phases = stressed(data)
    for name, sign in (("vagal", -1), ("sympathetic", 1), ("arousal", 1)):
        rest, stress = (mean(found, name, phases[p]) for p in ("Intervention", "Stress"))
        assert sign * (stress - rest) > 0.05, name
    assert mean(found, "vagal", phases["Recovery"]) > mean(found, "vagal", phases["Stress"])
