"""Breaths per minute of real belts, against a count by other means.

The other count sees the whole record: troughs of the band from 0.04 to 1 Hz, filtered forth
and back, that stand out by a fifth of the band's usual range. Neither shares code with the
detector, nor is a spectrum asked: in uneven breathing its peak is the main rhythm and not a
count (person 5 of `bids_ds210`, who sighs: peak at 9, 15.5 breaths a minute). NeuroKit2 0.2.13
(`rsp_process`) counts 17.9, 16.8, 15.6 and 13.5 in the first four; for person 5, 15.0.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import butter, find_peaks, sosfiltfilt

from interbeat.core.arrays import FloatArray
from interbeat.core.span import Span
from interbeat.measures.breathing import breathing_rate, inspiration_share
from interbeat.signals.respiration import detect_breaths

Find = Callable[[str], Path]
EDGE = 2.0  # s


def counted(values: FloatArray, rate: float) -> float:
    """Return troughs per minute, from the first to the last."""
    band = sosfiltfilt(butter(2, [0.04, 1.0], "band", fs=rate, output="sos"), values)
    low, high = np.quantile(band, [0.1, 0.9])
    troughs, _ = find_peaks(-band, prominence=0.2 * (high - low))
    return float(60 * (troughs.size - 1) / (np.ptp(troughs) / rate))


def ours(values: FloatArray, rate: float) -> float:
    breaths = detect_breaths(values, sampling_rate=rate)
    times = breaths.between(EDGE, values.size / rate - EDGE).times
    return float(60 * (times.size - 1) / np.ptp(times))


def belt(data: Find, name: str) -> tuple[FloatArray, float]:
    if name == "garcia_physio":
        return np.load(data("garcia_physio/resp3_belt.npy")).reshape(-1, 10).mean(axis=1), 100
    if name == "peakdet":
        return np.loadtxt(data("peakdet/RESP.csv")), 40
    if name.startswith("bio_"):
        table = np.genfromtxt(data(f"neurokit_bio/{name}_100hz.csv"), delimiter=",", names=True)
        return table["RSP"], 100
    folder = data(f"bids_ds210/{name}")
    return np.genfromtxt(next(iter(sorted(folder.rglob("*physio.tsv*")))))[:, 1], 50


BELTS = [
    "garcia_physio",
    "bio_eventrelated",
    "bio_resting_5min",
    "peakdet",
    *(f"sub-0{k}" for k in range(1, 9)),
]


@pytest.mark.parametrize("name", BELTS)
def test_as_many_breaths_as_another_way_of_counting_finds(data: Find, name: str) -> None:
    values, rate = belt(data, name)
    assert ours(values, rate) == pytest.approx(counted(values, rate), abs=0.5)


@pytest.mark.parametrize("name", BELTS)
def test_the_printed_rate_is_that_count_within_its_interval(data: Find, name: str) -> None:
    """Where a stretch was not trusted it is left out, of which the interval knows."""
    values, rate = belt(data, name)
    found = breathing_rate(detect_breaths(values, sampling_rate=rate))
    assert abs(found.value - counted(values, rate)) < max(1.96 * found.se, 0.5)


def test_breathing_in_takes_less_than_half_of_a_breath_at_rest(data: Find) -> None:
    """At rest the duty cycle of adults is about 0.4; a belt upside down would give 0.6."""
    shares = []
    for name in ("garcia_physio", "bio_resting_5min", "peakdet", "sub-01", "sub-04"):
        values, rate = belt(data, name)
        breaths = detect_breaths(values, sampling_rate=rate)
        shares.append(inspiration_share(breaths, Span(0, values.size / rate)).value)
    assert all(25 < share < 55 for share in shares)
    assert 33 < np.mean(shares) < 48
