"""Drives: a Kalman filter over heartbeats and what else is seen, and the pass back over it.

What is hidden is a vector of STATES numbers, all of them logarithms or differences from rest,
so that 0 is rest and everything that moves by itself returns to it:

- OWN_FAST, OWN_SLOW: vagal drive, apart from what arousal does to it (two time scales)
- OWN_SYMPATHETIC: cardiac sympathetic drive, apart from what arousal does to it
- AROUSAL: takes from the one, adds to the other, and makes the palm sweat
- VAGAL_EFFECT, SYMPATHETIC_EFFECT: both drives as they arrive at the sinus node, later
- WAVE, WAVE_TURNED: a damped wave near 0.1 Hz (baroreflex), as one of vagal effect
- LEVEL: logarithm of the beat-to-beat interval of the heart left to itself
- GATE, GATE_TURNED: logarithm of how far a breath closes the gate of the vagus, and how much
  sooner than it is thought to; neither counts where breathing was not measured
- BREATH, BREATH_TURNED: a damped wave near the rate of breathing, as one of vagal effect: what
  the breath does that the gate does not tell
- VAGAL_GAIN, SYMPATHETIC_GAIN: logarithm of how strongly each drive moves this sinus node
- SWEATING: logarithm of how often this palm responds at rest, a second
- SCATTERING: logarithm of how much intervals differ from one to the next at rest, over what one
  unit of vagal effect adds to them

Everything is linear but three observations, so that all passes are those of a Kalman filter
whose observations were linearized where the filter itself ended up. Waves that nobody measured
move an interval by as much as the vagus weighs in it, and that weight is taken from before the
beat: were it sought together with them, more drive would make any wave cheaper, and what is
found would creep up along that funnel, beat by beat, with nothing to bring it back.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["KINDS", "OUTPUTS", "STATES", "Numbers", "backward", "forward"]

_Floats = NDArray[np.float64]

STATES = 17
OWN_FAST, OWN_SLOW, OWN_SYMPATHETIC, AROUSAL = 0, 1, 2, 3
VAGAL_EFFECT, SYMPATHETIC_EFFECT, WAVE, WAVE_TURNED = 4, 5, 6, 7
LEVEL, GATE, GATE_TURNED, VAGAL_GAIN, SYMPATHETIC_GAIN, SWEATING = 8, 9, 10, 11, 12, 13
SCATTERING, BREATH, BREATH_TURNED = 14, 15, 16

OUTPUTS = 3  # vagal drive, sympathetic drive, arousal

# What happens at an instant. NOTHING lets time pass; REST_* say that the drive of one second
# of the baseline is that of rest. SETTLED, when the baseline is over, says that the gate is as
# deep as it is known by then: from there on, what makes the swing deeper is the vagus.
NOTHING, BEAT, SWEAT, FELT, REST_VAGAL, REST_SYMPATHETIC, REST_AROUSAL = 0, 1, 2, 3, 4, 5, 6
SETTLED, SCATTER = 7, 8
KINDS = 9

ITERATIONS = 3  # of the linearization
FAR = 3.0  # in standard deviations: what is farther off than this is believed less
NARROW = 0.05  # to which a breath closes the gate at most
LARGEST = 1000.0  # times which a drive far from rest moves more freely at most


class Numbers(NamedTuple):
    """What the filter takes as known: time constants in s, standard deviations, couplings.

    ``*_sd`` of a state that moves is the standard deviation it has if left alone; ``*_drift``
    is that of one which does not return, per square root of a second. ``*_tail`` lets a slow
    drive move more freely the farther it is from rest, so that what a drug or a faint does is
    not taken for something else. `swing_blur` is how far each swing with the breath may be off
    from what it is thought to be, as a share.
    """

    fast_tau: float
    fast_sd: float
    slow_tau: float
    slow_sd: float
    sympathetic_tau: float
    sympathetic_sd: float
    arousal_tau: float
    arousal_sd: float
    vagal_withdrawal: float
    sympathetic_rise: float
    vagal_lag: float
    sympathetic_lag: float
    wave_hz: float
    wave_tau: float
    wave_sd: float
    breath_hz: float
    breath_tau: float
    breath_sd: float
    level_drift: float
    gate_drift: float
    sweating_drift: float
    sweating_gain: float
    beat_sd: float
    swing_blur: float
    ungated_sd: float
    felt_gain: float
    rest_vagal_sd: float
    rest_sympathetic_sd: float
    rest_arousal_sd: float
    settled_gate_sd: float
    scatter_sd: float
    vagal_tail: float
    sympathetic_tail: float


@njit(cache=True)
def _steps(
    numbers: Numbers,
    seconds: float,
    far: _Floats,
    keep: _Floats,
    noise: _Floats,
) -> None:
    """Fill what each state keeps of itself and the variance that it gains; see _onward."""
    keep[:] = 1.0
    noise[:] = 0.0
    keep[OWN_FAST] = math.exp(-seconds / numbers.fast_tau)
    noise[OWN_FAST] = numbers.fast_sd**2 * (1 - keep[OWN_FAST] ** 2)
    keep[OWN_SLOW] = math.exp(-seconds / numbers.slow_tau)
    noise[OWN_SLOW] = far[0] * numbers.slow_sd**2 * (1 - keep[OWN_SLOW] ** 2)
    keep[OWN_SYMPATHETIC] = math.exp(-seconds / numbers.sympathetic_tau)
    noise[OWN_SYMPATHETIC] = (
        far[1] * numbers.sympathetic_sd**2 * (1 - keep[OWN_SYMPATHETIC] ** 2)
    )
    keep[AROUSAL] = math.exp(-seconds / numbers.arousal_tau)
    noise[AROUSAL] = numbers.arousal_sd**2 * (1 - keep[AROUSAL] ** 2)
    keep[VAGAL_EFFECT] = math.exp(-seconds / numbers.vagal_lag)
    keep[SYMPATHETIC_EFFECT] = math.exp(-seconds / numbers.sympathetic_lag)
    keep[WAVE] = math.exp(-seconds / numbers.wave_tau)
    keep[WAVE_TURNED] = 2 * math.pi * numbers.wave_hz * seconds
    noise[WAVE] = noise[WAVE_TURNED] = numbers.wave_sd**2 * (1 - keep[WAVE] ** 2)
    noise[LEVEL] = numbers.level_drift**2 * seconds
    noise[SWEATING] = numbers.sweating_drift**2 * seconds
    noise[GATE] = noise[GATE_TURNED] = numbers.gate_drift**2 * seconds
    keep[BREATH] = math.exp(-seconds / numbers.breath_tau)
    keep[BREATH_TURNED] = 2 * math.pi * numbers.breath_hz * seconds
    noise[BREATH] = noise[BREATH_TURNED] = numbers.breath_sd**2 * (1 - keep[BREATH] ** 2)


@njit(cache=True)
def _turn(x: _Floats, first: int, second: int, shrink: float, angle: float) -> None:
    c, s = shrink * math.cos(angle), shrink * math.sin(angle)
    x[first], x[second] = c * x[first] - s * x[second], s * x[first] + c * x[second]


@njit(cache=True)
def _onward(numbers: Numbers, keep: _Floats, x: _Floats) -> None:
    """Move one vector a step on: the transition, as it acts on a vector."""
    own = x[OWN_FAST] + x[OWN_SLOW] - numbers.vagal_withdrawal * x[AROUSAL]
    drive = x[OWN_SYMPATHETIC] + numbers.sympathetic_rise * x[AROUSAL]
    v, s = keep[VAGAL_EFFECT], keep[SYMPATHETIC_EFFECT]
    x[VAGAL_EFFECT] = v * x[VAGAL_EFFECT] + (1 - v) * own
    x[SYMPATHETIC_EFFECT] = s * x[SYMPATHETIC_EFFECT] + (1 - s) * drive
    for k in range(AROUSAL + 1):
        x[k] *= keep[k]
    _turn(x, WAVE, WAVE_TURNED, keep[WAVE], keep[WAVE_TURNED])
    _turn(x, BREATH, BREATH_TURNED, keep[BREATH], keep[BREATH_TURNED])


@njit(cache=True)
def _onward_transposed(numbers: Numbers, keep: _Floats, x: _Floats) -> None:
    """Move one vector a step back: the transposed transition."""
    v, s = keep[VAGAL_EFFECT], keep[SYMPATHETIC_EFFECT]
    vagal, sympathetic = (1 - v) * x[VAGAL_EFFECT], (1 - s) * x[SYMPATHETIC_EFFECT]
    for k in range(AROUSAL + 1):
        x[k] *= keep[k]
    x[OWN_FAST] += vagal
    x[OWN_SLOW] += vagal
    x[OWN_SYMPATHETIC] += sympathetic
    x[AROUSAL] += numbers.sympathetic_rise * sympathetic - numbers.vagal_withdrawal * vagal
    x[VAGAL_EFFECT] *= v
    x[SYMPATHETIC_EFFECT] *= s
    _turn(x, WAVE, WAVE_TURNED, keep[WAVE], -keep[WAVE_TURNED])
    _turn(x, BREATH, BREATH_TURNED, keep[BREATH], -keep[BREATH_TURNED])


@njit(cache=True)
def _both_sides(numbers: Numbers, keep: _Floats, square: _Floats, back: bool) -> None:
    """Put a symmetric matrix between the transition and its transpose, in place."""
    for _ in range(2):
        for row in range(STATES):
            if back:
                _onward_transposed(numbers, keep, square[row])
            else:
                _onward(numbers, keep, square[row])
        for i in range(STATES):
            for j in range(i):
                square[i, j], square[j, i] = square[j, i], square[i, j]


@njit(cache=True)
def _weight(x: _Floats) -> float:
    """Return by how much the logarithm of an interval moves with that of vagal effect."""
    return 1 / (1 + math.exp(-x[VAGAL_GAIN] - x[VAGAL_EFFECT]))


@njit(cache=True)
def _seen(
    numbers: Numbers,
    kind: int,
    breathed: bool,
    beside: float,
    turned: float,
    weight: float,
    x: _Floats,
    slope: _Floats,
) -> float:
    """Return what is expected to be seen, and its slope in each state."""
    slope[:] = 0.0
    if kind == BEAT:
        # The depth is a logarithm: it cannot turn into nothing, so that what makes the swing
        # vanish is told as the vagus gone, not as a gate undone.
        depth = math.exp(x[GATE])
        swing = beside + x[GATE_TURNED] * turned
        gate = 1 - depth * swing if breathed else 1.0
        open_gate = max(gate, NARROW)
        vagal = math.exp(x[VAGAL_GAIN] + x[VAGAL_EFFECT]) * open_gate
        sympathetic = math.exp(x[SYMPATHETIC_GAIN] + x[SYMPATHETIC_EFFECT])
        q, p = vagal / (1 + vagal), sympathetic / (1 + sympathetic)
        slope[VAGAL_GAIN] = slope[VAGAL_EFFECT] = q
        slope[SYMPATHETIC_GAIN] = slope[SYMPATHETIC_EFFECT] = -p
        slope[LEVEL] = 1.0
        slope[WAVE] = slope[BREATH] = weight
        waves = weight * (x[WAVE] + x[BREATH])
        if breathed and gate > NARROW:
            slope[GATE] = -q * swing * depth / open_gate
            slope[GATE_TURNED] = -q * depth * turned / open_gate
        return float(x[LEVEL] + math.log1p(vagal) - math.log1p(sympathetic) + waves)
    if kind == SCATTER:
        # What is left of each breath and wave in the intervals grows with what the vagus adds.
        sympathetic = math.exp(x[SYMPATHETIC_GAIN] + x[SYMPATHETIC_EFFECT])
        slope[LEVEL] = slope[VAGAL_GAIN] = slope[VAGAL_EFFECT] = slope[SCATTERING] = 1.0
        p = sympathetic / (1 + sympathetic)
        slope[SYMPATHETIC_GAIN] = slope[SYMPATHETIC_EFFECT] = -p
        added = x[LEVEL] + x[VAGAL_GAIN] + x[VAGAL_EFFECT] - math.log1p(sympathetic)
        return float(added + x[SCATTERING])
    if kind == SWEAT:
        slope[SWEATING] = 1.0
        slope[AROUSAL] = numbers.sweating_gain
    elif kind == FELT:
        slope[AROUSAL] = numbers.felt_gain
    elif kind == REST_VAGAL:
        slope[OWN_FAST] = slope[OWN_SLOW] = 1.0
        slope[AROUSAL] = -numbers.vagal_withdrawal
    elif kind == REST_SYMPATHETIC:
        slope[OWN_SYMPATHETIC] = 1.0
        slope[AROUSAL] = numbers.sympathetic_rise
    elif kind == REST_AROUSAL:
        slope[AROUSAL] = 1.0
    else:
        slope[GATE] = 1.0
    total = 0.0
    for k in range(STATES):
        total += slope[k] * x[k]
    return total


@njit(cache=True)
def _blur(numbers: Numbers, kind: int, given: float) -> float:
    """Return the variance of what is seen."""
    blur = numbers.scatter_sd**2
    if kind == BEAT:
        blur = numbers.beat_sd**2 + (numbers.ungated_sd**2 if given > 0 else 0.0)
    elif kind == FELT:
        blur = given**2
    elif kind == REST_VAGAL:
        blur = given * numbers.rest_vagal_sd**2
    elif kind == REST_SYMPATHETIC:
        blur = given * numbers.rest_sympathetic_sd**2
    elif kind == REST_AROUSAL:
        blur = given * numbers.rest_arousal_sd**2
    elif kind == SETTLED:
        blur = numbers.settled_gate_sd**2
    return blur


@njit(cache=True)
def _freer(off: float, tail: float) -> float:
    """Return how many times more a drive moves that is `off` standard deviations from rest."""
    return min(1.0 + tail * off**4, LARGEST)


@njit(cache=True)
def _drives(numbers: Numbers, x: _Floats, out: _Floats) -> None:
    """Fill vagal drive, sympathetic drive and arousal out of a vector of states."""
    out[0] = x[OWN_FAST] + x[OWN_SLOW] - numbers.vagal_withdrawal * x[AROUSAL]
    out[1] = x[OWN_SYMPATHETIC] + numbers.sympathetic_rise * x[AROUSAL]
    out[2] = x[AROUSAL]


@njit(cache=True)
def forward(
    numbers: Numbers,
    breathed: bool,
    events: tuple[NDArray[np.float64], ...],
    kinds: NDArray[np.int64],
    mean: NDArray[np.float64],
    spread: NDArray[np.float64],
    carried: NDArray[np.float64],
    slopes: NDArray[np.float64],
    gains: NDArray[np.float64],
    moves: NDArray[np.float64],
    drives: NDArray[np.float64],
    with_states: NDArray[np.float64],
) -> None:
    """Filter events in order; everything carried on is changed in place.

    Parameters
    ----------
    numbers : Numbers
        What is taken as known.
    breathed : bool
        Whether breathing was measured.
    events : tuple of six ndarray, shape (m,), contiguous
        Times in s, not decreasing; what was seen (log of the interval in s, number of sweat
        responses in the second before, felt arousal; NaN lets time pass only); and two numbers
        that go with it: for a beat the mean breath in step and ahead; for SWEAT the seconds
        looked at; for FELT the standard deviation; for REST_* how many there are. Last, by how
        much drugs move the logarithms of vagal and of sympathetic effect.
    kinds : ndarray, shape (m,)
        What each is; for a beat without breathing where there should be, KINDS + BEAT.
    mean, spread : ndarray, shapes (STATES,) and (STATES, STATES), contiguous
        Of the states before the first event, and after the last; changed.
    carried : ndarray, shape (1,)
        Time of the last event; changed.
    slopes, gains : ndarray, shape (m, STATES), contiguous
        Filled: of each observation.
    moves : ndarray, shape (m, 3), contiguous
        Filled: seconds since the event before, surprise (seen - expected), and its variance;
        the variance is infinite where nothing was seen.
    drives : ndarray, shape (m, OUTPUTS), contiguous
        Filled.
    with_states : ndarray, shape (m, OUTPUTS, STATES), contiguous
        Filled: covariance of the drives with all states.
    """
    times, seen, beside, turned, vagal_moved, sympathetic_moved = events
    keep, noise, far = np.empty(STATES), np.empty(STATES), np.ones(2)
    slope, across, start = np.empty(STATES), np.empty(STATES), np.empty(STATES)
    for k in range(times.size):
        seconds = times[k] - carried[0]
        carried[0] = times[k]
        far[0] = _freer(mean[OWN_SLOW] / numbers.slow_sd, numbers.vagal_tail)
        far[1] = _freer(
            mean[OWN_SYMPATHETIC] / numbers.sympathetic_sd, numbers.sympathetic_tail
        )
        _steps(numbers, seconds, far, keep, noise)
        if seconds > 0:
            _onward(numbers, keep, mean)
            _both_sides(numbers, keep, spread, False)
            for i in range(STATES):
                spread[i, i] += noise[i]
        moves[k, 0], moves[k, 1], moves[k, 2] = seconds, 0.0, math.inf
        slopes[k], gains[k] = 0.0, 0.0
        if not math.isnan(seen[k]) and kinds[k] != NOTHING:
            kind = kinds[k] % KINDS
            # What a drug does is known: it is added while something is seen of the effects.
            mean[VAGAL_EFFECT] += vagal_moved[k]
            mean[SYMPATHETIC_EFFECT] += sympathetic_moved[k]
            start[:] = mean
            bent = ITERATIONS if kind in (BEAT, SWEAT, SCATTER) else 1
            variance = off = 0.0
            weight = _weight(start)
            for _ in range(bent):
                expected = _seen(
                    numbers, kind, breathed, beside[k], turned[k], weight, mean, slope
                )
                if kind == SWEAT:
                    rate = math.exp(expected) * beside[k]
                    blur, value = 1 / rate, expected + (seen[k] - rate) / rate
                else:
                    given = (1.0 if kinds[k] >= KINDS else 0.0) if kind == BEAT else beside[k]
                    blur = _blur(numbers, kind, given)
                    if kind == BEAT and breathed:  # no gate is exactly what it is thought to be
                        blur += (numbers.swing_blur * slope[GATE]) ** 2
                    value = expected if kind == SETTLED else seen[k]
                off, variance = value - expected, blur
                for i in range(STATES):
                    off += slope[i] * (mean[i] - start[i])
                    total = 0.0
                    for j in range(STATES):
                        total += spread[i, j] * slope[j]
                    across[i] = total
                for i in range(STATES):
                    variance += slope[i] * across[i]
                if kind == BEAT:
                    variance *= max(1.0, (off * off / (FAR * FAR * variance)) ** 2)
                for i in range(STATES):
                    mean[i] = start[i] + across[i] * (off / variance)
            for i in range(STATES):
                gains[k, i] = across[i] / variance
                slopes[k, i] = slope[i]
                for j in range(STATES):
                    spread[i, j] -= across[i] * across[j] / variance
            moves[k, 1], moves[k, 2] = off, variance
            mean[VAGAL_EFFECT] -= vagal_moved[k]
            mean[SYMPATHETIC_EFFECT] -= sympathetic_moved[k]
        _drives(numbers, mean, drives[k])
        for j in range(STATES):
            # spread is symmetric: its row j holds the covariance of all states with state j
            row = spread[j]
            with_states[k, 0, j] = (
                row[OWN_FAST] + row[OWN_SLOW] - numbers.vagal_withdrawal * row[AROUSAL]
            )
            with_states[k, 1, j] = (
                row[OWN_SYMPATHETIC] + numbers.sympathetic_rise * row[AROUSAL]
            )
            with_states[k, 2, j] = row[AROUSAL]


@njit(cache=True)
def backward(
    numbers: Numbers,
    slopes: NDArray[np.float64],
    gains: NDArray[np.float64],
    moves: NDArray[np.float64],
    with_states: NDArray[np.float64],
    drives: NDArray[np.float64],
    within: NDArray[np.float64],
) -> None:
    """Smooth: turn what was known at each event into what all events together say of it.

    Rauch, Tung and Striebel's smoother in the form of Bryson and Frazier: what later events
    add is gathered backwards as one vector and one matrix, and nothing is ever inverted, so
    that states which never move (the gains of this heart) do no harm.

    Parameters
    ----------
    numbers
        As given to :func:`forward`.
    slopes, gains, moves, with_states
        As filled by :func:`forward`.
    drives : ndarray, shape (m, OUTPUTS), contiguous
        As filled by :func:`forward`; changed.
    within : ndarray, shape (m, OUTPUTS, OUTPUTS), contiguous
        Filled: covariance of the three.
    """
    keep, noise, near = np.empty(STATES), np.empty(STATES), np.ones(2)
    told, sure = np.zeros(STATES), np.zeros((STATES, STATES))
    at, row = np.empty(STATES), np.empty(OUTPUTS)
    for k in range(slopes.shape[0] - 1, -1, -1):
        for o in range(OUTPUTS):
            _drives(numbers, with_states[k, o], row)
            for i in range(STATES):
                total = 0.0
                for j in range(STATES):
                    total += sure[i, j] * with_states[k, o, j]
                at[i] = total
                drives[k, o] -= with_states[k, o, i] * told[i]
            for other in range(OUTPUTS):
                total = 0.0
                for i in range(STATES):
                    total += with_states[k, other, i] * at[i]
                within[k, o, other] = row[other] - total
        slope, gain = slopes[k], gains[k]
        off, variance = moves[k, 1], moves[k, 2]
        if variance < math.inf:
            along = quadratic = 0.0
            for i in range(STATES):
                along += gain[i] * told[i]
                total = 0.0
                for j in range(STATES):
                    total += sure[i, j] * gain[j]
                at[i] = total
            for i in range(STATES):
                quadratic += gain[i] * at[i]
            for i in range(STATES):
                told[i] -= slope[i] * (along + off / variance)
                for j in range(STATES):
                    sure[i, j] += (
                        slope[i] * slope[j] * (quadratic + 1 / variance)
                        - at[i] * slope[j]
                        - slope[i] * at[j]
                    )
        seconds = moves[k, 0]
        if seconds > 0:
            _steps(numbers, seconds, near, keep, noise)
            _onward_transposed(numbers, keep, told)
            _both_sides(numbers, keep, sure, True)
