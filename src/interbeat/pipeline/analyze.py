"""Analyze a session: one push of the whole, then the summary, the intervals and the pair."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import version
from types import MappingProxyType

from interbeat.core.errors import DataError
from interbeat.core.recording import Recording
from interbeat.core.session import Inference, Session
from interbeat.core.span import Span
from interbeat.dyad.leading import Leading
from interbeat.dyad.synchrony import Synchrony
from interbeat.neurochemistry.courses.course import Course, CourseSettings, courses
from interbeat.pipeline._drives import drives_of, rest_of
from interbeat.pipeline._excluded import excluded
from interbeat.pipeline._leading import leaders
from interbeat.pipeline._pair import pair
from interbeat.pipeline._rhythm import LEFT_OUT, summary_in_rhythm, without_rhythm
from interbeat.pipeline._settings import settings_of
from interbeat.pipeline.analysis import Analysis, PersonAnalysis
from interbeat.pipeline.engine import Engine, Person
from interbeat.pipeline.tasks import tasks
from interbeat.signals._heart import HeartStage
from interbeat.signals.cardiac import Lead
from interbeat.state.checking import CheckIn
from interbeat.state.drugs import Drug

__all__ = ["analyze", "replay"]

NOTHING_SAID: Mapping[str, Sequence[CheckIn]] = MappingProxyType({})
NOTHING_GIVEN: Mapping[str, Sequence[Drug]] = MappingProxyType({})
SLICE = 600.0  # s: what is pushed at once, so that a day of data needs no second copy of itself

AREAS = "doi:10.1016/S0306-4530(02)00108-7"

Progress = Callable[[float], None]


def analyze(
    session: Session, *, follow: Sequence[str] = (), baseline: Span | str | None = None,
    check_ins: Mapping[str, Sequence[CheckIn]] = NOTHING_SAID,
    drugs: Mapping[str, Sequence[Drug]] = NOTHING_GIVEN, tubes: CourseSettings | None = None,
    progress: Progress | None = None,
) -> Analysis:  # fmt: skip
    """Return what can be said of a session, with its uncertainty.

    The same engine serves live sensors; see :class:`~interbeat.pipeline.engine.Engine`.

    Parameters
    ----------
    session : Session
        One or two people.
    follow : sequence of str
        What of the two to follow second by second, as a live session does, beside what is said
        of the whole: ``"synchrony"`` and names of :data:`~interbeat.dyad.INDICES`.
    baseline : Span or str, optional
        What counts as everybody's own rest for the drives: 60 s or more, or the label of a
        marked task; left out: the first quiet three minutes of each.
    check_ins : mapping of str to sequence of CheckIn
        What each person said of themselves, by person.
    drugs : mapping of str to sequence of Drug
        What each person was given, by person: it is known, and need not be found.
    tubes : CourseSettings, optional
        How the courses of samples are reckoned: their baseline and the assay's error; left
        out: the first sample, and what the samples themselves say.
    progress : callable, optional
        Called with the share that is done, 0 to 1.

    Returns
    -------
    Analysis
        ``analysis["a"].summary["rmssd"]`` is an Estimate; what cannot be known is a missing
        Estimate with a reason.

    Raises
    ------
    DataError
        If nothing was recorded, `baseline` is no task of this session, or someone who is
        not in it checked in or was given a drug.

    Examples
    --------
    >>> from interbeat.core.beats import Beats
    >>> heart = Recording("a", {"beats": Beats.from_rr([800, 850, 820, 870] * 50, person="a")})
    >>> analysis = analyze(Session([heart], title="a quiet evening"))
    >>> analysis["a"].summary["rmssd"].unit, analysis.dyad
    ('ms', None)
    """
    engine = Engine.for_session(session, follow=follow)
    rest = rest_of(baseline, session.intervals)
    _check("a check-in", check_ins, engine)
    _check("a drug", drugs, engine)
    span = Span(session.begin, session.end)
    for chunk in replay(session, SLICE):
        engine.push(chunk)
        if progress is not None:
            progress(min((chunk.end - span.start) / max(span.seconds, 1e-9), 1.0))
    engine.finish()
    people = {
        name: _person(
            person,
            session,
            span,
            rest=rest,
            said=check_ins.get(name, ()),
            given=drugs.get(name, ()),
        )
        for name, person in engine.people.items()
    }
    dyad = _dyad(people, span)
    found = courses(session.samples, tubes)
    return Analysis(
        title=session.title,
        span=span,
        start=session.start,
        people=people,
        dyad=dyad,
        intervals=session.intervals,
        inferences=(*session.inferences, *_inferred(engine)),
        sources=session.sources,
        settings=settings_of(session, engine.people.values()) | _of_tubes(found),
        versions=_versions(),
        together=engine.together.tracks(),
        leading=_leading(engine, span, dyad or {}),
        samples=session.samples,
        courses=found,
    )


def replay(session: Session, seconds: float) -> Iterator[Recording]:
    """Cut `session` into chunks of `seconds`, person by person, as sensors would give them."""
    begin, end = session.begin, session.end
    count = int((end - begin) // seconds) + 1
    for k in range(count):
        last = begin + (k + 1) * seconds if k + 1 < count else float("inf")
        for recording in session.recordings:
            chunk = recording.between(begin + k * seconds, last)
            held = {name: data for name, data in chunk.channels.items() if len(data)}
            if held:
                yield Recording(recording.person, held)


def _check(what: str, by_person: Mapping[str, object], engine: Engine) -> None:
    for name in by_person:
        if name not in engine.people:
            raise DataError(
                f"{what} of {name!r}, who is not in this session; possible: "
                f"{', '.join(engine.people)}"
            )


def _person(
    person: Person, session: Session, span: Span, *, rest: Span | None, said: Sequence[CheckIn],
    given: Sequence[Drug],
) -> PersonAnalysis:  # fmt: skip
    channels, refused = person.channels(), person.plan.refused
    irregular = without_rhythm(channels)
    return PersonAnalysis(
        person=person.name,
        inputs={i.name: str(i) for i in person.inputs},
        derived=Recording(person.name, channels),
        tracks=person.tracks(),
        summary=summary_in_rhythm(channels, irregular, span, refused),
        by_interval={
            label: summary_in_rhythm(channels, irregular, stretch, refused)
            for label, stretch in tasks(session.intervals).items()
        },
        excluded=excluded(session[person.name], channels, person.plan, span)
        | irregular.covered(LEFT_OUT),
        drives=drives_of(channels, irregular, baseline=rest, check_ins=said, drugs=given),
    )


def _dyad(people: Mapping[str, PersonAnalysis], span: Span) -> Mapping[str, Synchrony] | None:
    if len(people) < 2:
        return None
    one, other = people.values()
    return pair(one.derived.channels, other.derived.channels, span)


def _leading(
    engine: Engine, span: Span, dyad: Mapping[str, Synchrony]
) -> Mapping[str, Leading]:
    both = list(engine.people.values())
    notes = [person.plan.notes for person in both]
    return leaders([person.channels() for person in both], notes, span, dyad) if dyad else {}


def _of_tubes(found: Sequence[Course]) -> dict[str, str]:
    """Return how the courses of samples were reckoned, in words."""
    if not found:
        return {}
    said = {
        f"of {course.name}, {course.extraction}, of {course.person}: above "
        f"{course.baseline_is}; {course.settings.error.words}"
        for course in found
    }
    how = "areas by trapezoids over the real intervals: Pruessner et al. (2003), " + AREAS
    return {"courses of samples": f"{how}; {'; '.join(sorted(said))}"}


def _inferred(engine: Engine) -> Iterator[Inference]:
    """Give what the engine itself had to choose."""
    meaning = {
        "edr": "the ECG's beats",
        "ppg": "the pulse",
        "ecg": "the ECG",
        "beats": "given beats",
    }
    for person in engine.people.values():
        names = {i.name for i in person.inputs} - set(person.plan.refused)
        heart, breath = person.plan.notes.get("heart"), person.plan.notes.get("breath")
        if heart and len({"ecg", "ppg", "beats"} & names) > 1:
            yield Inference(
                f"person {person.name}", "source of heartbeats", meaning[heart], _ORDER
            )
        if breath == "edr":
            yield Inference(
                f"person {person.name}", "source of breathing", meaning[breath], _NO_BELT
            )
        yield from _turned(person)


def _turned(person: Person) -> Iterator[Inference]:
    """Say where a heart's sensor was found to be upside down."""
    for link in person.plan.links:
        if isinstance(link.stage, Lead | HeartStage) and link.stage.polarity < 0:
            subject = f"person {person.name}, {link.takes}"
            yield Inference(subject, "polarity", "upside down", "its beats mostly point down")


_ORDER = "an ECG is preferred to the intervals of a device, and those to a pulse"
_NO_BELT = "no usable belt or airflow was recorded; rates are usable, depths are not"


def _versions() -> dict[str, str]:
    return {
        "interbeat": version("interbeat"),
        "Python": platform.python_version(),
        "NumPy": version("numpy"),
        "SciPy": version("scipy"),
    }
