"""Where the numbers of `interbeat.state` come from: simulated people, and what they really did.

``python -m benchmarks.calibrate_drives widths`` prints by how much standard errors have to be
multiplied so that 90 % intervals cover 90 % of seconds, and how flat ranks are; ``search`` (or
``search blind``, without breathing) looks for numbers of the filter with a better logarithmic
score, coordinate by coordinate; ``onsets`` (``onsets dry``, without sweat; ``onsets live``,
as told live) prints hits and false alarms. What they print belongs into ``_numbers.py`` and
``onsets.py`` of ``interbeat.state``. Seeds are 0 to 999; tests use others.
"""

from __future__ import annotations

import itertools
import math
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from interbeat.body import Inputs, Person, live
from interbeat.body.inputs import RATE
from interbeat.body.truth import PersonTruth
from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.responses import Responses
from interbeat.core.signal import Signal
from interbeat.kernels.drives import Numbers
from interbeat.state import Drives, _numbers, drives, following
from interbeat.state.onsets import peaks, rises, steps, told

REST = 240.0  # s of quiet at first
NAMES = ("vagal", "sympathetic", "arousal")
ROSE = 0.2  # a rise of threat that is no false alarm, though no danger brought it
Z90 = 1.6448536269514722
WEIGHTS = (1.0, 1.0, 0.3)  # of the three in the score
STEPS = {
    "fast_tau": 1.4, "fast_sd": 1.25, "slow_tau": 1.6, "slow_sd": 1.25, "sympathetic_tau": 1.5,
    "sympathetic_sd": 1.25, "arousal_tau": 1.4, "arousal_sd": 1.25, "vagal_withdrawal": 1.25,
    "sympathetic_rise": 1.25, "vagal_lag": 1.2, "sympathetic_lag": 1.2, "wave_hz": 1.15,
    "wave_tau": 1.4, "wave_sd": 1.2, "level_drift": 2.0, "sweating_gain": 1.2, "beat_sd": 1.3,
    "swing_blur": 1.5, "rest_vagal_sd": 1.5, "rest_sympathetic_sd": 1.5, "rest_arousal_sd": 1.5,
}  # fmt: skip


class Day(NamedTuple):
    """One simulated person, and what sensors made of them."""

    truth: PersonTruth
    beats: Beats
    breathing: Signal
    onsets: FloatArray


@cache
def day(seed: int, seconds: float = 1200.0) -> Day:
    """Return a person who rests, and to whom things happen afterwards."""
    rng = np.random.default_rng([71, seed])
    person = Person.drawn(rng, age=float(rng.uniform(22, 60)))
    calm = Inputs.at_rest(seconds)
    tracks: dict[str, Any] = {
        k: np.array(getattr(calm, k))
        for k in ("danger", "safety", "movement", "posture", "pace", "speech")
    }
    at, onsets = REST + rng.uniform(10, 60), []
    while at < seconds - 60:
        lasts = rng.uniform(30, 150)
        rows = slice(int(at * RATE), int(min(at + lasts, seconds) * RATE))
        what = str(rng.choice(list(tracks), p=[0.55, 0.15, 0.05, 0.08, 0.12, 0.05]))
        size = {
            "danger": rng.uniform(0.4, 1.2), "safety": rng.uniform(0.3, 1.0),
            "movement": rng.uniform(0.05, 0.3), "posture": rng.uniform(0.3, 1.0),
            "pace": rng.uniform(5.0, 15.0), "speech": 1.0,
        }  # fmt: skip
        tracks[what][rows] = size[what]
        onsets += [at] * (what == "danger")
        at += lasts + rng.uniform(60, 150)
    truth = live([person], [replace(calm, **tracks)], seed=seed)["a"]
    return Day(truth, _worn(truth.beats, rng), _belt(truth.volume, rng), np.array(onsets))


def _worn(beats: Beats, rng: np.random.Generator) -> Beats:
    """Return beats with some lost, and one heart in three with premature ones, all marked."""
    times, normal = beats.times.copy(), np.ones(len(beats), dtype=bool)
    if rng.random() < 1 / 3:
        early = np.flatnonzero(rng.random(times.size) < 0.01)
        early = early[(early > 0) & (early < times.size - 1)]
        times[early] -= 0.25 * (times[early] - times[early - 1])
        normal[early] = normal[early + 1] = False
    kept = rng.random(times.size) > 0.003
    normal[1:] &= kept[:-1]
    times = times + rng.normal(0, 0.001, times.size)
    return Beats(times[kept], normal[kept], "a")


