"""Stages: what a study has the cluster do, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.dyad.pseudo import PseudoDyads, compared
from interbeat.pipeline.study import cluster, coupled, strangers
from interbeat.pipeline.study.compared import Compared, Name, together
from interbeat.pipeline.study.finding import Place
from interbeat.pipeline.study.outcome import Failure, Progress, Tell
from interbeat.pipeline.study.sessions import SessionDone, is_blank, session_task, why
from interbeat.pipeline.study.store import Store
from interbeat.pipeline.study.strangers import Block, Member

__all__ = ["Stages", "distinct"]

SHORT = 1200.0  # s: of a shorter record, all indices together are one task worth sending
LARGEST = 500  # dyads that are compared all with all; more of them in sets of that size

Key = tuple[str, str, str]  # index, signal, label
Calls = Sequence[tuple[Any, ...]]


class Stages:
    """The stages of one study, each of which begins when the one before it has ended.

    Parameters
    ----------
    client : distributed.Client
        Of the cluster.
    store : Store
        Where results are kept.
    code : str
        Digest of the code that the study runs with.
    tell : callable
        Is told how far each stage is.
    """

    def __init__(
        self,
        client: Any,  # noqa: ANN401 - Dask has no types
        store: Store,
        code: str,
        tell: Tell,
    ) -> None:
        self.client, self.store, self.code, self.tell = client, store, code, tell
        self.failures: list[Failure] = []

    def sessions(self, places: Sequence[Place], rate: float | None) -> list[SessionDone]:
        """Return what each place holds, by name; one that cannot be read with a reason."""
        calls = [(place, rate, self.store, self.code) for place in places]
        found = []
        for call, result in self._run("sessions", session_task, calls, reused=0):
            failed = isinstance(result, BaseException)
            found.append(_unread(call[0], result) if failed else result)
        return sorted(found, key=lambda done: (done.dyad, done.session))

    def indices(self, dyads: Sequence[SessionDone], names: Sequence[str]) -> None:
        """Have each index of each dyad computed and stored."""
        calls: list[tuple[Any, ...]] = []
        total = 0
        for done in dyads:
            batches = [names] if done.seconds < SHORT else [(name,) for name in names]
            total += len(batches)
            for batch in batches:
                left = tuple(n for n in batch if not self._has(done, n))
                if left:
                    calls.append((done, left, self.store, self.code))
        task = coupled.coupled_task
        for call, result in self._run("indices", task, calls, reused=total - len(calls)):
            if isinstance(result, BaseException):
                done, names = call[:2]
                self.failures += [
                    Failure(done.dyad, done.session, name, reason=why(result)) for name in names
                ]

    def _has(self, done: SessionDone, name: str) -> bool:
        return coupled.key_of(done, name, self.code) in self.store

    def strangers(
        self, dyads: Sequence[SessionDone], names: Sequence[str]
    ) -> dict[Key, Compared]:
        """Return real dyads beside pseudo-dyads, for each index and signal."""
        signals = sorted({signal for done in dyads for signal in done.digests or {}})
        self.failures += _of_other_rates(dyads, signals)
        sets = [
            (name, signal, chosen)
            for name, signal in product(names, signals)
            for chosen in _sets([d for d in dyads if signal in (d.digests or {})])
            if len(chosen) > 1
        ]
        blocks = [
            Block(name, signal, ones, others)
            for name, signal, chosen in sets
            for ones, others in product(_blocks(_members(chosen, signal)), repeat=2)
        ]
        calls = [
            (block, self.store, self.code)
            for block in blocks
            if strangers.key_of(block, self.code) not in self.store
        ]
        task, reused = strangers.strangers_task, len(blocks) - len(calls)
        for call, result in self._run("pseudo-dyads", task, calls, reused=reused):
            if isinstance(result, BaseException):
                where = call[0].index, call[0].signal
                self.failures.append(Failure("", "", *where, reason=why(result)))
        return self._compared(sets)

    def _compared(
        self, sets: Iterable[tuple[str, str, Sequence[SessionDone]]]
    ) -> dict[Key, Compared]:
        found: dict[Key, list[tuple[list[Name], PseudoDyads]]] = {}
        for name, signal, chosen in sets:
            members = [(d.dyad, d.session) for d in chosen]
            scores = self._scores(name, signal, _members(chosen, signal))
            made = compared(scores, index=name)
            found.setdefault((name, signal, ""), []).append((members, made))
        return {key: together(parts) for key, parts in found.items()}

    def _scores(self, name: str, signal: str, members: Sequence[Any]) -> FloatArray:
        """Return the statistic of all with all; NaN where a block could not be computed."""
        rows = []
        for ones in _blocks(members):
            row = []
            for others in _blocks(members):
                block = Block(name, signal, ones, others)
                held = self.store.get(strangers.key_of(block, self.code))
                nothing = np.full((len(ones), len(others)), np.nan)
                row.append(nothing if held is None else held.arrays["scores"])
            rows.append(np.concatenate(row, axis=1))
        return np.concatenate(rows)

    def _run(
        self, stage: str, task: Callable[..., Any], calls: Calls, *, reused: int
    ) -> Iterator[tuple[tuple[Any, ...], Any]]:
        total = len(calls) + reused
        self.tell(Progress(stage, reused, total, reused))
        for k, (call, result) in enumerate(cluster.each(self.client, task, calls), reused + 1):
            reused += getattr(result, "reused", False)
            yield call, result
            self.tell(Progress(stage, k, total, reused))


def distinct(sessions: Iterable[SessionDone]) -> tuple[list[SessionDone], list[Failure]]:
    """Return the dyads that can be compared, and what keeps the others from it.

    Files that were copied under another name are one dyad: as two they would be strangers who
    move together.
    """
    dyads, failures = [], []
    known: dict[tuple[str, ...], SessionDone] = {}
    for done in sessions:
        if done.reason:
            failures.append(Failure(done.dyad, done.session, reason=done.reason))
        if not done.paired:
            continue
        own = [tuple(sorted(both)) for both in (done.digests or {}).values()]
        own = [both for both in own if not any(map(is_blank, both))]
        twin = next((known[both] for both in own if both in known), None)
        if twin is None:
            known.update(dict.fromkeys(own, done))
            dyads.append(done)
        else:
            reason = f"holds the series of {twin.name}: one recording twice"
            failures.append(Failure(done.dyad, done.session, reason=reason))
    return dyads, failures


def _of_other_rates(dyads: Sequence[SessionDone], signals: Sequence[str]) -> Iterator[Failure]:
    """Give the signals that cannot be compared among all dyads, because their rates differ."""
    for signal in signals:
        rates = [done.rate for done in dyads if signal in (done.digests or {})]
        if not all(strangers.alike(rate, rates[0]) for rate in rates):
            said = f"from {min(rates):g} to {max(rates):g} Hz"
            yield Failure(
                "", "", signal=signal, reason=f"{said}: only equal rates are compared"
            )


def _unread(place: Place, error: BaseException) -> SessionDone:
    return SessionDone(place.dyad, place.session, reason=why(error))


def _sets(dyads: Sequence[SessionDone]) -> Iterator[list[SessionDone]]:
    """Part dyads by the name of their session, then into as few sets as are small enough.

    What two sessions of one name share is the situation; two sessions of one couple are no
    strangers. By turns, so that names of dyads matter least.
    """
    by_session: dict[str, list[SessionDone]] = {}
    for done in dyads:
        by_session.setdefault(done.session, []).append(done)
    for own in by_session.values():
        count = -(-len(own) // LARGEST)
        yield from (own[k::count] for k in range(count))


def _blocks(members: Sequence[Member]) -> list[tuple[Member, ...]]:
    size = strangers.BLOCK
    return [tuple(members[k : k + size]) for k in range(0, len(members), size)]


def _members(dyads: Sequence[SessionDone], signal: str) -> list[Member]:
    return [Member(d.key, d.rate, *d.digests[signal]) for d in dyads if d.digests]
