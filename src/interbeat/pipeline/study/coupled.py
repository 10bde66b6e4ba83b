"""Coupled: the second task of a study, indices of one dyad with their own nulls."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.estimate import Estimate
from interbeat.dyad import INDICES, Coupling, Index
from interbeat.pipeline._pair import SIGNALS
from interbeat.pipeline.study import keys
from interbeat.pipeline.study.sessions import SessionDone, check_code, why
from interbeat.pipeline.study.store import Store, Stored

__all__ = ["coupled_task", "key_of", "settings_of"]

Stretch = tuple[str, float, float]


def key_of(done: SessionDone, index: str, code: str) -> str:
    """Return under which the couplings of a dyad are stored.

    Parameters
    ----------
    done : SessionDone
        Of the dyad.
    index : str
        Its name in :data:`~interbeat.dyad.INDICES`.
    code : str
        Digest of the code that the study runs with.
    """
    said = [done.rate, done.start, done.stretches, sorted((done.digests or {}).items())]
    plugin = keys.code(INDICES[index].function.__module__)
    return keys.of_words("coupled", code, plugin, index, json.dumps(said))


def coupled_task(done: SessionDone, indices: Sequence[str], store: Store, code: str) -> int:
    """Compute `indices` of a dyad, over the whole and each marked task; return how many.

    An index that fails is a row with a reason, and is tried again by the next run.

    Parameters
    ----------
    done : SessionDone
        Of two people.
    indices : sequence of str
        Their names in :data:`~interbeat.dyad.INDICES`.
    store : Store
        Where results are kept, those of the session among them.
    code : str
        Digest of the code that the study runs with.
    """
    check_code(code)
    held = store.get(done.key)
    if held is None:
        raise FileNotFoundError(f"the work folder {store.folder} does not hold {done.name}")
    for name in indices:
        key = key_of(done, name, code)
        if key in store:
            continue
        said, arrays = _all_of(INDICES[name], done, held)
        failed = any(row["failed"] for row in said["rows"])
        store.put(key, said, arrays, sound=not failed)
    return len(indices)


def settings_of(spec: Index, signal: str) -> dict[str, Any]:
    """Return what an index is told of a signal: how far apart in time two may answer."""
    how = SIGNALS.get(signal)
    takes = inspect.signature(spec.function).parameters
    return {"max_lag": how.max_lag} if how is not None and "max_lag" in takes else {}


def _all_of(
    spec: Index, done: SessionDone, held: Stored
) -> tuple[dict[str, Any], dict[str, FloatArray]]:
    rows: list[dict[str, Any]] = []
    arrays: dict[str, FloatArray] = {}
    whole = ("", done.start, done.start + done.seconds)
    for signal in done.digests or {}:
        x, y = held.arrays[f"a/{signal}"], held.arrays[f"b/{signal}"]
        for stretch in (whole, *done.stretches):
            part = _within(stretch, done)
            row, curves = _one(spec, x[part], y[part], rate=done.rate, signal=signal)
            arrays |= {f"{len(rows)}/{name}": curve for name, curve in curves.items()}
            rows.append({"label": stretch[0], "start": stretch[1], "end": stretch[2], **row})
    return {"rows": rows}, arrays


def _within(stretch: Stretch, done: SessionDone) -> slice:
    _, start, end = stretch
    first, last = (max(round((t - done.start) * done.rate), 0) for t in (start, end))
    return slice(first, last)


def _one(
    spec: Index, x: FloatArray, y: FloatArray, *, rate: float, signal: str
) -> tuple[dict[str, Any], Mapping[str, FloatArray]]:
    try:
        told = settings_of(spec, signal)
        found = spec.function(x, y, sampling_rate=rate, signal=signal, **told)
    except Exception as error:  # a plug-in may fail in any way
        nothing = Estimate.missing("", why(error))
        return {"signal": signal, "failed": True, **_said(nothing), "parts": {}}, {}
    return {"signal": signal, "failed": False, **_of(found)}, dict(_windows(found))


def _of(c: Coupling) -> dict[str, Any]:
    return {
        **_said(c.value),
        "p": c.p,
        "floor": c.floor,
        "null": c.null,
        "null_low": c.null_low,
        "null_median": c.null_median,
        "null_high": c.null_high,
        "detectable": c.detectable.value,
        "undetectable": c.detectable.reason,
        "parts": {name: _said(part) for name, part in c.parts.items()},
        "settings": dict(c.settings),
    }


def _said(e: Estimate) -> dict[str, Any]:
    low, high = e.interval
    return {
        "value": e.value, "se": e.se, "low": low, "high": high, "unit": e.unit,
        "quality": e.quality, "n": e.n, "reason": e.reason,
    }  # fmt: skip


def _windows(c: Coupling) -> Iterator[tuple[str, FloatArray]]:
    """Give what an index says window by window: the curves that run along its times."""
    times = c.curves.get("times")
    if times is None:
        return
    for name, curve in c.curves.items():
        if np.shape(curve) == np.shape(times):
            yield name, np.asarray(curve, dtype=np.float64)
