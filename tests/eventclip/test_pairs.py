"""From pairs files to batches: every picture once an epoch, texts that belong together, broken input named."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from eventclip.config import DataConfig
from eventclip.datasets.pairs import PairsData, StepBatches, batch_pictures, open_picture
from eventclip.errors import InputError
from eventclip.jsonl import read_records, write_records
from eventclip.records import CaptionRecord, Negative, PairsRecord, Positive
from tests.eventclip.tiny import write_pairs


def to_tensor(image: Image.Image) -> torch.Tensor:
    return torch.from_numpy(np.array(image)).permute(2, 0, 1).float()


def test_an_epoch_shows_every_picture_once_and_the_next_in_another_order() -> None:
    first = [number for step in range(4) for number in batch_pictures(12, 3, step, 0)[1]]
    second = [number for step in range(4, 8) for number in batch_pictures(12, 3, step, 0)[1]]
    assert sorted(first) == sorted(second) == list(range(12))
    assert first != second
    assert [batch_pictures(12, 3, step, 0)[0] for step in range(5)] == [0, 0, 0, 0, 1]


def test_ranks_share_the_global_batch_and_draw_the_same_texts(tmp_path: Path) -> None:
    data = PairsData(DataConfig(pairs=write_pairs(tmp_path)), seed=0)
    whole = StepBatches(data, 8, range(2), transform=to_tensor)[1]
    halves = [StepBatches(data, 8, range(2), rank=rank, num_ranks=2, transform=to_tensor)[1] for rank in range(2)]
    assert [*halves[0].samples, *halves[1].samples] == whole.samples
    assert torch.equal(torch.cat([half.pixels for half in halves]), whole.pixels)


def test_a_sample_is_a_function_of_seed_and_epoch(tmp_path: Path) -> None:
    config = DataConfig(pairs=write_pairs(tmp_path), positives={"caption": 1.0, "paraphrase": 1.0})
    one, other = PairsData(config, seed=0), PairsData(config, seed=0)
    drawn = [one.sample(3, epoch).text for epoch in range(20)]
    assert drawn == [other.sample(3, epoch).text for epoch in range(20)]
    assert len(set(drawn)) == 2


def test_a_positive_without_negatives_of_its_own_brings_those_of_the_caption(tmp_path: Path) -> None:
    data = PairsData(DataConfig(pairs=write_pairs(tmp_path), positives={"paraphrase": 1.0}), seed=0)
    sample = data.sample(0, 0)
    assert sample.text == "A man whom nurse 0 carries."
    assert sample.base == "Nurse 0 carries a man."
    assert {negative.text for negative in sample.negatives} == {"Nurse 0 arrests a man.", "A man carries nurse 0."}


def test_a_caption_without_negatives_brings_those_of_another_of_its_picture(tmp_path: Path) -> None:
    pairs = write_pairs(tmp_path)
    records = list(read_records(pairs, PairsRecord))
    said = "Somebody is there."
    true = [Positive(text=said, kind="caption")]
    bare = PairsRecord(id="bare", image=records[0].image, caption=said, positives=true)
    write_records(pairs, [*records, bare])
    data = PairsData(DataConfig(pairs=pairs, positives={"caption": 1.0}), seed=0)
    drawn = [data.sample(0, epoch) for epoch in range(20)]
    assert {sample.text for sample in drawn} == {"Nurse 0 carries a man.", said}
    assert {sample.base for sample in drawn} == {"Nurse 0 carries a man."}
    assert all(sample.negatives for sample in drawn)


def test_the_number_of_negatives_is_bounded_by_kind(tmp_path: Path) -> None:
    data = PairsData(DataConfig(pairs=write_pairs(tmp_path), num_role=0), seed=0)
    assert [negative.kind for negative in data.sample(0, 0).negatives] == ["event"]


def anonymous_pairs(folder: Path) -> Path:
    """One picture with a template, an anonymous one, a hard positive and a negative of each."""
    Image.new("RGB", (8, 8)).save(folder / "a.png")
    texts = {None: "A nurse lifts a chef in red.", "anonymous": "A person lifts a person in red."}
    positives = [Positive(text="Nurse lifts chef.", kind="caption")]
    positives += [Positive(text=text, kind="template", style=style) for style, text in texts.items()]
    positives += [Positive(text=f"Truly {text}", kind="paraphrase", style=style) for style, text in texts.items()]
    false = {style: text.replace("lifts", "treats") for style, text in texts.items()}
    rivals = [Negative(text=text, kind="event", base="template", style=style) for style, text in false.items()]
    record = PairsRecord(id="1", image="a.png", caption="Nurse lifts chef.", positives=positives, negatives=rivals)
    write_records(folder / "p.jsonl", [record])
    return folder / "p.jsonl"


def test_an_anonymous_text_brings_its_own_negatives_and_stands_for_no_picture(tmp_path: Path) -> None:
    config = DataConfig(pairs=anonymous_pairs(tmp_path), positives={"caption": 1.0, "template": 3.0})
    samples = [PairsData(config, seed=0).sample(0, epoch) for epoch in range(30)]
    assert {sample.text for sample in samples} == {"Nurse lifts chef.", "A nurse lifts a chef in red."}
    assert {sample.base for sample in samples} == {"A nurse lifts a chef in red."}
    assert {sample.paraphrase for sample in samples} == {"Truly A nurse lifts a chef in red."}
    found = samples[0].anonymous
    assert found is not None
    assert (found.base, found.paraphrase) == (
        "A person lifts a person in red.",
        "Truly A person lifts a person in red.",
    )
    assert [one.text for one in found.negatives] == ["A person treats a person in red."]


@pytest.mark.parametrize(("share", "low", "high"), [(0.0, 0, 0), (0.5, 8, 32), (1.0, 40, 40)])
def test_anonymous_texts_come_as_often_as_they_are_asked_for(tmp_path: Path, share: float, low: int, high: int) -> None:
    data = PairsData(DataConfig(pairs=anonymous_pairs(tmp_path), anonymous=share), seed=0)
    assert low <= sum(data.sample(0, epoch).anonymous is not None for epoch in range(40)) <= high


def test_plain_captions_are_pairs_without_negatives(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    write_records(
        tmp_path / "c.jsonl", [CaptionRecord(id=str(n), image="a.png", caption=f"Text {n}") for n in range(3)]
    )
    data = PairsData(DataConfig(pairs=tmp_path / "c.jsonl"), seed=0)
    assert len(data) == 1
    assert {data.sample(0, epoch).text for epoch in range(30)} == {"Text 0", "Text 1", "Text 2"}
    assert data.sample(0, 0).negatives == []


def test_captions_and_pairs_may_stand_in_one_file_and_a_bad_first_line_spoils_no_other(tmp_path: Path) -> None:
    pairs = write_pairs(tmp_path)
    caption = CaptionRecord(id="plain", image="0.png", caption="Somebody is there.")
    pairs.write_text("\n".join(["5", caption.model_dump_json(), pairs.read_text()]))
    data = PairsData(DataConfig(pairs=pairs), seed=0)
    assert [rejection.where for rejection in data.rejections] == [f"{pairs}:1"]
    assert [record.id for record in data.records[0]] == ["plain", "0"]
    assert [len(record.negatives) for record in data.records[0]] == [0, 2]


def test_no_negative_stays_that_another_caption_of_the_picture_says(tmp_path: Path) -> None:
    pairs = write_pairs(tmp_path)
    caption = CaptionRecord(id="plain", image="0.png", caption="A man carries nurse 0")
    write_records(pairs, [*read_records(pairs, PairsRecord), caption])
    data = PairsData(DataConfig(pairs=pairs), seed=0)
    assert [[one.kind for one in record.negatives] for record in data.records[0]] == [["event"], []]
    assert [one.kind for one in data.records[1][0].negatives] == ["event", "role"]


def test_negatives_that_do_not_count_send_to_another_caption(tmp_path: Path) -> None:
    pairs = write_pairs(tmp_path)
    said = "Somebody is there."
    certain = Negative(text="Nobody is there.", kind="event", base="caption", weight=0.0)
    record = PairsRecord(id="bare", image="0.png", caption=said, negatives=[certain],
                         positives=[Positive(text=said, kind="caption")])  # fmt: skip
    write_records(pairs, [*read_records(pairs, PairsRecord), record])
    data = PairsData(DataConfig(pairs=pairs, positives={"caption": 1.0}), seed=0)
    assert {data.sample(0, epoch).base for epoch in range(20)} == {"Nurse 0 carries a man."}


@pytest.mark.parametrize("kind", ["template", "paraphrase"])
def test_a_record_without_a_text_of_the_kinds_asked_for_brings_what_it_has(tmp_path: Path, kind: str) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    raw = {"id": "1", "image": "a.png", "caption": "Said.", "positives": [{"text": "True.", "kind": kind}]}
    (tmp_path / "p.jsonl").write_text(json.dumps(raw))
    data = PairsData(DataConfig(pairs=tmp_path / "p.jsonl", positives={"caption": 1.0}), seed=0)
    assert data.sample(0, 0).text == "True."


def test_a_picture_with_a_palette_comes_in_colour(tmp_path: Path) -> None:
    Image.new("P", (4, 4)).save(tmp_path / "p.gif")
    assert open_picture(tmp_path / "p.gif").mode == "RGB"


@pytest.mark.parametrize("content", [b"", b"no picture"])
def test_a_file_that_is_no_picture_says_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.jpg").write_bytes(content)
    with pytest.raises(InputError, match=r"x\.jpg: the picture does not decode .*; replace or remove it"):
        open_picture(tmp_path / "x.jpg")


def test_a_truncated_jpeg_says_so(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "x.jpg")
    (tmp_path / "x.jpg").write_bytes((tmp_path / "x.jpg").read_bytes()[:1500])
    with pytest.raises(InputError, match=r"the picture does not decode \(image file is truncated"):
        open_picture(tmp_path / "x.jpg")


def test_a_positive_brings_the_negatives_of_its_style(tmp_path: Path) -> None:
    styles = ("roles", "composed")
    for record in (source := list(read_records(write_pairs(tmp_path, num_pictures=4), PairsRecord))):
        record.positives += [Positive(text=f"{one} of {record.id}", kind="template", style=one) for one in styles]
        record.negatives += [
            Negative(text=f"no {one} of {record.id}", kind="event", base="template", style=one) for one in styles
        ]
    write_records(tmp_path / "styled.jsonl", source)
    data = PairsData(DataConfig(pairs=tmp_path / "styled.jsonl", positives={"template": 1.0}), seed=0)
    samples = [data.sample(0, epoch) for epoch in range(20)]
    assert {sample.text for sample in samples} == {"roles of 0", "composed of 0"}
    assert all([one.text for one in sample.negatives] == [f"no {sample.text}"] for sample in samples)
    assert all(sample.base == sample.text for sample in samples)
