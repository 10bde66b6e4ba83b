"""Units: what a plate reader's numbers are called, by how it measures."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["UNITS", "unit_of"]

OD, RFU, RLU = "OD", "RFU", "RLU"
UNITS: Mapping[str, str] = {
    "absorbance": OD, "abs": OD, "photometric": OD, "od": OD, "fluorescence": RFU, "fi": RFU,
    "trf": RFU, "time resolved fluorescence": RFU, "luminescence": RLU, "lum": RLU,
    "alpha": "counts", "alphascreen": "counts",
}  # fmt: skip


def unit_of(text: str) -> str:
    """Return the unit of what a text says was measured; ``""`` where it says none.

    Examples
    --------
    >>> unit_of("Absorbance"), unit_of("Fluorescence (FI)"), unit_of("no idea")
    ('OD', 'RFU', '')
    """
    plain = text.lower()
    return next((unit for word, unit in UNITS.items() if len(word) > 3 and word in plain), "")
