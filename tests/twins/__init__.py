"""Hearts of other people's making: published models, written anew, whose truth is known.

They share no code with `interbeat.body` or `interbeat.state`, nor with `tests/designed`. What
is theirs and what is our addition is told in README.md beside this file.
"""

from tests.twins.beatwise import deboer
from tests.twins.days import (
    REST,
    Day,
    Life,
    blocked,
    quiet_days,
    side_by_side,
    spent_days,
    startled_days,
)
from tests.twins.pulsatile import kotani
from tests.twins.sensors import Heard, heard

__all__ = [
    "REST",
    "Day",
    "Heard",
    "Life",
    "blocked",
    "deboer",
    "heard",
    "kotani",
    "quiet_days",
    "side_by_side",
    "spent_days",
    "startled_days",
]
