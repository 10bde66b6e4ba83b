"""The intervals of powers, and of what follows from a spectrum, hold what they promise.

The spectrum of each heart is known in closed form, so that power, its logarithm, its share and
its peak have a truth without any estimator. Settings were chosen on the hearts of
:data:`CHOSEN_ON`, the same with as strong a slow drift among them; the test is on those of
:data:`REPORTED_ON`. Asked for are 93 to 97 of 100 in the mean over hearts, with and without 5 %
of beats lost, as long as the chance of 3200 windows leaves it a percent; no heart under 87.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from scipy.signal import lfilter

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.breaths import Breaths
from interbeat.core.estimate import Z95
from interbeat.core.recording import Data
from interbeat.measures import MEASURES
from interbeat.measures._spec import Columns
from interbeat.measures._together import together
from interbeat.measures.spectra import Spectrum, autoregressive, lomb, multitaper, welch

BURN_IN = 3000
COUNT = 400  # windows of each heart


@dataclass(frozen=True)
class Heart:
    """Intervals that are resonances and white noise around a mean; all a step a beat.

    Standard deviations in ms, frequencies in Hz; ``coherence`` is how long (s) the two waves
    keep their phase and amplitude. A drift is a resonance at 0 Hz that lasts 20 s.
    """

    mean: float
    lf: float
    hf: float
    breathing: float
    coherence: tuple[float, float]
    white: float = 3.0
    drift: float = 0.0

    @property
    def poles(self) -> list[tuple[float, float, float]]:
        """Radius, angle and standard deviation of each resonance."""
        beat, slow = self.mean / 1000, (0.1, self.lf, self.coherence[0])
        waves = (slow, (self.breathing, self.hf, self.coherence[1]), (0.0, self.drift, 20.0))
        return [(math.exp(-beat / t), 2 * np.pi * f * beat, sd) for f, sd, t in waves if sd]

    def beats(self, seconds: float, lost: float, seed: int) -> Beats:
        """Return beats over `seconds`, a share of which is lost at random."""
        rng = np.random.default_rng([int(self.mean), int(100 * lost), seed])
        n = int(seconds / self.mean * 1000 * 1.03)
        rr = self.mean + rng.normal(0, self.white, n)
        for radius, angle, sd in self.poles:
            turns = [1.0, -2 * radius * np.cos(angle), radius**2]
            noise = rng.normal(0, 1, n + BURN_IN)
            rr += sd / np.sqrt(variance(radius, angle)) * lfilter([1.0], turns, noise)[BURN_IN:]
        beats = Beats.from_rr(np.maximum(rr, 300), "a")
        return Beats(beats.times, rng.random(len(beats)) >= lost, "a")

    def density(self, f: FloatArray) -> FloatArray:
        """Return the one-sided spectral density at `f` (Hz), in ms²/Hz."""
        beat = self.mean / 1000
        turn = np.exp(-2j * np.pi * f * beat)
        out = np.full(f.size, self.white**2)
        for radius, angle, sd in self.poles:
            gain = np.abs(1 - 2 * radius * np.cos(angle) * turn + radius**2 * turn**2) ** -2.0
            out += sd**2 / variance(radius, angle) * gain
        return 2 * beat * out

    def power(self, low: float, high: float) -> float:
        step = (high - low) / 4000
        return float(
            self.density(low + step * (np.arange(4000, dtype=np.float64) + 0.5)).sum() * step
        )

    def peak(self, low: float, high: float) -> float:
        f = np.linspace(low, high, 4001)
        return float(f[self.density(f).argmax()])


def variance(radius: float, angle: float) -> float:
    """Variance of x[t] = 2 r cos(w) x[t-1] - r² x[t-2] + unit white noise."""
    one, two = 2 * radius * np.cos(angle), -(radius**2)
    return float((1 - two) / ((1 + two) * ((1 - two) ** 2 - one**2)))


CHOSEN_ON = (
    Heart(850, 30, 30, 0.25, (10, 10)),
    Heart(850, 10, 50, 0.25, (8, 14)),
    Heart(700, 40, 12, 0.3, (16, 8)),
    Heart(1050, 35, 45, 0.2, (6, 6)),
    Heart(900, 5, 5, 0.25, (10, 10), white=30.0),
)
REPORTED_ON = (
    Heart(900, 28, 22, 0.22, (12, 9)),
    Heart(750, 20, 15, 0.3, (7, 12)),
    Heart(1000, 35, 60, 0.18, (9, 15), white=5.0),
    Heart(820, 45, 30, 0.27, (14, 7), white=8.0),
)
DRIFTING = tuple(
    Heart(h.mean, h.lf, h.hf, h.breathing, h.coherence, h.white, drift=h.lf)
    for h in REPORTED_ON
)

TRUTH: dict[str, Callable[[Heart], float]] = {
    "vlf": lambda heart: heart.power(0.003, 0.04),
    "lf": lambda heart: heart.power(0.04, 0.15),
    "hf": lambda heart: heart.power(heart.breathing - 0.05, heart.breathing + 0.05),
    "hf_fixed": lambda heart: heart.power(0.15, 0.4),
    "total_power": lambda heart: heart.power(0.003, 0.4),
    "ln_hf": lambda heart: math.log(heart.power(0.15, 0.4)),
    "lf_nu": lambda heart: 100 * heart.power(0.04, 0.15) / heart.power(0.04, 0.4),
    "hf_nu": lambda heart: 100 * heart.power(0.15, 0.4) / heart.power(0.04, 0.4),
    "lf_peak": lambda heart: heart.peak(0.04, 0.15),
    "hf_peak": lambda heart: heart.peak(0.15, 0.4),
}
SLOW = ("vlf", "total_power")
PEAKS = ("lf_peak", "hf_peak")
SHORT = {"hf": 75.0, "hf_fixed": 75.0, "ln_hf": 75.0}  # s; a tenth of it may be lost
CASES = [
    (name, window)
    for name in TRUTH
    for window in ((300.0, 600.0) if name in SLOW else (SHORT.get(name, 150.0), 300.0))
]


@cache
def found(heart: Heart, window: float, lost: float) -> dict[str, Columns]:
    seconds = 40 + window * COUNT
    at = np.arange(0.0, seconds, 1 / heart.breathing)
    breaths = Breaths(at, at + 0.1, np.ones(at.size), np.ones(at.size, bool), person="a")
    starts = 20.0 + window * np.arange(COUNT, dtype=np.float64)
    channels: dict[str, Data] = {
        "beats": heart.beats(seconds, lost, int(window)),
        "breaths": breaths,
    }
    return together([MEASURES[name] for name in TRUTH], starts, starts + window, channels)


def coverage(name: str, heart: Heart, window: float, lost: float) -> float:
    """Return in how many of 100 windows the interval holds the truth."""
    columns = found(heart, window, lost)[name]
    known = ~np.isnan(columns.values)
    assert known.mean() > 0.9
    held = np.abs(columns.values - TRUTH[name](heart)) <= Z95 * columns.se
    return float(100 * held[known].mean())


@pytest.mark.parametrize(("name", "window"), CASES)
def test_intervals_hold_the_truth(name: str, window: float) -> None:
    hearts = DRIFTING if name in SLOW else REPORTED_ON
    held = [coverage(name, heart, window, lost) for heart in hearts for lost in (0.0, 0.05)]
    low, high = (93, 99) if name in PEAKS else (92, 98) if name in SLOW else (93, 97)
    assert low <= np.mean(held) <= high
    assert min(held) >= 87


@pytest.mark.parametrize(
    "method",
    [
        lambda beats: multitaper(beats, segment=300.0),
        lambda beats: lomb(beats, segment=300.0),
        lambda beats: welch(
            beats, sampling_rate=4.0, segment=150.0, overlap=0.5, smoothness=math.inf
        ),
        lambda beats: autoregressive(beats, order=16, sampling_rate=4.0, smoothness=math.inf),
    ],
    ids=["multitaper", "lomb", "welch", "autoregressive"],
)
def test_intervals_of_every_method_hold_the_truth(method: Callable[[Beats], Spectrum]) -> None:
    held = []
    for heart in REPORTED_ON:
        beats = heart.beats(340 * 24, 0.0, 7)
        for k in range(24):
            spectrum = method(beats.between(300.0 * k, 300.0 * (k + 1)))
            for band in ((0.04, 0.15), (0.15, 0.4)):
                power = spectrum.power(*band)
                held.append(abs(power.value - heart.power(*band)) <= Z95 * power.se)
    assert 88 <= 100 * np.mean(held) <= 99
