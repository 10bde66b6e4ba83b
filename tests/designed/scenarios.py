"""Scenarios: simulated couples by name, for the demo, the tests and anyone who wants to try."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tests.designed.couple import simulate_couple
from tests.designed.traits import Artifact, Person, Sensors, Setting, Task
from tests.designed.truth import Simulated

from interbeat.core.errors import DataError

__all__ = ["Scenario", "demo_couple", "scenarios", "simulate"]

WORN = Sensors(ecg=250.0, respiration=25.0, eda=4.0)
ROBIN = Person(
    heart_rate=66, resphrv=62, reactivity=3.6, skin_level=4.2, skin_recovery=4.0, ectopics=8
)
SASHA = Person(
    heart_rate=74, resphrv=46, reactivity=2.8, skin_level=6.8, skin_recovery=3.2, ectopics=2
)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A couple, what they do, and what ties them.

    Parameters
    ----------
    title : str
        One line for people.
    seconds : float
        How long it lasts where nobody says otherwise.
    coupling, lag, stimulus : float
        As in :func:`~tests.designed.couple.simulate_couple`; a positive lag: a leads.
    setting : Setting
        Who, doing what, wearing what. Its artifacts are timed for `seconds` and move with it.
    """

    title: str
    seconds: float
    coupling: float
    lag: float
    stimulus: float
    setting: Setting


_TABLE = {
    "calm evening": Scenario(
        "a talk on the sofa that ends in breathing together; a leads by two seconds",
        900.0, 0.85, 2.0, 0.0,
        Setting(
            (ROBIN, SASHA),
            (
                Task("rest", 1.0, breathing=14, contact=0.3),
                Task("talk", 1.5, breathing=17, heart_rate=4, arousal=0.35, vagal=0.8),
                Task("listening", 1.3, breathing=13, heart_rate=1, arousal=0.15),
                Task("paced breathing together", 0.6, breathing=6, paced=True, heart_rate=-1),
            ),
            WORN,
            (
                Artifact("b", "ecg", "dropout", 402.0, 9.0),
                Artifact("a", "ecg", "motion", 301.0, 12.0),
                Artifact("a", "eda", "motion", 301.0, 12.0),
            ),
        ),
    ),
    "disagreement and repair": Scenario(
        "a disagreement in which b leads, and how they find back",
        1200.0, 0.8, -1.5, 0.0,
        Setting(
            (replace(ROBIN, reactivity=4.0), replace(SASHA, reactivity=3.6)),
            (
                Task("rest", 1.0, breathing=14, contact=0.3),
                Task("disagreement", 1.5, breathing=19, heart_rate=9, arousal=0.8, vagal=0.55),
                Task("pause", 0.6, breathing=15, heart_rate=4, arousal=0.4, contact=0.0),
                Task("repair", 1.4, breathing=14, heart_rate=2, arousal=0.2, vagal=0.9),
            ),
            WORN,
            (
                Artifact("b", "eda", "flat", 640.0, 20.0),
                Artifact("a", "respiration", "dropout", 330.0, 15.0),
                Artifact("b", "ecg", "motion", 420.0, 15.0),
            ),
        ),
    ),
    "strangers": Scenario(
        "two people recorded apart: nothing ties them",
        1200.0, 0.0, 0.0, 0.0,
        Setting(
            (ROBIN, SASHA),
            (Task("sitting", 1.0, breathing=14), Task("reading", 1.0, breathing=14)),
            WORN,
        ),
    ),
}  # fmt: skip


def scenarios() -> dict[str, Scenario]:
    """Return the scenarios by name.

    Returns
    -------
    dict of str to Scenario
        In the order in which they are told.

    Examples
    --------
    >>> list(scenarios())
    ['calm evening', 'disagreement and repair', 'strangers']
    """
    return dict(_TABLE)


def simulate(scenario: str, seed: int, *, seconds: float | None = None) -> Simulated:
    """Return a session of the couple called `scenario`, and the truth about it.

    Parameters
    ----------
    scenario : str
        One of :func:`scenarios`; ``-`` and ``_`` may stand for a blank.
    seed : int
        The same seed, the same bytes.
    seconds : float, optional
        How long; tasks and artifacts are stretched or squeezed to fit.

    Returns
    -------
    Simulated
        ``session`` holds what the sensors would have given, ``truth`` what is true of it.

    Raises
    ------
    DataError
        If there is no such scenario, with those that there are.
    """
    name = scenario.replace("-", " ").replace("_", " ")
    if name not in _TABLE:
        raise DataError(f"no scenario is called {scenario!r}; possible: {', '.join(_TABLE)}")
    play = _TABLE[name]
    length = play.seconds if seconds is None else seconds
    made = simulate_couple(
        seconds=length,
        seed=seed,
        coupling=play.coupling,
        lag=play.lag,
        stimulus=play.stimulus,
        setting=_stretched(play.setting, length / play.seconds),
    )
    return replace(made, session=replace(made.session, title=f"{name} (simulated)"))


def demo_couple(*, seconds: float, seed: int) -> Simulated:
    """Return the couple of the demo: a calm evening with one dropout and one burst of motion.

    Parameters
    ----------
    seconds : float
        How long; 900 is what it was made for.
    seed : int
        The same seed, the same bytes.

    Returns
    -------
    Simulated
        ``session`` and ``truth``.

    Examples
    --------
    >>> demo_couple(seconds=120, seed=1).session.intervals.labels
    ('rest', 'talk', 'listening', 'paced breathing together')
    """
    return simulate("calm evening", seed, seconds=seconds)


def _stretched(setting: Setting, factor: float) -> Setting:
    moved = tuple(
        replace(x, start=x.start * factor, seconds=x.seconds * min(factor, 1.0))
        for x in setting.artifacts
    )
    return replace(setting, artifacts=moved)
