"""Person: how one simulated body breathes, beats and sweats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from tests.designed.noise import band, drifting, pink, shaped
from tests.designed.traits import Person

from interbeat.core.arrays import BoolArray, FloatArray

__all__ = [
    "GRID",
    "Breathing",
    "Plan",
    "Sweat",
    "bateman",
    "beat",
    "breathe",
    "premature",
    "resphrv",
    "slow_heart_rate",
    "sweat",
]

GRID = 20.0  # Hz: fine enough that a straight line between two points errs by under 0.05 ms
INSPIRATION = 0.4  # share of a breath
VAGAL_CORNER = 0.12  # Hz, Hirsch and Bishop 1981: 7.2 breaths a minute
RISE = 0.75  # s, the quicker time constant of a skin conductance response
SLOWEST, FASTEST = 30.0, 200.0  # bpm
SKIN_DELAY = 1.8  # s from the nerve's burst to the response's onset


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What the tasks ask of both, over the grid of times (s); each array of shape (n,).

    Parameters
    ----------
    times : ndarray, shape (n,)
        The grid, in s, 20 points a second.
    starts, breathing, paced : ndarray, shape (k,)
        Of each task: when it starts (s), breaths per minute, whether there is a pacer.
    heart_rate : ndarray, shape (n,)
        In bpm against rest.
    arousal, sweat : ndarray, shape (n,)
        0 to 1; ``sweat`` is arousal as the slower skin conductance level follows it.
    vagal : ndarray, shape (n,)
        Factor on RespHRV (RSA).
    contact : ndarray, shape (n,)
        0 to 1.
    """

    times: FloatArray
    starts: FloatArray
    breathing: FloatArray  # per task, breaths per minute
    paced: BoolArray  # per task
    heart_rate: FloatArray  # bpm against rest
    arousal: FloatArray
    sweat: FloatArray  # arousal as the slower skin conductance level follows it
    vagal: FloatArray
    contact: FloatArray

    @property
    def seconds(self) -> float:
        """How long it all takes."""
        return float(self.times.size / GRID)


class Breathing(NamedTuple):
    """Breaths, and what they do at each time of the grid.

    Parameters
    ----------
    onsets, peaks, depths : ndarray, shape (k,)
        Start and end of each inspiration (s), and liters.
    volume : ndarray, shape (n,)
        Liters in the lungs above rest.
    wave : ndarray, shape (n,)
        -1 at the onset of a breath, 1 at the end of its inspiration.
    rate, depth : ndarray, shape (n,)
        Of the breath at hand, in Hz and liters.
    """

    onsets: FloatArray
    peaks: FloatArray
    depths: FloatArray
    volume: FloatArray  # liters
    wave: FloatArray  # -1 at the onset of a breath, 1 at the end of its inspiration
    rate: FloatArray  # Hz
    depth: FloatArray  # liters


class Sweat(NamedTuple):
    """Responses, and the conductance they add up to at each time of the grid.

    Parameters
    ----------
    onsets, peaks, amplitudes : ndarray, shape (k,)
        Of the responses: s, s and µS.
    level, conductance : ndarray, shape (n,)
        Without and with the responses, in µS.
    """

    onsets: FloatArray
    peaks: FloatArray
    amplitudes: FloatArray
    level: FloatArray
    conductance: FloatArray


def breathe(plan: Plan, rng: np.random.Generator) -> Breathing:
    """Return breaths one by one: periods AR(1) about the task's, or at the pacer's beat.

    Periods: log-normal, coefficient of variation 15 %, AR(1) with 0.5. Depths: 20 %, AR(1) with
    0.3, about half a liter at 15 breaths a minute and more where breathing is slower.

    Parameters
    ----------
    plan : Plan
        What the tasks ask for.
    rng : Generator
        Of periods and depths.
    """
    onsets, depths = _onsets(plan, rng)
    length = np.diff(onsets)
    k = np.searchsorted(onsets, plan.times, side="right") - 1
    phase = (plan.times - onsets[k]) / length[k]
    angle = np.where(
        phase < INSPIRATION,
        np.pi * phase / INSPIRATION,
        np.pi + np.pi * (phase - INSPIRATION) / (1 - INSPIRATION),
    )
    wave = -np.cos(angle)
    rate = np.interp(plan.times, onsets[:-1], 1 / length)
    depth = np.interp(plan.times, onsets[:-1], depths)
    return Breathing(
        onsets[:-1],
        onsets[:-1] + INSPIRATION * length,
        depths,
        depths[k] * (1 + wave) / 2,
        wave,
        rate,
        depth,
    )


