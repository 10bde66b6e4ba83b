"""Lungs: how one body breathes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.signal import lfilter

from interbeat.body.inputs import RATE, STEP_RATE, Inputs
from interbeat.body.noise import Streams
from interbeat.body.parameters import Organ, parameter
from interbeat.core.arrays import FloatArray
from interbeat.kernels.breathing import Breath, Chest, Drawn, Wanted, breaths_of

__all__ = ["Breathing", "Lungs", "breathe"]

FASTEST = 1.0  # breaths a second that one means to take
RESERVE = 3.0  # numbers drawn in advance for each second, for scatter and a partner's pull
FEWEST = 10  # numbers drawn in advance, however short it is
SPEECH = "Conrad & Schönle 1979: quick in, slow out, uneven; size assumed"


@dataclass(frozen=True, slots=True)
class Lungs(Organ):
    """Parameters of breathing."""

    rate: float = parameter(
        0.265, "Hz", "12 to 18 breaths/min at rest; textbook", spread=0.22, least=0.05, most=0.7
    )
    depth: float = parameter(
        0.5, "L", "tidal volume at rest; textbook", spread=0.3, least=0.2, most=2.0
    )
    inspired: float = parameter(
        0.40, "1", "share of inspiration at rest; textbook", spread=0.08, least=0.1, most=0.7
    )
    duration_scatter: float = parameter(
        0.15, "1", "breath by breath at rest, sd of log; assumed", spread=0.3, most=0.6
    )
    depth_scatter: float = parameter(
        0.20, "1", "breath by breath at rest, sd of log; assumed", spread=0.3, most=0.8
    )
    duration_memory: float = parameter(
        0.5, "1", "lag-1 autocorrelation of durations; assumed", most=0.95
    )
    depth_memory: float = parameter(
        0.3, "1", "lag-1 autocorrelation of depths; assumed", most=0.95
    )
    paced_duration_scatter: float = parameter(0.02, "1", "with a pacer; assumed", most=0.5)
    paced_depth_scatter: float = parameter(0.05, "1", "with a pacer; assumed", most=0.5)
    ventilation_kept: float = parameter(
        0.60, "1", "depth grows as rate to minus this where rate is imposed; assumed", most=1.2
    )
    hum_kept: float = parameter(
        1.0, "1", "the same while humming: its flow is steady, so depth grows as duration; "
        "assumed", most=1.2,
    )  # fmt: skip
    overbreathing: float = parameter(
        1.1, "1", "depth under a pacer that leaves it free, over what keeps ventilation: "
        "Szulczewski 2019, 37.5 % below 30 mmHg on their first day", spread=0.45, least=0.4,
        most=3.0,
    )  # fmt: skip
    threat_rate: float = parameter(
        0.35, "1", "rate grows by this share at threat 1; assumed", spread=0.3, most=2.0
    )
    speech_rate: float = parameter(0.25, "1", "by what share speech slows; " + SPEECH, most=0.8)
    speech_depth: float = parameter(
        0.3, "1", "by what share speech deepens; " + SPEECH, most=2.0
    )
    speech_inspired: float = parameter(0.15, "1", SPEECH, least=0.05, most=0.7)
    speech_scatter: float = parameter(0.35, "1", "sd of log of both; " + SPEECH, most=0.8)
    hum_rate: float = parameter(
        0.085, "Hz", "4.5 to 6/min unless paced: practice manuals", spread=0.12, least=0.03,
        most=0.3,
    )  # fmt: skip
    hum_inspired: float = parameter(
        0.23,
        "1",
        "in 3 to 4 s, out 8 to 12 s: practice manuals",
        spread=0.08,
        least=0.1,
        most=0.5,
    )
    movement_rate: float = parameter(0.6, "1", "share gained at movement 1; assumed", most=3.0)
    movement_depth: float = parameter(1.0, "1", "share gained at movement 1; assumed", most=5.0)
    movement_load: float = parameter(
        2.2, "1", "metabolism gained at movement 1, as ventilation is; assumed", most=10.0
    )  # fmt: skip
    threat_load: float = parameter(0.1, "1", "metabolism gained at threat 1; assumed", most=2.0)
    dead_space: float = parameter(0.15, "L", "textbook", spread=0.1, least=0.05, most=0.19)
    set_point: float = parameter(
        38.0, "mmHg", "end-tidal carbon dioxide at rest; textbook", spread=0.05, least=25.0,
        most=50.0,
    )  # fmt: skip
    stored: float = parameter(
        12.0, "L", "alveoli and what exchanges quickly with them; half of a fall in 1.5 min; "
        "assumed", spread=0.2, least=2.0, most=60.0,
    )  # fmt: skip
    drive: float = parameter(
        0.06, "1/mmHg", "share of depth; below 0.1 to 0.3 of rebreathing tests, for stability; "
        "assumed", spread=0.3, most=0.3,
    )  # fmt: skip
    drive_lag: float = parameter(
        30.0, "s", "central chemoreceptors; assumed", least=5.0, most=200.0
    )
    sighs: float = parameter(
        0.2, "1/min", "about 12 an hour: Li & Yackle 2017", spread=0.5, most=4.0
    )
    sigh_depth: float = parameter(
        2.5, "1", "in units of other breaths; 2 to 5, textbook", least=1.0
    )
    deepest: float = parameter(
        3.5, "L", "inspiratory capacity; textbook", spread=0.15, least=1.0
    )
    following: float = parameter(
        0.5, "1", "of the time by which a breath is off its pacer, the share that it makes up; "
        "assumed, as taps are brought back to a beat", most=1.0,
    )  # fmt: skip


class Breathing(NamedTuple):
    """Breaths, and what they do over time.

    Parameters
    ----------
    onsets, peaks, depths : ndarray, shape (k,)
        Start and end of each inspiration (s), and liters. The first begins before 0 s.
    volume : ndarray, shape (5 n,)
        Liters in the lungs above rest, at 50 Hz.
    carbon_dioxide : ndarray, shape (n,)
        End-tidal, in mmHg, at 10 Hz.
    deepening : ndarray, shape (n,)
        Liters by which breaths are deeper than at this body's rest, at 10 Hz.
    retained : ndarray, shape (n,)
        mmHg of carbon dioxide above this body's rest, at 10 Hz.
    centered : ndarray, shape (5 n,)
        Liters above the mean of each breath, at 50 Hz.
    """

    onsets: FloatArray
    peaks: FloatArray
    depths: FloatArray
    volume: FloatArray
    carbon_dioxide: FloatArray
    deepening: FloatArray
    retained: FloatArray
    centered: FloatArray


def breathe(
    lungs: Sequence[Lungs], inputs: Sequence[Inputs], threat: Sequence[FloatArray], *,
    pulls: Sequence[FloatArray], streams: Sequence[Streams],
) -> tuple[Breathing, ...]:  # fmt: skip
    """Return how each of one or two bodies breathes.

    A breath takes its duration, depth and shape at its onset. The phase of the other pulls at
    once (what one feels of a breath has no delay), as the oscillators of Boker and others do.
    Carbon dioxide is one compartment; breathing heeds it only where no depth is asked for.

    Parameters
    ----------
    lungs : sequence of one or two Lungs
        Of a and b.
    inputs : sequence of Inputs
        Of one length, n samples.
    threat : sequence of ndarray, shape (n,)
        As :class:`~interbeat.body.mind.Appraisal` has it.
    pulls : sequence of ndarray, shape (n,)
        How strongly the phase of the other pulls, in Hz; not looked at where one is alone.
    streams : sequence of Streams
        Of each.

    Returns
    -------
    tuple of Breathing
        One a person.

    Examples
    --------
    >>> from dataclasses import replace
    >>> rest = Inputs.at_rest(60)
    >>> slow, still = replace(rest, pace=np.full(600, 6.0)), np.zeros(600)
    >>> (one,) = breathe([Lungs()], [slow], [still], pulls=[still], streams=[Streams(1, 0)])
    >>> round(float(60 / np.diff(one.onsets).mean()))
    6
    """
    n, people = inputs[0].danger.size, len(lungs)
    most = int(n / RATE * RESERVE) + FEWEST
    wanted = [_wanted(*one) for one in zip(lungs, inputs, threat, pulls, strict=True)]
    volume, tension = np.empty((people, round(n * STEP_RATE / RATE))), np.empty((people, n))
    onsets, peaks, depths = np.empty((3, people, most))
    counts = np.zeros(people, dtype=np.int64)
    out = Breath(volume, tension, onsets, peaks, depths, counts)
    breaths_of(
        tuple(_chest(one) for one in lungs),
        Wanted(*(np.stack(tracks) for tracks in zip(*wanted, strict=True))),
        _drawn(lungs, streams, most),
        1 / STEP_RATE,
        out,
    )
    return tuple(
        _told(one, (onsets[p, :k], peaks[p, :k], depths[p, :k]), volume[p], tension[p])
        for p, (one, k) in enumerate(zip(lungs, counts.tolist(), strict=True))
    )


def _told(
    lungs: Lungs,
    breaths: tuple[FloatArray, FloatArray, FloatArray],
    volume: FloatArray,
    tension: FloatArray,
) -> Breathing:
    onsets, peaks, depths = breaths
    last = onsets[-1] + 2 * (peaks[-1] - onsets[-1])
    middles = (onsets + np.append(onsets[1:], last)) / 2
    # Each breath's depth in its middle, and between two breaths between their depths.
    fine = np.interp(np.arange(volume.size) / STEP_RATE, middles, depths)
    return Breathing(
        onsets,
        peaks,
        depths,
        volume,
        tension,
        fine[:: round(STEP_RATE / RATE)] - lungs.depth,
        tension - lungs.set_point,
        volume - fine / 2,
    )


def _chest(lungs: Lungs) -> Chest:
    fresh = (lungs.depth - lungs.dead_space) * lungs.rate
    return Chest(
        lungs.dead_space,
        fresh * lungs.set_point,
        lungs.stored,
        lungs.set_point,
        lungs.drive,
        lungs.drive_lag,
        lungs.sigh_depth,
        lungs.deepest,
        lungs.following,
    )


def _drawn(lungs: Sequence[Lungs], streams: Sequence[Streams], most: int) -> Drawn:
    durations, depths, sighs, phases = [], [], [], []
    for one, stream in zip(lungs, streams, strict=True):
        rng = stream.of("breath")
        phases.append(rng.random())
        durations.append(_remembered(rng.standard_normal(most), one.duration_memory))
        depths.append(_remembered(rng.standard_normal(most), one.depth_memory))
        sighs.append(stream.of("sigh").random(most))
    return Drawn(np.stack(durations), np.stack(depths), np.stack(sighs), np.array(phases))


def _remembered(draws: FloatArray, memory: float) -> FloatArray:
    """Return an autoregression of first order, of unit variance from the start."""
    draws[1:] *= np.sqrt(1 - memory * memory)
    return np.asarray(lfilter([1.0], [1.0, -memory], draws), dtype=np.float64)


def _wanted(
    lungs: Lungs, inputs: Inputs, threat: FloatArray, pull: FloatArray
) -> tuple[FloatArray, ...]:
    """Return what a breath that begins at each instant would be, in the order of Wanted."""
    paced = np.isfinite(inputs.pace)
    speech, moved, hum = inputs.speech, inputs.movement, inputs.hum
    own = lungs.rate * (1 + lungs.threat_rate * threat)
    own *= (1 - lungs.speech_rate * speech) * (1 + lungs.movement_rate * moved)
    own = own * (lungs.hum_rate / own) ** hum
    rate = np.where(paced, inputs.pace / 60, own)
    # Who lets a pacer or a hum set the rate breathes deeper where it is slower.
    led = np.maximum(paced, hum)
    kept = (lungs.rate / rate) ** (lungs.ventilation_kept * led)
    kept *= (lungs.hum_rate / rate) ** ((lungs.hum_kept - lungs.ventilation_kept) * hum)
    own_depth = lungs.depth * kept * lungs.overbreathing**led
    own_depth *= (1 + lungs.speech_depth * speech) * (1 + lungs.movement_depth * moved)
    asked = np.isfinite(inputs.depth)
    hasty = lungs.duration_scatter + (lungs.speech_scatter - lungs.duration_scatter) * speech
    uneven = lungs.depth_scatter + (lungs.speech_scatter - lungs.depth_scatter) * speech
    inspired = lungs.inspired + (lungs.speech_inspired - lungs.inspired) * speech
    inspired += (lungs.hum_inspired - inspired) * hum
    return (
        np.minimum(rate, FASTEST),
        np.where(asked, inputs.depth, own_depth),
        inspired,
        np.where(paced, lungs.paced_duration_scatter, hasty),
        np.where(paced | asked, lungs.paced_depth_scatter, uneven),
        np.where(asked, 0.0, 1 - led),
        np.where(paced | asked, 0.0, lungs.sighs / 60 * (1 - hum)),
        1 + lungs.movement_load * moved + lungs.threat_load * threat,
        pull,
        _pacer(inputs.pace),
    )


def _pacer(pace: FloatArray) -> FloatArray:
    """Return the breaths that a pacer has asked for since it began; NaN where there is none."""
    paced = np.isfinite(pace)
    asked = np.cumsum(np.where(paced, pace, 0.0)) / (60 * RATE)
    begins = paced & ~np.append(False, paced[:-1])
    before = np.where(begins, asked - np.where(paced, pace, 0.0) / (60 * RATE), 0.0)
    return np.where(paced, asked - pace / (60 * RATE) - np.maximum.accumulate(before), np.nan)
