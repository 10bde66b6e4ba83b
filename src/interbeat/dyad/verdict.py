"""Verdict: the most that tests of two people let one say, and no more.

A test within one dyad tells a tie from chance. It cannot tell whether the two moved each other
or a third thing moved both: the same film, the same room, the same task. Only pseudo-dyads can
(:mod:`interbeat.dyad.pseudo`). And where nothing was found, what could have been found belongs
beside it: "not detectable" is never "not in sync".
"""

from __future__ import annotations

import math

from interbeat.dyad.coupling import Coupling

__all__ = ["CHANCE", "COUPLED", "COVARYING", "UNKNOWN", "said", "verdict"]

UNKNOWN = "cannot be told"
CHANCE = "not distinguishable from chance"
COVARYING = "co-varying; not shown to be coupled beyond the shared situation"
COUPLED = "coupled beyond the shared situation"


def verdict(p: float, *, beyond: float | None = None, level: float = 0.05) -> str:
    """Return the most that two tests let one say.

    Both are needed for the most: two who are not seen to move together are not called coupled
    because others who were compared with them move together even less.

    Parameters
    ----------
    p : float
        Of a test within the dyad; NaN where there is none.
    beyond : float, optional
        The p of pseudo-dyads, if that test was run; NaN where it could not be.
    level : float
        At or under which a test has found something.

    Returns
    -------
    str
        :data:`UNKNOWN`, :data:`CHANCE`, :data:`COVARYING` or :data:`COUPLED`.

    Examples
    --------
    >>> verdict(0.3)
    'not distinguishable from chance'
    >>> verdict(0.01)
    'co-varying; not shown to be coupled beyond the shared situation'
    >>> verdict(0.01, beyond=0.4)
    'co-varying; not shown to be coupled beyond the shared situation'
    >>> verdict(0.01, beyond=0.02)
    'coupled beyond the shared situation'
    """
    if math.isnan(p):
        return UNKNOWN
    if p > level:
        return CHANCE
    return COUPLED if beyond is not None and beyond <= level else COVARYING


def said(coupling: Coupling, *, beyond: float | None = None, level: float = 0.05) -> str:
    """Return the verdict on an index with its p, and what a null result leaves open.

    Parameters
    ----------
    coupling : Coupling
        Of one index.
    beyond, level : float
        See :func:`verdict`.

    Examples
    --------
    >>> from interbeat.core.estimate import Estimate
    >>> value, seen = Estimate(0.1, 0.05, "", 1.0, 2400), Estimate(0.3, 0.05, "", 1.0, 2400)
    >>> found = Coupling("phase_locking", "breathing", value, p=0.4, floor=0.01,
    ...     null="circular shifts", null_low=0.0, null_median=0.1, null_high=0.3,
    ...     detectable=seen, needed=Estimate(600, 200, "s", 1.0, 2400))
    >>> print(said(found))
    not distinguishable from chance (p = 0.4, at best 0.01); a coupling of 0.30 would have been
    found in 8 of 10 recordings like this one, and a smaller one may be there
    """
    what = verdict(coupling.p, beyond=beyond, level=level)
    if what == UNKNOWN:
        return f"{what}: {coupling.value.reason}"
    tests = f"p = {coupling.p:.2g}, at best {coupling.floor:.2g}"
    if beyond is not None and not math.isnan(beyond):
        tests += f"; beyond the shared situation p = {beyond:.2g}"
    return f"{what} ({tests})" + f"; {_left_open(coupling)}" * (what == CHANCE)


def _left_open(coupling: Coupling) -> str:
    seen = coupling.detectable
    if seen.reason:
        return seen.reason
    return (
        f"a coupling of {seen.value:.2f} would have been found in 8 of 10 recordings like this "
        "one, and a smaller one may be there"
    )
