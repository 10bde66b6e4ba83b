"""Course: how heart rate goes, second by second, after something happened."""

from __future__ import annotations

import numpy as np

from interbeat.body.truth import PersonTruth
from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError

__all__ = ["course"]

FINE = 20  # samples of each second


def course(truth: PersonTruth, start: float, seconds: int, *, before: int) -> FloatArray:
    """Return heart rate in each second after `start` less its mean before, in bpm.

    Each beat's rate holds until the next beat, and each second is the mean over its time, as
    psychophysiologists do (Reyes del Paso and Vila 1998).

    Parameters
    ----------
    truth : PersonTruth
        Whose.
    start : float
        When it happened (s).
    seconds : int
        How many seconds follow.
    before : int
        How many seconds before make up the level.

    Returns
    -------
    ndarray, shape (seconds,)

    Raises
    ------
    DataError
        If beats do not cover all of that.
    """
    times = truth.beats.times
    if not times[0] <= start - before <= start + seconds <= times[-1]:
        raise DataError(f"beats cover {times[0]:g} to {times[-1]:g} s")
    whole = start - before + (np.arange((before + seconds) * FINE) + 0.5) / FINE
    at = np.searchsorted(times, whole, side="right") - 1
    rate = (60 / np.diff(times))[at].reshape(-1, FINE).mean(axis=1)
    return np.asarray(rate[before:] - rate[:before].mean())
