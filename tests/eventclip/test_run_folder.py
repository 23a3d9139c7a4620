"""What a run leaves in its folder, and that the run can be made again from it."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from typer.testing import CliRunner

from eventclip.cli import app
from eventclip.config import load_recipe
from eventclip.errors import InputError, UsageError
from eventclip.jsonl import Rejection
from eventclip.train import train
from eventclip.train.curves import draw, read_curves, running_mean
from eventclip.train.run_folder import RunFolder, environment
from tests.eventclip.tiny import losses, write_recipe

PNG = b"\x89PNG\r\n\x1a\n"


def test_the_environment_is_noted_at_every_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/somewhere/bin/eventclip", "train", "recipe.yaml"])
    recipe = write_recipe(tmp_path, num_steps=2)
    run = train(recipe, out=tmp_path / "run")
    train(recipe, out=run, overrides=["num_steps=3"], resume=True)
    starts = json.loads((run / "environment.json").read_text())["starts"]
    assert [start["after_step"] for start in starts] == [0, 2]
    assert starts[0]["command"] == ["eventclip", "train", "recipe.yaml"]  # not where the program lies
    assert starts[0]["versions"]["torch"] == torch.__version__.partition("+")[0]
    assert (starts[0]["num_processes"], starts[0]["num_threads"]) == (1, torch.get_num_threads())


def test_what_differs_from_the_commit_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from eventclip.train import run_folder

    monkeypatch.setattr(run_folder, "git_sha", lambda: "0123-dirty")
    answer = SimpleNamespace(stdout="diff --git a/x b/x\n")
    monkeypatch.setattr(run_folder.subprocess, "run", lambda *_, **__: answer)
    monkeypatch.setattr(run_folder.platform, "platform", lambda: "Linux")  # asks a subprocess, too
    run = train(write_recipe(tmp_path, num_steps=1), out=tmp_path / "run")
    assert (run / "git.diff").read_text() == "diff --git a/x b/x\n"
    assert environment("cpu", 1)["git"] == "0123-dirty"


def test_a_run_is_repeated_from_its_own_folder_beside_it(tmp_path: Path) -> None:
    recipe, program = write_recipe(tmp_path, num_steps=3), CliRunner()
    first = program.invoke(app, ["train", str(recipe), "--out", str(tmp_path / "x"), "--set", "optimizer.lr=2e-3"])
    assert first.exit_code == 0, first.output
    again = program.invoke(app, ["train", "--config", str(tmp_path / "x/config.yaml")])
    assert again.exit_code == 0, again.output
    assert f"repeating {tmp_path / 'x'} into {tmp_path / 'x-2'}" in again.stderr
    assert losses(tmp_path / "x-2") == losses(tmp_path / "x")
    assert load_recipe(tmp_path / "x-2/config.yaml").out == tmp_path / "x-2"
    resumed = program.invoke(app, ["train", "--config", str(tmp_path / "x/config.yaml"), "--resume"])
    assert (resumed.exit_code, resumed.stdout) == (0, f"{tmp_path / 'x'}\n")


def test_what_was_set_aside_is_known_again_whatever_separates_its_lines(tmp_path: Path) -> None:
    aside = [Rejection("a:1", "bad", "one\u2028two\x85three"), Rejection("a:2", "bad", "x")]
    for _ in range(2):
        folder = RunFolder(tmp_path, rank=0)
        folder.open(load_recipe(write_recipe(tmp_path)), 0, device="cpu", num_ranks=1)
        folder.set_aside(aside)
        assert folder.num_set_aside == 2
    assert len((tmp_path / "rejects.jsonl").read_text(encoding="utf-8").strip().split("\n")) == 2


def test_one_recipe_is_expected() -> None:
    for arguments in (["train"], ["train", "a.yaml", "--config", "b.yaml"]):
        error = CliRunner().invoke(app, arguments).exception
        assert isinstance(error, UsageError)
        assert "expected one recipe: `eventclip train recipe.yaml`" in str(error)


def test_tensorboard_gets_the_metrics_and_what_was_measured(tmp_path: Path) -> None:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    section = {"pairs": str(tmp_path / "data/pairs.jsonl")}
    changes = ["logger=[tensorboard]", f"evaluation={json.dumps(section)}", "evaluate_every=2"]
    run = train(write_recipe(tmp_path), out=tmp_path / "run", overrides=changes)
    found = accumulator.EventAccumulator(str(run / "tensorboard")).Reload()
    assert [event.value for event in found.Scalars("loss")] == pytest.approx(losses(run))
    assert [event.step for event in found.Scalars("eval/hard_negative_accuracy/role")] == [0, 2, 4, 6]
    assert "terms/event" in found.Tags()["scalars"]


def test_a_tracker_that_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wandb", None)
    with pytest.raises(UsageError, match="logger: wandb is not installed; run: pip install wandb, or leave it out"):
        train(write_recipe(tmp_path), out=tmp_path / "run", overrides=["logger=[wandb]"])
    assert not (tmp_path / "run").exists(), "the same command must work once it is installed"


def test_wandb_gets_the_metrics_and_a_continued_run_goes_on_in_the_same_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[dict[str, Any]] = []
    logged: list[tuple[int, float]] = []

    def init(**options: Any) -> SimpleNamespace:
        opened.append(options)
        return SimpleNamespace(
            log=lambda values, step: logged.append((step, values["loss"])), finish=lambda: logged.append((-1, 0.0))
        )

    wandb = SimpleNamespace(init=init, util=SimpleNamespace(generate_id=lambda: f"id{len(opened)}"))
    monkeypatch.setitem(sys.modules, "wandb", wandb)
    recipe = write_recipe(tmp_path, num_steps=2)
    run = train(recipe, out=tmp_path / "run", overrides=["logger=[wandb]"])
    train(recipe, out=run, overrides=["logger=[wandb]", "num_steps=3"], resume=True)
    assert [(options["id"], options["resume"], options["name"]) for options in opened] == [("id0", "allow", "run")] * 2
    assert [step for step, _ in logged] == [1, 2, -1, 3, -1]
    assert [loss for step, loss in logged if step > 0] == losses(run)


def test_curves_of_runs_are_drawn_side_by_side(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path)
    section = {"pairs": str(tmp_path / "data/pairs.jsonl")}
    measured = [f"evaluation={json.dumps(section)}", "evaluate_every=3"]
    plain = train(recipe, out=tmp_path / "plain", overrides=["loss.preset=clip"])
    ours = train(recipe, out=tmp_path / "ours", overrides=measured)
    result = CliRunner().invoke(app, ["plot", str(plain), str(ours), "-o", str(tmp_path / "curves.png")])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "curves.png").read_bytes()[:8] == PNG
    curves = read_curves(ours)
    assert curves["loss"].values == losses(ours)
    measured_curve = curves["eval/hard_negative_accuracy (%)"]
    assert measured_curve.steps == [0, 3, 6]
    for value, low, high in zip(measured_curve.values, measured_curve.low, measured_curve.high, strict=True):
        assert 0 <= low <= value <= high <= 100
    assert draw([plain, ours], tmp_path / "curves.svg").read_text().startswith("<?xml")


def test_a_folder_without_metrics_has_no_curves(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no metrics\.jsonl with a line in it; expected the folder of a training run"):
        draw([tmp_path], tmp_path / "curves.png")


def test_an_unknown_picture_format_is_refused(tmp_path: Path) -> None:
    run = train(write_recipe(tmp_path, num_steps=1), out=tmp_path / "run")
    with pytest.raises(InputError, match=r"curves\.bmq: expected a name that ends in \.png, \.svg or \.pdf"):
        draw([run], tmp_path / "curves.bmq")


def test_a_running_mean_is_that_of_a_slow_one() -> None:
    values = [float(value**2 % 7) for value in range(20)]
    slow = [sum(values[max(0, i - 3) : i + 1]) / len(values[max(0, i - 3) : i + 1]) for i in range(20)]
    assert running_mean(values, 3) == pytest.approx(slow)
