"""Trailing: how far two people move together now, from what their last minutes hold.

For a live session: at each second only what lies before it is known. What comes out is a pure
function of the samples given, so that a live session and a file say the same.
"""

from __future__ import annotations

from collections import deque
from typing import Protocol

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate
from interbeat.dyad._series import LEAST_SHARE, SHORTEST, Pair, too_little, twice
from interbeat.dyad._spec import Index
from interbeat.dyad.preparation import evened, prepared
from interbeat.dyad.windows.windowed import LAG_SPANS

__all__ = ["Follower", "TrailingIndex", "TrailingSynchrony"]

MEMORY = 480.0  # s of both that chance is read from
WINDOW = 30.0  # s that are correlated, as in `synchrony`
SECONDS = 300.0  # s that an index looks back
PIECES = 10  # of what an index looks back on; each second another one is left out
DRAWS = 60  # seconds whose turned statistics tell an index's chance
GOLDEN = 0.6180339887498949  # multiples of it, without their whole part, fill 0 to 1 evenly
LEVEL = 0.05
CLOSEST = 0.999999  # a correlation of 1 would have an infinite z
FLAT = 1e-5  # of the window's variance must be left in the pairs that are there
EASY = 256  # lengths that are multiples of it are quickly transformed


class Follower(Protocol):
    """What can be said each second of two series that grow."""

    memory: float
    """How many seconds it must be given."""

    window: float
    """How many of them its value looks back on."""

    names: tuple[str, ...]
    """What it says: the names of the estimates, in order."""

    units: tuple[str, ...]
    """In what."""

    def at(self, pair: Pair, second: int, signal: str) -> tuple[Estimate, ...]:
        """Return the estimates at the end of `pair`; to be called once each second, in order.

        Parameters
        ----------
        pair : Pair
            The last `memory` seconds of both, or what there is of them.
        second : int
            Counted from the first one asked for.
        signal : str
            What of the two, for people.
        """
        ...


class _Checks:
    """Whether two series can be compared; whether they are one person's, each tenth second."""

    def __init__(self) -> None:
        self._twice = ""

    def why_not(self, pair: Pair, second: int, signal: str, *, least: float) -> str:
        """Return why two series cannot be compared, or nothing; once each second, in order."""
        reason = too_little(pair, signal, least=0.0)
        if not reason and pair.quality * pair.x.size < least * pair.rate:
            reason = f"under {least:.0f} s of both to tell chance by"
        if second % PIECES == 0:
            self._twice = "" if reason else twice(pair, signal)
        return reason or self._twice


class TrailingSynchrony:
    """Windowed cross-correlation of the last half minute, against the last eight minutes.

    A's window ends `max_lag` before now, so that b may answer as late as a may; it is compared
    with the windows of b at each lag, and the z farthest from 0 counts, in either direction, as
    in :func:`~interbeat.dyad.synchrony.synchrony`, as which the minutes are prepared. Chance is
    what the same window of a gives with b's windows from any other time of the last eight
    minutes, each with its own best lag.
    One window tells less than a whole record: to say that two people were together takes
    :func:`~interbeat.dyad.synchrony.synchrony`, and the two are not called alike.

    Parameters
    ----------
    max_lag : float
        In seconds.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> a = np.convolve(rng.standard_normal(2400), np.ones(8), "same")
    >>> b = np.roll(a, 8) + rng.standard_normal(2400)  # b follows after 2 s
    >>> z, lag, chance = TrailingSynchrony(5.0).at(Pair(a, b, 4.0), 0, "heart rate")
    >>> print(z, "| by chance under", chance, "| lag", lag)
    1.9 ± 0.2 | by chance under 0.55 ± 0.04 | lag 2.0 ± 0.2 s
    """

    memory: float = MEMORY
    names: tuple[str, ...] = ("trailing synchrony", "trailing lag", "trailing chance")
    units: tuple[str, ...] = ("", "s", "")

    def __init__(self, max_lag: float) -> None:
        if not 0 < 2 * max_lag <= WINDOW:
            raise DataError(
                f"lags up to {max_lag:g} s: more than 0 and at most half of {WINDOW:g} s"
            )
        self.max_lag = max_lag
        self.window: float = WINDOW + 2 * max_lag
        self._checks = _Checks()

    def at(self, pair: Pair, second: int, signal: str) -> tuple[Estimate, ...]:
        """Return z at the best lag, the lag (positive: a leads), and what 5 % of chance exceed.

        z and its standard error, the spread of unrelated windows, are missing as in
        ``synchrony``; the lag also where chance would reach z in over 5 % of cases.
        """
        lags, size = round(self.max_lag * pair.rate), round(WINDOW * pair.rate)
        reach, quality = 2 * lags + 1, pair.quality
        least = LAG_SPANS * reach / pair.rate
        reason = self._checks.why_not(pair, second, signal, least=least)
        if reason:
            return self._nothing(reason, quality)
        x, y = (evened(prepared(series, pair.rate), pair.rate) for series in pair[:2])
        z = _along(x[x.size - lags - size : x.size - lags], y)
        if not np.isfinite(z[-reach:]).all():
            reason = "under half of the last window is there, or it does not vary"
            return self._nothing(reason, quality)
        return _said(z, reach, size, rate=pair.rate, quality=quality)

    def _nothing(self, reason: str, quality: float) -> tuple[Estimate, ...]:
        return tuple(Estimate.missing(unit, reason, quality) for unit in self.units)


