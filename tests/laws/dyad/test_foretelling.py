"""What one adds to what the other's own past says: exact at every shift, fair to gaps."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from scipy.linalg import expm
from tests.laws.dyad.worlds import COUPLED, NULLS, RATE

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.dyad.dynamics.foretelling import Role, gain, gains, past, weights
from interbeat.dyad.indices.coordination import inertia_coordination, step_weights
from interbeat.dyad.indices.granger import cast_of, granger, granger_f, order_of
from interbeat.dyad.indices.oscillators import (
    coupled_oscillator,
    derivatives,
    oscillators,
)


def gappy_pair(seed: int = 1, n: int = 300) -> tuple[FloatArray, FloatArray]:
    rng = np.random.default_rng(seed)
    x, y = rng.standard_normal((2, n))
    y[2:] += 0.5 * x[:-2]
    x[40:60] = np.nan
    y[200:215] = np.nan
    return x, y


def plainly(leader: Role, follower: Role) -> tuple[float, FloatArray]:
    """Return the gain and the leader's weights by least squares, as one would write it down."""
    counted = np.isfinite(follower.target) & np.isfinite(follower.own).all(axis=0)
    adds = np.where(np.isfinite(leader.adds).all(axis=0), leader.adds, 0.0)[:, counted]
    own, target = follower.own[:, counted], follower.target[counted]
    every = np.vstack((own, adds))
    alone = target - np.linalg.lstsq(own.T, target)[0] @ own
    found = np.linalg.lstsq(every.T, target)[0]
    both = target - found @ every
    return float(np.log((alone @ alone) / (both @ both))), found[own.shape[0] :]


@pytest.mark.parametrize("shift", [0, 1, 17, 150, 299])
def test_the_gain_at_every_shift_is_that_of_least_squares(shift: int) -> None:
    a, b = (cast_of(series, order=4) for series in gappy_pair())
    moved = a._replace(adds=np.roll(a.adds, shift, axis=1))
    ratio, found = plainly(moved, b)
    assert gain(moved, b) == pytest.approx(ratio, rel=1e-7, abs=1e-10)
    assert gains(a, b)[shift] == pytest.approx(ratio, rel=1e-7, abs=1e-10)
    assert weights(a, b)[:, shift] == pytest.approx(found, rel=1e-6, abs=1e-9)


def test_the_gain_is_granger_s_f_in_another_unit() -> None:
    x, y = np.random.default_rng(2).standard_normal((2, 400))
    y[1:] += 0.2 * x[:-1]
    f = granger_f(x, y, order=3)
    ratio = gain(cast_of(x, order=3), cast_of(y, order=3))
    assert np.expm1(ratio) * f.left / f.order == pytest.approx(f.f, rel=1e-7)


def test_with_too_few_moments_there_is_no_gain() -> None:
    a, b = (cast_of(series, order=4) for series in gappy_pair(n=300))
    nothing = a._replace(adds=np.full_like(a.adds, np.nan))
    assert np.isnan(gain(nothing, b))
    assert np.isnan(gain(b, a._replace(target=np.full(300, np.nan))))


def test_the_past_of_a_sample_is_what_came_before_it() -> None:
    rows = past(np.arange(5.0), 2)
    assert np.array_equal(rows[0], [np.nan, 0, 1, 2, 3], equal_nan=True)
    assert np.array_equal(rows[1], [np.nan, np.nan, 0, 1, 2], equal_nan=True)


def test_the_order_does_not_depend_on_how_two_series_lie_against_each_other() -> None:
    x, y = (np.asarray(side[::4]) for side in COUPLED["plain"](np.random.default_rng(5)))
    assert 5 <= order_of(x, y) <= 10
    assert order_of(x, y) == order_of(y, x)


def test_an_order_is_found_that_is_longer_than_the_least() -> None:
    rng = np.random.default_rng(3)
    x, noise = np.zeros(2000), rng.standard_normal(2000)
    for t in range(8, 2000):
        x[t] = 0.6 * x[t - 8] + noise[t]
    assert order_of(x, rng.standard_normal(2000)) == 8


@pytest.mark.parametrize("world", ["latent 0.5", "b leads"])
@pytest.mark.parametrize("index", [granger, inertia_coordination])
def test_who_foretells_whom(index: object, world: str) -> None:
    assert callable(index)
    found = index(*COUPLED[world](np.random.default_rng(4)), sampling_rate=RATE).parts
    leader, follower = ("a", "b") if world == "latent 0.5" else ("b", "a")
    assert found[f"{leader}_foretells_{follower}_p"].value <= 0.02
    assert (
        found[f"{leader}_foretells_{follower}"].value
        > 2 * found[f"{follower}_foretells_{leader}"].value
    )


