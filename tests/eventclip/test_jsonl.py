import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from eventclip.errors import InputError, UsageError
from eventclip.jsonl import (
    Rejection,
    StageReport,
    atomic_write,
    check_output,
    read_records,
    run_stage,
    to_json,
    write_json,
    write_records,
)
from eventclip.records import CaptionRecord, EventsRecord

GOOD = b'{"id": "good", "caption": "A man runs."}\n'
Transform = Callable[[Iterator[CaptionRecord]], Iterator[BaseModel | Rejection]]


def captions(path: Path, count: int) -> Path:
    lines = [json.dumps({"id": f"c{number}", "caption": f"Man {number} runs."}) + "\n" for number in range(count)]
    path.write_text("".join(lines), encoding="utf-8")
    return path


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def ids(path: Path) -> list[str]:
    return [record["id"] for record in read(path)]


def copy(records: Iterator[CaptionRecord]) -> Iterator[BaseModel | Rejection]:
    yield from records


def stopping_after(count: int) -> Transform:
    """A transform that is interrupted after so many records."""

    def transform(records: Iterator[CaptionRecord]) -> Iterator[BaseModel | Rejection]:
        for number, record in enumerate(records):
            if number == count:
                raise KeyboardInterrupt
            yield record

    return transform


def noting(seen: list[str]) -> Transform:
    """A transform that copies, and notes the id of every record that it was given."""

    def transform(records: Iterator[CaptionRecord]) -> Iterator[BaseModel | Rejection]:
        for record in records:
            seen.append(record.id)
            yield record

    return transform


def stage(source: Path, transform: Transform = copy, **more: Any) -> StageReport:
    output = source.with_name("out.jsonl")
    return run_stage(source, output, CaptionRecord, transform, **{"options": {"seed": 0}, **more})


def interrupt(source: Path, after: int, **more: Any) -> Path:
    """Runs the stage until it stops, and returns its partial file."""
    with pytest.raises(KeyboardInterrupt):
        stage(source, stopping_after(after), **more)
    return source.with_name("out.jsonl.partial")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"id": "a", "caption": "A \xff man."}\n', "line is not valid utf-8: "),
        (b"not json\n", "line contains invalid json: Expecting value"),
        (b'{"id": "a", "caption"\n', "line contains invalid json: Expecting ':' delimiter"),
        (b'["a", "A man."]\n', "line does not match requested type"),
        (b"null\n", "line contains null value"),
        (b'{"caption": "A man."}\n', "id: Field required"),
        (b'{"id": 7}\n', "id: Input should be a valid string (and 1 more)"),
        (b'{"id": "a", "caption": " "}\n', "caption is empty: expected text that describes the picture"),
        (b'{"id": "good", "caption": "A man."}\n', "id 'good' stands on line 1 already"),
        (b'{"id": "a", "caption": "' + b"x" * 20_000 + b'"}\n', "caption has 20,000 characters: expected"),
        (b'{"id": "a", "caption": "\\ud800"}\n', ""),
        (b"[" * 100_000 + b"\n", ""),
        (b'{"id": "a", "caption": "A man.", "n": ' + b"9" * 5_000 + b"}\n", "line contains invalid json: Exceeds"),
    ],
    ids=[
        "bad-utf-8", "no-json", "torn", "array", "null", "no-id", "two-faults", "blank-caption", "same-id", "article",
        "lone-surrogate", "deep-nesting", "huge-number",
    ],
)  # fmt: skip
def test_a_bad_line_is_set_aside_with_its_place_and_reason(tmp_path: Path, line: bytes, reason: str) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(GOOD + line + GOOD.replace(b"good", b"last"))
    rejections: list[Rejection] = []
    found = [record.id for record in read_records(path, CaptionRecord, rejections=rejections)]
    assert (found, [rejection.where for rejection in rejections]) == (["good", "last"], [f"{path}:2"])
    assert rejections[0].reason.startswith(reason)


