"""Synchrony finds what ties two series, and finds nothing where there is nothing."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import butter, find_peaks, lfilter, sosfiltfilt
from tests.designed import Person, Sensors, Setting, Task, simulate_couple
from tests.laws.dyad.worlds import bidirectional

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.beats import Beats
from interbeat.core.estimate import Estimate
from interbeat.core.responses import Responses
from interbeat.dyad import INDICES, Synchrony, synchrony
from interbeat.dyad._series import Pair
from interbeat.dyad.coupling import left_out
from interbeat.dyad.detectable import could_be_seen
from interbeat.dyad.grid import answering
from interbeat.dyad.nulls import by_shifts

RATE, N = 4.0, 2400  # 10 minutes at 4 Hz
GRID = np.arange(1800) / 2

Random = np.random.Generator


def autoregressive(rng: Random, seconds: float) -> FloatArray:
    """Return noise that forgets itself within `seconds`."""
    keep = np.exp(-1 / (seconds * RATE))
    series = lfilter([1], [1, -keep], rng.standard_normal(N + 2000))
    return np.array(series[2000:], dtype=np.float64)


def trending(rng: Random) -> FloatArray:
    t = np.linspace(0, 1, N)
    slope, bend = 30 * rng.standard_normal(2)
    return np.asarray(autoregressive(rng, 5) + slope * t + bend * t**2, dtype=np.float64)


def gappy(rng: Random) -> FloatArray:
    series = autoregressive(rng, 5)
    for start in rng.integers(0, N - 100, 6):
        series[start : start + rng.integers(4, 80)] = np.nan
    return series


def latent(rng: Random, coupling: float) -> tuple[FloatArray, FloatArray]:
    """Return two responses to arousal that comes in impulses; b's follow a's by 2 s.

    Each answers with a gamma kernel (3, 1 s) and has sensor noise of its own, half as large.
    """
    a, own = rng.standard_normal((2, N + 208))
    b = np.sqrt(1 - coupling**2) * own[8:] + coupling * a[:-8]
    return response(rng, a[8:]), response(rng, b)


def response(rng: Random, arousal: FloatArray) -> FloatArray:
    t = np.arange(80) / RATE
    answer = np.convolve(arousal, t**2 * np.exp(-t))[: arousal.size][-N:]
    return np.asarray(answer / answer.std() + 0.5 * rng.standard_normal(N))


def two(series: Callable[[Random], FloatArray]) -> Callable[[Random], list[FloatArray]]:
    return lambda rng: [series(rng), series(rng)]


def missing_apart(rng: Random) -> list[FloatArray]:
    """Return two series of which one lacks the beginning and the other the end."""
    x, y = autoregressive(rng, 3), autoregressive(rng, 3)
    x[: int(0.3 * N)] = np.nan
    y[int(0.7 * N) :] = np.nan
    return [x, y]


NULLS: dict[str, Callable[[Random], list[FloatArray]]] = {
    "autocorrelated": two(lambda rng: autoregressive(rng, 5)),
    "slow": two(lambda rng: autoregressive(rng, 40)),
    "trending": two(trending),
    "gappy": two(gappy),
    "missing apart": missing_apart,
}


def false_positives(kind: str, reps: int) -> tuple[int, int]:
    """Return how many pairs came out significant, and in how many an episode was seen."""
    found = [
        synchrony(*NULLS[kind](np.random.default_rng([k, len(kind)])), sampling_rate=RATE)
        for k in range(reps)
    ]
    return sum(one.p <= 0.05 for one in found), sum(one.episodes.rate.n > 0 for one in found)


def test_unrelated_series_come_out_significant_as_often_as_promised() -> None:
    """Of 600 pairs, 3 to 7 % at the 5 % level; of each kind, what chance allows for 120.

    The same holds of pairs with any episode at all.
    """
    counts = {kind: false_positives(kind, 120) for kind in NULLS}
    for which in (0, 1):
        assert 0.03 <= sum(count[which] for count in counts.values()) / 600 <= 0.07, counts
        assert all(1 <= count[which] <= 13 for count in counts.values()), counts


def test_a_latent_coupling_is_found_with_its_lag() -> None:
    """Ten minutes, latent coupling 0.3: power of 0.90 or more, the lag within its interval."""
    found = [
        synchrony(*latent(np.random.default_rng([k, 9]), 0.3), sampling_rate=RATE)
        for k in range(120)
    ]
    assert np.mean([one.p <= 0.05 for one in found]) >= 0.9
    lags = [one.lag for one in found if not one.lag.reason]
    assert len(lags) > 90
    assert np.median([lag.value for lag in lags]) == pytest.approx(2, abs=0.15)
    covered = [low <= 2 <= high for low, high in (lag.interval for lag in lags)]
    assert np.mean(covered) >= 0.9


def test_two_who_answer_each_other_have_no_one_lag() -> None:
    """Each follows the other by 2 s; beside them, pairs in which only one follows."""
    both = [
        synchrony(*bidirectional(np.random.default_rng([k, 55]), 0.5), sampling_rate=RATE)
        for k in range(30)
    ]
    assert sum(one.p <= 0.05 for one in both) >= 28
    assert sum("two lags, one on each side of 0" in one.lag.reason for one in both) >= 27
    single = [
        synchrony(*latent(np.random.default_rng([k, 56]), 0.5), sampling_rate=RATE).lag
        for k in range(40)
    ]
    assert sum("two lags" in lag.reason for lag in single) <= 2
    assert sum(not lag.reason for lag in single) >= 36


def bouts(rng: Random) -> BoolArray:
    """Return three bouts of 35 to 65 s in ten minutes: a quarter of the time."""
    on = np.zeros(N, dtype=np.bool_)
    starts = 60 * np.sort(rng.choice(9, 3, replace=False)) + rng.uniform(0, 20, 3)
    for start, length in zip(starts, rng.uniform(35, 65, 3), strict=True):
        on[int(start * RATE) : int((start + length) * RATE)] = True
    return on


def tied_at_times(rng: Random, on: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Return two series of which, at times, b's is 0.8 of what a's was 2 s before."""
    a, own = autoregressive(rng, 5), autoregressive(rng, 5)
    weight = 0.8 * on
    return a, np.sqrt(1 - weight**2) * own + weight * np.roll(a, 8)


