"""Staging: from a scenario's file to people, what happens to them, and what is recorded."""
