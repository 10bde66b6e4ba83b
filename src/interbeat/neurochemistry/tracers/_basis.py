"""Basis: the simplified reference tissue model for many curves at once, over fixed rates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.neurochemistry.tracers._answers import widened
from interbeat.neurochemistry.tracers._frames import Course, convolved, course
from interbeat.neurochemistry.tracers._projection import SINGULAR, Range, vertex
from interbeat.neurochemistry.tracers._spec import Frames

__all__ = ["BASIS", "Basis", "Maps"]

BASIS = Range(0.006, 0.6, 100)  # of k2a, in 1/min
NUDGE = 1e-5  # relative step of the derivative by the rate


@dataclass(frozen=True, slots=True, eq=False)
class Maps:
    """What each curve gives; NaN where it tells nothing.

    Parameters
    ----------
    values : ndarray, shape (3, v)
        BP_ND, R1 and k2 (1/min).
    variances : ndarray, shape (3, v)
        Of these.
    rates : ndarray, shape (v,)
        k2a, in 1/min.
    at_end : ndarray of bool, shape (v,)
        Whether k2a is the first or last of the basis.
    """

    values: FloatArray
    variances: FloatArray
    rates: FloatArray
    at_end: BoolArray


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """What all curves of a scan are fitted with.

    Parameters
    ----------
    reference : ndarray, shape (n,)
        Of the reference region.
    whole : Course
        The same as a curve.
    root : ndarray, shape (n,)
        Square roots of the weights.
    rates : ndarray, shape (m,)
        In 1/min, evenly in their logarithm.
    first : ndarray, shape (n,)
        The weighted reference at length 1.
    others : ndarray, shape (m, n)
        Weighted convolutions at right angles to it, at length 1; 0 where they do not differ.
    """

    reference: FloatArray
    whole: Course
    root: FloatArray
    rates: FloatArray
    first: FloatArray
    others: FloatArray

    @classmethod
    def over(
        cls, frames: Frames, reference: FloatArray, weights: FloatArray, rates: Range = BASIS
    ) -> Basis:
        """Return the basis of a scan."""
        whole, root = course(frames, reference), np.sqrt(weights)
        first = root * reference / np.linalg.norm(root * reference)
        fading = root * convolved(whole, rates.rates)
        size = np.linalg.norm(fading, axis=1)
        fading = fading - (fading @ first)[:, None] * first
        apart = np.linalg.norm(fading, axis=1)
        differs = apart > 1e-7 * size
        others = np.where(differs, 1 / np.where(differs, apart, 1.0), 0.0)[:, None] * fading
        return cls(reference, whole, root, rates.rates, first, others)

    def fitted(self, curves: FloatArray) -> Maps:
        """Return what each of `curves`, shape (v, n), gives."""
        rates, at_end = self.best(curves)
        fading, above, below = (
            convolved(self.whole, rates * step) for step in (1.0, 1 + NUDGE, 1 - NUDGE)
        )
        ratio, factor = self._pair(curves, fading)
        left = curves - ratio[:, None] * self.reference - factor[:, None] * fading
        by_rate = factor[:, None] * (above - below) / (2 * NUDGE * rates[:, None])
        spread = self._covariances(left, fading, by_rate)
        return _maps(np.stack([ratio, factor, rates]), spread, at_end)

    def best(self, curves: FloatArray) -> tuple[FloatArray, BoolArray]:
        """Return the rate that explains most of each curve, between those of the basis."""
        weighted = curves * self.root
        beyond = weighted - (weighted @ self.first)[:, None] * self.first
        gains = (beyond @ self.others.T) ** 2
        best = np.argmax(gains, axis=1)
        last = self.rates.size - 1
        inner, rows = np.clip(best, 1, last - 1), np.arange(best.size)
        shift = vertex(gains[rows, inner - 1], gains[rows, inner], gains[rows, inner + 1])
        at_end = (best == 0) | (best == last)
        step = np.log(self.rates[1] / self.rates[0])
        between = self.rates[inner] * np.exp(shift * step)
        return np.where(at_end, self.rates[best], between), at_end

    def _pair(self, curves: FloatArray, fading: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return R1 and the factor of the convolution, by least squares at each rate."""
        weights = self.root**2
        driven = weights * self.reference
        own = float(driven @ self.reference)
        shared = fading @ driven / own
        rest = fading - shared[:, None] * self.reference
        size = rest**2 @ weights
        told = size > SINGULAR * (fading**2 @ weights)
        gain = np.einsum("ij,ij->i", curves * weights, rest)
        factor = np.where(told, gain / np.where(told, size, 1.0), 0.0)
        return curves @ driven / own - factor * shared, factor

    def _covariances(
        self, left: FloatArray, fading: FloatArray, by_rate: FloatArray
    ) -> FloatArray:
        """Return the covariances of R1, factor and rate, (v, 3, 3); NaN where singular."""
        freedom = int(np.count_nonzero(self.root)) - 3
        variance = (left**2 @ self.root**2) / freedom * widened(freedom) ** 2
        slopes = [np.broadcast_to(self.reference, fading.shape), fading, by_rate]
        normal = np.empty((fading.shape[0], 3, 3))
        for i, one in enumerate(slopes):
            weighted = one * self.root**2
            for j, other in enumerate(slopes[: i + 1]):
                normal[:, i, j] = normal[:, j, i] = np.einsum("ij,ij->i", weighted, other)
        scale = np.sqrt(np.einsum("ijj->ij", normal))
        outer = scale[:, :, None] * scale[:, None, :]
        told = np.all(scale > 0, axis=1)
        normed = np.where(told[:, None, None], normal, np.eye(3)) / np.where(
            told[:, None, None], outer, 1.0
        )
        told &= np.linalg.det(normed) > SINGULAR
        inverse = np.linalg.inv(np.where(told[:, None, None], normed, np.eye(3)))
        spread = variance[:, None, None] * inverse / np.where(told[:, None, None], outer, 1.0)
        return np.where(told[:, None, None], spread, np.nan)


def _maps(found: FloatArray, spread: FloatArray, at_end: BoolArray) -> Maps:
    """Return BP_ND, R1 and k2 by the delta method from R1, factor and k2a."""
    ratio, factor, rates = found
    one, zero = np.ones_like(ratio), np.zeros_like(ratio)
    slopes = np.stack(
        [
            np.stack([one, 1 / rates, -factor / rates**2]),
            np.stack([one, zero, zero]),
            np.stack([rates, one, ratio]),
        ]
    )
    values = np.stack([factor / rates + ratio - 1, ratio, factor + ratio * rates])
    variances = np.einsum("pav,vab,pbv->pv", slopes, spread, slopes, optimize=True)
    return Maps(values, np.maximum(variances, 0.0), rates, at_end)
