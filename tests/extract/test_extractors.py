"""Extractors of others by name: predictions in a file, functions of the user's own."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from eventclip.errors import UsageError
from eventclip.jsonl import Rejection, read_records
from eventclip.records import CaptionRecord, EventsRecord
from eventclip_extract.extract import extract
from eventclip_extract.extractors import load_extractor, register
from eventclip_extract.ontology import load_ontology

NEWS = load_ontology("news")
CAPTION = "Guards arrested a thief."
TOKENS = ["Guards", "arrested", "a", "thief", "."]


def event(type_name: str = "Justice.Arrest", role: str = "Person") -> dict[str, Any]:
    return {
        "type": type_name,
        "trigger": {"start": 1, "end": 2},
        "arguments": [{"role": role, "start": 2, "end": 4}],
    }


def predictions(path: Path, *entries: dict[str, Any]) -> str:
    path.write_text("\n".join(map(json.dumps, entries)), encoding="utf-8")
    return str(path)


def run(spec: str, *captions: str) -> list[EventsRecord | Rejection]:
    records = [CaptionRecord(id=str(number), caption=caption) for number, caption in enumerate(captions)]
    return list(load_extractor(spec, NEWS)(iter(records)))


def test_predictions_are_matched_by_id_and_take_the_caption_as_it_is(tmp_path: Path) -> None:
    path = predictions(tmp_path / "p.jsonl", {"id": "0", "tokens": TOKENS, "events": [event()]})
    (record,) = run(f"jsonl:{path}", "Guards  arrested a thief .")
    assert isinstance(record, EventsRecord)
    assert record.caption == "Guards  arrested a thief ."
    assert record.primary_event is not None
    assert [(one.role, one.text) for one in record.primary_event.arguments] == [("Person", "a thief")]


def test_links_and_the_primary_of_predictions_are_kept(tmp_path: Path) -> None:
    trigger = {"text": "arrested", "start": 7, "end": 15, "lemma": "arrest"}
    events = [{"id": name, "type": "Justice.Arrest", "trigger": trigger} for name in ("e0", "e1")]
    link = {"source": "e0", "target": "e1", "relation": "after"}
    found = {"id": "0", "caption": CAPTION, "events": events, "primary": "e1", "links": [link]}
    (record,) = run(f"jsonl:{predictions(tmp_path / 'p.jsonl', found)}", CAPTION)
    assert isinstance(record, EventsRecord)
    assert record.primary == "e1"
    assert [one.model_dump() for one in record.links] == [link]


def test_oneie_types_become_ours_and_the_rest_is_left_out(tmp_path: Path) -> None:
    graph = {
        "entities": [[2, 4, "PER", "NOM", 1.0]],
        "triggers": [[1, 2, "Justice:Arrest-Jail", 0.9], [0, 1, "Business:Unknown", 0.9]],
        "roles": [[0, 0, "Person", 0.9]],
        "relations": [],
    }
    path = predictions(tmp_path / "p.json", {"doc_id": "d", "sent_id": "0", "tokens": TOKENS, "graph": graph})
    (record,) = run(f"oneie:{path}", CAPTION)
    assert isinstance(record, EventsRecord)
    assert [one.type for one in record.events] == ["Justice.Arrest"]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"id": "other", "tokens": TOKENS, "events": []}, "no prediction for id '0'"),
        ({"id": "0", "tokens": ["Rain", "."], "events": []}, "is of another text; expected the caption word for word"),
        ({"id": "0", "tokens": TOKENS, "events": [event("Justice.Arest")]}, "did you mean 'Justice.Arrest'"),
        ({"id": "0", "tokens": TOKENS, "events": [event(role="Persona")]}, "Justice.Arrest: unknown role 'Persona'"),
    ],
    ids=["no prediction", "another text", "unknown type", "unknown role"],
)
def test_predictions_that_do_not_fit_are_set_aside(tmp_path: Path, entry: dict[str, Any], reason: str) -> None:
    (rejection,) = run(f"jsonl:{predictions(tmp_path / 'p.jsonl', entry)}", CAPTION)
    assert isinstance(rejection, Rejection)
    assert reason in str(rejection)


def test_events_of_another_layout_are_no_oneie_events(tmp_path: Path) -> None:
    entry = {"id": "0", "tokens": TOKENS, "events": [event("Emergency.Rescue")]}
    (rejection,) = run(f"oneie:{predictions(tmp_path / 'p.jsonl', entry)}", CAPTION)
    assert isinstance(rejection, Rejection)
    assert rejection.reason == "id '0': 'Emergency.Rescue' is no type of ace events"


def test_the_stage_writes_what_another_extractor_finds(tmp_path: Path) -> None:
    (tmp_path / "captions.jsonl").write_text(json.dumps({"id": "0", "caption": CAPTION, "mine": 1}), encoding="utf-8")
    path = predictions(tmp_path / "p.jsonl", {"id": "0", "tokens": TOKENS, "events": [event()]})
    extract(tmp_path / "captions.jsonl", tmp_path / "events.jsonl", extractor=f"jsonl:{path}")
    (record,) = read_records(tmp_path / "events.jsonl", EventsRecord)
    assert record.model_extra == {"mine": 1}
    assert [one.type for one in record.events] == ["Justice.Arrest"]


def test_a_function_of_the_users_own_needs_no_registration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my_extractor.py").write_text(
        "from eventclip.records import EventsRecord\n"
        "def nothing(source, ontology):\n"
        "    return lambda records: (EventsRecord(**record.model_dump(), events=[]) for record in records)\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(tmp_path)
    (record,) = run("my_extractor.nothing", CAPTION)
    assert isinstance(record, EventsRecord)
    assert record.events == []
    monkeypatch.delitem(sys.modules, "my_extractor")


def test_a_name_can_be_registered() -> None:
    register("mine", lambda source, ontology: lambda records: iter([Rejection(source or "", ontology.name)]))
    assert run("mine:here", CAPTION) == [Rejection("here", "news")]


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("onei", r"unknown extractor 'onei': did you mean 'oneie'.*or name a function of yours"),
        ("json.nothing", r"extractor 'json\.nothing' cannot be imported: .*nothing"),
        ("os.path", r"extractor 'os\.path' is no function"),
        ("jsonl", r"expected NAME:FILE, as in jsonl:predictions\.jsonl"),
    ],
)
def test_an_extractor_that_cannot_be_had_is_explained(spec: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        load_extractor(spec, NEWS)
