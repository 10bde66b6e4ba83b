"""Two people on one grid, so that the dyad room can compare them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.recording import Data
from interbeat.core.span import Span
from interbeat.dyad.grid import answering, heart_rate, sampled
from interbeat.dyad.resphrv import resphrv_synchrony
from interbeat.dyad.synchrony import Synchrony, synchrony

__all__ = ["GRID", "SIGNALS", "on_grid", "pair"]

RESPONSES = "skin conductance responses"
GRID = 4.0  # Hz: above what heart rate, skin conductance and breathing can carry
COARSE = 2.0  # Hz: above what responses of the skin can

Channels = Mapping[str, Data]


def pair(one: Channels, other: Channels, span: Span) -> dict[str, Synchrony]:
    """Return how far two people move together, for each signal that both have."""
    a, b = on_grid(one, span), on_grid(other, span)
    found = {
        name: synchrony(
            a[name],
            b[name],
            sampling_rate=GRID,
            signal=name,
            start=span.start,
            max_lag=how.max_lag,
        )
        for name, how in SIGNALS.items()
        if name in a and name in b
    }
    return found | _of_several(one, other, span)


def _of_several(one: Channels, other: Channels, span: Span) -> dict[str, Synchrony]:
    """Return how far two people move together in what is made of several channels."""
    times, coarse = (
        span.start + np.arange(int(span.seconds * rate)) / rate for rate in (GRID, COARSE)
    )

    def both(*channels: str) -> bool:
        return all(channel in person for person in (one, other) for channel in channels)

    found = {}
    if both("responses", "scl"):
        x, y = (_answers(person, coarse) for person in (one, other))
        # Responses are short and far apart: shorter windows, and lags within one.
        found[RESPONSES] = synchrony(
            x, y, sampling_rate=COARSE, signal=RESPONSES, start=span.start,
            window=15.0, hop=5.0, max_lag=4.0,
        )  # fmt: skip
    if both("beats", "breathing"):
        a, b = (
            (heart_rate(person["beats"], times), sampled(person["breathing"], times))
            for person in (one, other)
        )
        found["RespHRV"] = resphrv_synchrony(a, b, sampling_rate=GRID, start=span.start)
    return found


def _answers(person: Channels, times: FloatArray) -> FloatArray:
    """Return what the responses add up to; missing where the skin's level is."""
    known = np.isfinite(sampled(person["scl"], times))
    return np.where(known, answering(person["responses"], times), np.nan)


def on_grid(channels: Channels, span: Span) -> dict[str, FloatArray]:
    """Return one person's signals that can be compared with another's, at 4 Hz."""
    times = span.start + np.arange(int(span.seconds * GRID)) / GRID
    return {
        name: how.sample(channels[how.channel], times)
        for name, how in SIGNALS.items()
        if how.channel in channels
    }


class How(NamedTuple):
    """Which channel two people are compared in, how it is sampled, and the lags tried (s)."""

    channel: str
    sample: Callable[[Data, FloatArray], FloatArray]
    max_lag: float


SIGNALS: Mapping[str, How] = {
    "heart rate": How("beats", heart_rate, 5.0),
    "skin conductance": How("scl", sampled, 5.0),
    # A lag beyond half a breath would name one breath in place of another.
    "breathing": How("breathing", sampled, 2.0),
}
