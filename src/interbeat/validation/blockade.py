"""Blockade: what the heart does without one nerve, without the other, and without both."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from interbeat.body.inputs import Inputs
from interbeat.core.arrays import FloatArray
from interbeat.validation._measured import Measured, Tolerance
from interbeat.validation._spec import finding
from interbeat.validation.population import held, lives, measured, population

__all__ = [
    "both_blocked", "intrinsic_rate", "powers_without_one_nerve", "shares_of_both_nerves",
]  # fmt: skip

SECONDS = 240.0
PLAIN: dict[str, float] = {}
NO_VAGUS = {"atropine": 1.0}
NO_SYMPATHETIC = {"propranolol": 1.0}
NEITHER = {**NO_VAGUS, **NO_SYMPATHETIC}
NAMES = ("mean_hr", "sdnn", "lf", "hf_fixed")


@lru_cache(maxsize=4)
def _under(seed: int, youngest: float, oldest: float) -> tuple[dict[str, FloatArray], ...]:
    """Return what 30 people give plain, without vagus, without the other, with neither."""
    people = population(30, seed, ages=(youngest, oldest))
    found = []
    for blocked in (PLAIN, NO_VAGUS, NO_SYMPATHETIC, NEITHER):
        truths = [lives(one, held(Inputs.at_rest(SECONDS), **blocked)) for one in people]
        found.append({name: np.array([measured(truth, name) for truth in truths])
                      for name in NAMES})  # fmt: skip
    return tuple(found)


@finding(
    number=6,
    title="The heart without nerves beats faster, and slower with age",
    source="Jose & Collison (1970), Cardiovasc Res 4:160",
    doi="10.1093/cvr/4.2.160",
    published="118.1 - 0.57 age bpm: 101 at 30 and 78 at 70 years",
    mark="M",
    second="Craft & Schwartz (1995), n = 39: 677 ± 106 ms (89 bpm) at 30, 859 ± 176 ms "
    "(70 bpm) at 69 years",
    parts={
        "at 30": Tolerance(89, 106, "bpm"),
        "at 70": Tolerance(70, 83, "bpm"),
    },
    origin="imposed",
    ledger="both numbers of the line are parameters",
)
def intrinsic_rate(seed: int) -> dict[str, Measured]:
    """Return mean heart rate under both blockers, between the two sources and 5 % above."""
    return {f"at {age}": Measured.of(_under(seed, age, age)[3]["mean_hr"]) for age in (30, 70)}


@finding(
    number=7,
    title="Without nerves the heart hardly varies",
    source="Craft & Schwartz (1995), Am J Physiol 268:H1441; n = 39",
    published="more than 98 % of the variability gone",
    mark="S",
    least=0.95,
    rule="share of the variance that is gone",
    origin="imposed",
    ledger="both blockers take both effects away, and nothing else moves the node",
)
def both_blocked(seed: int) -> Measured:
    """Return one minus the variance of intervals under both blockers over that without."""
    plain, _, _, neither = _under(seed, 30, 30)
    return Measured.of(1 - (neither["sdnn"] / plain["sdnn"]) ** 2)


@finding(
    number=8,
    title="Lying, the vagus holds the heart more than the other nerve drives it",
    source="Nyberg (1981), J Cardiovasc Pharmacol 3:1243; n = 6, supine",
    doi="10.1097/00005344-198111000-00011",
    published="25 % of the displacement of heart rate sympathetic, 75 % vagal",
    mark="S",
    least=0.12,
    most=0.40,
    rule="sympathetic share",
    origin="imposed",
    ledger="how far the other nerve drives the heart at rest was set in view of it (101 over "
    "111 bpm); what the vagus holds back follows from two resting rates",
)
def shares_of_both_nerves(seed: int) -> Measured:
    """Return what propranolol takes under atropine, over that and what atropine adds."""
    _, no_vagus, no_sympathetic, neither = (one["mean_hr"] for one in _under(seed, 22, 40))
    driven, held_back = no_vagus - neither, neither - no_sympathetic
    return Measured.statistic(
        lambda up, down: float(up.mean() / (up.mean() + down.mean())), driven, held_back
    )


@finding(
    number=8,
    title="Lying, atropine takes nearly all variability, propranolol hardly any",
    source="Pomeranz et al. (1985), Am J Physiol 248:H151",
    doi="10.1152/ajpheart.1985.248.1.H151",
    published="atropine: LF -84 %, HF -90 %; propranolol: neither falls significantly",
    mark="M",
    parts={
        "LF without vagus": Tolerance(most=0.3, rule="share that is left"),
        "HF without vagus": Tolerance(most=0.2, rule="share that is left"),
        "HF without the other": Tolerance(0.7, 1.6, rule="share that is left"),
    },
    origin="predicted",
    ledger="nothing was adjusted to it. Full atropine leaves no vagus at all here, and so far "
    "less than in people, which an open end does not blame",
)
def powers_without_one_nerve(seed: int) -> dict[str, Measured]:
    """Return ratios of mean powers."""
    plain, no_vagus, no_sympathetic, _ = _under(seed, 22, 40)

    def left(name: str, blocked: dict[str, FloatArray]) -> Measured:
        return Measured.statistic(
            lambda x, y: float(x.mean() / y.mean()), blocked[name], plain[name]
        )

    return {
        "LF without vagus": left("lf", no_vagus),
        "HF without vagus": left("hf_fixed", no_vagus),
        "HF without the other": left("hf_fixed", no_sympathetic),
    }
