"""Waves: how steadily two people's keep step, band by band."""
