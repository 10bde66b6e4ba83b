"""Either: the page of a session, a study, an assay or a scan, by what is handed over."""

from __future__ import annotations

from pathlib import Path

from interbeat.neurochemistry.plates.found import Assayed
from interbeat.neurochemistry.scans.bound import Bound, Displaced
from interbeat.pipeline.analysis import Analysis
from interbeat.pipeline.study.outcome import Study
from interbeat.reporting._numbers import write
from interbeat.reporting.machine import to_json as session_to_json
from interbeat.reporting.page import report as report_session
from interbeat.reporting.pet_machine import pet_to_json
from interbeat.reporting.pet_page import report_pet
from interbeat.reporting.plate_machine import assay_to_json
from interbeat.reporting.plate_page import report_plate
from interbeat.reporting.study_page import report_study

__all__ = ["report", "to_json", "write_json"]


def report(found: Analysis | Study | Assayed | Bound | Displaced, path: Path | str) -> Path:
    """Write the page of `found` to `path`; return where.

    The file needs nothing else: no script, no network, no fonts. The same result gives the same
    bytes.

    Parameters
    ----------
    found : Analysis, Study, Assayed, Bound or Displaced
        Of one session, of many, of the plates of an assay, of one PET scan or of two.
    path : Path or str
        The HTML file to write, in UTF-8; what was there before is replaced.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    OSError
        If `path` cannot be written.

    Examples
    --------
    >>> import interbeat as ib
    >>> ib.report(ib.analyze(session), "evening.html")  # doctest: +SKIP
    PosixPath('evening.html')
    """
    if isinstance(found, Study):
        return report_study(found, path)
    if isinstance(found, Assayed):
        return report_plate(found, path)
    if isinstance(found, Bound | Displaced):
        return report_pet(found, path)
    return report_session(found, path)


def to_json(found: Analysis | Assayed | Bound | Displaced) -> str:
    """Return `found` as one line of strict JSON.

    The same result gives the same bytes. NaN is written as null, beside its reason. Layouts are
    at the top of :mod:`~interbeat.reporting.machine`,
    :mod:`~interbeat.reporting.plate_machine` and :mod:`~interbeat.reporting.pet_machine`.

    Parameters
    ----------
    found : Analysis, Assayed, Bound or Displaced
        Of one session, of the plates of an assay, of one PET scan or of two.

    Returns
    -------
    str
        One line, without a line break at its end.
    """
    if isinstance(found, Assayed):
        return assay_to_json(found)
    if isinstance(found, Bound | Displaced):
        return pet_to_json(found)
    return session_to_json(found)


def write_json(found: Analysis | Assayed | Bound | Displaced, path: Path | str) -> Path:
    """Write :func:`to_json` to `path`, in UTF-8; return where.

    Parameters
    ----------
    found : Analysis, Assayed, Bound or Displaced
        Of one session, of the plates of an assay, of one PET scan or of two.
    path : Path or str
        What was there before is replaced.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    OSError
        If `path` cannot be written.
    """
    return write(to_json(found), path)
