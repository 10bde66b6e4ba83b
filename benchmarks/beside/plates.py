"""A plate of an immunoassay whose truth is known: error, coverage, and what it costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from benchmarks.beside.common import Floats, cpu, module, rows, table

from interbeat.core.plate import Plate, PlateRun, Role, Well, place
from interbeat.neurochemistry.plates.assaying import assay
from interbeat.neurochemistry.plates.found import Assay

STANDARDS = 1000 / 2.0 ** np.arange(7)  # and one without any
SAMPLES, PLATES, NOISE = 40, 40, 0.05
CURVE = (0.06, 2.4, 180.0, 1.15)  # at zero, at infinity, half way, slope: a sandwich
COLUMNS = [
    "method", "median error, %", "95th percentile, %", "in the 95 % interval, %", "ms a plate",
]  # fmt: skip
ABOUT = """## Standard curves

Forty simulated plates: seven standards and a zero in duplicate, forty samples in duplicate,
four-parameter logistic, 5 % noise of the response. Error of the concentrations of samples
within the standards. `scipy` is the fit that most scripts make: `curve_fit`, unweighted,
inverted, without intervals; with `sigma` it is told the noise. drc is in R, which PyPI does not
have. `interbeat` does what its page shows: limits, back-calculated standards, duplicates,
intervals, precision.
"""


class Run(NamedTuple):
    """One plate: standards and samples, duplicates side by side, and what is in the samples."""

    known: Floats
    standards: Floats
    samples: Floats
    truth: Floats


class Found(NamedTuple):
    """Concentrations and, where a method gives them, intervals."""

    values: Floats
    lower: Floats
    upper: Floats


Method = Callable[[Run], Found]


def logistic(x: Floats, *parameters: float) -> Floats:
    zero, most, middle, slope = parameters
    return np.asarray(most + (zero - most) / (1 + (x / middle) ** slope))


def plate(seed: int) -> Run:
    rng = np.random.default_rng(seed)
    known = np.append(STANDARDS, 0.0)
    truth = np.exp(rng.uniform(np.log(40.0), np.log(700.0), SAMPLES))

    def read(amounts: Floats) -> Floats:
        exact = logistic(np.repeat(amounts[:, None], 2, axis=1), *CURVE)
        return exact * (1 + NOISE * rng.standard_normal(exact.shape))

    return Run(known, read(known), read(truth), truth)


def pipetted(run: Run) -> PlateRun:
    """Return it as a reader and a layout would give it: duplicates side by side."""
    values = np.full((8, 12), np.nan)
    wells = []
    pairs = [(row, column) for column in range(0, 12, 2) for row in range(8)]
    for k, (row, column) in enumerate(pairs):
        standard = k < run.known.size
        if not standard and k - run.known.size >= SAMPLES:
            break
        both = run.standards[k] if standard else run.samples[k - run.known.size]
        for side in range(2):
            values[row, column + side] = both[side]
            at = place(row, column + side)
            if standard:
                wells.append(Well(at, Role.STANDARD, f"S{k}", concentration=run.known[k]))
            else:
                wells.append(Well(at, Role.SAMPLE, f"{k - run.known.size:02d}"))
    return PlateRun((Plate("1", {"450": values}, "OD"),), tuple(wells), "cortisol", "nmol/L")


def interbeat(weighting: str) -> Method:
    def read(run: Run) -> Found:
        found = assay(pipetted(run), Assay(weighting=weighting)).panels[0].readings
        ordered = sorted(found, key=lambda one: one.name)
        bounds = np.array([one.interval for one in ordered])
        return Found(
            np.array([one.concentration.value for one in ordered]), bounds[:, 0], bounds[:, 1]
        )

    return read


def scipy(*, told: bool) -> Method:
    """Return the fit of most scripts."""
    curve_fit = module("scipy.optimize").curve_fit

    def read(run: Run) -> Found:
        x, y = np.repeat(run.known, 2), run.standards.ravel()
        sigma = NOISE * y if told else None
        start = (y.min(), y.max(), float(np.median(run.known)), 1.0)
        (zero, most, middle, slope), _ = curve_fit(
            logistic, x, y, p0=start, sigma=sigma, bounds=([0, 0, 1e-3, 0.1], np.inf)
        )
        mean = run.samples.mean(axis=1)
        with np.errstate(invalid="ignore"):
            values = middle * ((zero - most) / (mean - most) - 1) ** (1 / slope)
        nothing = np.full(values.shape, np.nan)
        return Found(values, nothing, nothing)

    return read


def score(method: Method) -> Sequence[str]:
    runs = [plate(seed) for seed in range(PLATES)]
    method(plate(10_000))  # warm
    found, spent = cpu(lambda: [method(run) for run in runs])
    truth = np.concatenate([run.truth for run in runs])
    values, lower, upper = (np.concatenate(column) for column in zip(*found, strict=True))
    off = 100 * np.abs(values / truth - 1)
    said = np.isfinite(lower)
    covered = 100 * np.mean((lower <= truth) & (truth <= upper)) if said.any() else np.nan
    return [
        f"{np.nanmedian(off):.1f}", f"{np.nanpercentile(off, 95):.1f}",
        f"{covered:.1f}" if said.any() else "-", f"{1000 * spent / len(runs):.0f}",
    ]  # fmt: skip


def main() -> None:
    makers: dict[str, Callable[[], Method]] = {
        f"interbeat {name}": lambda name=name: interbeat(name)  # type: ignore[misc]
        for name in ("equal", "1/y2", "power")
    }
    makers["scipy curve_fit"] = lambda: scipy(told=False)
    makers["scipy curve_fit with sigma"] = lambda: scipy(told=True)
    print(ABOUT)
    print(table(COLUMNS, rows(makers, score)))
    print()


if __name__ == "__main__":
    main()
