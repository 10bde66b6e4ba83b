"""Roles: which channel of ours a column or trace in a file is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from interbeat.core.channels import channel
from interbeat.core.errors import DataError
from interbeat.core.session import Inference
from interbeat.sources._reader import Wanted

__all__ = ["Roles", "raw_first"]

# Whole words, in order: the first that matches decides.
_WORDS = (
    ("eda", r"eda(?:bit)?|gsr|scl|scr|skin cond\w*|electroderm\w*|edr100c|gsr100c"),
    (
        "ecg",
        r"ecg(?:bit)?|ekg|mlii|mli|mcl1|v[1-6]|avr|avl|avf|i{1,3}|lead i{1,3}"
        r"|electrocard\w*",
    ),
    ("ppg", r"ppg|bvp|pleth|plethysmo\w*|pulse|cardiac|photopleth\w*|hspo2"),
    (
        "respiration",
        r"rsp|resp(?:bit)?|pzt|rip|respirat\w*|breath\w*|airflow|belt|thora\w*"
        r"|abdomen|spiro\w*",
    ),
    ("temperature", r"temp|temperature|skt"),
    ("acceleration_x", r"acc\w*(?: ln)?[ _-]?x|accelerometer[ _-]?x"),
    ("acceleration_y", r"acc\w*(?: ln)?[ _-]?y|accelerometer[ _-]?y"),
    ("acceleration_z", r"acc\w*(?: ln)?[ _-]?z|accelerometer[ _-]?z"),
    ("blood_pressure", r"abp|art|blood pressure|bp"),
    ("heart_rate", r"hr|heart rate|heartrate"),
)  # fmt: skip
_PATTERNS = tuple(
    (name, re.compile(rf"(?:^|[^a-z0-9])(?:{words})(?:$|[^a-z0-9])")) for name, words in _WORDS
)
_LEADS = ("ecg", "ecg2", "ecg3")
# A column beside the one that is meant: a setting, or a sensor on the device itself.
_BESIDE = re.compile(r"\brange\b|\bbattery\b|\bbmp\d*\b|\bphotosensor\b")
_COMPUTED = re.compile(r"differentiat|derivative|integra(?:l|te)|\brate\b|\bd/dt\b|% change")
_FILTERED = re.compile(
    r"resistance|filter|smooth|clean|low.?pass|high.?pass|band.?pass|resampl"
)


def raw_first(labels: Sequence[str]) -> list[int]:
    """Return the places of `labels` with those that look filtered last, else in order.

    Examples
    --------
    >>> raw_first(["ECG filtered", "ECG", "RESP"])
    [1, 2, 0]
    """
    return sorted(range(len(labels)), key=lambda k: bool(_FILTERED.search(labels[k].lower())))


class Roles:
    """Decides which channel each label of one person's file is, and keeps account of it.

    A label that `wanted` names is what the user says. Else the words in the label decide, and
    the decision is reported. The second and third ECG become ``ecg2`` and ``ecg3``; any other
    channel that is already taken is left out, and that is reported too.

    Parameters
    ----------
    subject : str
        The file's name, for reports.
    wanted : Wanted
        What the user said.

    Examples
    --------
    >>> roles = Roles("a.edf", Wanted(channels={"respiration": "Chest"}))
    >>> [roles.of(label) for label in ("ECG I", "Chest", "ECG II", "nSeq")]
    ['ecg', 'respiration', 'ecg2', None]
    >>> print(roles.inferences[0])
    a.edf, 'ECG I': channel taken as ecg, because of its label
    """

    def __init__(self, subject: str, wanted: Wanted) -> None:
        self._subject = subject
        self._said = {label: channel(name).name for name, label in wanted.channels.items()}
        self._taken: set[str] = set(self._said.values())
        self.inferences: list[Inference] = []

    def of(self, label: str) -> str | None:
        """Return the channel that `label` is, or None where it is none of ours."""
        if label in self._said:
            return self._said[label]
        guess = self._guess(label)
        if guess is None:
            return None
        if guess != "heart_rate" and _COMPUTED.search(label.lower()):
            why = f"it was computed from another; --channel {guess}={label!r} takes it"
            self._note(label, "nothing", why)
            return None
        return self.claim(label, guess, "of its label")

    def claim(self, label: str, name: str, why: str) -> str | None:
        """Take `label` for the channel `name`, because of `why`; return the channel it is.

        The user's word comes first. None where the channel is taken; nothing is reported
        where `why` is blank, for then the file itself says so.
        """
        if label in self._said:
            return self._said[label]
        leads = _LEADS if name == "ecg" else (name,)
        free = [lead for lead in leads if lead not in self._taken]
        if not free:
            self._note(
                label,
                f"nothing (a second {name})",
                f"{name} is already there; --channel {name}={label!r} takes this one",
            )
            return None
        self._taken.add(free[0])
        if why:
            self._note(label, free[0], why)
        return free[0]

    def check_all_found(self, labels: list[str]) -> None:
        """Refuse a channel map that names labels the file does not have.

        Raises
        ------
        DataError
            With the labels that there are.
        """
        missing = [label for label in self._said if label not in labels]
        if missing:
            raise DataError(
                f"{self._subject} has no {missing[0]!r}; possible: {', '.join(labels)}"
            )

    def _guess(self, label: str) -> str | None:
        words = re.sub(r"[_\s]+", " ", label).strip().lower()
        if _BESIDE.search(words):
            return None
        apart = re.sub(r"(?<=[a-z]{3})(?=\d)", " ", words)  # ECG0 is an ECG, I1 is no lead
        return next(
            (
                name
                for said in (words, apart)
                for name, pattern in _PATTERNS
                if pattern.search(said)
            ),
            None,
        )

    def _note(self, label: str, value: str, why: str) -> None:
        self.inferences.append(Inference(f"{self._subject}, {label!r}", "channel", value, why))
