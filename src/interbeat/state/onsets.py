"""Onsets: when stress set in, from what was known at that very second."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from interbeat.core.arrays import FloatArray
from interbeat.state.estimates import Drives

__all__ = ["onsets"]

LEAD = 10  # s that are not compared with: an onset may lie in them
BACK = 30  # s before those: what is compared with
CALM = 60.0  # s without a sign of it before another onset is told
# How much of vagal drive, sympathetic drive and arousal makes a sign of one standard deviation
# of what it does in people to whom nothing happens, and the sign from which it is told: the
# linear discriminant of simulated stressors, and less than one false alarm an hour
# (benchmarks/calibrate_drives.py, seeds 300 to 399).
WITH_SWEAT, FROM_SWEAT = (3.6, -14.7, 18.2), 3.75
HEART_ONLY, FROM_HEART = (-29.8, 135.9, -101.1), 3.75


def onsets(found: Drives) -> FloatArray:
    """Return the seconds at which stress was found to have set in.

    The drives as they were known live are compared with what they were 10 to 40 s before; their
    weighted difference is told where it passes a threshold, once, until it has been below for a
    minute. Thresholds were set on simulated people for less than one false alarm an hour;
    threat that rises from within, though nothing outside brought it, is none.

    How many onsets are found depends on sweat: simulated stressors of the size of those of a
    laboratory (7 beats a minute) are found within 10 s in about 90 of 100 cases with it.
    Without it they are as large as what vagal drive does by itself every few minutes, so that
    only one in seven is found at this rate of false alarms, and no reading of a heart could do
    much better.

    Parameters
    ----------
    found : Drives
        Of :func:`~interbeat.state.drives` or of a :class:`~interbeat.state.Follower`.

    Returns
    -------
    ndarray, shape (k,)
        Seconds since the session began; never before the end of the baseline.

    Examples
    --------
    >>> from interbeat.core.beats import Beats
    >>> from interbeat.core.span import Span
    >>> from interbeat.state import drives
    >>> onsets(drives(Beats.from_rr([850.0] * 400, person="a"), baseline=Span(0, 120)))
    array([], dtype=float64)
    """
    live = found.followed if found.followed is not None else found
    if live.baseline is None or len(live) < LEAD + BACK:
        return np.empty(0)
    sweat = live.settings["sweat"] == "watched"
    weights, least = (WITH_SWEAT, FROM_SWEAT) if sweat else (HEART_ONLY, FROM_HEART)
    times, changed = changes(live)
    sign = changed @ np.array(weights)
    return told(times[(sign > least) & (times > live.baseline.end)])


def changes(live: Drives) -> tuple[FloatArray, FloatArray]:
    """Return by how much the three drives differ from what they were shortly before.

    Parameters
    ----------
    live : Drives
        As followed, of LEAD + BACK seconds or more.

    Returns
    -------
    times, changes : ndarray, shapes (n,) and (n, 3)
    """
    values = np.stack([live.vagal.values, live.sympathetic.values, live.arousal.values], axis=1)
    before = sliding_window_view(values, BACK, axis=0).mean(axis=2)[:-LEAD]
    return live.times[LEAD + BACK - 1 :], values[LEAD + BACK - 1 :] - before


def told(times: FloatArray) -> FloatArray:
    """Return those seconds that come long enough after the one before."""
    if not times.size:
        return np.empty(0)
    return times[np.concatenate(([True], np.diff(times) > CALM))]
