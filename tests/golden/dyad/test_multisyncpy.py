"""Numbers of groups are those that multiSyncPy 0.1.2 and NeuroKit2 0.2.13 print."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from interbeat.core.arrays import FloatArray
from interbeat.dyad.dynamics.recurrence_plot import Recurrence, group_recurrence
from interbeat.dyad.group_numbers import (
    coherence_team,
    driver_scores,
    empath_scores,
    half_angle_synchrony,
    phases_of,
    sum_normalized_csd,
    symbolic_entropy,
    synchronization_coefficients,
    synchronization_index,
)
from interbeat.dyad.groups import cluster_rho
from interbeat.dyad.preparation import decimated

HERE = Path(__file__).parent
INPUTS = {"A": 4, "N": 4, "I": 10}  # Hz
PEER: dict[str, dict[str, Any]] = json.loads((HERE / "multisyncpy.json").read_text())

every_input = pytest.mark.parametrize("name", INPUTS)


def two(name: str) -> FloatArray:
    table = np.loadtxt(HERE / f"input_{name}.csv", delimiter=",", skiprows=1)
    return np.ascontiguousarray(table[:, 1:3].T)


def three() -> FloatArray:
    x, y = two("A")
    return np.array([x, y, np.roll(x, 7) + 0.5 * y])


def with_single_points(found: Recurrence) -> float:
    """Return the mean length of lines as the peer has it, which counts points as lines of 1."""
    return 1 / (found.determinism / found.mean_line + 1 - found.determinism)


@every_input
def test_numbers_of_two_agree(name: str) -> None:
    both, peer = two(name), PEER[name]
    ours = {
        "msp_coherence_team": coherence_team(both),
        "msp_sum_normalized_csd": sum_normalized_csd(both),
        "msp_symbolic_entropy": symbolic_entropy(both),
        "msp_rho_group": cluster_rho(phases_of(both))[0],
        "nk_hilbert_mean": float(half_angle_synchrony(*both).mean()),
    }
    for key, value in ours.items():
        assert value == pytest.approx(peer[key], rel=1e-9), key


@every_input
def test_who_foretells_whom_agrees(name: str) -> None:
    """Theirs is called with the answering series first; ours has the driver's row."""
    found = synchronization_coefficients(two(name), lag=10)
    assert found[0, 1] == pytest.approx(PEER[name]["msp_sync_coef_xy"], rel=1e-9)
    assert found[1, 0] == pytest.approx(PEER[name]["msp_sync_coef_yx"], rel=1e-9)


@every_input
def test_the_groups_own_recurrence_agrees(name: str) -> None:
    rows = [decimated(row, INPUTS[name]) for row in two(name)]
    found = group_recurrence(rows, radius=0.6)
    ours = (found.rate, found.determinism, with_single_points(found), found.longest_line)
    assert ours == pytest.approx(PEER[name]["msp_rqa_1hz_r06"], rel=1e-9)


def test_numbers_of_three_agree() -> None:
    group, peer = three(), PEER["three"]
    assert coherence_team(group) == pytest.approx(peer["coherence_team"], rel=1e-9)
    assert sum_normalized_csd(group) == pytest.approx(peer["sum_normalized_csd"], rel=1e-9)
    assert symbolic_entropy(group) == pytest.approx(peer["symbolic_entropy"], rel=1e-9)
    assert cluster_rho(phases_of(group))[0] == pytest.approx(peer["rho_group"], rel=1e-9)
    found = group_recurrence(group[:, ::4], radius=1.2, embedding=2, delay=3)
    ours = (found.rate, found.determinism, with_single_points(found), found.longest_line)
    assert ours == pytest.approx(peer["rqa_each_fourth_r12_embed2_delay3"], rel=1e-9)


def test_drivers_and_empaths_of_three_agree() -> None:
    group, peer = three(), PEER["three"]
    matrix = synchronization_coefficients(group, lag=10)
    np.testing.assert_allclose(matrix, peer["matrix_lag10"], rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(driver_scores(group, lag=10), peer["driver_lag10"], rtol=1e-8)
    np.testing.assert_allclose(empath_scores(group, lag=10), peer["empath_lag10"], rtol=1e-8)
    assert synchronization_index(group, lag=10) == pytest.approx(peer["index_lag10"], rel=1e-6)


def test_the_peers_diagonal_is_half_of_the_own_past() -> None:
    """A regression on one series twice shares its coefficient out: a slip, kept and named."""
    group = three()
    past, now = group[0, :-10], group[0, 10:]
    slope = np.cov(past, now)[0, 1] / np.var(past, ddof=1)
    assert synchronization_coefficients(group, lag=10)[0, 0] == pytest.approx(slope / 2)
