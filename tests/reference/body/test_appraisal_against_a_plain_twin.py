"""The kernel of appraisal against a plain twin: one person at a time, from the equations."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interbeat.core.arrays import FloatArray
from interbeat.kernels.appraisal import Traits, appraise_pair

share, gain = st.floats(0.001, 1.0), st.floats(-1.5, 1.5)
traits = st.builds(
    Traits,
    threshold=st.floats(0.05, 1.0),
    steepness=st.floats(0.02, 0.5),
    comfort=st.floats(0.0, 2.0),
    rise=share,
    fall=share,
    settling=share,
    stilling=share,
    overwhelm=st.floats(0.0, 1.0),
    sensitizing=st.floats(0.0, 0.05),
    strong=st.floats(0.0, 0.9),
    most=st.floats(1.0, 3.0),
    fading=st.floats(0.0, 0.05),
    threat=gain,
    calm=gain,
    reassurance=gain,
    accustoming=share,
    delay=st.integers(1, 40),
)


@dataclass
class Twin:
    """One mind, told at each step what the other showed then."""

    own: Traits
    sensitization: float
    threat: float = 0.0
    safety: float = 0.0
    still: float = 0.0
    used: float = 0.0
    shown: list[tuple[float, float]] = field(default_factory=list)

    def live(self, world: tuple[float, ...], seen: tuple[float, float]) -> list[float]:
        learnt, danger, safety, control = world
        fear, ease = seen
        o = self.own
        e_t = self.sensitization * learnt + danger + o.threat * max(0.0, fear - self.used)
        self.used = (1 - o.accustoming) * self.used + o.accustoming * fear
        e_f = max(0.0, safety + o.calm * ease + o.reassurance * fear)
        aim = logistic((e_t - o.comfort * e_f - o.threshold) / o.steepness)
        aim = max(0.0, aim - logistic(-o.threshold / o.steepness))
        before = self.threat
        self.threat += (o.rise if aim > before else o.fall) * (aim - before)
        self.safety += o.settling * (e_f * (1 - before) - self.safety)
        self.still += o.stilling * (max(0.0, e_t - o.overwhelm) * (1 - control) - self.still)
        up = o.sensitizing * max(0.0, before - o.strong) * (o.most - self.sensitization)
        self.sensitization += up - o.fading * (self.sensitization - 1)
        self.shown.append((self.threat, self.safety))
        return [self.threat, self.safety, self.still, self.sensitization]


def logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def plain(both: tuple[Traits, Traits], world: FloatArray, contact: FloatArray) -> FloatArray:
    """Return what two twins go through; `world` has shape (2, 4, n)."""
    minds = [Twin(both[0], 1.2), Twin(both[1], 1.0)]
    out = np.empty((2, 4, contact.size))
    for t in range(contact.size):
        seen = []
        for i in range(2):
            then = t - both[i].delay
            fear, ease = minds[1 - i].shown[then] if then >= 0 else (0.0, 0.0)
            seen.append((contact[t] * fear, contact[t] * min(1.0, ease)))
        for i in range(2):
            out[i, :, t] = minds[i].live(tuple(world[i, :, t]), seen[i])
    return out


@settings(max_examples=60, deadline=None)
@given(one=traits, other=traits, seed=st.integers(0, 2**32 - 1))
def test_two_minds_do_what_the_equations_say(one: Traits, other: Traits, seed: int) -> None:
    rng = np.random.default_rng(seed)
    world = rng.uniform(0, 1.2, (2, 4, 120))
    world[:, 3] = np.clip(world[:, 3], 0, 1)
    contact = rng.uniform(0, 1, 120)
    out = np.zeros((2, 4, 120))
    out[:, 3, 0] = 1.2, 1.0
    learnt, danger, safety, control = (np.ascontiguousarray(world[:, k]) for k in range(4))
    appraise_pair((one, other), learnt, danger, safety, control, contact, out)
    assert out == pytest.approx(plain((one, other), world, contact), abs=1e-12, rel=1e-12)
