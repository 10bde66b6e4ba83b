"""Tracer models: one file each, found by being here."""
