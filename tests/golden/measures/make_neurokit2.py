"""Write what NeuroKit2 makes of pyHRV's sample series.

    python make_neurokit2.py SampleNNISeriesShort.npy > neurokit2.json

in an environment that holds neurokit2; interbeat is not needed.
"""

from __future__ import annotations

import json
import sys
import warnings
from importlib.metadata import version

import numpy as np


def main(path: str) -> None:
    import neurokit2 as nk  # type: ignore[import-not-found]

    warnings.simplefilter("ignore")
    rr = np.load(path).astype(float)
    found = nk.hrv(nk.intervals_to_peaks(rr, sampling_rate=1000), sampling_rate=1000)
    values = {name.removeprefix("HRV_"): float(found[name].iloc[0]) for name in found.columns}
    known = {name: value for name, value in values.items() if np.isfinite(value)}
    sys.stdout.write(json.dumps({"neurokit2": version("neurokit2"), "values": known}, indent=1))
    sys.stdout.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
