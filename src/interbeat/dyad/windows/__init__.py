"""Windows: one against another at every lag, at every shift of a circle, and over time."""
