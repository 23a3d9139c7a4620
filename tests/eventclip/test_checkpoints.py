"""Checkpoints: which stay, and what happens to a run when one is damaged, half written, or finds no room."""

import errno
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from eventclip.errors import EventClipError
from eventclip.models import load_model
from eventclip.train import train
from eventclip.train.checkpoints import STATE_FILE, Checkpoints, damage
from tests.eventclip.tiny import losses, write_recipe


class Stopped(Exception):
    pass


def stopped_run(folder: Path, recipe: Path, *, after: int, **changes: Any) -> Path:
    """A run that ended without warning after a step."""

    def stop(step: int, _: int, __: dict[str, Any]) -> None:
        if step == after:
            raise Stopped

    with pytest.raises(Stopped):
        train(recipe, out=folder, on_step=stop, **changes)
    return folder


def steps(run: Path) -> list[int]:
    return [int(folder.name.removeprefix("step-")) for folder in sorted((run / "checkpoints").iterdir())]


def test_the_last_ones_stay_and_the_link_leads_to_the_newest(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path)
    run = train(recipe, out=tmp_path / "run", overrides=["checkpoint_every=1", "keep_checkpoints=2"])
    assert steps(run) == [5, 6]
    assert (run / "checkpoint").resolve().name == "step-0000006"
    moved = run.rename(tmp_path / "moved")  # links are relative: a run folder can be moved
    assert load_model(moved).embed_dim == 16
    assert damage(moved / "checkpoints/step-0000005") is None


def test_the_best_one_stays_besides_the_last(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path, keep=1)
    for step in range(1, 5):
        checkpoints.save(lambda folder: folder.mkdir(), {"step": step}, step, best=step == 2)
    assert steps(tmp_path) == [2, 4]
    assert (tmp_path / "best").resolve().name == "step-0000002"


def test_a_folder_that_was_copied_without_its_links_goes_on(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path)
    run = stopped_run(tmp_path / "run", recipe, after=4)
    copied = Path(shutil.copytree(run, tmp_path / "copied"))
    assert not (copied / "checkpoint").is_symlink()
    train(recipe, out=copied, resume=True)
    assert (copied / "checkpoint").resolve() == (copied / "checkpoints/step-0000006").resolve()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def write_something(folder: Path) -> None:
    folder.mkdir()
    (folder / "open_clip_model.safetensors").write_bytes(b"w" * 200)


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("name", "spoil", "reason"),
    [
        ("open_clip_model.safetensors", cut, "open_clip_model.safetensors is not as it was written"),
        ("open_clip_model.safetensors", flip, "open_clip_model.safetensors is not as it was written"),
        ("state.pt", cut, "state.pt is not as it was written"),
        ("state.pt", Path.unlink, "state.pt is missing"),
        ("manifest.json", Path.unlink, "manifest.json is missing"),
        ("manifest.json", cut, "manifest.json or what it lists cannot be read"),
    ],
)
def test_a_damaged_checkpoint_is_named_and_the_one_before_it_is_used(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, spoil: Any, reason: str
) -> None:
    checkpoints = Checkpoints(tmp_path, keep=2)
    for step in (2, 4):
        checkpoints.save(write_something, {"step": step}, step, best=False)
    spoil(tmp_path / "checkpoints/step-0000004" / name)
    found = checkpoints.newest()
    assert found is not None
    assert (found.step, found.state()["step"]) == (2, 2)
    assert f"step-0000004 is damaged ({reason}" in caplog.text
    assert "continuing from the one before it, after step 2" in caplog.text


def test_a_run_goes_on_from_the_checkpoint_before_a_damaged_one_with_equal_numbers(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    recipe = write_recipe(tmp_path)
    whole = train(recipe, out=tmp_path / "whole", overrides=["checkpoint_every=2"])
    cut_off = stopped_run(tmp_path / "cut", recipe, after=5, overrides=["checkpoint_every=2"])
    flip(cut_off / "checkpoint/open_clip_model.safetensors")
    train(recipe, out=cut_off, overrides=["checkpoint_every=2"], resume=True)
    assert "step-0000004 is damaged" in caplog.text
    assert losses(cut_off) == losses(whole)


def test_nothing_but_damaged_checkpoints_is_an_error(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path)
    run = stopped_run(tmp_path / "run", recipe, after=4)
    cut(run / "checkpoint" / STATE_FILE)
    with pytest.raises(EventClipError, match=r"step-0000003 is damaged \(state\.pt .*; no other is there: train anew"):
        train(recipe, out=run, resume=True)


def full_disk(monkeypatch: pytest.MonkeyPatch, *, steps: set[int]) -> None:
    """Half of the state is written, then the disk is full, in the checkpoints of some steps."""
    save = torch.save

    def write(state: dict[str, Any], stream: Any) -> None:
        if state["step"] in steps:
            stream.write(b"half")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), stream.name)
        save(state, stream)

    monkeypatch.setattr(torch, "save", write)


