"""Run: a study from its folder to its table."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile

from numpy.typing import ArrayLike

from interbeat.core.errors import DataError, SourceError
from interbeat.dyad import INDICES
from interbeat.dyad._series import Pair, checked
from interbeat.pipeline.study import cluster, keys
from interbeat.pipeline.study.finding import Place, find
from interbeat.pipeline.study.groups import Row, groups_of
from interbeat.pipeline.study.outcome import Progress, Study, Tell, versions
from interbeat.pipeline.study.results import Results
from interbeat.pipeline.study.rows import about, rows_of
from interbeat.pipeline.study.sessions import SessionDone, as_given
from interbeat.pipeline.study.stages import Stages, distinct
from interbeat.pipeline.study.store import Store
from interbeat.pipeline.study.table import is_study, write

__all__ = ["DEFAULT", "study"]

# One of each question that a study can afford to ask: do the two move together, in which
# rhythms, who leads, and do they turn each other up or down. Each further index is one more
# test of the same data.
DEFAULT = ("windowed_correlation", "coherence", "granger", "coupled_oscillator")

Given = Mapping[str, tuple[ArrayLike, ArrayLike, float]]


def study(
    source: Path | str | Given, out: Path | str, *, indices: Sequence[str] = (),
    sampling_rate: float | None = None, scheduler: str = "", workers: int | None = None,
    progress: Tell | None = None,
) -> Study:  # fmt: skip
    """Analyze, pair and compare all sessions of a study; write one tidy table.

    Each session is read and analyzed; each dyad is put through `indices`, over the whole record
    and each marked task, each index with its own null; each person is compared with the
    partners of all other couples (pseudo-dyads), which tells what two people have in common who
    merely share a situation; and false discoveries are controlled over dyads. Dask runs it: on
    processes of this machine, or on any cluster. What is done is kept in a folder beside `out`,
    which is called as `out` with ``.work`` added, by the content of the files, the settings and
    the code: the same call goes on where an earlier one was stopped, and a new session costs
    little more than itself. A session that cannot be read is listed and left out.

    The same data and settings give the same bytes in `out`, on any number of workers.

    Parameters
    ----------
    source : Path, str or mapping
        A folder of sessions (``docs/studies.md`` says how they are told apart), or series by
        name of the dyad: ``{"couple01": (x, y, sampling_rate), ...}``, NaN where missing.
    out : Path or str
        The Parquet file to write; the table of an earlier study is replaced.
    indices : sequence of str
        Names in :data:`~interbeat.dyad.INDICES`; if none is given, those of :data:`DEFAULT`.
    sampling_rate : float, optional
        In Hz, of tables of two people's series that do not say theirs.
    scheduler : str
        Address of a running Dask scheduler, ``"tcp://..."``, whose workers see the same files
        under the same paths.
    workers : int, optional
        Processes of this machine; as many as it has cores, if not given.
    progress : callable, optional
        Called with a :class:`~interbeat.pipeline.study.outcome.Progress` after each task.

    Returns
    -------
    Study
        What was found, by group; :func:`interbeat.report` writes its page.

    Raises
    ------
    MissingExtraError
        If Dask is not installed.
    SourceError
        If the folder is none, or holds no session; or if `out` cannot be written, or is a file
        that no study wrote.
    DataError
        If an index, a rate or a series makes no sense.
    InterbeatError
        If the cluster cannot be reached or is gone.

    Notes
    -----
    A script that calls this needs ``if __name__ == "__main__":`` about it, as whatever starts
    processes does.

    Examples
    --------
    >>> import interbeat as ib
    >>> found = ib.study("couples/", "results.parquet")  # doctest: +SKIP
    >>> ib.report(found, "supplement.html")  # doctest: +SKIP
    """
    out, names = Path(out), _names(indices)
    _check(out, sampling_rate, workers)
    store, code = Store(f"{out.resolve()}.work"), keys.code()
    places: list[Place] = []
    sessions: list[SessionDone] = []
    title = ""
    if isinstance(source, Mapping):
        pairs = dict(_pairs(source))
        _begin(store, out)
        sessions = [
            as_given(name, pair.x, pair.y, rate=float(pair.rate), store=store, code=code)
            for name, pair in pairs.items()
        ]
    else:
        title = Path(source).resolve().name
        skip = {out.resolve(), Path(store.folder)}
        places = find(Path(source), rate=sampling_rate, skip=skip)
        _begin(store, out)
    with cluster.running(scheduler, workers) as client:
        stages = Stages(client, store, code, progress or _silent)
        sessions += stages.sessions(places, sampling_rate)
        dyads, failures = distinct(sessions)
        stages.indices(dyads, names)
        compared = stages.strangers(dyads, names)
    results = Results(store, names, code)
    failures += [*stages.failures, *results.failed(dyads, stages.failures)]
    groups = groups_of(_found(dyads, results), compared)
    made = Study(
        title, out, tuple(sessions), tuple(sorted(failures)), tuple(groups), versions()
    )
    write(out, rows_of(made, dyads, results), about(made), beside=Path(store.folder))
    return made


def _names(indices: Sequence[str]) -> tuple[str, ...]:
    """Return the indices once each; an unknown one is an error now, and not after hours."""
    chosen = tuple(dict.fromkeys(indices)) or tuple(n for n in DEFAULT if n in INDICES)
    return tuple(INDICES[name].name for name in chosen)


def _check(out: Path, rate: float | None, workers: int | None) -> None:
    if not out.resolve().parent.is_dir():
        raise SourceError(out, f"there is no folder {out.parent}")
    if out.is_dir():
        raise SourceError(out, "is a folder; give the name of a Parquet file")
    if out.exists() and out.stat().st_size and not is_study(out):
        raise SourceError(out, "is there, and is no table of a study; give another name")
    if rate is not None and not 0 < rate < math.inf:
        raise DataError(f"a sampling rate is a positive number of Hz, not {rate}")
    if workers is not None and workers < 1:
        raise DataError(f"a study needs a worker or more, not {workers}")


def _begin(store: Store, out: Path) -> None:
    """Find out now, and not after hours, whether the results can be written."""
    try:
        store.begin()
        with NamedTemporaryFile(dir=out.resolve().parent, prefix=".interbeat-"):
            pass
    except OSError as error:
        where = error.filename or out
        raise SourceError(out, f"cannot be written: {error.strerror} ({where})") from error


def _pairs(source: Given) -> Iterator[tuple[str, Pair]]:
    if not source:
        raise DataError("a study needs a dyad or more, and none was given")
    if not all(isinstance(name, str) and name for name in source):
        raise DataError("a dyad's name is a word, as in {'couple01': (x, y, sampling_rate)}")
    for name in sorted(source):
        try:
            x, y, rate = source[name]
            yield name, checked(x, y, sampling_rate=rate, fastest=rate)
        except (TypeError, ValueError) as error:
            raise DataError(f"{name}: {error}; a dyad is (x, y, sampling_rate)") from error


def _found(
    dyads: Sequence[SessionDone], results: Results
) -> Iterator[tuple[str, str, str, Row]]:
    for done in dyads:
        for name, row in results.couplings(done):
            yield done.dyad, done.session, name, row


def _silent(_: Progress) -> None:
    pass
