"""The objectives against slow, obvious oracles, closed forms and symmetries."""

import math
import re

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from eventclip.errors import UsageError
from eventclip.losses import (
    PRESETS,
    contrastive_loss,
    intra_modal_loss,
    margin_loss,
    mean_gaps,
    own_binary_loss,
    own_divergence_loss,
    own_negatives_loss,
    preset,
    ranked_loss,
    sigmoid_loss,
)


def unit(*shape: int, seed: int = 0) -> Tensor:
    return F.normalize(torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64), dim=-1)


def slow_contrastive(image: Tensor, text: Tensor, scale: float, picture: list[int]) -> float:
    total = 0.0
    for first, second in ((image, text), (text, image)):
        for row in range(len(first)):
            logits = [scale * float(first[row] @ second[column]) for column in range(len(second))]
            log_total = math.log(sum(math.exp(logit) for logit in logits))
            own = [column for column in range(len(second)) if picture[column] == picture[row]]
            total += sum(log_total - logits[column] for column in own) / len(own) / len(first) / 2
    return total


def test_contrastive_loss_equals_the_loop_when_a_picture_comes_twice() -> None:
    image, text, picture = unit(5, 8), unit(5, 8, seed=1), [0, 1, 0, 2, 3]
    found = contrastive_loss(image, text, torch.tensor(7.0), picture_B=torch.tensor(picture))
    assert float(found) == pytest.approx(slow_contrastive(image, text, 7.0, picture), abs=1e-6)


def test_contrastive_loss_equals_the_loop_when_a_picture_has_several_texts() -> None:
    image, text, pictures, owner = unit(3, 8), unit(5, 8, seed=1), [0, 1, 0], [0, 1, 1, 0, 1]
    numbers = {"picture_B": torch.tensor(pictures), "picture_T": torch.tensor(owner)}
    expected = 0.0
    for row in range(3):
        logits = [7 * float(image[row] @ other) for other in text]
        own = [column for column in range(5) if owner[column] == pictures[row]]
        total = math.log(sum(map(math.exp, logits)))
        expected += sum(total - logits[column] for column in own) / len(own) / 3 / 2
    for column in range(5):
        logits = [7 * float(other @ text[column]) for other in image]
        own = [row for row in range(3) if owner[column] == pictures[row]]
        total = math.log(sum(map(math.exp, logits)))
        expected += sum(total - logits[row] for row in own) / len(own) / 5 / 2
    found = contrastive_loss(image, text, torch.tensor(7.0), **numbers)
    assert float(found) == pytest.approx(expected, abs=1e-6)


def test_sigmoid_loss_says_yes_to_every_text_of_a_picture() -> None:
    image, text, scale, bias = unit(2, 8), unit(3, 8, seed=1), torch.tensor(7.0), torch.tensor(-1.0)
    numbers = {"picture_B": torch.tensor([0, 1]), "picture_T": torch.tensor([0, 1, 1])}
    logits = scale * image @ text.T + bias
    yes = torch.tensor([[True, False, False], [False, True, True]])
    expected = F.binary_cross_entropy_with_logits(logits, yes.to(logits.dtype), reduction="sum") / 2
    assert torch.allclose(sigmoid_loss(image, text, scale, bias, **numbers), expected)


def test_contrastive_loss_of_equal_features_is_the_logarithm_of_the_batch() -> None:
    same = unit(1, 8).expand(6, 8)
    assert float(contrastive_loss(same, same, torch.tensor(3.0))) == pytest.approx(math.log(6), abs=1e-6)


def test_contrastive_loss_is_the_same_for_both_orders_of_the_towers() -> None:
    image, text, scale = unit(6, 8), unit(6, 8, seed=1), torch.tensor(5.0)
    assert torch.allclose(contrastive_loss(image, text, scale), contrastive_loss(text, image, scale))


def test_negatives_in_all_denominators_enter_the_image_to_text_side_alone() -> None:
    image, text, negative = unit(3, 8), unit(3, 8, seed=1), unit(4, 8, seed=2)
    scale = torch.tensor(5.0)
    found = contrastive_loss(image, text, scale, negative_ND=negative)
    to_text = F.cross_entropy(scale * image @ torch.cat([text, negative]).T, torch.arange(3))
    to_image = F.cross_entropy(scale * text @ image.T, torch.arange(3))
    assert float(found) == pytest.approx(float((to_text + to_image) / 2), abs=1e-6)


