"""Spectra of an unevenly sampled series with gaps, in each of many windows."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["POWER", "SQUARED", "Spectra", "bands", "peaks", "sine_spectra"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TAPERS = 4  # sine tapers: a resolution of 5 / 2 cycles per window, and 8 degrees of freedom
SHORT = 5.0  # s: a gap up to this long is taken for scattered beats, a longer one for a break
FEWEST = 8  # intervals: a mean and four tapers ask for more than that
POWER, SQUARED = range(2)
NEAR = 0.02  # Hz: over which a density is smoothed to find its peak
DOUBT = 1.2  # standard deviations within which two heights are not told apart; by simulation

RATE = 4.0  # Hz: of the even grid on which events are spread
REACH = 8  # cells over which each is spread
STEEP = 15.2  # of the spreading kernel: errors of 1e-6 up to 1.5 Hz, less below
BLOCK = 128  # windows at once: their grids together stay within a few MB


class Spectra(NamedTuple):
    """Spectra of many windows; bin j is centered on ``j * step`` Hz and `step` wide.

    Attributes
    ----------
    density : ndarray, shape (windows, bins)
        One-sided, in ms²/Hz; its integral is the variance. Less what scattered losses add.
    raw : ndarray, shape (windows, bins)
        With it: what the density's own error is told from.
    step : ndarray, shape (windows,)
        Width of a bin in Hz: half a cycle per window.
    covered : ndarray, shape (windows,)
        Seconds within good intervals.
    intervals : ndarray, shape (windows,)
        How many good intervals there were.
    """

    density: Floats
    raw: Floats
    step: Floats
    covered: Floats
    intervals: Floats


def sine_spectra(
    times: Floats,
    good: NDArray[np.bool_],
    first: Ints,
    last: Ints,
    *,
    starts: Floats,
    ends: Floats,
    highest: float,
) -> Spectra:
    """Return the spectra of the intervals between events in each window, to `highest` Hz.

    Interval i, from ``times[i]`` to ``times[i + 1]`` (s), stands at its middle for its own
    length in time; those that are not ``good[i]`` are not used and not replaced. Window k
    holds the intervals ``first[k]:last[k]`` within ``starts[k]`` to ``ends[k]`` (s).

    Each window's series, less its mean, is Fourier transformed where its intervals
    are, under four sine tapers (a sine taper is the difference of two transforms half a cycle
    per window to either side). Intervals lost here and there leave a floor of noise and take
    the same from the rest; as each is lost with the same chance, what is lost is known and put
    back (Horvitz and Thompson's estimator of a squared sum).

    The transform spreads each interval over eight cells of an even grid by Barnett's kernel
    (Barnett, Magland & af Klinteberg 2019, doi:10.1137/18M120885X), transforms the grid, and
    takes the kernel out again: the sums that a direct transform would give, to 1e-6 of them.
    Windows do not see each other: rows are transformed one by one.
    """
    cells = 2 * np.maximum(np.ceil((ends - starts) * RATE), 4 * REACH).astype(np.int64)
    step = RATE / cells
    bins = int(np.ceil(highest / step.min(initial=1.0) + 0.5)) if cells.size else 0
    density, raw = np.zeros((2, cells.size, bins))
    out = Spectra(density, raw, step, np.zeros(cells.size), np.zeros(cells.size))
    for size in np.unique(cells):
        of_size = np.flatnonzero(cells == size)
        for at in range(0, of_size.size, BLOCK):
            rows = of_size[at : at + BLOCK]
            _block(times, good, (first[rows], last[rows], starts[rows], ends[rows]), rows, out)
    return out


def _block(
    times: Floats,
    good: NDArray[np.bool_],
    windows: tuple[Ints, Ints, Floats, Floats],
    rows: Ints,
    out: Spectra,
) -> None:
    cells = round(RATE / out.step[rows[0]])
    grid, about = _spread(times, good, *windows, cells)
    bins = min(out.density.shape[1], cells // 2 - TAPERS)
    # NumPy transforms row by row: no window's result depends on who stands beside it
    waves = np.fft.rfft(grid, axis=1)[:, : bins + TAPERS] * _unspread(cells)[: bins + TAPERS]
    out.density[rows, :bins], out.raw[rows, :bins] = _densities(waves, about, bins)
    out.covered[rows], out.intervals[rows] = about[:, 0], about[:, 1]


@lru_cache(maxsize=64)
def _unspread(cells: int) -> Floats:
    """Return what takes the spreading kernel out of the transform of a grid of `cells`."""
    nodes, weights = np.polynomial.legendre.leggauss(48)
    kernel = weights * np.exp(STEEP * (np.sqrt(1 - nodes**2) - 1))
    angle = np.pi * REACH / cells * np.arange(cells // 2 + 1)
    spread = np.zeros(angle.size)
    for node, weight in zip(nodes, kernel, strict=True):  # one by one: a day has many cells
        spread += weight * np.cos(angle * node)
    return np.asarray(2 / REACH / spread)


@njit(cache=True)
def _spread(
    times: Floats,
    good: NDArray[np.bool_],
    first: Ints,
    last: Ints,
    starts: Floats,
    ends: Floats,
    cells: int,
) -> tuple[Floats, Floats]:
    """Return the grid of each window, and what else its spectrum needs to be known."""
    low, high = first.min(), last.max()
    kernel = np.empty((max(high - low, 0), REACH))
    left = np.empty(max(high - low, 0))
    for i in range(low, high):
        place = 0.5 * (times[i] + times[i + 1]) * RATE
        left[i - low] = math.ceil(place - REACH / 2)
        for c in range(REACH):
            off = (left[i - low] + c - place) / (REACH / 2)
            kernel[i - low, c] = math.exp(STEEP * (math.sqrt(max(1.0 - off * off, 0.0)) - 1.0))

    grid = np.zeros((first.size, cells))
    about = np.zeros((first.size, 4 + 2 * TAPERS))
    whole = cells / (2.0 * RATE)  # s: the window, up to the next cell
    for k in range(first.size):
        n, covered, lost, before, mean = 0, 0.0, 0.0, 0.0, 0.0
        for i in range(first[k], last[k]):
            if not good[i]:
                continue
            length = times[i + 1] - times[i]
            gap = times[i] - before
            if n > 0 and 0.0 < gap <= SHORT:
                lost += gap
            before = times[i + 1]
            covered += length
            mean += length * length
            n += 1
        about[k, 0], about[k, 1] = covered, n
        if n < FEWEST:
            continue
        mean /= covered

        origin = math.floor(starts[k] * RATE) - REACH // 2
        opening = 0.5 * (starts[k] + ends[k] - whole)
        about[k, 2] = covered / (covered + lost)
        about[k, 3] = math.pi * (origin / RATE - opening) / whole
        for i in range(first[k], last[k]):
            if not good[i]:
                continue
            length = times[i + 1] - times[i]
            middle = 0.5 * (times[i] + times[i + 1])
            weight = length * 1000.0 * (length - mean)
            cell = int(left[i - low] - origin)
            for c in range(REACH):
                grid[k, cell + c] += weight * kernel[i - low, c]
            # twice the squares of the tapers: 1 - cos(2 pi j at), one cosine after the other
            turn = math.cos(2.0 * math.pi * (middle - opening) / whole)
            now, last_one = turn, 1.0
            for j in range(TAPERS):
                taper = 1.0 - now
                about[k, 4 + j] += length * taper
                about[k, 4 + TAPERS + j] += weight * weight * taper
                now, last_one = 2.0 * turn * now - last_one, now
    return grid, about


@njit(cache=True)
def _densities(
    waves: NDArray[np.complex128], about: Floats, bins: int
) -> tuple[Floats, Floats]:
    """Return the density of each window in each bin, without and with the floor of losses."""
    clean, raw = np.zeros((about.shape[0], bins)), np.zeros((about.shape[0], bins))
    for k in range(about.shape[0]):
        if about[k, 1] < FEWEST:
            continue
        kept = about[k, 2]
        floor = 0.0
        for j in range(1, TAPERS + 1):
            norm = about[k, 3 + j]
            floor += about[k, 3 + TAPERS + j] / norm
            # the tapers begin where the window does, the grid a little earlier
            c, s = math.cos(2.0 * j * about[k, 3]), math.sin(2.0 * j * about[k, 3])
            for f in range(bins):
                below = waves[k, f - j] if f >= j else waves[k, j - f].conjugate()
                above = waves[k, f + j]
                real = below.real - (c * above.real + s * above.imag)
                imag = below.imag - (c * above.imag - s * above.real)
                raw[k, f] += (real * real + imag * imag) / norm
        for f in range(bins):
            raw[k, f] /= TAPERS
            clean[k, f] = (raw[k, f] - 2.0 * (1.0 - kept) * floor / TAPERS) / kept
    return clean, raw


@njit(cache=True)
def bands(density: Floats, raw: Floats, step: Floats, low: Floats, high: Floats) -> Floats:
    """Return the integrals of the density, and of its raw square, from `low` to `high` (Hz).

    Shape (windows, 2), by :data:`POWER` and :data:`SQUARED`; a bin is taken in as far as it
    lies in the band.
    """
    out = np.zeros((density.shape[0], 2))
    for k in range(density.shape[0]):
        width = step[k]
        begin = max(math.floor(low[k] / width + 0.5), 0)
        end = min(math.ceil(high[k] / width + 0.5), density.shape[1])
        for f in range(begin, end):
            part = min(high[k], (f + 0.5) * width) - max(low[k], (f - 0.5) * width, 0.0)
            if part > 0.0:
                out[k, 0] += part * density[k, f]
                out[k, 1] += part * raw[k, f] ** 2
    return out


@njit(cache=True)
def peaks(density: Floats, step: Floats, low: Floats, high: Floats, seconds: Floats) -> Floats:
    """Return where, from `low` to `high` (Hz), the density is largest, and how far it may be.

    The density is smoothed by a triangle of :data:`NEAR` to either side (at least four bins).
    The peak is the highest of its maxima within the band, placed between bins by a parabola;
    a slope that only falls from the band's edge is none. Shape (windows, 2): the peak, and the
    distance to the farthest bin of the band that is not clearly lower, both in Hz; zeros where
    there is none. Not clearly lower is within :data:`DOUBT` standard deviations of a logarithm
    of the smoothed density, which `seconds` of data give.
    """
    out = np.zeros((density.shape[0], 2))
    for k in range(density.shape[0]):
        width = step[k]
        base = max(NEAR, 4.0 * width)
        reach = math.floor(base / width)
        begin = max(math.ceil(low[k] / width - 1e-9), 0)
        end = min(math.floor(high[k] / width + 1e-9) + 1, density.shape[1])
        if end <= begin or seconds[k] <= 0.0:
            continue
        weights = np.empty(2 * reach + 1)
        for d in range(-reach, reach + 1):
            weights[reach + d] = 1.0 - abs(d) * width / base
        smooth = np.zeros(end - begin + 2)  # the band, and a bin to either side
        for f in range(begin - 1, end + 1):
            total = weight = 0.0
            for d in range(2 * reach + 1):
                at = abs(f + d - reach)  # a density is even about 0
                if at < density.shape[1]:
                    total += weights[d] * density[k, at]
                    weight += weights[d]
            smooth[f - begin + 1] = total / weight
        best = -1
        for f in range(1, smooth.size - 1):
            rises = smooth[f] >= smooth[f - 1] and smooth[f] > smooth[f + 1]
            if rises and (best < 0 or smooth[f] > smooth[best]):
                best = f
        if best < 0:
            continue
        bend = smooth[best - 1] - 2.0 * smooth[best] + smooth[best + 1]
        off = 0.5 * (smooth[best - 1] - smooth[best + 1]) / bend
        peak = min(max((begin + best - 1 + off) * width, low[k]), high[k])
        freedom = 2.0 * seconds[k] * math.hypot(1.5 * base, 0.5 * (TAPERS + 1) / seconds[k])
        least = smooth[best] * math.exp(-DOUBT * math.sqrt(2.0 / freedom))
        far = 0.5 * width
        for f in range(1, smooth.size - 1):
            if smooth[f] >= least:
                far = max(far, abs((begin + f - 1) * width - peak))
        out[k, 0], out[k, 1] = peak, far
    return out
