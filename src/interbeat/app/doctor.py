"""What is installed, and whether it works."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

__all__ = ["examine"]

CORE = (
    "interbeat", "numpy", "scipy", "numba", "edfio", "pyxdf", "h5py", "pyarrow", "openpyxl",
    "jinja2", "rich", "click",
)  # fmt: skip
EXTRAS = {
    "acq": "bioread",
    "wfdb": "wfdb",
    "frame": "pandas",
    "dask": "distributed",
    "plates": "allotropy",
}


def examine(*, warm_up: bool) -> Iterator[str]:
    """Give one line for each part: its version, or how to get it; compile if asked to."""
    yield f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    for package in CORE:
        yield _installed(package, "interbeat")
    for extra, package in EXTRAS.items():
        yield _installed(package, f"interbeat[{extra}]")
    if warm_up:
        yield _warm_up()


def _installed(package: str, comes_with: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} is not installed: pip install '{comes_with}'"


def _warm_up() -> str:
    """Run every fast loop once: what numba compiles it keeps beside the code."""
    from dataclasses import replace

    from interbeat.body import Sensors, scenario, simulate
    from interbeat.body.staging.outfit import Outfit
    from interbeat.pipeline.analyze import analyze

    analyze(simulate("calm evening", seed=0, seconds=400).session)
    all_ = Sensors(
        ppg=64.0, blood_pressure=100.0, acceleration=32.0, temperature=4.0, strap=True
    )
    worn = Outfit({"a": all_, "b": replace(all_, eda=None, wrist_eda=4.0)})
    simulate(replace(scenario("calm evening"), outfit=worn), seed=0, seconds=60)
    return "the fast loops are compiled and kept"
