"""Exports of plate readers: one file each, found by being here."""
