"""Either: a session's page or a study's, by what is handed over."""

from __future__ import annotations

from pathlib import Path

from interbeat.pipeline.analysis import Analysis
from interbeat.pipeline.study.outcome import Study
from interbeat.reporting.page import report as report_session
from interbeat.reporting.study_page import report_study

__all__ = ["report"]


def report(found: Analysis | Study, path: Path | str) -> Path:
    """Write the page of `found` to `path`; return where.

    The file needs nothing else: no script, no network, no fonts. The same result gives the same
    bytes.

    Parameters
    ----------
    found : Analysis or Study
        Of one session, or of many.
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
    return report_session(found, path)
