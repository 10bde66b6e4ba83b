"""Spectra by an even grid beside plain Fourier sums."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.kernels.spectra import (
    DOUBT,
    NEAR,
    SHORT,
    TAPERS,
    Spectra,
    bands,
    peaks,
    sine_spectra,
)

SECONDS = 300.0


def plain_spectrum(
    times: FloatArray, good: BoolArray, start: float, bins: int
) -> tuple[FloatArray, FloatArray]:
    """Return the density and the raw one of the intervals between all of `times`."""
    begin, end = times[:-1][good], times[1:][good]
    at, lasting = (begin + end) / 2 - start, end - begin
    gaps = begin[1:] - end[:-1]
    lost = gaps[(gaps > 0) & (gaps <= SHORT)].sum()
    kept = lasting.sum() / (lasting.sum() + lost)
    rr = 1000 * lasting
    rr = rr - (lasting * rr).sum() / lasting.sum()
    turns = np.exp(-2j * np.pi * np.outer(np.arange(bins) * 0.5 / SECONDS, at))
    raw, clean = np.zeros(bins), np.zeros(bins)
    for j in range(1, TAPERS + 1):
        taper = np.sqrt(2) * np.sin(np.pi * j * at / SECONDS)
        height = np.abs(turns @ (lasting * taper * rr)) ** 2
        norm = (lasting * taper**2).sum()
        floor = ((lasting * taper * rr) ** 2).sum()
        raw += 2 * height / norm / TAPERS
        clean += 2 * (height - (1 - kept) * floor) / norm / TAPERS / kept
    return clean, raw


def beats(seed: int, start: float = 0.0) -> tuple[FloatArray, BoolArray]:
    rng = np.random.default_rng(seed)
    rr = 0.85 + 0.03 * np.cos(0.6 * np.arange(1500)) + rng.normal(0, 0.05, 1500)
    good = rng.random(1499) > 0.05
    good[200:215] = False
    return start + np.cumsum(rr), good


def of_windows(
    times: FloatArray, good: BoolArray, starts: FloatArray, *, seconds: float, highest: float
) -> Spectra:
    first = np.searchsorted(times, starts)
    last = np.searchsorted(times, starts + seconds) - 1
    return sine_spectra(
        times, good, first, last, starts=starts, ends=starts + seconds, highest=highest
    )


@pytest.mark.parametrize(("highest", "error"), [(0.5, 1e-6), (1.5, 2e-5)])
@pytest.mark.parametrize("start", [30.0, 471.3])
def test_spectra_agree_with_plain_fourier_sums(
    start: float, highest: float, error: float
) -> None:
    times, good = beats(1)
    fast = of_windows(times, good, np.array([start]), seconds=SECONDS, highest=highest)
    first, last = np.searchsorted(times, [start, start + SECONDS])
    bins = fast.density.shape[1]
    clean, raw = plain_spectrum(times[first:last], good[first : last - 1], start, bins)
    np.testing.assert_allclose(fast.density[0], clean, atol=error * raw.max())
    np.testing.assert_allclose(fast.raw[0], raw, atol=error * raw.max())
    assert fast.step[0] == 0.5 / SECONDS
    kept = good[first : last - 1]
    assert fast.covered[0] == pytest.approx(np.diff(times[first:last])[kept].sum())
    assert fast.intervals[0] == kept.sum()


@pytest.mark.parametrize("seconds", [60.0, 127.31, 300.0])
def test_no_window_sees_another(seconds: float) -> None:
    times, good = beats(2)
    starts = np.arange(0.0, 900.0, 7.0)
    together = of_windows(times, good, starts, seconds=seconds, highest=0.4)
    for k in range(0, starts.size, 13):
        alone = of_windows(times, good, starts[k : k + 1], seconds=seconds, highest=0.4)
        for column, one in zip(together, alone, strict=True):
            np.testing.assert_array_equal(column[k], one[0])


def test_a_spectrum_does_not_depend_on_when() -> None:
    here = of_windows(*beats(3), np.array([17.0]), seconds=SECONDS, highest=0.5)
    there = of_windows(
        *beats(3, start=1234.567), np.array([17.0 + 1234.567]), seconds=SECONDS, highest=0.5
    )
    np.testing.assert_allclose(there.raw, here.raw, atol=1e-6 * here.raw.max())


def test_bands_are_integrals_of_bins_as_far_as_they_lie_within() -> None:
    rng = np.random.default_rng(4)
    density, raw = rng.random((2, 3, 80))
    step = np.array([0.01, 0.004, 0.01])
    low, high = np.array([0.0, 0.0123, 0.3]), np.array([0.1234, 0.0925, 0.2])
    fast = bands(density, raw, step, low, high)
    for k in range(2):
        f = np.arange(low[k], high[k], 1e-6)
        bins = np.rint(f / step[k]).astype(int)
        np.testing.assert_allclose(fast[k, 0], density[k, bins].sum() * 1e-6, rtol=1e-4)
        np.testing.assert_allclose(fast[k, 1], (raw[k, bins] ** 2).sum() * 1e-6, rtol=1e-4)
    assert not fast[2].any()
    edges = np.array([0.0, 0.07, 0.0701, 0.3, 0.5])
    parts = [bands(density, raw, step, *(np.full(3, e) for e in ab)) for ab in pairwise(edges)]
    whole = bands(density, raw, step, np.full(3, 0.0), np.full(3, 0.5))
    np.testing.assert_allclose(np.sum(parts, axis=0), whole, rtol=1e-12)


def plain_peak(
    density: FloatArray, step: float, *, low: float, high: float, seconds: float
) -> tuple[float, float]:
    f = np.arange(-density.size + 1, density.size) * step
    whole = np.concatenate((density[:0:-1], density))
    base = max(NEAR, 4 * step)

    def smooth(at: float) -> float:
        weights = np.maximum(1 - np.abs(f - at) / base, 0)
        return float(weights @ whole / weights.sum())

    inside = f[(f >= low - 1e-12) & (f <= high + 1e-12)]
    around = np.array([smooth(a) for a in (inside[0] - step, *inside, inside[-1] + step)])
    heights = around[1:-1]
    tops = np.flatnonzero((heights >= around[:-2]) & (heights > around[2:]))
    if not tops.size:
        return 0.0, 0.0
    top = tops[heights[tops].argmax()]
    a, b, c = around[top : top + 3]
    peak = float(np.clip(inside[top] + 0.5 * (a - c) / (a - 2 * b + c) * step, low, high))
    freedom = 2 * seconds * np.hypot(1.5 * base, (TAPERS + 1) / 2 / seconds)
    near = inside[heights >= heights[top] * np.exp(-DOUBT * np.sqrt(2 / freedom))]
    return peak, float(max(0.5 * step, np.abs(near - peak).max()))


def test_peaks_agree_with_plain_ones() -> None:
    rng = np.random.default_rng(5)
    bins = np.arange(300)
    density = rng.exponential(1.0, (6, 300))
    density[1] += 5 * np.exp(-0.5 * ((bins - 70) / 5) ** 2)
    density[2] = 1 / (bins + 1.0)  # which only falls
    step = np.array([1 / 600, 1 / 600, 1 / 600, 1 / 240, 1 / 150, 1 / 600])
    seconds = np.array([290.0, 290.0, 250.0, 110.0, 70.0, 3000.0])
    fast = peaks(density, step, np.full(6, 0.04), np.full(6, 0.15), seconds)
    for k in range(6):
        plain = plain_peak(density[k], step[k], low=0.04, high=0.15, seconds=seconds[k])
        np.testing.assert_allclose(fast[k], plain, rtol=1e-9)
    assert not fast[2].any()
