"""A scenario that cannot be is refused, with its file, its line, and what is possible."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from interbeat.body import scenario, simulate
from interbeat.body.staging.lines import Place, line_of, lines_of
from interbeat.body.staging.quantities import quantity
from interbeat.body.staging.scenario import SHIPPED
from interbeat.core.errors import DataError, FormatError, SourceError

SOUND = """\
title = "Two people"
length = "10 min"

[a]
age = "30 years"
heart.resting_rate = "62 bpm"

[a.history.danger]
"tone of voice" = 0.6

[b]

[setting]
posture = "seated"

[ties.a_to_b]
delay = "2 s"

[[events]]
task = "talk"
start = "1 min"
length = "4 min"
danger = 0.2

[[events]]
who = "a"
start = "2 min"
length = "1 min"
pace = "6 /min"

[[events]]
who = "b"
start = "2 min"
length = "30 s"
cue = "silence"
salience = 0.5

[[events]]
start = "6 min"
length = "1 min"
touch = 0.5
consent = ["a", "b"]

[[stirs]]
rate = "1 /min"
lasts = "10 s"
danger = 0.3

[sensors]
ecg = "250 Hz"
eda = "4 Hz"

[[artifacts]]
who = "a"
channel = "ecg"
kind = "dropout"
start = "1 min"
length = "5 s"

[[samples]]
time = "5 min"
analyte = "cortisol"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(folder: Path, old: str, new: str) -> str:
    assert SOUND.count(old) == 1, old
    with pytest.raises(FormatError) as caught:
        scenario(written(folder, SOUND.replace(old, new)))
    return str(caught.value)


def test_the_sound_one_is_played(tmp_path: Path) -> None:
    made = simulate(written(tmp_path, SOUND), seed=1, seconds=60)
    assert made.session.persons == ("a", "b")
    assert set(made.session["a"].channels) == {"ecg", "eda"}
    assert made.session.title == "mine (simulated)"


