"""Changes of binding that are known: between two scans, within one, and none at all."""

from __future__ import annotations

import math
import os
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from interbeat.body.noise import Streams
from interbeat.body.tracer import Displacement, Ligand, Scan, scanned
from interbeat.core.activity import Regions
from interbeat.core.errors import DataError
from interbeat.core.estimate import Estimate
from interbeat.neurochemistry.scans.binding import bind
from interbeat.neurochemistry.scans.bound import Bound
from interbeat.neurochemistry.scans.displacing import displaced, ratio_of
from interbeat.neurochemistry.scans.retest import test_retest
from interbeat.neurochemistry.tracers._spec import Fit, Frames, Problem, Settings
from interbeat.neurochemistry.tracers.lp_ntpet import lp_ntpet

LONG = bool(os.environ.get("INTERBEAT_LONG"))
SCANS = 400 if LONG else 40
DURATIONS = [60.0] * 10 + [120.0] * 10 + [180.0] * 20
INFUSED = Ligand(sustained=0.6)  # a bolus and an infusion, as displacement is best seen
Z = 1.959964


def looked(change: float, seed: int, ligand: Ligand = INFUSED) -> Fit:
    """Return what lp-ntPET finds in one scan, the change 40 min after the injection."""
    scan = scanned(
        ligand, DURATIONS, streams=Streams(seed, 0), displacement=Displacement(change=change)
    )
    return lp_ntpet(problem(scan), Settings())


def problem(scan: Scan) -> Problem:
    """Return the scan with weights by counts."""
    frames = Frames(scan.starts / 60, (scan.starts + scan.durations) / 60)
    counts = scan.durations * 2 ** (-frames.middles / 20.4)
    weights = counts / np.clip(scan.target, 0.05 * scan.target.max(), None)
    return Problem(frames, scan.target, weights / weights.mean(), scan.reference)


@cache
def many(change: float, noise: float) -> list[Fit]:
    """Return what is found in many scans."""
    ligand = replace(INFUSED, noise=noise)
    return [looked(change, seed, ligand) for seed in range(SCANS)]


def test_where_nothing_happens_something_is_found_in_about_one_of_twenty_scans() -> None:
    found = [not fit.parameters["change"].reason for fit in many(0.0, 0.5)]
    slack = 3 * math.sqrt(0.05 * 0.95 / SCANS)
    assert sum(found) / SCANS <= 0.05 + slack


def slow(seed: int) -> Problem:
    """Return a region that binds slowly (two compartments, k4 0.12 per min), undisturbed."""
    rng, step, durations = np.random.default_rng(seed), 1 / 60, np.array(DURATIONS) / 60
    minutes = np.arange(0.0, durations.sum() + step, step)
    leaving = 0.7 * np.exp(-minutes / 12) + 0.3 * np.exp(-minutes / 80)
    plasma = 4 * minutes * np.exp(-minutes / 1.5) + 1.2 * (1 - np.exp(-2 * minutes)) * leaving
    out, bound_by = rng.uniform(0.12, 0.25), rng.uniform(1.5, 4.0)
    rates = np.array([[-out - bound_by * 0.12, 0.12], [bound_by * 0.12, -0.12]])
    level = np.zeros((minutes.size, 3))
    for k in range(minutes.size - 1):
        gained = np.append(rates @ level[k, :2], -out * level[k, 2])
        gained += 0.1 * plasma[k] * np.array([1, 0, 1])
        level[k + 1] = level[k] + step * gained
    edges = np.concatenate([[0.0], np.cumsum(durations)])
    area = np.cumsum(np.stack([level[:, 0] + level[:, 1], level[:, 2]]), axis=1) * step
    clean = np.array([np.diff(np.interp(edges, minutes, one)) for one in area]) / durations
    frames = Frames(edges[:-1], edges[1:])
    spread = np.sqrt(clean.clip(0.01) * 2 ** (frames.middles / 20.4) / durations)
    spread *= 0.01 / np.mean(spread[0] / clean[0])
    target, reference = clean + spread * rng.standard_normal(clean.shape)
    weights = spread[0] ** -2
    return Problem(frames, target, weights / weights.mean(), reference)


