"""Onsets: when stress set in, located afterwards, or told live."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.ndimage import maximum_filter1d

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.state.estimates import Drives

__all__ = ["onsets"]

# Afterwards: the step of (sympathetic - vagal drive), in units of what this person's steps are
# when nothing happens. Thresholds are of simulated people, for less than one false alarm an
# hour among them (benchmarks/calibrate_drives.py, seeds 300 to 369).
SIDE = 12  # s before and after a second that are compared
ALONE = 30  # s on both sides in which no other step is larger
FROM_LOCATED = 2.05
FLOOR = 0.05  # what steps are at least: nobody is so still that less would mean anything
APART, ROUNDS, FEWEST = 2.2, 4, 0.3  # which steps are not calm, and the share that must be
NORMAL = 1.48  # standard deviation over the median of sizes
TRIMMED = 1.15  # and over the root mean square of what is left below APART
# Live: the difference from what it was a little earlier.
LEAD = 10  # s that are not compared with: an onset may lie in them
BACK = 30  # s before those: what is compared with
CALM = 60.0  # s without a sign of it before another onset is told
FROM_LIVE = 0.45


def onsets(found: Drives) -> FloatArray:
    """Return the seconds at which stress was found to have set in.

    ``onsets(found)`` looks back: where sympathetic less vagal drive, smoothed, steps up from
    one quarter of a minute to the next, by more than about twice what its steps are while
    nothing happens to this person. ``onsets(found.followed)``, or of what a
    :class:`~interbeat.state.Follower` gives, tells the same live: where that difference has
    risen above what it was 10 to 40 s before; once, until it has been below for a minute.

    **How well**: of simulated stressors of the size of those of a laboratory (7 beats a minute)
    84 of 100 are located within 10 s if the palm is seen, with one false alarm in three hours;
    more than a third with the heart only, where they are no larger than what vagal drive does
    by itself. Clear ones (20 beats a minute) are located in 9 of 10 cases without the palm, in
    hearts of other models too. Live, within 10 s, it is 82 of 100 of the former with a palm
    that answers at once, and hardly any without. A heart more restless than those simulated
    gives more false alarms: of another model's, 1 to 1.5 an hour afterwards and 3 to 5 live.

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
    if found.baseline is None or len(found) < max(LEAD + BACK, 2 * SIDE):
        return np.empty(0)
    times, size = steps(found) if found.followed is not None else rises(found)
    later = times > found.baseline.end
    times, size = times[later], size[later]
    if not times.size:
        return np.empty(0)
    if found.followed is None:
        return told(times[size > FROM_LIVE])
    return times[peaks(size) & (size > FROM_LOCATED)]


def steps(found: Drives) -> tuple[FloatArray, FloatArray]:
    """Return by how much the difference of drives steps up at each second, against its usual.

    Parameters
    ----------
    found : Drives
        Smoothed, of 2 SIDE seconds or more.

    Returns
    -------
    times, size : ndarray, shape (n,)
    """
    means = sliding_window_view(_difference(found), SIDE).mean(axis=1)
    times, size = found.times[SIDE : len(found) - SIDE + 1], means[SIDE:] - means[:-SIDE]
    rest = found.baseline.end if found.baseline is not None else 0.0
    return times, size / (FLOOR + usual(size[times > rest]))


def usual(size: FloatArray) -> float:
    """Return the standard deviation of steps while nothing happens; 0 of none.

    What is near a large step, up or down, is left out, again and again.

    Parameters
    ----------
    size : ndarray, shape (n,)
    """
    if not size.size:
        return 0.0
    spread = NORMAL * float(np.median(np.abs(size)))
    for _ in range(ROUNDS):
        calm = ~maximum_filter1d(np.abs(size) > APART * spread, 2 * SIDE)
        if calm.mean() < FEWEST:
            break
        spread = TRIMMED * float(np.sqrt(np.mean(size[calm] ** 2)))
    return spread


def peaks(size: FloatArray) -> BoolArray:
    """Return where no step nearby is larger, shape (n,)."""
    return np.asarray(size >= maximum_filter1d(size, 2 * ALONE + 1, mode="nearest"))


def rises(live: Drives) -> tuple[FloatArray, FloatArray]:
    """Return by how much the difference of drives is above what it was shortly before.

    Parameters
    ----------
    live : Drives
        As followed, of LEAD + BACK seconds or more.

    Returns
    -------
    times, size : ndarray, shape (n,)
    """
    now = _difference(live)
    before = sliding_window_view(now, BACK).mean(axis=1)[:-LEAD]
    return live.times[LEAD + BACK - 1 :], now[LEAD + BACK - 1 :] - before


def told(times: FloatArray) -> FloatArray:
    """Return those seconds that come long enough after the one before."""
    if not times.size:
        return np.empty(0)
    return times[np.concatenate(([True], np.diff(times) > CALM))]


def _difference(found: Drives) -> FloatArray:
    return np.asarray(found.sympathetic.values - found.vagal.values)
