"""What the literature found, beside what the model gives: one finding a function."""

from interbeat.validation._measured import Measured, Tolerance
from interbeat.validation._spec import (
    FINDINGS,
    Examined,
    Finding,
    examine,
    examine_all,
    finding,
)

__all__ = [
    "FINDINGS",
    "Examined",
    "Finding",
    "Measured",
    "Tolerance",
    "examine",
    "examine_all",
    "finding",
]
