"""Driven: a region, the frames of it that count, and the input that drives it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray
from interbeat.core.errors import DataError
from interbeat.neurochemistry.tracers._convolution import Curve, frame_means, integral
from interbeat.neurochemistry.tracers._spec import Arterial, Frames, Problem, Settings

__all__ = [
    "RANGE",
    "Response",
    "blood_in",
    "blood_seen",
    "check",
    "input_area",
    "library",
    "no_input",
    "response_of",
]


RANGE = np.geomspace(5e-4, 8.0, 40)  # 1/min
LONGEST = 2.0  # min, of a delay: by as much the input is continued beyond the scan


@dataclass(frozen=True, slots=True, eq=False)
class Response:
    """What a region is seen through: frames that count, and the input.

    Parameters
    ----------
    frames : Frames
        Those that count, n of them.
    activity, weights : ndarray, shape (n,)
        In them.
    parent : Curve
        The input.
    whole : Curve or None
        Whole blood; None where it is not counted or not wanted.
    fixed : float
        Share of blood; NaN where it is fitted.
    """

    frames: Frames
    activity: FloatArray
    weights: FloatArray
    parent: Curve
    whole: Curve | None
    fixed: float


def check(settings: Settings) -> None:
    """Refuse a share of blood or a delay that no scan has.

    Raises
    ------
    DataError
        If the share leaves 0 to 1, or the delay is longer than the input is continued.
    """
    if not math.isnan(settings.blood_volume) and not 0 <= settings.blood_volume < 1:
        raise DataError(f"the share of blood is 0 to below 1, not {settings.blood_volume}")
    if abs(settings.delay) > LONGEST:
        raise DataError(
            f"a delay of {settings.delay:g} min: at most {LONGEST:g} min either way; in s?"
        )


def no_input(problem: Problem, parameters: int) -> str:
    """Return why a model cannot be fitted to blood at all; ``""`` where it can."""
    counted = int(np.count_nonzero(problem.weights > 0))
    drawn = problem.arterial
    if drawn is None:
        return "no arterial input"
    if drawn.times[-1] < problem.frames.ends[-1]:
        return f"the input ends at {drawn.times[-1]:.3g} min, before the scan"
    reasons = {
        f"{counted} frames for {parameters} parameters": counted <= parameters,
        "no activity in the input": not np.any(drawn.parent > 0),
        "no activity in the region: all zeros": not np.any(problem.activity),
        "the activity of the region is negative": np.sum(
            problem.activity * problem.frames.durations
        )
        <= 0,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def input_area(drawn: Arterial, frames: Frames, delay: float) -> FloatArray:
    """Return the area of the input since the injection, as its mean over each frame."""
    area: FloatArray = frame_means(_curves(drawn)[0], np.zeros(1), frames, delay)[0]
    return area


def blood_seen(drawn: Arterial, frames: Frames, delay: float) -> FloatArray | None:
    """Return whole blood as its mean over each frame; None where it was not counted."""
    whole = _curves(drawn)[1]
    return None if whole is None else _blood_means(whole, frames, delay)


def response_of(problem: Problem, drawn: Arterial, settings: Settings) -> Response:
    """Return the frames that count, and the input on its grid."""
    used = problem.weights > 0
    parent, whole = _curves(drawn)
    none = settings.blood_volume == 0 or whole is None
    return Response(
        _counting(problem.frames, used),
        problem.activity[used],
        problem.weights[used],
        parent,
        None if none else whole,
        0.0 if none else settings.blood_volume,
    )


def _counting(frames: Frames, used: BoolArray) -> Frames:
    """Return the frames that count: the same object for all regions of a scan."""
    return _same_frames(frames.starts[used].tobytes(), frames.ends[used].tobytes())


@lru_cache(maxsize=8)
def _same_frames(starts: bytes, ends: bytes) -> Frames:
    return Frames(np.frombuffer(starts), np.frombuffer(ends))


@lru_cache(maxsize=8)
def _curves(drawn: Arterial) -> tuple[Curve, Curve | None]:
    counted = bool(np.all(np.isfinite(drawn.whole)))
    whole = Curve.on(drawn.times, drawn.whole) if counted else None
    return Curve.on(drawn.times, drawn.parent), whole


@lru_cache(maxsize=64)
def library(parent: Curve, frames: Frames, delay: float, every: int) -> FloatArray:
    """Return all exponentials of the range: the same for all regions of a scan."""
    return frame_means(parent, RANGE[::every], frames, delay)


@lru_cache(maxsize=64)
def _blood_means(whole: Curve, frames: Frames, delay: float) -> FloatArray:
    came = integral(whole, frames.ends + delay) - integral(whole, frames.starts + delay)
    return np.asarray(came / frames.durations, dtype=np.float64)


def blood_in(seen: Response, delay: float) -> FloatArray:
    """Return whole blood in the frames; zeros where it plays no part."""
    if seen.whole is None:
        return np.zeros(seen.activity.size)
    return _blood_means(seen.whole, seen.frames, delay)