@pytest.mark.parametrize(
    ("old", "new", "at", "said"),
    [
        # units
        ('length = "10 min"', 'length = "10 mL"', "length =", "possible units: s, ms, min, h"),
        ('length = "10 min"', "length = 10", "length =", "10 is not in s"),
        ('length = "10 min"', 'length = "ten min"', "length =", 'as in "1 s"'),
        ('length = "10 min"', 'length = "-10 min"', "length =", "length is 1 to 604800 s"),
        ('"62 bpm"', '"62 ms"', "heart.", "possible units: Hz, /s"),
        ('"62 bpm"', '"300 bpm"', "heart.", "resting_rate is 38 to 110 bpm, not '300 bpm'"),
        ('"30 years"', '"30 min"', "age", "possible units: years"),
        ('"30 years"', '"12 years"', "age", "age is 18 to 100 years"),
        ('"6 /min"', '"6 s"', "pace", "'6 s' is not in /min"),
        # rates below nothing
        ('"6 /min"', '"-6 /min"', "pace", "pace is 1 to 60 /min, not '-6 /min'"),
        ('rate = "1 /min"', 'rate = "-1 /min"', "rate", "rate is 1e-05 to 0.1 Hz"),
        ('rate = "1 /min"', 'rate = "20 /min"', "rate", "rate is 1e-05 to 0.1 Hz"),
        ('ecg = "250 Hz"', 'ecg = "-250 Hz"', "ecg", "ecg is 1 to 20000 Hz"),
        ('delay = "2 s"', 'delay = "2 min"', "delay", "delay is 0.1 to 60 s"),
        # cues, and names in general
        ('"silence"', '"scilence"', "cue", "unknown cue: 'scilence'; possible: tone of voice"),
        ('"tone of voice" = 0.6', "touch = 2", "touch", "touch is 0 to 1"),
        ('"tone of voice" = 0.6', "odor = 1", "odor", "no such key: 'odor'; possible: tone of"),
        ("danger = 0.2", "dangr = 0.2", "dangr", "no such key: 'dangr'; possible: start"),
        ("danger = 0.2", "danger = -0.2", "danger", "danger is 0 to 3"),
        ("danger = 0.2", "danger = 1" + 400 * "0", "danger", "is no finite number"),
        ('length = "30 s"', 'length = "50 ms"', 'length = "50', "length is 0.1 s or more, not"),
        ("danger = 0.2", 'danger = "much"', "danger", "'much' is not a number"),
        ("heart.resting_rate", "heart.rest", "heart", "no such key: 'rest'; possible: intr"),
        ("heart.resting_rate", "spleen.rate", "spleen", "no such key: 'spleen'; possible: age"),
        ('"seated"', '"hanging"', "posture", "possible: lying, seated, upright"),
        ("[ties.a_to_b]", "[ties.a_to_c]", "[ties", "possible: b_to_a, a_to_b"),
        ('who = "b"', 'who = "c"', 'who = "c"', "unknown who: 'c'; possible: a, b, both"),
        ("salience = 0.5", "salience = 5", "salience", "salience is 0 to 1"),
        ('pace = "6 /min"', "salience = 0.5", "salience", "salience belongs to a cue"),
        ('pace = "6 /min"', "", "[[events]] # 2", "nothing happens in it"),
        # what overlaps
        ('who = "b"\nstart = "2 min"\nlength = "30 s"\ncue = "silence"\nsalience = 0.5',
         'start = "2.5 min"\nlength = "30 s"\npace = "5 /min"', "[[events]] # 3",
         "pace of a is decided already, by the event of line 25 until 180 s"),
        ("[[stirs]]\n", '[[events]]\nstart = "4 min"\ntask = "quarrel"\n[[stirs]]\n',
         '[[events]]\nstart = "4 min"',
         "task of a is decided already, by the event of line 19 until 300 s"),
        # what lasts too long
        ('start = "6 min"', 'start = "9.5 min"', 'length = "1 min"\ntouch', "until 630 s, the"),
        ('start = "6 min"', 'start = "11 min"', 'start = "11', "start is 0 to 600 s, not"),
        ('start = "6 min"\nlength = "1 min"\n', 'start = "10 min"\n', 'start = "10',
         "it begins when all is over, at 600 s"),
        ('time = "5 min"', 'time = "9 min"', "time", "the tube is full at 660 s"),
        # consent
        ('consent = ["a", "b"]', 'consent = ["a"]', "touch", "the consent of both; missing: b"),
        ('consent = ["a", "b"]', "", "touch", "consent of both; missing: a, b"),
        ('consent = ["a", "b"]', 'consent = "both"', "consent", "consent is a list of texts"),
        ('cue = "silence"', 'cue = "embrace"', "cue", "consent of both; missing: a, b"),
        ("touch = 0.5\n", "hum = 0.5\n", "consent", "consent belongs to touch"),
        # sensors
        ('eda = "4 Hz"', 'gsr = "4 Hz"', "gsr", "no such key: 'gsr'; possible: ecg, ppg"),
        ('eda = "4 Hz"', 'eda = "4 Hz"\nwrist_eda = "4 Hz"', "[sensors]", "eda or wrist_eda"),
        ('channel = "ecg"', 'channel = "ppg"', "channel", "unknown channel: 'ppg'; possible"),
        ('kind = "dropout"', 'kind = "hiccup"', "kind", "unknown kind: 'hiccup'; possible"),
        ('analyte = "cortisol"', 'analyte = "dopamine"', "analyte", "possible: oxytocin, cor"),
        # what is missing, or of another kind
        ('title = "Two people"', "", "", "title is missing"),
        ("[b]\n", "[[b]]\n", "[[b]]", "b is a table, [b]"),
        ("[[samples]]", "[samples]", "[samples]", "samples is a list of tables, [[samples]]"),
    ],
)  # fmt: skip
def test_each_mistake_has_its_line(  # noqa: PLR0917 - a row of the table
    tmp_path: Path, old: str, new: str, at: str, said: str
) -> None:
    told = refused(tmp_path, old, new)
    assert f"mine.toml, line {line(SOUND.replace(old, new), at)}: " in told
    assert said in told


def line(text: str, at: str) -> int:
    """Return the line that begins with `at`; with "# 2", the second one that does."""
    start, _, which = at.partition(" # ")
    where = -1
    for _ in range(int(which or 1)):
        where = ("\n" + text).index("\n" + start, where + 1)
    return text[:where].count("\n") + 1


def test_what_is_no_toml_is_refused_with_the_line_of_the_parser(tmp_path: Path) -> None:
    assert "mine.toml, line 5: is no TOML" in refused(tmp_path, 'age = "30 years"', "age = ")


def test_files_that_are_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"none\.toml: cannot be read"):
        scenario(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b'title = "\xff"')
    with pytest.raises(FormatError, match="UTF-8"):
        scenario(tmp_path / "bytes.toml")


def test_files_are_read_however_an_editor_writes_them(tmp_path: Path) -> None:
    path = written(tmp_path, SOUND)
    plain = scenario(path)
    path.write_bytes(b"\xef\xbb\xbf" + SOUND.replace("\n", "\r\n").encode())
    assert scenario(path) == plain
    told = refused(tmp_path, 'title = "Two people"', 'title = "Two\u2028people \x85"\nodd = 1')
    assert "line 2: no such key: 'odd'" in told


