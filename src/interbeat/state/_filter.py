"""Filter: one person's hidden state, carried from event to event."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from interbeat.core.arrays import BoolArray, FloatArray, IntArray
from interbeat.core.span import Span
from interbeat.kernels import drives as kernel
from interbeat.kernels.drives import OUTPUTS, STATES, Numbers
from interbeat.state._numbers import INTRINSIC, START
from interbeat.state.checking import CheckIn
from interbeat.state.drugs import Drug, blocked

__all__ = ["Events", "Filter", "Passed", "Seconds", "counts", "events", "started"]

# Times, what was seen, two numbers beside it, and the kind of each or of all.
_Part = tuple[FloatArray, FloatArray, FloatArray, FloatArray, IntArray | int]
UNGATED = kernel.KINDS + kernel.BEAT
BEFORE, EARLY, LATE = 9, 0.77, 1.35  # intervals, and shares of their median
SHORTEST, LONGEST = 0.28, 2.6  # s: what lies outside is no interval of one heartbeat


class Events(NamedTuple):
    """What happens, in order; see :func:`interbeat.kernels.drives.forward`."""

    times: FloatArray
    seen: FloatArray
    beside: FloatArray
    turned: FloatArray
    vagal_moved: FloatArray
    sympathetic_moved: FloatArray
    kinds: IntArray


class Passed(NamedTuple):
    """What one pass over m events leaves behind; see :mod:`interbeat.kernels.drives`."""

    slopes: FloatArray
    gains: FloatArray
    moves: FloatArray
    drives: FloatArray
    with_states: FloatArray


class Seconds(NamedTuple):
    """What is seen once a second.

    Parameters
    ----------
    ticks : ndarray, shape (s,)
        The seconds.
    sweat : ndarray, shape (s,)
        Responses in the second before each; NaN where the palm was not watched.
    scatter : ndarray, shape (s,)
        Logarithm of how much intervals differed lately; NaN where that is not asked.
    """

    ticks: FloatArray
    sweat: FloatArray
    scatter: FloatArray


class Filter:
    """Mean and covariance of one person's state, and the pass over what happens.

    Parameters
    ----------
    numbers : Numbers
        What is taken as known.
    start : tuple of ndarray
        Mean and covariance at the first event.
    breathed : bool
        Whether breathing is measured.
    """

    def __init__(
        self, numbers: Numbers, start: tuple[FloatArray, FloatArray], *, breathed: bool
    ) -> None:
        self.numbers, self.breathed = numbers, breathed
        self.mean, self.spread = start[0].copy(), start[1].copy()
        self._carried = np.array([math.nan])

    def over(self, given: Events) -> Passed:
        """Return what is known after each of `given`, from all events up to it."""
        m = given.times.size
        passed = Passed(
            np.empty((m, STATES)),
            np.empty((m, STATES)),
            np.empty((m, 3)),
            np.empty((m, OUTPUTS)),
            np.empty((m, OUTPUTS, STATES)),
        )
        if m and math.isnan(self._carried[0]):
            self._carried[0] = given.times[0]
        kernel.forward(
            self.numbers, self.breathed, given[:6], given.kinds, self.mean, self.spread,
            self._carried, *passed,
        )  # fmt: skip
        return passed

    def within(self, with_states: FloatArray) -> FloatArray:
        """Return the covariance of the three drives out of that with all states."""
        n, k = self.numbers, kernel
        vagal = with_states[..., k.OWN_FAST] + with_states[..., k.OWN_SLOW]
        arousal = with_states[..., k.AROUSAL]
        return np.stack(
            [
                vagal - n.vagal_withdrawal * arousal,
                with_states[..., k.OWN_SYMPATHETIC] + n.sympathetic_rise * arousal,
                arousal,
            ],
            axis=-1,
        )

    def back(self, passed: Passed) -> tuple[FloatArray, FloatArray]:
        """Return the three drives and their covariance at each event, from all events."""
        drives, within = passed.drives.copy(), np.empty((len(passed.drives), OUTPUTS, OUTPUTS))
        kernel.backward(
            self.numbers, passed.slopes, passed.gains, passed.moves,
            passed.with_states, drives, within,
        )  # fmt: skip
        return drives, within


def started(numbers: Numbers, interval: float) -> tuple[FloatArray, FloatArray]:
    """Return mean and covariance before the first event, of someone at rest.

    Parameters
    ----------
    numbers : Numbers
        What is taken as known.
    interval : float
        Geometric mean of the beat-to-beat intervals of the baseline, in s: with it, the vagal
        gain of this heart is known as well as its intrinsic rate is.
    """
    k = kernel
    driven = INTRINSIC.rate * (1 + START.sympathetic_gain)
    vagal = max(driven * interval - 1, INTRINSIC.least_gain)
    q = vagal / (1 + vagal)
    p = START.sympathetic_gain / (1 + START.sympathetic_gain)
    mean, root = np.zeros(STATES), np.zeros((STATES, STATES))
    mean[k.VAGAL_GAIN], mean[k.SYMPATHETIC_GAIN] = (
        math.log(vagal),
        math.log(START.sympathetic_gain),
    )
    mean[k.LEVEL] = math.log(interval) - math.log1p(vagal) + math.log1p(START.sympathetic_gain)
    mean[k.SWEATING] = START.sweating
    # Each column of the root is one independent thing that is not known, and all it touches.
    drives = {
        k.OWN_FAST: (numbers.fast_sd, 1.0, 0.0),
        k.OWN_SLOW: (numbers.slow_sd, 1.0, 0.0),
        k.OWN_SYMPATHETIC: (numbers.sympathetic_sd, 0.0, 1.0),
        k.AROUSAL: (numbers.arousal_sd, -numbers.vagal_withdrawal, numbers.sympathetic_rise),
    }
    for state, (sd, vagal_part, sympathetic_part) in drives.items():
        root[state, state] = sd
        root[k.VAGAL_EFFECT, state] = vagal_part * sd
        root[k.SYMPATHETIC_EFFECT, state] = sympathetic_part * sd
    root[k.WAVE, k.WAVE] = root[k.WAVE_TURNED, k.WAVE_TURNED] = numbers.wave_sd
    root[k.LEVEL, k.LEVEL] = START.level_sd
    # The mean interval is known: what one gain has more, the level has less.
    root[k.VAGAL_GAIN, k.VAGAL_GAIN] = INTRINSIC.sd / q
    root[k.LEVEL, k.VAGAL_GAIN] = -INTRINSIC.sd
    root[k.SYMPATHETIC_GAIN, k.SYMPATHETIC_GAIN] = START.sympathetic_gain_sd
    root[k.LEVEL, k.SYMPATHETIC_GAIN] = p * START.sympathetic_gain_sd
    root[k.SWEATING, k.SWEATING] = START.sweating_sd
    mean[k.SCATTERING] = START.scattering
    root[k.SCATTERING, k.SCATTERING] = START.scattering_sd
    root[k.BREATH, k.BREATH] = root[k.BREATH_TURNED, k.BREATH_TURNED] = numbers.breath_sd
    mean[k.GATE] = START.gate
    root[k.GATE, k.GATE], root[k.GATE_TURNED, k.GATE_TURNED] = START.gate_sd, START.turned_sd
    return mean, root @ root.T


def events(
    seconds: Seconds, beats: tuple[FloatArray, FloatArray],
    breath: tuple[FloatArray, FloatArray], *, felt: Sequence[CheckIn], baseline: Span,
    drugs: Sequence[Drug], breathed: bool,
) -> Events:  # fmt: skip
    """Return everything that happens, in order of time.

    Parameters
    ----------
    seconds : Seconds
        At which drives are wanted, and what is seen once a second.
    beats : pair of ndarray, shape (b,)
        Time of the second beat, and length, of each interval that counts (s).
    breath : pair of ndarray, shape (b,)
        Lagged breath and its lead, in standard deviations of the baseline; NaN where unseen.
    felt : sequence of CheckIn
        What the person said.
    baseline : Span
        What counts as rest.
    drugs : sequence of Drug
        What was given.
    breathed : bool
        Whether breathing is measured at all.
    """
    ticks, sweat, scatter = seconds
    rest = ticks[(ticks > baseline.start) & (ticks <= baseline.end)]
    many = max(math.floor(baseline.end) - math.floor(baseline.start), 1)
    said = [c for c in felt if not math.isnan(c.arousal)]
    unseen = np.isnan(breath[0]) | (not breathed)
    lagged = np.where(unseen, 0.0 if breathed else 1.0, breath[0])
    ahead = np.where(unseen, 0.0, breath[1])
    beat_kinds = np.where(unseen & breathed, UNGATED, kernel.BEAT)
    zeros = np.zeros
    parts: list[_Part] = [
        (beats[0], np.log(beats[1]), lagged, ahead, beat_kinds.astype(np.int64)),
        (ticks, sweat, np.ones(ticks.size), zeros(ticks.size), kernel.SWEAT),
        (np.array([c.time for c in said]), np.array([c.arousal for c in said]),
         np.array([c.se for c in said]), zeros(len(said)), kernel.FELT),
    ]  # fmt: skip
    when, scattered = ticks[~np.isnan(scatter)], scatter[~np.isnan(scatter)]
    parts.append((when, scattered, zeros(when.size), zeros(when.size), kernel.SCATTER))
    for kind in (kernel.REST_VAGAL, kernel.REST_SYMPATHETIC, kernel.REST_AROUSAL):
        count = np.full(rest.size, float(many))
        parts.append((rest, zeros(rest.size), count, zeros(rest.size), kind))
    over = (
        ticks[(ticks >= baseline.end) & (ticks - 1 < baseline.end)] if breathed else ticks[:0]
    )
    parts.append((over, zeros(over.size), zeros(over.size), zeros(over.size), kernel.SETTLED))
    return _in_order(parts, drugs)


def _in_order(parts: list[_Part], drugs: Sequence[Drug]) -> Events:
    kinds = np.concatenate([np.broadcast_to(p[4], p[0].shape) for p in parts]).astype(np.int64)
    # A tick comes last of its instant, so that it tells what was seen up to and with it.
    rank = np.where(kinds == kernel.SWEAT, kernel.KINDS, kinds % kernel.KINDS)
    times, seen, beside, turned = (
        np.concatenate(column) for column in zip(*(p[:4] for p in parts), strict=True)
    )
    order = np.lexsort((rank, times))
    given = blocked(times[order], drugs)
    vagal, sympathetic = np.ascontiguousarray(given.reckoned.T)
    of_heart = np.isin(kinds[order], (kernel.BEAT, UNGATED, kernel.SCATTER))
    # What is left of the heart's swing where the vagus does not arrive is not its doing.
    swing = (kinds[order] == kernel.SCATTER) & (given.share[:, 0] > 0)
    untold = (given.coming & of_heart) | swing
    return Events(
        times[order], np.where(untold, math.nan, seen[order]), beside[order], turned[order],
        vagal, sympathetic, kinds[order],
    )  # fmt: skip


def counts(times: FloatArray, normal: BoolArray) -> BoolArray:
    """Return which intervals between beats tell of the drives, shape (n - 1,).

    Those between normal beats, unless they are far from the median of the nine before: what was
    missed or came early without having been marked. A heart that really changed its pace is
    believed from the fifth beat on.
    """
    long = np.diff(times)
    good = normal[1:] & normal[:-1] & (long > SHORTEST) & (long < LONGEST)
    if long.size > BEFORE:
        usual = np.median(sliding_window_view(long[:-1], BEFORE), axis=1)
        ratio = long[BEFORE:] / usual
        good[BEFORE:] &= (ratio > EARLY) & (ratio < LATE)
    return np.asarray(good)
