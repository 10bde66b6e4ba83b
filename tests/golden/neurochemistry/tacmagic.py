"""What PMOD made of the scans that the R package tacmagic comes with."""

import csv
from pathlib import Path

__all__ = ["published_binding"]


def published_binding(path: Path) -> dict[str, float]:
    """Return BP_ND by region from ``AD07_BPnd_BPnd_Logan.voistat``.

    PMOD got it by SRTM, then by reference Logan with that k2', on the curves corrected for
    partial volume: those whose names end in ``_C`` in ``AD07.tac``.
    """
    with path.open(encoding="utf-8", newline="") as file:
        lines = [line for line in file if not line.startswith("#")]
    rows = csv.DictReader(lines, delimiter="\t")
    return {row["VoiName(Region) [string]"]: float(row["Averaged [1/1]"]) for row in rows}