def test_negatives_in_their_own_denominator_enter_that_row_alone_with_their_weight() -> None:
    image, text, negative = unit(3, 8), unit(3, 8, seed=1), unit(4, 8, seed=2)
    owner, weight = torch.tensor([2, 0, 2, 2]), torch.tensor([1.0, 0.5, 0.0, 0.25], dtype=torch.float64)
    found = contrastive_loss(image, text, torch.tensor(5.0), negative_ND=negative, owner_N=owner, weight_N=weight)
    expected = float(F.cross_entropy(5 * text @ image.T, torch.arange(3)))
    for row in range(3):
        total = sum(math.exp(5 * float(image[row] @ other)) for other in text)
        total += sum(
            float(weight[n]) * math.exp(5 * float(image[row] @ negative[n])) for n in range(4) if owner[n] == row
        )
        expected += (math.log(total) - 5 * float(image[row] @ text[row])) / 3
    assert float(found) == pytest.approx(expected / 2, abs=1e-9)


def test_negatives_of_no_weight_leave_the_contrastive_loss_and_its_gradient_as_they_are() -> None:
    image, text = unit(3, 8).requires_grad_(), unit(3, 8, seed=1)
    for owner in (None, torch.tensor([0, 1])):
        negative = unit(2, 8, seed=2).requires_grad_()
        nothing = torch.zeros(2, dtype=torch.float64)
        scale = torch.tensor(5.0)
        found = contrastive_loss(image, text, scale, negative_ND=negative, owner_N=owner, weight_N=nothing)
        found.backward()
        assert torch.allclose(found, contrastive_loss(image, text, scale))
        assert float(negative.grad.abs().sum()) == 0.0  # type: ignore[union-attr]


def test_the_gradient_of_contrastive_losses_is_that_of_finite_differences() -> None:
    image, text, negative = (unit(3, 4, seed=seed).requires_grad_() for seed in range(3))
    owner, scale, picture = torch.tensor([2, 0, 2]), torch.tensor(5.0).double(), torch.tensor([0, 1, 0])
    weight = torch.tensor([1.0, 0.5, 0.2], dtype=torch.float64)

    def softmax(image: Tensor, text: Tensor, negative: Tensor) -> Tensor:
        return contrastive_loss(
            image, text, scale, picture_B=picture, negative_ND=negative, owner_N=owner, weight_N=weight
        )

    def sigmoid(image: Tensor, text: Tensor, negative: Tensor) -> Tensor:
        return sigmoid_loss(image, text, scale, -scale, picture_B=picture, negative_ND=negative, weight_N=weight)

    assert torch.autograd.gradcheck(softmax, (image, text, negative))
    assert torch.autograd.gradcheck(sigmoid, (image, text, negative))


def slow_sigmoid(image: Tensor, text: Tensor, scale: float, bias: float, picture: list[int]) -> float:
    total = 0.0
    for row in range(len(image)):
        for column in range(len(text)):
            logit = scale * float(image[row] @ text[column]) + bias
            yes = 1 / (1 + math.exp(-logit))
            total -= math.log(yes if picture[row] == picture[column] else 1 - yes)
    return total / len(image)


def test_sigmoid_loss_equals_the_loop_when_a_picture_comes_twice() -> None:
    image, text, picture = unit(5, 8), unit(5, 8, seed=1), [0, 1, 0, 2, 3]
    scale, bias = torch.tensor(7.0), torch.tensor(-3.0)
    found = sigmoid_loss(image, text, scale, bias, picture_B=torch.tensor(picture))
    assert float(found) == pytest.approx(slow_sigmoid(image, text, 7.0, -3.0, picture), abs=1e-6)


def test_sigmoid_loss_of_undecided_questions_is_the_batch_times_log_two() -> None:
    found = sigmoid_loss(torch.zeros(6, 8), torch.zeros(6, 8), torch.tensor(7.0), torch.tensor(0.0))
    assert float(found) == pytest.approx(6 * math.log(2), abs=1e-6)


