import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from eventclip.errors import EventClipError, InputError, UsageError
from eventclip.records import CaptionRecord, Event, EventsRecord
from eventclip_extract.extract import RECORDS_WORTH_PROCESSES, Extractor, extract

CAPTIONS = Path(__file__).parents[2].parent / "shared" / "data" / "captions" / "voa2017.jsonl"


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


def told(event: Event | None) -> tuple[str, str, dict[str, list[str]]]:
    """Type, trigger and the texts of the roles."""
    assert event is not None
    roles: dict[str, list[str]] = {}
    for argument in event.arguments:
        roles.setdefault(argument.role, []).append(argument.text)
    return event.type, event.trigger.text, roles


ATTENDANCE = [
    ("A minister speaks during a summit in Vienna.", {"Entity": ["A minister"], "Place": ["Vienna"]}),
    ("Anna Keller waves before a meeting in Lima.", {"Entity": ["Anna Keller"], "Place": ["Lima"]}),
    ("A senator addresses a meeting of farmers.", {"Entity": ["A senator", "farmers"]}),
    ("The envoy was photographed after her meeting with nurses.", {"Entity": ["The envoy", "nurses"]}),
    ("A protester was arrested over a meeting.", {}),
    ("A reporter describes a meeting between a king and a judge.", {"Entity": ["a king", "a judge"]}),
]


@pytest.mark.parametrize(
    ("caption", "event_type", "trigger", "roles"),
    [
        (
            "A tailor in a green coat arrests a barber in pink in Accra on Monday, May 4, 2015.",
            "Justice.Arrest",
            "arrests",
            {"Agent": ["A tailor in a green coat"], "Person": ["a barber in pink"], "Place": ["Accra"],
             "Time": ["Monday, May 4, 2015"]},
        ),
        (
            "FILE - A sailor in grey is searched by a guard in a white vest in Lagos, Nigeria.",
            "Justice.Search",
            "searched",
            {"Target": ["A sailor in grey"], "Agent": ["a guard in a white vest"], "Place": ["Lagos, Nigeria"]},
        ),
        (
            "A miner in white, who was bandaged by a pilot in black, is seen in Quito.",
            "Medical.Bandage",
            "bandaged",
            {"Patient": ["A miner in white"], "Agent": ["a pilot in black"], "Place": ["Quito"]},
        ),
        (
            "A priest in brown carries a waiter in grey on a stretcher.",
            "Movement.Transport",
            "carries",
            {"Agent": ["A priest in brown"], "Artifact": ["a waiter in grey"], "Instrument": ["a stretcher"]},
        ),
        (
            "A girl in green being pushed in a wheelchair by a coach in red, in Dakar.",
            "Movement.Push",
            "pushed",
            {"Artifact": ["A girl in green"], "Instrument": ["a wheelchair"], "Agent": ["a coach in red"],
             "Place": ["Dakar"]},
        ),
        (
            "A vendor hands over a bag to a tourist.",
            "Transaction.HandOver",
            "hands over",
            {"Giver": ["A vendor"], "Artifact": ["a bag"], "Recipient": ["a tourist"]},
        ),
        (
            "A vendor hands a tourist a bag.",
            "Transaction.HandOver",
            "hands",
            {"Giver": ["A vendor"], "Artifact": ["a bag"], "Recipient": ["a tourist"]},
        ),
        (
            "A dancer in red and a singer in blue hug in Rome.",
            "Contact.Hug",
            "hug",
            {"Participant": ["A dancer in red", "a singer in blue"], "Place": ["Rome"]},
        ),
        ("A gardener picks up a basket.", "Movement.PickUp", "picks up",
         {"Agent": ["A gardener"], "Artifact": ["a basket"]}),
        ("A gardener puts down a basket.", "Movement.PutDown", "puts down",
         {"Agent": ["A gardener"], "Artifact": ["a basket"]}),
        ("A waiter is seen chasing a thief.", "Movement.Chase", "chasing",
         {"Agent": ["A waiter"], "Target": ["a thief"]}),
        (
            "Police take a driver into custody.",
            "Justice.Arrest",
            "take",
            {"Agent": ["Police"], "Person": ["a driver"]},
        ),
        (
            "The arrest of a senator by soldiers in Tunis.",
            "Justice.Arrest",
            "arrest",
            {"Person": ["a senator"], "Agent": ["soldiers"], "Place": ["Tunis"]},
        ),
        ("A man attacks a guard with a knife.", "Conflict.Attack", "attacks",
         {"Attacker": ["A man"], "Target": ["a guard"], "Instrument": ["a knife"]}),
        ("Gunmen open fire on a bus.", "Conflict.Attack", "open fire", {"Attacker": ["Gunmen"], "Target": ["a bus"]}),
    ],
)  # fmt: skip
def test_the_foreground_event(
    extractor: Extractor, caption: str, event_type: str, trigger: str, roles: dict[str, list[str]]
) -> None:
    assert told(extractor(caption).primary_event) == (event_type, trigger, roles)


