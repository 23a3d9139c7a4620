"""The loop: equal numbers after an interruption and on two processes, checkpoints, and bad input."""

import json
import os
import subprocess
import sys
from pathlib import Path

import open_clip
import pytest
import torch

from eventclip.config import load_recipe
from eventclip.errors import EventClipError, InputError, UsageError
from eventclip.losses import PRESETS
from eventclip.train import train
from eventclip.train.loop import start_model
from eventclip.train.schedule import learning_rate
from tests.eventclip.tiny import losses, write_events, write_recipe


def weights(run: Path) -> dict[str, torch.Tensor]:
    return dict(open_clip.create_model(f"local-dir:{run / 'checkpoint'}").state_dict())


def test_a_continued_run_has_the_numbers_of_an_undisturbed_one(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path)
    whole = train(recipe, out=tmp_path / "whole")

    class Stopped(Exception):
        pass

    def stop(step: int, _: int, __: dict[str, object]) -> None:
        if step == 4:
            raise Stopped

    with pytest.raises(Stopped):
        train(recipe, out=tmp_path / "cut", on_step=stop)
    cut = train(recipe, out=tmp_path / "cut", resume=True)
    assert losses(cut) == losses(whole)
    assert all(torch.equal(tensor, weights(whole)[name]) for name, tensor in weights(cut).items())


def test_training_lowers_the_loss(tmp_path: Path) -> None:
    found = losses(train(write_recipe(tmp_path, num_steps=40), out=tmp_path / "run"))
    assert sum(found[-5:]) < 0.8 * sum(found[:5])


def test_a_run_folder_holds_the_resolved_recipe(tmp_path: Path) -> None:
    run = train(write_recipe(tmp_path), out=tmp_path / "run", overrides=["optimizer.lr=2e-3", "num_steps=3"])
    assert load_recipe(run / "config.yaml").optimizer.lr == 2e-3
    assert load_recipe(run / "config.yaml").num_steps == 3


def test_a_model_by_name_alone_starts_from_weights_of_the_seed_and_keys_without_effect_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds: list[int] = []
    monkeypatch.setattr("eventclip.train.loop.load_model", lambda *_, **__: seeds.append(torch.initial_seed()))
    recipe = load_recipe(write_recipe(tmp_path), ["model.config=null", "model.name=ViT-S-32-alt", "seed=7"])
    start_model(recipe)
    assert seeds == [7]
    for change, message in (
        ("model.preprocess={mean: [0, 0, 0]}", "model.preprocess goes with model.config"),
        ("model.pretrained=openai", "is a folder with weights of its own"),
    ):
        changed = load_recipe(tmp_path / "recipe.yaml", ["model.config=null", f"model.name={tmp_path}", change])
        with pytest.raises(UsageError, match=message):
            start_model(changed)


def test_a_run_folder_in_the_way_is_not_overwritten(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path, num_steps=1)
    train(recipe, out=tmp_path / "run")
    with pytest.raises(UsageError, match=r"holds a run already; name another folder, or pass --resume"):
        train(recipe, out=tmp_path / "run")


def test_a_loss_that_is_no_number_names_the_step_and_the_pictures(tmp_path: Path) -> None:
    with pytest.raises(EventClipError, match=r"the loss is nan at step \d+ \(pictures .*png"):
        train(write_recipe(tmp_path), out=tmp_path / "run", overrides=["optimizer.lr=1e20", "optimizer.warmup_steps=0"])


def test_a_truncated_picture_is_passed_over_and_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    recipe = write_recipe(tmp_path)
    broken = tmp_path / "data/3.png"
    broken.write_bytes(broken.read_bytes()[:100])
    train(recipe, out=tmp_path / "run")
    assert "3.png: the picture does not decode" in caplog.text


def test_a_missing_picture_is_counted_and_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    recipe = write_recipe(tmp_path)
    (tmp_path / "data/3.png").unlink()
    train(recipe, out=tmp_path / "run")
    assert "1 records set aside" in caplog.text
    assert "no picture at" in caplog.text


def test_no_picture_at_all_is_refused(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path)
    for picture in (tmp_path / "data").glob("*.png"):
        picture.unlink()
    with pytest.raises(InputError, match=r"no record with a picture; the first reason: .*no picture at"):
        train(recipe, out=tmp_path / "run")


def test_a_batch_larger_than_the_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="12 pictures do not fill a batch of 64"):
        train(write_recipe(tmp_path), out=tmp_path / "run", overrides=["batch_size=64"])
    assert not (tmp_path / "run").exists(), "the same command must work with a smaller batch"


