"""Courses: what the samples of one person or two come to over time."""
