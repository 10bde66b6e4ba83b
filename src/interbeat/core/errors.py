"""What can go wrong, as one family.

::

    InterbeatError
    ├── DataError          values that break a law of a noun, or of a function's parameters
    ├── SourceError        a file or folder that cannot be read
    │   ├── FormatError    ... because its bytes are not what its format promises
    │   └── UnknownFormatError  ... because no reader takes it
    └── MissingExtraError       the job needs an optional package that is not installed

Each says what was given, what is possible and where. Physiology that is absent is no error:
it is a missing :class:`~interbeat.core.estimate.Estimate` with a reason.
"""

from __future__ import annotations

from pathlib import Path

__all__ = [
    "DataError",
    "FormatError",
    "InterbeatError",
    "MissingExtraError",
    "SourceError",
    "UnknownFormatError",
]


class InterbeatError(Exception):
    """Any error that interbeat raises on purpose."""


class DataError(InterbeatError, ValueError):
    """Values that break a law: times that go back, a sampling rate of zero, unknown names."""


class SourceError(InterbeatError):
    """A file or folder that cannot be read.

    Parameters
    ----------
    path : Path
        What was given.
    problem : str
        What is wrong with it, and what would be right.
    where : str
        The line, byte offset, column or member, where one is known.

    Examples
    --------
    >>> print(FormatError(Path("ibi.txt"), "'abc' is not an interval", where="line 3"))
    ibi.txt, line 3: 'abc' is not an interval
    """

    def __init__(self, path: Path, problem: str, where: str = "") -> None:
        self.path, self.problem, self.where = path, problem, where
        super().__init__(f"{path}{', ' * bool(where)}{where}: {problem}")

    def __reduce__(self) -> tuple[type[SourceError], tuple[Path, str, str]]:
        """Let a worker process hand the error back whole."""
        return type(self), (self.path, self.problem, self.where)


class FormatError(SourceError):
    """The bytes are not what the format promises."""


class UnknownFormatError(SourceError):
    """No reader takes this file or folder."""


class MissingExtraError(InterbeatError, ImportError):
    """The job needs an optional package.

    Examples
    --------
    >>> print(MissingExtraError("BIOPAC .acq files", "acq"))
    BIOPAC .acq files need an optional package: pip install 'interbeat[acq]'
    """

    def __init__(self, job: str, extra: str) -> None:
        super().__init__(f"{job} need an optional package: pip install 'interbeat[{extra}]'")
