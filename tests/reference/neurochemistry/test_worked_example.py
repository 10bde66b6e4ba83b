"""The cortisol of a stress test, worked from a laboratory's table to what may be said.

The table is the example of BioPsyKit: Richer et al. (2021), Journal of Open Source Software
6:3702, doi:10.21105/joss.03702. 26 people gave saliva seven times.
"""

from __future__ import annotations

import doctest
from collections.abc import Callable
from pathlib import Path

EXAMPLE = """
>>> from interbeat.neurochemistry.courses.assay_error import AssayError
>>> from interbeat.neurochemistry.courses.course import CourseSettings, courses
>>> from interbeat.neurochemistry.courses.together import together
>>> from interbeat.sources.samples import read_wide

When each tube was due, in minutes since the stress test began:

>>> minutes = dict(zip("0123456", (-30, -1, 30, 40, 50, 60, 70)))
>>> times = {name: 60.0 * minute for name, minute in minutes.items()}
>>> samples = read_wide(table, times=times, analyte="cortisol", unit="nmol/L", matrix="saliva")
>>> len(samples)
182

The baseline is what was there before the test. The table tells no error; one of 7 % is assumed:

>>> how = CourseSettings(before=0, event="stress test", error=AssayError(cv=0.07))
>>> found = {one.person: one for one in courses(samples, how)}
>>> len(found)
26
>>> one = found["Vp01"]
>>> one.baseline_is
'the mean of 2 samples before stress test at 0 s'
>>> for name in ("AUCg", "AUCi", "baseline", "peak", "peak time", "reactivity", "recovery"):
...     print(f"{name}: {one.numbers[name]}")
AUCg: 599 ± 19 nmol/L min
AUCi: -100 ± 50 nmol/L min
baseline: 7.0 ± 0.3 nmol/L
peak: 5.8 ± 0.4 nmol/L
peak time: 1800 ± 800 s
reactivity: -1.2 ± 0.5 nmol/L
recovery: 1.7 ± 0.5 nmol/L
>>> one.flags[0]
'no sample after the baseline is above it'

Two of them side by side; they did not sit together, and seven samples say little:

>>> pair = together(one, found["Vp03"])
>>> print(pair.differences["AUCg"])
-540 ± 40 nmol/L min
>>> print(pair.lag)
missing: no sample of Vp01 is above the baseline
>>> print(pair.words)
Over 7 samples the two courses correlate with r = -0.40, and anything from -0.89 to 0.51 would
fit, and more: samples of one person hang together. What both went through and the hour of the
day move both: this is no sign of a bond.
"""


def test_the_worked_example_runs_as_it_is_written(data: Callable[[str], Path]) -> None:
    table = data("biopsykit/cortisol_sample.csv")
    parsed = doctest.DocTestParser().get_doctest(
        EXAMPLE, {"table": table}, "worked example", None, 0
    )
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    runner.run(parsed, out=said.append)
    assert parsed.examples
    assert not said, "".join(said)
