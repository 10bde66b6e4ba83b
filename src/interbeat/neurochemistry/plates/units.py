"""Units of concentration: which are known, and how they are spelled."""

from __future__ import annotations

from interbeat.core.errors import DataError

__all__ = ["concentration_unit"]

MASSES = ("fg", "pg", "ng", "µg", "mg", "g")
AMOUNTS = ("fmol", "pmol", "nmol", "µmol", "mmol", "mol")
ACTIVITIES = ("µU", "mU", "U", "kU", "µIU", "mIU", "IU", "nkat", "µkat", "kat", "AU", "RU")
VOLUMES = ("mL", "dL", "L", "µL")
MOLAR = ("fM", "pM", "nM", "µM", "mM", "M")
OTHERS = ("AU", "pg/mg", "ng/mg", "µg/g", "µg/mg", "mg/g", "nmol/g", "pmol/mg", "%")
KNOWN = (
    *(f"{top}/{volume}" for top in (*MASSES, *AMOUNTS, *ACTIVITIES) for volume in VOLUMES),
    *MOLAR,
    *OTHERS,
)
EXAMPLES = "pg/mL, ng/mL, µg/dL, pmol/L, nmol/L, nM, U/mL"


def concentration_unit(text: str) -> str:
    """Return a unit of concentration as it is spelled here.

    Parameters
    ----------
    text : str
        As a file or a person wrote it; ``""`` for not stated.

    Returns
    -------
    str

    Raises
    ------
    DataError
        If no such unit is known.

    Examples
    --------
    >>> concentration_unit("ug/dl"), concentration_unit("pg/ml"), concentration_unit("")
    ('µg/dL', 'pg/mL', '')
    """
    plain = "".join(text.split()).replace("\N{GREEK SMALL LETTER MU}", "µ")
    if not plain or plain in KNOWN:
        return plain
    top, _, bottom = plain.partition("/")
    found = f"{_micro(top)}/{_volume(_micro(bottom))}" if bottom else _micro(top)
    if found not in KNOWN:
        raise DataError(
            f"{text!r} is no unit of concentration that is known; possible are e.g. {EXAMPLES}"
        )
    return found


def _micro(part: str) -> str:
    """Spell micro with its sign: "ug", "mcg"."""
    for start in ("mc", "u"):
        if part.startswith(start) and part != start:
            return f"µ{part.removeprefix(start)}"
    return part


def _volume(part: str) -> str:
    """Spell liters with a capital."""
    return f"{part[:-1]}L" if part.endswith("l") and part != "mol" else part
