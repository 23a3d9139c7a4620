"""Hard negatives before their pictures, from a pairs file alone: no events and no gold are asked for.

Shape legend: I pictures, T texts, D feature width, Q questions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import torch
from torch import Tensor

from eventclip.errors import InputError
from eventclip.eval.outcomes import HARD_NEGATIVE, HARD_POSITIVE
from eventclip.eval.pictures import OnBatch, Progress, evaluating, none_readable, picture_batches, text_features
from eventclip.eval.questions import negative_questions
from eventclip.eval.results import Result, document, share
from eventclip.jsonl import Rejection, read_records
from eventclip.records import PairsRecord

if TYPE_CHECKING:
    from eventclip.models import ClipModel

TASK = "negatives/1"
OTHER_PICTURE = "other_picture"
"""What metrics of texts before the next picture begin with: so often the texts alone give the answer away."""


class Choice(TypedDict):
    """A true text and a hard negative before their picture; `correct_elsewhere` before the next picture of the file."""

    id: str
    image: str
    metric: str
    text: str
    rival: str
    score: float
    rival_score: float
    correct: bool
    correct_elsewhere: bool


@dataclass(slots=True)
class HardNegatives:
    """What a pairs file asks, with every picture and every text once.

    Attributes:
        images: the pictures with something to ask.
        texts: true texts and hard negatives.
        asked: record id, metric, place of the picture, of the true text and of the hard negative.
    """

    images: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    asked: list[tuple[str, str, int, int, int]] = field(default_factory=list)

    def choices(self, image_ID: Tensor, text_TD: Tensor, usable: list[int]) -> list[Choice]:
        """Which text is nearer to the picture, question by question; ties count as wrong.

        Args:
            image_ID: features of the usable pictures.
            text_TD: features of all texts.
            usable: which pictures could be read; what is asked of the others is left out.
        """
        row = {place: number for number, place in enumerate(usable)}
        kept = [one for one in self.asked if one[2] in row]
        picture_Q = torch.tensor([row[place] for _, _, place, _, _ in kept], device=image_ID.device)
        truth_QD, rival_QD = (text_TD[[one[place] for one in kept]] for place in (3, 4))
        here_QD, elsewhere_QD = image_ID[picture_Q], image_ID[(picture_Q + 1) % len(usable)]
        score_Q, rival_Q = (here_QD * truth_QD).sum(1).tolist(), (here_QD * rival_QD).sum(1).tolist()
        elsewhere_Q = ((elsewhere_QD * truth_QD).sum(1) > (elsewhere_QD * rival_QD).sum(1)).tolist()
        return [
            {
                "id": name,
                "image": self.images[place],
                "metric": metric,
                "text": self.texts[truth],
                "rival": self.texts[rival],
                "score": round(score_Q[number], 6),
                "rival_score": round(rival_Q[number], 6),
                "correct": score_Q[number] > rival_Q[number],
                "correct_elsewhere": elsewhere_Q[number],
            }
            for number, (name, metric, place, truth, rival) in enumerate(kept)
        ]


def read_hard_negatives(pairs: str | Path) -> HardNegatives:
    """What a pairs file asks: each hard negative against its base, each hard positive against the same negatives.

    Raises:
        InputError: there is no record with a picture and a hard negative.
    """
    found, image_of, text_of = HardNegatives(), dict[str, int](), dict[str, int]()
    for record in read_records(pairs, PairsRecord):
        if record.image is None:
            continue
        for question in negative_questions(record):
            (rival,) = question.rivals
            truth, place = (text_of.setdefault(text, len(text_of)) for text in (question.truth, rival))
            image = image_of.setdefault(record.image, len(image_of))
            found.asked.append((record.id, question.metric, image, truth, place))
    if not found.asked:
        raise InputError(f"{pairs}: nothing to ask; expected records with a picture and hard negatives")
    found.images, found.texts = list(image_of), list(text_of)
    return found


def hard_negatives(
    model: ClipModel,
    pairs: str | Path,
    *,
    model_name: str,
    images: str | Path | None = None,
    batch_size: int = 64,
    on_batch: OnBatch | None = None,
) -> dict[str, Any]:
    """Measures how often a picture is nearer to what is true of it than to a hard negative; every caption is asked.

    - `hard_negative_accuracy`, of all and of each kind: a positive scores above a hard negative made from it.
    - `hard_positive_accuracy`: a hard positive scores above a hard negative of the text that it says anew.
    - `other_picture/hard_negative_accuracy`: the same before the next picture of the file, of which neither is true.

    Args:
        model: the model; it is on the device where it is to run.
        pairs: pairs records with pictures.
        model_name: what the results say that was measured.
        images: the folder that `image` is relative to; the folder of `pairs` when None.
        batch_size: pictures, and texts, a batch.
        on_batch: called after each batch with how many texts and pictures are done, and of how many.

    Returns:
        the result document, with `outcomes` (one a question) and `broken` pictures.

    Raises:
        InputError: nothing is asked, or no picture can be read.
    """
    pairs = Path(pairs)
    questions = read_hard_negatives(pairs)
    root = Path(images) if images is not None else pairs.parent
    progress = Progress(len(questions.texts) + len(questions.images), on_batch)
    usable, features, broken = list[int](), list[Tensor](), list[Rejection]()
    with evaluating(model) as device:
        for positions, image_BCHW in picture_batches(
            [root / image for image in questions.images],
            model.transform(train=False),
            batch_size=batch_size,
            broken=broken,
            progress=progress,
        ):
            usable += positions
            features.append(model.encode_image(image_BCHW.to(device)))
        if not usable:
            raise none_readable(broken)
        text_TD = text_features(model, questions.texts, batch_size=batch_size, progress=progress)
        choices = questions.choices(torch.cat(features), text_TD, usable)
    return document(
        TASK,
        summarise(choices),
        model=model_name,
        file=str(pairs),
        num_pictures=len(usable),
        broken=[str(rejection) for rejection in broken],
        outcomes=choices,
    )


def summarise(choices: list[Choice]) -> list[Result]:
    """The share of right choices of every metric; intervals are over pictures."""
    metrics = sorted({one["metric"] for one in choices}, key=lambda metric: (metric == HARD_POSITIVE, metric))
    if any(metric != HARD_POSITIVE for metric in metrics):
        metrics.insert(0, HARD_NEGATIVE)
    results = [_share(metric, of_metric(choices, metric), "correct") for metric in metrics]
    if len({one["image"] for one in choices}) > 1:
        name, own = f"{OTHER_PICTURE}/{HARD_NEGATIVE}", of_metric(choices, HARD_NEGATIVE)
        results.append(_share(name, own, "correct_elsewhere"))
    return results


def of_metric(choices: list[Choice], metric: str) -> list[Choice]:
    """The choices that a metric counts; hard negatives of all kinds together have a metric of their own."""
    return [one for one in choices if one["metric"] == metric or one["metric"].startswith(f"{metric}/")]


def _share(metric: str, choices: list[Choice], key: str) -> Result:
    hits = [bool(one[key]) for one in choices]  # type: ignore[literal-required]
    return share(TASK, metric, hits, [one["image"] for one in choices], chance=0.5)
