"""Units as files spell them, turned into the one that each channel is measured in."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.session import Inference

__all__ = ["converted"]

STANDARD_GRAVITY = 9.80665  # m/s²

# Per unit of ours: what files call it or its multiples, in lower case without spaces, and
# by what to multiply.
_MILLIVOLT = {
    "mv": 1.0, "millivolt": 1.0, "millivolts": 1.0, "uv": 1e-3, "µv": 1e-3, "microvolt": 1e-3,
    "microvolts": 1e-3, "nv": 1e-6, "v": 1e3, "volt": 1e3, "volts": 1e3,
}  # fmt: skip
_MICROSIEMENS = {
    "us": 1.0, "µs": 1.0, "microsiemens": 1.0, "usiemens": 1.0, "µsiemens": 1.0, "umho": 1.0,
    "µmho": 1.0, "micromho": 1.0, "ns": 1e-3, "nanosiemens": 1e-3, "ms": 1e3,
    "millisiemens": 1e3, "s": 1e6, "siemens": 1e6,
}  # fmt: skip
_GRAVITY = {
    "g": 1.0, "mg": 1e-3, "milli-g": 1e-3, "m/s^2": 1 / STANDARD_GRAVITY,
    "m/s2": 1 / STANDARD_GRAVITY, "m/s²": 1 / STANDARD_GRAVITY,
    "m/(s^2)": 1 / STANDARD_GRAVITY,
}  # fmt: skip
_CELSIUS = {"°c": 1.0, "c": 1.0, "degc": 1.0, "deg.c": 1.0, "celsius": 1.0, "oc": 1.0}
_PRESSURE = {"mmhg": 1.0, "kpa": 7.50061683}
_RATE = {"bpm": 1.0, "beats/min": 1.0, "1/min": 1.0, "beatsperminute": 1.0}

_BY_CHANNEL: Mapping[str, tuple[str, Mapping[str, float]]] = {
    **dict.fromkeys(("ecg", "ecg2", "ecg3"), ("mV", _MILLIVOLT)),
    "eda": ("µS", _MICROSIEMENS),
    **{f"acceleration_{axis}": ("g", _GRAVITY) for axis in "xyz"},
    "temperature": ("°C", _CELSIUS),
    "blood_pressure": ("mmHg", _PRESSURE),
    "heart_rate": ("bpm", _RATE),
}
# Where the channel has no unit of its own: one spelling for each.
_SPELLED = {"v": "V", "volt": "V", "volts": "V", "mv": "mV", "millivolts": "mV", "uv": "µV"}
_SPELLED |= dict.fromkeys(("a.u.", "au", "arbitrary", "arbitraryunits"), "a.u.")
_FAHRENHEIT = {"f", "°f", "degf", "fahrenheit"}
_KILOOHM = {"kohm", "kohms", "kω", "kiloohm", "kiloohms"}
_NONE = {"", "n/a", "none", "nu", "unknown", "-"}


def converted(
    values: FloatArray, *, channel: str, unit: str, subject: str
) -> tuple[FloatArray, str, list[Inference]]:
    """Return `values` in the unit that `channel` is measured in, the unit, and what was done.

    Parameters
    ----------
    values : ndarray
        As the file has them.
    channel : str
        Ours, e.g. ``"eda"``.
    unit : str
        As the file spells it; blank where it names none.
    subject : str
        File and label, for the report.

    Returns
    -------
    values : ndarray
    unit : str
        ``"a.u."`` where the file names none; as it stands in the file where it is not known.
    inferences : list of Inference
        Empty where the values are as they were.

    Examples
    --------
    >>> values, unit, told = converted(np.array([500.0]), channel="ecg", unit="uV", subject="x")
    >>> values, unit
    (array([0.5]), 'mV')
    >>> print(told[0])
    x: unit taken as mV, because the file has uV, multiplied by 0.001
    >>> values, unit, told = converted(np.array([3.0]), channel="eda", unit="", subject="x")
    >>> print(told[0])
    x: unit taken as a.u., because the file names none
    """
    plain = "".join(unit.replace("\u03bc", "µ").lower().split())
    if plain in _NONE:
        return values, "a.u.", [Inference(subject, "unit", "a.u.", "the file names none")]
    ours, known = _BY_CHANNEL.get(channel, ("", {}))
    if ours == "°C" and plain in _FAHRENHEIT:
        return (values - 32) / 1.8, ours, [_told(subject, ours, unit, "Fahrenheit")]
    if ours == "µS" and plain in _KILOOHM:
        return _conductance(values), ours, [_told(subject, ours, unit, "1000 over resistance")]
    factor = known.get(plain, 1.0)
    if factor == 1:
        unit = ours if plain in known else _SPELLED.get(plain, unit.strip())
        return values, unit, []
    return values * factor, ours, [_told(subject, ours, unit, f"multiplied by {factor:g}")]


def _conductance(kilo_ohm: FloatArray) -> FloatArray:
    return 1000 / np.where(kilo_ohm > 0, kilo_ohm, np.nan)


def _told(subject: str, ours: str, theirs: str, how: str) -> Inference:
    return Inference(subject, "unit", ours, f"the file has {theirs.strip()}, {how}")
