"""Sessions: the first task of a study, one session read, analyzed and laid on a grid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import InterbeatError
from interbeat.dyad._series import varies
from interbeat.pipeline.study import keys
from interbeat.pipeline.study.finding import Place
from interbeat.pipeline.study.series import Series, read_series
from interbeat.pipeline.study.store import Store, Stored

__all__ = ["SessionDone", "as_given", "check_code", "is_blank", "session_task", "why"]

BLANK = "blank "  # before the digest of a series that does not vary


@dataclass(frozen=True, slots=True)
class SessionDone:
    """What the study must know of a session that was looked at.

    Parameters
    ----------
    dyad, session : str
        What it is called.
    key : str
        Under which its rows and series are stored; empty where it could not be read.
    persons : tuple of str
        Who was recorded; ``("a", "b")`` where series were given.
    seconds : float
        How long it is.
    rate : float
        Of its series, in Hz.
    start : float
        Time of their first sample, in seconds since the session began.
    stretches : tuple of (str, float, float)
        Marked tasks: label, start and end in seconds.
    digests : mapping of str to (str, str)
        Of each signal of the two, by what its series are known again; empty for one person.
    reason : str
        Why there is nothing.
    reused : bool
        Whether an earlier run had done it.
    """

    dyad: str
    session: str
    key: str = ""
    persons: tuple[str, ...] = ()
    seconds: float = 0.0
    rate: float = 0.0
    start: float = 0.0
    stretches: tuple[tuple[str, float, float], ...] = ()
    digests: Mapping[str, tuple[str, str]] | None = None
    reason: str = ""
    reused: bool = False

    @property
    def name(self) -> str:
        """Dyad and session, for people."""
        return f"{self.dyad}/{self.session}" if self.session else self.dyad

    @property
    def paired(self) -> bool:
        """Whether there are two who can be compared."""
        return bool(self.digests)


def session_task(place: Place, rate: float | None, store: Store, code: str) -> SessionDone:
    """Read and analyze the session at `place`, unless that is done; say what it is.

    Whatever is wrong with it is its `reason`: a study goes on without it.

    Parameters
    ----------
    place : Place
        Where it lies, for every worker.
    rate : float or None
        Of series that do not say it, in Hz.
    store : Store
        Where results are kept.
    code : str
        Digest of the code that the study runs with.
    """
    try:
        check_code(code)
        files = keys.of_files(map(Path, (*place.paths, *place.beside)))
        key = keys.of_words("session", code, files, str(rate))
        known = store.said(key)
        if known is not None:
            return _told(place, key, known, reused=True)
        made = _from_series(place, rate) if place.series else _from_recording(place)
        store.put(key, made.said, made.arrays)
        return _told(place, key, made.said, reused=False)
    except Exception as error:  # a plug-in may fail in any way
        return SessionDone(place.dyad, place.session, reason=why(error))


def check_code(code: str) -> None:
    """Refuse to mix the results of two versions.

    Raises
    ------
    InterbeatError
        If this worker's interbeat, NumPy or SciPy are not those of the study.
    """
    if keys.code() != code:
        raise InterbeatError("this worker has another version of interbeat, NumPy or SciPy")


def why(error: BaseException) -> str:
    """Return an error in words; one that is not of ours with its type."""
    if isinstance(error, InterbeatError | OSError):
        return str(error)
    return f"{type(error).__name__}: {error}"


def as_given(
    name: str, x: FloatArray, y: FloatArray, *, rate: float, store: Store, code: str
) -> SessionDone:
    """Store two series that a program gave; say what they are."""
    place = Place(name, "", (), series=True)
    key = keys.of_words("given", code, keys.of_arrays(x, y), f"{rate!r}")
    made = _hold(Series({"series": (x, y)}, rate, 0.0))
    reused = key in store
    if not reused:
        store.put(key, made.said, made.arrays)
    return _told(place, key, made.said, reused=reused)


def _hold(series: Series) -> Stored:
    some = next(iter(series.pairs.values()))[0]
    return _stored(
        {"persons": ["a", "b"], "seconds": some.size / series.rate, "tasks": [], "rows": []},
        series,
    )


def _from_series(place: Place, rate: float | None) -> Stored:
    return _hold(read_series(Path(place.paths[0]), rate))


def _from_recording(place: Place) -> Stored:
    from interbeat.pipeline.study.recordings import analyzed  # noqa: PLC0415 - 1 s of imports

    return _stored(*analyzed(place))


def _stored(said: Mapping[str, Any], series: Series) -> Stored:
    arrays = {
        f"{who}/{name}": values
        for name, both in series.pairs.items()
        for who, values in zip("ab", both, strict=True)
    }
    digests = {
        name: [_digest(values) for values in both] for name, both in series.pairs.items()
    }
    return Stored(
        {**said, "rate": series.rate, "start": series.start, "digests": digests}, arrays
    )


def _digest(values: FloatArray) -> str:
    return ("" if varies(values) else BLANK) + keys.of_arrays(values)


def is_blank(digest: str) -> bool:
    """Return whether a digest is of a series that says nothing, and is like any other such."""
    return digest.startswith(BLANK)


def _told(place: Place, key: str, said: Mapping[str, Any], *, reused: bool) -> SessionDone:
    return SessionDone(
        dyad=place.dyad,
        session=place.session,
        key=key,
        persons=tuple(said["persons"]),
        seconds=float(said["seconds"]),
        rate=float(said["rate"]),
        start=float(said["start"]),
        stretches=tuple((str(label), float(a), float(b)) for label, a, b in said["tasks"]),
        digests={name: (one, other) for name, (one, other) in said["digests"].items()},
        reused=reused,
    )
