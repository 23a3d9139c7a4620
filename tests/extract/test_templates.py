"""Template sentences and the translation of roles from type to type."""
# ruff: noqa: E501 - tables are easiest to read with a row a line

import pytest

from eventclip.errors import UsageError
from eventclip.records import EventsRecord
from eventclip_extract.negatives import generate
from eventclip_extract.ontology import load_ontology
from eventclip_extract.templates import render, translate_roles
from tests.extract.test_role_swaps import record

NEWS = load_ontology("news")
CARRY = {"Agent": ["two medics"], "Artifact": ["an injured man"], "Instrument": ["a stretcher"]}


def test_active_agrees_with_its_subject() -> None:
    assert render(NEWS, "Movement.Transport", CARRY) == "Two medics transport an injured man with a stretcher."
    assert (
        render(NEWS, "Movement.PickUp", {"Agent": ["a nurse"], "Artifact": ["two boxes"]})
        == "A nurse picks up two boxes."
    )


def test_passive() -> None:
    text = render(NEWS, "Justice.Arrest", {"Agent": ["the police"], "Person": ["two men"]}, voice="passive")
    assert text == "Two men are arrested by the police."


@pytest.mark.parametrize(
    ("type_name", "arguments", "text"),
    [
        ("Justice.Arrest", {"Person": ["a man"]}, "A man is arrested."),
        ("Justice.Arrest", {"Agent": ["the police"]}, "The police arrest someone."),
        ("Conflict.Demonstrate", {}, "Someone protests."),
        ("Life.Die", {"Victim": ["two soldiers"]}, "Two soldiers die."),
        ("Contact.Meet", {"Entity": ["the leaders"]}, "The leaders meet."),
    ],
)
def test_missing_roles_are_left_out_grammatically(type_name: str, arguments: dict[str, list[str]], text: str) -> None:
    assert render(NEWS, type_name, arguments) == text


def test_participants_of_one_role_are_spread_over_its_slots() -> None:
    text = render(NEWS, "Contact.Hug", {"Participant": ["a nurse", "two men", "a boy"]})
    assert text == "A nurse hugs two men and a boy."


def test_place_and_time_find_their_prepositions() -> None:
    place = {"Entity": ["students"], "Place": ["Market Square"], "Time": ["March 3"]}
    assert render(NEWS, "Conflict.Demonstrate", place) == "Students protest on Market Square on March 3."
    assert (
        render(NEWS, "Conflict.Demonstrate", [("Place", "outside the embassy")])
        == "Someone protests outside the embassy."
    )


def test_unknown_role_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"Justice\.Arrest: unknown role 'Persn': did you mean 'Person'"):
        render(NEWS, "Justice.Arrest", {"Persn": ["a man"]})


def test_roles_are_translated_by_slot() -> None:
    pairs = translate_roles(NEWS, "Movement.Transport", "Justice.Arrest", CARRY)
    assert pairs == [("Agent", "two medics"), ("Person", "an injured man"), ("Instrument", "a stretcher")]


def test_roles_of_a_symmetric_type_become_doer_and_sufferer() -> None:
    pairs = translate_roles(NEWS, "Contact.Hug", "Movement.Push", {"Participant": ["a nurse", "a man"]})
    assert pairs == [("Agent", "a nurse"), ("Artifact", "a man")]


def test_known_entity_types_keep_a_person_from_becoming_a_thing() -> None:
    arguments = {"Agent": ["a nurse"], "Artifact": ["a man"]}
    pairs = translate_roles(NEWS, "Movement.Push", "Transaction.HandOver", arguments, entity_types={"a man": "PER"})
    assert pairs == [("Giver", "a nurse"), ("Recipient", "a man")]


def test_every_type_can_be_told_with_the_same_participants() -> None:
    for name in NEWS.types:
        text = render(NEWS, name, translate_roles(NEWS, "Movement.Transport", name, CARRY))
        assert text[0].isupper(), name
        assert text.endswith("."), name
        assert not set("{}[]<>") & set(text), name


def told(base: EventsRecord) -> list[str]:
    """The template of a record and the paraphrases of it."""
    kinds = ("template", "paraphrase")
    return [one.text for one in generate(base, NEWS).positives if one.kind in kinds and one.style is None]


