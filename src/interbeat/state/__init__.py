"""Latent vagal, sympathetic and arousal drive, second by second, each with an interval."""

from interbeat.state.checking import CheckIn
from interbeat.state.drugs import Drug
from interbeat.state.estimates import Drives
from interbeat.state.following import Follower, drives
from interbeat.state.onsets import onsets
from interbeat.state.patterns import PATTERNS

__all__ = ["PATTERNS", "CheckIn", "Drives", "Drug", "Follower", "drives", "onsets"]
