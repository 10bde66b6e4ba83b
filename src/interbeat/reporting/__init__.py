"""The page that a person reads, and the same result for machines."""

from interbeat.pipeline.table import to_table, write_table
from interbeat.reporting.choices import report_choices
from interbeat.reporting.citing import cite
from interbeat.reporting.either import report, to_json, write_json

__all__ = [
    "cite", "report", "report_choices", "to_json", "to_table", "write_json", "write_table",
]  # fmt: skip
