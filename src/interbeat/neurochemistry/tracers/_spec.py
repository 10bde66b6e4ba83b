"""What a tracer model is, and how it registers itself. Rates are in 1/min, times in min."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.estimate import Estimate
from interbeat.core.registry import Registry

__all__ = [
    "MODELS",
    "Arterial",
    "Fit",
    "Frames",
    "Model",
    "Problem",
    "Settings",
    "tracer_model",
]

Needs = Literal["reference", "arterial"]


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """When was counted; shape (n,) each, in min since the injection."""

    starts: FloatArray
    ends: FloatArray

    @property
    def middles(self) -> FloatArray:
        """Middles of the frames."""
        return (self.starts + self.ends) / 2

    @property
    def durations(self) -> FloatArray:
        """How long they last."""
        return self.ends - self.starts


@dataclass(frozen=True, slots=True, eq=False)
class Arterial:
    """Input from blood on a fine, even grid; shape (m,) each.

    Parameters
    ----------
    times : ndarray
        In min since the injection, from 0 on.
    parent : ndarray
        Activity of the injected compound in plasma.
    whole : ndarray
        Activity in whole blood; all NaN where it was not measured.
    flags : tuple of str
        What was extrapolated, filled in or odd.
    """

    times: FloatArray
    parent: FloatArray
    whole: FloatArray
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """All that a model may be told; NaN leaves it to the model, which says what it took.

    Parameters
    ----------
    t_star : float
        From when on the linear models fit, in min.
    k2_prime : float
        Washout of the reference region, in 1/min; infinity leaves it out of reference Logan.
    blood_volume : float
        Share of the region that is blood.
    delay : float
        By how much the blood was counted later than it reached the region, in min (negative
        where the region was later): the region meets ``blood(t + delay)``. NaN: fitted.
    """

    t_star: float = math.nan
    k2_prime: float = math.nan
    blood_volume: float = math.nan
    delay: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """One region to be fitted.

    Parameters
    ----------
    frames : Frames
        When was counted.
    activity : ndarray, shape (n,)
        Of the region, corrected for decay; finite.
    weights : ndarray, shape (n,)
        Of the frames, 0 or above; mean 1.
    reference : ndarray, shape (n,), or None
        Of the reference region.
    arterial : Arterial or None
        Input from blood, in the unit of `activity`.
    """

    frames: Frames
    activity: FloatArray
    weights: FloatArray
    reference: FloatArray | None = None
    arterial: Arterial | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """What a model gives for one region.

    Parameters
    ----------
    parameters : mapping of str to Estimate
        ``"BP_ND"``, ``"V_T"``, ``"R1"``, ``"k2"``, ``"k2'"``, ``"K1"`` ..., missing with a
        reason where they cannot be told.
    fitted : ndarray, shape (n,)
        Activity as the model has it; NaN in frames that it does not use.
    used : ndarray of bool, shape (n,)
        Which frames the fit rests on.
    settings : Settings
        With what was left to the model filled in.
    plot : mapping of str to ndarray
        ``"x"``, ``"y"``, ``"line"`` of a linear model's own plot; empty for others.
    flags : tuple of str
        What to look at.
    """

    parameters: Mapping[str, Estimate]
    fitted: FloatArray
    used: BoolArray
    settings: Settings
    plot: Mapping[str, FloatArray]
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    """A tracer model.

    Parameters
    ----------
    name : str
        ``"SRTM"``, ``"reference Logan"``, ``"2TC"`` ...
    title : str
        For people.
    source : str
        The paper.
    needs : str
        ``"reference"`` or ``"arterial"``.
    outcome : str
        ``"BP_ND"`` or ``"V_T"``.
    fit : callable
        ``fit(problem, settings) -> Fit``.
    first : str
        Which model gives k2' over all regions when it is not told; ``""`` where none is needed.
    """

    name: str
    title: str
    source: str
    needs: Needs
    outcome: str
    fit: Callable[[Problem, Settings], Fit]
    first: str = ""


MODELS: Registry[Model] = Registry(
    "tracer model", "interbeat.neurochemistry.tracers", "interbeat.tracers"
)

Fitter = Callable[[Problem, Settings], Fit]


def tracer_model(
    name: str, *, title: str, source: str, needs: Needs, outcome: str, first: str = ""
) -> Callable[[Fitter], Fitter]:
    """Register ``fit(problem, settings) -> Fit`` as a tracer model."""

    def register(fit: Fitter) -> Fitter:
        MODELS.add(name, Model(name, title, source, needs, outcome, fit, first))
        return fit

    return register
