"""Numbers: what the filter takes as known, once where breathing is measured, once where not."""

from __future__ import annotations

from typing import NamedTuple

from interbeat.kernels.drives import Numbers

__all__ = ["BLIND", "BREATHED", "INTRINSIC", "START", "Widths"]

BREATHED = Numbers(
    fast_tau=12.0,
    fast_sd=0.176,
    slow_tau=1020.0,
    slow_sd=0.25,
    sympathetic_tau=202.0,
    sympathetic_sd=0.256,
    arousal_tau=54.9,
    arousal_sd=0.488,
    vagal_withdrawal=0.547,
    sympathetic_rise=0.55,
    vagal_lag=1.5,
    sympathetic_lag=15.6,
    wave_hz=0.0714,
    wave_tau=3.0,
    wave_sd=0.183,
    breath_hz=0.25,
    breath_tau=4.0,
    breath_sd=0.6,
    level_drift=0.00015,
    gate_drift=0.0,
    sweating_drift=0.005,
    sweating_gain=2.0,
    beat_sd=0.012,
    swing_blur=1.5,
    ungated_sd=0.07,
    felt_gain=1.0,
    rest_vagal_sd=0.0367,
    rest_sympathetic_sd=0.0612,
    rest_arousal_sd=0.0333,
    settled_gate_sd=0.01,
    scatter_sd=0.57,
    vagal_tail=2.0,
    sympathetic_tail=0.0,
)

BLIND = BREATHED._replace()


class Start(NamedTuple):
    """What is known of anybody before the first beat: means, and standard deviations.

    All are logarithms but ``turned_sd``, a share of the lead, and ``sympathetic_gain``.
    """

    gate: float
    gate_sd: float
    turned_sd: float
    sympathetic_gain: float
    sympathetic_gain_sd: float
    level_sd: float
    sweating: float
    sweating_sd: float
    scattering: float
    scattering_sd: float


START = Start(
    gate=-2.0,
    gate_sd=0.5,
    turned_sd=0.5,
    sympathetic_gain=0.12,
    sympathetic_gain_sd=0.3,
    level_sd=0.05,
    sweating=-3.5,
    sweating_sd=0.8,
    scattering=-2.5,
    scattering_sd=1.0,
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


# By benchmarks/calibrate_drives.py, seeds 100 to 259; near 1 where the filter knew it already.
WIDTHS = {
    ("breathed", "followed", "watched"): Widths(0.65, 0.96, 0.62),
    ("breathed", "smoothed", "watched"): Widths(0.74, 1.02, 0.74),
    ("breathed", "followed", "unseen"): Widths(0.67, 1.04, 1.08),
    ("breathed", "smoothed", "unseen"): Widths(0.77, 1.09, 1.18),
    ("blind", "followed", "watched"): Widths(0.65, 0.95, 0.61),
    ("blind", "smoothed", "watched"): Widths(0.74, 1.02, 0.73),
    ("blind", "followed", "unseen"): Widths(0.68, 1.04, 1.09),
    ("blind", "smoothed", "unseen"): Widths(0.77, 1.09, 1.20),
}
