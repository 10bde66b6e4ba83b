"""Multiple tests: what is left of p where many dyads are tested."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray

__all__ = ["false_discovery_rate"]


def false_discovery_rate(p: ArrayLike) -> FloatArray:
    """Return the q of each p: the share of false discoveries if all up to it are called ones.

    Benjamini and Hochberg (1995), doi:10.1111/j.2517-6161.1995.tb02031.x. It holds for
    independent tests and for those that depend on each other positively.

    Parameters
    ----------
    p : array_like, shape (n,)
        NaN where there was no test; such a one does not count.

    Returns
    -------
    ndarray, shape (n,)
        NaN where p is.

    Examples
    --------
    >>> false_discovery_rate([0.01, 0.04, float("nan"), 0.03])
    array([0.03, 0.04,  nan, 0.04])
    """
    values = np.asarray(p, dtype=np.float64)
    q = np.full(values.shape, np.nan)
    tested = np.flatnonzero(np.isfinite(values))
    order = tested[np.argsort(values[tested], kind="stable")]
    scaled = values[order] * order.size / np.arange(1, order.size + 1)
    q[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return q
