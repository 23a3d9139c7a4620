"""The features of a locked visual trunk, computed once and kept in a file."""

import hashlib
import json
import logging
from pathlib import Path
from typing import cast

import torch
from safetensors import safe_open
from safetensors.torch import save as serialize
from torch import Tensor

from eventclip.datasets.pairs import PairsData
from eventclip.errors import InputError, UsageError
from eventclip.jsonl import atomic_write
from eventclip.models import ClipModel

log = logging.getLogger(__name__)

_BATCH = 32
_LOG_EVERY = 500


@torch.inference_mode()
def cached_features(model: ClipModel, data: PairsData, path: Path, *, locked: bool) -> Tensor:
    """The trunk features of every picture of the data, (pictures, C), from the file or computed and written there.

    The file is keyed by the trunk's weights, the picture transform and the picture files (name, size, time); when any
    of them changed, it is computed anew. Pictures that do not decode are left out of the data.

    Args:
        model: whose trunk; on the device that computes.
        data: the records; broken pictures are dropped from it.
        path: a safetensors file.
        locked: whether the trunk stays as it is in training.

    Raises:
        UsageError: the trunk is not locked, so that cached features would go stale.
    """
    if not locked:
        raise UsageError("data.feature_cache keeps the features of a trunk that does not change: set model.lock_trunk")
    key = _key(model, data)
    if path.is_file():
        with safe_open(path, framework="pt") as stream:
            metadata = stream.metadata() or {}
            if metadata.get("key") == key:
                data.keep(json.loads(metadata["rows"]))
                return cast(Tensor, stream.get_tensor("features")).clone()
        log.info("%s was made from other pictures or weights; computing it anew", path)
    transform, rows, features = model.transform(), [], []
    model.eval()
    pending: list[Tensor] = []
    for number in range(len(data)):
        try:
            pending.append(transform(data.picture(number)))
            rows.append(number)
        except InputError as error:
            log.warning("%s", error)
        if pending and (len(pending) == _BATCH or number + 1 == len(data)):
            features.append(model.encode_trunk(torch.stack(pending).to(model.device)).cpu())
            pending = []
        if (number + 1) % _LOG_EVERY == 0:
            log.info("%s: %d of %d pictures encoded", path, number + 1, len(data))
    if not rows:
        raise InputError(f"none of the {len(data)} pictures decodes")
    table = torch.cat(features)
    with atomic_write(path, "wb") as stream:
        stream.write(serialize({"features": table}, metadata={"key": key, "rows": json.dumps(rows)}))
    data.keep(rows)
    return table.clone()


def _key(model: ClipModel, data: PairsData) -> str:
    digest = hashlib.sha256(json.dumps([model.preprocess_cfg, model.image_size], default=str).encode())
    for name, tensor in model.clip.visual.trunk.state_dict().items():
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    for image in data.images:
        status = (data.root / image).stat()
        digest.update(f"{image}\0{status.st_size}\0{status.st_mtime_ns}".encode())
    return digest.hexdigest()