def _belt(volume: Signal, rng: np.random.Generator) -> Signal:
    slow = volume.values[: volume.values.size // 5 * 5].reshape(-1, 5).mean(axis=1)
    noise = rng.normal(0, 0.08 * np.std(slow), slow.size)
    drift = np.cumsum(rng.normal(0, 0.004 * np.std(slow), slow.size))
    return Signal(rng.uniform(0.5, 3) * (slow + noise + drift), 10.0, "a.u.", "a", 0.04)


def truth_of(truth: PersonTruth, found: Drives) -> FloatArray:
    """Return what should have been found, against the same baseline, shape (n, 3)."""
    assert found.baseline is not None
    rest = slice(*(int(edge * RATE) for edge in found.baseline))
    at = np.minimum((found.times * RATE).astype(int), truth.vagal.values.size - 1)
    logs = [np.log(np.maximum(s.values, 1e-2)) for s in (truth.vagal, truth.sympathetic)]
    return np.stack([x[at] - x[rest].mean() for x in (*logs, truth.threat.values)], axis=1)


def asked(
    seeds: range, *, breathing: bool = True, sweat: bool = True
) -> Iterator[tuple[Day, Drives]]:
    """Give each person, and what is found of them."""
    for seed in seeds:
        one = day(seed)
        yield (
            one,
            drives(
                one.beats,
                breathing=one.breathing if breathing else None,
                responses=Responses(*_answers(one)) if sweat else None,
            ),
        )


def _answers(one: Day) -> tuple[FloatArray, FloatArray, FloatArray, str]:
    seen = one.truth.responses.amplitude > 0.03  # µS: what a detector finds
    r = one.truth.responses
    return r.times[seen], r.peaks[seen], r.amplitude[seen], "a"


class Errors(NamedTuple):
    """Errors and standard errors of all seconds after the baseline; each of shape (n, 3)."""

    off: FloatArray
    se: FloatArray
    truth: FloatArray
    value: FloatArray


def errors(one: Day, found: Drives) -> Errors:
    assert found.baseline is not None
    later = found.times > found.baseline.end
    value = np.stack([getattr(found, n).values for n in NAMES], axis=1)[later]
    se = np.stack([getattr(found, n).se for n in NAMES], axis=1)[later]
    truth = truth_of(one.truth, found)[later]
    return Errors(value - truth, se, truth, value)


def score(numbers: Numbers, seeds: range, *, breathing: bool) -> float:
    """Return the logarithmic score, lower is better, of both passes over three drives."""
    setattr(following, "BREATHED" if breathing else "BLIND", numbers)
    total = []
    for one, found in asked(seeds, breathing=breathing):
        for way in (found, found.followed):
            assert way is not None
            e = errors(one, way)
            # A far miss counts as one of five standard errors: no one person decides.
            lost = np.mean(np.minimum((e.off / e.se) ** 2, 25) / 2 + np.log(e.se), axis=0)
            total.append(lost @ np.array(WEIGHTS))
    return float(np.mean(total))


def search(*, breathing: bool, seeds: range, seconds: float) -> None:
    """Print numbers with a better score: one at a time, up or down, with shrinking steps."""
    best, steps, tries = _numbers.BREATHED if breathing else _numbers.BLIND, dict(STEPS), 1
    lost, begun = score(best, seeds, breathing=breathing), time.process_time()
    if not breathing:
        steps |= {"breath_hz": 1.2, "breath_tau": 1.5, "breath_sd": 1.3}
    print(f"{lost:.4f} at first")
    while time.process_time() - begun < seconds:
        before = lost
        for name in steps:
            for sign in (1, -1):
                changed = best._replace(**{name: getattr(best, name) * steps[name] ** sign})
                now, tries = score(changed, seeds, breathing=breathing), tries + 1
                if now < lost - 1e-4:
                    best, lost = changed, now
                    print(f"{lost:.4f} {name} {getattr(best, name):.4g}", flush=True)
                    break
            else:
                steps[name] **= 0.5
            if time.process_time() - begun > seconds:
                break
        if before - lost < 1e-3:
            break
    print(
        f"{tries} tries\n" + "\n".join(f"    {k}={v:.3g}," for k, v in best._asdict().items())
    )


def widths(seeds: range) -> None:
    """Print widths, and how flat the ranks are with them."""
    for breathing, sweat in itertools.product((True, False), repeat=2):
        kinds: dict[str, list[Errors]] = {"followed": [], "smoothed": []}
        for one, found in asked(seeds, breathing=breathing, sweat=sweat):
            assert found.followed is not None
            if (found.settings["sweat"] == "watched") != sweat:
                continue
            kinds["followed"].append(errors(one, found.followed))
            kinds["smoothed"].append(errors(one, found))
        for way, all_ in kinds.items():
            key = (
                "breathed" if breathing else "blind", way, "watched" if sweat else "unseen",
            )  # fmt: skip
            z = np.concatenate([e.off / e.se for e in all_])
            wider = np.quantile(np.abs(z), 0.9, axis=0) / Z90
            now = np.array(_numbers.WIDTHS[key])
            r = np.nanmean(
                [[_r(e.value[:, k], e.truth[:, k]) for k in range(3)] for e in all_], axis=0
            )
            covered = np.mean(np.abs(z) < Z90, axis=0)
            print(f"    {key}: Widths({', '.join(f'{w:.2f}' for w in now * wider)}),")
            print(f"    # r {r.round(3)}, covered by now {covered.round(3)}")
            for k in range(2):
                ranks = 0.5 * (1 + np.vectorize(math.erf)(z[::10, k] / wider[k] / math.sqrt(2)))
                print(
                    f"    # {NAMES[k]} ranks {np.histogram(ranks, 10, (0, 1))[0] / ranks.size}"
                )


@cache
def stressed(seed: int) -> Day:
    """Return a person whom danger meets for a minute, four times in 25 minutes."""
    rng = np.random.default_rng([72, seed])
    person = Person.drawn(rng, age=float(rng.uniform(22, 60)))
    calm = Inputs.at_rest(1500.0)
    danger, onsets = (
        np.zeros(calm.danger.size),
        420 + 240 * np.arange(4) + rng.uniform(0, 60, 4),
    )
    for at in onsets:
        danger[int(at * RATE) : int((at + 60) * RATE)] = 1.0
    truth = live([person], [replace(calm, danger=danger)], seed=seed)["a"]
    return Day(truth, _worn(truth.beats, rng), _belt(truth.volume, rng), onsets)


@cache
def calm(seed: int) -> Day:
    """Return a person to whom nothing happens in 25 minutes."""
    rng = np.random.default_rng([74, seed])
    person = Person.drawn(rng, age=float(rng.uniform(22, 60)))
    truth = live([person], [Inputs.at_rest(1500.0)], seed=seed)["a"]
    return Day(truth, _worn(truth.beats, rng), _belt(truth.volume, rng), np.empty(0))


def _risen(one: Day, at: float) -> bool:
    """Return whether threat rose around this second: moods bring it without any danger."""
    threat = one.truth.threat.values[int((at - 20) * RATE) : int((at + 20) * RATE)]
    return bool(np.max(threat - np.minimum.accumulate(threat)) >= ROSE)


class Signs(NamedTuple):
    """Of one person: seconds after the baseline, and the sign of stress at each."""

    one: Day
    times: FloatArray
    size: FloatArray


def _signs(seeds: range, *, sweat: bool, live_: bool) -> list[Signs]:
    out = []
    for one in itertools.chain(map(stressed, seeds), map(calm, seeds)):
        answers = Responses(*_answers(one)) if sweat else None
        found = drives(one.beats, breathing=one.breathing, responses=answers)
        if (found.settings.get("sweat") == "watched") != sweat:
            continue
        assert found.baseline is not None
        assert found.followed is not None
        times, size = rises(found.followed) if live_ else steps(found)
        rows = times > found.baseline.end
        out.append(Signs(one, times[rows], size[rows]))
    return out


def stress(seeds: range, *, sweat: bool, live_: bool) -> None:
    """Print what thresholds of onsets give: hits within 10 s, and false alarms."""
    signs = _signs(seeds, sweat=sweat, live_=live_)
    for least in np.arange(0.25, 0.7, 0.05) if live_ else np.arange(1.5, 2.8, 0.1):
        hits = total = false = seconds = 0.0
        for one, times, size in signs:
            rows = size > least
            at = told(times[rows]) if live_ else times[rows & peaks(size)]
            since = at[:, None] - one.onsets
            hits += ((since >= (0 if live_ else -10)) & (since <= 10)).any(axis=0).sum()
            total += one.onsets.size
            idle = at[~((since >= -10) & (since < 120)).any(axis=1)]
            false += sum(not _risen(one, t) for t in idle)
            seconds += times[-1] - times[0] - 130 * one.onsets.size
        print(
            f"from {least:.2f}: {hits / total:.3f} found, {3600 * false / seconds:.2f} false "
            f"an hour ({seconds / 3600:.0f} h)"
        )


def _r(x: FloatArray, y: FloatArray) -> float:
    return float(np.corrcoef(x, y)[0, 1]) if x.std() > 1e-9 and y.std() > 1e-9 else math.nan


def main(words: list[str]) -> None:
    if words[:1] == ["widths"]:
        widths(range(100, 260))
    elif words[:1] == ["search"]:
        search(breathing="blind" not in words, seeds=range(40), seconds=200)
    elif words[:1] == ["onsets"]:
        stress(range(300, 370), sweat="dry" not in words, live_="live" in words)
    else:
        print(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
