"""Names: which role a word or a name in a layout stands for, and which unit a label holds."""

from __future__ import annotations

import re

from interbeat.core.plate import Role

__all__ = ["ROLES", "role_called", "role_of_name", "unit_in"]

_WORDS = {
    Role.STANDARD: "standard standards std stds s st cal calibrator calibrators calibration b0 "
    "zero maximumbinding",
    Role.SAMPLE: "sample samples spl smp unknown unknowns unk u un x specimen",
    Role.CONTROL: "control controls qc qcs ctl ctrl con qualitycontrol pos neg",
    Role.BLANK: "blank blanks blk bl b buffer substrateblank",
    Role.NONSPECIFIC: "nonspecific nsb nonspecificbinding ns",
}
ROLES = {word: role for role, words in _WORDS.items() for word in words.split()}
ZERO = {"b0", "zero", "maximumbinding"}
_NUMBERED = re.compile(r"([a-z]+?)(\d*)(?::\d+)?")
_UNIT = re.compile(
    r"(?<![A-Za-z])([pnuµμmf]?(?:g|mol|M|IU|U)(?:/(?:[mdnuµμ]?L|ml|dl|g|mg))|[pnuµμmf]M|"
    r"Units?/m[lL])(?![A-Za-z])"
)


def role_called(word: str) -> Role | None:
    """Return the role that a word in a column "role" stands for; None if it is none.

    Examples
    --------
    >>> role_called("STD3"), role_called("Unknown"), role_called("blue")
    (<Role.STANDARD: 'standard'>, <Role.SAMPLE: 'sample'>, None)
    """
    plain = re.sub(r"[\s_.#-]", "", word.lower())
    if plain in ROLES:
        return ROLES[plain]
    found = _NUMBERED.fullmatch(plain)
    return ROLES.get(found[1]) if found else None


def role_of_name(name: str) -> tuple[Role, bool]:
    """Return the role of a well that a layout calls `name`, and whether the name says so.

    Where it does not, it is a sample: "P7", "anna 2".

    Examples
    --------
    >>> role_of_name("s1"), role_of_name("BLK"), role_of_name("P7")
    ((<Role.STANDARD: 'standard'>, True), (<Role.BLANK: 'blank'>, True), (<Role.SAMPLE: 'sample'>, False))
    """  # noqa: E501 - one line as it prints
    role = role_called(name)
    return (Role.SAMPLE, False) if role is None else (role, True)


def is_zero(name: str) -> bool:
    """Whether a name says that nothing of the analyte is in the well: B0, zero."""
    return re.sub(r"[\s_.#-]", "", name.lower()) in ZERO


def unit_in(label: str) -> str:
    """Return the unit of concentration in a label; ``""`` where there is none.

    Examples
    --------
    >>> unit_in("Standard Value ng/mL"), unit_in("concentration (pg/ml)"), unit_in("OD")
    ('ng/mL', 'pg/mL', '')
    """
    found = _UNIT.search(label)
    if found is None:
        return ""
    unit = found[1].replace("μ", "µ").replace("/ml", "/mL").replace("/dl", "/dL")
    return "µ" + unit[1:] if unit.startswith("u") else unit
