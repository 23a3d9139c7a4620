"""Role negatives read by eye: a caption, its event, and the caption with two participants exchanged, or none."""
# ruff: noqa: E501 - tables are easiest to read with a row a line

import random
from typing import Any

import pytest

from eventclip.records import EventsRecord, apply_edits
from eventclip_extract.balance import Place, observe, share
from eventclip_extract.negatives import generate
from eventclip_extract.ontology import load_ontology
from eventclip_extract.pool import Pool

NEWS = load_ontology("news")
CLASSES = {"PER", "ORG", "GPE", "OBJ", "FAC", "VEH"}


def event(caption: str, number: int, type_name: str, trigger: str, *parts: str) -> dict[str, Any]:
    """An event; a part reads `Role=words of the filler|head|CLASS`; head and class may be left out."""
    arguments = []
    for part in parts:
        role, _, told = part.partition("=")
        text, *rest = told.split("|")
        entity_type = next((one for one in rest if one in CLASSES), "PER")
        head = next((one for one in rest if one not in CLASSES), text.split()[-1])
        start = caption.index(text)
        place = caption.index(head, start)
        arguments.append(
            {
                "role": role,
                "text": text,
                "start": start,
                "end": start + len(text),
                "head": {"text": head, "start": place, "end": place + len(head)},
                "entity_type": entity_type,
            }
        )
    words, _, lemma = trigger.partition("/")
    start = caption.index(words)
    span = {"text": words, "start": start, "end": start + len(words), "lemma": lemma or words}
    rule = "nominal" if lemma.endswith("_N") else "active"
    span["lemma"] = lemma.removesuffix("_N") or words
    return {"id": f"e{number}", "type": type_name, "trigger": span, "arguments": arguments, "rule": rule}


def record(caption: str, *events: tuple[str, ...], key: str = "r") -> EventsRecord:
    made = [event(caption, number, *one) for number, one in enumerate(events)]
    return EventsRecord.model_validate({"id": key, "caption": caption, "events": made, "primary": "e0"})


def swapped(caption: str, *events: tuple[str, ...]) -> list[str]:
    pairs = generate(record(caption, *events), NEWS, num_event=0, num_role=9, num_argument=0)
    found = [negative for negative in pairs.negatives if negative.base == "caption"]
    assert all(negative.text == apply_edits(caption, negative.edits) for negative in found)
    return [negative.text for negative in found]


