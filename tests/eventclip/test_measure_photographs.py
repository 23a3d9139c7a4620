"""The scripts that write docs/photographs.md: what they join, read and say, without a training."""

import importlib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from eventclip.jsonl import read_records, write_records
from eventclip.records import EventsRecord, PairsRecord

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    pytest.importorskip("scipy")
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return importlib.import_module("measure_photographs")


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return importlib.import_module("photographs_page")


def pairs(name: str, *kinds: str) -> PairsRecord:
    caption = "A nurse pushes a cart."
    negatives = [{"text": f"A nurse pulls cart {n}.", "kind": kind, "base": "caption"} for n, kind in enumerate(kinds)]
    positives = [{"text": caption, "kind": "caption"}, {"text": "A cart is pushed.", "kind": "paraphrase"}]
    raw = {"id": name, "image": "1.jpg", "caption": caption, "positives": positives, "negatives": negatives}
    return PairsRecord.model_validate(raw)


def test_joined_records_are_told_apart_by_their_ontology(script: ModuleType, tmp_path: Path) -> None:
    sources = [tmp_path / f"test.{ontology}.pairs.jsonl" for ontology in ("imsitu", "news")]
    for source in sources:
        write_records(source, [pairs("1-0", "event")])
    script.join(tmp_path / "all.jsonl", sources)
    joined = list(read_records(tmp_path / "all.jsonl", PairsRecord))
    assert [record.id for record in joined] == ["1-0/imsitu", "1-0/news"]
    assert joined[0].negatives == pairs("1-0", "event").negatives


def test_judgements_are_of_captions_of_other_pictures_by_each_judge(script: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "judged.txt"
    lines = ["a.jpg\tb.jpg#1\t1\t2\t4", "b.jpg\ta.jpg#0\t3\t3\t3", "a.jpg\ta.jpg#0\t4\t4\t4", "x.jpg\ta.jpg#0\t1\t1\t1"]
    path.write_text("\n".join(lines), encoding="utf-8")
    captions = {"jpg/a.jpg": ["one", "two"], "jpg/b.jpg": ["three", "four"]}
    found = script.read_judgements(path, {"jpg/a.jpg": 0, "jpg/b.jpg": 1}, captions)
    assert found == [(0, 3, 1), (0, 3, 2), (0, 3, 4), (1, 0, 3), (1, 0, 3), (1, 0, 3)]


def test_the_action_of_a_picture_is_what_most_of_its_captions_name(script: ModuleType, tmp_path: Path) -> None:
    def record(image: str, number: int, *types: str) -> EventsRecord:
        caption = "Jumps and runs."
        trigger = {"text": "Jumps", "start": 0, "end": 5, "lemma": "jump"}
        events = [{"id": f"e{n}", "type": f"Activity.{one}", "trigger": trigger} for n, one in enumerate(types)]
        raw = {"id": f"{image}-{number}", "image": image, "caption": caption, "events": events}
        return EventsRecord.model_validate(raw)

    said = {
        "a": ["Jumping"] * 3, "b": ["Jumping"] * 4 + ["Running"], "c": ["Jumping"] * 3 + ["Running"] * 2,
        "seldom": ["Jumping"] * 2, "torn": ["Jumping", "Running"] * 3, "rare": ["Running"] * 5, "silent": [],
    }  # fmt: skip
    records = [record(image, number, one) for image, types in said.items() for number, one in enumerate(types)]
    write_records(tmp_path / "events.jsonl", [*records, record("silent", 0), record("a", 9, "Jumping", "Jumping")])
    row = {image: number for number, image in enumerate(said)}
    assert script.actions(tmp_path / "events.jsonl", row) == {0: "jumping", 1: "jumping", 2: "jumping"}


def measured(arm: str, right: str) -> dict[str, Any]:
    value = {"value": right.count("1") / 4, "n": 4, "low": 0.1, "high": 0.3}
    hits = {"mean_recall": {"right": right, "picture": [0, 0, 1, 1]}}
    return {"arm": arm, "split": "test", "results": {"mean_recall": value}, "hits": hits}


def test_a_table_has_the_number_of_trials_and_half_the_interval(pages: ModuleType) -> None:
    lines = list(pages.table([measured("clip", "1000")], {"mean_recall": "recall", "gone": "none"}))
    assert lines == ["| arm | recall | none |", "|---|---:|---:|", "| n | 4 | – |", "| clip | 25.0 (±10.0) | – |", ""]


def test_differences_are_to_the_control_and_paired(pages: ModuleType) -> None:
    shown = [measured("clip", "1000"), measured("other", "1101"), measured("long", "0000")]
    arms = {"clip": pages.Arm("a"), "other": pages.Arm("b"), "long": pages.Arm("c", controls=("other", "clip"))}
    lines = list(pages.differences(arms, shown))
    assert lines[2:] == [
        "| other | clip | +50.0 (+50.0 to +50.0) |",  # both pictures gained one of two
        "| long | other | -75.0 (-100.0 to -50.0) |",
        "| long | clip | -25.0 (-50.0 to +0.0) |",
        "",
    ]


def test_the_verdict_names_who_gained_enough_for_little(pages: ModuleType) -> None:
    def arm(name: str, right: float, kept: float) -> dict[str, Any]:
        return {"arm": name, "results": {"hard_negative_accuracy": {"value": right}, "mean_recall": {"value": kept}}}

    shown = [arm("clip", 0.7, 0.34), arm("forgetful", 0.9, 0.32), arm("weak", 0.77, 0.34), arm("both", 0.79, 0.335)]
    (line,) = pages.verdict({}, shown)
    assert line.endswith("Reached by `both` against `clip` (+9.0, -0.5).\n")
    (line,) = pages.verdict({}, shown[:3])
    assert line.endswith("Reached by none.\n")


def test_seeds_are_compared_with_the_control_of_their_own(pages: ModuleType) -> None:
    def arm(name: str, value: float) -> dict[str, Any]:
        return {"arm": name, "results": {metric: {"value": value} for metric in pages.SEEDS_METRICS}}

    first, again = pages.Arm("a", controls=()), pages.Arm("a", controls=(), repeats="plain")
    arms = {"plain": first, "plain, seed 1": again, "own": pages.Arm("b", controls=("plain",))}
    arms["own, seed 1"] = pages.Arm("b", controls=("plain, seed 1",), repeats="own")
    shown = [arm("plain", 0.5), arm("own", 0.6), arm("plain, seed 1", 0.4), arm("own, seed 1", 0.7)]
    lines = list(pages.over_seeds(arms, shown))
    assert lines[3].startswith("| own | plain | +10.0, +30.0: **+20.0** |")
    assert list(pages.over_seeds(arms, shown[:2])) == []


def test_coverage_counts_captions_and_negatives(pages: ModuleType, tmp_path: Path) -> None:
    write_records(tmp_path / "test.imsitu.pairs.jsonl", [pairs("1", "event", "event", "role"), pairs("2")])
    write_records(tmp_path / "test.news.pairs.jsonl", [pairs("1", "argument"), pairs("2", "argument")])
    lines = list(pages.coverage(tmp_path))
    assert lines[-3:-1] == [
        "| imsitu | 2 | 50.0% | 50.0% (2) | 50.0% (1) | 0.0% (0) | 50.0% |",
        "| news | 2 | 100.0% | 0.0% (0) | 0.0% (0) | 100.0% (2) | 100.0% |",
    ]
