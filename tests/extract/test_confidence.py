"""Confidences: shares that were measured, in the order that the threshold of `extract` relies on."""

from itertools import product

import pytest

from eventclip_extract.confidence import (
    ARGUMENTS,
    CONSTRUCTIONS,
    MIN_CONFIDENCE,
    argument_confidence,
    argument_group,
    event_confidence,
)
from eventclip_extract.extract import Extractor


@pytest.mark.parametrize("construction", CONSTRUCTIONS)
def test_the_least_confidence_lies_between_doubtful_triggers_and_all_others(construction: str) -> None:
    for manner, has_participant, is_fact in product(("active", "passive"), (True, False), (True, False)):
        known = {"has_participant": has_participant, "is_fact": is_fact}
        rule = f"{construction}-{manner}"
        doubted = event_confidence(rule, **known, doubtful=True)
        assert doubted < MIN_CONFIDENCE < event_confidence(rule, **known, doubtful=False)


def test_a_confidence_is_the_share_of_its_log_odds() -> None:
    # 0.16 + 0.08 = 0.24, and 1 / (1 + exp(-0.24)) = 0.5597
    assert event_confidence("clause-active", has_participant=True, is_fact=True, doubtful=False) == 0.56


def test_plans_and_events_without_participants_are_less_sure_and_passives_more() -> None:
    told = {"has_participant": True, "is_fact": True, "doubtful": False}
    clause = event_confidence("clause-active", **told)
    assert event_confidence("clause-passive", **told) > clause
    assert event_confidence("clause-active", **{**told, "is_fact": False}) < clause
    assert event_confidence("clause-active", **{**told, "has_participant": False}) < clause


@pytest.mark.parametrize(
    ("rule", "group"),
    [
        ("subject", "subject"),
        ("in", "in"),
        ("in, loose", "loose"),
        ("object, pronoun", "pronoun"),
        ("shared place", "shared place"),
        ("across", "other preposition"),
        ("date", "date"),
    ],
)
def test_rules_of_arguments_belong_to_measured_groups(rule: str, group: str) -> None:
    assert argument_group(rule) == group
    assert group in ARGUMENTS or group == "date"


def test_few_arguments_say_little() -> None:
    right, of = ARGUMENTS["indirect"]
    assert argument_confidence("indirect") < right / of
    assert argument_confidence("in, loose") < argument_confidence("in")


def test_every_construction_of_the_extractor_has_its_numbers() -> None:
    captions = [
        "A guard arrests a thief.",
        "The arrest of a thief.",
        "A guard who arrests a thief waves.",
        "Police take a driver into custody.",
        "A blast left two soldiers dead.",
        "A guard helps carry a box and pushes a cart while chasing a thief.",
        "Push the cart.",
    ]
    rules = {event.rule.split("-")[0] for found in map(Extractor(), captions) for event in found.events}
    assert rules <= CONSTRUCTIONS.keys()
    assert len(rules) >= 6
