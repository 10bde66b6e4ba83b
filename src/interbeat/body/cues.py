"""Cues: what people perceive in each other, and how close it is in itself."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from interbeat.core.errors import DataError

__all__ = ["CUES", "Kind", "known"]


class Kind(NamedTuple):
    """What a cue is before anything is learnt of it.

    Parameters
    ----------
    what : str
        In one line.
    alarm : float
        How intense its onset is, 0 to 1: what sets off the defense reflex.
    contact : float
        How near it is, 0 (seen or heard) to 1 (on the skin): what is learnt to be dangerous
        slows the heart at a distance and speeds it in contact.
    bare : bool
        Whether it is an outcome without a cue: nothing is learnt of it, and what was
        extinguished where it happens returns.
    """

    what: str
    alarm: float = 0.0
    contact: float = 0.0
    bare: bool = False


CUES: Mapping[str, Kind] = MappingProxyType(
    {
        "tone of voice": Kind("how the other speaks: hard or soft"),
        "raised voice": Kind("the other grows loud", alarm=0.4),
        "silence": Kind("the other does not answer"),
        "sigh": Kind("the other breathes out audibly"),
        "eye contact": Kind("their eyes meet"),
        "averted gaze": Kind("the other looks away"),
        "facial expression": Kind("what the other's face shows"),
        "footsteps": Kind("the other comes closer, not yet seen"),
        "closeness": Kind("the other is within reach"),
        "touch": Kind("the other's hand, expected or not", contact=1.0),
        "embrace": Kind("both arms around", contact=1.0),
        "words of blame": Kind("what is said is a reproach"),
        "words of care": Kind("what is said is kind"),
        "door": Kind("a door is shut or opened", alarm=0.2),
        "telephone": Kind("a message or a call comes in", alarm=0.1),
        "reminder": Kind("a picture, smell or word that recalls what happened"),
        "unpleasant picture": Kind(
            "a picture of the laboratory: unpleasant, about no one known"
        ),
        "loud noise": Kind("sudden, loud, at full strength from the start", alarm=1.0),
        "tone": Kind("a sound of the laboratory, of middling strength", alarm=0.1),
        "CS+": Kind("a sign of the laboratory that is followed by something bad"),
        "CS-": Kind("a sign of the laboratory that never is"),
        "harm": Kind("something bad that no sign foretold", bare=True),
    }
)


def known(name: str) -> Kind:
    """Return what a cue is.

    Parameters
    ----------
    name : str
        One of :data:`CUES`.

    Raises
    ------
    DataError
        If there is no such cue.

    Examples
    --------
    >>> known("touch").contact
    1.0
    """
    if name not in CUES:
        raise DataError(f"no cue is called {name!r}; possible: {', '.join(CUES)}")
    return CUES[name]
