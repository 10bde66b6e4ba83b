"""Anchored: windowed cross-correlation as four packages lay their windows, in one function.

They differ in which of the two windows stands still while a lag moves the other. A positive lag
always means that a leads: the window of b begins so much later than that of a.
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.core.errors import DataError
from interbeat.dyad._series import checked
from interbeat.dyad.modes.segments import pieces, together
from interbeat.kernels.lagged import lagged, moments, over_blocks, to_correlations

__all__ = ["Anchor", "Grid", "Windowed", "correlations", "standardized", "windowed_correlation"]

Anchor = Literal["a", "earlier", "later", "segment"]

LEAST_SHARE = 0.5  # of a window's pairs must be there
STILL = 1e-9  # of a series' variance; a window with less of it does not vary


class _Part(NamedTuple):
    """Lags at which one person's window stands, and that of the other moves to later times.

    Parameters
    ----------
    still : str
        Whose window stands.
    first, begin : int
        Where the first window of the one who stands begins, and the other's at the first lag.
    lags : slice
        Which lags these are, in the order of moving.
    """

    still: Literal["a", "b"]
    first: int
    begin: int
    lags: slice


class Grid(NamedTuple):
    """How windows and lags lie over the samples; all in samples.

    Parameters
    ----------
    window, hop, max_lag : int
        Length of a window, distance between two, and largest lag.
    anchor : str
        What stands on the grid of hops: see :func:`windowed_correlation`.
    """

    window: int
    hop: int
    max_lag: int
    anchor: Anchor

    @property
    def lags(self) -> IntArray:
        """All lags; positive: a leads."""
        return np.arange(-self.max_lag, self.max_lag + 1)

    @property
    def parts(self) -> tuple[_Part, ...]:
        """In which ways one window stands and the other moves."""
        far = self.max_lag
        if self.anchor == "a":
            return (_Part("a", far, 0, slice(None)),)
        if self.anchor == "earlier":
            return (
                _Part("a", 0, 0, slice(far, None)),
                _Part("b", 0, 1, slice(far - 1, None, -1) if far else slice(0, 0)),
            )
        return (
            _Part("a", far, 0, slice(None, far + 1)),
            _Part("b", far, 0, slice(None, far, -1)),
        )

    @property
    def reach(self) -> int:
        """How many samples the lags ask for beyond a window."""
        return {"a": 2, "earlier": 1, "later": 1, "segment": 0}[self.anchor] * self.max_lag

    def windows(self, n: int) -> int:
        """Return how many windows fit into `n` samples at every lag."""
        return max((n - self.reach - self.window) // self.hop + 1, 0)

    def centers(self, n: int) -> FloatArray:
        """Return the middle between the two windows at lag 0, in samples."""
        first = self.max_lag if self.anchor in {"a", "later"} else 0
        starts = self.hop * np.arange(self.windows(n), dtype=np.float64)
        return np.asarray(starts + (first + self.window / 2))


class Windowed(NamedTuple):
    """Correlations in windows.

    Parameters
    ----------
    r : ndarray, shape (w, k)
        Windows by lags; NaN where too little is there or does not vary.
    times : ndarray, shape (w,)
        Middle of each window at lag 0, in seconds after the first sample.
    lags : ndarray, shape (k,)
        In seconds; positive: a leads.
    """

    r: FloatArray
    times: FloatArray
    lags: FloatArray


def windowed_correlation(
    x: ArrayLike, y: ArrayLike, *,
    sampling_rate: float, window: float, hop: float, max_lag: float, anchor: Anchor,
) -> Windowed:  # fmt: skip
    """Return the correlation of each window at each lag, by one of four conventions.

    ===========  ==================================================  ==========================
    `anchor`     what stands on the grid of hops                     as in
    ===========  ==================================================  ==========================
    "a"          the window of a; that of b moves both ways          bsync (one sample more)
    "earlier"    the earlier of the two; the other comes later       rMEA
    "later"      the later of the two; the other comes before        Boker et al. [1]_
    "segment"    both: within a segment, b is shifted against a,     SUSY; ``ccf`` of R
                 what sticks out is 0, deviations are from the
                 segment's own mean
    ===========  ==================================================  ==========================

    Nothing is taken away before: lines and slow changes are in the correlations of windows.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        Person a's and person b's series; NaN where missing. Only pairs that are there count.
    sampling_rate : float
        In Hz.
    window, hop, max_lag : float
        In seconds, rounded to samples.
    anchor : str
        See above.

    Returns
    -------
    Windowed
        Positive lags mean that a leads. ``r`` is NaN where under half of a window's pairs are
        there, or where one of the two does not vary (under 1e-9 of its variance elsewhere).
        There are only windows that fit into the record at every lag.

    Raises
    ------
    DataError
        If the series differ in length or hold infinities, if the rate, window, hop or lag make
        no sense, or the anchor is none of those above.

    Notes
    -----
    Products are summed in blocks of one hop, so that the time grows with samples times lags,
    however long the windows are.

    References
    ----------
    .. [1] Boker, Xu, Rotondo & King (2002), Psychological Methods 7:338,
       doi:10.1037/1082-989X.7.3.338.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> a = np.convolve(rng.standard_normal(2400), np.ones(8), "same")
    >>> b = np.roll(a, 8)  # b follows after 2 s
    >>> found = windowed_correlation(
    ...     a, b, sampling_rate=4, window=30, hop=15, max_lag=5, anchor="earlier")
    >>> print(found.r.shape, found.lags[np.argmax(found.r.mean(axis=0))])
    (38, 41) 2.0
    """
    pair = checked(x, y, sampling_rate=sampling_rate, fastest=math.inf)
    grid = grid_of(pair.rate, window=window, hop=hop, max_lag=max_lag, anchor=anchor)
    r = correlations(standardized(pair.x), standardized(pair.y), grid)
    return Windowed(r, grid.centers(pair.x.size) / pair.rate, grid.lags / pair.rate)


def grid_of(rate: float, *, window: float, hop: float, max_lag: float, anchor: Anchor) -> Grid:
    """Return the grid of windows, given in seconds.

    Raises
    ------
    DataError
        If they make no sense.
    """
    if anchor not in get_args(Anchor):
        raise DataError(f"an anchor is one of {', '.join(get_args(Anchor))}, not {anchor!r}")
    if not (0 < hop < math.inf and 0 < window < math.inf and 0 <= max_lag < math.inf):
        raise DataError(
            f"window, hop and max_lag are seconds from 0 up, not {window}, {hop} and {max_lag}"
        )
    if max_lag > window:
        raise DataError(f"a lag of {max_lag:g} s is longer than a window of {window:g} s")
    grid = Grid(round(window * rate), max(round(hop * rate), 1), round(max_lag * rate), anchor)
    if grid.window < 8:
        raise DataError(
            f"a window of {window:g} s holds {grid.window} samples at {rate:g} Hz; "
            "8 or more are needed"
        )
    return grid


def standardized(values: FloatArray) -> FloatArray:
    """Return `values` around 0 at unit variance; what does not vary becomes 0, NaN stays NaN.

    Correlations in windows stay what they are; sums of squares stay precise.
    """
    there = np.isfinite(values)
    if not there.any():
        return values
    level, spread = float(np.mean(values[there])), float(np.std(values[there]))
    rest = values - level
    return np.asarray(rest / spread if spread else rest)


def correlations(x: FloatArray, y: FloatArray, grid: Grid) -> FloatArray:
    """Return the correlation of each window (row) at each lag (column), NaN if there is none.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Of about unit variance, around 0; NaN where a sample is missing.
    grid : Grid
        Window, hop, largest lag and anchor.
    """
    w = grid.windows(x.size)
    if not w:
        return np.empty((0, grid.lags.size))
    if grid.anchor == "segment":
        return _within(x, y, grid)
    if np.isfinite(x).all() and np.isfinite(y).all():
        return _of_all(x, y, grid)
    return _of_pairs(x, y, grid)


def _within(x: FloatArray, y: FloatArray, grid: Grid) -> FloatArray:
    rows = grid.hop * np.arange(grid.windows(x.size))[:, None] + np.arange(grid.window)
    return together(pieces(x[rows]), pieces(y[rows]), grid.max_lag)


def _of_all(x: FloatArray, y: FloatArray, grid: Grid) -> FloatArray:
    """Return the correlations where no sample is missing."""
    out = np.empty((grid.windows(x.size), grid.lags.size))
    sides = {"a": (x, *_moments(x, grid.window)), "b": (y, *_moments(y, grid.window))}
    for part in grid.parts:
        columns = out[:, part.lags]
        if not columns.size:
            continue
        one, mean, scale = (side[part.first :] for side in sides[part.still])
        moving = sides["b" if part.still == "a" else "a"]
        other, means, scales = (side[part.begin :] for side in moving)
        r = _moved(one, other, grid, columns.shape)
        to_correlations(r, mean, scale, means, scales, grid.hop, grid.window)
        columns[:] = r
    return out


def _moments(values: FloatArray, window: int) -> tuple[FloatArray, FloatArray]:
    mean, scale = np.empty((2, values.size - window + 1))
    moments(values, window, STILL, mean, scale)
    return mean, scale


def _of_pairs(x: FloatArray, y: FloatArray, grid: Grid) -> FloatArray:
    """Return the correlations over the pairs that are there."""
    (here, x), (there, y) = ((np.isfinite(s) * 1.0, np.nan_to_num(s)) for s in (x, y))
    count = _sums(here, there, grid)
    few = np.maximum(count, 1)
    mean_x, mean_y = _sums(x, there, grid) / few, _sums(here, y, grid) / few
    var_x = _sums(x**2, there, grid) / few - mean_x**2
    var_y = _sums(here, y**2, grid) / few - mean_y**2
    known = (count >= LEAST_SHARE * grid.window) & (var_x > STILL) & (var_y > STILL)
    scale = np.sqrt(np.where(known, var_x * var_y, 1.0))
    r = (_sums(x, y, grid) / few - mean_x * mean_y) / scale
    return np.where(known, np.clip(r, -1, 1), np.nan)


def _sums(x: FloatArray, y: FloatArray, grid: Grid) -> FloatArray:
    """Return the sum of products over each window (row) at each lag (column)."""
    out = np.empty((grid.windows(x.size), grid.lags.size))
    for part in grid.parts:
        still, moving = (x, y) if part.still == "a" else (y, x)
        columns = out[:, part.lags]
        if columns.size:
            columns[:] = _moved(still[part.first :], moving[part.begin :], grid, columns.shape)
    return out


def _moved(
    still: FloatArray, moving: FloatArray, grid: Grid, shape: tuple[int, ...]
) -> FloatArray:
    """Return the sums of windows of `still` with those that begin 0, 1, 2 ... samples later."""
    (w, k), hop = shape, grid.hop
    whole, rest = divmod(grid.window, hop)
    blocks = w + whole
    still = _padded(still, blocks * hop).reshape(blocks, hop)
    moving = _padded(moving, blocks * hop + k + 3)
    sums, out = np.empty((blocks, k)), np.empty((w, k))
    lagged(still, moving, hop, sums)
    over_blocks(sums, whole, out)
    if rest:
        more = np.empty((w, k))
        lagged(np.ascontiguousarray(still[whole:, :rest]), moving[whole * hop :], hop, more)
        out += more
    return out


def _padded(values: FloatArray, size: int) -> FloatArray:
    """Return the first `size` values, and 0 where there are not so many."""
    return np.concatenate((values[:size], np.zeros(max(size - values.size, 0))))
