"""What the page of a study says in words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np

from interbeat.core.estimate import Estimate
from interbeat.dyad import INDICES
from interbeat.pipeline.study.groups import Group
from interbeat.pipeline.study.outcome import Study
from interbeat.reporting._format import HARD, join, p_value, plural, value

__all__ = [
    "FDR", "LEVEL", "heading", "label_of", "methods", "settings_rows", "source_of",
    "statements", "task_rows",
]  # fmt: skip

LEVEL = 0.05
ROUNDING = 1e-9
FDR = "Benjamini and Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x"
SHARED = (
    "whatever moves them together, the situation that all dyads share could account for as much"
)


def label_of(index: str) -> str:
    """Return an index's name for people."""
    return INDICES[index].label if index in INDICES else index


def heading(group: Group) -> str:
    """Return what to call a group."""
    said = f"{group.signal}, {label_of(group.index)}"
    return said[:1].upper() + said[1:]  # SUSY keeps its capitals


def statements(group: Group) -> Iterator[str]:
    """Give what is said of a group, sentence by sentence.

    Parameters
    ----------
    group : Group
        One index of one signal over all dyads.
    """
    tested = [m for m in group.members if math.isfinite(m.p)]
    untested = len(group.members) - len(tested)
    if not tested:
        yield f"None of {plural(untested, _noun(group))} could be tested."
        return
    below, all_ = sum(m.q <= LEVEL for m in tested), plural(len(tested), _noun(group))
    missed = f" ({untested} could not be tested)" if untested else ""
    yield (
        f"{below} of {all_}{missed} had q{HARD}≤{HARD}0.05 against "
        "chance within the dyad. Where it is above that, being in sync was not shown, which is "
        "not the same as not being in sync."
    )
    floor = float(np.median([m.floor for m in tested]))
    yield from _too_few(below, len(tested), floor)
    if not group.mean.reason:
        yield f"Over dyads the index was {value(group.mean)} (mean ± standard error)."
    yield _against_strangers(group)


def _noun(group: Group) -> str:
    return "session" if any(m.session for m in group.members) else "dyad"


def _too_few(found: int, count: int, floor: float) -> Iterator[str]:
    """Give, where it may have hidden some, how many it takes for the least p to survive q."""
    least = math.ceil(count * floor / LEVEL - ROUNDING)
    if found < least > 1:
        yield (
            f"The least p that there could be is {p_value(floor)}: among {count}, fewer than "
            f"{least} that have it cannot get under q{HARD}={HARD}0.05."
        )


def _against_strangers(group: Group) -> str:
    compared = group.compared
    if compared is None or not compared.floor <= LEVEL:
        return (
            "Real dyads could not be told from pseudo-dyads, for want of dyads: what is found "
            "here is co-varying, not shown to be coupled beyond the shared situation."
        )
    p = f"p{HARD}={HARD}{p_value(compared.p)}, at least {p_value(compared.floor)}"
    apart = f"d{HARD}={HARD}{_effect(compared.effect)}"
    if not group.q <= LEVEL:
        return (
            f"Taken together, real dyads were not shown to differ from pseudo-dyads ({p}; "
            f"{apart}): {SHARED}. {_alone(group)}"
        )
    return (
        f"Real dyads were more tied than pseudo-dyads ({p}; {apart}): taken together, they are "
        f"coupled beyond the situation that all share. {_alone(group)}"
    )


def _alone(group: Group) -> str:
    judged = [m for m in group.members if math.isfinite(m.pseudo_p)]
    if not judged:
        return "Of a single dyad so few pseudo-dyads tell nothing."
    beyond = sum(m.pseudo_q <= LEVEL for m in judged)
    all_ = plural(len(judged), _noun(group))
    said = f"{beyond} of {all_} stood out alone, with q{HARD}≤{HARD}0.05."
    least = group.compared.least if group.compared else math.nan
    return " ".join((said, *_too_few(beyond, len(judged), least)))


def _effect(effect: Estimate) -> str:
    return "not known" if effect.reason else value(effect)


def task_rows(groups: Iterable[Group]) -> list[tuple[str, str, str, str, str, str]]:
    """Return a row for each group of a marked task."""
    return [
        (
            group.label,
            group.signal,
            label_of(group.index),
            str(sum(math.isfinite(m.p) for m in group.members)),
            str(sum(m.q <= LEVEL for m in group.members)),
            "–" if group.mean.reason else value(group.mean),
        )
        for group in groups
        if group.label
    ]


def methods(study: Study) -> list[str]:
    """Return the methods as paragraphs, from the settings, versions and registered indices."""
    groups = [group for group in study.groups if not group.label]
    names = list(dict.fromkeys(group.index for group in groups))
    signals = list(dict.fromkeys(group.signal for group in groups))
    others = [f"{name} {v}" for name, v in study.versions.items() if name != "interbeat"]
    paragraphs = [
        f"All sessions were analyzed with interbeat {study.versions.get('interbeat', '')} "
        f"(running on {join(others)}); no session and no dyad was chosen by its result."
    ]
    if names:
        sources = "; ".join(f"{label_of(n)} ({source_of(n)})" for n in names)
        paragraphs.append(
            f"In {join(signals)} the two were compared by {sources}. Each index has a null "
            "of its own, made of the same two people, and its p counts the observed value "
            "among what chance gives. Over dyads, p was adjusted for each index and signal to "
            f"control the rate of false discoveries (q; {FDR})."
        )
    if any(group.compared for group in groups):
        paragraphs.append(PSEUDO)
    return paragraphs


PSEUDO = (
    "Pseudo-dyads pair each couple’s first person with every other couple’s second (in the "
    "session of the same name, where there are several), from the beginning of both records "
    "on. They share the situation and never met, so what a real dyad shows beyond them is its "
    "own. The statistic of each pair was centered on the means that both people have with "
    "strangers, because some are more in step with everyone than others are; a dyad’s p is its "
    "rank among all pseudo-dyads, adjusted as above. The group’s p is the rank of the mean of "
    "real dyads among means under partners in random order, adjusted over all indices and "
    "signals; d is Cohen’s. A dyad is called coupled beyond the shared situation where both of "
    "its q, within the dyad and among strangers, are 0.05 or less."
)


def source_of(name: str) -> str:
    """Return the paper behind an index."""
    return INDICES[name].source if name in INDICES else "of a plug-in"


def settings_rows(study: Study) -> list[tuple[str, str, str]]:
    """Return index, signal and settings of each group of whole records."""
    return [
        (
            label_of(g.index),
            g.signal,
            ", ".join(f"{k} {_short(v)}" for k, v in g.settings.items()),
        )
        for g in study.groups
        if not g.label and g.settings
    ]


def _short(setting: object) -> str:
    return f"{setting:g}" if isinstance(setting, float) else str(setting)
