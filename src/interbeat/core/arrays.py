"""Arrays that cannot change under one's feet."""

from __future__ import annotations

import math
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from interbeat.core.errors import DataError

__all__ = [
    "BoolArray",
    "ComplexArray",
    "FloatArray",
    "IntArray",
    "frozen_bools",
    "frozen_floats",
    "frozen_ints",
    "same_fields",
]

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]
ComplexArray = NDArray[np.complex128]


def frozen_floats(values: ArrayLike, name: str) -> FloatArray:
    """Return `values` as a read-only float64 vector, copied only where it must be.

    Raises
    ------
    DataError
        If `values` is not one-dimensional or not numbers.
    """
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"{name} must be numbers: {error}") from error
    return _vector(array, name)


def frozen_bools(values: ArrayLike, name: str) -> BoolArray:
    """Return `values` as a read-only boolean vector.

    Raises
    ------
    DataError
        If `values` is not one-dimensional.
    """
    return _vector(np.asarray(values, dtype=np.bool_), name)


def frozen_ints(values: ArrayLike, name: str) -> IntArray:
    """Return `values` as a read-only int64 vector.

    Raises
    ------
    DataError
        If `values` is not one-dimensional.
    """
    return _vector(np.asarray(values, dtype=np.int64), name)


def _vector(array: NDArray[Any], name: str) -> NDArray[Any]:
    if array.ndim != 1:
        raise DataError(f"{name} must have one dimension, not shape {array.shape}")
    if not array.flags.writeable:
        return array
    view = array.view()  # the caller's own array stays writeable for the caller
    view.flags.writeable = False
    return view


def same_fields(one: object, other: object) -> bool:
    """Whether two dataclass instances agree field by field, bit for bit, NaN equal to NaN."""
    if type(one) is not type(other):
        return False
    return all(
        _same(getattr(one, field.name), getattr(other, field.name))
        for field in fields(one)  # type: ignore[arg-type]
    )


def _same(a: object, b: object) -> bool:
    if isinstance(a, np.ndarray):
        return np.array_equal(a, np.asarray(b), equal_nan=a.dtype.kind == "f")
    if isinstance(a, float) and isinstance(b, float) and math.isnan(a):
        return math.isnan(b)
    return bool(a == b)
