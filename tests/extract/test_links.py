"""Links between the events of a caption: what brings about what, which triggers name one event, and what does not."""

import pytest

from eventclip_extract.extract import Extractor

Told = list[tuple[str, str]]


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


def linked(extractor: Extractor, caption: str, relation: str) -> Told:
    """The triggers of source and target of every link of a relation."""
    record = extractor(caption)
    triggers = {event.id: event.trigger.text for event in record.events}
    return [(triggers[link.source], triggers[link.target]) for link in record.links if link.relation == relation]


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("Two miners were killed in a blast in Lima.", [("blast", "killed")]),
        ("An attack killed three guards.", [("attack", "killed")]),
        ("A shooting that killed two nurses is shown on a screen.", [("shooting", "killed")]),
        ("Crowds march after a raid that killed a farmer.", [("raid", "killed")]),
        ("A bombing left two guards dead in Kabul.", [("bombing", "dead")]),
        ("A bomb exploded, killing two guards.", [("exploded", "killing")]),
        ("Students protest over the killing of a teacher.", [("killing", "protest")]),
        ("The riot was triggered by the killing of a student.", [("killing", "riot")]),
        ("Workers march, sparked by the arrest of a singer.", [("arrest", "march")]),
        ("The arrest of a singer sparked protests in Quito.", [("arrest", "protests")]),
        ("Students demonstrate in response to the arrest of a poet.", [("arrest", "demonstrate")]),
    ],
)
def test_what_brings_an_event_about(extractor: Extractor, caption: str, expected: Told) -> None:
    assert linked(extractor, caption, "causes") == expected


@pytest.mark.parametrize(
    "caption",
    [
        "Villagers flee after an attack on a market.",
        "A man was killed in a protest in Lima.",
        "Nobody was killed in a blast in Lima.",
        "A helicopter flies over a protest.",
        "Relatives return from a funeral.",
        "The arrest did not trigger a protest.",
        "The arrest could spark protests in Quito.",
        "A waiter escaped an attack in Lyon.",
        "Students protest against the arrest of a mayor.",
    ],
)
def test_what_only_comes_before_or_beside_is_no_cause(extractor: Extractor, caption: str) -> None:
    assert len(extractor(caption).events) >= 2
    assert linked(extractor, caption, "causes") == []


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("Police arrest a thief. The arrest took place in Oslo.", [("arrest", "arrest")]),
        ("Demonstrators march. Police guard the march.", [("march", "march")]),
        ("Soldiers clashed with rebels near Goma. Residents hid from the clashes.", [("clashed", "clashes")]),
        ("A bomb exploded in Lima. The explosion was loud.", [("exploded", "explosion")]),
        ("A bombing was reported in Kabul. Officials said that the attack killed a guard.", [("bombing", "attack")]),
    ],
)
def test_a_definite_noun_takes_up_an_event(extractor: Extractor, caption: str, expected: Told) -> None:
    assert linked(extractor, caption, "same") == expected


@pytest.mark.parametrize(
    "caption",
    [
        "Police arrest a thief. The second arrest took place in Oslo.",
        "Police arrest a thief. The arrest of a singer took place in Oslo.",
        "Police arrest a thief before the arrest of a singer.",
        "An attack was reported in Lima. The attacks were filmed.",
        "A shooting was reported in Lima. The bombing of a bank was filmed.",
        "A minister shakes hands with a mayor at the meeting in Rome.",
        "A march was filmed in Lima. A march was filmed in Quito.",
    ],
)
def test_another_event_of_the_same_type_is_not_the_same(extractor: Extractor, caption: str) -> None:
    assert len(extractor(caption).events) >= 2
    assert linked(extractor, caption, "same") == []


def test_times_and_causes_stand_beside_each_other(extractor: Extractor) -> None:
    record = extractor("Crowds march after a raid that killed a farmer.")
    assert {link.relation for link in record.links} == {"after", "causes"}
