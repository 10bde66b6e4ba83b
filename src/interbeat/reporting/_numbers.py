"""Numbers for machines: what is no number is None; and the hash of what went in."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.estimate import Estimate

__all__ = ["Json", "digest", "estimate", "estimates", "one_line", "real", "reals", "write"]

Json = dict[str, Any]


def real(value: float) -> float | None:
    """Return a number; None for NaN and the infinite.

    Examples
    --------
    >>> real(1.5), real(float("inf"))
    (1.5, None)
    """
    return float(value) if math.isfinite(value) else None


def reals(values: FloatArray) -> list[float | None]:
    """Return numbers in full; None for NaN and the infinite."""
    return [real(value) for value in np.asarray(values, dtype=np.float64).ravel().tolist()]


def estimate(e: Estimate) -> Json:
    """Return an estimate as JSON can say it.

    Examples
    --------
    >>> estimate(Estimate.missing("pg/mL", "no curve"))["reason"]
    'no curve'
    """
    low, high = e.interval
    return {
        "value": real(e.value),
        "se": real(e.se),
        "low": real(low),
        "high": real(high),
        "unit": e.unit,
        "quality": e.quality,
        "n": e.n,
        "reason": e.reason,
    }


def estimates(found: Mapping[str, Estimate]) -> Json:
    """Return estimates by name."""
    return {name: estimate(e) for name, e in found.items()}


def one_line(said: Json) -> str:
    """Return strict JSON in one line."""
    return json.dumps(said, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def write(text: str, path: Path | str) -> Path:
    """Write text and a line break to `path` in UTF-8; return where."""
    path = Path(path)
    path.write_text(f"{text}\n", encoding="utf-8", newline="\n")
    return path


def digest(*arrays: FloatArray) -> str:
    """Return the SHA-256 of numbers: of their shapes and little-endian 64-bit values, in order.

    Examples
    --------
    >>> digest(np.zeros(2))[:16]
    '45e2f25e02832ebe'
    """
    found = hashlib.sha256()
    for array in arrays:
        found.update(repr(np.shape(array)).encode())
        found.update(np.ascontiguousarray(array, dtype="<f8").tobytes())
    return found.hexdigest()
