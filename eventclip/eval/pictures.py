"""Pictures and texts to features: in batches, each distinct text once, broken pictures set aside.

Shape legend: B batch, C channels, H and W rows and columns, D feature width, T texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from PIL import Image
from torch import Tensor

from eventclip.datasets.pairs import open_picture
from eventclip.errors import InputError
from eventclip.jsonl import Rejection

if TYPE_CHECKING:
    from eventclip.models import ClipModel

NUM_READERS = 4

OnBatch = Callable[[int, int], None]
"""Called after each batch with how many texts and pictures are done, and of how many."""


@dataclass(slots=True)
class Progress:
    """Counts what is done towards a total and tells the caller."""

    total: int
    on_batch: OnBatch | None
    done: int = 0

    def add(self, count: int) -> None:
        self.done += count
        if self.on_batch is not None:
            self.on_batch(self.done, self.total)


@contextmanager
def evaluating(model: ClipModel) -> Iterator[torch.device]:
    """The model in evaluation mode and without gradients; gives its device and puts the mode back afterwards."""
    training = model.training
    model.eval()
    try:
        with torch.inference_mode():
            yield model.device
    finally:
        model.train(training)


def picture_batches(
    paths: Sequence[Path],
    transform: Callable[[Image.Image], Tensor],
    *,
    batch_size: int,
    broken: list[Rejection],
    progress: Progress,
) -> Iterator[tuple[list[int], Tensor]]:
    """Batches of pictures that could be read.

    Args:
        paths: the picture files.
        transform: from a picture in RGB to a tensor (C, H, W).
        batch_size: pictures a batch; less where some are broken.
        broken: the list that pictures which cannot be read are added to.
        progress: told of every batch.

    Yields:
        positions in `paths`, and the pictures (B, C, H, W); batches without a readable picture are passed over.
    """

    def load(path: Path) -> Tensor | Rejection:
        try:
            return transform(open_picture(path))
        except InputError as error:
            return Rejection(str(path), str(error).removeprefix(f"{path}: "))

    with ThreadPoolExecutor(NUM_READERS) as readers:
        for start in range(0, len(paths), batch_size):
            loaded = list(readers.map(load, paths[start : start + batch_size]))
            broken += [picture for picture in loaded if isinstance(picture, Rejection)]
            positions = [start + i for i, picture in enumerate(loaded) if not isinstance(picture, Rejection)]
            if positions:
                yield positions, torch.stack([picture for picture in loaded if not isinstance(picture, Rejection)])
            progress.add(len(loaded))


def none_readable(broken: Sequence[Rejection]) -> InputError:
    """The error for a file of whose pictures not one can be read."""
    return InputError(
        f"none of the {len(broken):,} pictures can be read; the first is {broken[0]}; "
        "pass the folder that they lie in as `images`"
    )


def text_features(model: ClipModel, texts: Sequence[str], *, batch_size: int, progress: Progress) -> Tensor:
    """Features of the texts (T, D) on the model's device; texts of like length share a batch."""
    order = sorted(range(len(texts)), key=lambda position: len(texts[position]))
    features: list[Tensor] = []
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        features.append(model.encode_text([texts[position] for position in batch]))
        progress.add(len(batch))
    sorted_TD = torch.cat(features)
    text_TD = torch.empty_like(sorted_TD)
    text_TD[torch.tensor(order, device=text_TD.device)] = sorted_TD
    return text_TD
