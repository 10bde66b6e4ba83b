"""What the literature found, beside what the model gives: one finding a function."""

from interbeat.validation._measured import Measured, Tolerance
from interbeat.validation._spec import (
    FINDINGS,
    Examined,
    Finding,
    Origin,
    Part,
    examine,
    examine_all,
    finding,
)

__all__ = [
    "FINDINGS",
    "Examined",
    "Finding",
    "Measured",
    "Origin",
    "Part",
    "Tolerance",
    "examine",
    "examine_all",
    "finding",
]
