"""Latent vagal, sympathetic and arousal drive, second by second, each with an interval."""
