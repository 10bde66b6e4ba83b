"""The page that a person reads, and the same result for machines."""

from interbeat.pipeline.table import to_table, write_table
from interbeat.reporting.citing import cite
from interbeat.reporting.machine import to_json, write_json
from interbeat.reporting.page import report

__all__ = ["cite", "report", "to_json", "to_table", "write_json", "write_table"]
