"""Where data come from: files and folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interbeat.sources.door import Format, formats, read

if TYPE_CHECKING:
    from interbeat.sources.bids_out import write_bids

__all__ = ["Format", "formats", "read", "write_bids"]


def __getattr__(name: str) -> object:
    """Import the writer, and the library that it writes with, when it is first asked for."""
    if name != "write_bids":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from interbeat.sources.bids_out import write_bids  # noqa: PLC0415

    return write_bids
