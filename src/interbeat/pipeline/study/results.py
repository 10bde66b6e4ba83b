"""Results: what the store holds of each dyad, as rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from interbeat.core.arrays import FloatArray
from interbeat.pipeline.study.coupled import key_of
from interbeat.pipeline.study.outcome import Failure
from interbeat.pipeline.study.sessions import SessionDone
from interbeat.pipeline.study.store import Store

__all__ = ["Results"]

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Results:
    """Where the couplings of dyads are found.

    Parameters
    ----------
    store : Store
        The work folder.
    names : sequence of str
        The indices, in order.
    code : str
        Digest of the code that the study runs with.
    """

    store: Store
    names: Sequence[str]
    code: str

    def of_persons(self, done: SessionDone) -> list[list[Any]]:
        """Return each measure of each person of a session."""
        said = self.store.said(done.key) if done.key else None
        return [] if said is None else list(said["rows"])

    def couplings(self, done: SessionDone) -> Iterator[tuple[str, Row]]:
        """Give the name of an index and a row, for each index, signal and stretch."""
        for name in self.names:
            said = self.store.said(key_of(done, name, self.code))
            for row in () if said is None else said["rows"]:
                yield name, row

    def windows(self, done: SessionDone, name: str) -> dict[int, dict[str, FloatArray]]:
        """Return the curves along the windows of an index, by number of the row."""
        held = self.store.get(key_of(done, name, self.code))
        curves: dict[int, dict[str, FloatArray]] = {}
        for label, values in ({} if held is None else held.arrays).items():
            number, _, curve = label.partition("/")
            curves.setdefault(int(number), {})[curve] = values
        return curves

    def failed(self, dyads: Sequence[SessionDone]) -> Iterator[Failure]:
        """Give what an index could not compute."""
        for done in dyads:
            for name, row in self.couplings(done):
                if row["failed"]:
                    what = ", ".join(w for w in (name, row["signal"], row["label"]) if w)
                    yield Failure(done.dyad, done.session, what, row["reason"])