def test_sigmoid_loss_is_the_same_for_both_orders_of_the_towers() -> None:
    image, text, scale, bias = unit(6, 8), unit(6, 8, seed=1), torch.tensor(5.0), torch.tensor(-2.0)
    assert torch.allclose(sigmoid_loss(image, text, scale, bias), sigmoid_loss(text, image, scale, bias))


def test_hard_negatives_are_a_no_for_every_picture_or_for_their_own_alone() -> None:
    image, text, negative = unit(3, 8), unit(3, 8, seed=1), unit(2, 8, seed=2)
    scale, bias, weight = torch.tensor(5.0), torch.tensor(-2.0), torch.tensor([0.5, 1.0], dtype=torch.float64)
    plain = sigmoid_loss(image, text, scale, bias)
    no = F.softplus(scale * image @ negative.T + bias)
    to_all = sigmoid_loss(image, text, scale, bias, negative_ND=negative, weight_N=weight)
    assert torch.allclose(to_all - plain, (no * weight).sum() / 3)
    owner = torch.tensor([2, 0])
    to_own = sigmoid_loss(image, text, scale, bias, negative_ND=negative, owner_N=owner, weight_N=weight)
    assert torch.allclose(to_own - plain, (no[2, 0] * 0.5 + no[0, 1]) / 3)


def slow_own(positive: float, negatives: list[float], weights: list[float], gamma: float, smoothing: float) -> float:
    total = math.exp(positive) + sum(w * math.exp(n) for n, w in zip(negatives, weights, strict=True))
    p = math.exp(positive) / total
    spread = sum(w * math.log(math.exp(n) / total) for n, w in zip(negatives, weights, strict=True)) / sum(weights)
    return (1 - p) ** gamma * (-(1 - smoothing) * math.log(p) - smoothing * spread)


@pytest.mark.parametrize(("gamma", "smoothing"), [(0.0, 0.0), (2.0, 0.0), (2.0, 0.05)])
def test_own_negatives_loss_equals_the_loop_over_ragged_groups(gamma: float, smoothing: float) -> None:
    positive = torch.tensor([1.0, -0.5], dtype=torch.float64)
    negative = torch.tensor([0.3, 2.0, -1.0, 0.9], dtype=torch.float64)
    group, weight = torch.tensor([1, 0, 1, 1]), torch.tensor([1.0, 0.5, 0.2, 0.9], dtype=torch.float64)
    found = own_negatives_loss(positive, negative, group, weight, gamma=gamma, smoothing=smoothing)
    expected = [
        slow_own(1.0, [2.0], [0.5], gamma, smoothing),
        slow_own(-0.5, [0.3, -1.0, 0.9], [1.0, 0.2, 0.9], gamma, smoothing),
    ]
    assert found.tolist() == pytest.approx(expected, abs=1e-9)


def test_own_negatives_loss_without_focus_on_one_equal_negative_is_log_two() -> None:
    one = torch.zeros(1)
    found = own_negatives_loss(one, one, torch.tensor([0]), torch.ones(1), gamma=0.0, smoothing=0.0)
    assert float(found[0]) == pytest.approx(math.log(2), abs=1e-6)


def test_own_negatives_loss_ignores_a_negative_of_no_weight() -> None:
    positive, group = torch.tensor([0.4]), torch.tensor([0, 0])
    with_it = own_negatives_loss(positive, torch.tensor([0.1, 9.0]), group, torch.tensor([1.0, 0.0]))
    without = own_negatives_loss(positive, torch.tensor([0.1]), torch.tensor([0]), torch.tensor([1.0]))
    assert torch.allclose(with_it, without)


def test_own_negatives_loss_holds_at_large_logits() -> None:
    positive = torch.tensor([90.0], requires_grad=True)
    loss = own_negatives_loss(positive, torch.tensor([100.0]), torch.tensor([0]), torch.ones(1))
    loss.sum().backward()
    assert torch.isfinite(loss).all()
    assert torch.isfinite(positive.grad).all()  # type: ignore[arg-type]


RAGGED = torch.tensor([1, 0, 1, 1])
WEIGHTS = torch.tensor([1.0, 0.5, 0.2, 0.9], dtype=torch.float64)
POSITIVES = torch.tensor([1.0, -0.5], dtype=torch.float64)
NEGATIVES = torch.tensor([0.3, 2.0, -1.0, 0.9], dtype=torch.float64)


