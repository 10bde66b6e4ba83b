"""Skin conductance in µS, whatever unit it comes in."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError

__all__ = ["conversion", "in_range"]

LOWEST, HIGHEST = 0.05, 100.0  # µS: what skin can conduct

CONDUCTANCE = {  # µS in one
    "µS": 1.0,
    "uS": 1.0,
    "microsiemens": 1.0,
    "micromho": 1.0,
    "µmho": 1.0,
    "umho": 1.0,
    "nS": 1e-3,
    "nanosiemens": 1e-3,
    "mS": 1e3,
    "millisiemens": 1e3,
    "S": 1e6,
    "siemens": 1e6,
}
RESISTANCE = {  # MΩ in one
    "Ω": 1e-6,
    "ohm": 1e-6,
    "ohms": 1e-6,
    "kΩ": 1e-3,
    "kohm": 1e-3,
    "kohms": 1e-3,
    "MΩ": 1.0,
    "MOhm": 1.0,
    "megohm": 1.0,
    "megaohm": 1.0,
}


def conversion(unit: str) -> Callable[[FloatArray], FloatArray]:
    """Return what makes µS of samples in `unit`, as :func:`in_range` leaves them."""
    plain = unit.strip().replace("\u03bc", "\u00b5").replace("\u2126", "\u03a9")
    for name in (plain, plain.lower()):
        if name in CONDUCTANCE:
            factor = CONDUCTANCE[name]
            return lambda values: in_range(values if factor == 1 else values * factor)
        if name in RESISTANCE:
            megohm = RESISTANCE[name]
            return lambda values: in_range(1 / np.where(values > 0, values * megohm, np.nan))
    raise DataError(
        f"skin conductance must be in µS, or in a unit of conductance or resistance "
        f"({', '.join((*CONDUCTANCE, *RESISTANCE))}), not {unit!r}"
    )


def in_range(microsiemens: FloatArray) -> FloatArray:
    """Return `microsiemens`, -inf where no skin could conduct so little and inf so much.

    Neither is finite, so that both are lost to whoever asks no further.
    """
    much = np.where(microsiemens > HIGHEST, np.inf, microsiemens)
    return np.where(microsiemens < LOWEST, -np.inf, much)
