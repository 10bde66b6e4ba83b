"""Components of variance: how much comes from plates, from samples on plates, from wells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy.linalg import solve_triangular
from scipy.optimize import minimize

from interbeat.core.arrays import FloatArray, IntArray

__all__ = ["Components", "components"]

WELLS = "wells"
LEAST = 1e-9  # of the whole variance: what is left of a component that is nothing
SCALE_FLOOR = 1e-300


class Components(NamedTuple):
    """Variances by where they come from.

    Parameters
    ----------
    names : tuple of str
        Where from; ``"wells"``, what is left, last.
    variances : ndarray, shape (k,)
        Of each, from 0 up.
    covariance : ndarray, shape (k, k)
        Of these estimates.
    """

    names: tuple[str, ...]
    variances: FloatArray
    covariance: FloatArray


def components(
    values: FloatArray, fixed: Sequence[int] | IntArray, random: Mapping[str, IntArray]
) -> Components:
    """Return components of variance by restricted maximum likelihood.

    Parameters
    ----------
    values : ndarray, shape (n,)
        What was found.
    fixed : array of int, shape (n,)
        Which sample: each has a mean of its own.
    random : mapping of str to ndarray of int, shape (n,)
        Which plate, which sample on which plate ...

    Returns
    -------
    Components
        Standard errors are those of the expected information.

    Notes
    -----
    Patterson and Thompson (1971), Biometrika 58:545-554, doi:10.1093/biomet/58.3.545: the
    likelihood of what is left of the values when the samples' means are taken off, so that a
    variance is not too small for the means that were estimated. Where the design is balanced
    and no component is negative, these are the moments of the analysis of variance.
    """
    contrasts = _contrasts(np.asarray(fixed))
    left = contrasts.T @ values
    scale = max(float(left @ left) / left.size, SCALE_FLOOR)
    parts = [contrasts.T @ _alike(groups) @ contrasts for groups in random.values()]
    parts.append(np.eye(left.size))
    stack = np.array(parts)
    start = np.full(len(parts), 1.0 / len(parts))
    found = minimize(
        _unlikely, start, args=(stack, left / np.sqrt(scale)), jac=True, method="L-BFGS-B",
        bounds=[(0.0, None)] * (len(parts) - 1) + [(LEAST, None)],
        options={"ftol": 1e-14, "gtol": 1e-9, "maxiter": 500},
    )  # fmt: skip
    information = _information(found.x, stack)
    variances = np.array(found.x, dtype=np.float64) * scale
    covariance = np.array(np.linalg.pinv(information, hermitian=True), dtype=np.float64)
    return Components((*random, WELLS), variances, covariance * scale**2)


def _contrasts(fixed: IntArray) -> FloatArray:
    """Return an orthonormal basis of what the samples' means do not touch, shape (n, n - m)."""
    design = (fixed[:, None] == np.unique(fixed)).astype(np.float64)
    full, _ = np.linalg.qr(design, mode="complete")
    return np.asarray(full[:, design.shape[1] :])


def _alike(groups: IntArray) -> FloatArray:
    return np.asarray(groups[:, None] == groups, dtype=np.float64)


def _unlikely(
    variances: FloatArray, stack: FloatArray, left: FloatArray
) -> tuple[float, FloatArray]:
    """Return minus the logarithm of the likelihood, and its slope."""
    root = np.linalg.cholesky(np.tensordot(variances, stack, axes=1))
    inverse_root = solve_triangular(root, np.eye(left.size), lower=True)
    inverse = inverse_root.T @ inverse_root
    solved = inverse @ left
    value = float(np.sum(np.log(np.diag(root)))) + 0.5 * float(left @ solved)
    slope = 0.5 * (np.einsum("ij,kij->k", inverse, stack) - solved @ stack @ solved)
    return value, slope


def _information(variances: FloatArray, stack: FloatArray) -> FloatArray:
    inverse = np.linalg.inv(np.tensordot(variances, stack, axes=1))
    turned = inverse @ stack
    return np.asarray(0.5 * np.einsum("aij,bji->ab", turned, turned))
