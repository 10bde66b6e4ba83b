"""SUSY: cross-correlation within segments, beside that of segments which never met."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate
from interbeat.dyad._series import Pair, checked, why_not
from interbeat.dyad._spec import index
from interbeat.dyad.coupling import Coupling, judged, missing
from interbeat.dyad.modes._modes import FASTEST, ready
from interbeat.dyad.modes._tenths import TENTHS, by_tenths, estimate
from interbeat.dyad.modes.anchored import standardized
from interbeat.dyad.modes.segmented import (
    Segmented,
    by_row,
    could_be_seen,
    segment_sizes,
    segmented,
)
from interbeat.dyad.nulls import Null
from interbeat.dyad.surrogates import generator

__all__ = ["susy"]

FEWEST = 6  # segments: five can lie in 120 orders
ORDERS = 1000  # in which b's segments are put beside a's
SEGMENT, LAG = 30.0, 3.0  # s


def _statistic(
    x: FloatArray, y: FloatArray, rate: float, *, segment: float = SEGMENT, max_lag: float = LAG
) -> float:
    size, far = round(segment * rate), round(max_lag * rate)
    each = segment_sizes(x, y, segment=size, max_lag=far)
    known = np.isfinite(each)
    return float(each[known].mean()) if known.any() else math.nan


@index(
    label="SUSY (surrogate synchrony)",
    source="Tschacher & Meier 2020, doi:10.1080/10503307.2019.1612114",
    prepare=ready,
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
    null = _orders(made.scores, generator(pair.x, pair.y))
    parts = _parts(made, pair.quality, count)
    return judged(
        "susy",
        signal,
        pair,
        statistic=partial(_statistic, rate=rate, segment=segment, max_lag=max_lag),
        null=null,
        value=parts.pop("z"),
        parts=parts,
        curves=_curves(made, rate),
        settings={**settings, "segments": float(count)},
        seen=could_be_seen(pair, threshold=null.threshold, segment=size, max_lag=far),
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
    values = {
        "z": by_tenths(by_row(np.abs(made.z))[:, None])[:, 0],
        "z_pseudo": _strangers(made.scores),
        "z_signed": signed.mean(axis=1),
        "lead_a": by_row(size[:, positive]),
        "lead_b": by_row(size[:, negative]),
        "in_phase": by_row(above),
        "anti_phase": by_row(below),
        "effect_size": _effect(size, made.pseudo),
        "effect_size_signed": _effect(signed, made.pseudo_signed),
    }
    return {
        name: estimate(series, unit="", quality=quality, n=n, reason="no lag of this kind")
        for name, series in values.items()
    }


def _effect(curves: FloatArray, pseudo: FloatArray) -> FloatArray:
    """Return SUSY's ES: the distance from the pseudo curve in its spread over lags."""
    spread = float(np.std(pseudo, ddof=1)) if pseudo.size > 1 else 0.0
    if spread == 0:
        return np.full(curves.shape[0], np.nan)
    return np.asarray((curves.mean(axis=1) - pseudo.mean()) / spread)


def _strangers(scores: FloatArray) -> FloatArray:
    """Return the mean score of segments that never met, and without each tenth of them."""
    k = scores.shape[0]
    parts = np.arange(k) * TENTHS // k
    apart = ~np.eye(k, dtype=np.bool_) & np.isfinite(scores)
    sums = np.where(apart, scores, 0.0)
    kept = np.concatenate((np.ones((1, k)), parts != np.arange(TENTHS)[:, None]))
    totals, counts = (np.vecdot(kept @ table, kept) for table in (sums, apart))
    return np.asarray(totals / np.maximum(counts, 1))


def _curves(made: Segmented, rate: float) -> dict[str, FloatArray]:
    return {
        "lags": made.lags / rate,
        "mean_abs_z": by_tenths(np.abs(made.z))[0],
        "mean_z": by_tenths(made.z)[0],
        "pseudo_mean_abs_z": made.pseudo,
        "pseudo_mean_z": made.pseudo_signed,
        "segments": by_row(np.abs(made.z)),
    }
