"""Blood that should be looked at: without a unit, below 0, or with its columns mixed up."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from interbeat.core.arrays import FloatArray

__all__ = ["doubts_on"]

LOW = 0.1  # share of the peak below 0 that is more than the noise of few counts
RISE = 0.2  # by which a share of the parent may rise through noise; it only ever falls
ALIKE = (0.1, 10.0)  # whole blood over plasma; red cells hold a share of each tracer


def doubts_on(measured: Mapping[str, FloatArray], unit: str) -> list[str]:
    """Return what should be looked at in the blood of one file, its samples in order.

    Parameters
    ----------
    measured : mapping of str to ndarray, shape (m,)
        ``"plasma"``, ``"parent"`` and ``"whole"``, those of them there are.
    unit : str
        Of activity.
    """
    return [
        *_negative(measured),
        *_unlike(measured),
        *_rising(measured.get("parent", np.zeros(0))),
        *_without_unit(measured, unit),
    ]


def _without_unit(measured: Mapping[str, FloatArray], unit: str) -> list[str]:
    if unit or not {"plasma", "whole"} & set(measured):
        return []
    told = "the unit of activity of blood is not said: volumes of distribution and K1 hold only"
    return [f"{told} where it is that of the regions"]


def _negative(measured: Mapping[str, FloatArray]) -> list[str]:
    flags = []
    for name in ("plasma", "whole"):
        values = measured.get(name, np.zeros(0))
        peak, least = np.nanmax(values, initial=0.0), np.nanmin(values, initial=0.0)
        if values.size and not peak > 0:
            flags.append(f"{name} is never above 0")
        elif -least > LOW * peak:
            flags.append(f"{name} falls to {100 * least / peak:.0f} % of its peak")
    return flags


def _unlike(measured: Mapping[str, FloatArray]) -> list[str]:
    if not {"plasma", "whole"} <= set(measured):
        return []
    plasma, whole = measured["plasma"], measured["whole"]
    both = (plasma > 0) & (whole > 0)
    ratio = float(np.median(whole[both] / plasma[both])) if np.any(both) else 1.0
    if ALIKE[0] <= ratio <= ALIKE[1]:
        return []
    return [f"whole blood is {ratio:.2g} times plasma (median): is one in another unit?"]


def _rising(share: FloatArray) -> list[str]:
    known = share[np.isfinite(share)]
    if known.size == 0:
        return []
    rise = known - np.minimum.accumulate(known)
    k = int(np.argmax(rise))
    if rise[k] <= RISE:
        return []
    least = float(known[: k + 1].min())
    told = f"the share of the parent rises from {least:.2g} to {known[k]:.2g}"
    return [f"{told}: it should fall; are columns mixed up?"]
