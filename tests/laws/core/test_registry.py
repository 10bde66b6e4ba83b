"""A registry has everything, or says why not: each time that it is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from interbeat.core.errors import DataError
from interbeat.core.registry import Registry


def test_one_broken_file_does_not_leave_a_registry_half_filled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = tmp_path / "broken_room"
    room.mkdir()
    (room / "__init__.py").write_text("")
    (room / "thing.py").write_text("raise ImportError('no such library')")
    monkeypatch.syspath_prepend(tmp_path)
    things = Registry[int]("thing", "broken_room", "interbeat.nothing")
    for _ in range(2):
        with pytest.raises(ImportError, match="no such library"):
            len(things)


def test_a_name_is_taken_once_and_an_unknown_one_is_told_what_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty_room").mkdir()
    (tmp_path / "empty_room" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    things = Registry[int]("thing", "empty_room", "interbeat.nothing")
    things.add("one", 1)
    with pytest.raises(DataError, match="two things are called 'one'"):
        things.add("one", 2)
    with pytest.raises(DataError, match="no thing is called 'two'; possible: one"):
        things["two"]
