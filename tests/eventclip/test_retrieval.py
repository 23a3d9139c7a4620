from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from eventclip.errors import InputError
from eventclip.eval.retrieval import ranks, recalls, retrieval
from eventclip.jsonl import write_records
from eventclip.records import CaptionRecord


def slow_ranks(image_ID: Tensor, text_TD: Tensor, owner: Sequence[int]) -> tuple[list[int], list[int]]:
    """The definition, pair by pair."""
    scores = [[float(image @ text) for text in text_TD] for image in image_ID]
    text_ranks, image_ranks = [], []
    for i, row in enumerate(scores):
        best = max(score for t, score in enumerate(row) if owner[t] == i)
        text_ranks.append(1 + sum(score >= best for t, score in enumerate(row) if owner[t] != i))
    for t, own in enumerate(owner):
        image_ranks.append(1 + sum(scores[i][t] >= scores[own][t] for i in range(len(scores)) if i != own))
    return text_ranks, image_ranks


def test_ranks_agree_with_the_slow_loop() -> None:
    torch.manual_seed(0)
    # Whole numbers: many equal scores, computed without rounding.
    image_ID, text_TD = torch.randint(-2, 3, (17, 4)).float(), torch.randint(-2, 3, (40, 4)).float()
    owner_T = torch.cat([torch.arange(17), torch.randint(0, 17, (23,))])
    text_rank_I, image_rank_T = ranks(image_ID, text_TD, owner_T)
    assert (text_rank_I.tolist(), image_rank_T.tolist()) == slow_ranks(image_ID, text_TD, owner_T.tolist())


def test_equal_scores_count_against_the_right_answer() -> None:
    text_rank_I, image_rank_T = ranks(torch.ones(3, 2), torch.ones(3, 2), torch.arange(3))
    assert text_rank_I.tolist() == image_rank_T.tolist() == [3, 3, 3]


def test_recalls_have_chance_and_direction() -> None:
    owner_T = torch.tensor([0, 0, 1, 1])
    results = recalls(torch.tensor([1, 3]), torch.tensor([1, 1, 2, 1]), owner_T, ks=(1, 2))
    found = {result.metric: (result.value, result.n, result.chance) for result in results}
    assert found["image_to_text_recall@1"] == (0.5, 2, pytest.approx(0.5))
    assert found["image_to_text_recall@2"] == (0.5, 2, pytest.approx(1 - 1 / 6))  # two of four captions are right
    assert found["text_to_image_recall@1"] == (0.75, 4, 0.5)
    assert found["text_to_image_recall@2"] == (1.0, 4, 1.0)


class Reader(nn.Module):
    """Sees the brightness of a picture and reads a number; both on a half circle, so that equal ones are nearest."""

    def transform(self, *, train: bool = False):
        return lambda image: torch.full((1, 1, 1), image.getpixel((0, 0))[0] / 255)

    def encode_image(self, image_BCHW: Tensor) -> Tensor:
        return _circle(image_BCHW.flatten())

    def encode_text(self, texts: Sequence[str]) -> Tensor:
        return _circle(torch.tensor([float(text.split()[-1]) / 255 for text in texts]))

    device = torch.device("cpu")


def _circle(value_B: Tensor) -> Tensor:
    return torch.stack([torch.cos(3 * value_B), torch.sin(3 * value_B)], dim=1)


def test_retrieval_from_files(tmp_path: Path) -> None:
    for value in (10, 120, 250):
        Image.new("RGB", (4, 4), (value, value, value)).save(tmp_path / f"{value}.png")
    (tmp_path / "torn.png").write_bytes((tmp_path / "10.png").read_bytes()[:40])
    rows = [("10.png", 12), ("10.png", 8), ("120.png", 121), ("250.png", 20), ("torn.png", 10), (None, 99)]
    records = [CaptionRecord(id=str(i), image=image, caption=f"grey {v}") for i, (image, v) in enumerate(rows)]
    write_records(tmp_path / "captions.jsonl", records)
    seen: list[tuple[int, int]] = []
    result = retrieval(
        Reader(),  # type: ignore[arg-type]
        tmp_path / "captions.jsonl",
        model_name="reader",
        ks=(1,),
        batch_size=2,
        on_batch=lambda done, total: seen.append((done, total)),
    )
    found = {row["metric"]: (row["value"], row["n"]) for row in result["results"]}
    assert found == {
        "image_to_text_recall@1": (pytest.approx(2 / 3), 3),  # the caption of 250.png is wrong
        "text_to_image_recall@1": (0.75, 4),
    }
    assert (result["num_pictures"], result["num_captions"]) == (3, 4)
    assert len(result["broken"]) == 1
    assert result["broken"][0].startswith(f"{tmp_path / 'torn.png'}: the picture does not decode")
    assert seen[-1] == (8, 8)  # four pictures and the captions of the three that could be read


def test_no_readable_picture_is_an_error(tmp_path: Path) -> None:
    write_records(tmp_path / "captions.jsonl", [CaptionRecord(id="a", image="gone.png", caption="x 1")])
    with pytest.raises(
        InputError, match=r"none of the 1 pictures can be read; the first is .*gone\.png: the picture does not decode"
    ):
        retrieval(Reader(), tmp_path / "captions.jsonl", model_name="reader")  # type: ignore[arg-type]


def test_captions_without_pictures_are_an_error(tmp_path: Path) -> None:
    write_records(tmp_path / "captions.jsonl", [CaptionRecord(id="a", caption="x 1")])
    with pytest.raises(InputError, match="no record has a picture; expected `image` to name one"):
        retrieval(Reader(), tmp_path / "captions.jsonl", model_name="reader")  # type: ignore[arg-type]
