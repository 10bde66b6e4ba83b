"""One simulated person who has every channel that a measure asks for."""

from __future__ import annotations

import numpy as np
import pytest

from interbeat.core.beats import Beats
from interbeat.core.breaths import Breaths
from interbeat.core.recording import Recording
from interbeat.core.responses import Responses
from interbeat.core.signal import Signal

SECONDS = 1000.0


@pytest.fixture(scope="session")
def person() -> Recording:
    """Return 1000 s; some beats and breaths abnormal, some skin conductance lost.

    Intervals swing with the breath, and no breath is as deep as the one before.
    """
    rng = np.random.default_rng(7)
    onsets = np.cumsum(rng.uniform(3.2, 4.8, 260))
    rr = 850 + 25 * np.cos(np.arange(1300) * 0.21) + rng.normal(0, 25, 1300)
    rr += 30 * np.cos(2 * np.pi * np.interp(0.3 + np.cumsum(rr) / 1000, onsets, range(260)))
    beats = Beats.from_rr(rr, "a", start=0.3)
    depth = np.random.default_rng(8).lognormal(0, 0.3, 260)
    level = 4 + np.cumsum(rng.normal(0, 0.01, int(SECONDS) * 4))
    level[1200:1240] = np.nan
    at = np.cumsum(rng.uniform(4, 20, 90))
    whole = Recording(
        "a",
        {
            "beats": Beats(beats.times, rng.random(len(beats)) > 0.02, "a"),
            "breaths": Breaths(onsets, onsets + 1.3, depth, rng.random(260) > 0.02, person="a"),
            "scl": Signal(level, 4, unit="µS", person="a", start=0),
            "responses": Responses(at, at + 1.8, rng.lognormal(-1, 0.6, 90), person="a"),
        },
    )
    return whole.between(0, SECONDS)
