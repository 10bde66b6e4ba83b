"""Sampling times: what a list of tubes says of when, on the clock of a session."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from interbeat.core.errors import DataError
from interbeat.core.sample import Sample
from interbeat.core.session import Inference, Session

__all__ = ["Reconciled", "SamplingClock", "onset_of", "reconciled"]

SECONDS = {"s": 1.0, "sec": 1.0, "min": 60.0, "h": 3600.0}
AFTER = re.compile(r"([+-]?)\s*(\d+(?:\.\d+)?)\s*(s|sec|min|h)")
SIGNED = re.compile(r"\+\d+(?:\.\d+)?")
OF_DAY = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?")
HALF_A_DAY = timedelta(hours=12)


@dataclass(frozen=True, slots=True, eq=False)
class SamplingClock:
    """What turns the words for a time into seconds since the session began.

    Parameters
    ----------
    session : Session or None
        Whose clock it is; None where times are seconds already.
    event : str
        Label of the event that ``"+10 min"`` and the times of `schedule` count from.
    schedule : mapping of str to float
        When a sample of this name is due, in s: ``{"S0": -1800, "S1": -60}``; since `event`,
        or since the session began where there is none.

    Examples
    --------
    >>> from interbeat.core.beats import Beats
    >>> from interbeat.core.intervals import Intervals
    >>> from interbeat.core.recording import Recording
    >>> heart = Recording("a", {"beats": Beats.from_rr([800] * 9, person="a")})
    >>> session = Session([heart], intervals=Intervals([600], [900], ["speech"]))
    >>> clock = SamplingClock(session, "speech", {"S0": -300})
    >>> clock.seconds("12.5"), clock.seconds("+10 min"), clock.seconds("S0")
    (12.5, 1200.0, 300.0)
    """

    session: Session | None = None
    event: str = ""
    schedule: Mapping[str, float] = field(default_factory=dict)

    def seconds(self, said: str, unit: str = "s") -> float:
        """Return the seconds of one cell.

        Parameters
        ----------
        said : str
            A number; ``"+10 min"`` or ``"-30 min"``, since the event; a name in the schedule;
            ``"14:05"`` or an ISO date and time, of which the session must know its start.
        unit : str
            Of plain numbers: ``"s"``, ``"min"`` or ``"h"``.

        Returns
        -------
        float
            In s since the session began.

        Raises
        ------
        DataError
            If it is none of these, or what it counts from is not known.
        """
        said = said.strip()
        if said in self.schedule:
            return self._since(self.schedule[said])
        if SIGNED.fullmatch(said):
            raise DataError(
                f"{said!r} may count from an event or from the beginning: "
                f"{said} {unit} counts from an event, {said[1:]} from the beginning"
            )
        try:
            return float(said) * SECONDS[unit]
        except ValueError:
            pass
        after = AFTER.fullmatch(said)
        if after:
            sign = -1.0 if after[1] == "-" else 1.0
            return self._onset(said) + sign * float(after[2]) * SECONDS[after[3]]
        return self._of_clock(said)

    def _since(self, seconds: float) -> float:
        return seconds + (self._onset("a scheduled time") if self.event else 0.0)

    def _onset(self, said: str) -> float:
        if self.session is None or not self.event:
            raise DataError(f"{said!r} counts from an event: say which, and of which session")
        return onset_of(self.session, self.event)

    def _of_clock(self, said: str) -> float:
        """Return the seconds of a time of day or a date and time."""
        start = None if self.session is None else self.session.start
        of_day = OF_DAY.fullmatch(said)
        instant = None if of_day else _instant(said)
        if of_day is None and instant is None:
            names = f", {', '.join(self.schedule)}" if self.schedule else ""
            raise DataError(
                f"{said!r} is no sampling time; possible: seconds, +10 min, 14:05{names}"
            )
        if start is None:
            raise DataError(f"{said!r} is a time of day, and when the session began is unknown")
        if of_day:
            instant = _on_day(of_day, start)
        if instant is not None and instant.tzinfo is None:
            instant = instant.replace(tzinfo=start.tzinfo)
        return 0.0 if instant is None else (instant - start).total_seconds()


def _instant(said: str) -> datetime | None:
    try:
        return datetime.fromisoformat(said)
    except ValueError:
        return None


def _on_day(of_day: re.Match[str], start: datetime) -> datetime:
    """Return the time of day that is nearest to the start, before or after midnight."""
    hours, minutes, seconds = int(of_day[1]), int(of_day[2]), float(of_day[3] or 0)
    if hours > 23 or minutes > 59 or seconds >= 60:
        raise DataError(f"{of_day[0]!r} is no time of day")
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    at = midnight + timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if at - start > HALF_A_DAY:
        return at - 2 * HALF_A_DAY
    return at + 2 * HALF_A_DAY if start - at > HALF_A_DAY else at


def onset_of(session: Session, event: str) -> float:
    """Return when the event of this label begins, in s since the session began.

    Parameters
    ----------
    session : Session
        With marked intervals.
    event : str
        The label of one of them.

    Returns
    -------
    float

    Raises
    ------
    DataError
        If there is none of this label, or more than one.
    """
    found = session.intervals.labelled(event)
    if len(found) == 1:
        return float(found.starts[0])
    if len(found):
        times = ", ".join(f"{start:g} s" for start in found.starts)
        raise DataError(f"{event!r} is marked {len(found)} times ({times}): mark the one meant")
    labels = ", ".join(dict.fromkeys(session.intervals.labels)) or "none is marked"
    raise DataError(f"no event is called {event!r}; possible: {labels}")


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Samples on the clock of a session.

    Parameters
    ----------
    samples : tuple of Sample
        Those that were taken too early or too late have a flag that says so.
    inferences : tuple of Inference
        What was moved, and what does not agree.
    """

    samples: tuple[Sample, ...]
    inferences: tuple[Inference, ...]


