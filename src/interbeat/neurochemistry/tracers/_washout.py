"""Washout of the reference region, k2': told, taken from the region itself, or left out."""

from __future__ import annotations

import math
from dataclasses import replace

from interbeat.neurochemistry.tracers._spec import Fit, Fitter, Problem, Settings

__all__ = ["PLAUSIBLE", "is_rate", "settled"]

PLAUSIBLE = (0.001, 1.5)  # 1/min: half-lives in tissue of half a day to half a minute

POSSIBLE = (1e-6, 1e3)  # 1/min: beyond it numbers are no rates, and overflow


def is_rate(washout: float) -> bool:
    """Whether a k2' is a number that a model can work with, in 1/min."""
    return POSSIBLE[0] <= washout <= POSSIBLE[1]


def settled(
    problem: Problem, settings: Settings, first: Fitter
) -> tuple[Settings, tuple[str, ...]]:
    """Return settings with a k2', and what to look at in it; NaN where there is none.

    Parameters
    ----------
    problem : Problem
        One region.
    settings : Settings
        Whose k2' is kept where it is told.
    first : callable
        Gives it for this region alone where it is not.

    Returns
    -------
    settings : Settings
        With the k2' that is taken.
    flags : tuple of str
        Where it was taken from, and whether it is plausible.
    """
    if not math.isnan(settings.k2_prime):
        return settings, _checked(settings.k2_prime)
    own = _washout(first(problem, settings))
    if math.isnan(own):
        return settings, ("k2' is not told, and this region does not tell it",)
    flag = f"k2' of {own:.4g} per min is of this region alone"
    return replace(settings, k2_prime=own), (flag,)


def _washout(fit: Fit) -> float:
    value = fit.parameters["k2'"].value
    return value if PLAUSIBLE[0] <= value <= PLAUSIBLE[1] else math.nan


def _checked(washout: float) -> tuple[str, ...]:
    if washout == math.inf or PLAUSIBLE[0] <= washout <= PLAUSIBLE[1]:
        return ()
    return (
        f"k2' of {washout:g} per min is implausible (usual: {PLAUSIBLE[0]:g} to "
        f"{PLAUSIBLE[1]:g}): is it in 1/s?",
    )
