import json
import random
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from eventclip.demo.drawing import Row, colours, curves_plot, draw_roles, interval_plot
from eventclip.demo.report import centre, report, signed, verdict, video
from eventclip.errors import InputError
from eventclip.eval.outcomes import summarise
from eventclip.eval.results import document
from eventclip.jsonl import write_json, write_records
from eventclip.records import EventsRecord, Record

CAPTION = "A baker in green pushes a nurse in red <b>near the harbour</b>."
HEAD_SKILL = {"mean": 0.5, "transformer": 0.9}
SKILL = {"pretrained": 0.3, "plain": 0.6, "structured": 0.9}


def span(text: str) -> dict[str, Any]:
    start = CAPTION.index(text)
    return {"text": text, "start": start, "end": start + len(text)}


def argument(role: str, text: str, head: str) -> dict[str, Any]:
    return {"role": role, **span(text), "head": span(head), "entity_type": "PER"}


def events_record(number: int) -> EventsRecord:
    push = {
        "id": "e0",
        "type": "Conflict.Push",
        "trigger": {**span("pushes"), "lemma": "push"},
        "arguments": [argument("Agent", "A baker", "baker"), argument("Patient", "a nurse", "nurse")],
    }
    raw = {"id": f"t{number}", "image": f"img/{number}.png", "caption": CAPTION, "events": [push], "primary": "e0"}
    return EventsRecord.model_validate(raw)


def answer(metric: str, rival: str, correct: bool, chance: float, label: str) -> dict[str, Any]:
    text = CAPTION if metric.startswith("hard") else "A baker pushes a nurse."
    scores = {"score": 0.31, "rival_score": 0.27 if correct else 0.35}
    return {
        "metric": metric,
        "text": text,
        **scores,
        "rival": rival,
        "label": label,
        "correct": correct,
        "chance": chance,
    }


def outcome(number: int, skill: float) -> dict[str, Any]:
    luck = random.Random(f"{number} {skill}")
    swapped = CAPTION.replace("baker", "X").replace("nurse", "baker").replace("X", "nurse")
    answers = [
        answer("event_type_accuracy", "A baker helps a nurse.", luck.random() < skill, 0.1, "Social.Help"),
        answer("role_accuracy", "A nurse pushes a baker.", luck.random() < skill, 0.5, "Agent: a nurse"),
        answer("hard_negative_accuracy/event", CAPTION.replace("pushes", "hugs"), luck.random() < skill, 0.5, "event"),
        answer("hard_negative_accuracy/role", swapped, luck.random() < skill, 0.5, "role"),
    ]
    hit = luck.random() < skill
    place = {"role": "Agent", "text": "A baker", "box": [0.1, 0.3, 0.4, 0.9], "found_box": [0.2, 0.2, 0.45, 0.8]}
    place |= {"point": [0.25, 0.5] if hit else [0.8, 0.5], "hit": hit, "iou": 0.55 if hit else 0.1, "chance": 0.18}
    return {
        "id": f"t{number}",
        "image": f"img/{number}.png",
        "caption": CAPTION,
        "event": "Conflict.Push",
        "answers": answers,
        "places": [place],
    }


def video_document(skill: float) -> dict[str, Any]:
    """Ten clips of two groups; of the temporal ones as many are right as `skill` says."""
    predictions = []
    for number in range(20):
        group, right = ("temporal", number < 10 * skill) if number < 10 else ("seen events", True)
        guesses = ["rising", "falling"] if right else ["falling", "rising"]
        top = [{"label": label, "probability": p} for label, p in zip(guesses, (0.7, 0.3), strict=True)]
        about = {"id": f"c{number}", "video": f"video/c{number}.mp4", "group": group, "label": "rising"}
        predictions.append({**about, "rank": 1 if right else 2, "top": top})
    value = {"n": 10, "low": 0.2, "high": 0.8, "chance": 0.5}
    results = [{"metric": "top1/temporal", "value": skill, **value}, {"metric": "top1", "value": 0.9, **value}]
    return {"results": [*results, {"metric": "top1/seen events", "value": 1.0, **value}], "predictions": predictions}


