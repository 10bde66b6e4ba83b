"""Standard curves: one file each, found by being here."""
