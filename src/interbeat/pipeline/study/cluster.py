"""The cluster: Dask runs the tasks of a study, here or on any machines."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from typing import Any, TypeVar

from interbeat.core.errors import InterbeatError, MissingExtraError

__all__ = ["each", "running"]

Result = TypeVar("Result")

AHEAD = 4  # tasks that wait for each core, so that none idles and the scheduler holds few
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
    InterbeatError
        If no scheduler answers at that address.
    """
    dask, distributed = _dask()
    with ExitStack() as stack:
        stack.enter_context(dask.config.set(_config()))
        if scheduler:
            yield stack.enter_context(_connected(distributed.Client, scheduler))
            return
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


@contextmanager
def _connected(client: Any, scheduler: str) -> Iterator[Any]:  # noqa: ANN401 - Dask has no types
    try:
        found = client(scheduler, timeout="10s", set_as_default=False)
    except (OSError, ValueError) as error:
        raise InterbeatError(f"no Dask scheduler answers at {scheduler}: {error}") from error
    with found:
        yield found


def _config() -> dict[str, Any]:
    # A task is single-threaded: what computes one product on all cores slows all the others.
    # Where a worker is killed, its task runs elsewhere; one that ends three of them is listed.
    return {
        "distributed.nanny.pre-spawn-environ": ONE_THREAD,
        "distributed.scheduler.allowed-failures": 3,
        "distributed.admin.low-level-log-length": 0,
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

    def more(count: int) -> list[Any]:
        made = {client.submit(task, *call, pure=False): call for call in islice(left, count)}
        waiting.update(made)
        return list(made)

    _, distributed = _dask()
    done = distributed.as_completed(more(_room(client)), loop=client.loop)
    try:
        for future in done:
            call = waiting.pop(future)
            yield call, _result(future)
            for new in more(_room(client) - len(waiting)):
                done.add(new)
    finally:
        client.cancel(list(waiting))


def _room(client: Any) -> int:  # noqa: ANN401 - Dask has no types
    known = client.scheduler_info(n_workers=-1).get("workers", {})
    return AHEAD * max(sum(int(worker.get("nthreads", 1)) for worker in known.values()), 2)


def _result(future: Any) -> Any:  # noqa: ANN401 - Dask has no types
    if future.status == "finished":
        return future.result()
    if future.status == "error":
        return _worded(future.exception())
    raise InterbeatError(
        "the Dask scheduler is gone; the same call goes on with what is done already"
    )


def _worded(error: BaseException) -> BaseException:
    if type(error).__name__ != "KilledWorker":
        return error
    return InterbeatError("each worker that tried it was killed; was there memory enough?")
