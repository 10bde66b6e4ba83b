"""Span: the stretch of time that a number speaks of."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Span"]


class Span(NamedTuple):
    """Half-open stretch of time, ``start <= t < end``, in seconds since the session began.

    Examples
    --------
    >>> Span(60, 90).seconds
    30
    """

    start: float
    end: float

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.end - self.start
