"""Plates: from wells to concentrations."""
