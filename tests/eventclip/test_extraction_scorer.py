from pathlib import Path
from typing import Any

import pytest

from eventclip.errors import InputError, UsageError
from eventclip.eval.extraction import score
from eventclip.jsonl import write_records
from eventclip.records import EventsRecord

CAPTION = "Police officers arrest a farmer and beat up a baker in Lyon."


def span(text: str, *, within: str | None = None) -> dict[str, Any]:
    start = CAPTION.index(within) + within.index(text) if within else CAPTION.index(text)
    return {"text": text, "start": start, "end": start + len(text)}


def event(type_name: str, trigger: str, *arguments: tuple[str, str, str], depicted: bool = True) -> dict[str, Any]:
    return {
        "id": f"{type_name}-{trigger}",
        "type": type_name,
        "trigger": {**span(trigger), "lemma": trigger},
        "arguments": [
            {"role": role, **span(text), "head": span(head, within=text), "entity_type": "PER"}
            for role, text, head in arguments
        ],
        "depicted": depicted,
    }


def write(path: Path, *events: dict[str, Any], record: str = "a", caption: str = CAPTION) -> Path:
    write_records(path, [EventsRecord.model_validate({"id": record, "caption": caption, "events": list(events)})])
    return path


def measured(gold: Path, predicted: Path, **options: Any) -> dict[str, tuple[float, int]]:
    return {result["metric"]: (result["value"], result["n"]) for result in score(gold, predicted, **options)["results"]}


ARREST = event("Justice.Arrest", "arrest", ("Agent", "Police officers", "officers"), ("Person", "a farmer", "farmer"))
BEAT = event("Conflict.Attack", "beat up", ("Target", "a baker", "baker"))


def test_gold_against_itself_is_perfect(tmp_path: Path) -> None:
    gold = write(tmp_path / "gold.jsonl", ARREST, BEAT)
    result = measured(gold, gold)
    assert {value for value, _ in result.values()} == {1.0}
    assert result["trigger_f1"][1] == 2
    assert result["argument_f1"][1] == 3


def test_counts_by_hand(tmp_path: Path) -> None:
    gold = write(tmp_path / "gold.jsonl", ARREST, BEAT)
    predicted = write(
        tmp_path / "predicted.jsonl",
        # trigger right; one argument right, one under another role
        event("Justice.Arrest", "arrest", ("Agent", "Police officers", "officers"), ("Place", "a farmer", "farmer")),
        event("Life.Injure", "beat up", ("Target", "a baker", "baker")),  # the word right, the type wrong
        event("Life.Die", "farmer"),  # nothing there
    )
    result = measured(gold, predicted)
    assert result["trigger_precision"] == (pytest.approx(1 / 3), 3)
    assert result["trigger_recall"] == (pytest.approx(1 / 2), 2)
    assert result["trigger_f1"] == (pytest.approx(2 / 5), 2)
    assert result["trigger_identification_f1"] == (pytest.approx(4 / 5), 2)
    assert result["argument_precision"] == (pytest.approx(1 / 3), 3)
    assert result["argument_recall"] == (pytest.approx(1 / 3), 3)
    assert result["trigger_recall/Justice.Arrest"] == (1.0, 1)
    assert result["trigger_f1/Conflict.Attack"] == (0.0, 1)
    assert result["argument_f1/Justice.Arrest"] == (pytest.approx(1 / 2), 2)


def test_only_the_last_word_of_trigger_and_head_counts(tmp_path: Path) -> None:
    gold = write(tmp_path / "gold.jsonl", BEAT)
    particle = event("Conflict.Attack", "up", ("Target", "baker", "baker"))
    result = measured(gold, write(tmp_path / "p.jsonl", particle))
    assert {value for metric, (value, _) in result.items() if "_span_" not in metric} == {1.0}
    assert {value for metric, (value, _) in result.items() if "_span_" in metric} == {0.0}
    verb = event("Conflict.Attack", "beat", ("Target", "baker", "baker"))
    assert measured(gold, write(tmp_path / "q.jsonl", verb))["trigger_f1"][0] == 0.0


def test_of_a_pronoun_that_was_resolved_the_pronoun_counts(tmp_path: Path) -> None:
    caption = "A guard waves as he arrests a thief."

    def arrest(agent: str, mention: str | None) -> dict[str, Any]:
        spans = {text: {"text": text, "start": caption.index(text), "end": caption.index(text) + len(text)}
                 for text in ("A guard", "he", "guard", "arrests")}  # fmt: skip
        who = {**spans[agent], "head": spans["guard" if mention else agent], "mention": mention and spans[mention]}
        trigger = {**spans["arrests"], "lemma": "arrest"}
        return {"id": "e0", "type": "Justice.Arrest", "trigger": trigger,
                "arguments": [{"role": "Agent", "entity_type": "PER", **who}]}  # fmt: skip

    gold = write(tmp_path / "gold.jsonl", arrest("he", None), caption=caption)
    predicted = write(tmp_path / "predicted.jsonl", arrest("A guard", "he"), caption=caption)
    result = measured(gold, predicted)
    assert [result[f"{name}_f1"][0] for name in ("argument", "argument_identification", "argument_span")] == [1.0] * 3


