"""Stretches in which a heart keeps no rhythm, so that no beat of it can be called normal."""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.beats import Beats
from interbeat.core.errors import DataError
from interbeat.core.intervals import Intervals

__all__ = ["irregular_stretches", "only_beats"]

WINDOW = 60  # beats
FEWEST = 20  # of them that can be judged
BEND = 0.12  # of the interval
SHARE = 0.57  # of beats whose interval bends by more


def irregular_stretches(beats: Beats) -> Intervals:
    """Return where successive intervals have so little to do with each other as in no rhythm.

    A beat is judged by how far its interval lies from the mean of those before and after. In
    sinus rhythm this is small, even where breathing swings the heart widely, because it swings
    it smoothly. Where of 60 beats more than 57 % lie off by over 12 % of the interval, early
    beats cannot be told from others: :func:`~interbeat.signals.correction.mark_beats` then
    marks few, and an index of variability says nothing about the vagus. Atrial fibrillation
    looks so, and so do many ectopic beats that came too late to be marked, a bad sensor and a
    badly found pulse. This names none of them. A healthy heart that breathes hard after
    exercise, three or four beats to a breath, comes to 54 %.

    Parameters
    ----------
    beats : Beats
        n beats of one person, marked; a beat beside a marked one is not judged.

    Returns
    -------
    Intervals
        Stretches labelled ``"irregular"``, those under 60 beats apart as one; none where fewer
        than 20 of 60 beats can be judged, and so none of fewer than 63 beats.

    Raises
    ------
    DataError
        If `beats` are no Beats.

    Notes
    -----
    After the normalized differences by which Dash et al. [1]_ find atrial fibrillation, with
    second differences, which deep breathing does not raise, and a share in place of a mean.

    References
    ----------
    .. [1] Dash, Chon, Lu and Raeder (2009), Automatic real time detection of atrial
       fibrillation, Annals of Biomedical Engineering 37:1701-1709,
       doi:10.1007/s10439-009-9740-z.

    Examples
    --------
    >>> wild = np.random.default_rng(0).uniform(500, 1000, 200)
    >>> irregular_stretches(Beats.from_rr(wild, "a"))
    Intervals(irregular 0..153.963)
    """
    if len(only_beats(beats)) < WINDOW + 3:
        return Intervals.none()
    bends, judged = _bends(beats)
    far = _totals(((bends > BEND) & judged).astype(np.float64))
    count = _totals(judged.astype(np.float64))
    wild = (count >= FEWEST) & (far > SHARE * count)
    if not wild.any():
        return Intervals.none()
    first = np.flatnonzero(np.diff(wild, prepend=False) & wild)
    last = np.flatnonzero(np.diff(wild, append=False) & wild) + WINDOW + 2
    apart = first[1:] - last[:-1] >= WINDOW
    first, last = first[np.append(True, apart)], last[np.append(apart, True)]
    labels = ("",) * first.size
    return Intervals(beats.times[first], beats.times[last], labels).covered("irregular")


def only_beats(given: object) -> Beats:
    """Return `given` if it is Beats, and say how to make them of anything else."""
    if not isinstance(given, Beats):
        raise DataError(
            f"beats are wanted, not {type(given).__name__}: Beats.from_rr(rr_ms, person) makes "
            "them of intervals, Beats.at(times, person) of times"
        )
    return given


def _bends(beats: Beats) -> tuple[FloatArray, BoolArray]:
    """Return by what share each interval is off its neighbors' mean, and which are judged."""
    rr, nn = beats.rr_ms, beats.nn
    sides = 0.5 * (rr[:-2] + rr[2:])
    bends = np.abs(rr[1:-1] - sides) / ((rr[1:-1] + 2.0 * sides) / 3.0)
    return bends, nn[:-2] & nn[1:-1] & nn[2:]


def _totals(of: FloatArray) -> FloatArray:
    """Return the sums over each window of beats."""
    sums = np.concatenate(([0.0], np.cumsum(of)))
    return sums[WINDOW:] - sums[:-WINDOW]
