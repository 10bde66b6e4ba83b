"""The heart from a photoplethysmogram: pulse waves and quality."""

from __future__ import annotations

from numpy.typing import ArrayLike

from interbeat.core.beats import Beats
from interbeat.core.errors import DataError
from interbeat.core.recording import Data
from interbeat.core.signal import Signal
from interbeat.signals._heart import HeartStage
from interbeat.signals._join import whole_beats
from interbeat.signals._pulse_quality import PulseQuality
from interbeat.signals._qrs import Found
from interbeat.signals._stream import Stream
from interbeat.signals._wave import WaveFinder
from interbeat.signals.quality import QualitySettings

__all__ = ["SLOWEST_PPG", "PulseStage", "detect_pulses"]

SLOWEST_PPG = 20.0  # Hz

QUALITY = QualitySettings(
    flat=0.3,
    rail=0.1,
    noise=(0.4, 0.7),
    spike=(2.5, 5.0),
    uneven=(0.18, 0.3),
    silence=2.5,
    width=0.0,
)


class PulseStage(HeartStage):
    """Samples of one photoplethysmogram in; beats and quality out.

    Gives ``"beats"`` (:class:`Beats` at the steepest moment of each upstroke, between
    samples: later than the R peak by the transit time of the pulse),
    ``"cardiac_quality"`` (:class:`Signal` at 1 Hz on whole seconds, the value at k speaking
    of ``k <= t < k + 1``) and ``"cardiac_reason"`` (why a second is bad, a number of
    :data:`~interbeat.signals.quality.REASONS`).

    Works on a signal of either polarity, in any unit, with any offset. A beat is marked as
    not normal where more than 0.1 s of samples were lost since the beat before it, and
    where its second has a quality under 0.5: among others where a wave is unlike those before
    it or the rate leaps, as when the hand moves
    (:class:`~interbeat.signals._pulse_quality.PulseQuality`).

    Parameters
    ----------
    sampling_rate : float
        In Hz, at least 20.
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
        If the sampling rate is too low to find pulse waves.

    Examples
    --------
    >>> import numpy as np
    >>> phase = np.arange(0, 20, 1 / 64) / 0.8 % 1
    >>> ppg = phase**2 * np.exp(-8 * phase)
    >>> stage = PulseStage(sampling_rate=64, person="a")
    >>> out = stage.push(Signal(ppg, sampling_rate=64, unit="a.u.", person="a", start=0))
    >>> out["beats"].rr_ms[:3].round(), stage.polarity
    (array([800., 800., 800.]), 1)
    """

    def __init__(self, sampling_rate: float, person: str) -> None:
        stream = Stream(sampling_rate, person)
        if stream.sampling_rate < SLOWEST_PPG:
            raise DataError(
                f"a photoplethysmogram at {stream.sampling_rate:g} Hz is too slow to find "
                f"pulse waves (at least {SLOWEST_PPG:g} Hz)"
            )
        self._waves = WaveFinder(stream.sampling_rate)
        super().__init__(stream, self._waves, QUALITY)
        rates = stream.sampling_rate, stream.sampling_rate / self._waves.step
        self._quality: PulseQuality = PulseQuality(QUALITY, person, rates)

    def _taken(self, found: Found) -> tuple[list[int], list[bool]]:
        taken, joins = super()._taken(found)
        self._quality.compared(self._stream.times(found.at[taken]), self._waves.likeness[taken])
        return taken, joins

    def _graded(self, beats: Beats, also: dict[str, Signal], second: int) -> dict[str, Data]:
        graded = super()._graded(beats, also, second)
        return graded | {"cardiac_reason": self._quality.reasons}


def detect_pulses(ppg: ArrayLike, *, sampling_rate: float) -> Beats:
    """Return the beats of a whole photoplethysmogram: one push of :class:`PulseStage`.

    Parameters
    ----------
    ppg : array_like, shape (n,)
        In any unit and of either polarity; NaN where samples were lost.
    sampling_rate : float
        In Hz, at least 20.

    Returns
    -------
    Beats
        Upstrokes, in seconds from the first sample, of person ``"a"``.

    Raises
    ------
    DataError
        If `ppg` is not a row of numbers, or the sampling rate is too low.

    Examples
    --------
    >>> import numpy as np
    >>> phase = np.arange(0, 20, 1 / 64) / 0.8 % 1
    >>> ppg = phase**2 * np.exp(-8 * phase)
    >>> detect_pulses(ppg, sampling_rate=64).rr_ms[:3].round()
    array([800., 800., 800.])
    """
    stage = PulseStage(sampling_rate, "a")
    signal = Signal(ppg, sampling_rate, "a.u.", "a", 0.0)
    return whole_beats(stage.push(signal), stage.finish())
