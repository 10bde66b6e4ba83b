"""Every public name is documented, and its parameters are the ones that it has."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module

import pytest

import interbeat

# GL08 no docstring, PR01 parameter not documented, PR02 unknown parameter documented,
# PR03 wrong order, SS01 no summary, SS03 summary without a full stop.
CHECKS = {"GL08", "PR01", "PR02", "PR03", "SS01", "SS03"}


def _modules() -> list[str]:
    found = pkgutil.walk_packages(interbeat.__path__, "interbeat.")
    return sorted(m.name for m in found if not m.name.endswith("__main__"))


def _public() -> Iterator[str]:
    for name in _modules():
        module = import_module(name)
        for public in getattr(module, "__all__", ()):
            thing = getattr(module, public)
            mine = getattr(thing, "__module__", None) == name
            if mine and (inspect.isclass(thing) or inspect.isroutine(thing)):
                yield f"{name}.{public}"


@pytest.mark.parametrize("name", sorted(_public()))
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_public_name_says_what_it_takes(name: str) -> None:
    from numpydoc.validate import validate

    errors = [f"{code}: {text}" for code, text in validate(name)["errors"] if code in CHECKS]
    assert not errors


@pytest.mark.parametrize("name", _modules())
def test_a_module_says_what_it_is_for(name: str) -> None:
    assert (import_module(name).__doc__ or "").strip()


def test_what_is_offered_at_the_top_is_there_and_is_little() -> None:
    assert all(getattr(interbeat, name) is not None for name in dir(interbeat))
    assert 10 <= len(dir(interbeat)) <= 20
