"""Whether two people move together, who leads, and how sure one may be."""

from interbeat.dyad.synchrony import Synchrony, synchrony

__all__ = ["Synchrony", "synchrony"]
