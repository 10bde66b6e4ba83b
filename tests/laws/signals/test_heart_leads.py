"""Several leads of one heart: however they come, the same; and a bad one does not hurt."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.errors import DataError
from interbeat.core.recording import Data
from interbeat.core.signal import Signal
from interbeat.signals._join import joined
from interbeat.signals.cardiac import EcgStage, detect_beats

RATE = 250.0
SECONDS = 60


def truth(seed: int) -> FloatArray:
    rng = np.random.default_rng(seed)
    times = 0.6 + np.cumsum(rng.normal(0.85, 0.05, 2 * SECONDS))
    return np.asarray(times[times < SECONDS - 0.5])


def lead(beats: FloatArray, *, late: float = 0.0, seed: int = 0) -> FloatArray:
    """Return QRS and T waves, `late` (s) after `beats`, in a little noise."""
    time = np.arange(0, SECONDS, 1 / RATE)
    values = 0.02 * np.random.default_rng(seed).normal(size=time.size)
    for at, height, width in ((late, 1.0, 0.012), (late + 0.28, 0.2, 0.05)):
        off = time[:, np.newaxis] - (beats + at)
        values += (height * np.exp(-((off / width) ** 2))).sum(axis=1)
    return values


def two() -> FloatArray:
    beats = truth(1)
    rows = np.array([lead(beats), 0.4 * lead(beats, late=0.02, seed=2)])
    rows[0, 5000:6500] = np.nan
    rows[1, 9000:9800] = np.nan
    rows[:, 11_000:11_400] = np.nan
    return rows


def signals(rows: FloatArray, starts: Sequence[float]) -> list[Signal]:
    return [
        Signal(row, RATE, "mV", "a", start) for row, start in zip(rows, starts, strict=True)
    ]


def run(leads: list[Signal], steps: Sequence[tuple[int, float]]) -> dict[str, Data]:
    """Push, in turn, each step's seconds of its lead, then the rest."""
    stage = EcgStage(RATE, "a", leads=len(leads))
    given = [-np.inf] * len(leads)
    made = []
    for k, seconds in [*steps, *((k, np.inf) for k in range(len(leads)))]:
        begin = given[k]
        given[k] = max(begin, leads[k].start) + seconds
        chunk = leads[k].between(begin, given[k])
        if len(chunk):
            made.append(stage.push_lead(k, chunk))
    return joined([*made, stage.finish()])


steps = st.lists(st.tuples(st.integers(0, 1), st.floats(0.02, 20)), max_size=12)


@given(steps=steps, late=st.sampled_from([0.0, 3.3013, -2.7]))
@settings(max_examples=20, deadline=None)
def test_leads_give_the_same_in_whatever_pieces_they_come(
    steps: list[tuple[int, float]], late: float
) -> None:
    leads = signals(two(), (7.3, 7.3 + late))
    one, other = run(leads, []), run(leads, steps)
    assert one.keys() == other.keys()
    for name, data in one.items():
        assert data == other[name], name


def test_one_lead_among_leads_is_that_lead() -> None:
    values = lead(truth(3))
    assert detect_beats(values, sampling_rate=RATE) == detect_beats(
        values[np.newaxis], sampling_rate=RATE
    )


@pytest.mark.parametrize("bad", ["noise", "flat", "lost", "zero"])
@pytest.mark.parametrize("first", [True, False])
def test_a_bad_lead_does_not_hurt(bad: str, first: bool) -> None:
    beats = truth(4)
    good = lead(beats)
    spoiled = {
        "noise": np.random.default_rng(5).normal(size=good.size),
        "flat": np.full(good.size, 3.0),
        "lost": np.full(good.size, np.nan),
        "zero": np.zeros(good.size),
    }[bad]
    rows = np.array([spoiled, good] if first else [good, spoiled])
    found = detect_beats(rows, sampling_rate=RATE)
    assert len(found) == beats.size
    assert np.abs(found.times - beats).max() < 0.006
    assert found.normal.all()


