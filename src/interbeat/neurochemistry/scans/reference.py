"""Reference: several regions of a scan taken together as the one without receptors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from interbeat.core.activity import Regions
from interbeat.core.errors import DataError
from interbeat.core.offered import offered

__all__ = ["merged"]


def merged(scan: Regions, names: Sequence[str]) -> tuple[Regions, str]:
    """Return a scan in which some regions are one, and what that one is called.

    Its activity is the mean of theirs, weighted by their volumes where all are known: that of
    their voxels together. A frame in which one of them has no value has none.

    Parameters
    ----------
    scan : Regions
        The time-activity curves.
    names : sequence of str
        Regions of it; one is left as it is.

    Returns
    -------
    Regions
        Without the single regions, and with an inference that says how they were averaged.
    str
        Name of the one.

    Raises
    ------
    DataError
        If one is not there, or none is named.

    Examples
    --------
    >>> curves = {"left": [1.0], "right": [4.0], "putamen": [9.0]}
    >>> scan = Regions([0], [60], curves, "kBq/mL", volumes={"left": 2, "right": 1})
    >>> one, name = merged(scan, ["left", "right"])
    >>> name, one.activity[name].tolist(), list(one.activity)
    ('left + right', [2.0], ['putamen', 'left + right'])
    """
    parts = list(dict.fromkeys(names))
    if not parts:
        raise DataError(f"no region is named; possible: {offered(scan.activity)}")
    lost = next((name for name in parts if name not in scan.activity), None)
    if lost is not None:
        raise DataError(
            f"there is no region {lost!r}; possible: {offered(scan.activity, lost)}"
        )
    if len(parts) == 1:
        return scan, parts[0]
    return _merged(scan, parts)


def _merged(scan: Regions, parts: list[str]) -> tuple[Regions, str]:
    name = " + ".join(parts)
    sizes = np.array([scan.volumes.get(part, math.nan) for part in parts])
    known = bool(np.all(np.isfinite(sizes) & (sizes > 0)))
    share = sizes / sizes.sum() if known else np.full(len(parts), 1 / len(parts))
    curves = {region: v for region, v in scan.activity.items() if region not in parts}
    curves[name] = share @ np.array([scan.activity[part] for part in parts])
    volumes = {region: v for region, v in scan.volumes.items() if region not in parts}
    if known:
        volumes[name] = float(sizes.sum())
    how = "weighted by their volumes" if known else "each counting the same: no volumes known"
    told = f"{name} is the mean of {len(parts)} regions, {how}"
    together = replace(
        scan, activity=curves, volumes=volumes, inferences=(*scan.inferences, told)
    )
    return together, name
