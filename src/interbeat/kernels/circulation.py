"""Circulation: baroreflex, vagus and sympathetic nerve, pressure and sinus node, in steps."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["Body", "Drives", "circulation_of"]


class Body(NamedTuple):
    """What stays the same in one body.

    Parameters
    ----------
    intrinsic : float
        Interval of the sinus node without nerves, in s.
    vagal_gain, sympathetic_gain : float
        By what share the vagus at rest lengthens it, and the sympathetic nerve shortens it.
    vagal_most, sympathetic_most : float
        Where those shares end.
    vagal_reflex, sympathetic_reflex, vessel_reflex : float
        Share of each outflow that a mmHg at the baroreceptors adds or takes.
    gate : float
        Share of vagal outflow that a liter above the mean volume takes, as long as it is
        small: no breath takes all of it, or doubles it.
    set_point, scale : float
        mmHg that the baroreceptors take as normal, and around which they answer.
    adaptation : float
        Time constant of the baroreceptors, in s.
    vagal_delay, sympathetic_delay, vessel_delay : int
        In steps.
    vagal_lag, nerve_lag, release_lag, vessel_lag : float
        Time constants: of the vagus, of the sympathetic nerve, of noradrenaline at the node
        and of the vessels, in s.
    resistance : float
        How far the vessels follow their nerve.
    runoff : float
        Time constant with which pressure falls at rest, in s.
    ground : float
        mmHg to which it falls.
    pulse : float
        Pulse pressure at rest, in mmHg.
    filling : float
        mmHg of pulse pressure that a longer interval adds, per s.
    rest : float
        Interval at rest, in s.
    """

    intrinsic: float
    vagal_gain: float
    sympathetic_gain: float
    vagal_most: float
    sympathetic_most: float
    vagal_reflex: float
    sympathetic_reflex: float
    vessel_reflex: float
    gate: float
    set_point: float
    scale: float
    adaptation: float
    vagal_delay: int
    sympathetic_delay: int
    vessel_delay: int
    vagal_lag: float
    nerve_lag: float
    release_lag: float
    vessel_lag: float
    resistance: float
    runoff: float
    ground: float
    pulse: float
    filling: float
    rest: float


class Drives(NamedTuple):
    """What drives it; each of shape (n,), one for each `fine` steps.

    Parameters
    ----------
    vagal, sympathetic, vessel : ndarray
        Outflows before breath and baroreflex gate them, 1 at rest.
    muscarinic, beta : ndarray
        Share of the receptors that are free.
    column : ndarray
        mmHg that are missing at the baroreceptors: they are above the heart, or reset.
    preload : ndarray
        Pulse pressure that filling leaves, as a share.
    suction : ndarray
        mmHg of pulse pressure that inspiration takes, per L/s.
    """

    vagal: NDArray[np.float64]
    sympathetic: NDArray[np.float64]
    vessel: NDArray[np.float64]
    muscarinic: NDArray[np.float64]
    beta: NDArray[np.float64]
    column: NDArray[np.float64]
    preload: NDArray[np.float64]
    suction: NDArray[np.float64]


@njit(cache=True)
def circulation_of(
    body: Body,
    drives: Drives,
    volume: NDArray[np.float64],
    flow: NDArray[np.float64],
    noise: NDArray[np.float64],
    step: float,
    vagal: NDArray[np.float64],
    sympathetic: NDArray[np.float64],
    times: NDArray[np.float64],
    systolic: NDArray[np.float64],
    diastolic: NDArray[np.float64],
) -> int:
    """Fill in effects, beats and pressures; return how many beats there are.

    Parameters
    ----------
    body : Body
        What stays the same.
    drives : Drives
        Each of shape (n,).
    volume, flow : ndarray, shape (fine * n,)
        Liters above the mean of each breath, and liters a second.
    noise : ndarray, shape (fine * n,)
        Of the outflow to the vessels, as a share.
    step : float
        Seconds a step.
    vagal, sympathetic : ndarray, shape (n,)
        Filled: what arrives at the sinus node, 1 at rest.
    times, systolic, diastolic : ndarray, shape (beats,)
        Filled up to the number returned: s, and mmHg before and after each beat.

    Returns
    -------
    int
        Beats; never more than there is room for.
    """
    n = drives.vagal.size
    fine = noise.size // n
    fibers = np.full(max(body.vagal_delay, 1), 1.0)
    nerves = np.full(max(body.sympathetic_delay, 1), 1.0)
    vessels = np.full(max(body.vessel_delay, 1), 1.0)
    acetylcholine = arriving = noradrenaline = constriction = 1.0
    pressure = felt = body.set_point
    phase, last, count = 0.5, -0.5 * body.rest, 0
    for i in range(n):
        free, bound = drives.muscarinic[i] * body.vagal_gain, drives.beta[i]
        speeding = bound * body.sympathetic_gain
        for j in range(fine):
            k = i * fine + j
            # Baroreceptors.
            felt += (pressure - drives.column[i] - felt) * (step / body.adaptation)
            heard = body.scale * math.atan((felt - body.set_point) / body.scale)
            # Outflows; each arrives after its delay.
            out = drives.vagal[i] * max(1 + body.vagal_reflex * heard, 0.0)
            out *= 1 - math.tanh(body.gate * volume[k])
            a = k % fibers.size
            acetylcholine += (fibers[a] - acetylcholine) * (step / body.vagal_lag)
            fibers[a] = out
            s = k % nerves.size
            arriving += (nerves[s] - arriving) * (step / body.nerve_lag)
            nerves[s] = max(drives.sympathetic[i] * (1 - body.sympathetic_reflex * heard), 0.0)
            noradrenaline += (arriving - noradrenaline) * (step / body.release_lag)
            r = k % vessels.size
            constriction += (vessels[r] - constriction) * (step / body.vessel_lag)
            vessels[r] = max(
                drives.vessel[i] * (1 - body.vessel_reflex * heard + noise[k]), 0.0
            )
            # Pressure runs off through the vessels.
            tone = max(1 + body.resistance * (constriction - 1), 0.2)
            pressure -= (pressure - body.ground) * (step / (body.runoff * tone))
            # The node: the product of what both nerves do.
            longer = _ending(free * acetylcholine, body.vagal_most)
            shorter = _ending(speeding * noradrenaline, body.sympathetic_most)
            interval = body.intrinsic * (1 + longer) / (1 + shorter)
            phase += step / interval
            if phase >= 1 and count < times.size:
                phase -= 1
                at = (k + 1) * step - phase * interval
                diastolic[count] = pressure
                gain = body.pulse * drives.preload[i] + body.filling * (at - last - body.rest)
                pressure += max(gain - drives.suction[i] * flow[k], 1.0)
                systolic[count], times[count], last = pressure, at, at
                count += 1
        vagal[i] = drives.muscarinic[i] * acetylcholine
        sympathetic[i] = bound * noradrenaline
    return count


@njit(cache=True)
def _ending(share: float, most: float) -> float:
    """Return `share`, bent so that it never passes `most`; up to half of it, within 2 %."""
    ratio = share / most
    square = ratio * ratio
    return share / math.sqrt(math.sqrt(1 + square * square))
