import json
from typing import Any

import pytest
from pydantic import ValidationError

from eventclip.jsonl import to_json
from eventclip.records import CaptionRecord, Edit, EventsRecord, PairsRecord, apply_edits, normalized

CAPTION = "Two nurses carry a wounded boy — on a stretcher."


def span(text: str, **more: Any) -> dict[str, Any]:
    start = CAPTION.index(text)
    return {"text": text, "start": start, "end": start + len(text), **more}


def event(name: str = "e0") -> dict[str, Any]:
    patient = span("a wounded boy", role="Artifact", head=span("boy"), entity_type="PER")
    return {"id": name, "type": "Movement.Transport", "trigger": span("carry", lemma="carry"), "arguments": [patient]}


def events_record(**changes: Any) -> dict[str, Any]:
    return {"id": "a", "caption": CAPTION, "events": [event()], "primary": "e0", "links": [], **changes}


def pairs_record(**changes: Any) -> dict[str, Any]:
    start = CAPTION.index("carry")
    negative = {
        "text": CAPTION.replace("carry", "arrest"),
        "kind": "event",
        "base": "caption",
        "edits": [{"start": start, "end": start + 5, "old": "carry", "new": "arrest"}],
    }
    positives = [{"text": CAPTION, "kind": "caption"}]
    return {"id": "a", "caption": CAPTION, "positives": positives, "negatives": [{**negative, **changes}]}


