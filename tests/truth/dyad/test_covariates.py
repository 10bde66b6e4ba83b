"""What covariates put into a series is taken out, and what else is there stays."""

from __future__ import annotations

import os

import numpy as np
import pytest
from scipy.stats import binom
from tests.designed import Person, Sensors, Setting, Task, simulate_couple
from tests.laws.dyad.worlds import RATE, N, latent, noise

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.core.signal import Signal
from interbeat.dyad import synchrony
from interbeat.dyad.covariates import without
from interbeat.dyad.grid import aligned

LONG = os.environ.get("INTERBEAT_LONG") == "1"
PACED = Setting(  # the search for the breathing at which the heart swings most
    (Person(), Person()),
    tuple(Task(f"{rate}", breathing=rate, paced=True) for rate in (6.5, 6.0, 5.5, 5.0, 4.5)),
    Sensors(respiration=20.0),
)


def paced(seed: int) -> list[tuple[FloatArray, FloatArray]]:
    """Return heart rate and breathing of two who follow one pacer and nothing else."""
    simulated = simulate_couple(seconds=600, seed=seed, coupling=0.0, lag=0.0, setting=PACED)
    both = []
    for name in "ab":
        breath = simulated.session[name].channels["respiration"]
        assert isinstance(breath, Signal)
        heart, belt, _ = aligned(simulated.truth[name].beats, breath, sampling_rate=RATE)
        both.append((heart[20:2380], belt[20:2380]))
    return both


def test_two_who_breathe_to_one_pacer_are_no_longer_in_synchrony_without_their_breath() -> None:
    """Before: all of them. After: as many as chance gives."""
    reps = 400 if LONG else 16
    before = after = 0
    for seed in range(reps):
        both = paced(seed)
        cleaned = [without(heart, [breath], sampling_rate=RATE) for heart, breath in both]
        assert all(one.share > 0.4 > 10 * one.by_chance for one in cleaned)
        before += synchrony(both[0][0], both[1][0], sampling_rate=RATE).p <= 0.05
        left = [one.values for one in cleaned]
        after += synchrony(left[0], left[1], sampling_rate=RATE).p <= 0.05
    assert before >= 0.95 * reps
    assert after <= (0.07 * reps if LONG else binom.ppf(0.998, reps, 0.05))


def test_a_tie_beside_the_covariate_is_still_found() -> None:
    """Movement that each makes alone is taken out; what ties them comes out the clearer."""
    found = []
    for seed in range(12):
        rng = np.random.default_rng([seed, 8])
        x, y = latent(rng, 0.5)
        moved = [noise(rng, 2), noise(rng, 2)]
        loud = [s + 3 * np.roll(m, 4) for s, m in zip((x, y), moved, strict=True)]
        left = [
            without(s, [m], sampling_rate=RATE).values for s, m in zip(loud, moved, strict=True)
        ]
        found.append([synchrony(a, b, sampling_rate=RATE).p <= 0.05 for a, b in (loud, left)])
    before, after = np.sum(found, axis=0)
    assert after >= 10 > before


def test_the_share_taken_away_is_that_of_the_covariate() -> None:
    rng = np.random.default_rng(1)
    breath, own = noise(rng, 2), noise(rng, 2)
    for share in (0.0, 0.3, 0.8):
        series = np.sqrt(share) * np.roll(breath, 8) + np.sqrt(1 - share) * own
        found = without(series, [breath], sampling_rate=RATE)
        assert found.share == pytest.approx(share, abs=0.06)
        assert 0 < found.by_chance < 0.06
        rest = found.values[np.isfinite(found.values)]
        kept = own[np.isfinite(found.values)]
        assert np.corrcoef(rest, kept)[0, 1] > 0.95
    two = without(series + noise(rng, 5), [breath, own], sampling_rate=RATE, lags=(0, 3))
    assert two.share == pytest.approx(0.5, abs=0.1)


def test_unit_and_level_do_not_matter_and_gaps_stay() -> None:
    rng = np.random.default_rng(2)
    series, breath = noise(rng, 2), noise(rng, 2)
    series[100:120], breath[500:504] = np.nan, np.nan
    one = without(series, [breath], sampling_rate=RATE, lags=(-2, 2))
    other = without(60 + 5 * series, [1e4 * breath - 3], sampling_rate=RATE, lags=(-2, 2))
    np.testing.assert_allclose(5 * one.values, other.values, atol=1e-9)
    gone = np.flatnonzero(np.isnan(one.values))
    assert set(range(100, 120)) | set(range(492, 512)) <= set(gone.tolist())
    assert one.quality == pytest.approx(1 - (gone.size - 20) / (N - 20))
    constant = without(series, [np.ones(N)], sampling_rate=RATE)
    assert constant.share == pytest.approx(0, abs=1e-9)


def test_what_cannot_be_done_is_said_or_refused() -> None:
    series = noise(np.random.default_rng(3), 2)
    sparse = np.where(np.arange(N) % 40, np.nan, series)
    nothing = without(series, [sparse], sampling_rate=RATE)
    assert np.isnan(nothing.values).all()
    assert np.isnan(nothing.share)
    assert nothing.reason == "0 samples for 21 copies of covariates"
    with pytest.raises(DataError, match="2400 samples need covariates as long, not no"):
        without(series, [], sampling_rate=RATE)
    with pytest.raises(DataError, match="not 2400, 2399"):
        without(series, [series, series[1:]], sampling_rate=RATE)
    with pytest.raises(DataError, match="lags run upwards, not from 3 to -3 s"):
        without(series, [series], sampling_rate=RATE, lags=(3, -3))
    with pytest.raises(DataError, match="positive number of Hz"):
        without(series, [series], sampling_rate=np.nan)
