"""Annotations of others: every layout gives the same records, and what cannot be one is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from eventclip.errors import InputError, UsageError
from eventclip.records import EventsRecord
from eventclip_extract.annotations import head_of, read_annotations
from eventclip_extract.mapping import load_scheme

TOKENS = ["Two", "guards", "of", "the", "mayor", "arrested", "a", "thief", "in", "Old", "Lyon", "."]
# (start, end): the trigger is token 5, the agent 0-5, the person 6-8, the place 9-11
PLAIN = {
    "id": "s1",
    "tokens": TOKENS,
    "events": [
        {
            "type": "Justice:Arrest-Jail",
            "trigger": {"start": 5, "end": 6},
            "arguments": [
                {"role": "Agent", "start": 0, "end": 5},
                {"role": "Person", "start": 6, "end": 8},
                {"role": "Place", "start": 9, "end": 11},
            ],
        }
    ],
    "entities": [{"start": 6, "end": 8, "type": "PER"}],
}
M2E2 = {
    "sentence_id": "s1",
    "words": TOKENS,
    "golden-entity-mentions": [{"start": 6, "end": 8, "entity-type": "PER"}],
    "golden-event-mentions": [
        {
            "event_type": "Justice:Arrest-Jail",
            "trigger": {"start": 5, "end": 6},
            "arguments": PLAIN["events"][0]["arguments"],  # type: ignore[index]
        }
    ],
}
ENTITIES = [[0, 5, "PER", "NOM", 1.0], [6, 8, "PER", "NOM", 1.0], [9, 11, "GPE", "NAM", 1.0]]
ONEIE_OUTPUT = {
    "doc_id": "d",
    "sent_id": "s1",
    "tokens": TOKENS,
    "graph": {
        "entities": ENTITIES,
        "triggers": [[5, 6, "Justice:Arrest-Jail", 0.9]],
        "relations": [],
        "roles": [[0, 0, "Agent", 0.9], [0, 1, "Person", 0.9], [0, 2, "Place", 0.9]],
    },
}
MENTIONS = [
    {"id": f"m{number}", "start": start, "end": end, "entity_type": entity_type}
    for number, (start, end, entity_type, *_) in enumerate(ENTITIES)
]
EVENT = {
    "event_type": "Justice:Arrest-Jail",
    "trigger": {"start": 5, "end": 6, "text": "arrested"},
    "arguments": [
        {"entity_id": f"m{number}", "role": role} for number, role in enumerate(("Agent", "Person", "Place"))
    ],
}
ONEIE_INPUT = {"sent_id": "s1", "tokens": TOKENS, "entity_mentions": MENTIONS, "event_mentions": [EVENT]}


def write(path: Path, *raws: Any, array: bool = False) -> Path:
    text = json.dumps(list(raws)) if array else "\n".join(map(json.dumps, raws))
    path.write_text(text, encoding="utf-8")
    return path


def told(record: EventsRecord) -> list[Any]:
    return [
        (event.type, event.trigger.text, [(one.role, one.text, one.head.text) for one in event.arguments])
        for event in record.events
    ]


ARRESTED = [
    (
        "Justice.Arrest-Jail",
        "arrested",
        [
            ("Agent", "Two guards of the mayor", "guards"),
            ("Person", "a thief", "thief"),
            ("Place", "Old Lyon", "Lyon"),
        ],
    )
]


@pytest.mark.parametrize(
    "raw", [PLAIN, M2E2, ONEIE_OUTPUT, ONEIE_INPUT], ids=["plain", "M2E2", "OneIE output", "OneIE input"]
)
@pytest.mark.parametrize("array", [False, True], ids=["lines", "array"])
def test_every_layout_gives_the_same_record(tmp_path: Path, raw: dict[str, Any], array: bool) -> None:
    (record,) = read_annotations(write(tmp_path / "gold.json", raw, array=array))
    assert (record.id, record.caption) == ("s1", "Two guards of the mayor arrested a thief in Old Lyon.")
    assert told(record) == ARRESTED


def test_documents_of_wikievents_become_sentences(tmp_path: Path) -> None:
    """Offsets are the document's there; an argument in another sentence has no place in a record."""
    first = ["It", "rained", "."]
    moved = [{**one, "start": one["start"] + 3, "end": one["end"] + 3} for one in MENTIONS]  # type: ignore[operator]
    elsewhere = {"id": "m9", "start": 0, "end": 1, "entity_type": "PER"}
    event = {
        **EVENT,
        "trigger": {"start": 8, "end": 9},
        "arguments": [*EVENT["arguments"], {"entity_id": "m9", "role": "Agent"}],  # type: ignore[misc]
    }
    raw = {
        "doc_id": "d",
        "sentences": [[[[token, 0, 0] for token in tokens], " ".join(tokens)] for tokens in (first, TOKENS)],
        "entity_mentions": [*moved, elsewhere],
        "event_mentions": [event],
    }
    rained, arrested = read_annotations(write(tmp_path / "wiki.jsonl", raw))
    assert (rained.id, rained.events) == ("d-0", [])
    assert arrested.id == "d-1"
    assert told(arrested) == ARRESTED


