"""Noise: independent streams of randomness, and slow processes made from them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from operator import index

import numpy as np
from scipy.signal import lfilter

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError

__all__ = ["Streams", "ornstein_uhlenbeck", "wandering"]

# One stream per process, so that a change to one leaves the others as they were. New processes
# go to the end of the list, for the same reason.
PROCESSES = (
    "breath", "vagal", "sympathetic", "vasomotor", "heart", "mind", "sweat", "level", "glands",
    "assay", "ectopic", "ecg", "ppg", "respiration", "eda", "wrist", "strap", "motion", "clock",
    "tracer", "sigh", "mood", "pressure", "wrist_ppg", "cuff", "temperature", "person", "stirs",
    "equipment",
)  # fmt: skip


class Streams:
    """Independent generators, one for each process of one body: ``streams.of("breath")``.

    Parameters
    ----------
    seed : int
        Of the whole simulation, from 0 up.
    person : int
        0 for a, 1 for b: they share nothing; 2 for what the world brings to both.

    Raises
    ------
    DataError
        If the seed is not a whole number from 0 up.
    """

    def __init__(self, seed: int, person: int) -> None:
        try:
            self._root = index(seed)
            np.random.SeedSequence(self._root)
        except (TypeError, ValueError) as error:
            raise DataError(f"a seed is a whole number from 0 up, not {seed!r}") from error
        self._person = person

    def of(self, process: str) -> np.random.Generator:
        """Return a fresh generator; the same each time for the same process.

        Parameters
        ----------
        process : str
            One of the list at the top of this file.
        """
        key = (self._person, PROCESSES.index(process))
        return np.random.Generator(
            np.random.PCG64(np.random.SeedSequence(self._root, spawn_key=key))
        )


def ornstein_uhlenbeck(
    rng: np.random.Generator, n: int, sampling_rate: float, *, tau: float
) -> FloatArray:
    """Return an exact Ornstein-Uhlenbeck process of unit variance, stationary from the start.

    Parameters
    ----------
    rng : Generator
        Where the randomness comes from.
    n : int
        Samples.
    sampling_rate : float
        In Hz.
    tau : float
        Its time constant, in s.

    Returns
    -------
    ndarray, shape (n,)
    """
    keep = math.exp(-1 / (tau * sampling_rate))
    draws = rng.standard_normal(n)
    draws[1:] *= math.sqrt(1 - keep * keep)
    return np.asarray(lfilter([1.0], [1.0, -keep], draws), dtype=np.float64)


def wandering(
    rng: np.random.Generator, n: int, sampling_rate: float, *, taus: Iterable[float]
) -> FloatArray:
    """Return a mean of Ornstein-Uhlenbeck processes: unit variance, about 1/f between its taus.

    Parameters
    ----------
    rng : Generator
        Where the randomness comes from.
    n : int
        Samples.
    sampling_rate : float
        In Hz.
    taus : iterable of float
        Time constants, in s, evenly spaced in their logarithm.

    Returns
    -------
    ndarray, shape (n,)
    """
    parts = [ornstein_uhlenbeck(rng, n, sampling_rate, tau=tau) for tau in taus]
    return np.asarray(np.sum(parts, axis=0) / math.sqrt(len(parts)), dtype=np.float64)
