"""Template sentences and the translation of roles from type to type."""

import pytest

from eventclip.errors import UsageError
from eventclip_extract.ontology import load_ontology
from eventclip_extract.templates import render, translate_roles

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
