"""Noise: random processes with a known spectrum, and independent streams to draw them from."""

from __future__ import annotations

from collections.abc import Callable
from operator import index
from types import SimpleNamespace

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError

__all__ = ["band", "drifting", "person_streams", "pink", "relaxed", "shaped", "slow", "streams"]

PROCESSES = ("breath", "heart", "mayer", "drive", "ectopic", "sweat", "level",
             "ecg", "ppg", "respiration", "eda", "motion")  # fmt: skip

Spectrum = Callable[[FloatArray], FloatArray]


def streams(
    seed: int,
) -> tuple[np.random.SeedSequence, np.random.SeedSequence, np.random.SeedSequence]:
    """Return the seeds of person a, of person b, and of what both share.

    Parameters
    ----------
    seed : int
        Of the whole simulation.

    Raises
    ------
    DataError
        If it is not a whole number from 0 up.
    """
    try:
        a, b, shared = np.random.SeedSequence(index(seed)).spawn(3)
    except (TypeError, ValueError) as error:
        raise DataError(f"a seed is a whole number from 0 up, not {seed!r}") from error
    return a, b, shared


def person_streams(seed: np.random.SeedSequence) -> SimpleNamespace:
    """Return an independent generator for each process of one body, by the process's name.

    Each process draws from a stream of its own, so that a change to one leaves the others as
    they were. New processes go to the end of the list, for the same reason.

    Parameters
    ----------
    seed : SeedSequence
        Of one body.
    """
    children = seed.spawn(len(PROCESSES))
    return SimpleNamespace(
        **{n: np.random.default_rng(s) for n, s in zip(PROCESSES, children, strict=True)}
    )


def shaped(
    rng: np.random.Generator, n: int, sampling_rate: float, *, spectrum: Spectrum
) -> FloatArray:
    """Return Gaussian noise of unit expected variance whose power follows `spectrum`.

    Parameters
    ----------
    rng : Generator
        Where the randomness comes from.
    n : int
        Samples.
    sampling_rate : float
        In Hz.
    spectrum : callable
        Power (in any unit) at each frequency in Hz.

    Returns
    -------
    ndarray, shape (n,)
        Cut from a longer circle, so that its end knows nothing of its start.
    """
    size = 1 << (max(2 * n, 16) - 1).bit_length()
    frequency = np.asarray(
        np.arange(1, size // 2 + 1) * (sampling_rate / size), dtype=np.float64
    )
    power = spectrum(frequency)
    draws = rng.standard_normal((2, frequency.size))
    half = np.zeros(size // 2 + 1, dtype=np.complex128)
    half[1:] = (draws[0] + 1j * draws[1]) * np.sqrt(power / power.sum())
    half[-1] = 0.0
    return np.asarray(np.fft.irfft(half, size)[:n] * (size / 2), dtype=np.float64)


def pink(frequency: FloatArray) -> FloatArray:
    """Return 1/f power from 1 mHz up that fades above 0.1 Hz, where breathing has its say.

    Parameters
    ----------
    frequency : ndarray, shape (n,)
        In Hz.
    """
    return 1 / (np.maximum(frequency, 1e-3) * (1 + (frequency / 0.1) ** 4))


def slow(frequency: FloatArray) -> FloatArray:
    """Return the power of arousal: most of it between 0.005 and 0.08 Hz.

    Parameters
    ----------
    frequency : ndarray, shape (n,)
        In Hz.
    """
    return 1 / ((1 + (0.005 / frequency) ** 2) * (1 + (frequency / 0.06) ** 4))


def drifting(frequency: FloatArray) -> FloatArray:
    """Return the power of a level that drifts over minutes, too smooth to look like a response.

    Parameters
    ----------
    frequency : ndarray, shape (n,)
        In Hz.
    """
    return 1 / ((1e-6 + frequency**2) * (1 + (frequency / 0.01) ** 4))


def band(center: float, width: float) -> Spectrum:
    """Return a spectrum with one bump at `center`, `width` wide (Hz).

    Parameters
    ----------
    center, width : float
        In Hz; the width is a standard deviation.
    """
    return lambda frequency: np.exp(-0.5 * ((frequency - center) / width) ** 2)


def relaxed(
    times: FloatArray, starts: FloatArray, targets: FloatArray, *, tau: float
) -> FloatArray:
    """Return what follows `targets`, which change at `starts`, with time constant `tau` (s).

    Parameters
    ----------
    times : ndarray, shape (n,)
        When to tell, in s.
    starts, targets : ndarray, shape (k,)
        When each target begins to hold (s), and the targets.
    tau : float
        In s.
    """
    level = np.empty_like(targets)
    level[0] = targets[0]
    for k in range(1, targets.size):
        decay = np.exp(-(starts[k] - starts[k - 1]) / tau)
        level[k] = targets[k - 1] + (level[k - 1] - targets[k - 1]) * decay
    k_at = np.clip(np.searchsorted(starts, times, side="right") - 1, 0, None)
    return np.asarray(
        targets[k_at] + (level[k_at] - targets[k_at]) * np.exp(-(times - starts[k_at]) / tau)
    )
