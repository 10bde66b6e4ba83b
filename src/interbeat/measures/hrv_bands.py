"""Heart rate variability in the frequency domain: the Task Force's fixed bands."""

from __future__ import annotations

from interbeat.core.beats import Beats
from interbeat.core.estimate import Estimate
from interbeat.core.span import Span
from interbeat.measures._bands import FAMILY, TASK_FORCE
from interbeat.measures._spec import measure
from interbeat.measures._windows import from_first_to_last, only

__all__ = [
    "hf_fixed",
    "hf_nu",
    "hf_peak",
    "lf_nu",
    "lf_peak",
    "ln_hf",
    "total_power",
    "vlf",
]


@measure(label="VLF power", unit="ms²", window=None, source=TASK_FORCE, many=FAMILY["vlf"])
def vlf(beats: Beats, span: Span | None = None) -> Estimate:
    """Power of the normal RR intervals from 0.003 to 0.04 Hz.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given. One
        of more than 7.5 min is cut into equal pieces of about 5 min, and the mean is given.

    Returns
    -------
    Estimate
        In ms². Missing where normal intervals cover less than 4 min or 70 % of `span`; ``n``,
        ``quality`` and the standard error are as those of ``lf``.

    See Also
    --------
    interbeat.measures.hrv_frequency.lf, hf_fixed, total_power, sdnn

    Notes
    -----
    Estimated as ``lf`` is, of which no trend is taken out: five minutes hold one cycle of
    0.003 Hz and cannot tell a trend from a slower rhythm, so that part of its power is in this
    number (380 ms² of a trend of 100 ms); taking a line out would lose a fifth of the band's
    own (by simulation of drifts that last 20 to 60 s). The Task Force calls what five minutes
    say of this band a dubious measure. For slower rhythms, and for ULF, ask
    :func:`interbeat.measures.spectra.multitaper` with longer segments.

    References
    ----------
    .. [1] Task Force ESC/NASPE (1996), Circulation 93:1043-1065,
       doi:10.1161/01.CIR.93.5.1043.

    Examples
    --------
    >>> import numpy as np
    >>> seconds = np.cumsum(np.full(340, 0.9))
    >>> rr = 900 + 20 * np.cos(2 * np.pi * 0.02 * seconds)
    >>> round(vlf(Beats.from_rr(rr, person="a")).value, -1)
    200.0
    """
    return only(FAMILY["vlf"], "ms²", span or from_first_to_last(beats), beats=beats)


@measure(
    label="HF power, 0.15–0.4 Hz",
    unit="ms²",
    window=None,
    source=TASK_FORCE,
    many=FAMILY["hf_fixed"],
)
def hf_fixed(beats: Beats, span: Span | None = None) -> Estimate:
    """Power of the normal RR intervals from 0.15 to 0.4 Hz, whatever the breathing.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given. One
        of more than 7.5 min is cut into equal pieces of about 5 min, and the mean is given.

    Returns
    -------
    Estimate
        In ms². Missing where normal intervals cover less than 1 min or 70 % of `span`; ``n``,
        ``quality`` and the standard error are as those of ``lf``.

    See Also
    --------
    ln_hf, interbeat.measures.hrv_frequency.hf, interbeat.measures.resphrv.resphrv

    Notes
    -----
    For comparison with published numbers; estimated as ``lf`` is. It is *not* the power of
    breathing: anyone who breathes under 9 or over 24 times a minute breathes outside of this
    band. ``hf`` follows the measured breathing. The band ends at half the mean heart rate
    where that is below 0.4 Hz: intervals show nothing faster.

    References
    ----------
    .. [1] Task Force ESC/NASPE (1996), Circulation 93:1043-1065,
       doi:10.1161/01.CIR.93.5.1043.

    Examples
    --------
    >>> import numpy as np
    >>> seconds = np.cumsum(np.full(340, 0.9))
    >>> rr = 900 + 30 * np.cos(2 * np.pi * 0.25 * seconds)
    >>> round(hf_fixed(Beats.from_rr(rr, person="a")).value, -1)
    450.0
    """
    return only(FAMILY["hf_fixed"], "ms²", span or from_first_to_last(beats), beats=beats)


@measure(
    label="Total power, 0.003–0.4 Hz",
    unit="ms²",
    window=None,
    source=TASK_FORCE,
    many=FAMILY["total_power"],
)
def total_power(beats: Beats, span: Span | None = None) -> Estimate:
    """Power of the normal RR intervals from 0.003 to 0.4 Hz: VLF, LF and HF together.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given. One
        of more than 7.5 min is cut into equal pieces of about 5 min, and the mean is given.

    Returns
    -------
    Estimate
        In ms². Missing where normal intervals cover less than 4 min or 70 % of `span`; ``n``,
        ``quality`` and the standard error are as those of ``lf``.

    See Also
    --------
    vlf, interbeat.measures.hrv_frequency.lf, hf_fixed, sdnn

    Notes
    -----
    Estimated as ``lf`` is, from the same spectrum: it is the sum of the three bands. The
    square of SDNN is larger, by what is slower or faster.

    References
    ----------
    .. [1] Task Force ESC/NASPE (1996), Circulation 93:1043-1065,
       doi:10.1161/01.CIR.93.5.1043.

    Examples
    --------
    >>> import numpy as np
    >>> seconds = np.cumsum(np.full(340, 0.9))
    >>> rr = 900 + 40 * np.cos(2 * np.pi * 0.1 * seconds) + 30 * np.cos(1.5 * seconds)
    >>> round(total_power(Beats.from_rr(rr, person="a")).value, -1)
    1250.0
    """
    return only(FAMILY["total_power"], "ms²", span or from_first_to_last(beats), beats=beats)


