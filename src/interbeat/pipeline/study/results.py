"""Results: what the store holds of each dyad, as rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from interbeat.core.arrays import FloatArray
from interbeat.pipeline.study.coupled import key_of
from interbeat.pipeline.study.outcome import Failure
from interbeat.pipeline.study.sessions import SessionDone
from interbeat.pipeline.study.store import Store

__all__ = ["Results"]

Row = Mapping[str, Any]
LOST = "the work folder does not hold its result; the same call computes it again"


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

    def with_windows(
        self, done: SessionDone
    ) -> Iterator[tuple[str, Row, Mapping[str, FloatArray]]]:
        """Give the same, each row with its curves along windows, if it has such."""
        for name in self.names:
            held = self.store.get(key_of(done, name, self.code))
            curves = _by_row({} if held is None else held.arrays)
            for k, row in enumerate(() if held is None else held.said["rows"]):
                yield name, row, curves.get(k, {})

    def failed(
        self, dyads: Sequence[SessionDone], known: Collection[Failure]
    ) -> Iterator[Failure]:
        """Give what an index could not compute, but not what is `known` already."""
        told = {(f.dyad, f.session, f.index) for f in known}
        for done in dyads:
            found = set()
            for name, row in self.couplings(done):
                found.add(name)
                if row["failed"]:
                    where = name, row["signal"], row["label"]
                    yield Failure(done.dyad, done.session, *where, reason=row["reason"])
            for name in self.names:
                if name not in found and (done.dyad, done.session, name) not in told:
                    yield Failure(done.dyad, done.session, name, reason=LOST)


def _by_row(arrays: Mapping[str, FloatArray]) -> dict[int, dict[str, FloatArray]]:
    curves: dict[int, dict[str, FloatArray]] = {}
    for label, values in arrays.items():
        number, _, curve = label.partition("/")
        curves.setdefault(int(number), {})[curve] = values
    return curves
