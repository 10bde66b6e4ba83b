"""Whether two people move together, who leads, and how sure one may be."""

from interbeat.dyad._spec import INDICES, Index, index
from interbeat.dyad.coupling import Coupling
from interbeat.dyad.multiverse import Multiverse, multiverse
from interbeat.dyad.synchrony import Synchrony, synchrony

__all__ = [
    "INDICES", "Coupling", "Index", "Multiverse", "Synchrony", "index", "multiverse",
    "synchrony",
]  # fmt: skip
