"""Time-activity curves of PET: one file each, found by being here."""
