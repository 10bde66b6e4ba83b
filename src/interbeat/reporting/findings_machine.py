"""What came of the findings, for machines: JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from interbeat.reporting.findings_words import counts
from interbeat.validation import Examined, Part

__all__ = ["findings_as_dict", "write_findings"]


def write_findings(rows: Sequence[Examined], path: Path | str, *, repeats: int) -> Path:
    """Write what came of the findings to `path` as JSON; return where.

    Parameters
    ----------
    rows : sequence of Examined
        All of one seed.
    path : Path or str
        The file to write, in UTF-8; what was there before is replaced.
    repeats : int
        How many groups of people each rests on.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    OSError
        If `path` cannot be written.
    """
    path = Path(path)
    said = json.dumps(
        findings_as_dict(rows, repeats=repeats), indent=1, ensure_ascii=False, allow_nan=False
    )
    path.write_text(f"{said}\n", encoding="utf-8", newline="\n")
    return path


def findings_as_dict(rows: Sequence[Examined], *, repeats: int) -> dict[str, Any]:
    """Return what came of the findings as JSON can say it; what is not a number is None.

    Parameters
    ----------
    rows, repeats
        See :func:`write_findings`.

    Returns
    -------
    dict
        ``interbeat`` (version), ``what``, ``seed``, ``repeats``, ``counts`` (see
        :func:`~interbeat.reporting.findings_words.counts`) and ``findings``, a list by number.
        Each has the texts of :class:`~interbeat.validation.Finding` (``name``, ``number``,
        ``title``, ``source``, ``doi``, ``published``, ``mark``, ``second``, ``origin``,
        ``ledger``), ``verified``, ``expected_to_fail`` (the reason, or ""), ``verdict``
        ("holds", "fails", "fails as expected" or "holds against expectation"), ``sure`` (false
        where chance among the simulated people could have turned the verdict) and ``parts``.
        Each part has ``label`` ("" for a lone number), ``unit``, ``rule``, ``least`` and
        ``most`` (None: no end there), ``value`` and ``se`` (None: not measured, and ``note``
        says why),
        ``n`` people, ``note``, ``holds`` and ``sure``.
    """
    return {
        "interbeat": version("interbeat"),
        "what": "published findings, and what the model gives: no person is validated",
        "seed": rows[0].seed if rows else None,
        "repeats": repeats,
        "counts": counts(rows),
        "findings": [_row(row) for row in rows],
    }


def _row(row: Examined) -> dict[str, Any]:
    found = row.finding
    said = ("name", "number", "title", "source", "doi", "published", "mark", "second",
            "verified", "origin", "ledger")  # fmt: skip
    return {
        **{name: getattr(found, name) for name in said},
        "expected_to_fail": found.fails,
        "verdict": row.verdict,
        "sure": row.sure,
        "parts": [_part(part) for part in row.parts],
    }


def _part(part: Part) -> dict[str, Any]:
    band, found = part.tolerance, part.measured
    return {
        "label": part.label,
        "unit": band.unit,
        "rule": band.rule,
        "least": _finite(band.least),
        "most": _finite(band.most),
        "value": _finite(found.value),
        "se": _finite(found.se),
        "n": found.n,
        "note": found.note,
        "holds": part.holds,
        "sure": part.sure,
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
