"""From means to whatever is made of them, with a standard error: the delta method.

A family of measures that are smooth functions of means says what the means are of
(its *items*, one row an interval) and what the functions are. The covariance of the means
under autocorrelation is that of :func:`~interbeat.kernels.influence.covariances`; the
derivatives of the functions are taken by complex steps, exact to rounding (Squire & Trapp
1998, SIAM Review 40:110, doi:10.1137/S003614459631241X).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from interbeat.core.arrays import BoolArray, FloatArray, IntArray
from interbeat.core.beats import Beats
from interbeat.kernels.influence import covariances
from interbeat.kernels.student import student
from interbeat.measures._spec import Columns
from interbeat.measures._uncertainty import root_factor, share_se
from interbeat.measures._windows import Unless, columns, nn_share, none_in, rows

__all__ = [
    "ROUNDING",
    "Formula",
    "Means",
    "as_balance",
    "as_ratio",
    "as_root",
    "as_share",
    "delta",
    "differences",
    "evaluated",
    "family",
    "filled_up",
    "means_of",
    "nothing_varies",
    "settled",
]

ROUNDING = 1e-6  # ms: intervals that differ by less are equal, whatever the clock reads
FLAT = 1e-8  # ms²: less is rounding
ROUNDING_SE = 1e-9  # of a value, and of 1: no heart is that steady
STEP = 1e-20  # of the imaginary step: any size will do that is small beside 1

Complex = NDArray[np.complex128]


class Means(NamedTuple):
    """Means of several items in each window, and how they err together."""

    n: IntArray  # (windows, items)
    mean: FloatArray  # (windows, items)
    covariance: FloatArray  # (windows, items, items)
    df: FloatArray  # (windows,)


class Formula(NamedTuple):
    """What a measure makes of means, and how to widen its standard error.

    ``function(m, n)`` takes the means, shape (items, ..., windows), maybe complex, and how
    many rows each is of, shape (items, windows); ``se(value, variance, df, n)`` gives the
    standard error. ``n`` counts the rows of item `of`, of which there must be `fewest`, if that
    is more than for its family.
    """

    function: Callable[[Complex, FloatArray], Complex]
    se: Callable[[FloatArray, FloatArray, FloatArray, FloatArray], FloatArray]
    of: int = 0
    fewest: int = 0


def as_root(
    value: FloatArray, variance: FloatArray, df: FloatArray, _n: FloatArray
) -> FloatArray:
    """Return the standard error of a root of a mean square, such as a standard deviation."""
    relative = 4 * variance / np.where(value > 0, value, 1.0) ** 2
    return np.asarray(np.sqrt(variance) * root_factor(relative, df))


def as_ratio(
    _value: FloatArray, variance: FloatArray, df: FloatArray, _n: FloatArray
) -> FloatArray:
    """Return the standard error of a smooth function of means that is not skewed."""
    unseen = 1 + 0.4 / np.maximum(df, 1.0)
    return np.asarray(np.sqrt(variance) * unseen * student(df))


def as_share(
    value: FloatArray, variance: FloatArray, df: FloatArray, n: FloatArray
) -> FloatArray:
    """Return the standard error of a share in percent, of 0 and 100 % too."""
    return 100 * share_se(value / 100, variance / 1e4, n, df)


def as_balance(
    _value: FloatArray, variance: FloatArray, df: FloatArray, n: FloatArray
) -> FloatArray:
    """Return the standard error of a share in percent that keeps away from 0 and 100 %.

    Yes and no may take turns, so that the share is surer than a binomial one; but one more of
    either is always possible.
    """
    return np.asarray(np.sqrt(variance + (100 / n) ** 2) * student(df))


def settled(variance: Complex) -> Complex:
    """Return a variance (ms²), and 0 where there is nothing but rounding, which has no root."""
    return np.where(np.real(variance) > FLAT, variance, 0.0)


def means_of(
    items: FloatArray, where: tuple[IntArray, IntArray], reach: int | IntArray
) -> Means:
    """Return the means of the columns of `items` in each window; see the kernel."""
    reaches = np.zeros(items.shape[1], dtype=np.int64) + reach
    return Means(*covariances(np.ascontiguousarray(items), reaches, *where))


def delta(formula: Formula, means: Means) -> tuple[FloatArray, FloatArray]:
    """Return what `formula` makes of `means`, and its standard error, shape (windows,) each."""
    m = means.mean.T[:, None, :] + STEP * 1j * np.eye(means.mean.shape[1])[:, :, None]
    n = np.maximum(means.n.T.astype(np.float64), 2.0)
    with np.errstate(all="ignore"):  # where nothing varies: told by nothing_varies
        found = formula.function(m, n)
        value, slopes = np.real(found[0]), np.imag(found) / STEP
        variance = np.einsum("kw,wkl,lw->w", slopes, means.covariance, slopes)
        se = formula.se(value, np.maximum(variance, 0.0), means.df, n[formula.of])
    return np.asarray(value), se


def nothing_varies(value: FloatArray, se: FloatArray) -> tuple[Unless, Unless]:
    """Where intervals are all alike, a ratio of variations has no value.

    Nor has any measure of which no two parts differ by more than rounding: a standard error of
    0 would say that it is known for sure.
    """
    n = np.zeros(value.size)
    no_value = ~(np.isfinite(value) & np.isfinite(se))
    alike = ~(se > ROUNDING_SE * np.maximum(np.abs(value), 1.0))
    return (no_value, "nothing varies", n), (alike, "no two parts of it differ", n)


def filled_up(items: FloatArray, good: BoolArray, size: int) -> FloatArray:
    """Return `items`, NaN where not `good`, with rows of NaN below to make `size` rows."""
    out = np.full((size, items.shape[1]), np.nan)
    out[: items.shape[0]] = np.where(good[:, None], items, np.nan)
    return out


def differences(beats: Beats) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Return the first interval of each pair of neighbors, the step to the second, and a mark.

    In ms; the mark is true where both intervals are normal-to-normal.
    """
    rr, nn = beats.rr_ms, beats.nn
    step = np.diff(rr)
    return rr[:-1], np.where(np.abs(step) <= ROUNDING, 0.0, step), nn[1:] & nn[:-1]


