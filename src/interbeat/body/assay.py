"""Assay: what a laboratory reads on 96-well plates of the hormones that were really there."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.optimize import least_squares

from interbeat.body.noise import Streams
from interbeat.body.parameters import Organ, parameter
from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.core.sample import Sample
from interbeat.core.signal import Signal

__all__ = ["Kit", "Plate", "Tube", "cortisol_kit", "oxytocin_kit", "run_plates", "sampled"]

ROWS, COLUMNS = 8, 12
STANDARDS = 7  # and one without any of it
REPLICATES = 2
CAPACITY = ROWS * COLUMNS // REPLICATES - STANDARDS - 2  # samples a plate
FAINT = 0.02  # of the darkest well: lighter ones do not weigh more
FARTHEST = 10.0  # times the highest standard, beyond which nothing is extrapolated


class Tube(NamedTuple):
    """Blood or saliva of one person, and how much is really in it.

    Parameters
    ----------
    analyte, matrix, person, unit : str
        ``"oxytocin"``, ``"saliva"``, ``"a"``, ``"pg/mL"``.
    time : float
        When it was taken (s).
    concentration : float
        In `unit`.
    """

    analyte: str
    matrix: str
    person: str
    unit: str
    time: float
    concentration: float


@dataclass(frozen=True, slots=True)
class Kit(Organ):
    """A competitive immunoassay: the more there is, the less color."""

    top: float = parameter(1.9, "OD", "assumed: without any of it", least=0.1, most=4.0)
    bottom: float = parameter(0.12, "OD", "assumed: with more than can bind", most=1.0)
    background: float = parameter(0.05, "OD", "assumed: of an empty well", most=0.5)
    middle: float = parameter(100.0, "of the standards", "assumed: half the color", least=1e-6)
    slope: float = parameter(1.1, "1", "assumed", least=0.3, most=4.0)
    lowest: float = parameter(15.6, "of the standards", "lowest standard", least=1e-6)
    dilution: float = parameter(2.0, "1", "between standards", least=1.2, most=10.0)
    concentrated: float = parameter(
        1.0,
        "1",
        "assumed: what extraction brings into a smaller volume",
        least=0.01,
        most=1000.0,
    )
    recovery: float = parameter(
        1.0, "1", "a choice: share that extraction keeps; not corrected for", least=0.05,
        most=1.5,
    )  # fmt: skip
    pipetting: float = parameter(
        0.08, "1", "assumed: so that duplicates differ by about 10 %; logarithmic", most=1.0
    )
    reading: float = parameter(0.02, "1", "assumed: share of the optical density", most=1.0)
    least_reading: float = parameter(0.004, "OD", "assumed", most=0.5)
    calibration: float = parameter(
        0.07, "1", "assumed: standards of a plate are off together; logarithmic", most=1.0
    )
    vigor: float = parameter(
        0.08, "1", "assumed: color of a whole plate; logarithmic", most=1.0
    )
    slant: float = parameter(0.015, "1", "assumed: of the color across a plate", most=0.5)
    edge: float = parameter(0.015, "1", "assumed: color that edge wells lack", most=0.5)


def oxytocin_kit() -> Kit:
    """Return a kit for extracted oxytocin in pg/mL, tenfold concentrated."""
    return Kit(concentrated=10.0)


def cortisol_kit() -> Kit:
    """Return a kit for salivary cortisol in nmol/L."""
    return Kit(middle=9.0, lowest=0.5, dilution=2.5)


@dataclass(frozen=True, slots=True, eq=False)
class Plate:
    """One plate as the reader saw it.

    Parameters
    ----------
    density : ndarray, shape (8, 12)
        Optical densities; NaN where a well is empty.
    layout : tuple of tuple of str
        What each well holds: ``"blank"``, ``"standard 0"`` to ``"standard 7"``, ``"sample 1"``
        and up, ``""``.
    standards : ndarray, shape (8,)
        Concentrations that the standards are said to have; the first is 0.
    tubes : tuple of Tube
        Samples 1 and up.
    samples : tuple of Sample
        What the laboratory reports of them.
    """

    density: FloatArray
    layout: tuple[tuple[str, ...], ...]
    standards: FloatArray
    tubes: tuple[Tube, ...]
    samples: tuple[Sample, ...]


def sampled(
    truth: Signal, times: Sequence[float], *, analyte: str, matrix: str, seconds: float
) -> tuple[Tube, ...]:
    """Return the tubes that were filled at some times.

    Parameters
    ----------
    truth : Signal
        The concentration: of :class:`~interbeat.body.truth.PersonTruth`.
    times : sequence of float
        When each began to be filled, in s.
    analyte, matrix : str
        What it is, and in what.
    seconds : float
        How long filling takes: a tube holds the mean.

    Returns
    -------
    tuple of Tube

    Raises
    ------
    DataError
        If a tube is filled outside the session, or takes no time.

    Examples
    --------
    >>> saliva = Signal(np.full(900, 7.0), 1.0, "pg/mL", "a", 0.0)
    >>> tubes = sampled(saliva, [0, 600], analyte="oxytocin", matrix="saliva", seconds=120)
    >>> [tube.concentration for tube in tubes]
    [7.0, 7.0]
    """
    return tuple(
        Tube(
            analyte, matrix, truth.person, truth.unit, float(time), _held(truth, time, seconds)
        )
        for time in times
    )


def run_plates(tubes: Sequence[Tube], kit: Kit, *, streams: Streams) -> tuple[Plate, ...]:
    """Return the plates of an assay, and what the laboratory reports.

    Every plate has blanks, eight standards and up to 39 samples, all in duplicate and in
    columns of pairs. A curve with four parameters is fitted to each plate's standards, and each
    well's concentration is where the curve has its density. What lies outside the standards is
    reported as that: the limits of the sample tell. Duplicates of which one lies off the curve
    altogether have no spread (NaN).

    Parameters
    ----------
    tubes : sequence of Tube
        Of one analyte and unit.
    kit : Kit
        The assay.
    streams : Streams
        "assay" is used.

    Returns
    -------
    tuple of Plate

    Raises
    ------
    DataError
        If there is no tube, they hold different things, or what one holds is no concentration.

    Examples
    --------
    >>> tubes = [Tube("cortisol", "saliva", "a", "nmol/L", 60.0 * k, 6.0) for k in range(40)]
    >>> plates = run_plates(tubes, cortisol_kit(), streams=Streams(1, 2))
    >>> [len(plate.samples) for plate in plates]
    [39, 1]
    """
    if len({(tube.analyte, tube.unit) for tube in tubes}) != 1:
        raise DataError("a plate holds tubes of one analyte in one unit, at least one")
    for tube in tubes:
        if not (math.isfinite(tube.concentration) and tube.concentration >= 0):
            raise DataError(f"a tube holds a number from 0 up, not {tube.concentration:g}")
    rng = streams.of("assay")
    return tuple(
        _plate(tuple(tubes[first : first + CAPACITY]), kit, rng)
        for first in range(0, len(tubes), CAPACITY)
    )


def _held(truth: Signal, time: float, seconds: float) -> float:
    """Return the mean concentration while a tube was filled."""
    part = truth.between(time, time + seconds)
    end = truth.start + truth.values.size / truth.sampling_rate
    if part.values.size == 0 or time < truth.start or time + seconds > end:
        raise DataError(
            f"a tube that is filled for {seconds:g} s from {time:g} s on is outside what was "
            f"simulated, {truth.start:g} to {end:g} s"
        )
    return float(part.values.mean())


def _plate(tubes: tuple[Tube, ...], kit: Kit, rng: np.random.Generator) -> Plate:
    """Return one plate: pipetted, read and fitted."""
    standards = np.concatenate([[0.0], kit.lowest * kit.dilution ** np.arange(STANDARDS)])
    layout = _layout(len(tubes))
    off, vigor = np.exp([kit.calibration, kit.vigor] * rng.standard_normal(2))
    there = {"": np.nan, "blank": np.nan}
    there |= {f"standard {k}": amount * off for k, amount in enumerate(standards)}
    worth = kit.concentrated * kit.recovery
    there |= {f"sample {k}": one.concentration * worth for k, one in enumerate(tubes, 1)}
    amounts = np.array([[there[well] for well in row] for row in layout])
    names = np.array(layout)
    density = _read(amounts, names, kit, vigor=float(vigor), rng=rng)
    color = density - density[names == "blank"].mean()
    wells = {name: color[names == name] for name in there if name}
    samples = tuple(_reported(tubes, wells, standards, concentrated=kit.concentrated))
    return Plate(density, layout, standards, tubes, samples)


def _layout(samples: int) -> tuple[tuple[str, ...], ...]:
    """Return what each well holds, pairs of columns filled from the top."""
    given = ["blank", *(f"standard {k}" for k in range(STANDARDS + 1))]
    given += [f"sample {k}" for k in range(1, samples + 1)]
    given += [""] * (ROWS * COLUMNS // REPLICATES - len(given))
    pairs = np.array(given).reshape(COLUMNS // REPLICATES, ROWS).T
    return tuple(tuple(str(well) for well in row) for row in np.repeat(pairs, REPLICATES, 1))


def _read(
    amounts: FloatArray, names: np.ndarray, kit: Kit, *, vigor: float, rng: np.random.Generator
) -> FloatArray:
    """Return the optical density of each well."""
    pipetted = amounts * np.exp(kit.pipetting * rng.standard_normal(amounts.shape))
    bound = kit.bottom + (kit.top - kit.bottom) / (1 + (pipetted / kit.middle) ** kit.slope)
    color = np.where(names == "blank", 0.0, vigor * bound * _place(kit, rng))
    density = color * (1 + kit.reading * rng.standard_normal(amounts.shape))
    density += kit.background + kit.least_reading * rng.standard_normal(amounts.shape)
    return np.where(names == "", np.nan, density)


def _place(kit: Kit, rng: np.random.Generator) -> FloatArray:
    """Return by how much a well's place changes its color."""
    down, across = np.meshgrid(
        np.linspace(-1, 1, ROWS), np.linspace(-1, 1, COLUMNS), indexing="ij"
    )
    tilt = kit.slant * rng.standard_normal(2)
    border = (np.abs(down) == 1) | (np.abs(across) == 1)
    return np.asarray(1 + tilt[0] * down + tilt[1] * across - kit.edge * border)


