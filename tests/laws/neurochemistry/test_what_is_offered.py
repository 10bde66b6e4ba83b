"""What the room offers by name is that, whatever was imported before."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType

import pytest

from interbeat import neurochemistry


@pytest.mark.parametrize("name", neurochemistry.__all__)
def test_no_module_hides_what_is_offered_by_its_name(name: str) -> None:
    __import__("interbeat.neurochemistry.courses.together")
    assert not isinstance(getattr(neurochemistry, name), ModuleType)


def test_courses_are_computed_in_a_process_that_read_plates_first() -> None:
    lines = (
        "import interbeat as ib",
        "ib.neurochemistry.assay",
        "from interbeat.neurochemistry import courses",
        "assert callable(courses)",
        "assert ib.neurochemistry.courses is courses",
    )
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


def test_what_is_not_offered_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'trait'"):
        neurochemistry.trait  # noqa: B018 - that it is looked up is the test
