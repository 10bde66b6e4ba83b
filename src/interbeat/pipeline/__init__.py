"""The order of things: the push engine, and the analysis it ends in."""