def _onsets(plan: Plan, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Return onsets from before the first second to after the last, and depths between."""
    onsets = [-float(rng.uniform(0.1, 0.9)) * 60 / float(plan.breathing[0])]
    depths: list[float] = []
    haste = swell = 0.0
    while len(depths) < 2 or onsets[-2] <= plan.seconds:
        haste = 0.5 * haste + 0.866 * float(rng.standard_normal())
        swell = 0.3 * swell + 0.954 * float(rng.standard_normal())
        task = max(int(np.searchsorted(plan.starts, onsets[-1], side="right")) - 1, 0)
        period = 60 / float(plan.breathing[task])
        if plan.paced[task]:
            after = _next_cue(plan, task, onsets[-1]) + 0.02 * period * haste
        else:
            after = onsets[-1] + period * float(np.exp(0.15 * haste - 0.15**2 / 2))
        depths.append(0.5 * float(np.sqrt(period / 4)) * float(np.exp(0.2 * swell - 0.02)))
        onsets.append(after)
    return np.array(onsets), np.array(depths)


def _next_cue(plan: Plan, task: int, now: float) -> float:
    """Return the first cue of the pacer at least half a breath from `now` (s)."""
    start, period = float(plan.starts[task]), 60 / float(plan.breathing[task])
    return start + period * float(np.ceil((now - start) / period + 0.5))


def resphrv(person: Person, plan: Plan, breathing: Breathing) -> FloatArray:
    """Return RespHRV (RSA), peak to trough in ms, at each time of the grid.

    Linear in the depth of breath, and with breathing rate like a first-order low pass at
    0.12 Hz (Hirsch and Bishop 1981, J Appl Physiol).

    Parameters
    ----------
    person : Person
        Whose.
    plan : Plan
        For the tasks' vagal factor.
    breathing : Breathing
        Its rate and depth.
    """
    gain = np.sqrt(1 + (0.25 / VAGAL_CORNER) ** 2) / np.sqrt(
        1 + (breathing.rate / VAGAL_CORNER) ** 2
    )
    return np.asarray(person.resphrv * plan.vagal * gain * breathing.depth / 0.5)


def slow_heart_rate(
    person: Person, plan: Plan, drive: FloatArray, *, heart: np.random.Generator,
    mayer: np.random.Generator,
) -> FloatArray:  # fmt: skip
    """Return the heart rate without what breathing does to it, in bpm.

    Parameters
    ----------
    person : Person
        Whose.
    plan : Plan
        For what the tasks do to it.
    drive : ndarray, shape (n,)
        What arousal adds, in bpm.
    heart, mayer : Generator
        Of the slow variability and of the wave near 0.1 Hz.
    """
    n = plan.times.size
    own = person.wander * shaped(heart, n, GRID, spectrum=pink)
    wave = person.mayer * shaped(mayer, n, GRID, spectrum=band(0.1, 0.012))
    rate = person.heart_rate + plan.heart_rate + own + wave + drive
    return np.clip(rate, SLOWEST, FASTEST)


def beat(heart_rate: FloatArray, amplitude: FloatArray, breathing: Breathing) -> FloatArray:
    """Return beat instants (s): the integral of the rate, read off at whole numbers.

    Integral pulse frequency modulation averages over each interval and so flattens what
    breathing does; the modulation is raised by as much beforehand, so that the RR intervals
    themselves swing by `amplitude` (ms, peak to trough).

    Parameters
    ----------
    heart_rate : ndarray, shape (n,)
        Without what breathing does, in bpm.
    amplitude : ndarray, shape (n,)
        RespHRV (RSA), peak to trough, in ms.
    breathing : Breathing
        Its wave and rate.
    """
    slow_rr = 60 / heart_rate
    flattening = np.sinc(np.minimum(breathing.rate * slow_rr, 0.6))
    rr = slow_rr - amplitude / 1000 / flattening * breathing.wave / 2
    rate = 1 / np.maximum(rr, 60 / FASTEST)
    turns = np.concatenate(([0.0], np.cumsum((rate[1:] + rate[:-1]) / (2 * GRID))))
    times = np.arange(rate.size) / GRID
    return np.interp(np.arange(0.5, turns[-1]), turns, times)


def premature(
    times: FloatArray, per_hour: float, rng: np.random.Generator
) -> tuple[FloatArray, BoolArray]:
    """Return the beats with some of them early, and which beats are normal.

    A premature beat comes after 60 % of its interval; the pause after it makes up for that.

    Parameters
    ----------
    times : ndarray, shape (m,)
        Beats, in s.
    per_hour : float
        How many to expect.
    rng : Generator
        Of how many there are, and which.
    """
    normal = np.ones(times.size, dtype=np.bool_)
    if times.size < 20:
        return times, normal
    count = int(rng.poisson(per_hour * float(times[-1] - times[0]) / 3600))
    chosen = np.unique(5 * rng.integers(1, (times.size - 5) // 5, size=count))
    moved = times.copy()
    moved[chosen] -= 0.4 * (times[chosen] - times[chosen - 1])
    normal[chosen] = False
    return moved, normal


def sweat(
    person: Person, plan: Plan, drive: FloatArray, *, sweat: np.random.Generator,
    level: np.random.Generator,
) -> Sweat:  # fmt: skip
    """Return responses as a Poisson process whose rate arousal sets, on a drifting level.

    Bursts come at ``0.033 exp(2.2 arousal + 0.5 drive)`` a second, `drive` in standard
    deviations; heights are log-normal about 0.3 µS; the kernel is Bateman's.

    Parameters
    ----------
    person : Person
        Whose.
    plan : Plan
        For the tasks' arousal.
    drive : ndarray, shape (n,)
        The person's own and shared arousal, in standard deviations.
    sweat, level : Generator
        Of the responses and of the drift.
    """
    rate = 0.033 * np.exp(2.2 * plan.arousal + 0.5 * np.clip(drive, -3, 3))
    expected = np.concatenate(([0.0], np.cumsum(rate[1:] + rate[:-1]) / (2 * GRID)))
    count = int(sweat.poisson(expected[-1]))
    bursts = np.sort(np.interp(sweat.uniform(0, expected[-1], count), expected, plan.times))
    onsets = np.unique(bursts + SKIN_DELAY)
    amplitudes = 0.3 * np.exp(0.6 * sweat.standard_normal(onsets.size))
    there = onsets < plan.seconds
    onsets, amplitudes = onsets[there], amplitudes[there]
    tonic = _level(person, plan, level)
    phasic = bateman(plan.times, onsets, amplitudes, recovery=person.skin_recovery)
    peaks = onsets + _rise_time(person.skin_recovery)
    return Sweat(onsets, peaks, amplitudes, tonic, tonic + phasic)


def _level(person: Person, plan: Plan, rng: np.random.Generator) -> FloatArray:
    drift = 0.08 * shaped(rng, plan.times.size, GRID, spectrum=drifting)
    return np.asarray(person.skin_level * np.exp(0.8 * plan.sweat + drift))


def bateman(
    times: FloatArray, onsets: FloatArray, amplitudes: FloatArray, *, recovery: float
) -> FloatArray:
    """Return the sum of Bateman responses, each as high as its amplitude, at even `times` (s).

    The kernel is ``exp(-t / recovery) - exp(-t / 0.75 s)``, scaled to a peak of 1.

    Parameters
    ----------
    times : ndarray, shape (n,)
        In s, 20 a second.
    onsets, amplitudes : ndarray, shape (k,)
        Of the responses, in s and µS.
    recovery : float
        The slower time constant, in s.
    """
    out = np.zeros(times.size)
    top = _rise_time(recovery)
    scale = 1 / (np.exp(-top / recovery) - np.exp(-top / RISE))
    length = int(12 * recovery * GRID)
    for onset, amplitude in zip(onsets.tolist(), amplitudes.tolist(), strict=True):
        i = int(np.searchsorted(times, onset))
        t = times[i : i + length] - onset
        out[i : i + length] += amplitude * scale * (np.exp(-t / recovery) - np.exp(-t / RISE))
    return out


def _rise_time(recovery: float) -> float:
    return float(np.log(recovery / RISE) * recovery * RISE / (recovery - RISE))
