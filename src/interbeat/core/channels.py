"""The channels that a recording may hold: one table of names, so that a typo is an error."""

from __future__ import annotations

from dataclasses import dataclass

from interbeat.core.errors import DataError

__all__ = ["CHANNELS", "Channel", "channel"]


@dataclass(frozen=True, slots=True)
class Channel:
    """What a channel's name promises.

    Parameters
    ----------
    name : str
        Key in ``Recording.channels``, and the parameter name by which a measure asks for it.
    noun : str
        ``"Signal"``, ``"Beats"``, ``"Breaths"`` or ``"Responses"``.
    meaning : str
        One line for people.
    derived : bool
        True where interbeat makes it from other channels.
    """

    name: str
    noun: str
    meaning: str
    derived: bool = False


_TABLE = (
    Channel("ecg", "Signal", "electrocardiogram"),
    Channel("ecg2", "Signal", "electrocardiogram, a second lead"),
    Channel("ecg3", "Signal", "electrocardiogram, a third lead"),
    Channel("ppg", "Signal", "photoplethysmogram: the pulse in a finger, wrist or ear"),
    Channel(
        "respiration", "Signal", "breathing: belt, airflow or spirometer; up is breathing in"
    ),
    Channel("eda", "Signal", "skin conductance in µS"),
    Channel("temperature", "Signal", "skin temperature in °C"),
    Channel("acceleration_x", "Signal", "acceleration in g, first axis"),
    Channel("acceleration_y", "Signal", "acceleration in g, second axis"),
    Channel("acceleration_z", "Signal", "acceleration in g, third axis"),
    Channel("blood_pressure", "Signal", "continuous arterial pressure in mmHg"),
    Channel("heart_rate", "Signal", "heart rate as the device reports it, in bpm"),
    Channel("movement", "Signal", "motion energy or another index of movement"),
    Channel("rating", "Signal", "what the person says they feel, turned on a dial"),
    Channel("beats", "Beats", "heartbeats: R peaks or pulse feet"),
    Channel("breaths", "Breaths", "breaths: onset and peak of each inspiration", derived=True),
    Channel("responses", "Responses", "skin conductance responses", derived=True),
    Channel("scl", "Signal", "skin conductance level in µS, 4 Hz", derived=True),
    Channel("breathing", "Signal", "breathing as measured or derived, 4 Hz", derived=True),
    Channel("edr", "Signal", "breathing as seen in the ECG's beats, 4 Hz", derived=True),
    Channel(
        "cardiac_quality", "Signal", "trust in the heart's second, 0 to 1, 1 Hz", derived=True
    ),
    Channel(
        "cardiac_reason",
        "Signal",
        "why the heart's second is not trusted, a number of signals.quality.REASONS, 1 Hz",
        derived=True,
    ),
    Channel(
        "breathing_quality",
        "Signal",
        "trust in the breath's second, 0 to 1, 1 Hz",
        derived=True,
    ),
    Channel(
        "breathing_reason",
        "Signal",
        "why the breath's second is not trusted, a number of signals.quality.REASONS, 1 Hz",
        derived=True,
    ),
    Channel("eda_quality", "Signal", "trust in the sweat's second, 0 to 1, 1 Hz", derived=True),
    Channel(
        "eda_reason",
        "Signal",
        "why the sweat's second is not trusted, a number of signals.quality.REASONS, 1 Hz",
        derived=True,
    ),
)

CHANNELS: dict[str, Channel] = {row.name: row for row in _TABLE}


def channel(name: str) -> Channel:
    """Return the channel called `name`.

    Raises
    ------
    DataError
        If there is none, with the names that there are.

    Examples
    --------
    >>> channel("eda").meaning
    'skin conductance in µS'
    """
    if name not in CHANNELS:
        raise DataError(f"no channel is called {name!r}; possible: {', '.join(CHANNELS)}")
    return CHANNELS[name]
