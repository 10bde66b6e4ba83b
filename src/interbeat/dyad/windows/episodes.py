"""Episodes: when two people were together, as far as chance would not have it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.estimate import Estimate
from interbeat.dyad.windows.spread import BLOCK, resampled
from interbeat.dyad.windows.windowed import Layout, over_neighbors
from interbeat.kernels.student import student

__all__ = ["Episodes", "episodes_of", "scores_of"]

HOUR = 3600.0  # s


@dataclass(frozen=True, slots=True, eq=False)
class Episodes:
    """Stretches in which two people moved together more than chance would have it.

    Each window stands for the `hop` seconds about its center. It counts where its score lies
    above a threshold that, under chance, one window or more of a whole recording like this one
    exceeds in 5 % of cases. What lies between episodes was not shown to be together, and may
    have been.

    Parameters
    ----------
    starts, ends : ndarray, shape (n,)
        In seconds since the session began.
    share : Estimate
        Of the time that could be judged, 0 to 1.
    rate : Estimate
        Episodes an hour, 1/h.
    length : Estimate
        Mean length, in s; missing where there are fewer than two.
    entries : Estimate
        How often an episode began in an hour of being apart, 1/h; missing without such time.
    exits : Estimate
        How often one ended in an hour of being together, 1/h; missing without such time.
    times, score : ndarray, shape (w,)
        Center of each window (s), and its score: mean Fisher z of the window and of those
        whose center lies within a third of a window, at the best lag and in its direction; NaN
        where most of them are missing.
    threshold : float
        Above it a window counts; NaN if missing.
    """

    starts: FloatArray
    ends: FloatArray
    share: Estimate
    rate: Estimate
    length: Estimate
    entries: Estimate
    exits: Estimate
    times: FloatArray
    score: FloatArray
    threshold: float = math.nan

    @classmethod
    def missing(cls, reason: str) -> Episodes:
        """Return no episodes, and why."""
        none = np.empty(0)
        often = Estimate.missing("1/h", reason)
        share, length = (Estimate.missing(unit, reason) for unit in ("", "s"))
        return cls(none, none, share, often, length, often, often, none, none)


class _Steps(NamedTuple):
    """Windows that are known, that are together, and that begin or end an episode."""

    known: BoolArray
    together: BoolArray
    enters: BoolArray
    leaves: BoolArray


def scores_of(z: FloatArray, layout: Layout) -> FloatArray:
    """Return the mean of each window's z and its neighbors', NaN where most are missing.

    Parameters
    ----------
    z : ndarray, shape (w,)
        At one lag; NaN where missing.
    layout : Layout
        For how many neighbors there are.
    """
    padded = np.pad(z, layout.reach, constant_values=np.nan)
    there = np.isfinite(padded)
    rows = np.where(there, padded, 0.0)[:, None]
    return over_neighbors(rows, there.astype(np.float64)[:, None], layout.reach)[:, 0]


def episodes_of(
    score: FloatArray, times: FloatArray, *, threshold: float, layout: Layout, rate: float
) -> Episodes:
    """Return the runs of windows whose score exceeds `threshold`.

    Parameters
    ----------
    score, times : ndarray, shape (w,)
        See :class:`Episodes`.
    threshold : float
        Of the score.
    layout : Layout
        Window, hop and largest lag, in samples.
    rate : float
        Sampling rate, in Hz.
    """
    steps = _steps(score, threshold)
    hop = layout.hop / rate
    starts = times[steps.enters] - hop / 2
    ends = times[steps.leaves] + hop / 2
    known = float(steps.known.sum()) * hop / HOUR
    quality = float(steps.known.mean()) if score.size else 0.0
    if not known:
        return Episodes.missing(
            "no window in which both vary and half of the samples are there"
        )
    together = known * float(steps.together[steps.known].mean())
    count = starts.size
    inner = np.diff(steps.together.astype(np.int8), prepend=steps.together[0])
    return Episodes(
        starts,
        ends,
        _share(steps, layout, rate),
        _often(count, known, quality),
        _length(ends - starts, quality),
        _often(int((inner > 0).sum()), known - together, quality),
        _often(int((inner < 0).sum()), together, quality),
        times,
        score,
        threshold,
    )


def _steps(score: FloatArray, threshold: float) -> _Steps:
    together = score > threshold
    before = np.concatenate(([False], together[:-1]))
    after = np.concatenate((together[1:], [False]))
    return _Steps(np.isfinite(score), together, together & ~before, together & ~after)


def _share(steps: _Steps, layout: Layout, rate: float) -> Estimate:
    """Return the share of the known windows; its spread by blocks, and never under one's."""
    column = np.where(steps.known, steps.together, np.nan)[:, None]
    value = float(np.nanmean(column))
    spread = float(np.std(resampled(column, layout, rate)))
    blocks = max(steps.known.size * layout.hop / (BLOCK * rate), 1.0)
    likely = (value * blocks + 0.5) / (blocks + 1)  # of none in few blocks, some may have been
    spread = max(spread, math.sqrt(likely * (1 - likely) / (blocks + 1)))
    return Estimate(value, spread, "", float(steps.known.mean()), int(steps.known.sum()))


def _often(count: int, hours: float, quality: float) -> Estimate:
    """Return events an hour with the spread of a count; of none, as of one."""
    if hours <= 0:
        return Estimate.missing("1/h", "no such time", quality, 0)
    return Estimate(count / hours, math.sqrt(max(count, 1)) / hours, "1/h", quality, count)


def _length(lengths: FloatArray, quality: float) -> Estimate:
    n = lengths.size
    if n < 2:
        return Estimate.missing("s", f"{n} of 2 episodes", quality, n)
    spread = float(np.std(lengths, ddof=1)) / math.sqrt(n) * float(student(n - 1))
    return Estimate(float(np.mean(lengths)), spread, "s", quality, n)
