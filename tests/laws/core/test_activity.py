"""Scans and blood hold what can be: frames that follow each other, shares, known half-lives."""

from typing import Any

import numpy as np
import pytest

from interbeat.core.activity import HALF_LIVES, Blood, Regions, decay_factors, nuclide_of
from interbeat.core.errors import DataError


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"starts": [0, 60]}, "given 2 and 3"),
        ({"starts": [0, 50, 120]}, "frame 2 starts at 50 s, before frame 1 ends at 60 s"),
        ({"durations": [60, 0, 60]}, "lasts longer than 0 s"),
        ({"starts": [0, np.nan, 120]}, "frame 2 starts at nan s"),
        ({"activity": {}}, "one region at least"),
        ({"activity": {"a": [1, 2]}}, "2 values for 3 frames"),
        ({"activity": {"a": [1, 2, np.inf]}}, "infinite"),
        ({"weights": {"": [1.0]}}, "weights of '' has 1 values"),
        ({"volumes": {"a": -1.0}}, "the volume of 'a' is -1.0 mL"),
    ],
)
def test_regions_that_cannot_be_are_refused(fields: dict[str, Any], said: str) -> None:
    sound: dict[str, Any] = {
        "starts": [0, 60, 120],
        "durations": [60, 60, 60],
        "activity": {"a": [1.0, 2, 3]},
        "unit": "kBq/mL",
    }
    assert Regions(**sound).ends.tolist() == [60, 120, 180]
    with pytest.raises(DataError, match=said):
        Regions(**{**sound, **fields})


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"times": [0, 0, 1]}, "times that rise"),
        ({"times": [0, np.nan, 1]}, "finite times"),
        ({"parent": [1, 1.2, 0.5]}, "from 0 to 1"),
        ({"whole": [1.0]}, "whole has not one value"),
        ({"plasma": [1.0, np.inf, 3]}, "plasma is infinite"),
    ],
)
def test_blood_that_cannot_be_is_refused(fields: dict[str, Any], said: str) -> None:
    sound: dict[str, Any] = {"plasma": [1.0, 2, 3], "whole": [1.0, 2, 3]}
    sound |= {"times": [0, 1, 2], "parent": [1, np.nan, 0.5], "unit": "kBq/mL"}
    assert Blood(**sound).times.size == 3
    with pytest.raises(DataError, match=said):
        Blood(**{**sound, **fields})


@pytest.mark.parametrize("nuclide", HALF_LIVES)
def test_decay_is_undone_over_frames_of_any_length(nuclide: str) -> None:
    half_life = HALF_LIVES[nuclide]
    starts, lengths = np.array([0.0, 60, 3000]), np.array([1.0, 300, 2 * half_life])
    rate = np.log(2) / half_life
    mean = -np.expm1(-rate * lengths) / (rate * lengths) * np.exp(-rate * starts)
    np.testing.assert_allclose(decay_factors(starts, lengths, half_life=half_life) * mean, 1)


def test_decay_needs_a_half_life_and_frames_that_last() -> None:
    for lengths, half_life in (([60.0], 0.0), ([0.0], 1220.0), ([60.0], np.nan)):
        with pytest.raises(DataError, match="longer than 0 s"):
            decay_factors(np.zeros(1), np.array(lengths), half_life=half_life)


def test_half_lives_are_those_that_were_measured() -> None:
    minutes = {"C11": 20.3402, "F18": 109.734, "O15": 122.266 / 60, "N13": 9.965}
    assert set(minutes) == set(HALF_LIVES)
    for name, lasts in minutes.items():
        assert HALF_LIVES[name] == pytest.approx(60 * lasts, rel=1e-5)


def test_radionuclides_are_known_however_they_are_spelled() -> None:
    for spelled in ("C11", "11C", "[11C]", "C-11", "carbon-11", "Carbon11", "^11^C"):
        assert nuclide_of(spelled) == "C11"
    for unknown in ("", "C", "11", "C14", "Ga68", "raclopride"):
        assert nuclide_of(unknown) == ""
