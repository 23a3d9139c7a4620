"""From a batch to its loss: which texts are encoded, which negatives meet which picture, and how much they change."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from eventclip.config import DataConfig
from eventclip.datasets.pairs import Batch, Contrast, PairsData, Sample, StepBatches
from eventclip.losses import PRESETS, LossWeights, preset
from eventclip.models import ClipModel, build_model
from eventclip.records import Edit, Negative
from eventclip.train.objective import Features, Objective, Terms
from eventclip.train.texts import BatchTexts, edit_size
from tests.eventclip.tiny import TINY_MODEL, write_events, write_pairs


def negative(text: str, kind: str, **fields: object) -> Negative:
    return Negative.model_validate({"text": text, "kind": kind, "base": "caption", **fields})


def batch() -> Batch:
    """Three pictures: negatives of two kinds and a paraphrase; none; one kind and a text that both others have."""
    role, event = negative("b-", "role", weight=0.5), negative("c-", "event")
    return Batch(
        [
            Sample(0, "a", "a", "a~", [event, role], ["n", "m"], ["n", "n, m"]),
            Sample(1, "b", "b", None),
            Sample(2, "c", "a", None, [negative("c-", "event", weight=0.25)], ["n"], ["n"]),
        ],
        torch.zeros(3, 3, 16, 16),
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["a", "b", "c"]),
        ({"event": 1.0}, ["a", "b", "c", "c-", "b-"]),
        ({"words": 1.0}, ["a", "b", "c"]),
        ({"event": 1.0, "paraphrase": 1.0}, ["a", "b", "c", "c-", "b-", "a~"]),
        ({"all_positives": True}, ["a", "b", "c", "a~"]),
        ({"align": 1.0}, ["a", "b", "c", "n", "m", "n, m"]),
        ({"align": 1.0, "edge_share": 0.0}, ["a", "b", "c", "n", "m"]),
    ],
)
def test_every_text_that_a_term_needs_is_encoded_once(changes: dict[str, float], expected: list[str]) -> None:
    assert BatchTexts(batch(), preset("clip", **changes)).all == expected


def test_groups_hold_the_negatives_of_their_kind_with_their_pictures() -> None:
    texts = BatchTexts(batch(), preset("structured"))
    found = texts.groups("event")
    assert found.picture_G.tolist() == [0, 2]
    assert [texts.all[row] for row in found.positive_G] == ["a", "a"]
    assert [texts.all[row] for row in found.negative_N] == ["c-", "c-"]
    assert found.weight_N.tolist() == [1.0, 0.25]
    role = texts.groups("role")
    assert (role.picture_G.tolist(), role.group_N.tolist(), role.weight_N.tolist()) == ([0], [0], [0.5])


def test_the_group_of_a_hard_positive_holds_all_kinds_and_only_pictures_that_have_one() -> None:
    texts = BatchTexts(batch(), preset("structured", use_weights=False))
    found = texts.groups("paraphrase")
    assert [texts.all[row] for row in found.positive_G] == ["a~"]
    assert [texts.all[row] for row in found.negative_N] == ["c-", "b-"]
    assert found.weight_N.tolist() == [1.0, 1.0]


def test_an_anonymous_text_meets_its_own_negatives_and_never_stands_for_its_picture() -> None:
    told = Contrast("a*", "a*~", [negative("d-", "role")])
    named = Sample(0, "a", "a", "a~", [negative("b-", "role")], anonymous=told)
    found = BatchTexts(Batch([named], torch.zeros(1, 3, 16, 16)), preset("structured", all_positives=True))
    role, paraphrase = found.groups("role"), found.groups("paraphrase")
    assert (role.picture_G.tolist(), role.group_N.tolist()) == ([0, 0], [0, 1])
    assert [found.all[row] for row in role.positive_G] == ["a", "a*"]
    assert [found.all[row] for row in paraphrase.positive_G] == ["a~", "a*~"]
    assert [found.all[row] for row in role.negative_N] == ["b-", "d-"]
    assert [found.all[row] for row in found.positives_T] == ["a", "a~"]


@pytest.mark.parametrize(
    ("fields", "size"),
    [
        ({"from_type": "Conflict.Attack", "to_type": "Conflict.Demonstrate"}, 1),
        ({"from_type": "Conflict.Attack", "to_type": "Contact.Hug"}, 2),
        ({"from_type": "Contact.Hug", "swapped": ["Place"]}, 1),
        ({"from_type": "Contact.Hug", "swapped": ["Agent", "Person"]}, 2),
        ({"from_type": "Contact.Hug", "swapped": ["Agent", "Person", "Place"]}, 3),
        ({"from_type": "Contact.Hug", "to_type": "Life.Die", "swapped": ["Agent", "Person"]}, 4),
        ({}, 1),
        ({"edits": [Edit(start=0, end=1, old="a", new="b"), Edit(start=2, end=3, old="c", new="d")]}, 2),
    ],
)
def test_an_edit_is_as_large_as_the_nodes_and_edges_it_changes(fields: dict[str, object], size: int) -> None:
    assert edit_size(negative("b", "event", **fields)) == size


def tiny_batch(folder: Path, weights: LossWeights) -> tuple[ClipModel, Batch]:
    pairs = write_pairs(folder)
    data = PairsData(DataConfig(pairs=pairs, events=write_events(folder)), seed=0)
    model = build_model(TINY_MODEL)
    if weights.uses_bias:
        model.add_logit_bias(weights.logit_bias)
    return model, StepBatches(data, 8, range(1), transform=model.transform())[0]


ALL_TERMS = preset("structured", margin=1.0, rank=0.4, intra=0.2, local=0.2, words=0.3, align=0.5, regions="boxes")


def test_the_features_hold_all_that_the_loss_needs(tmp_path: Path) -> None:
    model, found = tiny_batch(tmp_path, ALL_TERMS)
    objective = Objective(model, ALL_TERMS, from_trunk=False)
    whole, terms = objective(found)
    apart, _ = objective.loss(objective.encode(found), found)
    assert torch.equal(whole, apart)
    assert set(terms) == set(ALL_TERMS.terms())
    shares = ALL_TERMS.terms()
    assert float(whole.detach()) == pytest.approx(sum(shares[name] * float(term) for name, term in terms.items()))


def test_a_negative_weighs_the_same_however_many_pictures_have_one_of_its_kind() -> None:
    """The terms of own negatives add up over the pictures of a batch, and pictures that have none dilute them."""
    weights = preset("structured", margin=1.0, rank=0.4, intra=0.2)
    found = batch()
    texts = BatchTexts(found, weights)
    generator = torch.Generator().manual_seed(0)
    image_BD, text_TD = (
        torch.nn.functional.normalize(torch.randn(rows, 8, generator=generator), dim=1)
        for rows in (len(found.samples), len(texts.all))
    )

    def terms(rows: list[int]) -> dict[str, float]:
        some = Batch([found.samples[row] for row in rows], found.pixels[rows])
        own = BatchTexts(some, weights)
        places = [texts.all.index(text) for text in own.all]
        of = Terms(Features(image_BD[rows], text_TD[places], torch.tensor(10.0)), own, weights)
        return {name: float(of.term(name)) for name in ("event", "role", "paraphrase", "margin", "intra")}

    whole, parts = terms([0, 1, 2]), [terms([row]) for row in range(3)]
    assert set(parts[1].values()) == {0.0}
    for name, value in whole.items():
        assert value == pytest.approx(sum(part[name] for part in parts) / 3), name
        assert value > 0


def test_anonymous_negatives_stand_before_no_other_picture() -> None:
    """With `denominator: all` named negatives meet every picture; what somebody unnamed does is true of too many."""
    weights = preset("negclip")

    def loss(style: str | None) -> float:
        rival = negative("a-", "event", base="template", style=style)
        some = Batch([Sample(0, "a", "a", None, [rival]), Sample(1, "b", "b", None)], torch.zeros(2, 1))
        texts = BatchTexts(some, weights)
        generator = torch.Generator().manual_seed(0)
        image_BD, text_TD = (torch.randn(rows, 8, generator=generator) for rows in (2, len(texts.all)))
        return float(Terms(Features(image_BD, text_TD, torch.tensor(1.0)), texts, weights).term("contrastive"))

    assert loss(None) > loss("anonymous")


def test_every_weight_of_the_model_has_a_gradient(tmp_path: Path) -> None:
    for weights in (ALL_TERMS, preset("siglip"), preset("clip-event", own="binary")):
        model, found = tiny_batch(tmp_path, weights)
        Objective(model, weights, from_trunk=False)(found)[0].backward()
        assert [name for name, weight in model.named_parameters() if weight.grad is None] == []


@pytest.mark.parametrize("name", [*PRESETS, "all terms", "all positives"])
def test_a_few_steps_lower_the_loss(tmp_path: Path, name: str) -> None:
    others = {"all terms": ALL_TERMS, "all positives": preset("clip", all_positives=True)}
    weights = others[name] if name in others else PRESETS[name]
    model, found = tiny_batch(tmp_path, weights)
    objective = Objective(model, weights, from_trunk=False)
    optimizer = torch.optim.Adam(objective.parameters(), lr=1e-3)
    losses = []
    for _ in range(15):
        optimizer.zero_grad()
        loss, _ = objective(found)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.9 * losses[0]


def test_the_bias_of_a_model_that_a_softmax_does_not_need_has_a_gradient_of_nought(tmp_path: Path) -> None:
    model, found = tiny_batch(tmp_path, preset("siglip"))
    Objective(model, preset("clip"), from_trunk=False)(found)[0].backward()
    bias = model.logit_bias()
    assert bias is not None
    assert bias.grad is not None
    assert float(bias.grad) == 0.0


def test_the_loss_of_half_precision_features_is_taken_in_full_precision(tmp_path: Path) -> None:
    model, found = tiny_batch(tmp_path, ALL_TERMS)
    objective = Objective(model, ALL_TERMS, from_trunk=False)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        features = objective.encode(found)
        half, _ = objective.loss(features, found)
    assert half.dtype == torch.float32
    full, _ = objective(found)
    assert float(half.detach()) == pytest.approx(float(full.detach()), rel=0.02)


def test_a_picture_without_a_graph_takes_no_part_in_the_alignment(tmp_path: Path) -> None:
    weights = preset("clip", align=1.0)
    model, found = tiny_batch(tmp_path, weights)
    objective = Objective(model, weights, from_trunk=False)
    features = objective.encode(found)
    graphs = objective.texts(found).graphs
    assert 0 < int(graphs.mask_BM.any(dim=1).sum()) < len(found.samples)

    def align(keep: Tensor) -> float:
        samples = [sample for sample, kept in zip(found.samples, keep.tolist(), strict=True) if kept]
        return float(objective(Batch(samples, found.pixels[keep]))[1]["align"])

    has_graph = graphs.mask_BM.any(dim=1)
    expected = align(has_graph) * float(has_graph.float().mean())
    assert float(objective.loss(features, found)[1]["align"]) == pytest.approx(expected, abs=1e-6)