@pytest.mark.parametrize("index", [granger, inertia_coordination, coupled_oscillator])
def test_changing_places_changes_places_and_nothing_else(index: object) -> None:
    assert callable(index)
    x, y = NULLS["gappy"](np.random.default_rng(4))
    one, other = index(x, y, sampling_rate=RATE), index(y, x, sampling_rate=RATE)
    assert one.value.value == pytest.approx(other.value.value, rel=1e-6)
    assert one.p == pytest.approx(other.p, abs=0.002)
    swapped = {
        "a_foretells_b": "b_foretells_a", "level_on_a": "level_on_b",
        "inertia_a": "inertia_b", "coordination_a": "coordination_b",
    }  # fmt: skip
    for name, mirrored in swapped.items():
        if name in one.parts:
            found = other.parts[mirrored].value
            assert one.parts[name].value == pytest.approx(found, rel=1e-5, abs=1e-9)


def test_an_order_under_one_is_no_order() -> None:
    x, y = gappy_pair()
    with pytest.raises(DataError, match="an order is a whole number from 1 up, not 0"):
        granger(x, y, sampling_rate=1, order=0)
    with pytest.raises(DataError, match="takes no missing samples"):
        granger_f(x, y, order=3)
    with pytest.raises(DataError, match="too few for an order of 3"):
        granger_f(x[:8], y[:8], order=3)
    with pytest.raises(DataError, match="equally long"):
        granger_f(x[:-1], y, order=3)


def test_inertia_and_coordination_are_those_that_made_the_series() -> None:
    rng = np.random.default_rng(6)
    x, y = rng.standard_normal((2, 20000))
    for t in range(1, x.size):
        y[t] += 0.6 * y[t - 1] + 0.3 * x[t - 1]
    assert step_weights(x, y) == pytest.approx((0.6, 0.3), abs=0.02)
    assert step_weights(y, x) == pytest.approx((0.0, 0.0), abs=0.02)


def test_derivatives_of_a_parabola_are_exact() -> None:
    t = np.arange(30.0)
    level, movement, acceleration = derivatives(2 + 3 * t + 0.5 * t**2, step=2, points=5)
    middle = t[4:-4]
    assert level == pytest.approx(2 + 3 * middle + 0.5 * middle**2)
    assert movement == pytest.approx(3 + middle)
    assert acceleration == pytest.approx(np.ones(middle.size))


def swinging(n: int = 400, rate: float = 4.0) -> tuple[FloatArray, FloatArray]:
    """Return two swings left to themselves that push each other by level and by movement."""
    push = np.array([
        [0, 1, 0, 0], [-0.1, -0.02, 0.03, 0.02],
        [0, 0, 0, 1], [0.01, -0.03, -0.15, -0.01],
    ])  # fmt: skip
    further = expm(push / rate)
    kept = np.empty((n, 4))
    kept[0] = 1.0, 0.0, -0.5, 0.3
    for k in range(1, n):
        kept[k] = further @ kept[k - 1]
    return kept[:, 0], kept[:, 2]


def test_coupled_swings_left_to_themselves_show_what_pushes_them() -> None:
    x, y = swinging()
    found = oscillators(x, y, steps=(2,), points=(5,))
    scale = np.array([16.0, 4.0, 16.0, 4.0])
    assert scale * found.a == pytest.approx([-0.1, -0.02, 0.03, 0.02], abs=0.003)
    assert scale * found.b == pytest.approx([-0.15, -0.01, 0.01, -0.03], abs=0.003)
    assert found.explained > 0.999
    assert found.periods[0] / 4 == pytest.approx(2 * np.pi / np.sqrt(0.1), rel=0.01)


def test_oscillators_need_moments() -> None:
    x, y = swinging(40)
    with pytest.raises(DataError, match="too few for 5 points, 20 apart"):
        oscillators(x, y, steps=(20,), points=(5,))
    with pytest.raises(DataError, match="too few for two coupled oscillators"):
        oscillators(x, np.full(40, np.nan), steps=(1,), points=(5,))
    with pytest.raises(DataError, match="equally long"):
        oscillators(x, y[1:], steps=(1,), points=(5,))


def test_a_swing_that_does_not_return_has_no_period() -> None:
    t = np.arange(60.0) / 10
    found = oscillators(np.exp(t), np.sin(t), steps=(1,), points=(5,))
    first, second = found.periods
    assert np.isnan(first)
    assert second / 10 == pytest.approx(2 * np.pi, rel=0.02)


def test_a_weight_of_the_partner_has_a_p() -> None:
    cast = partial(cast_of, order=1)
    a, b = (cast(series) for series in gappy_pair(7))
    found = weights(a, b)
    assert found.shape == (1, 300)
    parts = coupled_oscillator(
        *COUPLED["plain"](np.random.default_rng(8)), sampling_rate=RATE
    ).parts
    assert parts["level_on_b_p"].value <= 0.01
    assert parts["own_level_a"].value < 0
