"""Skin: how one body sweats."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.signal import lfilter

from interbeat.body.inputs import RATE, Inputs
from interbeat.body.mind import Appraisal
from interbeat.body.noise import Streams, wandering
from interbeat.body.parameters import Organ, parameter
from interbeat.core.arrays import FloatArray

__all__ = ["Skin", "Sweat", "perspire"]

BEFORE = 60.0  # s, lived before the session begins, so that it begins like any other minute
TAIL = 12.0  # time constants, after which nothing is left of a response (1e-5 of its height)
SLOWER = 1.1  # times the rise: the least that a response takes to decay
DRIFTS = (60.0, 240.0, 960.0)  # s, over which the level wanders


@dataclass(frozen=True, slots=True)
class Skin(Organ):
    """Sweat glands of one palm, and the nerve that makes them fire."""

    resting_rate: float = parameter(
        0.024,
        "1/s",
        "fitted: 1 to 3 a minute at rest (Dawson, Schell & Filion 2007)",
        spread=0.4,
    )
    arousal: float = parameter(
        2.8, "1", "fitted: above 20 a minute at high arousal (Dawson, Schell & Filion 2007)",
        spread=0.1,
    )  # fmt: skip
    calming: float = parameter(0.3, "1", "assumed")
    surge: float = parameter(
        4.0, "1", "assumed: bursts that threat brings by rising from 0 to 1", spread=0.3
    )
    surge_time: float = parameter(3.0, "s", "assumed: how long a rise is news", least=0.1)
    moving: float = parameter(0.2, "1/s", "assumed")
    speaking: float = parameter(0.05, "1/s", "assumed")
    irregularity: float = parameter(
        0.6, "1", "intervals are inverse Gaussian: Subramanian, Barbieri & Brown 2020; assumed",
        least=0.05, most=3.0,
    )  # fmt: skip
    amplitude: float = parameter(
        0.30, "µS", "0.1 to 1 µS: Dawson, Schell & Filion 2007", spread=0.5
    )
    amplitude_spread: float = parameter(0.6, "1", "assumed: logarithmic", most=3.0)
    recruitment: float = parameter(0.5, "1", "assumed: more glands fire under threat")
    responsiveness: float = parameter(
        1.2816, "1", "one in ten does not respond, here below 0: Boucsein 2012",
        spread=1.0, logarithmic=False, least=-10.0, most=10.0,
    )  # fmt: skip
    latency: float = parameter(
        1.8, "s", "1 to 3 s: Boucsein 2012", spread=0.12, least=0.5, most=5.0
    )
    rise: float = parameter(
        0.75, "s", "Bateman function of Benedek & Kaernbach 2010", spread=0.15,
        least=0.2, most=1.5,
    )  # fmt: skip
    decay: float = parameter(
        4.0, "s", "half recovered after 2 to 10 s: Boucsein 2012", spread=0.35,
        least=1.6, most=30.0,
    )  # fmt: skip
    shape_spread: float = parameter(
        0.15, "1", "assumed: decay differs between responses; logarithmic", most=1.0
    )
    level: float = parameter(
        4.0, "µS", "2 to 20 µS: Dawson, Schell & Filion 2007", spread=0.5, least=0.05, most=60.0
    )
    level_gain: float = parameter(0.8, "1", "assumed: logarithm of the level by threat")
    level_time: float = parameter(45.0, "s", "assumed", least=1.0)
    level_drift: float = parameter(0.08, "1", "assumed: logarithmic", most=1.0)
    dry: float = parameter(
        0.3, "1", "assumed: share of the level left when no gland fires (Venables 1967: falls)",
        most=1.0,
    )  # fmt: skip


class Sweat(NamedTuple):
    """Responses, and the conductance they add up to.

    Parameters
    ----------
    onsets, peaks, amplitudes : ndarray, shape (k,)
        Of the responses: s, s and µS.
    level, conductance : ndarray, shape (n,)
        Without and with the responses, in µS, at 10 Hz.
    """

    onsets: FloatArray
    peaks: FloatArray
    amplitudes: FloatArray
    level: FloatArray
    conductance: FloatArray


def perspire(skin: Skin, inputs: Inputs, *, mind: Appraisal, streams: Streams) -> Sweat:
    """Return what the palm of one body conducts.

    The sudomotor nerve fires in bursts: those that cues evoke (appraisal tells when and how
    strongly) and those that come by themselves, at a rate that grows with threat and with each
    rise of it. The latter integrate that rate to random thresholds, inverse Gaussian as in
    Subramanian, Barbieri & Brown (2020, doi:10.1073/pnas.2004403117). Each burst is one
    response, a Bateman function (Benedek & Kaernbach 2010, doi:10.1016/j.jneumeth.2010.04.028)
    scaled to its height, after the time that nerve and gland take. One person in ten has no
    responses.

    Parameters
    ----------
    skin : Skin
        Whose.
    inputs : Inputs
        Movement and speech make the glands fire, atropine silences them.
    mind : Appraisal
        Threat, safety and the bursts at cues.
    streams : Streams
        Of this body: "sweat" and "level" are used.

    Returns
    -------
    Sweat
        Responses whose onset lies in the session; conductance also has the tails of earlier
        ones.

    Examples
    --------
    >>> from interbeat.body.appraisal import appraise
    >>> from interbeat.body.inputs import Tie
    >>> from interbeat.body.mind import Mind
    >>> rest, streams = Inputs.at_rest(600), Streams(1, 0)
    >>> (mind,) = appraise([Mind()], [rest], ties=[Tie()], contact=np.ones(6000),
    ...                    streams=[streams])
    >>> sweat = perspire(Skin(), rest, mind=mind, streams=streams)
    >>> 10 <= sweat.onsets.size <= 30
    True
    """
    times, sizes, shapes = _fired(skin, inputs, mind, streams.of("sweat"))
    onsets = times + skin.latency
    level = _level(skin, inputs, mind.threat, streams.of("level"))
    sizes = sizes * (1 - _at(inputs.atropine, onsets))
    seen = (sizes > 0) & (skin.responsiveness > 0) & (onsets < inputs.seconds)
    onsets, sizes = onsets[seen], sizes[seen]
    decays = np.maximum(skin.decay * shapes[seen], SLOWER * skin.rise)
    tops = _peak(skin.rise, decays)
    conductance = level + _summed(onsets, sizes, decays, rise=skin.rise, n=level.size)
    inside = onsets >= 0
    return Sweat(onsets[inside], (onsets + tops)[inside], sizes[inside], level, conductance)


def _fired(
    skin: Skin, inputs: Inputs, mind: Appraisal, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return when the nerve fires (s), how high a response it brings (µS) and its shape."""
    whens, highs, shapes = rng.spawn(3)
    own = _spontaneous(skin, _rate(skin, inputs, mind), whens)
    times = np.concatenate([own, mind.bursts])
    recruited = skin.amplitude * np.exp(skin.recruitment * _at(mind.threat, own))
    free = np.exp(skin.amplitude_spread * highs.standard_normal(own.size))
    sizes = np.concatenate([recruited * free, skin.amplitude * mind.strengths])
    shape = np.exp(skin.shape_spread * shapes.standard_normal(times.size))
    times, first = np.unique(times, return_index=True)
    return times, sizes[first], shape[first]


