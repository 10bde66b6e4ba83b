"""Groups: one index of one signal over all dyads, and what is said of each."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from interbeat.core.estimate import Estimate
from interbeat.dyad.verdict import verdict
from interbeat.pipeline.study.compared import Compared
from interbeat.pipeline.study.multiple import false_discovery_rate

__all__ = ["Group", "Member", "Row", "groups_of"]

Key = tuple[str, str, str]  # index, signal, label of the marked task
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Member:
    """One dyad's coupling within a group.

    Parameters
    ----------
    dyad, session : str
        What it is called.
    estimate : Estimate
        The index.
    p, floor, q : float
        Against its own null; `q` over all dyads of the group. NaN where there is none.
    detectable : Estimate
        The coupling, as a correlation, that would have been seen.
    pseudo_p, pseudo_q : float
        Against other couples' partners; NaN where that was not tested.
    verdict : str
        What may be said.
    """

    dyad: str
    session: str
    estimate: Estimate
    p: float
    floor: float
    q: float
    detectable: Estimate
    pseudo_p: float = math.nan
    pseudo_q: float = math.nan
    verdict: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """One index of one signal over all dyads.

    Parameters
    ----------
    index, signal, label : str
        Which; `label` is the marked task, empty for the whole record.
    members : tuple of Member
        By name.
    mean : Estimate
        Of the index over dyads, each counting alike, by its mean where it has several
        sessions; its standard error says how it varies from one sample of dyads to the next.
    compared : Compared or None
        Real dyads beside pseudo-dyads, where those were made.
    q : float
        Of the group's p against pseudo-dyads, over all groups; NaN where it has none.
    settings : mapping
        Of the index, as far as all dyads have them alike.
    """

    index: str
    signal: str
    label: str
    members: tuple[Member, ...]
    mean: Estimate
    compared: Compared | None = None
    q: float = math.nan
    settings: Mapping[str, Any] = field(default_factory=dict)


def groups_of(
    found: Iterable[tuple[str, str, str, Row]], compared: Mapping[Key, Compared]
) -> list[Group]:
    """Return the groups of what was found.

    Parameters
    ----------
    found : iterable of (str, str, str, Row)
        Dyad, session, index, and the row of one signal and stretch, by name of the dyad.
    compared : mapping of (str, str, str) to Compared
        Pseudo-dyads by index, signal and label.
    """
    members: dict[Key, list[Member]] = defaultdict(list)
    settings: dict[Key, Row] = {}
    for dyad, session, index, row in found:
        key = index, row["signal"], row["label"]
        members[key].append(_member(dyad, session, row))
        if row.get("settings"):
            settings[key] = _alike(settings.get(key), row["settings"])
    groups = [
        _group(key, own, compared.get(key), settings.get(key, {}))
        for key, own in members.items()
    ]
    q = false_discovery_rate([g.compared.p if g.compared else math.nan for g in groups])
    return [replace(g, q=float(value)) for g, value in zip(groups, q, strict=True)]


def _alike(known: Row | None, more: Row) -> Row:
    """Return the settings that are the same for all: some follow from how long a record is."""
    return {k: v for k, v in more.items() if known is None or known.get(k) == v}


def _member(dyad: str, session: str, row: Row) -> Member:
    reason = row.get("undetectable") or row["reason"] or "not known"
    seen = row.get("detectable")
    return Member(
        dyad,
        session,
        _estimate(row),
        _number(row.get("p")),
        _number(row.get("floor")),
        math.nan,
        Estimate.missing("", reason) if seen is None else Estimate(seen, 0.0, "", 1.0, 0),
    )


def _estimate(row: Row) -> Estimate:
    if row["reason"]:
        return Estimate.missing(row["unit"], row["reason"], row["quality"], row["n"])
    return Estimate(row["value"], row["se"], row["unit"], row["quality"], row["n"])


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _group(
    key: Key, members: Sequence[Member], compared: Compared | None, settings: Row
) -> Group:
    p_of = {} if compared is None else compared.p_of
    pseudo_p = [p_of.get((m.dyad, m.session), math.nan) for m in members]
    q, pseudo_q = false_discovery_rate([m.p for m in members]), false_discovery_rate(pseudo_p)
    judged = tuple(
        _judged(replace(m, q=float(a), pseudo_p=b, pseudo_q=float(c)))
        for m, a, b, c in zip(members, q, pseudo_p, pseudo_q, strict=True)
    )
    return Group(*key, judged, _mean(members), compared, settings=settings)


def _mean(members: Sequence[Member]) -> Estimate:
    known: dict[str, list[Estimate]] = defaultdict(list)
    for m in members:
        if not m.estimate.reason:
            known[m.dyad].append(m.estimate)
    if len(known) < 2:
        return Estimate.missing("", f"{len(known)} of 2 dyads")
    values = np.array([np.mean([e.value for e in own]) for own in known.values()])
    spread = float(np.std(values, ddof=1) / math.sqrt(values.size))
    every = [e for own in known.values() for e in own]
    quality = float(np.mean([e.quality for e in every]))
    return Estimate(float(values.mean()), spread, every[0].unit, quality, values.size)


def _judged(member: Member) -> Member:
    """Say of a dyad what its q allow, which count all dyads of the study."""
    return replace(member, verdict=verdict(member.q, beyond=member.pseudo_q))
