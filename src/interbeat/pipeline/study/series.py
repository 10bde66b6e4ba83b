"""Series: two people's values side by side in a table, compared as they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import FormatError, InterbeatError, SourceError
from interbeat.sources._text import Text

__all__ = ["Series", "is_series", "read_series"]

TIME = ("t", "time", "seconds")
TEXT = (".csv", ".tsv", ".txt")
UNEVEN = 0.01  # of a step: how far a time may lie from its grid
NAMELESS = "series"
SENSED = {"ecg", "ppg", "respiration", "eda", "beats"}  # to be analyzed before it is compared


class Series(NamedTuple):
    """Two people's series by signal, on one grid.

    Parameters
    ----------
    pairs : dict of str to (ndarray, ndarray)
        Person a's and person b's, of each signal.
    rate : float
        In Hz.
    start : float
        Time of the first sample, in seconds.
    """

    pairs: dict[str, tuple[FloatArray, FloatArray]]
    rate: float
    start: float


def is_series(path: Path, rate: float | None) -> bool:
    """Return whether a file is a table of two people's series.

    Its labels are ``a`` and ``b``, or a signal's name and ``_a`` or ``_b``, beside a time in
    seconds called ``t``. Where `rate` is given, a table of two columns is one, too, whatever
    they are called.

    Parameters
    ----------
    path : Path
        Of any file.
    rate : float or None
        In Hz, where the file need not say.
    """
    labels = _labels(path)
    if labels is None:
        return False
    if rate is not None and len(_values(labels)) == 2:
        return True
    timed = rate is not None or any(label in TIME for label in labels)
    return timed and bool(_columns(labels))


def read_series(path: Path, rate: float | None) -> Series:
    """Return the series of a table.

    Parameters
    ----------
    path : Path
        For which :func:`is_series` holds.
    rate : float or None
        In Hz, where the file does not say.

    Raises
    ------
    FormatError
        If a cell is no number, or the times lie on no grid.
    """
    labels, table = _table(path)
    where = _columns(labels)
    if not where:
        a, b = _values(labels)
        where = {NAMELESS: (a, b)}
    pairs = {name: (table[:, a].copy(), table[:, b].copy()) for name, (a, b) in where.items()}
    time = next((k for k, label in enumerate(labels) if label in TIME), None)
    if time is None:
        if rate is None:
            raise SourceError(path, "does not say its sampling rate; give it in Hz")
        return Series(pairs, rate, 0.0)
    return Series(pairs, *_grid(path, table[:, time]))


def _grid(path: Path, times: FloatArray) -> tuple[float, float]:
    """Return the rate (Hz) and the start (s) of times that must be even."""
    if times.size < 2 or not np.isfinite(times).all() or times[-1] <= times[0]:
        raise FormatError(path, "its times do not rise", "column t")
    step = (times[-1] - times[0]) / (times.size - 1)
    off = np.abs(times - times[0] - step * np.arange(times.size))
    if off.max() > UNEVEN * step + 1e-6 * abs(times[-1]):
        row = int(np.argmax(off))
        raise FormatError(
            path, f"the times are uneven: {times[row]:g} s is not on a grid of {step:g} s",
            f"row {row + 1}",
        )  # fmt: skip
    return round(1 / float(step), 9), float(times[0])


def _values(labels: list[str]) -> list[int]:
    return [k for k, label in enumerate(labels) if label not in TIME]


def _columns(labels: list[str]) -> dict[str, tuple[int, int]]:
    """Return the columns of each signal that is there of both; nothing else may be there."""
    found: dict[str, dict[str, int]] = {}
    for k in _values(labels):
        name, sign, who = labels[k].rpartition("_")
        if who not in {"a", "b"} or (sign and not name):
            return {}
        found.setdefault(name or NAMELESS, {})[who] = k
    if SENSED & set(found) or not all(len(both) == 2 for both in found.values()):
        return {}
    return {name: (both["a"], both["b"]) for name, both in found.items()}


def _labels(path: Path) -> list[str] | None:
    """Return the labels of a table in small letters; None if it is none."""
    try:
        if path.suffix.lower() == ".parquet":
            import pyarrow.parquet as pq  # noqa: PLC0415 - only where there is one

            return [str(name).strip().lower() for name in pq.read_schema(path).names]
        text = Text.head_of(path) if path.suffix.lower() in TEXT else None
        return None if text is None else _named(text.layout().labels, text.layout().columns)
    except (InterbeatError, OSError, ValueError):
        return None


def _named(labels: tuple[str, ...] | list[str], columns: int) -> list[str]:
    if not labels:
        return [str(k + 1) for k in range(columns)]
    return [label.strip().strip('"').lower() for label in labels]


def _table(path: Path) -> tuple[list[str], FloatArray]:
    if path.suffix.lower() == ".parquet":
        import pyarrow.parquet as pq  # noqa: PLC0415 - as above

        table = pq.read_table(path)
        labels = [str(name).strip().lower() for name in table.column_names]
        return labels, np.column_stack(list(_numbers(path, table)))
    text = Text.of(path)
    layout = text.layout()
    return _named(layout.labels, layout.columns), text.numbers(layout)


def _numbers(path: Path, table: object) -> Iterator[FloatArray]:
    for name in table.column_names:  # type: ignore[attr-defined]
        column = table.column(name)  # type: ignore[attr-defined]
        try:
            yield np.asarray(column.cast("float64").to_numpy(), dtype=np.float64)
        except (ValueError, NotImplementedError) as error:
            raise FormatError(path, "is no column of numbers", str(name)) from error