@measure(
    label="LF, normalized units",
    unit="n.u.",
    window=None,
    source=TASK_FORCE,
    many=FAMILY["lf_nu"],
)
def lf_nu(beats: Beats, span: Span | None = None) -> Estimate:
    """LF power in percent of LF and HF together.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given. One
        of more than 7.5 min is cut into equal pieces of about 5 min, whose powers are averaged
        first.

    Returns
    -------
    Estimate
        In n.u. (percent). Missing where ``lf`` is, and where nothing varies. The standard
        error follows from those of both powers.

    See Also
    --------
    hf_nu, interbeat.measures.hrv_frequency.lf, hf_fixed

    Notes
    -----
    As the Task Force has it but for the denominator, which it writes as total power less VLF:
    here it is LF + HF, the powers of ``lf`` and :func:`hf_fixed`, as most tools take it.

    It carries the same information as the ratio LF/HF (it is ratio / (1 + ratio), and HF n.u.
    is the rest to 100) and, like it, measures no balance of two nervous branches [2]_: it is
    here so that published numbers can be compared.

    References
    ----------
    .. [1] Task Force ESC/NASPE (1996), Circulation 93:1043-1065,
       doi:10.1161/01.CIR.93.5.1043.
    .. [2] Billman (2013), Front Physiol 4:26, doi:10.3389/fphys.2013.00026.

    Examples
    --------
    >>> import numpy as np
    >>> seconds = np.cumsum(np.full(340, 0.9))
    >>> rr = 900 + 40 * np.cos(2 * np.pi * 0.1 * seconds) + 30 * np.cos(1.5 * seconds)
    >>> round(lf_nu(Beats.from_rr(rr, person="a")).value)
    64
    """
    return only(FAMILY["lf_nu"], "n.u.", span or from_first_to_last(beats), beats=beats)


@measure(
    label="HF, normalized units",
    unit="n.u.",
    window=None,
    source=TASK_FORCE,
    many=FAMILY["hf_nu"],
)
def hf_nu(beats: Beats, span: Span | None = None) -> Estimate:
    """HF power (0.15 to 0.4 Hz) in percent of LF and HF together.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given. One
        of more than 7.5 min is cut into equal pieces of about 5 min, whose powers are averaged
        first.

    Returns
    -------
    Estimate
        In n.u. (percent). Missing where ``lf`` is, and where nothing varies. The standard
        error follows from those of both powers.

    See Also
    --------
    lf_nu, interbeat.measures.hrv_frequency.lf, hf_fixed

    Notes
    -----
    As the Task Force has it but for the denominator, which it writes as total power less VLF:
    here it is LF + HF, the powers of ``lf`` and :func:`hf_fixed`, as most tools take it.

    It carries the same information as the ratio LF/HF (it is ratio / (1 + ratio), and HF n.u.
    is the rest to 100) and, like it, measures no balance of two nervous branches [2]_: it is
    here so that published numbers can be compared.

    References
    ----------
    .. [1] Task Force ESC/NASPE (1996), Circulation 93:1043-1065,
       doi:10.1161/01.CIR.93.5.1043.
    .. [2] Billman (2013), Front Physiol 4:26, doi:10.3389/fphys.2013.00026.

    Examples
    --------
    >>> import numpy as np
    >>> seconds = np.cumsum(np.full(340, 0.9))
    >>> rr = 900 + 40 * np.cos(2 * np.pi * 0.1 * seconds) + 30 * np.cos(1.5 * seconds)
    >>> round(hf_nu(Beats.from_rr(rr, person="a")).value)
    36
    """
    return only(FAMILY["hf_nu"], "n.u.", span or from_first_to_last(beats), beats=beats)


