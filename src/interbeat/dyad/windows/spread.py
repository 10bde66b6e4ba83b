"""Spread: standard errors by resampling blocks of windows, and the lag with its own."""

from __future__ import annotations

import math

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.estimate import Estimate
from interbeat.dyad.windows.windowed import Layout, product
from interbeat.kernels.student import student

__all__ = ["LEVEL", "lag_of", "mean_curve", "resampled"]

LEVEL = 0.05  # above this p the lag of the best correlation is the lag of chance
DRAWS = 300  # resampled records
BLOCK = 60.0  # s; windows that are resampled together, or two windows if those are longer


def mean_curve(z: FloatArray) -> FloatArray:
    """Return the mean over windows at each lag; 0 where no window has a value.

    Parameters
    ----------
    z : ndarray, shape (w, k)
        Windows by lags, NaN where missing.
    """
    known = np.isfinite(z)
    sums = np.where(known, z, 0.0).sum(axis=0)
    return np.asarray(sums / np.maximum(known.sum(axis=0), 1), dtype=np.float64)


def resampled(z: FloatArray, layout: Layout, rate: float) -> FloatArray:
    """Return the curve of each record put together anew from blocks of windows (circular).

    Künsch's moving blocks: windows overlap and what they see is slow, so that neighbors must
    stay together. Of few blocks the spread is widened by Student's t. The generator's seed is
    fixed: the same record, the same standard errors.

    Parameters
    ----------
    z : ndarray, shape (w, k)
        Windows by lags, NaN where missing.
    layout : Layout
        For how far windows overlap.
    rate : float
        In Hz.
    """
    w = z.shape[0]
    block = min(math.ceil(max(BLOCK * rate, 2 * layout.window) / layout.hop), max(w // 3, 1))
    blocks = math.ceil(w / block)
    rng = np.random.default_rng(0)
    firsts = rng.integers(0, w, (DRAWS, blocks, 1))
    chosen = ((firsts + np.arange(block)) % w).reshape(DRAWS, -1)[:, :w]
    weights = np.stack([np.bincount(row, minlength=w) for row in chosen]).astype(np.float64)
    known = np.isfinite(z)
    counts = np.maximum(product(weights, known.T.astype(np.float64)), 1)
    curves = product(weights, np.where(known, z, 0.0).T) / counts
    # the spread of few blocks is too small, and itself uncertain
    real = w / block
    few = math.sqrt(real / max(real - 1, 1)) * float(student(real))
    middle = curves.mean(axis=0)
    return np.asarray(middle + few * (curves - middle), dtype=np.float64)


def lag_of(
    curve: FloatArray, resampled: FloatArray, rate: float, *,
    p: float, quality: float, n: int, second: int | None = None,
) -> Estimate:  # fmt: skip
    """Return the lag of the best correlation (s; positive: a leads), or why there is none.

    Parameters
    ----------
    curve : ndarray, shape (k,)
        Mean z at each lag.
    resampled : ndarray, shape (d, k)
        The same of each resampled record.
    rate : float
        In Hz.
    p : float
        Of the curve's best lag.
    quality : float
        What to pass on, 0 to 1.
    n : int
        Windows.
    second : int, optional
        Where the curve has a second top, across 0, if it has.
    """
    best, middle = int(np.argmax(np.abs(curve))), curve.size // 2
    if p > LEVEL:
        return Estimate.missing(
            "s", f"not distinguishable from chance (p = {p:.2f})", quality, n
        )
    if best in (0, curve.size - 1):
        end = (best - middle) / rate
        reason = f"the best lag lies at the end of the range, {end:g} s"
        return Estimate.missing("s", reason, quality, n)
    sign = math.copysign(1.0, curve[best])
    lag = float(_peaks(sign * curve[None, :])[0] - middle) / rate
    if second is not None:
        lags = f"{lag:.1f} s and {(second - middle) / rate:.1f} s"
        reason = f"there are two lags, one on each side of 0: {lags}"
        return Estimate.missing("s", reason, quality, n)
    others = (_peaks(sign * resampled) - middle) / rate
    se = float(np.sqrt(np.mean((others - lag) ** 2)))
    if se > middle / rate / 3:
        low, high = np.quantile(others, (0.025, 0.975))
        reason = f"undecided: resampled records put it between {low:.1f} and {high:.1f} s"
        return Estimate.missing("s", reason, quality, n)
    return Estimate(lag, se, "s", quality, n)


def _peaks(curves: FloatArray) -> FloatArray:
    """Return where each row is highest, between samples by a parabola through three."""
    top = np.argmax(curves, axis=1)
    inside = np.clip(top, 1, curves.shape[1] - 2)
    rows = np.arange(curves.shape[0])
    left, here, right = (curves[rows, inside + k] for k in (-1, 0, 1))
    bend = left - 2 * here + right
    step = np.where(bend < 0, (left - right) / np.where(bend < 0, 2 * bend, 1.0), 0.0)
    return np.asarray(np.where(top == inside, inside + step, top), dtype=np.float64)
