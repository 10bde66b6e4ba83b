"""The cluster: Dask runs the tasks of a study, here or on any machines."""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from interbeat.core.errors import DataError, InterbeatError, MissingExtraError

__all__ = ["each", "running"]

Result = TypeVar("Result")

AHEAD = 4  # tasks that wait for each core, so that none idles and the scheduler holds few
PATIENCE = 10  # s for a scheduler to answer
RECOUNTED = 1.0  # s after which workers are counted anew: they come and go
SOCKETS = {"", "tcp", "tls"}
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"
)


@contextmanager
def running(scheduler: str, workers: int | None) -> Iterator[Any]:
    """Give a client of a Dask cluster.

    Parameters
    ----------
    scheduler : str
        Address of a running one, ``"tcp://..."``; else processes of this machine are started,
        and ended with the study.
    workers : int, optional
        How many processes of this machine; as many as it has cores, if not given.

    Raises
    ------
    MissingExtraError
        If Dask is not installed.
    DataError
        If that is no address.
    InterbeatError
        If no scheduler answers there.
    """
    if scheduler:
        _check(scheduler)
    dask, distributed = _dask()
    with ExitStack() as stack:
        # What goes wrong is an error of ours, or a row of the table, and told once.
        stack.enter_context(distributed.utils.silence_logging_cmgr(logging.CRITICAL))
        if scheduler:
            yield stack.enter_context(_connected(distributed.Client, scheduler))
            return
        stack.enter_context(_unchanged(ONE_THREAD))
        scratch = TemporaryDirectory(prefix="interbeat-", ignore_cleanup_errors=True)
        stack.enter_context(dask.config.set(_config(stack.enter_context(scratch))))
        cluster = distributed.LocalCluster(
            n_workers=workers or cores(),
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            silence_logs=logging.CRITICAL,
            preload=["interbeat.pipeline.study.worker"],
        )
        stack.enter_context(cluster)
        yield stack.enter_context(distributed.Client(cluster, set_as_default=False))


@contextmanager
def _unchanged(names: Iterable[str]) -> Iterator[None]:
    """Give back to this process what Dask sets in it for its workers' sake."""
    before = {name: os.environ[name] for name in names if name in os.environ}
    try:
        yield
    finally:
        for name in names:
            os.environ.pop(name, None)
        os.environ.update(before)


def _dask() -> tuple[Any, Any]:
    """Import what takes 0.4 s and only studies need."""
    if find_spec("distributed") is None:
        raise MissingExtraError("Studies", "dask")
    return import_module("dask"), import_module("distributed")


def cores() -> int:
    """Return how many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


def _check(scheduler: str) -> None:
    """Refuse at once what Dask would try for long: no address, or one where nobody listens."""
    scheme, sign, place = scheduler.rpartition("://")
    host, _, port = place.rpartition(":")
    if not (host and port.isdecimal()) or bool(sign) != bool(scheme):
        raise DataError(
            f"{scheduler!r} is no address of a Dask scheduler; tcp://10.0.0.5:8786 is one"
        )
    if scheme not in SOCKETS:
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE).close()
    except (OSError, OverflowError) as error:
        raise _unanswered(scheduler, error) from error


@contextmanager
def _connected(client: Any, scheduler: str) -> Iterator[Any]:  # noqa: ANN401 - Dask has no types
    try:
        found = client(scheduler, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise _unanswered(scheduler, error) from error
    with found:
        yield found


def _unanswered(scheduler: str, error: Exception) -> InterbeatError:
    return InterbeatError(f"no Dask scheduler answers at {scheduler}: {error}")


def _config(scratch: str) -> dict[str, Any]:
    # A task is single-threaded: what computes one product on all cores slows all the others.
    # Where a worker is killed, its task runs elsewhere; one that ends three of them is listed.
    # What only a dashboard would show is not gathered.
    return {
        "temporary-directory": scratch,
        "distributed.nanny.pre-spawn-environ": ONE_THREAD,
        "distributed.scheduler.allowed-failures": 2,
        "distributed.scheduler.active-memory-manager.start": False,
        "distributed.worker.profile.enabled": False,
        "distributed.worker.memory.monitor-interval": "1s",
        "distributed.admin.low-level-log-length": 0,
        "distributed.admin.system-monitor.interval": "5s",
    }


def each(
    client: Any,  # noqa: ANN401 - Dask has no types
    task: Callable[..., Result],
    calls: Iterable[tuple[Any, ...]],
) -> Iterator[tuple[tuple[Any, ...], Result | BaseException]]:
    """Give each call with its result, or with the error that it ended in, as they come.

    However many calls there are, only a few for each core are with the scheduler at a time.

    Parameters
    ----------
    client : distributed.Client
        Of the cluster.
    task : callable
        A function of a module, which workers can import.
    calls : iterable of tuple
        Its arguments.

    Raises
    ------
    InterbeatError
        If the scheduler is gone.
    """
    left = iter(calls)
    waiting: dict[Any, tuple[Any, ...]] = {}
    room = _Room(client)

    def more() -> list[Any]:
        some = islice(left, max(room.size - len(waiting), 0))
        made = {client.submit(task, *call, pure=False): call for call in some}
        waiting.update(made)
        return list(made)

    _, distributed = _dask()
    done = distributed.as_completed(more(), loop=client.loop)
    try:
        for batch in done.batches():
            for future, result in zip(batch, _results(client, batch), strict=True):
                yield waiting.pop(future), result
            done.update(more())
    finally:
        client.cancel(list(waiting))


class _Room:
    """How many tasks may be with the scheduler; asked of it now and then, not for each."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 - Dask has no types
        self._client, self._size, self._until = client, 0, 0.0

    @property
    def size(self) -> int:
        if time.monotonic() >= self._until:
            known = self._client.scheduler_info(n_workers=-1).get("workers", {}).values()
            threads = sum(int(worker.get("nthreads", 1)) for worker in known)
            self._size = AHEAD * max(threads, 2)
            self._until = time.monotonic() + RECOUNTED
        return self._size


def _results(client: Any, batch: list[Any]) -> list[Any]:  # noqa: ANN401 - Dask has no types
    """Return the result or error of each; one question to the cluster for all of a batch."""
    for future in batch:
        if future.status not in {"finished", "error"}:
            raise InterbeatError(
                "the Dask scheduler is gone; the same call goes on with what is done already"
            )
    sound = [future for future in batch if future.status == "finished"]
    values = dict(zip(sound, client.gather(sound), strict=True))
    return [values[f] if f in values else _worded(f.exception()) for f in batch]


def _worded(error: BaseException) -> BaseException:
    if type(error).__name__ != "KilledWorker":
        return error
    return InterbeatError("each worker that tried it was killed; was there memory enough?")
