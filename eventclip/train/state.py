"""What a run has come to: all that a checkpoint must hold for the run to go on as if it had never stopped."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from eventclip.errors import EventClipError
from eventclip.models import ClipModel
from eventclip.train.ema import Ema
from eventclip.train.parameters import TrainedParameters


@dataclass(slots=True)
class TrainingState:
    """The moving parts of a run.

    Random numbers are no part of it: what a batch holds and what dropout drops are functions of seed and step.

    Attributes:
        model: in training.
        trained: which of its weights train.
        optimizer: of these.
        scaler: the loss scale of fp16.
        ema: the moving average of the weights, where one is kept.
        step: how many steps are done.
        best: the highest value of the declared metric so far.
        retention_start: the mean recall of the retention set before the first step.
    """

    model: ClipModel
    trained: TrainedParameters
    optimizer: torch.optim.Optimizer
    scaler: torch.amp.GradScaler
    ema: Ema | None
    step: int = 0
    best: float | None = None
    retention_start: float | None = None

    def write_model(self, folder: Path) -> None:
        """Writes the model that the run hands over: the averaged weights where there are such."""
        if self.ema is None:
            self.model.save(folder)
            return
        with self.ema.in_place():
            self.model.save(folder)

    def state_dict(self) -> dict[str, Any]:
        """What is not in the model's own files; with an average these hold the average, so the weights come along."""
        state = {
            "step": self.step,
            "trained": self.trained.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scaler": self.scaler.state_dict(),
            "best": self.best,
            "retention_start": self.retention_start,
        }
        if self.ema is not None:
            state |= {"ema": self.ema.state_dict(), "weights": self.model.clip.state_dict()}
        return state

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continues from `state_dict`; the model's own files have been loaded already.

        Raises:
            EventClipError: it is that of a run in which other weights train.
        """
        self.step, self.best, self.retention_start = state["step"], state["best"], state["retention_start"]
        self.trained.load_state_dict(state["trained"])
        self._load_optimizer(state["optimizer"])
        self.scaler.load_state_dict(state["scaler"])
        if "weights" in state:
            self.model.clip.load_state_dict(state["weights"])
        if self.ema is not None and "ema" in state:
            self.ema.load_state_dict(state["ema"])

    def _load_optimizer(self, state: dict[str, Any]) -> None:
        """The moments of the state; what the recipe says of decay, betas and rates stands."""
        of_recipe = [{key: group[key] for key in group if key != "params"} for group in self.optimizer.param_groups]
        try:
            self.optimizer.load_state_dict(state)
        except ValueError as error:
            raise EventClipError(
                f"other weights train than in the run that is to be continued ({error}); continue it with its own "
                "model.lock, model.lora, optimizer.layer_decay and optimizer.tower_lr, or name another run folder"
            ) from error
        for group, own in zip(self.optimizer.param_groups, of_recipe, strict=True):
            group.update(own)
