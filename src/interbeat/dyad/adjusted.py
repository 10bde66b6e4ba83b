"""Adjusted: the p of several signals of one dyad, of which each one is a chance to be wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

import numpy as np

__all__ = ["UNTESTED", "Adjusted", "OneTest", "adjusted"]

LEVEL = 0.05  # of p, over all signals that were tested together


class OneTest(Protocol):
    """What was tested: a Synchrony, a Coupling."""

    @property
    def p(self) -> float:
        """Its p; NaN where it was not tested."""
        ...

    @property
    def floor(self) -> float:
        """The smallest p that there could be."""
        ...


class Adjusted(NamedTuple):
    """A p that allows for having tested several signals, and how many counted."""

    p: float
    tested: int


UNTESTED = Adjusted(1.0, 0)


def adjusted(found: Mapping[str, OneTest]) -> dict[str, Adjusted]:
    """Return the p of each signal that has one, adjusted for having tested several (Holm).

    Holm (1979) [1]_; valid whatever the signals have to do with each other. A signal whose
    recording could give no p small enough to count is not held against the others (Tarone,
    1990 [2]_): which ones can count follows from their floors, whatever they show.

    Parameters
    ----------
    found : mapping of str to OneTest
        By signal; those without a p are left out.

    References
    ----------
    .. [1] Holm (1979), Scandinavian Journal of Statistics 6:65.
    .. [2] Tarone (1990), Biometrics 46:515, doi:10.2307/2531456.

    Examples
    --------
    >>> class One(NamedTuple):
    ...     p: float
    ...     floor: float
    >>> p = adjusted({"heart rate": One(0.01, 0.001), "breathing": One(0.3, 0.001)})
    >>> p["heart rate"]
    Adjusted(p=0.02, tested=2)
    """
    tested = sorted((test.p, name) for name, test in found.items() if not np.isnan(test.p))
    floors = [found[name].floor for _, name in tested]
    count = next(
        (k for k in range(1, len(tested)) if sum(f <= LEVEL / k for f in floors) <= k),
        len(tested),
    )
    able = [(p, name) for p, name in tested if found[name].floor <= LEVEL / count]
    result = {name: Adjusted(min(1.0, p * len(tested)), len(tested)) for p, name in tested}
    worst = 0.0
    for k, (p, name) in enumerate(able):
        worst = max(worst, min(1.0, p * (len(able) - k)))
        result[name] = Adjusted(worst, len(able))
    return result
