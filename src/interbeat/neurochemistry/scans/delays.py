"""Delays: by how much blood was counted later than it reached the brain."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from interbeat.core.activity import Regions
from interbeat.neurochemistry.tracers._compartments import delay_of
from interbeat.neurochemistry.tracers._driven import no_input
from interbeat.neurochemistry.tracers._spec import Arterial, Frames, Problem, Settings

__all__ = ["one_delay"]

MINUTE = 60.0  # s
PARAMETERS = 6  # of two compartments with blood and delay


def one_delay(
    scan: Regions, drawn: Arterial | None, settings: Settings
) -> tuple[Settings, tuple[str, ...]]:
    """Return the settings with one delay for all regions of a scan, where it is to be fitted.

    The mean of all regions is fitted with two compartments over its first ten minutes, all
    frames alike: regions differ in kinetics, hardly in when blood reaches them, and one curve
    of many regions tells it best.

    Parameters
    ----------
    scan : Regions
        The time-activity curves.
    drawn : Arterial or None
        The input.
    settings : Settings
        A delay that is NaN is fitted; any other is left.

    Returns
    -------
    settings : Settings
        With the delay.
    flags : tuple of str
        What it is, where it was fitted.

    Examples
    --------
    >>> from interbeat.neurochemistry.tracers._convolution import Curve, frame_means
    >>> minutes = np.arange(1921) / 60
    >>> plasma = minutes**2 * np.exp(-2 * minutes)
    >>> starts = np.concatenate([np.arange(0, 300, 15.0), np.arange(300, 1800, 300)])
    >>> durations = np.diff(np.append(starts, 1800))
    >>> frames = Frames(starts / 60, (starts + durations) / 60)
    >>> late = frame_means(Curve.on(minutes, plasma), np.array([0.05]), frames, -0.2)[0]
    >>> scan = Regions(starts, durations, {"putamen": 0.1 * late}, "kBq/mL")
    >>> told, flags = one_delay(scan, Arterial(minutes, plasma, plasma), Settings(delay=np.nan))
    >>> round(told.delay, 3)
    -0.2
    """
    if drawn is None or not math.isnan(settings.delay):
        return settings, ()
    curves = np.stack(list(scan.activity.values()))
    seen = np.all(np.isfinite(curves), axis=0)
    if not seen.any():
        return settings, ()
    frames = Frames(scan.starts[seen] / MINUTE, scan.ends[seen] / MINUTE)
    together = curves[:, seen].mean(axis=0)
    problem = Problem(frames, together, np.ones(together.size), arterial=drawn)
    if no_input(problem, PARAMETERS):
        return settings, ()
    delay, error = delay_of(problem, settings)
    flag = f"blood counted {delay:.3g} ± {error:.2g} min later than it reached all regions"
    return replace(settings, delay=delay), (flag,)
