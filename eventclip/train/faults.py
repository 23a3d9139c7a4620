"""A loss or a gradient that is no number ends a run, and leaves behind what it takes to find out why."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import torch
from torch import Tensor

from eventclip.datasets.pairs import Batch, PairsData, Sample
from eventclip.errors import EventClipError
from eventclip.jsonl import atomic_write, write_json
from eventclip.train.checkpoints import STATE_FILE
from eventclip.train.state import TrainingState

_LEAST_SCALE = 2.0**-10


def is_lost(losses: Sequence[Tensor], norm: Tensor, scaler: torch.amp.GradScaler) -> bool:
    """Whether a step must not be taken. In fp16 a gradient may overflow: the scale is lowered and the step skipped.

    Args:
        losses: of the batches of the step.
        norm: of the gradient.
        scaler: of fp16; where it is in use, gradients count only once the scale cannot go lower.
    """
    finite = torch.isfinite(torch.stack([loss.float() for loss in losses])).all()
    if not scaler.is_enabled():
        return not bool(finite & torch.isfinite(norm))  # one wait for the accelerator instead of two
    return not bool(finite) or (scaler.get_scale() < _LEAST_SCALE and not bool(torch.isfinite(norm)))


def stop(
    run: Path, state: TrainingState, batches: Sequence[Batch], data: PairsData, *, losses: Sequence[Tensor],
    terms: Mapping[str, Tensor], norm: Tensor, rank: int,
) -> NoReturn:  # fmt: skip
    """Saves the batch and the model before the step, and raises.

    `stopped-step-N/` then holds a checkpoint that open_clip loads, `state.pt` with the optimizer, and for every process
    `batch-RANK.json`: pictures, texts and negatives, the loss and its terms. Weights are those before the step; running
    statistics of batch normalisation have seen the batch.

    Raises:
        EventClipError: always; it names the step, the pictures, and the folder.
    """
    step, found = state.step + 1, [float(loss) for loss in losses]
    folder = run / f"stopped-step-{step:07d}"
    samples = [sample for batch in batches for sample in batch.samples]
    images = [data.images[sample.picture] for sample in samples]
    saved = f"the batch and the model before the step are in {folder}"
    try:
        document: dict[str, Any] = {
            "step": step,
            "losses": [_number(value) for value in found],
            "terms": {name: _number(float(term)) for name, term in terms.items()},
            "gradient_norm": _number(float(norm)),
            "samples": [_sample(sample, data) for sample in samples],
        }
        write_json(folder / f"batch-{rank}.json", document)
        if rank == 0:
            state.model.save(folder)
            with atomic_write(folder / STATE_FILE, "wb") as stream:
                torch.save(state.state_dict(), stream)
    except OSError as error:
        saved = f"and it could not be saved: {error}"
    bad = [value for value in found if not math.isfinite(value)]
    what = f"the loss is {bad[0]}" if bad else f"the gradient is {float(norm)} though the loss is {found[-1]:.4f}"
    raise EventClipError(
        f"{what} at step {step} (pictures {', '.join(images[:4])}, ...); {saved}; lower optimizer.lr, or look at them"
    )


def _sample(sample: Sample, data: PairsData) -> dict[str, Any]:
    return {
        "image": data.images[sample.picture],
        "ids": [record.id for record in data.records[sample.picture]],
        "text": sample.text,
        "paraphrase": sample.paraphrase,
        "negatives": [
            {"kind": negative.kind, "text": negative.text}
            for contrast in sample.contrasts
            for negative in contrast.negatives
        ],
    }


def _number(value: float) -> float | str:
    """JSON knows no NaN."""
    return value if math.isfinite(value) else str(value)
