"""Skin conductance taken apart when all of it is there: level, responses, their driver."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import BoolArray, FloatArray, frozen_floats
from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate
from interbeat.core.responses import Responses
from interbeat.core.signal import Signal
from interbeat.kernels import sweat
from interbeat.signals._answers import Answer, Seen, answer
from interbeat.signals._conductance import in_range
from interbeat.signals._eda_quality import SweatGrader
from interbeat.signals._grid import Seconds, Thinned
from interbeat.signals._slow import SLOWEST_RATE
from interbeat.signals._sweat import (
    FEWEST,
    LEAST,
    SIGMAS,
    Found,
    Learned,
    Model,
    Piece,
    Steps,
    counted,
    found_in,
    learned,
)
from interbeat.signals._sweat_places import Places
from interbeat.signals._sweat_shapes import of_another_shape, onset_sd, time_constant_sd
from interbeat.signals._trust import GOOD_ENOUGH

__all__ = ["Decomposed", "decompose_eda"]

ROUNDS = 2  # of learning the time constants from what was found, and finding anew
LEARNED_FROM = 3600.0  # s: the stretch of a longer record in which most is going on
SMALL = 0.05  # µS: whoever answers, answers by so much now and then
TO_TELL = 60.0  # s in which it would have been seen, to say that there was no answer


@dataclass(frozen=True, slots=True, eq=False)
class Decomposed:
    """Skin conductance, taken apart by :func:`decompose_eda`.

    Parameters
    ----------
    sampling_rate : float
        In Hz.
    tonic, phasic : numpy.ndarray, shape (n,)
        The level, and what the responses add to it, in µS; what is left is noise. NaN where a
        sample is lost or not to be trusted.
    driver : numpy.ndarray, shape (n,)
        What the sweat glands are driven with, in µS/s: its integral over a burst is the
        amplitude of the response. A burst is as long as a step (about 0.2 s), 0 in between.
    tonic_sd, phasic_sd, driver_sd : numpy.ndarray, shape (n,)
        Posterior standard deviations; those of the level and of what responses add also hold
        that shapes differ from the one assumed. Where there is no burst, `driver_sd` is that
        of one more burst there.
    responses : Responses
        Of a person called ``"a"``.
    amplitude_sd, onset_sd : numpy.ndarray, shape (m,)
        Standard deviation of each response's amplitude (µS) and onset (s); the latter holds
        that responses may begin more gently than assumed.
    rise, decay : Estimate
        Time constants (s) of this person's responses. Missing where there were fewer than 5;
        then 0.75 and 3 s were taken.
    least : numpy.ndarray, shape (n,)
        The smallest response (µS) that would have been found, had it begun here; infinite
        where none would have been, as just before the end.
    remark : str
        Where there is no response: whether one could have been seen. Else ``""``.
    """

    sampling_rate: float
    tonic: FloatArray
    phasic: FloatArray
    driver: FloatArray
    tonic_sd: FloatArray
    phasic_sd: FloatArray
    driver_sd: FloatArray
    responses: Responses
    amplitude_sd: FloatArray
    onset_sd: FloatArray
    rise: Estimate
    decay: Estimate
    least: FloatArray
    remark: str

    def answers(
        self,
        events: ArrayLike,
        *,
        window: tuple[float, float] = (1.0, 4.0),
        smallest: float = SMALL,
    ) -> tuple[Answer, ...]:
        """Return how the skin answered each event: the first response that began in `window`.

        Parameters
        ----------
        events : array_like, shape (k,)
            Times in s since the first sample.
        window : tuple of float
            Earliest and latest onset after the event, in s. 1 to 3 or 1 to 4 s is usual
            (Boucsein et al. 2012).
        smallest : float
            In µS: "no response" means none of this size, where one would have been found.

        Returns
        -------
        tuple of Answer
            One an event. "No response" and "not known" are different answers: the latter where
            a response of `smallest` could not have been told in over a third of the window.

        Raises
        ------
        DataError
            If `events` are not numbers, or the window is empty or begins before the event.

        Examples
        --------
        >>> t = np.arange(0, 90, 0.25)
        >>> since = np.maximum(t - 22, 0)
        >>> noise = 0.002 * np.random.default_rng(0).standard_normal(t.size)
        >>> eda = 5 + np.exp(-since / 3) - np.exp(-since / 0.75) + noise
        >>> first, second = decompose_eda(eda, sampling_rate=4).answers([20, 60])
        >>> first.answered, round(first.latency.value, 1), second.answered
        (True, 2.0, False)
        >>> print(second.latency)
        missing: no response within 1 to 4 s
        """
        begin, end = window
        if not 0 <= begin < end < math.inf:
            raise DataError(f"a window after an event must be like (1, 4), not {window}")
        times = frozen_floats(events, "events")
        if not np.isfinite(times).all():
            raise DataError("events must have times, in s since the first sample")
        seen = Seen(
            self.responses, self.amplitude_sd, self.onset_sd, self.least, self.sampling_rate
        )
        return tuple(answer(float(t), (begin, end), smallest, seen) for t in times)


def decompose_eda(eda: ArrayLike, *, sampling_rate: float) -> Decomposed:
    r"""Take a whole record of skin conductance apart into level, driver and responses.

    Conductance is a level, whose slope wanders, plus responses, each a difference of two
    exponentials (Bateman's function) that begins with one burst, plus noise:

    .. math:: y = T + s - f, \quad \dot s = -s/\tau_d + u, \quad \dot f = -f/\tau_r + u,
              \quad \ddot T = w

    Solved exactly over steps of about 0.2 s, this is a state-space model with four states, and
    one pass of a Kalman filter and smoother costs the same for every step. The driver `u` is
    sparse: bursts are added where the smoother says that one is lacking by 4.5 standard
    errors, moved to where they fit best, and dropped where they are no longer needed, until
    nothing changes. Then the time constants are learned from all responses, and all is done
    again. The live form is :class:`~interbeat.signals.eda.EdaStage`, which sees 7 to 10 s
    ahead and not the whole record: its responses are nearly the same.

    Parameters
    ----------
    eda : array_like, shape (n,)
        In µS; lost samples are NaN. Times count from the first sample.
    sampling_rate : float
        In Hz, 3 or more.

    Returns
    -------
    Decomposed
        All of shape (n,), responses and what was learned.

    Raises
    ------
    DataError
        If the sampling rate is under 3 Hz or not a number, or `eda` is not one row of
        numbers.

    Notes
    -----
    The model and the learning of time constants per person follow Amin & Faghih [1]_ [2]_, who
    find the sparse driver by reweighted least squares and a penalty from cross-validation. We
    add the burst that is most lacking by the smoother's own test for a shock [3]_: it needs
    no penalty, gives times between steps, and tells at every moment how small a response
    could have been seen. The level is a smooth random walk in place of splines. Time constants
    are those of the highest posterior, with onsets integrated out; rise is expected at 0.75 s
    (log sd 0.3, 0.3 to 2 s), decay at 3 s (0.4, 1 to 10 s). That responses differ in shape is
    counted as noise: 7 % of the most that they add within 0.5 s while searching; in the end
    6 %, and 2 % of its square a second by which a response may wander off its course. They are
    learned from responses in which conductance rises: bursts that only fill up a slow tail
    would make every response quick.

    Standard deviations are wider than the smoother's: by 5 % of an amplitude, felt for three
    times the decay, where the level may stand for a tail; and for onsets by how much of the
    responses is left over where they are found to begin, a share whose square root tells how
    much earlier a gentle beginning was. These shares were chosen on two simulated shapes, that
    begin slowly or have a second, slower tail; on these 95 % intervals of level and phasic part
    cover 94 to 99 and 77 to 98 %. On two others, smoothed and gamma-shaped, they cover 93 to
    100 %, those of onsets 74 to 98 %; of the assumed shape, all but 1 %. That a response was
    missed or found for nothing is not in them. The broad peak of a gamma shape is often taken
    for two responses, and the intervals of their amplitudes cover but half to 80 %. An onset is
    that of the assumed shape: where skin begins gently, some 0.3 s after its first rise.

    A step of the level is tested as a burst is; an abrupt one that falls, or that a burst
    explains less well, is the electrode's: the level begins anew. Single samples far off count
    for little. What presses on the electrode for a second or more looks like sweat, and is
    not told from it.

    References
    ----------
    .. [1] Amin & Faghih (2019), PLoS Comput Biol 15:e1007126, doi:10.1371/journal.pcbi.1007126.
    .. [2] Amin & Faghih (2022), PLoS Comput Biol 18:e1010275, doi:10.1371/journal.pcbi.1010275.
    .. [3] de Jong & Penzer (1998), J Am Stat Assoc 93:796, doi:10.1080/01621459.1998.10473731.

    Examples
    --------
    >>> t = np.arange(0, 60, 0.25)
    >>> since = np.maximum(t - 20, 0)
    >>> eda = 5 + np.exp(-since / 3) - np.exp(-since / 0.75)
    >>> parts = decompose_eda(eda, sampling_rate=4)
    >>> parts.responses.times.round(1), parts.responses.amplitude.round(2)
    (array([20.]), array([0.47]))
    >>> print(parts.rise)
    missing: 1 of 5 responses
    """
    whole = _prepared(eda, sampling_rate)
    model = Model(whole.steps.rate)
    found, constants = _searched(whole.piece, model)
    return _described(whole, model, found, constants)


class _Whole(NamedTuple):
    """A record: its samples, its steps, and whether each sample is there and to be trusted."""

    signal: Signal
    steps: Steps
    piece: Piece
    good: BoolArray


def _prepared(eda: ArrayLike, sampling_rate: float) -> _Whole:
    signal = Signal(np.asarray(eda), sampling_rate, "µS", "a", 0.0)
    samples, seconds, grader = Thinned(sampling_rate, "a", "µS"), Seconds(), SweatGrader()
    if samples.rate < SLOWEST_RATE:
        raise DataError(
            f"skin conductance does not show responses at {sampling_rate:g} Hz: "
            f"{SLOWEST_RATE:g} Hz or more can"
        )
    samples.convert = in_range
    for _ in samples.blocks(signal):
        pass
    done = seconds.reached(samples.tape, samples.clock()) if len(samples.tape) else 0
    grader.take(seconds.take(samples.tape, samples.clock(), until=done))
    steps = Steps(samples)
    steps.take(grader, done)
    y, variance, loose = steps.piece(0, steps.tape.end)
    poor = grader.grades(over=True) < GOOD_ENOUGH
    y[_in(poor, steps.time(np.arange(float(y.size))))] = np.nan
    good = np.isfinite(in_range(signal.values)) & ~_in(poor, signal.times)
    return _Whole(signal, steps, Piece(y, variance, loose), good)


def _in(poor: BoolArray, times: FloatArray) -> BoolArray:
    """Return which times lie in a poor second, or in none."""
    return np.append(poor, True)[np.minimum(times.astype(np.int64), poor.size)]


def _searched(piece: Piece, model: Model) -> tuple[Found, Learned | None]:
    """Return what is found with the time constants that are learned from it."""
    start, constants = model.start(piece.y), None
    found = found_in(piece, model, start)
    for _ in range(ROUNDS):
        rows = counted(found.rows, piece.y)
        if rows.shape[0] < FEWEST:
            break
        constants = _learned(piece, model, found._replace(rows=rows))
        model.time_constants = constants
        found = found_in(piece, model, start, rows)
    return found, constants


def _learned(piece: Piece, model: Model, found: Found) -> Learned:
    """Return the time constants, from the stretch in which responses are largest."""
    phasic = np.maximum(found.out[:, sweat.SLOW] - found.out[:, sweat.FAST], 0)
    size = min(round(LEARNED_FROM * model.rate), phasic.size)
    sums = np.concatenate(([0.0], np.cumsum(phasic)))
    first = int((sums[size:] - sums[: sums.size - size]).argmax())
    at = found.rows[:, sweat.POSITION]
    rows = found.rows[(at >= first) & (at < first + size)]
    rows[:, sweat.POSITION] -= first
    here = piece.between(first, first + size)
    return learned(here, model, rows, phasic[first : first + size])


def _described(
    whole: _Whole, model: Model, found: Found, constants: Learned | None
) -> Decomposed:
    rows, y = counted(found.rows, whole.piece.y), whole.piece.y
    first = float(whole.steps.time(np.array(0.0))) if y.size else 0.0
    at = Places(whole.signal.times, whole.good, y, model=model, first=first)
    off = of_another_shape(found, model)
    responses = Responses(
        whole.steps.time(rows[:, sweat.POSITION]),
        whole.steps.time(rows[:, sweat.PEAK]),
        rows[:, sweat.HEIGHT].copy(),
        "a",
    )
    least = at.held(_least(found.out))
    driver, driver_sd = _driver(found, model.rate)
    return Decomposed(
        whole.signal.sampling_rate,
        tonic=at.between(found.out[:, sweat.LEVEL]),
        phasic=at.phasic(found),
        driver=at.held(driver),
        tonic_sd=at.between(np.sqrt(found.out[:, sweat.LEVEL_VARIANCE] + off)),
        phasic_sd=at.between(np.sqrt(found.out[:, sweat.PHASIC_VARIANCE] + off)),
        driver_sd=at.held(driver_sd),
        responses=responses,
        amplitude_sd=np.sqrt(rows[:, sweat.AMPLITUDE_VARIANCE]),
        onset_sd=onset_sd(rows, y, found, model),
        rise=_estimate(constants, 0, len(responses), whole),
        decay=_estimate(constants, 1, len(responses), whole),
        least=least,
        remark=_remark(responses, least, whole.signal.sampling_rate),
    )


def _least(out: FloatArray) -> FloatArray:
    """Return the smallest response that would be found in each step."""
    return np.maximum(SIGMAS * _burst_sd(out), LEAST)


def _burst_sd(out: FloatArray) -> FloatArray:
    """Return the standard deviation of one more burst in each step; infinite if unseen."""
    known = out[:, sweat.INFORMATION]
    sd = 1 / np.sqrt(np.where(known > 0, known, 1.0))
    return np.where(known > 0, sd, np.inf)


def _driver(found: Found, rate: float) -> tuple[FloatArray, FloatArray]:
    """Return the driver in each step, and its standard deviation."""
    driver = np.zeros(found.out.shape[0])
    sd = rate * _burst_sd(found.out)
    at = found.rows[:, sweat.POSITION].astype(np.int64)
    np.add.at(driver, at, found.rows[:, sweat.AMPLITUDE] * rate)
    sd[at] = np.sqrt(found.rows[:, sweat.AMPLITUDE_VARIANCE]) * rate
    return driver, sd


def _estimate(constants: Learned | None, which: int, n: int, whole: _Whole) -> Estimate:
    quality = float(whole.good.mean()) if whole.good.size else 0.0
    if constants is None:
        return Estimate.missing("s", f"{n} of {FEWEST} responses", quality, n)
    value = math.exp(constants[which])
    return Estimate(value, value * time_constant_sd(constants, which, n), "s", quality, n)


def _remark(responses: Responses, least: FloatArray, sampling_rate: float) -> str:
    if len(responses):
        return ""
    could = float((least <= SMALL).sum() / sampling_rate)
    if could < TO_TELL:
        return f"no response, and only {could:.0f} s in which one of {SMALL:g} µS could be seen"
    return (
        f"no response in {could / 60:.1f} min in which one of {SMALL:g} µS would have been "
        "seen: this skin did not respond, and does not tell arousal"
    )
