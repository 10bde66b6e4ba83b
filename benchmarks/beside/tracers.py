"""Tracer models on scans of known binding: error with and without noise, and what they cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from benchmarks.beside.common import Floats, cpu, module, rows, table

from interbeat.body.noise import Streams
from interbeat.body.tracer import Ligand, scanned
from interbeat.core.activity import Regions
from interbeat.neurochemistry.scans.binding import bind
from interbeat.neurochemistry.scans.images import bind_image
from interbeat.neurochemistry.tracers._spec import MODELS, Settings

DURATIONS = [10.0] * 6 + [20.0] * 6 + [60.0] * 7 + [300.0] * 10  # s, an hour
PEOPLE, VOXELS = 40, 2000
LATE = 20.0  # min, from when on the graphical models fit
COLUMNS = ["method", "error without noise, %", "with noise, %", "ms a region"]
IMAGE = ["method", "voxels", "s", "s of 200 000"]
ABOUT = """## Tracer models

Forty simulated scans of an hour, 29 frames, raclopride in striatum, whose binding is known
(`interbeat.body.tracer`: the simplified reference tissue model on a grid of 1 s). Median and,
in brackets, 95th percentile of the absolute error of BP_ND. Linear models from 20 min on; k2'
is told to those that want it. niftypad sees frame means as values at the middles of frames, and
its basis functions run from 1e-5 to 1 a second and are made anew for each region (for an image,
once), as it comes. kinfitr is in R, which PyPI does not have.
"""


class Seen(NamedTuple):
    """One scan: edges of frames (s), curves, truth."""

    edges: Floats
    reference: Floats
    target: Floats
    binding: float
    k2_prime: float


Method = Callable[[Seen], float]


def scans(*, noisy: bool) -> list[Seen]:
    """Return the scans of forty people."""
    edges = np.concatenate([[0.0], np.cumsum(DURATIONS)])
    seen = []
    rng = np.random.default_rng(7)
    for person in range(PEOPLE):
        binding = float(rng.uniform(0.5, 3.5))
        ligand = Ligand(binding=binding, delivery=float(rng.uniform(0.8, 1.1)))
        scan = scanned(ligand, DURATIONS, streams=Streams(7, person))
        curves = (
            (scan.reference, scan.target) if noisy else (scan.true_reference, scan.true_target)
        )
        seen.append(Seen(edges, *curves, binding, ligand.washout / ligand.delivery))
    return seen


def ours(model: str) -> Method:
    def fit(seen: Seen) -> float:
        curves = {"cerebellum": seen.reference, "striatum": seen.target}
        scan = Regions(
            seen.edges[:-1], np.diff(seen.edges), curves, "kBq/mL",
            radionuclide="C11", decay_corrected=True,
        )  # fmt: skip
        settings = Settings(t_star=LATE, k2_prime=seen.k2_prime)
        found = bind(scan, reference="cerebellum", model=model, settings=settings)
        return found.regions["striatum"].parameters["BP_ND"].value

    return fit


def niftypad(model: str) -> Method:
    """Return one of niftypad's models; it takes whole seconds and what comes before scaled."""
    models, tac = module("niftypad.models"), module("niftypad.tac")

    def fit(seen: Seen) -> float:
        frames = np.array([seen.edges[:-1], seen.edges[1:]]).astype(int)
        reference = tac.Ref(seen.reference.copy(), frames)
        reference.interp_1()
        given = {
            "dt": frames, "inputf1": reference.inputf1, "w": None, "k2p": seen.k2_prime / 60,
            "beta_lim": None, "n_beta": 128, "linear_phase_start": LATE * 60,
            "linear_phase_end": None, "fig": False,
        }  # fmt: skip
        inputs = models.get_model_inputs(given, model)
        return float(getattr(models, model)(seen.target.copy(), **inputs)["bp"])

    return fit


def score(method: Method) -> Sequence[str]:
    cells = []
    method(scans(noisy=False)[0])  # warm
    for noisy in (False, True):
        seen = scans(noisy=noisy)
        found, spent = cpu(lambda seen=seen: [method(one) for one in seen])  # type: ignore[misc]
        truth = np.array([one.binding for one in seen])
        off = 100 * np.abs(np.array(found) / truth - 1)
        cells.append(f"{np.median(off):.2f} ({np.percentile(off, 95):.2f})")
    return [*cells, f"{1000 * spent / len(seen):.1f}"]


def voxels() -> tuple[Seen, Floats]:
    """Return a scan, and its target as noisy voxels: shape (n, frames)."""
    seen = scans(noisy=False)[0]
    rng = np.random.default_rng(3)
    noise = rng.standard_normal((VOXELS, seen.target.size)) * 0.1 * seen.target.max()
    return seen, seen.target + noise


def ours_image() -> tuple[int, float]:
    seen, image = voxels()
    image = np.tile(image, (100, 1))
    starts, durations = seen.edges[:-1], np.diff(seen.edges)
    _, spent = cpu(
        lambda: bind_image(image, seen.reference, starts=starts, durations=durations)
    )
    return len(image), spent


def niftypad_image() -> tuple[int, float]:
    models, tac = module("niftypad.models"), module("niftypad.tac")
    seen, image = voxels()
    frames = np.array([seen.edges[:-1], seen.edges[1:]]).astype(int)
    reference = tac.Ref(seen.reference.copy(), frames)
    reference.interp_1()
    made = module("niftypad.basis").make_basis(reference.inputf1, frames)
    _, spent = cpu(lambda: [models.srtmb_basis(voxel, made) for voxel in image])
    return len(image), spent


def image_score(made: tuple[int, float]) -> Sequence[str]:
    count, spent = made
    return [str(count), f"{spent:.1f}", f"{200_000 * spent / count:.0f}"]


def main() -> None:
    reference = [name for name, model in MODELS.items() if model.needs == "reference"]
    makers: dict[str, Callable[[], Method]] = {
        f"interbeat {name}": lambda name=name: ours(name)  # type: ignore[misc]
        for name in reference
    }
    peers = ("srtm", "srtmb", "logan_ref_k2p", "mrtm", "mrtm_k2p")
    makers |= {f"niftypad {name}": lambda name=name: niftypad(name) for name in peers}  # type: ignore[misc]
    print(ABOUT)
    print(table(COLUMNS, rows(makers, score)))
    images = {"interbeat basis functions": ours_image, "niftypad srtmb_basis": niftypad_image}
    print(f"\n{table(IMAGE, rows(images, image_score))}\n")


if __name__ == "__main__":
    main()
