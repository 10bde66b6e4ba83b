"""Outcome: what a study hands back, and how it tells how far it is."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from interbeat.pipeline.study.groups import Group
from interbeat.pipeline.study.sessions import SessionDone

__all__ = ["Failure", "Progress", "Study", "Tell", "versions"]


class Progress(NamedTuple):
    """How far a study is.

    Parameters
    ----------
    stage : str
        ``"sessions"``, ``"indices"`` or ``"pseudo-dyads"``.
    done, total : int
        Tasks of that stage, those of earlier runs included.
    reused : int
        How many of those an earlier run had done.
    """

    stage: str
    done: int
    total: int
    reused: int


Tell = Callable[[Progress], None]


@dataclass(frozen=True, slots=True, order=True)
class Failure:
    """What a study had to go on without.

    Parameters
    ----------
    dyad, session : str
        Whose; empty where it is the study's.
    index, signal, label : str
        What of it; empty where it is the whole session, or all signals, or the whole record.
    reason : str
        What went wrong.
    """

    dyad: str
    session: str
    index: str = ""
    signal: str = ""
    label: str = ""
    reason: str = ""

    @property
    def name(self) -> str:
        """Dyad and session, for people; empty where it is the study's."""
        return f"{self.dyad}/{self.session}" if self.session else self.dyad

    @property
    def what(self) -> str:
        """What of it is missing, for people."""
        said = ", ".join(word for word in (self.index, self.signal, self.label) if word)
        if not self.dyad:
            return f"pseudo-dyads: {said}"
        return said if self.index else "session"


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """What came of a study; every estimate is in its table.

    Parameters
    ----------
    title : str
        Name of its folder.
    table : Path
        The Parquet file.
    sessions : tuple of SessionDone
        Each that was found, by name.
    failures : tuple of Failure
        What could not be read, compared or computed, and why.
    groups : tuple of Group
        Each index of each signal over all dyads.
    versions : mapping of str to str
        Of interbeat, Python and what computed the numbers.
    """

    title: str
    table: Path
    sessions: tuple[SessionDone, ...]
    failures: tuple[Failure, ...]
    groups: tuple[Group, ...]
    versions: Mapping[str, str] = field(default_factory=dict)


def versions() -> dict[str, str]:
    """Return the versions of what computes."""
    numbers = {"interbeat": version("interbeat"), "Python": platform.python_version()}
    return numbers | {"NumPy": version("numpy"), "SciPy": version("scipy")}
