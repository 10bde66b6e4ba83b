"""Replicates: wells of one plate that hold the same, corrected for what is not the analyte."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate
from interbeat.core.plate import Plate, PlateRun, Role, Well, position
from interbeat.neurochemistry import words
from interbeat.neurochemistry.plates.found import Assay, Panel

__all__ = [
    "Replicates",
    "Wells",
    "check_layout",
    "coefficient_of_variation",
    "share_bound",
    "wells_of",
]

ROUNDING = 1e-9  # of the strongest: densities that differ by less were the same in the file


@dataclass(frozen=True, slots=True, eq=False)
class Replicates:
    """Wells of one plate that hold the same.

    Parameters
    ----------
    role : Role
        What they are for.
    name, person : str
        Of the sample, control or standard.
    time : float
        When it was taken, in s; NaN where not said.
    concentration, dilution, spiked : float
        As in the layout.
    plate : str
        On which plate.
    places : tuple of str
        The wells.
    responses : ndarray, shape (wells,)
        Corrected for reference, blank and what binds without antibody; NaN where a well was
        not read, infinite where it was saturated, minus infinity where it was too faint.
    flags : tuple of str
        What to look at.
    """

    role: Role
    name: str
    person: str
    time: float
    concentration: float
    dilution: float
    spiked: float
    plate: str
    places: tuple[str, ...]
    responses: FloatArray
    flags: tuple[str, ...]

    @property
    def seen(self) -> FloatArray:
        """Responses that are numbers."""
        return self.responses[np.isfinite(self.responses)]

    @property
    def unreadable(self) -> str:
        """Why a well is beyond the reader; ``""`` where none is."""
        if np.isposinf(self.responses).any():
            return words.SATURATED
        return words.FAINT if np.isneginf(self.responses).any() else ""


class Wells(NamedTuple):
    """The wells of one plate by what they are for.

    Parameters
    ----------
    standards, samples, controls : tuple of Replicates
        Standards from the lowest up, the others as in the layout.
    blank, nonspecific : Estimate
        Mean response of those wells, the latter without the blank's; missing where there are
        none. Both are already taken off the responses.
    blanks : ndarray, shape (b,)
        Responses of the blanks, without their mean.
    flags : tuple of str
        What holds for the whole plate.
    """

    standards: tuple[Replicates, ...]
    samples: tuple[Replicates, ...]
    controls: tuple[Replicates, ...]
    blank: Estimate
    nonspecific: Estimate
    blanks: FloatArray
    flags: tuple[str, ...]


def check_layout(run: PlateRun) -> None:
    """Raise where the layout does not fit the plates.

    Parameters
    ----------
    run : PlateRun
        Plates and layout.

    Raises
    ------
    DataError
        If a well names a plate that is not there, lies outside of it, or is used twice.
    """
    for plate in run.plates:
        rows, columns = plate.shape
        taken: set[tuple[int, int]] = set()
        for well in _on(plate, run.wells):
            row, column = position(well.place)
            if row >= rows or column >= columns:
                raise DataError(
                    f"well {well.place} is not on plate {plate.name!r}, which has {rows} rows "
                    f"and {columns} columns"
                )
            if (row, column) in taken:
                raise DataError(
                    f"well {well.place} of plate {plate.name!r} is in the layout twice"
                )
            taken.add((row, column))
    names = {plate.name for plate in run.plates}
    strangers = sorted({well.plate for well in run.wells} - names - {""})
    if strangers:
        raise DataError(
            f"the layout names plate {strangers[0]!r}; there are {', '.join(sorted(names))}"
        )


def wells_of(plate: Plate, wells: Sequence[Well], how: Assay) -> Wells:
    """Return the wells of one plate, grouped and corrected.

    The reference read is taken off well by well (what plastic and scratches do), then the mean
    of the blanks, then what is left in the wells without antibody (non-specific binding): a
    competitive assay then has its whole color from what was bound.

    Parameters
    ----------
    plate : Plate
        What was read.
    wells : sequence of Well
        The layout: wells that name another plate are not looked at.
    how : Assay
        Which read, which reference, and from when on replicates differ.

    Returns
    -------
    Wells

    Raises
    ------
    DataError
        If the read or the reference is not on the plate, or several are and none is named.
    """
    grid, flags = _referred(plate, how)
    groups = _grouped(plate, wells, grid)
    blanks = _responses(groups, Role.BLANK)
    blank = _mean(blanks, plate.unit, "no blank wells")
    empty = _responses(groups, Role.NONSPECIFIC) - (0.0 if blank.reason else blank.value)
    nonspecific = _mean(empty, plate.unit, "no wells without antibody")
    off = sum(one.value for one in (blank, nonspecific) if not one.reason)
    made = [_made(plate.name, group, off, how) for group in groups]
    by_role = {role: tuple(one for one in made if one.role == role) for role in Role}
    flags += [
        f"{role.value}: {flag}"
        for role in (Role.BLANK, Role.NONSPECIFIC)
        for one in by_role[role]
        for flag in one.flags
        if not flag.startswith("responses")  # around zero a CV says nothing
    ]
    flags += [_unknown_error("blank", blank), _unknown_error("nonspecific", nonspecific)]
    return Wells(
        tuple(sorted(by_role[Role.STANDARD], key=_nominal)),
        by_role[Role.SAMPLE],
        by_role[Role.CONTROL],
        blank,
        nonspecific,
        blanks[np.isfinite(blanks)] - (0.0 if blank.reason else blank.value),
        words.unique(flags),
    )


def coefficient_of_variation(values: FloatArray) -> float:
    """Return standard deviation over mean of the numbers among values; NaN for fewer than two.

    Parameters
    ----------
    values : ndarray
        Those that are not finite are left out.

    Returns
    -------
    float

    Examples
    --------
    >>> round(coefficient_of_variation(np.array([0.9, 1.1, np.nan])), 3)
    0.141
    """
    seen = values[np.isfinite(values)]
    if seen.size < 2 or seen.mean() <= 0:
        return math.nan
    return float(seen.std(ddof=1) / seen.mean())


def share_bound(panel: Panel, responses: ArrayLike) -> FloatArray:
    """Return responses of a competitive assay as shares of that without any analyte: B/B0.

    Parameters
    ----------
    panel : Panel
        One plate: blank and non-specific binding are already off its responses.
    responses : array_like, shape (n,)
        Of its wells.

    Returns
    -------
    ndarray, shape (n,)
        NaN where the assay is not competitive, or has no standard of zero.

    Examples
    --------
    >>> from interbeat.core.plate import PlateRun
    >>> from interbeat.neurochemistry.plates.assaying import assay
    >>> there = [0, 1, 3, 10, 30, 100, 300, 1000]
    >>> grid = np.array([[2.0 / (1 + x / 20) for x in there]])
    >>> wells = tuple(Well(f"A{k}", Role.STANDARD, "", x) for k, x in enumerate(there, 1))
    >>> panel = assay(PlateRun((Plate("1", {"450": grid}, "OD"),), wells)).panels[0]
    >>> share_bound(panel, [2.0, 1.0]).round(3)
    array([1. , 0.5])
    """
    given = np.asarray(responses, dtype=np.float64)
    zeros = np.array([y for one in panel.standards if one.nominal == 0 for y in one.responses])
    zeros = zeros[np.isfinite(zeros)]
    if panel.curve.reason or not panel.curve.competitive or not zeros.size:
        return np.full(given.shape, np.nan)
    return np.asarray(given / zeros.mean())


def _on(plate: Plate, wells: Iterable[Well]) -> list[Well]:
    return [well for well in wells if well.plate in ("", plate.name)]


def _nominal(one: Replicates) -> tuple[float, str]:
    known = math.isfinite(one.concentration)
    return one.concentration if known else math.inf, one.name


def _referred(plate: Plate, how: Assay) -> tuple[FloatArray, list[str]]:
    """Return the read, without the reference read."""
    grid = _read(plate, how.read)
    if not how.reference:
        return grid, []
    reference = _read(plate, how.reference)
    finite = np.isfinite(reference)
    lost = int(np.sum(~finite & np.isfinite(grid)))
    left = np.full(grid.shape, np.nan)
    np.subtract(grid, reference, out=left, where=finite)
    words_of_it = f"{lost} wells have no reference read {how.reference}; they are not used"
    return left, [words_of_it] if lost else []


def _read(plate: Plate, label: str) -> FloatArray:
    if label in plate.reads:
        return plate.reads[label]
    possible = ", ".join(map(repr, plate.reads))
    if label:
        raise DataError(f"plate {plate.name!r} has no read {label!r}; possible: {possible}")
    if len(plate.reads) > 1:
        raise DataError(
            f"plate {plate.name!r} was read several times; say which with read= "
            f"or --read: {possible}"
        )
    return next(iter(plate.reads.values()))


def _grouped(
    plate: Plate, wells: Sequence[Well], grid: FloatArray
) -> list[list[tuple[Well, float]]]:
    """Return wells with what was read in them, those that hold the same together, by place."""
    groups: dict[tuple[object, ...], list[tuple[Well, float]]] = {}
    for well in _on(plate, wells):
        groups.setdefault(_same(well), []).append((well, float(grid[position(well.place)])))
    by_place = (
        sorted(group, key=lambda one: position(one[0].place)) for group in groups.values()
    )
    return sorted(by_place, key=lambda group: position(group[0][0].place))


def _same(well: Well) -> tuple[object, ...]:
    """Return what wells that hold the same have in common."""
    if well.role in (Role.BLANK, Role.NONSPECIFIC):
        return (well.role,)
    nameless = not well.name and not well.person and well.role != Role.STANDARD
    return (
        well.role,
        well.place if nameless else well.name,
        well.person,
        None if math.isnan(well.time) else well.time,
        None if math.isnan(well.concentration) else well.concentration,
        well.dilution,
        well.spiked,
    )


def _responses(groups: list[list[tuple[Well, float]]], role: Role) -> FloatArray:
    return np.array([read for group in groups for well, read in group if well.role == role])


def _mean(values: FloatArray, unit: str, reason: str) -> Estimate:
    seen = values[np.isfinite(values)]
    if not seen.size:
        return Estimate.missing(unit, reason)
    alike = seen.size < 2 or np.ptp(seen) <= ROUNDING * np.abs(seen).max()
    error = 0.0 if alike else float(seen.std(ddof=1)) / math.sqrt(seen.size)
    return Estimate(float(seen.mean()), error, unit, seen.size / values.size, seen.size)


def _unknown_error(what: str, mean: Estimate) -> str:
    """Say why a mean of wells has no standard error; ``""`` where it has one, or is none."""
    if mean.reason or mean.se > 0:
        return ""
    wells = "one well" if mean.n == 1 else f"{mean.n} wells that read the same"
    return f"{what}: {wells}, so that its standard error is not known"


def _made(plate: str, group: list[tuple[Well, float]], off: float, how: Assay) -> Replicates:
    first = group[0][0]
    responses = np.array([read for _, read in group]) - off
    cv = coefficient_of_variation(responses)
    unread, full = int(np.isnan(responses).sum()), int(np.isposinf(responses).sum())
    faint = int(np.isneginf(responses).sum())
    flags = words.unique(
        [
            words.some(unread, len(group), words.NOT_READ) if unread else "",
            words.some(full, len(group), words.SATURATED) if full else "",
            words.some(faint, len(group), words.FAINT) if faint else "",
            words.differ("responses of replicates", cv, how.most_cv)
            if cv > how.most_cv
            else "",
        ]
    )
    name = first.name or ("" if first.person else first.place)
    return Replicates(
        first.role,
        name,
        first.person,
        first.time,
        first.concentration,
        first.dilution,
        first.spiked,
        plate,
        tuple(well.place for well, _ in group),
        responses,
        flags,
    )
