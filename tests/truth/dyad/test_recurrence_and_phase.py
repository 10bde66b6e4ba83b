"""Recurrence and phase locking find a latent tie, who leads, and by how much.

By default 24 pairs of each world; with INTERBEAT_LONG=1 it is 200 (``-s`` shows the figures).
"""

from __future__ import annotations

import os
import sys

import numpy as np
import pytest
from tests.laws.dyad.worlds import COUPLED, RATE

from interbeat.core.estimate import Estimate
from interbeat.dyad import INDICES, Coupling

LONG = os.environ.get("INTERBEAT_LONG") == "1"
PAIRS = 200 if LONG else 24
LEAST = {"recurrence": 0.7, "phase_locking": 0.35}  # power at a latent coupling of 0.3

each = pytest.mark.parametrize("name", LEAST)


@pytest.fixture(autouse=True)
def _only_what_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_spread(_statistic: object, _pair: object, observed: float) -> Estimate:
        return Estimate(observed, 0.0, "", 1.0, 1)

    monkeypatch.setattr("interbeat.dyad.coupling.could_be_seen", _nothing_seen)
    monkeypatch.setattr("interbeat.dyad.indices.recurrence.left_out", no_spread)
    monkeypatch.setattr("interbeat.dyad.indices.phase_locking.left_out", no_spread)
    monkeypatch.setattr("interbeat.dyad.indices.recurrence._lines", lambda _pair: {})


class _Nothing:
    detectable = Estimate.missing("", "not looked for")
    needed = Estimate.missing("s", "not looked for")


def _nothing_seen(*_: object, **__: object) -> _Nothing:
    return _Nothing()


def found(name: str, world: str) -> list[Coupling]:
    pairs = (COUPLED[world](np.random.default_rng([seed, 4243])) for seed in range(PAIRS))
    return [INDICES[name].function(x, y, sampling_rate=RATE) for x, y in pairs]


@each
def test_a_latent_tie_is_found(name: str) -> None:
    """Of ten minutes; what chance allows for so few pairs is taken off the power."""
    power = float(np.mean([one.p <= 0.05 for one in found(name, "latent 0.3")]))
    sys.stdout.write(f"\n{name}: power {power:.3f}")
    allowed = 2.6 * np.sqrt(LEAST[name] * (1 - LEAST[name]) / PAIRS)
    assert power >= LEAST[name] - allowed


@each
@pytest.mark.parametrize(("world", "lag"), [("latent 0.5", 2.0), ("b leads", -1.5)])
def test_who_leads_is_told_with_an_interval_that_holds(
    name: str, world: str, lag: float
) -> None:
    every = [one.parts["lag"] for one in found(name, world)]
    lags = [one for one in every if not one.reason]
    assert len(lags) >= 0.75 * PAIRS
    values = np.array([one.value for one in lags])
    held = np.mean([low <= lag <= high for low, high in (one.interval for one in lags)])
    right = np.mean(np.sign(values) == np.sign(lag))
    error = float(np.median(np.abs(values - lag)))
    sys.stdout.write(
        f"\n{name}, {world}: right {right:.3f}, error {error:.2f}, held {held:.3f}"
    )
    assert right >= 0.97 or np.sum(np.sign(values) != np.sign(lag)) <= 1
    assert error <= 0.35
    assert held >= (0.9 if LONG else 0.8)
