"""Indices: how far two people are tied, one method a file."""
