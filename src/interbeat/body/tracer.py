"""Tracer: what a PET scanner sees in two regions when a transmitter displaces a ligand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_banded

from interbeat.body.noise import Streams
from interbeat.body.parameters import Organ, parameter
from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError

__all__ = ["Displacement", "Ligand", "Scan", "scanned"]

MINUTE = 60.0  # s
STEP = 1.0  # s, of the grid on which the regions are followed


@dataclass(frozen=True, slots=True)
class Ligand(Organ):
    """A reversible ligand in a region with receptors, and in a reference without."""

    delivery: float = parameter(
        0.95, "1", "assumed: R1 of raclopride in striatum", spread=0.05, least=0.1, most=3.0
    )
    washout: float = parameter(
        0.16, "1/min", "assumed: k2 of raclopride in striatum", spread=0.1, least=0.01, most=2.0
    )
    binding: float = parameter(
        2.8, "1", "assumed: BP_ND of raclopride in striatum", spread=0.12, most=20.0
    )
    activity: float = parameter(
        20.0, "kBq/mL", "assumed: highest in the reference region", spread=0.2, least=0.01
    )
    rise: float = parameter(
        1.2, "min", "assumed: time constant of arriving, below those of leaving", least=0.1,
        most=1.9,
    )  # fmt: skip
    fall: float = parameter(18.0, "min", "assumed: time constant of leaving", least=2.0)
    slow: float = parameter(90.0, "min", "assumed: of what leaves last", least=2.0)
    slow_share: float = parameter(0.25, "1", "assumed", most=1.0)
    sustained: float = parameter(
        0.0, "1", "a choice: share that an infusion keeps up after the bolus", most=1.0
    )
    half_life: float = parameter(20.4, "min", "of carbon-11; 109.8 of fluorine-18", least=0.1)
    noise: float = parameter(
        0.5, "√(kBq s/mL)", "assumed: of a region of some mL; depends on the scanner"
    )


@dataclass(frozen=True, slots=True)
class Displacement(Organ):
    """How a transmitter takes a part of the receptors, or leaves them, during a scan."""

    change: float = parameter(
        0.0, "1", "5 to 15 % less in tasks: assumed; more in touch: Nummenmaa 2016",
        logarithmic=False, least=-0.9, most=1.0,
    )  # fmt: skip
    onset: float = parameter(40.0, "min", "a choice", most=600.0)
    peak: float = parameter(10.0, "min", "a choice: after the onset", least=0.1, most=600.0)
    sharpness: float = parameter(
        1.0, "1", "of the gamma variate: Normandin, Schiffer & Morris 2012", least=0.05
    )


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """Activity of two regions over the frames of one scan; each array of shape (n,).

    Parameters
    ----------
    starts, durations : ndarray
        Of the frames, in s since the injection.
    reference, target : ndarray
        Means over each frame, corrected for decay, with noise, in kBq/mL.
    true_reference, true_target : ndarray
        The same without noise.
    binding : ndarray
        Non-displaceable binding potential in the middle of each frame, as it really was.
    """

    starts: FloatArray
    durations: FloatArray
    reference: FloatArray
    target: FloatArray
    true_reference: FloatArray
    true_target: FloatArray
    binding: FloatArray


NO_CHANGE = Displacement()


def scanned(
    ligand: Ligand, durations: Sequence[float], *, streams: Streams,
    displacement: Displacement = NO_CHANGE,
) -> Scan:  # fmt: skip
    """Return the time-activity curves of a reference and of a target region.

    The simplified reference tissue model (Lammertsma & Hume 1996,
    doi:10.1006/nimg.1996.0066), whose efflux ``k2a = k2 / (1 + BP_ND)`` changes with the
    transmitter as a gamma variate, as in lp-ntPET (Normandin, Schiffer & Morris 2012,
    doi:10.1016/j.neuroimage.2011.07.002). Noise is that of counts: its variance is the
    activity, over how much of it has not decayed and how long the frame is.

    Nothing here says what a person felt: a change of binding is a change of binding.

    Parameters
    ----------
    ligand : Ligand
        Which, and in whom.
    durations : sequence of float
        Of the frames, in s, one after another from the injection on.
    streams : Streams
        "tracer" is used.
    displacement : Displacement
        What happens during the scan.

    Returns
    -------
    Scan

    Raises
    ------
    DataError
        If a frame is shorter than 1 s, or there is none.

    Examples
    --------
    >>> from interbeat.body.noise import Streams
    >>> scan = scanned(Ligand(sustained=1.0), [300.0] * 36, streams=Streams(1, 0))
    >>> ratio = scan.true_target / scan.true_reference
    >>> bool(abs(ratio[-1] - 1 - Ligand().binding) < 0.01)
    True
    """
    lengths = np.asarray(durations, dtype=np.float64)
    if lengths.size == 0 or not np.all((lengths >= STEP) & np.isfinite(lengths)):
        raise DataError(f"frames last 1 s or longer, one at least; given {list(durations)}")
    edges = np.concatenate([[0.0], np.cumsum(lengths)])
    times = np.arange(math.ceil(edges[-1] / STEP) + 1) * STEP / MINUTE
    reference = _reference(ligand, times)
    efflux = _efflux(ligand, displacement, times)
    target = _target(ligand, reference, efflux)
    rng = streams.of("tracer")
    means = [_framed(region, edges) for region in (reference, target)]
    seen = [_counted(region, edges, ligand, rng) for region in means]
    middle = (edges[1:] + edges[:-1]) / 2 / MINUTE
    binding = ligand.washout / np.interp(middle, times, efflux) - 1
    return Scan(edges[:-1], lengths, seen[0], seen[1], means[0], means[1], binding)


def _reference(ligand: Ligand, times: FloatArray) -> FloatArray:
    """Return activity where there are no receptors, its highest as told, in kBq/mL."""
    leaving = (1 - ligand.slow_share) * np.exp(
        -times / ligand.fall
    ) + ligand.slow_share * np.exp(-times / ligand.slow)
    kept = ligand.sustained + (1 - ligand.sustained) * leaving
    curve = kept - np.exp(-times / ligand.rise)
    return np.asarray(ligand.activity * curve / curve.max(), dtype=np.float64)


def _efflux(ligand: Ligand, given: Displacement, times: FloatArray) -> FloatArray:
    """Return k2a over time, in 1/min."""
    rest = ligand.washout / (1 + ligand.binding)
    most = ligand.washout / (1 + ligand.binding * (1 + given.change))
    since = np.clip((times - given.onset) / given.peak, 0, None)
    shape = (since * np.exp(1 - since)) ** given.sharpness
    return np.asarray(rest + (most - rest) * shape, dtype=np.float64)


def _target(ligand: Ligand, reference: FloatArray, efflux: FloatArray) -> FloatArray:
    """Return activity where there are receptors: from step to step, a part stays.

    The recursion is solved as one system of equations; an integrating factor would overflow
    in a long scan.
    """
    step = STEP / MINUTE
    stays = np.exp(-step * (efflux[1:] + efflux[:-1]) / 2)
    gained = (ligand.washout - ligand.delivery * efflux) * reference
    came = np.concatenate([[0.0], step / 2 * (gained[:-1] * stays + gained[1:])])
    bands = np.stack([np.ones(came.size), np.append(-stays, 0.0)])
    beyond = solve_banded((1, 0), bands, came)
    return np.asarray(ligand.delivery * reference + beyond, dtype=np.float64)


def _integral(values: FloatArray, step: float) -> FloatArray:
    """Return the running integral by trapezoids, 0 at the first."""
    return np.concatenate([[0.0], np.cumsum((values[1:] + values[:-1]) / 2) * step])


def _framed(values: FloatArray, edges: FloatArray) -> FloatArray:
    """Return the means over frames."""
    area = np.interp(edges, np.arange(values.size) * STEP, _integral(values, STEP))
    return np.asarray(np.diff(area) / np.diff(edges), dtype=np.float64)


def _counted(
    means: FloatArray, edges: FloatArray, ligand: Ligand, rng: np.random.Generator
) -> FloatArray:
    """Return what the scanner sees: the fewer counts, the noisier."""
    middle = (edges[1:] + edges[:-1]) / 2 / MINUTE
    left = 2 ** (-middle / ligand.half_life)
    spread = ligand.noise * np.sqrt(np.clip(means, 0, None) / (left * np.diff(edges)))
    return np.asarray(means + spread * rng.standard_normal(means.size), dtype=np.float64)
