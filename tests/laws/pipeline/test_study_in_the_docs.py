"""The examples of docs/studies.md run, and say what the text says of them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from interbeat.pipeline.study.run import DEFAULT
from interbeat.pipeline.study.table import COLUMNS

DOCS = Path(__file__).resolve().parents[3] / "docs" / "studies.md"


@pytest.mark.usefixtures("here")
def test_a_study_and_its_mixed_model_as_the_docs_have_them(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    recwarn: pytest.WarningsRecorder,
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "__main__"}
    for block in re.findall(r"```python\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL):
        exec(compile(block, str(DOCS), "exec"), names)
    assert (tmp_path / "supplement.html").is_file()
    assert names["low"] > 0
    assert names["low"] < names["effect"] < names["high"]
    assert not recwarn.list
    assert "Mixed Linear Model" in capsys.readouterr().out
    below = names["table"].query("kind == 'summary' and part == ''")["q"] <= 0.05
    assert 6 <= below.sum() <= 9


def test_the_docs_name_every_column_and_each_default_index() -> None:
    text = DOCS.read_text("utf-8")
    assert all(f"`{column}`" in text for column in COLUMNS)
    assert all(f"`{name}`" in text for name in DEFAULT)
