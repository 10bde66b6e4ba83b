"""Following the drives of one person, as channels grow."""

from __future__ import annotations

import math

from interbeat.core.beats import Beats
from interbeat.core.recording import Data
from interbeat.core.responses import Responses
from interbeat.core.signal import Signal
from interbeat.pipeline._together import Derived
from interbeat.state import Drives, Follower

__all__ = ["DRIVES", "Following"]

DRIVES = "drives"  # what one asks for
HEART, BREATH, SWEAT = "beats", "breathing", "responses"


class Following:
    """Hands a follower of drives what has become certain of each channel.

    Parameters
    ----------
    person : Derived
        Whose; beats are made of what the sensors give.
    """

    def __init__(self, person: Derived) -> None:
        self._person = person
        self._names = [name for name in (HEART, BREATH, SWEAT) if person.makes(name)]
        self._until = -math.inf
        self._follower = Follower(
            person.name, breathing=BREATH in self._names, sweat=SWEAT in self._names
        )

    def advance(self) -> Drives | None:
        """Return the seconds that have become certain; None where there are none."""
        until = min(self._person.until(name) for name in self._names)
        if until <= self._until:
            return None
        beats, breathing, responses = self._new(until)
        self._until = until
        return _some(
            self._follower.push(until, beats=beats, breathing=breathing, responses=responses)
        )

    def finish(self, end: float) -> Drives | None:
        """Return the rest, up to `end` (s): no more data will come."""
        beats, breathing, responses = self._new(math.inf)
        until = max(end, self._until)
        self._follower.take(until, beats=beats, breathing=breathing, responses=responses)
        return _some(self._follower.finish())

    def _new(self, until: float) -> tuple[Beats | None, Signal | None, Responses | None]:
        """Return what has come of each channel since the last time, before `until` (s)."""
        beats, breathing, responses = (self._stretch(n, until) for n in (HEART, BREATH, SWEAT))
        return (
            beats if isinstance(beats, Beats) else None,
            breathing if isinstance(breathing, Signal) else None,
            responses if isinstance(responses, Responses) else None,
        )

    def _stretch(self, name: str, until: float) -> Data | None:
        data = self._person.channel(name)
        return None if data is None else data.between(self._until, until)


def _some(found: Drives) -> Drives | None:
    return found if len(found) else None