class TrailingIndex:
    """An index of coupling over the last minutes, beside what chance gave in these minutes.

    Each second it is computed once as it is, once without one tenth of what it looks back on,
    and once with b's series turned against a's by some part of its length; the next second
    another tenth is left out and another turn is taken. Ten seconds of the one tell its
    standard error (a jackknife of which each part is a second newer), a minute of the other
    tells what 5 % of chance exceed. A minute of turns says where chance lies, not how rare a
    value is: for a p, analyze the recording.

    Parameters
    ----------
    index : Index
        A registered one: see :data:`~interbeat.dyad.INDICES`.
    """

    memory: float = SECONDS
    window: float = SECONDS
    units: tuple[str, ...] = ("", "")

    def __init__(self, index: Index) -> None:
        self._index, self._checks = index, _Checks()
        self._without: deque[float] = deque(maxlen=PIECES)
        self._chance: deque[float] = deque(maxlen=DRAWS)
        self.names: tuple[str, ...] = (
            f"trailing {index.name}", f"trailing {index.name} chance",
        )  # fmt: skip

    def at(self, pair: Pair, second: int, signal: str) -> tuple[Estimate, ...]:
        """Return the index over what is given, and what 5 % of chance exceed."""
        reason = self._checks.why_not(pair, second, signal, least=SHORTEST)
        quality = pair.quality
        value, without, turned = (np.nan,) * 3 if reason else self._three(pair, second)
        self._without.append(without - value)
        self._chance.append(turned)
        if not reason and np.isnan(value):
            reason = "too little of both is there"
        if reason:
            return self._nothing(reason, reason, quality)
        apart = np.array([v for v in self._without if np.isfinite(v)])
        known = np.array([v for v in self._chance if np.isfinite(v)])
        few = "under {:.0f} seconds to tell {} by"
        late = few.format(DRAWS, "chance") if known.size < DRAWS else ""
        if apart.size < PIECES:
            early = few.format(PIECES, "its error")
            return self._nothing(early, late or early, quality)
        se = float(np.sqrt((PIECES - 1) * np.var(apart)))
        found = Estimate(value, se, "", quality, int(quality * pair.x.size))
        if late:
            return found, Estimate.missing("", late, quality, known.size)
        return found, _exceeded(known, DRAWS, quality)

    @staticmethod
    def _nothing(first: str, then: str, quality: float) -> tuple[Estimate, ...]:
        return Estimate.missing("", first, quality), Estimate.missing("", then, quality)

    def _three(self, pair: Pair, second: int) -> tuple[float, float, float]:
        """Return the statistic, that without one tenth, and that of one turn."""
        x, rate = self._index.prepare(pair.x, pair.rate)
        y, _ = self._index.prepare(pair.y, pair.rate)
        statistic = self._index.statistic
        turn = int((second + 1) * GOLDEN % 1 * y.size)
        return (
            statistic(x, y, rate),
            statistic(*_without(x, y, second % PIECES), rate),
            statistic(x, np.roll(y, turn), rate),
        )


