"""Neurochemistry: from plates to concentrations, from scans to binding, over time."""

from interbeat.neurochemistry.assay_error import AssayError
from interbeat.neurochemistry.assaying import assay
from interbeat.neurochemistry.binding import bind
from interbeat.neurochemistry.bootstrapped import bootstrapped
from interbeat.neurochemistry.bound import Bound, Displaced
from interbeat.neurochemistry.censored import censored_mean, censored_spread
from interbeat.neurochemistry.course import Course, CourseSettings, course, courses
from interbeat.neurochemistry.displacing import displaced
from interbeat.neurochemistry.fitting import fit_curve
from interbeat.neurochemistry.found import Assay, Assayed, Curve
from interbeat.neurochemistry.images import bind_image
from interbeat.neurochemistry.reading import read_back
from interbeat.neurochemistry.retest import test_retest
from interbeat.neurochemistry.standards._spec import SHAPES, Shape, shape
from interbeat.neurochemistry.together import Together, together
from interbeat.neurochemistry.tracers._spec import MODELS, Model, Settings, tracer_model

__all__ = [
    "MODELS", "SHAPES", "Assay", "AssayError", "Assayed", "Bound", "Course", "CourseSettings",
    "Curve", "Displaced", "Model", "Settings", "Shape", "Together", "assay", "bind",
    "bind_image", "bootstrapped", "censored_mean", "censored_spread", "course", "courses",
    "displaced", "fit_curve", "read_back", "shape", "test_retest", "together", "tracer_model",
]  # fmt: skip
