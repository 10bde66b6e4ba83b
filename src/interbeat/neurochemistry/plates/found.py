"""What an assay gives: curves, readings and samples, each with its uncertainty and flags."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from interbeat.core.arrays import FloatArray
from interbeat.core.estimate import Estimate
from interbeat.core.plate import PlateRun
from interbeat.core.sample import Sample

__all__ = ["Assay", "Assayed", "Curve", "Panel", "Reading", "Standard"]


@dataclass(frozen=True, slots=True)
class Assay:
    """How the wells are to be read: all settings of the calculation, none hidden.

    Parameters
    ----------
    shape : str
        Of the standard curve: ``"4PL"``, ``"5PL"``, ``"log-logit"``, ``"log-log"``, ``"line"``.
    weighting : str
        ``"power"`` (how noise grows with the response is estimated from the replicates),
        ``"equal"``, ``"1/y"`` or ``"1/y2"``.
    read : str
        Label of the read that is used; ``""`` where there is one.
    reference : str
        Label of the read that is subtracted well by well (620 nm of 450); ``""`` for none.
    most_cv : float
        Duplicates that differ by more are flagged, not dropped.
    recovery : float
        Share that extraction kept, known from spiked samples; values are divided by it. 1
        leaves them as they are, and so does not saying.
    """

    shape: str = "4PL"
    weighting: str = "power"
    read: str = ""
    reference: str = ""
    most_cv: float = 0.2
    recovery: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A fitted standard curve.

    Parameters
    ----------
    shape : str
        Which.
    parameters : mapping of str to Estimate
        With standard errors; missing, with the reason, where the standards leave one open.
    values : ndarray, shape (p,)
        Of the parameters, as the shape takes them.
    covariance : ndarray, shape (p, p)
        Of the parameters.
    sigma, power : float
        A response's standard deviation is ``sigma * response ** power``.
    freedom : int
        Degrees of freedom of `sigma`.
    competitive : bool
        Whether the response falls with concentration.
    reason : str
        Why there is no curve (it did not fit, or standards are missing); ``""`` where there is.
    floor : float
        Responses fainter than this are as uncertain as one of this strength.
    lowest, highest : float
        Standards between which it was fitted, above 0.
    notes : tuple of str
        What to know of the fit: wells that were left out, a plateau that was not reached.
    known : tuple of float
        Where the noise is best known, as the logarithm of a response, and how fast it is less
        known away from there (see
        :func:`~interbeat.neurochemistry.plates.reading.freedom_at`); the second is 0 where the
        power was given.
    """

    shape: str
    parameters: Mapping[str, Estimate]
    values: FloatArray
    covariance: FloatArray
    sigma: float
    power: float
    freedom: int
    competitive: bool
    reason: str = ""
    floor: float = 0.0
    lowest: float = math.nan
    highest: float = math.nan
    notes: tuple[str, ...] = ()
    known: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Standard:
    """One standard: what was in it and what the curve reads back.

    Parameters
    ----------
    name : str
        E.g. ``"STD1"``.
    nominal : float
        What is in it.
    places : tuple of str
        Its wells.
    responses : tuple of float
        As the curve was fitted to: corrected for blank and reference.
    back : Estimate
        Read back from the mean response.
    cv : float
        Coefficient of variation of the responses; NaN for one.
    flags : tuple of str
        What to look at.
    """

    name: str
    nominal: float
    places: tuple[str, ...]
    responses: tuple[float, ...]
    back: Estimate
    cv: float
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """One sample or control at one dilution on one plate.

    Parameters
    ----------
    name, person : str
        Which sample, of whom.
    time : float
        When it was taken (s since the session began); NaN where not said.
    plate : str
        On which plate.
    places : tuple of str
        Its wells.
    dilution, spiked, nominal : float
        As in the layout.
    responses : tuple of float
        Corrected for blank and reference.
    cv : float
        Coefficient of variation of the responses; NaN for one.
    concentration : Estimate
        Of the undiluted sample, in the unit of the run, with its standard error by the delta
        method; missing, with the reason, where it cannot be read.
    interval : tuple of float
        95 % interval of it: need not be symmetric, may be open (0 or infinite).
    bootstrap : float
        Standard error by bootstrap; NaN where it was not asked for.
    spread : float
        Standard deviation between the replicates' own concentrations; NaN where one is beyond
        the curve or there is one only.
    censored : str
        ``""``, ``"below"`` or ``"above"`` the limits of quantification.
    lower, upper : float
        Those limits for this dilution, in the unit of the run.
    flags : tuple of str
        What to look at.
    """

    name: str
    person: str
    time: float
    plate: str
    places: tuple[str, ...]
    dilution: float
    spiked: float
    nominal: float
    responses: tuple[float, ...]
    cv: float
    concentration: Estimate
    interval: tuple[float, float]
    bootstrap: float
    spread: float
    censored: str
    lower: float
    upper: float
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """What one plate gives.

    Parameters
    ----------
    plate : str
        Its name.
    curve : Curve
        Its own.
    standards : tuple of Standard
        From the lowest up.
    readings, controls : tuple of Reading
        Samples, and samples whose concentration is known.
    blank, nonspecific : Estimate
        Mean response of those wells; missing where there are none.
    detection, lower, upper : Estimate
        Limit of detection, lower and upper limit of quantification, undiluted; missing with
        the reason where they cannot be told.
    flags : tuple of str
        What holds for the whole plate.
    """

    plate: str
    curve: Curve
    standards: tuple[Standard, ...]
    readings: tuple[Reading, ...]
    controls: tuple[Reading, ...]
    blank: Estimate
    nonspecific: Estimate
    detection: Estimate
    lower: Estimate
    upper: Estimate
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Assayed:
    """What a run of plates gives.

    Parameters
    ----------
    run : PlateRun
        What was read.
    assay : Assay
        How.
    panels : tuple of Panel
        One a plate.
    precision : mapping of str to Estimate
        ``"intra-assay CV"``, ``"inter-assay CV"``, ``"plate effect"`` ... as shares; missing
        with the reason where they cannot be told.
    dilution, spike, parallelism : mapping of str to Estimate
        By sample (recovery at each dilution of it against the least diluted; of what was
        added; ratio of slopes); empty where the layout has none.
    samples : tuple of Sample
        Which join a session by person and time: of wells that name a person and a time.
    flags : tuple of str
        What holds for the whole run, with what peripheral oxytocin cannot say.
    """

    run: PlateRun
    assay: Assay
    panels: tuple[Panel, ...]
    precision: Mapping[str, Estimate]
    dilution: Mapping[str, Estimate]
    spike: Mapping[str, Estimate]
    parallelism: Mapping[str, Estimate]
    samples: tuple[Sample, ...]
    flags: tuple[str, ...] = field(default=())
