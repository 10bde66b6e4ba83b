"""Session: one or two people, what happened when, and what the readers had to infer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from interbeat.core.arrays import same_fields
from interbeat.core.errors import DataError
from interbeat.core.intervals import Intervals
from interbeat.core.recording import Recording
from interbeat.core.sample import Sample

__all__ = ["Inference", "Session"]


@dataclass(frozen=True, slots=True)
class Inference:
    """One thing that a file did not say and a reader had to work out.

    Parameters
    ----------
    subject : str
        The file, and the channel or column where there is one.
    quantity : str
        ``"unit"``, ``"sampling rate"``, ``"polarity"``, ``"channel"``, ``"person"`` ...
    value : str
        What it was taken to be.
    why : str
        On what ground, and how to say otherwise.

    Examples
    --------
    >>> print(Inference("ibi_a.txt", "unit", "ms", "the median is 596"))
    ibi_a.txt: unit taken as ms, because the median is 596
    """

    subject: str
    quantity: str
    value: str
    why: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.quantity} taken as {self.value}, because {self.why}"


@dataclass(frozen=True, slots=True, eq=False)
class Session:
    """One or two recordings on one clock; every time is in seconds since `start`.

    Parameters
    ----------
    recordings : iterable of Recording
        One or two, of different people.
    intervals : Intervals
        Tasks, practices, markers, gaps.
    samples : iterable of Sample
        Blood and saliva.
    start : datetime or None
        Aware instant of time 0; None where no file says.
    inferences : iterable of Inference
        All that readers worked out.
    title : str
        What to call it, e.g. the folder's name.
    sources : iterable of str
        Names of the files it came from.

    Raises
    ------
    DataError
        If there is none or more than two, one person comes twice, or `start` has no time zone.

    Examples
    --------
    >>> from interbeat.core.beats import Beats
    >>> rr = Beats.from_rr([800] * 10, person="a")
    >>> session = Session([Recording("a", {"beats": rr})])
    >>> session.persons, round(session["a"].end, 3)
    (('a',), 8.0)
    """

    recordings: tuple[Recording, ...]
    intervals: Intervals = field(default_factory=Intervals.none)
    samples: tuple[Sample, ...] = ()
    start: datetime | None = None
    inferences: tuple[Inference, ...] = ()
    title: str = ""
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("recordings", "samples", "inferences", "sources"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        persons = [recording.person for recording in self.recordings]
        if not 1 <= len(persons) <= 2 or len(set(persons)) < len(persons):
            raise DataError(f"a session holds one or two different people, not {persons}")
        if self.start is not None and self.start.tzinfo is None:
            raise DataError(f"the start {self.start.isoformat()} needs a time zone")

    def __eq__(self, other: object) -> bool:
        return same_fields(self, other)

    __hash__ = None  # type: ignore[assignment]

    def __getitem__(self, person: str) -> Recording:
        for recording in self.recordings:
            if recording.person == person:
                return recording
        raise DataError(f"no person is called {person!r}; possible: {', '.join(self.persons)}")

    @property
    def persons(self) -> tuple[str, ...]:
        """Who is in it, in order."""
        return tuple(recording.person for recording in self.recordings)

    @property
    def begin(self) -> float:
        """Time of the first sample or event of anyone (s)."""
        return min(recording.start for recording in self.recordings)

    @property
    def end(self) -> float:
        """Time after the last sample or event of anyone (s)."""
        return max(recording.end for recording in self.recordings)

    def between(self, start: float, end: float) -> Session:
        """Return what falls in ``start <= time < end`` (s), on the same clock."""
        return replace(
            self,
            recordings=tuple(r.between(start, end) for r in self.recordings),
            intervals=self.intervals.between(start, end),
            samples=tuple(s for s in self.samples if start <= s.time < end),
        )

    def noting(self, inferences: Iterable[Inference]) -> Session:
        """Return the same session with more said about what was inferred."""
        return replace(self, inferences=(*self.inferences, *inferences))
