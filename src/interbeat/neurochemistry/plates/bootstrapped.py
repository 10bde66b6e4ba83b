"""Bootstrapped: the standard error of each concentration a second time, by drawing anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from interbeat.neurochemistry.plates._together import mean_response, quantified
from interbeat.neurochemistry.plates.found import Assayed, Panel, Reading
from interbeat.neurochemistry.plates.resampling import bootstrap
from interbeat.neurochemistry.standards._spec import SHAPES

__all__ = ["bootstrapped"]


def bootstrapped(assayed: Assayed, *, draws: int, seed: int) -> Assayed:
    """Return an assay with the bootstrap's standard error in each of its readings.

    It takes some tenths of a second a plate, so
    :func:`~interbeat.neurochemistry.plates.assaying.assay` leaves it out. It should say what
    the delta method says; where it does not, the curve bends within the noise of the reading,
    and the interval is to be preferred to both.

    Parameters
    ----------
    assayed : Assayed
        Of plates with a curve or without.
    draws : int
        How many times each plate is drawn anew; 300 give a standard error to some 5 %.
    seed : int
        Of the draws.

    Returns
    -------
    Assayed
        NaN stays where a concentration is outside the limits.

    Raises
    ------
    DataError
        If draws are fewer than 20.

    See Also
    --------
    interbeat.neurochemistry.plates.resampling.bootstrap : how one curve is drawn anew.

    Examples
    --------
    >>> from interbeat.core.plate import Plate, PlateRun, Role, Well
    >>> from interbeat.neurochemistry.plates.assaying import assay
    >>> there = [0, 1, 3, 10, 30, 100, 300, 1000]
    >>> color = [0.1 + 2 * x / (x + 50) for x in there]
    >>> grid = np.array([color, np.multiply(color, 1.02), [1.1] + 7 * [np.nan]])
    >>> layout = [
    ...     Well(f"{row}{k}", Role.STANDARD, f"standard {k}", x)
    ...     for row in "AB" for k, x in enumerate(there, 1)
    ... ]
    >>> layout += [Well("C1", Role.SAMPLE, "tube")]
    >>> found = assay(PlateRun((Plate("1", {"450": grid}, "OD"),), tuple(layout)))
    >>> one = bootstrapped(found, draws=300, seed=1).panels[0].readings[0]
    >>> bool(abs(one.bootstrap / one.concentration.se - 1) < 0.2)
    True
    """
    pool = [x for panel in assayed.panels for x in _standards(panel)]
    panels = tuple(
        _again(
            panel,
            pool if assayed.run.shared else _standards(panel),
            draws=draws,
            seed=seed + k,
        )
        for k, panel in enumerate(assayed.panels)
    )
    return replace(assayed, panels=panels)


def _standards(panel: Panel) -> list[float]:
    """Return the concentration of each standard's well that the curve was fitted to."""
    return [
        one.nominal
        for one in panel.standards
        for response in one.responses
        if np.isfinite(response) and np.isfinite(one.nominal)
    ]


def _again(panel: Panel, standards: list[float], *, draws: int, seed: int) -> Panel:
    every = (*panel.readings, *panel.controls)
    known = quantified(every)
    if not known:
        return panel
    means = np.array([mean_response(one) for one in known])
    errors = bootstrap(
        panel.curve, means, replicates=[one.concentration.n for one in known],
        standards=standards, draws=draws, seed=seed,
    )  # fmt: skip
    middles = SHAPES[panel.curve.shape].concentration(panel.curve.values, means)
    values = np.array([one.concentration.value for one in known])
    found = dict(zip(map(id, known), (errors * values / middles).tolist(), strict=True))

    def each(readings: Iterable[Reading]) -> tuple[Reading, ...]:
        return tuple(replace(r, bootstrap=found.get(id(r), r.bootstrap)) for r in readings)

    return replace(panel, readings=each(panel.readings), controls=each(panel.controls))
