"""Where data come from: files and folders."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from interbeat.sources.door import Format, formats, read

if TYPE_CHECKING:
    from interbeat.sources.bids_out import write_bids
    from interbeat.sources.plating import read_plates
    from interbeat.sources.samples import joined, read_samples, read_wide, write_samples
    from interbeat.sources.scanning import read_blood, read_scan, read_scans

__all__ = [
    "Format", "formats", "joined", "read", "read_blood", "read_plates", "read_samples",
    "read_scan", "read_scans", "read_wide", "write_bids", "write_samples",
]  # fmt: skip

_HOMES = {
    "joined": "samples",
    "read_blood": "scanning",
    "read_plates": "plating",
    "read_samples": "samples",
    "read_scan": "scanning",
    "read_scans": "scanning",
    "read_wide": "samples",
    "write_bids": "bids_out",
    "write_samples": "samples",
}


def __getattr__(name: str) -> object:
    """Import what few need, and the libraries that it needs, when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"interbeat.sources.{_HOMES[name]}"), name)
