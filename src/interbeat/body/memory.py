"""Memory: what one person has learnt of cues, and carries from one session to the next."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from interbeat.body.cues import known
from interbeat.core.errors import DataError

__all__ = ["Memory", "Trace"]


@dataclass(frozen=True, slots=True)
class Trace:
    """What was learnt of one cue, counted in events; all zeros: never met.

    Parameters
    ----------
    harm, harmless : float
        Events that ended badly, and those that did not, as far as that holds everywhere.
    extinction : mapping of str to float
        Harmless events that count only where they took place, by context.
    good, indifferent : float
        Events that ended well, and those that did not.
    familiarity : float
        How often it was met of late: what the orienting response habituates to.
    unharmed : float
        Events since the last one that ended badly.
    """

    harm: float = 0.0
    harmless: float = 0.0
    extinction: Mapping[str, float] = field(default_factory=dict, hash=False)
    good: float = 0.0
    indifferent: float = 0.0
    familiarity: float = 0.0
    unharmed: float = 0.0

    def __post_init__(self) -> None:
        counts = (
            self.harm, self.harmless, self.good, self.indifferent, self.familiarity,
            self.unharmed, *self.extinction.values(),
        )  # fmt: skip
        if not all(math.isfinite(count) and count >= 0 for count in counts):
            raise DataError(f"what was learnt is counted from 0 up, not {counts}")
        object.__setattr__(self, "extinction", dict(self.extinction))


@dataclass(frozen=True, slots=True)
class Memory:
    """What one person has learnt; the default has learnt nothing.

    Parameters
    ----------
    traces : mapping of str to Trace
        By the name of the cue.
    sensitization : float
        What learnt danger is multiplied by, from 1 (nothing lived through) up.

    Examples
    --------
    >>> memory = Memory.of({"silence": 0.8}, sensitization=1.5)
    >>> memory["silence"].harm, memory["touch"].harm
    (8.0, 0.0)
    """

    traces: Mapping[str, Trace] = field(default_factory=dict, hash=False)
    sensitization: float = 1.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.sensitization) and self.sensitization >= 1):
            raise DataError(f"sensitization is 1 or more, not {self.sensitization:g}")
        object.__setattr__(self, "traces", dict(self.traces))

    def __getitem__(self, cue: str) -> Trace:
        return self.traces.get(cue, Trace())

    @classmethod
    def of(
        cls, dangers: Mapping[str, float], *, events: float = 10.0, sensitization: float = 1.0
    ) -> Memory:
        """Return the memory of one who has learnt that some cues foretell harm.

        Parameters
        ----------
        dangers : mapping of str to float
            By cue: the share of events that ended badly, 0 to 1.
        events : float
            How many events that was learnt from: more are harder to unlearn.
        sensitization : float
            As in :class:`Memory`.

        Raises
        ------
        DataError
            If there is no such cue, or a danger is outside 0 to 1.
        """
        for cue, danger in dangers.items():
            known(cue)
            if not 0 <= danger <= 1:
                raise DataError(f"the danger of {cue!r} is 0 to 1, not {danger:g}")
        return cls(
            {cue: Trace(events * p, events * (1 - p)) for cue, p in dangers.items()},
            sensitization,
        )

    def with_trace(self, cue: str, trace: Trace) -> Memory:
        """Return this memory with another trace of one cue.

        Parameters
        ----------
        cue : str
            Its name.
        trace : Trace
            What is known of it now.
        """
        return replace(self, traces={**self.traces, cue: trace})
