"""Who leads: in each signal that two people move together in, as far as sensors can tell.

By how much two sensors may be off against each other is a judgment on the safe side, not a
measurement: only that skin conductance answers 1 to 3 s after its nerve is from the literature
(Boucsein 2012). All of it supposes that both people's times are on one clock to some hundredths
of a second. Two devices that were started by hand are not: for those, and wherever the sensors'
error was measured, ask :func:`~interbeat.dyad.leading.leading` with an error of your own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from interbeat.core.recording import Data
from interbeat.core.span import Span
from interbeat.dyad.leading import Leading, leading
from interbeat.dyad.synchrony import Synchrony
from interbeat.pipeline._pair import GRID, SIGNALS, on_grid

__all__ = ["leaders", "sensor_error"]

LEVEL = 0.05  # above this p nobody leads: there is nothing to lead in
SOURCES = {"beats": "heart", "breathing": "breath", "scl": "sweat", "responses": "sweat"}
# By how many seconds a sensor may be late for reasons that are not the person's: judged so,
# see above.
ERRORS = {
    "ecg": 0.05,  # an R peak is where it is; clocks of two devices are not as sure
    "ppg": 0.3,  # a pulse takes 0.15 to 0.3 s to the finger, in some people less than in others
    "beats": 0.3,  # nobody said what the device had measured
    "respiration": 0.25,  # the chest moves before the belly, or after
    "edr": 1.0,
    "eda": 1.0,  # skin answers 1 to 3 s after its nerve, and not as fast in each
}
UNKNOWN = 1.0


def leaders(
    both: Sequence[Mapping[str, Data]],
    notes: Sequence[Mapping[str, str]],
    span: Span,
    dyad: Mapping[str, Synchrony],
) -> dict[str, Leading]:
    """Return who leads in each signal of `dyad` that the two move together in.

    Parameters
    ----------
    both : sequence of mapping
        Both people's derived channels.
    notes : sequence of mapping
        Of both people: what each sense was taken from, ``{"heart": "ecg"}``.
    span : Span
        Of the session, in seconds.
    dyad : mapping of str to Synchrony
        By signal.
    """
    a, b = (on_grid(channels, span) for channels in both)
    return {
        name: leading(
            a[name],
            b[name],
            sampling_rate=GRID,
            sensor_error=sensor_error(name, notes),
            signal=name,
            max_lag=SIGNALS[name].max_lag,
        )
        for name, found in dyad.items()
        if found.p <= LEVEL and name in a and name in b
    }


def sensor_error(signal: str, notes: Sequence[Mapping[str, str]]) -> float:
    """Return by how many seconds two people's sensors may be off against each other."""
    sense = SOURCES.get(SIGNALS[signal].channel, "")
    return max(ERRORS.get(note.get(sense, ""), UNKNOWN) for note in notes)
