"""Five signals are five chances to be wrong, and together they are wrong in 5 % of dyads."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pytest

from interbeat.dyad.adjusted import Adjusted, adjusted


class One(NamedTuple):
    p: float
    floor: float


FLOORS = {  # of 5, 10, 20 and 60 minutes, with the lags that a session is asked with
    "short": (0.033, 0.033, 0.014, 0.028, 0.067),
    "ten": (0.017, 0.017, 0.007, 0.014, 0.034),
    "twenty": (0.0085, 0.0085, 0.0035, 0.0071, 0.0174),
    "hour": (0.003, 0.003, 0.001, 0.002, 0.006),
    "at an edge": (0.0125, 0.0125, 0.0125, 0.0125, 0.026),
}


@pytest.mark.parametrize("name", FLOORS)
@pytest.mark.parametrize("tied", [0, 2])
def test_strangers_have_any_small_p_in_at_most_one_of_twenty_dyads(
    name: str, tied: int
) -> None:
    """Whatever is true of the first signals, of which `tied` are as small as they can be."""
    floors = FLOORS[name]
    drawn = np.random.default_rng([7, tied]).random((4000, len(floors)))
    drawn[:, :tied] = 0.0
    wrong = 0
    for row in np.maximum(drawn, floors):
        found = adjusted({str(k): One(row[k], floor) for k, floor in enumerate(floors)})
        wrong += any(found[str(k)].p <= 0.05 for k in range(tied, len(floors)))
    assert wrong / 4000 <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 4000)


def test_one_signal_is_as_it_is_and_what_was_not_tested_is_not_counted() -> None:
    assert adjusted({}) == {}
    found = adjusted({"x": One(0.04, 0.01), "y": One(math.nan, math.nan)})
    assert found == {"x": Adjusted(0.04, 1)}


def test_no_adjusted_p_is_under_its_own_or_in_another_order() -> None:
    rng = np.random.default_rng(3)
    for _ in range(300):
        tests = {str(k): One(p, 0.001) for k, p in enumerate(rng.random(5) ** 3)}
        found = adjusted(tests)
        assert all(found[name].p >= tests[name].p for name in tests)
        by_p = sorted(tests, key=lambda name: tests[name].p)
        assert np.all(np.diff([found[name].p for name in by_p]) >= 0)
