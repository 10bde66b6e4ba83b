"""Neurochemistry: from plates to concentrations, from scans to binding, over time."""

from interbeat.neurochemistry.censored import censored_mean, censored_spread
from interbeat.neurochemistry.courses.assay_error import AssayError
from interbeat.neurochemistry.courses.course import Course, CourseSettings, course, courses
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
