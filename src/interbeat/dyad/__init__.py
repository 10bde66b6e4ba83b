"""Whether two people move together, who leads, and how sure one may be."""

from interbeat.dyad._spec import INDICES, Index, index
from interbeat.dyad.coupling import Coupling
from interbeat.dyad.covariates import Without, without
from interbeat.dyad.grid import aligned
from interbeat.dyad.groups import cluster_phase, kuramoto
from interbeat.dyad.leading import Leading, leading
from interbeat.dyad.multiverse import Multiverse, multiverse
from interbeat.dyad.pseudo import PseudoDyads, pseudo_dyads
from interbeat.dyad.resphrv import resphrv_synchrony
from interbeat.dyad.synchrony import Synchrony, synchrony
from interbeat.dyad.verdict import verdict

__all__ = [
    "INDICES", "Coupling", "Index", "Leading", "Multiverse", "PseudoDyads", "Synchrony",
    "Without", "aligned", "cluster_phase", "index", "kuramoto", "leading", "multiverse",
    "pseudo_dyads", "resphrv_synchrony", "synchrony", "verdict", "without",
]  # fmt: skip
