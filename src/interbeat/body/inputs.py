"""Inputs: what the world does to one person over time, and what passes between two."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from interbeat.body.parameters import Organ, parameter
from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError

__all__ = ["RATE", "STEP_RATE", "Cue", "Inputs", "Tie"]

RATE = 10.0  # Hz: inputs, appraisal and every slow track of the truth
STEP_RATE = 50.0  # Hz: breathing, pressure and the sinus node; a whole multiple of RATE

# What each track may hold, and what it holds where nothing happens.
_TRACKS = {
    "danger": (0.0, 3.0, 0.0),
    "safety": (0.0, 3.0, 0.0),
    "control": (0.0, 1.0, 1.0),
    "grounding": (0.0, 1.0, 0.0),
    "posture": (0.0, 1.0, 0.0),
    "movement": (0.0, 1.0, 0.0),
    "speech": (0.0, 1.0, 0.0),
    "cold_face": (0.0, 1.0, 0.0),
    "hum": (0.0, 1.0, 0.0),
    "touch": (0.0, 1.0, 0.0),
    "atropine": (0.0, 1.0, 0.0),
    "propranolol": (0.0, 1.0, 0.0),
    "pace": (1.0, 60.0, np.nan),
    "depth": (0.0, 5.0, np.nan),
}


@dataclass(frozen=True, slots=True)
class Cue:
    """Something that a person perceives once, and may learn from.

    Parameters
    ----------
    name : str
        What is learnt about: ``"tone of voice"``, ``"silence"``, ``"touch"``, ``"CS+"``.
    start, seconds : float
        When, and for how long (s).
    salience : float
        0 to 1: how loud it is.
    outcome : float
        What it ends with: 1 bad (danger is learnt), 0 nothing (extinction), -1 good (safety is
        learnt).
    context : str
        Where: extinction holds in the context in which it was learnt (renewal elsewhere).
    """

    name: str
    start: float
    seconds: float
    salience: float = 1.0
    outcome: float = 0.0
    context: str = "here"

    def __post_init__(self) -> None:
        if not (math.isfinite(self.start) and 0 < self.seconds < math.inf):
            raise DataError(
                f"a cue begins at a time and lasts longer than 0 s; {self.name!r} begins at "
                f"{self.start:g} s and lasts {self.seconds:g} s"
            )
        if not (0 <= self.salience <= 1 and -1 <= self.outcome <= 1):
            raise DataError(
                "the salience of a cue is 0 to 1, its outcome -1 to 1; "
                f"{self.name!r} has {self.salience:g} and {self.outcome:g}"
            )


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """What the world does to one person: tracks of shape (n,) at 10 Hz, and cues.

    ``Inputs.at_rest(seconds)`` is a person who lies alone where nothing happens;
    ``dataclasses.replace`` changes a track.

    Parameters
    ----------
    danger, safety : ndarray, shape (n,)
        What is threatening or safe in itself, without having been learnt; 0 upwards, 1 strong.
    control : ndarray, shape (n,)
        0 (nothing can be done) to 1.
    grounding : ndarray, shape (n,)
        How far attention is held by the present, 0 to 1: it takes salience from learnt danger.
    posture : ndarray, shape (n,)
        0 supine or seated at rest, 1 upright (a tilt of 70°).
    movement, speech, cold_face, hum, touch : ndarray, shape (n,)
        0 to 1. ``touch`` is touch that is felt; whether it is welcome is told by ``safety``,
        ``danger`` and the cue "touch".
    atropine, propranolol : ndarray, shape (n,)
        Share of the muscarinic and of the beta receptors that is blocked, 0 to 1.
    pace : ndarray, shape (n,)
        Breaths per minute of a pacer; NaN where breathing is spontaneous.
    depth : ndarray, shape (n,)
        Liters a breath where it is prescribed; NaN where the body chooses.
    cues : tuple of Cue
        In any order.

    Raises
    ------
    DataError
        If tracks differ in length, or a value is not possible.
    """

    danger: FloatArray
    safety: FloatArray
    control: FloatArray
    grounding: FloatArray
    posture: FloatArray
    movement: FloatArray
    speech: FloatArray
    cold_face: FloatArray
    hum: FloatArray
    touch: FloatArray
    atropine: FloatArray
    propranolol: FloatArray
    pace: FloatArray
    depth: FloatArray
    cues: tuple[Cue, ...] = field(default=())

    def __post_init__(self) -> None:
        n = np.size(self.danger)
        for one in fields(self)[:-1]:
            # Kernels are compiled for floats; lists and whole numbers are welcome.
            track = np.asarray(getattr(self, one.name), dtype=np.float64)
            object.__setattr__(self, one.name, track)
            low, high, nothing = _TRACKS[one.name]
            known = track[~np.isnan(track)] if np.isnan(nothing) else track
            if track.shape != (n,):
                raise DataError(f"{one.name} has shape {track.shape}, danger ({n},)")
            if not np.all((known >= low) & (known <= high)):
                raise DataError(f"{one.name} is {low:g} to {high:g} all along")

    @classmethod
    def at_rest(cls, seconds: float) -> Inputs:
        """Return the inputs of a person to whom nothing happens.

        Parameters
        ----------
        seconds : float
            How long.
        """
        n = round(seconds * RATE) if math.isfinite(seconds) else 0
        if n < 1:
            raise DataError(f"a simulation lasts {1 / RATE:g} s or longer, not {seconds:g} s")
        tracks: dict[str, Any] = {k: np.full(n, rest) for k, (_, _, rest) in _TRACKS.items()}
        return cls(**tracks)

    @property
    def seconds(self) -> float:
        """How long it all takes."""
        return self.danger.size / RATE


@dataclass(frozen=True, slots=True)
class Tie(Organ):
    """How much of what one shows reaches the other: one direction, unequal to its counterpart.

    Where the two cannot see, hear or touch each other nothing passes, whatever the gains; a
    stimulus that both perceive is an input to each and not a tie.

    Parameters
    ----------
    threat, calm : float
        Danger and safety that are perceived for each unit of the other's threat, as far as it
        is new (``Mind.accustoming``), and of their safety, as far as it is shown (up to 1);
        negative for those who answer the other way round.
    reassurance : float
        Safety that is perceived for each unit of the other's threat.
    breath : float
        Pull on the phase of breathing (Hz); at once, as breath is felt and heard as it goes.
    delay : float
        How long the other three take (s).
    """

    threat: float = parameter(0.0, "1", "assumed: 0 is no contagion", least=-2.0, most=2.0)
    calm: float = parameter(0.0, "1", "assumed", least=-2.0, most=2.0)
    reassurance: float = parameter(
        0.0, "1", "assumed: the partner's threat answered with safety", least=-2.0, most=2.0
    )
    breath: float = parameter(
        0.0, "Hz", "assumed: pull on the phase of breathing; 0 is none", most=1.0
    )
    delay: float = parameter(2.0, "s", "0.5 to 5 s, assumed", least=0.1, most=60.0)
