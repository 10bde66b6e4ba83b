"""Following: the drives of one person as channels arrive, and all at once when it is over."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from interbeat.core.arrays import BoolArray, FloatArray, IntArray
from interbeat.core.beats import Beats
from interbeat.core.errors import DataError
from interbeat.core.intervals import Intervals
from interbeat.core.responses import Responses
from interbeat.core.signal import Signal
from interbeat.core.span import Span
from interbeat.kernels.drives import SWEAT
from interbeat.state._baseline import LATEST, LENGTH, checked, first_quiet
from interbeat.state._filter import Events, Filter, Passed, Seconds, counts, events, started
from interbeat.state._gate import Gate
from interbeat.state._numbers import BLIND, BREATHED
from interbeat.state._palm import Palm
from interbeat.state.checking import CheckIn
from interbeat.state.costs import costs_of
from interbeat.state.drugs import Drug, blocked, first_within
from interbeat.state.estimates import WINDOW, Drives, Seen, Way, nothing, told

__all__ = ["Follower", "drives"]

FEWEST = 0.5  # share of a baseline that intervals must cover
NO_BASELINE = (
    f"no quiet stretch of {LENGTH:g} s in the first {(LATEST + LENGTH) / 60:g} min to take as "
    "rest"
)


def drives(
    beats: Beats, *, breathing: Signal | None = None, responses: Responses | None = None,
    watched: Intervals | Span | None = None, baseline: Span | None = None,
    check_ins: Sequence[CheckIn] = (), drugs: Sequence[Drug] = (),
) -> Drives:  # fmt: skip
    """Return vagal drive, cardiac sympathetic drive and arousal, from the whole recording.

    A Kalman filter goes over the beats (an interval is what both drives make of this sinus
    node, gated by the breath), sweat responses (how often the palm responds tells arousal) and
    check-ins; a second pass, Rauch, Tung and Striebel's smoother, brings back what later beats
    say. What the filter alone knew is kept in ``followed``.

    Parameters
    ----------
    beats : Beats
        Intervals next to a beat that is not normal, and those over gaps, tell nothing: time
        passes, and the intervals of the drives widen.
    breathing : Signal, optional
        Of a belt, an airflow or lung volume, in any unit, rising with inspiration; NaN where it
        was lost. Without it, see ``costs``.
    responses : Responses, optional
        Of the skin.
    watched : Intervals or Span, optional
        When skin conductance was seen: stretches, where electrodes came off in between; left
        out: all along.
    baseline : Span, optional
        What counts as rest, 60 s or more; left out: the first quiet three minutes.
    check_ins : sequence of CheckIn
        What the person said.
    drugs : sequence of Drug
        What was given. A drug that nobody tells of is another matter: see Notes.

    Returns
    -------
    Drives
        From the first whole second after the first beat to the last one; missing with a reason
        where there is no baseline.

    Raises
    ------
    DataError
        If a channel is of someone else, a parameter is not possible, or a drug acts in the
        baseline.

    Notes
    -----
    The mean interval alone cannot part the two drives. They part by the depth of
    respiration-linked variation, which goes with vagal drive; by speed; by arousal; and by
    what is usual. The equations are those of Rosenblueth and Simeone's product of both effects
    at the sinus node, with a gate of breath that multiplies vagal outflow (Eckberg 2003,
    doi:10.1113/jphysiol.2003.037192); the filter is iterated and extended, one step a beat.

    A drug that is told of is an input: the drive that does not arrive is told as gone, the
    other goes on being found. Of atropine that nobody tells of, simulated people of this
    model's own body keep a tenth of vagal drive, those of other models a quarter to a half,
    the rest being taken for the sympathetic nerve. Propranolol that nobody tells of is missed:
    a heart slower by a tenth is what a little more of the vagus makes as well, and that is how
    it is read (by a sixth to a quarter more of vagal drive, and no less of sympathetic).

    Examples
    --------
    >>> at = np.arange(400)
    >>> rr = 850 + 30 * np.sin(at / 4) - 100 * (at > 250)
    >>> found = drives(Beats.from_rr(rr, person="a"), baseline=Span(0, 120))
    >>> bool(found.vagal.values[-60:].mean() < -0.1)
    True
    """
    follower = Follower(
        beats.person, breathing=breathing is not None, sweat=responses is not None,
        baseline=baseline, watched=watched, drugs=drugs,
    )  # fmt: skip
    last = float(beats.times[-1]) if len(beats) else -math.inf
    follower.take(
        last, beats=beats, breathing=breathing, responses=responses, check_ins=check_ins
    )
    return follower.whole(last)


class Follower:
    """Drives of one person, live: push what has come, get the seconds that have become certain.

    **The law**: however the channels are cut, the seconds are the same, bit for bit. Nothing is
    given out before the baseline is over, since it is against it that everything is told; then
    all of it at once, and from there on each second ``latency`` seconds later.

    Parameters
    ----------
    person : str
        Whose.
    breathing, sweat : bool
        Which channels will come besides beats: what is promised and lost is a gap.
    baseline : Span, optional
        What counts as rest; left out: the first quiet three minutes are found.
    watched : Intervals or Span, optional
        When skin conductance is seen; left out: all along.
    drugs : sequence of Drug
        What is given.

    Examples
    --------
    >>> beats = Beats.from_rr([800.0, 820.0] * 200, person="a")
    >>> follower = Follower("a", breathing=False, sweat=False, baseline=Span(0, 120))
    >>> len(follower.push(60.0, beats=beats.between(0, 60)))
    0
    >>> len(follower.push(200.0, beats=beats.between(60, 200)))
    200
    """

    latency = 1.0

    def __init__(
        self, person: str, *, breathing: bool, sweat: bool, baseline: Span | None = None,
        watched: Intervals | Span | None = None, drugs: Sequence[Drug] = (),
    ) -> None:  # fmt: skip
        self.person = person
        self.baseline = checked(baseline) if baseline is not None else None
        self._drugs = tuple(drugs)
        if baseline is not None and (drug := first_within(drugs, baseline)) is not None:
            raise DataError(f"{drug.name} acts in the baseline: rest is what is without it")
        self.reason = ""  # why there are no drives, and never will be
        self._breathing, self._sweat = breathing, sweat
        self._palm = Palm(watched)
        self._beats = Beats.at([], person)
        self._gate = Gate(person)
        self._felt: list[CheckIn] = []
        self._filter: Filter | None = None
        self._dry = False  # whether this palm is one of those that do not respond
        self._scale = math.nan  # standard deviation of the breath at rest
        self._until = -math.inf  # up to which everything has come
        self._next = math.nan  # the first second that has not been given out

    def push(
        self, until: float, *, beats: Beats | None = None, breathing: Signal | None = None,
        responses: Responses | None = None, check_ins: Sequence[CheckIn] = (),
    ) -> Drives:  # fmt: skip
        """Take what has come; return the seconds that have become certain.

        Parameters
        ----------
        until : float
            Every channel is complete up to this time (s).
        beats, breathing, responses
            What is new of each.
        check_ins : sequence of CheckIn
            What the person said since.

        Raises
        ------
        DataError
            If something comes late, twice, or is of someone else.
        """
        self.take(
            until, beats=beats, breathing=breathing, responses=responses, check_ins=check_ins
        )
        return self._out(until - self.latency)

    def finish(self) -> Drives:
        """End the input; return the rest."""
        self._begin(self._until, ended=True)
        return self._out(self._until)

    def whole(self, until: float) -> Drives:
        """Return everything, smoothed, after one :meth:`take` of it all.

        Parameters
        ----------
        until : float
            The end (s).
        """
        self._begin(until, ended=True)
        ticks = self._ticks(until)
        if self._filter is None:
            return nothing(self.person, ticks, self.reason)
        given, passed = self._pass(self._filter, ticks)
        at = given.kinds == SWEAT
        followed = self._told(ticks, _known(self._filter, passed, at), "followed", None)
        means, within = self._filter.back(passed)
        return self._told(ticks, (means[at], within[at]), "smoothed", followed)

    def take(
        self, until: float, *, beats: Beats | None = None, breathing: Signal | None = None,
        responses: Responses | None = None, check_ins: Sequence[CheckIn] = (),
    ) -> None:  # fmt: skip
        """Take what has come, and give nothing yet; as :meth:`push`."""
        if until < self._until:
            raise DataError(
                f"channels are complete up to {self._until:g} s already, not up to {until:g} s"
            )
        for given in (beats, responses):
            if given is not None:
                self._check(given)
        self._until = until
        if beats is not None and len(beats):
            self._beats = self._beats.then(beats) if len(self._beats) else beats
        if breathing is not None and self._breathing:
            self._gate.push(breathing)
        if responses is not None:
            self._palm.push(responses.times)
        self._felt.extend(check_ins)

    def _check(self, given: Beats | Responses) -> None:
        if given.person != self.person:
            raise DataError(
                f"a {given.noun} of {given.person!r} among those of {self.person!r}"
            )
        if len(given) and given.times[0] <= self._next - 1:
            raise DataError(
                f"a {given.noun} at {given.times[0]:.3f} s comes too late: seconds up to "
                f"{self._next - 1:g} s have been given out"
            )

    def _out(self, until: float) -> Drives:
        self._begin(until, ended=False)
        if self._filter is None and not self.reason:
            return nothing(self.person, np.empty(0), NO_BASELINE)
        ticks = self._ticks(until)
        if ticks.size:
            self._next = float(ticks[-1]) + 1
        if self._filter is None:
            return nothing(self.person, ticks, self.reason)
        given, passed = self._pass(self._filter, ticks)
        at = given.kinds == SWEAT
        out = self._told(ticks, _known(self._filter, passed, at), "followed", None)
        self._forget()
        return out

    def _ticks(self, until: float) -> FloatArray:
        """Return the seconds up to `until` that have not been given out."""
        if math.isnan(self._next):
            if not len(self._beats):
                return np.empty(0)
            self._next = float(math.ceil(self._beats.times[0]))
        last = math.floor(until) if math.isfinite(until) else self._next - 1
        return np.arange(self._next, last + 1, dtype=np.float64)

    def _begin(self, until: float, *, ended: bool) -> None:
        """Take the baseline, once it is over; or say why there is none."""
        if self._filter is not None or self.reason:
            return
        known = self._beats.between(-math.inf, until if not ended else math.inf)
        times, good = known.times, counts(known.times, known.normal)
        if self.baseline is None:
            self.baseline = first_quiet(times, good)
        if self.baseline is None:
            late = len(known) > 0 and until - times[0] > LATEST + LENGTH
            self.reason = NO_BASELINE if ended or late else ""
        elif ended or until >= self.baseline.end:
            self._settle(
                np.diff(times)[good & _within_span(times, self.baseline)], self.baseline
            )

    def _settle(self, long: FloatArray, span: Span) -> None:
        """Take the intervals of the baseline as rest."""
        if (drug := first_within(self._drugs, span)) is not None:
            self.reason = f"{drug.name} acts in the first quiet stretch: nothing counts as rest"
            return
        if long.sum() < FEWEST * span.seconds:
            self.reason = (
                f"beats cover {long.sum():.0f} s of the {span.seconds:.0f} s that were to be "
                f"rest; {FEWEST:.0%} are needed"
            )
            return
        self._dry = self._sweat and not self._palm.responded(span)
        self._scale = self._gate.spread(span) if self._breathing else math.nan
        breathed = bool(self._scale > 0)
        numbers = BREATHED if breathed else BLIND
        interval = math.exp(float(np.mean(np.log(long))))
        self._filter = Filter(numbers, started(numbers, interval), breathed=breathed)

    def _pass(self, filter_: Filter, ticks: FloatArray) -> tuple[Events, Passed]:
        """Filter what happened up to the last tick and has not been filtered."""
        begin, end = (ticks[0] - 1, ticks[-1]) if ticks.size else (0.0, 0.0)
        times = self._beats.times
        new = counts(times, self._beats.normal) & (times[1:] > begin) & (times[1:] <= end)
        begins, ends = times[:-1][new], times[1:][new]
        lagged, ahead = self._gate.over(begins, ends)
        scale = self._scale if filter_.breathed else math.nan
        given = events(
            Seconds(ticks, self._counted(ticks), self._scattered(ticks)),
            (ends, ends - begins), (lagged / scale, ahead / scale),
            felt=[c for c in self._felt if begin < c.time <= end],
            baseline=self.baseline or Span(0.0, 0.0), drugs=self._drugs,
            breathed=filter_.breathed,
        )  # fmt: skip
        return given, filter_.over(given)

    def _scattered(self, ticks: FloatArray) -> FloatArray:
        """Return ln of the root mean square of successive differences, now and then."""
        out = np.full(ticks.size, np.nan)
        times, long = self._beats.times, np.diff(self._beats.times)
        good = counts(times, self._beats.normal)
        both = good[1:] & good[:-1]
        ends, squares = times[2:][both], np.diff(long)[both] ** 2
        asked = np.flatnonzero(ticks % SCATTER == 0)
        first = np.searchsorted(ends, ticks[asked] - SCATTER, side="right")
        last = np.searchsorted(ends, ticks[asked], side="right")
        for k, a, b in zip(asked, first, last, strict=True):
            if b - a >= FEW:
                out[k] = 0.5 * np.log(np.mean(squares[a:b]) + QUIETEST**2)
        return out

    def _counted(self, ticks: FloatArray) -> FloatArray:
        """Return the responses in the second before each tick; NaN where not watched."""
        if not self._sweat or self._dry:
            return np.full(ticks.size, np.nan)
        return self._palm.counted(ticks)

    def _covered(self, ticks: FloatArray) -> tuple[FloatArray, IntArray]:
        """Return the share of the last seconds that intervals cover, and how many they are."""
        times = self._beats.times
        good = counts(times, self._beats.normal)
        ends, long = times[1:][good], np.diff(times)[good]
        # In whole microseconds, so that what was let go of leaves no trace of rounding.
        sums = np.concatenate(([0], np.cumsum(np.rint(long * 1e6).astype(np.int64))))
        first = np.searchsorted(ends, ticks - WINDOW, side="right")
        last = np.searchsorted(ends, ticks, side="right")
        # From the first tick on, what lies before the first beat is not held against it.
        seconds = np.minimum(WINDOW, np.maximum(ticks - times[0], 1.0)) if times.size else 1.0
        return np.clip((sums[last] - sums[first]) / (1e6 * seconds), 0, 1), last - first

    def _told(
        self, ticks: FloatArray, known: tuple[FloatArray, FloatArray], done: str,
        followed: Drives | None,
    ) -> Drives:  # fmt: skip
        breathed = self._filter is not None and self._filter.breathed
        sweat = self._sweat and not self._dry
        shown = self._palm.seen(ticks - 1, ticks)
        return told(
            self.person,
            Seen(ticks, *known, *self._covered(ticks), shown, blocked(ticks, self._drugs)),
            Way("breathed" if breathed else "blind", done, "watched" if sweat else "unseen"),
            check_ins=self._felt,
            baseline=self.baseline or Span(0.0, 0.0),
            followed=followed,
            costs=costs_of(
                breathing=self._breathing, breathed=breathed, sweat=self._sweat, dry=self._dry
            ),
        )

    def _forget(self) -> None:
        """Let go of what no later second asks for."""
        kept = self._next - 2 * WINDOW
        self._gate.forget(kept)
        if len(self._beats) > MANY and self._beats.times[0] < kept - WINDOW:
            first = min(kept, float(self._beats.times[-KEPT]))
            self._beats = self._beats.between(first, math.inf)
            self._palm.forget(kept)


SCATTER, FEW, QUIETEST = 10.0, 5, 0.001  # s, differences, and s: a clock's own scatter
MANY, KEPT = 1000, 100  # beats from which it is worth letting go, and how many are kept


def _within_span(times: FloatArray, span: Span) -> BoolArray:
    return np.asarray((times[:-1] >= span.start) & (times[1:] <= span.end))


def _known(filter_: Filter, passed: Passed, at: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Return the drives at some events and their covariance, from what came before."""
    return passed.drives[at], filter_.within(passed.with_states[at])