def test_a_noun_after_during_is_a_linked_background_event(extractor: Extractor) -> None:
    record = extractor("Guards lead a suspect to a car during a raid in Lyon.")
    raid = next(event for event in record.events if event.trigger.text == "raid")
    assert not raid.depicted
    assert [(link.source, link.target, link.relation) for link in record.links] == [(record.primary, raid.id, "during")]


@pytest.mark.parametrize(("caption", "roles"), ATTENDANCE)
def test_who_takes_part_in_a_meeting(extractor: Extractor, caption: str, roles: dict[str, list[str]]) -> None:
    meetings = [event for event in extractor(caption).events if event.type in ("Contact.Meet", "Contact.Talk")]
    assert [told(event)[2] for event in meetings] == [roles]


def test_an_ing_form_between_article_and_of_is_a_noun(extractor: Extractor) -> None:
    events = extractor(
        "Officials listen during a news conference following the fatal police shooting of Paul Weber."
    ).events
    shooting = next(event for event in events if event.trigger.text == "shooting")
    assert told(shooting) == ("Conflict.Attack", "shooting", {"Attacker": ["police"], "Target": ["Paul Weber"]})
    events = extractor("Doctors look after a child dying of hunger.").events
    assert [told(event)[2] for event in events if event.type == "Life.Die"] == [{"Victim": ["a child"]}]


def test_both_verbs_of_a_coordination_have_the_shared_participants(extractor: Extractor) -> None:
    events = extractor("Medics treat and bandage a runner.").events
    assert [told(event) for event in events] == [
        ("Medical.Treat", "treat", {"Agent": ["Medics"], "Patient": ["a runner"]}),
        ("Medical.Bandage", "bandage", {"Agent": ["Medics"], "Patient": ["a runner"]}),
    ]


def test_a_pronoun_is_replaced_by_who_it_means(extractor: Extractor) -> None:
    events = extractor("A minister waves to a driver as she arrives at a hospital.").events
    arrival = next(event for event in events if event.type == "Movement.Arrive")
    assert told(arrival)[2]["Agent"] == ["A minister"]
    (agent,) = (argument for argument in arrival.arguments if argument.role == "Agent")
    assert agent.mention is not None
    assert (agent.mention.text, agent.mention.start) == ("she", "A minister waves to a driver as she".index("she"))
    wave = next(event for event in events if event.type != "Movement.Arrive")
    assert all(argument.mention is None for argument in wave.arguments)


@pytest.mark.parametrize(
    ("caption", "polarity", "modality"),
    [
        ("A guard arrests a thief.", "positive", "asserted"),
        ("A guard does not arrest a thief.", "negative", "asserted"),
        ("A guard will arrest a thief.", "positive", "other"),
        ("A guard prepares to arrest a thief.", "positive", "other"),
        ("A guard refuses to arrest a thief.", "negative", "other"),
        ("Nobody arrests a thief.", "negative", "asserted"),
        ("No thief was arrested by a guard.", "negative", "asserted"),
        ("A guard arrests nobody.", "negative", "asserted"),
        ("A guard who has no dog arrests a thief.", "positive", "asserted"),
    ],
)
def test_polarity_and_modality(extractor: Extractor, caption: str, polarity: str, modality: str) -> None:
    event = next(event for event in extractor(caption).events if event.type == "Justice.Arrest")
    assert (event.polarity, event.modality) == (polarity, modality)
    assert event.depicted == (polarity == "positive" and modality == "asserted")


def found(extractor: Extractor, caption: str, type_name: str) -> list[list[tuple[str, str, str]]]:
    """(role, text, head) of the arguments of every event of a type, places and times left out."""
    return [
        [(one.role, one.text, one.head.text) for one in event.arguments if one.role not in ("Place", "Time")]
        for event in extractor(caption).events
        if event.type == type_name
    ]


@pytest.mark.parametrize(
    ("caption", "type_name", "expected"),
    [
        ("A blast left two soldiers dead in Kabul.", "Life.Die", [[("Victim", "two soldiers", "soldiers")]]),
        ("The mayor was found dead on Sunday.", "Life.Die", [[("Victim", "The mayor", "mayor")]]),
        ("Three miners are dead after a collapse.", "Life.Die", [[("Victim", "Three miners", "miners")]]),
        ("A dead tree stands in a park.", "Life.Die", []),
        ("The Dead Sea is seen from a hill.", "Life.Die", []),
    ],
)
def test_adjectives_that_say_what_became_of_somebody(
    extractor: Extractor, caption: str, type_name: str, expected: list[list[tuple[str, str, str]]]
) -> None:
    assert found(extractor, caption, type_name) == expected


