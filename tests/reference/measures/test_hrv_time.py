"""Time-domain measures against published values, closed forms and peers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from interbeat.core.beats import Beats
from interbeat.core.errors import DataError
from interbeat.measures.hrv import hrv
from interbeat.measures.hrv_time import mean_hr, pnn50, rmssd, sdnn

TEN = [800.0, 850, 810, 720, 790, 900, 860, 830, 770, 845]


def numacc3() -> Beats:
    """Return NIST StRD NumAcc3, n = 1001, as RR intervals in ms: its values less 999 000."""
    values = np.array([1_000_000.2] + [1_000_000.1, 1_000_000.3] * 500)
    return Beats.from_rr(values - 999_000, "a")


def test_sdnn_agrees_with_nist_numacc3() -> None:
    """Certified standard deviation: 0.1, exact."""
    assert sdnn(numacc3()).value == pytest.approx(0.1, rel=1e-6)


def test_rmssd_agrees_with_nist_numacc3() -> None:
    """Certified s = 0.1 and r(1) = -0.999, both exact, give the squared differences.

    Their sum is 2 (n - 1) s² (1 - r) - (first - mean)² - (last - mean)² = 39.97.
    """
    n, s, r = 1001, 0.1, -0.999
    certified = np.sqrt((2 * (n - 1) * s**2 * (1 - r) - 0.0 - 0.1**2) / (n - 1))
    assert rmssd(numacc3()).value == pytest.approx(certified, rel=1e-6)


def test_ten_intervals_by_hand() -> None:
    """Differences 50, -40, -90, 70, 110, -40, -30, -60, 75: five of nine over 50 ms."""
    beats = Beats.from_rr(TEN + TEN[::-1], "a")
    differences = [50, 40, 90, 70, 110, 40, 30, 60, 75] * 2 + [0]
    assert rmssd(beats).value == pytest.approx(np.sqrt(np.mean(np.square(differences))))
    assert sdnn(beats).value == pytest.approx(np.std(TEN * 2, ddof=1))
    assert pnn50(beats).value == pytest.approx(100 * 10 / 19)
    assert mean_hr(beats).value == pytest.approx(60_000 / 817.5)


@pytest.mark.parametrize(("shift", "count"), [(0.0, 0), (86_399.9, 0), (0.001, 19)])
def test_a_difference_of_exactly_50_ms_is_not_over_50_ms(shift: float, count: int) -> None:
    """Wherever the clock stands, rounding does not decide."""
    rr = [800 + (50 + shift % 1 * (shift < 1)) * (k % 2) for k in range(20)]
    assert pnn50(Beats.from_rr(rr, "a", start=shift)).value == pytest.approx(100 * count / 19)


def test_no_pair_bridges_an_abnormal_beat() -> None:
    """A beat lost in the middle costs its own intervals' pairs, and no other is made up."""
    rr = np.tile(TEN, 3)
    beats = Beats.from_rr(rr, "a")
    normal = np.ones(31, dtype=bool)
    normal[15] = False
    kept = np.r_[np.diff(rr[:14]), np.diff(rr[16:])]
    found = rmssd(Beats(beats.times, normal, "a"))
    assert found.value == pytest.approx(np.sqrt(np.mean(kept**2)))
    assert found.n == kept.size == 26


@pytest.mark.parametrize("frequency", [0.1, 0.25])
def test_rmssd_recovers_a_known_modulation(frequency: float) -> None:
    """RR = mean + A cos(phase) has RMSSD = sqrt(2) A |sin(pi f RR)| when A << RR."""
    amplitude, mean = 10.0, 900.0
    times = [0.0]
    while times[-1] < 3600:
        times.append(
            times[-1] + (mean + amplitude * np.cos(2 * np.pi * frequency * times[-1])) / 1000
        )
    theory = np.sqrt(2) * amplitude * abs(np.sin(np.pi * frequency * mean / 1000))
    assert rmssd(Beats.at(times, "a")).value == pytest.approx(theory, rel=0.01)


def test_agrees_with_pyhrv_where_definitions_do(data: Callable[[str], Path]) -> None:
    """Compare with pyHRV 0.5.0's exported results of its own 5-min series.

    Its mean heart rate is the mean of the rates, 68.2 bpm; ours is beats over time, 67.5.
    """
    found = hrv(np.load(data("pyhrv_nni/SampleNNISeriesShort.npy")))
    theirs = json.loads(data("pyhrv_nni/SampleExport.json").read_text())
    for name in ("rmssd", "sdnn", "pnn50"):
        assert found[name].value == pytest.approx(theirs[name], rel=1e-9)
    # its own count of beats over time
    assert found["mean_hr"].value == pytest.approx(60_000 / theirs["nni_mean"], rel=1e-9)
    assert found["mean_hr"].value < theirs["hr_mean"]


@pytest.mark.parametrize(
    ("rr", "says"),
    [
        ([0.8, 0.82, 0.79], "look like seconds: rr_ms is in ms"),
        ([72.0, 75.0, 71.0], "cannot be a heart's"),
        ([800_000.0, 820_000.0], "cannot be a heart's"),
        ([800.0, float("nan"), 790.0], r"not nan \(interval 1\)"),
        ([800.0, -5.0, 790.0], r"not -5\.0 \(interval 1\)"),
        ([[800.0], [810.0]], "one dimension"),
        (["a"], "rr_ms must be numbers"),
    ],
)
def test_what_is_not_intervals_in_ms_is_refused(rr: list[float], says: str) -> None:
    with pytest.raises(DataError, match=says):
        hrv(rr)


def test_no_intervals_are_missing_estimates() -> None:
    found = hrv([])
    assert {name: found[name].reason for name in ("mean_hr", "rmssd", "sdnn", "lf")} == {
        "mean_hr": "0 of 3 normal intervals",
        "rmssd": "0 of 10 beat pairs",
        "sdnn": "0 of 10 normal intervals",
        "lf": "0 of 120 s of normal intervals",
    }
    assert all(e.reason.startswith("0 of ") for e in found.values())
