"""Hard negatives: what is swapped, in which form, and what is refused."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from eventclip.errors import UsageError
from eventclip.jsonl import read_records, write_records
from eventclip.records import EventsRecord, Negative, PairsRecord, normalized
from eventclip_extract.extract import Extractor
from eventclip_extract.inflection import lemmas, verb_tags
from eventclip_extract.negatives import generate, negatives
from eventclip_extract.ontology import load_ontology
from eventclip_extract.pool import Pool, Spare

NEWS = load_ontology("news")
Part = tuple[str, str, str, str]


def span(caption: str, text: str, *, after: int = 0) -> dict[str, Any]:
    start = caption.index(text, after)
    return {"text": text, "start": start, "end": start + len(text)}


def record(caption: str, type_name: str, trigger: str, lemma: str, *parts: Part, key: str = "r") -> EventsRecord:
    """A record with one event; a part is (role, text, head, entity type)."""
    arguments = [
        {
            "role": role,
            **span(caption, text),
            "head": span(caption, head, after=caption.index(text)),
            "entity_type": entity_type,
        }
        for role, text, head, entity_type in parts
    ]
    event = {
        "id": "e0",
        "type": type_name,
        "trigger": {**span(caption, trigger), "lemma": lemma},
        "arguments": arguments,
    }
    return EventsRecord.model_validate({"id": key, "caption": caption, "events": [event], "primary": "e0"})


PUSH = record(
    "Two medics in blue push an old man near a bus.",
    "Movement.Push",
    "push",
    "push",
    ("Agent", "Two medics in blue", "medics", "PER"),
    ("Artifact", "an old man", "man", "PER"),
)
ARRESTED = record(
    "A thief was arrested by two officers.",
    "Justice.Arrest",
    "arrested",
    "arrest",
    ("Person", "A thief", "thief", "PER"),
    ("Agent", "two officers", "officers", "PER"),
)
HAND = record(
    "A nurse hands a box to a soldier.",
    "Transaction.HandOver",
    "hands",
    "hand",
    ("Giver", "A nurse", "nurse", "PER"),
    ("Recipient", "a soldier", "soldier", "PER"),
    ("Artifact", "a box", "box", "OBJ"),
)
HUG = record(
    "A girl hugs a soldier.",
    "Contact.Hug",
    "hugs",
    "hug",
    ("Participant", "A girl", "girl", "PER"),
    ("Participant", "a soldier", "soldier", "PER"),
)


def of(pairs: PairsRecord, kind: str, base: str) -> list[Negative]:
    return [negative for negative in pairs.negatives if (negative.kind, negative.base) == (kind, base)]


def texts(found: Sequence[Negative]) -> list[str]:
    return [negative.text for negative in found]


def test_a_record_without_an_event_has_its_caption_as_the_only_positive() -> None:
    pairs = generate(EventsRecord(id="x", caption="A quiet street.", events=[]), NEWS)
    assert [positive.text for positive in pairs.positives] == ["A quiet street."]
    assert pairs.negatives == []


def test_positives_are_template_and_passive() -> None:
    pairs = generate(HAND, NEWS)
    assert pairs.positive("template") == "A nurse hands a box to a soldier."
    assert pairs.positive("paraphrase") == "A box is handed by a nurse to a soldier."


def test_symmetric_participants_are_exchanged_in_a_positive_and_never_in_a_negative() -> None:
    pairs = generate(HUG, NEWS)
    assert pairs.positive("paraphrase") == "A soldier hugs a girl."
    assert [negative for negative in pairs.negatives if negative.kind == "role"] == []


def test_event_negative_keeps_the_form_of_the_trigger() -> None:
    found = of(generate(ARRESTED, NEWS, num_event=30), "event", "caption")
    assert 15 < len(found) <= 30
    assert all(negative.text.startswith("A thief was ") and " by two officers." in negative.text for negative in found)
    assert len({negative.text for negative in found}) == len(found)
    assert len({negative.to_type for negative in found}) > 10


def test_event_negative_is_never_entailed_or_a_companion() -> None:
    found = of(generate(PUSH, NEWS, num_event=200), "event", "caption")
    for negative in found:
        assert negative.to_type is not None
        assert not NEWS.may_co_occur("Movement.Push", negative.to_type)
        assert NEWS[negative.to_type].visual


def test_article_before_a_swapped_noun_follows_its_sound() -> None:
    base = record("People gather for a protest in Lima.", "Conflict.Demonstrate", "protest", "protest")
    found = texts(of(generate(base, NEWS, num_event=200), "event", "caption"))
    assert any(" for an " in text for text in found)
    assert not any(f" for a {vowel}" in text for text in found for vowel in "aeio")


def test_role_negative_exchanges_whole_spans_and_repairs_case_and_agreement() -> None:
    found = of(generate(PUSH, NEWS), "role", "caption")
    assert texts(found) == ["An old man pushes two medics in blue near a bus."]
    assert found[0].swapped == ["Agent", "Artifact"]


def test_role_negative_of_a_passive_repairs_the_auxiliary() -> None:
    assert texts(of(generate(ARRESTED, NEWS), "role", "caption")) == ["Two officers were arrested by a thief."]


def test_giver_and_recipient_are_exchanged_among_three() -> None:
    assert texts(of(generate(HAND, NEWS), "role", "caption")) == ["A soldier hands a box to a nurse."]


def test_role_negative_is_refused_where_a_possessive_would_change_its_owner() -> None:
    base = record(
        "A man pushes his uncle.",
        "Movement.Push",
        "pushes",
        "push",
        ("Agent", "A man", "man", "PER"),
        ("Artifact", "his uncle", "uncle", "PER"),
    )
    assert of(generate(base, NEWS), "role", "caption") == []


def test_pronouns_change_their_case() -> None:
    base = record(
        "She pushes him.",
        "Movement.Push",
        "pushes",
        "push",
        ("Agent", "She", "She", "PER"),
        ("Artifact", "him", "him", "PER"),
    )
    assert texts(of(generate(base, NEWS), "role", "caption")) == ["He pushes her."]


def test_generic_participants_halve_the_weight() -> None:
    base = record(
        "A man pushes a woman.",
        "Movement.Push",
        "pushes",
        "push",
        ("Agent", "A man", "man", "PER"),
        ("Artifact", "a woman", "woman", "PER"),
    )
    (negative,) = of(generate(base, NEWS), "role", "caption")
    assert negative.weight == 0.5
    assert [check for check, trouble in negative.checks.items() if trouble] == ["generic"]


def test_argument_negative_borrows_from_another_record_and_fits_the_article() -> None:
    others = [
        record(
            f"A cook pushes {text}.",
            "Movement.Push",
            "pushes",
            "push",
            ("Agent", "A cook", "cook", "PER"),
            ("Artifact", text, text.split()[-1], "OBJ"),
            key=text,
        )
        for text in ("a cart", "an oven", "a crate", "a drum", "a bin")
    ]
    pool = Pool.from_records([HAND, *others])
    found = of(generate(HAND, NEWS, num_argument=3, pool=pool), "argument", "caption")
    assert any(negative.swapped == ["Artifact"] for negative in found)
    assert all("cook" in negative.text or negative.swapped == ["Artifact"] for negative in found)


def lent(caption: str, role: str, text: str, entity_type: str, spares: Sequence[str]) -> list[str]:
    """The caption of an arrest with a participant replaced by one of the spares, of one head each."""
    base = record(caption, "Justice.Arrest", "arrest", "arrest", (role, text, text.split()[-1], entity_type))
    pool = Pool()
    pool.spares = {(entity_type, "", False): [Spare(spare, spare.split()[-1].lower()) for spare in spares]}
    return texts(of(generate(base, NEWS, num_argument=9, pool=pool), "argument", "caption"))


def test_a_filler_behind_an_article_takes_one_without() -> None:
    caption = "After the arrest people leave an EU meeting."
    assert lent(caption, "Agent", "EU", "ORG", ["the Senate"]) == ["After the arrest people leave a Senate meeting."]
    assert lent(caption, "Agent", "EU", "ORG", ["another club"]) == []


def test_a_part_of_a_title_is_not_replaced() -> None:
    assert lent("After the arrest the Secretary of State waves.", "Agent", "State", "ORG", ["Lima Bank"]) == []
    assert lent("After the arrest members of Congress wave.", "Agent", "Congress", "ORG", ["Lima Bank"]) == []
    assert len(lent("The arrest of Ana Brandt.", "Person", "Ana Brandt", "PER", ["Tomas Weil"])) == 1


def test_a_pronoun_can_mean_whoever_is_put_in() -> None:
    woman, man = "Ana Brandt waves to her son after the arrest.", "Carl Weil waves to his son after the arrest."
    assert lent(woman, "Person", "Ana Brandt", "PER", ["Tomas Berg"]) == []
    assert lent(woman, "Person", "Ana Brandt", "PER", ["a policewoman"]) == [
        "A policewoman waves to her son after the arrest."
    ]
    assert lent(man, "Person", "Carl Weil", "PER", ["a policewoman"]) == []
    assert len(lent(man, "Person", "Carl Weil", "PER", ["Tomas Berg"])) == 1


def test_what_stands_before_its_noun_is_a_participle_of_one_word() -> None:
    base = record(
        "A man waves to a captured pilot.", "Justice.Arrest", "captured", "capture", ("Person", "pilot", "pilot", "PER")
    )
    put_in = {one.edits[-1].new for one in of(generate(base, NEWS, num_event=200), "event", "caption")}
    assert len(put_in) > 20
    assert not any(" " in words for words in put_in)


def test_a_form_of_past_and_present_keeps_its_tense() -> None:
    base = record(
        "The man hit a boy.",
        "Conflict.Attack",
        "hit",
        "hit",
        ("Attacker", "The man", "man", "PER"),
        ("Target", "a boy", "boy", "PER"),
    )
    put_in = {one.edits[-1].new for one in of(generate(base, NEWS, num_event=200), "event", "caption")}
    assert len(put_in) > 20
    verbs = [words.split()[0] for words in put_in if not words.split()[0].endswith("ed")]
    present = [verb for verb in verbs if not any("VBD" in verb_tags(verb, one) for one in lemmas(verb)["VERB"])]
    assert present == []


def test_what_another_caption_of_the_picture_says_is_no_negative() -> None:
    lent = ("a cart", "a crate", "a drum", "a bin", "a sled")
    parts = [("Agent", "A cook", "cook", "PER"), ("Artifact", "a table", "table", "OBJ")]
    pushes = record("A cook pushes a table.", "Movement.Push", "pushes", "push", *parts)
    others = [
        record(f"A cook pushes {text}.", "Movement.Push", "pushes", "push", parts[0],
               ("Artifact", text, text.split()[-1], "OBJ"), key=text)
        for text in lent
    ]  # fmt: skip
    pulls = record("A man pulls a cart and a crate.", "Movement.Drag", "pulls", "pull", key="pulls")

    def made(*images: str | None) -> set[str]:
        shown = [one.model_copy(update={"image": image}) for one, image in zip((pushes, pulls), images, strict=True)]
        pool = Pool.from_records([*shown, *others])
        found: set[str] = set()
        for seed in range(40):
            pairs = generate(shown[0], NEWS, seed=seed, num_event=20, num_argument=3, pool=pool)
            found.update(negative.text for negative in pairs.negatives if negative.base == "caption")
        return found

    apart, together = made("a.jpg", "b.jpg"), made("a.jpg", "a.jpg")
    false_of_it = {"A cook pushes a drum.", "A cook pushes a bin.", "A cook pushes a sled."}
    true_of_it = {"A cook pushes a cart.", "A cook pushes a crate.", "A cook pulls a table."}
    assert apart >= false_of_it | true_of_it
    assert together >= false_of_it
    assert not together & true_of_it
    assert made(None, None) == apart


def pushers(subject: str) -> EventsRecord:
    agent = ("Agent", subject, subject.split()[-1], "PER")
    artifact = ("Artifact", "a cart", "cart", "OBJ")
    return record(f"{subject} push a cart.", "Movement.Push", "push", "push", agent, artifact, key=subject)


def test_no_participant_is_replaced_by_what_he_may_be_called_as_well() -> None:
    lent = "Two soldiers|Two officers|Two troopers|Three nurses|Three farmers|Four policemen|Two kids"

    def taking_the_place_of(subject: str) -> set[str]:
        pool = Pool.from_records([pushers(subject), *map(pushers, lent.split("|"))])
        made = (generate(pushers(subject), NEWS, seed=seed, num_argument=2, pool=pool) for seed in range(60))
        swaps = (negative for pairs in made for negative in of(pairs, "argument", "caption"))
        return {negative.text.removesuffix(" push a cart.") for negative in swaps if negative.swapped == ["Agent"]}

    assert taking_the_place_of("Some officers") == {"Three nurses", "Three farmers"}
    assert taking_the_place_of("Some nurses") >= {"Two soldiers", "Two officers", "Four policemen"}


def test_nobody_is_lent_who_stands_in_the_caption_behind_a_hyphen() -> None:
    caption = "Guards arrest a clerk near the then-Minister-elect Odra Berg in Lima."
    base = record(caption, "Justice.Arrest", "arrest", "arrest", ("Person", "a clerk", "clerk", "PER"))

    def lending(name: str) -> list[str]:
        pool = Pool()
        pool.spares = {("PER", "", False): [Spare(f"Minister-elect {name}", "minister-elect")] * 5}
        return texts(of(generate(base, NEWS, num_argument=9, pool=pool), "argument", "caption"))

    assert lending("Odra Berg") == []
    assert lending("Odra Falk") != []


def test_fillers_are_lent_as_often_as_they_occur() -> None:
    """One that is put in more often than it is taken out gives its negatives away."""
    corpus = [
        record(
            "A nurse lifts a drum.", "Movement.Lift", "lifts", "lift", ("Artifact", "a drum", "drum", "OBJ"), key=str(n)
        )
        if n % 4
        else record(
            "A nurse lifts a harp.", "Movement.Lift", "lifts", "lift", ("Artifact", "a harp", "harp", "OBJ"), key=str(n)
        )
        for n in range(2_000)
    ]
    spares = Pool.from_records(corpus).spares["OBJ", "Artifact", False]
    assert 0.65 < sum(spare.head == "drum" for spare in spares) / len(spares) < 0.85


def test_no_negative_equals_a_positive_or_another_negative() -> None:
    for base in (PUSH, ARRESTED, HAND, HUG):
        pairs = generate(base, NEWS, num_event=10)
        found = [normalized(text) for text in texts(pairs.negatives)]
        assert len(set(found)) == len(found)
        assert not set(found) & {normalized(positive.text) for positive in pairs.positives}


def test_the_seed_decides_and_the_neighbours_do_not() -> None:
    assert generate(PUSH, NEWS, seed=1) == generate(PUSH, NEWS, seed=1)
    assert generate(PUSH, NEWS, seed=1) != generate(PUSH, NEWS, seed=2)


def test_an_event_that_did_not_happen_gives_no_template_and_doubtful_negatives() -> None:
    base = PUSH.model_copy(deep=True)
    base.events[0].polarity = "negative"
    pairs = generate(base, NEWS)
    assert pairs.positive("template") is None
    assert {negative.weight for negative in pairs.negatives} == {0.5}


def test_stage_writes_the_same_pairs_twice(tmp_path: Path) -> None:
    source = tmp_path / "events.jsonl"
    write_records(source, [base.model_copy(update={"id": str(place)}) for place, base in enumerate((PUSH, HAND, HUG))])
    first = negatives(source, tmp_path / "one.jsonl", seed=3)
    negatives(source, tmp_path / "two.jsonl", seed=3)
    assert first.num_records == 3
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()
    assert [pairs.id for pairs in read_records(tmp_path / "one.jsonl", PairsRecord)] == ["0", "1", "2"]


def test_stage_writes_the_same_pairs_in_several_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eventclip_extract.negatives.LINES_WORTH_PROCESSES", 2)
    events = tmp_path / "events.jsonl"
    records = [
        one.model_copy(update={"id": str(number)}) for number, one in enumerate([PUSH, ARRESTED, HAND, HUG] * 40)
    ]
    write_records(events, records)
    one, several = tmp_path / "one.jsonl", tmp_path / "several.jsonl"
    negatives(events, one, num_processes=1)
    negatives(events, several, num_processes=2)
    assert one.read_bytes() == several.read_bytes()


def test_an_event_of_another_ontology_is_set_aside_with_its_id(tmp_path: Path) -> None:
    strange = PUSH.events[0].model_copy(update={"type": "Contact.Hugg"})
    records = [HUG, PUSH.model_copy(update={"id": "strange", "events": [strange], "links": []})]
    write_records(tmp_path / "events.jsonl", records)
    report = negatives(tmp_path / "events.jsonl", tmp_path / "pairs.jsonl")
    message = "id 'strange': ontology news: unknown event type 'Contact.Hugg': did you mean 'Contact.Hug'"
    assert [str(one).startswith(message) for one in report.rejections] == [True]
    assert [one.id for one in read_records(tmp_path / "pairs.jsonl", PairsRecord)] == [HUG.id]


def test_no_process_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="num_processes is 0; expected at least 1"):
        negatives(tmp_path / "events.jsonl", tmp_path / "pairs.jsonl", num_processes=0)


def test_a_template_sentence_takes_the_verb_of_the_other_types_template() -> None:
    """A verb that templates show as a positive only would be believed of every picture."""
    inserted = {
        (str(negative.to_type), negative.edits[-1].new)
        for number in range(200)
        for negative in of(generate(PUSH.model_copy(update={"id": str(number)}), NEWS), "event", "template")
    }
    assert {("Conflict.Attack", "attack"), ("Movement.Chase", "chase")} <= inserted
    assert not {new for name, new in inserted if name == "Conflict.Attack"} - {"attack"}


def with_tool(type_name: str, lemma: str, role: str, tool: str, number: int) -> EventsRecord:
    parts = (
        ("Agent", "Nurses", "Nurses", "PER"),
        (role, "a cook", "cook", "PER"),
        ("Instrument", f"a {tool}", tool, "OBJ"),
    )
    return record(f"Nurses {lemma} a cook in a {tool}.", type_name, lemma, lemma, *parts, key=str(number))


def test_no_event_negative_joins_a_type_and_a_tool_that_the_corpus_never_joins() -> None:
    """A text model knows such a sentence for false without a look at the picture."""
    corpus = [
        record
        for number in range(20)
        for record in (
            with_tool("Movement.Push", "push", "Artifact", "wheelchair", number),
            with_tool("Medical.Treat", "treat", "Patient", "wheelchair", 100 + number),
            with_tool("Movement.Lift", "lift", "Artifact", "cradle", 200 + number),
        )
    ]
    pool = Pool.from_records(corpus)
    assert pool.types_with["wheelchair"] == {"Movement.Push", "Medical.Treat"}
    offered = {
        negative.to_type
        for one in corpus
        if "wheelchair" in one.caption
        for negative in of(generate(one, NEWS, num_event=100, pool=pool), "event", "caption")
    }
    assert offered == {"Movement.Push", "Medical.Treat"}


def test_a_template_keeps_the_preposition_of_a_tool() -> None:
    made = generate(with_tool("Movement.Push", "push", "Artifact", "wheelchair", 0), NEWS)
    assert [positive.text for positive in made.positives if positive.kind == "template"] == [
        "Nurses push a cook in a wheelchair."
    ]


def test_people_of_one_kind_are_exchanged_where_their_clothes_tell_them_apart() -> None:
    def exchanged(agent: str, artifact: str) -> list[str]:
        parts = (("Agent", agent, agent.split()[1], "PER"), ("Artifact", artifact, artifact.split()[1], "PER"))
        made = generate(record(f"{agent} push {artifact}.", "Movement.Push", "push", "push", *parts), NEWS)
        return texts(of(made, "role", "caption"))

    assert exchanged("Two nurses in red", "the nurses in blue") == ["The nurses in blue push two nurses in red."]
    assert exchanged("Two nurses in red", "other nurses in red") == []


def event_negatives_of(verb: str) -> dict[str, Negative]:
    """All that ten seeds make of nurses who demonstrate, by their texts."""
    base = record(f"Nurses {verb}.", "Conflict.Demonstrate", verb, verb, ("Entity", "Nurses", "Nurses", "PER"))
    made = [generate(base, NEWS, num_event=500, seed=seed) for seed in range(10)]
    return {one.text: one for pairs in made for one in of(pairs, "event", "caption")}


def test_no_particle_stands_twice() -> None:
    """Some verb brings "off" along, but not to where it stands already: "lifts off off the coast"."""

    def made(caption: str) -> str:
        base = record(caption, "Disaster.Crash", "sinks", "sink", ("Vehicle", "ship", "ship", "VEH"))
        return " / ".join(texts(of(generate(base, NEWS, num_event=500), "event", "caption")))

    assert " off near " in made("A ship sinks near the coast.")
    assert " off off " not in made("A ship sinks off the coast.")


def test_verb_that_is_true_of_the_same_picture_makes_no_negative() -> None:
    assert "Nurses travel." in event_negatives_of("protest")
    assert "Nurses travel." not in event_negatives_of("march")


def test_verb_that_goes_along_with_the_old_one_halves_the_weight() -> None:
    made = event_negatives_of("protest")
    assert (made["Nurses sing."].checks["accompanying"], made["Nurses sing."].weight) == (True, 0.5)
    assert (made["Nurses travel."].checks["accompanying"], made["Nurses travel."].weight) == (False, 1.0)


def test_phrase_has_a_sense_of_its_own() -> None:
    assert event_negatives_of("march")["Nurses walk free."].weight == 1.0


def test_two_who_address_each_other_halve_the_weight_of_a_role_swap() -> None:
    base = record(
        "A bishop greets a nurse.",
        "Contact.Greet",
        "greets",
        "greet",
        ("Agent", "A bishop", "bishop", "PER"),
        ("Recipient", "a nurse", "nurse", "PER"),
    )
    found = of(generate(base, NEWS), "role", "caption")
    assert [(one.text, one.weight, one.checks["mutual"]) for one in found] == [("A nurse greets a bishop.", 0.5, True)]


def test_a_noun_that_goes_with_its_verb_is_not_exchanged_alone() -> None:
    record = Extractor()("Rebels launched a second attack on a checkpoint in Lima.")
    assert [(event.trigger.text, event.rule) for event in record.events] == [("attack", "light-noun")]
    made = generate(record, NEWS).negatives
    assert any(negative.kind == "event" for negative in made)
    assert not [one for one in made if one.kind == "event" and one.base == "caption"]
