"""The features of a fixed visual tower, computed once and kept in a file."""

import hashlib
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as serialize
from torch import Tensor

from eventclip.config import DataConfig
from eventclip.datasets.pairs import PairsData
from eventclip.errors import InputError, UsageError
from eventclip.jsonl import atomic_write
from eventclip.models import ClipModel, plain_weights

log = logging.getLogger(__name__)

_BATCH = 32
_LOG_EVERY = 500
_DIGEST_BYTES, _SEED_BYTES = 16, 8

Table = dict[bytes, Tensor]
"""Features (views, C) by the digest of the bytes that they were computed from."""


@torch.no_grad()
def cached_features(model: ClipModel, data: PairsData, path: Path, *, locked: bool) -> Tensor:
    """The features of every picture of the data, (pictures, views, C), from the file or computed and written there.

    The first view is the picture as it is, the others are random crops. The file is keyed by the weights of the tower
    and how views are made, and each row by the bytes of its picture, which are hashed as they are read and decide the
    crops. Only pictures that the file does not know are decoded and encoded: a picture that was renamed, copied, or
    stands in other data too, is known. Pictures that do not decode are left out of the data.

    Args:
        model: whose tower; on the device that computes.
        data: the records; broken pictures are dropped from it.
        path: a safetensors file.
        locked: whether the tower stays as it is in training.

    Raises:
        UsageError: the tower is not locked, so that cached features would go stale, or pictures are to be augmented.
        InputError: no picture decodes.
    """
    if not locked:
        raise UsageError(
            "data.feature_cache keeps the features of a tower that does not change: set model.lock_trunk, or visual "
            "in model.lock, and unlock none of it"
        )
    if data.config.augment:
        raise UsageError(
            "data.feature_cache keeps views that are made once: expected data.augment false; set data.feature_views"
        )
    key = _key(model, data.config)
    table = _read(path, key)
    num_known = len(table)
    model.eval()
    digests = list(_encoded(model, data, table, path))
    rows = [row for row, digest in enumerate(digests) if digest in table]
    if not rows:
        raise InputError(f"none of the {len(data)} pictures decodes")
    if len(table) > num_known and not (dist.is_initialized() and dist.get_rank()):  # one process of a run writes
        _write(path, key, table)
    data.keep(rows)
    return torch.stack([table[digests[row]] for row in rows])


def _encoded(model: ClipModel, data: PairsData, table: Table, path: Path) -> Iterator[bytes]:
    """Adds the features of unknown pictures to the table and yields the digest of every picture."""
    config, transform = data.config, model.transform()
    crop = model.transform(train=True, crop_area=config.crop_area, mirror=config.mirror)
    pending: Table = {}
    for number in range(len(data)):
        digest = b""
        try:
            raw = data.picture_bytes(number)
            digest = hashlib.blake2b(raw, digest_size=_DIGEST_BYTES).digest()
            if digest not in table and digest not in pending:
                picture = data.decode(number, raw)
                with torch.random.fork_rng(devices=[]):
                    torch.manual_seed(int.from_bytes(digest[:_SEED_BYTES]))
                    crops = [crop(picture) for _ in range(config.feature_views - 1)]
                pending[digest] = torch.stack([transform(picture), *crops])
        except InputError as error:
            data.rejections.append(data.rejection(number, error))
        if len(pending) * config.feature_views >= _BATCH or number + 1 == len(data):
            _encode(model, pending, table)
        if (number + 1) % _LOG_EVERY == 0:
            log.info("%s: %d of %d pictures looked up or encoded", path, number + 1, len(data))
        yield digest


def _encode(model: ClipModel, pending: Table, table: Table) -> None:
    if pending:
        pixels = torch.stack(list(pending.values())).to(model.device)
        features = model.encode_trunk(pixels.flatten(0, 1)).float().cpu()
        table |= zip(pending, features.view(*pixels.shape[:2], -1), strict=True)
        pending.clear()


def _read(path: Path, key: str) -> Table:
    """The rows of a file of this key; none where there is no file, or it is of another tower or broken."""
    if not path.is_file():
        return {}
    try:
        with safe_open(path, framework="pt") as stream:
            if (stream.metadata() or {}).get("key") == key:
                digests, features = stream.get_tensor("digests").numpy(), stream.get_tensor("features").clone()
                return {row.tobytes(): features[place] for place, row in enumerate(digests)}
    except (SafetensorError, OSError) as error:
        log.warning("%s cannot be read (%s)", path, error)
    log.info("%s was made with other weights or another transform; computing it anew", path)
    return {}


def _write(path: Path, key: str, table: Table) -> None:
    digests = np.frombuffer(b"".join(table), dtype=np.uint8).reshape(-1, _DIGEST_BYTES)
    tensors = {"features": torch.stack(list(table.values())), "digests": torch.from_numpy(digests.copy())}
    with atomic_write(path, "wb") as stream:
        stream.write(serialize(tensors, metadata={"key": key}))


def _key(model: ClipModel, config: DataConfig) -> str:
    """The hash of the tower, the transform and the views: what the features of a picture depend on."""
    visual = model.clip.visual
    tower = visual.trunk if hasattr(visual, "trunk") else visual
    built_from = [model.model_cfg["vision_cfg"], model.model_cfg.get("quick_gelu", False), model.trunk_kwargs]
    built_from += [config.feature_views, config.crop_area, config.mirror]
    digest = hashlib.sha256(json.dumps([model.preprocess_cfg, model.image_size, built_from], default=str).encode())
    for name, tensor in plain_weights(tower).items():
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()
