"""Findings on oxytocin: how long it lasts, what contact adds, and what saliva shows of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from interbeat.body.glands import Spray, oxytocin_left
from interbeat.body.inputs import Inputs
from interbeat.core.arrays import FloatArray
from interbeat.validation._glands import hormones_of, minute, paired
from interbeat.validation._measured import Measured, Tolerance
from interbeat.validation._spec import finding
from interbeat.validation.population import population, window

__all__ = ["nose_spray", "oxytocin_after_contact", "oxytocin_half_life", "saliva_for_plasma"]

MINUTE = 60.0
PEOPLE, MANY = 60, 120
AFTERNOON = 15.5  # h
GROOT = "de Groot et al. (1995), J Pharm Pharmacol 47:571, n = 6; half-lives: a secondary page"


@finding(
    number=48,
    title="Half of the oxytocin that came is left",
    source=GROOT,
    published="3.2 (2.0 to 5.7) min after a bolus, 4.8 after an infusion; phases of 2.9 and 20",
    mark="S",
    parts={"bolus": Tolerance(2, 6, "min"), "infusion": Tolerance(2, 6, "min")},
    origin="fitted",
    ledger="both phases are de Groot's; their shares were fitted to both numbers, two tries",
)
def oxytocin_half_life(seed: int) -> dict[str, Measured]:
    """Minutes from the end of a bolus, or of an hour's infusion, to half of the level then."""
    glands = [one.person.glands for one in population(PEOPLE, seed)]
    bolus, infusion = np.zeros(5400), np.zeros(7200)
    bolus[0], infusion[:3600] = 1.0, 1.0
    return {
        "bolus": Measured.of([_half(oxytocin_left(one, bolus)) for one in glands]),
        "infusion": Measured.of([_half(oxytocin_left(one, infusion)[3599:]) for one in glands]),
    }


def _half(values: FloatArray) -> float:
    """Return the minutes until values are half of the first."""
    return float(np.argmax(values <= values[0] / 2)) / MINUTE


@finding(
    number=48,
    title="Plasma oxytocin after warm contact",
    source="Grewen et al. (2005), Psychosom Med 67:531; 38 couples, 10 min of contact",
    published="no rise after contact",
    mark="M",
    second="of post-contact oxytocin and hugs: unrelated in Light et al. 2005, n = 59",
    least=-0.2,
    most=0.35,
    unit="d",
    origin="imposed",
    ledger="pulses in touch were made rare and small because of it",
)
def oxytocin_after_contact(seed: int) -> Measured:
    """Plasma after 10 min of contact less before it, over the spread between people."""
    lasts = 30 * MINUTE
    held = window(lasts, 10 * MINUTE, 20 * MINUTE)
    inputs = replace(Inputs.at_rest(lasts), touch=held, safety=0.6 * held)
    found = [hormones_of(one, inputs, hour=AFTERNOON) for one in population(MANY, seed)]
    after, before = (
        np.array([minute(one.oxytocin_plasma, start) for one in found])
        for start in (21 * MINUTE, 8 * MINUTE)
    )
    return Measured.statistic(paired, after, before)


@finding(
    number=49,
    title="Saliva for plasma",
    source="Martins et al. (2020), eLife 9:e62456",
    doi="10.7554/eLife.62456",
    published="saliva is a weak surrogate of plasma",
    mark="S",
    least=-0.3,
    most=0.3,
    unit="r",
    rule="hardly correlated",
    origin="imposed",
    ledger="a tenth of what plasma gains reaches saliva, which varies by itself",
)
def saliva_for_plasma(seed: int) -> Measured:
    """Correlation between people of one sample each of plasma and of saliva."""
    found = [hormones_of(one, Inputs.at_rest(600), hour=10.0) for one in population(MANY, seed)]
    both = [
        [np.log(minute(track, 500)) for track in (one.oxytocin_plasma, one.oxytocin_saliva)]
        for one in found
    ]

    def correlated(x: FloatArray, y: FloatArray) -> float:
        return float(np.corrcoef(x, y)[0, 1])

    return Measured.statistic(correlated, *np.array(both).T)


@finding(
    number=50,
    title="Saliva after a nose spray of oxytocin",
    source="Weisman, Zagoory-Sharon & Feldman (2012), Psychoneuroendocrinology 37:1582; n = 10",
    published="6.9 to 1265 pg/mL at 15 min, 132 to 105 at 45 to 120 min",
    mark="S",
    parts={
        "15 min": Tolerance(1000, 1500, "pg/mL"),
        "45 to 120 min": Tolerance(90, 150, "pg/mL"),
    },
    origin="fitted",
    ledger="a demonstration: two exponentials through these numbers; not a part of the body",
)
def nose_spray(seed: int) -> dict[str, Measured]:
    """Add what runs down the throat to what people's saliva holds."""
    base = np.array([one.person.glands.oxytocin_saliva for one in population(PEOPLE, seed)])
    late = Spray().saliva(np.linspace(45, 120, 76))
    return {
        "15 min": Measured.of(base + Spray().saliva(np.array([15.0]))),
        "45 to 120 min": Measured.of(base + late.mean()),
    }
