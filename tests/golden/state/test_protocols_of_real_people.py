"""Drives of three real people, each against their own rest, go where the protocol says.

Only directions within one person are asked, and only where heart rate itself changed. What the
recordings cannot tell is said beside each test; nothing is said between people.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import interbeat as ib
from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.signal import Signal
from interbeat.core.span import Span
from interbeat.signals.correction import mark_beats
from interbeat.state import PATTERNS, Drives, drives

Find = Callable[[str], Path]
NAMES = ("vagal", "sympathetic")


def _mean(found: Drives, name: str, span: Span) -> float:
    inside = (found.times >= span.start) & (found.times < span.end)
    return float(getattr(found, name).values[inside].mean())


def _covers_rest(found: Drives, name: str, span: Span) -> float:
    """Return the share of seconds whose 90 % interval covers rest."""
    inside = (found.times >= span.start) & (found.times < span.end)
    low, high = found.interval(name)
    return float(np.mean((low[inside] <= 0) & (high[inside] >= 0)))


# ----- biopsykit, Vp01: rest, a cold face, mental stress, recovery; 85, 77, 88, 86 beats/min

# Seconds since 12:32:05, as ecg_time_log.xlsx has them.
PHASES = {
    "rest": Span(0.0, 65.0),
    "cold face": Span(65.0, 175.0),
    "stress": Span(175.0, 460.0),
    "recovery": Span(460.0, 595.0),
}


@pytest.fixture(scope="module")
def stressed(data: Find) -> Drives:
    """Beats are the peer's: the recorder's own binary file is no format that we read."""
    return _stressed(data("biopsykit/rpeaks_result_Vp01.xlsx"))


@cache
def _stressed(path: Path) -> Drives:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True)
    begun = datetime(2019, 10, 23, 12, 32, 5)
    rows = [row[0] for sheet in book for row in sheet.iter_rows(min_row=2, values_only=True)]
    told = [when for when in rows if isinstance(when, datetime)]
    times = np.unique([(when - begun).total_seconds() for when in told])
    return drives(mark_beats(Beats.at(times, "a")), baseline=PHASES["rest"])


def test_a_cold_face_raises_vagal_drive_and_stress_takes_it_away(stressed: Drives) -> None:
    """The cold face test is meant to raise it; mental arithmetic in public to lower it."""
    cold, stress = (_mean(stressed, "vagal", PHASES[name]) for name in ("cold face", "stress"))
    assert cold > 0
    assert stress < cold - 0.05


def test_stress_raises_sympathetic_drive_above_that_of_the_cold_face(stressed: Drives) -> None:
    cold, stress = (
        _mean(stressed, "sympathetic", PHASES[name]) for name in ("cold face", "stress")
    )
    assert stress > cold


def test_nobody_is_called_settled_and_much_stays_unknown_without_breathing(
    stressed: Drives,
) -> None:
    """Recovery is not told from stress here: rate falls by 2, and RMSSD falls too."""
    assert any("Breathing was not measured" in cost for cost in stressed.costs)
    assert stressed.patterns[:, PATTERNS.index("settled")].max() == 0
    assert stressed.patterns[:, PATTERNS.index("unknown")].mean() > 0.3


# ----- electrophys_unam: one person, an hour of techniques against anxiety; no belt

BEGUN = datetime(2018, 6, 7, 18, 5, 4)
CONTROL = Span(0.0, 351.0)  # three recordings of a minute each


@pytest.fixture(scope="module")
def breathed(data: Find) -> tuple[Drives, dict[str, list[Span]]]:
    return _breathed(data("electrophys_unam/ECGrespiration"))


@cache
def _breathed(folder: Path) -> tuple[Drives, dict[str, list[Span]]]:
    """Return the drives of all recordings at their hours, and when each technique was used."""
    times, normal, spans = [], [], dict[str, list[Span]]()
    for path in sorted(folder.rglob("*.wav"), key=lambda one: one.name):
        ecg = ib.read(path).recordings[0].channels["ecg"]
        start = (datetime.strptime(path.stem[14:], "%Y-%m-%d_%H.%M.%S") - BEGUN).total_seconds()
        assert isinstance(ecg, Signal)
        beats = mark_beats(ib.detect_beats(_slower(ecg), sampling_rate=500))
        times.append(beats.times + start)
        normal.append(beats.normal & (np.arange(len(beats)) > 0))
        span = Span(start + 5, start + len(ecg) / ecg.sampling_rate)
        spans.setdefault(path.parent.name.split("_")[0], []).append(span)
    return drives(
        Beats(np.concatenate(times), np.concatenate(normal), "a"), baseline=CONTROL
    ), spans


def _slower(ecg: Signal) -> FloatArray:
    """Return it at 500 Hz: 10 kHz of a toy amplifier, twenty to one."""
    assert ecg.sampling_rate == 10_000
    return np.asarray(ecg.values[: len(ecg) // 20 * 20].reshape(-1, 20).mean(axis=1))


@pytest.mark.parametrize("technique", ["respiracionesProfundas", "respiraciónOla"])
def test_deep_breathing_that_slows_the_heart_raises_vagal_drive(
    breathed: tuple[Drives, dict[str, list[Span]]], technique: str
) -> None:
    """75 beats/min at rest, 70 to 72 in each technique; how far breath feigns it is unknown."""
    found, spans = breathed
    assert np.mean([_mean(found, "vagal", span) for span in spans[technique]]) > 0.03


@pytest.mark.parametrize(
    "technique", ["aguantandoRespiración", "respiracionesProfundas", "respiraciónOla"]
)
def test_no_technique_is_said_to_raise_sympathetic_drive(
    breathed: tuple[Drives, dict[str, list[Span]]], technique: str
) -> None:
    found, spans = breathed
    assert (
        np.mean([_covers_rest(found, "sympathetic", span) for span in spans[technique]]) > 0.8
    )
    mobilized = PATTERNS.index("mobilized")
    for span in spans[technique]:
        inside = (found.times >= span.start) & (found.times < span.end)
        assert found.patterns[inside, mobilized].mean() < 0.1


# ----- garcia_physio: five minutes of slow breathing, 6 a minute, in which nothing changes


@pytest.mark.parametrize("way", ["airflow", "airflow the other way up", "no breathing"])
def test_where_nothing_happens_nothing_is_found(data: Find, way: str) -> None:
    """80 to 83 beats/min in each minute. Which way an airflow runs is not written in it."""
    ecg = np.load(data("garcia_physio/ecg1.npy")).astype(np.float64)
    air = np.load(data("garcia_physio/resp1_airflow.npy")).reshape(-1, 40).mean(axis=1)
    signs = {"airflow": 1.0, "airflow the other way up": -1.0}
    breath = Signal(signs[way] * air, 25.0, "a.u.", "a", 0.0) if way in signs else None
    found = drives(mark_beats(ib.detect_beats(ecg, sampling_rate=1000)), breathing=breath)
    assert found.baseline is not None
    later = Span(found.baseline.end, 300.0)
    for name in NAMES:
        assert abs(_mean(found, name, later)) < 0.35
        assert _covers_rest(found, name, later) > 0.8