def test_slow_binding_in_which_nothing_happens_is_not_taken_for_a_displacement() -> None:
    """One compartment does not fit, and a search beside it alone finds something in most."""
    fits = [lp_ntpet(slow(seed), Settings()) for seed in range(12)]
    assert np.mean([fit.parameters["p"].value < 0.05 for fit in fits]) > 0.5
    told = [fit for fit in fits if not fit.parameters["change"].reason]
    assert len(told) <= 2
    reasons = " ".join(fit.parameters["change"].reason for fit in fits)
    assert "two compartments in which nothing happens" in reasons


def test_no_more_is_displaced_than_was_bound() -> None:
    faint = replace(INFUSED, binding=0.02, noise=0.1)
    fits = [looked(-0.5, seed, faint) for seed in (3, 4, 9)]
    told = [one for fit in fits if not (one := fit.parameters["change"]).reason]
    assert told
    assert all(one.value >= -1 for one in told)


def test_a_table_of_f_would_find_something_in_most_scans_in_which_nothing_happens() -> None:
    """What the search costs, and why it is said."""
    alone = [float(fit.flags[0].split("would be ")[1].split(" ")[0]) for fit in many(0.0, 0.5)]
    assert np.mean(np.array(alone) < 0.05) > 0.25
    assert all("best of" in fit.flags[0] for fit in many(0.0, 0.5))


def test_the_larger_the_change_the_more_often_it_is_found() -> None:
    rates = [
        float(np.mean([not fit.parameters["change"].reason for fit in many(change, 0.5)]))
        for change in (-0.05, -0.10, -0.15)
    ]
    assert rates[0] < rates[1] < rates[2]
    assert rates[2] > 0.5


def test_the_interval_of_the_change_holds_the_truth() -> None:
    for change in (0.0, -0.05, -0.10, -0.15):
        ends = np.array([fit.plot["change"] for fit in many(change, 0.5)])
        inside = np.mean((ends[:, 0] <= change) & (change <= ends[:, 1]))
        assert inside >= 0.95 - 3 * math.sqrt(0.05 * 0.95 / SCANS)


def test_a_direction_that_is_told_is_right() -> None:
    fits = many(-0.15, 0.1)
    told = [fit.flags[-1] for fit in fits if "bound at the peak" in fit.flags[-1]]
    assert len(told) > 0.8 * SCANS
    assert all(flag.startswith("less bound") for flag in told)
    values = [fit.parameters["change"].value for fit in fits]
    assert np.median(values) == pytest.approx(-0.15, abs=0.03)


def test_more_bound_is_found_as_more_bound() -> None:
    fits = [looked(0.25, seed, replace(INFUSED, noise=0.1)) for seed in range(12)]
    told = [fit for fit in fits if "bound at the peak" in fit.flags[-1]]
    assert len(told) >= 9
    assert all(fit.parameters["change"].value > 0 for fit in told)


def test_onset_and_peak_are_within_their_intervals() -> None:
    fits = [fit for fit in many(-0.15, 0.1) if not fit.parameters["onset"].reason]
    for name, truth in (("onset", 40.0), ("peak", 50.0)):
        inside = [fit.plot[name][0] <= truth <= fit.plot[name][1] for fit in fits]
        assert np.mean(inside) > 0.9


def test_binding_of_a_calm_scan_is_that_of_the_body() -> None:
    calm = [fit for fit in many(0.0, 0.5) if fit.parameters["change"].reason]
    values = [fit.parameters["BP_ND"].value for fit in calm]
    assert np.median(values) == pytest.approx(2.8, rel=0.03)


def test_what_lp_ntpet_cannot_look_at_is_missing_with_a_reason() -> None:
    whole = problem(scanned(INFUSED, DURATIONS, streams=Streams(1, 0)))
    for spoiled in (
        replace(whole, reference=None),
        replace(whole, activity=np.zeros(whole.activity.size)),
        replace(whole, reference=np.zeros(whole.activity.size)),
        replace(whole, weights=np.where(np.arange(whole.activity.size) < 3, 1.0, 0.0)),
    ):
        fit = lp_ntpet(spoiled, Settings())
        assert all(one.reason for one in fit.parameters.values())
    short = Frames(whole.frames.starts / 10, whole.frames.ends / 10)
    assert "too short" in lp_ntpet(replace(whole, frames=short), Settings()).flags[0]