ONE_EVENT = [
    # active and passive, number
    ("Two medics carry a miner.", "Movement.Transport", "carry", "Agent=Two medics", "Artifact=a miner", "A miner carries two medics."),
    ("A miner is carried by two medics.", "Movement.Transport", "carried/carry", "Artifact=A miner", "Agent=two medics", "Two medics are carried by a miner."),
    ("Nurses were greeted by a farmer.", "Contact.Greet", "greeted/greet", "Recipient=Nurses", "Agent=a farmer", "A farmer was greeted by nurses."),
    ("A guard has pushed two vendors.", "Movement.Push", "pushed/push", "Agent=A guard", "Artifact=two vendors", "Two vendors have pushed a guard."),
    ("A guard will push two vendors.", "Movement.Push", "push", "Agent=A guard", "Artifact=two vendors", "Two vendors will push a guard."),
    ("A guard slowly pushes two vendors.", "Movement.Push", "pushes/push", "Agent=A guard", "Artifact=two vendors", "Two vendors slowly push a guard."),
    ("A guard pushed two vendors.", "Movement.Push", "pushed/push", "Agent=A guard", "Artifact=two vendors", "Two vendors pushed a guard."),
    # whole phrases: titles, "of", appositions, ages, marks of the place in the picture
    ("FILE - Veteran coach Ana Brandt greets mayor Tomas Weil in Lund.", "Contact.Greet", "greets/greet", "Agent=Ana Brandt|Brandt", "Recipient=Tomas Weil|Weil", "FILE - Mayor Tomas Weil greets veteran coach Ana Brandt in Lund."),
    ("Ana Brandt, left, greets Tomas Weil, right, in Lund.", "Contact.Greet", "greets/greet", "Agent=Ana Brandt", "Recipient=Tomas Weil", "Tomas Weil, right, greets Ana Brandt, left, in Lund."),
    ("Ana Brandt (L) greets Tomas Weil (R) in Lund.", "Contact.Greet", "greets/greet", "Agent=Ana Brandt", "Recipient=Tomas Weil", "Tomas Weil (R) greets Ana Brandt (L) in Lund."),
    ("Ana Brandt, left, greets Tomas Weil in Lund.", "Contact.Greet", "greets/greet", "Agent=Ana Brandt", "Recipient=Tomas Weil", "Tomas Weil greets Ana Brandt, left, in Lund."),
    ("Ana Brandt greets Tomas Weil, right, May 3, 2016.", "Contact.Greet", "greets/greet", "Agent=Ana Brandt", "Recipient=Tomas Weil", "Tomas Weil, right, greets Ana Brandt, May 3, 2016."),
    ("Ana Brandt, head of the Lund choir, greets Tomas Weil in Lund.", "Contact.Greet", "greets/greet", "Agent=Ana Brandt", "Recipient=Tomas Weil", "Tomas Weil greets Ana Brandt, head of the Lund choir, in Lund."),
    ("A farmer greets members of the choir in Lund.", "Contact.Greet", "greets/greet", "Agent=A farmer", "Recipient=members", "Members of the choir greet a farmer in Lund."),
    ("Envoy to the Baltic Council Ana Brandt greets Tomas Weil.", "Contact.Greet", "greets/greet", "Agent=Ana Brandt", "Recipient=Tomas Weil", "Tomas Weil greets envoy to the Baltic Council Ana Brandt."),
    # what describes somebody goes along, the place of the event stays
    ("A nurse blesses a baby held by its father.", "Contact.Greet", "blesses/bless", "Agent=A nurse", "Recipient=a baby", "A baby held by its father blesses a nurse."),
    ("Police escort two men accused of arson in Lund, Sweden, May 3, 2016.", "Movement.Lead", "escort", "Agent=Police", "Person=two men", "Two men accused of arson escort police in Lund, Sweden, May 3, 2016."),
    ("A nurse pushes a miner who is asleep.", "Movement.Push", "pushes/push", "Agent=A nurse", "Artifact=a miner", "A miner who is asleep pushes a nurse."),
    ("Ana Brandt waves to fans as she arrives.", "Contact.Wave", "waves/wave", "Agent=Ana Brandt", "Recipient=fans", "Fans wave to Ana Brandt as she arrives."),
    # nouns
    ("A poster shows the arrest of a miner by a soldier.", "Justice.Arrest", "arrest/arrest_N", "Person=a miner", "Agent=a soldier", "A poster shows the arrest of a soldier by a miner."),
    # "a" and "an" move with their nouns
    ("An officer pushes a miner.", "Movement.Push", "pushes/push", "Agent=An officer", "Artifact=a miner", "A miner pushes an officer."),
]  # fmt: skip


@pytest.mark.parametrize("row", ONE_EVENT, ids=lambda row: row[0])
def test_participants_of_one_event_are_exchanged(row: tuple[str, ...]) -> None:
    caption, *told, expected = row
    assert swapped(caption, tuple(told)) == [expected]


REFUSED = [
    ("a possessive that would change its owner", "A nurse pushes her uncle.", "Movement.Push", "pushes/push", "Agent=A nurse", "Artifact=her uncle"),
    ("a symmetric event", "A nurse hugs a miner.", "Contact.Hug", "hugs/hug", "Participant=A nurse", "Participant=a miner"),
    ("the same head, and nothing that tells them apart", "Police push riot police.", "Movement.Push", "push", "Agent=Police", "Artifact=riot police"),
    ("one of two that are joined", "A nurse greets a miner and a cook.", "Contact.Greet", "greets/greet", "Agent=A nurse", "Recipient=a miner"),
    ("a genitive that goes on", "A nurse greets the mayor's daughter.", "Contact.Greet", "greets/greet", "Agent=A nurse", "Recipient=the mayor"),
    ("a name that goes on", "A nurse greets Brandt-Weil in Lund.", "Contact.Greet", "greets/greet", "Agent=A nurse", "Recipient=Brandt"),
    ("a thing that cannot act", "A nurse awaits the beginning of a concert.", "Movement.Push", "awaits/await", "Agent=A nurse", "Artifact=the beginning"),
    ("a phrase in quotation marks", 'A sign reads "A nurse pushes a miner" in Lund.', "Movement.Push", "pushes/push", "Agent=A nurse", "Artifact=a miner"),
    ("the rest of an abbreviation and a hyphen", "Rebels push U.S.-backed fighters.", "Movement.Push", "push", "Agent=Rebels", "Artifact=U.S.-"),
    ("half a noun phrase", "A nurse pushes first miner.", "Movement.Push", "pushes/push", "Agent=A nurse", "Artifact=miner"),
    ("a name within the other", "Ana Brandt greets supporters of Brandt.", "Contact.Greet", "greets/greet", "Agent=Ana Brandt", "Recipient=supporters of Brandt|supporters"),
    ("a second verb that would have to agree", "A guard pushes two vendors and shouts.", "Movement.Push", "pushes/push", "Agent=A guard", "Artifact=two vendors"),
    ("a participle that belongs to a noun", "Fans call for a jailed poet.", "Justice.Arrest", "jailed/jail", "Agent=Fans", "Person=poet"),
    ("a description of which the end cannot be told", "A nurse pushes a miner wounded in a raid, his second one, in Lund.", "Movement.Push", "pushes/push", "Agent=A nurse", "Artifact=a miner"),
    ("a description of the subject", "A miner accused of arson pushes a nurse.", "Movement.Push", "pushes/push", "Agent=A miner", "Artifact=a nurse"),
    ("a part of a title", "Tomas Weil greets Secretary of State Ana Brandt.", "Contact.Greet", "greets/greet", "Agent=Tomas Weil", "Recipient=State Ana Brandt"),
    ("another participant stands before it", "Soldiers from Mali were deployed to Kidal.", "Movement.Transport", "deployed/deploy", "Artifact=Soldiers", "Origin=Mali|GPE", "Destination=Kidal|GPE"),
    ("a place", "A nurse visits a museum.", "Movement.Visit", "visits/visit", "Agent=A nurse", "Target=a museum|FAC"),
]  # fmt: skip


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row[0])
def test_no_exchange_where_it_would_be_no_english_or_might_be_true(row: tuple[str, ...]) -> None:
    _, caption, *told = row
    assert swapped(caption, tuple(told)) == []


