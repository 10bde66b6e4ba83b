"""What the parts share: recordings, peers that may be missing, pairs of beats, tables."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import process_time
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Made = TypeVar("Made")

DATA = Path(os.environ.get("INTERBEAT_DATA", Path(__file__).parents[3] / "shared" / "data"))
BEATS = list("NLRBAaJSVrFejnE/fQ?")


def module(name: str) -> Any:  # noqa: ANN401 - peers have no types
    return importlib.import_module(name)


def rows(
    makers: Mapping[str, Callable[[], Made]], score: Callable[[Made], Sequence[str]]
) -> Iterator[list[str]]:
    """Give a row a peer: its name and version, and its scores or why it has none.

    A name begins with that of its distribution: ``"wfdb xqrs"``.
    """
    for name, make in makers.items():
        package, *method = name.split(maxsplit=1)
        try:
            label = " ".join((package, version(package), *method))
        except PackageNotFoundError:
            yield [name, "not installed (extra `bench`)"]
            continue
        try:
            yield [label, *score(make())]
        except Exception as error:  # a peer may fail in any way, and says how
            yield [label, f"fails: {type(error).__name__}: {error}"[:100]]


def table(head: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    """Return a table; a row that is too short is a peer's name and why it has no numbers."""
    lines = [head, ["---"] * len(head)]
    lines += [[*row, *[""] * (len(head) - len(row))] for row in body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cpu(do: Callable[[], Made]) -> tuple[Made, float]:
    """Return what `do` returns, and the CPU seconds it took."""
    before = process_time()
    made = do()
    return made, process_time() - before


def matches(true: Floats, found: Floats, tolerance: float) -> list[tuple[int, int]]:
    """Return the pairs, one to one and in order, of two rising series of times (s)."""
    i = j = 0
    pairs: list[tuple[int, int]] = []
    while i < true.size and j < found.size:
        apart = found[j] - true[i]
        near = bool(abs(apart) <= tolerance)
        if near:
            pairs.append((i, j))
        i, j = i + int(near or apart > 0), j + int(near or apart < 0)
    return pairs


def f1(counts: Sequence[tuple[int, int, int]]) -> float:
    """Return F1 (%) of how many agreed, were true and were found, summed."""
    agreed, true, found = np.sum(counts, axis=0)
    return float(200 * agreed / (true + found))


def arrhythmia(path: Path) -> tuple[Floats, int, Callable[[Floats], Floats], Floats]:
    """Return the leads (rows), their rate, what leaves flutter out, and experts' beats (s)."""
    leads = module("wfdb").rdrecord(str(path))
    notes = module("wfdb").rdann(str(path), "atr")
    times, kinds = np.asarray(notes.sample) / leads.fs, np.array(notes.symbol)
    flutter = list(zip(times[kinds == "["], times[kinds == "]"], strict=True))

    def outside(at: Floats) -> Floats:
        inside = [(at >= begin - 0.2) & (at <= end + 0.2) for begin, end in flutter]
        return at[~np.any(inside, axis=0)] if inside else at

    rows = np.ascontiguousarray(leads.p_signal.T)
    return rows, int(leads.fs), outside, times[np.isin(kinds, BEATS)]
