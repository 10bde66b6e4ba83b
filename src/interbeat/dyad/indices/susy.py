"""SUSY: cross-correlation within segments, beside that of segments which never met."""

from __future__ import annotations

import math
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate
from interbeat.dyad._series import Pair, checked, why_not
from interbeat.dyad._spec import index
from interbeat.dyad._tenths import by_tenths, estimate
from interbeat.dyad.anchored import standardized
from interbeat.dyad.coupling import Coupling, judged, missing
from interbeat.dyad.nulls import Null, generator
from interbeat.dyad.preparation import decimated
from interbeat.dyad.segments import Pieces, across, pieces, together

__all__ = ["Segmented", "segmented", "susy"]

FASTEST = 25.0  # Hz; video of movement
FEWEST = 6  # segments: five can lie in 120 orders
ORDERS = 1000  # in which b's segments are put beside a's
CLOSEST = 1 - 1e-12  # a correlation of 1 would have an infinite z
SEGMENT, LAG = 30.0, 3.0  # s


class Segmented(NamedTuple):
    """What SUSY computes; z is Fisher's, and positive lags mean that a leads.

    Parameters
    ----------
    lags : ndarray, shape (k,)
        In samples.
    z : ndarray, shape (s, k)
        Each segment of a with the same of b.
    scores : ndarray, shape (s, s)
        Mean over lags of ``|z|`` of each segment of a (row) with each of b.
    pseudo, pseudo_signed, pseudo_r : ndarray, shape (k,)
        Mean over all pairs of different segments of ``|z|``, z and ``|r|`` at each lag.
    segment_r, segment_pseudo_r : ndarray, shape (s,)
        Mean over lags of ``|r|`` of each segment, and of it with all others of b.
    """

    lags: FloatArray
    z: FloatArray
    scores: FloatArray
    pseudo: FloatArray
    pseudo_signed: FloatArray
    pseudo_r: FloatArray
    segment_r: FloatArray
    segment_pseudo_r: FloatArray


def segmented(x: FloatArray, y: FloatArray, *, segment: int, max_lag: int) -> Segmented:
    """Return the cross-correlations of all segments of a with all of b.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Of about unit variance; NaN where a sample is missing. What is left over after the last
        whole segment is not used.
    segment, max_lag : int
        In samples.
    """
    one, other = (_cut(series, segment) for series in (x, y))
    count = one.values.shape[0]
    lags = np.arange(-max_lag, max_lag + 1)
    sizes, scores = np.zeros((2, count, count))
    known = np.zeros((count, count))
    real, pseudo = np.empty((count, lags.size)), np.empty((3, lags.size))
    for k, lag in enumerate(lags.tolist()):
        r = across(one, other, lag)
        there = np.isfinite(r)
        if not there.all():
            r = np.where(there, r, 0.0)
        z = _fisher(r)
        real[:, k] = np.where(np.diagonal(there), np.diagonal(z), np.nan)
        size, height = np.abs(r), np.abs(z)
        pairs = max(int(np.count_nonzero(there) - np.trace(there)), 1)
        pseudo[:, k] = [(m.sum() - np.trace(m)) / pairs for m in (height, z, size)]
        sizes += size
        scores += height
        known += there
    known = np.where(known > 0, known, np.nan)
    sizes, scores = sizes / known, scores / known
    return Segmented(
        lags.astype(np.float64), real, scores, pseudo[0], pseudo[1], pseudo[2],
        segment_r=np.diagonal(sizes).copy(),
        segment_pseudo_r=_off_diagonal(sizes),
    )  # fmt: skip


