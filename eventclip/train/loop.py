"""The training loop: from a recipe and a pairs file to a run folder with a checkpoint that plain open_clip loads.

What a run folder holds is said in `run_folder` and `checkpoints`; from its last whole checkpoint a run that was stopped
at any moment continues with the very same numbers.
"""

import logging
import math
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, cast

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.utils.data import DataLoader

from eventclip.config import Recipe, load_recipe
from eventclip.datasets.pairs import Batch, PairsData, StepBatches, batch_pictures
from eventclip.errors import UsageError
from eventclip.jsonl import Rejection
from eventclip.losses import LossWeights, preset, world_size
from eventclip.models import ClipModel, build_model, load_model, load_trunk_weights, start_from_word_vectors
from eventclip.train import faults
from eventclip.train.backward import Backward, compile_towers
from eventclip.train.checkpoints import Checkpoints, Saved
from eventclip.train.ema import Ema
from eventclip.train.evaluation import Evaluator
from eventclip.train.features import cached_features
from eventclip.train.meter import Meter, step_metrics
from eventclip.train.objective import Objective
from eventclip.train.parameters import TrainedParameters
from eventclip.train.run_folder import METRICS_FILE, REJECTS_FILE, RunFolder
from eventclip.train.schedule import set_learning_rate
from eventclip.train.state import TrainingState
from eventclip.train.trackers import Tracker, flat, require_trackers, trackers

log = logging.getLogger(__name__)

OnStep = Callable[[int, int, dict[str, Any]], None]
_MAX_LOGIT_SCALE = math.log(100)


def train(
    recipe: str | Path | Recipe,
    *,
    overrides: list[str] | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    on_step: OnStep | None = None,
) -> Path:
    """Trains by a recipe and returns the run folder.

    Under torchrun every process calls this; the global batch is that of the recipe, and so are loss and gradients.

    Args:
        recipe: a recipe file, or a recipe.
        overrides: `key=value` changes, as in `optimizer.lr=1e-5`.
        out: the run folder; the recipe's `out` without it.
        resume: continue the run that stands in the folder from its last checkpoint.
        on_step: called after every step with the step, their number and the last metrics.

    Raises:
        UsageError: a recipe that is wrong, or a run folder that is in the way.
        EventClipError: a loss that is no number; the step and the pictures are named, batch and model are saved.
    """
    settings = recipe if isinstance(recipe, Recipe) else load_recipe(recipe, overrides)
    run = Path(out or settings.out or "")
    if run == Path():
        raise UsageError("no run folder; name one with --out, or `out:` in the recipe")
    settings = settings.model_copy(update={"out": run})
    with _ProcessGroup(settings) as device:
        return _Training(settings, run, device, resume=resume).run(on_step)


class _ProcessGroup:
    """Joins torchrun's processes for the time of a run, and gives the device of this one."""

    def __init__(self, settings: Recipe) -> None:
        cuda = settings.device == "cuda" or (settings.device == "auto" and torch.cuda.is_available())
        self.joined = "RANK" in os.environ and not dist.is_initialized()
        local = int(os.environ.get("LOCAL_RANK", "0"))
        self.device = f"cuda:{local}" if cuda else "cpu" if settings.device == "auto" else settings.device

    def __enter__(self) -> str:
        if self.device.startswith("cuda:"):
            torch.cuda.set_device(self.device)
        if self.joined:
            dist.init_process_group("nccl" if self.device.startswith("cuda") else "gloo")
        return self.device

    def __exit__(self, *_: object) -> None:
        if self.joined:
            dist.destroy_process_group()


