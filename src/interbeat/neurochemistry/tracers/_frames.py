"""Frames: what lies between the means over frames, integrated and convolved without a grid.

A scanner tells the mean over each frame. A parabola in each frame keeps that mean and meets its
neighbors at the edges (the reconstruction of Colella & Woodward 1984,
doi:10.1016/0021-9991(84)90143-8, without its limiter, so that all stays linear in the data).
Integrals and convolutions with an exponential are then exact, and so are their means over
frames: no frame is taken for its middle.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from interbeat.core.arrays import FloatArray, IntArray
from interbeat.neurochemistry.tracers._spec import Frames

__all__ = ["Course", "convolution", "convolved", "course", "integrated", "integration"]

TERMS = 18  # of a Taylor series below 1: the next is under 1e-17


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """A curve from the injection on: in each piece ``low + rise u + bend u^2``, u from 0 to 1.

    Parameters
    ----------
    edges : ndarray, shape (p + 1,)
        Of the pieces, in min, from 0 on: the frames and the pauses between them.
    low, rise, bend : ndarray, shape (p,) or (p, k)
        Of each piece, for one curve or several.
    pieces : ndarray of int, shape (n,)
        Which piece each frame is.
    """

    edges: FloatArray
    low: FloatArray
    rise: FloatArray
    bend: FloatArray
    pieces: IntArray

    @property
    def lengths(self) -> FloatArray:
        """Of the pieces, in min."""
        return np.diff(self.edges)


def course(frames: Frames, values: FloatArray) -> Course:
    """Return the curve whose means over the frames are `values`.

    It begins at 0 with the injection. A pause is bridged by a straight line between the
    middles of its neighbors, the time before the first frame by one from 0.

    Parameters
    ----------
    frames : Frames
        When was counted, in min.
    values : ndarray, shape (n,) or (n, k)
        Means over the frames, of one curve or of several.

    Returns
    -------
    Course

    Examples
    --------
    >>> frames = Frames(np.array([0.0, 1.0, 2.0]), np.array([1.0, 2.0, 4.0]))
    >>> line = course(frames, frames.middles)  # as much as minutes have passed
    >>> bool(np.allclose(line.low + line.rise + line.bend, [1.0, 2.0, 4.0]))
    True
    """
    edges, pieces, bridge = _pieces(frames)
    means = bridge @ values
    lengths = np.diff(edges).reshape(-1, *[1] * (values.ndim - 1))
    inner = (means[:-1] * lengths[1:] + means[1:] * lengths[:-1]) / (lengths[:-1] + lengths[1:])
    left = np.concatenate([np.zeros_like(means[:1]), inner])
    right = np.concatenate([inner, 2 * means[-1:] - left[-1:]])
    bend = 3 * (left + right) - 6 * means
    return Course(edges, left, right - left - bend, bend, pieces)


def _pieces(frames: Frames) -> tuple[FloatArray, IntArray, FloatArray]:
    """Return edges, the piece of each frame, and what turns frame means into piece means."""
    # A sliver of a pause is rounding of the file, not a pause.
    slack = 1e-6 * frames.ends[-1]
    befores = np.concatenate([[0.0], frames.ends[:-1]])
    paused = frames.starts - befores > slack
    n, number = frames.starts.size, frames.starts.size + int(paused.sum())
    pieces = np.arange(n) + np.cumsum(paused)
    edges = np.zeros(number + 1)
    edges[pieces + 1] = frames.ends
    edges[pieces[paused]] = frames.starts[paused]
    bridge = np.zeros((number, n))
    bridge[pieces, np.arange(n)] = 1.0
    for k in np.flatnonzero(paused).tolist():
        before = frames.middles[k - 1] if k else 0.0
        share = ((befores[k] + frames.starts[k]) / 2 - before) / (frames.middles[k] - before)
        bridge[pieces[k] - 1, k] = share
        if k:
            bridge[pieces[k] - 1, k - 1] = 1 - share
    return edges, pieces, bridge


def integrated(frames: Frames, values: FloatArray) -> FloatArray:
    """Return the running integral of a curve since the injection, as its mean over each frame.

    Parameters
    ----------
    frames : Frames
        When was counted, in min.
    values : ndarray, shape (n,) or (n, k)
        Means over the frames, of one curve or of several.

    Returns
    -------
    ndarray, shape (n,) or (n, k)
        In the unit of `values` times min.

    Examples
    --------
    >>> frames = Frames(np.array([0.0, 1.0, 2.0]), np.array([1.0, 2.0, 4.0]))
    >>> integrated(frames, np.ones(3))[1:]  # of what rises to 1 within the first frame
    array([1.5, 3. ])
    """
    whole = course(frames, values)
    lengths = whole.lengths.reshape(-1, *[1] * (values.ndim - 1))
    area = lengths * (whole.low + whole.rise / 2 + whole.bend / 3)
    before = np.cumsum(area, axis=0) - area
    within = lengths * (whole.low / 2 + whole.rise / 6 + whole.bend / 12)
    return np.asarray((before + within)[whole.pieces], dtype=np.float64)


def integration(frames: Frames) -> FloatArray:
    """Return the matrix that :func:`integrated` multiplies by; shape (n, n).

    Examples
    --------
    >>> frames = Frames(np.array([0.0, 1.0, 2.0]), np.array([1.0, 2.0, 4.0]))
    >>> values = np.array([3.0, 1.0, 2.0])
    >>> bool(np.allclose(integration(frames) @ values, integrated(frames, values)))
    True
    """
    return integrated(frames, np.eye(frames.starts.size))


def convolution(frames: Frames, rate: float) -> FloatArray:
    """Return the matrix that convolves a curve with ``exp(-rate t)``; shape (n, n).

    Examples
    --------
    >>> frames = Frames(np.array([0.0, 1.0, 2.0]), np.array([1.0, 2.0, 4.0]))
    >>> values = np.array([3.0, 1.0, 2.0])
    >>> one = convolved(course(frames, values), np.array([0.3]))[0]
    >>> bool(np.allclose(convolution(frames, 0.3) @ values, one))
    True
    """
    whole = course(frames, np.eye(frames.starts.size))
    lengths = whole.lengths[:, None]
    one, two, three, four = _fading(rate * lengths)
    arrived = lengths * (whole.low * one + whole.rise * two + 2 * whole.bend * three)
    within = lengths * (whole.low * two + whole.rise * three + 2 * whole.bend * four)
    stays = np.exp(-rate * lengths)
    level = np.zeros(frames.starts.size)
    for piece in range(lengths.size):
        within[piece] += level * one[piece]
        level = level * stays[piece] + arrived[piece]
    return np.asarray(within[whole.pieces], dtype=np.float64)


def convolved(whole: Course, rates: FloatArray) -> FloatArray:
    """Return a curve convolved with ``exp(-rate t)``, as its means over the frames.

    Parameters
    ----------
    whole : Course
        One curve.
    rates : ndarray, shape (m,)
        In 1/min, from 0 up.

    Returns
    -------
    ndarray, shape (m, n)
        In the unit of the curve times min.

    Examples
    --------
    >>> frames = Frames(np.arange(60.0), np.arange(1.0, 61.0))
    >>> flat = convolved(course(frames, np.ones(60)), np.array([0.5]))
    >>> round(float(flat[0, -1]), 4)  # one over the rate, long after
    2.0
    """
    lengths = whole.lengths
    one, two, three, four = _fading(np.multiply.outer(rates, lengths))
    arrived = lengths * (whole.low * one + whole.rise * two + 2 * whole.bend * three)
    within = lengths * (whole.low * two + whole.rise * three + 2 * whole.bend * four)
    stays = np.exp(-np.multiply.outer(rates, lengths))
    level = np.zeros(rates.size)
    for piece in range(lengths.size):
        within[:, piece] += level * one[:, piece]
        level = level * stays[:, piece] + arrived[:, piece]
    return np.asarray(within[:, whole.pieces], dtype=np.float64)


def _fading(z: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return ``sum((-z)^i / (i + m)!, i >= 0)`` for m of 1 to 4: the phi functions at -z.

    Those of u^j convolved with ``exp(-z u)`` over a unit are j! times the (j + 1)th.
    """
    small = np.minimum(z, 1.0)
    four = np.zeros_like(z)
    for i in range(TERMS, -1, -1):  # Horner: 1/4! (1 - z/5 (1 - z/6 (...)))
        four = 1 - small / (i + 5) * four
    four /= 24
    three = 1 / 6 - small * four
    two = 1 / 2 - small * three
    one = 1 - small * two
    large = np.maximum(z, 1.0)
    first = -np.expm1(-large) / large
    second = (1 - first) / large
    third = (1 / 2 - second) / large
    fourth = (1 / 6 - third) / large
    near = z < 1
    return (
        np.where(near, one, first),
        np.where(near, two, second),
        np.where(near, three, third),
        np.where(near, four, fourth),
    )
