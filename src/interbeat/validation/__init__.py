"""What the literature found, beside what the model gives: one finding a function."""
