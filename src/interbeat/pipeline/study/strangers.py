"""Strangers: the third task of a study, each person with every other couple's partner."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.dyad import INDICES, Index
from interbeat.dyad._series import Pair, too_little
from interbeat.dyad.pseudo import row
from interbeat.pipeline.study import keys
from interbeat.pipeline.study.sessions import check_code
from interbeat.pipeline.study.store import Store

__all__ = ["BLOCK", "Block", "Member", "alike", "key_of", "strangers_task"]

BLOCK = 16  # people of each side in one task: 256 pairs


class Member(NamedTuple):
    """One couple's series of a signal.

    Parameters
    ----------
    key : str
        Under which their session is stored.
    rate : float
        In Hz.
    a, b : str
        Digests of the two series.
    """

    key: str
    rate: float
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the matrix of all with all.

    Parameters
    ----------
    index : str
        Its name in :data:`~interbeat.dyad.INDICES`.
    signal : str
        Of what.
    rows, columns : tuple of Member
        Whose a, and whose b.
    """

    index: str
    signal: str
    rows: tuple[Member, ...]
    columns: tuple[Member, ...]


def key_of(block: Block, code: str) -> str:
    """Return under which a block is stored."""
    plugin = keys.code(INDICES[block.index].function.__module__)
    ones = [f"{m.a} {m.rate!r}" for m in block.rows]
    others = [f"{m.b} {m.rate!r}" for m in block.columns]
    return keys.of_words("strangers", code, plugin, block.index, *ones, "with", *others)


def strangers_task(block: Block, store: Store, code: str) -> str:
    """Compare each couple's a with each couple's b by the statistic of an index.

    Parameters
    ----------
    block : Block
        Who is compared with whom.
    store : Store
        Where the series are, and where the block goes.
    code : str
        Digest of the code that the study runs with.

    Returns
    -------
    str
        Under which the block is stored: ``scores``, shape (rows, columns); NaN where a
        person's series is not there or the two have too little in common.
    """
    check_code(code)
    key = key_of(block, code)
    if key not in store:
        spec = INDICES[block.index]
        ones = [_ready(spec, store, m, f"a/{block.signal}") for m in block.rows]
        others = [_ready(spec, store, m, f"b/{block.signal}") for m in block.columns]
        store.put(key, {}, {"scores": np.array([_row(spec, x, others) for x in ones])})
    return key


class _Ready(NamedTuple):
    values: FloatArray
    rate: float


NOTHING = np.empty(0)
ALIKE = 1e-5  # of a rate; an hour at two that differ by less is 0.04 s apart in the end


def _ready(spec: Index, store: Store, member: Member, name: str) -> _Ready:
    """Return a series as the index takes it; one that cannot be used as empty."""
    values = store.array(member.key, name)
    if values is None:
        raise FileNotFoundError(f"the work folder {store.folder} does not hold {member.key}")
    if too_little(Pair(values, values, member.rate), "series"):
        return _Ready(NOTHING, member.rate)
    return _Ready(*spec.prepare(values, member.rate))


def alike(rate: float, other: float) -> bool:
    """Return whether two rates are one; told from rounded times, their last digits differ."""
    return math.isclose(rate, other, rel_tol=ALIKE)


def _row(spec: Index, x: _Ready, ys: list[_Ready]) -> FloatArray:
    """Return the scores of one with all whose series are of the same rate."""
    same = [y.values if alike(y.rate, x.rate) else NOTHING for y in ys]
    return row(x.values, same, index=spec, sampling_rate=x.rate)
