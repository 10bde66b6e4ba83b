"""Families of measures that are means over the pieces of a long stretch."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.measures._spec import Columns, Family
from interbeat.measures._windows import in_pieces

__all__ = ["PIECE", "family_in_pieces"]

PIECE = 300.0  # s


def family_in_pieces(piece: Callable[..., Mapping[str, Columns]]) -> Family:
    """Return the family whose members are means of `piece`'s over pieces of about 5 min."""

    def together(starts: FloatArray, ends: FloatArray, *, beats: Beats) -> dict[str, Columns]:
        of_pieces: dict[str, Columns] = {}

        def first_of_all(begin: FloatArray, end: FloatArray, _: object) -> Columns:
            of_pieces.update(piece(begin, end, beats=beats))
            return next(iter(of_pieces.values()))

        means = in_pieces(first_of_all, PIECE, starts, ends)
        rest = list(of_pieces)[1:]
        return {
            next(iter(of_pieces)): means,
            **{n: in_pieces(_given(of_pieces[n]), PIECE, starts, ends) for n in rest},
        }

    return Family(together)


def _given(found: Columns) -> Callable[[FloatArray, FloatArray, object], Columns]:
    return lambda _begin, _end, _pieces: found
