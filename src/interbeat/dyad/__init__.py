"""Whether two people move together, who leads, and how sure one may be."""

from interbeat.dyad._spec import INDICES, Index, index
from interbeat.dyad.coupling import Coupling
from interbeat.dyad.synchrony import Synchrony, synchrony

__all__ = ["INDICES", "Coupling", "Index", "Synchrony", "index", "synchrony"]
