"""Which heartbeats can be trusted: missed, extra, misplaced and ectopic beats are marked."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from interbeat.core.arrays import IntArray
from interbeat.core.beats import Beats
from interbeat.core.errors import DataError
from interbeat.core.recording import Data
from interbeat.kernels.marking import KEPT
from interbeat.signals._corrected import CorrectedBeats, corrected
from interbeat.signals._irregular import irregular_stretches, only_beats
from interbeat.signals._join import whole_beats
from interbeat.signals._marking import LONGEST, LOOK_AHEAD, SHORTEST, Paths, kinds_of

__all__ = [
    "LONGEST",
    "SHORTEST",
    "CorrectedBeats",
    "CorrectionStage",
    "correct_beats",
    "irregular_stretches",
    "mark_beats",
]


class CorrectionStage:
    """Beats in, the same beats out, with those marked that are no normal sinus beats.

    Nothing is moved, added or taken away. Not normal are: an ectopic, extra or misplaced
    beat; the first beat after a missed one; a beat less than 0.27 s or more than 2.5 s after
    the one before; a beat that came marked.

    A path through the beats may leave out up to three in a row. Each way to go on has a cost,
    minus the logarithm of how likely it is: that an interval is a sinus one lies by how far it
    is from the running interval, in running spreads, on the heavy-tailed scale of Student's t;
    that a beat is ectopic by how early it came, beside how early this person's ectopic beats
    come and how often, both learnt by the path, *and* by whether the pause after it makes up
    for it, so that the pair of intervals is judged and not each alone; and so for missed,
    misplaced and extra beats, runs of ectopic ones, and a sinus node that begins anew. Where an
    interval surprises, a second path takes it for the first of another rhythm. The cheapest
    path says which beats are normal; what it says about a beat is final five beats later, or at
    a gap.

    Parameters
    ----------
    person : str
        Whose heart.

    Attributes
    ----------
    latency : float
        Seconds, at most; at 60 beats per minute it is 5 s.

    Notes
    -----
    The interval and its spread are those of the path itself, so that bigeminy, which no median
    bears, leaves regular spans behind, and slow deep breathing is learnt as spread. The tail is
    heavier upward, where a deep breath lengthens one interval by half and more, and where
    intervals vary much an ectopic beat asks for more proof, of a person who has few: a breath
    marked in error costs vagal indices more than one ectopic beat of many. One that comes
    within a tenth of its time is missed about as often as found; of all V beats of three days
    of ltdb 80 % are marked, and 0.2 % of the normal ones. Where intervals keep no rhythm, as in
    atrial fibrillation, the spread grows until next to nothing is marked: see
    :func:`irregular_stretches`. Lipponen and Tarvainen [1]_ take thresholds on differences and
    on distances from a median over 91 beats, of the whole record, and replace intervals; here
    one pass marks them, and :func:`correct_beats` makes a copy.

    References
    ----------
    .. [1] Lipponen and Tarvainen (2019), A robust algorithm for heart rate variability time
       series artefact correction using novel beat classification, Journal of Medical
       Engineering & Technology 43:173-181, doi:10.1080/03091902.2019.1640306.

    Examples
    --------
    >>> stage = CorrectionStage("a")
    >>> early = Beats.at([0, 0.8, 1.6, 2.4, 3.2, 3.7, 4.8, 5.6, 6.4, 7.2, 8.0], "a")
    >>> out = stage.push(early)["beats"].then(stage.finish()["beats"])
    >>> out.times[~out.normal]
    array([3.7])
    """

    latency = LOOK_AHEAD * LONGEST

    def __init__(self, person: str) -> None:
        self._person = person
        self._paths = Paths()
        self._times, self._normal = np.empty(0), np.empty(0, dtype=np.bool_)
        self._last, self._horizon = -math.inf, -math.inf

    @property
    def until(self) -> float:
        """Time (s) before which every beat has been given."""
        return float(self._times[0]) if self._times.size else self._horizon

    def push(self, chunk: Data, *, until: float = -math.inf) -> Mapping[str, Data]:
        """Take the next beats; return those whose marks are certain.

        Parameters
        ----------
        chunk : Beats
            Later than those before; marks are kept.
        until : float
            Time (s) before which no more beats will come, where it is known. It changes no
            mark: it lets beats before a long silence go sooner.

        Raises
        ------
        DataError
            If `chunk` is not Beats, is of another person or does not come later.
        """
        if not isinstance(chunk, Beats):
            raise DataError(f"marking takes Beats, not {type(chunk).__name__}")
        if chunk.person != self._person:
            raise DataError(f"beats of {chunk.person!r} in a stream of {self._person!r}")
        if chunk.start <= self._last:
            raise DataError(
                f"a beat at {chunk.start:.3f} s does not come after the one at "
                f"{self._last:.3f} s"
            )
        since = np.diff(chunk.times, prepend=self._last)
        silent = (since > LONGEST) & np.isfinite(since)
        self._times = np.concatenate((self._times, chunk.times))
        normal = chunk.normal & ~silent & ~(since < SHORTEST)
        self._normal = np.concatenate((self._normal, normal))
        decided = self._paths.follow(chunk.times)
        if len(chunk):
            self._last = chunk.end
        self._horizon = max(self._horizon, self._last, until)
        if until > self._last + LONGEST:
            decided.append(self._paths.end())
        return {"beats": self._give(decided)}

    def finish(self) -> Mapping[str, Data]:
        """End the beats; return the rest."""
        decided = [self._paths.end()]
        self._horizon = math.inf
        return {"beats": self._give(decided)}

    def _give(self, decided: list[IntArray]) -> Beats:
        abnormal = np.concatenate(decided) != KEPT
        count = abnormal.size
        times, self._times = self._times[:count], self._times[count:]
        normal, self._normal = self._normal[:count], self._normal[count:]
        return Beats(times, normal & ~abnormal, self._person)


def mark_beats(beats: Beats) -> Beats:
    """Return the same beats with those marked that are no normal sinus beats.

    One push of :class:`CorrectionStage`, which see.

    Raises
    ------
    DataError
        If `beats` are no Beats, but intervals, say.

    Examples
    --------
    >>> mark_beats(Beats.from_rr([800] * 5 + [1600] + [800] * 5, "a")).normal
    array([ True,  True,  True,  True,  True,  True, False,  True,  True,
            True,  True,  True])
    """
    stage = CorrectionStage(only_beats(beats).person)
    return whole_beats(stage.push(beats), stage.finish())


def correct_beats(beats: Beats) -> CorrectedBeats:
    """Return a corrected copy of `beats`, for comparison with tools that give one.

    It is another thing than the marks of :func:`mark_beats`, on which every measure here
    rests: a marked beat is left out of a measure, a corrected one is made up. The copy has
    beats where a sinus node would have beaten that went on as before: at even steps between
    the beats around, which stay where they are, so that the clock stays right. A beat that
    is missing or came elsewhere is put there; an extra one is taken away. Where the time
    between two good beats is not a whole number of the intervals around (the sinus node
    began anew after an ectopic beat, say), or is a silence, nothing is put and the copy has a
    hole: gaps are never bridged.

    Parameters
    ----------
    beats : Beats
        n beats of one person. All are looked at anew; a beat that came marked and that the
        intervals alone would take for normal leaves holes on both sides.

    Returns
    -------
    CorrectedBeats
        The copy. What was moved, inserted and removed is said of each beat.

    Raises
    ------
    DataError
        If `beats` are no Beats, but intervals, say.

    See Also
    --------
    mark_beats : marks, and changes nothing.

    Notes
    -----
    The whole series is looked at, so that this is no stage. Lipponen and Tarvainen [1]_
    replace intervals by interpolated ones, after which times no longer agree with a clock, and
    replace all of them; here a copy may have holes.

    References
    ----------
    .. [1] Lipponen and Tarvainen (2019), doi:10.1080/03091902.2019.1640306.

    Examples
    --------
    >>> copy = correct_beats(Beats.from_rr([800] * 5 + [1600] + [800] * 5, "a"))
    >>> copy.times[copy.inserted]
    array([4.8])
    >>> copy.nn_ms.max().round(6)
    np.float64(800.0)
    """
    return corrected(only_beats(beats), kinds_of(beats.times), LONGEST)