def _rate(skin: Skin, inputs: Inputs, mind: Appraisal) -> FloatArray:
    """Return bursts a second that come by themselves."""
    standing = skin.resting_rate * np.exp(
        skin.arousal * mind.threat - skin.calming * mind.safety
    )
    news = np.clip(mind.threat - _followed(mind.threat, skin.surge_time), 0, None)
    busy = skin.moving * inputs.movement + skin.speaking * inputs.speech
    return np.asarray(standing + skin.surge * news / skin.surge_time + busy, dtype=np.float64)


def _spontaneous(skin: Skin, rate: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Return when the integral of the rate passes thresholds with inverse Gaussian steps."""
    before = round(BEFORE * RATE)
    lived = np.concatenate([np.full(before, rate[0]), rate])
    passed = np.concatenate([[0.0], np.cumsum(lived) / RATE])
    shape = 1 / skin.irregularity**2
    count = int(passed[-1] + 8 * skin.irregularity * math.sqrt(passed[-1] + 1)) + 16
    thresholds = np.cumsum(rng.wald(1.0, shape, count))
    thresholds = thresholds[thresholds < passed[-1]]
    times = (np.arange(passed.size) - before) / RATE
    return np.asarray(np.interp(thresholds, passed, times), dtype=np.float64)


def _level(
    skin: Skin, inputs: Inputs, threat: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """Return what the skin conducts between responses, in µS."""
    drift = skin.level_drift * wandering(rng, threat.size, RATE, taus=DRIFTS)
    wet = 1 - (1 - skin.dry) * inputs.atropine
    # The drift is followed, too: its own steps from sample to sample would look like bursts.
    aim = skin.level * wet * np.exp(skin.level_gain * threat + drift)
    return _followed(aim, skin.level_time)


def _followed(values: FloatArray, tau: float) -> FloatArray:
    """Return what follows `values` with a time constant (s), at ease with the first."""
    keep = math.exp(-1 / (tau * RATE))
    return np.asarray(
        lfilter([1 - keep], [1.0, -keep], values, zi=[keep * values[0]])[0], dtype=np.float64
    )


def _at(values: FloatArray, times: FloatArray) -> FloatArray:
    """Return what a track at 10 Hz holds at `times` (s), its ends held."""
    at = np.clip((times * RATE).astype(np.int64), 0, values.size - 1)
    return np.asarray(values[at], dtype=np.float64)


def _peak(rise: float, decay: FloatArray) -> FloatArray:
    """Return how long after its onset a response peaks."""
    return np.asarray(np.log(decay / rise) * rise * decay / (decay - rise), dtype=np.float64)


def _summed(
    onsets: FloatArray, sizes: FloatArray, decays: FloatArray, *, rise: float, n: int
) -> FloatArray:
    """Return what all responses add, at 10 Hz."""
    total = np.zeros(n)
    tops = _peak(rise, decays)
    scales = sizes / (np.exp(-tops / decays) - np.exp(-tops / rise))
    for onset, scale, decay in zip(onsets, scales, decays, strict=True):
        first = max(math.ceil(onset * RATE), 0)
        last = min(math.ceil((onset + TAIL * decay) * RATE), n)
        if last > first:
            ago = np.arange(first, last) / RATE - onset
            total[first:last] += scale * (np.exp(-ago / decay) - np.exp(-ago / rise))
    return total
