"""Fitting: the curve through the standards of a plate, or why there is none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray, frozen_floats
from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate
from interbeat.neurochemistry.plates._noise import (
    FAINT,
    Scatter,
    alike,
    known_at,
    likeliest_power,
    power_of,
    size_of,
    variance_of,
    within,
)
from interbeat.neurochemistry.plates._squares import ROUNDS as SETTLED
from interbeat.neurochemistry.plates._squares import positive, settle
from interbeat.neurochemistry.plates.found import Curve
from interbeat.neurochemistry.standards._spec import SHAPES, Shape, has_place

__all__ = ["fit_curve"]

ROUNDS = 60  # of weights that follow the curve that they gave
FEW = 3  # steps before the weights follow again
ROUGH = 16  # steps without weights, where weights follow: all starts are tried again with them
CLOSE = 1e-7  # relative step at which the curve and its weights agree
STEADY = 0.95  # of the spread of levels that a curve which only rises or falls must explain
EXPLAINED = 0.9  # of the spread of responses that the fitted curve must explain
AWAY = 3.0  # a start in which one parameter is this many times larger or smaller


class _Fitted(NamedTuple):
    values: FloatArray
    noise: Scatter
    power: float
    floor: float
    rest: bool


def fit_curve(
    concentrations: ArrayLike, responses: ArrayLike, *, shape: str, weighting: str,
    duplicates: Sequence[ArrayLike] = (),
) -> Curve:  # fmt: skip
    """Return the standard curve of a plate.

    Parameters
    ----------
    concentrations : array_like, shape (n,)
        Nominal, of each standard well, 0 allowed, in any order.
    responses : array_like, shape (n,)
        Of each well, corrected for blank. Wells that were not read (NaN) or are saturated
        (infinite) are left out, and the curve's notes say so.
    shape : str
        Of :data:`~interbeat.neurochemistry.standards._spec.SHAPES`: ``"4PL"`` ...
    weighting : str
        ``"equal"``, ``"1/y"``, ``"1/y2"`` or ``"power"``.
    duplicates : sequence of array_like
        Responses of samples and controls, those of one in each: how they differ from each other
        tells the noise, far better than a plate's few standards do. Where ten or more have
        replicates, those that differ by more than four robust standard deviations tell nothing.

    Returns
    -------
    Curve
        With a reason and no parameters where none can be fitted: fewer concentrations than
        parameters and one more, the same response everywhere, responses that rise and then
        fall, or a curve that explains less than 90 % of their spread.

    Raises
    ------
    DataError
        If there is no such shape or weighting, lengths differ, or a concentration is no number
        from 0 up.

    Notes
    -----
    A response's standard deviation is taken as ``sigma * response ** power``, the response
    being that of the *fitted curve*, and weights follow the curve until both stay (generalized
    least squares [1]_). Weights from the measured responses, which some software uses, give a
    well that happens to read low more weight than one that reads high, and so pull the curve
    down.
    ``"1/y"`` is a power of 1/2, ``"1/y2"`` of 1 (a constant CV); ``"power"`` estimates it by
    pseudo-likelihood, from the residuals of the standards and from `duplicates`. A wrong power
    leaves the mean concentrations right and their uncertainties wrong, at one end too small and
    at the other too large. Responses below a hundredth of the strongest are taken to be no more
    precise than that: otherwise one well near zero would decide the curve. Only in a
    ``"log-log"`` curve is the faintest standard that limit: with ``"1/y2"`` it is the straight
    line through the logarithms, which plain least squares of these gives too.

    References
    ----------
    .. [1] Davidian and Giltinan (1995). Nonlinear Models for Repeated Measurement Data.
       Chapman and Hall.
    .. [2] O'Connell, Belanger and Haaland (1993). Calibration and assay development using the
       four-parameter logistic model. Chemometrics and Intelligent Laboratory Systems 20:97,
       doi:10.1016/0169-7439(93)80008-6.

    Examples
    --------
    >>> there = np.repeat([0, 1, 3, 10, 30, 100, 300], 2)
    >>> color = 2.0 - 1.9 / (1 + (there / 20) ** 1.2)
    >>> color *= 1 + 0.01 * np.cos(np.arange(14))
    >>> curve = fit_curve(there, color, shape="4PL", weighting="1/y2")
    >>> print(curve.parameters["EC50"], curve.competitive)
    19.9 ± 0.3 concentration False
    >>> fit_curve(there, np.full(14, 0.3), shape="4PL", weighting="equal").reason
    'all standards give the same response'
    """
    kind, given = SHAPES[shape], power_of(weighting)
    x, y, notes = _usable(kind, concentrations, responses)
    reason = _unfit(kind, x, y)
    if reason:
        return _without(kind, reason, notes)
    floor = _faintest(kind, y)
    others = within(duplicates, floor=floor)
    kept = alike(others, within([y[x == level] for level in np.unique(x)], floor=floor), given)
    others = Scatter(*(part[kept] for part in others))
    if not kept.all():
        notes += (
            f"{np.sum(~kept)} of {kept.size} samples whose wells differ far more than those of "
            "the others tell nothing of the noise",
        )
    fitted = _fitted(kind, x, y, power=given, others=others)
    reason = _off(kind, x, y, fitted)
    if reason:
        return _without(kind, reason, notes)
    return _curve(kind, x, y, fitted=fitted, power=given, notes=notes)


def _usable(
    shape: Shape, concentrations: ArrayLike, responses: ArrayLike
) -> tuple[FloatArray, FloatArray, tuple[str, ...]]:
    """Return the wells that can be fitted, by concentration, and notes of those that cannot."""
    x = frozen_floats(concentrations, "concentrations")
    y = frozen_floats(responses, "responses")
    if x.size != y.size:
        raise DataError(f"{x.size} concentrations, but {y.size} responses")
    if not np.all(np.isfinite(x) & (x >= 0)):
        bad = int(np.argmin(np.isfinite(x) & (x >= 0)))
        raise DataError(
            f"standard {bad + 1}: a concentration is a number from 0 up, not {x[bad]}"
        )
    notes = []
    lost = {"saturated": np.isposinf(y), "too faint": np.isneginf(y), "not read": np.isnan(y)}
    for what, many in ((what, np.sum(which)) for what, which in lost.items()):
        if many:
            notes.append(f"{many} of {y.size} standard wells left out: {what}")
    told = has_place(shape, x)
    if not told.all():
        notes.append(
            f"{np.sum(~told)} of {y.size} standard wells left out: zero has no logarithm"
        )
    used = np.isfinite(y) & told
    x, y = x[used], y[used]
    order = np.lexsort((y, x))  # sums then do not depend on the order of the wells
    return x[order], y[order], tuple(notes)


def _unfit(shape: Shape, x: FloatArray, y: FloatArray) -> str:
    """Say why no curve can be fitted; ``""`` where it can be tried."""
    levels, which = np.unique(x, return_inverse=True)
    needed = len(shape.parameters) + 1
    if levels.size < needed:
        return f"{levels.size} of {needed} concentrations that a {shape.name} curve needs"
    means = np.bincount(which, y) / np.bincount(which)
    spread = float(np.sum((means - means.mean()) ** 2))
    if spread <= (1e-9 * float(np.abs(y).max())) ** 2:
        return "all standards give the same response"
    rises, falls = spread - _unsteady(means), spread - _unsteady(-means)
    if shape.falls and rises > falls:
        return f"responses rise with concentration: a {shape.name} curve falls to nothing"
    if shape.logarithms and falls > rises:
        return f"responses fall with concentration: a {shape.name} curve rises from nothing"
    left = spread - max(rises, falls)
    if left > (1 - STEADY) * spread:
        return (
            "responses neither rise nor fall steadily with concentration: "
            f"{_named(means)} for {_named(levels)}"
        )
    return ""


def _unsteady(means: FloatArray) -> float:
    """Return the squares that are left of levels when the best rising steps are taken off."""
    blocks: list[tuple[float, int]] = []
    for mean in means:
        blocks.append((float(mean), 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (one, many), (other, more) = blocks[-2:]
            blocks[-2:] = [((one * many + other * more) / (many + more), many + more)]
    steps = np.repeat([value for value, _ in blocks], [many for _, many in blocks])
    return float(np.sum((means - steps) ** 2))


def _named(numbers: FloatArray) -> str:
    return ", ".join(f"{number:.4g}" for number in numbers)


def _fitted(
    shape: Shape, x: FloatArray, y: FloatArray, *, power: float, others: Scatter
) -> _Fitted:
    """Return the curve whose weights are those that it gives."""
    starts = _starts(shape, x, y)
    first = ROUGH if power else SETTLED
    values, rest = _best(shape, starts, x, y, weights=np.ones(y.size), rounds=first)
    theta, floor = 0.0, _floor(shape, values, x)
    scale = np.where(positive(shape), 0.0, np.ptp(y))
    for turn in range(ROUNDS if power else 0):
        noise = _scatter(shape, values, x, y, floor=floor, others=others)
        theta = likeliest_power(noise) if math.isnan(power) else power
        weights = size_of(shape.response(values, x), floor) ** (-2 * theta)
        # what is best without weights may lie where no small step leads to the best with them
        begin = np.vstack([values, starts]) if turn == 0 else values[None]
        last, rounds = values, FEW if turn else SETTLED
        values, _ = _best(shape, begin, x, y, weights=weights, rounds=rounds)
        floor = _floor(shape, values, x)
        rest = bool(np.max(np.abs(values - last) / (np.abs(last) + scale)) < CLOSE)
        if rest:
            break
    noise = _scatter(shape, values, x, y, floor=floor, others=others)
    return _Fitted(values, noise, theta, floor, rest)


def _scatter(
    shape: Shape, values: FloatArray, x: FloatArray, y: FloatArray, *,
    floor: float, others: Scatter,
) -> Scatter:  # fmt: skip
    """Return how much standards differ from the curve, and replicates from each other."""
    mean = shape.response(values, x)
    freedom = np.full(y.size, (y.size - values.size) / y.size)
    own = Scatter((y - mean) ** 2, freedom, size_of(mean, floor))
    return own + others._replace(size=size_of(others.size, floor))


def _best(
    shape: Shape,
    starts: FloatArray,
    x: FloatArray,
    y: FloatArray,
    *,
    weights: FloatArray,
    rounds: int,
) -> tuple[FloatArray, bool]:
    """Return the best of the fits from some starts, and whether it came to rest."""
    found = settle(shape, starts, x, responses=y[None], weights=weights[None], rounds=rounds)
    best = int(np.argmin(np.where(np.isfinite(found.misses), found.misses, np.inf)))
    return found.values[best], bool(found.rest[best])


def _floor(shape: Shape, values: FloatArray, x: FloatArray) -> float:
    return _faintest(shape, shape.response(values, x))


def _faintest(shape: Shape, responses: FloatArray) -> float:
    """Return under which response the noise shrinks no more."""
    size = np.abs(responses)
    floor = FAINT * float(size.max())
    some = size[size > 0]
    return min(floor, float(some.min())) if shape.logarithms and some.size else floor


def _starts(shape: Shape, x: FloatArray, y: FloatArray) -> FloatArray:
    """Return where to begin: where the shape says, and with each positive one off both ways."""
    first = shape.start(x, y)
    starts = [first]
    for which in np.flatnonzero(positive(shape)):
        for factor in (AWAY, 1 / AWAY):
            other = first.copy()
            other[which] *= factor
            starts.append(other)
    return np.array(starts)


def _off(shape: Shape, x: FloatArray, y: FloatArray, fitted: _Fitted) -> str:
    """Say why the fitted curve cannot be used; ``""`` where it can."""
    if not np.all(np.isfinite(fitted.values)):
        return f"no {shape.name} curve was found: the fit ran off"
    left = float(np.sum((y - shape.response(fitted.values, x)) ** 2))
    whole = float(np.sum((y - y.mean()) ** 2))
    if left > (1 - EXPLAINED) * whole:
        share = max(math.floor(100 * (1 - left / whole)), 0)  # worse than none is none
        return (
            f"the {shape.name} curve does not fit: it explains {share}% of the "
            f"spread of the standards, under {EXPLAINED:.0%}"
        )
    return ""


def _without(shape: Shape, reason: str, notes: tuple[str, ...]) -> Curve:
    """Return no curve, and why."""
    many = len(shape.parameters)
    missing = {name: Estimate.missing("", reason) for name in shape.parameters}
    return Curve(
        shape.name, missing, np.full(many, np.nan), np.full((many, many), np.nan),
        math.nan, math.nan, 0, competitive=False, reason=reason, notes=notes,
    )  # fmt: skip


def _curve(
    shape: Shape, x: FloatArray, y: FloatArray, *,
    fitted: _Fitted, power: float, notes: tuple[str, ...],
) -> Curve:  # fmt: skip
    """Return the curve with its uncertainty."""
    values = fitted.values
    weights = size_of(shape.response(values, x), fitted.floor) ** (-2 * fitted.power)
    variance = variance_of(fitted.noise, fitted.power)
    covariance = variance * _inverse_information(shape, values, x, weights)
    errors = np.sqrt(np.diag(covariance))
    some = x[x > 0]
    ends = shape.response(values, np.array([some.min(), some.max()]))
    heights = float(np.ptp(y))
    parameters = {
        name: _parameter(values[k], errors[k], shape.units[k], n=y.size, heights=heights)
        for k, name in enumerate(shape.parameters)
    }
    return Curve(
        shape.name, parameters, values, covariance, math.sqrt(variance), fitted.power,
        round(float(fitted.noise.freedom.sum())),
        competitive=bool(ends[1] < ends[0]), floor=fitted.floor,
        lowest=float(some.min()), highest=float(some.max()),
        notes=notes + _notes(fitted, some, shape),
        known=known_at(fitted.noise) if math.isnan(power) else (0.0, 0.0),
    )  # fmt: skip


def _parameter(value: float, error: float, unit: str, *, n: int, heights: float) -> Estimate:
    """Return a parameter; missing where standards that miss a plateau leave it open.

    Open is one whose standard error is larger than itself, or, of a response, than all
    responses are apart. The curve where it was fitted may be well known all the same.
    """
    size = heights if unit == "response" else abs(value)
    if error > size:
        reason = (
            f"the standards leave it open: {value:.2g} with a standard error of {error:.2g}"
        )
        return Estimate.missing(_unit(unit), reason, n=n)
    return Estimate(float(value), float(error), _unit(unit), 1.0, n)


def _unit(unit: str) -> str:
    return "" if unit == "1" else unit


def _inverse_information(
    shape: Shape, values: FloatArray, x: FloatArray, weights: FloatArray
) -> FloatArray:
    """Return the inverse of the weighted squares of the gradient, whatever the units."""
    slopes = np.sqrt(weights)[:, None] * shape.gradient(values, x)
    size = np.sqrt(np.sum(slopes**2, axis=0))
    size = np.where(size > 0, size, 1.0)
    inverse = np.linalg.pinv((slopes / size).T @ (slopes / size), rcond=1e-14, hermitian=True)
    return np.asarray(inverse / np.outer(size, size))


def _notes(fitted: _Fitted, some: FloatArray, shape: Shape) -> tuple[str, ...]:
    """Say what the standards do not tell of the curve."""
    notes = []
    if not fitted.rest:
        notes.append("the fit did not come to rest: its parameters are not the only ones")
    middle = dict(zip(shape.parameters, fitted.values, strict=True)).get("EC50", some.min())
    if not some.min() <= middle <= some.max():
        notes.append(
            f"the middle of the curve ({middle:.4g}) is beyond the standards, "
            f"{some.min():.4g} to {some.max():.4g}: one plateau is a guess"
        )
    return tuple(notes)
