"""Multiverse: the same question asked in every way it may be, so that none is picked."""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate
from interbeat.dyad._series import checked
from interbeat.dyad._spec import INDICES, Index
from interbeat.dyad.coupling import missing

__all__ = ["Choice", "Multiverse", "multiverse"]

LEVEL = 0.05
WINDOWS = (15.0, 30.0, 60.0)
LAGS = (2.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to ask whether two people are tied, and what came of it.

    Parameters
    ----------
    signal : str
        What of the two: ``"heart rate"``.
    index : str
        Its name in :data:`~interbeat.dyad.INDICES`.
    choices : mapping of str to float
        What was chosen beside: ``{"window": 30.0, "max_lag": 5.0}``, in s.
    value : Estimate
        The index, in its own unit; missing, with a reason, where there is none.
    p : float
        Against the index's own null; NaN where the value is missing.
    floor : float
        The smallest p that there could be.
    lag : Estimate
        In s, positive: a leads; missing where the index tells none.
    """

    signal: str
    index: str
    choices: Mapping[str, float]
    value: Estimate
    p: float
    floor: float
    lag: Estimate

    @property
    def tested(self) -> bool:
        """Whether the choice gave a p at all."""
        return not math.isnan(self.p)


@dataclass(frozen=True, slots=True)
class Multiverse:
    """Every choice, and how far the answer hangs on it.

    No choice is the best one. To take the one with the smallest p, and to say that p, is to
    test many times and tell of one: look at the share of choices that agree.

    Parameters
    ----------
    rows : tuple of Choice
        In the order they were asked in: signals, indices, windows, lags.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> a = np.convolve(rng.standard_normal(2400), np.ones(8), "same")
    >>> b = np.roll(a, 8) + rng.standard_normal(2400)  # b follows after 2 s
    >>> found = multiverse(a, b, sampling_rate=4, lags=[5.0], indices=["phase_locking"])
    >>> len(found.rows), found.share
    (1, 1.0)
    """

    rows: tuple[Choice, ...] = field(default_factory=tuple)

    def __or__(self, other: Multiverse) -> Multiverse:
        """Return the choices of both: of two signals, say."""
        return Multiverse(self.rows + other.rows)

    @property
    def tested(self) -> tuple[Choice, ...]:
        """The choices that gave a p."""
        return tuple(row for row in self.rows if row.tested)

    @property
    def share(self) -> float:
        """Share of the tested choices with a p of 0.05 or less; NaN where none was tested."""
        if not self.tested:
            return math.nan
        return float(np.mean([row.p <= LEVEL for row in self.tested]))

    @property
    def shares(self) -> dict[tuple[str, str], float]:
        """The same for each signal, each index and each setting: ``("window", "30 s")``."""
        options = dict.fromkeys(option for row in self.rows for option in options_of(row))
        kinds = list(dict.fromkeys(kind for kind, _ in options))
        together = sorted(options, key=lambda option: kinds.index(option[0]))
        return {option: self._with(option).share for option in together}

    @property
    def values(self) -> dict[str, tuple[float, float]]:
        """Least and largest value of each index that has one; their units differ."""
        names = dict.fromkeys(row.index for row in self.tested)
        return {
            name: _reach(row.value.value for row in self.tested if row.index == name)
            for name in names
        }

    @property
    def lags(self) -> tuple[float, float]:
        """Least and largest lag that was told (s; positive: a leads), NaN where none was."""
        return _reach(row.lag.value for row in self.rows if not row.lag.reason)

    def table(self) -> list[dict[str, float | str]]:
        """Return the choices as rows of plain words and numbers, e.g. for ``pandas.DataFrame``.

        Returns
        -------
        list of dict
            ``signal``, ``index``, a column for each setting, ``value``, ``se``, ``p``,
            ``floor``, ``lag`` and ``reason``; NaN where a choice has no such setting or number.
        """
        settings = dict.fromkeys(name for row in self.rows for name in row.choices)
        return [
            {
                "signal": row.signal,
                "index": row.index,
                **{name: row.choices.get(name, math.nan) for name in settings},
                "value": row.value.value,
                "se": row.value.se,
                "p": row.p,
                "floor": row.floor,
                "lag": row.lag.value,
                "reason": row.value.reason,
            }
            for row in self.rows
        ]

    def _with(self, option: tuple[str, str]) -> Multiverse:
        return Multiverse(tuple(row for row in self.rows if option in options_of(row)))


def multiverse(
    x: ArrayLike, y: ArrayLike, *, sampling_rate: float, signal: str = "",
    windows: Sequence[float] = WINDOWS, lags: Sequence[float] = LAGS,
    indices: Sequence[str] | None = None,
) -> Multiverse:  # fmt: skip
    """Return what every index says with every window and every range of lags.

    Steegen et al. (2016) [1]_: a result that hangs on choices which nobody could defend against
    the others is a result of the choices. For several signals, join what each one gives with
    ``|``.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        Person a's and person b's series, sample by sample at the same times; NaN where missing.
    sampling_rate : float
        In Hz.
    signal : str
        What of the two, for people: ``"heart rate"``.
    windows, lags : sequence of float
        In s; tried with the indices that have such a setting. A lag range (from ``-lag`` to
        ``lag``) longer than the window is no possible choice, and is left out.
    indices : sequence of str, optional
        Names in :data:`~interbeat.dyad.INDICES`; without it, all of them.

    Returns
    -------
    Multiverse
        A row for each choice. Where an index has no value, or refuses a choice, its row says
        why.

    Raises
    ------
    DataError
        If the series differ in length or hold infinities, the rate or a window or lag is no
        positive number, or no index has that name.

    References
    ----------
    .. [1] Steegen, Tuerlinckx, Gelman & Vanpaemel (2016), Perspectives on Psychological
       Science 11:702, doi:10.1177/1745691616658637.
    """
    checked(x, y, sampling_rate=sampling_rate)
    if not all(0 < seconds < math.inf for seconds in (*windows, *lags)):
        raise DataError(f"windows and lags are seconds over 0, not {windows} and {lags}")
    chosen = [INDICES[name] for name in (INDICES if indices is None else indices)]
    return Multiverse(
        tuple(
            _asked(index, x, y, sampling_rate=sampling_rate, signal=signal, choices=choices)
            for index in chosen
            for choices in _choices(index, windows, lags)
        )
    )


def options_of(row: Choice) -> Iterator[tuple[str, str]]:
    """Give what a row chose: ``("signal", "heart rate")``, ``("window", "30 s")`` ..."""
    yield "signal", row.signal
    yield "index", row.index
    for name, seconds in row.choices.items():
        yield name, f"{seconds:g} s"


def _choices(
    index: Index, windows: Sequence[float], lags: Sequence[float]
) -> Iterator[dict[str, float]]:
    """Give the settings of an index that can be chosen, and only combinations that can be."""
    has = inspect.signature(index.function).parameters
    options = {"window": windows, "max_lag": lags}
    names = [name for name in options if name in has]
    for values in product(*(options[name] for name in names)):
        choices = dict(zip(names, values, strict=True))
        if 2 * choices.get("max_lag", 0.0) <= choices.get("window", math.inf):
            yield choices


def _asked(
    index: Index, x: ArrayLike, y: ArrayLike, *, sampling_rate: float, signal: str,
    choices: Mapping[str, float],
) -> Choice:  # fmt: skip
    try:
        found = index.function(x, y, sampling_rate=sampling_rate, signal=signal, **choices)
    except DataError as error:  # the series are sound: it is the choice that cannot be
        found = missing(index.name, signal, str(error))
    lag = found.parts.get("lag", Estimate.missing("s", "this index tells no lag"))
    return Choice(signal, index.name, choices, found.value, found.p, found.floor, lag)


def _reach(values: Iterator[float]) -> tuple[float, float]:
    known = [value for value in values if not math.isnan(value)]
    return (min(known), max(known)) if known else (math.nan, math.nan)