def _reported(
    tubes: tuple[Tube, ...], wells: Mapping[str, FloatArray], standards: FloatArray, *,
    concentrated: float,
) -> Iterator[Sample]:  # fmt: skip
    """Give what the laboratory makes of the densities, without knowing what was there."""
    known = np.array([wells[f"standard {k}"] for k in range(standards.size)])
    curve = _fitted(standards, known)
    lower, upper = float(standards[1]) / concentrated, float(standards[-1]) / concentrated
    for k, tube in enumerate(tubes, 1):
        most = float(standards[-1]) * FARTHEST
        read = _inverse(curve, wells[f"sample {k}"], most)
        found = read / concentrated
        on_curve = bool(np.all((read > 0) & (read < most)))
        yield Sample(
            tube.analyte, float(found.mean()), tube.unit, tube.time, tube.matrix, tube.person,
            float(found.std(ddof=1)) if on_curve else math.nan, lower, upper,
        )  # fmt: skip


def _fitted(standards: FloatArray, color: FloatArray) -> FloatArray:
    """Return top, bottom, middle and slope, by least squares of relative deviations."""
    amounts, values = np.repeat(standards, color.shape[1]), color.ravel()
    weights = 1 / np.maximum(values, FAINT * values.max())
    lowest = max(values.min() / 2, FAINT * values.max())
    guess = [values.max(), lowest, float(np.median(standards[1:])), 1.0]

    def misses(log: FloatArray) -> FloatArray:
        return np.asarray(weights * (_curve(np.exp(log), amounts) - values), dtype=np.float64)

    found = least_squares(misses, np.log(guess), method="lm")
    return np.asarray(np.exp(found.x), dtype=np.float64)


def _curve(parameters: FloatArray, amounts: FloatArray) -> FloatArray:
    top, bottom, middle, slope = parameters
    return np.asarray(bottom + (top - bottom) / (1 + (amounts / middle) ** slope))


def _inverse(parameters: FloatArray, color: FloatArray, most: float) -> FloatArray:
    """Return where the curve has these colors; 0 above its top, `most` under its bottom."""
    top, bottom, middle, slope = parameters
    share = np.clip((color - bottom) / (top - bottom), 1e-12, 1.0)
    return np.asarray(np.minimum(middle * (1 / share - 1) ** (1 / slope), most))
