"""Drives, twice more: the model written with plain matrices, and everything as one Gaussian."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from interbeat.kernels.drives import Numbers

Floats = NDArray[np.float64]

N = 17
(FAST, SLOW, SYMP, AROUSAL, VAGAL, SYMP_EFFECT, WAVE, WAVE2, LEVEL, GATE, GATE2, GAIN,
 SYMP_GAIN, SWEATING, SCATTERING, BREATH, BREATH2) = range(N)  # fmt: skip
BEAT, SWEAT, FELT, REST_VAGAL, REST_SYMPATHETIC, REST_AROUSAL = 1, 2, 3, 4, 5, 6
SETTLED, SCATTER, UNGATED = 7, 8, 10


def outputs(numbers: Numbers) -> Floats:
    """Return the matrix that makes vagal drive, sympathetic drive and arousal of a state."""
    out = np.zeros((3, N))
    out[0, [FAST, SLOW, AROUSAL]] = 1, 1, -numbers.vagal_withdrawal
    out[1, [SYMP, AROUSAL]] = 1, numbers.sympathetic_rise
    out[2, AROUSAL] = 1
    return out


def transition(numbers: Numbers, seconds: float) -> tuple[Floats, Floats]:
    """Return the transition over some seconds, and the covariance of its noise."""
    f, q = np.eye(N), np.zeros((N, N))
    for k, (tau, sd) in enumerate(
        [
            (numbers.fast_tau, numbers.fast_sd),
            (numbers.slow_tau, numbers.slow_sd),
            (numbers.sympathetic_tau, numbers.sympathetic_sd),
            (numbers.arousal_tau, numbers.arousal_sd),
        ]
    ):
        f[k, k] = math.exp(-seconds / tau)
        q[k, k] = sd**2 * (1 - f[k, k] ** 2)
    for row, drive, lag in (
        (VAGAL, outputs(numbers)[0], numbers.vagal_lag),
        (SYMP_EFFECT, outputs(numbers)[1], numbers.sympathetic_lag),
    ):
        keep = math.exp(-seconds / lag)
        f[row] = (1 - keep) * drive
        f[row, row] = keep
    waves = [
        (WAVE, numbers.wave_hz, numbers.wave_tau, numbers.wave_sd),
        (BREATH, numbers.breath_hz, numbers.breath_tau, numbers.breath_sd),
    ]
    for at, hz, tau, sd in waves:
        keep, angle = math.exp(-seconds / tau), 2 * math.pi * hz * seconds
        f[at : at + 2, at : at + 2] = keep * np.array(
            [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]
        )
        q[at, at] = q[at + 1, at + 1] = sd**2 * (1 - keep**2)
    q[LEVEL, LEVEL] = numbers.level_drift**2 * seconds
    q[SWEATING, SWEATING] = numbers.sweating_drift**2 * seconds
    q[GATE, GATE] = q[GATE2, GATE2] = numbers.gate_drift**2 * seconds
    return f, q


def expected(
    numbers: Numbers, kind: int, seen: tuple[float, float], x: Floats, *, before: Floats,
    breathed: bool,
) -> float:  # fmt: skip
    """Return what is expected to be seen; `before` is what was known before it was."""
    if kind in {BEAT, UNGATED}:
        beside, turned = seen
        usual = math.exp(before[GAIN]) * math.exp(before[VAGAL])
        waves = usual / (1 + usual) * (x[WAVE] + x[BREATH])
        depth = math.exp(x[GATE]) if breathed else 0.0
        gate = max(1 - depth * beside - depth * x[GATE2] * turned, 0.05)
        vagal = math.exp(x[GAIN]) * math.exp(x[VAGAL]) * gate
        sympathetic = math.exp(x[SYMP_GAIN]) * math.exp(x[SYMP_EFFECT])
        return float(waves + math.log(math.exp(x[LEVEL]) * (1 + vagal) / (1 + sympathetic)))
    if kind == SCATTER:
        rate = 1 + math.exp(x[SYMP_GAIN]) * math.exp(x[SYMP_EFFECT])
        return float(
            math.log(math.exp(x[LEVEL]) * math.exp(x[GAIN] + x[VAGAL]) / rate) + x[SCATTERING]
        )
    rows = {
        SWEAT: np.eye(N)[SWEATING] + numbers.sweating_gain * np.eye(N)[AROUSAL],
        FELT: numbers.felt_gain * np.eye(N)[AROUSAL],
        REST_VAGAL: outputs(numbers)[0],
        REST_SYMPATHETIC: outputs(numbers)[1],
        REST_AROUSAL: outputs(numbers)[2],
        SETTLED: np.eye(N)[GATE],
    }
    return float(rows[kind] @ x)


def joint(
    steps: list[tuple[Floats, Floats]], start: tuple[Floats, Floats],
    seen: list[tuple[Floats, float, float] | None],
) -> tuple[Floats, Floats]:  # fmt: skip
    """Return means and covariances of all states given all observations, without a filter.

    Parameters
    ----------
    steps : list of (transition, noise)
        Before each observation.
    start : tuple of ndarray
        Mean and covariance before the first.
    seen : list of (slope, value, variance) or None
        Of each observation.
    """
    m = len(steps)
    mean, covariance = np.zeros((m, N)), np.zeros((m, m, N, N))
    before, spread = start
    for k, (f, q) in enumerate(steps):
        before, spread = f @ before, f @ spread @ f.T + q
        mean[k], covariance[k, k] = before, spread
        across = spread
        for later in range(k + 1, m):
            across = steps[later][0] @ across
            covariance[later, k], covariance[k, later] = across, across.T
    whole = covariance.transpose(0, 2, 1, 3).reshape(m * N, m * N)
    rows = [k for k in range(m) if seen[k] is not None]
    h, value, blur = np.zeros((len(rows), m * N)), np.zeros(len(rows)), np.zeros(len(rows))
    for i, k in enumerate(rows):
        one = seen[k]
        if one is not None:
            h[i, k * N : (k + 1) * N], value[i], blur[i] = one
    surprise = h @ whole @ h.T + np.diag(blur)
    gain = np.linalg.solve(surprise, h @ whole).T
    after = mean.reshape(-1) + gain @ (value - h @ mean.reshape(-1))
    left = whole - gain @ h @ whole
    blocks = left.reshape(m, N, m, N)
    return after.reshape(m, N), np.array([blocks[k, :, k] for k in range(m)])
