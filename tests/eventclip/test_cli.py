import json
import logging
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from rich.console import Console

from eventclip import cli
from eventclip.cli import console
from eventclip.errors import EventClipError, InputError, UsageError
from eventclip.jsonl import Rejection, StageReport

Run = Callable[..., int]
Stub = Callable[[str, Any], dict[str, Any]]


@pytest.fixture(autouse=True)
def _quiet_afterwards() -> Iterator[None]:
    """The program sets up logging for its process; the other tests share the process."""
    yield
    for name in console.PACKAGES:
        logger = logging.getLogger(name)
        logger.handlers, logger.level = [], logging.NOTSET


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the program with arguments and returns its exit code."""

    def run(*arguments: str | Path) -> int:
        monkeypatch.setattr(sys, "argv", ["eventclip", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        return int(caught.value.code or 0)

    return run


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Stub:
    """Puts a function in the place of a stage, named `module.function`; gives what it is called with."""

    def stub(name: str, outcome: Any) -> dict[str, Any]:
        called: dict[str, Any] = {}

        def stage(*arguments: Any, **options: Any) -> Any:
            called.update(options, arguments=arguments)
            if isinstance(outcome, BaseException):
                raise outcome
            return outcome

        module_name, _, function = name.rpartition(".")
        module = ModuleType(module_name)
        setattr(module, function, stage)
        monkeypatch.setitem(sys.modules, module_name, module)
        return called

    return stub


HELP = """
import sys
sys.argv = ["eventclip", "--help"]
from eventclip.cli import main
try:
    main()
except SystemExit:
    print(*{name.split(".")[0] for name in sys.modules})
