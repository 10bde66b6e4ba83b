"""Images: the simplified reference tissue model in every voxel, by basis functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.activity import Regions
from interbeat.core.arrays import BoolArray, FloatArray, frozen_floats
from interbeat.core.errors import DataError
from interbeat.neurochemistry.tracers._answers import FAINT
from interbeat.neurochemistry.tracers._basis import BASIS, Basis
from interbeat.neurochemistry.tracers._projection import Range
from interbeat.neurochemistry.tracers._spec import Frames

__all__ = ["BoundImage", "bind_image"]

BLOCK = 8192  # voxels at a time: some 20 MB for each array of 40 frames and 100 rates
NAMES = ("BP_ND", "R1", "k2")
MINUTE = 60.0  # s


@dataclass(frozen=True, slots=True, eq=False)
class BoundImage:
    """Maps over the voxels of an image.

    Parameters
    ----------
    values : mapping of str to ndarray
        ``"BP_ND"``, ``"R1"``, ``"k2"`` (1/min), of the image's shape; NaN where a voxel tells
        nothing.
    errors : mapping of str to ndarray
        Their standard errors, the reference taken to be without noise: a voxel has far more.
    at_end : ndarray of bool
        Where k2a is the first or last of the basis: values there are made by its range, and are
        kept so that a mean over voxels does not leave out those of one kind.
    flags : tuple of str
        How many voxels have no value, and why.
    """

    values: Mapping[str, FloatArray]
    errors: Mapping[str, FloatArray]
    at_end: BoolArray
    flags: tuple[str, ...]


def bind_image(
    image: FloatArray, reference: ArrayLike, *, starts: ArrayLike, durations: ArrayLike,
    weights: ArrayLike | None = None, rates: Range = BASIS,
) -> BoundImage:  # fmt: skip
    """Return what the simplified reference tissue model finds in each voxel.

    By basis functions (Gunn et al. 1997, doi:10.1006/nimg.1997.0303), as
    :func:`~interbeat.neurochemistry.tracers.srtm_basis.srtm_basis` does for a region: the best
    of the basis, moved to the peak of the parabola through its neighbors. Voxels are taken in
    blocks, so that memory does not grow with the image but for the maps.

    Parameters
    ----------
    image : ndarray, shape (..., n)
        Activity, corrected for decay; the frames last. Voxels with a value that is not finite,
        and those whose activity is not above 0 on the whole, have no result.
    reference : array_like, shape (n,)
        Of the reference region, in the unit of the image.
    starts, durations : array_like, shape (n,)
        Of the frames, in s since the injection.
    weights : array_like, shape (n,), optional
        Of the frames; equal without.
    rates : Range, optional
        Of k2a.

    Returns
    -------
    BoundImage

    Raises
    ------
    DataError
        If the shapes do not fit each other, a time, weight or the reference is not finite or
        not above 0 on the whole, or there are no more frames than parameters.

    Examples
    --------
    >>> from interbeat.neurochemistry.tracers._frames import convolved, course
    >>> starts = np.arange(0.0, 3600.0, 120.0)
    >>> frames = Frames(starts / 60, starts / 60 + 2)
    >>> cerebellum = frames.middles * np.exp(-frames.middles / 10)
    >>> late = convolved(course(frames, cerebellum), np.array([0.05]))[0]
    >>> image = np.stack([0.9 * cerebellum + 0.055 * late, np.zeros(30)])
    >>> maps = bind_image(image, cerebellum, starts=starts, durations=np.full(30, 120.0))
    >>> maps.values["BP_ND"].round(3), maps.flags
    (array([ 1., nan]), ('1 of 2 voxels without activity, or with values not finite',))
    """
    voxels = np.asarray(image)
    scan = _scan(voxels, reference, starts=starts, durations=durations, weights=weights)
    basis = Basis.over(scan.frames, scan.reference, scan.weights, rates)
    flat = voxels.reshape(-1, scan.reference.size)
    values = np.full((len(NAMES), flat.shape[0]), np.nan)
    errors, at_end = values.copy(), np.zeros(flat.shape[0], dtype=np.bool_)
    usable = np.zeros(flat.shape[0], dtype=np.bool_)
    for start in range(0, flat.shape[0], BLOCK):
        block = slice(start, start + BLOCK)
        curves = np.asarray(flat[block], dtype=np.float64)
        good = _squarable(curves)
        good &= np.where(good[:, None], curves, 0.0) @ scan.frames.durations > 0
        usable[block] = good
        if not np.any(good):
            continue
        maps = basis.fitted(curves[good])
        rows = start + np.flatnonzero(good)
        values[:, rows], errors[:, rows] = maps.values, np.sqrt(maps.variances)
        at_end[rows] = maps.at_end
    shape = voxels.shape[:-1]
    return BoundImage(
        _named(values, shape),
        _named(errors, shape),
        at_end.reshape(shape),
        _flags(usable, at_end),
    )


def _squarable(curves: FloatArray) -> BoolArray:
    """Return which curves have finite values alone, whose squares are numbers too."""
    highest = np.max(np.abs(curves), axis=1)  # NaN and infinite where one value is
    return np.asarray((highest > FAINT) & (highest < 1 / FAINT))


@dataclass(frozen=True, slots=True, eq=False)
class _Scan:
    """What all voxels share, checked."""

    frames: Frames
    reference: FloatArray
    weights: FloatArray


def _scan(
    voxels: FloatArray, reference: ArrayLike, *, starts: ArrayLike, durations: ArrayLike,
    weights: ArrayLike | None,
) -> _Scan:  # fmt: skip
    told = frozen_floats(reference, "the reference")
    n = told.size
    given = {
        "starts": frozen_floats(starts, "starts"),
        "durations": frozen_floats(durations, "durations"),
        "weights": np.ones(n) if weights is None else frozen_floats(weights, "weights"),
    }
    if voxels.ndim < 2 or voxels.shape[-1] != n or any(v.size != n for v in given.values()):
        sizes = ", ".join(f"{values.size} {name}" for name, values in given.items())
        raise DataError(
            f"an image of shape {voxels.shape} has its frames last, as many as the {n} of the "
            f"reference; given {sizes}"
        )
    # The noun knows what frames are.
    scan = Regions(given["starts"], given["durations"], {"reference": told}, "")
    counted = int(np.count_nonzero(given["weights"] > 0))
    if not np.all(np.isfinite(given["weights"]) & (given["weights"] >= 0)) or counted <= 3:
        raise DataError(
            f"weights are finite, 0 or above, and above 0 in 4 frames at least; {counted} are"
        )
    if not (_squarable(told[None])[0] and told @ scan.durations > 0):
        raise DataError("the reference has a finite value in each frame, and some activity")
    frames = Frames(scan.starts / MINUTE, scan.ends / MINUTE)
    return _Scan(frames, told, given["weights"] * (n / given["weights"].sum()))


def _named(rows: FloatArray, shape: tuple[int, ...]) -> Mapping[str, FloatArray]:
    named = zip(NAMES, rows, strict=True)
    return MappingProxyType({name: row.reshape(shape) for name, row in named})


def _flags(usable: BoolArray, at_end: BoolArray) -> tuple[str, ...]:
    lost, ends = int(np.count_nonzero(~usable)), int(np.count_nonzero(at_end))
    flags = []
    if lost:
        flags.append(
            f"{lost} of {usable.size} voxels without activity, or with values not finite"
        )
    if ends:
        flags.append(f"{ends} of {usable.size} voxels with k2a at the end of the basis")
    return tuple(flags)
