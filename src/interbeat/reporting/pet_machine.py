"""What a PET scan gives, for machines: JSON.

Layout (``"interbeat-pet/1"``)::

    {
      "format": "interbeat-pet/1", SCAN, "limits": [str], "versions": {str: str}
    }

and of two scans that are compared (``"interbeat-displacement/1"``)::

    {
      "format": "interbeat-displacement/1",
      "baseline": {SCAN}, "condition": {SCAN},
      "change": {region: ESTIMATE with "interval": [low, high], "said": the sign in words,
                 "displacement": words with the sign of (baseline - condition) / baseline,
                 "repeatability": share or null},
      "change_is", "order": str, "flags": [str], "limits": [str], "versions": {str: str}
    }

    SCAN = "source", "person", "tracer", "radionuclide", "unit": str,
           "decay_corrected": true, false or null, "starts", "durations": [s],
           "model": {"name", "title", "source", "needs", "outcome"},
           "reference": str, "blood": null or {"source", "unit", "samples": int},
           "weighting": str, "weights": [one a frame], "settings": SETTINGS,
           "regions": {region: {"parameters": {name: ESTIMATE}, "activity", "fitted":
                       [one a frame], "used": [bool], "settings": SETTINGS,
                       "plot": {"x", "y", "line": [..]; of lp-ntPET also intervals
                       [low, high] of its parameters, by name}, "flags": [str]}},
           "reference_activity": [one a frame] or null, "tubes": as of an assay,
           "flags", "inferences": [str], "sha256": of frames and curves

    SETTINGS = {"t_star": min, "k2_prime": 1/min, "blood_volume": share, "delay": min}; null
    where it was left to the model, "left out" for a k2_prime of infinity.
"""

from __future__ import annotations

import math
from pathlib import Path

from interbeat.neurochemistry.scans.bound import Bound, Displaced
from interbeat.neurochemistry.tracers._spec import MODELS, Fit, Settings
from interbeat.pipeline.study.outcome import versions
from interbeat.reporting._numbers import (
    Json,
    digest,
    estimate,
    estimates,
    one_line,
    real,
    reals,
    write,
)
from interbeat.reporting.pet_rows import concluded, direction, flags_of_scan, outcome
from interbeat.reporting.pet_words import limits
from interbeat.reporting.plate_machine import tube

__all__ = ["FORMAT", "FORMAT_OF_TWO", "pet_to_json", "write_pet_json"]

FORMAT, FORMAT_OF_TWO = "interbeat-pet/1", "interbeat-displacement/1"
CHANGE_IS = "(condition - baseline) / baseline, a share: negative where the condition has less"


def pet_to_json(found: Bound | Displaced) -> str:
    """Return a scan, or two compared, as one line of strict JSON; see the top of this module.

    Parameters
    ----------
    found : Bound or Displaced
        Of one scan, or of two.

    Returns
    -------
    str
    """
    about = {"limits": limits(found), "versions": versions()}
    if isinstance(found, Displaced):
        return one_line({"format": FORMAT_OF_TWO, **_displaced(found), **about})
    return one_line({"format": FORMAT, **_bound(found), **about})


def write_pet_json(found: Bound | Displaced, path: Path | str) -> Path:
    """Write :func:`pet_to_json` to `path`, in UTF-8; return where."""
    return write(pet_to_json(found), path)


def _displaced(found: Displaced) -> Json:
    return {
        "baseline": _bound(found.baseline),
        "condition": _bound(found.condition),
        "change": {
            region: {
                **estimate(change),
                "interval": [real(bound) for bound in found.intervals[region]],
                "said": direction(
                    region, change, found.intervals[region], what=outcome(found.baseline)
                ),
                "displacement": found.words.get(region, ""),
                "repeatability": real(found.repeatability.get(region, math.nan)),
            }
            for region, change in found.change.items()
        },
        "change_is": CHANGE_IS,
        "order": found.order,
        "flags": list(found.flags),
    }


def _bound(b: Bound) -> Json:
    scan, model = b.scan, MODELS[b.model]
    blood = b.blood
    return {
        "source": scan.source,
        "person": scan.person,
        "tracer": scan.tracer,
        "radionuclide": scan.radionuclide,
        "unit": scan.unit,
        "decay_corrected": scan.decay_corrected,
        "starts": reals(scan.starts),
        "durations": reals(scan.durations),
        "model": {
            name: getattr(model, name)
            for name in ("name", "title", "source", "needs", "outcome")
        },
        "reference": b.reference,
        "blood": None
        if blood is None
        else {"source": blood.source, "unit": blood.unit, "samples": int(blood.times.size)},
        "weighting": b.weighting,
        "weights": reals(b.weights),
        "settings": _settings(b.settings),
        "regions": {
            region: {"activity": reals(scan.activity[region]), **_fit(fit)}
            for region, fit in b.regions.items()
        },
        "reference_activity": reals(scan.activity[b.reference]) if b.reference else None,
        "tubes": [tube(sample) for sample in b.samples],
        "flags": list(flags_of_scan(b)),
        "inferences": list(concluded(b)),
        "sha256": digest(scan.starts, scan.durations, *scan.activity.values()),
    }


def _fit(fit: Fit) -> Json:
    return {
        "parameters": estimates(fit.parameters),
        "fitted": reals(fit.fitted),
        "used": [bool(one) for one in fit.used.tolist()],
        "settings": _settings(fit.settings),
        "plot": {name: reals(values) for name, values in fit.plot.items()},
        "flags": list(fit.flags),
    }


def _settings(told: Settings) -> Json:
    washout = "left out" if math.isinf(told.k2_prime) else real(told.k2_prime)
    return {
        "t_star": real(told.t_star),
        "k2_prime": washout,
        "blood_volume": real(told.blood_volume),
        "delay": real(told.delay),
    }
