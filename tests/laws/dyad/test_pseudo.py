"""Pseudo-dyads tell partners from people who only share a situation."""

from __future__ import annotations

import os

import numpy as np
import pytest
from scipy.stats import binom
from tests.laws.dyad.worlds import NULLS, RATE, answers, film, noise

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.dyad import INDICES, Index
from interbeat.dyad.coupling import missing
from interbeat.dyad.preparation import prepared
from interbeat.dyad.pseudo import PseudoDyads, compared, double_centered, pseudo_dyads, row
from interbeat.dyad.windows.spread import mean_curve
from interbeat.dyad.windows.windowed import Layout, cross_correlations

LONG = os.environ.get("INTERBEAT_LONG") == "1"
LAGS = 20
LAYOUT = Layout(window=120, hop=20, max_lag=LAGS)


def best_lag(x: FloatArray, y: FloatArray, _rate: float = RATE) -> float:
    """Return the size of the largest cross-correlation within the lags; gaps count as 0."""
    x, y = np.nan_to_num(x), np.nan_to_num(y)
    size = 1 << (x.size + LAGS).bit_length()
    curve = np.fft.irfft(np.fft.rfft(y, size) * np.conj(np.fft.rfft(x, size)), size)
    peak = max(np.abs(curve[: LAGS + 1]).max(), np.abs(curve[-LAGS:]).max())
    return float(peak / np.sqrt((x @ x) * (y @ y)))


def signed_best(x: FloatArray, y: FloatArray, _rate: float) -> float:
    return float(np.abs(mean_curve(cross_correlations(x, y, LAYOUT))).max())


def mean_size(x: FloatArray, y: FloatArray, _rate: float) -> float:
    return float(np.nanmean(np.abs(cross_correlations(x, y, LAYOUT))))


def plain(statistic: object = best_lag) -> Index:
    """Return an index that is quick, and in no registry."""

    def ready(values: FloatArray, rate: float) -> tuple[FloatArray, float]:
        return prepared(values, rate), rate

    def function(x: FloatArray, y: FloatArray) -> object:
        return missing("plain", "", f"{x.size} {y.size}")

    return Index("plain", "Plain", "", function, ready, statistic)  # type: ignore[arg-type]


def study(
    seed: int, dyads: int, *, coupled: int, share: float = 0.6, coupling: float = 0.3
) -> tuple[list[FloatArray], list[FloatArray]]:
    """Return dyads who see one film; in the first `coupled`, b follows a by 2 s as well."""
    rng = np.random.default_rng([seed, dyads, 99])
    seen, keep, a, b = film(rng), np.sqrt(1 - share**2), [], []
    for dyad in range(dyads):
        k = coupling if dyad < coupled else 0.0
        one, own = rng.standard_normal((2, seen.size))
        other = np.sqrt(1 - k**2) * own + k * np.roll(one, 8)
        a.append(answers(rng, keep * one + share * seen))
        b.append(answers(rng, keep * other + share * seen))
    return a, b


def run(seed: int, dyads: int, index: Index, *, coupled: int) -> PseudoDyads:
    a, b = study(seed, dyads, coupled=coupled)
    return pseudo_dyads(a, b, index=index, sampling_rate=RATE)


def test_a_shared_film_is_no_coupling() -> None:
    """Of 8 studies with 12 dyads that share a film, no more than chance allows are tied."""
    found = [run(seed, 12, plain(), coupled=0) for seed in range(8)]
    hits = sum(int(np.sum(one.p <= 0.05)) for one in found)
    assert hits <= binom.ppf(0.998, 96, 0.05)
    assert sum(one.group.p <= 0.05 for one in found) <= 2
    assert np.mean([one.real for one in found]) == pytest.approx(
        np.mean([one.pseudo for one in found]), rel=0.05
    )


def test_partners_who_are_tied_stand_out_of_the_film() -> None:
    found = [run(seed, 12, plain(), coupled=6) for seed in range(4)]
    tied = np.mean([one.p[:6] <= 0.05 for one in found])
    alone = np.mean([one.p[6:] <= 0.05 for one in found])
    assert tied > 0.3
    assert alone < 0.15
    assert all(one.group.p <= 0.05 and one.effect.value > 0.5 for one in found)
    assert all(
        low < one.effect.value < high for one in found for low, high in [one.effect.interval]
    )


