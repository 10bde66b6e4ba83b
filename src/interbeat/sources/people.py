"""People: who is who among the files of a folder, by their names alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Grouping", "by_person", "picked"]

# What files and folders of two people carry, in the order in which it is believed. A token
# is what stays in the brackets; words around it must end where the token begins or ends.
_EDGE, _END = r"(?:^|[^a-z0-9])", r"(?=$|[^a-z0-9])"
_WHO = r"partner|person|participant|subject|subj|patient|member|device|dev|p|s"
_TOKENS = (
    ("subject", re.compile(rf"{_EDGE}(sub-[a-z0-9]+){_END}")),
    ("letter", re.compile(rf"{_EDGE}(?:(?:{_WHO})[ _-]?)?([ab]){_END}")),
    ("number", re.compile(rf"{_EDGE}((?:{_WHO})[ _-]?\d+){_END}")),
)
_DATE = re.compile(
    r"(?<!\d)(?:19|20)\d\d[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:0[1-9]|[12]\d|3[01])"
    r"(?:[t _-]{1,2}\d\d[-_.:h]?\d\d(?:[-_.:m]?\d\d)?)?(?!\d)"
)
_CHANNEL = {
    "ecg", "ekg", "eda", "gsr", "scl", "scr", "sc", "rsp", "resp", "respiration", "breathing",
    "breath", "airflow", "belt", "ppg", "bvp", "pulse", "pleth", "temp", "temperature", "skt",
    "acc", "accelerometer", "acceleration", "gyro", "magn", "hr", "heartrate", "heart", "rate",
    "hrv", "rr", "ibi", "nn", "nni", "ppi", "beats", "physio", "signal", "signals", "raw",
    "export", "abp", "pressure",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Grouping:
    """Which of the names belong to whom.

    Parameters
    ----------
    groups : tuple of (str, tuple of int)
        What a person is called in the names, and the indices of their names; in order of
        person: a, then b.
    why : str
        On what ground.
    """

    groups: tuple[tuple[str, tuple[int, ...]], ...]
    why: str


def by_person(names: Sequence[str]) -> Grouping | None:
    """Return whose each of `names` is, or None where that cannot be told.

    Parameters
    ----------
    names : sequence of str
        Paths below the folder, with ``/``, without suffix.

    Examples
    --------
    >>> by_person(["HRV_a", "HRV_b"]).groups
    (('a', (0,)), ('b', (1,)))
    >>> by_person(["anna/ecg", "anna/eda", "ben/ecg", "ben/eda"]).groups
    (('anna', (0, 1)), ('ben', (2, 3)))
    >>> by_person(["ecg", "eda"]).groups
    (('', (0, 1)),)
    >>> by_person(["monday", "tuesday", "sunday"]) is None
    True
    """
    names = _below_common_folder([name.lower() for name in names])
    marked = _by_token(names)
    if marked is not None and len(marked.groups) == 2:
        return marked
    return _by_folder(names) or marked or _by_words(names)


def picked(value: str, names: Sequence[str]) -> tuple[int, ...]:
    """Return the indices of the `names` that `value` speaks of: the closest reading first.

    Examples
    --------
    >>> names = ["sub-01/ecg.csv", "sub-01/eda.csv", "sub-011/ecg.csv"]
    >>> picked("sub-01", names), picked("sub-011/ecg.csv", names), picked("eda", names)
    ((0, 1), (2,), (1,))
    """
    wanted = value.strip("/").lower()
    readings = (
        lambda name: name == wanted,
        lambda name: wanted in name.split("/") or name.startswith(f"{wanted}/"),
        lambda name: wanted in {part.split(".")[0] for part in name.split("/")},
        lambda name: re.search(rf"{_EDGE}{re.escape(wanted)}{_END}", name) is not None,
        lambda name: wanted in name,
    )
    for fits in readings:
        found = tuple(i for i, name in enumerate(names) if fits(name.lower()))
        if found:
            return found
    return ()


def _below_common_folder(names: list[str]) -> list[str]:
    while all("/" in name for name in names) and len({n.split("/")[0] for n in names}) == 1:
        names = [name.split("/", 1)[1] for name in names]
    return names


def _by_token(names: Sequence[str]) -> Grouping | None:
    alone: Grouping | None = None
    for kind, pattern in _TOKENS:
        found = [pattern.search(name) for name in names]
        if not all(found):
            continue
        grouping = _grouped([match[1] for match in found if match], f"of the {kind} they carry")
        if grouping is not None and len(grouping.groups) == 2:
            return grouping
        alone = alone or grouping
    return alone


def _by_folder(names: Sequence[str]) -> Grouping | None:
    """Two subfolders are two people, unless they are called after channels."""
    tops = [name.split("/")[0] for name in names if "/" in name]
    called = {_without_channels(top) for top in tops}
    if len(tops) < len(names) or len(set(tops)) != 2 or len(called) != 2 or "" in called:
        return None
    return _grouped(tops, "there are two subfolders")


def _by_words(names: Sequence[str]) -> Grouping | None:
    """Names that differ only in channel words are one person's."""
    called = [_without_channels(name) for name in names]
    if (
        len(names) == 2
        and called[0] == called[1]
        and _channels(names[0]) == _channels(names[1])
    ):
        return Grouping(((names[0], (0,)), (names[1], (1,))), "there are two")
    return _grouped(called, "of their names without the words for channels")


def _grouped(tokens: Sequence[str], why: str) -> Grouping | None:
    people = sorted(set(tokens), key=_natural)
    if len(people) > 2:
        return None
    groups = tuple(
        (who, tuple(i for i, token in enumerate(tokens) if token == who)) for who in people
    )
    return Grouping(groups, why)


def _natural(text: str) -> list[tuple[int, str]]:
    """Sort p2 before p10."""
    return [(int(w), "") if w.isdecimal() else (-1, w) for w in re.findall(r"\d+|\D+", text)]


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W\d_]+|\d+", _DATE.sub(" ", name))


def _without_channels(name: str) -> str:
    return " ".join(word for word in _words(name) if word not in _CHANNEL)


def _channels(name: str) -> set[str]:
    return set(_words(name)) & _CHANNEL
