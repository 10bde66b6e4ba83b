"""Activity: what a PET scanner saw in regions over the frames of one scan, and the blood."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np

from interbeat.core.arrays import FloatArray, frozen_floats
from interbeat.core.errors import DataError

__all__ = ["HALF_LIVES", "UNITS", "Blood", "Regions", "decay_factors", "nuclide_of"]

# In s, from the evaluation NUBASE2020 (Kondev et al. 2021, doi:10.1088/1674-1137/abddae):
# 20.3402 min, 109.734 min, 122.266 s and 9.965 min. Scanners hold values that differ from
# these by up to 0.3 % (1220 to 1224 s for carbon-11).
HALF_LIVES = MappingProxyType({"C11": 1220.41, "F18": 6584.04, "O15": 122.266, "N13": 597.9})

UNITS = MappingProxyType(
    {
        "kBq/mL": 1.0, "Bq/mL": 1e-3, "MBq/mL": 1e3, "nCi/mL": 0.037, "µCi/mL": 37.0,
        "kBq/cc": 1.0, "Bq/cc": 1e-3, "MBq/cc": 1e3, "nCi/cc": 0.037, "uCi/mL": 37.0,
        "uCi/cc": 37.0,
    }
)  # fmt: skip  # and how many kBq/mL each is


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """Time-activity curves: the mean activity of regions over the frames of one scan.

    Parameters
    ----------
    starts, durations : array_like, shape (n,)
        Of the frames, in s since the injection. Frames follow each other; pauses between them
        are allowed, overlaps are not.
    activity : mapping of str to array_like, shape (n,)
        By region, corrected for decay to the injection unless `decay_corrected` says
        otherwise. May be negative where there were few counts. NaN where a frame was lost.
    unit : str
        ``"kBq/mL"``, ``"Bq/mL"`` or ``"SUV"``; ``""`` where the file does not say.
    weights : mapping of str to array_like, or None
        As the file gave them, one row for each region or one called ``""`` for all.
    volumes : mapping of str to float
        Of regions, in mL, where known.
    person : str
        Who was scanned.
    radionuclide : str
        ``"C11"``, ``"F18"``; ``""`` where the file does not say.
    tracer : str
        ``"raclopride"`` ...; ``""`` where the file does not say.
    decay_corrected : bool or None
        None where the file does not say.
    source : str
        Name of the file.
    inferences : tuple of str
        What was concluded, not read.
    flags : tuple of str
        What should be looked at before a number of this scan is believed.

    Raises
    ------
    DataError
        If frames go back, overlap or last no time, a curve has not one value a frame, or there
        is no region.

    Examples
    --------
    >>> scan = Regions([0, 60], [60, 120], {"putamen": [4.0, 9.5]}, "kBq/mL")
    >>> scan.middles, scan.ends
    (array([ 30., 120.]), array([ 60., 180.]))
    """

    starts: FloatArray
    durations: FloatArray
    activity: Mapping[str, FloatArray]
    unit: str
    weights: Mapping[str, FloatArray] | None = None
    volumes: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    person: str = ""
    radionuclide: str = ""
    tracer: str = ""
    decay_corrected: bool | None = None
    source: str = ""
    inferences: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        starts = frozen_floats(self.starts, "starts")
        durations = frozen_floats(self.durations, "durations")
        _check_frames(starts, durations)
        if not self.activity:
            raise DataError("time-activity curves need one region at least")
        object.__setattr__(self, "starts", starts)
        object.__setattr__(self, "durations", durations)
        object.__setattr__(self, "activity", _rows(self.activity, starts.size, "activity"))
        object.__setattr__(self, "volumes", _volumes(self.volumes))
        if self.weights is not None:
            object.__setattr__(self, "weights", _rows(self.weights, starts.size, "weights"))

    @property
    def ends(self) -> FloatArray:
        """Ends of the frames, in s."""
        return self.starts + self.durations

    @property
    def middles(self) -> FloatArray:
        """Middles of the frames, in s."""
        return self.starts + self.durations / 2


@dataclass(frozen=True, slots=True, eq=False)
class Blood:
    """What was counted in blood drawn during a scan; NaN where a sample was not measured.

    Parameters
    ----------
    times : array_like, shape (m,)
        In s since the injection.
    plasma : array_like, shape (m,)
        Activity in plasma, in `unit`; of the parent alone where `parent` is all 1.
    parent : array_like, shape (m,)
        Share of it that is still the injected compound, 0 to 1.
    whole : array_like, shape (m,)
        Activity in whole blood, in `unit`.
    unit : str
        As of the regions; ``""`` where the file does not say.
    source : str
        Name of the file or files.
    inferences : tuple of str
        What was concluded, not read.
    flags : tuple of str
        What should be looked at before a number that rests on this blood is believed.

    Raises
    ------
    DataError
        If times go back, lengths differ, a value is infinite or a share leaves 0 to 1.

    Examples
    --------
    >>> blood = Blood([0, 60], [0, 9000.0], [1, 0.9], [0, 7000.0], "Bq/mL")
    >>> blood.in_unit("kBq/mL").plasma
    array([0., 9.])
    """

    times: FloatArray
    plasma: FloatArray
    parent: FloatArray
    whole: FloatArray
    unit: str
    source: str = ""
    inferences: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("times", "plasma", "parent", "whole"):
            object.__setattr__(self, name, frozen_floats(getattr(self, name), name))
            if getattr(self, name).size != self.times.size:
                raise DataError(f"{name} has not one value for each of the times")
            if name != "times" and np.any(np.isinf(getattr(self, name))):
                raise DataError(f"{name} is infinite in a sample of blood")
        if not (np.all(np.isfinite(self.times)) and np.all(np.diff(self.times) > 0)):
            raise DataError("blood is drawn at finite times that rise")
        with_share = self.parent[np.isfinite(self.parent)]
        if np.any((with_share < 0) | (with_share > 1)):
            raise DataError("the share of the parent compound runs from 0 to 1")

    def in_unit(self, unit: str) -> Blood:
        """Return the blood with its activity in `unit`, that of the regions, and say so.

        Parameters
        ----------
        unit : str
            One of `UNITS`, or that of the blood.

        Raises
        ------
        DataError
            If the two are not amounts of one kind, or either is not known.
        """
        if unit == self.unit:
            return self
        if unit not in UNITS or self.unit not in UNITS:
            raise DataError(
                f"activity of blood in {self.unit or 'an unknown unit'} and of regions in "
                f"{unit or 'an unknown unit'}: possible for both: {', '.join(UNITS)}"
            )
        factor = UNITS[self.unit] / UNITS[unit]
        told = f"activity of blood turned from {self.unit} into {unit}, the unit of the regions"
        return replace(
            self,
            plasma=self.plasma * factor,
            whole=self.whole * factor,
            unit=unit,
            inferences=(*self.inferences, told),
        )


def nuclide_of(name: str) -> str:
    """Return the radionuclide as `HALF_LIVES` calls it; ``""`` where it is none of them.

    Parameters
    ----------
    name : str
        As a file spells it.

    Examples
    --------
    >>> nuclide_of("[11C]"), nuclide_of("F-18"), nuclide_of("fluorine"), nuclide_of("^15^O")
    ('C11', 'F18', '', 'O15')
    """
    plain = re.sub(r"[^0-9a-z]", "", name.lower())
    plain = re.sub("carbon|fluorine|oxygen|nitrogen", lambda word: word[0][0], plain)
    mass, element = re.sub(r"[a-z]", "", plain), re.sub(r"[0-9]", "", plain)
    known = f"{element.upper()}{mass}"
    return known if known in HALF_LIVES else ""


def decay_factors(starts: FloatArray, durations: FloatArray, *, half_life: float) -> FloatArray:
    r"""Return by what to multiply the mean activity of frames to undo its decay since time 0.

    The mean of :math:`e^{-\lambda t}` over a frame is
    :math:`e^{-\lambda s}(1 - e^{-\lambda d}) / (\lambda d)`; the factor is one over it, exact
    where what is measured would not change within the frame but for decay.

    Parameters
    ----------
    starts, durations : ndarray, shape (n,)
        Of the frames, in s.
    half_life : float
        In s.

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    DataError
        If the half-life or a duration is not above 0.

    Examples
    --------
    >>> decay_factors(np.array([0.0, 1220.41]), np.array([1.0, 1.0]), half_life=1220.41)
    array([1.00028401, 2.00056802])
    """
    if not half_life > 0 or not np.all(durations > 0):
        raise DataError("half-lives and frames last longer than 0 s")
    rate = np.log(2) / half_life
    factors: FloatArray = (
        np.exp(rate * starts) * rate * durations / -np.expm1(-rate * durations)
    )
    return factors


def _check_frames(starts: FloatArray, durations: FloatArray) -> None:
    if starts.size != durations.size or starts.size == 0:
        raise DataError(
            f"each frame has a start and a duration, one at least; given {starts.size} and "
            f"{durations.size}"
        )
    good = np.isfinite(starts) & np.isfinite(durations) & (durations > 0)
    if not np.all(good):
        first = int(np.argmin(good))
        raise DataError(
            f"frame {first + 1} starts at {starts[first]} s and lasts {durations[first]} s; a "
            "frame lasts longer than 0 s"
        )
    early = np.flatnonzero(starts[1:] < starts[:-1] + durations[:-1] - _slack(durations[:-1]))
    if early.size:
        k = int(early[0])
        raise DataError(
            f"frame {k + 2} starts at {starts[k + 1]:g} s, before frame {k + 1} ends at "
            f"{starts[k] + durations[k]:g} s: frames out of order, or ends given as durations"
        )


def _slack(durations: FloatArray) -> FloatArray:
    """Return what rounding of the edges may cost, in s."""
    return np.minimum(0.01 * durations, 1.0)


def _volumes(given: Mapping[str, float]) -> Mapping[str, float]:
    volumes = {name: float(volume) for name, volume in given.items()}
    for name, volume in volumes.items():
        if not 0 < volume < np.inf:
            raise DataError(f"the volume of {name!r} is {volume} mL")
    return MappingProxyType(volumes)


def _rows(given: Mapping[str, FloatArray], frames: int, what: str) -> Mapping[str, FloatArray]:
    rows = {name: frozen_floats(values, f"{what} of {name}") for name, values in given.items()}
    for name, values in rows.items():
        if values.size != frames:
            raise DataError(f"{what} of {name!r} has {values.size} values for {frames} frames")
        if np.any(np.isinf(values)):
            raise DataError(f"{what} of {name!r} is infinite in a frame")
    return MappingProxyType(rows)