def test_depicted_only_forgives_events_beside_the_picture(tmp_path: Path) -> None:
    gold = write(tmp_path / "gold.jsonl", ARREST)
    predicted = write(tmp_path / "p.jsonl", ARREST, event("Conflict.Attack", "beat up", depicted=False))
    assert measured(gold, predicted)["trigger_precision"][0] == 0.5
    assert measured(gold, predicted, depicted_only=True)["trigger_precision"][0] == 1.0


def test_types_restrict_both_sides(tmp_path: Path) -> None:
    gold = write(tmp_path / "gold.jsonl", ARREST, BEAT)
    predicted = write(tmp_path / "p.jsonl", ARREST, event("Life.Die", "farmer"))
    result = measured(gold, predicted, types={"Justice.Arrest"})
    assert result["trigger_f1"] == (1.0, 1)
    assert "trigger_f1/Life.Die" not in result


def test_a_type_that_neither_side_has_is_answered_with_the_nearest(tmp_path: Path) -> None:
    gold = write(tmp_path / "g.jsonl", ARREST)
    with pytest.raises(UsageError, match=r"g\.jsonl: unknown event type 'Justice\.Arest': did you mean 'Justice\.Arr"):
        score(gold, gold, types={"Justice.Arest"})


def test_missing_record_counts_against_recall_and_is_reported(tmp_path: Path) -> None:
    gold, predicted = tmp_path / "gold.jsonl", write(tmp_path / "p.jsonl", ARREST)
    records = [EventsRecord.model_validate({"id": key, "caption": CAPTION, "events": [ARREST]}) for key in ("a", "b")]
    write_records(gold, records)
    result = score(gold, predicted)
    assert (result["num_records"], result["num_missing"], result["num_not_in_gold"]) == (2, 1, 0)
    assert measured(gold, predicted)["trigger_recall"] == (0.5, 2)


def test_interval_comes_from_pictures(tmp_path: Path) -> None:
    gold, predicted = tmp_path / "gold.jsonl", tmp_path / "p.jsonl"
    base = [{"id": f"r{i}", "image": f"{i}.png", "caption": CAPTION} for i in range(100)]
    write_records(gold, [EventsRecord.model_validate({**record, "events": [ARREST]}) for record in base])
    found = [EventsRecord.model_validate({**r, "events": [ARREST] if i < 80 else []}) for i, r in enumerate(base)]
    write_records(predicted, found)
    recall = next(result for result in score(gold, predicted)["results"] if result["metric"] == "trigger_recall")
    assert recall["value"] == 0.8
    assert (recall["low"], recall["high"]) == pytest.approx((0.72, 0.88), abs=0.015)


def test_nothing_of_nothing_is_left_out(tmp_path: Path) -> None:
    bare = write(tmp_path / "gold.jsonl", event("Life.Die", "arrest"))
    result = measured(bare, bare)
    assert result["trigger_f1/Life.Die"] == (1.0, 1)
    assert not any(metric.startswith("argument") for metric in result)


def test_other_captions_are_refused(tmp_path: Path) -> None:
    gold = write(tmp_path / "gold.jsonl", ARREST)
    other = write(tmp_path / "p.jsonl", caption="Something else.")
    with pytest.raises(InputError, match=r"p\.jsonl: record 'a' has another caption than in"):
        score(gold, other)


def test_no_common_id_is_refused(tmp_path: Path) -> None:
    gold = write(tmp_path / "gold.jsonl", ARREST)
    with pytest.raises(InputError, match="no id in common with"):
        score(gold, write(tmp_path / "p.jsonl", ARREST, record="z"))


def test_identification_leaves_the_role_aside_and_span_asks_for_both_ends(tmp_path: Path) -> None:
    gold = write(tmp_path / "gold.jsonl", ARREST)
    predicted = write(
        tmp_path / "p.jsonl",
        event("Justice.Arrest", "arrest", ("Place", "Police officers", "officers"), ("Person", "farmer", "farmer")),
    )
    result = measured(gold, predicted)
    assert result["argument_f1"][0] == 0.5
    assert result["argument_identification_f1"][0] == 1.0
    assert result["argument_span_f1"][0] == 0.0
    assert result["trigger_span_f1"][0] == 1.0


def test_a_mapping_compares_other_names_and_leaves_out_what_only_one_side_knows(tmp_path: Path) -> None:
    theirs = event("Justice.Arrest-Jail", "arrest", ("Person", "a farmer", "farmer"))
    gold = write(tmp_path / "gold.jsonl", theirs)
    hug = event("Contact.Hug", "beat up")  # no type of M2E2
    assert measured(gold, write(tmp_path / "p.jsonl", ARREST, hug))["trigger_f1"][0] == 0.0
    result = measured(gold, write(tmp_path / "q.jsonl", ARREST, hug), mapping="m2e2")
    assert result["trigger_f1"] == (1.0, 1)
    assert result["argument_precision"] == (0.5, 2)


def test_only_some_records_are_counted(tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    records = [EventsRecord.model_validate({"id": key, "caption": CAPTION, "events": [ARREST]}) for key in ("a", "b")]
    write_records(gold, records)
    predicted = write(tmp_path / "p.jsonl", ARREST)
    assert measured(gold, predicted, only=lambda record: record.id == "a")["trigger_recall"] == (1.0, 1)
