"""A multiverse tells of every choice, and picks none."""

from __future__ import annotations

import inspect
import math

import numpy as np
import pytest
from tests.designed import simulate
from tests.laws.dyad.worlds import COUPLED, RATE

from interbeat.core.arrays import FloatArray
from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate
from interbeat.dyad import INDICES
from interbeat.dyad.multiverse import Choice, Multiverse, multiverse
from interbeat.pipeline.analyze import analyze
from interbeat.pipeline.choices import every_choice
from interbeat.reporting.choices import choices_figure, render_choices, said_of_choices

LAGS = (2.0, 5.0)


def _two(name: str = "latent 0.5", seed: int = 5) -> tuple[FloatArray, FloatArray]:
    return COUPLED[name](np.random.default_rng([41, seed]))


def _choice(
    p: float, *, lag: float = math.nan, window: float = 30.0, index: str = "phase_locking",
    signal: str = "heart rate",
) -> Choice:  # fmt: skip
    told = Estimate.missing("s", "no lag") if math.isnan(lag) else Estimate(lag, 0.2, "s", 1, 9)
    value = Estimate.missing("", "silent") if math.isnan(p) else Estimate(1 - p, 0.1, "", 1, 9)
    return Choice(signal, index, {"window": window}, value, p, 0.01, told)


def test_each_row_is_what_the_index_says() -> None:
    x, y = _two()
    found = multiverse(x, y, sampling_rate=RATE, lags=LAGS, indices=["phase_locking"])
    for row in found.rows:
        alone = INDICES[row.index].function(x, y, sampling_rate=RATE, **dict(row.choices))
        assert (row.p, row.value) == (alone.p, alone.value)


def test_shares_and_ranges_are_counted_by_hand() -> None:
    rows = (
        _choice(0.01, lag=1.0),
        _choice(0.04, lag=2.5, window=60.0),
        _choice(0.5, window=60.0),
        _choice(math.nan),
    )
    found = Multiverse(rows)
    assert found.share == pytest.approx(2 / 3)
    assert found.shares["window", "60 s"] == 0.5
    assert found.shares["window", "30 s"] == 1.0
    assert found.lags == (1.0, 2.5)
    assert found.values == {"phase_locking": (0.5, 0.99)}
    assert math.isnan(Multiverse(rows[3:]).share)
    assert [row["p"] for row in found.table()][:3] == [0.01, 0.04, 0.5]
    assert found.table()[3]["reason"] == "silent"


def test_signals_are_joined() -> None:
    one, other = Multiverse((_choice(0.01),)), Multiverse((_choice(0.5, signal="breathing"),))
    assert (one | other).shares["signal", "breathing"] == 0.0
    assert (one | other).share == 0.5


def test_what_it_says_of_agreement_and_of_its_lack() -> None:
    agreed = " ".join(said_of_choices(Multiverse((_choice(0.01), _choice(0.02)))))
    assert "All choices agree that the two co-vary" in agreed
    none = " ".join(said_of_choices(Multiverse((_choice(0.3), _choice(0.4)))))
    assert "does not show that they are not" in none
    mixed = Multiverse((_choice(0.01), _choice(0.3, window=60.0), _choice(math.nan)))
    words = " ".join(said_of_choices(mixed)).replace("\N{NO-BREAK SPACE}", " ")
    assert "most on the window, from 0 % of choices with window 60 s to 100 %" in words
    assert "1 choice gave no value" in words
    for said in (agreed, none, words):
        assert "No choice here is the best one" in said
    assert said_of_choices(Multiverse((_choice(math.nan),))) == ["None of 1 choice gave a p."]
    assert choices_figure(Multiverse((_choice(math.nan),))) is None


def test_its_page_holds_every_choice_and_runs_nothing() -> None:
    rows = tuple(_choice(p, window=w) for p in (0.001, 0.2) for w in (15.0, 30.0))
    page = render_choices(Multiverse((*rows, _choice(math.nan))))
    assert page == render_choices(Multiverse((*rows, _choice(math.nan))))
    assert "<script" not in page
    assert "<link" not in page
    assert page.count('<th scope="row">heart rate</th>') == 5
    assert "missing: silent" in page


def test_every_index_is_asked_with_the_settings_it_has_and_says_why_not() -> None:
    """A minute is too short for any of them."""
    x, y = _two()
    found = multiverse(x[:240], y[:240], sampling_rate=RATE, lags=LAGS, signal="heart rate")
    assert {row.index for row in found.rows} == set(INDICES)
    assert not found.tested
    for row in found.rows:
        assert row.value.reason
        has = inspect.signature(INDICES[row.index].function).parameters
        assert set(row.choices) <= set(has)
        assert 2 * row.choices.get("max_lag", 0) <= row.choices.get("window", math.inf)


def test_wrong_calls_are_refused() -> None:
    x, y = _two()
    with pytest.raises(DataError, match="equally long"):
        multiverse(x, y[:-1], sampling_rate=RATE)
    with pytest.raises(DataError, match="seconds over 0"):
        multiverse(x, y, sampling_rate=RATE, lags=(0.0,))
    with pytest.raises(DataError, match="no index is called 'harmony'"):
        multiverse(x, y, sampling_rate=RATE, indices=["harmony"])


def test_every_signal_of_an_analysis_is_asked() -> None:
    session = simulate("calm evening", seed=5).session.between(0, 330)
    found = every_choice(analyze(session), lags=(5.0,), indices=["phase_locking"])
    assert {"heart rate", "skin conductance", "breathing"} <= {row.signal for row in found.rows}
    alone = analyze(type(session)(session.recordings[:1]))
    with pytest.raises(DataError, match="two people are compared, not 1"):
        every_choice(alone)
