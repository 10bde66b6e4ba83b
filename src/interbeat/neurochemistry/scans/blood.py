"""Blood: from samples to the input that tracer models are driven by."""

from __future__ import annotations

import numpy as np
from scipy.optimize import nnls

from interbeat.core.activity import Blood
from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.errors import DataError
from interbeat.neurochemistry.scans.parents import ShareModel, closest
from interbeat.neurochemistry.tracers._spec import Arterial

__all__ = ["arterial"]

MINUTE = 60.0  # s
STEP = 1 / 60  # min, of the grid
MARGIN = 2.0  # min beyond the scan, so that the input may be moved in time
SPARSE = 1.0  # min between samples, beyond which straight lines are too coarse
AROUND_PEAK = 0.35  # min between samples, beyond which the peak may have been missed
RATES = np.concatenate([[0.0], np.geomspace(1e-3, 3.0, 36)])  # 1/min, of the tail


def arterial(
    blood: Blood, *, until: float, unit: str, share: ShareModel = closest
) -> Arterial:  # fmt: skip
    """Return what the samples say of the input at every second of a scan.

    Plasma that was not counted is taken from whole blood by their ratio, and the other way
    round; plasma times the share of the parent compound is the input. Between dense samples it
    is straight. Where samples are more than a minute apart it is a sum of falling exponentials
    with amplitudes from 0 up, fitted to all that follows the peak, each sample weighing as
    long as it stands for: Feng et al. 1993 (doi:10.1016/0020-7101(93)90049-C) have three; here
    the samples choose which, and none grows. Whole blood is straight throughout.

    Parameters
    ----------
    blood : Blood
        The samples, corrected for decay to the same time as the regions.
    until : float
        End of the last frame, in min since the injection.
    unit : str
        Of the regions; the input is converted to it.
    share : callable, optional
        How the share of the parent runs between its samples: :func:`~.parents.hill`,
        :func:`~.parents.exponential`, :func:`~.parents.monotone`, or
        :func:`~.parents.closest` of them.

    Returns
    -------
    Arterial
        At every second until 2 min after the scan, with flags for what was extrapolated.

    Raises
    ------
    DataError
        If units cannot be converted, the blood ends before half of the scan or is in another
        time base, nothing was counted in plasma, no share of the parent was measured, or all
        activity is 0 or below.

    Examples
    --------
    >>> seconds = np.array([0.0, 30, 60, 120, 600, 1800, 3600])
    >>> plasma = np.array([0.0, 90, 60, 30, 10, 5, 2.5])
    >>> counted = Blood(seconds, plasma, np.ones(7), plasma, "kBq/mL")
    >>> drawn = arterial(counted, until=60.0, unit="Bq/mL")
    >>> float(drawn.parent[30]), drawn.times.size
    (90000.0, 3721)
    """
    blood = blood.in_unit(unit)
    times = blood.times / MINUTE
    _check_times(times, until)
    plasma, whole, filled = _both(times, blood.plasma, blood.whole)
    shares, unsure = _shares(times, blood.parent, share, until)
    grid: FloatArray = np.arange(round((until + MARGIN) / STEP) + 1.0) * STEP
    parent, tailed = _continued(times, plasma * shares, grid)
    if not np.any(parent > 0):
        raise DataError("no activity above 0 in plasma: the input is empty")
    flags = (*filled, *unsure, *tailed, *_odd(times, plasma, until))
    all_blood = np.interp(grid, *_from_zero(times, whole))
    return Arterial(grid, parent, all_blood, flags)


def _check_times(times: FloatArray, until: float) -> None:
    last = float(times[-1]) if times.size else 0.0
    hint = "is its time in s, and the regions' in s too?"
    if last < until / 2:
        raise DataError(
            f"the blood ends at {last:.3g} min, the scan at {until:.3g} min; {hint}"
        )
    if last > 20 * until:
        raise DataError(f"the blood lasts {last:.3g} min, the scan {until:.3g} min; {hint}")


