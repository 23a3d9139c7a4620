"""What a run measures of itself: hard negatives and retrieval on held-out pictures, and what must not be forgotten.

Shapes: I pictures, T distinct texts, D the joint width.
"""

import logging
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor

from eventclip.config import EvaluationConfig, RetentionConfig
from eventclip.datasets.pairs import group_by_picture
from eventclip.errors import InputError, UsageError, unknown_name
from eventclip.eval.pictures import Progress, evaluating, none_readable, picture_batches, text_features
from eventclip.eval.results import Result, share
from eventclip.eval.retrieval import ranks, recalls
from eventclip.jsonl import Rejection
from eventclip.losses import world_size
from eventclip.models import ClipModel
from eventclip.records import NegativeKind
from eventclip.train.state import TrainingState

log = logging.getLogger(__name__)

TASK = "training/1"
HARD_NEGATIVES = "hard_negative_accuracy"
RETENTION = "retention"


@dataclass(slots=True)
class HeldOut:
    """Pictures with their captions and hard negatives, as positions in lists of distinct pictures and texts.

    Attributes:
        root: what `images` are relative to.
        images: every picture once.
        texts: every text once.
        captions: the picture and the text of each caption.
        negatives: the kind of each hard negative, its picture, the positive it was made from, and its text.
    """

    root: Path
    images: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    captions: list[tuple[int, int]] = field(default_factory=list)
    negatives: list[tuple[NegativeKind, int, int, int]] = field(default_factory=list)

    def measure(self, model: ClipModel, *, k: int, batch_size: int, broken: list[Rejection]) -> list[Result]:
        """Hard-negative accuracy of each kind and of all, and recall@k in both directions; ties count as wrong.

        Several processes share the encoding; each gets all the numbers.

        Args:
            model: to be measured.
            k: how many of the nearest are looked at.
            batch_size: pictures, and texts, that are encoded together.
            broken: the list that pictures which cannot be read are added to; what is asked of them is left out.

        Raises:
            InputError: no picture can be read.
        """
        image_ID, text_TD, readable = self._encode(model, batch_size, broken)
        row = {number: place for place, number in enumerate(readable)}
        asked = [negative for negative in self.negatives if negative[1] in row]
        results = []
        if asked:
            picture = torch.tensor([row[image] for _, image, _, _ in asked])
            truth, rival = (torch.tensor([negative[place] for negative in asked]) for place in (2, 3))
            margin = (image_ID[picture] * (text_TD[truth] - text_TD[rival])).sum(dim=1)
            hits = (margin > 0).tolist()
            results.append(share(TASK, HARD_NEGATIVES, hits, picture.tolist(), chance=0.5))
            for kind in sorted({kind for kind, _, _, _ in asked}):
                own = [place for place, negative in enumerate(asked) if negative[0] == kind]
                pictures = [asked[place][1] for place in own]
                results.append(share(TASK, f"{HARD_NEGATIVES}/{kind}", [hits[p] for p in own], pictures, chance=0.5))
        shown = [(row[image], text) for image, text in self.captions if image in row]
        owner_T = torch.tensor([image for image, _ in shown])
        places = ranks(image_ID, text_TD[torch.tensor([text for _, text in shown])], owner_T)
        return results + recalls(*places, owner_T, [k])

    def _encode(self, model: ClipModel, batch_size: int, broken: list[Rejection]) -> tuple[Tensor, Tensor, list[int]]:
        """Features of the pictures that could be read, of all texts, and which pictures those are."""
        rank, num_ranks = (dist.get_rank(), world_size()) if dist.is_initialized() else (0, 1)
        own_images, own_texts = (range(rank, len(items), num_ranks) for items in (self.images, self.texts))
        progress, images, texts = Progress(0, None), dict[int, Tensor](), dict[int, Tensor]()
        unread: list[Rejection] = []
        with evaluating(model) as device:
            paths = [self.root / self.images[number] for number in own_images]
            transform = model.transform(train=False)
            for positions, image_BCHW in picture_batches(
                paths, transform, batch_size=batch_size, broken=unread, progress=progress
            ):
                found = model.encode_image(image_BCHW.to(device)).float().cpu()
                images.update(zip((own_images[position] for position in positions), found, strict=True))
            if own_texts:
                mine = [self.texts[number] for number in own_texts]
                found = text_features(model, mine, batch_size=batch_size, progress=progress).float().cpu()
                texts.update(zip(own_texts, found, strict=True))
        if num_ranks > 1:
            parts: list[Any] = [None] * num_ranks
            dist.all_gather_object(parts, (images, texts, unread))
            for part_images, part_texts, part_unread in (parts[other] for other in range(num_ranks) if other != rank):
                images |= part_images
                texts |= part_texts
                unread += part_unread
        broken += unread
        if not images:
            raise none_readable(unread)
        readable = sorted(images)
        return (
            torch.stack([images[number] for number in readable]),
            torch.stack([texts[number] for number in range(len(self.texts))]),
            readable,
        )


