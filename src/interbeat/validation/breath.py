"""Breath: through which nerve it moves the heart, how strongly and how late."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.signal import csd, welch

from interbeat.body.inputs import RATE, STEP_RATE, Inputs
from interbeat.body.truth import PersonTruth
from interbeat.core.arrays import FloatArray
from interbeat.validation._measured import Measured, Tolerance
from interbeat.validation._spec import finding
from interbeat.validation.population import (
    Volunteer,
    heart_rate,
    held,
    lives,
    paced,
    population,
)

__all__ = ["breath_through_either_nerve", "no_delay_through_the_vagus", "phases_at_resonance"]

SETTLED, SECONDS = 60.0, 420.0
SEGMENT = 64.0  # s, of spectra
SLOWER, FASTER = (0.03, 0.1), (0.15, 0.35)  # Hz
SAUL = "Saul et al. (1991), Am J Physiol 261:H1231; n = 14"
SAUL_DOI = "10.1152/ajpheart.1991.261.4.H1231"


class Transfer(NamedTuple):
    """From lung volume to heart rate: bpm a liter below and above 0.1 Hz; lag above it (°)."""

    slower: float
    faster: float
    lag: float


@lru_cache(maxsize=1)
def _transfers(seed: int) -> dict[str, FloatArray]:
    """Return what 14 people give under either blocker at random paces; rows of Transfer."""
    people = population(14, seed, ages=(19, 38))
    return {
        blocker: np.array([_transfer(one, blocker) for one in people])
        for blocker in ("propranolol", "atropine")
    }


def _transfer(one: Volunteer, blocker: str) -> Transfer:
    paces = np.random.default_rng(one.seed).uniform(3, 22, size=round(SECONDS / 10))
    inputs = replace(
        held(Inputs.at_rest(SECONDS), **{blocker: 1.0}),
        pace=np.repeat(paces, round(10 * RATE)),
        depth=np.full(round(SECONDS * RATE), 1.0),
    )
    truth = lives(one, inputs)
    pace, cross, power = _spectra(_volume(truth), heart_rate(truth))
    slower, faster = ((pace > low) & (pace < high) for low, high in (SLOWER, FASTER))
    gain = np.abs(cross) / power
    return Transfer(float(gain[slower].mean()), float(gain[faster].mean()), _lag(cross[faster]))


def _volume(truth: PersonTruth) -> FloatArray:
    """Return lung volume in liters, at 10 Hz."""
    return truth.volume.values[:: round(STEP_RATE / RATE)]


def _spectra(
    one: FloatArray, other: FloatArray
) -> tuple[FloatArray, np.ndarray[tuple[int], np.dtype[np.complex128]], FloatArray]:
    """Return frequencies, the cross-spectrum of both and the spectrum of the first."""
    late, whole = slice(round(SETTLED * RATE), None), round(SEGMENT * RATE)
    pace, cross = csd(one[late], other[late], fs=RATE, nperseg=whole)
    _, power = welch(one[late], fs=RATE, nperseg=whole)
    return pace, cross, power


def _lag(cross: np.ndarray[tuple[int], np.dtype[np.complex128]]) -> float:
    """Return how far the second is behind the first, in degrees, as their mean vector says."""
    return float(-np.degrees(np.angle(np.sum(cross))))


@finding(
    number=15,
    title="Breath moves the heart through the vagus at all paces, and hardly through the other",
    source=SAUL,
    doi=SAUL_DOI,
    published="sympathetic: much smaller above 0.1 Hz; vagal: larger at all frequencies",
    mark="S",
    parts={
        "vagal over sympathetic": Tolerance(least=5, rule="gain from 0.15 to 0.35 Hz"),
        "sympathetic": Tolerance(most=0.5, rule="gain there over that below 0.1 Hz"),
    },
    origin="predicted",
    ledger="that breath gates the vagus alone is built in, as are the slow lags of the other "
    "nerve; both from other sources, nothing adjusted to these gains",
)
def breath_through_either_nerve(seed: int) -> dict[str, Measured]:
    """Return gains from lung volume to heart rate after either blocker, at random paces."""
    vagal, sympathetic = (Transfer(*of.T) for of in _transfers(seed).values())
    return {
        "vagal over sympathetic": Measured.statistic(_share, vagal.faster, sympathetic.faster),
        "sympathetic": Measured.statistic(_share, sympathetic.faster, sympathetic.slower),
    }


def _share(one: FloatArray, other: FloatArray) -> float:
    return float(one.mean() / other.mean())


@finding(
    number=15,
    title="Through the vagus the heart follows the breath without delay",
    source=SAUL,
    doi=SAUL_DOI,
    published="supine with propranolol: no phase delay of heart rate behind lung volume",
    mark="S",
    least=-45,
    most=45,
    unit="°",
    rule="lag from 0.15 to 0.35 Hz",
    origin="predicted",
    fails="the heart is about a second behind: the lag that makes it follow quick breaths less "
    "(1.65 s) comes after a gate that shuts with the volume of the lungs; in people it is "
    "thought to shut with the drive to breathe in, which is ahead of volume",
)
def no_delay_through_the_vagus(seed: int) -> Measured:
    """Return how far heart rate is behind lung volume under propranolol, at random paces."""
    return Measured.of(Transfer(*_transfers(seed)["propranolol"].T).lag)


@finding(
    number=21,
    title="At 0.1 Hz the heart goes with the breath and against pressure",
    source="Lehrer, Vaschillo & Vidali (2020), Appl Psychophysiol Biofeedback 45:145",
    published="in young athletes in phase with breathing, 180° from pressure; in 24 people of "
    "18 to 70 years with asthma, intervals 109° ahead of breathing",
    mark="S",
    parts={
        "behind breath": Tolerance(-45, 45, "°"),
        "behind pressure": Tolerance(135, 225, "°"),
    },
    origin="predicted",
    ledger="that the heart is some 20° behind the breath was known when the row was written; "
    "nothing was adjusted to either",
    fails="with the breath it goes, but is 70° later than against pressure: at 0.1 Hz delay "
    "and lag of the vagus take that long, and no part of the reflex heeds the change alone",
)
def phases_at_resonance(seed: int) -> dict[str, Measured]:
    """Return lags of heart rate at 6 breaths a minute of 1 L, of people of 20 to 30 years."""
    people = population(18, seed, ages=(20, 30))
    lags = np.array([_slow_lags(lives(one, paced(SECONDS, 6.0, depth=1.0))) for one in people])
    return {
        "behind breath": Measured.of(lags[:, 0]),
        "behind pressure": Measured.of(lags[:, 1] % 360),
    }


def _slow_lags(truth: PersonTruth) -> tuple[float, float]:
    """Return how far heart rate is behind lung volume and behind systolic pressure."""
    rate = heart_rate(truth)
    behind = []
    for other in (_volume(truth), truth.systolic.values):
        pace, cross, _ = _spectra(other, rate)
        behind.append(_lag(cross[np.abs(pace - 0.1) < 1 / SEGMENT]))
    return behind[0], behind[1]
