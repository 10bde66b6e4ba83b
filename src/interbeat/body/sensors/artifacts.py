"""Artifacts: what goes wrong with a sensor while the body notices nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.signal import lfilter

from interbeat.body.sensors.clock import Sampling
from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.beats import Beats
from interbeat.core.errors import DataError
from interbeat.kernels.rendering import add_track

__all__ = ["KINDS", "Artifact", "Traced", "shaking", "spoiled", "traced"]

PULSING = ("ecg", "ppg", "wrist_ppg", "strap", "blood_pressure")
ELECTRODES = ("ecg", "eda", "wrist_eda")
SAMPLED = (
    "ecg", "ppg", "wrist_ppg", "respiration", "eda", "wrist_eda", "blood_pressure",
    "acceleration", "temperature",
)  # fmt: skip

# What can go wrong, and with which sensors.
KINDS = {
    "dropout": (*SAMPLED, "strap"),
    "flat": SAMPLED,
    "motion": SAMPLED,
    "clipping": SAMPLED,
    "pop": ELECTRODES,
    "missed": PULSING,
    "extra": PULSING,
}
SHAKING_RATE = 50.0  # Hz: the grid on which motion is made
SWAYING, RATTLING = 1.5, 7.0  # Hz: a limb that moves, and a sensor that slides; assumed
POP_FADES = 1.0  # s: time constant with which an electrode settles again, assumed
POP_RATE = 0.5  # Hz: pops while an electrode is loose, assumed
ROUNDING = 1e-9  # samples: what seconds times a rate may be off in floating point
CLIPPED = 0.35  # of its range: what is left of a signal that is clipped on either side


@dataclass(frozen=True, slots=True)
class Artifact:
    """Something that goes wrong with one sensor for a while.

    Parameters
    ----------
    person, channel : str
        Whose, and of what: ``"a"``, ``"ecg"``; a field of
        :class:`~interbeat.body.sensors.worn.Sensors`.
    kind : str
        ``"dropout"`` (samples or packets are lost), ``"flat"`` (the electrode is off),
        ``"motion"`` (shaking as large as the signal), ``"clipping"`` (the amplifier is at its
        limits), ``"pop"`` (an electrode jumps and settles), ``"missed"`` (beats leave no
        trace) or ``"extra"`` (something that looks like a beat in every interval).
    start, seconds : float
        When, and for how long.

    Raises
    ------
    DataError
        If there is no such kind, person or sensor, the sensor cannot have it, or the time is
        not possible.

    Examples
    --------
    >>> Artifact("a", "ecg", "motion", 10.0, 5.0).end
    15.0
    """

    person: str
    channel: str
    kind: str
    start: float
    seconds: float

    def __post_init__(self) -> None:
        everywhere = (*SAMPLED, "strap")
        for what, given, possible in (
            ("artifact", self.kind, tuple(KINDS)),
            ("sensor", self.channel, everywhere),
            ("person", self.person, ("a", "b")),
        ):
            if given not in possible:
                raise DataError(
                    f"no {what} is called {given!r}; possible: {', '.join(possible)}"
                )
        if self.channel not in KINDS[self.kind]:
            raise DataError(
                f"{self.kind!r} is nothing that a sensor of {self.channel!r} has; possible: "
                f"{', '.join(kind for kind, where in KINDS.items() if self.channel in where)}"
            )
        if not (0 <= self.start < math.inf and 0 < self.seconds < math.inf):
            raise DataError(
                "an artifact begins at 0 s or later and lasts longer than 0 s, not "
                f"{self.seconds:g} s from {self.start:g} s on"
            )

    @property
    def end(self) -> float:
        """When it is over, in s."""
        return self.start + self.seconds


class Traced(NamedTuple):
    """What looks like beats to a sensor, in order.

    Parameters
    ----------
    times : ndarray, shape (m,)
        In s.
    interval : ndarray, shape (m,)
        From the heart's own beat before (s): what looks like a beat changes no wave of one.
        The first interval is taken as the second; a single beat has 1 s.
    size : ndarray, shape (m,)
        1, or 0 for a beat that leaves no trace.
    premature, false : ndarray, shape (m,)
        Which were early; which are no beats.
    """

    times: FloatArray
    interval: FloatArray
    size: FloatArray
    premature: BoolArray
    false: BoolArray


def traced(beats: Beats, artifacts: Sequence[Artifact], rng: np.random.Generator) -> Traced:
    """Return what a sensor takes for beats: some missed, some that are none.

    Parameters
    ----------
    beats : Beats
        What the heart did.
    artifacts : sequence of Artifact
        Of this sensor.
    rng : Generator
        Of where in an interval a false beat falls.
    """
    size = np.ones(len(beats))
    between = np.zeros(max(len(beats) - 1, 0), dtype=np.bool_)
    for one in artifacts:
        inside = (beats.times >= one.start) & (beats.times < one.end)
        if one.kind == "missed":
            size[inside] = 0.0
        if one.kind == "extra":
            between |= inside[:-1] & inside[1:]
    where = np.flatnonzero(between)
    falls = rng.uniform(0.35, 0.65, where.size)
    times = beats.times[where] + falls * (beats.times[where + 1] - beats.times[where])
    at = where + 1
    gaps = np.diff(beats.times)
    interval = np.concatenate((gaps[:1], gaps)) if gaps.size else np.ones(len(beats))
    return Traced(
        np.insert(beats.times, at, times),
        np.insert(interval, at, gaps[where]),
        np.insert(size, at, 1.0),
        np.insert(~beats.normal, at, values=False),
        np.insert(np.zeros(len(beats), dtype=np.bool_), at, values=True),
    )


def shaking(rng: np.random.Generator, n: int, *, hertz: float = SWAYING) -> FloatArray:
    """Return n samples at 50 Hz of what moving does to a sensor, of unit variance.

    A resonance (an autoregression of second order) driven by white noise.

    Parameters
    ----------
    rng : Generator
        Where the randomness comes from.
    n : int
        Samples.
    hertz : float
        Where the resonance is.

    Returns
    -------
    ndarray, shape (n,)
    """
    keep = math.exp(-math.pi * hertz / SHAKING_RATE)
    turn = 2 * keep * math.cos(2 * math.pi * hertz / SHAKING_RATE)
    square = keep * keep
    variance = (1 + square) / ((1 - square) * ((1 + square) ** 2 - turn * turn))
    draws = rng.standard_normal(n) / math.sqrt(variance)
    return np.asarray(lfilter([1.0], [1.0, -turn, square], draws), dtype=np.float64)


def spoiled(
    values: FloatArray, artifacts: Sequence[Artifact], *, sampling: Sampling,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """Put dropouts, flat stretches, motion, clipping and pops into `values`, in place.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Clean samples from second 0 on.
    artifacts : sequence of Artifact
        Of this sensor.
    sampling : Sampling
        When each sample is taken.
    rng : Generator
        Each artifact takes one seed from it, so that one more at the end changes no other.
    """
    if not artifacts:
        return
    low, high = _range(values)
    for one, own in zip(artifacts, rng.spawn(len(artifacts)), strict=True):
        i, j = (_first(t, sampling.rate, values.size) for t in (one.start, one.end))
        part = values[i:j]
        if one.kind == "dropout":
            part[:] = np.nan
        elif one.kind == "flat":
            part[:] = 0.0
        elif one.kind == "clipping":
            middle, room = (low + high) / 2, CLIPPED * (high - low) / 2
            np.clip(part, middle - room, middle + room, out=part)
        elif one.kind == "motion":
            part += _moved(part.size, sampling.rate, own) * (high - low)
        elif one.kind == "pop":
            part += _pops(part.size, sampling.rate, own) * (high - low)


def _first(seconds: float, rate: float, n: int) -> int:
    """Return the first of n samples that is not before `seconds`, but for rounding."""
    return min(math.ceil(seconds * rate - ROUNDING), n)


def _range(values: FloatArray) -> tuple[float, float]:
    """Return what a signal stays within for most of the time, by every 17th sample or so."""
    some = values[:: max(values.size // 100_000, 1)]
    low, high = np.nanpercentile(some, (0.5, 99.5)) if some.size else (0.0, 1.0)
    return float(low), float(high)


def _moved(n: int, rate: float, rng: np.random.Generator) -> FloatArray:
    """Return swaying, rattling and jitter of about unit range, fading in and out."""
    out = 0.05 * rng.standard_normal(n)
    few = math.ceil(n / rate * SHAKING_RATE) + 3
    add_track(out, 0, rate, shaking(rng, few, hertz=SWAYING), SHAKING_RATE, 0.5)
    add_track(out, 0, rate, shaking(rng, few, hertz=RATTLING), SHAKING_RATE, 0.3)
    out *= np.sin(np.pi * (np.arange(n) + 0.5) / max(n, 1))
    return out


def _pops(n: int, rate: float, rng: np.random.Generator) -> FloatArray:
    """Return jumps of either sign that fade; the first one at once."""
    jumps = np.zeros(n)
    if n == 0:
        return jumps
    at = np.concatenate(([0], rng.integers(0, n, rng.poisson(POP_RATE * n / rate))))
    np.add.at(jumps, at, rng.uniform(0.5, 1.5, at.size) * rng.choice((-1.0, 1.0), at.size))
    keep = math.exp(-1 / (POP_FADES * rate))
    return np.asarray(lfilter([1.0], [1.0, -keep], jumps), dtype=np.float64)
