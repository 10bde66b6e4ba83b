"""R-peak detectors as they come: leads (rows) and their rate in, times (s) out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from benchmarks.beside.common import Floats, module

Detector = Callable[[Floats, int], Floats]


def interbeat() -> Detector:
    detect = module("interbeat").detect_beats
    return lambda leads, hz: np.asarray(detect(leads[0], sampling_rate=hz).times)


def interbeat_all() -> Detector:
    detect = module("interbeat").detect_beats
    return lambda leads, hz: np.asarray(detect(leads, sampling_rate=hz).times)


def neurokit2() -> Detector:
    nk = module("neurokit2")
    return lambda leads, hz: (
        np.asarray(nk.ecg_peaks(nk.ecg_clean(leads[0], hz), hz)[1]["ECG_R_Peaks"]) / hz
    )


def sleepecg() -> Detector:
    detect = module("sleepecg").detect_heartbeats
    return lambda leads, hz: np.asarray(detect(leads[0], hz)) / hz


def xqrs() -> Detector:
    detect = module("wfdb.processing").xqrs_detect
    return lambda leads, hz: np.asarray(detect(leads[0], hz, verbose=False)) / hz


def hamilton() -> Detector:
    """Return BioSPPy's, on what its own pipeline filters (3 to 45 Hz)."""
    tools, ecg = module("biosppy.signals.tools"), module("biosppy.signals.ecg")

    def detect(leads: Floats, hz: int) -> Floats:
        clean = tools.filter_signal(leads[0], "FIR", "bandpass", int(0.3 * hz), [3, 45], hz)[0]
        peaks = ecg.hamilton_segmenter(clean, hz)[0]
        return np.asarray(ecg.correct_rpeaks(clean, peaks, hz, tol=0.05)[0]) / hz

    return detect


DETECTORS: Mapping[str, Callable[[], Detector]] = {
    "interbeat": interbeat,
    "neurokit2": neurokit2,
    "sleepecg": sleepecg,
    "wfdb xqrs": xqrs,
    "biosppy hamilton": hamilton,
}
