"""Estimates: drives of one person, second by second, each with its interval."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray, IntArray
from interbeat.core.errors import DataError
from interbeat.core.span import Span
from interbeat.core.track import Track
from interbeat.state._numbers import WIDTHS
from interbeat.state.checking import CheckIn
from interbeat.state.drugs import Blocked
from interbeat.state.patterns import PATTERNS, patterns

__all__ = ["NAMES", "Drives", "Seen", "Way", "nothing", "told"]

NAMES = ("vagal", "sympathetic", "arousal")
Z90 = 1.6448536269514722  # standard normal quantile at 0.95
WINDOW = 10.0  # s: over which quality and the number of intervals are told


@dataclass(frozen=True, slots=True, eq=False)
class Drives:
    """Drives of one person against their own rest, second by second.

    Vagal and sympathetic drive are what the two nerves do to the sinus node of this heart, put
    back to the second at which they fired and freed of what each breath does to them, as a
    natural logarithm of the ratio to the mean of the baseline: 0 is rest, -0.69 half of it. A
    factor is ``np.exp``. Only the *effect* can be known: under atropine the nerve may fire as
    before, and once the drug is told of, vagal drive is told as gone. **Nothing is said between
    people**: 0.3 in one is not more or less than 0.2 in another. Arousal is a difference from
    rest, in units in which a strong threat is about 1.

    Parameters
    ----------
    person : str
        Whose.
    vagal, sympathetic, arousal : Track
        A value and a standard error a second; missing all along where there is no baseline.
    within : ndarray, shape (n, 3, 3)
        Covariance of the three at each second.
    patterns : ndarray, shape (n, 6)
        Probability of each of ``PATTERNS``, in this order; each second adds up to 1.
    baseline : Span or None
        What counts as rest; None if nothing did.
    followed : Drives or None
        The same as it was known live, from nothing later; None where this is that.
    settings : mapping
        How it was made.
    costs : tuple of str
        What each missing channel costs, for people.
    """

    person: str
    vagal: Track
    sympathetic: Track
    arousal: Track
    within: FloatArray
    patterns: FloatArray
    baseline: Span | None
    followed: Drives | None
    settings: Mapping[str, float | str] = field(default_factory=dict)
    costs: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.vagal)

    @property
    def times(self) -> FloatArray:
        """Seconds since the session began, shape (n,)."""
        return self.vagal.times

    def interval(self, name: str) -> tuple[FloatArray, FloatArray]:
        """Return the lower and upper end of the 90 % interval of a drive, each of shape (n,).

        Parameters
        ----------
        name : str
            ``"vagal"``, ``"sympathetic"`` or ``"arousal"``.

        Raises
        ------
        DataError
            If there is no such drive.
        """
        if name not in NAMES:
            raise DataError(f"a drive is one of {', '.join(NAMES)}, not {name!r}")
        track: Track = getattr(self, name)
        return track.values - Z90 * track.se, track.values + Z90 * track.se


class Seen(NamedTuple):
    """What a pass of the filter says, second by second.

    Parameters
    ----------
    ticks : ndarray, shape (n,)
        Whole seconds.
    drives, within : ndarray, shapes (n, 3) and (n, 3, 3)
        Of the three, and their covariance.
    quality : ndarray, shape (n,)
        Share of the last seconds that intervals between beats cover.
    many : ndarray, shape (n,)
        How many intervals these are.
    shown : ndarray of bool, shape (n,)
        Where the palm was seen.
    given : Blocked
        What drugs do: a drive that does not arrive is told as gone, as far as that is known,
        and patterns are unknown.
    """

    ticks: FloatArray
    drives: FloatArray
    within: FloatArray
    quality: FloatArray
    many: IntArray
    shown: BoolArray
    given: Blocked


class Way(NamedTuple):
    """How: breathed or blind, followed or smoothed, and the palm watched or unseen."""

    breathing: str
    done: str
    sweat: str


def told(
    person: str, seen: Seen, way: Way, *, check_ins: Sequence[CheckIn], baseline: Span,
    followed: Drives | None, costs: tuple[str, ...],
) -> Drives:  # fmt: skip
    """Return what a pass of the filter says, widened to what simulation says it should be.

    Parameters
    ----------
    person : str
        Whose.
    seen : Seen
        What it says.
    way : Way
        How it was made.
    check_ins : sequence of CheckIn
        What the person said.
    baseline, followed, costs
        As in :class:`Drives`.
    """
    ticks = seen.ticks
    known, unseen = WIDTHS[way], WIDTHS[way._replace(sweat="unseen")]
    widths = np.where(seen.shown[:, None], known, unseen)
    within = seen.within * widths[:, :, None] * widths[:, None, :]
    values = seen.drives.copy()
    values[:, :2] += seen.given.moved
    for k in range(2):
        within[:, k, k] += seen.given.sd[:, k] ** 2
    errors = np.sqrt(np.maximum(np.diagonal(within, axis1=1, axis2=2), 0.0))
    start = float(ticks[0]) if ticks.size else 0.0
    vagal, sympathetic, arousal = (
        Track(
            name, "" if name == "arousal" else "ln", person, WINDOW, start, values[:, k],
            errors[:, k], seen.quality, seen.many, ("",) * ticks.size,
        )
        for k, name in enumerate(NAMES)
    )  # fmt: skip
    shares = patterns(
        ticks, values, within, quality=seen.quality * (1 - seen.given.acting),
        breathed=way.breathing == "breathed", check_ins=check_ins,
    )  # fmt: skip
    settings: dict[str, float | str] = {
        "breathing": way.breathing, "pass": way.done, "sweat": way.sweat, "window": WINDOW,
    }  # fmt: skip
    return Drives(
        person, vagal, sympathetic, arousal, within, shares, baseline, followed, settings, costs
    )


def nothing(person: str, ticks: FloatArray, reason: str) -> Drives:
    """Return drives that are missing all along, and why."""
    n = ticks.size
    start = float(ticks[0]) if n else 0.0
    empty, none = np.full(n, math.nan), np.zeros(n, dtype=np.int64)
    vagal, sympathetic, arousal = (
        Track(
            name, "" if name == "arousal" else "ln", person, WINDOW, start, empty, empty,
            np.zeros(n), none, (reason,) * n,
        )
        for name in NAMES
    )  # fmt: skip
    shares = np.zeros((n, len(PATTERNS)))
    shares[:, PATTERNS.index("unknown")] = 1.0
    return Drives(
        person, vagal, sympathetic, arousal, np.full((n, 3, 3), math.nan), shares, None, None,
        {}, (reason,),
    )  # fmt: skip
