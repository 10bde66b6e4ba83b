r"""Appraisal: what one or two people make of what happens to them, and of each other.

.. math::
    E_T &= \eta \sum_c s_c V_c (1 - g) + \mathrm{danger} + k^T [T_j(t - d) - A]_+ \\
    \dot A &= (T_j(t - d) - A) / \tau_A \\
    E_F &= \sum_c s_c U_c + \mathrm{safety} + k^F \min(F_j(t - d), 1) + k^{TF} T_j(t - d) \\
    T &\to \sigma\left(\frac{E_T - w E_F - \theta}{\kappa}\right) - \sigma(-\theta / \kappa) \\
    \dot F &= (E_F (1 - T) - F) / \tau_F, \qquad
    \dot D = ([E_T - E_D]_+ (1 - \mathrm{control}) - D) / \tau_D \\
    \dot\eta &= (1 - \eta) / \tau_\eta + r [T - T_s]_+ (\eta_{max} - \eta)

T rises fast and falls slowly; :math:`V_c` and :math:`U_c` are learnt danger and safety of a cue
of salience :math:`s_c` (:mod:`interbeat.body.learning`), :math:`g` is grounding. Safety and
danger that come from within wander slowly, so that two calm people have something to share.

What the other shows (times contact) is alarming as far as it is new: one gets used to it, A.
Without that, two typical people with gains of 0.6 or more both ways would kindle each other out
of nothing and never come down; so they have bouts that end. Of calm nobody shows more than 1:
with gains whose product is 1 or more, two would else grow calmer without end. A gain one way
does nothing to the one who leads, bit for bit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from interbeat.body.inputs import RATE, Inputs, Tie
from interbeat.body.learning import DAY, MINUTE
from interbeat.body.memory import Memory
from interbeat.body.mind import Appraisal, Mind
from interbeat.body.noise import Streams
from interbeat.body.perception import Perceived, perceive
from interbeat.body.reflexes import reflexes
from interbeat.core.arrays import FloatArray
from interbeat.kernels.appraisal import Traits, appraise_pair

__all__ = ["appraise"]

APART = Tie()


def appraise(
    minds: Sequence[Mind], inputs: Sequence[Inputs], *, ties: Sequence[Tie],
    contact: FloatArray, streams: Sequence[Streams], memories: Sequence[Memory] = (),
) -> tuple[Appraisal, ...]:  # fmt: skip
    """Return what each of one or two people makes of what happens.

    Parameters
    ----------
    minds : sequence of one or two Mind
        a and b.
    inputs : sequence of Inputs
        Of each; of one length n.
    ties : sequence of two Tie
        ``ties[0]`` is what reaches a, ``ties[1]`` what reaches b.
    contact : ndarray, shape (n,)
        How far they see, hear or touch each other, 0 to 1, at 10 Hz.
    streams : sequence of Streams
        Of each.
    memories : sequence of Memory, optional
        What each has learnt before; left out: nothing.

    Returns
    -------
    tuple of Appraisal

    Raises
    ------
    DataError
        If a cue is unknown.

    Examples
    --------
    >>> quiet = Inputs.at_rest(60.0)
    >>> alarm = replace(quiet, danger=np.ones(600))
    >>> tied = (Tie(), Tie(threat=0.5))
    >>> a, b = appraise([Mind(), Mind()], [alarm, quiet], ties=tied, contact=np.ones(600),
    ...                 streams=[Streams(1, 0), Streams(1, 1)])
    >>> bool(a.threat[300:].mean() > 0.8), bool(b.threat[300:].mean() > 0.5)
    (True, True)
    """
    before = tuple(memories) or (Memory(),) * len(minds)
    seen = [
        perceive(mind, given, memory, own)
        for mind, given, memory, own in zip(minds, inputs, before, streams, strict=True)
    ]
    tracks = _felt(minds, inputs, before, seen=seen, ties=ties, contact=contact)
    return tuple(
        _appraisal(mind, one, track)
        for mind, one, track in zip(minds, seen, tracks, strict=False)
    )


def _felt(
    minds: Sequence[Mind], inputs: Sequence[Inputs], memories: Sequence[Memory], *,
    seen: Sequence[Perceived], ties: Sequence[Tie], contact: FloatArray,
) -> FloatArray:  # fmt: skip
    """Return threat, safety, immobility, sensitization: (2, 4, n); alone, b is a's twin."""
    alone = len(minds) == 1
    other = 0 if alone else 1
    pulls = (APART, APART) if alone else ties
    out = np.zeros((2, 4, contact.size))
    out[0, 3, 0], out[1, 3, 0] = memories[0].sensitization, memories[other].sensitization

    def both(tracks: Sequence[FloatArray]) -> FloatArray:
        return np.ascontiguousarray([tracks[0], tracks[other]])

    appraise_pair(
        (_traits(minds[0], pulls[0]), _traits(minds[other], pulls[1])),
        both([one.learnt for one in seen]),
        both([one.danger for one in seen]),
        both([one.safety for one in seen]),
        both([given.control for given in inputs]),
        np.ascontiguousarray(contact, dtype=np.float64),
        out,
    )
    return out


def _traits(mind: Mind, tie: Tie) -> Traits:
    def share(tau: float) -> float:
        return -math.expm1(-1 / (tau * RATE))

    return Traits(
        mind.threshold, mind.steepness, mind.comfort,
        share(mind.rise), share(mind.fall), share(mind.settling), share(mind.stilling),
        mind.overwhelm,
        mind.sensitizing / (MINUTE * RATE), mind.strong, mind.most_sensitive,
        share(mind.sensitized * DAY),
        tie.threat, tie.calm, tie.reassurance, share(mind.accustoming),
        max(round(tie.delay * RATE), 1),
    )  # fmt: skip


def _appraisal(mind: Mind, seen: Perceived, track: FloatArray) -> Appraisal:
    threat, safety, immobility, sensitization = track
    vagal, sympathetic = reflexes(mind, seen.noticed, sensitization)
    return Appraisal(
        threat, safety, immobility, vagal, sympathetic, seen.bursts, seen.strengths,
        replace(seen.memory, sensitization=float(sensitization[-1])),
    )  # fmt: skip
