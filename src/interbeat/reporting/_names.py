"""What measures and channels are called on the page, and in which order they come."""

from __future__ import annotations

from collections.abc import Iterable

from interbeat.core.channels import CHANNELS
from interbeat.measures import MEASURES

__all__ = ["channel_meaning", "in_order", "measure_label", "measure_window", "sentence"]

FIRST = (
    "mean_hr", "rmssd", "resphrv", "sdnn", "pnn50", "lf", "hf", "breathing_rate", "scl",
    "scr_rate", "scr_amplitude",
)  # fmt: skip  # the rest follow by name


def measure_label(name: str) -> str:
    """Return what a measure is called for people; its own name if nobody registered it.

    Examples
    --------
    >>> measure_label("skin_of_the_teeth")
    'Skin of the teeth'
    """
    return MEASURES[name].label if name in MEASURES else sentence(name.replace("_", " "))


def measure_window(name: str) -> float | None:
    """Return how many seconds the estimates of a measure's track look back, if registered."""
    return MEASURES[name].window if name in MEASURES else None


def in_order(names: Iterable[str]) -> list[str]:
    """Return measures in the order of the page: heart, breath, sweat, the rest by name.

    Examples
    --------
    >>> in_order(["zeta", "scl", "rmssd", "alpha"])
    ['rmssd', 'scl', 'alpha', 'zeta']
    """
    return sorted(names, key=lambda n: (FIRST.index(n) if n in FIRST else len(FIRST), n))


def channel_meaning(name: str) -> str:
    """Return what a channel is, for people.

    Examples
    --------
    >>> channel_meaning("eda"), channel_meaning("unheard of")
    ('skin conductance in µS', 'unheard of')
    """
    return CHANNELS[name].meaning if name in CHANNELS else name


def sentence(text: str) -> str:
    """Return `text` with a capital first letter and the rest as it is."""
    return text[:1].upper() + text[1:]
