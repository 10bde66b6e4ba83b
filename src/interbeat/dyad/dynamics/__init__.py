"""Dynamics: what one's past tells of the other, and states that come back."""