@pytest.mark.parametrize("value", [9000 * "[" + 9000 * "]", 5000 * "9"])
def test_what_no_parser_takes_is_refused(tmp_path: Path, value: str) -> None:
    assert "to be read" in refused(tmp_path, "danger = 0.2", f"danger = {value}")


def test_names_that_are_not_known_are_answered_with_those_that_are() -> None:
    with pytest.raises(DataError, match="possible: calm evening, disagreement and repair"):
        scenario("heaven")
    assert scenario("calm-evening") == scenario("calm_evening") == scenario("Calm evening")


@pytest.mark.parametrize("seconds", [0.0, -5.0, float("nan")])
def test_a_length_that_is_none_is_refused(seconds: float) -> None:
    with pytest.raises(DataError, match="1 s or longer"):
        simulate("calm evening", seed=1, seconds=seconds)


def test_a_week_is_the_longest() -> None:
    with pytest.raises(DataError, match="up to 604800 s"):
        simulate("calm evening", seed=1, seconds=1e9)


def test_one_person_alone_has_nobody_to_be_tied_to(tmp_path: Path) -> None:
    alone = 'title = "One"\nlength = "1 min"\n[a]\n[[events]]\ntask = "rest"\n'
    made = simulate(written(tmp_path, alone), seed=1)
    assert made.session.persons == ("a",)
    with pytest.raises(FormatError, match="line 6: ties need two people"):
        scenario(written(tmp_path, alone + '[ties]\na_to_b.delay = "1 s"\n'))
    with pytest.raises(FormatError, match="nobody takes part"):
        scenario(written(tmp_path, 'title = "None"\nlength = "1 min"\n'))


Held = dict[str, Any] | list[Any]


def places(held: Held, place: Place = ()) -> Iterator[Place]:
    items = held.items() if isinstance(held, dict) else enumerate(held)
    for key, value in items:
        yield (*place, key)
        if isinstance(value, dict | list):
            yield from places(value, (*place, key))


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.toml")), ids=lambda path: path.stem)
def test_every_key_is_found_where_it_stands(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    lines, rows = lines_of(text), text.splitlines()
    for place in places(tomllib.loads(text)):
        key = next(part for part in reversed(place) if isinstance(part, str))
        assert key in rows[line_of(place, lines) - 1], place


AWKWARD = '''\
# a = 1
title = """
[events]
length = "no"
""" # done
other = \'\'\'
[[x]]\'\'\'
many = [
  "b = 2", # ]
  { c = 1 },
]
"quoted key".'inner one'.x = 3
text = "a # [ \\" { "
[a . b]   # with blanks
[[a.b.c]]
d = 1
[a.b.c.e]
f = 2
[[a.b.c]]
[[a.b.c.g]]
h = 3
[[a.b.c.g]]
h.i = 4
'''


def test_lines_are_found_however_it_is_written() -> None:
    lines = lines_of(AWKWARD)
    assert lines[("title",)] == 2
    assert lines[("other",)] == 6
    assert lines[("many",)] == 8
    assert lines[("quoted key", "inner one", "x")] == 12
    assert lines[("text",)] == 13
    assert lines[("a", "b")] == 14
    assert lines[("a", "b", "c", 0, "d")] == 16
    assert lines[("a", "b", "c", 0, "e", "f")] == 18
    assert lines[("a", "b", "c", 1)] == 19
    assert lines[("a", "b", "c", 1, "g", 0, "h")] == 21
    assert lines[("a", "b", "c", 1, "g", 1, "h", "i")] == 23
    assert line_of(("many", 1, "c"), lines) == 8
    assert line_of(("nowhere",), lines) == 1
    known = set(places(tomllib.loads(AWKWARD)))
    assert set(lines) <= known
    assert {place for place in known if "many" not in place} <= set(lines)


@pytest.mark.parametrize(
    ("given", "unit", "value"),
    [
        ("15 min", "s", 900.0), ("0.5h", "min", 30.0), ("6/min", "Hz", 0.1), ("2 s", "ms", 2e3),
        ("66 bpm", "/min", 66.0), ("500 mL", "L", 0.5), ("4 uS", "µS", 4.0), (0.3, "1", 0.3),
        ("30 %", "1", 0.3), ("1e-3 s", "ms", 1.0), ("0.02 1/mmHg", "1/mmHg", 0.02),
    ],
)  # fmt: skip
def test_quantities_come_in_the_unit_that_is_wanted(
    given: object, unit: str, value: float
) -> None:
    assert quantity(given, unit) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    "given", [True, None, [], "", "min", "1 2 min", float("inf"), "nan s", "1e999 s"]
)
def test_what_is_no_quantity_is_refused(given: object) -> None:
    with pytest.raises(DataError):
        quantity(given, "s")
