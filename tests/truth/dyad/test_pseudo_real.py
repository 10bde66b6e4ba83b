"""Real couples beside pseudo-dyads: therapists and patients, and people who never met."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import butter, find_peaks, sosfiltfilt

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.dyad import INDICES, synchrony
from interbeat.dyad.grid import aligned, heart_rate
from interbeat.dyad.preparation import decimated
from interbeat.dyad.pseudo import PseudoDyads, pseudo_dyads
from interbeat.dyad.verdict import CHANCE, COVARYING, verdict

Data = Callable[[str], Path]


def therapy(data: Data, groups: dict[str, int], *, index: str) -> PseudoDyads:
    """Compare movement of patients and therapists, at 5 Hz, in five sessions of each group."""
    a, b = [], []
    for group, first in groups.items():
        for session in range(first, first + 5):
            both = np.loadtxt(data(f"rmea_therapy/{group}/{session}_01.txt"), skiprows=1)
            a.append(decimated(both[:, 0], 5))
            b.append(decimated(both[:, 1], 5))
    return pseudo_dyads(a, b, index=INDICES[index], sampling_rate=5.0)


@pytest.mark.parametrize("index", ["windowed_correlation", "rmea"])
def test_patients_move_with_their_own_therapist_more_than_with_another(
    data: Data, index: str
) -> None:
    found = therapy(data, {"normal": 200, "dropout": 100}, index=index)
    assert found.group.p <= 0.05
    assert found.real > 1.1 * found.pseudo
    assert found.effect.value > 0.5
    assert found.quality == 1


def test_the_five_sessions_at_hand_of_those_that_rmea_shows_stand_out_as_there(
    data: Data,
) -> None:
    """In ten sessions rMEA finds 0.134 beside 0.114, d 0.89."""
    found = therapy(data, {"normal": 200}, index="rmea")
    assert found.group.p <= 0.05
    assert found.effect.value > 0.8
    assert found.group.floor == pytest.approx(1 / 120)
    assert found.floor == 1 / 21


def pulse_rate(path: Path) -> FloatArray:
    """Return the heart rate at 4 Hz from a finger's pulse at 50 Hz, plainly."""
    with gzip.open(path, "rt") as file:
        pulse = np.loadtxt(file, usecols=0)
    sos = butter(2, (0.7, 4), "bandpass", fs=50, output="sos")
    peaks = find_peaks(sosfiltfilt(sos, pulse), distance=20)[0]
    return heart_rate(Beats.at(peaks / 50, "a"), np.arange(0, pulse.size / 50, 0.25))


def test_people_who_never_met_do_not_stand_out_of_pseudo_dyads(data: Data) -> None:
    """Eight people at rest, each alone: neighbors in the list made into couples."""
    rates = [
        pulse_rate(
            data(f"bids_ds210/sub-{k:02}/func/sub-{k:02}_task-rest_run-01_physio.tsv.gz")
        )
        for k in range(1, 9)
    ]
    found = pseudo_dyads(
        rates[:-1], rates[1:], index=INDICES["windowed_correlation"], sampling_rate=4.0
    )
    assert np.isfinite(found.p).sum() >= 6
    assert np.sum(found.p <= 0.05) <= 1
    assert found.group.p > 0.05
    alone = [synchrony(x[:1100], y[:1100], sampling_rate=4).p for x, y in pairwise(rates)]
    assert np.sum(np.array(alone) <= 0.05) <= 2


def test_one_couple_alone_is_covarying_at_most(data: Data) -> None:
    """Two people recorded together: without others, no test goes beyond their situation."""
    openpyxl = pytest.importorskip("openpyxl")
    both = []
    for name in "ab":
        book = openpyxl.load_workbook(data(f"wunderwald_ibi_dyad/HRV_{name}.xlsx"))
        cells = (row[0] for row in book["IBI Series"].iter_rows(values_only=True))
        both.append(Beats.from_rr([c for c in cells if isinstance(c, int | float)], name))
    x, y, start = aligned(both[0], both[1], sampling_rate=4.0)
    assert start == 0
    assert x.size == pytest.approx(484 * 4, abs=8)
    assert verdict(synchrony(x, y, sampling_rate=4.0).p) in {CHANCE, COVARYING}
