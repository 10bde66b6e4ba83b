"""Glands: oxytocin and cortisol of one body."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.signal import lfilter

from interbeat.body.inputs import RATE, Inputs
from interbeat.body.mind import Appraisal
from interbeat.body.noise import Streams, ornstein_uhlenbeck
from interbeat.body.parameters import Organ, parameter
from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError

__all__ = ["Glands", "Hormones", "Spray", "free_cortisol", "oxytocin_left", "secrete"]

MINUTE = 60.0  # s
HOUR = 3600.0  # s
DAY = 24.0  # h
TYPICAL_BINDING = 700.0  # nmol/L, of those whose cortisol is told by the clock alone
BEFORE = 2 * HOUR  # s, lived before the session begins: pulses of then are still in the blood


@dataclass(frozen=True, slots=True)
class Glands(Organ):
    """Pituitary and adrenal glands of one person, and what carries their hormones."""

    hour: float = parameter(
        15.0, "h", "a choice: clock time at which the session begins", most=DAY
    )
    oxytocin: float = parameter(
        2.0, "pg/mL", "assumed: extracted plasma holds 1 to 10 pg/mL", spread=0.5
    )
    oxytocin_pulses: float = parameter(0.02, "1/min", "assumed: by themselves", spread=0.5)
    touch_pulses: float = parameter(
        0.03, "1/min", "assumed: small, as warm contact brought no rise in Grewen 2005",
        spread=1.0,
    )  # fmt: skip
    pulse: float = parameter(1.0, "pg/mL", "assumed", spread=0.7)
    pulse_spread: float = parameter(0.6, "1", "assumed: logarithmic", most=3.0)
    oxytocin_fast: float = parameter(
        2.9, "min", "half-life: de Groot 1995", spread=0.2, least=0.5, most=15.0
    )
    oxytocin_slow: float = parameter(
        20.0, "min", "half-life: de Groot 1995", spread=0.2, least=5.0, most=90.0
    )
    oxytocin_share: float = parameter(
        0.93, "1", "fitted: half is left 3.2 min after a bolus, 4.8 after an infusion", most=1.0
    )
    transfer: float = parameter(
        0.1, "1", "assumed, unknown: plasma to saliva; a weak surrogate: Martins 2020",
        spread=0.8, most=2.0,
    )  # fmt: skip
    transfer_time: float = parameter(8.0, "min", "assumed", spread=0.2, least=0.5)
    oxytocin_saliva: float = parameter(
        6.9, "pg/mL", "before the spray in Weisman 2012", spread=0.5
    )
    saliva_wander: float = parameter(0.25, "1", "assumed: logarithmic", most=2.0)
    cortisol_peak: float = parameter(
        428.0, "nmol/L", "15.5 µg/dL (11.7 to 20.6) in the morning: Debono 2009", spread=0.1
    )
    cortisol_trough: float = parameter(
        55.0, "nmol/L", "2 µg/dL (1.5 to 2.5) at midnight: Debono 2009", spread=0.1
    )
    peak_hour: float = parameter(8.5, "h", "Debono 2009", most=DAY)
    trough_hour: float = parameter(0.3, "h", "Debono 2009", most=DAY)
    cortisol_wander: float = parameter(0.2, "1", "assumed: logarithmic", most=2.0)
    cortisol_gain: float = parameter(
        10.0, "nmol/(L min)", "fitted: 7 of 10 respond to a public task", spread=0.8
    )
    threshold: float = parameter(0.2, "1", "assumed: threat below it releases none")
    helplessness: float = parameter(
        1.0, "1", "assumed: more where nothing can be done, as in Dickerson & Kemeny 2004"
    )
    cortisol_delay: float = parameter(
        3.0, "min", "fitted to a peak 17 to 20 min after", least=0.1
    )
    cortisol_rise: float = parameter(
        6.0, "min", "fitted to a peak 17 to 20 min after", least=0.1
    )
    cortisol_half_life: float = parameter(
        66.0, "min", "of the total; 60 to 70 min: Holland-Frei, Cancer Medicine", spread=0.15,
        least=10.0,
    )  # fmt: skip
    binding: float = parameter(
        TYPICAL_BINDING, "nmol/L", "assumed: typical of the globulin that binds cortisol",
        spread=0.1, least=100.0,
    )  # fmt: skip
    saliva_share: float = parameter(
        0.5, "1", "fitted: 15 nmol/L at 8 h, 4 at 18 h; of the rest the gland makes cortisone",
        spread=0.25, most=1.0,
    )  # fmt: skip
    saliva_time: float = parameter(3.5, "min", "assumed", least=0.1)

    def __post_init__(self) -> None:
        Organ.__post_init__(self)
        if self.peak_hour % DAY == self.trough_hour % DAY:
            raise DataError(f"cortisol cannot be highest and lowest at {self.peak_hour:g} h")


@dataclass(frozen=True, slots=True)
class Spray(Organ):
    """Oxytocin out of a nose spray that runs into the mouth: in saliva, never in the body.

    What a study of saliva sees of it says nothing of what was absorbed (Martins 2020).
    """

    much: float = parameter(11_400.0, "pg/mL", "fitted to 1265 pg/mL at 15 min: Weisman 2012")
    soon: float = parameter(4.5, "min", "assumed: half-life of most of it", least=0.1)
    rest: float = parameter(142.0, "pg/mL", "fitted to 132 to 105 pg/mL: Weisman 2012")
    late: float = parameter(219.0, "min", "fitted to 132 to 105 pg/mL: Weisman 2012", least=1.0)

    def saliva(self, minutes: FloatArray) -> FloatArray:
        """Return what it adds to saliva, in pg/mL.

        Parameters
        ----------
        minutes : ndarray
            Since the spray, 0 upwards.

        Examples
        --------
        >>> [round(float(v)) for v in Spray().saliva(np.array([15.0, 45.0, 120.0]))]
        [1266, 134, 97]
        """
        fast = self.much * 2 ** (-minutes / self.soon)
        return np.asarray(fast + self.rest * 2 ** (-minutes / self.late), dtype=np.float64)


class Hormones(NamedTuple):
    """Concentrations, one a second; each array of shape (n / 10,), rounded up.

    Parameters
    ----------
    oxytocin_plasma, oxytocin_saliva : ndarray
        In pg/mL.
    cortisol_plasma, cortisol_saliva : ndarray
        In nmol/L.
    """

    oxytocin_plasma: FloatArray
    oxytocin_saliva: FloatArray
    cortisol_plasma: FloatArray
    cortisol_saliva: FloatArray


def secrete(glands: Glands, inputs: Inputs, *, mind: Appraisal, streams: Streams) -> Hormones:
    """Return the hormones of one body.

    Oxytocin comes in pulses, some by themselves and some, with a small chance, from touch that
    is felt as safe; it leaves the plasma in two phases (de Groot et al. 1995). Nothing in the
    body of this model depends on it. Cortisol follows threat late (a driven linear cascade: of
    the loops that were fitted to people none held, Hosseinichimeh 2015) on top of what the
    time of day gives.

    Parameters
    ----------
    glands : Glands
        Whose.
    inputs : Inputs
        Touch and control are used.
    mind : Appraisal
        Threat and safety.
    streams : Streams
        Of this body: "glands" is used.

    Returns
    -------
    Hormones
        One value a second.

    Examples
    --------
    >>> from interbeat.body.appraisal import appraise
    >>> from interbeat.body.inputs import Tie
    >>> from interbeat.body.mind import Mind
    >>> rest, streams = Inputs.at_rest(600), Streams(1, 0)
    >>> (mind,) = appraise([Mind()], [rest], ties=[Tie()], contact=np.ones(6000),
    ...                    streams=[streams])
    >>> morning, evening = (
    ...     secrete(Glands(hour=h), rest, mind=mind, streams=streams) for h in (9, 21)
    ... )
    >>> bool(morning.cortisol_saliva.mean() > 2 * evening.cortisol_saliva.mean())
    True
    """
    pulses, saliva, cortisol = streams.of("glands").spawn(3)
    threat, safety, touch, control = (
        _by_second(track) for track in (mind.threat, mind.safety, inputs.touch, inputs.control)
    )
    plasma = _oxytocin(glands, touch * np.clip(safety, 0, 1), pulses)
    total = _cortisol(glands, threat, control, cortisol)
    free = free_cortisol(total, binding=glands.binding)
    return Hormones(
        plasma,
        _oxytocin_saliva(glands, plasma, saliva),
        total,
        _followed(glands.saliva_share * free, glands.saliva_time * MINUTE),
    )


def free_cortisol(total: FloatArray, *, binding: float) -> FloatArray:
    """Return the cortisol that no protein binds: what saliva and tissue see.

    The more there is the larger its share, so that it falls faster than the total.

    Parameters
    ----------
    total : ndarray
        Plasma cortisol in nmol/L.
    binding : float
        Cortisol-binding globulin in nmol/L.

    Returns
    -------
    ndarray
        In nmol/L: the quadratic of Coolens, Van Baelen & Heyns (1987), with albumin taken as
        typical.
    """
    bound, cortisol = binding / 1000, np.asarray(total) / 1000  # µmol/L, as published
    half = 0.0167 + 0.182 * (bound - cortisol)
    return np.asarray(1000 * (np.sqrt(half**2 + 0.0122 * cortisol) - half), dtype=np.float64)


def oxytocin_left(glands: Glands, added: FloatArray) -> FloatArray:
    """Return what is left in plasma of all oxytocin that came so far.

    Parameters
    ----------
    glands : Glands
        Whose.
    added : ndarray, shape (n,)
        What came in each second, as the rise that it would bring at once, in pg/mL.

    Returns
    -------
    ndarray, shape (n,)
        In pg/mL: a sum of two exponentials, as in de Groot et al. (1995), J Pharm Pharmacol
        47:571; how much leaves with each was fitted.

    Examples
    --------
    >>> bolus = np.zeros(900)
    >>> bolus[0] = 10.0
    >>> left = oxytocin_left(Glands(), bolus)
    >>> int(np.argmax(left < 5.0) / 60)  # minutes until half of it is left
    3
    """
    fast = _left(glands.oxytocin_share * added, glands.oxytocin_fast)
    return fast + _left((1 - glands.oxytocin_share) * added, glands.oxytocin_slow)


def _oxytocin(glands: Glands, welcome: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Return oxytocin in plasma, in pg/mL."""
    before = round(BEFORE)
    chance = glands.oxytocin_pulses + glands.touch_pulses * np.concatenate(
        [np.zeros(before), welcome]
    )
    came = rng.poisson(chance / MINUTE)
    size = glands.pulse * np.exp(glands.pulse_spread * rng.standard_normal(came.size))
    return glands.oxytocin + oxytocin_left(glands, came * size)[before:]