def _along(window: FloatArray, y: FloatArray) -> FloatArray:
    """Return Fisher z of `window` with each stretch of `y` as long, over the pairs there."""
    here, there = np.isfinite(window), np.isfinite(y)
    w, v = np.where(here, window, 0.0), np.where(there, y, 0.0)
    size = -(-(y.size + window.size) // EASY) * EASY
    mine = np.conj(np.fft.rfft(np.stack((here.astype(np.float64), w, w * w)), size))
    yours = np.fft.rfft(np.stack((there.astype(np.float64), v, v * v)), size)
    pairs = ((0, 0), (1, 0), (2, 0), (0, 1), (0, 2), (1, 1))
    products = np.stack([mine[i] * yours[k] for i, k in pairs])
    sums = np.fft.irfft(products, size)[:, : y.size - window.size + 1]
    count = np.maximum(np.rint(sums[0]), 1.0)
    _, sx, sxx, sy, syy, sxy = sums
    across = sxx - sx * sx / count
    up = syy - sy * sy / count
    least = FLAT * window.size
    known = (count >= LEAST_SHARE * window.size) & (across > least) & (up > least)
    r = (sxy - sx * sy / count) / np.sqrt(np.where(known, across * up, 1.0))
    return np.where(known, np.arctanh(np.clip(r, -CLOSEST, CLOSEST)), np.nan)


def _said(
    z: FloatArray, reach: int, size: int, *, rate: float, quality: float
) -> tuple[Estimate, ...]:
    """Return z at the best of the last `reach` offsets, its lag, and chance's."""
    now, far = z[-reach:], np.where(np.isfinite(z), np.abs(z), -1.0)
    every = np.lib.stride_tricks.sliding_window_view(far, reach).max(axis=1)
    every = every[every >= 0]
    spread = float(np.sqrt(np.nanmean(np.square(z))))
    strength = Estimate(float(now[np.argmax(np.abs(now))]), spread, "", quality, size)
    reason = _no_lag(now, spread, rate, p=float(np.mean(every >= every[-1])))
    return (
        strength,
        _lag(now, spread, rate, quality=quality, n=size, reason=reason),
        _exceeded(every, z.size / size, quality),
    )


def _no_lag(curve: FloatArray, spread: float, rate: float, *, p: float) -> str:
    """Return why no lag can be told, or nothing."""
    best, middle = int(np.argmax(np.abs(curve))), curve.size // 2
    if p > LEVEL:
        return "not distinguishable from chance"
    if best in (0, curve.size - 1):
        return f"the best lag lies at the end of the range, {(best - middle) / rate:g} s"
    if _width(curve, spread) > middle / 3:
        return "undecided: lags far apart do as well"
    return ""


def _lag(
    curve: FloatArray, spread: float, rate: float, *, quality: float, n: int, reason: str
) -> Estimate:
    if reason:
        return Estimate.missing("s", reason, quality, n)
    lag = (int(np.argmax(np.abs(curve))) - curve.size // 2) / rate
    return Estimate(lag, _width(curve, spread) / rate, "s", quality, n)


def _width(curve: FloatArray, spread: float) -> float:
    """Return how many lags away z is still as good as the best, within its standard error."""
    best = int(np.argmax(np.abs(curve)))
    near = np.flatnonzero(curve * np.sign(curve[best]) >= abs(curve[best]) - spread)
    return max(float(np.abs(near - best).max()), 1.0)


def _exceeded(values: FloatArray, independent: float, quality: float) -> Estimate:
    """Return what 5 % of `values` exceed, as sure as so many independent ones make it."""
    off = np.sqrt(LEVEL * (1 - LEVEL) / independent)
    low, at = np.quantile(values, (max(1 - LEVEL - off, 0.0), 1 - LEVEL))  # above, the pair is
    return Estimate(float(at), float(at - low), "", quality, values.size)


def _without(x: FloatArray, y: FloatArray, tenth: int) -> tuple[FloatArray, FloatArray]:
    first, last = (tenth + np.arange(2)) * x.size // PIECES
    a, b = x.copy(), y.copy()
    a[first:last] = b[first:last] = np.nan
    return a, b