def _both(
    times: FloatArray, plasma: FloatArray, whole: FloatArray
) -> tuple[FloatArray, FloatArray, tuple[str, ...]]:
    """Return plasma and whole blood at all times, filled in from each other."""
    counted, drawn = np.isfinite(plasma), np.isfinite(whole)
    if not counted.any():
        raise DataError("no activity was counted in plasma: plasma is empty")
    if not drawn.any():
        return _lines(times, plasma), np.full(times.size, np.nan), ("no whole blood counted",)
    both = counted & drawn & (plasma > 0) & (whole > 0)
    if not both.any():
        return _lines(times, plasma), _lines(times, whole), ()
    ratio = np.interp(times, times[both], whole[both] / plasma[both])
    from_whole = ~counted & drawn
    from_plasma = counted & ~drawn
    full = np.where(from_whole, whole / ratio, plasma)
    full_whole = np.where(from_plasma, plasma * ratio, whole)
    flags = tuple(
        f"{what} of {int(np.sum(where))} samples taken from the ratio of whole blood to plasma"
        for what, where in (("plasma", from_whole), ("whole blood", from_plasma))
        if where.any()
    )
    return _lines(times, full), _lines(times, full_whole), flags


def _lines(times: FloatArray, values: FloatArray) -> FloatArray:
    known = np.isfinite(values)
    return np.interp(times, times[known], values[known])


def _shares(
    times: FloatArray, parent: FloatArray, model: ShareModel, until: float
) -> tuple[FloatArray, tuple[str, ...]]:
    """Return the share of the parent compound at all samples."""
    known = np.isfinite(parent)
    if not known.any():
        raise DataError(
            "no share of the parent compound was measured: plasma cannot be corrected for "
            "metabolites; give a share of 1 where it is the parent's already"
        )
    if np.all(parent[known] == 1):
        return np.ones(times.size), ()
    last = float(times[known][-1])
    short = f"share of the parent extrapolated from {last:.3g} to {until:.3g} min"
    return model(times[known], parent[known])(times), (short,) * (last < 0.98 * until)


def _continued(
    times: FloatArray, values: FloatArray, grid: FloatArray
) -> tuple[FloatArray, tuple[str, ...]]:
    """Return straight lines where samples are dense, exponentials where they are sparse."""
    times, values = _from_zero(times, values)
    straight = np.interp(grid, times, values)
    peak = int(np.argmax(values))
    gaps = np.flatnonzero(np.diff(times[peak:]) > SPARSE)
    begins = peak + int(gaps[0]) if gaps.size else times.size - 1
    after = times[peak:]
    if after.size <= 3 or values[begins] <= 0:
        return straight, ("tail of the input: straight lines, too few samples",)
    tail = _exponentials(after, values[peak:], grid)
    at_samples = _exponentials(after, values[peak:], times[begins:])
    off = float(np.sqrt(np.mean((at_samples / values[begins:] - 1) ** 2)))
    late = grid > times[begins]
    flag = f"tail of the input scatters by {off:.0%} around falling exponentials"
    return np.where(late, tail, straight), (flag,) * (off > 0.1)


def _exponentials(times: FloatArray, values: FloatArray, at: FloatArray) -> FloatArray:
    """Return a sum of falling exponentials through the samples, at other times."""
    weight = np.sqrt(np.gradient(times) / np.clip(values, 1e-3 * values.max(), None))
    since = times - times[0]
    basis = np.exp(-RATES * since[:, None])
    amplitudes, _ = nnls(basis * weight[:, None], values * weight)
    late = np.clip(at - times[0], 0, None)
    return np.asarray(np.exp(-RATES * late[:, None]) @ amplitudes, dtype=np.float64)


def _from_zero(times: FloatArray, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the samples, with nothing at the injection where none was drawn before."""
    if times[0] <= 0:
        return times, values
    return np.concatenate([[0.0], times]), np.concatenate([[0.0], values])


def _odd(times: FloatArray, plasma: FloatArray, until: float) -> tuple[str, ...]:
    """Return what to look at in the samples."""
    peak = int(np.argmax(plasma))
    around = np.diff(times[max(peak - 1, 0) : peak + 2])
    below: BoolArray = plasma < 0
    said = {
        f"{int(below.sum())} plasma samples below 0, kept": bool(below.any()),
        f"blood extrapolated from {times[-1]:.3g} to {until:.3g} min": times[-1]
        < 0.995 * until,
        "the peak may have been missed: samples are far apart": bool(
            np.any(around > AROUND_PEAK)
        ),
        "the highest sample is the first: the rise was missed": peak == 0,
    }
    return tuple(text for text, holds in said.items() if holds)
