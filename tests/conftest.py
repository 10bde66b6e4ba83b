"""What every test may ask for."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# Where a result decides about a change, the same code must give the same verdict.
settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("ci")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def data() -> Callable[[str], Path]:
    """Return ``data("mitdb/101.hea")``: a real recording, or skip the test, saying so."""
    folder = Path(os.environ.get("INTERBEAT_DATA", ROOT.parent / "shared" / "data"))

    def find(name: str) -> Path:
        path = folder / name
        if not path.exists():
            pytest.skip(f"no {path}: set INTERBEAT_DATA to the folder of real recordings")
        return path

    return find
