"""Stage: one step of the stream, from a channel to the channels made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from interbeat.core.recording import Data

__all__ = ["Stage"]


class Stage(Protocol):
    """A streaming step: chunks of one channel in, chunks of derived channels out.

    **The law**: however the input is cut into chunks, the outputs joined with ``then`` are the
    same, bit for bit. What is given out is final.

    Attributes
    ----------
    latency : float
        Seconds. After input up to time t, everything before t - latency has been given out.
    """

    latency: float

    @property
    def until(self) -> float:
        """Time (s) before which every output has been given; rises with each push."""
        ...

    def push(self, chunk: Data) -> Mapping[str, Data]:
        """Take the next chunk; return what has become certain, by channel name."""
        ...

    def finish(self) -> Mapping[str, Data]:
        """End the input; return the rest."""
        ...