@pytest.mark.skipif(not LONG, reason="takes minutes: INTERBEAT_LONG=1")
@pytest.mark.parametrize("statistic", [signed_best, mean_size])
def test_twenty_studies_of_thirty_dyads(statistic: object) -> None:
    """As the room's figures are made: false positives, power of one dyad and of the group."""
    null = [run(seed, 30, plain(statistic), coupled=0) for seed in range(20)]
    assert np.mean([one.p <= 0.05 for one in null]) <= 0.065
    assert np.mean([one.group.p <= 0.05 for one in null]) <= 0.15
    half = [run(seed, 30, plain(statistic), coupled=15) for seed in range(20)]
    assert np.mean([one.p[15:] <= 0.05 for one in half]) <= 0.065
    assert np.mean([one.p[:15] <= 0.05 for one in half]) >= 0.45
    assert np.mean([one.group.p <= 0.05 for one in half]) >= 0.8


@pytest.mark.skipif(not LONG, reason="takes minutes: INTERBEAT_LONG=1")
def test_the_default_index_over_sixty_studies_of_thirty_dyads() -> None:
    """At most 5 % of those who only share a film; of tied couples two in five, and groups."""
    index = INDICES["windowed_correlation"]
    null = [run(seed, 30, index, coupled=0) for seed in range(2000, 2040)]
    assert np.mean([one.p <= 0.05 for one in null]) <= 0.05
    assert np.mean([one.group.p <= 0.05 for one in null]) <= 0.125
    half = [run(seed, 30, index, coupled=15) for seed in range(3000, 3020)]
    assert np.mean([one.p[15:] <= 0.05 for one in half]) <= 0.05
    assert np.mean([one.p[:15] <= 0.05 for one in half]) >= 0.4
    assert np.mean([one.group.p <= 0.05 for one in half]) >= 0.95


@pytest.mark.parametrize("world", ["slow", "ectopic", "gappy"])
def test_nothing_is_found_where_nothing_is_shared(world: str) -> None:
    hits = dyads = 0
    for seed in range(4):
        rng = np.random.default_rng([seed, 5])
        pairs = [NULLS[world](rng) for _ in range(10)]
        a, b = ([pair[k] for pair in pairs] for k in (0, 1))
        found = pseudo_dyads(a, b, index=plain(), sampling_rate=RATE)
        hits, dyads = hits + int(np.sum(found.p <= 0.05)), dyads + 10
    assert hits <= binom.ppf(0.998, dyads, 0.05)


def test_each_real_dyad_is_ranked_among_all_pseudo_dyads() -> None:
    """Rows and columns fit pseudo-dyads by least squares; each of these is left out once."""
    scores = np.random.default_rng(1).standard_normal((7, 7))
    found = compared(scores, index="plain")
    design = np.array([np.r_[np.eye(7)[i], np.eye(7)[j]] for i in range(7) for j in range(7)])
    pseudo, values = ~np.eye(7, dtype=bool).ravel(), scores.ravel()
    for cell in (0, 1, 16, 20):
        kept = pseudo & (np.arange(49) != cell)
        fit = np.linalg.lstsq(design[kept], values[kept], rcond=None)[0]
        apart = values[cell] - design[cell] @ fit
        assert found.centered.ravel()[cell] == pytest.approx(apart, abs=1e-9)
    others = found.centered[~np.eye(7, dtype=bool)]
    for k in range(7):
        own = found.centered[k, k]
        assert found.p[k] == pytest.approx((1 + np.sum(others >= own)) / 43)
    assert found.floor == 1 / 43
    assert found.real == pytest.approx(np.mean(np.diag(scores)))
    assert found.group.observed == found.real
    assert found.quality == 1


def test_dyads_that_are_tied_make_no_others_stand_out() -> None:
    """Half of 16 dyads are tied strongly: of the rest no more are found than by chance."""
    rng = np.random.default_rng(4)
    hits = 0
    for _ in range(40):
        scores = 0.05 * rng.standard_normal((16, 16)) + np.diag(np.arange(16) < 8) * 0.7
        hits += int(np.sum(compared(scores, index="plain").p[8:] <= 0.05))
    assert hits <= binom.ppf(0.998, 320, 0.05)


def test_who_goes_along_with_everybody_is_not_tied_to_the_partner() -> None:
    """A row and a column of large scores change no dyad's p once the matrix is centered."""
    scores = np.random.default_rng(2).standard_normal((8, 8))
    loud = scores.copy()
    loud[2] += 5
    loud[:, 4] += 3
    np.testing.assert_allclose(
        compared(loud, index="plain").p, compared(scores, index="plain").p
    )


