"""Participants told by what is seen of them alone."""

from pathlib import Path

import pytest

from eventclip.jsonl import read_records, write_records
from eventclip.records import EntityType, PairsRecord
from eventclip_extract.anonymous import anonymous
from eventclip_extract.negatives import generate, negatives
from eventclip_extract.ontology import load_ontology
from eventclip_extract.templates import Given
from tests.extract.test_negatives import ARRESTED, HAND, HUG, PUSH

NEWS = load_ontology("news")


@pytest.mark.parametrize(
    ("text", "head", "entity_type", "expected"),
    [
        ("a nurse in red", "nurse", "PER", "a person in red"),
        ("an injured police officer", "officer", "PER", "an injured person"),
        ("two young Syrian men wearing helmets", "men", "PER", "two young people wearing helmets"),
        ("dozens of protesters", "protesters", "PER", "dozens of people"),
        ("a group of 12 tourists", "tourists", "PER", "a group of people"),
        ("14 miners", "miners", "PER", "14 people"),
        ("President Anna Keller", "Keller", "PER", "a person"),
        ("his wife", "wife", "PER", "a person"),
        ("the leader of the opposition", "leader", "PER", "a person"),
        ("him", "him", "PER", "a person"),
        ("police", "police", "ORG", "people"),
        ("Microsoft", "Microsoft", "ORG", "Microsoft"),
        ("a red car", "car", "VEH", "a red car"),
    ],
)
def test_names_and_professions_go_and_what_is_seen_stays(
    text: str, head: str, entity_type: EntityType, expected: str
) -> None:
    assert anonymous(Given("Agent", text, entity_type, head)).text == expected


def by_style(pairs: PairsRecord, kind: str) -> dict[str | None, list[str]]:
    found: dict[str | None, list[str]] = {}
    for one in pairs.negatives:
        if one.kind == kind and one.base == "template":
            found.setdefault(one.style, []).append(one.text)
    return found


def test_the_anonymous_template_has_negatives_of_its_own() -> None:
    pairs = generate(PUSH, NEWS, styles=("caption", "single", "anonymous"), num_event=2, num_role=1)
    assert pairs.positive("template", "anonymous") == "Two people in blue push an old person."
    assert by_style(pairs, "role")["anonymous"] == ["An old person pushes two people in blue."]
    events = by_style(pairs, "event")
    assert len(events["anonymous"]) == len(events[None]) == 2
    assert all("people in blue" in text and "an old person" in text for text in events["anonymous"])
    paraphrases = [one.text for one in pairs.positives if one.kind == "paraphrase" and one.style == "anonymous"]
    assert paraphrases == ["An old person is pushed by two people in blue."]


def test_people_whom_nothing_tells_apart_do_not_change_places() -> None:
    pairs = generate(ARRESTED, NEWS, styles=("caption", "single", "anonymous"))
    assert pairs.positive("template", "anonymous") == "Two people arrest a person."
    assert "anonymous" in by_style(pairs, "event")


def test_the_other_styles_are_as_they_were_without_it() -> None:
    for base in (PUSH, HAND, HUG):
        with_it = generate(base, NEWS, styles=("caption", "single", "anonymous"))
        known = [one for one in with_it.positives if one.style != "anonymous"]
        assert known == generate(base, NEWS).positives


def test_anonymous_alone_leaves_the_caption_as_the_only_other_positive() -> None:
    pairs = generate(PUSH, NEWS, styles=("anonymous",))
    assert [one.style for one in pairs.positives] == [None, "anonymous", "anonymous"]
    assert {(one.base, one.style) for one in pairs.negatives} == {("template", "anonymous")}


def test_the_stage_writes_sound_records(tmp_path: Path) -> None:
    source, output = tmp_path / "events.jsonl", tmp_path / "pairs.jsonl"
    write_records(source, [PUSH, HAND, ARRESTED])
    negatives(source, output, styles=("caption", "anonymous", "composed"))
    read = list(read_records(output, PairsRecord))
    assert {one.style for record in read for one in record.negatives} == {None, "anonymous", "composed"}
