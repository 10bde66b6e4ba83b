"""Scenario: two people, where they are, what ties them and what happens when; a TOML file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from interbeat.body.inputs import Tie
from interbeat.body.staging.cast import Role, role_of
from interbeat.body.staging.document import Table, opened
from interbeat.body.staging.events import BOTH, POSTURES, SENSES, Event, events_of
from interbeat.body.staging.outfit import Filling, Outfit, fillings_of, outfit_of
from interbeat.body.staging.stirs import Stir, stirs_of
from interbeat.core.errors import DataError

__all__ = ["Scenario", "scenario", "scenarios"]

SHIPPED = Path(__file__).resolve().parent.parent / "scenarios"
SUFFIX = ".toml"
LONGEST = 7 * 86400.0  # s: a week at 10 Hz is what a computer still holds
APART = Tie()
_KNOWN = (
    "title", "shows", "length", "a", "b", "setting", "ties", "events", "sensors", "artifacts",
    "clocks", "samples", "stirs",
)  # fmt: skip
_DIRECTIONS = {"b_to_a": "a", "a_to_b": "b"}


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a scenario's file says.

    Parameters
    ----------
    name : str
        How it is asked for.
    title : str
        One line for people.
    shows : str
        What can be seen in it, in plain words.
    seconds : float
        How long it lasts where nobody says otherwise.
    roles : mapping of str to Role
        One or two people.
    senses : mapping of str to bool
        ``sees``, ``hears``: whether the two do where no event says otherwise.
    posture : float
        As in :class:`~interbeat.body.inputs.Inputs`, where no event says otherwise.
    ties : tuple of Tie
        What reaches a, and what reaches b.
    events : tuple of Event
        In order of their start.
    stirs : tuple of Stir
        What comes at times that the seed decides.
    outfit : Outfit
        Sensors, and what goes wrong with them.
    fillings : tuple of Filling
        When saliva or blood is taken.
    """

    name: str
    title: str
    shows: str
    seconds: float
    roles: Mapping[str, Role]
    senses: Mapping[str, bool] = field(default_factory=lambda: dict.fromkeys(SENSES, True))
    posture: float = 0.0
    ties: tuple[Tie, Tie] = (APART, APART)
    events: tuple[Event, ...] = ()
    stirs: tuple[Stir, ...] = ()
    outfit: Outfit = field(default_factory=Outfit)
    fillings: tuple[Filling, ...] = ()


def scenarios() -> dict[str, Scenario]:
    """Return the scenarios that come with interbeat, by name.

    Returns
    -------
    dict of str to Scenario
        In alphabetical order.

    Examples
    --------
    >>> scenarios()["calm evening"].seconds
    900.0
    """
    return {_name(path): _read(path) for path in _shipped()}


def scenario(name: str | Path) -> Scenario:
    """Return the scenario of that name, or the one that a file describes.

    Parameters
    ----------
    name : str or Path
        One of :func:`scenarios`, in capitals or not, where ``-`` and ``_`` may stand for a
        blank; or the path of a file that ends in ``.toml``.

    Returns
    -------
    Scenario

    Raises
    ------
    DataError
        If there is no such scenario, with those that there are.
    FormatError
        If the file asks for what is not possible, with the line.
    SourceError
        If the file cannot be read.
    """
    path = Path(name)
    if path.suffix.lower() == SUFFIX:
        return _read(path)
    shipped = {_name(one): one for one in _shipped()}
    wanted = _plain(str(name)).casefold()
    if wanted not in shipped:
        raise DataError(
            f"no scenario is called {str(name)!r}; possible: {', '.join(shipped)}, or the path "
            f"of a {SUFFIX} file"
        )
    return _read(shipped[wanted])


def _shipped() -> list[Path]:
    return sorted(SHIPPED.glob(f"*{SUFFIX}"))


def _name(path: Path) -> str:
    return _plain(path.stem)


def _plain(name: str) -> str:
    return " ".join(name.replace("-", " ").replace("_", " ").split())


def _read(path: Path) -> Scenario:
    whole = opened(path)
    whole.only(_KNOWN)
    if "a" not in whole:
        raise whole.refused("nobody takes part: a scenario has a table [a], and [b] for two")
    people = BOTH if "b" in whole else BOTH[:1]
    seconds = whole.number("length", "s", least=1.0, most=LONGEST)
    setting = whole.table("setting")
    setting.only((*SENSES, "posture"))
    return Scenario(
        _name(path),
        whole.word("title"),
        " ".join(whole.word("shows", "nothing is said of what it shows").split()),
        seconds,
        {person: role_of(whole.table(person)) for person in people},
        {sense: setting.yes(sense, default=True) for sense in SENSES},
        POSTURES[setting.word("posture", "seated", among=tuple(POSTURES))],
        _ties(whole, people),
        events_of(whole, seconds, people),
        stirs_of(whole, seconds, people),
        outfit_of(whole, seconds, people),
        fillings_of(whole, seconds, people),
    )


def _ties(whole: Table, people: tuple[str, ...]) -> tuple[Tie, Tie]:
    table = whole.table("ties")
    table.only(tuple(_DIRECTIONS))
    if table.held and people != BOTH:
        raise table.refused("ties need two people; there is no [b]")
    a, b = (_tie(table.table(direction)) for direction in _DIRECTIONS)
    return a, b


def _tie(table: Table) -> Tie:
    known = {row.name: row.parameter for row in Tie.rows()}
    table.only(tuple(known))
    return Tie(
        **{
            name: table.number(name, one.unit, least=one.least, most=one.most)
            for name, one in known.items()
            if name in table
        }
    )
