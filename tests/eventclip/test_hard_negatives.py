from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from eventclip.errors import InputError
from eventclip.eval.hard_negatives import hard_negatives
from eventclip.jsonl import write_records
from eventclip.records import PairsRecord

TEXTS = [
    "A nurse pushes a baker.",
    "A baker pushes a nurse.",
    "A nurse helps a baker.",
    "A baker is pushed by a nurse.",
]


class Oracle(nn.Module):
    """Reads in the red of a picture how near each of TEXTS is: RANKINGS[red], the nearest first."""

    RANKINGS = ((0, 3, 2, 1), (1, 0, 2, 3), (2, 1, 3, 0))
    device = torch.device("cpu")

    def __init__(self) -> None:
        super().__init__()
        self.texts, self.pictures = list[str](), 0

    def transform(self, *, train: bool = False) -> Callable[[Image.Image], Tensor]:
        return lambda image: torch.full((1, 1, 1), float(image.getpixel((0, 0))[0]))

    def encode_text(self, texts: Sequence[str]) -> Tensor:
        self.texts += texts
        return torch.eye(4)[[TEXTS.index(text) for text in texts]]

    def encode_image(self, image_BCHW: Tensor) -> Tensor:
        self.pictures += len(image_BCHW)
        ranking = torch.tensor([self.RANKINGS[int(red)] for red in image_BCHW.flatten()])
        return 1 - ranking.argsort(dim=1) / 10


def record(name: str, image: str | None, *negatives: tuple[int, str], paraphrase: bool = False) -> PairsRecord:
    positives = [{"text": TEXTS[0], "kind": "caption"}]
    if paraphrase:
        positives.append({"text": TEXTS[3], "kind": "paraphrase", "style": "voice"})
    rivals = [{"text": TEXTS[number], "kind": kind, "base": "caption"} for number, kind in negatives]
    raw: dict[str, Any] = {"id": name, "image": image, "caption": TEXTS[0], "positives": positives}
    return PairsRecord.model_validate({**raw, "negatives": rivals})


def write_pairs(folder: Path, *records: PairsRecord, shows: dict[str, int]) -> Path:
    for image, red in shows.items():
        Image.new("RGB", (4, 4), (red, 0, 0)).save(folder / image)
    write_records(folder / "pairs.jsonl", records)
    return folder / "pairs.jsonl"


def found(measured: dict[str, Any]) -> dict[str, tuple[float, int]]:
    return {result["metric"]: (result["value"], result["n"]) for result in measured["results"]}


def test_kinds_are_measured_apart_and_together_and_before_another_picture(tmp_path: Path) -> None:
    pairs = write_pairs(
        tmp_path,
        record("a/1", "a.png", (1, "role"), (2, "event"), paraphrase=True),
        record("a/2", "a.png", (1, "role")),
        record("b", "b.png", (1, "role"), (2, "event")),
        record("silent", None, (1, "role")),
        record("plain", "c.png"),
        shows={"a.png": 0, "b.png": 1, "c.png": 0},
    )
    oracle = Oracle()
    measured = hard_negatives(oracle, pairs, model_name="oracle")  # type: ignore[arg-type]
    assert found(measured) == {
        "hard_negative_accuracy": (pytest.approx(4 / 5), 5),
        "hard_negative_accuracy/event": (1.0, 2),
        "hard_negative_accuracy/role": (pytest.approx(2 / 3), 3),
        "hard_positive_accuracy": (1.0, 2),
        "other_picture/hard_negative_accuracy": (pytest.approx(3 / 5), 5),  # b before a: both; a before b: one of three
    }
    assert (measured["task"], measured["model"], measured["num_pictures"]) == ("negatives/1", "oracle", 2)
    assert sorted(oracle.texts) == sorted(TEXTS)
    assert oracle.pictures == 2
    wrong = [one for one in measured["outcomes"] if not one["correct"]]
    assert [(one["id"], one["metric"], one["rival"]) for one in wrong] == [
        ("b", "hard_negative_accuracy/role", TEXTS[1])
    ]


def test_intervals_are_over_pictures(tmp_path: Path) -> None:
    once = write_pairs(tmp_path, *(record(f"{n}", f"{n}.png", (1, "role")) for n in range(2)),
                       shows={"0.png": 0, "1.png": 1})  # fmt: skip
    narrow = hard_negatives(Oracle(), once, model_name="o")["results"][0]  # type: ignore[arg-type]
    again = [record(f"{n}/{m}", f"{n}.png", (1, "role")) for n in range(2) for m in range(9)]
    write_records(once, again)
    wide = hard_negatives(Oracle(), once, model_name="o")["results"][0]  # type: ignore[arg-type]
    assert (wide["n"], wide["value"]) == (18, 0.5)
    assert (wide["low"], wide["high"]) == (narrow["low"], narrow["high"])


def test_a_tie_is_wrong_and_one_picture_has_no_other(tmp_path: Path) -> None:
    class Blind(Oracle):
        def encode_image(self, image_BCHW: Tensor) -> Tensor:
            return torch.ones(len(image_BCHW), 4)

    pairs = write_pairs(tmp_path, record("a", "a.png", (1, "role")), shows={"a.png": 0})
    measured = hard_negatives(Blind(), pairs, model_name="blind")  # type: ignore[arg-type]
    assert found(measured) == {"hard_negative_accuracy": (0.0, 1), "hard_negative_accuracy/role": (0.0, 1)}


def test_what_is_asked_of_a_broken_picture_is_left_out(tmp_path: Path) -> None:
    records = [record(name, f"{name}.png", (1, "role")) for name in "tb"]
    pairs = write_pairs(tmp_path, *records, shows={"b.png": 1})
    (tmp_path / "t.png").write_bytes(b"no picture")
    measured = hard_negatives(Oracle(), pairs, model_name="oracle")  # type: ignore[arg-type]
    assert found(measured)["hard_negative_accuracy"] == (0.0, 1)
    assert len(measured["broken"]) == 1


def test_a_file_that_asks_nothing_is_an_error(tmp_path: Path) -> None:
    pairs = write_pairs(tmp_path, record("plain", "c.png"), shows={})
    with pytest.raises(InputError, match="expected records with a picture and hard negatives"):
        hard_negatives(Oracle(), pairs, model_name="oracle")  # type: ignore[arg-type]