def reconciled(
    samples: Sequence[Sample], session: Session, *, event: str, schedule: Sequence[float] = (),
    tolerance: float = 600.0,
) -> Reconciled:  # fmt: skip
    """Bring the times of samples and the events of a session together.

    Without a `schedule`, the samples' times are nominal and count from `event`: all are moved
    by its onset. With one, their times are those recorded, on the session's clock; they stay,
    and are held against what was due.

    Parameters
    ----------
    samples : sequence of Sample
        Of people who all were to give them at the same times.
    session : Session
        With the event.
    event : str
        Its label among the session's intervals.
    schedule : sequence of float
        When each person's samples of an analyte were due, in s since the event began (before:
        negative), in order.
    tolerance : float
        A sample that was taken so much earlier or later (s) than due gets a flag.

    Returns
    -------
    Reconciled

    Raises
    ------
    DataError
        If the event is not marked exactly once, or someone has not as many samples of an
        analyte as the schedule.

    Examples
    --------
    >>> from interbeat.core.beats import Beats
    >>> from interbeat.core.intervals import Intervals
    >>> from interbeat.core.recording import Recording
    >>> heart = Recording("a", {"beats": Beats.from_rr([800] * 9, person="a")})
    >>> session = Session([heart], intervals=Intervals([600], [900], ["speech"]))
    >>> tubes = [Sample("cortisol", 6.0, "nmol/L", t, "saliva", "a") for t in (-60, 1200)]
    >>> [sample.time for sample in reconciled(tubes, session, event="speech").samples]
    [540.0, 1800.0]
    """
    onset = onset_of(session, event)
    if not schedule:
        moved = tuple(replace(sample, time=sample.time + onset) for sample in samples)
        why = f"they were given since {event!r}, which begins at {onset:g} s"
        return Reconciled(moved, (Inference("samples", "times", f"{onset:g} s later", why),))
    due = [onset + seconds for seconds in sorted(schedule)]
    held: list[Sample] = []
    notes: list[Inference] = []
    for group in _by_course(samples):
        if len(group) != len(due):
            raise DataError(
                f"{group[0].person} gave {len(group)} samples of {group[0].analyte} in "
                f"{group[0].matrix}, and {len(due)} were due; say which is missing by giving "
                "their times"
            )
        for sample, when in zip(group, due, strict=True):
            late = sample.time - when
            off = abs(late) > tolerance
            held.append(_flagged(sample, late) if off else sample)
            if off:
                notes.append(_note(sample, late))
    held.sort(key=lambda sample: sample.time)
    return Reconciled(tuple(held), tuple(notes))


def _by_course(samples: Sequence[Sample]) -> list[list[Sample]]:
    groups: dict[tuple[str, str, str], list[Sample]] = {}
    for sample in sorted(samples, key=lambda sample: sample.time):
        groups.setdefault((sample.person, sample.analyte, sample.matrix), []).append(sample)
    return list(groups.values())


def _off(late: float) -> str:
    return f"{math.fabs(late) / 60:.3g} min {'later' if late > 0 else 'earlier'} than due"


def _flagged(sample: Sample, late: float) -> Sample:
    return replace(sample, flags=(*sample.flags, f"taken {_off(late)}"))


def _note(sample: Sample, late: float) -> Inference:
    subject = f"{sample.analyte} of {sample.person}"
    return Inference(
        subject, "time", f"{sample.time:g} s, {_off(late)}", "that is what was recorded"
    )
