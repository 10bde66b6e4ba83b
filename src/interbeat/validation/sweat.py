"""Sweat: how often, how fast and in whom the skin of the palm answers."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from interbeat.body.appraisal import appraise
from interbeat.body.inputs import RATE, Cue, Inputs, Tie
from interbeat.body.mind import Appraisal
from interbeat.body.noise import Streams
from interbeat.body.skin import Sweat, perspire
from interbeat.core.arrays import FloatArray
from interbeat.validation._measured import Measured, Tolerance
from interbeat.validation._spec import finding
from interbeat.validation.population import Volunteer, held, population, stressed

__all__ = [
    "atropine_stops_sweat", "intervals_of_sweat", "level_under_threat", "no_answer",
    "rate_again", "rate_of_sweat", "shape_and_height", "shape_of_responses",
    "size_and_arousal",
]  # fmt: skip

PEOPLE, MANY = 60, 400
SECONDS = 600.0
SETTLED = 60.0  # s, of a session that are not looked at: levels still move
SEEN = 0.01  # µS: the least that a computer counts (Boucsein et al. 2012)
ALONE_BEFORE, ALONE_AFTER = 15.0, 15.0  # s without another response
BOUCSEIN = "Boucsein et al. (2012), Psychophysiology 49:1017"
BOUCSEIN_DOI = "10.1111/j.1469-8986.2012.01384.x"
DAWSON = "Dawson, Schell & Filion (2007), Handbook of Psychophysiology, 159"
BARI = "Bari et al. (2021), Skin Res Technol 27:582; n = 40, relaxation and stress"


class Shape(NamedTuple):
    """Of one person: latency, rise and half recovery (s), height (µS) and level (µS)."""

    latency: float
    rise: float
    recovery: float
    height: float
    level: float


def _sweat(
    volunteer: Volunteer, inputs: Inputs, *, session: int = 0
) -> tuple[Sweat, Appraisal]:
    """Return sweat and mind of one volunteer alone: as `lives` has them, without a heart."""
    streams, person = Streams(volunteer.seed + session, 0), volunteer.person
    reach = np.ones(inputs.danger.size)
    (mind,) = appraise([person.mind], [inputs], ties=[Tie()], contact=reach, streams=[streams])
    return perspire(person.skin, inputs, mind=mind, streams=streams), mind


def _answering(n: int, seed: int) -> list[Volunteer]:
    return [one for one in population(n, seed) if one.person.skin.responsiveness > 0]


@lru_cache(maxsize=1)
def _shapes(seed: int) -> FloatArray:
    """Return the shape of responses to tones, one row a person; three findings ask for it."""
    return np.array([_shape(one) for one in _answering(PEOPLE, seed)])


def _shape(volunteer: Volunteer) -> Shape:
    """Return the medians of the responses that a volunteer gave to tones, each by itself."""
    cues = tuple(Cue("tone", 30.0 + 60.0 * k, 1.0) for k in range(20))
    inputs = replace(Inputs.at_rest(1260.0), cues=cues)
    sweat, _ = _sweat(volunteer, inputs)
    gaps = np.diff(np.concatenate([[-np.inf], sweat.onsets, [np.inf]]))
    alone = (gaps[:-1] > ALONE_BEFORE) & (gaps[1:] > ALONE_AFTER)
    waits = np.array([_first_after(sweat.onsets, cue.start) for cue in cues])
    phasic = sweat.conductance - sweat.level
    seen = [_traced(phasic, onset) for onset in sweat.onsets[alone] if onset < 1240]
    rise, recovery, height = np.median(np.array(seen), axis=0) if seen else [np.nan] * 3
    quick = waits[waits < 5.0]
    latency = float(np.median(quick)) if quick.size else np.nan
    return Shape(latency, rise, recovery, height, float(sweat.level.mean()))


def _first_after(onsets: FloatArray, start: float) -> float:
    later = onsets[onsets > start]
    return float(later[0] - start) if later.size else np.inf


def _traced(phasic: FloatArray, onset: float) -> tuple[float, float, float]:
    """Return rise, half recovery (s) and height (µS) of a response, read off its trace."""
    first = int(np.ceil(onset * RATE))
    base = phasic[first - 1]
    trace = phasic[first : first + int(ALONE_AFTER * RATE)] - base
    top = int(np.argmax(trace))
    below = np.flatnonzero(trace[top:] < trace[top] / 2)
    half = below[0] / RATE if below.size else np.nan
    return first / RATE + top / RATE - onset, half, float(trace[top])


@finding(
    number=31,
    title="Shape of skin conductance responses",
    source=BOUCSEIN,
    doi=BOUCSEIN_DOI,
    published="onset after 1 to 3 s, rise of 0.5 to 5 s; half recovery after 2 to 10 s",
    mark="S",
    parts={
        "latency": Tolerance(1, 3, "s"),
        "rise": Tolerance(0.5, 5, "s"),
        "half recovery": Tolerance(2, 10, "s"),
    },
    origin="imposed",
    ledger="the response function has these times; half recovery is from memory",
)
def shape_of_responses(seed: int) -> dict[str, Measured]:
    """Read latency, rise and half recovery off the trace: of tones, responses by themselves."""
    shapes = _shapes(seed)
    return {
        "latency": Measured.of(shapes[:, 0]),
        "rise": Measured.of(shapes[:, 1]),
        "half recovery": Measured.of(shapes[:, 2]),
    }


@finding(
    number=31,
    title="What features of a response go together",
    source=BARI,
    doi="10.1111/srt.12989",
    published="rise explains 55 % of half recovery; height and level under 19 % of each other",
    mark="S",
    parts={
        "recovery by rise": Tolerance(0.3, 0.8, "R²"),
        "height by level": Tolerance(most=0.19, unit="R²"),
    },
    origin="predicted",
)
def shape_and_height(seed: int) -> dict[str, Measured]:
    """Correlate features between people; published are n = 40 and three stimuli."""

    def shared(x: FloatArray, y: FloatArray) -> float:
        return float(np.corrcoef(x, y)[0, 1] ** 2)

    _, rise, recovery, height, level = _shapes(seed).T
    return {
        "recovery by rise": Measured.statistic(shared, rise, recovery),
        "height by level": Measured.statistic(shared, height, level),
    }


@finding(
    number=31,
    title="People whose skin does not answer",
    source=BOUCSEIN,
    doi=BOUCSEIN_DOI,
    published="10 %",
    mark="S",
    least=0.05,
    most=0.15,
    unit="of people",
    origin="imposed",
    ledger="one in ten is drawn without responses",
)
def no_answer(seed: int) -> Measured:
    """Share of people without one response to 5 loud noises."""
    cues = tuple(Cue("loud noise", 20.0 + 20.0 * k, 1.0) for k in range(5))
    inputs = replace(Inputs.at_rest(120.0), cues=cues)
    counts = [_sweat(one, inputs)[0].onsets.size for one in population(MANY, seed)]
    return Measured.of(np.array(counts) == 0)


def _per_minute(sweat: Sweat, start: float, end: float) -> float:
    counted = (sweat.onsets >= start) & (sweat.onsets < end) & (sweat.amplitudes >= SEEN)
    return float(counted.sum() / (end - start) * 60)


@finding(
    number=32,
    title="Responses that nothing evoked",
    source=DAWSON,
    published="1 to 3 a minute at rest; more than 20 at high arousal",
    mark="M",
    parts={
        "at rest": Tolerance(1, 3, "1/min"),
        "under threat": Tolerance(least=20, unit="1/min"),
    },
    origin="fitted",
    ledger="rate at rest and slope by threat were chosen for these two numbers, in two tries",
)
def rate_of_sweat(seed: int) -> dict[str, Measured]:
    """Responses a minute at rest and under strong threat, of people whose skin answers."""
    people = _answering(PEOPLE, seed)
    calm = [_sweat(one, Inputs.at_rest(SECONDS))[0] for one in people]
    alarmed = [_sweat(one, stressed(SECONDS, 0.0, SECONDS))[0] for one in people]
    return {
        "at rest": Measured.of([_per_minute(one, SETTLED, SECONDS) for one in calm]),
        "under threat": Measured.of([_per_minute(one, SETTLED, SECONDS) for one in alarmed]),
    }


@finding(
    number=32,
    title="Who sweats often does so again",
    source="Bari (2024), Sci J Univ Zakho 12, quoting Schell, Dawson & Filion 1988 and others",
    doi="10.25271/sjuoz.2024.12.1.1239",
    published="counts at rest have moderate to high retest reliability, up to a year",
    mark="S",
    least=0.4,
    most=0.95,
    unit="r",
    origin="predicted",
)
def rate_again(seed: int) -> Measured:
    """Correlate counts of two sessions of 10 min of rest, between people."""
    rest = Inputs.at_rest(SECONDS)
    people = _answering(3 * PEOPLE, seed)
    first, second = (
        np.array([_per_minute(_sweat(one, rest, session=k)[0], 0.0, SECONDS) for one in people])
        for k in (0, 1)
    )

    def correlated(x: FloatArray, y: FloatArray) -> float:
        return float(np.corrcoef(x, y)[0, 1])

    return Measured.statistic(correlated, first, second)


@finding(
    number=32,
    title="Intervals between responses at rest",
    source="Subramanian, Barbieri & Brown (2020), PNAS 117:26422; n = 11, 1 h",
    doi="10.1073/pnas.2004403117",
    published="inverse Gaussian, as integrating to a threshold has it; not exponential",
    mark="S",
    least=0.5,
    rule="fits better than an exponential in most",
    unit="of people",
    origin="imposed",
    ledger="bursts integrate their rate to inverse Gaussian thresholds",
)
def intervals_of_sweat(seed: int) -> Measured:
    """Share of people in whom the likelihood of the intervals is higher."""
    quiet = [_sweat(one, Inputs.at_rest(3600.0))[0] for one in _answering(PEOPLE // 2, seed)]
    return Measured.of([_more_gaussian(np.diff(one.onsets)) for one in quiet])


def _more_gaussian(gaps: FloatArray) -> float:
    """Return whether an inverse Gaussian fits better than an exponential, by AIC: 1 or 0."""
    mean, n = float(gaps.mean()), gaps.size
    shape = 1 / float(np.mean(1 / gaps - 1 / mean))
    inverse = 0.5 * np.log(shape / (2 * np.pi * gaps**3))
    inverse -= shape * (gaps - mean) ** 2 / (2 * mean**2 * gaps)
    exponential = -n * (np.log(mean) + 1)
    return float(inverse.sum() - 1 > exponential)


@finding(
    number=33,
    title="Responses grow with arousal",
    source="Lang, Greenwald, Bradley & Hamm (1993), Psychophysiology 30:261",
    doi="10.1111/j.1469-8986.1993.tb03352.x",
    published="conductance rises with rated arousal, r = 0.81 over sets of pictures",
    mark="M",
    least=0.5,
    unit="r",
    rule="rises",
    origin="imposed",
    ledger="the burst that a cue evokes is scaled by its salience; shown is that noise and "
    "habituation leave it visible",
)
def size_and_arousal(seed: int) -> Measured:
    """Correlate, within people, the salience of cues with the conductance that they add."""
    saliences = np.tile([0.1, 0.4, 0.7, 1.0], 8)
    cues = tuple(
        Cue("unpleasant picture", 30.0 + 25.0 * k, 6.0, salience=float(one))
        for k, one in enumerate(saliences)
    )
    inputs = replace(Inputs.at_rest(860.0), cues=cues)
    sums = [_evoked(_sweat(one, inputs)[0], cues) for one in _answering(PEOPLE, seed)]
    levels = np.unique(saliences)
    rows = np.array([[one[saliences == k].mean() for k in levels] for one in sums])

    def along(*columns: FloatArray) -> float:
        return float(np.corrcoef(levels, [np.log1p(one).mean() for one in columns])[0, 1])

    return Measured.statistic(along, *rows.T, note="of means over people, four levels")


def _evoked(sweat: Sweat, cues: tuple[Cue, ...]) -> FloatArray:
    """Return the responses with onset 1 to 4 s after each cue, summed, in µS."""
    return np.array([
        sweat.amplitudes[
            (sweat.onsets >= cue.start + 1) & (sweat.onsets < cue.start + 4)
        ].sum()
        for cue in cues
    ])  # fmt: skip


@finding(
    number=32,
    title="Level under threat",
    source="Nepal et al. (2018), Kathmandu Univ Med J; mental arithmetic, n = 82",
    published="skin conductance rose in 57 of 82",
    mark="S",
    least=0.6,
    unit="of people",
    rule="rises in most",
    origin="imposed",
    ledger="the level follows an exponential of threat",
)
def level_under_threat(seed: int) -> Measured:
    """Share of people whose level is higher in 3 min of moderate danger than before."""
    inputs = stressed(SECONDS, 300.0, 480.0, danger=0.4)
    found = [_sweat(one, inputs)[0].level for one in population(PEOPLE, seed)]
    before, during = slice(600, 3000), slice(3600, 4800)
    return Measured.of([one[during].mean() > one[before].mean() for one in found])


@finding(
    number=8,
    title="Atropine stops sweat that arousal brings",
    source="Machado-Moreira et al. (2012), Exp Physiol 97:930; n = 9",
    published="eliminates palmar sudomotor responses to pain and arithmetic",
    mark="S",
    most=0.05,
    unit="of the responses without it",
    origin="imposed",
    ledger="what the glands give is scaled by the receptors that are left",
)
def atropine_stops_sweat(seed: int) -> Measured:
    """Responses to danger with all muscarinic receptors blocked, over those without."""
    inputs = stressed(SECONDS, 0.0, SECONDS, danger=0.5)
    people = _answering(PEOPLE // 3, seed)
    without = [_sweat(one, inputs)[0].amplitudes.sum() for one in people]
    with_it = [_sweat(one, held(inputs, atropine=1.0))[0].amplitudes.sum() for one in people]
    return Measured.of(np.array(with_it) / np.array(without))
