"""Units: what a plate reader's numbers are called, by how it measures."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["UNITS", "unit_of"]

OD, RFU, RLU = "OD", "RFU", "RLU"
UNITS: Mapping[str, str] = {
    "absorbance": OD, "photometric": OD, "fluorescence": RFU, "trf": RFU, "luminescence": RLU,
    "alpha": "counts",
}  # fmt: skip
_WORD = re.compile(r"absorbance|photometric|fluorescence|luminescence", re.IGNORECASE)


def unit_of(text: str) -> str:
    """Return the unit of what a text says was measured; ``""`` where it says none.

    Examples
    --------
    >>> unit_of("Absorbance"), unit_of("Fluorescence (FI)"), unit_of("alpha-amylase")
    ('OD', 'RFU', '')
    """
    found = _WORD.search(text)
    return UNITS[found[0].lower()] if found else ""
