"""One tissue: K1 and k2, driven by blood."""

from __future__ import annotations

from collections.abc import Mapping

from interbeat.core.arrays import FloatArray
from interbeat.neurochemistry.tracers._spec import Fit, Problem, Settings, tracer_model
from interbeat.neurochemistry.tracers._tissue import fitted_tissue

__all__ = ["one_tissue"]


@tracer_model(
    "1TC",
    title="One tissue compartment",
    source="Gunn, Gunn & Cunningham 2001, doi:10.1097/00004647-200106000-00002",
    needs="arterial",
    outcome="V_T",
)
def one_tissue(problem: Problem, settings: Settings) -> Fit:
    """Fit one tissue compartment.

    ``C = (1 - vB) K1 exp(-k2 t) * C_P + vB C_B``, as means over the frames; ``V_T = K1 / k2``
    (Gunn, Gunn & Cunningham 2001, doi:10.1097/00004647-200106000-00002). The input is straight
    between the seconds of its grid, and convolved exactly. k2 is sought over its whole range
    with the rest at its best. Standard errors by the delta method, widened for few frames.

    Parameters
    ----------
    problem : Problem
        With arterial input.
    settings : Settings
        `blood_volume` and `delay`; NaN: fitted.

    Returns
    -------
    Fit
        K1 in mL/cm3/min, k2 in 1/min, V_T in mL/cm3, vB, and the delay in min.

    Raises
    ------
    DataError
        If the share of blood leaves 0 to 1, or the delay is longer than 2 min.

    Examples
    --------
    >>> import numpy as np
    >>> from interbeat.neurochemistry.tracers._convolution import Curve, frame_means
    >>> from interbeat.neurochemistry.tracers._spec import Arterial, Frames
    >>> minutes = np.arange(3601) / 60
    >>> plasma = minutes * np.exp(-minutes)
    >>> frames = Frames(np.arange(0.0, 60, 2), np.arange(2.0, 62, 2))
    >>> seen = 0.1 * frame_means(Curve.on(minutes, plasma), np.array([0.05]), frames, 0.0)[0]
    >>> drawn = Arterial(minutes, plasma, plasma)
    >>> fit = one_tissue(Problem(frames, seen, np.ones(30), arterial=drawn), Settings())
    >>> round(fit.parameters["V_T"].value, 4)
    2.0
    """
    return fitted_tissue(
        problem, settings, compartments=1, names=("K1", "k2", "V_T"), derive=_derived
    )


def _derived(values: FloatArray) -> Mapping[str, float]:
    amplitude, rate, blood = values.tolist()
    inflow = amplitude / (1 - blood)
    return {"K1": inflow, "k2": rate, "V_T": inflow / rate}
