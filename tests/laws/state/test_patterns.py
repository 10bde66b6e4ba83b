"""Patterns are probabilities; quiet is not called safe, and thin evidence is called unknown."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interbeat.state.checking import CheckIn
from interbeat.state.patterns import PATTERNS, SAID, patterns

SETTLED, ALERT, MOBILIZED, BOTH, LOW, UNKNOWN = range(6)
NEVER = ("ventral", "dorsal", "polyvagal", "neuroception", "balance", "shutdown", "safe")


def at(
    vagal: float, sympathetic: float, *, se: float = 0.08, quality: float = 1.0,
    breathed: bool = True, said: tuple[CheckIn, ...] = (), time: float = 100.0,
) -> np.ndarray:  # fmt: skip
    shares = patterns(
        np.array([time]), np.array([[vagal, sympathetic, 0.0]]), se**2 * np.eye(3)[None],
        quality=np.array([quality]), breathed=breathed, check_ins=said,
    )  # fmt: skip
    return np.asarray(shares[0])


@given(
    st.lists(st.floats(-5, 5), min_size=3, max_size=3),
    st.lists(st.floats(-1.5, 1.5), min_size=9, max_size=9),
    st.floats(0, 1),
    st.booleans(),
)
def test_each_second_adds_up_to_one(
    drives: list[float], root: list[float], quality: float, breathed: bool
) -> None:
    half = np.array(root).reshape(3, 3)
    shares = patterns(
        np.array([0.0]), np.array([drives]), (half @ half.T)[None], quality=np.array([quality]),
        breathed=breathed, check_ins=(CheckIn(-10.0, 0.3, "toward"),),
    )  # fmt: skip
    assert np.all((shares >= 0) & (shares <= 1))
    np.testing.assert_allclose(shares.sum(), 1, atol=1e-9)


@pytest.mark.parametrize(
    ("vagal", "sympathetic", "name"),
    [
        (-1.0, 1.0, "mobilized"),
        (1.0, 1.0, "co-activated"),
        (0.0, 1.0, "alert"),
        (-1.0, 0.0, "alert"),
        (0.0, 0.0, "low-arousal (uncertain)"),
        (1.0, -1.0, "low-arousal (uncertain)"),
    ],
)
def test_each_pattern_is_where_it_should_be(
    vagal: float, sympathetic: float, name: str
) -> None:
    assert PATTERNS[int(at(vagal, sympathetic).argmax())] == name


def test_quiet_is_settled_only_when_the_person_says_so() -> None:
    said = CheckIn(90.0, 0.1, "toward")
    assert at(0, 0)[SETTLED] == 0
    assert at(0, 0, said=(said,))[SETTLED] > 0.8
    assert at(0, 0, said=(CheckIn(90.0, 0.1, "away"),))[SETTLED] == 0
    assert at(0, 0, said=(CheckIn(90.0, 0.1, "unsure"),))[SETTLED] == 0
    assert at(0, 0, said=(said,), time=80.0)[SETTLED] == 0


def test_what_was_said_grows_old_and_the_last_word_counts() -> None:
    said = CheckIn(90.0, 0.1, "toward")
    fresh, old = (at(0, 0, said=(said,), time=90 + t)[SETTLED] for t in (0.0, SAID))
    assert old == pytest.approx(fresh / np.e)
    assert at(0, 0, said=(said, CheckIn(95.0, 0.1, "away")))[SETTLED] == 0


def test_saying_toward_does_not_calm_a_heart_that_is_mobilized() -> None:
    said = (CheckIn(99.0, 0.1, "toward"),)
    assert at(-1, 1, said=said)[MOBILIZED] == pytest.approx(at(-1, 1)[MOBILIZED])


def test_thin_evidence_is_unknown() -> None:
    assert at(-1, 1)[UNKNOWN] < 0.1
    assert at(-1, 1, se=2.0)[UNKNOWN] == 1
    assert at(-1, 1, quality=0.0)[UNKNOWN] == 1
    assert at(-1, 1, breathed=False)[UNKNOWN] > 0.5
    assert at(-1, 1, quality=0.5)[UNKNOWN] > at(-1, 1)[UNKNOWN]


def test_no_name_says_more_than_can_be_known() -> None:
    assert PATTERNS[-1] == "unknown"
    assert not [name for name in PATTERNS for word in NEVER if word in name]
