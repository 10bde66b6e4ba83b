"""The order of things: which stages a person's channels run through."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from interbeat.core.errors import DataError
from interbeat.core.recording import Data, Recording
from interbeat.core.session import Session
from interbeat.core.signal import Signal
from interbeat.core.stage import Stage
from interbeat.signals.cardiac import EcgStage, Lead
from interbeat.signals.correction import CorrectionStage
from interbeat.signals.eda import EdaStage
from interbeat.signals.edr_breaths import HeightBreathing
from interbeat.signals.pulse import PulseStage
from interbeat.signals.respiration import RespirationStage

__all__ = ["Input", "Layout", "Link", "Plan", "layout_of", "plan"]


@dataclass(frozen=True, slots=True)
class Input:
    """One channel that a person's sensors give: what it is called and how it is sampled.

    Parameters
    ----------
    name : str
        Of the channel.
    unit : str
        Of its values; ``""`` for events.
    sampling_rate : float
        In Hz; 0 for events.
    """

    name: str
    unit: str
    sampling_rate: float

    def __str__(self) -> str:
        return f"{self.sampling_rate:g} Hz, {self.unit}" if self.sampling_rate else "events"


Layout = Mapping[str, tuple[Input, ...]]
"""What each person's sensors give, known before the first chunk comes."""


@dataclass(frozen=True, slots=True)
class Link:
    """A stage, the channel that it takes and those that it gives, as they are called here."""

    takes: str
    stage: Stage
    gives: tuple[str, ...]
    renames: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """The links of one person in order, and the channels that no stage would take."""

    links: tuple[Link, ...]
    refused: Mapping[str, str]
    notes: Mapping[str, str]


def layout_of(session: Session) -> Layout:
    """Return what each person's recording holds."""
    return {
        r.person: tuple(_input(n, d) for n, d in r.channels.items()) for r in session.recordings
    }


def _input(name: str, data: Data) -> Input:
    if isinstance(data, Signal):
        return Input(name, data.unit, data.sampling_rate)
    return Input(name, "", 0.0)


def plan(person: str, inputs: tuple[Input, ...]) -> Plan:
    """Return the stages for `inputs`: the heart from ECG, else given beats, else the pulse.

    A wristband that gives both a pulse and intervals has thrown out what motion spoiled, which
    its pulse alone no longer tells.
    """
    builder = _Builder(person, {i.name: i for i in inputs})
    builder.heart()
    builder.breath()
    builder.sweat()
    return Plan(tuple(builder.links), builder.refused, builder.notes)


LEADS = ("ecg2", "ecg3")  # beside "ecg"
FOUND = "found beats"  # before correction has marked them
HEART = (FOUND, "cardiac_quality", "cardiac_reason")
BREATH = ("breaths", "breathing", "breathing_quality", "breathing_reason")
SWEAT = ("scl", "responses", "eda_quality", "eda_reason")


class _Marking(CorrectionStage):
    """Marks what the stage before it finds, told by it how far all beats are known.

    So the beats before a long silence need not wait for the next one.
    """

    def __init__(self, person: str, heart: Stage) -> None:
        super().__init__(person)
        self._heart = heart

    def push(self, chunk: Data, *, until: float = -math.inf) -> Mapping[str, Data]:
        return super().push(chunk, until=max(until, self._heart.until))


class _Builder:
    def __init__(self, person: str, inputs: Mapping[str, Input]) -> None:
        self._person, self._inputs = person, inputs
        self.links: list[Link] = []
        self.refused: dict[str, str] = {}
        self.notes: dict[str, str] = {}

    def heart(self) -> None:
        if self._try("ecg", self._ecg):
            self.notes["heart"] = "ecg"
        elif "beats" in self._inputs:
            self.notes["heart"] = "beats"
        elif self._try("ppg", self._ppg):
            self.notes["heart"] = "ppg"
        else:
            return
        if self.notes["heart"] == "beats":
            self.links.append(Link("beats", CorrectionStage(self._person), ("beats",)))
        else:
            marking = _Marking(self._person, self.links[-1].stage)
            self.links.append(Link(FOUND, marking, ("beats",)))

    def breath(self) -> None:
        if self._try("respiration", self._respiration):
            self.notes["breath"] = "respiration"
        elif self.notes.get("heart") == "ecg":
            self.links.append(Link("edr", HeightBreathing(self._person), BREATH))
            self.notes["breath"] = "edr"

    def sweat(self) -> None:
        if self._try("eda", self._eda):
            self.notes["sweat"] = "eda"

    def _ecg(self, i: Input) -> Link:
        """Return the link of the last lead, after those of the leads before it."""
        names = ["ecg", *self._more_leads(i.sampling_rate)]
        heart = EcgStage(i.sampling_rate, self._person, leads=len(names))
        links = [
            Link(name, Lead(heart, k), (*HEART, "edr"), {"beats": FOUND})
            for k, name in enumerate(names)
        ]
        self.links.extend(links[:-1])
        return links[-1]

    def _more_leads(self, rate: float) -> list[str]:
        """Return the other leads at `rate` (Hz); refuse those at another."""
        leads = [self._inputs[name] for name in LEADS if name in self._inputs]
        for lead in leads:
            if lead.sampling_rate != rate:
                self.refused[lead.name] = (
                    f"a lead at {lead.sampling_rate:g} Hz beside one at {rate:g} Hz is left out"
                )
        return [lead.name for lead in leads if lead.sampling_rate == rate]

    def _ppg(self, i: Input) -> Link:
        return Link("ppg", PulseStage(i.sampling_rate, self._person), HEART, {"beats": FOUND})

    def _respiration(self, i: Input) -> Link:
        return Link("respiration", self._breathing(i.sampling_rate, i.unit), BREATH)

    def _breathing(self, sampling_rate: float, unit: str) -> RespirationStage:
        return RespirationStage(sampling_rate, self._person, unit)

    def _eda(self, i: Input) -> Link:
        return Link("eda", EdaStage(i.sampling_rate, self._person, i.unit), SWEAT)

    def _try(self, name: str, link: Callable[[Input], Link]) -> bool:
        """Add the link for channel `name` if the channel is there and its stage takes it."""
        if name not in self._inputs:
            return False
        try:
            self.links.append(link(self._inputs[name]))
        except DataError as error:
            self.refused[name] = str(error)
            return False
        return True


def run(links: tuple[Link, ...], chunk: Recording) -> Iterator[tuple[str, Data]]:
    """Push `chunk` through `links`; give each derived channel's new data, as it comes."""
    made: dict[str, Data] = {}
    for link in links:
        taken = made.pop(link.takes, chunk.channels.get(link.takes))
        if taken is not None:
            yield from _keep(link, link.stage.push(taken), made)


def finish(links: tuple[Link, ...]) -> Iterator[tuple[str, Data]]:
    """End every link in order; give what was still held back."""
    made: dict[str, Data] = {}
    for link in links:
        if link.takes in made:
            yield from _keep(link, link.stage.push(made.pop(link.takes)), made)
        yield from _keep(link, link.stage.finish(), made)


def _keep(
    link: Link, out: Mapping[str, Data], made: dict[str, Data]
) -> Iterator[tuple[str, Data]]:
    for name, data in out.items():
        called = link.renames.get(name, name)
        made[called] = made[called].then(data) if called in made else data  # type: ignore[arg-type]
        yield called, data
