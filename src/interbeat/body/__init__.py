"""A simulated couple whose truth is known."""
