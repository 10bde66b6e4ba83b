"""What a finding of the literature is, how it registers itself, and how the model is asked."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from interbeat.core.errors import DataError
from interbeat.core.registry import Registry
from interbeat.validation._measured import Measured, Tolerance

__all__ = ["FINDINGS", "Examined", "Finding", "Mark", "Origin", "Part", "Verdict", "examine",
           "examine_all", "finding"]  # fmt: skip

Origin = Literal["imposed", "fitted", "predicted"]
Mark = Literal["S", "M"]
Verdict = Literal["holds", "fails", "fails as expected", "holds against expectation"]
Answer = Measured | Mapping[str, Measured]

SURE = 2.0  # standard errors between a number and the nearest end of its tolerance


@dataclass(frozen=True, slots=True)
class Finding:
    """One row of the table: what was found in people, and how the model is asked for it.

    Parameters
    ----------
    name : str
        The function's name.
    number : int
        Of the row in the table; findings of one row share it.
    title, source, doi, published : str
        What was found, by whom, and the number as it was printed.
    mark : {"S", "M"}
        Whether the number was read in the source, or is from memory.
    second : str
        A second figure that supports a number from memory; "" where there is none.
    tolerances : mapping of str to Tolerance
        Between what each measured number must be; a lone number is called "".
    origin : {"imposed", "fitted", "predicted"}
        Whether the number (or its close kin) went into the model, a parameter was adjusted
        after it had been seen, or neither.
    ledger : str
        What was imposed, or tuned in how many tries; "" for what was predicted at once.
    fails : str
        Why the model is expected to fail; "" where it is not.
    function : callable
        ``function(seed) -> Measured``, or a mapping of one for each tolerance.
    """

    name: str
    number: int
    title: str
    source: str
    doi: str
    published: str
    mark: Mark
    second: str
    tolerances: Mapping[str, Tolerance]
    origin: Origin
    ledger: str
    fails: str
    function: Callable[[int], Answer]

    @property
    def verified(self) -> bool:
        """Whether the published number was read, or is supported by a second figure."""
        return self.mark == "S" or bool(self.second)


@dataclass(frozen=True, slots=True)
class Part:
    """One number that the model gave, beside its tolerance; `label` is "" for a lone one."""

    label: str
    tolerance: Tolerance
    measured: Measured

    @property
    def holds(self) -> bool:
        """Whether the number is inside; a missing one is not."""
        return self.tolerance.least <= self.measured.value <= self.tolerance.most

    @property
    def sure(self) -> bool:
        """Whether its own standard error leaves no doubt on which side it is."""
        value, band = self.measured.value, self.tolerance
        reach = SURE * self.measured.se
        if not math.isfinite(value):
            return True
        return not any(abs(value - end) < reach for end in (band.least, band.most))


@dataclass(frozen=True, slots=True)
class Examined:
    """What the model gave for one finding.

    Parameters
    ----------
    finding : Finding
        Which.
    seed : int
        Of its people and their noise.
    parts : tuple of Part
        Every number, all of which must be inside.
    """

    finding: Finding
    seed: int
    parts: tuple[Part, ...]

    @property
    def inside(self) -> bool:
        """Whether every number is within its tolerance."""
        return all(part.holds for part in self.parts)

    @property
    def sure(self) -> bool:
        """Whether chance in the simulated people could hardly have turned the verdict."""
        if self.inside:
            return all(part.sure for part in self.parts)
        return any(part.sure and not part.holds for part in self.parts)

    @property
    def verdict(self) -> Verdict:
        """Return what to write into the table."""
        if self.finding.fails:
            return "holds against expectation" if self.inside else "fails as expected"
        return "holds" if self.inside else "fails"


FINDINGS: Registry[Finding] = Registry("finding", "interbeat.validation", "interbeat.findings")


def finding(  # noqa: PLR0913 - the columns of a row
    *, number: int, title: str, source: str, published: str, mark: Mark, origin: Origin,
    doi: str = "", second: str = "", least: float = -math.inf, most: float = math.inf,
    unit: str = "", rule: str = "", parts: Mapping[str, Tolerance] | None = None,
    ledger: str = "", fails: str = "",
) -> Callable[[Callable[[int], Answer]], Callable[[int], Answer]]:  # fmt: skip
    """Register a function as a finding; the function itself is returned unchanged.

    The function takes a seed, simulates whom it needs (:mod:`interbeat.validation.population`)
    and returns a :class:`Measured`, or a dict of them with the keys of `parts`.

    Parameters
    ----------
    number, title, source, published, mark, origin, doi, second
        See :class:`Finding`.
    least, most, unit, rule
        The tolerance of a lone number: its ends, its unit, and, where the ends do not say it
        ("falls"), the rule in words.
    parts : mapping of str to Tolerance, optional
        In place of these: several numbers, all of which must be inside.
    ledger, fails
        See :class:`Finding`. Whatever is not predicted says in `ledger` why.

    Returns
    -------
    callable
        The decorator.

    Raises
    ------
    DataError
        If nothing could make the finding fail, something needed is not said, or the name is
        taken.
    """
    tolerances = dict(parts) if parts else {"": Tolerance(least, most, unit, rule)}

    def register(function: Callable[[int], Answer]) -> Callable[[int], Answer]:
        name = function.__name__
        found = Finding(
            name, number, title, source, doi, published, mark, second, tolerances, origin,
            ledger, fails, function,
        )  # fmt: skip
        _check(found)
        FINDINGS.add(name, found)
        return function

    return register


def _check(found: Finding) -> None:
    needed = {"a title": found.title, "a source": found.source, "what was published":
              found.published}  # fmt: skip
    if found.origin != "predicted":
        needed[f"how it was {found.origin} (ledger)"] = found.ledger
    missing = [what for what, said in needed.items() if not said]
    if missing:
        raise DataError(f"finding {found.name!r} does not say {', '.join(missing)}")
    if found.mark not in get_args(Mark) or found.origin not in get_args(Origin):
        raise DataError(
            f"finding {found.name!r} has mark {found.mark!r} and origin {found.origin!r}; "
            f"possible: {', '.join(get_args(Mark))}; {', '.join(get_args(Origin))}"
        )


def examine(name: str, *, seed: int, repeats: int = 1) -> Examined:
    """Ask the model for one finding.

    Parameters
    ----------
    name : str
        One of :data:`FINDINGS`.
    seed : int
        From 0 up. The model was tuned on 0 to 999: a fresh one is 1,000,000 or more.
    repeats : int
        How many groups of people to simulate, with seeds from `seed` up; what they give is
        averaged.

    Returns
    -------
    Examined

    Raises
    ------
    DataError
        If no finding has that name, the seed is negative, no group is asked for, or it answers
        with other numbers than it announced.
    """
    if repeats < 1:
        raise DataError(f"at least one group is simulated, not {repeats}")
    if seed < 0:
        raise DataError(f"a seed is 0 or more, not {seed}")
    found = FINDINGS[name]
    answers = [_answer(found, seed + k) for k in range(repeats)]
    return Examined(found, seed, tuple(
        Part(label, band, Measured.pooled([answer[label] for answer in answers]))
        for label, band in found.tolerances.items()
    ))  # fmt: skip


def _answer(found: Finding, seed: int) -> Mapping[str, Measured]:
    given = found.function(seed)
    answer = {"": given} if isinstance(given, Measured) else given
    if set(answer) != set(found.tolerances):
        raise DataError(
            f"finding {found.name!r} answers with {sorted(answer)}, "
            f"its tolerances are of {sorted(found.tolerances)}"
        )
    return answer


def examine_all(
    *, seed: int, repeats: int = 1, names: Iterable[str] = ()
) -> Iterator[Examined]:
    """Give each finding's row, by number; as they are done.

    Parameters
    ----------
    seed, repeats
        See :func:`examine`.
    names : iterable of str
        Which findings; none named: all.
    """
    chosen = [FINDINGS[name] for name in names or FINDINGS]
    for found in sorted(chosen, key=lambda one: (one.number, one.name)):
        yield examine(found.name, seed=seed, repeats=repeats)
