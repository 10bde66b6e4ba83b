"""Person: one body, made of its organs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from interbeat.body.glands import Glands
from interbeat.body.heart import Heart
from interbeat.body.learning import rested
from interbeat.body.lungs import Lungs
from interbeat.body.memory import Memory
from interbeat.body.mind import Mind
from interbeat.body.parameters import Row
from interbeat.body.skin import Skin
from interbeat.core.errors import DataError

__all__ = ["Person"]

YOUNGEST, OLDEST = 18.0, 100.0  # years: the sources are about adults


@dataclass(frozen=True, slots=True)
class Person:
    """What stays the same in one person through a session.

    Parameters
    ----------
    age : float
        In years, 18 to 100.
    lungs, heart, mind, skin, glands
        Parameters of each organ; a typical adult's where nothing is said.
    memory : Memory
        What was learnt of cues before; nothing where nothing is said.

    Raises
    ------
    DataError
        If the age is not that of an adult.

    Examples
    --------
    >>> import numpy as np
    >>> one, other = (Person.drawn(np.random.default_rng(k), age=40) for k in (1, 2))
    >>> one == other
    False
    """

    age: float = 35.0
    lungs: Lungs = field(default_factory=Lungs)
    heart: Heart = field(default_factory=Heart)
    mind: Mind = field(default_factory=Mind)
    skin: Skin = field(default_factory=Skin)
    glands: Glands = field(default_factory=Glands)
    memory: Memory = field(default_factory=Memory)

    def __post_init__(self) -> None:
        if not YOUNGEST <= self.age <= OLDEST:
            raise DataError(
                f"age is {YOUNGEST:g} to {OLDEST:g} years (the model's sources are about "
                f"adults), not {self.age:g}"
            )

    @classmethod
    def drawn(cls, rng: np.random.Generator, *, age: float) -> Person:
        """Return one person out of the population.

        Parameters
        ----------
        rng : Generator
            Where the randomness comes from.
        age : float
            In years.
        """
        lungs, heart, mind, skin, glands = rng.spawn(5)
        return cls(
            age,
            Lungs.drawn(lungs),
            Heart.drawn(heart),
            Mind.drawn(mind),
            Skin.drawn(skin),
            Glands.drawn(glands),
        )

    def later(self, seconds: float) -> Person:
        """Return this person after some time in which nothing happened.

        Parameters
        ----------
        seconds : float
            How long, from 0 up.
        """
        return replace(self, memory=rested(self.memory, self.mind, seconds))

    @staticmethod
    def parameters() -> Iterator[Row]:
        """Give every number of the model with its unit, source and spread."""
        for organ in (Lungs, Heart, Mind, Skin, Glands):
            yield from organ.rows()
