"""The objectives against slow, obvious oracles, closed forms and symmetries."""

import itertools
import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from eventclip.errors import UsageError
from eventclip.losses import contrastive_loss, own_negatives_loss, preset, transport_distance


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


def test_transport_distance_nears_the_cheapest_assignment() -> None:
    nodes, patches = unit(4, 8), unit(4, 8, seed=1)
    cost = 1 - nodes @ patches.T
    cheapest = min(
        sum(float(cost[row, column]) for row, column in enumerate(order)) / 4
        for order in itertools.permutations(range(4))
    )
    mask = torch.ones(1, 4, dtype=torch.bool)
    found = transport_distance(nodes[None], mask, patches[None], epsilon=0.005, num_iterations=500)
    assert float(found[0]) == pytest.approx(cheapest, abs=1e-3)


def test_transport_distance_takes_no_notice_of_padding() -> None:
    nodes, patches = unit(2, 3, 8), unit(2, 6, 8, seed=1)
    mask = torch.tensor([[True, True, False], [True, True, True]])
    padded = transport_distance(nodes, mask, patches)
    alone = transport_distance(nodes[:1, :2], mask[:1, :2], patches[:1])
    assert torch.allclose(padded[0], alone[0])


def test_transport_distance_of_a_picture_without_nodes_is_nought_and_has_a_gradient_elsewhere() -> None:
    nodes = unit(2, 2, 8).requires_grad_()
    mask = torch.tensor([[False, False], [True, True]])
    found = transport_distance(nodes, mask, unit(2, 6, 8, seed=1))
    found.sum().backward()
    assert float(found[0].detach()) == 0.0
    assert torch.isfinite(nodes.grad).all()  # type: ignore[arg-type]
    assert float(nodes.grad[1].abs().sum()) > 0  # type: ignore[index]


def test_an_unknown_preset_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"unknown loss preset 'structurd': did you mean 'structured'\?"):
        preset("structurd")


def test_an_unknown_weight_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"unknown loss weight 'evnt': did you mean 'event'\?"):
        preset("clip", evnt=1.0)
