"""Analysis: what came of a session, one person and two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING

from interbeat.core.beats import Beats
from interbeat.core.breaths import Breaths
from interbeat.core.errors import DataError, MissingExtraError
from interbeat.core.estimate import Estimate
from interbeat.core.intervals import Intervals
from interbeat.core.recording import Recording
from interbeat.core.responses import Responses
from interbeat.core.sample import Sample
from interbeat.core.session import Inference
from interbeat.core.span import Span
from interbeat.core.track import Track
from interbeat.dyad.leading import Leading
from interbeat.dyad.synchrony import Synchrony
from interbeat.neurochemistry.courses.course import Course
from interbeat.pipeline.table import to_table
from interbeat.state.estimates import Drives

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Analysis", "PersonAnalysis"]


@dataclass(frozen=True, slots=True)
class PersonAnalysis:
    """What came of one person's channels.

    Parameters
    ----------
    person : str
        ``"a"`` or ``"b"``.
    inputs : mapping of str to str
        Each channel that was there and what it was: ``{"ecg": "250 Hz, mV"}``.
    derived : Recording
        What was made of them: beats, breaths, breathing (4 Hz), scl (4 Hz), responses, and
        of each second the ``*_quality`` signals, with a ``*_reason`` where this is bad (1 Hz).
    tracks : mapping of str to Track
        Each measure, an estimate a second.
    summary : mapping of str to Estimate
        Each measure over the whole recording.
    by_interval : mapping of str to mapping of str to Estimate
        Each measure over each labelled interval, e.g. ``by_interval["talk"]["rmssd"]``;
        stretches with one label are numbered: ``"talk"``, ``"talk (2)"``.
    excluded : Intervals
        What was left out, labelled with the channel and the reason. Stretches in which the
        heart keeps no rhythm (:func:`~interbeat.signals.correction.irregular_stretches`) are
        known only at their end: they are left out of `summary` and `by_interval`, while
        `tracks` and the beats of `derived` are those that a live session shows.
    drives : Drives or None
        What the model of the body makes of it: vagal, cardiac sympathetic and arousal drive
        against this person's own rest, smoothed; None where no heart was recorded.
    """

    person: str
    inputs: Mapping[str, str]
    derived: Recording
    tracks: Mapping[str, Track]
    summary: Mapping[str, Estimate]
    by_interval: Mapping[str, Mapping[str, Estimate]]
    excluded: Intervals
    drives: Drives | None = None

    @property
    def beats(self) -> Beats:
        """Heartbeats, marked; none where the heart was not recorded."""
        found = self.derived.channels.get("beats")
        return found if isinstance(found, Beats) else Beats.at([], self.person)

    @property
    def breaths(self) -> Breaths:
        """Breaths; none where breathing was not recorded."""
        found = self.derived.channels.get("breaths")
        return found if isinstance(found, Breaths) else Breaths([], [], [], [], self.person)

    @property
    def responses(self) -> Responses:
        """Skin conductance responses; none where sweat was not recorded."""
        found = self.derived.channels.get("responses")
        return found if isinstance(found, Responses) else Responses([], [], [], self.person)


@dataclass(frozen=True, slots=True)
class Analysis:
    """What came of a session.

    ``analysis["a"]`` is one person's part; ``analysis.dyad`` holds the two together, by signal
    (``"heart rate"``, ``"skin conductance"``, ``"breathing"``), or is None for one person.

    Parameters
    ----------
    title : str
        Of the session.
    span : Span
        From its first to its last sample, in seconds since `start`.
    start : datetime or None
        Instant of second 0.
    people : mapping of str to PersonAnalysis
        By person.
    dyad : mapping of str to Synchrony, or None
        By signal.
    intervals : Intervals
        The session's tasks and markers.
    inferences : tuple of Inference
        What readers had to work out.
    sources : tuple of str
        Files it came from.
    settings : mapping of str to str
        Every setting, in words.
    versions : mapping of str to str
        Of interbeat, Python and what computed the numbers.
    together : mapping of str to Track
        What was followed of the two, an estimate a second over the time before it, as a live
        session shows it: ``"heart rate trailing synchrony"``. Empty unless asked for.
    leading : mapping of str to Leading
        Who leads, by signal, where the two move together (p of `dyad` up to 0.05).
    samples : tuple of Sample
        What was found in blood and saliva, in order of time.
    courses : tuple of Course
        What the samples of one person and analyte come to.
    """

    title: str
    span: Span
    start: datetime | None
    people: Mapping[str, PersonAnalysis]
    dyad: Mapping[str, Synchrony] | None
    intervals: Intervals
    inferences: tuple[Inference, ...]
    sources: tuple[str, ...]
    settings: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    together: Mapping[str, Track] = field(default_factory=dict)
    leading: Mapping[str, Leading] = field(default_factory=dict)
    samples: tuple[Sample, ...] = ()
    courses: tuple[Course, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return every estimate as a row of a pandas frame: see :func:`to_table`.

        Returns
        -------
        pandas.DataFrame
            With the columns of :func:`interbeat.pipeline.table.to_table`.

        Raises
        ------
        MissingExtraError
            If pandas is not installed.
        """
        if find_spec("pandas") is None:
            raise MissingExtraError("pandas frames", "frame")
        frame: pd.DataFrame = to_table(self).to_pandas()
        return frame

    def __getitem__(self, person: str) -> PersonAnalysis:
        if person not in self.people:
            raise DataError(
                f"no person is called {person!r}; possible: {', '.join(self.people)}"
            )
        return self.people[person]
