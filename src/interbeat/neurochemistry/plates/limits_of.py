"""Limits of what a concentration in blood or saliva says, by analyte, with who found them."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["SOURCES", "Limit", "is_oxytocin", "limits_of"]

SOURCES = {
    "McCullough2013": "McCullough, Churchland & Mendez (2013). Problems with measuring "
    "peripheral oxytocin: Can the data on oxytocin and human behavior be trusted? "
    "Neuroscience & Biobehavioral Reviews 37:1485-1492, "
    "doi:10.1016/j.neubiorev.2013.04.018",
    "Szeto2011": "Szeto et al. (2011). Evaluation of enzyme immunoassay and radioimmunoassay "
    "methods for the measurement of plasma oxytocin. Psychosomatic Medicine 73:393-400, "
    "PMC3118424",
    "LengSabatier2016": "Leng & Sabatier (2016). Measuring oxytocin and vasopressin: "
    "bioassays, immunoassays and random numbers. Journal of Neuroendocrinology 28(10), "
    "doi:10.1111/jne.12413",
    "MacLean2019": "MacLean et al. (2019). Challenges for measuring oxytocin: the blind men "
    "and the elephant? Psychoneuroendocrinology 107:225-231, PMC6634994",
    "Martins2020": "Martins, Gabay, Mehta & Paloyelis (2020). Salivary and plasmatic oxytocin "
    "are not reliable trait markers of the physiology of the oxytocin system in humans. "
    "eLife 9:e62456, doi:10.7554/eLife.62456",
    "Tabak2023": "Tabak et al. (2023). Advances in human oxytocin measurement: challenges and "
    "proposed solutions. Molecular Psychiatry 28:127-140, doi:10.1038/s41380-022-01719-z",
    "Stalder2016": "Stalder et al. (2016). Assessment of the cortisol awakening response: "
    "expert consensus guidelines. Psychoneuroendocrinology 63:414-432, "
    "doi:10.1016/j.psyneuen.2015.10.010",
    "RohlederNater2009": "Rohleder & Nater (2009). Determinants of salivary alpha-amylase in "
    "humans and methodological considerations. Psychoneuroendocrinology 34:469-485",
    "Rohleder2006": "Rohleder, Wolf, Maldonado & Kirschbaum (2006). The psychosocial "
    "stress-induced increase in salivary alpha-amylase is independent of saliva flow rate. "
    "Psychophysiology 43:645-652, doi:10.1111/j.1469-8986.2006.00457.x",
    "Ortiz1988": "Ortiz, Artigas & Gelpi (1988). Serotonergic status in human blood. Life "
    "Sciences 43:983-990, doi:10.1016/0024-3205(88)90543-7",
}


class Limit(NamedTuple):
    """One thing that a concentration does not say.

    Parameters
    ----------
    text : str
        In plain words.
    sources : tuple of str
        Keys of :data:`SOURCES`; empty for what is common knowledge.
    """

    text: str
    sources: tuple[str, ...] = ()


ALWAYS = (
    Limit("One sample tells of one moment. It is not a trait of the person."),
    Limit("Blood, saliva and urine are not the brain; nothing here tells of release there."),
)
OXYTOCIN = (
    Limit(
        "This is an assay result of this kit. It does not measure love, trust or attachment.",
        ("McCullough2013",),
    ),
    Limit(
        "Immunoassays of unextracted plasma have read over 100 times higher than of extracted "
        "plasma, with no correlation between the two: values with and without extraction, and "
        "of different kits, cannot be compared.",
        ("Szeto2011", "McCullough2013", "LengSabatier2016"),
    ),
    Limit(
        "Methods may see different states of the molecule (free, bound to protein, broken "
        "down); that they disagree does not say which is right.",
        ("MacLean2019", "Tabak2023"),
    ),
    Limit(
        "A single baseline in saliva or plasma was not stable enough to be a trait, and saliva "
        "was a weak surrogate of plasma.",
        ("Martins2020",),
    ),
    Limit(
        "After an intranasal dose saliva holds what was not absorbed: it does not measure the "
        "effect.",
        ("Martins2020",),
    ),
)
VASOPRESSIN = (
    Limit(
        "Assays differ in human plasma by two orders of magnitude: values of different methods "
        "cannot be compared.",
        ("LengSabatier2016",),
    ),
)
CORTISOL = (
    Limit(
        "Cortisol has a strong daily course and rises within 30 to 45 minutes after waking: "
        "compare only samples with known times of waking and of sampling.",
        ("Stalder2016",),
    ),
)
AMYLASE = (
    Limit(
        "Amylase comes from the salivary glands under both branches of the autonomic system; "
        "how saliva was collected and how fast it flowed bear on its level.",
        ("RohlederNater2009",),
    ),
    Limit(
        "In one study of a social stressor its rise did not hang on the flow of saliva.",
        ("Rohleder2006",),
    ),
)
SEROTONIN = (
    Limit(
        "Nearly all serotonin of the blood is in platelets, and blood has pools of its own: "
        "this is not the brain's serotonin.",
        ("Ortiz1988",),
    ),
)
DOPAMINE = (
    Limit(
        "Dopamine, noradrenaline and their metabolites in blood or urine come for the most "
        "part from the body: this is not the brain's dopamine."
    ),
)
BY_WORD = {
    "oxytocin": OXYTOCIN,
    "oxitocin": OXYTOCIN,
    "ocytocin": OXYTOCIN,
    "vasopressin": VASOPRESSIN,
    "copeptin": VASOPRESSIN,
    "cortisol": CORTISOL,
    "kortisol": CORTISOL,
    "amylase": AMYLASE,
    "serotonin": SEROTONIN,
    "5-ht": SEROTONIN,
    "5-hiaa": SEROTONIN,
    "hydroxyindoleacetic": SEROTONIN,
    "dopamine": DOPAMINE,
    "homovanillic": DOPAMINE,
    "hva": DOPAMINE,
    "dopac": DOPAMINE,
    "adrenalin": DOPAMINE,
    "epinephrine": DOPAMINE,
    "mhpg": DOPAMINE,
}
BY_SHORT_NAME = {"oxt": OXYTOCIN, "ot": OXYTOCIN, "avp": VASOPRESSIN, "cort": CORTISOL}


def limits_of(analyte: str) -> tuple[Limit, ...]:
    """Return what a concentration of an analyte does not say.

    Parameters
    ----------
    analyte : str
        E.g. ``"oxytocin"``, ``"salivary cortisol"``, ``"OXT"``.

    Returns
    -------
    tuple of Limit
        What always holds comes last.

    Examples
    --------
    >>> limits_of("Oxytocin")[0].sources
    ('McCullough2013',)
    >>> [limit.text[:10] for limit in limits_of("insulin")]
    ['One sample', 'Blood, sal']
    """
    plain = analyte.casefold()
    found = [limits for word, limits in BY_WORD.items() if word in plain]
    found += [
        BY_SHORT_NAME[word] for word in re.findall(r"\w+", plain) if word in BY_SHORT_NAME
    ]
    return (*dict.fromkeys(limit for limits in found for limit in limits), *ALWAYS)


def is_oxytocin(analyte: str) -> bool:
    """Return whether an analyte is oxytocin, whatever it is called.

    Examples
    --------
    >>> [is_oxytocin(name) for name in ("Salivary oxytocin", "OXT (ELISA)", "Cortisol")]
    [True, True, False]
    """
    return OXYTOCIN[0] in limits_of(analyte)
