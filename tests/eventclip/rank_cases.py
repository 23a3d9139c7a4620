"""Objectives over made-up features, on one process or as one of several: `python -m tests.eventclip.rank_cases`.

The features of the whole batch are leaves; a rank takes its rows of them. Averaged over the ranks, as DDP averages,
the gradients of the leaves must be those of one process that has the whole batch.
"""

import json
import sys
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor

from eventclip.datasets.pairs import NEGATIVE_KINDS, Batch, Sample
from eventclip.losses import PRESETS, LossWeights, preset
from eventclip.records import Negative
from eventclip.train.objective import Features, Terms
from eventclip.train.texts import BatchTexts

WIDTH = 8
OBJECTIVES: dict[str, LossWeights] = {
    **PRESETS,
    "negclip, weighted": preset("negclip", use_weights=True),
    "own denominator": preset("clip", denominator="own"),
    "sigmoid, all": preset("siglip", denominator="all"),
    "sigmoid, own": preset("siglip", denominator="own"),
    "all positives": preset("clip", all_positives=True),
    "sigmoid, all positives": preset("siglip", all_positives=True),
    "binary": preset("clip-event", own="binary"),
    "divergence": preset("structured", own="divergence", smoothing=0.02),
    "margin": preset("clip", margin=1.0),
    "words": preset("clip", words=1.0),
    "align": preset("clip", align=1.0),
    "align by nodes": preset("clip", align=1.0, edge_share=0.0),
    "align, ipot": preset("clip", align=1.0, solver="ipot"),
    "align, boxes": preset("clip", align=1.0, regions="boxes"),
    "everything": preset(
        "structured", margin=1.0, rank=0.4, intra=0.2, local=0.2, words=0.3, align=0.5, gamma=2.0, smoothing=0.02
    ),
}
NUMBERS = {  # of negatives of each of six pictures
    "ragged": [3, 0, 2, 1, 4, 0],
    "the second rank has none": [2, 1, 3, 0, 0, 0],
    "nobody has any": [0, 0, 0, 0, 0, 0],
}


def samples(numbers: list[int]) -> list[Sample]:
    """Pictures with so many negatives each; where there are none there is no paraphrase and no graph either."""
    made = []
    for row, number in enumerate(numbers):
        negatives = [
            Negative(
                text=f"negative {(row + place) % 7}", kind=NEGATIVE_KINDS[place % 3], base="caption",
                weight=1 / (1 + place), swapped=["Agent", "Person"][: 1 + place % 2],
            )
            for place in range(number)
        ]  # fmt: skip
        made.append(
            Sample(
                picture=row % 4, text=f"caption {row}", base=f"base {row}",
                paraphrase=f"paraphrase {row}" if number > 1 else None, negatives=negatives,
                nodes=["carry", *(f"Agent: man {n}" for n in range(number))] if number else [],
                edges=["carry", *(f"carry, Agent: man {n}" for n in range(number))] if number else [],
                boxes=[(0.1 * n, 0.2, 0.1 * n + 0.4, 0.9) for n in range(number)],
            )
        )  # fmt: skip
    return made


def leaves(texts: list[str], num_pictures: int) -> dict[str, Tensor]:
    """Features of every picture and text, and of three words or fewer of each text."""
    generator = torch.Generator().manual_seed(0)
    made = {
        "image": torch.randn(num_pictures, WIDTH, generator=generator, dtype=torch.float64),
        "text": torch.randn(len(texts), WIDTH, generator=generator, dtype=torch.float64),
        "patch": torch.randn(num_pictures, 2, 3, WIDTH, generator=generator, dtype=torch.float64),
        "word": torch.randn(len(texts), 3, WIDTH, generator=generator, dtype=torch.float64),
    }
    made = {name: F.normalize(value, dim=-1).requires_grad_() for name, value in made.items()}
    for name, value in {"scale": 8.0, "bias": -2.0}.items():
        made[name] = torch.tensor(value, dtype=torch.float64, requires_grad=True)
    return made


def loss_and_gradients(objective: str, numbers: str, rank: int, num_ranks: int) -> dict[str, Any]:
    """The loss of a rank's share of the batch, and the gradients of the leaves of the whole batch."""
    weights, whole = OBJECTIVES[objective], samples(NUMBERS[numbers])
    place = {text: row for row, text in enumerate(BatchTexts(Batch(whole, torch.zeros(0)), weights).all)}
    leaf = leaves(list(place), len(whole))
    share = len(whole) // num_ranks
    mine = slice(rank * share, (rank + 1) * share)
    texts = BatchTexts(Batch(whole[mine], torch.zeros(0)), weights)
    rows = torch.tensor([place[text] for text in texts.all])
    num_words_T = 1 + rows % 3
    word_KD = leaf["word"][rows][torch.arange(3) < num_words_T[:, None]]
    features = Features(
        leaf["image"][mine], leaf["text"][rows], leaf["scale"], leaf["bias"], leaf["patch"][mine], word_KD, num_words_T
    )
    terms = Terms(features, texts, weights)
    loss = torch.stack([weight * terms.term(name) for name, weight in weights.terms().items()]).sum()
    loss.backward()  # type: ignore[no-untyped-call]
    gradients = [torch.zeros_like(value) if value.grad is None else value.grad for value in leaf.values()]
    return {"loss": float(loss.detach()), "gradient": torch.cat([g.flatten() for g in gradients]).tolist()}


def every_case(rank: int, num_ranks: int) -> dict[str, dict[str, Any]]:
    """Loss and gradients of every objective with all numbers of negatives."""
    return {f"{o} | {n}": loss_and_gradients(o, n, rank, num_ranks) for o in OBJECTIVES for n in NUMBERS}


if __name__ == "__main__":
    store, own_rank, out = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{store}", rank=own_rank, world_size=2)
    found = every_case(own_rank, 2)
    dist.destroy_process_group()
    Path(out).write_text(json.dumps(found), encoding="utf-8")