def test_offsets_of_rams_are_inclusive(tmp_path: Path) -> None:
    raw = {
        "doc_key": "d",
        "sentences": [["It", "rained", "."], TOKENS],
        "evt_triggers": [[8, 8, [["justice.arrestjaildetain.arrestjaildetain", 1.0]]]],
        "gold_evt_links": [
            [[8, 8], [3, 7], "evt043arg01jailer"],
            [[8, 8], [9, 10], "evt043arg02detainee"],
            [[8, 8], [0, 0], "evt043arg03crime"],
        ],
    }
    _, arrested = read_annotations(write(tmp_path / "rams.jsonl", raw))
    assert told(arrested) == [
        (
            "justice.arrestjaildetain.arrestjaildetain",
            "arrested",
            [("jailer", "Two guards of the mayor", "guards"), ("detainee", "a thief", "thief")],
        )
    ]
    (event,) = load_scheme("rams").ours(arrested.events)
    assert (event.type, [argument.role for argument in event.arguments]) == ("Justice.Arrest", ["Agent", "Person"])


def test_own_text_is_kept_where_its_words_are_the_tokens(tmp_path: Path) -> None:
    text = "Two guards of the mayor arrested a thief -- in  Old Lyon"  # other spaces, a dash, no full stop
    (record,) = read_annotations(write(tmp_path / "a.jsonl", {**PLAIN, "text": text}))
    assert record.caption == text
    assert told(record) == ARRESTED
    (record,) = read_annotations(write(tmp_path / "b.jsonl", {**PLAIN, "text": "Something else."}))
    assert record.caption == "Two guards of the mayor arrested a thief in Old Lyon."


@pytest.mark.parametrize(
    ("phrase", "head"),
    [
        ("Anna Keller", "Keller"),
        ("the mayor of Lyon", "mayor"),
        ("a man who fled", "man"),
        ("Lyon , France", "Lyon"),
        ("the U.S .", "U.S"),
        ("his wife 's car", "car"),
        ("Anna Keller ’s", "Keller"),
    ],
)
def test_heads(phrase: str, head: str) -> None:
    tokens = phrase.split()
    assert tokens[head_of(tokens, 0, len(tokens))] == head


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"text": "no events here"}, r"gold\.jsonl: entry 1 cannot be read: .*expected the layout of M2E2.*are text"),
        ({**PLAIN, "tokens": ["Two"]}, r"entry 1: Justice:Arrest-Jail is tokens 5 to 6 of 1; expected start < end"),
        ({**ONEIE_INPUT, "entity_mentions": []}, r"entry 1 cannot be read: KeyError 'm0'"),
    ],
    ids=["layout", "offsets", "entity"],
)
def test_what_is_no_annotation_is_refused(tmp_path: Path, raw: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_annotations(write(tmp_path / "gold.jsonl", raw))


def test_an_id_must_not_come_twice(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="entry 2: id 's1' occurs twice"):
        read_annotations(write(tmp_path / "gold.jsonl", PLAIN, PLAIN))


@pytest.mark.parametrize(
    ("scheme", "theirs", "role", "ours", "our_role"),
    [
        ("ace", "Business.Start-Org", "Org", "Business.StartOrganization", "Organization"),
        ("m2e2", "Contact.Phone-Write", "Entity", "Contact.PhoneWrite", "Entity"),
        ("kairos", "Life.Die.Unspecified", "Killer", "Life.Die", "Agent"),
        ("m2e2", "Movement.Arrive", "Agent", "Movement.Transport", "Artifact"),  # ours of `news`: who arrives is moved
        ("m2e2", "Justice.Arrest", "Agent", "Justice.Arrest", "Agent"),  # ours as it is
    ],
)
def test_types_and_roles_are_mapped(scheme: str, theirs: str, role: str, ours: str, our_role: str) -> None:
    event = {"id": "e0", "type": theirs, "trigger": {"text": "It", "start": 0, "end": 2, "lemma": "it"}}
    argument = {"role": role, "text": "It", "start": 0, "end": 2, "head": {"text": "It", "start": 0, "end": 2}}
    raw = {"id": "r", "caption": "It was.", "events": [{**event, "arguments": [{**argument, "entity_type": "PER"}]}]}
    (found,) = load_scheme(scheme).ours(EventsRecord.model_validate(raw).events)
    assert (found.type, found.arguments[0].role) == (ours, our_role)


def test_what_a_scheme_does_not_know_is_left_out() -> None:
    event = {"id": "e0", "type": "Contact.Hug", "trigger": {"text": "It", "start": 0, "end": 2, "lemma": "it"}}
    record = EventsRecord.model_validate({"id": "r", "caption": "It was.", "events": [event]})
    assert load_scheme("m2e2").ours(record.events) == []


def test_an_unknown_mapping_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"unknown mapping 'm2e': did you mean 'm2e2'"):
        load_scheme("m2e")


def test_every_mapping_leads_to_types_and_roles_of_ace() -> None:
    from eventclip_extract.ontology import load_ontology

    ace = load_ontology("ace")
    for name in ("ace", "m2e2", "kairos", "rams"):
        for type_name, roles in load_scheme(name).roles.items():
            assert roles <= ace[type_name].roles.keys(), (name, type_name)
