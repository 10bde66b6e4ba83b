"""Recoveries: whether dilution and spiking do to a sample what they do to the standard."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from interbeat.core.estimate import Estimate
from interbeat.neurochemistry.plates._together import covariance, label, quantified
from interbeat.neurochemistry.plates.found import Panel, Reading

__all__ = ["dilution_recovery", "parallelism", "spike_recovery"]

LEAST_DILUTIONS = 3  # for a slope that can be off a line


def dilution_recovery(panels: Sequence[Panel]) -> dict[str, Estimate]:
    """Return what each dilution of a sample gives, against the least diluted one.

    Each concentration is already multiplied by its dilution, so a matrix that does not disturb
    the assay gives 1 throughout: dilution linearity [1]_. The reference is the least diluted
    reading within the limits. Errors of the common curve that move both alike cancel.

    Parameters
    ----------
    panels : sequence of Panel
        The plates.

    Returns
    -------
    dict of str to Estimate
        E.g. ``{"sample 1, 1:4": ...}``, a ratio; with several plates, the plate first. Missing
        where a concentration is outside the limits.

    References
    ----------
    .. [1] ICH (2022), guideline M10 on bioanalytical method validation and study sample
       analysis: dilution linearity, parallelism.
    """
    found: dict[str, Estimate] = {}
    for panel in panels:
        for name, readings in _by_sample(panel, spiked=False):
            for one, ratio in _against_least(panel, readings):
                where = f"{panel.plate}: " if len(panels) > 1 else ""
                found[f"{where}{name}, 1:{one.dilution:g}"] = ratio
    return found


def spike_recovery(panels: Sequence[Panel]) -> dict[str, Estimate]:
    """Return the share of what was added to a sample that is found in it.

    ``(found in the spiked - found in the unspiked) / added``, at the same dilution on the same
    plate; the volume of the spike is taken to be nothing.

    Parameters
    ----------
    panels : sequence of Panel
        The plates.

    Returns
    -------
    dict of str to Estimate
        E.g. ``{"sample 1 + 50": ...}``, a share; missing where one of the two is outside the
        limits or there is no unspiked one.
    """
    found: dict[str, Estimate] = {}
    for panel in panels:
        for name, readings in _by_sample(panel, spiked=True):
            where = f"{panel.plate}: " if len(panels) > 1 else ""
            for one in readings:
                if one.spiked:
                    at = f", 1:{one.dilution:g}" if one.dilution != 1 else ""
                    found[f"{where}{name} + {one.spiked:g}{at}"] = _of_added(
                        panel, one, readings
                    )
    return found


def parallelism(panels: Sequence[Panel]) -> dict[str, Estimate]:
    """Return the slope of a diluted sample against the standard's.

    The concentration read in the well, against the share of sample in it, both as logarithms:
    1 where the sample's curve is the standard's, shifted [1]_. The fit is weighted by the
    errors of the readings, those of the common curve included, and the standard error grows
    where the dilutions scatter by more than these.

    Parameters
    ----------
    panels : sequence of Panel
        The plates.

    Returns
    -------
    dict of str to Estimate
        By sample, a ratio of slopes; missing with fewer than three dilutions within the limits.
        Empty where no sample was diluted three times.

    References
    ----------
    .. [1] Finney (1978), Statistical method in biological assay, 3rd ed., Griffin; Gottschalk
       and Dunn (2005), Journal of Biopharmaceutical Statistics 15:437-463,
       doi:10.1081/BIP-200056532. Departure: the ratio of slopes of read-back concentrations in
       place of a test of two free curves, for which few dilutions do not suffice.
    """
    found: dict[str, Estimate] = {}
    for panel in panels:
        for name, readings in _by_sample(panel, spiked=False):
            if len(readings) >= LEAST_DILUTIONS:
                where = f"{panel.plate}: " if len(panels) > 1 else ""
                found[where + name] = _slope(panel, readings)
    return found


def _by_sample(panel: Panel, *, spiked: bool) -> Iterator[tuple[str, list[Reading]]]:
    """Give samples that were diluted, or spiked, with their readings from the least diluted."""
    groups: dict[tuple[object, ...], list[Reading]] = {}
    for one in (*panel.readings, *panel.controls):
        time = None if math.isnan(one.time) else one.time
        key = (one.name or one.person or one.places, one.person, time)
        groups.setdefault(key, []).append(one)
    for readings in groups.values():
        if spiked and any(one.spiked for one in readings):
            yield label(readings[0]), readings
        plain = sorted((r for r in readings if not r.spiked), key=lambda r: r.dilution)
        if not spiked and len({one.dilution for one in plain}) > 1:
            yield label(plain[0]), plain


def _against_least(panel: Panel, readings: list[Reading]) -> Iterator[tuple[Reading, Estimate]]:
    usable = quantified(readings)
    for one in readings:
        if not usable:
            yield one, Estimate.missing("", "no dilution is within the limits")
        elif one not in usable:
            yield one, Estimate.missing("", _why(one))
        elif one is not usable[0]:
            yield one, _ratio(panel, one, usable[0])


def _why(one: Reading) -> str:
    """Return why a reading cannot be used."""
    if one.censored:
        return f"{one.censored} the limits at 1:{one.dilution:g}"
    return one.concentration.reason or "no concentration above 0"


def _ratio(panel: Panel, one: Reading, other: Reading) -> Estimate:
    ratio = one.concentration.value / other.concentration.value
    together = covariance([(panel, one), (panel, other)])
    square = together[0, 0] + together[1, 1] - 2 * together[0, 1]
    return Estimate(ratio, ratio * math.sqrt(max(square, 0.0)), "", 1.0, 2)


def _of_added(panel: Panel, one: Reading, readings: list[Reading]) -> Estimate:
    alike = [r for r in readings if not r.spiked and r.dilution == one.dilution]
    if not alike:
        return Estimate.missing("", f"it was not read unspiked at 1:{one.dilution:g}")
    plain = alike[0]
    for each, what in ((plain, "unspiked"), (one, "spiked")):
        if not quantified([each]):
            return Estimate.missing("", f"the {what} one: {_why(each)}")
    with_it, without = one.concentration.value, plain.concentration.value
    together = covariance([(panel, one), (panel, plain)])
    turn = np.array([with_it, -without]) / one.spiked
    error = math.sqrt(max(float(turn @ together @ turn), 0.0))
    return Estimate((with_it - without) / one.spiked, error, "", 1.0, 2)


def _slope(panel: Panel, readings: list[Reading]) -> Estimate:
    usable = quantified(readings)
    if len({one.dilution for one in usable}) < LEAST_DILUTIONS:
        return Estimate.missing(
            "",
            f"{len(usable)} of {len(readings)} dilutions are within the limits",
            n=len(usable),
        )
    shares = -np.log([one.dilution for one in usable])
    read = np.log([one.concentration.value for one in usable]) + shares
    design = np.stack([np.ones(shares.size), shares], axis=1)
    inverse = np.linalg.pinv(covariance([(panel, one) for one in usable]), hermitian=True)
    spread = np.linalg.inv(design.T @ inverse @ design)
    line = spread @ design.T @ inverse @ read
    off = read - design @ line
    scatter = float(off @ inverse @ off) / (shares.size - 2)
    error = math.sqrt(float(spread[1, 1]) * max(scatter, 1.0))
    return Estimate(float(line[1]), error, "", len(usable) / len(readings), len(usable))
