"""Clips to frame features: decoded in threads, encoded by the picture encoder, kept in memory if wanted.

Legend: V views, T frames, C channels, H height, W width, D embedding, N distinct frames.
"""

from collections import deque
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from eventclip.errors import InputError
from eventclip.jsonl import Rejection
from eventclip.records import ClipRecord
from eventclip_video.clips import video_path
from eventclip_video.decode import open_video
from eventclip_video.sampling import Indices

if TYPE_CHECKING:
    from eventclip.models import ClipModel

Sampler = Callable[[int], Indices]
"""The number of frames of a clip in, indices of shape (views, frames) out."""

ENCODE_BATCH = 64
"""So many frames go through the picture encoder at once."""


def encode_clip(path: str | Path, model: "ClipModel", sampler: Sampler, *, backend: str = "auto") -> Tensor:
    """The features of the frames that the sampler picks from one clip: (V, T, D), on the CPU, without gradient.

    Raises:
        InputError: the clip does not decode.
    """
    return _encode(_read(path, model.transform(), sampler, backend), model)


def encode_clips(
    records: Sequence[ClipRecord],
    model: "ClipModel",
    sampler: Callable[[int], Sampler],
    *,
    root: str | Path,
    backend: str = "auto",
    num_workers: int = 2,
    cache: MutableMapping[str, Tensor] | None = None,
    on_clip: Callable[[], None] | None = None,
) -> tuple[dict[str, Tensor], list[Rejection]]:
    """The frame features of many clips; broken ones are set aside.

    Args:
        records: the clips, each file decoded once.
        model: its picture encoder is used.
        sampler: the sampler of the clip at that place of the list.
        root: the folder that the `video` of a record is relative to.
        backend: of the decoder: see `open_video`.
        num_workers: threads that decode; the picture encoder runs meanwhile.
        cache: features by path, kept by the caller between calls with the same model and the same sampler.
        on_clip: called once for every clip, to move a progress bar.

    Returns:
        features (V, T, D) by record id, and what was set aside, with the record's id as `where`.
    """
    features: dict[str, Tensor] = {}
    rejections: list[Rejection] = []
    cache = {} if cache is None else cache
    transform = model.transform()

    def read(place: int) -> tuple[Tensor, Indices] | None:
        path = video_path(records[place], root)
        return None if str(path) in cache else _read(path, transform, sampler(place), backend)

    with ThreadPoolExecutor(num_workers) as pool:
        for record, pending in zip(records, _ahead(pool, read, len(records), num_workers), strict=True):
            try:
                pixels = pending.result()
                key = str(video_path(record, root))
                if key not in cache and pixels is not None:
                    cache[key] = _encode(pixels, model)
                features[record.id] = cache[key]
            except InputError as error:
                rejections.append(Rejection(record.id, str(error), record.video))
            if on_clip is not None:
                on_clip()
    return features, rejections


def _ahead(
    pool: ThreadPoolExecutor, read: Callable[[int], tuple[Tensor, Indices] | None], count: int, num_workers: int
) -> Iterator[Future[tuple[Tensor, Indices] | None]]:
    """Reads in order, at most two clips a thread ahead: the decoded frames of a whole list would fill the memory."""
    waiting: deque[Future[tuple[Tensor, Indices] | None]] = deque()
    for place in range(count):
        waiting.append(pool.submit(read, place))
        if len(waiting) > 2 * num_workers:
            yield waiting.popleft()
    yield from waiting


def _read(
    path: str | Path, transform: Callable[[Image.Image], Tensor], sampler: Sampler, backend: str
) -> tuple[Tensor, Indices]:
    video = open_video(path, backend)
    indices_VT = sampler(video.length)
    distinct_N, places_VT = np.unique(indices_VT, return_inverse=True)
    frames_NHWC = video.frames(distinct_N)
    pixels_NCHW = torch.stack([transform(Image.fromarray(frame_HWC)) for frame_HWC in frames_NHWC])
    return pixels_NCHW, places_VT.reshape(indices_VT.shape)


def _encode(clip: tuple[Tensor, Indices], model: "ClipModel") -> Tensor:
    pixels_NCHW, places_VT = clip
    device = model.device
    with torch.no_grad(), evaluating(model):
        parts = [pixels_NCHW[start : start + ENCODE_BATCH] for start in range(0, len(pixels_NCHW), ENCODE_BATCH)]
        features_ND = torch.cat([model.encode_image(part.to(device)) for part in parts])
    return features_ND.float().cpu()[torch.from_numpy(places_VT)]


@contextmanager
def evaluating(module: torch.nn.Module) -> Iterator[None]:
    """The module in evaluation mode, and back in its own mode afterwards."""
    training = module.training
    module.eval()
    try:
        yield
    finally:
        module.train(training)
