"""Writing a simulated session to a folder, with the truth beside it."""

from __future__ import annotations

import json
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["write_scenario"]


def write_scenario(scenario: str, folder: Path, *, seed: int) -> None:
    """Simulate `scenario` and write it to `folder` as BIDS, and its truth as ``truth.json``."""
    from interbeat.body import simulate
    from interbeat.sources import write_bids

    simulated = simulate(scenario, seed=seed)
    write_bids(simulated.session, folder)
    truth = json.dumps(_plain(simulated.truth), indent=1)
    (folder / "truth.json").write_text(truth + "\n", encoding="utf-8")


def _plain(thing: Any) -> Any:  # noqa: ANN401 - whatever the truth is made of
    """Return `thing` as what JSON can say; NaN as null."""
    if is_dataclass(thing) and not isinstance(thing, type):
        return _plain(asdict(thing))
    if isinstance(thing, dict):
        return {str(key): _plain(value) for key, value in thing.items()}
    if isinstance(thing, np.ndarray):
        return [_plain(value) for value in thing.tolist()]
    if isinstance(thing, list | tuple):
        return [_plain(value) for value in thing]
    if isinstance(thing, float) and not np.isfinite(thing):
        return None
    return thing