def reason(model: type[CaptionRecord], raw: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(raw)
    return str(caught.value.errors()[0]["msg"]).removeprefix("Value error, ")


def test_a_caption_may_have_no_picture() -> None:
    assert CaptionRecord.model_validate({"id": "a", "caption": "A man."}).image is None


@pytest.mark.parametrize("caption", ["", "  \n\t"])
def test_a_caption_without_text_is_refused(caption: str) -> None:
    assert reason(CaptionRecord, {"id": "a", "caption": caption}).startswith("caption is empty: expected text")


def test_a_whole_article_is_no_caption() -> None:
    message = reason(CaptionRecord, {"id": "a", "caption": "x" * 20_000})
    assert message.startswith("caption has 20,000 characters: expected at most 5,000; split the article")


def test_the_longest_caption_is_accepted() -> None:
    assert len(CaptionRecord.model_validate({"id": "a", "caption": "x" * 5_000}).caption) == 5_000


def test_an_id_must_be_text() -> None:
    assert reason(CaptionRecord, {"id": 7, "caption": "A man."}) == "Input should be a valid string"


@pytest.mark.parametrize(
    ("model", "raw"), [(EventsRecord, events_record()), (PairsRecord, pairs_record())], ids=["events", "pairs"]
)
def test_a_record_survives_the_way_through_json(model: type[CaptionRecord], raw: dict[str, Any]) -> None:
    record = model.model_validate(raw)
    assert model.model_validate(json.loads(json.dumps(to_json(record)))) == record


def test_the_schema_is_written_first() -> None:
    assert next(iter(to_json(EventsRecord.model_validate(events_record())).items())) == (
        "schema",
        "eventclip/events/1",
    )


def test_fields_of_the_user_travel_along_at_every_depth() -> None:
    raw = events_record(credit="A. Nobody")
    raw["events"][0]["trigger"]["note"] = [1, {"x": None}]
    out = to_json(EventsRecord.model_validate(raw))
    assert (out["credit"], out["events"][0]["trigger"]["note"]) == ("A. Nobody", [1, {"x": None}])


def test_a_record_of_another_schema_is_refused() -> None:
    assert reason(EventsRecord, events_record(schema="eventclip/events/2")) == "Input should be 'eventclip/events/1'"


def test_offsets_count_characters_not_bytes() -> None:
    record = EventsRecord.model_validate(
        events_record(events=[{**event(), "trigger": span("stretcher", lemma="stretcher")}])
    )
    assert record.events[0].trigger.start == 38  # the dash before it has three bytes


def test_a_trigger_that_stands_elsewhere_is_refused() -> None:
    raw = events_record()
    raw["events"][0]["trigger"].update(start=0, end=5)
    assert reason(EventsRecord, raw) == "event 'e0' trigger: caption[0:5] is 'Two n', expected 'carry'"


def test_an_argument_that_stands_elsewhere_is_refused() -> None:
    raw = events_record()
    raw["events"][0]["arguments"][0].update(start=0, end=3)
    assert reason(EventsRecord, raw) == "event 'e0' argument Artifact: caption[0:3] is 'Two', expected 'a wounded boy'"


def test_a_head_that_stands_elsewhere_is_refused() -> None:
    raw = events_record()
    raw["events"][0]["arguments"][0]["head"].update(start=0, end=3)
    assert reason(EventsRecord, raw) == "event 'e0' head of Artifact: caption[0:3] is 'Two', expected 'boy'"


def test_a_mention_must_stand_where_it_says() -> None:
    raw = events_record()
    raw["events"][0]["arguments"][0]["mention"] = {"text": "him", "start": 0, "end": 3}
    assert reason(EventsRecord, raw) == "event 'e0' mention of Artifact: caption[0:3] is 'Two', expected 'him'"


def test_negative_offsets_are_refused() -> None:
    raw = events_record()
    raw["events"][0]["trigger"].update(start=-5)
    assert reason(EventsRecord, raw) == "Input should be greater than or equal to 0"


def test_an_end_behind_the_caption_is_refused() -> None:
    raw = events_record()
    raw["events"][0]["trigger"] = {"text": "stretcher.", "start": 38, "end": 99, "lemma": "stretcher"}
    assert "38:99" in reason(EventsRecord, raw)


def test_an_empty_span_is_refused() -> None:
    raw = events_record()
    raw["events"][0]["trigger"] = {"text": "", "start": 5, "end": 3, "lemma": "carry"}
    assert "5:3" in reason(EventsRecord, raw)


def test_an_entity_type_outside_the_contract_is_refused() -> None:
    raw = events_record()
    raw["events"][0]["arguments"][0]["entity_type"] = "DOG"
    assert "'PER', 'ORG'" in reason(EventsRecord, raw)


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_confidence_lies_between_0_and_1(value: float) -> None:
    assert "or equal to" in reason(EventsRecord, events_record(events=[{**event(), "confidence": value}]))


def test_two_events_with_one_id_are_refused() -> None:
    assert reason(EventsRecord, events_record(events=[event(), event()])).startswith("two events have the same id")


def test_a_primary_that_is_no_event_is_refused() -> None:
    message = reason(EventsRecord, events_record(primary="e9"))
    assert message == "`primary` or `links` names 'e9', which is no event: expected one of ['e0']"


def test_a_link_to_no_event_is_refused() -> None:
    links = [{"source": "e0", "target": "e1", "relation": "after"}]
    assert "names 'e1', which is no event" in reason(EventsRecord, events_record(links=links))


def test_the_primary_event_is_found() -> None:
    record = EventsRecord.model_validate(events_record(events=[event("e0"), event("e1")], primary="e1"))
    assert record.primary_event is record.events[1]


def test_a_caption_may_have_no_event() -> None:
    record = EventsRecord.model_validate(events_record(events=[], primary=None))
    assert record.primary_event is None


def test_pairs_need_a_positive() -> None:
    assert "at least 1 item" in reason(PairsRecord, {**pairs_record(), "positives": []})


def test_the_first_positive_of_a_kind_is_given() -> None:
    record = PairsRecord.model_validate(pairs_record())
    assert (record.positive("caption"), record.positive("template")) == (CAPTION, None)


def test_a_negative_without_its_base_is_refused() -> None:
    message = reason(PairsRecord, pairs_record(base="template"))
    assert message == "negative 0 (event) is based on 'template': expected a positive of ['caption']"


def test_a_negative_must_be_what_its_edits_make() -> None:
    assert "has edits that give" in reason(PairsRecord, pairs_record(text="Something else."))


def test_an_edit_of_words_that_are_not_there_is_refused() -> None:
    edits = [{"start": 0, "end": 5, "old": "carry", "new": "arrest"}]
    assert reason(PairsRecord, pairs_record(edits=edits)) == (
        "negative 0 (event): text[0:5] is 'Two n', expected 'carry'"
    )


def test_a_negative_that_says_what_a_positive_says_is_refused() -> None:
    message = reason(PairsRecord, pairs_record(text=f"  {CAPTION.upper()}", edits=[]))
    assert message.startswith("negative 0 (event) equals a positive:")


def test_a_weight_above_1_is_refused() -> None:
    assert reason(PairsRecord, pairs_record(weight=1.5)) == "Input should be less than or equal to 1"


def test_edits_apply_in_any_order() -> None:
    edits = [Edit(start=4, end=7, old="cat", new="horse"), Edit(start=0, end=3, old="The", new="A")]
    assert apply_edits("The cat sat.", edits) == "A horse sat."


def test_an_edit_may_insert() -> None:
    assert apply_edits("A cat.", [Edit(start=2, end=2, old="", new="big ")]) == "A big cat."


def test_edits_that_overlap_are_refused() -> None:
    edits = [Edit(start=0, end=5, old="A cat", new="x"), Edit(start=2, end=5, old="cat", new="dog")]
    with pytest.raises(ValueError, match="caption: edits overlap at character 2; join them into one"):
        apply_edits("A cat.", edits, "caption")


@pytest.mark.parametrize("text", ["A man  runs.", " a MAN\nruns", '"A man runs!"'])
def test_case_space_and_end_punctuation_make_no_other_text(text: str) -> None:
    assert normalized(text) == "a man runs"


def test_other_words_make_another_text() -> None:
    assert normalized("A man runs.") != normalized("A man ran.")


def test_a_negative_belongs_to_the_positive_of_its_style() -> None:
    positives = [
        {"text": "A boy waves.", "kind": "caption"},
        {"text": "A boy waves at a bus.", "kind": "template"},
        {"text": "wave; agent: a boy", "kind": "template", "style": "roles"},
    ]
    edits = [{"start": 0, "end": 4, "old": "wave", "new": "nod"}]
    negative = {"text": "nod; agent: a boy", "kind": "event", "base": "template", "style": "roles", "edits": edits}
    raw = {"id": "1", "caption": "A boy waves.", "positives": positives, "negatives": [negative]}
    pairs = PairsRecord.model_validate(raw)
    assert pairs.positive("template") == "A boy waves at a bus."
    assert pairs.positive("template", "roles") == "wave; agent: a boy"
    assert list(pairs.bases) == [("caption", None), ("template", None), ("template", "roles")]
    with pytest.raises(ValidationError, match="based on 'template, composed': expected a positive of"):
        PairsRecord.model_validate({**raw, "negatives": [{**negative, "style": "composed"}]})


def test_a_style_is_written_only_where_there_is_one() -> None:
    positives = [{"text": "A boy waves.", "kind": "caption"}, {"text": "wave", "kind": "template", "style": "roles"}]
    pairs = PairsRecord.model_validate({"id": "1", "caption": "A boy waves.", "positives": positives})
    assert to_json(pairs)["positives"] == positives