def test_missing_scores_leave_the_others_their_answers() -> None:
    scores = np.random.default_rng(3).standard_normal((8, 8)) + 3 * np.eye(8)
    scores[1], scores[5, 6] = np.nan, np.nan
    found = compared(scores, index="plain")
    assert np.isnan(found.p[1])
    assert found.reasons[1] == "too little of both is there"
    assert not any(found.reasons[:1] + found.reasons[2:])
    assert found.floor == 1 / (1 + 56 - 7 - 1)
    assert np.sum(found.p <= 0.05) >= 5
    assert found.quality == pytest.approx(55 / 64)
    loud = scores + np.arange(8) + np.arange(8)[:, None] ** 2
    np.testing.assert_allclose(double_centered(loud), double_centered(scores), atol=1e-6)


def test_what_differs_by_rounding_is_a_tie() -> None:
    """Nobody has anything with the partner that they do not have with all."""
    loud = np.arange(7.0)
    found = compared(loud[:, None] / 3 + 0.1 * loud, index="plain")
    assert (found.p == 1).all()
    assert found.group.p == 1
    assert (compared(np.full((6, 6), 0.3), index="plain").p == 1).all()


def test_who_has_no_score_counts_in_no_order() -> None:
    scores = np.random.default_rng(1).standard_normal((6, 6))
    scores[0], scores[:, 1] = np.nan, np.nan
    found = compared(scores, index="plain")
    assert found.group.floor == pytest.approx(1 / 120)
    alone = np.where(np.eye(6, dtype=bool), 1.0, np.nan)
    assert compared(alone, index="plain").effect.reason == "too few pseudo-dyads"


def test_few_dyads_say_how_small_a_p_could_be() -> None:
    rng = np.random.default_rng(4)
    four = compared(rng.standard_normal((4, 4)) + 9 * np.eye(4), index="plain")
    assert np.isnan(four.p).all()
    assert four.reasons[0] == "12 pseudo-dyads: no p under 0.08 is possible"
    assert four.floor == 1 / 13
    assert four.group.p == pytest.approx(1 / 24, abs=0.01)
    five = compared(rng.standard_normal((5, 5)) + 9 * np.eye(5), index="plain")
    assert (five.p == 1 / 21).all()
    two = compared(rng.standard_normal((2, 2)), index="plain")
    assert two.group.floor == 0.5
    assert two.effect.reason == "2 of 3 dyads"


def test_unequal_lengths_share_their_beginning_and_bad_series_have_no_score() -> None:
    rng = np.random.default_rng(5)
    a = [noise(rng, 2)[: 2400 - 100 * k] for k in range(7)]
    b = [one + rng.standard_normal(one.size) for one in a]
    a[1] = np.full(2400, 66.0)
    b[2] = b[2][:300]
    b[3] = 2 * a[3] + 1
    b[6] = a[0].copy()
    a[4] = a[4][:3]
    found = pseudo_dyads(a, b, index=plain(), sampling_rate=RATE)
    assert found.reasons[:4] == (
        "",
        "the series of a does not vary",
        "75 of 120 s of common data",
        "the series of a is that of b: one person twice",
    )
    assert np.isnan(found.scores[1]).all()
    assert np.isnan(found.scores[:, 2]).all()
    assert np.isnan(found.scores[3, 3])
    assert np.isnan(found.scores[0, 6])
    assert found.p[0] == found.floor
    ready = [prepared(one, RATE) for one in b if one.size > 300]
    alone = row(prepared(a[0], RATE), ready, index=plain(), sampling_rate=RATE)
    np.testing.assert_array_equal(alone[0], found.scores[0, 0])


@pytest.mark.parametrize("name", INDICES)
def test_every_index_takes_pseudo_dyads(name: str) -> None:
    a, b = study(1, 3, coupled=3, coupling=0.9)
    found = pseudo_dyads(a, b, index=INDICES[name], sampling_rate=RATE)
    assert np.isfinite(found.scores).all()
    assert found.index == name


def test_wrong_calls_are_refused() -> None:
    x = [noise(np.random.default_rng(k), 2) for k in range(4)]
    with pytest.raises(DataError, match="4 people cannot be the partners of 3"):
        pseudo_dyads(x, x[:3], index=plain(), sampling_rate=RATE)
    with pytest.raises(DataError, match="2 by 2 or more"):
        pseudo_dyads(x[:1], x[1:2], index=plain(), sampling_rate=RATE)
    with pytest.raises(DataError, match="positive number of Hz"):
        pseudo_dyads(x, x, index=plain(), sampling_rate=0)
    with pytest.raises(DataError, match="2 by 2 or more"):
        compared(np.ones((2, 3)), index="plain")