def make_run(run: Path, *, num_pictures: int = 12) -> Path:
    """A run folder with every part, of pictures that were never seen by a model."""
    (run / "world/test/img").mkdir(parents=True)
    for number in range(num_pictures):
        image = Image.new("RGB", (64, 64), (205, 214, 222))
        ImageDraw.Draw(image).rectangle((8, 20, 24, 56), fill=(60, 130, 80))
        ImageDraw.Draw(image).rectangle((40, 20, 54, 56), fill=(190, 60, 60))
        image.save(run / f"world/test/img/{number}.png")
    write_records(run / "extracted/test.events.jsonl", [events_record(number) for number in range(num_pictures)])
    write_json(
        run / "run.json",
        {
            "world": "uniform",
            "smoke": True,
            "seed": 7,
            "seconds": {"scenes": 12.31, "train": 95.0},
            "versions": {"torch": "2.15"},
            "sizes": {"test_pictures": num_pictures},
        },
    )
    statistics = [f"{m}_{s}" for m in ("trigger", "argument") for s in ("precision", "recall", "f1")]
    names = [*statistics, "trigger_f1/Conflict.Push", "argument_f1/Conflict.Push"]
    scores = [{"metric": name, "value": 0.9, "n": 40, "low": 0.8, "high": 0.95, "chance": None} for name in names]
    write_json(run / "extraction.json", {"results": scores, "num_records": 40, "depicted_only": True})
    for model, skill in SKILL.items():
        outcomes = [outcome(number, skill) for number in range(num_pictures)]
        extra = {"outcomes": outcomes, "left_out": {"pictures without an event": 3}}
        write_json(run / f"grounding/{model}.json", document("grounding/1", summarise(outcomes), **extra))  # type: ignore[arg-type]
        terms = [{"step": s, "loss": 3 / (1 + s), "terms": {"event": 1 / (1 + s), "role": 0.7}} for s in range(20)]
        write_records(run / f"models/{model}/metrics.jsonl", [Record.model_validate(line) for line in terms])
    write_json(run / "video.json", {head: video_document(skill) for head, skill in HEAD_SKILL.items()})
    return run