def test_a_full_disk_costs_a_checkpoint_and_not_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    recipe = write_recipe(tmp_path)
    full_disk(monkeypatch, steps={4})
    run = train(recipe, out=tmp_path / "run", overrides=["checkpoint_every=2", "keep_checkpoints=3"])
    assert steps(run) == [2, 6]
    assert "the checkpoint after step 4 could not be written ([Errno 28] No space left on device" in caplog.text
    assert "those before it are whole; make room in" in caplog.text


def test_a_full_disk_at_the_end_is_an_error_from_which_the_run_continues(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = write_recipe(tmp_path)
    whole = train(recipe, out=tmp_path / "whole")
    with monkeypatch.context() as context:
        full_disk(context, steps={6})
        with pytest.raises(EventClipError, match=r"after step 6 could not be written .* continue with --resume"):
            train(recipe, out=tmp_path / "run")
    assert steps(tmp_path / "run") == [3]
    run = train(recipe, out=tmp_path / "run", resume=True)
    assert losses(run) == losses(whole)


def test_lines_wait_for_room_on_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from eventclip.train import run_folder

    append, left = run_folder.append_whole, [3]

    def full(path: Path, text: str) -> None:
        left[0] -= 1
        if 0 <= left[0] < 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        append(path, text)

    monkeypatch.setattr(run_folder, "append_whole", full)
    run = train(write_recipe(tmp_path), out=tmp_path / "run")
    lines = [json.loads(line)["step"] for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert lines == [1, 2, 3, 4, 5, 6]
    assert caplog.text.count("it waits until there is room") == 1


def test_a_line_is_appended_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The operating system may take a part of what it is given before it finds no room."""
    import io

    from eventclip.train.run_folder import append_whole

    path = tmp_path / "lines"
    append_whole(path, "one\n")
    write = io.FileIO.write

    class Short(io.FileIO):
        def write(self, data: Any) -> int:
            return write(self, data[:2])

    monkeypatch.setattr(Path, "open", lambda self, mode, buffering: Short(self, mode.replace("b", "")))
    with pytest.raises(OSError, match="only a part of the line could be written"):
        append_whole(path, "two\n")
    monkeypatch.undo()
    assert path.read_text() == "one\n"


def test_what_a_killed_run_left_behind_is_no_checkpoint_and_goes(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path)
    run = stopped_run(tmp_path / "run", recipe, after=4)
    for name in ("step-0000006.writing", "step-0000002.removing"):
        (run / "checkpoints" / name).mkdir()
    with (run / "metrics.jsonl").open("a") as stream:
        stream.write('{"step": 5, "lo')  # torn
    train(recipe, out=run, resume=True)
    assert sorted(path.name for path in (run / "checkpoints").iterdir()) == ["step-0000003", "step-0000006"]
    assert len(losses(run)) == 6


def test_the_moving_average_is_what_is_saved_and_the_weights_are_what_is_continued(tmp_path: Path) -> None:
    recipe, changes = write_recipe(tmp_path), ["ema_decay=0.9", "checkpoint_every=2"]
    whole = train(recipe, out=tmp_path / "whole", overrides=changes)
    cut_off = stopped_run(tmp_path / "cut", recipe, after=3, overrides=changes)
    train(recipe, out=cut_off, overrides=changes, resume=True)
    assert losses(cut_off) == losses(whole)
    saved = load_model(whole / "checkpoint").clip.state_dict()
    continued = load_model(cut_off / "checkpoint").clip.state_dict()
    live = torch.load(whole / "checkpoint" / STATE_FILE, weights_only=True)["weights"]
    assert all(torch.equal(tensor, saved[name]) for name, tensor in continued.items())
    assert not torch.equal(live["visual.conv1.weight"], saved["visual.conv1.weight"])
    plain = train(recipe, out=tmp_path / "plain", overrides=["checkpoint_every=2"])
    assert losses(plain) == losses(whole), "an average must not touch the training"
    without = stopped_run(tmp_path / "without", recipe, after=3, overrides=changes)
    train(recipe, out=without, overrides=["checkpoint_every=2"], resume=True)
    assert losses(without) == losses(whole), "nor does it when no more of it is kept"


def test_a_continued_run_takes_decay_and_betas_from_its_recipe(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path)
    run = stopped_run(tmp_path / "run", recipe, after=4)
    train(recipe, out=run, overrides=["optimizer.weight_decay=0.7", "optimizer.betas=[0.5, 0.6]"], resume=True)
    groups = torch.load(run / "checkpoint" / STATE_FILE, weights_only=True)["optimizer"]["param_groups"]
    assert {group["weight_decay"] for group in groups} == {0.7, 0.0}
    assert {tuple(group["betas"]) for group in groups} == {(0.5, 0.6)}


def test_a_run_in_which_other_weights_train_is_not_continued(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path)
    run = stopped_run(tmp_path / "run", recipe, after=4)
    with pytest.raises(EventClipError, match="other weights train than in the run that is to be continued"):
        train(recipe, out=run, overrides=["optimizer.layer_decay=0.5"], resume=True)
