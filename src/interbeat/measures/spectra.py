"""Spectra of the intervals by four methods, for bands of one's own and others' numbers.

The measures of this package rest on :func:`multitaper`. The others are here so that numbers
of other tools can be reproduced. Each returns the same :class:`Spectrum`, in ms²/Hz, from
which the power of any band can be asked, and which prints its settings.

Examples
--------
>>> import numpy as np
>>> from interbeat import Beats
>>> rr = 900 + 40 * np.cos(2 * np.pi * 0.1 * np.cumsum(np.full(340, 0.9)))
>>> beats = Beats.from_rr(rr, person="a")
>>> spectrum = welch(beats, **KUBIOS)
>>> round(spectrum.power(0.07, 0.14).value, -1)
790.0
>>> print(spectrum.settings)
Welch, 4 Hz cubic, 1 Hann segment of 300.0 s, overlap 0.5, smoothness 500
"""

from interbeat.measures._density import Spectrum
from interbeat.measures._even import KUBIOS, WelchSettings, autoregressive, welch
from interbeat.measures._uneven import lomb, multitaper

__all__ = [
    "KUBIOS",
    "Spectrum",
    "WelchSettings",
    "autoregressive",
    "lomb",
    "multitaper",
    "welch",
]
