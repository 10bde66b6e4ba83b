"""Standard errors that hold in small samples and under autocorrelation.

An :class:`~interbeat.core.estimate.Estimate` promises that ``value ± 1.96 se`` covers the truth
95 times in 100. A textbook standard error does not keep that promise when it is itself
estimated from few cosines (Student), or when the value is a power, whose errors are skewed
(chi-square). Here both are paid for by a larger standard error.

The variance of a mean comes from :func:`~interbeat.kernels.windows.long_run_sum`: the
equal-weighted cosine estimator of Lazarus, Lewis, Stock & Watson (2018), J Bus Econ Stat
36:541, doi:10.1080/07350015.2018.1506926, on influence values in which a missing value is zero.
"""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.kernels.student import student

__all__ = ["count_se", "power_factor", "root_factor", "share_se"]


def root_factor(relative: FloatArray, df: FloatArray) -> FloatArray:
    """Return by how much to widen the standard error of the root of a mean square.

    `relative` is the squared standard error of the mean square over its square: 2/v for one
    that is chi-square with v degrees of freedom. A root is then chi-like, and so is its
    standard error, with which it is correlated: 1 + 1.75 `relative` makes up for both (exact
    for known v to 5 %). The heart's rhythms wax and wane partly more slowly than the slowest
    cosines, all the more so the fewer they are, `df`: 1 + 0.4 / df, chosen by simulation.
    """
    unseen = 1 + 0.4 / np.maximum(df, 1.0)
    return np.asarray((1 + 1.75 * relative) * unseen * student(df))


def power_factor(relative: FloatArray) -> FloatArray:
    """Return by how much to widen the standard error of a power in a band.

    `relative` is its squared standard error over its square: 2/v for a power that is
    chi-square with v degrees of freedom. For known v, 1 + 3.75 `relative` makes up for its
    skew (to 6 % from v = 4 up); simulation asked for more, because v is estimated, and because
    tapers smooth a narrow peak, out of a narrow band and to where it looks wide:
    1.2 + 8 `relative`.
    """
    return np.asarray(1.2 + 8.0 * relative)


def count_se(count: FloatArray, relative: FloatArray) -> FloatArray:
    """Return the standard error of a count.

    `relative` is the variance of the intervals between what was counted over their squared
    mean: 1 where they come at random (Poisson), more in bursts, less where they keep apart.
    It is trusted as far as there are more than 10 of them; the count is taken for one more.
    """
    dispersion = (10 + count * relative) / (10 + count)
    return np.asarray(np.sqrt(count * dispersion + 1))


def share_se(
    share: FloatArray, variance: FloatArray, n: FloatArray, df: FloatArray
) -> FloatArray:
    """Return the standard error of a share of `n` dependent yes-or-no values.

    The binomial variance of a count with two more of each kind (Agresti & Coull 1998), times
    how much larger autocorrelation makes the `variance` of the share than that of independent
    values.
    """
    m = np.maximum(n, 1.0)
    binomial = share * (1 - share) / m
    design = np.divide(variance, binomial, out=np.ones(m.shape), where=binomial > 0)
    design = np.maximum(design, 1.0)
    effective = m / design
    shrunk = (share * effective + 2) / (effective + 4)
    return np.asarray(np.sqrt(shrunk * (1 - shrunk) / (effective + 4)) * student(df))
