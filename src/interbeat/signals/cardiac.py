"""The heart from an electrocardiogram: R peaks, breathing in their height, and quality."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.errors import DataError
from interbeat.core.recording import Data
from interbeat.core.signal import Signal
from interbeat.signals._heart import GAP, HeartStage
from interbeat.signals._join import joined, whole_beats
from interbeat.signals._path import LEARNING
from interbeat.signals._qrs import QrsFinder
from interbeat.signals._stream import Stream
from interbeat.signals._together import Holders, LeadsQuality, LeadStream
from interbeat.signals.edr import SPAN, HeightGrid
from interbeat.signals.quality import CardiacQuality, QualitySettings

__all__ = ["SLOWEST_ECG", "EcgStage", "detect_beats"]

SLOWEST_ECG = 80.0  # Hz

QUALITY = QualitySettings(
    flat=0.2,
    rail=0.04,
    noise=(0.25, 0.55),
    spike=(3.0, 6.0),
    uneven=(0.5, 0.9),
    silence=2.5,
    width=0.45,
)


class LeadsStage(HeartStage):
    """Samples of the leads of one ECG in; beats and quality out: see :class:`EcgStage`."""

    def __init__(self, sampling_rate: float, person: str, *, leads: int) -> None:
        if leads < 1:
            raise DataError(f"an ECG has one lead or more, not {leads}")
        several = LeadStream(sampling_rate, person, leads) if leads > 1 else None
        samples = several or Stream(sampling_rate, person)
        rate = samples.sampling_rate
        if rate < SLOWEST_ECG:
            raise DataError(
                f"an ECG at {rate:g} Hz is too slow to find R peaks "
                f"(at least {SLOWEST_ECG:g} Hz)"
            )
        self._leads = QrsFinder(rate, leads=leads)
        super().__init__(samples, self._leads, QUALITY)
        self._several, self._count = several, leads
        if several is None:
            return
        rates = rate, rate / self._leads.step
        self._holder = Holders(round(GAP * rate), leads)
        self._quality = LeadsQuality(
            [CardiacQuality(QUALITY, person, rates) for _ in range(leads)]
        )

    def polarity_of(self, lead: int) -> int:
        """Return whether the beats of `lead` mostly pointed up (1), down (-1) or nowhere."""
        return int(np.sign(self._leads.leaning_of(lead)))

    def push_lead(self, lead: int, chunk: Data) -> Mapping[str, Data]:
        """Take the next samples of a lead, counted from 0; return what has become certain."""
        if not 0 <= lead < self._count:
            raise DataError(f"there is no lead {lead} among {self._count}, counted from 0")
        if self._several is None:
            return self.push(chunk)
        return joined([self._block(block) for block in self._several.of(lead, chunk)])

    def finish(self) -> Mapping[str, Data]:
        """End the signal; return the rest."""
        rest = self._several.rest() if self._several else ()
        return joined([*(self._block(block) for block in rest), super().finish()])

    def _graded(self, beats: Beats, also: dict[str, Signal], second: int) -> dict[str, Data]:
        graded = super()._graded(beats, also, second)
        graded["cardiac_reason"] = self._quality.reasons
        return graded


class EcgStage(LeadsStage):
    """Samples of an ECG in; beats, ECG-derived breathing and quality out.

    Gives ``"beats"`` (:class:`Beats` at R peaks, between samples), ``"edr"`` (:class:`Signal`
    at 4 Hz on whole quarters of a second, NaN where beats are missing),
    ``"cardiac_quality"`` (:class:`Signal` at 1 Hz on whole seconds, the value at k speaking
    of ``k <= t < k + 1``) and ``"cardiac_reason"`` (why a second is bad, a number of
    :data:`~interbeat.signals.quality.REASONS`).

    Works on a lead of either polarity, in any unit, with any offset. A beat is marked as not
    normal where more than 0.1 s of samples were lost since the beat before it, where the peak
    changes its side, and where its second has a quality under 0.5. Flat, saturated or lost
    stretches give no beats and quality 0.

    Parameters
    ----------
    sampling_rate : float
        In Hz, at least 80.
    person : str
        Whose heart.
    leads : int
        Recorded together, each counting as far as its beats stand out. :meth:`push` takes the
        first, :meth:`push_lead` each. What one gives waits for the others; one that began later
        or ended sooner has lost samples there. Beats are located in the first good lead, or
        while it is lost in the best, less what the peaks of that one usually come later.

    Attributes
    ----------
    latency : float
        Seconds, for all outputs: see :class:`~interbeat.core.stage.Stage`.
    beat_latency : float
        Seconds after which a beat is found, once two seconds have been seen; it is given out
        with the quality of its second.

    Raises
    ------
    DataError
        If the sampling rate is too low to find R peaks.

    Examples
    --------
    >>> import numpy as np
    >>> time = np.arange(0, 20, 1 / 250)
    >>> ecg = np.exp(-(((time % 0.8 - 0.4) / 0.02) ** 2))
    >>> stage = EcgStage(sampling_rate=250, person="a")
    >>> out = stage.push(Signal(ecg, sampling_rate=250, unit="mV", person="a", start=0))
    >>> out["beats"].times[:3].round(3), stage.polarity
    (array([0.4, 1.2, 2. ]), 1)
    """

    def __init__(self, sampling_rate: float, person: str, *, leads: int = 1) -> None:
        super().__init__(sampling_rate, person, leads=leads)
        self._grid, self._skipped = HeightGrid(person), False
        self.latency = self.beat_latency + max(LEARNING + 1.0, SPAN + 1.0)

    def _begin(self, origin: float) -> None:
        self._grid.begin(origin)

    def _reached(self, second: int) -> float:
        return min(float(second), self._grid.next)

    def _also(
        self, times: FloatArray, heights: FloatArray, joins: list[bool], certain: float
    ) -> dict[str, Signal]:
        known = np.isfinite(heights)
        if self._skipped or not known.all():
            joins = self._joined_known(known.tolist(), joins)
            times, heights = times[known], heights[known]
        return {"edr": self._grid.push(times, heights, joins, certain)}

    def _joined_known(self, known: list[bool], joins: list[bool]) -> list[bool]:
        """Return which beats of known height join the one before, of known height too."""
        out = []
        for here, follows in zip(known, joins, strict=True):
            if here:
                out.append(follows and not self._skipped)
            self._skipped = not here
        return out

    def _end(self, end: float) -> dict[str, Signal]:
        return {"edr": self._grid.finish(end)}


class Lead:
    """Another lead of an :class:`EcgStage`: a stage that takes its samples.

    Parameters
    ----------
    heart : EcgStage
        With leads enough.
    lead : int
        Which of them, counted from 0.
    """

    def __init__(self, heart: EcgStage, lead: int) -> None:
        self._heart, self._lead = heart, lead
        self.latency = heart.latency

    @property
    def until(self) -> float:
        """Time (s) before which every output has been given."""
        return self._heart.until

    @property
    def polarity(self) -> int:
        """Whether this lead's beats mostly pointed up (1) or down (-1) so far; 0 if unknown."""
        return self._heart.polarity_of(self._lead)

    def push(self, chunk: Data) -> Mapping[str, Data]:
        """Take the next samples of this lead; return what has become certain of the heart."""
        return self._heart.push_lead(self._lead, chunk)

    def finish(self) -> Mapping[str, Data]:
        """End all leads, unless they have been ended; return the rest."""
        return self._heart.finish()


