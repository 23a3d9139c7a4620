"""The objectives, as pure functions of features.

Shapes: B pictures with one positive text each, N hard negatives of all of them (ragged, flat), G groups of one
positive against its own negatives, M nodes of an event graph, P patches, D the joint width.
"""

from dataclasses import dataclass, fields, replace
from typing import Literal

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor
from torch.distributed.nn.functional import all_gather as _all_gather_untyped

from eventclip.errors import UsageError, unknown_name

Denominator = Literal["none", "all"]


@dataclass(frozen=True, slots=True)
class LossWeights:
    """The objective L = InfoNCE + event * F(event) + role * F(role) + argument * F(argument) + paraphrase + align.

    Attributes:
        event: weight of the term in which a positive meets its own event negatives; likewise `role` and `argument`.
        paraphrase: weight of the term in which a hard positive meets the picture's own negatives.
        align: weight of the optimal transport between the event graph and the patches.
        gamma: focal exponent of F; 0 is plain cross-entropy.
        smoothing: label smoothing of F over the valid negatives.
        joined: one softmax over all negatives of a picture, whatever their kind, weighted by `event`.
        denominator: "all" puts every hard negative into the image-to-text denominator of all pictures.
        use_weights: whether a negative counts by its validity weight.
    """

    event: float = 0.0
    role: float = 0.0
    argument: float = 0.0
    paraphrase: float = 0.0
    align: float = 0.0
    gamma: float = 2.0
    smoothing: float = 0.02
    joined: bool = False
    denominator: Denominator = "none"
    use_weights: bool = True

    def own_terms(self) -> dict[str, float]:
        """The terms in which a picture meets its own negatives, with their weights; "own" joins all kinds."""
        if self.joined:
            terms = {"own": self.event}
        else:
            terms = {"event": self.event, "role": self.role, "argument": self.argument}
        terms["paraphrase"] = self.paraphrase
        return {name: weight for name, weight in terms.items() if weight}

    @property
    def uses_negatives(self) -> bool:
        """Whether hard negatives have to be encoded at all."""
        return self.denominator == "all" or bool(self.own_terms())


PRESETS: dict[str, LossWeights] = {
    "clip": LossWeights(),
    "negclip": LossWeights(denominator="all", use_weights=False),
    "clip-event": LossWeights(event=1.0, gamma=0.0, smoothing=0.0, joined=True, use_weights=False),
    "structured": LossWeights(event=1.0, role=1.0, argument=0.5, paraphrase=0.5),
}


def preset(name: str, **changes: float | bool | str) -> LossWeights:
    """The named objective, with changes.

    Raises:
        UsageError: an unknown preset or an unknown weight.
    """
    if name not in PRESETS:
        raise UsageError(unknown_name("loss preset", name, PRESETS))
    known = [field.name for field in fields(LossWeights)]
    for key in changes:
        if key not in known:
            raise UsageError(unknown_name("loss weight", key, known))
    return replace(PRESETS[name], **changes)  # type: ignore[arg-type]


def _all_gather(values: Tensor) -> tuple[Tensor, ...]:
    return tuple(_all_gather_untyped(values))  # type: ignore[no-untyped-call]


def world_size() -> int:
    """How many processes train together."""
    return dist.get_world_size() if dist.is_initialized() else 1


def gather_with_grad(features_BD: Tensor) -> Tensor:
    """The features of all ranks, in the order of the ranks, through which gradients flow back.

    Ranks may hold different numbers of rows, as they do of hard negatives. With one process it is the input.
    """
    if world_size() == 1:
        return features_BD
    counts = gather_constant(torch.tensor([len(features_BD)])).tolist()
    padded_BD = F.pad(features_BD, (0, 0, 0, max(counts) - len(features_BD)))
    return torch.cat([part[:count] for part, count in zip(_all_gather(padded_BD), counts, strict=True)])


def gather_constant(values: Tensor) -> Tensor:
    """The values of all ranks along the first dimension, without gradient; every rank holds equally many."""
    if world_size() == 1:
        return values
    parts = [torch.empty_like(values) for _ in range(world_size())]
    dist.all_gather(parts, values.contiguous())
    return torch.cat(parts)


def mean_over_ranks(values_G: Tensor) -> Tensor:
    """A scalar whose gradient, averaged over the ranks as DDP does, is that of the mean over the values of all ranks.

    Ranks may hold different numbers of values, none included.
    """
    total = values_G.sum()
    if world_size() == 1:
        return total / max(len(values_G), 1)
    count = torch.tensor(float(len(values_G)), device=values_G.device)
    dist.all_reduce(count)
    return total * world_size() / count.clamp_min(1)


