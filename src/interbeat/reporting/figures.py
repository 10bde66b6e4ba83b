"""Figures: which panels each one stacks, and what it says in words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from interbeat.core.responses import Responses
from interbeat.core.signal import Signal
from interbeat.dyad.synchrony import Synchrony
from interbeat.pipeline.analysis import Analysis, PersonAnalysis
from interbeat.reporting import _svg, two, wording
from interbeat.reporting._axes import Scale, Tick, bands, time_scale, value_ticks
from interbeat.reporting._format import NINETY_FIVE
from interbeat.reporting._names import measure_label
from interbeat.reporting._panels import (
    Curve,
    Figure,
    Ground,
    Mark,
    Panel,
    band_panel,
    event_panel,
    pair_panel,
    stretch_panel,
    strip_panel,
    track_panel,
    wave_panel,
)
from interbeat.reporting._svg import Frame

__all__ = ["FIRST", "lag_figure", "person_figures", "quality_figure", "synchrony_figure"]

HEART = ("mean_hr", "rmssd", "resphrv")
BREATH = ("breathing_rate",)
IN_THE_HEART = ("heart_breathing_rate",)
MOSTLY = 0.6  # of the seconds: from here on breaths alone tell how fast
SWEAT = ("scl",)
MOST_STROKES = 400  # in a strip; more are shown by their rate
STRIPS = {"cardiac_quality": "Heart", "breathing_quality": "Breath", "eda_quality": "Sweat"}
BEHIND = {  # the track to look at beside the synchrony of a signal
    "heart rate": "mean_hr",
    "skin conductance": "scl",
    "breathing": "breathing_rate",
    "skin conductance responses": "scr_rate",
    "RespHRV": "resphrv",
}
FIRST = ("heart rate", "skin conductance", "breathing")  # the figures of the rest are folded

LAG_KEY = (
    ("line-ink", "mean over windows"),
    ("null", f"{NINETY_FIVE} of what chance gives at each lag"),
    ("limit", "p = 0.05 for the farthest point"),
    ("best", "best lag"),
)

Drawn = tuple[list[Panel], list[str]]


def person_figures(analysis: Analysis, person: PersonAnalysis, who: str) -> Iterator[Figure]:
    """Give the figures of one person's heart, breath and sweat; `who` is ``"a"`` or ``"b"``."""
    if analysis.span.seconds <= 0:
        return
    ground = Ground(analysis.span, time_scale(analysis.span, analysis.start), who)
    tasks = bands(analysis.intervals, analysis.span)
    seen = wording.breath_seen_by_ecg(analysis, person)
    drawn = {
        "heart": _tracks(person, HEART, ground),
        "breath": _breath(person, ground, seen=seen),
        "sweat": _sweat(person, ground),
    }
    for name, (panels, said) in drawn.items():
        if panels:
            title = f"{name.capitalize()} of person {person.person} over time"
            key = _key(panels, who)
            words = " ".join(said)
            yield Figure(f"{name}-{who}", title, tuple(panels), ground.scale, tasks, key, words)


def quality_figure(analysis: Analysis, person: PersonAnalysis, who: str) -> Figure | None:
    """Return a strip per channel that shows when its signal could be trusted."""
    channels = person.derived.channels
    strips = {name: channels[name] for name in STRIPS if name in channels}
    quality = {STRIPS[n]: s for n, s in strips.items() if isinstance(s, Signal) and len(s)}
    if not quality or analysis.span.seconds <= 0:
        return None
    span = analysis.span
    panels = tuple(strip_panel(signal, name, span=span) for name, signal in quality.items())
    said = " ".join(wording.said_of_quality(n, s, span) for n, s in quality.items())
    title = f"Signal quality of person {person.person} over time"
    scale = time_scale(span, analysis.start)
    tasks = bands(analysis.intervals, span)
    key = (("ink", "the higher, the better"),)
    return Figure(f"quality-{who}", title, panels, scale, tasks, key, said)


def synchrony_figure(analysis: Analysis, synchrony: Synchrony, k: int) -> Figure | None:
    """Return both people's tracks over the synchrony of each window and its null band."""
    if not np.isfinite(synchrony.z).any():
        return None
    span, scale = analysis.span, time_scale(analysis.span, analysis.start)
    both = _both(analysis, synchrony.signal, scale)
    panels = [both] if both else []
    s = synchrony
    frame = Frame(*span, *_reach(s.z, s.null_low, s.null_high))
    curve = Curve(s.times, s.z, s.null_low, s.null_high)
    panels.append(band_panel(curve, "Synchrony (Fisher z)", frame=frame, scale=scale))
    if s.episodes.starts.size:
        name = "Episodes that stand out from chance"
        panels.append(stretch_panel(s.episodes.starts, s.episodes.ends, name, span))
    people = zip(("line-a", "line-b dashed"), analysis.people, strict=False)
    key = (
        *(people if both else ()),
        ("line-ink", "synchrony in each window"),
        ("null", f"{NINETY_FIVE} of what chance gives"),
    )
    title = f"Synchrony of {s.signal} over time"
    tasks = bands(analysis.intervals, span)
    said = two.said_of_windows(s)
    return Figure(f"synchrony-{k}", title, tuple(panels), scale, tasks, key, said)


