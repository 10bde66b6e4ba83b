"""Where data come from: files and folders."""

from __future__ import annotations

from interbeat.sources.door import Format, formats, read

__all__ = ["Format", "formats", "read"]
