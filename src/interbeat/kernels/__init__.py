"""Loops over arrays: NumPy, SciPy and numba only. Knows nothing of people or of sensors.

Each compiled loop (``@njit(cache=True)``, never ``fastmath``) has a plain twin in the tests.
"""
