"""Registry: how built-ins and plug-ins make themselves known, through one door."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.metadata import entry_points
from typing import Generic, TypeVar

from interbeat.core.errors import DataError

__all__ = ["Registry"]

T = TypeVar("T")


class Registry(Mapping[str, T], Generic[T]):
    """Things by name, filled when first asked for.

    Every module of `package` is imported (so that adding a file is enough), then every
    entry point of `group` (so that a plug-in needs no change here). Both call :meth:`add`
    through a decorator.

    Parameters
    ----------
    noun : str
        What is registered, for error messages: ``"measure"``.
    package : str
        Dotted name of the package whose modules are the built-ins.
    group : str
        Entry-point group of plug-ins: ``"interbeat.measures"``.
    """

    def __init__(self, noun: str, package: str, group: str) -> None:
        self._noun, self._package, self._group = noun, package, group
        self._things: dict[str, T] = {}
        self._filled = False

    def add(self, name: str, thing: T) -> None:
        """Register `thing` under `name`.

        Raises
        ------
        DataError
            If the name is taken.
        """
        if name in self._things:
            raise DataError(f"two {self._noun}s are called {name!r}")
        self._things[name] = thing

    def __getitem__(self, name: str) -> T:
        self._fill()
        if name not in self._things:
            raise DataError(f"no {self._noun} is called {name!r}; possible: {', '.join(self)}")
        return self._things[name]

    def __iter__(self) -> Iterator[str]:
        self._fill()
        return iter(sorted(self._things))

    def __len__(self) -> int:
        self._fill()
        return len(self._things)

    def __contains__(self, name: object) -> bool:
        self._fill()
        return name in self._things

    def _fill(self) -> None:
        if self._filled:
            return
        self._filled = True  # already: what is imported may look in here
        try:
            self._import_all()
        except BaseException:
            self._filled = False  # or the next look would find some of the things, silently
            raise

    def _import_all(self) -> None:
        for module in pkgutil.iter_modules(import_module(self._package).__path__):
            if not module.name.startswith("_"):
                import_module(f"{self._package}.{module.name}")
        for plugin in entry_points(group=self._group):
            plugin.load()