def regions(binding: float, seed: int, person: str = "p1") -> Regions:
    """Return a scan of a body that binds so much, with the reference of all others."""
    ligand = Ligand(binding=binding, noise=0.5)
    scan = scanned(ligand, DURATIONS, streams=Streams(seed, 0))
    curves = {"cerebellum": scan.true_reference, "putamen": scan.target}
    return Regions(
        scan.starts, scan.durations, curves, "kBq/mL", person=person, radionuclide="C11",
        decay_corrected=True,
    )  # fmt: skip


def bound(binding: float, seed: int, person: str = "p1", model: str = "SRTM") -> Bound:
    """Return its binding."""
    return bind(regions(binding, seed, person), reference="cerebellum", model=model)


def test_the_interval_of_a_change_between_scans_holds_the_truth() -> None:
    pairs = 1000 if LONG else 60
    inside = 0
    for seed in range(pairs):
        both = displaced(bound(2.8, 2 * seed), bound(2.52, 2 * seed + 1))
        low, high = both.intervals["putamen"]
        inside += low <= -0.1 <= high
    slack = 0.0 if LONG else 3 * math.sqrt(0.95 * 0.05 / pairs) - 0.02
    assert 0.93 - slack <= inside / pairs <= 0.97 + slack


def test_fieller_s_interval_holds_the_truth_where_the_baseline_is_noisy() -> None:
    rng, draws, inside = np.random.default_rng(3), 5000, 0
    repeated = (3.0 + 0.01 * rng.standard_normal(draws)) / (
        2.0 + 0.04 * rng.standard_normal(draws)
    )
    sure = ratio_of(Estimate(2.0, 0.04, "", 1.0, 30), Estimate(3.0, 0.01, "", 1.0, 30))[0]
    assert sure.se == pytest.approx(np.std(repeated), rel=0.05)
    noise = rng.standard_normal((draws, 2)) * [0.2, 0.1]
    for before, after in (np.array([1.0, 0.5]) + noise).tolist():
        _, (low, high) = ratio_of(
            Estimate(before, 0.2, "", 1.0, 30), Estimate(after, 0.1, "", 1.0, 30)
        )
        inside += low <= -0.5 <= high
    assert inside / draws == pytest.approx(0.95, abs=0.01)


def test_the_sign_is_said_in_words_and_as_papers_write_it() -> None:
    less = displaced(bound(2.8, 1), bound(2.0, 2), order="counterbalanced over 20 people")
    assert less.change["putamen"].value < -0.2
    assert less.words["putamen"].startswith("less bound than at baseline")
    assert "(baseline - condition) / baseline = +0." in less.words["putamen"]
    assert less.order == "counterbalanced over 20 people"
    assert not any("order" in flag for flag in less.flags)
    more = displaced(bound(2.0, 1), bound(2.8, 2))
    assert more.words["putamen"].startswith("more bound than at baseline")
    assert "order of conditions not said" in more.flags


def test_words_say_where_no_difference_is_shown_and_a_volume_is_not_what_is_bound() -> None:
    one, two = bound(2.8, 1), bound(2.8, 2)
    low, high = displaced(one, two).intervals["putamen"]
    assert low < 0 < high
    assert displaced(one, two).words["putamen"].endswith("no difference is shown")
    less = bound(2.0, 2)
    assert "no difference" not in displaced(one, less).words["putamen"]
    volumes = []
    for scan in (one, less):
        fit = scan.regions["putamen"]
        found = {"V_T": fit.parameters["BP_ND"]}
        volumes.append(
            replace(scan, model="1TC", regions={"putamen": replace(fit, parameters=found)})
        )
    assert displaced(*volumes).words["putamen"].startswith("lower V_T than at baseline")


def test_test_and_retest_stand_beside_the_change() -> None:
    retest = {"putamen": test_retest([2.0, 3.0, 4.0, 3.5], [2.2, 2.9, 4.1, 3.2])}
    both = displaced(bound(2.8, 1), bound(2.5, 2), retest=retest)
    within = retest["putamen"].within.value
    assert both.repeatability["putamen"] == pytest.approx(Z * math.sqrt(2) * within)
    assert not any("test and retest" in flag for flag in both.flags)