def test_line_numbers_count_blank_lines(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(b"\n" + GOOD + b"  \n\r\n\nno\n")
    rejections: list[Rejection] = []
    assert len(list(read_records(path, CaptionRecord, rejections=rejections))) == 1
    assert [rejection.where for rejection in rejections] == [f"{path}:6"]


@pytest.mark.parametrize("text", [b"\xef\xbb\xbf" + GOOD, GOOD.rstrip(), GOOD.replace(b"\n", b"\r\n")])
def test_byte_order_mark_missing_last_newline_and_windows_newlines_are_read(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(text)
    assert [record.id for record in read_records(path, CaptionRecord, strict=True)] == ["good"]


def test_a_line_separator_inside_a_caption_ends_no_line(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    write_records(path, [CaptionRecord(id="a", caption="A man\u2028runs.\x85")])
    assert next(read_records(path, CaptionRecord)).caption == "A man\u2028runs.\x85"


def test_a_rejection_keeps_the_beginning_of_its_line(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(b"x" * 5_000 + b"\n")
    rejections: list[Rejection] = []
    assert list(read_records(path, CaptionRecord, rejections=rejections)) == []
    assert rejections[0].raw == "x" * 2_000


def test_strict_stops_at_the_first_bad_line(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(GOOD + b"no\n")
    records = read_records(path, CaptionRecord, strict=True)
    assert next(records).id == "good"
    with pytest.raises(InputError, match=r"in\.jsonl:2: line contains invalid json.*mend the line, or leave out"):
        next(records)


def test_without_a_list_bad_lines_are_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(GOOD + b"no\n")
    assert len(list(read_records(path, CaptionRecord))) == 1
    assert caplog.messages[0].startswith(f"set aside {path}:2: line contains invalid json")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.jsonl: no such file; expected JSON lines, one object a line"):
        next(read_records(tmp_path / "none.jsonl", CaptionRecord))


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder; expected JSON lines"):
        next(read_records(tmp_path, CaptionRecord))
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="is no regular file; expected JSON lines"):
        next(read_records(tmp_path / "pipe", CaptionRecord))
    with pytest.raises(UsageError, match="is no regular file; expected the name of a file to write"):
        check_output(tmp_path / "pipe", force=True)


def test_a_stage_that_wrote_nothing_leaves_nothing(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_bytes(b"no\n" + GOOD)
    for strict in (True, False):
        with pytest.raises(InputError):
            stage(source, lambda records: iter([Rejection("a", "bad") for _ in records]), strict=strict)
        assert {path.name for path in tmp_path.iterdir()} <= {"in.jsonl", "out.jsonl.rejects"}


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").touch()
    with pytest.raises(InputError, match="the file is empty; expected JSON lines"):
        next(read_records(tmp_path / "in.jsonl", CaptionRecord))


def test_a_broken_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError), atomic_write(path) as stream:
        stream.write("new \ud800")
    assert ([file.name for file in tmp_path.iterdir()], path.read_text()) == (["out.txt"], "old")


def test_a_write_makes_the_folders_it_needs(tmp_path: Path) -> None:
    write_json(tmp_path / "a" / "b.json", {"é": 1})
    assert (tmp_path / "a" / "b.json").read_text(encoding="utf-8") == '{\n  "é": 1\n}\n'


def test_binary_files_are_written_whole_too(tmp_path: Path) -> None:
    with atomic_write(tmp_path / "x.bin", "wb") as stream:
        stream.write(b"\x00\xff")
    assert (tmp_path / "x.bin").read_bytes() == b"\x00\xff"


def test_write_records_counts(tmp_path: Path) -> None:
    written = write_records(tmp_path / "x.jsonl", (CaptionRecord(id=str(n), caption="A man.") for n in range(3)))
    assert (written, ids(tmp_path / "x.jsonl")) == (3, ["0", "1", "2"])


def test_an_output_that_exists_is_in_the_way(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.touch()
    with pytest.raises(UsageError, match="exists already; name another output, or pass --force to replace it"):
        check_output(path, force=False)
    assert check_output(path, force=True) == path


def test_a_folder_is_no_output(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder; expected the name of a file to write"):
        check_output(tmp_path, force=True)


def test_a_stage_writes_its_output_and_nothing_else(tmp_path: Path) -> None:
    report = stage(captions(tmp_path / "in.jsonl", 3))
    assert (report.num_written, report.num_resumed, report.rejects_file) == (3, 0, None)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]
    assert ids(tmp_path / "out.jsonl") == ["c0", "c1", "c2"]


def test_a_stage_counts_every_record_once(tmp_path: Path) -> None:
    calls: list[None] = []
    stage(captions(tmp_path / "in.jsonl", 3), on_record=lambda: calls.append(None))
    assert len(calls) == 3


def test_a_stage_lists_what_it_set_aside(tmp_path: Path) -> None:
    source = captions(tmp_path / "in.jsonl", 2)
    source.write_bytes(source.read_bytes() + b"no\n")

    def transform(records: Iterator[CaptionRecord]) -> Iterator[BaseModel | Rejection]:
        for record in records:
            yield Rejection("c0", "too dull", "c0") if record.id == "c0" else record

    report = stage(source, transform)
    assert (report.num_records, report.rejects_file) == (1, tmp_path / "out.jsonl.rejects")
    rejects = read(tmp_path / "out.jsonl.rejects")
    assert rejects[0] == {"where": "c0", "reason": "too dull", "raw": "c0"}
    assert (rejects[1]["where"], rejects[1]["raw"]) == (f"{source}:3", "no")


def test_a_clean_run_leaves_no_list_of_an_earlier_one(tmp_path: Path) -> None:
    source = captions(tmp_path / "in.jsonl", 1)
    source.write_bytes(source.read_bytes() + b"no\n")
    stage(source)
    stage(captions(source, 1), force=True)
    assert not (tmp_path / "out.jsonl.rejects").exists()


@pytest.mark.parametrize("text", [b"no\nnor this\n", b"\n  \n"], ids=["bad-lines", "blank-lines"])
def test_a_source_without_one_usable_line_is_refused(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "in.jsonl").write_bytes(text)
    with pytest.raises(InputError, match="no usable record"):
        stage(tmp_path / "in.jsonl")
    assert not (tmp_path / "out.jsonl").exists()


def test_a_source_of_another_stage_is_refused_with_the_command_that_is_missing(tmp_path: Path) -> None:
    source = captions(tmp_path / "in.jsonl", 2)
    with pytest.raises(InputError, match=r"no usable record; expected what `eventclip extract` writes; .*events"):
        run_stage(source, tmp_path / "out.jsonl", EventsRecord, lambda records: records, options={})


def test_a_missing_source_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        stage(tmp_path / "in.jsonl")
    assert list(tmp_path.iterdir()) == []


def test_a_stage_replaces_an_output_only_when_forced(tmp_path: Path) -> None:
    source = captions(tmp_path / "in.jsonl", 2)
    (tmp_path / "out.jsonl").write_text("old\n")
    with pytest.raises(UsageError, match="exists already"):
        stage(source)
    assert (tmp_path / "out.jsonl").read_text() == "old\n"
    stage(source, force=True)
    assert ids(tmp_path / "out.jsonl") == ["c0", "c1"]


def test_a_stage_does_not_write_over_its_source(tmp_path: Path) -> None:
    source = captions(tmp_path / "in.jsonl", 1)
    with pytest.raises(UsageError):
        run_stage(source, source, CaptionRecord, copy, options={}, force=True)


def test_an_interrupted_stage_leaves_the_old_output(tmp_path: Path) -> None:
    source = captions(tmp_path / "in.jsonl", 3)
    (tmp_path / "out.jsonl").write_text("old\n")
    interrupt(source, after=2, force=True)
    assert (tmp_path / "out.jsonl").read_text() == "old\n"


def test_an_interrupted_stage_goes_on_where_it_stood(tmp_path: Path) -> None:
    source, seen = captions(tmp_path / "in.jsonl", 5), list[str]()
    interrupt(source, after=2)
    report = stage(source, noting(seen))
    assert (seen, report.num_resumed, report.num_written) == (["c2", "c3", "c4"], 2, 3)
    assert ids(tmp_path / "out.jsonl") == ["c0", "c1", "c2", "c3", "c4"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


def test_a_line_torn_by_the_interruption_is_made_again(tmp_path: Path) -> None:
    source, seen = captions(tmp_path / "in.jsonl", 4), list[str]()
    partial = interrupt(source, after=3)
    partial.write_bytes(partial.read_bytes()[:-9])
    stage(source, noting(seen))
    assert (seen, ids(tmp_path / "out.jsonl")) == (["c2", "c3"], ["c0", "c1", "c2", "c3"])


def test_what_follows_a_spoilt_line_is_made_again(tmp_path: Path) -> None:
    source, seen = captions(tmp_path / "in.jsonl", 4), list[str]()
    partial = interrupt(source, after=3)
    lines = partial.read_bytes().splitlines(keepends=True)
    partial.write_bytes(lines[0] + b"\x00" * 20 + b"\n" + lines[2])  # as a power cut can leave it
    stage(source, noting(seen))
    assert (seen, ids(tmp_path / "out.jsonl")) == (["c1", "c2", "c3"], ["c0", "c1", "c2", "c3"])


def test_other_options_start_anew(tmp_path: Path) -> None:
    source, seen = captions(tmp_path / "in.jsonl", 3), list[str]()
    interrupt(source, after=2)
    assert stage(source, noting(seen), options={"seed": 1}).num_resumed == 0
    assert seen == ["c0", "c1", "c2"]


def test_another_source_starts_anew(tmp_path: Path) -> None:
    source, seen = captions(tmp_path / "in.jsonl", 3), list[str]()
    interrupt(source, after=2)
    assert stage(captions(source, 4), noting(seen)).num_resumed == 0
    assert ids(tmp_path / "out.jsonl") == ["c0", "c1", "c2", "c3"]


def test_a_partial_file_without_its_key_is_not_trusted(tmp_path: Path) -> None:
    (tmp_path / "out.jsonl.partial").write_text('{"id": "stranger"}\n')
    assert stage(captions(tmp_path / "in.jsonl", 1)).num_resumed == 0
    assert ids(tmp_path / "out.jsonl") == ["c0"]


def test_strict_keeps_what_was_done_before_the_bad_line(tmp_path: Path) -> None:
    source, seen = captions(tmp_path / "in.jsonl", 2), list[str]()
    source.write_bytes(source.read_bytes() + b"no\n")
    with pytest.raises(InputError, match=r"in\.jsonl:3"):
        stage(source, strict=True)
    assert not (tmp_path / "out.jsonl").exists()
    report = stage(source, noting(seen))
    assert (seen, report.num_resumed, len(report.rejections)) == ([], 2, 1)


def test_strict_also_stops_at_what_the_stage_itself_refuses(tmp_path: Path) -> None:
    def refuse(records: Iterator[CaptionRecord]) -> Iterator[BaseModel | Rejection]:
        yield from (Rejection(record.id, "too dull") for record in records)

    with pytest.raises(InputError, match="c0: too dull; mend the line"):
        stage(captions(tmp_path / "in.jsonl", 2), refuse, strict=True)


KILLED = """
import os, signal, sys
from pathlib import Path
from eventclip.jsonl import run_stage
from eventclip.records import CaptionRecord, EventsRecord

def transform(records):
    for number, record in enumerate(records):
        if number == 900:
            os.kill(os.getpid(), signal.SIGKILL)
        yield record

source = Path(sys.argv[1])
run_stage(source, source.with_name("out.jsonl"), CaptionRecord, transform, options={"seed": 0})
"""


def test_a_killed_stage_loses_and_doubles_no_record(tmp_path: Path) -> None:
    source = captions(tmp_path / "in.jsonl", 1_000)
    process = subprocess.run([sys.executable, "-c", KILLED, str(source)], check=False, timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert not (tmp_path / "out.jsonl").exists()
    report = stage(source)
    assert ids(tmp_path / "out.jsonl") == [f"c{number}" for number in range(1_000)]
    assert 0 < report.num_resumed <= 900


@pytest.mark.parametrize("shard", [(0, 2), (3, 2), (1, 6)])
def test_a_shard_that_cannot_be_is_refused(tmp_path: Path, shard: tuple[int, int]) -> None:
    source = captions(tmp_path / "in.jsonl", 5)
    with pytest.raises(UsageError, match=f"shard {shard[0]}/{shard[1]}: "):
        run_stage(source, tmp_path / "out.jsonl", CaptionRecord, copy, options={}, shard=shard)
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def test_a_bad_line_is_told_by_its_own_shard_only(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    lines = [b'{"id": "%d", "caption": "A man."}\n' % number for number in range(4)]
    source.write_bytes(b"".join([lines[0], b"no\n\n", *lines[1:], b"neither\n"]))
    told = []
    for number in (1, 2, 3):
        output = tmp_path / f"{number}.jsonl"
        report = run_stage(source, output, CaptionRecord, copy, options={}, shard=(number, 3))
        told.append((ids(output), [rejection.where[-1] for rejection in report.rejections]))
    assert told == [(["0"], ["2"]), (["1", "2"], []), (["3"], ["7"])]


def test_to_json_leaves_a_record_without_schema_as_it_is() -> None:
    assert to_json(CaptionRecord(id="a", caption="A man.")) == {"id": "a", "image": None, "caption": "A man."}
