"""Weighted least squares of one curve, from many starts or of many data sets at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.neurochemistry.standards._spec import Shape

__all__ = ["ROUNDS", "Settled", "positive", "settle", "steepness"]

ROUNDS = 200  # enough for any start
CLOSE = 1e-10  # relative step at which a parameter has come to rest
FIRM = 1e12  # damping beyond which no step helps any more
DAMPED = 1e-5  # at first
RIDGE = 1e-14  # beside squares of 1: two columns may be the same to the last digit
SMALLEST = 1e-150
LONGEST = 1.5  # step of a logarithm: at most some five-fold
EDGE = np.log(1e3)  # how far a concentration may be beyond the standards, as a logarithm
PLAIN = np.log(50.0)  # how far a bare number (a slope, an asymmetry) may be from 1


class Settled(NamedTuple):
    """Where many fits came to rest.

    Parameters
    ----------
    values : ndarray, shape (k, p)
        Parameters.
    misses : ndarray, shape (k,)
        Weighted sums of squares.
    rest : ndarray, shape (k,)
        Whether each came to rest.
    held : ndarray of bool, shape (k, p)
        Which parameters lie at the edge of what they were let reach.
    """

    values: FloatArray
    misses: FloatArray
    rest: BoolArray
    held: BoolArray


def positive(shape: Shape) -> BoolArray:
    """Return which parameters cannot be negative: they are sought as logarithms."""
    return np.array([unit in ("concentration", "1") for unit in shape.units])


def steepness(shape: Shape, values: FloatArray, concentrations: FloatArray) -> FloatArray:
    """Return the gradient by each parameter or, where it is positive, by its logarithm."""
    gradient = shape.gradient(values.T[..., None], concentrations)
    return np.asarray(gradient * np.where(positive(shape), values, 1.0)[:, None, :])


def settle(
    shape: Shape, starts: FloatArray, concentrations: FloatArray, *,
    responses: FloatArray, weights: FloatArray, rounds: int,
) -> Settled:  # fmt: skip
    """Return the parameters of least weighted squares, by Levenberg and Marquardt's method.

    Parameters
    ----------
    shape : Shape
        Of the curve.
    starts : ndarray, shape (k, p)
        Where each of the `k` fits begins.
    concentrations : ndarray, shape (n,)
        The same for all.
    responses, weights : ndarray, shape (k, n)
        Of each fit.
    rounds : int
        The most steps that are tried.

    Returns
    -------
    Settled

    References
    ----------
    .. [1] Marquardt (1963). An algorithm for least-squares estimation of nonlinear parameters.
       SIAM Journal on Applied Mathematics 11:431, doi:10.1137/0111030. Departure: positive
       parameters are sought as logarithms, those that responses are linear in are set to their
       best after each step (Golub and Pereyra 1973, doi:10.1137/0710036), and many fits run
       side by side.
    """
    log = positive(shape)
    linear = np.array([unit.startswith("response") for unit in shape.units])
    root = np.sqrt(weights)

    def natural(places: FloatArray) -> FloatArray:
        return np.where(log, np.exp(np.where(log, places, 0.0)), places)

    def missed(values: FloatArray) -> FloatArray:
        found = shape.response(values.T[..., None], concentrations)
        return np.asarray(root * (responses - found))

    def leveled(values: FloatArray) -> FloatArray:
        """Return parameters of which those that responses are linear in are at their best."""
        columns = root[..., None] * shape.gradient(values.T[..., None], concentrations)
        columns = columns[..., linear]
        better = values.copy()
        better[:, linear] += _best(columns, missed(values))
        return better

    places = np.where(log, np.log(np.where(log, starts, 1.0)), starts)
    least, most = _edges(shape, concentrations)
    places, damping = np.clip(places, least, most), np.full(len(places), DAMPED)
    off = missed(natural(places))
    misses, rest = np.sum(off**2, axis=1), np.zeros(len(places), dtype=np.bool_)
    for _ in range(rounds):
        slopes = root[..., None] * steepness(shape, natural(places), concentrations)
        toward = np.einsum("knp,kn->kp", slopes, off)
        held = ((places <= least) & (toward < 0)) | ((places >= most) & (toward > 0))
        step = _step(slopes, np.where(held, 0.0, toward), damping=damping, held=held)
        step = np.where(log, np.clip(step, -LONGEST, LONGEST), step)
        tried = np.clip(places + step, least, most)
        tried = np.where(linear, leveled(natural(tried)), tried)
        there = missed(natural(tried))
        squares = np.sum(there**2, axis=1)
        better = squares <= misses
        scale = np.where(log, 1.0, np.abs(places) + np.ptp(responses, axis=1)[:, None])
        small = np.all(np.abs(tried - places) <= CLOSE * scale, axis=1)
        go = better & ~rest
        places[go], off[go], misses[go] = tried[go], there[go], squares[go]
        rest |= small | (damping > FIRM)
        damping = np.where(better, damping / 9, damping * 6)
        if rest.all():
            break
    return Settled(natural(places), misses, rest, (places <= least) | (places >= most))


def _edges(shape: Shape, concentrations: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return what each parameter is let reach, as it is sought."""
    log = np.log(concentrations[concentrations > 0])
    reach = {
        "1": (-PLAIN, PLAIN),
        "concentration": (log.min() - EDGE, log.max() + EDGE),
    }
    edges = [reach.get(unit, (-np.inf, np.inf)) for unit in shape.units]
    return np.array(edges).T[0], np.array(edges).T[1]


def _best(columns: FloatArray, off: FloatArray) -> FloatArray:
    """Return what to add to linear parameters so that what is off is least."""
    size = np.maximum(np.sqrt(np.sum(columns**2, axis=1)), SMALLEST)
    scaled = columns / size[:, None, :]
    normal = np.swapaxes(scaled, 1, 2) @ scaled + RIDGE * np.eye(columns.shape[2])
    toward = np.einsum("knp,kn->kp", scaled, off)
    return np.asarray(np.linalg.solve(normal, toward[..., None])[..., 0] / size)


def _step(
    slopes: FloatArray, toward: FloatArray, *, damping: FloatArray, held: BoolArray
) -> FloatArray:
    """Return the damped step of each fit; columns are scaled so that units do not matter."""
    size = np.sqrt(np.sum(slopes**2, axis=1))
    size = np.where((size > 0) & ~held, size, 1.0)
    scaled = np.where(held[:, None, :], 0.0, slopes / size[:, None, :])
    normal = np.swapaxes(scaled, 1, 2) @ scaled
    normal += (damping[:, None, None] + 1e-15) * np.eye(slopes.shape[2])
    return np.asarray(np.linalg.solve(normal, (toward / size)[..., None])[..., 0] / size)