def contrastive_loss(
    image_BD: Tensor,
    text_BD: Tensor,
    logit_scale: Tensor,
    *,
    picture_B: Tensor | None = None,
    negative_ND: Tensor | None = None,
) -> Tensor:
    """Symmetric InfoNCE, where several rows may show the same picture.

    Args:
        image_BD: picture features, L2-normalised.
        text_BD: the features of the positive texts.
        logit_scale: the factor of the similarities, a scalar.
        picture_B: a number for each row's picture; rows of one picture are each other's positives, equally shared.
            Without it every row is its own.
        negative_ND: further texts that stand in the image-to-text denominator of every picture (NegCLIP).

    Returns:
        The mean of both directions, a scalar.

    Source:
        CLIP, Radford et al. 2021, figure 3; NegCLIP, Yuksekgonul et al. 2023, section 4.
    """
    logits_BB = logit_scale * image_BD @ text_BD.T
    if picture_B is None:
        target_BB = torch.eye(len(image_BD), device=image_BD.device)
    else:
        same_BB = (picture_B[:, None] == picture_B[None, :]).to(image_BD.dtype)
        target_BB = same_BB / same_BB.sum(dim=1, keepdim=True)
    to_text, to_text_target = logits_BB, target_BB
    if negative_ND is not None and len(negative_ND):
        to_text = torch.cat([logits_BB, logit_scale * image_BD @ negative_ND.T], dim=1)
        to_text_target = F.pad(target_BB, (0, len(negative_ND)))
    return (F.cross_entropy(to_text, to_text_target) + F.cross_entropy(logits_BB.T, target_BB.T)) / 2


def own_negatives_loss(
    positive_G: Tensor,
    negative_N: Tensor,
    group_N: Tensor,
    weight_N: Tensor,
    *,
    gamma: float = 2.0,
    smoothing: float = 0.02,
) -> Tensor:
    """Focal cross-entropy of each positive against its own negatives, for ragged numbers of them.

    Args:
        positive_G: logits of the positives.
        negative_N: logits of the negatives.
        group_N: the group that each negative belongs to; every group has at least one.
        weight_N: validity of each negative, 0 to 1; it multiplies the negative's share of the denominator.
        gamma: focal exponent.
        smoothing: the share of the target that lies on the negatives, spread by their weight.

    Returns:
        The loss of each group (G,).

    Source:
        FSC-CLIP, Oh et al. 2024, equations 3 and 4; the weights are ours.
    """
    highest_G = positive_G.detach().scatter_reduce(0, group_N, negative_N.detach(), "amax")
    exponent_N = weight_N * (negative_N - highest_G[group_N]).exp()
    total_G = (positive_G - highest_G).exp().index_add(0, group_N, exponent_N)
    log_total_G = total_G.log() + highest_G
    log_positive_G = positive_G - log_total_G
    loss_G = -(1 - smoothing) * log_positive_G
    if smoothing:
        log_negative_N = negative_N - log_total_G[group_N]
        mass_G = torch.zeros_like(positive_G).index_add(0, group_N, weight_N).clamp_min(1e-6)
        spread_G = torch.zeros_like(positive_G).index_add(0, group_N, weight_N * log_negative_N) / mass_G
        loss_G = loss_G - smoothing * spread_G
    if gamma:
        loss_G = loss_G * (1 - log_positive_G.exp()).clamp_min(0) ** gamma
    return loss_G


def transport_distance(
    node_BMD: Tensor, node_mask_BM: Tensor, patch_BPD: Tensor, *, epsilon: float = 0.05, num_iterations: int = 30
) -> Tensor:
    """The optimal-transport distance between the nodes of an event graph and the patches of its picture.

    Nodes carry equal mass, patches carry equal mass, moving costs 1 - cosine. The plan comes from Sinkhorn iterations
    in the log domain, without gradient through them; the gradient flows through the cost (envelope theorem).

    Args:
        node_BMD: features of the event and its arguments, padded.
        node_mask_BM: which of them are there.
        patch_BPD: patch features.
        epsilon: entropic regularisation.
        num_iterations: Sinkhorn iterations.

    Returns:
        The distance of each picture (B,), 0 to 2; 0 for a picture without nodes.

    Source:
        CLIP-Event, Li et al. 2022, section 3.3; Cuturi 2013.
    """
    cost_BMP = 1 - node_BMD @ patch_BPD.transpose(1, 2)
    with torch.no_grad():
        number_B1 = node_mask_BM.sum(dim=1, keepdim=True).clamp_min(1)
        log_a_BM = torch.where(node_mask_BM, -number_B1.log(), float("-inf"))
        log_b = -torch.log(torch.tensor(float(patch_BPD.shape[1]), device=patch_BPD.device))
        kernel_BMP = -cost_BMP / epsilon
        u_BM, v_BP = torch.zeros_like(log_a_BM), torch.zeros_like(patch_BPD[..., 0])
        masked_BM = torch.where(node_mask_BM, 0.0, float("-inf"))
        for _ in range(num_iterations):
            u_BM = log_a_BM - torch.logsumexp(kernel_BMP + v_BP[:, None, :], dim=2)
            v_BP = log_b - torch.logsumexp(kernel_BMP + (u_BM + masked_BM)[:, :, None], dim=1)
            v_BP = torch.nan_to_num(v_BP, posinf=0.0)
        plan_BMP = torch.where(node_mask_BM[:, :, None], (kernel_BMP + u_BM[:, :, None] + v_BP[:, None, :]).exp(), 0.0)
    return (plan_BMP * cost_BMP).sum(dim=(1, 2))
