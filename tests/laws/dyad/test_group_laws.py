"""What numbers of groups promise: no order among members, an honest chance, and reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest
from scipy.stats import binom

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.dyad import Coupling
from interbeat.dyad.group_numbers import (
    coherence_team,
    half_angle_synchrony,
    symbolic_entropy,
    synchronization_coefficients,
    synchronization_index,
)
from interbeat.dyad.groups import (
    _shifted,
    cluster_phase,
    cluster_rho,
    kuramoto,
    order_parameter,
)

RATE, N = 4.0, 2400
Test = Callable[..., Coupling]

FEW = 99  # shifts: enough to tell, in a tenth of the time

both = pytest.mark.parametrize("test", [kuramoto, cluster_phase])


@pytest.fixture(autouse=True)
def _few_shifts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("interbeat.dyad.groups.DRAWS", FEW)


def noise(rng: np.random.Generator, n: int = N) -> FloatArray:
    return np.convolve(rng.standard_normal(n + 7), np.ones(8), "valid")


def group(seed: int, k: int = 3, common: float = 0.0) -> dict[str, FloatArray]:
    """Return members who share `common` of their variance."""
    rng = np.random.default_rng([seed, k])
    shared = noise(rng)
    rest = np.sqrt(1 - common)
    return {str(i): np.sqrt(common) * shared + rest * noise(rng) for i in range(k)}


def run(test: Test, series: Mapping[str, FloatArray]) -> Coupling:
    return test(series, sampling_rate=RATE, signal="heart rate")


@both
def test_the_order_of_members_does_not_matter(test: Test) -> None:
    series = group(1, common=0.5)
    turned = dict(reversed(series.items()))
    one, other = run(test, series), run(test, turned)
    assert one.value.value == pytest.approx(other.value.value, rel=1e-9)
    assert one.parts.keys() == other.parts.keys()
    for name in one.parts:
        assert one.parts[name].value == pytest.approx(other.parts[name].value, rel=1e-9)


@both
def test_unit_and_level_do_not_matter_and_the_answer_repeats(test: Test) -> None:
    series = group(2, common=0.2)
    one = run(test, series)
    other = run(test, {name: 70 - 0.5 + 3 * values for name, values in series.items()})
    assert one.value.value == pytest.approx(other.value.value, rel=1e-9)
    assert one.p == other.p == run(test, series).p


@both
def test_a_group_that_moves_together_is_seen(test: Test) -> None:
    found = run(test, group(3, k=4, common=0.6))
    assert found.p == found.floor == pytest.approx(1 / (FEW + 1))
    assert found.value.value > found.null_high
    assert 0 < found.detectable.value < 0.6
    assert found.signal == "heart rate"


@both
def test_groups_of_strangers_are_found_together_as_often_as_promised(
    test: Test, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interbeat.dyad.groups.DRAWS", 39)
    monkeypatch.setattr("interbeat.dyad.groups._could_be_seen", lambda *_: None)
    monkeypatch.setattr("interbeat.dyad.groups.judged", lambda *_, null, **__: null)
    found = sum(run(test, group(seed, k=2 + seed % 3)).p <= 0.05 for seed in range(100, 160))
    assert 0 < found <= binom.ppf(0.997, 60, 0.05)


def test_members_who_keep_a_distance_are_a_cluster_and_not_in_phase() -> None:
    rng = np.random.default_rng(4)
    t, drift = np.arange(N) / RATE, np.cumsum(noise(rng)) / 80
    series = {
        name: np.sin(2 * np.pi * 0.1 * t + drift + apart) + 0.02 * noise(rng)
        for name, apart in zip("abc", (0.0, 2 * np.pi / 3 - 0.3, -1.9), strict=True)
    }
    together = run(cluster_phase, series)
    assert together.value.value > 0.95
    assert together.parts["rho a"].value > 0.95
    assert run(kuramoto, series).value.value < 0.3


def test_a_mean_over_fewer_instants_counts_by_their_root() -> None:
    rng = np.random.default_rng(11)
    turned = np.exp(1j * rng.uniform(0, 6, (2, 60)))
    turned[0, :20] = turned[1, 40:] = 0
    null = _shifted(turned, order_parameter, np.random.default_rng(5))
    again = np.random.default_rng(5)
    rolled = [np.roll(turned[1], again.integers(0, 60, 1)[0]) for _ in range(FEW)]
    pairs = [turned, *(np.stack((turned[0], other)) for other in rolled)]
    values = np.array([order_parameter(pair) for pair in pairs])
    counts = np.array([np.count_nonzero(pair.prod(axis=0)) for pair in pairs])
    even = np.median(values) + (values - np.median(values)) * np.sqrt(counts / 20)
    np.testing.assert_allclose(null.statistics, even)


def test_one_who_goes_their_own_way_is_named() -> None:
    series = group(5, k=4, common=0.8)
    series["3"] = noise(np.random.default_rng(77))
    parts = run(cluster_phase, series).parts
    assert min(parts, key=lambda name: parts[name].value) == "rho 3"


def test_an_instant_counts_where_all_are_there() -> None:
    series = group(6, common=0.5)
    series["0"][:300] = np.nan
    series["2"][2100:] = np.nan
    found = run(cluster_phase, series)
    assert found.value.quality == pytest.approx(0.75)
    turned = np.exp(1j * np.random.default_rng(1).uniform(0, 6, (3, 40)))
    turned[1, 10:] = 0
    assert order_parameter(turned) == pytest.approx(order_parameter(turned[:, :10]))
    assert cluster_rho(turned)[0] == pytest.approx(cluster_rho(turned[:, :10])[0])
    assert np.isnan(cluster_rho(np.zeros((2, 5), dtype=complex))[0])
    assert np.isnan(order_parameter(np.zeros((2, 5), dtype=complex)))


def test_a_sensor_that_misses_every_third_sample_still_counts() -> None:
    series = group(10, common=0.5)
    whole = run(kuramoto, series)
    series["1"][::3] = np.nan
    found = run(kuramoto, series)
    assert found.value.value == pytest.approx(whole.value.value, abs=0.05)
    assert found.p == whole.p


@both
def test_says_why_there_is_no_answer(test: Test) -> None:
    series = group(7)
    still = {**series, "1": np.full(N, 60.0)}
    assert run(test, still).value.reason == (
        "of 0 (a) and 1 (b): the heart rate of b does not vary"
    )
    twice = {**series, "2": 3 * series["1"] + 1}
    assert (
        "of 1 (a) and 2 (b): the heart rate of a is that of b" in run(test, twice).value.reason
    )
    above = {**series, "1": np.tile([1.0, -1.0], N // 2)}
    assert run(test, above).value.reason == "one of them has nothing in the band"
    apart = {name: values.copy() for name, values in series.items()}
    for i, name in enumerate(apart):
        apart[name][800 * i : 800 * i + 800] = np.nan
    assert "of common data" in run(test, apart).value.reason


@both
def test_wrong_calls_are_refused(test: Test) -> None:
    series = group(8)
    with pytest.raises(DataError, match="two members or more, not 1"):
        test({"a": series["0"]}, sampling_rate=RATE)
    with pytest.raises(DataError, match="equally long"):
        test({"a": series["0"], "b": series["1"][1:]}, sampling_rate=RATE)
    with pytest.raises(DataError, match="a band lies between"):
        test(series, sampling_rate=RATE, band=(0.2, 0.1))
    with pytest.raises(DataError, match="positive number of Hz"):
        test(series, sampling_rate=0)


def test_wrong_calls_of_plain_numbers_are_refused() -> None:
    x, y = group(9, k=2).values()
    with pytest.raises(DataError, match="two people or more, not shape"):
        coherence_team(x)
    with pytest.raises(DataError, match="a sample is missing"):
        symbolic_entropy([x, np.where(np.arange(N) == 3, np.nan, y)])
    with pytest.raises(DataError, match="rows of equally many numbers"):
        coherence_team([x.tolist(), y[:-1].tolist()])
    with pytest.raises(DataError, match="too few for a spectrum"):
        coherence_team([x[:20], y[:20]])
    with pytest.raises(DataError, match="a lag of 0 does not fit"):
        synchronization_coefficients([x, y], lag=0)
    with pytest.raises(DataError, match="no inverse"):
        synchronization_index([np.zeros(50), np.zeros(50)], lag=1)
    with pytest.raises(DataError, match="equally long, not 2400 and 2399"):
        half_angle_synchrony(x, y[:-1])
