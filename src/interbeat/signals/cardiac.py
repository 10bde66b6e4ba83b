"""The heart from an electrocardiogram: R peaks, breathing in their height, and quality."""

from __future__ import annotations

from numpy.typing import ArrayLike

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.errors import DataError
from interbeat.core.recording import Data
from interbeat.core.signal import Signal
from interbeat.signals._heart import HeartStage
from interbeat.signals._join import whole_beats
from interbeat.signals._path import LEARNING
from interbeat.signals._qrs import QrsFinder
from interbeat.signals._stream import Stream
from interbeat.signals.edr import SPAN, HeightGrid
from interbeat.signals.quality import QualitySettings

__all__ = ["SLOWEST_ECG", "EcgStage", "detect_beats"]

SLOWEST_ECG = 80.0  # Hz

QUALITY = QualitySettings(
    flat=0.2,
    rail=0.04,
    noise=(0.3, 0.6),
    spike=(3.0, 6.0),
    uneven=(0.5, 0.9),
    silence=2.5,
    width=0.45,
)


class EcgStage(HeartStage):
    """Samples of one ECG lead in; beats, ECG-derived breathing and quality out.

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

    def __init__(self, sampling_rate: float, person: str) -> None:
        stream = Stream(sampling_rate, person)
        if stream.sampling_rate < SLOWEST_ECG:
            raise DataError(
                f"an ECG at {stream.sampling_rate:g} Hz is too slow to find R peaks "
                f"(at least {SLOWEST_ECG:g} Hz)"
            )
        super().__init__(stream, QrsFinder(stream.sampling_rate), QUALITY)
        self._grid = HeightGrid(person)
        self.latency = self.beat_latency + max(LEARNING + 1.0, SPAN + 1.0)

    def _graded(self, beats: Beats, also: dict[str, Signal], second: int) -> dict[str, Data]:
        graded = super()._graded(beats, also, second)
        return graded | {"cardiac_reason": self._quality.reasons}

    def _begin(self, origin: float) -> None:
        self._grid.begin(origin)

    def _reached(self, second: int) -> float:
        return min(float(second), self._grid.next)

    def _also(
        self, times: FloatArray, heights: FloatArray, joins: list[bool], certain: float
    ) -> dict[str, Signal]:
        return {"edr": self._grid.push(times, heights, joins, certain)}

    def _end(self, end: float) -> dict[str, Signal]:
        return {"edr": self._grid.finish(end)}


def detect_beats(ecg: ArrayLike, *, sampling_rate: float) -> Beats:
    """Return the beats of a whole ECG: one push of :class:`EcgStage`.

    Parameters
    ----------
    ecg : array_like, shape (n,)
        One lead, in any unit and of either polarity; NaN where samples were lost.
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
        If `ecg` is not a row of numbers, or the sampling rate is too low.

    Examples
    --------
    >>> import numpy as np
    >>> time = np.arange(0, 20, 1 / 250)
    >>> ecg = np.exp(-(((time % 0.8 - 0.4) / 0.02) ** 2))
    >>> detect_beats(ecg, sampling_rate=250).rr_ms[:3].round(1)
    array([800., 800., 800.])
    """
    stage = EcgStage(sampling_rate, "a")
    signal = Signal(ecg, sampling_rate, "a.u.", "a", 0.0)
    return whole_beats(stage.push(signal), stage.finish())
