"""What tests of a study share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from interbeat.pipeline.study import cluster


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run tasks in this process, so that a test is about the study and not about Dask."""

    @contextmanager
    def running(_scheduler: str, _workers: int | None) -> Iterator[None]:
        yield None

    def each(
        _client: None, task: Callable[..., Any], calls: Iterable[tuple[Any, ...]]
    ) -> Iterator[tuple[tuple[Any, ...], Any]]:
        for call in calls:
            yield call, task(*call)

    monkeypatch.setattr(cluster, "running", running)
    monkeypatch.setattr(cluster, "each", each)