def held_out(path: Path, images: Path | None, rejections: list[Rejection]) -> HeldOut:
    """The held-out pictures of a pairs or captions file; records without a picture file are set aside.

    Raises:
        InputError: none is left.
    """
    data = HeldOut(images or path.parent)
    text_of: dict[str, int] = {}
    by_image = group_by_picture(path, data.root, rejections)
    for image, records in enumerate(by_image.values()):
        for record in records:
            data.captions.append((image, text_of.setdefault(record.caption, len(text_of))))
            for negative in record.negatives:
                truth = record.positive(negative.base, negative.style)
                assert truth is not None, "a pairs record names only bases that it has"
                base, rival = (text_of.setdefault(text, len(text_of)) for text in (truth, negative.text))
                data.negatives.append((negative.kind, image, base, rival))
    if not by_image:
        first = f"; the first reason: {rejections[-1]}" if rejections else ""
        raise InputError(f"{path}: no record with a picture{first}")
    data.images, data.texts = list(by_image), list(text_of)
    return data


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One measurement: the numbers with their intervals, and the values by name that checkpoints are chosen by."""

    results: list[Result]
    values: dict[str, float]

    def to_list(self) -> list[dict[str, Any]]:
        """The numbers as they stand in `evaluations.jsonl`."""
        return [asdict(result) for result in self.results]


class Evaluator:
    """Measures what the recipe's `evaluation` asks for.

    Args:
        settings: of the recipe.
        rejections: the list that records without a picture are added to.

    Raises:
        UsageError: nothing to measure is named, or `best_metric` is none of what is measured.
    """

    def __init__(self, settings: EvaluationConfig, rejections: list[Rejection]) -> None:
        if settings.pairs is None and settings.retention is None:
            raise UsageError("evaluation: expected `pairs` of held-out pictures, or `retention`, or both")
        self.settings = settings
        self._pairs = None if settings.pairs is None else held_out(settings.pairs, settings.images, rejections)
        retention = settings.retention
        self._retention = None if retention is None else held_out(retention.captions, retention.images, rejections)
        if settings.best_metric is not None and settings.best_metric not in self.metrics():
            raise UsageError(unknown_name("evaluation.best_metric", settings.best_metric, self.metrics()))

    def metrics(self) -> list[str]:
        """The names of all that is measured."""
        names = []
        if self._pairs is not None:
            kinds = sorted({kind for kind, _, _, _ in self._pairs.negatives})
            names += [HARD_NEGATIVES, *(f"{HARD_NEGATIVES}/{kind}" for kind in kinds)] if kinds else []
            names += ["image_to_text_recall@1", "text_to_image_recall@1", "mean_recall@1"]
        if self.settings.retention is not None:
            k = self.settings.retention.recall_at
            names += [f"{RETENTION}/{direction}_recall@{k}" for direction in ("image_to_text", "text_to_image", "mean")]
        return names

    def measure(self, state: TrainingState, broken: list[Rejection]) -> Evaluation:
        """All the numbers of a run's model, its weights averaged where they are; `broken` pictures are left out."""
        with nullcontext() if state.ema is None else state.ema.in_place():
            return self._measure(state.model, broken)

    def _measure(self, model: ClipModel, broken: list[Rejection]) -> Evaluation:
        results, values = [], dict[str, float]()
        sets = [("", self._pairs, 1)]
        if self.settings.retention is not None:
            sets.append((f"{RETENTION}/", self._retention, self.settings.retention.recall_at))
        for prefix, data, k in sets:
            if data is None:
                continue
            for found in data.measure(model, k=k, batch_size=self.settings.batch_size, broken=broken):
                if prefix and found.metric.startswith(HARD_NEGATIVES):
                    continue
                name = prefix + found.metric
                results.append(Result(found.task, name, found.value, found.n, found.low, found.high, found.chance))
                values[name] = found.value
            both = [values[f"{prefix}{direction}_recall@{k}"] for direction in ("image_to_text", "text_to_image")]
            values[f"{prefix}mean_recall@{k}"] = sum(both) / 2
        return Evaluation(results, values)

    def judge(self, evaluation: Evaluation, state: TrainingState) -> tuple[dict[str, Any], bool]:
        """What a measurement means for a run, noted in its state.

        Args:
            evaluation: of the model as it stands.
            state: of the run; its best value and the start of its retention are kept up.

        Returns:
            what the metrics show: the values, and `retention_alarm` where there is a retention set; and whether the
            model is the best so far, the start not counted.
        """
        shown: dict[str, Any] = {"eval": {name: round(value, 6) for name, value in evaluation.values.items()}}
        retention = self.settings.retention
        if retention is not None:
            now = evaluation.values[f"{RETENTION}/mean_recall@{retention.recall_at}"]
            if state.retention_start is None:
                state.retention_start = now
            shown["retention_alarm"] = _has_forgotten(now, state.retention_start, retention, state.step)
        best_metric = self.settings.best_metric
        if best_metric is None or state.step == 0:
            return shown, False
        value = evaluation.values.get(best_metric)
        if value is None:
            log.warning("step %d: %s could not be measured: no readable picture asks for it", state.step, best_metric)
            return shown, False
        is_best = state.best is None or value > state.best
        if is_best:
            state.best = value
        return shown, is_best


def _has_forgotten(now: float, start: float, settings: RetentionConfig, step: int) -> bool:
    """Whether the retention set fell by more than it may; if so, the log says what to do."""
    lost = 100 * (start - now)
    if lost <= settings.max_drop:
        return False
    log.warning(
        "step %d: recall@%d on the retention set %s fell from %.1f to %.1f %%, by more than %.1f points; lower "
        "optimizer.lr, stop earlier, or average the weights with the start", step, settings.recall_at,
        settings.captions, 100 * start, 100 * now, settings.max_drop,
    )  # fmt: skip
    return True