class Page(HTMLParser):
    """What a page loads, and which tags it leaves open."""

    VOID = frozenset({"meta", "img", "br", "path", "use"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.open: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loads += [value or "" for name, value in attrs if name in {"src", "href", "xlink:href"}]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = report(make_run(tmp_path_factory.mktemp("run") / "run"), num_examples=3)
    assert path.name == "report.html"
    return path.read_text(encoding="utf-8")


def test_page_is_whole_and_loads_nothing(page: str) -> None:
    parsed = Page(page)
    assert parsed.open == []
    assert all(link.startswith(("data:image/png;base64,", "#")) for link in parsed.loads)
    assert len(parsed.ids) == len(set(parsed.ids))
    assert not re.search(r"url\((?!#)|@import|<script", page)
    assert "Not in this run" not in page


def test_captions_are_escaped(page: str) -> None:
    assert "<b>near the harbour</b>" not in page
    assert "&lt;b&gt;near the harbour&lt;/b&gt;" in page


def test_headline_has_interval_chance_and_paired_difference(page: str) -> None:
    row = re.search(r'<th scope="row">Event type.*?</tr>', page, re.DOTALL)
    assert row is not None
    assert "n 12 · chance 10.0" in row[0]
    values = {model: [outcome(i, skill)["answers"][0]["correct"] for i in range(12)] for model, skill in SKILL.items()}
    for hits in values.values():
        assert f"<b>{100 * sum(hits) / 12:.1f}</b>" in row[0]
    assert f"<b>{signed((sum(values['structured']) - sum(values['plain'])) / 12)}</b>" in row[0]


def test_examples_mark_words_roles_and_verdicts(page: str) -> None:
    assert page.count('<article class="example">') == 3
    assert 'title="trigger of Conflict.Push">pushes</mark>' in page
    assert 'title="Agent">A baker</mark>' in page
    assert '<mark style="--mark: var(--wrong)">hugs</mark>' in page
    assert 'title="wrong: Social.Help">✗</b>' in page or "−0.040" in page


def test_video_has_both_heads_and_their_difference(page: str) -> None:
    row = re.search(r'<th scope="row">temporal.*?</tr>', page, re.DOTALL)
    assert row is not None
    assert re.findall(r"<b>(.*?)</b>", row[0]) == ["50.0", "90.0", "+40.0"]
    assert "top-1 · n 10 · chance 50.0" in row[0]


def test_video_of_one_head_alone_has_no_difference() -> None:
    found = video({"mean": video_document(0.5)})
    assert found is not None
    assert [(row["label"], row["difference"]) for row in found["rows"]] == [("temporal", None), ("seen events", None)]
    assert len(found["examples"]) == 6


@pytest.mark.parametrize(
    "missing",
    [
        {
            "extraction.json": "the score of extraction against gold",
            "models": "training curves",
            "video.json": "video results (video.json)",
            "run.json": "sizes, times and versions",
        },
        {"world": "this picture", "extracted": None},
        {"grounding": "grounding results (grounding/*.json)"},
    ],
    ids=["all but grounding", "pictures and events", "grounding"],
)
def test_missing_parts_are_named(tmp_path: Path, missing: dict[str, str | None]) -> None:
    run = make_run(tmp_path / "run", num_pictures=2)
    for part in missing:
        (run / part).rename(tmp_path / part)
    text = report(run, num_examples=1).read_text(encoding="utf-8")
    for said in filter(None, missing.values()):
        assert f"Not in this run: {said}" in text


def test_an_empty_run_gives_a_page(tmp_path: Path) -> None:
    text = report(tmp_path).read_text(encoding="utf-8")
    assert text.count("Not in this run") == 7


def test_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder; expected the folder of a run"):
        report(tmp_path / "gone")


def test_torn_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "video.json").write_text('{"zero_shot": {', encoding="utf-8")
    with pytest.raises(InputError, match=r"video\.json: not JSON .*; run the stage that writes it again"):
        report(tmp_path)


def test_verdict_needs_an_interval_on_one_side_of_zero() -> None:
    bounds = {"a": (0.01, 0.2), "b": (-0.1, -0.01), "c": (-0.1, 0.3)}
    rows = [{"label": label, "difference": {"low": low, "high": high}} for label, (low, high) in bounds.items()]
    assert verdict([*rows, {"label": "d", "difference": None}]) == {"ahead": ["a"], "behind": ["b"], "open": ["c"]}


def test_centre_is_what_pointing_at_the_middle_scores() -> None:
    boxes = [[0.4, 0.4, 0.6, 0.6], [0.0, 0.0, 0.4, 1.0], [0.5, 0.0, 1.0, 1.0]]
    measured = {"outcomes": [{"places": [{"box": box}]} for box in boxes]}
    assert centre({"plain": measured, "structured": measured}) == pytest.approx(2 / 3)
    assert centre({}) is None


def test_small_pictures_are_enlarged_by_whole_pixels_and_boxes_follow() -> None:
    place = {"role": "Agent", "text": "x", "box": [0.0, 0.5, 0.5, 1.0], "found_box": [0.5, 0.0, 1.0, 0.5]}
    place |= {"point": [0.25, 0.75], "hit": True, "iou": 0.0, "chance": 0.25}
    drawn = draw_roles(Image.new("RGB", (100, 50)), [place], {"Agent": "#ff0000"})  # type: ignore[list-item]
    assert drawn.size == (300, 150)
    assert drawn.getpixel((75, 112)) == (255, 0, 0)  # the point
    assert drawn.getpixel((149, 100)) == (255, 0, 0)  # the right edge of the box
    assert drawn.getpixel((225, 120)) == (0, 0, 0)


def test_plots_take_the_colours_of_the_page() -> None:
    plot = interval_plot([Row("Roles", {"plain": (0.5, 0.4, 0.6), "structured": (0.8, 0.7, 0.9)}, 0.5)])
    assert "var(--accent)" in plot
    assert not re.search(r"#0[1-4]0[1-4]0[1-4]", plot)
    assert curves_plot({"a": [(0, 1.0), (1, 0.5)]}, ylabel="loss", name="n").startswith("<svg")


def test_colours_are_by_first_occurrence() -> None:
    found = colours(["Agent", "Patient", "Agent"])
    assert list(found) == ["Agent", "Patient"]
    assert len(set(found.values())) == 2


def test_outcomes_survive_json(tmp_path: Path) -> None:
    outcomes = [outcome(number, 0.5) for number in range(5)]
    assert summarise(json.loads(json.dumps(outcomes))) == summarise(outcomes)  # type: ignore[arg-type]
