"""Every finding of the literature is asked of the model, on a seed it was not tuned on.

A finding that the model is known not to reproduce is marked with its reason and must fail: if
it comes to hold, that is news, and the mark must go. With INTERBEAT_LONG=1 each rests on five
groups of people, and a model in which nothing acts must fail nearly everywhere.
"""

from __future__ import annotations

import os

import pytest

from interbeat.validation import FINDINGS, examine

LONG = os.environ.get("INTERBEAT_LONG") == "1"
FRESH = 1_000_000
REPEATS = 5 if LONG else 1


def _marked(name: str) -> object:
    reason = FINDINGS[name].fails
    marks = [pytest.mark.xfail(strict=True, reason=reason, raises=AssertionError)]
    return pytest.param(name, marks=marks if reason else [])


@pytest.mark.parametrize("name", [_marked(name) for name in FINDINGS])
def test_the_model_gives_what_was_found_in_people(name: str) -> None:
    row = examine(name, seed=FRESH, repeats=REPEATS)
    said = "; ".join(
        f"{part.label} {part.measured.value:.3g} ± {part.measured.se:.2g} ({part.tolerance})"
        for part in row.parts
    )
    assert row.inside, said