TOLD = [
    ("two who are each other's equals", "A girl kisses a boy.", ("Contact.Kiss", "kisses/kiss", "Agent=A girl", "Target=a boy"),
     ["A girl kisses a boy.", "A boy is kissed by a girl.", "A boy kisses a girl."]),
    ("a thing does nothing", "A girl kisses the trophy.", ("Contact.Kiss", "kisses/kiss", "Agent=A girl", "Target=the trophy|OBJ"),
     ["A girl kisses the trophy.", "The trophy is kissed by a girl."]),
    ("pronouns in their case", "They meet him.", ("Contact.Meet", "meet", "Entity=They", "Entity=him"),
     ["They meet him.", "He meets them."]),
    ("a pronoun as a subject", "Police arrest them.", ("Justice.Arrest", "arrest", "Agent=Police", "Person=them"),
     ["Police arrest them.", "They are arrested by police."]),
    ("a pronoun that points back", "A guard arrests the man who waves.", ("Contact.Wave", "waves/wave", "Agent=who"), []),
    ("a bare headline noun", "Policeman arrests vendor in Lund.", ("Justice.Arrest", "arrests/arrest", "Agent=Policeman", "Person=vendor"),
     ["A policeman arrests a vendor.", "A vendor is arrested by a policeman."]),
    ("a title", "Former judge Ana Brandt poses.", ("Media.Pose", "poses/pose", "Agent=Former judge|judge"), ["Former judge poses."]),
    ("a name first", "Ana Brandt, head of a choir, poses.", ("Media.Pose", "poses/pose", "Agent=Ana Brandt, head of a choir|head"), ["Ana Brandt, head of a choir poses."]),
    ("no noun at all", "Police find alive a boy.", ("Justice.Arrest", "find", "Person=alive"), []),
    ("a role of people alone", "Police make an arrest.", ("Justice.Arrest", "arrest/arrest_N", "Agent=Police"),
     ["Police arrest someone.", "Someone is arrested by police."]),
    ("a role of people and things", "Soldiers stand guard in Lund.", ("Security.Guard", "guard/guard_N", "Agent=Soldiers"), []),
]  # fmt: skip


@pytest.mark.parametrize("row", TOLD, ids=lambda row: row[0])
def test_an_event_is_told_by_what_its_caption_says(row: tuple[str, str, tuple[str, ...], list[str]]) -> None:
    _, caption, event, expected = row
    assert told(record(caption, event)) == expected


def test_nobody_is_made_up_for_a_verb_without_an_object() -> None:
    strike = record("Workers arrest in Lund.", ("Justice.Arrest", "arrest", "Agent=Workers"))
    assert told(strike) == ["Workers arrest someone.", "Someone is arrested by workers."]
    strike.events[0].rule = "clause-intransitive"
    assert told(strike) == []


def test_the_captions_own_verb_is_not_used_without_what_it_asks_for() -> None:
    base = record(
        "Soldiers fire a howitzer.", ("Conflict.Attack", "fire", "Attacker=Soldiers", "Instrument=a howitzer|OBJ")
    )
    assert not any("someone" in text for text in told(base))
    base = record("Soldiers attack a bus.", ("Conflict.Attack", "attack", "Attacker=Soldiers", "Target=a bus|VEH"))
    assert told(base) == ["Soldiers attack a bus.", "A bus is attacked by soldiers."]


def test_what_stands_far_from_its_trigger_stays_out_of_the_template() -> None:
    base = record(
        "Agents lead a man. On it is a sign at a barn.",
        ("Movement.Lead", "lead", "Agent=Agents", "Person=a man", "Place=a barn|FAC"),
    )
    assert told(base)[0] == "Agents lead a man at a barn."
    base.events[0].arguments[2].rule = "at, loose"
    assert told(base)[0] == "Agents lead a man."


OWN_SUBJECT = [
    ("he moves by himself", "Runners cross the finish line.", ("Movement.Transport", "cross", "Artifact=Runners", "Place=the finish line|FAC"), "Runners cross the finish line."),
    ("and has a place besides", "Runners cross a road in Lund.", ("Movement.Transport", "cross", "Artifact=Runners", "Place=a road|FAC", "Place=Lund|GPE"), "Runners cross a road in Lund."),
    ("a noun", "Ana Berg's trip to Iraq was short.", ("Movement.Transport", "trip/trip_N", "Artifact=Ana Berg", "Destination=Iraq|GPE"), "Ana Berg travels to Iraq."),
    ("he is moved", "A man is carried to a hut.", ("Movement.Transport", "carried/carry", "Artifact=A man", "Destination=a hut|FAC"), "A man is transported to a hut."),
    ("they are killed", "Four miners were killed in Lund.", ("Life.Die", "killed/kill", "Victim=Four miners", "Place=Lund|GPE"), "Four miners are killed in Lund."),
    ("they die", "Four miners died in Lund.", ("Life.Die", "died/die", "Victim=Four miners", "Place=Lund|GPE"), "Four miners die in Lund."),
    ("a death", "The death of four miners shocked Lund.", ("Life.Die", "death/death_N", "Victim=four miners"), "Four miners die."),
    ("a killing", "The killing of four miners shocked Lund.", ("Life.Die", "killing/killing_N", "Victim=four miners"), "Four miners are killed."),
    ("he is fired", "The minister was fired on Monday.", ("Personnel.EndPosition", "fired/fire", "Person=The minister"), "The minister is dismissed."),
    ("he goes", "The minister resigned on Monday.", ("Personnel.EndPosition", "resigned/resign", "Person=The minister"), "The minister leaves office."),
    ("a place keeps its preposition", "A plane lands at the airport.", ("Movement.Arrive", "lands/land", "Agent=A plane|VEH", "Destination=the airport|FAC"), "A plane arrives at the airport."),
]  # fmt: skip


@pytest.mark.parametrize("row", OWN_SUBJECT, ids=lambda row: row[0])
def test_an_event_has_the_subject_that_its_caption_gives_it(row: tuple[str, str, tuple[str, ...], str]) -> None:
    _, caption, event, expected = row
    assert told(record(caption, event))[0] == expected
