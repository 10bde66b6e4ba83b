"""What an assay gives, for machines: JSON.

Layout (``"interbeat-assay/1"``)::

    {
      "format": "interbeat-assay/1", "source", "analyte", "unit", "matrix": str,
      "extracted": true, false or null, "extraction": str,
      "assay": {"shape", "weighting", "read", "reference", "most_cv", "recovery"},
      "plates": [{
          "plate": str, "unit": of responses, "shape": [rows, columns], "reads": [label],
          "curve": {"shape", "title", "source", "parameters": {name: ESTIMATE},
                    "values": [..], "covariance": [[..]], "sigma", "power", "floor",
                    "freedom", "competitive", "lowest", "highest", "reason", "notes": [str]},
          "standards": [{"name", "nominal", "places", "responses", "back": ESTIMATE, "cv",
                         "flags"}],
          "samples", "controls": [{
              "name", "person", "time": s or null, "plate", "places", "dilution", "spiked",
              "nominal", "responses", "cv", "concentration": ESTIMATE, "unit",
              "interval": [low or null, high or null (null: open)], "bootstrap", "spread",
              "censored": "", "below" or "above", "lower", "upper", "extraction": str,
              "flags"}],
          "blank", "nonspecific", "detection", "lower", "upper": ESTIMATE, "flags": [str]}],
      "precision", "dilution", "spike", "parallelism": {name: ESTIMATE},
      "tubes": [{"analyte", "value", "unit", "time", "matrix", "person", "spread", "se",
                 "lower", "upper", "censored": bool, "extraction", "flags"}],
      "report": {what a report should state: what this run says of it},
      "flags", "inferences", "limits": [str], "sha256": of the readings,
      "versions": {str: str}
    }

    ESTIMATE = {"value", "se", "low", "high": numbers or null, "unit": str,
                "quality": 0 to 1, "n": int, "reason": "" or why value is null}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from interbeat.core.sample import Sample
from interbeat.neurochemistry.plates.found import Assayed, Curve, Panel, Reading, Standard
from interbeat.neurochemistry.standards._spec import SHAPES
from interbeat.neurochemistry.words import extraction
from interbeat.pipeline.study.outcome import versions
from interbeat.reporting._numbers import (
    Json,
    digest,
    estimate,
    estimates,
    one_line,
    real,
    write,
)
from interbeat.reporting.plate_guideline import guideline_rows
from interbeat.reporting.plate_words import limits

__all__ = ["FORMAT", "assay_to_json", "tube", "write_assay_json"]

FORMAT = "interbeat-assay/1"


def assay_to_json(assayed: Assayed) -> str:
    """Return an assay as one line of strict JSON; the layout is at the top of this module.

    Parameters
    ----------
    assayed : Assayed
        What :func:`~interbeat.neurochemistry.plates.assaying.assay` returned.

    Returns
    -------
    str
    """
    return one_line(_assayed(assayed))


def write_assay_json(assayed: Assayed, path: Path | str) -> Path:
    """Write :func:`assay_to_json` to `path`, in UTF-8; return where."""
    return write(assay_to_json(assayed), path)


def tube(sample: Sample) -> Json:
    """Return a sample as JSON can say it."""
    return {
        "analyte": sample.analyte,
        "value": real(sample.value),
        "unit": sample.unit,
        "time": real(sample.time),
        "matrix": sample.matrix,
        "person": sample.person,
        "spread": real(sample.spread),
        "se": real(sample.se),
        "lower": real(sample.lower),
        "upper": real(sample.upper),
        "censored": sample.censored,
        "extraction": extraction(sample.extracted),
        "flags": list(sample.flags),
    }


def _assayed(a: Assayed) -> Json:
    run, how = a.run, a.assay
    grids = [grid for plate in run.plates for grid in plate.reads.values()]
    return {
        "format": FORMAT,
        "source": run.source,
        "analyte": run.analyte,
        "unit": run.unit,
        "matrix": run.matrix,
        "extracted": run.extracted,
        "extraction": extraction(run.extracted),
        "assay": {name: getattr(how, name) for name in how.__slots__},
        "plates": [_panel(panel, a) for panel in a.panels],
        "precision": estimates(a.precision),
        "dilution": estimates(a.dilution),
        "spike": estimates(a.spike),
        "parallelism": estimates(a.parallelism),
        "tubes": [tube(sample) for sample in a.samples],
        "report": dict(guideline_rows(a)),
        "flags": list(a.flags),
        "inferences": list(run.inferences),
        "limits": limits(a),
        "sha256": digest(*grids),
        "versions": versions(),
    }


def _panel(panel: Panel, a: Assayed) -> Json:
    plate = next(plate for plate in a.run.plates if plate.name == panel.plate)
    return {
        "plate": panel.plate,
        "unit": plate.unit,
        "shape": list(plate.shape),
        "reads": list(plate.reads),
        "curve": _curve(panel.curve, {"response": plate.unit, "concentration": a.run.unit}),
        "standards": [_standard(one) for one in panel.standards],
        "samples": [_reading(one, a) for one in panel.readings],
        "controls": [_reading(one, a) for one in panel.controls],
        **{
            name: estimate(getattr(panel, name))
            for name in ("blank", "nonspecific", "detection", "lower", "upper")
        },
        "flags": list(panel.flags),
    }


def _curve(curve: Curve, units: Mapping[str, str]) -> Json:
    known = SHAPES.get(curve.shape)
    parameters = {
        name: replace(e, unit=units.get(e.unit, e.unit)) for name, e in curve.parameters.items()
    }
    return {
        "shape": curve.shape,
        "title": known.title if known else "",
        "source": known.source if known else "",
        "parameters": estimates(parameters),
        "values": [real(v) for v in curve.values.tolist()],
        "covariance": [[real(v) for v in row] for row in curve.covariance.tolist()],
        **{
            name: real(getattr(curve, name))
            for name in ("sigma", "power", "floor", "lowest", "highest")
        },
        "freedom": curve.freedom,
        "competitive": curve.competitive,
        "reason": curve.reason,
        "notes": list(curve.notes),
    }


def _standard(one: Standard) -> Json:
    return {
        "name": one.name,
        "nominal": real(one.nominal),
        "places": list(one.places),
        "responses": [real(y) for y in one.responses],
        "back": estimate(one.back),
        "cv": real(one.cv),
        "flags": list(one.flags),
    }


def _reading(one: Reading, a: Assayed) -> Json:
    names = ("time", "dilution", "spiked", "nominal", "cv", "bootstrap", "spread", "lower",
             "upper")  # fmt: skip
    return {
        "name": one.name,
        "person": one.person,
        "plate": one.plate,
        "places": list(one.places),
        "responses": [real(y) for y in one.responses],
        "concentration": estimate(one.concentration),
        "unit": a.run.unit,
        "interval": [real(bound) for bound in one.interval],
        **{name: real(getattr(one, name)) for name in names},
        "censored": one.censored,
        "extraction": extraction(a.run.extracted),
        "flags": list(one.flags),
    }
