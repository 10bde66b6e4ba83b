"""Heart rate variability in sliding windows, from a night or a day at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from interbeat.core.arrays import FloatArray
from interbeat.core.beats import Beats
from interbeat.core.breaths import Breaths
from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate
from interbeat.core.recording import Data
from interbeat.measures._spec import MEASURES, Columns, Measure
from interbeat.measures._together import together

__all__ = ["Sliding", "sliding_hrv"]

SHORTEST = 0.01  # s: a heart is not read more finely


@dataclass(frozen=True, slots=True, eq=False)
class Sliding:
    """Measures in windows that slide over a recording.

    Parameters
    ----------
    starts, ends : ndarray, shape (n,)
        Of the windows, in seconds since the session began.
    columns : mapping of str to Columns
        Of each measure: ``values``, ``se``, ``quality`` and ``n``, shape (n,), and ``reasons``
        why a value is NaN, ``""`` where it is not.

    Examples
    --------
    >>> found = sliding_hrv(
    ...     Beats.from_rr([800, 850, 820, 870, 860] * 100, person="a"),
    ...     window=120, step=60, measures=["rmssd", "sdnn"],
    ... )
    >>> found.estimate("rmssd", 2).unit, len(found), list(found.columns)
    ('ms', 6, ['rmssd', 'sdnn'])
    """

    starts: FloatArray
    ends: FloatArray
    columns: Mapping[str, Columns]

    def __len__(self) -> int:
        return int(self.starts.size)

    def __getitem__(self, name: str) -> Columns:
        return self.columns[name]

    def estimate(self, name: str, k: int) -> Estimate:
        """Return the estimate of measure `name` in window `k`."""
        of = self.columns[name]
        return Estimate(
            float(of.values[k]),
            float(of.se[k]),
            MEASURES[name].unit,
            float(of.quality[k]),
            int(of.n[k]),
            of.reasons[k],
        )


def sliding_hrv(
    beats: Beats,
    *,
    window: float,
    step: float,
    measures: Iterable[str] | None = None,
    breaths: Breaths | None = None,
) -> Sliding:
    """Return heart rate and its variability in windows that slide over a recording.

    Parameters
    ----------
    beats : Beats
        Of one person, over the whole recording. What an abnormal beat touches is left out, as
        each measure says; a window with too little left is missing, with the reason.
    window : float
        Length of each window in seconds; the Task Force asks for 300.
    step : float
        From the start of one window to that of the next, in seconds.
    measures : iterable of str, optional
        Which; if not given, all that need beats, and breaths where these are given.
    breaths : Breaths, optional
        Of the same person, for power at the breathing rate and RespHRV.

    Returns
    -------
    Sliding
        Of the windows that lie wholly between the first and the last beat.

    Raises
    ------
    DataError
        If `beats` are not Beats, a length is not a number of seconds (0.01 at least), or a
        measure is unknown or needs what was not given.

    References
    ----------
    .. [1] Task Force ESC/NASPE (1996), Circulation 93:1043-1065,
       doi:10.1161/01.CIR.93.5.1043.

    Examples
    --------
    >>> beats = Beats.from_rr([800, 850, 820, 870, 860] * 100, person="a")
    >>> found = sliding_hrv(beats, window=120, step=60, measures=["rmssd"])
    >>> print(found.starts[-1], found.estimate("rmssd", 0))
    300.0 43.9 ± 0.2 ms
    """
    if not isinstance(beats, Beats):
        raise DataError(
            f"beats are Beats, such as Beats.from_rr(rr_ms, person), not {beats!r:.40}"
        )
    for length in (window, step):
        if not (isinstance(length, int | float | np.number) and SHORTEST <= length < np.inf):
            raise DataError(f"a window and its step last some seconds, not {length!r}")
    channels: dict[str, Data] = {"beats": beats}
    if breaths is not None:
        channels["breaths"] = breaths
    first, last = (beats.start, beats.end) if len(beats) else (0.0, 0.0)
    count = max(int(np.floor((last - first - window) / step + 1e-9)) + 1, 0)
    starts = first + step * np.arange(count, dtype=np.float64)
    found = together(_specs(measures, channels), starts, starts + window, channels)
    return Sliding(starts, starts + window, found)


def _specs(names: Iterable[str] | None, channels: Mapping[str, Data]) -> list[Measure]:
    if names is None:
        return [
            spec for spec in MEASURES.values() if "beats" in spec.needs and _has(spec, channels)
        ]
    if isinstance(names, str):
        raise DataError(f"measures are a list of names, such as [{names!r}]")
    specs = [MEASURES[name] for name in names]
    for spec in specs:
        if not _has(spec, channels):
            raise DataError(
                f"{spec.name} needs {' and '.join(spec.needs)}; given: {', '.join(channels)}"
            )
    return specs


def _has(spec: Measure, channels: Mapping[str, Data]) -> bool:
    return all(need in channels for need in spec.needs)
