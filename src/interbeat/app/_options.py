"""Options that several commands share, and what is refused before they begin."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

__all__ = ["FILE", "PAIR", "check_writable"]


class _Pairs(click.ParamType[tuple[str, str]]):
    """``NAME=VALUE``."""

    name = "NAME=VALUE"

    def convert(
        self,
        value: Any,  # noqa: ANN401 - click's own signature
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[str, str]:
        """Split at the first equals sign."""
        if isinstance(value, tuple):
            return value
        name, sign, rest = str(value).partition("=")
        if not (sign and name and rest):
            self.fail(f"{value!r} is not NAME=VALUE", param, ctx)
        return name, rest


PAIR = _Pairs()
FILE = click.Path(dir_okay=False, path_type=Path)


def check_writable(files: Mapping[str, Path | None], inputs: tuple[Path, ...]) -> None:
    """Refuse, before hours of work, to write where it cannot be or over what is read."""
    taken = {path.resolve(): "is a recording to analyze" for path in inputs}
    for kind, path in files.items():
        if path is None:
            continue
        if not path.resolve().parent.is_dir():
            raise click.UsageError(f"--{kind} {path}: there is no folder {path.parent}")
        if path.resolve() in taken:
            raise click.UsageError(f"--{kind} {path} {taken[path.resolve()]}")
        taken[path.resolve()] = f"is where --{kind} is written"
