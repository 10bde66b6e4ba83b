"""Every public name is documented, and its parameters are the ones that it has."""

from __future__ import annotations

import inspect
import pkgutil
from importlib import import_module
from pathlib import Path

import pytest
from numpydoc.validate import validate

import interbeat
from interbeat.measures import MEASURES

# GL08 no docstring, PR02 unknown parameter documented, PR03 wrong order, SS01 no summary,
# SS03 summary without a full stop.
ALWAYS = {"GL08", "PR02", "PR03", "SS01", "SS03"}
# PR01 parameter not documented, RT01 nothing said of what is returned.
OFFERED = ALWAYS | {"PR01", "RT01"}
ROOMS = ("body", "core", "dyad", "measures", "reporting", "signals", "sources")


def _modules() -> list[str]:
    found = pkgutil.walk_packages(interbeat.__path__, "interbeat.")
    return sorted(m.name for m in found if not m.name.endswith("__main__"))


def _home(thing: object) -> str:
    return f"{getattr(thing, '__module__', '')}.{getattr(thing, '__qualname__', '')}"


def _documentable(thing: object) -> bool:
    return (inspect.isclass(thing) or inspect.isroutine(thing)) and "interbeat." in _home(thing)


def _offered() -> set[str]:
    """Return what users import: from the top, from a room's door, and every measure."""
    doors = [interbeat, *(import_module(f"interbeat.{room}") for room in ROOMS)]
    things = [getattr(d, name) for d in doors for name in getattr(d, "__all__", dir(d))]
    things += [measure.function for measure in MEASURES.values()]
    return {_home(thing) for thing in things if _documentable(thing)}


def _public() -> set[str]:
    """Return every name that some module lets out."""
    modules = [import_module(name) for name in _modules()]
    things = [getattr(m, name) for m in modules for name in getattr(m, "__all__", ())]
    return {_home(thing) for thing in things if _documentable(thing)}


def _errors(name: str, checks: set[str]) -> list[str]:
    return [f"{code}: {text}" for code, text in validate(name)["errors"] if code in checks]


@pytest.mark.parametrize("name", sorted(_offered()))
def test_what_users_import_says_what_it_takes_and_gives(name: str) -> None:
    assert not _errors(name, OFFERED)


@pytest.mark.parametrize("name", sorted(_public() - _offered()))
def test_a_public_name_says_what_it_is(name: str) -> None:
    assert not _errors(name, ALWAYS)


@pytest.mark.parametrize("name", _modules())
def test_a_module_says_what_it_is_for(name: str) -> None:
    assert (import_module(name).__doc__ or "").strip()


def test_the_stub_and_the_package_offer_the_same() -> None:
    stub = Path(interbeat.__path__[0], "__init__.pyi").read_text(encoding="utf-8")
    assert sorted(line.split()[-1] for line in stub.splitlines()) == dir(interbeat)


def test_what_is_offered_at_the_top_is_there_and_is_little() -> None:
    assert all(getattr(interbeat, name) is not None for name in dir(interbeat))
    assert 10 <= len(dir(interbeat)) <= 24
