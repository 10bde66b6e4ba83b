"""Modes: windowed cross-correlation as others lay it, by the names of those who did."""
