"""Retrieval between pictures and captions: recall@k in both directions, several captions a picture.

Shape legend: I pictures, T texts, D feature width.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from eventclip.errors import InputError
from eventclip.eval.pictures import OnBatch, Progress, evaluating, none_readable, picture_batches, text_features
from eventclip.eval.results import Result, document, share
from eventclip.jsonl import Rejection, read_records
from eventclip.records import CaptionRecord

if TYPE_CHECKING:
    from eventclip.models import ClipModel

TASK = "retrieval/1"
CHUNK = 1_024


def retrieval(
    model: ClipModel,
    captions: str | Path,
    *,
    model_name: str,
    images: str | Path | None = None,
    ks: Sequence[int] = (1, 5, 10),
    batch_size: int = 64,
    on_batch: OnBatch | None = None,
) -> dict[str, Any]:
    """Recall@k of captions for pictures and of pictures for captions, among all of the file.

    Args:
        model: the model; it is on the device where it is to run.
        captions: captions records (events and pairs records are such); those with the same `image` share a picture.
        model_name: what the results say that was measured.
        images: the folder that `image` is relative to; the folder of `captions` when None.
        ks: how many of the nearest are looked at.
        batch_size: pictures, and texts, a batch.
        on_batch: called after each batch with how many texts and pictures are done, and of how many.

    Returns:
        the result document, with the `broken` pictures; their captions are left out.

    Raises:
        InputError: no record has a picture, or no picture can be read.
    """
    captions = Path(captions)
    texts_of: dict[str, list[str]] = {}
    for record in read_records(captions, CaptionRecord):
        if record.image is not None:
            texts_of.setdefault(record.image, []).append(record.caption)
    if not texts_of:
        raise InputError(f"{captions}: no record has a picture; expected `image` to name one")
    names = list(texts_of)
    root = Path(images) if images is not None else captions.parent
    num_texts = sum(len(texts) for texts in texts_of.values())
    progress, broken = Progress(num_texts + len(names), on_batch), list[Rejection]()
    usable: list[int] = []
    features: list[Tensor] = []
    with evaluating(model) as device:
        for positions, image_BCHW in picture_batches(
            [root / name for name in names],
            model.transform(train=False),
            batch_size=batch_size,
            broken=broken,
            progress=progress,
        ):
            usable += positions
            features.append(model.encode_image(image_BCHW.to(device)))
        if not usable:
            raise none_readable(broken)
        texts = [text for position in usable for text in texts_of[names[position]]]
        owner_T = torch.tensor([row for row, position in enumerate(usable) for _ in texts_of[names[position]]])
        progress.total = len(names) + len(texts)
        text_TD = text_features(model, texts, batch_size=batch_size, progress=progress)
        text_rank_I, image_rank_T = ranks(torch.cat(features), text_TD, owner_T)
    return document(
        TASK,
        recalls(text_rank_I, image_rank_T, owner_T, ks),
        model=model_name,
        file=str(captions),
        num_pictures=len(usable),
        num_captions=len(texts),
        broken=[str(rejection) for rejection in broken],
    )


def ranks(image_ID: Tensor, text_TD: Tensor, owner_T: Tensor) -> tuple[Tensor, Tensor]:
    """At which place the right answer comes, 1 being the first; of equal scores the right answer comes last.

    Args:
        image_ID: features of the pictures.
        text_TD: features of the captions.
        owner_T: the row of the picture that each caption belongs to; every picture has at least one.

    Returns:
        for each picture the place of its best caption (I,), captions of its own not counted as wrong; for each
        caption the place of its picture (T,).
    """
    owner_T = owner_T.to(text_TD.device)
    text_rank_I = []
    for start in range(0, len(image_ID), CHUNK):
        rows = torch.arange(start, min(start + CHUNK, len(image_ID)), device=image_ID.device)
        similarity_IT = image_ID[rows] @ text_TD.T
        own_IT = rows[:, None] == owner_T
        best_I1 = similarity_IT.masked_fill(~own_IT, -torch.inf).amax(1, keepdim=True)
        text_rank_I.append(1 + ((similarity_IT >= best_I1) & ~own_IT).sum(1))
    image_rank_T = []
    for start in range(0, len(text_TD), CHUNK):
        similarity_TI = text_TD[start : start + CHUNK] @ image_ID.T
        own_T1 = similarity_TI.gather(1, owner_T[start : start + CHUNK, None])
        image_rank_T.append((similarity_TI >= own_T1).sum(1))
    return torch.cat(text_rank_I), torch.cat(image_rank_T)


def recalls(text_rank_I: Tensor, image_rank_T: Tensor, owner_T: Tensor, ks: Sequence[int]) -> list[Result]:
    """Recall@k in both directions from the places of the right answers; intervals are over pictures."""
    num_images, num_texts = len(text_rank_I), len(image_rank_T)
    own = torch.bincount(owner_T.cpu(), minlength=num_images).tolist()
    results = []
    for k in ks:
        missed = [comb(num_texts - count, k) / comb(num_texts, k) if k <= num_texts else 0.0 for count in own]
        hits, chance = (text_rank_I <= k).tolist(), 1 - sum(missed) / num_images
        results.append(share(TASK, f"image_to_text_recall@{k}", hits, range(num_images), chance=chance))
    for k in ks:
        hits, chance = (image_rank_T <= k).tolist(), min(1.0, k / num_images)
        results.append(share(TASK, f"text_to_image_recall@{k}", hits, owner_T.tolist(), chance=chance))
    return results