@pytest.mark.parametrize(
    ("caption", "type_name", "expected"),
    [
        ("Russian airstrikes hit a bakery in Idlib.", "Conflict.Attack", ("Attacker", "Russian", "Russian")),
        ("A Taliban attack damaged a school.", "Conflict.Attack", ("Attacker", "Taliban", "Taliban")),
        (
            "Soldiers carry the bodies of three miners out of a shaft.",
            "Movement.Transport",
            ("Artifact", "the bodies of three miners", "miners"),
        ),
        (
            "Dozens of protesters marched through Lima.",
            "Conflict.Demonstrate",
            ("Entity", "Dozens of protesters", "protesters"),
        ),
    ],
    ids=["nationality", "armed group", "bodies of", "dozens of"],
)
def test_who_is_meant(extractor: Extractor, caption: str, type_name: str, expected: tuple[str, str, str]) -> None:
    assert expected in [argument for event in found(extractor, caption, type_name) for argument in event]


def test_doubtful_triggers_are_dropped_unless_asked_for() -> None:
    caption = "A family fled the war in Syria."
    assert not found(Extractor(), caption, "Conflict.Attack")
    assert found(Extractor(min_confidence=0.0), caption, "Conflict.Attack")


@pytest.mark.parametrize(
    ("caption", "type_name"),
    [
        ("Lawyers speak of a deportation.", "Movement.Transport"),
        ("Officials answered questions about the meeting.", "Contact.Meet"),
        ("The reports speak of demonstrations.", "Conflict.Demonstrate"),
    ],
)
def test_an_event_that_fills_no_role_of_its_core_is_doubtful(caption: str, type_name: str) -> None:
    assert not found(Extractor("ace"), caption, type_name)
    assert found(Extractor("ace", min_confidence=0.0), caption, type_name)


@pytest.mark.parametrize(
    ("caption", "type_name"),
    [
        ("Lawyers protest against the deportation of migrants.", "Movement.Transport"),
        ("Officials answered questions about the meeting of the two presidents.", "Contact.Meet"),
        ("The reports speak of demonstrations in Lima.", "Conflict.Demonstrate"),
    ],
)
def test_one_role_of_the_core_is_enough(caption: str, type_name: str) -> None:
    assert found(Extractor("ace"), caption, type_name)


def test_a_double_space_before_a_noun_is_no_preposition(extractor: Extractor) -> None:
    assert extractor("(Reuters) those FILE -  police open fire , is").skipped is None


def test_the_head_is_one_word_and_of_a_name_the_whole_name(extractor: Extractor) -> None:
    event = extractor("President Anna Keller hugs an old fire officer in blue.").primary_event
    assert event is not None
    assert [argument.head.text for argument in event.arguments] == ["Anna Keller", "officer"]


@pytest.mark.parametrize(
    ("caption", "agent"),
    [
        ("A brown and white dog chases a hare in Oslo.", "A brown and white dog"),
        ("A black, white and brown dog chases a hare in Oslo.", "A black, white and brown dog"),
        ("A tall and frightened man chases a hare in Oslo.", "A tall and frightened man"),
    ],
)
def test_joined_adjectives_belong_to_the_phrase(extractor: Extractor, caption: str, agent: str) -> None:
    (event,) = extractor(caption).events
    assert [argument.text for argument in event.arguments][:1] == [agent]


@pytest.mark.parametrize("caption", ["FILE -", "🙂", "...", "Мужчина несёт коробку.", "\ufeff\u200b!"])
def test_a_caption_without_a_sentence_has_no_event(extractor: Extractor, caption: str) -> None:
    record = extractor(caption)
    assert (record.events, record.primary, record.links) == ([], None, [])


def test_fields_of_the_user_travel_along(extractor: Extractor) -> None:
    record = CaptionRecord.model_validate({"id": "7", "caption": "A nurse waves.", "agency": "X", "image": "a.jpg"})
    (made,) = extractor.pipe([record])
    assert made.model_extra == {"agency": "X"}
    assert (made.id, made.image) == ("7", "a.jpg")


def test_batches_change_nothing(extractor: Extractor) -> None:
    captions = ["A nurse waves.", "A guard chases a thief in Oslo.", "Dancers perform.", "A boy kicks a ball."]
    records = [CaptionRecord(id=str(number), caption=caption) for number, caption in enumerate(captions)]
    assert list(extractor.pipe(records, batch_size=1)) == list(extractor.pipe(records, batch_size=3))


