"""Zero-shot action recognition: one clip, or a list of clips with their labels.

Legend: V views, T frames, C candidates, D embedding.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, MutableMapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from eventclip.errors import InputError
from eventclip.eval.results import Result, document, share
from eventclip.records import ClipRecord
from eventclip_video.clips import candidate_labels, read_clips
from eventclip_video.features import encode_clip, encode_clips, evaluating
from eventclip_video.heads import MeanHead
from eventclip_video.prompts import class_features
from eventclip_video.sampling import sample_indices

if TYPE_CHECKING:
    from eventclip.models import ClipModel

TASK = "video/1"
TOP = 5


def classify(
    path: str | Path,
    labels: Sequence[str],
    model: "ClipModel",
    *,
    head: nn.Module | None = None,
    templates: Sequence[str] | None = None,
    num_frames: int = 8,
    num_views: int = 1,
    sampling: str = "segments",
    backend: str = "auto",
) -> list[tuple[str, float]]:
    """What a clip shows: the labels with their probabilities, the most probable first.

    Args:
        path: a video file or a folder of frames.
        labels: class names, or whole sentences.
        model: the picture and text encoder.
        head: pools the frames; their mean when None.
        templates: what class names are put into: see `class_features`.
        num_frames: how many frames are looked at.
        num_views: so many choices of frames are scored, and their probabilities averaged.
        sampling: how frames are chosen: see `sample_indices`.
        backend: of the decoder: see `open_video`.

    Raises:
        InputError: the clip does not decode.
        UsageError: an unknown backend or sampling, a number below 1, or no label.
    """
    labels = list(dict.fromkeys(labels))
    text_CD = class_features(model, labels, templates)
    sampler = partial(sample_indices, num_frames=num_frames, num_views=num_views, sampling=sampling)
    frames_VTD = encode_clip(path, model, sampler, backend=backend)
    return _ranked(
        labels, _probabilities(frames_VTD, text_CD, MeanHead() if head is None else head, model.logit_scale_exp())
    )


def evaluate(
    clips: str | Path,
    model: "ClipModel",
    *,
    labels: Sequence[str] | None = None,
    head: nn.Module | None = None,
    templates: Sequence[str] | None = None,
    num_frames: int = 8,
    num_views: int = 1,
    sampling: str = "segments",
    backend: str = "auto",
    root: str | Path | None = None,
    num_workers: int = 2,
    cache: MutableMapping[str, Tensor] | None = None,
    on_clip: Callable[[], None] | None = None,
) -> dict[str, Any]:
    """Zero-shot recognition measured on a list of clips.

    Args:
        clips: JSON lines of `ClipRecord`.
        model: the picture and text encoder.
        labels: the candidates of clips that bring none of their own; every label of the list when None.
        head: pools the frames; their mean when None.
        templates: what class names are put into: see `class_features`.
        num_frames: how many frames of a clip are looked at.
        num_views: so many choices of frames are scored, and their probabilities averaged.
        sampling: how frames are chosen: see `sample_indices`.
        backend: of the decoder: see `open_video`.
        root: the folder that the clips' paths are relative to; the folder of the list when None.
        num_workers: threads that decode.
        cache: keeps frame features between calls that differ in head, labels or templates only: see `encode_clips`.
        on_clip: called once for every clip, to move a progress bar.

    Returns:
        the document of the measurement: `results` with top-1 and, where a clip has more than five candidates, top-5,
        over all clips and per group ("top1/GROUP"), each with n, 95 % interval and chance; `per_class`, `confusion`
        (label -> predicted label -> clips), `predictions`, one a clip, and `broken`, the clips and lines set aside,
        which no number counts.

    Raises:
        InputError: the list is missing, a label is not among its candidates, or no clip decodes.
        UsageError: an unknown backend or sampling, or a number below 1.
    """
    records, broken = read_clips(clips)
    candidates = candidate_labels(records, labels)
    sampler = partial(sample_indices, num_frames=num_frames, num_views=num_views, sampling=sampling)
    root = Path(clips).parent if root is None else root
    features, undecoded = encode_clips(
        records,
        model,
        lambda _: sampler,
        root=root,
        backend=backend,
        num_workers=num_workers,
        cache=cache,
        on_clip=on_clip,
    )
    broken += undecoded
    if not features:
        raise InputError(
            f"{clips}: none of {len(records)} clips can be decoded; the first reason was: {undecoded[0].reason}"
        )
    names = list(dict.fromkeys(label for each in candidates for label in each))
    text_CD, rows = class_features(model, names, templates), {name: row for row, name in enumerate(names)}
    scale, head = model.logit_scale_exp(), MeanHead() if head is None else head
    predictions = []
    with evaluating(head):
        for record, own in zip(records, candidates, strict=True):
            if record.id in features:
                own_CD = text_CD[[rows[label] for label in own]]
                ranking = _ranked(own, _probabilities(features[record.id], own_CD, head, scale))
                predictions.append(_prediction(record, ranking))
    return document(
        TASK,
        _results(predictions),
        file=str(clips),
        head=type(head).__name__,
        num_frames=num_frames,
        num_views=num_views,
        sampling=sampling,
        num_broken=len(broken),
        per_class=_per_class(predictions),
        confusion=_confusion(predictions),
        predictions=predictions,
        broken=[{"where": each.where, "reason": each.reason} for each in broken],
    )


def _probabilities(frames_VTD: Tensor, text_CD: Tensor, head: nn.Module, scale: Tensor) -> list[float]:
    """The probability of every candidate, averaged over views."""
    with torch.no_grad():
        video_VD = head.to(text_CD.device)(frames_VTD.to(text_CD.device))
        probabilities: list[float] = (scale * video_VD @ text_CD.T).softmax(dim=-1).mean(dim=0).tolist()
    return probabilities


def _ranked(labels: Sequence[str], probabilities: Sequence[float]) -> list[tuple[str, float]]:
    return sorted(zip(labels, probabilities, strict=True), key=lambda pair: -pair[1])


def _prediction(record: ClipRecord, ranking: list[tuple[str, float]]) -> dict[str, Any]:
    return {
        "id": record.id,
        "video": record.video,
        "group": record.group,
        "label": record.label,
        "predicted": ranking[0][0],
        "rank": 1 + [label for label, _ in ranking].index(record.label),
        "num_candidates": len(ranking),
        "top": [{"label": label, "probability": probability} for label, probability in ranking[:TOP]],
    }


def _results(predictions: Sequence[dict[str, Any]]) -> list[Result]:
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for each in predictions:
        groups[""].append(each)
        if each["group"] is not None:
            groups["/" + each["group"]].append(each)
    results = []
    for suffix, members in groups.items():
        for top in (1, TOP):
            if top == 1 or any(each["num_candidates"] > TOP for each in members):
                hits = [each["rank"] <= top for each in members]
                chance = sum(min(1.0, top / each["num_candidates"]) for each in members) / len(members)
                results.append(share(TASK, f"top{top}{suffix}", hits, [each["id"] for each in members], chance=chance))
    return results


def _per_class(predictions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """How often each label was recognised, the worst first."""
    n, hits = (
        Counter(each["label"] for each in predictions),
        Counter(each["label"] for each in predictions if each["rank"] == 1),
    )
    rows = [{"label": label, "n": n[label], "top1": hits[label] / n[label]} for label in n]
    return sorted(rows, key=lambda row: (row["top1"], row["label"]))


def _confusion(predictions: Sequence[dict[str, Any]]) -> dict[str, dict[str, int]]:
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for each in predictions:
        table[each["label"]][each["predicted"]] += 1
    return {label: dict(predicted.most_common()) for label, predicted in sorted(table.items())}