"""


def help_in_a_process() -> str:
    return subprocess.run([sys.executable, "-c", HELP], capture_output=True, text=True, check=True, timeout=60).stdout


def test_help_imports_nothing_heavy() -> None:
    shown = help_in_a_process()
    assert "extract" in shown
    heavy = {"torch", "open_clip", "spacy", "numpy", "PIL", "pydantic", "jsonlines", "networkx", "rich"}
    assert heavy & set(shown.splitlines()[-1].split()) == set()


def test_help_answers_within_half_a_second() -> None:
    def processor_s() -> float:  # not the clock: the machine may be busy
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    before = processor_s()
    help_in_a_process()
    assert processor_s() - before < 0.5


@pytest.mark.parametrize(
    "verb",
    [
        ["extract"], ["negatives"], ["train"], ["eval", "grounding"], ["eval", "retrieval"], ["eval", "extraction"],
        ["video", "classify"], ["video", "evaluate"], ["video", "train-head"], ["scenes"], ["run"], ["validate"],
        ["audit", "negatives"], ["eval", "negatives"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_every_verb_has_help(run: Run, capsys: pytest.CaptureFixture[str], verb: list[str]) -> None:
    assert run(*verb, "--help") == 0
    assert f"Usage: eventclip {' '.join(verb)} [OPTIONS]" in capsys.readouterr().out


def test_the_version_is_the_distributions(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out.startswith("eventclip 0.")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["conquer"], "No such command 'conquer'"),
        (["negatives"], "Missing argument 'events'"),
        (["negatives", "a.jsonl"], "Missing option '--output'"),
        (["extract", "a.jsonl"], "expected `extract captions.jsonl --output events.jsonl`"),
        (["extract", "a.jsonl", "--explain", "A nurse."], "leave out the files"),
        (["extract", "a.jsonl", "-o", "b", "--html", "c"], "expected --explain"),
        (["extract", "a.jsonl", "--colour"], "No such option: --colour"),
        (["extract", "a.jsonl", "-o", "b", "--processes", "0"], "Invalid value for '--processes'"),
        (["extract", "a.jsonl", "-o", "b", "--shard", "2"], "--shard is '2'; expected I/N"),
        (["scenes", "--out", "x", "--world", "flat"], "'flat' is not one of 'uniform', 'skewed'"),
    ],
    ids=[
        "verb",
        "argument",
        "option",
        "no-output",
        "explain-file",
        "html-alone",
        "unknown-option",
        "range",
        "shard",
        "choice",
    ],
)
def test_wrong_usage_ends_with_2(
    run: Run, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert run(*arguments) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (EventClipError("the weights do not fit"), 1, "error: the weights do not fit\n"),
        (UsageError("unknown ontology 'x'"), 2, "error: unknown ontology 'x'\n"),
        (InputError("a.jsonl:3: bad"), 3, "error: a.jsonl:3: bad\n"),
        (PermissionError(13, "Permission denied", "b.jsonl"), 1, "error: b.jsonl: Permission denied\n"),
        (
            ModuleNotFoundError("No module named 'torch'", name="torch"),
            1,
            "error: this verb needs torch, which is not installed; run: pip install 'eventclip[train]'\n",
        ),
        (
            ModuleNotFoundError("No module named 'av.video'", name="av.video"),
            1,
            "error: this verb needs av.video, which is not installed; run: pip install 'eventclip[video]'\n",
        ),
        (KeyError("x"), 1, "error: KeyError: 'x'\nThe same command with --debug shows where it happened.\n"),
    ],
    ids=["failed", "usage", "input", "system", "no-torch", "no-av", "fault-of-ours"],
)
def test_an_error_is_one_message_and_an_exit_code(
    run: Run, stub: Stub, capsys: pytest.CaptureFixture[str], error: Exception, code: int, message: str
) -> None:
    stub("eventclip_extract.extract.extract", error)
    assert run("extract", "a.jsonl", "-o", "b.jsonl") == code
    assert capsys.readouterr() == ("", message)


@pytest.mark.parametrize("arguments", [["--debug", "extract"], ["extract", "--debug"]], ids=["first", "later"])
def test_debug_shows_the_traceback_wherever_it_stands(
    monkeypatch: pytest.MonkeyPatch, stub: Stub, arguments: list[str]
) -> None:
    stub("eventclip_extract.extract.extract", KeyError("x"))
    monkeypatch.setattr(sys, "argv", ["eventclip", *arguments, "a.jsonl", "-o", "b.jsonl"])
    with pytest.raises(KeyError, match="x"):
        cli.main()


def test_extract_hands_its_options_on(run: Run, stub: Stub) -> None:
    called = stub("eventclip_extract.extract.extract", StageReport(Path("b.jsonl"), 2))
    options = ["--ontology", "ace", "--pipeline", "en_x", "--processes", "2", "--batch-size", "8"]
    options += ["--extractor", "jsonl:p.jsonl", "--min-confidence", "0.5", "--shard", "2/8"]
    assert run("extract", "a.jsonl", "-o", "b.jsonl", "--strict", "--force", *options) == 0
    assert callable(called.pop("on_record"))
    assert called == {
        "arguments": (Path("a.jsonl"), Path("b.jsonl")),
        "ontology": "ace",
        "pipeline": "en_x",
        "extractor": "jsonl:p.jsonl",
        "min_confidence": 0.5,
        "num_processes": 2,
        "batch_size": 8,
        "shard": (2, 8),
        "strict": True,
        "force": True,
    }


def test_negatives_hands_its_options_on(run: Run, stub: Stub) -> None:
    called = stub("eventclip_extract.negatives.negatives", StageReport(Path("b.jsonl"), 2))
    options = ["--seed", "7", "--num-event", "4", "--num-role", "0", "--num-argument", "5"]
    assert run("negatives", "a.jsonl", "-o", "b.jsonl", *options) == 0
    numbers = {key: called[key] for key in ("seed", "num_event", "num_role", "num_argument")}
    assert numbers == {"seed": 7, "num_event": 4, "num_role": 0, "num_argument": 5}
    assert (called["ontology"], called["strict"], called["force"]) == ("news", False, False)


def test_captions_become_events(run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    line = {"id": "a", "caption": "Police officers arrest a protester in Lisbon.", "credit": "A. Nobody"}
    (tmp_path / "captions.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    assert run("extract", tmp_path / "captions.jsonl", "-o", tmp_path / "events.jsonl") == 0
    assert capsys.readouterr().out == f"{tmp_path / 'events.jsonl'}: 1 record\n"
    record = json.loads((tmp_path / "events.jsonl").read_text(encoding="utf-8"))
    assert (record["events"][0]["type"], record["credit"]) == ("Justice.Arrest", "A. Nobody")


def test_a_caption_is_explained_and_drawn(run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    caption = "Police officers arrest a protester in Lisbon."
    assert run("extract", "--explain", caption, "--html", tmp_path / "page.html") == 0
    out = capsys.readouterr().out
    assert "Justice.Arrest: arrest (clause-active" in out
    assert str(tmp_path / "page.html") in out.replace("\n", "")
    assert "<svg" in (tmp_path / "page.html").read_text(encoding="utf-8")
    assert run("extract", "--explain", caption, "--html", tmp_path / "page.html") == 2


def test_events_become_pairs(run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    nurse = {"text": "A nurse", "start": 0, "end": 7, "head": {"text": "nurse", "start": 2, "end": 7}}
    boy = {"text": "a boy", "start": 16, "end": 21, "head": {"text": "boy", "start": 18, "end": 21}}
    event = {
        "id": "e0",
        "type": "Movement.Transport",
        "trigger": {"text": "carries", "start": 8, "end": 15, "lemma": "carry"},
        "arguments": [
            {**nurse, "role": "Agent", "entity_type": "PER"},
            {**boy, "role": "Artifact", "entity_type": "PER"},
        ],
    }
    record = {"id": "a", "caption": "A nurse carries a boy.", "events": [event], "primary": "e0"}
    (tmp_path / "events.jsonl").write_text(json.dumps(record) + "\nno\n", encoding="utf-8")
    assert run("negatives", tmp_path / "events.jsonl", "-o", tmp_path / "pairs.jsonl") == 0
    told = capsys.readouterr()
    assert told.out == f"{tmp_path / 'pairs.jsonl'}: 1 record\n"
    assert f"1 line set aside, see {tmp_path / 'pairs.jsonl.rejects'}; the first: " in told.err
    assert run("validate", tmp_path / "pairs.jsonl", "--json") == 0
    assert json.loads(capsys.readouterr().out)["negatives"]["role"] >= 1


def test_a_stage_tells_what_it_wrote_on_stdout(run: Run, stub: Stub, capsys: pytest.CaptureFixture[str]) -> None:
    stub("eventclip_extract.extract.extract", StageReport(Path("b.jsonl"), 1_200, 34))
    assert run("extract", "a.jsonl", "-o", "b.jsonl") == 0
    assert capsys.readouterr() == ("b.jsonl: 1,234 records (34 of them by the interrupted run)\n", "")


def test_lines_set_aside_are_reported_once_and_fail_nothing(
    run: Run, stub: Stub, capsys: pytest.CaptureFixture[str]
) -> None:
    rejections = [Rejection("a.jsonl:2", "no JSON"), Rejection("a.jsonl:9", "id: Field required")]
    report = StageReport(Path("b.jsonl"), 1, 0, rejections, Path("b.jsonl.rejects"))
    stub("eventclip_extract.extract.extract", report)
    assert run("extract", "a.jsonl", "-o", "b.jsonl") == 0
    assert capsys.readouterr() == (
        "b.jsonl: 1 record\n",
        "2 lines set aside, see b.jsonl.rejects; the first: a.jsonl:2: no JSON\n",
    )


def test_train_hands_its_overrides_on_and_prints_the_run_folder(
    run: Run, stub: Stub, capsys: pytest.CaptureFixture[str]
) -> None:
    called = stub("eventclip.train.train", Path("runs/7"))
    assert run("train", "r.yaml", "--set", "train.lr=1e-4", "--set", "seed=3", "--out", "runs/7", "--resume") == 0
    assert (called["arguments"], called["overrides"]) == ((Path("r.yaml"),), ["train.lr=1e-4", "seed=3"])
    assert (called["out"], called["resume"]) == (Path("runs/7"), True)
    assert capsys.readouterr().out == "runs/7\n"


MEASURED = {
    "schema": "eventclip/results/1",
    "task": "extraction/1",
    "results": [
        {"task": "extraction/1", "metric": "trigger_f1", "value": 0.5, "n": 4, "low": 0.1, "high": 0.9, "chance": None}
    ],
}


def test_eval_prints_a_table(run: Run, stub: Stub, capsys: pytest.CaptureFixture[str]) -> None:
    stub("eventclip.eval.extraction.score", MEASURED)
    assert run("eval", "extraction", "gold.jsonl", "pred.jsonl") == 0
    assert "| trigger_f1 | 50.0 | 10.0–90.0 | 4 |" in capsys.readouterr().out


def test_eval_writes_the_document_and_its_table(run: Run, stub: Stub, tmp_path: Path) -> None:
    stub("eventclip.eval.extraction.score", MEASURED)
    assert run("eval", "extraction", "gold.jsonl", "pred.jsonl", "-o", tmp_path / "r.json") == 0
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8")) == MEASURED
    assert "trigger_f1" in (tmp_path / "r.md").read_text(encoding="utf-8")


def test_eval_replaces_results_of_before_and_nothing_else(
    run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    captions = tmp_path / "captions.jsonl"
    captions.write_text('{"id": "a", "caption": "A nurse lifts a man."}\n')
    events, notes, results = (tmp_path / name for name in ("events.jsonl", "notes.json", "results.json"))
    assert run("extract", captions, "-o", events) == 0
    before = events.read_bytes()
    notes.write_text("[1]")
    for output, message in ((events, "is an input"), (notes, "holds no results of before"), (tmp_path, "no regular")):
        assert run("eval", "extraction", events, events, "-o", output) == 2
        assert message in capsys.readouterr().err
    assert (events.read_bytes(), notes.read_text()) == (before, "[1]")
    results.with_suffix(".md").write_text("mine")
    assert run("eval", "extraction", events, events, "-o", results) == 2
    results.with_suffix(".md").unlink()
    for _ in range(2):
        assert run("eval", "extraction", events, events, "-o", results) == 0
    assert json.loads(results.read_text())["task"]


def test_an_audit_does_not_replace_what_it_reads(run: Run, tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text('{"id": "1"}')
    assert run("audit", "negatives", pairs, "-o", pairs) == 2
    assert run("audit", "negatives", pairs, "--html", pairs) == 2
    assert pairs.read_text() == '{"id": "1"}'


def test_a_caption_that_is_none_is_one_message(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("extract", "--explain", " ") == 3
    assert capsys.readouterr().err == "error: caption is empty: expected text that describes the picture\n"


def test_eval_prints_json_for_machines(run: Run, stub: Stub, capsys: pytest.CaptureFixture[str]) -> None:
    called = stub("eventclip.eval.extraction.score", MEASURED)
    assert run("eval", "extraction", "gold.jsonl", "pred.jsonl", "--json", "--type", "Life.Die") == 0
    assert json.loads(capsys.readouterr().out) == MEASURED
    assert (called["types"], called["depicted_only"]) == (["Life.Die"], False)


@pytest.mark.parametrize("broken", ["1.jpg: no such file", {"where": "1.jpg", "reason": "no such file"}])
def test_eval_tells_what_could_not_be_read(
    run: Run, stub: Stub, capsys: pytest.CaptureFixture[str], broken: str | dict[str, str]
) -> None:
    stub("eventclip.eval.extraction.score", {**MEASURED, "broken": [broken, broken]})
    assert run("eval", "extraction", "gold.jsonl", "pred.jsonl") == 0
    assert capsys.readouterr().err == "2 inputs set aside; the first: 1.jpg: no such file\n"


def test_grounding_measures_the_model_that_is_named(run: Run, stub: Stub) -> None:
    loaded = stub("eventclip.models.load_model", "the model")
    called = stub("eventclip.eval.grounding.grounding", MEASURED)
    options = ["--model", "ViT-B-32", "--pretrained", "openai", "--images", "img", "--pairs", "p.jsonl"]
    assert run("eval", "grounding", "e.jsonl", *options) == 0
    assert (loaded["arguments"], loaded["pretrained"]) == (("ViT-B-32",), "openai")
    assert called["arguments"] == ("the model", Path("e.jsonl"))
    assert called["model_name"] == "ViT-B-32 openai"
    assert (called["images"], called["pairs"], called["ontology"]) == (Path("img"), Path("p.jsonl"), "news")


def test_retrieval_measures_the_model_that_is_named(run: Run, stub: Stub) -> None:
    stub("eventclip.models.load_model", "the model")
    called = stub("eventclip.eval.retrieval.retrieval", MEASURED)
    assert run("eval", "retrieval", "c.jsonl", "--model", "runs/7") == 0
    assert (called["arguments"], called["model_name"]) == (("the model", Path("c.jsonl")), "runs/7")


def test_hard_negatives_of_a_file_are_measured_without_events(run: Run, stub: Stub) -> None:
    stub("eventclip.models.load_model", "the model")
    called = stub("eventclip.eval.hard_negatives.hard_negatives", MEASURED)
    assert run("eval", "negatives", "p.jsonl", "--model", "runs/7", "--images", "img") == 0
    assert (called["arguments"], called["model_name"]) == (("the model", Path("p.jsonl")), "runs/7")
    assert called["images"] == Path("img")


def test_classify_ranks_the_labels_of_the_file(
    run: Run, stub: Stub, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "labels.txt").write_text("\ufeffrunning\n\n a cat \n", encoding="utf-8")
    stub("eventclip.models.load_model", "the model")
    called = stub("eventclip_video.classify.classify", [("a cat", 0.75), ("running", 0.25)])
    options = ["--frames", "4", "--views", "2", "--backend", "pyav", "--top", "1"]
    assert run("video", "classify", "c.mp4", "--model", "m", "--labels", tmp_path / "labels.txt", *options) == 0
    assert capsys.readouterr().out == " 75.0 %  a cat\n"
    assert called == {
        "arguments": (Path("c.mp4"), ["running", "a cat"], "the model"),
        "head": None,
        "num_frames": 4,
        "num_views": 2,
        "backend": "pyav",
    }


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "No such file or directory"), (b"\xff\xfe", "not UTF-8 text"), (b" \n", "no label")],
    ids=["missing", "binary", "blank"],
)
def test_labels_that_cannot_be_used_are_refused(
    run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path, content: bytes | None, reason: str
) -> None:
    labels = tmp_path / "labels.txt"
    if content is not None:
        labels.write_bytes(content)
    assert run("video", "classify", "c.mp4", "--model", "m", "--labels", labels) == 3
    assert capsys.readouterr().err == f"error: {labels}: {reason}; expected a text file with one label a line\n"


def test_evaluate_names_the_model_in_its_document(
    run: Run, stub: Stub, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    stub("eventclip.models.load_model", "the model")
    called = stub("eventclip_video.classify.evaluate", {**MEASURED, "broken": []})
    arguments = ["c.jsonl", "--model", "m", "--pretrained", "openai", "--root", "clips", "--json"]
    assert run("video", "evaluate", *arguments) == 0
    assert json.loads(capsys.readouterr().out)["model"] == "m openai"
    assert (called["arguments"], called["labels"], called["root"]) == (
        (Path("c.jsonl"), "the model"),
        None,
        Path("clips"),
    )


def test_scenes_hands_its_options_on(run: Run, stub: Stub) -> None:
    called = stub("eventclip.datasets.scenes.write_world", Path("x"))
    options = ["--world", "skewed", "--num-train", "5", "--num-val", "4", "--num-test", "3", "--num-clips", "0"]
    assert run("scenes", "--out", "x", *options, "--seed", "9") == 0
    numbers = [called[key] for key in ("num_train", "num_val", "num_test", "num_clips", "seed")]
    assert (called["arguments"], called["world"], numbers) == ((Path("x"),), "skewed", [5, 4, 3, 0, 9])


def test_run_calls_the_main_job(run: Run, stub: Stub) -> None:
    called = stub("eventclip.cli.main_job.run", None)
    assert run("run", "--smoke", "--out", "x") == 0
    assert called == {"arguments": (Path("x"),), "world": "uniform", "smoke": True, "seed": 0}


def test_validate_accepts_a_sound_file(run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text('{"id": "a", "caption": "A man."}\n')
    assert run("validate", tmp_path / "c.jsonl") == 0
    assert "records: 1 " in capsys.readouterr().out


def test_validate_ends_with_3_on_a_bad_line(run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text('{"id": "a", "caption": "A man."}\n{"id": "b"}\n')
    assert run("validate", tmp_path / "c.jsonl") == 3
    assert f"{tmp_path / 'c.jsonl'}:2: caption: Field required" in capsys.readouterr().out


def test_validate_prints_json_for_machines(run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text('{"id": "a", "caption": "A man."}\n')
    assert run("validate", tmp_path / "c.jsonl", "--json") == 0
    assert json.loads(capsys.readouterr().out)["num_records"] == 1


def test_progress_is_sparse_where_there_is_no_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = iter([0.0, 29.0, 31.0, 31.0, 45.0])
    monkeypatch.setattr("eventclip.cli.console.time.monotonic", lambda: next(now))
    with console.progress("extract", total=1_000) as done:
        for _ in range(3):
            done.advance()
    assert capsys.readouterr() == ("", "extract: 2 of 1,000 records\n")


def test_progress_counts_without_a_total(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(console, "PLAIN_INTERVAL_S", 0.0)
    with console.progress("train", "steps") as done:
        done.advance()
        done.show(5, 9)
    assert capsys.readouterr().err == "train: 1 steps\ntrain: 5 of 9 steps\n"


def test_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr(console, "stderr", lambda: Console(stderr=True, force_terminal=True, width=80))
    with console.progress("extract", total=4) as done:
        for _ in range(4):
            done.advance()
    assert "4/4" in capsys.readouterr().err


def test_lines_are_counted_for_the_bar(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text("a\n\n \nb")
    assert console.count_lines(tmp_path / "c.jsonl") == 2
    assert console.count_lines(tmp_path / "none.jsonl") is None


def test_negatives_are_refined_and_a_confusion_is_read(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    event = {"id": "e0", "type": "Contact.Wave", "trigger": {"text": "waves", "start": 6, "end": 11, "lemma": "wave"}}
    agent = {"text": "A boy", "start": 0, "end": 5, "role": "Agent", "entity_type": "PER"}
    agent["head"] = {"text": "boy", "start": 2, "end": 5}
    record = {"caption": "A boy waves.", "events": [{**event, "arguments": [agent]}], "primary": "e0"}
    lines = [json.dumps({"id": str(number), **record}) for number in range(12)]
    (tmp_path / "events.jsonl").write_text("\n".join(lines), encoding="utf-8")
    files = (tmp_path / "events.jsonl", "-o", tmp_path / "pairs.jsonl")
    assert run("negatives", *files, "--refine") == 0
    shown, said = capsys.readouterr()
    assert "event on caption: " in shown
    assert "event on caption: too few pairs for a verdict: " in said
    kept = [json.loads(line) for line in (tmp_path / "pairs.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(kept) == 12
    told = [line.split(": ")[1].split(" of ") for line in shown.splitlines() if line.endswith("%)")]
    assert sum(int(count) for count, _ in told) == sum(len(pairs["negatives"]) for pairs in kept)
    (tmp_path / "confusion.json").write_text('{"Contact.Wav": {}}', encoding="utf-8")
    assert run("negatives", *files, "--force", "--confusion", tmp_path / "confusion.json") == 2
    assert "did you mean 'Contact.Wave'" in capsys.readouterr().err


def test_styles_are_named_with_commas_and_unknown_ones_are_refused(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    event = {"id": "e0", "type": "Contact.Wave", "trigger": {"text": "waves", "start": 6, "end": 11, "lemma": "wave"}}
    agent = {"text": "A boy", "start": 0, "end": 5, "role": "Agent", "entity_type": "PER"}
    agent["head"] = {"text": "boy", "start": 2, "end": 5}
    record = {"id": "1", "caption": "A boy waves.", "events": [{**event, "arguments": [agent]}], "primary": "e0"}
    (tmp_path / "events.jsonl").write_text(json.dumps(record), encoding="utf-8")
    files = (tmp_path / "events.jsonl", "-o", tmp_path / "pairs.jsonl")
    assert run("negatives", *files, "--styles", "single, roles") == 0
    pairs = json.loads((tmp_path / "pairs.jsonl").read_text(encoding="utf-8"))
    assert {negative.get("style") for negative in pairs["negatives"]} == {None, "roles"}
    capsys.readouterr()
    assert run("negatives", *files, "--force", "--styles", "rolls") == 2
    assert "did you mean 'roles'" in capsys.readouterr().err