def lag_figure(synchrony: Synchrony, names: tuple[str, str], k: int) -> Figure | None:
    """Return mean synchrony at each lag, with its null band and the best lag."""
    s = synchrony
    if s.lags.size < 2 or not np.isfinite(s.curve).any():
        return None
    low, high = float(s.lags[0]), float(s.lags[-1])
    ticks, values = value_ticks(low, high, 7)
    across = tuple(Tick(round(100 - t.at, 2), t.text) for t in ticks)
    scale = Scale(across, values, f"lag in seconds; right of 0, {names[0]} leads")
    limits = np.array([-s.threshold, s.threshold])
    frame = Frame(low, high, *_reach(s.curve, s.curve_low, s.curve_high, limits))
    curve = Curve(s.lags, s.curve, s.curve_low, s.curve_high)
    panel = band_panel(curve, "Mean synchrony (Fisher z)", frame=frame, scale=scale)
    panel = _with_lag(panel, s, frame)
    drawn = {mark.css for mark in panel.marks}
    key = tuple(row for row in LAG_KEY if row[0] in drawn)
    title = f"Synchrony of {s.signal} at each lag"
    said = two.said_of_lags(s)
    return Figure(f"lags-{k}", title, (panel,), scale, (), key, said, wide=False)


def _breath(person: PersonAnalysis, ground: Ground, *, seen: bool) -> Drawn:
    panels, said = _tracks(person, _rates(person), ground)
    wave = person.derived.channels.get("breathing")
    if isinstance(wave, Signal) and len(wave):
        name = "Breathing, as the ECG shows it" if seen else "Breathing, up is in"
        panel = wave_panel(wave, name, ground)
        panels += [panel] if panel else []
    return panels, said


def _rates(person: PersonAnalysis) -> tuple[str, ...]:
    """Name the breathing rates to draw: that seen in the heart where few breaths are known.

    Not where the heart tells too little of the recording: noise tells as much.
    """
    track = person.tracks.get("breathing_rate")
    known = np.isfinite(track.values).mean() if track is not None and len(track) else 0.0
    rhythm = person.summary.get("heart_breathing_rate")
    if known >= MOSTLY or rhythm is None or rhythm.reason:
        return BREATH
    return (*BREATH, *IN_THE_HEART) if known else IN_THE_HEART


def _sweat(person: PersonAnalysis, ground: Ground) -> Drawn:
    responses = person.derived.channels.get("responses")
    if not isinstance(responses, Responses):
        return _tracks(person, SWEAT, ground)
    if len(responses) > MOST_STROKES and "scr_rate" in person.tracks:
        panels, said = _tracks(person, (*SWEAT, "scr_rate"), ground)
    else:
        panels, said = _tracks(person, SWEAT, ground)
        panels.append(event_panel(responses.times, "Responses", ground))
    return panels, [*said, wording.said_of_responses(responses, person.summary.get("scr_rate"))]


def _tracks(person: PersonAnalysis, names: tuple[str, ...], ground: Ground) -> Drawn:
    panels, said = [], []
    for name in names:
        if name not in person.tracks:
            continue
        track = person.tracks[name]
        panel = track_panel(track, measure_label(name), ground)
        panels += [panel] if panel else []
        beyond = panel.beyond if panel else 0
        said.append(wording.said_of_track(measure_label(name), track, beyond))
    return panels, said


def _both(analysis: Analysis, signal: str, scale: Scale) -> Panel | None:
    """Return both people's tracks in one plot, each as its distance from its own median."""
    name = BEHIND.get(signal, signal)
    tracks = [p.tracks[name] for p in analysis.people.values() if name in p.tracks]
    if len(tracks) < 2 or not all(np.isfinite(t.values).any() for t in tracks):
        return None
    label = f"{measure_label(name)}, difference from own median"
    return pair_panel(tracks, label, analysis.span, scale)


def _reach(*curves: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[float, float]:
    """Return limits that hold all of `curves` and zero, which is where chance is centered."""
    known = np.concatenate([c[np.isfinite(c)] for c in curves] + [np.zeros(1)])
    low, high = float(known.min()), float(known.max())
    pad = 0.08 * max(high - low, 1e-6)
    return low - pad, high + pad


def _with_lag(panel: Panel, s: Synchrony, frame: Frame) -> Panel:
    marks = [Mark("zero", _svg.rules(frame, across=np.zeros(1), at=np.empty(0)))]
    if np.isfinite(s.threshold):
        limits = np.array([-s.threshold, s.threshold])
        marks.append(Mark("limit", _svg.rules(frame, at=limits)))
    if not s.lag.reason:
        best = np.array([s.lag.value])
        marks.append(Mark("best", _svg.rules(frame, across=best, at=np.empty(0))))
    return Panel(panel.label, panel.unit, panel.size, panel.ticks, (*panel.marks, *marks))


def _key(panels: list[Panel], who: str) -> tuple[tuple[str, str], ...]:
    drawn = {mark.css for panel in panels for mark in panel.marks if mark.d}
    crowded = f"reach-{who}" in drawn
    meanings = (
        (f"line-{who}", "estimate (mean of what falls together)" if crowded else "estimate"),
        (f"reach-{who}", "from least to most"),
        (f"band-{who}", f"{NINETY_FIVE} interval"),
    )
    return tuple(row for row in meanings if row[0] in drawn)