def test_beats_are_found_while_a_lead_is_lost_and_do_not_jump() -> None:
    beats, rows = truth(1), two()
    found = detect_beats(rows, sampling_rate=RATE).times
    edges = np.array([20, 26, 36, 39.2])  # there a beat may be cut in two
    both = np.abs(beats - 44.8) < 0.9  # both leads are lost
    clear = (np.abs(beats[:, np.newaxis] - edges).min(axis=1) > 0.1) & ~both
    off = np.abs(found[:, np.newaxis] - beats[clear]).min(axis=0)
    assert off.max() < 0.006
    assert abs(found.size - (~both).sum()) <= 1


def test_each_lead_that_is_clear_helps_in_noise() -> None:
    rng, beats = np.random.default_rng(6), truth(6)
    noise = 0.45 * rng.normal(size=(3, SECONDS * round(RATE)))
    rows = np.array([lead(beats, seed=k) for k in range(3)]) + noise

    def wrong(found: Beats) -> int:
        near = np.abs(found.times[:, np.newaxis] - beats).min(axis=0) < 0.05
        return int((~near).sum()) + abs(len(found) - int(near.sum()))

    alone = min(wrong(detect_beats(row, sampling_rate=RATE)) for row in rows)
    assert wrong(detect_beats(rows, sampling_rate=RATE)) < alone


@pytest.mark.parametrize("shape", [(), (0, 5), (2, 3, 4)])
def test_what_is_no_row_of_leads_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(DataError, match=r"an ECG has the shape \(n,\) or \(leads, n\)"):
        detect_beats(np.zeros(shape), sampling_rate=RATE)


@pytest.mark.parametrize(
    ("ecg", "why"),
    [
        (np.zeros((500, 2)), r"not \(n, leads\)"),
        ([[0.0, 1.0, 2.0], [0.0, 1.0]], "of one length"),
        (np.zeros(9) + 1j, "real numbers"),
        (["high", "low"], "rows of numbers"),
    ],
)
def test_what_is_no_ecg_is_refused(ecg: ArrayLike, why: str) -> None:
    with pytest.raises(DataError, match=why):
        detect_beats(ecg, sampling_rate=RATE)


def test_counts_of_a_converter_and_lists_are_an_ecg() -> None:
    values = np.round(1000 * np.array([lead(truth(1)), lead(truth(1), seed=2)])).astype(
        np.int16
    )
    found = detect_beats(values, sampling_rate=RATE)
    assert len(found) == truth(1).size
    assert detect_beats(values.tolist(), sampling_rate=RATE) == found


def test_the_same_lead_twice_is_that_lead() -> None:
    values = lead(truth(3))
    once = detect_beats(values, sampling_rate=RATE)
    twice = detect_beats(np.array([values, values]), sampling_rate=RATE)
    np.testing.assert_allclose(once.times, twice.times, atol=1e-3)


def test_leads_that_are_not_there_are_refused() -> None:
    with pytest.raises(DataError, match="one lead or more, not 0"):
        EcgStage(RATE, "a", leads=0)
    chunk, later = signals(two()[:, :100], (0.0, 3e7))
    for stage, k in ((EcgStage(RATE, "a"), 1), (EcgStage(RATE, "a", leads=2), -1)):
        with pytest.raises(DataError, match=f"there is no lead {k}"):
            stage.push_lead(k, chunk)
    stage = EcgStage(RATE, "a", leads=2)
    stage.push_lead(0, chunk)
    with pytest.raises(DataError, match="begins 347 days before another"):
        stage.push_lead(1, later)


def test_breathing_is_not_read_from_heights_of_another_lead() -> None:
    made = run(signals(two(), (0.0, 0.0)), [])
    edr = made["edr"]
    assert isinstance(edr, Signal)
    assert np.isnan(edr.between(21, 25).values).all()  # the first lead was lost
    assert np.isfinite(edr.between(30, 43).values).all()
