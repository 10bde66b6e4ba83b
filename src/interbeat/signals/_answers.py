"""How the skin answered an event: it did, it did not, or nobody can know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.estimate import Estimate
from interbeat.core.responses import Responses
from interbeat.signals._sweat import SIGMAS

__all__ = ["Answer", "Seen", "answer"]

ENOUGH = 2 / 3  # of the window in which a response could have been told


@dataclass(frozen=True, slots=True)
class Answer:
    """How the skin answered one event.

    Parameters
    ----------
    event : float
        Its time in s.
    answered : bool or None
        None where it is not known.
    latency, rise_time : Estimate
        From the event to the response's onset, and from there to its peak, in s. Missing
        where there is no response or it is not known, which the reason tells.
    amplitude : Estimate
        In µS. 0 where there is no response, with the standard error that one would have had;
        missing where it is not known.
    """

    event: float
    answered: bool | None
    latency: Estimate
    rise_time: Estimate
    amplitude: Estimate


class Seen(NamedTuple):
    """What was found in a record, and at each sample the smallest that would have been."""

    responses: Responses
    amplitude_sd: FloatArray
    onset_sd: FloatArray
    least: FloatArray
    sampling_rate: float


def answer(event: float, window: tuple[float, float], smallest: float, seen: Seen) -> Answer:
    """Return how the skin answered `event`."""
    begin, end = event + window[0], event + window[1]
    least = _least_in(begin, end, seen)
    could = least <= smallest
    quality = float(could.mean()) if could.size else 0.0
    i = int(np.searchsorted(seen.responses.times, begin))
    if i < len(seen.responses) and seen.responses.times[i] <= end:
        return _answered(event, i, quality, seen)
    if quality < ENOUGH:
        why = f"a response could be told in {100 * quality:.0f} % of the window"
        missing = Estimate.missing("s", why, quality)
        return Answer(event, None, missing, missing, Estimate.missing("µS", why, quality))
    why = f"no response within {window[0]:g} to {window[1]:g} s"
    missing = Estimate.missing("s", why, quality)
    se = float(np.median(least[could])) / SIGMAS
    return Answer(event, False, missing, missing, Estimate(0.0, se, "µS", quality, 0))


def _answered(event: float, i: int, quality: float, seen: Seen) -> Answer:
    found, sd = seen.responses, float(seen.onset_sd[i])
    onset, peak = float(found.times[i]), float(found.peaks[i])
    return Answer(
        event,
        answered=True,
        latency=Estimate(onset - event, sd, "s", quality, 1),
        rise_time=Estimate(peak - onset, sd, "s", quality, 1),
        amplitude=Estimate(
            float(found.amplitude[i]), float(seen.amplitude_sd[i]), "µS", quality, 1
        ),
    )


def _least_in(begin: float, end: float, seen: Seen) -> FloatArray:
    """Return the smallest response that would be found, at the samples of a window."""
    rate = seen.sampling_rate
    index = np.arange(int(np.ceil(begin * rate - 1e-6)), int(np.floor(end * rate + 1e-6)) + 1)
    there = (index >= 0) & (index < seen.least.size)
    out = np.full(index.size, np.inf)
    out[there] = np.nan_to_num(seen.least[index[there]], nan=np.inf)
    return out