def test_own_losses_do_not_depend_on_the_order_of_negatives() -> None:
    order = torch.tensor([3, 1, 0, 2])
    for loss in (own_negatives_loss, own_binary_loss, own_divergence_loss):
        turned = loss(POSITIVES, NEGATIVES[order], RAGGED[order], WEIGHTS[order])
        assert torch.allclose(turned, loss(POSITIVES, NEGATIVES, RAGGED, WEIGHTS)), loss.__name__


def test_own_losses_have_the_gradient_of_finite_differences() -> None:
    inputs = POSITIVES.clone().requires_grad_(), NEGATIVES.clone().requires_grad_()
    for loss in (own_negatives_loss, own_binary_loss, own_divergence_loss):
        assert torch.autograd.gradcheck(lambda p, n, loss=loss: loss(p, n, RAGGED, WEIGHTS), inputs)


def test_own_binary_loss_equals_the_loop_over_ragged_groups() -> None:
    def question(logit: float, yes: bool) -> float:
        share = 1 / (1 + math.exp(-logit))
        return -math.log(share if yes else 1 - share)

    found = own_binary_loss(POSITIVES, NEGATIVES, RAGGED, WEIGHTS)
    second = question(-0.5, True) + question(0.3, False) + 0.2 * question(-1.0, False) + 0.9 * question(0.9, False)
    expected = [(question(1.0, True) + 0.5 * question(2.0, False)) / 1.5, second / 3.1]
    assert found.tolist() == pytest.approx(expected, abs=1e-9)


def test_own_divergence_loss_is_the_divergence_of_torch() -> None:
    found = own_divergence_loss(POSITIVES, NEGATIVES, RAGGED, WEIGHTS, smoothing=0.1)
    for group, loss in enumerate(found):
        own = group == RAGGED
        log_softmax = torch.cat([POSITIVES[group : group + 1], NEGATIVES[own]]).log_softmax(0)
        believed = torch.cat([torch.ones(1, dtype=torch.float64), 1 - WEIGHTS[own]])
        spread = torch.cat([torch.zeros(1, dtype=torch.float64), WEIGHTS[own]])
        target = 0.9 * believed / believed.sum() + 0.1 * spread / spread.sum()
        assert float(loss) == pytest.approx(float(F.kl_div(log_softmax, target, reduction="sum")), abs=1e-9)


def test_own_divergence_loss_is_nought_where_the_softmax_is_what_is_believed() -> None:
    weight = torch.tensor([0.75, 0.5], dtype=torch.float64)
    negative = (1 - weight).log()  # the positive has the logit 0: odds of 1 to 1/4 to 1/2
    found = own_divergence_loss(torch.zeros(1, dtype=torch.float64), negative, torch.tensor([0, 0]), weight)
    assert float(found[0]) == pytest.approx(0, abs=1e-12)


def test_own_divergence_of_sure_negatives_is_the_cross_entropy() -> None:
    sure = torch.ones_like(WEIGHTS)
    plain = own_negatives_loss(POSITIVES, NEGATIVES, RAGGED, sure, gamma=0.0, smoothing=0.0)
    assert torch.allclose(own_divergence_loss(POSITIVES, NEGATIVES, RAGGED, sure), plain)


def test_margin_loss_is_the_weighted_mean_of_hinges_with_a_margin_for_each_negative() -> None:
    margin = torch.tensor([0.1, 0.2, 0.3, 1.9], dtype=torch.float64)
    found = margin_loss(POSITIVES, NEGATIVES, RAGGED, WEIGHTS, margin)
    second = 1.0 * (0.1 + 0.5 + 0.3) + 0.2 * 0.0 + 0.9 * (1.9 + 0.5 + 0.9)
    assert found.tolist() == pytest.approx([0.2 - 1.0 + 2.0, second / 2.1], abs=1e-9)


def test_margin_loss_is_nought_and_flat_where_every_margin_is_kept() -> None:
    positive = torch.tensor([3.0, 3.0], dtype=torch.float64, requires_grad=True)
    loss = margin_loss(positive, NEGATIVES, RAGGED, WEIGHTS, torch.full_like(NEGATIVES, 0.5)).sum()
    loss.backward()
    assert float(loss.detach()) == 0.0
    assert float(positive.grad.abs().sum()) == 0.0  # type: ignore[union-attr]


