"""The loop that marks beats against a plain twin that says the same more slowly."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields, replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from interbeat.core.arrays import FloatArray
from interbeat.kernels import marking
from interbeat.kernels.marking import EARLY, EXTRA, KEPT, MISPLACED, MISSED, SKIPS
from interbeat.signals._marking import LOOK_AHEAD, Settings, kinds_of

S = Settings()


def test_settings_are_read_in_the_order_in_which_they_are_written() -> None:
    names = [field.name.upper() for field in fields(Settings)]
    assert [getattr(marking, name) for name in names] == list(range(len(names)))
    assert len(astuple(S)) == len(names)


@dataclass(frozen=True)
class Way:
    """A way to go on: its price, how many intervals it spans, how far off, and as what."""

    price: float
    regular: float
    off: float
    kind: int


@dataclass(frozen=True)
class Walker:
    """A path that ends with a beat that it keeps."""

    cost: float
    last: int
    kinds: tuple[int, ...]
    level: float = math.nan
    spread: float = S.spread_first
    coupling: float = S.coupling_first
    closeness: float = S.closeness_first
    since: int = 2
    rates: tuple[float, float, float] = (S.early_after, S.early_after, S.early_first)

    def ways(self, since: FloatArray) -> Iterator[Way]:
        """Every way to go on to the last of the beats `since` intervals after this one."""
        skipped, span, spread = len(since) - 1, float(since[-1]), self.spread
        rate, whole = self.rates[self.since], math.floor(span + 0.5)
        if skipped == 0:
            tail = S.tail_late if span > 1 else S.tail
            yield Way(strange(span - 1, spread, tail) - math.log(1 - rate), 1, span - 1, KEPT)
            if whole > 1:
                price = S.a_missed + strange(span - whole, spread * math.sqrt(whole))
                yield Way(price, whole, span - whole, MISSED)
            return
        wrong = S.a_misplaced + S.doubt * max(spread - S.calm, 0)
        doubt, early = S.doubt_early * max(spread - S.calm_early, 0), math.inf
        if since[0] < S.coupling_latest:
            z = (since[0] - self.coupling) / self.closeness
            early = 0.92 + z * z / 2 + math.log(self.closeness / rate)
            early += doubt * min(1, S.early_least / rate)
        pause = float(since[-1] - since[-2])
        if skipped == 1:
            two = strange(span - 2, spread * S.spread_over)
            yield Way(wrong + two, 2, span - 2, MISPLACED)
            yield Way(S.an_extra + strange(span - 1, spread), 1, span - 1, EXTRA)
            yield Way(early + two, 2, span - 2, EARLY)
            if self.since > 0:
                price = early + S.between + strange(span - 1, spread)
                yield Way(price, 1, span - 1, EARLY)
            off = pause - S.reset_pause
            yield Way(early + S.reset + strange(off, S.reset_spread, 6), -1, off, EARLY)
            if whole > 2:
                more = S.a_missed + strange(span - whole, spread * math.sqrt(whole))
                yield Way(min(early, wrong) + more, whole, span - whole, MISPLACED)
            return
        n = min(max(whole, 1), skipped + 1)
        fit = strange(span - n, spread * S.spread_over * math.sqrt(n / 2))
        kind = MISPLACED if n > skipped else EXTRA
        yield Way(wrong * skipped + fit, n, span - n, kind)
        if since[0] > 1 - S.run_early_by * spread:
            return
        run = early + (skipped - 1) * S.a_run
        run += sum(
            strange(x - S.run_coupling, S.run_closeness, 6)
            for x in np.diff(since[:-1]).tolist()
        )
        yield Way(run + 1 + fit, n, span - n, EARLY)
        off = pause - S.run_pause
        yield Way(run + strange(off, S.run_pause_spread, 6), -1, off, EARLY)

    def on(self, beat: int, times: FloatArray) -> Walker:
        """Return the path that goes on to `beat`."""
        skipped = beat - self.last - 1
        span = float(times[beat] - times[self.last])
        cost = self.cost + (50 if span < S.shortest else 0)
        if math.isnan(self.level):
            kinds = (*self.kinds, *(MISPLACED,) * skipped, KEPT)
            level = span / (skipped + 1)
            return replace(self, cost=cost + 4 * skipped, last=beat, kinds=kinds, level=level)
        since = (times[self.last + 1 : beat + 1] - times[self.last]) / self.level
        way = min(self.ways(since), key=lambda w: w.price)
        new = (*(way.kind,) * skipped, KEPT) if skipped else (way.kind,)
        pause = float(since[-1] - since[-2]) if skipped else float(since[0])
        grown = self.learnt(way, float(since[0]), pause, skipped)
        return replace(grown, cost=cost + way.price, last=beat, kinds=(*self.kinds, *new))

    def learnt(self, way: Way, first: float, pause: float, skipped: int) -> Walker:
        """Return the path wiser by one step."""
        ectopic = way.kind == EARLY and pause - first > S.sure * self.spread
        coupling, closeness = self.coupling, self.closeness
        if ectopic:
            coupling += S.coupling_rate * (first - coupling)
            variance = closeness**2 + S.coupling_rate * ((first - coupling) ** 2 - closeness**2)
            closeness = max(math.sqrt(variance), S.closeness_least)
        rates = list(self.rates)
        speed = S.early_rate * (1 if self.since == 2 else 3)
        rates[self.since] += speed * (ectopic - rates[self.since])
        rates[self.since] = min(max(rates[self.since], S.early_least), S.early_most)
        level, spread = self.level, self.spread
        if way.regular < 0:
            level *= 1 + S.reset_drift * way.off
        else:
            most = 3 * spread
            speed = S.level_rate_over if skipped else S.level_rate
            level *= 1 + speed * min(max(way.off / way.regular, -most), most)
            size = 1.25 * min(abs(way.off) / math.sqrt(way.regular), most)
            spread += (S.spread_rate_over if skipped else S.spread_rate) * (size - spread)
            spread = min(max(spread, S.spread_least), S.spread_most)
        return replace(
            self,
            level=level,
            spread=spread,
            coupling=coupling,
            closeness=closeness,
            since=0 if way.kind == EARLY else min(self.since + 1, 2),
            rates=(rates[0], rates[1], rates[2]),
        )


def strange(off: float, spread: float, tail: float = S.tail) -> float:
    z = off / spread
    return math.log(spread) + 0.92 + (tail + 1) / 2 * math.log(1 + z * z / tail)


def another(walker: Walker, beat: int, times: FloatArray) -> Walker | None:
    """Return the path that takes `beat` for the first of another rhythm, if it surprises."""
    span = float(times[beat] - times[walker.last])
    if math.isnan(walker.level):
        return None
    surprise = min(way.price for way in walker.ways(np.array([span / walker.level])))
    if surprise <= S.surprise:
        return None
    return replace(
        walker,
        cost=walker.cost + S.another_rhythm + (50 if span < S.shortest else 0),
        last=beat,
        kinds=(*walker.kinds, KEPT),
        level=span,
        spread=max(walker.spread, S.spread_first),
    )


def marked_plainly(times: FloatArray) -> list[int]:
    """Follow every path by the last beat that it keeps, and by whether another rhythm began."""
    layers: list[dict[int, Walker]] = [{0: Walker(0.0, 0, (KEPT,))}, {}]
    answers: list[int] = []

    def told(walker: Walker, beat: int) -> int:
        return walker.kinds[beat] if beat <= walker.last else MISPLACED

    def best(n: int) -> Walker:
        every = [w for layer in layers for w in sorted(layer.values(), key=lambda w: -w.last)]
        return min(every, key=lambda w: w.cost + (n - w.last) * S.open)

    for n in range(1, times.size):
        grown = [
            [layer[e].on(n, times) for e in range(n - 1, n - SKIPS - 2, -1) if e in layer]
            for layer in layers
        ]
        other = another(layers[0][n - 1], n, times) if n - 1 in layers[0] else None
        grown[1][:0] = [other] if other else []
        layers = [{e: w for e, w in layer.items() if n - e <= SKIPS} for layer in layers]
        here, there = (min(g, key=lambda w: w.cost) if g else None for g in grown)
        if there and (not here or there.cost < here.cost):
            here, there = there, None
        if here:
            layers[0][n] = here
        if here and there and abs(there.level / here.level - 1) > S.unlike:
            layers[1][n] = there
        if n >= LOOK_AHEAD:
            k = n - LOOK_AHEAD
            answers.append(told(best(n), k))
            kept = answers[-1] == KEPT
            layers = [
                {e: w for e, w in layer.items() if (told(w, k) == KEPT) == kept}
                for layer in layers
            ]
    rest = best(times.size - 1)
    return answers + [told(rest, n) for n in range(len(answers), times.size)]


@given(seed=st.integers(0, 10_000), wild=st.floats(0, 0.5))
@settings(max_examples=60, deadline=None)
def test_marking_follows_the_cheapest_path(seed: int, wild: float) -> None:
    rng = np.random.default_rng(seed)
    rr = 0.8 + 0.03 * rng.normal(size=50)
    chosen = rng.random(50) < wild
    rr[chosen] *= rng.choice([0.3, 0.6, 0.75, 1.25, 1.4, 2.0], chosen.sum())
    times = np.cumsum(rr)
    assert kinds_of(times).tolist() == marked_plainly(times)
