"""The edge between a reader and a format's library: sizes, errors and noise stop here."""

from __future__ import annotations

import io
import logging
import pickle
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError, FormatError, InterbeatError
from interbeat.core.intervals import Intervals
from interbeat.core.recording import Recording
from interbeat.core.signal import Signal

__all__ = ["check_rate", "check_room", "gaps_in", "laid_out", "quietly", "reading"]

SMALL = 50_000_000  # samples (0.4 GB): what even a small file may unfold to
SLOWEST, FASTEST = 1e-3, 1e7  # Hz: what a sampling rate can be
UNFOLDS = 4  # samples that a byte of file may stand for, above that
LONG = 1.0  # s: shorter losses are NaN, and not worth a name
TINY = 1e-9


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
        refused = FormatError(path, f"is not a sound {format_name}: {_said(error)}")
        if _portable(error):
            raise refused from error
        try:
            raise refused from None
        except FormatError:
            refused.__context__ = None
            raise


def _portable(error: BaseException) -> bool:
    """Return whether the error, and all that led to it, may go to another process.

    Dask hands over the causes and contexts of an error too, and lxml's cannot be.
    """
    chain: BaseException | None = error
    while chain is not None:
        try:
            pickle.dumps(chain)
        except Exception:
            return False
        chain = chain.__cause__ or chain.__context__
    return True


def check_rate(path: Path, sampling_rate: float, where: str = "") -> None:
    """Refuse a sampling rate that no sensor has.

    Raises
    ------
    FormatError
        If it is not a number from 0.001 to 10 million Hz.
    """
    if not SLOWEST <= sampling_rate <= FASTEST:
        raise FormatError(path, f"a sampling rate of {sampling_rate:g} Hz cannot be", where)


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
) -> FloatArray:
    """Lay pieces of (start in s, values) on one grid that begins with the first, NaN between.

    Parameters
    ----------
    pieces : sequence of (float, ndarray)
        In order of time.
    sampling_rate : float
        Of the grid, in Hz.
    slack : float
        Seconds that a piece may begin before the last one ended: it is then taken to follow
        on, because clocks jitter.

    Raises
    ------
    DataError
        If a piece begins earlier than that.
    """
    origin, free = pieces[0][0], 0
    firsts: list[int] = []
    for start, values in pieces:
        first = round((start - origin) * sampling_rate)
        if first < free - max(slack * sampling_rate, 0.5):
            raise DataError(
                f"time runs backwards: a piece begins at {start:.3f} s, before the one ahead "
                f"of it ended at {origin + free / sampling_rate:.3f} s"
            )
        firsts.append(max(first, free))
        free = firsts[-1] + values.size
    out = np.full(free, np.nan)
    for first, (_, values) in zip(firsts, pieces, strict=True):
        out[first : first + values.size] = values
    return out


def gaps_in(recordings: Sequence[Recording]) -> Intervals:
    """Return where any signal lost a second or more, as intervals called ``gap``."""
    lost = Intervals.none()
    for recording in recordings:
        for data in recording.channels.values():
            if isinstance(data, Signal):
                lost = lost | _lost(data)
    return lost.covered("gap")


def _lost(signal: Signal) -> Intervals:
    mask = np.isnan(signal.values)
    if not mask.any():
        return Intervals.none()
    runs = Intervals.where(mask, signal.times, 1 / signal.sampling_rate, "gap")
    long = runs.ends - runs.starts >= LONG - TINY
    return Intervals(runs.starts[long], runs.ends[long], ("gap",) * int(long.sum()))


def _said(error: Exception) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:200]}" if text else type(error).__name__
