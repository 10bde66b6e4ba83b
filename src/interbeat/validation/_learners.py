"""Learners: what an experimenter fits to skin conductance to tell what it tracks.

None of them knows the simulated person's traits or memory: each starts from an even belief.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray, IntArray

__all__ = ["ACCOUNTS", "criteria"]

ACCOUNTS = ("nothing", "delta rule", "expectation", "expectation and uncertainty")
RATES = np.arange(0.05, 1.0, 0.1)  # learning rates of the delta rule that are tried


def criteria(signs: IntArray, bad: BoolArray, responses: FloatArray) -> dict[str, float]:
    """Return the Bayesian information criterion of each account of one person's responses.

    Parameters
    ----------
    signs : ndarray, shape (n,)
        Which cue came, as a whole number from 0 up.
    bad : ndarray, shape (n,)
        Whether harm followed.
    responses : ndarray, shape (n,)
        What the skin did at the cue.

    Returns
    -------
    dict of str to float
        Each of :data:`ACCOUNTS`: no learning, a delta rule (Rescorla and Wagner), what a
        Beta-Bernoulli learner expects, and that with its uncertainty. The lower, the better.
    """
    expected, doubt = np.array(list(_beta(signs, bad))).T
    rules = [np.array(list(_delta(signs, bad, rate))) for rate in RATES]
    found = (
        _criterion(responses),
        min(_criterion(responses, rule, free=1) for rule in rules),
        _criterion(responses, expected),
        _criterion(responses, expected, doubt),
    )
    return dict(zip(ACCOUNTS, found, strict=True))


def _beta(signs: IntArray, bad: BoolArray) -> Iterator[tuple[float, float]]:
    counts = np.ones((int(signs.max()) + 1, 2))
    for sign, harm in zip(signs, bad, strict=True):
        a, b = counts[sign]
        yield a / (a + b), math.sqrt(a * b / (a + b + 1)) / (a + b)
        counts[sign, 0 if harm else 1] += 1


def _delta(signs: IntArray, bad: BoolArray, rate: float) -> Iterator[float]:
    values = np.full(int(signs.max()) + 1, 0.5)
    for sign, harm in zip(signs, bad, strict=True):
        yield float(values[sign])
        values[sign] += rate * (float(harm) - values[sign])


def _criterion(responses: FloatArray, *regressors: FloatArray, free: int = 0) -> float:
    design = np.column_stack((np.ones(responses.size), *regressors))
    fitted = design @ np.linalg.lstsq(design, responses, rcond=None)[0]
    n = responses.size
    spread = max(float(np.mean((responses - fitted) ** 2)), 1e-12)
    cost = n * math.log(spread)
    return float(cost + (design.shape[1] + 1 + free) * math.log(n))