def family(
    formulas: Mapping[str, Formula],
    items: Callable[[Beats], FloatArray],
    *,
    reach: tuple[int, ...],
    fewest: tuple[int, str],
) -> Callable[..., dict[str, Columns]]:
    """Return ``together`` of measures that are functions of means over a whole window.

    `reach` says of how many intervals each item is made; `fewest` how many there must be of
    the items that a measure rests on, and what these are called.
    """

    def together(starts: FloatArray, ends: FloatArray, *, beats: Beats) -> dict[str, Columns]:
        where = rows(beats.times, starts, ends, joined=2)
        means = means_of(items(beats), where, np.array(reach))
        return evaluated(
            formulas,
            means,
            quality=nn_share(beats, starts, ends),
            unless=(none_in(beats, starts, ends), "no beats", starts),
            fewest=fewest,
        )

    return together


def evaluated(
    formulas: Mapping[str, Formula],
    means: Means,
    *,
    quality: FloatArray,
    unless: Unless,
    fewest: tuple[int, str],
) -> dict[str, Columns]:
    """Return the columns of each of `formulas`."""
    least, noun = fewest
    out = {}
    for name, formula in formulas.items():
        value, se = delta(formula, means)
        n = means.n[:, formula.of]
        asked = max(least, formula.fewest)
        few = (n < asked, f"{{n}} of {asked} {noun}", n)
        out[name] = columns(
            value, se, quality=quality, n=n, unless=(unless, few, *nothing_varies(value, se))
        )
    return out
