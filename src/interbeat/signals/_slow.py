"""What the stages of breath and sweat share: samples in, what a grid of them tells out."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from interbeat.core.errors import DataError
from interbeat.core.recording import Data
from interbeat.signals._grid import Thinned
from interbeat.signals._join import joined

__all__ = ["SlowStage"]

SLOWEST_RATE = 3.0  # Hz: under it neither 30 breaths a minute nor the rise of a response shows


class SlowStage(ABC):
    """A stage that reads the samples of one sensor off a grid on the session's clock.

    Parameters
    ----------
    samples : Thinned
        Of the sensor.

    Attributes
    ----------
    latency : float
        12 s.
    """

    latency = 12.0
    lacking: ClassVar[str]  # what samples that come too slowly cannot tell

    def __init__(self, samples: Thinned) -> None:
        if samples.rate < SLOWEST_RATE:
            raise DataError(
                f"{self.lacking} at {samples.rate:g} Hz: {SLOWEST_RATE:g} Hz or more can"
            )
        self._samples, self.person = samples, samples.person
        self._begun, self._over = False, False

    @property
    def until(self) -> float:
        """Time (s) before which every event, sample and second has been given out."""
        if not self._begun:
            return -math.inf
        return self._samples.end if self._over else self._sure()

    def push(self, chunk: Data) -> dict[str, Data]:
        """Take the next chunk of the channel; return what is certain now.

        Raises
        ------
        DataError
            If the chunk does not fit: see :class:`~interbeat.signals._stream.Stream`.
        """
        given = [self._none()]
        for _ in self._samples.blocks(chunk):
            if not self._begun:
                self._begun = True
                self._begin(self._samples.start)
            given.extend(self._advance())
        return joined(given)

    def finish(self) -> dict[str, Data]:
        """End the input; return the rest."""
        self._over = True
        return joined([self._none(), *(self._advance() if self._begun else ())])

    @abstractmethod
    def _none(self) -> dict[str, Data]:
        """Return no events, so that there is always something to say of them."""

    @abstractmethod
    def _begin(self, start: float) -> None:
        """Let all grids begin at the time (s) of the first sample."""

    @abstractmethod
    def _sure(self) -> float:
        """Return the time (s) before which nothing can be added while samples come."""

    @abstractmethod
    def _advance(self) -> Iterator[dict[str, Data]]:
        """Yield what the samples on the tape make certain."""