def test_intra_modal_loss_equals_the_cross_entropy_of_a_row_that_begins_with_the_positive() -> None:
    image, text, negative = unit(2, 8), unit(2, 8, seed=1), unit(4, 8, seed=2)
    found = intra_modal_loss(image, text, negative, RAGGED, WEIGHTS, torch.tensor(5.0))
    for group, loss in enumerate(found):
        own = group == RAGGED
        row = torch.cat(
            [5 * image[group : group + 1] @ text[group], 5 * negative[own] @ text[group] + WEIGHTS[own].log()]
        )
        assert float(loss) == pytest.approx(float(F.cross_entropy(row[None], torch.tensor([0]))), abs=1e-9)


def test_intra_modal_loss_pushes_a_caption_away_from_every_negative_and_towards_its_picture() -> None:
    """The public code of CE-CLIP does the opposite with the first negative, since it leaves the positive out."""
    image, text, negative = unit(2, 8), unit(2, 8, seed=1), unit(4, 8, seed=2).requires_grad_()
    image.requires_grad_()
    intra_modal_loss(image, text, negative, RAGGED, WEIGHTS, torch.tensor(5.0)).sum().backward()
    along = (negative.grad * text[RAGGED]).sum(dim=1)  # type: ignore[operator]
    assert (along > 0).all()
    assert ((image.grad * text).sum(dim=1) < 0).all()  # type: ignore[operator]


def test_ranked_thresholds_are_the_mean_gaps_of_each_kind_within_their_bounds() -> None:
    positive = torch.tensor([5.0, 20.0], dtype=torch.float64)
    kind = torch.tensor([0, 1, 0, 2])
    found = mean_gaps(positive, torch.tensor([4.0, 6.0, 19.0, -30.0], dtype=torch.float64), RAGGED, kind, 4)
    assert found.tolist() == pytest.approx([(20 - 4 + 20 - 19) / 2, 0.0, 10.0, 0.0])  # a gap of -1, one of 50, no gap


def test_ranked_loss_is_the_weighted_mean_hinge_of_each_group() -> None:
    threshold = torch.tensor([0.5, 0.5, 1.0, 1.0], dtype=torch.float64)
    found = ranked_loss(POSITIVES, NEGATIVES, RAGGED, WEIGHTS, threshold)
    hinges, weights, groups = [1.3, 1.5, 0.5, 2.4], WEIGHTS.tolist(), RAGGED.tolist()
    rows = [[n for n, group in enumerate(groups) if group == number] for number in sorted(set(groups))]
    means = [sum(weights[n] * hinges[n] for n in own) / sum(weights[n] for n in own) for own in rows]
    assert found.tolist() == pytest.approx(means, abs=1e-9)


def test_an_unknown_preset_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"unknown loss preset 'structurd': did you mean 'structured'\?"):
        preset("structurd")


def test_an_unknown_weight_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"unknown loss weight 'evnt': did you mean 'event'\?"):
        preset("clip", evnt=1.0)


def test_an_unknown_value_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"unknown value of loss\.denominator 'al': did you mean 'all'\?"):
        preset("clip", denominator="al")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"margin": "much"}, "loss.margin: expected a number, found 'much'"),
        ({"margin": True}, "loss.margin: expected a number, found True"),
        ({"joined": 1.0}, "loss.joined: expected true or false, found 1.0"),
        ({"event": -1.0}, "loss.event: expected a number of at least 0, found -1.0"),
        ({"margin": float("nan")}, "loss.margin: expected a number of at least 0, found nan"),
        ({"smoothing": 2.0}, "loss.smoothing: expected a number from 0 to 1, found 2.0"),
    ],
)
def test_a_value_of_another_kind_is_explained(change: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        preset("clip", **change)


def test_every_preset_names_the_terms_of_its_paper() -> None:
    names = {name: set(preset(name).terms()) - {"contrastive"} for name in PRESETS}
    assert names == {
        "clip": set(),
        "siglip": set(),
        "negclip": set(),
        "clip-event": {"own"},
        "structured": {"event", "role", "argument", "paraphrase"},
        "ce-clip": {"rank", "intra"},
        "fsc-clip": {"own", "local"},
    }