def write(path: Path, captions: list[str]) -> Path:
    lines = [json.dumps({"id": str(number), "caption": caption}) for number, caption in enumerate(captions)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_the_stage_writes_a_record_a_caption_in_order(tmp_path: Path) -> None:
    source = write(tmp_path / "captions.jsonl", ["A nurse waves.", "A blue wall.", "A guard chases a thief."])
    report = extract(source, tmp_path / "events.jsonl")
    records = [EventsRecord.model_validate_json(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert report.num_written == 3
    assert [record.id for record in records] == ["0", "1", "2"]
    assert [len(record.events) for record in records] == [1, 0, 1]


@pytest.mark.slow
def test_several_processes_give_the_same_file(tmp_path: Path) -> None:
    captions = [f"A guard chases thief number {number} in Oslo." for number in range(RECORDS_WORTH_PROCESSES + 1)]
    source = write(tmp_path / "captions.jsonl", captions)
    for processes in (1, 2):
        extract(source, tmp_path / f"{processes}.jsonl", num_processes=processes)
    assert (tmp_path / "1.jsonl").read_bytes() == (tmp_path / "2.jsonl").read_bytes()


def test_the_outputs_of_all_shards_joined_are_the_output_of_the_whole(tmp_path: Path) -> None:
    source = write(tmp_path / "captions.jsonl", [f"A guard chases thief number {number}." for number in range(7)])
    extract(source, tmp_path / "whole.jsonl")
    parts = [tmp_path / f"part{number}.jsonl" for number in (1, 2, 3)]
    for number, part in enumerate(parts, start=1):
        extract(source, part, shard=(number, 3))
    assert b"".join(part.read_bytes() for part in parts) == (tmp_path / "whole.jsonl").read_bytes()
    assert [len(part.read_text().splitlines()) for part in parts] == [2, 2, 3]


def test_a_killed_run_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    captions = [f"A guard chases thief number {number} in Oslo." for number in range(600)]
    captions[5] = captions[400] = "Un homme porte une caisse dans les rues de Lyon."
    source = write(tmp_path / "captions.jsonl", captions)
    extract(source, tmp_path / "whole.jsonl", batch_size=16)
    output, partial = tmp_path / "events.jsonl", tmp_path / "events.jsonl.partial"
    command = [sys.executable, "-m", "eventclip", "extract", str(source), "-o", str(output), "--batch-size", "16"]
    with subprocess.Popen(command) as running:
        while running.poll() is None and not (partial.exists() and partial.stat().st_size):
            time.sleep(0.005)
        running.kill()
    assert running.returncode == -signal.SIGKILL
    assert not output.exists()
    report = extract(source, output, batch_size=16)
    assert 0 < report.num_resumed < 598
    assert output.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert [one.reason.split(";")[0] for one in report.rejections] == [
        "caption of id '5' is in French",
        "caption of id '400' is in French",
    ]


def test_an_output_in_the_way_is_left_alone(tmp_path: Path) -> None:
    source = write(tmp_path / "captions.jsonl", ["A nurse waves."])
    with pytest.raises(UsageError, match="exists already"):
        extract(source, source)


def test_an_unknown_ontology_gets_a_suggestion(tmp_path: Path) -> None:
    source = write(tmp_path / "captions.jsonl", ["A nurse waves."])
    with pytest.raises(UsageError, match="did you mean 'news'"):
        extract(source, tmp_path / "events.jsonl", ontology="new")


def test_an_empty_source_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    with pytest.raises(InputError, match=re.escape("the file is empty")):
        extract(tmp_path / "empty.jsonl", tmp_path / "events.jsonl")


def test_numbers_below_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EventClipError, match="num_processes is 0; expected at least 1"):
        extract(tmp_path / "captions.jsonl", tmp_path / "events.jsonl", num_processes=0)


@pytest.mark.data
def test_real_captions_have_events(extractor: Extractor) -> None:
    if not CAPTIONS.is_file():
        pytest.skip(f"{CAPTIONS} is missing: the real captions are not part of the repository")
    with CAPTIONS.open(encoding="utf-8") as lines:
        raw = [json.loads(line) for _, line in zip(range(400), lines, strict=False)]
    records = [CaptionRecord(id=str(number), caption=one["caption"]) for number, one in enumerate(raw)]
    made = list(extractor.pipe(records))
    assert sum(bool(record.events) for record in made) > 0.6 * len(made)


def test_a_gap_that_furniture_leaves_is_no_verb() -> None:
    assert Extractor()("of attack , left, by").caption == "of attack , left, by"  # found by fuzzing: no exception