@measure(
    label="LF peak frequency", unit="Hz", window=None, source=TASK_FORCE, many=FAMILY["lf_peak"]
)
def lf_peak(beats: Beats, span: Span | None = None) -> Estimate:
    """Frequency from 0.04 to 0.15 Hz at which the spectrum of the normal RR intervals peaks.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given. One
        of more than 7.5 min is cut into equal pieces of about 5 min, whose spectra are averaged
        first.

    Returns
    -------
    Estimate
        In Hz. Missing where normal intervals cover less than 2 min or 70 % of `span`, where
        nothing varies, and where the band has no peak. The standard error
        says how far reaches what is not clearly lower than the peak: in a flat spectrum, over
        the band.

    See Also
    --------
    hf_peak, interbeat.measures.hrv_frequency.lf, interbeat.measures.breathing.breathing_rate

    Notes
    -----
    The spectrum of ``lf`` is smoothed by a triangle of 0.02 Hz to either side: a rhythm that
    waxes and wanes has a broad peak, of which an unsmoothed spectrum shows splinters. The peak
    is the highest maximum within the band; a slope that only falls from the band's edge
    belongs to a rhythm outside. Width of smoothing and of doubt were chosen by simulation
    (:func:`~interbeat.kernels.spectra.peaks`).

    References
    ----------
    .. [1] Task Force ESC/NASPE (1996), Circulation 93:1043-1065,
       doi:10.1161/01.CIR.93.5.1043.

    Examples
    --------
    >>> import numpy as np
    >>> seconds = np.cumsum(np.full(340, 0.9))
    >>> rr = 900 + 40 * np.cos(2 * np.pi * 0.1 * seconds) + 30 * np.cos(1.5 * seconds)
    >>> round(lf_peak(Beats.from_rr(rr, person="a")).value, 3)
    0.1
    """
    return only(FAMILY["lf_peak"], "Hz", span or from_first_to_last(beats), beats=beats)


@measure(
    label="HF peak frequency", unit="Hz", window=None, source=TASK_FORCE, many=FAMILY["hf_peak"]
)
def hf_peak(beats: Beats, span: Span | None = None) -> Estimate:
    """Frequency from 0.15 to 0.4 Hz at which the spectrum of the normal RR intervals peaks.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given. One
        of more than 7.5 min is cut into equal pieces of about 5 min, whose spectra are averaged
        first.

    Returns
    -------
    Estimate
        In Hz. Missing where normal intervals cover less than 2 min or 70 % of `span`, where
        nothing varies, and where the band has no peak. The standard error
        says how far reaches what is not clearly lower than the peak: in a flat spectrum, over
        the band.

    See Also
    --------
    lf_peak, interbeat.measures.hrv_frequency.hf, interbeat.measures.breathing.breathing_rate

    Notes
    -----
    The spectrum of ``lf`` is smoothed by a triangle of 0.02 Hz to either side: a rhythm that
    waxes and wanes has a broad peak, of which an unsmoothed spectrum shows splinters. The peak
    is the highest maximum within the band; a slope that only falls from the band's edge
    belongs to a rhythm outside. Width of smoothing and of doubt were chosen by simulation
    (:func:`~interbeat.kernels.spectra.peaks`).

    It is no breathing rate: that is measured from breaths.

    References
    ----------
    .. [1] Task Force ESC/NASPE (1996), Circulation 93:1043-1065,
       doi:10.1161/01.CIR.93.5.1043.

    Examples
    --------
    >>> import numpy as np
    >>> seconds = np.cumsum(np.full(340, 0.9))
    >>> rr = 900 + 40 * np.cos(2 * np.pi * 0.1 * seconds) + 30 * np.cos(1.5 * seconds)
    >>> round(hf_peak(Beats.from_rr(rr, person="a")).value, 3)
    0.239
    """
    return only(FAMILY["hf_peak"], "Hz", span or from_first_to_last(beats), beats=beats)


@measure(
    label="ln HF, 0.15–0.4 Hz",
    unit="ln ms²",
    window=None,
    source=TASK_FORCE,
    many=FAMILY["ln_hf"],
)
def ln_hf(beats: Beats, span: Span | None = None) -> Estimate:
    """Natural logarithm of the power from 0.15 to 0.4 Hz.

    Parameters
    ----------
    beats : Beats
        Of one person.
    span : Span, optional
        The stretch of time it speaks of; from the first to the last beat if not given. One
        of more than 7.5 min is cut into equal pieces of about 5 min, whose powers are averaged
        first.

    Returns
    -------
    Estimate
        In ln ms². Missing where :func:`hf_fixed` is, and where nothing varies. The standard
        error is the relative one of the power, widened a little (chosen by simulation): errors
        of a logarithm are all but symmetric.

    See Also
    --------
    hf_fixed, interbeat.measures.hrv_frequency.hf, interbeat.measures.resphrv.resphrv

    Notes
    -----
    The logarithm of :func:`hf_fixed`, with its fixed band and its caveat.

    References
    ----------
    .. [1] Task Force ESC/NASPE (1996), Circulation 93:1043-1065,
       doi:10.1161/01.CIR.93.5.1043.

    Examples
    --------
    >>> import numpy as np
    >>> seconds = np.cumsum(np.full(340, 0.9))
    >>> rr = 900 + 30 * np.cos(2 * np.pi * 0.25 * seconds)
    >>> round(ln_hf(Beats.from_rr(rr, person="a")).value, 1)
    6.1
    """
    return only(FAMILY["ln_hf"], "ln ms²", span or from_first_to_last(beats), beats=beats)
