import json
from pathlib import Path
from typing import Any

import pytest

from eventclip.errors import InputError
from eventclip.validate import MAX_PROBLEMS_SHOWN, Contents, validate

CAPTION = "A nurse carries a boy."
CAPTION_LINE = {"id": "c", "caption": CAPTION}
NURSE = {"text": "A nurse", "start": 0, "end": 7, "head": {"text": "nurse", "start": 2, "end": 7}}
EVENT = {
    "id": "e0",
    "type": "Movement.Transport",
    "trigger": {"text": "carries", "start": 8, "end": 15, "lemma": "carry"},
    "arguments": [{**NURSE, "role": "Agent", "entity_type": "PER"}],
}
EVENTS_LINE = {"schema": "eventclip/events/1", **CAPTION_LINE, "events": [EVENT], "primary": "e0"}
PAIRS_LINE = {
    "schema": "eventclip/pairs/1",
    **CAPTION_LINE,
    "positives": [{"text": CAPTION, "kind": "caption"}],
    "negatives": [
        {"text": "A nurse kicks a boy.", "kind": "event", "base": "caption"},
        {"text": "A boy carries a nurse.", "kind": "role", "base": "caption"},
        {"text": "A nurse shoves a boy.", "kind": "event", "base": "caption"},
    ],
}


def write(folder: Path, *lines: dict[str, Any] | str) -> Path:
    path = folder / "in.jsonl"
    text = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(text) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(("line", "kind"), [(CAPTION_LINE, "captions"), (EVENTS_LINE, "events"), (PAIRS_LINE, "pairs")])
def test_each_of_the_three_files_is_recognised(tmp_path: Path, line: dict[str, Any], kind: str) -> None:
    contents = validate(write(tmp_path, line))
    assert (contents.kind, contents.num_records, contents.problems) == (kind, 1, [])


@pytest.mark.parametrize(("line", "kind"), [(EVENTS_LINE, "events"), (PAIRS_LINE, "pairs")])
def test_a_file_without_schema_is_recognised_by_its_keys(tmp_path: Path, line: dict[str, Any], kind: str) -> None:
    assert validate(write(tmp_path, {key: line[key] for key in line if key != "schema"})).kind == kind


def test_an_unreadable_first_line_does_not_hide_the_kind(tmp_path: Path) -> None:
    contents = validate(write(tmp_path, "no json", EVENTS_LINE))
    assert (contents.kind, contents.num_records, len(contents.problems)) == ("events", 1, 1)


def test_another_schema_version_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, {**EVENTS_LINE, "schema": "eventclip/events/2"})
    with pytest.raises(InputError, match="unknown schema 'eventclip/events/2': did you mean 'eventclip/events/1'"):
        validate(path)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"the first object has the keys \['a', 'b'\]; expected `caption`"):
        validate(write(tmp_path, {"b": 1, "a": 2}))


def test_a_file_without_an_object_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no line is a JSON object"):
        validate(write(tmp_path, "[1, 2]", "no"))


def test_events_and_roles_are_counted(tmp_path: Path) -> None:
    second = {**EVENTS_LINE, "id": "d", "events": [EVENT, {**EVENT, "id": "e1", "type": "Life.Die", "arguments": []}]}
    contents = validate(write(tmp_path, EVENTS_LINE, second))
    assert contents.events == {"Movement.Transport": 2, "Life.Die": 1}
    assert contents.roles == {"Agent": 2}


def test_positives_and_negatives_are_counted(tmp_path: Path) -> None:
    contents = validate(write(tmp_path, PAIRS_LINE))
    assert (contents.positives, contents.negatives) == ({"caption": 1}, {"event": 2, "role": 1})


def test_every_bad_line_is_a_problem_and_is_not_counted(tmp_path: Path) -> None:
    bad = {**EVENTS_LINE, "id": "d", "caption": "Another caption."}
    path = write(tmp_path, EVENTS_LINE, bad, EVENTS_LINE)
    contents = validate(path)
    assert (contents.num_records, contents.events.total()) == (1, 1)
    assert [problem.where for problem in contents.problems] == [f"{path}:2", f"{path}:3"]
    assert contents.problems[0].reason.startswith("event 'e0' trigger: caption[8:15] is 'caption'")
    assert contents.problems[1].reason.startswith("id 'c' stands on line 1 already")


def test_pictures_are_looked_for_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "img").mkdir()
    (tmp_path / "img" / "1.jpg").touch()
    contents = validate(write(tmp_path, {**CAPTION_LINE, "image": "img/1.jpg"}, {**CAPTION_LINE, "id": "d"}))
    assert (contents.num_records, contents.num_images, contents.problems) == (2, 1, [])


def test_pictures_are_looked_for_in_the_folder_that_is_given(tmp_path: Path) -> None:
    (tmp_path / "img").mkdir()
    (tmp_path / "img" / "1.jpg").touch()
    path = write(tmp_path, {**CAPTION_LINE, "image": "1.jpg"})
    assert validate(path, images=tmp_path / "img").problems == []


def test_a_missing_picture_is_a_problem_and_its_record_counts_all_the_same(tmp_path: Path) -> None:
    path = write(tmp_path, CAPTION_LINE, {**CAPTION_LINE, "id": "d", "image": "1.jpg"})
    assert [str(problem) for problem in validate(path).problems] == [
        f"{path}, id 'd': there is no picture {tmp_path / '1.jpg'}; pass --images FOLDER if they lie elsewhere"
    ]


@pytest.mark.parametrize("image", [".", "", "a\0b", "x" * 5_000], ids=["folder", "empty", "null", "too-long"])
def test_a_name_that_cannot_be_a_picture_is_a_problem(tmp_path: Path, image: str) -> None:
    assert len(validate(write(tmp_path, {**CAPTION_LINE, "image": image})).problems) == 1


def test_the_document_holds_the_counts_of_its_kind(tmp_path: Path) -> None:
    path = write(tmp_path, PAIRS_LINE, "no")
    assert json.loads(json.dumps(validate(path).to_dict())) == {
        "file": str(path),
        "kind": "pairs",
        "num_records": 1,
        "num_images": 0,
        "num_missing": 0,
        "num_problems": 1,
        "positives": {"caption": 1},
        "negatives": {"event": 2, "role": 1},
        "problems": [
            {"where": f"{path}:2", "reason": "line contains invalid json: Expecting value: line 1 column 1 (char 0)"}
        ],
    }


def test_the_text_names_the_kind_and_the_largest_count_first(tmp_path: Path) -> None:
    path = write(tmp_path, PAIRS_LINE)
    assert validate(path).to_text().splitlines() == [
        f"{path}: pairs",
        "records: 1 (with a picture: 0)",
        "bad lines: 0",
        "positives: 1",
        "         1  caption",
        "negatives: 3",
        "         2  event",
        "         1  role",
    ]


def test_the_text_lists_only_the_first_problems(tmp_path: Path) -> None:
    lines = validate(write(tmp_path, CAPTION_LINE, *["no"] * (MAX_PROBLEMS_SHOWN + 5))).to_text().splitlines()
    assert len(lines) == 3 + MAX_PROBLEMS_SHOWN + 1
    assert lines[-1] == "… and 5 more; --json lists all of them"


@pytest.mark.data
def test_real_captions_are_sound(data: Path) -> None:
    contents: Contents = validate(data / "captions" / "voa2017.jsonl")
    assert (contents.kind, contents.num_records, contents.problems) == ("captions", 10_494, [])