def latent_at_times(rng: Random, on: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Return two answers to arousal that is, at times, 0.8 of the other's 2 s before."""
    weight = np.concatenate((np.zeros(200), 0.8 * on))
    first, own = rng.standard_normal((2, N + 208))
    then = np.sqrt(1 - weight**2) * own[8:] + weight * first[:-8]
    return response(rng, first[8:]), response(rng, then)


def area(score: FloatArray, true: BoolArray) -> float:
    """Return the area under the curve of hits over false alarms."""
    rank = np.argsort(np.argsort(score)) + 1
    yes, no = int(true.sum()), int((~true).sum())
    return float((rank[true].sum() - yes * (yes + 1) / 2) / (yes * no))


@pytest.mark.parametrize(
    ("two", "clear", "most"), [(tied_at_times, 0.99, 0.97), (latent_at_times, 0.97, 0.92)]
)
def test_episodes_are_when_the_two_were_tied(
    two: Callable[[Random, BoolArray], tuple[FloatArray, FloatArray]],
    clear: float,
    most: float,
) -> None:
    """Area under the curve: of windows wholly in or out of a bout, and of all windows."""
    scores, shares, false, found = [], [], 0, []
    for k in range(50):
        rng = np.random.default_rng([k, 31])
        on = bouts(rng)
        episodes = synchrony(*two(rng, on), sampling_rate=RATE).episodes
        share = np.lib.stride_tricks.sliding_window_view(on, 120)[::20].mean(axis=1)
        scores.append(episodes.score)
        shares.append(share)
        together = episodes.score > episodes.threshold
        false += bool(together[share == 0].any())
        found.append(episodes.share.value)
    score, share = np.concatenate(scores), np.concatenate(shares)
    pure = (share == 0) | (share == 1)
    assert area(score[pure], share[pure] == 1) >= clear
    assert area(score, share > 0.5) >= most
    assert false <= 6
    assert 0.02 < np.mean(found) < 0.3


@pytest.mark.parametrize("kind", ["autocorrelated", "gappy"])
def test_the_coupling_that_is_called_detectable_is_found_in_8_of_10(kind: str) -> None:
    at = np.mean([seen(kind, k).value for k in range(20)])
    rng = np.random.default_rng([1, 17])
    found = []
    for _ in range(100):
        x, y = (side / np.nanstd(side) for side in NULLS[kind](rng))
        share = np.where(np.isfinite(x), x, 0.0)
        tied = np.sqrt(1 - at**2) * y + at * share
        found.append(synchrony(x, tied, sampling_rate=RATE).p <= 0.05)
    assert 0.7 <= np.mean(found) <= 0.9


def skin_responses(rng: Random, share: float) -> tuple[FloatArray, FloatArray]:
    """Return 15 minutes at 2 Hz of two who respond 3 times a minute, b to some of a's own.

    Each of a's responses is one of b's, a second later and about as large, with a chance of
    `share`; nothing between two responses, and no noise.
    """
    count, (a, b) = rng.poisson(45, 2), (np.zeros(1800), np.zeros(1800))
    when, own = (rng.uniform(0, 900, k) for k in count)
    size, own_size = (np.exp(rng.normal(-1.5, 0.7, k)) for k in count)
    both, alone = rng.random(count[0]) < share, rng.random(count[1]) >= share
    also = size[both] * np.exp(rng.normal(0, 0.35, both.sum()))
    for series, times, sizes in (
        (a, when, size),
        (b, when[both] + rng.normal(1.0, 0.3, both.sum()), also),
        (b, own[alone], own_size[alone]),
    ):
        order = np.argsort(times)
        onset = times[order]
        series[:] += answering(Responses(onset, onset + 2, sizes[order], person="a"), GRID)
    return a, b


def test_what_skin_responses_could_have_shown_is_no_share_of_a_silence() -> None:
    """Where b rests, the smallest share of a's series is all there is: it must not count."""

    def run(seed: int, kind: int, share: float) -> Synchrony:
        pair = skin_responses(np.random.default_rng([seed, kind]), share)
        return synchrony(*pair, sampling_rate=2, window=15, max_lag=4)

    at = [run(k, 51, 0.0).detectable.value for k in range(10)]
    assert 0.2 < min(at) <= max(at) < 0.4
    found = [run(k, 52, float(np.mean(at))).p <= 0.05 for k in range(60)]
    assert 0.65 <= np.mean(found) <= 0.95


@pytest.mark.parametrize("name", ["granger", "coupled_oscillator", "inertia_coordination"])
def test_what_foretells_is_told_what_it_could_have_shown_a_second_later(name: str) -> None:
    index, at = INDICES[name].function, []
    for k in range(8):
        pair = NULLS["autocorrelated"](np.random.default_rng([k, 53]))
        at.append(index(*pair, sampling_rate=RATE).detectable.value)
    coupling, found = float(np.mean(at)), []
    for k in range(40):
        x, y = NULLS["autocorrelated"](np.random.default_rng([k, 54]))
        late = np.roll(x / x.std(), round(RATE))
        tied = np.sqrt(1 - coupling**2) * y / y.std() + coupling * late
        found.append(index(x, tied, sampling_rate=RATE).p <= 0.05)
    assert 0.65 <= np.mean(found) <= 0.95


def seen(kind: str, seed: int) -> Estimate:
    pair = NULLS[kind](np.random.default_rng([seed, 16]))
    return synchrony(*pair, sampling_rate=RATE).detectable


def test_what_is_detectable_scatters_as_its_error_says_and_falls_with_the_root_of_time() -> (
    None
):
    found = [seen("autocorrelated", k) for k in range(40)]
    spread = np.std([one.value for one in found])
    assert np.mean([one.se for one in found]) == pytest.approx(spread, rel=0.4)
    rng = np.random.default_rng(5)
    x, y = (np.concatenate([autoregressive(rng, 5) for _ in range(4)]) for _ in "ab")
    longer = synchrony(x, y, sampling_rate=RATE).detectable
    half = np.mean([one.value for one in found]) / 2
    assert longer.value == pytest.approx(half, abs=3 * longer.se)


def test_a_session_as_long_as_needed_shows_the_coupling() -> None:
    """A latent coupling of 0.3 between two noisy sensors is one of about 0.24 of the series."""
    pair = latent(np.random.default_rng([3, 18]), 0.0)
    needed = synchrony(*pair, sampling_rate=RATE).needed
    n = round(needed.value * RATE)
    assert 205 * RATE <= n <= N
    found = []
    for k in range(100):
        x, y = (side / side.std() for side in latent(np.random.default_rng([k, 19]), 0.0))
        found.append(synchrony(x[:n], (0.954 * y + 0.3 * x)[:n], sampling_rate=RATE).p <= 0.05)
    assert 0.65 <= np.mean(found) <= 0.95


def test_leaving_out_tenths_gives_the_spread_of_what_is_smooth() -> None:
    found = []
    for k in range(60):
        x, y = latent(np.random.default_rng([k, 20]), 0.5)
        found.append(
            left_out(correlation, Pair(x[:-8], y[8:], RATE), correlation(x[:-8], y[8:]))
        )
    spread = np.std([one.value for one in found])
    assert np.mean([one.se for one in found]) == pytest.approx(spread, rel=0.25)


def correlation(x: FloatArray, y: FloatArray) -> float:
    both = np.isfinite(x) & np.isfinite(y)
    return float(np.corrcoef(x[both], y[both])[0, 1])


@pytest.mark.parametrize("kind", ["autocorrelated", "gappy"])
def test_any_statistic_is_told_what_it_could_have_shown(kind: str) -> None:
    """The general way, of a plain correlation and its shifts, against simulated power."""
    at = []
    for k in range(20):
        x, y = NULLS[kind](np.random.default_rng([k, 21]))
        null = by_shifts(size, x, y, count=99, span=1)
        at.append(could_be_seen(size, Pair(x, y, RATE), null).detectable.value)
    coupling, rng, found = np.nanmean(at), np.random.default_rng([2, 22]), []
    for _ in range(60):
        x, y = (side / np.nanstd(side) for side in NULLS[kind](rng))
        tied = np.sqrt(1 - coupling**2) * y + coupling * np.where(np.isfinite(x), x, 0.0)
        found.append(by_shifts(size, x, tied, count=99, span=1).p <= 0.05)
    assert 0.65 <= np.mean(found) <= 0.93


def size(x: FloatArray, y: FloatArray) -> float:
    return abs(correlation(x, y))


def test_the_standard_error_of_the_strength_is_its_spread() -> None:
    found = [
        synchrony(*latent(np.random.default_rng([k, 4]), 0.6), sampling_rate=RATE).strength
        for k in range(60)
    ]
    spread = np.std([one.value for one in found])
    assert np.mean([one.se for one in found]) == pytest.approx(spread, rel=0.3)


@pytest.mark.parametrize("seconds", [206, 300])
def test_intervals_of_short_records_hold_the_truth(seconds: int) -> None:
    """Of few blocks of windows the spread is uncertain; 95 of 100 intervals should hold."""
    n = round(seconds * RATE)
    found = []
    for k in range(200):
        x, y = latent(np.random.default_rng([k, 5]), 0.7)
        found.append(synchrony(x[:n], y[:n], sampling_rate=RATE))
    truth = np.mean([one.strength.value for one in found])
    held = [low <= truth <= high for low, high in (one.strength.interval for one in found)]
    assert 0.9 <= np.mean(held) <= 0.99
    lags = [one.lag.interval for one in found if not one.lag.reason]
    assert len(lags) > 150
    assert 0.9 <= np.mean([low <= 2 <= high for low, high in lags]) <= 0.995


def instantaneous(beats: Beats, seconds: float) -> FloatArray:
    at = np.arange(0, seconds, 1 / RATE)
    k = np.searchsorted(beats.times, at, side="right") - 1
    inside = (k >= 0) & (k < len(beats) - 1)
    return np.where(inside, 60000 / beats.rr_ms[np.clip(k, 0, len(beats) - 2)], np.nan)


def couple(coupling: float, lag: float, seed: int) -> Synchrony:
    people = (Person(reactivity=3.6), Person(reactivity=2.8))
    setting = Setting(people, (Task("talk"),), Sensors())
    truth = simulate_couple(
        seconds=900, seed=seed, coupling=coupling, lag=lag, setting=setting
    ).truth
    a, b = (instantaneous(truth[name].beats, 900) for name in "ab")
    return synchrony(a, b, sampling_rate=RATE, signal="heart rate")


@pytest.mark.parametrize("lag", [2.0, -1.5])
def test_two_simulated_hearts_show_who_leads(lag: float) -> None:
    found = [couple(0.7, lag, seed) for seed in range(10)]
    assert sum(one.p <= 0.05 for one in found) >= 9
    lags = [one.lag.value for one in found if not one.lag.reason]
    assert np.sign(lags).tolist().count(np.sign(lag)) >= 8
    assert np.median(lags) == pytest.approx(lag, abs=0.6)


def test_two_simulated_hearts_without_a_tie_show_none() -> None:
    assert sum(couple(0.0, 0.0, seed).p <= 0.05 for seed in range(20)) <= 3


def test_two_people_recorded_together_get_an_answer(data: Callable[[str], Path]) -> None:
    """Intervals between the heartbeats of two people: it runs, and p is one that can be."""
    openpyxl = pytest.importorskip("openpyxl")
    series = []
    for name in "ab":
        book = openpyxl.load_workbook(data(f"wunderwald_ibi_dyad/HRV_{name}.xlsx"))
        cells = (row[0] for row in book["IBI Series"].iter_rows(values_only=True))
        rr = [cell for cell in cells if isinstance(cell, int | float)]
        series.append(instantaneous(Beats.from_rr(rr, name), 483))
    found = synchrony(*series, sampling_rate=RATE, signal="heart rate")
    assert found.floor <= found.p <= 1
    assert found.strength.quality > 0.98
    assert found.times[-1] == pytest.approx(465, abs=5)


def pulse_rate(path: Path) -> FloatArray:
    """Return the heart rate at 4 Hz from a finger's pulse at 50 Hz, plainly."""
    with gzip.open(path, "rt") as file:
        pulse = np.loadtxt(file, usecols=0)
    sos = butter(2, (0.7, 4), "bandpass", fs=50, output="sos")
    peaks = find_peaks(sosfiltfilt(sos, pulse), distance=20)[0]
    return instantaneous(Beats.at(peaks / 50, "a"), pulse.size / 50)


def test_two_people_recorded_apart_are_not_in_synchrony(data: Callable[[str], Path]) -> None:
    rates = [
        pulse_rate(data(f"bids_ds210/{sub}/func/{sub}_task-rest_run-01_physio.tsv.gz"))
        for sub in ("sub-01", "sub-02")
    ]
    n = min(rate.size for rate in rates)
    found = synchrony(rates[0][:n], rates[1][:n], sampling_rate=RATE, signal="heart rate")
    assert found.p > 0.05
    assert found.lag.reason.startswith("not distinguishable from chance")
