"""Analyses made by hand, for the report to be tried on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.breaths import Breaths
from interbeat.core.estimate import Estimate
from interbeat.core.intervals import Intervals
from interbeat.core.recording import Data, Recording
from interbeat.core.responses import Responses
from interbeat.core.session import Inference
from interbeat.core.signal import Signal
from interbeat.core.span import Span
from interbeat.core.track import Track
from interbeat.dyad.leading import Leading
from interbeat.dyad.synchrony import Synchrony
from interbeat.dyad.windows.episodes import Episodes
from interbeat.pipeline.analysis import Analysis, PersonAnalysis

# name: unit, typical value, its slow wandering, its standard error, window
LEVELS: Mapping[str, tuple[str, float, float, float, float]] = {
    "mean_hr": ("bpm", 68, 9, 0.8, 10),
    "rmssd": ("ms", 38, 12, 4.1, 60),
    "sdnn": ("ms", 52, 15, 5.0, 60),
    "pnn50": ("%", 17, 8, 3.0, 60),
    "lf": ("ms²", 900, 400, 220, 120),
    "hf": ("ms²", 640, 280, 150, 120),
    "resphrv": ("ms", 31, 10, 3.6, 60),
    "breathing_rate": ("breaths/min", 13, 3, 0.5, 60),
    "scl": ("µS", 4.2, 1.6, 0.08, 10),
    "scr_rate": ("responses/min", 3.1, 1.5, 0.9, 60),
    "scr_amplitude": ("µS", 0.21, 0.1, 0.04, 60),
}
HOSTILE = '<script>alert("x")</script>'


def stretches(*rows: tuple[float, float, str]) -> Intervals:
    """Return intervals from (start, end, label) rows."""
    return Intervals(
        np.array([row[0] for row in rows]),
        np.array([row[1] for row in rows]),
        tuple(row[2] for row in rows),
    )


def wandering(rng: np.random.Generator, n: int) -> FloatArray:
    """Return n values of a slow random walk with a spread of about one."""
    kernel = np.hanning(241)
    rough = np.convolve(rng.standard_normal(n + 240), kernel / np.sqrt((kernel**2).sum()))
    return np.asarray(rough[240 : 240 + n])


def track(rng: np.random.Generator, name: str, person: str, seconds: int) -> Track:
    unit, level, swing, se, window = LEVELS[name]
    n = seconds - int(window) + 1
    fine = wandering(rng, n)
    values = np.maximum(level + swing * (0.8 * fine + 0.1 * rng.standard_normal(n)), 0.02)
    times = window + np.arange(n)
    lost = ((times > 0.41 * seconds) & (times < 0.44 * seconds)) | (rng.random(n) < 0.0005)
    reasons = tuple("4 of 10 beat pairs" if gone else "" for gone in lost.tolist())
    values[lost] = np.nan
    spread = np.where(lost, np.nan, se * (1 + 0.3 * np.abs(fine)))
    good = np.where(lost, 0.1, 0.96)
    counts = np.where(lost, 4, 58)
    return Track(name, unit, person, window, window, values, spread, good, counts, reasons)


def about(name: str, rng: np.random.Generator, seconds: float) -> Estimate:
    unit, level, swing, se, _ = LEVELS[name]
    return Estimate(
        max(level + 0.3 * swing * float(rng.standard_normal()), 0.05), se, unit, 0.94,
        max(12, int(seconds)),
    )  # fmt: skip


def derived(rng: np.random.Generator, person: str, seconds: int) -> Recording:
    beats = np.cumsum(0.88 + 0.04 * rng.standard_normal(int(seconds / 0.88)))
    onsets = np.cumsum(np.maximum(4.6 + 0.5 * rng.standard_normal(int(seconds / 4.6)), 2))
    answers = np.cumsum(1.0 + rng.exponential(18, int(seconds / 19)))
    t4 = np.arange(4 * seconds) / 4
    breathing = np.sin(2 * np.pi * t4 / 4.6) * (1 + 0.3 * wandering(rng, t4.size))
    breathing[(t4 > 0.41 * seconds) & (t4 < 0.44 * seconds)] = np.nan
    level = 4.2 + 0.8 * wandering(rng, t4.size)
    trust = np.clip(0.97 - 0.4 * np.maximum(wandering(rng, seconds) - 1, 0), 0, 1)
    trust[int(0.41 * seconds) : int(0.44 * seconds)] = np.nan
    channels: dict[str, Data] = {
        "beats": Beats(beats, rng.random(beats.size) > 0.01, person),
        "breaths": Breaths(onsets, onsets + 1.7, np.full(onsets.size, 0.8), onsets > 0, person),
        "responses": Responses(answers, answers + 1.9, 0.1 + 0.1 * answers / seconds, person),
        "breathing": Signal(breathing, 4, "a.u.", person, 0),
        "scl": Signal(level, 4, "µS", person, 0),
        "cardiac_quality": Signal(trust, 1, "", person, 0),
        "breathing_quality": Signal(np.sqrt(trust), 1, "", person, 0),
        "eda_quality": Signal(np.clip(trust * 1.02, 0, 1), 1, "", person, 0),
    }
    return Recording(person, channels)


def person_analysis(
    rng: np.random.Generator, person: str, seconds: int, tasks: Intervals
) -> PersonAnalysis:
    summary = {name: about(name, rng, seconds) for name in LEVELS}
    summary["scr_amplitude"] = Estimate.missing("µS", "2 of 5 responses", 0.3, 2)
    by_interval = {
        label: {name: about(name, rng, end - start) for name in LEVELS}
        for start, end, label in tasks.rows()
    }
    for estimates in list(by_interval.values())[:1]:
        estimates["lf"] = Estimate.missing("ms²", "60 s of the 120 s that LF needs")
    return PersonAnalysis(
        person=person,
        inputs={"ecg": "250 Hz, mV", "respiration": "25 Hz, a.u.", "eda": "4 Hz, µS"},
        derived=derived(rng, person, seconds),
        tracks={name: track(rng, name, person, seconds) for name in LEVELS},
        summary=summary,
        by_interval=by_interval,
        excluded=stretches(
            (0.41 * seconds, 0.44 * seconds, "ecg: no data"),
            (0.7 * seconds, 0.7 * seconds + 1.2, "beats: ectopic, misplaced or missed"),
            (0.71 * seconds, 0.71 * seconds + 2.4, "beats: ectopic, misplaced or missed"),
        ),
    )


def bouts(seconds: int) -> Episodes:
    return replace(
        Episodes.missing("not asked"),
        starts=np.array([0.2, 0.55]) * seconds,
        ends=np.array([0.3, 0.6]) * seconds,
        share=Estimate(0.16, 0.04, "", 0.9, 2),
        rate=Estimate(2.0, 0.8, "1/h", 0.9, 2),
        length=Estimate(0.08 * seconds, 0.02 * seconds, "s", 0.9, 2),
        entries=Estimate(2.4, 0.9, "1/h", 0.9, 2),
        exits=Estimate(12.0, 5.0, "1/h", 0.9, 2),
    )


def synchrony(
    rng: np.random.Generator, signal: str, seconds: int, *, p: float, lag: float
) -> Synchrony:
    times = np.arange(30, seconds - 30, 10.0)
    width = 0.35 + 0.05 * rng.random(times.size)
    z = (0.25 if p < 0.05 else 0.02) + 0.2 * wandering(rng, times.size)
    z[(times > 0.41 * seconds) & (times < 0.44 * seconds)] = np.nan
    lags = np.arange(-5, 5.25, 0.25)
    curve = (0.22 if p < 0.05 else 0.03) * np.exp(-((lags - lag) ** 2) / 4)
    return Synchrony(
        signal=signal,
        strength=Estimate(float(np.nanmean(z)), 0.05, "", 0.9, int(times.size)),
        lag=Estimate(lag, 0.4, "s", 0.9, int(times.size)),
        p=p,
        floor=10 / seconds,
        times=times,
        z=z,
        null_low=-width,
        null_high=width,
        lags=lags,
        curve=curve + 0.01 * rng.standard_normal(lags.size),
        curve_low=np.full(lags.size, -0.09),
        curve_high=np.full(lags.size, 0.09),
        settings={
            "window": 30.0, "hop": 10.0, "max_lag": 5.0, "sampling_rate": 4.0,
            "shifts": 4.0 * seconds, "high_pass": 0.01,
        },
        threshold=0.13,
        episodes=bouts(seconds) if p < 0.05 else Episodes.missing("no window stands out"),
        detectable=Estimate(0.28, 0.05, "", 0.9, 4 * seconds),
        needed=Estimate(3300.0, 600.0, "s", 0.9, 4 * seconds),
    )  # fmt: skip


def leader(signal: str, lag: float, who: str = "a") -> Leading:
    found = Estimate(lag, 0.3, "s", 0.9, 9000)
    past = {"a_foretells_b_p": Estimate(0.01, 0.0, "", 0.9, 900)}
    reasons = (f"the lag is {lag:.1f} s, between {lag - 0.6:.1f} and {lag + 0.6:.1f} s",)
    lags = np.arange(-5, 5.25, 0.25)
    return Leading(
        signal, who, reasons, found, lag - 0.6, lag + 0.6, 0.004, 0.003, past, lags,
        np.exp(-((lags - lag) ** 2)), 0.3, {"sensor_error": 0.05},
    )  # fmt: skip


def trailing(rng: np.random.Generator, seconds: int) -> Track:
    n = seconds - 39
    z = wandering(rng, n)
    reasons = tuple(
        "under 205 s of both to tell chance by" if k < 165 else "" for k in range(n)
    )
    gone = np.arange(n) < 165
    z[gone] = np.nan
    se = np.where(gone, np.nan, 0.3)
    name = "heart rate trailing synchrony"
    return Track(name, "", "ab", 40.0, 40.0, z, se, ~gone * 0.9, ~gone * 120, reasons)


def unknowable(signal: str, reason: str) -> Synchrony:
    none = np.empty(0)
    return Synchrony(
        signal, Estimate.missing("", reason), Estimate.missing("s", reason), math.nan, math.nan,
        none, none, none, none, none, none, none, none,
    )  # fmt: skip


def make(persons: str, seconds: int, *, seed: int = 1) -> Analysis:
    """Return an analysis of one person ("a") or two ("ab") over `seconds`."""
    rng = np.random.default_rng(seed)
    tasks = stretches(
        (0.03 * seconds, 0.25 * seconds, "rest"),
        (0.3 * seconds, 0.6 * seconds, "talk about a conflict"),
        (0.65 * seconds, 0.9 * seconds, "hold hands"),
    )
    people = {who: person_analysis(rng, who, seconds, tasks) for who in persons}
    two = len(persons) == 2
    dyad = {
        "heart rate": synchrony(rng, "heart rate", seconds, p=0.0031, lag=1.5),
        "skin conductance": synchrony(rng, "skin conductance", seconds, p=0.31, lag=-2.0),
        "breathing": unknowable("breathing", "b's breathing was not measured"),
    }
    return Analysis(
        title="couple01",
        span=Span(0.0, float(seconds)),
        start=datetime(2024, 3, 5, 14, 2, 10, tzinfo=UTC),
        people=people,
        dyad=dyad if two else None,
        intervals=tasks,
        inferences=(
            Inference("a.edf, EKG", "channel", "ecg", "its label says so (--channel)"),
            Inference("b.txt", "unit", "ms", "the median is 812"),
        ),
        sources=("a.edf", "b.txt"),
        settings={
            "beats": "R peaks from a band-passed ECG (8 to 30 Hz), refined by a parabola",
            "correction": "beats whose interval departs from its neighbors are marked",
            "synchrony": "windowed cross-correlation, 30 s windows, lags within ±5 s",
        },
        versions={"interbeat": "0.1.0", "Python": "3.11.2", "NumPy": "2.4.0"},
        together={"heart rate trailing synchrony": trailing(rng, seconds)} if two else {},
        leading={"heart rate": leader("heart rate", 1.5)} if two else {},
    )


def nobody_measured() -> Analysis:
    """Return a session of one person with no channel at all."""
    person = PersonAnalysis("a", {}, Recording("a", {}), {}, {}, {}, Intervals.none())
    return Analysis("", Span(0.0, 0.0), None, {"a": person}, None, Intervals.none(), (), ())


def hostile_session() -> Analysis:
    """Return an analysis whose every name came from a hostile file."""
    whole = make("ab", 600)
    tasks = stretches((60.0, 200.0, HOSTILE), (70.0, 220.0, '" onload="alert(1)'))
    a = replace(
        whole.people["a"],
        inputs={"ecg": HOSTILE},
        by_interval={HOSTILE: {"rmssd": Estimate.missing("ms", HOSTILE)}},
        excluded=stretches((1.0, 2.0, HOSTILE)),
    )
    return replace(
        whole,
        title=HOSTILE,
        people={"a": a, "b": replace(whole.people["b"], by_interval={})},
        intervals=tasks,
        inferences=(Inference(HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
        sources=(HOSTILE,),
        settings={HOSTILE: HOSTILE},
        versions={HOSTILE: HOSTILE},
    )


@pytest.fixture(scope="session")
def couple() -> Analysis:
    return make("ab", 3600)


@pytest.fixture(scope="session")
def alone() -> Analysis:
    return make("a", 300)


@pytest.fixture(scope="session")
def day() -> Analysis:
    return make("ab", 86_400)


@pytest.fixture(scope="session")
def hostile() -> Analysis:
    return hostile_session()


@pytest.fixture(scope="session")
def unmeasured() -> Analysis:
    return nobody_measured()
