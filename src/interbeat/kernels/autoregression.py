"""Autoregressive models of an even series in pieces, and the power that they imply."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["burg", "power_below"]

Floats = NDArray[np.float64]
EXHAUSTED = 1e-12  # of the variance: what is left after this is rounding, which no model needs


def burg(pieces: Sequence[Floats], order: int) -> tuple[Floats, float]:
    """Return the coefficients (1, a1, ... ap) and the variance of the noise that drives them.

    Burg's method: at each order the reflection that leaves the least error forward and
    backward, summed over the pieces, so that no gap between two is bridged. Always stable.
    A piece must be longer than `order`. The model ends at a lower order where nothing but
    rounding is left to explain.
    """
    forward = [piece[1:] for piece in pieces]
    backward = [piece[:-1] for piece in pieces]
    size = sum(piece.size for piece in pieces)
    variance = noise = sum(float(piece @ piece) for piece in pieces) / size
    model = np.ones(1)
    for _ in range(order):
        if noise <= EXHAUSTED * variance:
            break
        both = sum(float(f @ f + b @ b) for f, b in zip(forward, backward, strict=True))
        across = sum(float(f @ b) for f, b in zip(forward, backward, strict=True))
        reflection = -2 * across / both
        model = np.append(model, 0.0)
        model = model + reflection * model[::-1]
        noise *= 1 - reflection**2
        turned = [f + reflection * b for f, b in zip(forward, backward, strict=True)]
        backward = [b + reflection * f for f, b in zip(forward, backward, strict=True)]
        forward, backward = [f[1:] for f in turned], [b[:-1] for b in backward]
    return model, noise


def power_below(model: Floats, noise: float, turns: Floats) -> Floats:
    """Return the variance that the model has below each frequency (`turns` a sample, 0 to 0.5).

    The integral of its spectral density, in closed form: the autocovariance is a sum of powers
    of the poles, c z^lag, each of which integrates to a logarithm. So even a line is caught,
    which any grid of frequencies would miss.
    """
    poles = np.roots(model).astype(np.complex128)
    poles *= np.minimum(1.0, (1 - 1e-12) / np.maximum(np.abs(poles), 1e-300))
    apart = poles[:, None] - poles[None, :]
    np.fill_diagonal(apart, 1.0)
    shares = noise * poles ** (poles.size - 1)
    shares = shares / (apart.prod(axis=1) * (1 - np.outer(poles, poles)).prod(axis=1))
    circle = np.exp(2j * np.pi * turns)[:, None]
    logs = np.log(1 - poles / circle) - np.log(1 - poles * circle)
    waves = (logs @ shares) / (1j * np.pi)
    return np.asarray((2 * turns * shares.sum() + waves).real)
