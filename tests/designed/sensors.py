"""Sensors: what electrodes, a clip and a belt would make of a body, and what goes wrong."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from tests.designed.noise import shaped
from tests.designed.person import GRID
from tests.designed.traits import Artifact

from interbeat.core.arrays import BoolArray, FloatArray

__all__ = ["belt", "ecg", "electrodermal", "ppg", "seen", "spoiled"]

# Waves of a beat: seconds from the R wave, width (s), height (mV). The T wave is stretched
# with the cube root of the interval, as the QT is. After the idea of McSharry et al. 2003,
# doi:10.1109/TBME.2003.808805, without their differential equation.
WAVES = {
    "P": (-0.17, 0.022, 0.12),
    "Q": (-0.026, 0.009, -0.10),
    "R": (0.0, 0.011, 1.10),
    "S": (0.028, 0.010, -0.20),
    "T": (0.27, 0.045, 0.28),
}
# Waves of a pulse: seconds after its foot, width (s), height.
PULSE = ((0.16, 0.055, 1.0), (0.38, 0.085, 0.42))
AT_ONCE = 2000  # beats: a day of them at a time would fill the memory
BREATH_ON_R = 0.12  # how far the R wave grows and shrinks with a liter of breath


def ecg(
    times: FloatArray, volume: FloatArray, n: int, *, seen: BoolArray, sampling_rate: float,
    rng: np.random.Generator,
) -> FloatArray:  # fmt: skip
    """Return an ECG in mV.

    Parameters
    ----------
    times : ndarray, shape (m,)
        R waves, in s after the first sample.
    volume : ndarray, shape (k,)
        Liters in the lungs at 20 Hz: the R waves shrink with it and the baseline follows.
    n : int
        Samples.
    seen : ndarray, shape (m,)
        Which beats leave a trace.
    sampling_rate : float
        In Hz.
    rng : Generator
        Of the noise: 10 µV, and a baseline that wanders by 50 µV.

    Returns
    -------
    ndarray, shape (n,)
    """
    clock = np.arange(volume.size) / GRID
    size = seen * (1 - BREATH_ON_R * (np.interp(times, clock, volume) - 0.25))
    stretch = np.cbrt(np.gradient(times)) if times.size > 1 else np.ones(times.size)
    out = 0.010 * rng.standard_normal(n) + _baseline(volume, n, sampling_rate, rng)
    for name, (delay, width, height) in WAVES.items():
        longer = stretch if name == "T" else np.ones(times.size)
        _add_bumps(
            out, times + delay * longer, width=width, heights=height * size,
            sampling_rate=sampling_rate,
        )  # fmt: skip
    return out


def ppg(
    times: FloatArray, volume: FloatArray, n: int, *, seen: BoolArray, sampling_rate: float,
    rng: np.random.Generator,
) -> FloatArray:  # fmt: skip
    """Return a photoplethysmogram, each pulse about 1 high, from the pulses' feet (s).

    Parameters
    ----------
    times : ndarray, shape (m,)
        Feet of the pulses, in s after the first sample.
    volume : ndarray, shape (k,)
        Liters in the lungs at 20 Hz: the baseline follows.
    n : int
        Samples.
    seen : ndarray, shape (m,)
        Which beats leave a trace.
    sampling_rate : float
        In Hz.
    rng : Generator
        Of the noise.
    """
    loud = np.exp(0.05 * rng.standard_normal(times.size))
    height = np.where(seen, loud, 0.0)
    out = 0.01 * rng.standard_normal(n) + 3 * _baseline(volume, n, sampling_rate, rng)
    for delay, width, share in PULSE:
        _add_bumps(
            out, times + delay, width=width, heights=share * height,
            sampling_rate=sampling_rate,
        )  # fmt: skip
    return out


def belt(
    volume: FloatArray, n: int, *, sampling_rate: float, rng: np.random.Generator
) -> FloatArray:
    """Return what a belt around the chest reads: liters, with drift and noise.

    Parameters
    ----------
    volume : ndarray, shape (k,)
        Liters in the lungs at 20 Hz.
    n : int
        Samples.
    sampling_rate : float
        In Hz.
    rng : Generator
        Of the noise.
    """
    at = np.arange(n) / sampling_rate
    drift = 0.05 * _slow_noise(n, sampling_rate, rng)
    clean = np.interp(at, np.arange(volume.size) / GRID, volume)
    return np.asarray(clean + drift + 0.01 * rng.standard_normal(n))


def electrodermal(
    conductance: FloatArray, n: int, *, sampling_rate: float, rng: np.random.Generator
) -> FloatArray:
    """Return skin conductance in µS as an electrode reads it, with 5 nS of noise.

    Parameters
    ----------
    conductance : ndarray, shape (k,)
        In µS at 20 Hz.
    n : int
        Samples.
    sampling_rate : float
        In Hz.
    rng : Generator
        Of the noise.
    """
    at = np.arange(n) / sampling_rate
    clean = np.interp(at, np.arange(conductance.size) / GRID, conductance)
    return np.maximum(clean + 0.005 * rng.standard_normal(n), 0.0)


def seen(times: FloatArray, artifacts: Iterable[Artifact]) -> BoolArray:
    """Return which of the beats leave a trace in a sensor.

    Parameters
    ----------
    times : ndarray, shape (m,)
        Beats, in s.
    artifacts : iterable of Artifact
        Of one sensor.
    """
    kept = np.ones(times.size, dtype=np.bool_)
    for artifact in artifacts:
        if artifact.kind == "missed":
            kept &= (times < artifact.start) | (times >= artifact.end)
    return kept


def spoiled(
    values: FloatArray, artifacts: Iterable[Artifact], *, sampling_rate: float,
    rng: np.random.Generator,
) -> FloatArray:  # fmt: skip
    """Return `values` with each dropout, flat stretch and burst of motion put in.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Clean samples from second 0 on.
    artifacts : iterable of Artifact
        Of this sensor.
    sampling_rate : float
        In Hz.
    rng : Generator
        Of the bursts.
    """
    out = values.copy()
    for artifact in artifacts:
        i, j = (max(round(t * sampling_rate), 0) for t in (artifact.start, artifact.end))
        part = out[i:j]
        if artifact.kind == "dropout":
            part[:] = np.nan
        elif artifact.kind == "flat":
            part[:] = 0.0
        elif artifact.kind == "motion":
            part += _burst(part.size, float(np.ptp(values)), sampling_rate, rng)
    return out


def _burst(n: int, height: float, sampling_rate: float, rng: np.random.Generator) -> FloatArray:
    """Return slow and fast shaking about as high as the signal itself, fading at its ends."""
    slow = shaped(rng, n, sampling_rate, spectrum=lambda f: np.exp(-(((f - 2) / 2) ** 2)))
    fade = np.sin(np.pi * (np.arange(n) + 0.5) / max(n, 1))
    return np.asarray(height * fade * (0.6 * slow + 0.1 * rng.standard_normal(n)))


def _baseline(
    volume: FloatArray, n: int, sampling_rate: float, rng: np.random.Generator
) -> FloatArray:
    at = np.arange(n) / sampling_rate
    breath = np.interp(at, np.arange(volume.size) / GRID, volume)
    return np.asarray(0.05 * _slow_noise(n, sampling_rate, rng) + 0.06 * (breath - 0.25))


def _slow_noise(n: int, sampling_rate: float, rng: np.random.Generator) -> FloatArray:
    """Return noise below 0.1 Hz with unit variance; made at 2 Hz, since it is smooth."""
    few = int(n / sampling_rate * 2) + 2
    coarse = shaped(rng, few, 2.0, spectrum=lambda f: 1 / (1 + (f / 0.05) ** 4))
    return np.interp(np.arange(n) / sampling_rate, np.arange(few) / 2.0, coarse)


def _add_bumps(
    out: FloatArray, centers: FloatArray, *, width: float, heights: FloatArray,
    sampling_rate: float,
) -> None:  # fmt: skip
    """Add a Gaussian at each center (s), cut at 4.5 widths."""
    reach = int(np.ceil(4.5 * width * sampling_rate))
    around = np.arange(-reach, reach + 1)
    for first in range(0, centers.size, AT_ONCE):
        some = slice(first, first + AT_ONCE)
        index = np.round(centers[some] * sampling_rate).astype(np.int64)[:, None] + around
        bump = np.exp(-0.5 * ((index / sampling_rate - centers[some, None]) / width) ** 2)
        bump *= heights[some, None]
        inside = (index >= 0) & (index < out.size)
        if not inside.any():
            continue
        here = index[inside]
        start = int(here.min())
        total = np.bincount(here - start, weights=bump[inside])
        out[start : start + total.size] += total