def test_scans_that_do_not_belong_together_are_refused() -> None:
    one = bound(2.8, 1)
    with pytest.raises(DataError, match="two people"):
        displaced(one, bound(2.8, 2, person="p2"))
    with pytest.raises(DataError, match="two models"):
        displaced(one, bound(2.8, 2, model="MRTM"))
    with pytest.raises(DataError, match="reference"):
        displaced(one, replace(bound(2.8, 2), reference="pons"))
    with pytest.raises(DataError, match="no region"):
        displaced(one, replace(bound(2.8, 2), regions={}))
    with pytest.raises(DataError, match="same curves"):
        displaced(one, bound(2.8, 1))
    told, other = (
        replace(one, scan=replace(one.scan, tracer=name)) for name in ("raclopride", "PHNO")
    )
    with pytest.raises(DataError, match="two tracers"):
        displaced(told, other)
    within = bind(regions(2.8, 1), reference="cerebellum", model="lp-ntPET")
    with pytest.raises(DataError, match="of one scan"):
        displaced(within, within)


def test_a_baseline_that_may_be_nothing_has_no_share() -> None:
    faint = Estimate(0.1, 0.2, "", 1.0, 30)
    change, ends = ratio_of(faint, Estimate(0.2, 0.1, "", 1.0, 30))
    assert "not told from 0" in change.reason
    assert all(math.isnan(end) for end in ends)
    below = ratio_of(Estimate(-0.2, 0.01, "", 1.0, 30), faint)[0]
    assert "not above 0" in below.reason
    gone = Estimate.missing("", "no activity")
    assert ratio_of(gone, faint)[0].reason == "baseline: no activity"
    assert ratio_of(Estimate(1.0, 0.1, "", 1.0, 9), gone)[0].reason == "condition: no activity"


def test_intervals_of_test_and_retest_hold_the_truth() -> None:
    rng, draws, people = np.random.default_rng(11), 2000, 12
    inside = {"within": 0, "agreement": 0, "shift": 0}
    truth = {"within": 0.1, "agreement": 0.25 / 0.26, "shift": 0.0}
    for _ in range(draws):
        level = 1 + 0.25 * rng.standard_normal(people)
        pair = level[:, None] + 0.1 * rng.standard_normal((people, 2))
        found = test_retest(10 * pair[:, 0], 10 * pair[:, 1])
        truth["agreement"] = 0.25**2 / (0.25**2 + 0.1**2)
        for name in inside:
            low, high = found.intervals[name]
            inside[name] += low <= truth[name] <= high
    for count in inside.values():
        assert 0.93 <= count / draws <= 0.97


def test_pairs_with_a_gap_are_left_out_and_two_pairs_are_too_few() -> None:
    gap = test_retest([1.0, 2.0, math.nan, 4.0], [1.1, 2.2, 3.0, 4.1])
    assert gap.within.n == 3
    assert "1 of 4 pairs left out: a value is missing" in gap.flags
    few = test_retest([1.0, 2.0], [1.1, 2.2])
    assert few.within.reason
    assert few.agreement.reason
    assert math.isnan(few.detectable)
    with pytest.raises(DataError, match="pairs"):
        test_retest([1.0, 2.0], [1.0])
    same = test_retest([2.0, 2.0, 2.0], [2.0, 2.0, 2.0])
    assert same.within.value == 0
    assert same.agreement.reason
    assert any("given twice" in flag for flag in same.flags)
    around_zero = test_retest([-1.0, 2.0, 3.0, 4.0], [1.0, 2.2, 2.9, 4.4])
    assert "not above 0" in around_zero.variability.reason
    assert not around_zero.within.reason


def test_the_numbers_of_test_and_retest_are_those_of_their_definitions() -> None:
    first, second = np.array([2.0, 3.0, 4.0, 5.5]), np.array([2.4, 2.8, 4.3, 5.1])
    found, both = test_retest(first, second), np.stack([first, second])
    mean, person = both.mean(), both.mean(axis=0)
    inside = float(np.mean((second - first) ** 2) / 2)
    among = 2 * float(np.sum((person - mean) ** 2)) / 3
    assert found.within.value == pytest.approx(math.sqrt(inside) / mean)
    assert found.agreement.value == pytest.approx((among - inside) / (among + inside))
    assert found.variability.value == pytest.approx(np.mean(np.abs(second - first) / person))
    assert found.shift.value == pytest.approx(np.mean(second - first) / mean)
