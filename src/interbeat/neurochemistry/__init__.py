"""Neurochemistry: from plates to concentrations, from scans to binding, over time.

Each is imported when it is first asked for: an analysis without tubes needs none of it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

# Now, and not when asked for: the package `courses` would hide the function of that name.
from interbeat.neurochemistry.courses.course import Course, CourseSettings, course, courses

if TYPE_CHECKING:
    from interbeat.neurochemistry.censored import censored_mean, censored_spread
    from interbeat.neurochemistry.courses.assay_error import AssayError
    from interbeat.neurochemistry.courses.together import Together, together
    from interbeat.neurochemistry.plates.assaying import assay
    from interbeat.neurochemistry.plates.bootstrapped import bootstrapped
    from interbeat.neurochemistry.plates.fitting import fit_curve
    from interbeat.neurochemistry.plates.found import Assay, Assayed, Curve
    from interbeat.neurochemistry.plates.reading import read_back
    from interbeat.neurochemistry.scans.binding import bind
    from interbeat.neurochemistry.scans.bound import Bound, Displaced
    from interbeat.neurochemistry.scans.displacing import displaced
    from interbeat.neurochemistry.scans.images import bind_image
    from interbeat.neurochemistry.scans.reference import merged
    from interbeat.neurochemistry.scans.retest import test_retest
    from interbeat.neurochemistry.standards._spec import SHAPES, Shape, shape
    from interbeat.neurochemistry.tracers._spec import MODELS, Model, Settings, tracer_model

__all__ = [
    "MODELS", "SHAPES", "Assay", "AssayError", "Assayed", "Bound", "Course", "CourseSettings",
    "Curve", "Displaced", "Model", "Settings", "Shape", "Together", "assay", "bind",
    "bind_image", "bootstrapped", "censored_mean", "censored_spread", "course", "courses",
    "displaced", "fit_curve", "merged", "read_back", "shape", "test_retest", "together",
    "tracer_model",
]  # fmt: skip

_HOMES = {
    "Assay": "plates.found",
    "AssayError": "courses.assay_error",
    "Assayed": "plates.found",
    "Bound": "scans.bound",
    "Curve": "plates.found",
    "Displaced": "scans.bound",
    "MODELS": "tracers._spec",
    "Model": "tracers._spec",
    "SHAPES": "standards._spec",
    "Settings": "tracers._spec",
    "Shape": "standards._spec",
    "Together": "courses.together",
    "assay": "plates.assaying",
    "bind": "scans.binding",
    "bind_image": "scans.images",
    "bootstrapped": "plates.bootstrapped",
    "censored_mean": "censored",
    "censored_spread": "censored",
    "displaced": "scans.displacing",
    "fit_curve": "plates.fitting",
    "merged": "scans.reference",
    "read_back": "plates.reading",
    "shape": "standards._spec",
    "test_retest": "scans.retest",
    "together": "courses.together",
    "tracer_model": "tracers._spec",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
