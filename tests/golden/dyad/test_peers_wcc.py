"""The windowed cross-correlation is the one that a peer prints on the same windows."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from interbeat.dyad.windows.windowed import Layout, cross_correlations

HERE = Path(__file__).parent


def test_agrees_with_bsync_window_by_window_and_lag_by_lag() -> None:
    """Bsync keeps the window of x and moves that of y, both ways; so do we."""
    x, y = np.loadtxt(HERE / "input.csv", delimiter=",", skiprows=1, unpack=True)
    first, lag, peer = np.loadtxt(
        HERE / "bsync_wcc.csv", delimiter=",", skiprows=1, unpack=True
    )
    layout = Layout(window=33, hop=8, max_lag=16)
    ours = np.tanh(cross_correlations(x, y, layout))
    rows = ((first - 1) / 8).astype(int)
    columns = (lag + 16).astype(int)
    assert peer.size > 600
    np.testing.assert_allclose(ours[rows, columns], peer, rtol=0, atol=1e-12)
