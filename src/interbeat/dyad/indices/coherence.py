"""Coherence: whether two people's waves keep step, by band, and at which delay."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.errors import DataError
from interbeat.core.estimate import Z95, Estimate
from interbeat.dyad._series import checked, why_not
from interbeat.dyad._spec import index
from interbeat.dyad.coupling import Coupling, judged, missing
from interbeat.dyad.nulls import drawn
from interbeat.dyad.preparation import decimated, nothing_left, prepared
from interbeat.dyad.waves.bands import (
    TENTHS,
    WHOLE,
    Chance,
    Found,
    Setting,
    chance_of,
    corrected,
    enough,
    found_in,
    r2_by_band,
    r2_of,
    setting_of,
    steady_by_band,
)
from interbeat.dyad.waves.coherency import Delays, delays_of, fits, lag, rival, steady, tally
from interbeat.dyad.waves.octaves import inside, own_waves_of
from interbeat.kernels.student import student

__all__ = ["BANDS", "coherence"]

Bands = Mapping[str, tuple[float, float]]
Without = Callable[[Found, BoolArray], FloatArray]

RATE = 4.0  # Hz; the fastest band ends at a tenth of it
BANDS: Bands = {"hf": (0.15, 0.4), "lf": (0.04, 0.15), "slow": (1 / 128, 0.04)}
DRAWS = 300  # circular shifts
TURNS = 100  # the same for R2, which takes longer
MAX_LAG = 5.0  # s
LEVEL = 0.05  # above this p a delay is that of chance
FEWEST_PARTS = 3  # of the record that a spread needs
WAVES_APART = 4  # in a part; in fewer, neighbors share them
NO_IDEA = 1.0  # the standard error of a coherence of which nothing is known
NOTHING = 1e-300
FEW = "too few waves outside the cones of influence of gaps and ends"


def _ready(values: FloatArray, sampling_rate: float) -> tuple[FloatArray, float]:
    factor = max(math.ceil(sampling_rate / RATE - 1e-9), 1)
    rate = sampling_rate / factor
    return prepared(decimated(values, factor), rate), rate


def _within_reach(bands: Bands, rate: float) -> dict[str, tuple[float, float]]:
    """Return the bands that a series at `rate` can show."""
    return {name: band for name, band in bands.items() if band[1] <= rate / 2}


def _statistic(
    x: FloatArray, y: FloatArray, rate: float, *,
    bands: Bands = BANDS, max_lag: float = MAX_LAG,
) -> float:  # fmt: skip
    """Return the steady coherence of all bands at one delay; NaN where too little is there."""
    seen = _within_reach(bands, rate)
    if not seen:
        return math.nan
    setting = setting_of(x.size, rate, seen, max_lag)
    one, other = (own_waves_of(side, setting.grid) for side in (x, y))
    sums = tally(one, other, inside(x, y, setting.grid), setting.grid, edges=WHOLE)
    every = setting.bands["all"]
    if not enough(sums.seconds, every, setting.rows):
        return math.nan
    return float(steady(sums, every, setting.rows, setting.delays)[0])


@index(
    label="Wavelet coherence",
    source="Grinsted, Moore & Jevrejeva 2004, doi:10.5194/npg-11-561-2004",
    prepare=_ready,
    statistic=_statistic,
)
def coherence(  # noqa: PLR0913 - each one is a setting of the method
    x: ArrayLike, y: ArrayLike, *, sampling_rate: float, signal: str = "",
    bands: Bands = BANDS, draws: int = DRAWS, turns: int = TURNS, max_lag: float = MAX_LAG,
) -> Coupling:  # fmt: skip
    r"""Return how steadily two people's waves keep step: over all bands, and band by band.

    Both series are turned into waves by a Morlet wavelet, 12 rows of frequency an octave. In
    each row the cross-spectrum, summed over the record, gives a coherency :math:`c_j`: near 1
    in modulus where the two keep one distance throughout. The index is what the rows have in
    common at the delay that suits them best,

    .. math:: \max_{|\tau| \le \mathrm{max\_lag}}
        \Bigl|\sum_j w_j c_j e^{-2\pi i f_j \tau}\Bigr| \Big/ \sum_j w_j,

    with :math:`w_j` the number of waves that row `j` sees. Its null are circular shifts of b's
    series. A shared situation moves two people together as well as a partner does: this test
    tells both from chance, not from each other.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        Person a's and person b's series at the same times; NaN where one is missing. Missing
        samples count as 0, the surrogates miss the same, and times at which over a tenth of a
        wavelet's energy falls into a gap, or that lie in the cone of influence of the record's
        ends, do not count.
    sampling_rate : float
        In Hz. Above 4 Hz, means over several samples are taken.
    signal : str
        What of the two, for people: ``"heart rate"``.
    bands : mapping of str to (low, high)
        In Hz; by default ``"hf"`` 0.15 to 0.4, ``"lf"`` 0.04 to 0.15, ``"slow"`` 1/128 to 0.04.
    draws : int
        Circular shifts, spread over all of them.
    turns : int
        The same, for R2.
    max_lag : float
        Longest delay in seconds.

    Returns
    -------
    Coupling
        ``value``: 0 to 1. ``parts``: ``lag`` in seconds (positive: a leads), and for each band

        - ``hf``: its steady coherence; ``hf_p``: its p, corrected for the number of bands by
          their largest; ``hf_lag``: the delay that its phases make, in seconds;
        - ``hf_r2``: the mean over time of Grinsted's local R2, which is far above 0 by chance;
          ``hf_r2_p``: its p, corrected likewise.

        Standard errors come from leaving out each tenth of the record, or each fifth where a
        tenth sees under 4 waves. ``curves``: of each row
        of ``frequencies`` its ``coherence``, the 95 % point of it by chance
        (``coherence_high``), its ``phase`` (radians; positive: a leads), its mean ``r2`` and
        that of shifts (``r2_chance``). All is missing, with a reason, where the series cannot
        be compared, no band lies under half the sampling rate, or too little lies outside the
        cones of influence; a band or its lag alone where it sees fewer than 3 waves, where its
        p is above 0.05, where parts of the record disagree, or where another delay fits as
        well: two who answer each other have two, and none of them leads.

    Raises
    ------
    DataError
        If the series differ in length or hold infinities, or a setting makes no sense.

    Notes
    -----
    The transform and the smoothing are those of the papers. We depart in three points. Local
    R2 is high wherever waves keep *some* distance for a few periods, and so its mean has little
    power: what is tested first is whether they keep *one*. Neither is tested by random phases
    or by red noise, under which breath, a smooth wave that wanders, is found tied to anyone's,
    and one dip of each record to the other's. And a delay is taken at the frequency where a
    row's waves really lie, not at the row's. The smallest p is the span of lags over the
    length. A recording of 10 to 20 minutes holds few slow waves: its 95 % interval of
    ``slow_r2`` holds the mean of others in 76 to 82 % (of 150), of ``slow`` in 88 to 93 %.

    References
    ----------
    .. [1] Torrence & Webster (1999), Journal of Climate 12:2679,
       doi:10.1175/1520-0442(1999)012<2679:ICITEM>2.0.CO;2
    .. [2] Grinsted, Moore & Jevrejeva (2004), Nonlinear Processes in Geophysics 11:561,
       doi:10.5194/npg-11-561-2004
    .. [3] Theiler et al. (1992), Physica D 58:77, doi:10.1016/0167-2789(92)90102-S

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> wave = np.convolve(rng.standard_normal(2420), np.ones(8), "same")
    >>> x, y = wave[10:2410], wave[2:2402] + 2 * rng.standard_normal(2400)
    >>> found = coherence(x, y, sampling_rate=4, signal="heart rate", draws=99)
    >>> print(f"{found.p:.3f}")
    0.020
    >>> print(found.parts["lf_lag"])
    2.05 ± 0.05 s
    """
    pair = checked(x, y, sampling_rate=sampling_rate, fastest=RATE)
    _check(bands, draws, turns, max_lag)
    settings = _settings(bands, turns, max_lag)
    seen = _within_reach(bands, pair.rate)
    reason = why_not(pair, signal or "series")
    if not reason and not seen:
        reason = f"no band lies under half the sampling rate, {pair.rate / 2:g} Hz"
    if reason:
        return missing("coherence", signal, reason, settings)
    pair = pair.prepared
    reason = nothing_left(pair.x, pair.y, signal or "series")
    if reason:
        return missing("coherence", signal, reason, settings)
    setting = setting_of(pair.x.size, pair.rate, seen, max_lag)
    found = found_in(pair, setting)
    if not enough(found.seconds, setting.bands["all"], setting.rows):
        return missing("coherence", signal, FEW, settings)
    chance = chance_of(pair, found, setting, draws=draws, turns=turns)
    null = drawn(chance.steady[0, 0], chance.steady[1:, 0], "circular shifts")
    floor = max(null.floor, (2 * max_lag * pair.rate + 1) / pair.x.size)
    return judged(
        "coherence",
        signal,
        pair,
        statistic=partial(_statistic, rate=pair.rate, bands=bands, max_lag=max_lag),
        null=null._replace(floor=floor),
        value=_values(found, setting, pair.quality)["all"],
        parts=_parts(found, chance, setting, quality=pair.quality, floor=floor)
        | _out_of_reach(bands, seen),
        curves=_curves(found, chance, setting),
        settings=settings,
    )


def _values(found: Found, setting: Setting, quality: float) -> dict[str, Estimate]:
    """Return the steady coherence of each band."""

    def without(parts: Found, which: BoolArray) -> FloatArray:
        return steady(parts.sums.without, which, setting.rows, setting.delays)

    whole = steady_by_band(found.sums.whole, setting)[:, 0]
    return _estimates(whole, without, found, setting=setting, quality=quality)


def _local(found: Found, setting: Setting, quality: float) -> dict[str, Estimate]:
    """Return the mean R2 of each band."""

    def without(parts: Found, which: BoolArray) -> FloatArray:
        return r2_of(r2 - parts.r2, np.abs(seconds - parts.seconds), which)

    r2, seconds = (part.sum(axis=1, keepdims=True) for part in (found.r2, found.seconds))
    whole = r2_by_band(r2, seconds, setting)[:, 0]
    return _estimates(whole, without, found, setting=setting, quality=quality)


def _estimates(
    whole: FloatArray, without: Without, found: Found, *, setting: Setting, quality: float
) -> dict[str, Estimate]:
    """Return an estimate a band; its error comes from leaving out parts of the record."""
    out = {}
    for (name, which), value in zip(setting.bands.items(), whole.tolist(), strict=True):
        n, parts = _waves(found, which, setting), _apart(found, which, setting)
        if not enough(found.seconds, which, setting.rows):
            out[name] = Estimate.missing("", FEW, quality, n)
        else:
            se = _spread(without(parts, which), parts, which)
            out[name] = Estimate(value, se, "", quality, n)
    return out


def _apart(found: Found, which: BoolArray, setting: Setting) -> Found:
    """Return what is found by parts of the record that share little: tenths, or fifths.

    Where a tenth holds few waves, neighbors see much of the same ones.
    """
    few = _waves(found, which, setting) < WAVES_APART * TENTHS
    return found.by_fifths if few else found


def _spread(each: FloatArray, found: Found, which: BoolArray) -> float:
    """Return the jackknife's standard error, widened by Student's t for its few values."""
    seen = each[found.seconds[which].any(axis=0)]
    if seen.size < FEWEST_PARTS:
        return NO_IDEA
    return math.sqrt((seen.size - 1) * float(np.var(seen))) * float(student(seen.size - 1))


def _waves(found: Found, which: BoolArray, setting: Setting) -> int:
    """Return how many waves the rows of a band see in the mean."""
    return int((found.seconds.sum(axis=1) * setting.rows)[which].mean()) if which.any() else 0


def _lags(
    found: Found, setting: Setting, quality: float, p: Mapping[str, float]
) -> dict[str, Estimate]:
    """Return the delay of each band in seconds, or why there is none."""
    longest = float(setting.delays.seconds[-1])
    delays = delays_of(found.centers, longest)
    out = {}
    for name, which in setting.bands.items():
        at = float(lag(found.sums.whole, which, setting.rows, delays)[0])
        parts, n = _apart(found, which, setting), _waves(found, which, setting)
        se = _spread(lag(parts.sums.without, which, setting.rows, delays), parts, which)
        why = _no_lag(at, se, longest, p[name]) or _alike(parts, which, setting, delays)
        out[name] = (
            Estimate.missing("s", why, quality, n) if why else Estimate(at, se, "s", quality, n)
        )
    return out


def _no_lag(at: float, se: float, longest: float, p: float) -> str:
    """Return why a delay cannot be told, or nothing."""
    if p > LEVEL:
        return f"not distinguishable from chance (p = {p:.2f})"
    if abs(at) >= 0.999 * longest:
        return f"the best lag lies at the end of the range, {at:g} s"
    if se > longest / 3:
        return f"undecided: parts of the record put it {se:.1f} s about {at:.1f} s"
    return ""


def _alike(found: Found, which: BoolArray, setting: Setting, delays: Delays) -> str:
    """Return which two delays fit alike, as far as parts of the record tell, or nothing."""
    fit = fits(found.sums.whole, which, setting.rows, delays)[:, 0]
    each = fits(found.sums.without, which, setting.rows, delays)
    best, second = int(np.argmax(fit)), rival(fit)
    if best == second:
        return ""
    se = _spread(each[best] - each[second], found, which)
    if fit[best] - fit[second] > Z95 * se:
        return ""
    low, high = sorted(delays.seconds[[best, second]].tolist())
    return f"undecided: {low:.1f} s and {high:.1f} s fit alike"


def _parts(
    found: Found, chance: Chance, setting: Setting, *, quality: float, floor: float
) -> dict[str, Estimate]:
    names = [name for name in setting.bands if name != "all"]
    values, local = (make(found, setting, quality) for make in (_values, _local))
    p = dict(zip(names, corrected(chance.steady[:, 1:]).tolist(), strict=True))
    p_local = dict(zip(names, corrected(chance.r2[:, 1:]).tolist(), strict=True))
    overall = float(np.mean(chance.steady[:, 0] >= chance.steady[0, 0]))
    lags = _lags(found, setting, quality, {"all": overall, **p})
    parts = {"lag": lags["all"]}
    for name in names:
        known = not values[name].reason
        parts[name] = values[name]
        parts[f"{name}_p"] = _share(max(p[name], floor), chance.steady.shape[0], values[name])
        parts[f"{name}_lag"] = lags[name] if known else _none(values[name], "s")
        parts[f"{name}_r2"] = local[name]
        parts[f"{name}_r2_p"] = _share(p_local[name], chance.r2.shape[0], values[name])
    return parts


def _share(p: float, count: int, value: Estimate) -> Estimate:
    """Return a p of `count` draws, with what another set of draws would change."""
    if value.reason:
        return _none(value, "")
    near = min(p, 1 - 1 / count)  # all of the draws are not all that there could be
    return Estimate(p, math.sqrt(near * (1 - near) / count), "", value.quality, count)


def _none(value: Estimate, unit: str) -> Estimate:
    return Estimate.missing(unit, value.reason, value.quality, value.n)


def _out_of_reach(bands: Bands, seen: Bands) -> dict[str, Estimate]:
    """Return the parts of bands that the sampling rate cannot show, all missing."""
    reason = "the band reaches above half the sampling rate"
    return {
        f"{name}{part}": Estimate.missing("s" if part == "_lag" else "", reason)
        for name in bands.keys() - seen.keys()
        for part in ("", "_p", "_lag", "_r2", "_r2_p")
    }


def _curves(found: Found, chance: Chance, setting: Setting) -> dict[str, FloatArray]:
    coherency = found.sums.whole.coherency[:, 0]
    seconds = np.maximum(found.seconds.sum(axis=1), NOTHING)
    return {
        "frequencies": setting.rows,
        "coherence": np.abs(coherency),
        "coherence_high": chance.high,
        "phase": np.angle(coherency),
        "r2": found.r2.sum(axis=1) / seconds,
        "r2_chance": chance.usual,
    }


def _settings(bands: Bands, turns: int, max_lag: float) -> dict[str, float | str]:
    edges = {
        f"{name}_{end}": hz for name, band in bands.items()
        for end, hz in zip(("low", "high"), band, strict=True)
    }  # fmt: skip
    return {**edges, "max_lag": max_lag, "shifts": float(turns)}


def _check(bands: Bands, draws: int, turns: int, max_lag: float) -> None:
    for name, band in bands.items():
        if name == "all" or not (len(band) == 2 and 0 < band[0] < band[1] < math.inf):
            raise DataError(
                f"a band has a name other than 'all' and two rising frequencies above 0, "
                f"not {name!r}: {band}"
            )
    if not bands:
        raise DataError("one band at least is needed")
    if draws < 1 or turns < 1:
        raise DataError(f"{draws} shifts and {turns} for R2 tell nothing of chance")
    if not 0 < max_lag < math.inf:
        raise DataError(f"the longest lag is a number of seconds above 0, not {max_lag}")
