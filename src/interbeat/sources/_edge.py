"""The edge between a reader and a format's library: sizes, errors and noise stop here."""

from __future__ import annotations

import io
import itertools
import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError, FormatError, InterbeatError
from interbeat.core.intervals import Intervals

__all__ = ["check_room", "gaps_of", "laid_out", "quietly", "reading"]

SMALL = 50_000_000  # samples (0.4 GB): what even a small file may unfold to
UNFOLDS = 4  # samples that a byte of file may stand for, above that


@contextmanager
def quietly(*loggers: str) -> Iterator[None]:
    """Keep prints, warnings and log lines of a format's library to itself."""
    silent = [logging.getLogger(name) for name in loggers]
    before = [(log, log.disabled) for log in silent]
    for log in silent:
        log.disabled = True
    try:
        with (
            warnings.catch_warnings(),
            redirect_stdout(io.StringIO()),
            redirect_stderr(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        for log, was in before:
            log.disabled = was


@contextmanager
def reading(path: Path, format_name: str, *loggers: str) -> Iterator[None]:
    """Turn whatever a format's library raises on bad bytes into one FormatError."""
    try:
        with quietly(*loggers):
            yield
    except DataError as error:
        raise FormatError(path, f"is not a sound {format_name}: {error}") from error
    except InterbeatError:
        raise
    except Exception as error:
        raise FormatError(path, f"is not a sound {format_name}: {_said(error)}") from error


def check_room(path: Path, samples: float, where: str = "") -> None:
    """Refuse a file that declares far more samples than its bytes could hold.

    Raises
    ------
    FormatError
        Before anything of that size is allocated.
    """
    size = path.stat().st_size
    if not 0 <= samples <= max(SMALL, UNFOLDS * size):
        raise FormatError(path, f"{size} bytes cannot hold {samples:.6g} samples", where)


def laid_out(
    pieces: Sequence[tuple[float, FloatArray]], sampling_rate: float, *, slack: float
) -> tuple[FloatArray, list[tuple[float, float]]]:
    """Lay pieces of (start in s, values) on one grid, NaN between them.

    Parameters
    ----------
    pieces : sequence of (float, ndarray)
        In order of time; the grid begins with the first.
    sampling_rate : float
        Of the grid, in Hz.
    slack : float
        Seconds that a piece may begin before the last one ended: it is then taken to follow
        on, because clocks jitter.

    Returns
    -------
    values : ndarray
        One row of samples.
    gaps : list of (float, float)
        Start and end (s) of what was lost between pieces.

    Raises
    ------
    DataError
        If a piece begins earlier than that.
    """
    origin = pieces[0][0]
    spans: list[tuple[int, int]] = []
    for start, values in pieces:
        free = spans[-1][1] if spans else 0
        first = round((start - origin) * sampling_rate)
        if first < free - max(slack * sampling_rate, 0.5):
            raise DataError(
                f"time runs backwards: a piece begins at {start:.3f} s, before the one ahead "
                f"of it ended at {origin + free / sampling_rate:.3f} s"
            )
        spans.append((max(first, free), max(first, free) + values.size))
    out = np.full(spans[-1][1], np.nan)
    for (first, last), (_, values) in zip(spans, pieces, strict=True):
        out[first:last] = values
    gaps = [
        (origin + last / sampling_rate, origin + first / sampling_rate)
        for (_, last), (first, _) in itertools.pairwise(spans)
        if first > last
    ]
    return out, gaps


def gaps_of(gaps: Sequence[tuple[float, float]]) -> Intervals:
    """Return stretches of lost samples as intervals called ``gap``, each told once."""
    once = np.array(sorted(set(gaps)), dtype=np.float64).reshape(-1, 2)
    return Intervals(once[:, 0], once[:, 1], ("gap",) * len(once))


def _said(error: Exception) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:200]}" if text else type(error).__name__