class _Training:
    """One run, from where it starts or continues to its last step."""

    def __init__(self, settings: Recipe, run: Path, device: str, *, resume: bool) -> None:
        self.settings, self.device = settings, device
        self.rank, self.num_ranks = (dist.get_rank(), world_size()) if dist.is_initialized() else (0, 1)
        if settings.batch_size % self.num_ranks:
            raise UsageError(f"batch_size {settings.batch_size} does not divide among {self.num_ranks} processes")
        if (run / METRICS_FILE).exists() and not resume:
            raise UsageError(f"{run} holds a run already; name another folder, or pass --resume to continue it")
        require_trackers(settings)
        self.folder = RunFolder(run, rank=self.rank)
        self.checkpoints = Checkpoints(run, keep=settings.keep_checkpoints)
        self.data = PairsData(settings.data, seed=settings.seed)
        batch_pictures(len(self.data), settings.batch_size, 0, settings.seed)  # before a run folder is made
        weights = _loss_weights(settings)
        rejections: list[Rejection] = []
        self.evaluator = None if settings.evaluation is None else Evaluator(settings.evaluation, rejections)
        saved = self.checkpoints.newest() if resume else None
        model = self._model(saved)
        if weights.uses_bias:
            model.add_logit_bias(weights.logit_bias)
        self.trained = TrainedParameters(model, settings)
        self.features = None
        if settings.data.feature_cache is not None:
            cache = settings.data.feature_cache
            self.features = cached_features(model, self.data, cache, locked=self.trained.visual_is_fixed)
        objective = Objective(model, weights, from_trunk=self.features is not None)
        self.trained.train_mode()
        self.backward = Backward(objective, settings, device)
        ema = None if settings.ema_decay is None else Ema(model, settings.ema_decay)
        self.state = TrainingState(model, self.trained, self.trained.optimizer(), self.backward.scaler, ema)
        if saved is not None:
            self.state.load_state_dict(saved.state())
            log.info("continuing %s after step %d", run, self.state.step)
        if self.num_ranks > 1:
            dist.barrier()  # every process has looked for a run in the folder before the first one writes there
        self.folder.open(settings, self.state.step, device=device, num_ranks=self.num_ranks)
        if self.rank == 0:
            self.checkpoints.forget_after(self.state.step)
            self.folder.set_aside([*self.data.rejections, *rejections])
        self.meter = Meter(device)

    def _model(self, saved: Saved | None) -> ClipModel:
        settings = self.settings
        if saved is not None:
            model = load_model(saved.folder, device=self.device)
        else:
            model = start_model(settings).to(self.device)
        if settings.grad_checkpointing:
            model.clip.set_grad_checkpointing()
        if settings.compile:
            compile_towers(model)
        return model

    def run(self, on_step: OnStep | None) -> Path:
        """Takes the steps that are left."""
        settings, state = self.settings, self.state
        loader = self._batches()
        metrics: dict[str, Any] = {}
        with ExitStack() as stack:
            found = trackers(settings, self.folder.path, state.step) if self.rank == 0 else []
            for tracker in found:
                stack.callback(tracker.close)
            if self.evaluator is not None and state.step == 0:
                self._evaluate(self.evaluator, found)
            while state.step < settings.num_steps:
                losses, terms, norm = self._step(loader)
                last = state.step == settings.num_steps
                evaluated: dict[str, Any] = {}
                is_best = False
                if self.evaluator is not None and (state.step % settings.evaluate_every == 0 or last):
                    evaluated, is_best = self._evaluate(self.evaluator, found)
                if evaluated or last or state.step % settings.log_every == 0:
                    metrics = step_metrics(state, losses, terms, norm) | evaluated
                    metrics |= self.meter.read(settings.num_steps - state.step)
                    metrics["num_set_aside"] = self.folder.num_set_aside
                    self._write(metrics, found)
                if is_best or last or state.step % settings.checkpoint_every == 0:
                    self._save(best=is_best, last=last)
                if on_step is not None and self.rank == 0:
                    on_step(state.step, settings.num_steps, metrics)
        if self.folder.num_set_aside:
            log.warning(
                "%d records or pictures set aside, see %s", self.folder.num_set_aside, self.folder.path / REJECTS_FILE
            )
        return self.folder.path

    def _batches(self) -> Iterator[Batch]:
        settings, model, data = self.settings, self.state.model, self.settings.data
        steps = range(self.state.step * settings.accumulate, settings.num_steps * settings.accumulate)
        batches = StepBatches(
            self.data, settings.batch_size, steps, rank=self.rank, num_ranks=self.num_ranks,
            transform=model.transform(train=data.augment, crop_area=data.crop_area, mirror=data.mirror),
            features=self.features,
            resize_mode=model.preprocess_cfg.get("resize_mode", "shortest"),
        )  # fmt: skip
        pin = self.device.startswith("cuda")
        workers = data.num_workers
        return cast("Iterator[Batch]", iter(DataLoader(batches, batch_size=None, num_workers=workers, pin_memory=pin)))

    def _step(self, loader: Iterator[Batch]) -> tuple[list[Tensor], dict[str, Tensor], Tensor]:
        """Takes one step; gives the loss of each of its batches, the terms of the last, and the gradient's norm."""
        settings, state, scaler = self.settings, self.state, self.state.scaler
        set_learning_rate(state.optimizer, state.step, settings)
        state.optimizer.zero_grad(set_to_none=True)
        batches, losses = [], []
        terms: dict[str, Tensor] = {}
        for number in range(settings.accumulate):
            with self.meter.waiting():
                batch = next(loader)
            self.folder.set_aside(batch.broken)
            seed = hash((settings.seed, state.step, number, self.rank)) % 2**31
            loss, terms = self.backward(batch, seed=seed, last=number + 1 == settings.accumulate)
            batches.append(batch)
            losses.append(loss)
        scaler.unscale_(state.optimizer)
        self.trained.add_pull()
        norm = nn.utils.clip_grad_norm_(state.model.parameters(), settings.optimizer.max_grad_norm)
        if faults.is_lost(losses, norm, scaler):
            faults.stop(
                self.folder.path, state, batches, self.data, losses=losses, terms=terms, norm=norm, rank=self.rank
            )
        scaler.step(state.optimizer)
        scaler.update()
        with torch.no_grad():
            state.model.clip.logit_scale.clamp_(0, _MAX_LOGIT_SCALE)
        if state.ema is not None:
            state.ema.update()
        state.step += 1
        self.meter.add(settings.batch_size * settings.accumulate)
        return losses, terms, norm

    def _evaluate(self, evaluator: Evaluator, found: list[Tracker]) -> tuple[dict[str, Any], bool]:
        """Measures, and gives what goes into the metrics and whether the model is the best so far."""
        broken: list[Rejection] = []
        with self.meter.paused():
            evaluation = evaluator.measure(self.state, broken)
        self.trained.train_mode()
        shown, is_best = evaluator.judge(evaluation, self.state)
        if self.rank == 0:
            self.folder.set_aside(broken)
            self.folder.add_evaluation({"step": self.state.step, **shown, "results": evaluation.to_list()})
            if self.state.step == 0:
                for tracker in found:
                    tracker.add(0, dict(flat(shown)))
        return shown, is_best

    def _write(self, metrics: dict[str, Any], found: list[Tracker]) -> None:
        if self.rank == 0:
            self.folder.add_metrics(metrics)
            for tracker in found:
                tracker.add(metrics["step"], dict(flat(metrics)))

    def _save(self, *, best: bool, last: bool) -> None:
        if self.rank == 0:
            state = self.state
            self.checkpoints.try_save(state.write_model, state.state_dict(), state.step, best=best, last=last)


