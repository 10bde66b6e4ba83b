"""Two tissues: K1, k2, k3 and k4, driven by blood."""

from __future__ import annotations

import math
from collections.abc import Mapping

from interbeat.core.arrays import FloatArray
from interbeat.neurochemistry.tracers._spec import Fit, Problem, Settings, tracer_model
from interbeat.neurochemistry.tracers._tissue import fitted_tissue

__all__ = ["two_tissue"]


@tracer_model(
    "2TC",
    title="Two tissue compartments",
    source="Gunn, Gunn & Cunningham 2001, doi:10.1097/00004647-200106000-00002",
    needs="arterial",
    outcome="V_T",
)
def two_tissue(problem: Problem, settings: Settings) -> Fit:
    """Fit two tissue compartments in a row.

    The region answers the input by two falling exponentials with amplitudes from 0 up (Gunn,
    Gunn & Cunningham 2001, doi:10.1097/00004647-200106000-00002); from them follow K1, k2, k3,
    k4, ``V_T = K1 / k2 (1 + k3 / k4)`` and ``BP_ND = k3 / k4``. All pairs of a range of rates
    are tried before the best is refined, so that no start is guessed. k3, k4 and BP_ND often
    cannot be told where V_T can: they are missing where their standard error exceeds them.

    Parameters
    ----------
    problem : Problem
        With arterial input.
    settings : Settings
        `blood_volume` and `delay`; NaN: fitted.

    Returns
    -------
    Fit
        K1 in mL/cm3/min, k2, k3 and k4 in 1/min, V_T in mL/cm3, BP_ND, vB, and the delay in
        min.

    Raises
    ------
    DataError
        If the share of blood leaves 0 to 1, or the delay is longer than 2 min.

    Examples
    --------
    >>> import numpy as np
    >>> from interbeat.neurochemistry.tracers._convolution import Curve, frame_means
    >>> from interbeat.neurochemistry.tracers._spec import Arterial, Frames
    >>> minutes = np.arange(5401) / 60
    >>> plasma = minutes * np.exp(-minutes)
    >>> frames = Frames(np.arange(0.0, 90, 2), np.arange(2.0, 92, 2))
    >>> both = frame_means(Curve.on(minutes, plasma), np.array([0.02, 0.3]), frames, 0.0)
    >>> seen = np.array([0.04, 0.06]) @ both
    >>> drawn = Arterial(minutes, plasma, plasma)
    >>> fit = two_tissue(Problem(frames, seen, np.ones(45), arterial=drawn), Settings())
    >>> round(fit.parameters["V_T"].value, 4)
    2.2
    """
    names = ("K1", "k2", "k3", "k4", "V_T", "BP_ND")
    return fitted_tissue(problem, settings, compartments=2, names=names, derive=_derived)


def _derived(values: FloatArray) -> Mapping[str, float]:
    """Return rates of the compartments from the exponentials of the region."""
    one, two, slow, fast, blood = values.tolist()
    inflow = (one + two) / (1 - blood)
    out = (one * slow + two * fast) / (one + two) if one + two > 0 else math.nan
    back = slow * fast / out
    bound = slow + fast - out - back
    total = (one / slow + two / fast) / (1 - blood)
    return {
        "K1": inflow, "k2": out, "k3": bound, "k4": back, "V_T": total, "BP_ND": bound / back,
    }  # fmt: skip
