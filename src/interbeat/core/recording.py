"""Recording: everything that sensors on one person gave, whole or in part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from interbeat.core.beats import Beats
from interbeat.core.breaths import Breaths
from interbeat.core.channels import channel
from interbeat.core.errors import DataError
from interbeat.core.responses import Responses
from interbeat.core.signal import Signal

__all__ = ["Data", "Recording"]

Data = Signal | Beats | Breaths | Responses


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """Channels of one person; a whole recording and a chunk of it are the same type.

    Parameters
    ----------
    person : str
        ``"a"`` or ``"b"``.
    channels : mapping of str to Signal, Beats, Breaths or Responses
        By the names of :data:`interbeat.core.channels.CHANNELS`.

    Raises
    ------
    DataError
        If a name is not a channel, or a channel is of another kind or person.

    Examples
    --------
    >>> rec = Recording("a", {"beats": Beats.from_rr([800] * 9, person="a")})
    >>> rec.start, round(rec.end, 1)
    (0.0, 7.2)
    >>> len(rec.between(0, 4).channels["beats"])
    5
    """

    person: str
    channels: Mapping[str, Data]

    def __post_init__(self) -> None:
        for name, data in self.channels.items():
            if type(data).__name__ != channel(name).noun:
                raise DataError(
                    f"channel {name!r} holds {channel(name).noun}, not {type(data).__name__}"
                )
            if data.person != self.person:
                raise DataError(
                    f"channel {name!r} of {self.person!r} belongs to {data.person!r}"
                )
        object.__setattr__(self, "channels", MappingProxyType(dict(self.channels)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Recording):
            return NotImplemented
        return self.person == other.person and dict(self.channels) == dict(other.channels)

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[type[Recording], tuple[str, dict[str, Data]]]:
        """Let a worker process have it: a mapping proxy cannot be pickled."""
        return Recording, (self.person, dict(self.channels))

    @property
    def start(self) -> float:
        """Time of the first sample or event (s); infinity where there is none."""
        return min(
            (data.start for data in self.channels.values() if len(data)), default=float("inf")
        )

    @property
    def end(self) -> float:
        """Time after the last sample or event (s); minus infinity where there is none."""
        return max(
            (data.end for data in self.channels.values() if len(data)), default=-float("inf")
        )

    def between(self, start: float, end: float) -> Recording:
        """Return what falls in ``start <= time < end`` (s), in every channel."""
        return self._map(lambda data: data.between(start, end))

    def then(self, later: Recording) -> Recording:
        """Return this recording followed by `later`, the next chunk of the same person."""
        if later.person != self.person:
            raise DataError(f"cannot join recordings of {self.person!r} and {later.person!r}")
        joined = dict(self.channels)
        for name, data in later.channels.items():
            joined[name] = joined[name].then(data) if name in joined else data  # type: ignore[arg-type]
        return Recording(self.person, joined)

    def renamed(self, person: str) -> Recording:
        """Return the same channels as those of `person`."""
        return Recording(
            person, {name: data.renamed(person) for name, data in self.channels.items()}
        )

    def moved(self, seconds: float) -> Recording:
        """Return the same channels on a clock that reads `seconds` more."""
        return self._map(lambda data: data.moved(seconds))

    def _map(self, change: Callable[[Data], Data]) -> Recording:
        return Recording(
            self.person, {name: change(data) for name, data in self.channels.items()}
        )
