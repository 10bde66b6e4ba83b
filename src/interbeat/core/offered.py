"""Offered: what an error says is possible, short enough to be read."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["offered"]

MOST = 12  # names in a line
NEAREST = 3
ALIKE = 0.5  # share of letters from which on a name may be what was meant


def offered(names: Iterable[str], wanted: str = "") -> str:
    """Return names in a line: all where they are few, else those nearest to one and the first.

    Parameters
    ----------
    names : iterable of str
        What is possible.
    wanted : str
        What was asked for; ``""`` if nothing.

    Returns
    -------
    str

    Examples
    --------
    >>> offered(["putamen", "caudate"], "putamne")
    'putamen, caudate'
    >>> offered([*(f"region {k}" for k in range(20)), "putamen"], "Putamne")
    'putamen (nearest), region 0, region 1, region 2, region 3, region 4, region 5, region 6, \
region 7, region 8, region 9, region 10 and 9 more'
    """
    every = list(names)
    if len(every) <= MOST:
        return ", ".join(every)
    near = _nearest(every, wanted)
    first = [name for name in every if name not in near][: MOST - len(near)]
    said = ([", ".join(near) + " (nearest)"] if near else []) + first
    return f"{', '.join(said)} and {len(every) - len(near) - len(first)} more"


def _nearest(names: list[str], wanted: str) -> list[str]:
    plain: dict[str, list[str]] = {}
    for name in names:
        plain.setdefault(name.casefold(), []).append(name)
    found = get_close_matches(wanted.casefold(), plain, n=NEAREST, cutoff=ALIKE)
    return [name for key in found for name in plain[key]][:NEAREST]
