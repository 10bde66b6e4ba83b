"""Strap: RR intervals as a chest strap sends them, in packets that carry no time."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from interbeat.body.parameters import Organ, parameter
from interbeat.body.sensors.artifacts import Artifact, Traced
from interbeat.body.sensors.clock import TRUE, Clock
from interbeat.core.arrays import FloatArray, IntArray
from interbeat.core.beats import Beats

__all__ = ["TICKS", "Packet", "Strap", "heard", "sent"]

TICKS = 1024  # a second: the unit of RR intervals in the Bluetooth heart rate service
MOST_TICKS = 65535  # the largest 16-bit number
MOST_RR = 9  # intervals that fit into one packet of 20 bytes
LATE = 3.0  # s: how much later a packet may come than the promptest one before it
MEMORY = 300  # intervals within which packets are compared: clocks drift apart
LONGEST, SHORTEST = 3.0, 0.2  # s: an interval outside is no single beat's


@dataclass(frozen=True, slots=True)
class Strap(Organ):
    """How a strap measures and sends."""

    every: float = parameter(
        1.0, "s", "about one notification a second, as straps send them", least=0.1, most=10.0
    )
    processing: float = parameter(
        0.6, "s", "from a beat to when its interval can be sent; assumed", most=10.0
    )
    transport: float = parameter(
        0.03, "s", "mean of what the air and the receiver add, exponential; connection "
        "intervals are 30 to 45 ms", most=2.0,
    )  # fmt: skip
    stalls: float = parameter(
        0.01, "1/s", "how often the receiver stops listening for a while, and packets pile up; "
        "assumed", most=1.0,
    )  # fmt: skip
    stalled: float = parameter(1.5, "s", "mean length of that; assumed", most=20.0)
    drops: float = parameter(
        0.001, "1", "share of packets that never arrive; assumed", most=1.0
    )
    jitter: float = parameter(
        0.001, "s", "by which the strap misplaces an R wave; assumed", most=0.1
    )


class Packet(NamedTuple):
    """One notification of the heart rate service.

    Parameters
    ----------
    arrival : float
        When it arrived, by the receiver's clock (s).
    heart_rate : int
        What the strap shows, in bpm.
    rr : tuple of int
        Intervals since the packet before, oldest first, in 1/1024 s.
    """

    arrival: float
    heart_rate: int
    rr: tuple[int, ...]


def sent(
    strap: Strap, beats: Traced, seconds: float, *, artifacts: Sequence[Artifact] = (),
    clock: Clock = TRUE, receiver: Clock = TRUE, rng: np.random.Generator,
) -> tuple[Packet, ...]:  # fmt: skip
    """Return the packets that arrive.

    Each interval is measured by the strap's own clock and rounded to 1/1024 s by itself, so
    that the sum of the intervals strays from the time that went by. A packet that is lost
    takes its intervals with it: the service sends nothing twice.

    Parameters
    ----------
    strap : Strap
        How it measures and sends.
    beats : Traced
        What it takes for beats.
    seconds : float
        How long.
    artifacts : sequence of Artifact
        Of the strap: while one is a dropout nothing arrives.
    clock, receiver : Clock
        What the intervals are measured with; what stamps the arrivals.
    rng : Generator
        Of jitter, delays and losses.

    Returns
    -------
    tuple of Packet
        In order of arrival.
    """
    jitter, air, pauses, losses = rng.spawn(4)
    seen = beats.times[beats.size > 0]
    seen = np.sort(seen + strap.jitter * jitter.standard_normal(seen.size))
    ticks = np.rint(np.diff(seen) * clock.pace * TICKS).astype(np.int64)
    ticks = np.clip(ticks, 1, MOST_TICKS)
    leaves = np.arange(1, int(seconds / strap.every) + 1) * strap.every
    arrives = leaves + strap.transport * air.standard_exponential(leaves.size)
    arrives = np.maximum.accumulate(_after_stalls(strap, arrives, pauses))
    lost = losses.random(leaves.size) < strap.drops
    for one in artifacts:
        if one.kind == "dropout":
            lost |= (leaves >= one.start) & (leaves < one.end)
    edge = np.searchsorted(seen[1:] + strap.processing, leaves, side="right")
    stamps = receiver.reads(arrives)
    first = np.concatenate(([0], edge))[: edge.size]
    rows = zip(first, edge, stamps, lost, strict=True)
    return tuple(
        _packet(float(stamp), ticks[i:j], ticks[:j]) for i, j, stamp, gone in rows if not gone
    )


def _packet(arrival: float, new: IntArray, ever: IntArray) -> Packet:
    latest = float(np.mean(ever[-4:])) if ever.size else 0.0
    rate = min(round(60 * TICKS / latest), 255) if latest else 0
    return Packet(arrival, rate, tuple(int(t) for t in new[-MOST_RR:]))


def _after_stalls(strap: Strap, arrives: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Return arrivals with those that fall into a pause put off to its end."""
    if not arrives.size or not strap.stalls:
        return arrives
    count = rng.poisson(strap.stalls * float(arrives[-1]))
    begins = np.sort(rng.uniform(0, float(arrives[-1]), count))
    ends = np.maximum.accumulate(begins + strap.stalled * rng.standard_exponential(count))
    k = np.searchsorted(begins, arrives, side="right") - 1
    until = np.where(k >= 0, ends[np.maximum(k, 0)], -np.inf) if count else arrives
    return np.maximum(arrives, until)


def heard(packets: Sequence[Packet], person: str) -> Beats:
    """Return the beats that a reader can make of packets, in the receiver's time.

    The packets' intervals are laid end to end; a packet that comes over 3 s later than the
    promptest one before it says that beats were lost, and the beat that opens the next stretch
    is not normal. Beats come out late by what the promptest packets took.

    Parameters
    ----------
    packets : sequence of Packet
        In order of arrival.
    person : str
        Whose heart.

    Returns
    -------
    Beats
    """
    rr = np.array([t for p in packets for t in p.rr], dtype=np.float64) / TICKS
    stamps = np.repeat([p.arrival for p in packets], [len(p.rr) for p in packets])
    if not rr.size:
        return Beats.at(np.empty(0), person)
    late = stamps - np.cumsum(rr)
    return _laid(rr, _anchors(late), person)


def _anchors(late: FloatArray) -> FloatArray:
    """Return which lateness each interval is laid by: the first one, moved on at each gap."""
    out = np.empty(late.size)
    anchor = float(late[0])
    prompt: deque[tuple[int, float]] = deque()  # of rising lateness: the first is the promptest
    for k, value in enumerate(late.tolist()):
        if prompt and prompt[0][0] <= k - MEMORY:
            prompt.popleft()
        if prompt and value - prompt[0][1] > LATE:
            anchor += value - prompt[0][1]
            prompt.clear()
        while prompt and prompt[-1][1] >= value:
            prompt.pop()
        prompt.append((k, value))
        out[k] = anchor
    return out


def _laid(rr: FloatArray, anchor: FloatArray, person: str) -> Beats:
    ends = np.cumsum(rr) + anchor
    begins = ends - rr
    opens = np.concatenate(([True], np.diff(anchor) >= SHORTEST))
    times = np.insert(ends, np.flatnonzero(opens), begins[opens])
    places = np.arange(rr.size) + np.cumsum(opens)
    normal = np.ones(times.size, dtype=np.bool_)
    normal[places[opens] - 1] = False
    normal[places[(rr > LONGEST) | (rr < SHORTEST)]] = False
    normal[0] = True
    return Beats(times, normal, person)
