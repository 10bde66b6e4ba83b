"""Where a heart keeps no rhythm: what a whole record tells, and no stream knows yet."""

from __future__ import annotations

from collections.abc import Mapping

from interbeat.core.beats import Beats
from interbeat.core.estimate import Estimate
from interbeat.core.intervals import Intervals
from interbeat.core.recording import Data
from interbeat.core.span import Span
from interbeat.measures import MEASURES
from interbeat.measures._together import estimates
from interbeat.pipeline._measuring import summary
from interbeat.signals.correction import irregular_stretches

__all__ = ["LEFT_OUT", "summary_in_rhythm", "without_rhythm"]

REASON = "no regular rhythm: ectopic beats cannot be told from normal ones"
LEFT_OUT = f"heart: {REASON}; left out of summaries, not of tracks"
MOST = 0.5  # of a span may be without rhythm, else no measure of beats is given of the rest


def without_rhythm(channels: Mapping[str, Data]) -> Intervals:
    """Return where the heart keeps no rhythm, by its marked beats; none where it has none."""
    beats = channels.get("beats")
    if not isinstance(beats, Beats):
        return Intervals.none()
    return irregular_stretches(beats)


def summary_in_rhythm(
    channels: Mapping[str, Data], irregular: Intervals, span: Span, refused: Mapping[str, str]
) -> dict[str, Estimate]:
    """Return the summary of `span` without its `irregular` stretches.

    Whether a minute has a rhythm is known at its end, when its beats have long been given: so
    the beats and tracks of a stream stay as they are, and only summaries leave beats out. Where
    most of `span` is irregular, the rest lies between stretches that were found, and is like
    them: then nothing is said of variability. How many beats there are to a minute asks for no
    rhythm, and is told of the whole.
    """
    without = irregular.between(*span).seconds
    if without == 0:
        return summary(channels, span, refused)
    found = summary(in_rhythm(channels, irregular), span, refused)
    if without > MOST * span.seconds:
        found = {name: _explained(name, estimate) for name, estimate in found.items()}
    whole = {name: data.between(*span) for name, data in channels.items()}
    return found | estimates([MEASURES["mean_hr"]], span, whole)


def in_rhythm(channels: Mapping[str, Data], irregular: Intervals) -> Mapping[str, Data]:
    """Return the channels with every beat of the `irregular` stretches marked."""
    beats = channels.get("beats")
    if not isinstance(beats, Beats):
        return channels
    normal = beats.normal & ~irregular.contains(beats.times)
    return {**channels, "beats": Beats(beats.times, normal, beats.person)}


def _explained(name: str, estimate: Estimate) -> Estimate:
    if "beats" not in MEASURES[name].needs:
        return estimate
    return Estimate.missing(estimate.unit, REASON)