def detect_beats(ecg: ArrayLike, *, sampling_rate: float) -> Beats:
    """Return the beats of a whole ECG: one push of :class:`EcgStage`.

    Parameters
    ----------
    ecg : array_like, shape (n,) or (leads, n)
        In any unit and of either polarity; NaN where samples were lost. Leads are weighed
        against each other, so that a bad one does not hurt.
    sampling_rate : float
        In Hz, at least 80.

    Returns
    -------
    Beats
        R peaks, in seconds from the first sample, of person ``"a"``. Ectopic beats are not
        yet marked: see :class:`~interbeat.signals.correction.CorrectionStage`.

    Raises
    ------
    DataError
        If `ecg` is not one or more rows of numbers of one length, has more leads than samples,
        or the sampling rate is too low.

    Examples
    --------
    >>> import numpy as np
    >>> time = np.arange(0, 20, 1 / 250)
    >>> ecg = np.exp(-(((time % 0.8 - 0.4) / 0.02) ** 2))
    >>> detect_beats(ecg, sampling_rate=250).rr_ms[:3].round(1)
    array([800., 800., 800.])
    """
    rows = _rows(ecg)
    stage = LeadsStage(sampling_rate, "a", leads=len(rows))
    made = [
        stage.push_lead(k, Signal(row, sampling_rate, "a.u.", "a", 0.0))
        for k, row in enumerate(rows)
    ]
    return whole_beats(*made, stage.finish())


def _rows(ecg: ArrayLike) -> FloatArray:
    """Return an ECG as one row of samples a lead."""
    try:
        given = np.asarray(ecg)
        rows = given.real.astype(np.float64, copy=False)
    except (TypeError, ValueError) as error:
        raise DataError(f"an ECG is made of rows of numbers, of one length: {error}") from error
    if np.iscomplexobj(given):
        raise DataError("an ECG is made of real numbers")
    rows = rows[np.newaxis] if rows.ndim == 1 else rows
    if rows.ndim != 2 or not len(rows):
        raise DataError(f"an ECG has the shape (n,) or (leads, n), not {np.shape(ecg)}")
    if len(rows) > rows.shape[1] > 0:
        raise DataError(
            f"{len(rows)} leads of {rows.shape[1]} samples each: an ECG has the shape "
            "(leads, n), not (n, leads)"
        )
    return rows