def _loss_weights(settings: Recipe) -> LossWeights:
    changes = dict(settings.loss)
    weights = preset(str(changes.pop("preset", "structured")), **changes)
    if weights.align and settings.data.events is None:
        raise UsageError(
            "loss.align aligns the event graph: expected data.events, the events.jsonl of the same records"
        )
    if weights.uses_patches and settings.data.feature_cache is not None:
        raise UsageError(
            "loss.align, loss.local and loss.words need patch features, which data.feature_cache does not keep; "
            "drop it or them"
        )
    if weights.align and weights.regions == "boxes" and settings.data.augment:
        raise UsageError("loss.regions=boxes needs pictures as they are: expected data.augment=false")
    return weights


def _named_model(name: str, settings: Recipe) -> ClipModel:
    config, is_folder = settings.model, Path(name).exists()
    if config.preprocess:
        raise UsageError("model.preprocess goes with model.config; the model of model.name brings its own: drop it")
    if is_folder and config.pretrained is not None:
        raise UsageError(f"model.pretrained: {name} is a folder with weights of its own; drop one of the two")
    if not is_folder and config.pretrained is None:
        log.warning("model.pretrained is null: %s starts from random weights", name)
        torch.manual_seed(settings.seed)
    return load_model(name, pretrained=config.pretrained)


def start_model(settings: Recipe) -> ClipModel:
    """The model that a recipe starts from.

    Raises:
        UsageError: not exactly one of `model.name` and `model.config`, or keys that go with the other one.
    """
    config = settings.model
    if (config.name is None) == (config.config is None):
        raise UsageError(
            "model: expected either `name` (a folder or one of open_clip's) or `config`, not both or neither"
        )
    if config.name is not None:
        model = _named_model(config.name, settings)
    else:
        model = build_model(config.config or {}, preprocess=config.preprocess, seed=settings.seed)
    if config.trunk is not None:
        load_trunk_weights(model, config.trunk.weights, config.trunk.kwargs)
    if config.word_vectors is not None:
        start_from_word_vectors(model, config.word_vectors)
    return model