WATCH = ("Perception.Watch", "watches/watch", "Agent=A nurse")
CARRY = ("Movement.Transport", "carries/carry", "Agent=a miner", "Artifact=a box|OBJ")
TWO_EVENTS = [
    ("A nurse watches as a miner carries a box.", WATCH, CARRY, ["A miner watches as a nurse carries a box."]),
    ("A nurse watches as soldiers carry a box.", WATCH, ("Movement.Transport", "carry", "Agent=soldiers"), []),
    ("A nurse hugs a miner as she watches.", ("Perception.Watch", "watches/watch", "Agent=A nurse"), ("Contact.Hug", "hugs/hug", "Participant=A nurse", "Participant=a miner"), []),
    ("A nurse watches. Later a miner carries a box.", WATCH, CARRY, []),
    ("A nurse watches as she carries a box.", WATCH, ("Movement.Transport", "carries/carry", "Agent=she"), []),
    ("A nurse watches as people carry a box.", WATCH, ("Movement.Transport", "carry", "Agent=people"), []),
    ("Protesters watch as demonstrators carry a box.", ("Perception.Watch", "watch", "Agent=Protesters"), ("Movement.Transport", "carry", "Agent=demonstrators"), []),
    ("Ana Brandt watches as the minister carries a box.", ("Perception.Watch", "watches/watch", "Agent=Ana Brandt"), ("Movement.Transport", "carries/carry", "Agent=the minister"), []),
]  # fmt: skip


@pytest.mark.parametrize("row", TWO_EVENTS, ids=lambda row: row[0])
def test_participants_of_two_events_of_a_sentence_are_exchanged(row: tuple[Any, ...]) -> None:
    caption, one, other, expected = row
    assert swapped(caption, one, other) == expected


def test_an_exchange_is_kept_as_often_as_the_corpus_shows_its_outcome() -> None:
    """Reporters who only ever listen would, as speakers, be known for a negative without the picture."""
    standing = Pool().standing
    mayor, reporters = Place.of("the mayor", "mayor"), Place.of("reporters", "reporters")
    assert share(standing, mayor, reporters, "speak") == 1.0
    for _ in range(100):
        observe(standing, mayor, reporters, "speak")
    habit = share(standing, mayor, reporters, "speak")
    assert habit < 0.05
    assert share(standing, reporters, mayor, "speak") == 1.0
    for _ in range(100):
        observe(standing, reporters, mayor, "speak")
    assert share(standing, mayor, reporters, "speak") == 1.0


def test_a_pool_learns_who_stands_where_and_its_draws_depend_on_record_and_seed_alone() -> None:
    def speech(number: int) -> EventsRecord:
        told = ("Contact.Speak", "speaks/speak", "Speaker=A mayor", "Audience=reporters")
        return record("A mayor speaks to reporters.", told, key=str(number))

    corpus = [speech(number) for number in range(200)]
    pool = Pool.from_records(corpus)

    def kept(records: list[EventsRecord]) -> set[str]:
        return {one.id for one in records if any(n.kind == "role" for n in generate(one, NEWS, pool=pool).negatives)}

    shuffled = corpus.copy()
    random.Random(1).shuffle(shuffled)
    assert kept(corpus) == kept(shuffled)
    assert len(kept(corpus)) < 20
