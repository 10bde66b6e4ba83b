"""The analysis as a frame: the same rows as the table, for those who think in pandas."""

from __future__ import annotations

from tests.designed import simulate

import interbeat as ib


def test_a_frame_has_a_row_for_every_estimate() -> None:
    analysis = ib.analyze(simulate("strangers", seed=4).session.between(0, 200))
    frame = analysis.to_frame()
    whole = frame[(frame["person"] == "b") & (frame["kind"] == "summary")].set_index("measure")
    for name, estimate in analysis["b"].summary.items():
        row = whole.loc[name]
        assert row["unit"] == estimate.unit
        assert row["reason"] == estimate.reason
        assert estimate.reason or row["value"] == estimate.value
    windows = frame[(frame["measure"] == "rmssd") & (frame["kind"] == "window")]
    assert len(windows) == 2 * len(analysis["a"].tracks["rmssd"])
