"""The scenario that the docs show is one that can be played."""

from __future__ import annotations

import re
from pathlib import Path

from interbeat.body import simulate

START = Path(__file__).resolve().parents[3] / "docs" / "start.md"


def test_the_scenario_of_the_docs_can_be_played(tmp_path: Path) -> None:
    shown = re.search(r"```toml\n(.*?)```", START.read_text(encoding="utf-8"), re.DOTALL)
    assert shown
    path = tmp_path / "mine.toml"
    path.write_text(shown[1], encoding="utf-8")
    made = simulate(path, seed=1)
    assert made.session.intervals.labels == ("talk", "pause", "paced breathing")
    assert any("danger" in label for label in made.truth.events.labels)
