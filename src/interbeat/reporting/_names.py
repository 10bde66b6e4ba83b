"""What measures and channels are called on the page, and in which order they come."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

from interbeat.core.channels import CHANNELS
from interbeat.measures import MEASURES

__all__ = [
    "by_family", "channel_meaning", "in_order", "is_tracked", "measure_label",
    "measure_window", "sentence",
]  # fmt: skip

FIRST = (
    "mean_hr", "rmssd", "resphrv", "sdnn", "pnn50", "lf", "hf", "breathing_rate",
    "heart_breathing_rate", "inspiration_share", "depth_variability", "scl", "scr_rate",
    "scr_amplitude",
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


def is_tracked(name: str) -> bool:
    """Return whether a measure has an estimate a second, and so a row in the first tables.

    Examples
    --------
    >>> is_tracked("rmssd"), is_tracked("of a plug-in that is not here")
    (True, True)
    """
    return name not in MEASURES or MEASURES[name].window is not None


def by_family(names: Iterable[str]) -> dict[str, list[str]]:
    """Return measures under the first line of what their file says of itself, by that line.

    Examples
    --------
    >>> by_family(["rmssd", "sdnn"])
    {'Heart rate and its variability in the time domain': ['rmssd', 'sdnn']}
    """
    families: dict[str, list[str]] = {}
    for name in names:
        home = import_module(MEASURES[name].function.__module__)
        title = (home.__doc__ or home.__name__).strip().splitlines()[0].rstrip(".")
        families.setdefault(title, []).append(name)
    return dict(sorted(families.items()))


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
