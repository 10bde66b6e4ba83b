"""Streaming detectors: from samples to beats, breaths, sweat responses and quality."""
