"""interbeat: the interval between heartbeats, and what passes between two hearts."""
