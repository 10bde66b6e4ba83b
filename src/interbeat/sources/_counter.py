"""Counters: a running number of samples that wraps or sticks, turned into places on a grid."""

from __future__ import annotations

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.core.session import Inference
from interbeat.sources._grid import FILLED, ROOM, Grid, even_grid

__all__ = ["grid_of_counter"]

_FULL = tuple(2**bits - 1 for bits in (4, 7, 8, 12, 15, 16, 24, 31, 32))


def grid_of_counter(
    counter: FloatArray, modulus: int, subject: str
) -> tuple[Grid, list[Inference]]:
    """Return the places that `counter` gives its rows, and what was inferred.

    Parameters
    ----------
    counter : ndarray, shape (n,)
        Running number of each row.
    modulus : int
        Where it begins anew; 0 where it does not, or nobody says. Then it may begin anew
        after the largest number of a whole count of bits, or stay there.
    subject : str
        File, for the report.

    Returns
    -------
    Grid
        Of rate 1.
    list of Inference

    Raises
    ------
    DataError
        With the row, where it is no whole number, goes back, or jumps by far more than there
        are rows.

    Examples
    --------
    >>> grid, told = grid_of_counter(np.array([13.0, 14, 15, 0, 3, 4]), 16, "a.txt")
    >>> grid.places
    array([0, 1, 2, 3, 6, 7])
    >>> print(told[0])
    a.txt: lost samples taken as 2, because the counter nSeq jumps; NaN stands for them
    """
    whole = np.isfinite(counter) & (counter == np.rint(counter))
    if not whole.all():
        row = int(np.argmin(whole))
        raise DataError(f"the counter nSeq is no whole number in row {row}: {counter[row]}")
    steps = np.diff(counter)
    if (steps == 1).all():
        return even_grid(counter.size, 1.0), []
    ahead, notes = (
        (_wrapped(steps, modulus), [])
        if modulus
        else _unfolded(counter, steps, subject=subject)
    )
    if float(ahead.sum()) > ROOM + FILLED * counter.size:
        row = int(np.argmax(ahead)) + 1
        raise DataError(f"the counter nSeq jumps by {ahead.max():g} in row {row}")
    places = np.concatenate(([0], np.cumsum(ahead.astype(np.int64))))
    lost = int(places[-1]) + 1 - counter.size
    if lost:
        why = "the counter nSeq jumps; NaN stands for them"
        notes.append(Inference(subject, "lost samples", str(lost), why))
    return Grid(1.0, places, 0.0), notes


def _wrapped(steps: FloatArray, modulus: int) -> FloatArray:
    ahead = np.mod(steps, modulus)
    return np.where(ahead == 0, float(modulus), ahead)


def _unfolded(
    counter: FloatArray, steps: FloatArray, *, subject: str
) -> tuple[FloatArray, list[Inference]]:
    """Return the steps of a counter that may stick at its largest number, or begin anew."""
    full = np.isin(counter[:-1], _FULL)
    sticks = (steps == 0) & full
    anew = (steps < 0) & full & (counter[1:] <= 1)
    back = (steps <= 0) & ~sticks & ~anew
    if back.any():
        row = int(np.argmax(back)) + 1
        raise DataError(
            f"the counter nSeq goes from {counter[row - 1]:g} to {counter[row]:g} in row {row}"
        )
    notes: list[Inference] = []
    if sticks.any():
        why = "it stays at its largest number; samples lost after that cannot be seen"
        notes.append(Inference(subject, "counter nSeq", "full", why))
    return np.where(sticks | anew, 1.0, steps), notes
