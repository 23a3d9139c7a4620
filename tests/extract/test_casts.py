"""Who plays which part in a corpus, and what is not made of it."""

import random
from collections import Counter
from pathlib import Path

import pytest

from eventclip.jsonl import read_records, write_records
from eventclip.records import Argument, Event, EventsRecord, PairsRecord, Span, Trigger
from eventclip_extract.casts import exchange_share, improbable_types, is_improbable
from eventclip_extract.negatives import negatives
from eventclip_extract.ontology import load_ontology

NEWS = load_ontology("news")
WORDS = {"Justice.Arrest": ("arrests", "Agent", "Person"), "Medical.Treat": ("treats", "Agent", "Patient")}


def event_record(number: int, type_name: str, agent: str, patient: str) -> EventsRecord:
    verb, *roles = WORDS[type_name]
    caption = f"A {agent} {verb} a {patient}."
    start = caption.index(verb)
    trigger = Trigger(text=verb, start=start, end=start + len(verb), lemma=verb[:-1])
    arguments = []
    for role, name in zip(roles, (agent, patient), strict=True):
        at = caption.index(name, 0 if role == roles[0] else start)
        text = caption[at - 2 : at + len(name)]
        head = Span(text=name, start=at, end=at + len(name))
        arguments.append(Argument(role=role, text=text, start=at - 2, end=at + len(name), head=head, entity_type="PER"))
    event = Event(id="e0", type=type_name, trigger=trigger, arguments=arguments, salience=1.0, rule="active")
    return EventsRecord(id=f"r{number}", caption=caption, events=[event], primary="e0")


def corpus(*, habits: bool, num: int = 400) -> list[EventsRecord]:
    """Soldiers arrest farmers and nurses treat soldiers, always so or each way as often."""
    rng = random.Random(0)
    records = []
    for number in range(num):
        name, pair = [("Justice.Arrest", ["soldier", "farmer"]), ("Medical.Treat", ["farmer", "soldier"])][number % 2]
        if not habits:
            rng.shuffle(pair)
        records.append(event_record(number, name, *pair))
    return records


def made(tmp_path: Path, records: list[EventsRecord], *, improbable: bool = False) -> Counter[str]:
    source, output = tmp_path / "events.jsonl", tmp_path / "pairs.jsonl"
    write_records(source, records)
    negatives(source, output, improbable=improbable, num_argument=0, force=True)
    return Counter(one.kind for record in read_records(output, PairsRecord) for one in record.negatives)


def test_where_there_are_habits_nobody_is_cast_against_them(tmp_path: Path) -> None:
    habits, none = made(tmp_path, corpus(habits=True)), made(tmp_path, corpus(habits=False))
    assert none["role"] > 300
    assert habits["role"] < none["role"] / 10


def test_improbable_parts_are_made_where_they_are_asked_for(tmp_path: Path) -> None:
    assert made(tmp_path, corpus(habits=True), improbable=True)["role"] > 300


def test_a_type_that_never_has_a_frequent_participant_is_improbable() -> None:
    casts = Counter({("Justice.Arrest", "Agent", "soldier"): 100, ("Medical.Treat", "Agent", "nurse"): 100})
    casts["Medical.Treat", "Agent", "medic"] = 4  # too rare to have a habit
    found = improbable_types(casts, NEWS)
    assert found["subject", "soldier"] == {"Medical.Treat"}
    assert found["subject", "nurse"] == {"Justice.Arrest"}
    assert ("subject", "medic") not in found
    assert is_improbable(found, NEWS["Medical.Treat"], "Agent", "soldier")
    assert not is_improbable(found, NEWS["Medical.Treat"], "Patient", "soldier")


@pytest.mark.parametrize(("turned", "least", "most"), [(100, 1.0, 1.0), (0, 0.0, 0.05), (40, 0.2, 0.4)])
def test_an_exchange_is_kept_as_often_as_its_outcome_occurs(turned: int, least: float, most: float) -> None:
    casts: Counter[tuple[str, str, str]] = Counter()
    for count, (agent, person) in ((100, ("soldier", "farmer")), (turned, ("farmer", "soldier"))):
        casts["Justice.Arrest", "Agent", agent] += count
        casts["Justice.Arrest", "Person", person] += count
    one, other = ("Justice.Arrest", "Agent", "soldier"), ("Justice.Arrest", "Person", "farmer")
    assert least <= exchange_share(casts, one, other) <= most
    assert exchange_share(casts, one, ("Justice.Arrest", "Person", "soldier")) == 1.0
