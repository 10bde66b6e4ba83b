"""Growing: a channel that chunks are added to, and that can be looked at whole at any time."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from interbeat.core.recording import Data
from interbeat.core.signal import Signal

__all__ = ["Growing"]


class _Column:
    """A vector with room to spare, so that adding a chunk costs only the chunk."""

    def __init__(self, first: NDArray[Any]) -> None:
        self._room = np.array(first)
        self._used = first.size

    def extend(self, more: NDArray[Any]) -> None:
        needed = self._used + more.size
        if needed > self._room.size:
            wider = np.empty(max(needed, 2 * self._room.size), dtype=self._room.dtype)
            wider[: self._used] = self._room[: self._used]
            self._room = wider
        self._room[self._used : needed] = more
        self._used = needed

    def view(self) -> NDArray[Any]:
        view = self._room[: self._used]
        view.flags.writeable = False
        return view


class Growing:
    """Joins chunks as ``then`` does, bit for bit, in time that grows with the chunks only.

    Parameters
    ----------
    first : Signal, Beats, Breaths or Responses
        The first chunk; it fixes person, unit and sampling rate.
    """

    def __init__(self, first: Data) -> None:
        self._first = first
        self._columns = {name: _Column(getattr(first, name)) for name in _arrays(first)}
        self._whole: Data | None = first

    def add(self, chunk: Data) -> None:
        """Add the next chunk."""
        if not len(chunk):
            return
        self._check_follows(chunk)
        for name, column in self._columns.items():
            column.extend(getattr(chunk, name))
        self._whole = None

    def whole(self) -> Data:
        """Return all that was added, as one noun that no later chunk changes."""
        if self._whole is None:
            arrays = {name: column.view() for name, column in self._columns.items()}
            self._whole = replace(self._first, **arrays)  # type: ignore[arg-type]
        return self._whole

    def _check_follows(self, chunk: Data) -> None:
        """Refuse what ``then`` would refuse, and fill lost samples as it would."""
        if not isinstance(self._first, Signal) or not isinstance(chunk, Signal):
            return  # events are checked against each other when the whole is made
        values = self._columns["values"]
        end = self._first.start + values.view().size / self._first.sampling_rate
        last = replace(self._first, values=np.empty(0), start=end)
        values.extend(last.then(replace(chunk, values=np.empty(0))).values)


def _arrays(data: Data) -> list[str]:
    return [f.name for f in fields(data) if isinstance(getattr(data, f.name), np.ndarray)]
