"""Parameters: the one typed table of the model: value, unit, source and spread."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple, Self

import numpy as np

from interbeat.core.errors import DataError

__all__ = ["Organ", "Parameter", "Row", "parameter"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """What is known of one number of the model.

    Parameters
    ----------
    value : float
        Of a typical adult at rest.
    unit : str
        E.g. ``"s"``, ``"1/mmHg"``; ``"1"`` for a plain number.
    source : str
        Where it comes from: a paper, ``"fitted to ..."`` or ``"assumed"``. Never empty.
    spread : float
        How much people differ: the standard deviation of its logarithm, or, for a number that
        may be negative or zero, its own (see ``logarithmic``).
    logarithmic : bool
        Whether people differ by factors, or by differences.
    least, most : float
        What a body can have; a scenario that asks for more is refused.
    """

    value: float
    unit: str
    source: str
    spread: float = 0.0
    logarithmic: bool = True
    least: float = 0.0
    most: float = math.inf

    def drawn(self, rng: np.random.Generator) -> float:
        """Return the value of one person out of the population.

        Parameters
        ----------
        rng : Generator
            One normal number is taken from it, whatever the spread.
        """
        step = self.spread * float(rng.standard_normal())
        value = self.value * math.exp(step) if self.logarithmic else self.value + step
        return min(max(value, self.least), self.most)


class Row(NamedTuple):
    """One line of the table of parameters."""

    organ: str
    name: str
    parameter: Parameter


def parameter(
    value: float, unit: str, source: str, *, spread: float = 0.0, logarithmic: bool = True,
    least: float = 0.0, most: float = math.inf,
) -> Any:  # noqa: ANN401 - as dataclasses.field, which it stands in for  # fmt: skip
    """Return a dataclass field whose default is `value` and that knows the rest of its row.

    Parameters
    ----------
    value, unit, source, spread, logarithmic, least, most
        As in :class:`Parameter`.
    """
    row = Parameter(value, unit, source, spread, logarithmic, least, most)
    return field(default=value, metadata={"parameter": row})


class Organ:
    """Base of the dataclasses whose fields are made by :func:`parameter`.

    Raises
    ------
    DataError
        If a value is outside what a body can have.
    """

    __slots__ = ()

    def __post_init__(self) -> None:
        for row in self.rows():
            value, known = getattr(self, row.name), row.parameter
            if not isinstance(value, (int, float, np.number)):
                raise DataError(f"{row.name} of the {row.organ} is a number, not {value!r}")
            if not (known.least <= value <= known.most and math.isfinite(value)):
                raise DataError(
                    f"{row.name} of the {row.organ} is {known.least:g} to {known.most:g} "
                    f"{known.unit}, not {value:g}"
                )
            # Kernels are compiled for floats: a whole number beside them would not fit.
            object.__setattr__(self, row.name, float(value))

    @classmethod
    def rows(cls) -> Iterator[Row]:
        """Give each parameter of this organ, in order."""
        for one in fields(cls):  # type: ignore[arg-type]  # every organ is a dataclass
            yield Row(cls.__name__.lower(), one.name, one.metadata["parameter"])

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> Self:
        """Return this organ of one person out of the population.

        Parameters
        ----------
        rng : Generator
            One normal number per parameter is taken, in order.
        """
        return cls(**{row.name: row.parameter.drawn(rng) for row in cls.rows()})
