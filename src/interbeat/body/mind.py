"""Mind: how one person appraises danger and safety, learns and calms down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from interbeat.body.memory import Memory
from interbeat.body.parameters import Organ, parameter
from interbeat.core.arrays import FloatArray

__all__ = ["Appraisal", "Mind"]


@dataclass(frozen=True, slots=True)
class Mind(Organ):
    """Traits of appraisal, of learning, and of what cues do at once.

    Threat T and safety F are two axes, not the ends of one (Berntson, Cacioppo and Quigley
    1991, on autonomic space). What is perceived as dangerous is :math:`E_T`, as safe
    :math:`E_F`; see :mod:`interbeat.body.appraisal` for the equations.
    """

    threshold: float = parameter(
        0.35, "1", "assumed: danger at which threat is half of what it can be", spread=0.2
    )
    steepness: float = parameter(
        0.10, "1", "assumed: width of the step from calm to threat", spread=0.15, least=0.01
    )
    comfort: float = parameter(
        0.6, "1", "assumed: danger that one unit of safety outweighs", spread=0.3, most=2.0
    )
    rise: float = parameter(
        1.0, "s", "assumed: threat is noticed at once", spread=0.2, least=0.1
    )
    fall: float = parameter(
        15.0, "s", "assumed; 40 to 120 s after much was lived through", spread=0.35, least=1.0
    )
    settling: float = parameter(
        6.0, "s", "assumed: safety needs a few breaths", spread=0.3, least=0.1
    )
    overwhelm: float = parameter(
        0.6, "1", "assumed: danger beyond which one who has no control grows still", spread=0.2
    )
    stilling: float = parameter(5.0, "s", "assumed", spread=0.3, least=0.1)
    pleasantness: float = parameter(
        0.15, "1", "assumed, small: an embrace did not lower blood pressure in Berretz 2022",
        spread=0.6, most=1.0,
    )  # fmt: skip
    moodiness: float = parameter(
        0.15, "1", "assumed: standard deviation of danger and safety that come from within",
        spread=0.3,
    )  # fmt: skip
    mood: float = parameter(
        120.0, "s", "assumed: moods last from a quarter of this to four times it", least=1.0
    )

    sensitizing: float = parameter(
        0.02, "1/min", "assumed: rise of sensitization while threat is strong", spread=0.4
    )
    strong: float = parameter(
        0.6, "1", "assumed: threat from which one is sensitized", most=1.0
    )
    most_sensitive: float = parameter(
        2.5, "1", "assumed: sensitization cannot exceed it", least=1.0
    )
    sensitized: float = parameter(
        21.0, "d", "assumed, weeks: time constant with which sensitization decays", spread=0.3,
        least=0.1,
    )  # fmt: skip

    wariness: float = parameter(
        0.2, "1", "assumed: expected share of bad ends before anything is learnt", spread=0.3,
        least=0.01, most=0.9,
    )  # fmt: skip
    hope: float = parameter(
        0.2, "1", "assumed: expected share of good ends before anything is learnt", spread=0.3,
        least=0.01, most=0.9,
    )  # fmt: skip
    prior: float = parameter(
        2.0, "1", "assumed: events that the first expectation is worth", spread=0.3, least=0.1
    )
    quickness: float = parameter(
        1.0, "1", "1 is the Beta-Bernoulli learner of Tzovara 2018; spread assumed", spread=0.6
    )
    retention: float = parameter(
        0.99, "1", "assumed: what is kept of earlier events at each new one", most=1.0
    )
    unlearning: float = parameter(
        0.1, "1", "assumed: least share of a harmless event that counts everywhere", most=1.0
    )
    extinguishing: float = parameter(
        1.0, "1", "assumed: worth of a harmless event where it took place", spread=0.3
    )
    recovery: float = parameter(
        3.0, "d", "assumed: extinction fades with this time constant", spread=0.2, least=0.1
    )
    reinstatement: float = parameter(
        0.5, "1", "assumed: share of the extinction of a place that one unsigned harm undoes",
        most=1.0,
    )  # fmt: skip
    pain: float = parameter(
        0.45, "1", "assumed: danger of a bad end while it lasts", spread=0.3, most=3.0
    )
    painful: float = parameter(1.0, "s", "assumed: how long a bad end lasts", least=0.1)

    sweat: float = parameter(
        0.15, "1", "assumed: strength of the sweat burst to any cue", spread=0.3
    )
    sweat_danger: float = parameter(
        1.0, "1", "form: Tzovara 2018, expectation; size assumed", spread=0.7
    )
    sweat_doubt: float = parameter(
        1.0, "1", "form: Tzovara 2018, uncertainty; size assumed", spread=0.7
    )
    sweat_alarm: float = parameter(
        1.0, "1", "assumed: to a loud onset or a bad end", spread=0.4
    )
    sweat_noise: float = parameter(
        0.5, "1", "assumed: standard deviation of the logarithm, from burst to burst"
    )
    habituating: float = parameter(
        0.10, "1", "assumed: fall of the logarithm of the burst at each repetition", spread=0.6
    )
    dishabituation: float = parameter(
        20.0, "min", "assumed: what is familiar grows new again", least=0.1
    )

    orienting: float = parameter(
        0.08, "rest", "assumed: vagal burst to any new cue; slows by about 1 bpm", spread=0.4
    )
    bradycardia: float = parameter(
        0.8, "rest", "fitted to the 1 to 3 bpm of fear-conditioned bradycardia", spread=0.5
    )
    burst_peak: float = parameter(
        1.5, "s", "fitted: slowest heart 2 to 5 s after the cue", least=0.1
    )
    defense: float = parameter(
        1.0, "1", "1 is the typical defense reflex; sizes below", spread=0.5
    )
    defense_habituating: float = parameter(
        0.8, "1", "assumed: the reflex is much weaker at the second noise", spread=0.3
    )
    defense_first: float = parameter(
        -0.45, "rest", "fitted: first acceleration, vagal (Vila 2007)",
        logarithmic=False, least=-1.0,
    )  # fmt: skip
    defense_second: float = parameter(
        0.20, "rest", "fitted: first deceleration, vagal (Vila 2007)"
    )
    defense_third: float = parameter(
        -0.20, "rest", "fitted: vagal share of the second acceleration (Vila 2007)",
        logarithmic=False, least=-1.0,
    )  # fmt: skip
    defense_fourth: float = parameter(
        0.08, "rest", "fitted: vagal share of the second deceleration (Vila 2007)"
    )
    defense_drive: float = parameter(
        0.9, "rest", "fitted: sympathetic share of the second acceleration (Vila 2007)"
    )
    defense_release: float = parameter(
        0.2, "rest", "fitted: sympathetic share of the second deceleration (Vila 2007)"
    )
    defense_first_at: float = parameter(
        2.0, "s", "fitted: heart fastest at about 3 s (Vila 2007)"
    )
    defense_second_at: float = parameter(
        8.0, "s", "fitted: slower within 4 to 11 s (Reyes del Paso 1994)"
    )
    defense_third_at: float = parameter(
        30.0, "s", "fitted: heart fastest again at 30 to 35 s (Vila 2007)"
    )
    defense_fourth_at: float = parameter(
        52.0, "s", "fitted: slower within 38 to 63 s (Reyes del Paso 1994)"
    )
    defense_drive_at: float = parameter(
        20.0, "s", "fitted: ahead of the second acceleration, as the sympathetic arm is slow"
    )
    defense_release_at: float = parameter(44.0, "s", "fitted: as the fourth, ahead of it")
    defense_width: float = parameter(
        0.3, "1", "assumed: width (standard deviation) of each wave over its time", least=0.01
    )
    accustoming: float = parameter(
        180.0, "s", "assumed: one gets used to the other's alarm; without it two would kindle "
        "each other and never come down", spread=0.3, least=1.0,
    )  # fmt: skip


class Appraisal(NamedTuple):
    """What one person makes of what happens; each array of shape (n,) at 10 Hz.

    Parameters
    ----------
    threat, safety, immobility : ndarray, shape (n,)
        Two axes, and what is left where nothing can be done; 0 upwards.
    reflex : ndarray, shape (n,)
        Phasic change of cardiac vagal drive at cues, in units of the resting drive.
    startle : ndarray, shape (n,)
        Phasic change of cardiac sympathetic drive at cues, in units of the resting drive.
    bursts, strengths : ndarray, shape (k,)
        When a cue makes the sweat glands fire (s), and how strongly; 1 is typical.
    memory : Memory
        What is remembered at the end.
    """

    threat: FloatArray
    safety: FloatArray
    immobility: FloatArray
    reflex: FloatArray
    startle: FloatArray
    bursts: FloatArray
    strengths: FloatArray
    memory: Memory = Memory()
