"""Heart rate variability of a plain array of RR intervals."""

from __future__ import annotations

from numpy.typing import ArrayLike

from interbeat.core.beats import Beats
from interbeat.core.estimate import Estimate
from interbeat.measures._given import checked
from interbeat.measures._spec import MEASURES
from interbeat.measures._together import estimates
from interbeat.measures._windows import from_first_to_last

__all__ = ["hrv"]

FIRST = {name: k for k, name in enumerate(("mean_hr", "rmssd", "sdnn", "pnn50", "lf"))}


def hrv(rr_ms: ArrayLike) -> dict[str, Estimate]:
    """Return heart rate and its variability from RR intervals alone.

    Parameters
    ----------
    rr_ms : array_like, shape (n,)
        Successive RR intervals of one person in milliseconds, all of them taken as normal:
        artifacts are neither sought nor mended here.

    Returns
    -------
    dict of str to Estimate
        Every measure that needs beats alone, by name: ``mean_hr`` (bpm), ``rmssd``, ``sdnn``
        (ms), ``pnn50`` (%) and ``lf`` (ms²), then the rest in the order of their names.
        Missing, with a reason, where there are too few intervals. Power at the breathing rate
        needs breaths: see :func:`~interbeat.measures.hrv_frequency.hf`.

    Raises
    ------
    DataError
        If an interval is not a positive number, or the median says that they are in seconds,
        or in no unit of time that a heart could keep.

    References
    ----------
    .. [1] Task Force ESC/NASPE (1996), Circulation 93:1043-1065,
       doi:10.1161/01.CIR.93.5.1043.

    Examples
    --------
    >>> found = hrv([800, 850, 820, 870, 860] * 12)
    >>> for name in ("mean_hr", "rmssd", "sdnn", "pnn50", "lf"):
    ...     print(name, found[name])
    mean_hr 71.43 ± 0.15 bpm
    rmssd 43.5 ± 0.7 ms
    sdnn 26.3 ± 0.4 ms
    pnn50 19 ± 8 %
    lf missing: 50 of 120 s of normal intervals
    """
    beats = Beats.from_rr(checked(rr_ms), person="a")
    alone = [spec for spec in MEASURES.values() if spec.needs == ("beats",)]
    ordered = sorted(alone, key=lambda spec: FIRST.get(spec.name, len(FIRST)))
    return estimates(ordered, from_first_to_last(beats), {"beats": beats})
