"""What docs/two-people.md and the README show runs as it stands there."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import interbeat as ib
from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.recording import Recording
from interbeat.core.session import Session

ROOT = Path(__file__).resolve().parents[3]
RNG = np.random.default_rng(1)


def series() -> FloatArray:
    return np.convolve(RNG.standard_normal(1607), np.ones(8), "valid")


def blocks(page: str, section: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8").split(section, 1)[1]
    return [b.removeprefix("python\n") for b in text.split("```")[1::2] if b[:7] == "python\n"]


def names() -> dict[str, object]:
    """Return what the page takes as given: series, people, and a session with its chunk."""
    a = series()
    hearts = [
        Recording(person, {"beats": Beats.from_rr(800 + 30 * series(), person=person)})
        for person in "ab"
    ]
    given = {name: series() for name in ("heart_rate", "breathing", "ann", "bo", "cy")}
    return {
        **given,
        "a": a, "b": np.roll(a, 4) + series(), "x": series(), "y": series(),
        "all_a": [series() for _ in range(6)], "all_b": [series() for _ in range(6)],
        "session": Session(tuple(hearts)), "chunk": hearts[0].between(0, 300), "ib": ib,
    }  # fmt: skip


def test_the_page_on_two_people_runs() -> None:
    given = names()
    found = blocks("docs/two-people.md", "# Two people")
    assert len(found) > 7
    for block in found:
        exec(block, given)
    assert given["who"].leader == "a"  # type: ignore[attr-defined]
    assert given["among"].group.p > 0.01  # type: ignore[attr-defined]


def test_the_readme_on_two_people_runs() -> None:
    given = names()
    exec(blocks("README.md", "## Two people")[0], given)
    assert given["found"].p > given["found"].floor  # type: ignore[attr-defined]
