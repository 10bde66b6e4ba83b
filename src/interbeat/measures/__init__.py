"""Measures: numbers drawn from beats, breaths and sweat, one family a file."""

from interbeat.measures._spec import MEASURES

__all__ = ["MEASURES"]
