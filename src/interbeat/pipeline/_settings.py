"""What was done to a session, in words for its methods paragraph, and what to tell it by."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import fields

import numpy as np

from interbeat.core.session import Session
from interbeat.pipeline.engine import Person

__all__ = ["settings_of"]

HEART = {
    "ecg": (
        "R peaks from the ECG's band of 6 to 20 Hz and its slopes, chosen as a path of beats, "
        "between samples by a parabola (compare Pan and Tompkins 1985, "
        "doi:10.1109/TBME.1985.325532)"
    ),
    "ppg": (
        "pulse waves at their steepest rise, chosen as a path of beats, between samples by a "
        "parabola (compare Zong et al. 2003, doi:10.1109/CIC.2003.1291140); they come later "
        "than R peaks, by a delay that varies; a second with a wave that is unlike those "
        "before it, or in which the rate leaps, is not trusted (compare Orphanidou et al. "
        "2015, doi:10.1109/JBHI.2014.2338351)"
    ),
    "beats": "as the files or the device gave them",
}
MARKS = (
    "ectopic, extra, misplaced and missed beats marked by the cheapest path over beats, five "
    "beats ahead; none is moved or filled in (compare Lipponen and Tarvainen 2019, "
    "doi:10.1080/03091902.2019.1640306)"
)
BREATH = {
    "respiration": (
        "turning points of the breathing signal below 1.1 Hz that exceed a quarter of recent "
        "depth (compare Noto et al. 2018, doi:10.1093/chemse/bjy045); up is taken as breathing "
        "in"
    ),
    "edr": (
        "from the height of the ECG's R peaks, as from a belt; rates are usable, depths are not"
    ),
}
SWEAT = (
    "responses are rises of at least 0.03 µS above the tail of earlier ones; the level is the "
    "remainder, averaged over 8 s (Boucsein et al. 2012, doi:10.1111/j.1469-8986.2012.01384.x)"
)
QUALITY = (
    "in a second graded under 0.5 no beat or breath is taken, and skin conductance is left out"
)
ERRORS = (
    "from the long-run variance under autocorrelation, by equal-weighted cosines with "
    "Student's t (Lazarus et al. 2018, doi:10.1080/07350015.2018.1506926)"
)

DRIVES = (
    "vagal and cardiac sympathetic drive by an iterated extended Kalman filter, one step a "
    "beat, over a product of both at the sinus node (Rosenblueth and Simeone 1934) whose vagal "
    "part the breath gates (Eckberg 2003, doi:10.1113/jphysiol.2003.037192), smoothed as "
    "Rauch, Tung and Striebel did (1965, doi:10.2514/3.3166); told as ratios to each one's own "
    "rest; intervals widened until they covered in simulation"
)

# What is said, about which choice of the plan, in which words for which channel.
SAID = {
    "heartbeats": ("heart", HEART),
    "marking of beats": ("heart", dict.fromkeys(HEART, MARKS)),
    "breaths": ("breath", BREATH),
    "skin conductance": ("sweat", {"eda": SWEAT}),
}


def settings_of(session: Session, people: Iterable[Person]) -> dict[str, str]:
    """Return each setting and method that made the numbers of `session`."""
    everyone = list(people)
    said: dict[str, str] = {}
    for what, (choice, words) in SAID.items():
        chosen = {p.name: p.plan.notes[choice] for p in everyone if choice in p.plan.notes}
        said |= _said(what, {name: words[channel] for name, channel in chosen.items()})
    return {
        **said,
        "seconds of poor quality": QUALITY,
        "standard errors": ERRORS,
        "drives": DRIVES,
        "data (SHA-256, first half)": fingerprint(session),
    }


def _said(what: str, words: Mapping[str, str]) -> dict[str, str]:
    """Say `what` once where everyone has it alike, else person by person."""
    if len(set(words.values())) == 1:
        return {what: next(iter(words.values()))}
    return {f"{what} of {name}": said for name, said in words.items()}


def fingerprint(session: Session) -> str:
    """Return a digest of every value of every channel, by which the data can be told again."""
    digest = hashlib.sha256()
    for recording in session.recordings:
        for name in sorted(recording.channels):
            data = recording.channels[name]
            digest.update(f"{recording.person} {name}".encode())
            for field in fields(data):
                value = getattr(data, field.name)
                array = value if isinstance(value, np.ndarray) else np.array(str(value))
                digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()[:32]
