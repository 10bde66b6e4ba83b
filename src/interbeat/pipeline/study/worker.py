"""Worker: what a process of a local cluster does before its first task."""

from __future__ import annotations

import signal

__all__ = ["dask_setup"]


def dask_setup(_: object) -> None:
    """Leave Ctrl-C to the process that was started by hand; it ends its workers itself.

    A terminal sends it to all of them, and each would print where it was.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