def test_alignment_without_events_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"loss\.align aligns the event graph: expected data\.events"):
        train(write_recipe(tmp_path), out=tmp_path / "run", overrides=["loss.align=0.1"])


def test_terms_of_patches_and_cached_features_are_refused_together(tmp_path: Path) -> None:
    changes = ["loss.words=0.1", f"data.feature_cache={tmp_path / 'f.safetensors'}"]
    with pytest.raises(UsageError, match=r"need patch features, which data\.feature_cache does not keep"):
        train(write_recipe(tmp_path), out=tmp_path / "run", overrides=changes)


def test_boxes_and_random_crops_are_refused_together(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path)
    changes = ["loss.align=0.1", "loss.regions=boxes", "data.augment=true"]
    changes.append(f"data.events={write_events(tmp_path / 'data')}")
    with pytest.raises(
        UsageError, match=r"loss\.regions=boxes needs pictures as they are: expected data\.augment=false"
    ):
        train(recipe, out=tmp_path / "run", overrides=changes)


def test_a_model_without_a_bias_is_given_one_for_the_sigmoid_loss_and_trains_it(tmp_path: Path) -> None:
    run = train(write_recipe(tmp_path), out=tmp_path / "run", overrides=["loss={preset: siglip, logit_bias: -3}"])
    assert float(weights(run)["logit_bias"]) != -3.0
    assert float(weights(run)["logit_bias"]) == pytest.approx(-3.0, abs=0.1)


def test_the_rate_warms_up_and_then_falls_to_nought(tmp_path: Path) -> None:
    settings = load_recipe(write_recipe(tmp_path))
    rates = [learning_rate(step, settings) for step in range(6)]
    assert rates[:3] == pytest.approx([5e-4, 1e-3, 1e-3])
    assert rates[3] > rates[4] > rates[5] > 0


PROBE = """
import dataclasses, json, sys, torch
import torch.distributed as dist
from eventclip.config import load_recipe
from eventclip.datasets.pairs import PairsData, StepBatches
from eventclip.losses import PRESETS, preset, world_size
from eventclip.train.loop import _ProcessGroup, start_model
from eventclip.train.objective import Objective

torch.set_num_threads(1)
settings = load_recipe(sys.argv[1])
with _ProcessGroup(settings):
    rank, ranks = (dist.get_rank(), world_size()) if dist.is_initialized() else (0, 1)
    data = PairsData(settings.data, seed=0)
    model = start_model(settings)
    model.add_logit_bias(-2.0)
    model.double()  # in single precision small gradients of large sums differ by more than what is asked for
    batch = StepBatches(data, 8, range(1), rank=rank, num_ranks=ranks, transform=model.transform())[0]
    batch = dataclasses.replace(batch, pixels=batch.pixels.double())
    results = {}
    more = {"margin": 1.0, "rank": 0.4, "intra": 0.2, "local": 0.2, "words": 0.3, "align": 0.5, "regions": "boxes"}
    objectives = {**PRESETS, "everything": preset("structured", **more)}
    for name, weights in objectives.items():
        objective = Objective(model, weights, from_trunk=False)
        if ranks > 1:
            objective = torch.nn.parallel.DistributedDataParallel(objective)
        model.zero_grad()
        loss, _ = objective(batch)
        loss.backward()
        total = loss.detach().clone()
        if ranks > 1:
            dist.all_reduce(total)
        # The embedding of the 49,408 tokens is nearly all noughts; its sum over them stands for it.
        gradients = [p.grad.sum(0) if len(p) > 1000 else p.grad for p in model.parameters() if p.ndim and p.numel()]
        results[name] = [float(total) / ranks, torch.cat([g.flatten() for g in gradients]).tolist()]
    if rank == 0:
        print(json.dumps(results))
"""


@pytest.mark.slow
def test_two_processes_have_the_loss_and_the_gradients_of_one(tmp_path: Path) -> None:
    recipe, probe = write_recipe(tmp_path), tmp_path / "probe.py"
    events = write_events(tmp_path / "data")
    recipe.write_text(recipe.read_text().replace("data:", f"data:\n  events: {events}", 1))
    probe.write_text(PROBE)
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}

    def run(*launcher: str) -> dict[str, list[object]]:
        command = [sys.executable, *launcher, str(probe), str(recipe)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout.splitlines()[-1]))

    one = run()
    two = run("-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2")
    assert set(one) == {*PRESETS, "everything"}
    for name in one:
        assert two[name][0] == pytest.approx(one[name][0], rel=1e-5, abs=1e-6)
        assert two[name][1] == pytest.approx(one[name][1], rel=1e-5, abs=1e-6)
