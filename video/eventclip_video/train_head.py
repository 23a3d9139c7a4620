"""The temporal head trained on frozen frame features: the encoders see every clip once, the rest takes seconds.

Legend: N examples, T frames, C labels, D embedding, B batch.
"""

import logging
from collections.abc import Callable, MutableMapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from eventclip.errors import InputError
from eventclip_video.clips import candidate_labels, read_clips
from eventclip_video.features import Sampler, encode_clips
from eventclip_video.heads import TransformerHead
from eventclip_video.prompts import class_features
from eventclip_video.sampling import segment_indices

if TYPE_CHECKING:
    from eventclip.models import ClipModel

log = logging.getLogger(__name__)

OnStep = Callable[[int, float], None]


def train_head(
    clips: str | Path,
    model: "ClipModel",
    *,
    labels: Sequence[str] | None = None,
    templates: Sequence[str] | None = None,
    num_frames: int = 8,
    num_views: int = 2,
    num_steps: int = 300,
    batch_size: int = 64,
    learning_rate: float = 1e-3,
    weight_decay: float = 0.05,
    seed: int = 0,
    backend: str = "auto",
    root: str | Path | None = None,
    num_workers: int = 2,
    cache: MutableMapping[str, Tensor] | None = None,
    on_clip: Callable[[], None] | None = None,
    on_step: OnStep | None = None,
) -> TransformerHead:
    """A temporal head for the actions of a list of clips; the model itself is not changed.

    Every clip must be told from its own candidates (the `labels` of its record, else `labels`, else every label of the
    list), so pairs that only time tells apart, such as "A man enters a room." and "A man leaves a room.", go in as
    two candidates.

    Args:
        clips: JSON lines of `ClipRecord`.
        model: the frozen picture and text encoder.
        labels: the candidates of clips that bring none of their own.
        templates: what class names are put into: see `class_features`.
        num_frames: frames of a clip, one out of each of so many segments.
        num_views: so many random choices of frames of every clip are training examples.
        num_steps: of AdamW, its learning rate falling to zero along a cosine.
        batch_size: examples a step.
        learning_rate: of the first step.
        weight_decay: of AdamW.
        seed: of the frames, the initial weights and the order of examples.
        backend: of the decoder: see `open_video`.
        root: the folder that the clips' paths are relative to; the folder of the list when None.
        num_workers: threads that decode.
        cache: keeps frame features between calls that differ in labels, templates or optimisation only.
        on_clip: called once for every clip, to move a progress bar.
        on_step: called after every step with its number and its loss.

    Raises:
        InputError: the list is missing, a label is not among its candidates, or no clip decodes.
        UsageError: a number of frames or views below 1, or an unknown backend.
    """
    records, rejections = read_clips(clips)
    candidates = candidate_labels(records, labels)

    def sampler(place: int) -> Sampler:
        generator = np.random.default_rng([seed, place])
        return lambda length: segment_indices(length, num_frames, num_views=num_views, generator=generator)

    root = Path(clips).parent if root is None else root
    features, undecoded = encode_clips(
        records, model, sampler, root=root, backend=backend, num_workers=num_workers, cache=cache, on_clip=on_clip
    )
    for rejection in rejections + undecoded:
        log.warning("set aside %s", rejection)
    if not features:
        raise InputError(
            f"{clips}: none of {len(records)} clips can be decoded; the first reason was: {undecoded[0].reason}"
        )
    names = list(dict.fromkeys(label for each in candidates for label in each))
    rows = {name: row for row, name in enumerate(names)}
    usable = [(record, own) for record, own in zip(records, candidates, strict=True) if record.id in features]
    allowed_NC = torch.zeros(len(usable), len(names), dtype=torch.bool)
    for place, (_, own) in enumerate(usable):
        allowed_NC[place, [rows[label] for label in own]] = True
    return fit_head(
        torch.cat([features[record.id] for record, _ in usable]),
        torch.tensor([rows[record.label] for record, _ in usable]).repeat_interleave(num_views),
        class_features(model, names, templates),
        allowed_NC.repeat_interleave(num_views, dim=0),
        scale=float(model.logit_scale_exp().detach()),
        num_steps=num_steps,
        batch_size=batch_size,
        learning_rate=learning_rate,
        weight_decay=weight_decay,
        seed=seed,
        on_step=on_step,
    )


def fit_head(
    frames_NTD: Tensor,
    targets_N: Tensor,
    text_CD: Tensor,
    allowed_NC: Tensor,
    *,
    scale: float,
    num_steps: int = 300,
    batch_size: int = 64,
    learning_rate: float = 1e-3,
    weight_decay: float = 0.05,
    seed: int = 0,
    on_step: OnStep | None = None,
) -> TransformerHead:
    """A head that brings clips near the text of their label and away from their other candidates.

    Args:
        frames_NTD: features of the frames of N examples.
        targets_N: the row of the right label in `text_CD`.
        text_CD: features of the labels; training runs on their device.
        allowed_NC: which labels are candidates of which example.
        scale: what cosines are multiplied by before the softmax.
        num_steps: of AdamW, its learning rate falling to zero along a cosine.
        batch_size: examples a step, all of them if there are fewer.
        learning_rate: of the first step.
        weight_decay: of AdamW.
        seed: of the initial weights and the order of examples.
        on_step: called after every step with its number and its loss.

    Returns:
        the head in evaluation mode.
    """
    num_examples, num_frames, dim = frames_NTD.shape
    order = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        head = TransformerHead(dim, num_positions=num_frames).to(text_CD.device)
    optimizer = torch.optim.AdamW(head.parameters(), lr=learning_rate, weight_decay=weight_decay)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, num_steps)
    queue = torch.empty(0, dtype=torch.int64)
    for step in range(num_steps):
        while len(queue) < min(batch_size, num_examples):
            queue = torch.cat([queue, torch.randperm(num_examples, generator=order)])
        chosen_B, queue = queue[:batch_size], queue[batch_size:]
        video_BD = head(frames_NTD[chosen_B].to(text_CD.device))
        logits_BC = scale * video_BD @ text_CD.T
        logits_BC = logits_BC.masked_fill(~allowed_NC[chosen_B].to(text_CD.device), -torch.inf)
        loss = functional.cross_entropy(logits_BC, targets_N[chosen_B].to(text_CD.device))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
        if on_step is not None:
            on_step(step, loss.item())
    return head.eval()
