"""Scans: from time-activity curves to binding."""
