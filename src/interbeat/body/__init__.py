"""Two coupled nervous systems whose truth is known: the forward model and its validation."""

__all__: list[str] = []
