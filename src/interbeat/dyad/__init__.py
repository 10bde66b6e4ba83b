"""Whether two people move together, who leads, and how sure one may be."""
