"""Phase locking: whether two rhythms in one band keep step."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import ComplexArray, FloatArray
from interbeat.dyad._series import checked, why_not
from interbeat.dyad._spec import index
from interbeat.dyad.coupling import Coupling, judged, missing
from interbeat.dyad.nulls import Null
from interbeat.dyad.preparation import decimated, prepared

__all__ = ["phase_locking"]

RATE = 4.0  # Hz
BAND = (0.07, 0.14)  # Hz: about the slow wave of the heart rate


def _ready(values: FloatArray, sampling_rate: float) -> tuple[FloatArray, float]:
    factor = max(int(np.ceil(sampling_rate / RATE - 1e-9)), 1)
    return prepared(decimated(values, factor), sampling_rate / factor), sampling_rate / factor


def _statistic(
    x: FloatArray, y: FloatArray, rate: float, *, band: tuple[float, float] = BAND
) -> float:
    one, other = (_turning(series, rate, band) for series in (x, y))
    together = float(np.abs(one * other).sum())
    return float(np.abs(np.vdot(other, one))) / together if together else np.nan


@index(
    label="Phase locking",
    source="Lachaux et al. 1999, doi:10.1002/(SICI)1097-0193(1999)8:4<194::AID-HBM4>3.0.CO;2-C",
    prepare=_ready,
    statistic=_statistic,
)
def phase_locking(
    x: ArrayLike, y: ArrayLike, *, sampling_rate: float, signal: str = "",
    band: tuple[float, float] = BAND,
) -> Coupling:  # fmt: skip
    """Return how far the phases of two series keep a constant distance in one band.

    Placeholder docstring: to be finished by its owner.
    """
    pair = checked(x, y, sampling_rate=sampling_rate, fastest=RATE)
    settings: dict[str, float | str] = {"low": band[0], "high": band[1]}
    reason = why_not(pair, signal or "series")
    if reason:
        return missing("phase_locking", signal, reason, settings)
    pair = pair.prepared
    one, other = (_turning(series, pair.rate, band) for series in (pair.x, pair.y))
    return judged(
        "phase_locking",
        signal,
        pair,
        statistic=partial(_statistic, rate=pair.rate, band=band),
        null=_all_shifts(one, other),
        settings=settings,
    )


def _turning(values: FloatArray, rate: float, band: tuple[float, float]) -> ComplexArray:
    """Return the phase of `values` within `band` as a number on the unit circle, or 0."""
    there = np.isfinite(values)
    spectrum = np.fft.fft(np.where(there, values, 0.0))
    frequency = np.fft.fftfreq(values.size, 1 / rate)
    spectrum[(frequency < band[0]) | (frequency > band[1])] = 0
    wave = np.fft.ifft(spectrum)
    return np.where(there, wave / np.maximum(np.abs(wave), 1e-12), 0)


def _all_shifts(one: ComplexArray, other: ComplexArray) -> Null:
    """Return the locking at every circular shift, as two products of spectra."""

    def circle(a: ComplexArray, b: ComplexArray) -> ComplexArray:
        return np.fft.ifft(np.fft.fft(a) * np.conj(np.fft.fft(b)))

    together = np.abs(circle(one, other))
    count = np.real(circle(np.abs(one) + 0j, np.abs(other) + 0j))
    statistics = together / np.maximum(count, 1e-12)
    return Null(np.asarray(statistics), 1 / one.size, "circular shifts")
