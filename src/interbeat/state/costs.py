"""Costs: what each missing channel costs, in words for people."""

from __future__ import annotations

__all__ = ["costs_of"]

UNBREATHED = (
    "Breathing was not measured: whether the heart swings more because the vagus does more, or "
    "because the breath is slow and deep, cannot be told. In simulated people, who breathe as "
    "they like, drives are found as well without it; patterns are unknown for most of the time."
)
UNSEEN = (
    "Breathing was promised but not seen in the baseline: it counts as not measured, with "
    "wider intervals and more that is unknown."
)
DRY = (
    "Skin conductance was not measured: arousal is read from the heart alone, and in simulated "
    "people it is off by two thirds more; of small onsets of stress fewer than half as many "
    "are found."
)
SILENT = (
    "The palm did not respond once during the baseline, as in one person out of ten, or it was "
    "not seen there: it counts as not measured, and arousal is read from the heart alone."
)


def costs_of(*, breathing: bool, breathed: bool, sweat: bool, dry: bool) -> tuple[str, ...]:
    """Return a sentence for each channel that is missing.

    Parameters
    ----------
    breathing, breathed : bool
        Whether breathing was given, and whether it could be used.
    sweat : bool
        Whether sweat responses were given.
    dry : bool
        Whether there was none at rest.

    Examples
    --------
    >>> costs_of(breathing=True, breathed=True, sweat=True, dry=False)
    ()
    """
    found = [] if breathed else [UNSEEN if breathing else UNBREATHED]
    if not sweat:
        return (*found, DRY)
    return (*found, SILENT) if dry else tuple(found)
