"""Nothing says that two people are coupled beyond their situation before that was tested."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.laws.dyad.worlds import RATE, shared_stimulus

import interbeat.dyad
from interbeat.core.estimate import Estimate
from interbeat.dyad import INDICES, Coupling
from interbeat.dyad.verdict import CHANCE, COUPLED, COVARYING, UNKNOWN, said, verdict
from interbeat.reporting import wording

ALL_P = (0.0001, 0.01, 0.05, 0.051, 0.3, 1.0, np.nan)


@pytest.mark.parametrize("p", ALL_P)
@pytest.mark.parametrize("beyond", [None, np.nan, 0.051, 0.4, 1.0])
def test_without_significant_pseudo_dyads_nobody_is_coupled(
    p: float, beyond: float | None
) -> None:
    assert verdict(p, beyond=beyond) != COUPLED
    expected = UNKNOWN if np.isnan(p) else COVARYING if p <= 0.05 else CHANCE
    assert verdict(p, beyond=beyond) == expected


@pytest.mark.parametrize("beyond", [0.0001, 0.05])
def test_who_was_not_seen_to_co_vary_is_not_coupled_either(beyond: float) -> None:
    assert verdict(0.051, beyond=beyond) == CHANCE
    assert verdict(0.05, beyond=beyond) == COUPLED


def test_more_evidence_never_says_less() -> None:
    order = (CHANCE, COVARYING, COUPLED)
    for beyond in (None, 0.5, 0.01):
        ranks = [order.index(verdict(p, beyond=beyond)) for p in sorted(ALL_P[:-1])]
        assert ranks == sorted(ranks, reverse=True)
    for p, (small, large) in itertools.product(ALL_P[:-1], [(0.01, 0.2), (0.2, 0.9)]):
        assert order.index(verdict(p, beyond=small)) >= order.index(verdict(p, beyond=large))


def test_two_who_saw_the_same_film_are_covarying_and_no_more() -> None:
    """Whatever index finds them tied, and whichever way it is said."""
    found = [
        index.function(*shared_stimulus(np.random.default_rng(3)), sampling_rate=RATE)
        for name, index in INDICES.items()
        if name != "coherence"  # takes long, and is worded in the same place
    ]
    assert any(one.p <= 0.05 for one in found)
    for one in found:
        words = said(one)
        assert words.startswith(verdict(one.p))
        assert COUPLED not in words.replace(COVARYING, "")
        assert said(one, beyond=0.01).startswith(COUPLED if one.p <= 0.05 else CHANCE)


def coupling(p: float, seen: Estimate) -> Coupling:
    value = Estimate(0.2, 0.1, "", 0.9, 2400)
    needed = Estimate(600, 200, "s", 0.9, 2400)
    return Coupling(
        "x", "breathing", value, p, 0.017, "circular shifts", 0.0, 0.1, 0.3, seen, needed
    )


def test_beside_a_null_result_stands_what_could_have_been_seen() -> None:
    seen = Estimate(0.42, 0.05, "", 0.9, 2400)
    words = said(coupling(0.3, seen))
    assert words == (
        "not distinguishable from chance (p = 0.3, at best 0.017); a coupling of 0.42 would "
        "have been found in 8 of 10 recordings like this one, and a smaller one may be there"
    )
    blind = Estimate.missing("", "no p under 0.05 is possible in it")
    assert said(coupling(0.3, blind)).endswith("0.017); no p under 0.05 is possible in it")
    assert "would have been found" not in said(coupling(0.01, seen))
    assert "beyond the shared situation p = 0.6" in said(coupling(0.01, seen), beyond=0.6)
    nothing = Estimate.missing("", "the breathing of b does not vary")
    gone = replace(coupling(np.nan, nothing), value=nothing)
    assert said(gone) == "cannot be told: the breathing of b does not vary"


def test_the_page_says_it_in_the_same_words() -> None:
    assert wording.SHARED == COVARYING


def test_a_null_result_is_never_called_absence() -> None:
    """No text of the room says that two people were not in synchrony."""
    room = Path(interbeat.dyad.__file__).parent
    for path in room.rglob("*.py"):
        words = path.read_text().lower().replace('"not in sync"', "")
        for claim in (
            "not in sync",
            "no synchrony between",
            "were not coupled",
            "not synchron",
        ):
            assert claim not in words, (path.name, claim)
