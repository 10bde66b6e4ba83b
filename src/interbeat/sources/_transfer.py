"""Transfer functions: counts of PLUX and BITalino sensors as physical values."""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import FloatArray

__all__ = ["physical"]

_PLUX = {
    "bioplux", "bioplux_exp", "biosignalsplux", "biosignalspluxsolo", "rachimeter",
    "channeller", "swifter", "ddme_openbanplux",
}  # fmt: skip
_BITALINO = {"bitalino", "bitalino_rev", "bitalino_riot"}
# Full scale of share, by sensor and family: (offset of the share, what 1 is, unit).
_SCALES: dict[tuple[str, str], tuple[float, float, str]] = {
    ("ECG", "plux"): (0.5, 3.0 / 1.019, "mV"),
    ("ECG", "bitalino"): (0.5, 3.3 / 1.1, "mV"),
    ("EDA", "plux"): (0.0, 3.0 / 0.12, "µS"),
    ("EDA", "bitalino"): (0.0, 3.3 / 0.132, "µS"),
    ("BVP", "plux"): (0.0, 3.0 / 0.190060606, "µA"),
    ("RESP", "plux"): (0.5, 100.0, "%"),
    ("RESP", "bitalino"): (0.5, 100.0, "%"),
}


def physical(
    counts: FloatArray, sensor: str, *, device: str, bits: int
) -> tuple[FloatArray, str, str]:
    """Return `counts` as physical values, their unit, and how they were made.

    With the counts `c` of `n` bits, by PLUX's data sheets and its package biosignalsnotebooks:

    ==============  ===========================================  =======================
    sensor          biosignalsplux (3 V)                         BITalino (3.3 V)
    ==============  ===========================================  =======================
    ECG (mV)        (c / 2^n - 1/2) 3 / 1.019                    (c / 2^n - 1/2) 3.3 / 1.1
    EDA (µS)        c / 2^n 3 / 0.12                             c / 2^n 3.3 / 0.132
    BVP (µA)        c / 2^n 3 / 0.190060606                      not known
    respiration     (c / 2^n - 1/2) 100, in % of the full range  the same
    ==============  ===========================================  =======================

    The first BITalino (before "rev") has EDA 1 / (1 - c / 2^n) µS. A data sheet of the plux ECG
    gives its gain as 1000 rather than 1019.

    Examples
    --------
    >>> physical(np.array([496.0]), "ECG", device="bitalino", bits=10)[:2]
    (array([-0.046875]), 'mV')
    """
    kind = _kind(sensor)
    family = "plux" if device in _PLUX else "bitalino" if device in _BITALINO else ""
    if not 1 < bits <= 32:
        return counts, "a.u.", "counts of unknown resolution"
    share = counts / 2.0**bits
    by = f"counts of {bits} bits, by the transfer function of {kind} on {device}"
    if kind == "EDA" and device == "bitalino":
        return 1 / np.where(share < 1, 1 - share, np.nan), "µS", by
    if (kind, family) not in _SCALES:
        return counts, "a.u.", f"no transfer function is known for {sensor!r} on {device!r}"
    offset, scale, unit = _SCALES[kind, family]
    return (share - offset) * scale, unit, by


def _kind(sensor: str) -> str:
    plain = sensor.upper().removesuffix("BIT")
    return "RESP" if plain in {"RESP", "RESPIRATION", "PZT"} else plain
