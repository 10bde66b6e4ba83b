"""Neurochemistry: from plates to concentrations, from scans to binding, over time."""
