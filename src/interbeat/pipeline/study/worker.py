"""Worker: what a process of a local cluster does before its first task."""

from __future__ import annotations

import logging
import signal

__all__ = ["dask_setup"]


def dask_setup(_: object) -> None:
    """Leave Ctrl-C, and all telling, to the process that was started by hand.

    A terminal sends Ctrl-C to all of them, and each would print where it was; that process ends
    its workers itself. One that replaces another would print that it begins.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