def _cut(values: FloatArray, segment: int) -> Pieces:
    return pieces(values[: values.size // segment * segment].reshape(-1, segment))


def _fisher(r: FloatArray) -> FloatArray:
    """Return Fisher z: a logarithm takes a third of the time of an inverse tangent."""
    r = np.clip(r, -CLOSEST, CLOSEST)
    return np.asarray(0.5 * np.log((1 + r) / (1 - r)))


def _off_diagonal(table: FloatArray) -> FloatArray:
    others = ~np.eye(table.shape[0], dtype=np.bool_) & np.isfinite(table)
    sums = np.where(others, table, 0.0).sum(axis=1)
    return np.asarray(sums / np.maximum(others.sum(axis=1), 1))


def _ready(values: FloatArray, sampling_rate: float) -> tuple[FloatArray, float]:
    factor = max(math.ceil(sampling_rate / FASTEST - 1e-9), 1)
    return standardized(decimated(values, factor)), sampling_rate / factor


def _statistic(
    x: FloatArray, y: FloatArray, rate: float, *, segment: float = SEGMENT, max_lag: float = LAG
) -> float:
    size, far = round(segment * rate), round(max_lag * rate)
    one, other = (_cut(series, size) for series in (x, y))
    per_segment = _by_row(np.abs(_fisher(together(one, other, far))))
    known = np.isfinite(per_segment)
    return float(per_segment[known].mean()) if known.any() else math.nan


def _by_row(values: FloatArray) -> FloatArray:
    """Return the mean of each row over what is there."""
    known = np.isfinite(values)
    sums = np.where(known, values, 0.0).sum(axis=1)
    return np.asarray(
        np.where(known.any(axis=1), sums / np.maximum(known.sum(axis=1), 1), np.nan)
    )


@index(
    label="SUSY (surrogate synchrony)",
    source="Tschacher & Meier 2020, doi:10.1080/10503307.2019.1612114",
    prepare=_ready,
    statistic=_statistic,
)
def susy(
    x: ArrayLike, y: ArrayLike, *, sampling_rate: float, signal: str = "",
    segment: float = SEGMENT, max_lag: float = LAG,
) -> Coupling:  # fmt: skip
    r"""Return the mean ``|z|`` of cross-correlations within segments, as SUSY does, with a p.

    Both series are cut into segments. Within each, they are cross-correlated at every lag (R's
    ``ccf``: deviations from the segment's mean, what sticks out is 0), and the size of Fisher's
    z is averaged over lags and segments. Pseudo-synchrony is the same of every segment of a
    with every *other* segment of b. Nothing is taken away before: the numbers are SUSY's.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        Person a's and person b's series; NaN where one is missing. Over 25 Hz, means over
        several samples are taken.
    sampling_rate : float
        In Hz.
    signal : str
        What of the two, for people.
    segment, max_lag : float
        In seconds.

    Returns
    -------
    Coupling
        ``value`` is the mean ``|z|``. Parts: ``z_pseudo`` of segments that never met;
        ``z_signed``; ``lead_a`` and ``lead_b``, the mean ``|z|`` at lags where a or b leads;
        ``in_phase`` and ``anti_phase``, the mean z of the lags whose mean is above or below 0;
        ``effect_size`` and ``effect_size_signed``, SUSY's ES. Curves: ``lags`` (s; positive: a
        leads), ``mean_abs_z``, ``mean_z`` and those of pseudo-pairs; ``segments``, each one's
        mean ``|z|``. Standard errors come from leaving out tenths of the segments, with the
        pseudo-pairs as they are. ``p`` is from 1,000 orders of b's segments, which the matrix
        of all pairs holds. Missing, with a reason, with under 6 segments of both.

    Raises
    ------
    DataError
        If the series, the rate, the segment or the lag make no sense.

    Notes
    -----
    ES is the distance of real from pseudo in standard deviations *over lags* of the mean pseudo
    curve. That spread is no standard error: read as a z-score, 17 to 21 % of unrelated pairs
    exceed 1.96 (10 minutes at 4 Hz). It is given as a number; only ``p`` is a test. SUSY's
    signs are the other way round: its negative lags are those where the first column leads.

    Missing samples count as 0 within a segment, correlations of few pairs are scaled to scatter
    like those of many, and segments of which half is missing are left out; SUSY takes none.

    References
    ----------
    .. [1] Tschacher & Meier (2020), Psychotherapy Research 30:558,
       doi:10.1080/10503307.2019.1612114.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> a = np.convolve(rng.standard_normal(2400), np.ones(8), "same")
    >>> b = np.roll(a, 4) + 2 * rng.standard_normal(2400)  # b follows after 1 s
    >>> found = susy(a, b, sampling_rate=4, signal="movement")
    >>> print(found.value, "p", round(found.p, 3))
    0.304 ± 0.016 p 0.001
    """
    recorded = checked(x, y, sampling_rate=sampling_rate, fastest=FASTEST)
    rate = recorded.rate
    size, far = _in_samples(rate, segment, max_lag)
    settings: dict[str, float | str] = {"segment": size / rate, "max_lag": far / rate}
    reason = why_not(recorded, signal or "series", least=FEWEST * segment)
    if reason:
        return missing("susy", signal, reason, settings)
    pair = Pair(standardized(recorded.x), standardized(recorded.y), rate)
    made = segmented(pair.x, pair.y, segment=size, max_lag=far)
    count = int(np.isfinite(np.diagonal(made.scores)).sum())
    if count < FEWEST:
        reason = f"{count} of {FEWEST} segments in which both vary and half is there"
        return missing("susy", signal, reason, settings)
    parts = _parts(made, pair.quality, count)
    return judged(
        "susy",
        signal,
        pair,
        statistic=partial(_statistic, rate=rate, segment=segment, max_lag=max_lag),
        null=_orders(made.scores, generator(pair.x, pair.y)),
        value=parts.pop("z"),
        parts=parts,
        curves=_curves(made, rate),
        settings={**settings, "segments": float(count)},
    )


def _in_samples(rate: float, segment: float, max_lag: float) -> tuple[int, int]:
    if not (0 < segment < math.inf and 0 <= max_lag < math.inf):
        raise DataError(f"segment and max_lag are seconds from 0 up, not {segment}, {max_lag}")
    size, far = round(segment * rate), round(max_lag * rate)
    if size < 8 or 2 * far >= size:
        raise DataError(
            f"a segment of {segment:g} s ({size} samples) must hold 8 samples and more than "
            f"the lags from {-max_lag:g} to {max_lag:g} s"
        )
    return size, far


def _orders(scores: FloatArray, rng: np.random.Generator) -> Null:
    """Return the mean score of partners, and what it is with b's segments in other orders."""
    kept = np.isfinite(np.diagonal(scores))
    scores = scores[np.ix_(kept, kept)]
    k = scores.shape[0]
    orders = rng.permuted(np.tile(np.arange(k), (ORDERS, 1)), axis=1)
    chance = np.nanmean(scores[np.arange(k), orders], axis=1)
    every = np.concatenate(([np.mean(np.diagonal(scores))], chance))
    floor = max(1 / every.size, 1 / math.factorial(min(k, 20)))
    return Null(every, floor, "orders of segments")


def _parts(made: Segmented, quality: float, n: int) -> dict[str, Estimate]:
    size, signed = by_tenths(np.abs(made.z)), by_tenths(made.z)
    positive, negative = made.lags > 0, made.lags < 0
    above = np.where(signed > 0, signed, np.nan)
    below = np.where(signed < 0, signed, np.nan)
    pseudo, spread = made.pseudo.mean(), np.std(made.pseudo, ddof=1)
    pseudo_signed, spread_signed = made.pseudo_signed.mean(), np.std(made.pseudo_signed, ddof=1)
    values = {
        "z": by_tenths(_by_row(np.abs(made.z))[:, None])[:, 0],
        "z_pseudo": np.full(11, pseudo),
        "z_signed": signed.mean(axis=1),
        "lead_a": size[:, positive].mean(axis=1),
        "lead_b": size[:, negative].mean(axis=1),
        "in_phase": _by_row(above),
        "anti_phase": _by_row(below),
        "effect_size": (size.mean(axis=1) - pseudo) / spread,
        "effect_size_signed": (signed.mean(axis=1) - pseudo_signed) / spread_signed,
    }
    return {
        name: estimate(series, unit="", quality=quality, n=n, reason="no lag of this sign")
        for name, series in values.items()
    }


def _curves(made: Segmented, rate: float) -> dict[str, FloatArray]:
    return {
        "lags": made.lags / rate,
        "mean_abs_z": by_tenths(np.abs(made.z))[0],
        "mean_z": by_tenths(made.z)[0],
        "pseudo_mean_abs_z": made.pseudo,
        "pseudo_mean_z": made.pseudo_signed,
        "segments": _by_row(np.abs(made.z)),
    }
