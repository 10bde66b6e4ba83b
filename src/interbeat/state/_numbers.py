"""Numbers: what the filter takes as known, once where breathing is measured, once where not."""

from __future__ import annotations

from typing import NamedTuple

from interbeat.kernels.drives import Numbers

__all__ = ["BLIND", "BREATHED", "INTRINSIC", "Widths", "START"]

BREATHED = Numbers(
    fast_tau=16.0,
    fast_sd=0.22,
    slow_tau=250.0,
    slow_sd=0.22,
    sympathetic_tau=60.0,
    sympathetic_sd=0.4,
    arousal_tau=20.0,
    arousal_sd=0.25,
    vagal_withdrawal=0.35,
    sympathetic_rise=0.55,
    vagal_lag=1.6,
    sympathetic_lag=12.0,
    wave_hz=0.095,
    wave_tau=6.0,
    wave_sd=0.10,
    breath_hz=0.25,
    breath_tau=4.0,
    breath_sd=0.16,
    level_drift=0.0003,
    gate_drift=0.001,
    sweating_drift=0.005,
    sweating_gain=2.6,
    beat_sd=0.012,
    ungated_sd=0.07,
    felt_gain=1.0,
    rest_vagal_sd=0.03,
    rest_sympathetic_sd=0.05,
    rest_arousal_sd=0.05,
    surprise_gain=1.0,
)

BLIND = BREATHED._replace()


class Start(NamedTuple):
    """What is known of anybody before the first beat: means, and standard deviations."""

    gate: float
    gate_sd: float
    turned_sd: float
    sympathetic_gain: float
    sympathetic_gain_sd: float
    level_sd: float
    sweating: float
    sweating_sd: float


START = Start(
    gate=0.16,
    gate_sd=0.10,
    turned_sd=0.08,
    sympathetic_gain=0.12,
    sympathetic_gain_sd=0.3,
    level_sd=0.05,
    sweating=-3.5,
    sweating_sd=0.8,
)


class Intrinsic(NamedTuple):
    """Rate of a heart left to itself: beats a second, and how far people are from it (log)."""

    rate: float
    sd: float
    least_gain: float


INTRINSIC = Intrinsic(rate=98.0 / 60, sd=0.12, least_gain=0.1)


class Widths(NamedTuple):
    """By how much the standard errors of the filter are multiplied, so that intervals cover."""

    vagal: float
    sympathetic: float
    arousal: float


WIDTHS = {
    ("breathed", "followed"): Widths(1.0, 1.0, 1.0),
    ("breathed", "smoothed"): Widths(1.0, 1.0, 1.0),
    ("blind", "followed"): Widths(1.0, 1.0, 1.0),
    ("blind", "smoothed"): Widths(1.0, 1.0, 1.0),
}
