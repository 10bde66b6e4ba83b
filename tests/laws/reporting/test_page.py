"""The page as text: what it holds, what it escapes, what it never says."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from interbeat.app.summary import lines
from interbeat.core.estimate import Estimate
from interbeat.core.intervals import Intervals
from interbeat.core.recording import Recording
from interbeat.core.responses import Responses
from interbeat.core.session import Inference
from interbeat.dyad import INDICES
from interbeat.dyad.adjusted import adjusted
from interbeat.pipeline.analysis import Analysis, PersonAnalysis
from interbeat.reporting import cite, report, to_json, to_table
from interbeat.reporting._tables import synchrony_rows
from interbeat.reporting.page import render

EVERY = ["couple", "alone", "day", "hostile", "unmeasured"]


class Reader(HTMLParser):
    """Collects text, tags and ids, and checks that tags close."""

    VOID = frozenset({"meta", "br", "rect", "path"})

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open[-1:] != ["style"]:
            self.text.append(data)

    @classmethod
    def of(cls, html: str) -> Reader:
        reader = cls()
        reader.feed(html)
        assert not reader._open
        return reader

    @property
    def words(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.text))


@pytest.fixture(params=EVERY)
def analysis(request: pytest.FixtureRequest) -> Analysis:
    found: Analysis = request.getfixturevalue(request.param)
    return found


def test_same_analysis_same_bytes(analysis: Analysis, tmp_path: Path) -> None:
    one, other = report(analysis, tmp_path / "1.html"), report(analysis, tmp_path / "2.html")
    assert one.read_bytes() == other.read_bytes()


def test_tags_close_and_ids_are_unique(analysis: Analysis) -> None:
    page = Reader.of(render(analysis))
    assert len(page.ids) == len(set(page.ids))


def test_nothing_is_fetched_and_nothing_runs(analysis: Analysis) -> None:
    page = Reader.of(render(analysis))
    assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
    names = {name for name, _ in page.attributes}
    assert not {name for name in names if name.startswith("on") or name == "src"}
    targets = [value or "" for name, value in page.attributes if name == "href"]
    assert all(target.startswith("#") for target in targets)
    assert {target[1:] for target in targets} <= set(page.ids)


def test_no_number_is_nan(analysis: Analysis) -> None:
    words = Reader.of(render(analysis)).words
    assert not re.search(r"\b(nan|inf|None)\b", words, re.IGNORECASE)


def test_hostile_names_are_shown_as_text(hostile: Analysis) -> None:
    html = render(hostile)
    assert "<script" not in html
    assert html.count("&lt;script&gt;") > 10


@pytest.mark.parametrize(
    "word",
    [
        "calm and safe", "feels safe", "is safe", "are safe", "balanced", "in love",
        "stressed", "healthy", "normal range", "score of", "good arousal", "polyvagal",
    ],
)  # fmt: skip
def test_it_does_not_say(word: str, couple: Analysis) -> None:
    assert word not in Reader.of(render(couple)).words.lower()


def test_every_estimate_of_the_summary_is_there(couple: Analysis) -> None:
    words = Reader.of(render(couple)).words.replace("\N{NO-BREAK SPACE}", " ")
    for person in couple.people.values():
        for estimate in person.summary.values():
            assert (f"missing: {estimate.reason}" if estimate.reason else
                    str(estimate).removesuffix(estimate.unit).strip()) in words  # fmt: skip


def test_a_day_is_under_three_megabytes(day: Analysis) -> None:
    assert len(render(day).encode()) < 3_000_000


def test_a_gap_is_a_gap_in_the_line(couple: Analysis) -> None:
    """From 41 % to 44 % of the hour there is no value, so no line starts or ends in there."""
    html = render(couple)
    figure = html[html.index('id="heart-a"') : html.index('id="breath-a"')]
    lines = re.findall(r'class="line-a" d="([^"]+)"', figure)
    assert len(lines) == 3
    for line in lines:
        runs = line.split("M")[1:]
        xs = [[int(x) for x in re.findall(r"\d+", run)[::2]] for run in runs]
        assert not any(835 < x < 870 for run in xs for x in run)
        assert not any(min(run) < 835 and max(run) > 870 for run in xs)


def with_p(analysis: Analysis, p: float) -> Analysis:
    dyad = {name: replace(s, p=p) for name, s in (analysis.dyad or {}).items()}
    return replace(analysis, dyad={"heart rate": dyad["heart rate"]})


def test_synchrony_that_is_not_shown_is_not_denied(couple: Analysis) -> None:
    words = Reader.of(render(with_p(couple, 0.4))).words
    assert "was not shown here" in words
    assert "not the same as not being in sync" in words
    assert "came before those of" not in words
    assert "p allows for the choice, the interval does not" in words


def test_beside_what_was_not_shown_stands_what_could_have_been(couple: Analysis) -> None:
    words = Reader.of(render(with_p(couple, 0.4))).words
    assert (
        "A coupling of 0.28 or more would have had a p of 0.05 or less, unadjusted, in 8 of 10 "
        "recordings like this one; for one of 0.3, a session must last about 55 min." in words
    )
    s = with_p(couple, 0.4).dyad
    assert s is not None
    blind = Estimate.missing("", "no p under 0.05 is possible in it")
    dark = {"heart rate": replace(s["heart rate"], detectable=blind, needed=blind)}
    words = Reader.of(render(replace(couple, dyad=dark))).words
    assert "not being in sync. No p under 0.05 is possible in it." in words
    assert "8 of 10 recordings like this one; for" not in words
    assert "a session must last" not in words


def test_episodes_are_counted_and_drawn(couple: Analysis) -> None:
    html = render(couple)
    words = Reader.of(html).words.replace("\N{NO-BREAK SPACE}", " ")
    assert "2 episodes stood out from chance: 16" in words
    assert html.count("Episodes that stand out from chance") == 1
    assert html.count('class="ink" d="M400 0 600 0') == 1


def test_who_leads_is_told_or_said_to_be_undecided(couple: Analysis) -> None:
    words = Reader.of(render(couple)).words.replace("\N{NO-BREAK SPACE}", " ")
    assert "by 1.5 s (95 % interval 0.9 to 2.1 s): a leads, which need not be to cause" in (
        words.replace("\N{NARROW NO-BREAK SPACE}", " ")
    )
    lead = replace(
        couple.leading["heart rate"],
        leader="undecided",
        reasons=("the lag is 0.2 s, between -0.3 and 0.8 s: not clear of 0",),
    )
    undecided = replace(couple, leading={"heart rate": lead})
    words = Reader.of(render(undecided)).words
    assert "Who leads is undecided: the lag is 0.2 s, between \N{MINUS SIGN}0.3 and" in words
    assert "a leads, which" not in words
    assert "came before those of" not in words
    both = replace(lead, leader="both", reasons=("there are two lags",))
    words = Reader.of(render(replace(couple, leading={"heart rate": both}))).words
    assert "Each follows the other: there are two lags." in words


def test_b_leads_by_its_name(couple: Analysis) -> None:
    lead = replace(couple.leading["heart rate"], leader="b", low=-2.1, high=-0.9)
    people = {"anna": couple.people["a"], "bo": couple.people["b"]}
    named = replace(couple, people=people, leading={"heart rate": lead})
    words = Reader.of(render(named)).words.replace("\N{NO-BREAK SPACE}", " ")
    assert "The changes of bo came before those of anna" in words


def test_figures_of_more_signals_are_folded(couple: Analysis) -> None:
    assert couple.dyad is not None
    more = replace(couple.dyad["heart rate"], signal="skin responses")
    html = render(replace(couple, dyad={**couple.dyad, "skin responses": more}))
    assert html.count("<summary>Figures of") == 1
    assert "<summary>Figures of skin responses</summary>" in html


def test_synchrony_that_is_shown_is_not_called_coupling(couple: Analysis) -> None:
    words = Reader.of(render(with_p(couple, 0.01))).words
    assert "not shown to be coupled beyond the shared situation" in words
    assert "The changes of a came before those of b" in words


def test_p_is_adjusted_for_the_signals_tested(couple: Analysis) -> None:
    """0.03 is not below 0.05 any more when two signals were tested with the same result."""
    assert couple.dyad is not None
    s = replace(couple.dyad["heart rate"], p=0.03)
    alone = Reader.of(render(replace(couple, dyad={"heart rate": s}))).words
    two = {"heart rate": s, "skin conductance": replace(s, signal="skin conductance")}
    both = Reader.of(render(replace(couple, dyad=two))).words
    assert "the two moved together" in alone
    assert "the two moved together" not in both


def test_page_command_line_json_and_table_agree_on_what_was_shown(couple: Analysis) -> None:
    """A p of 0.03 among two is shown by none of them, and leads nowhere."""
    assert couple.dyad is not None
    s = replace(couple.dyad["heart rate"], p=0.03, floor=0.003)
    dyad = {"heart rate": s, "breathing": replace(s, signal="breathing")}
    analysis = replace(couple, dyad=dyad)
    cells = list(synchrony_rows(analysis))
    assert {(row["adjusted"], row["leader"], row["lag"]) for row in cells} == {
        ("0.06", "\N{EN DASH}", "\N{EN DASH}")
    }
    for found in json.loads(to_json(analysis))["dyad"].values():
        assert found["p_adjusted"] == 0.06
        assert found["verdict"] == "not distinguishable from chance"
    said = [line for line in lines(analysis) if "together" in line or "chance" in line]
    assert "p = 0.030 (floor 0.003), 0.060 adjusted for the signals tested" in said[0]
    assert said[1].startswith("  not distinguishable from chance; a coupling of 0.28")
    rows = {row["measure"]: row["value"] for row in to_table(analysis).to_pylist()}
    assert (rows["heart rate p"], rows["heart rate p adjusted"]) == (0.03, 0.06)


def test_what_is_said_of_two_is_said_once(couple: Analysis) -> None:
    """Episodes under the signal alone; those that chance gives are said to be so."""
    assert couple.dyad is not None
    words = Reader.of(render(couple)).words
    assert words.count("stood out from chance: ") == 1
    null = replace(couple.dyad["heart rate"], p=0.4, signal="RespHRV")
    html = render(replace(couple, dyad={"RespHRV": null}))
    assert "Chance alone gives one or more in 1 of 20 recordings." in Reader.of(html).words
    assert "<h3>RespHRV</h3>" in html


def test_too_short_a_recording_could_not_show_it(couple: Analysis) -> None:
    """With a floor of 0.03, two signals cannot both be tested and one come out below 0.05."""
    assert couple.dyad is not None
    s = replace(couple.dyad["heart rate"], p=0.03, floor=0.03)
    two = {"heart rate": s, "skin conductance": replace(s, signal="skin conductance")}
    words = Reader.of(render(replace(couple, dyad=two))).words
    assert "so short a recording gives no p below 0.03, and 2 signals were tested" in words
    assert "; too short a recording to show it among 2 signals)" in words


def test_a_signal_that_could_not_count_is_not_held_against_the_others(couple: Analysis) -> None:
    """With a floor of 0.03, it could not come out below 0.05 among three."""
    assert couple.dyad is not None
    s = couple.dyad["heart rate"]
    three = {
        name: replace(s, signal=name, p=p, floor=floor)
        for name, p, floor in (("x", 0.02, 0.01), ("y", 0.5, 0.01), ("z", 0.03, 0.03))
    }
    found = adjusted(three)
    assert found["x"] == (0.04, 2)
    assert found["y"] == (0.5, 2)
    assert found["z"] == (0.09, 3)
    easy = adjusted({name: replace(t, floor=0.001) for name, t in three.items()})
    assert [round(easy[name].p, 3) for name in "xyz"] == [0.06, 0.5, 0.06]
    assert {a.tested for a in easy.values()} == {3}
    assert adjusted({"x": replace(s, p=np.nan)}) == {}


def test_different_paces_of_breathing_are_not_compared(couple: Analysis) -> None:
    slow = Estimate(6.0, 0.2, "breaths/min", 0.9, 100)
    b = couple.people["b"]
    changed = replace(b, summary={**b.summary, "breathing_rate": slow})
    people = {**couple.people, "b": changed}
    words = Reader.of(render(replace(couple, people=people))).words
    assert "and b 6: their RMSSD and RespHRV are not comparable with each other" in words
    assert "breathing 6/min: not comparable with recordings at another pace" in words


def test_tasks_at_different_paces_are_not_compared_in_silence(alone: Analysis) -> None:
    warning = "not comparable between tasks breathed at another pace"
    person = alone.people["a"]
    by_interval = {task: dict(found) for task, found in person.by_interval.items()}
    for k, found in enumerate(by_interval.values()):
        found["breathing_rate"] = Estimate(14 - 4.0 * k, 0.2, "breaths/min", 0.9, 100)
    changed = replace(person, by_interval=by_interval)
    words = Reader.of(render(replace(alone, people={"a": changed}))).words
    assert (
        f"from 6 to 14 a minute between these tasks: RMSSD, HF and RespHRV are {warning}"
        in words
    )


def test_one_person_has_no_section_of_two(alone: Analysis) -> None:
    page = Reader.of(render(alone))
    assert "two" not in page.ids
    assert "person-b" not in page.ids


def test_two_people_who_share_no_signal_are_told_so(couple: Analysis) -> None:
    assert "share none to compare" in Reader.of(render(replace(couple, dyad={}))).words


def test_hundreds_of_tasks_and_exclusions_stay_readable(alone: Analysis) -> None:
    starts = np.arange(0, 300, 0.5)
    many = Intervals(starts, starts + 0.4, tuple(f"event {k}" for k in range(starts.size)))
    person = alone.people["a"]
    crowded: PersonAnalysis = replace(
        person,
        excluded=Intervals(starts, starts + 0.4, ("beats: ectopic",) * starts.size),
        by_interval={f"event {k}": person.summary for k in range(starts.size)},
    )
    html = render(replace(alone, intervals=many, people={"a": crowded}))
    assert len(html) < 1_000_000
    words = Reader.of(html).words
    assert words.count("beats: ectopic") == 1
    assert "the first 60 of 600; all are in the machine-readable result" in words
    assert "the first 40 of 600; all are in the machine-readable result" in words


def test_cite_names_what_was_used(couple: Analysis, unmeasured: Analysis) -> None:
    assert "taskforce1996" in cite(couple)
    assert "boker2002" in cite(couple)
    assert "taskforce1996" not in cite(unmeasured)
    assert "knapp1976" in cite(couple)
    assert "knapp1976" not in cite(replace(couple, leading={}))
    assert "@misc" not in cite(), "a source cites a paper that references.bib does not hold"
    assert INDICES
    for spec in INDICES.values():
        assert "doi:10." in spec.source, spec.name


def test_a_signal_that_ended_early_is_not_called_poor(alone: Analysis) -> None:
    a = alone.people["a"]
    early = {**a.summary, "scl": replace(a.summary["scl"], quality=0.28)}
    words = Reader.of(render(replace(alone, people={"a": replace(a, summary=early)}))).words
    assert "usable signal for 28 % of the time, to be read with care" in words
    assert "poor signal" not in words


def test_a_rhythm_in_the_heart_is_told_where_no_breath_was_seen(alone: Analysis) -> None:
    a = alone.people["a"]
    none = Estimate.missing("breaths/min", "no breathing was recorded")
    rhythm = Estimate(11.7, 0.6, "breaths/min", 0.9, 300)
    told = {**a.summary, "breathing_rate": none, "heart_breathing_rate": rhythm}
    words = Reader.of(render(replace(alone, people={"a": replace(a, summary=told)}))).words
    assert "that of breathing's main rhythm, not a count of breaths" in words
    assert "breathing 12/min: not comparable with recordings at another pace" in words


def test_where_the_heart_tells_no_rhythm_that_is_said(alone: Analysis) -> None:
    a = alone.people["a"]
    none = Estimate.missing("breaths/min", "no breathing was recorded")
    vague = Estimate.missing("breaths/min", "no one rhythm of breathing in the heartbeats")
    told = {**a.summary, "breathing_rate": none, "heart_breathing_rate": vague}
    words = Reader.of(render(replace(alone, people={"a": replace(a, summary=told)}))).words
    assert (
        "Breathing rate seen in the heart: no value (no one rhythm of breathing in the "
        "heartbeats)" in words
    )
    assert "main rhythm" not in words


def test_a_count_of_breaths_is_not_compared_with_a_rhythm_where_it_need_not(
    couple: Analysis,
) -> None:
    a, b = couple.people.values()
    count, rhythm = (Estimate(v, 0.2, "breaths/min", 0.9, 100) for v in (12.0, 15.0))
    none = Estimate.missing("breaths/min", "no breathing was recorded")
    one = {**a.summary, "breathing_rate": count, "heart_breathing_rate": rhythm}
    other = {**b.summary, "breathing_rate": none, "heart_breathing_rate": rhythm}
    people = {"a": replace(a, summary=one), "b": replace(b, summary=other)}
    warning = "their RMSSD and RespHRV are not comparable with each other"
    assert warning not in Reader.of(render(replace(couple, people=people))).words
    people["a"] = replace(a, summary={**one, "heart_breathing_rate": none})
    assert warning in Reader.of(render(replace(couple, people=people))).words


def test_breathing_that_only_the_ecg_shows_is_said_to_be_so(alone: Analysis) -> None:
    chosen = Inference("person a", "source of breathing", "the ECG's beats", "no belt")
    words = Reader.of(render(replace(alone, inferences=(chosen,)))).words
    assert "seen only in the ECG, for want of a usable belt or airflow" in words
    assert "up is in" not in words
    assert "ECG shows" not in Reader.of(render(alone)).words


def test_an_interval_below_zero_and_a_breath_within_lf_are_explained(alone: Analysis) -> None:
    a = alone.people["a"]
    slow = Estimate(6.1, 0.3, "breaths/min", 0.9, 30)
    wide = Estimate(2.0, 3.0, "responses/min", 0.9, 3)
    summary = {**a.summary, "breathing_rate": slow, "scr_rate": wide}
    changed = Reader.of(render(replace(alone, people={"a": replace(a, summary=summary)}))).words
    for said in (
        "one that passes below 0 is to be read as ending there",
        "LF and HF hold the same rhythm",
    ):
        assert said in changed
    assert "LF and HF hold the same rhythm" not in Reader.of(render(alone)).words


def test_no_response_is_said_only_where_they_could_be_counted(alone: Analysis) -> None:
    a = alone.people["a"]
    none = Responses([], [], [], "a")
    derived = Recording("a", {**a.derived.channels, "responses": none})
    blind = {**a.summary, "scr_rate": Estimate.missing("responses/min", "sensor off")}
    quiet = replace(a, derived=derived)
    asleep = replace(quiet, summary=blind)
    assert (
        "No skin conductance response was found"
        in Reader.of(render(replace(alone, people={"a": quiet}))).words
    )
    words = Reader.of(render(replace(alone, people={"a": asleep}))).words
    assert "responses could not be counted: sensor off" in words
    assert "No skin conductance response was found" not in words


def test_each_signal_is_described_by_its_own_settings(couple: Analysis) -> None:
    assert couple.dyad is not None
    s = couple.dyad["heart rate"]
    other = replace(couple.dyad["skin conductance"], settings={**s.settings, "max_lag": 2.0})
    day = {**s.settings, "circle": 1800.0}
    two = {"heart rate": replace(s, settings=day), "skin conductance": other}
    words = Reader.of(render(replace(couple, dyad=two))).words
    assert re.search(r"heart rate: [^;]*±5 s[^;]*circles of 1800 s", words)
    assert re.search(r"; skin conductance: [^;)]*±2 s", words)
    assert words.count("circles of") == 1


def test_a_lag_that_is_not_given_says_why(couple: Analysis) -> None:
    assert couple.dyad is not None
    undecided = Estimate.missing("s", "undecided between two lags")
    s = replace(couple.dyad["heart rate"], lag=undecided)
    words = Reader.of(render(with_p(replace(couple, dyad={"heart rate": s}), 0.4))).words
    assert "No lag is given: undecided between two lags." in words