def _oxytocin_saliva(
    glands: Glands, plasma: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """Return oxytocin in saliva, in pg/mL: mostly its own, a little of the plasma's."""
    own = ornstein_uhlenbeck(rng, plasma.size, 1.0, tau=10 * MINUTE)
    risen = plasma - glands.oxytocin
    for _ in range(2):
        risen = _followed(risen, glands.transfer_time * MINUTE / 2)
    return np.asarray(
        glands.oxytocin_saliva * np.exp(glands.saliva_wander * own) + glands.transfer * risen,
        dtype=np.float64,
    )


def _cortisol(
    glands: Glands, threat: FloatArray, control: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """Return cortisol in plasma, bound and free, in nmol/L."""
    helpless = 1 + glands.helplessness * (1 - control)
    drive = np.clip(threat - glands.threshold, 0, None) * helpless
    late = _later(drive, glands.cortisol_delay * MINUTE)
    released = glands.cortisol_gain / MINUTE * _followed(late, glands.cortisol_rise * MINUTE)
    wander = ornstein_uhlenbeck(rng, threat.size, 1.0, tau=HOUR)
    own = _by_the_clock(glands, threat.size) * np.exp(glands.cortisol_wander * wander)
    return np.asarray(own + _left(released, glands.cortisol_half_life), dtype=np.float64)


def _by_the_clock(glands: Glands, seconds: int) -> FloatArray:
    """Return what the time of day gives: slow to fall, quick to rise, a cosine of its root.

    Who has more of the globulin has more cortisol in all, and as much of it free.
    """
    hours = (glands.hour - glands.peak_hour + np.arange(seconds) / HOUR) % DAY
    fall = (glands.trough_hour - glands.peak_hour) % DAY
    phase = np.where(hours < fall, hours / fall, 1 + (hours - fall) / (DAY - fall))
    high, low = math.sqrt(glands.cortisol_peak), math.sqrt(glands.cortisol_trough)
    root = (high + low) / 2 + (high - low) / 2 * np.cos(np.pi * phase)
    return np.asarray(root**2 * glands.binding / TYPICAL_BINDING, dtype=np.float64)


def _by_second(track: FloatArray) -> FloatArray:
    """Return the means over each second of a track at 10 Hz, a last part of one included."""
    step = round(RATE)
    whole = np.concatenate([track, np.full(-track.size % step, track[-1])])
    return np.asarray(whole.reshape(-1, step).mean(axis=1), dtype=np.float64)


def _later(values: FloatArray, delay: float) -> FloatArray:
    """Return what `values` were `delay` seconds ago; before the first: the first."""
    at = np.arange(values.size)
    return np.asarray(np.interp(at - delay, at, values), dtype=np.float64)


def _followed(values: FloatArray, tau: float) -> FloatArray:
    """Return what follows `values` with a time constant (s), at ease with the first."""
    keep = math.exp(-1 / tau)
    return np.asarray(
        lfilter([1 - keep], [1.0, -keep], values, zi=[keep * values[0]])[0], dtype=np.float64
    )


def _left(added: FloatArray, half_life: float) -> FloatArray:
    """Return what is left of all that was added each second, with a half-life in minutes."""
    keep = 2 ** (-1 / (half_life * MINUTE))
    return np.asarray(lfilter([1.0], [1.0, -keep], added), dtype=np.float64)
