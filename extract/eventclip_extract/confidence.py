"""How sure an event or an argument is: the share of its kind that is right, measured on gold annotations.

An event: the share of events found by the same construction whose trigger and type an annotator of news marks too
(the `trigger` measure of `eventclip eval extraction`), on those development sentences that are annotated densely:
M2E2's that are like captions, and WikiEvents'. Annotators leave out events that are there, so it is a lower bound.

An argument: the share of arguments found by the same rule that PropBank gives to that trigger with an agreeing role,
given that the event is right; that argument and event are both right is the product of the two. PropBank annotates
every argument but knows no ontology: where a frame maps a slot to the wrong role, it is too high.

`scripts/calibrate_confidence.py` measures all numbers below again; docs/extraction.md shows how far they hold.
"""

from functools import cache
from math import exp

MIN_CONFIDENCE = 0.15
"""Above what doubtful triggers have, below the least of the others: what `extract` keeps by default."""

DOUBTFUL = 0.1
"""Triggers that the ontology calls doubtful, whatever stands around them: 6 of 61 are right.

Of events that fill no role of their type's core 17 of 224 are, M2E2's other sentences included.
"""
INTERCEPT = 0.16
CONSTRUCTIONS = {
    "clause": 0.08,
    "relative": 0.2,
    "participle": 0.06,
    "coordinated": 0.28,
    "controlled": 0.1,
    "adverbial": 0.11,
    "adjective": 0.12,
    "nominal": -0.15,
    "light": -0.5,
    "bare": -0.3,
}
PASSIVE = 0.73
WITHOUT_PARTICIPANT = -0.12
NOT_A_FACT = -1.05
"""Logistic regression on 508 events, rules drawn to their mean by a normal prior of 0.5: what to add in log-odds."""

ARGUMENTS = {
    "subject": (2372, 3223),
    "object": (1752, 2052),
    "indirect": (38, 40),
    "possessive": (71, 110),
    "compound": (49, 81),
    "of": (71, 129),
    "to": (270, 314),
    "in": (216, 280),
    "on": (102, 130),
    "at": (81, 94),
    "with": (57, 77),
    "for": (43, 54),
    "from": (40, 50),
    "other preposition": (86, 125),
    "loose": (20, 114),
    "pronoun": (2, 19),
    "adjective": (9, 10),
    "shared place": (12, 41),
    "attendance": (10, 15),
}
"""Right and all of each group: on PropBank's training part; the last four on right events of M2E2 and WikiEvents.

PropBank cannot judge those four: it numbers what stands in the trigger's own clause, and calls "Russian" an adjective.
"""
_EQUAL = 10
"""How many arguments of the mean are counted with each group, so that ten of ten are not certain."""
DATE = 0.5
"""The date of a sentence as the time of its event: no gold annotates it, so this is a guess."""


def event_confidence(rule: str, *, has_participant: bool, is_fact: bool, doubtful: bool) -> float:
    """How sure an event is.

    Args:
        rule: the construction, as in `Event.rule`.
        has_participant: whether anything but a place or a time fills a role.
        is_fact: whether it is told as something that happened, neither planned nor denied.
        doubtful: whether its trigger names such an event now and then only, or no role of the type's core is filled.
    """
    if doubtful:
        return DOUBTFUL
    construction, _, manner = rule.partition("-")
    odds = INTERCEPT + CONSTRUCTIONS[construction] + PASSIVE * (manner == "passive")
    odds += WITHOUT_PARTICIPANT * (not has_participant) + NOT_A_FACT * (not is_fact)
    return round(1 / (1 + exp(-odds)), 2)


def argument_confidence(rule: str) -> float:
    """How sure an argument is, given its event, by the rule that found it (`Argument.rule`)."""
    return _CONFIDENCE[argument_group(rule)]


@cache
def argument_group(rule: str) -> str:
    """The key of `ARGUMENTS` that a rule belongs to, or "date"."""
    name, _, manner = rule.partition(", ")
    for group in (manner, name):  # "in, adjacent" is judged like "in"
        if group in ARGUMENTS or group == "date":
            return group
    return "other preposition"


def _smoothed() -> dict[str, float]:
    mean = sum(right for right, _ in ARGUMENTS.values()) / sum(of for _, of in ARGUMENTS.values())
    shares = {name: (right + _EQUAL * mean) / (of + _EQUAL) for name, (right, of) in ARGUMENTS.items()}
    return {name: round(share, 2) for name, share in {**shares, "date": DATE}.items()}


_CONFIDENCE = _smoothed()
