"""A picture's own positive against its own hard negatives, ragged and flat: N negatives in G groups."""

import torch
from torch import Tensor

from eventclip.losses.ranks import sum_over_ranks
from eventclip.losses.segments import segment_logsumexp, segment_mean


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
    log_total_G = segment_logsumexp(negative_N + weight_N.log(), group_N, positive_G)
    log_positive_G = positive_G - log_total_G
    loss_G = -(1 - smoothing) * log_positive_G
    if smoothing:
        log_negative_N = negative_N - log_total_G[group_N]
        loss_G = loss_G - smoothing * segment_mean(log_negative_N, group_N, weight_N, len(positive_G))
    if gamma:
        loss_G = loss_G * (1 - log_positive_G.exp()).clamp_min(0) ** gamma
    return loss_G


def own_binary_loss(positive_G: Tensor, negative_N: Tensor, group_N: Tensor, weight_N: Tensor) -> Tensor:
    """Binary cross-entropy of each positive and of its own negatives, each a question of its own.

    Args:
        positive_G, negative_N: logits, the model's bias included: nought is where yes and no are equally likely.
        group_N, weight_N: as in `own_negatives_loss`; a negative counts by its weight.

    Returns:
        The mean over the positive and the negatives of each group (G,).

    Source:
        CLIP-Event, Li et al. 2022, section 3.2, its mode `bce`.
    """
    ones_G, softplus = torch.ones_like(positive_G), torch.nn.functional.softplus
    total_G = softplus(-positive_G).index_add(0, group_N, weight_N * softplus(negative_N))
    return total_G / ones_G.index_add(0, group_N, weight_N)


def own_divergence_loss(
    positive_G: Tensor, negative_N: Tensor, group_N: Tensor, weight_N: Tensor, *, smoothing: float = 0.0
) -> Tensor:
    """The Kullback-Leibler divergence of the softmax over each group from what is believed to be true of the picture.

    A negative of weight w is true of the picture with probability 1 - w: the target of a group is 1 for the positive
    and 1 - w for each negative, divided by their sum. The loss is nought where the softmax is the target.

    Args:
        positive_G, negative_N, group_N, weight_N: as in `own_negatives_loss`.
        smoothing: a share of the target that is spread over the negatives by their weight.

    Returns:
        The divergence of each group (G,).

    Source:
        CLIP-Event, Li et al. 2022, section 3.2, its mode `kl`, whose public code hands class numbers to a loss of
        distributions and cannot run; the target is ours.
    """
    log_total_G = segment_logsumexp(negative_N, group_N, positive_G)
    ones_G = torch.ones_like(positive_G)
    true_G = ones_G.index_add(0, group_N, 1 - weight_N)
    mass_G = torch.zeros_like(positive_G).index_add(0, group_N, weight_N).clamp_min(1e-6)
    target_G = (1 - smoothing) / true_G
    target_N = (1 - smoothing) * (1 - weight_N) / true_G[group_N] + smoothing * weight_N / mass_G[group_N]
    loss_G = target_G * (target_G.log() - (positive_G - log_total_G))
    # 0 log 0 is 0, which xlogy knows.
    loss_N = torch.xlogy(target_N, target_N) - target_N * (negative_N - log_total_G[group_N])
    return loss_G.index_add(0, group_N, loss_N)


def margin_loss(positive_G: Tensor, negative_N: Tensor, group_N: Tensor, weight_N: Tensor, margin_N: Tensor) -> Tensor:
    """The hinge by which each positive fails to lie above its own negatives by their margins.

    Args:
        positive_G, negative_N: similarities.
        group_N, weight_N: as in `own_negatives_loss`; a negative counts by its weight.
        margin_N: how far below its positive each negative has to lie: more, the more it changes of the event.

    Returns:
        The weighted mean over the negatives of each group (G,).

    Source:
        Structure-CLIP, Huang et al. 2024, equation 3, with one margin; graded margins are ours.
    """
    short_N = (margin_N - positive_G[group_N] + negative_N).clamp_min(0)
    return segment_mean(short_N, group_N, weight_N, len(positive_G))


def intra_modal_loss(
    image_GD: Tensor,
    text_GD: Tensor,
    negative_ND: Tensor,
    group_N: Tensor,
    weight_N: Tensor,
    logit_scale: Tensor,
) -> Tensor:
    """Cross-entropy in which a caption is to be nearer to its picture than to its own negatives.

    Args:
        image_GD, text_GD: pictures and their positives, a row for each group.
        negative_ND: the negatives of the texts.
        group_N, weight_N: as in `own_negatives_loss`.
        logit_scale: the factor of the similarities, a scalar.

    Returns:
        The loss of each group (G,).

    Source:
        CE-CLIP, Zhang et al. 2024, section 3.3. Its public code leaves the positive out of the row that it gives the
        cross-entropy, so that the target is the first negative and captions are pulled towards it; here it stands.
    """
    positive_G = logit_scale * (image_GD * text_GD).sum(dim=1)
    negative_N = logit_scale * (text_GD[group_N] * negative_ND).sum(dim=1)
    return own_negatives_loss(positive_G, negative_N, group_N, weight_N, gamma=0.0, smoothing=0.0)


def mean_gaps(
    positive_G: Tensor, negative_N: Tensor, group_N: Tensor, kind_N: Tensor, num_kinds: int, *, highest: float = 10.0
) -> Tensor:
    """How far the positives lie above their negatives of each kind on average over all ranks, 0 to `highest`, constant.

    Args:
        positive_G, negative_N: logits.
        group_N: the group of each negative.
        kind_N: the kind of each negative, below `num_kinds`.
        num_kinds: how many kinds there are.
        highest: where the mean is cut off.

    Returns:
        The threshold of each kind (num_kinds,) for `ranked_loss`.

    Source:
        CE-CLIP, Zhang et al. 2024, equation 6. It takes the mean of the step before; that of the same step needs no
        state, so that a run that is continued, or encoded in pieces, has the same numbers.
    """
    gap_N = (positive_G[group_N] - negative_N).detach()
    sums_KS = gap_N.new_zeros(num_kinds, 2).index_add(0, kind_N, torch.stack([gap_N, torch.ones_like(gap_N)], dim=1))
    sums_KS = sum_over_ranks(sums_KS)
    return (sums_KS[:, 0] / sums_KS[:, 1].clamp_min(1)).clamp(0, highest)


def ranked_loss(
    positive_G: Tensor, negative_N: Tensor, group_N: Tensor, weight_N: Tensor, threshold_N: Tensor
) -> Tensor:
    """The hinge by which each negative fails to lie a threshold below its positive.

    Args:
        positive_G, negative_N: logits.
        group_N, weight_N: as in `own_negatives_loss`; a negative counts by its weight.
        threshold_N: of the kind of each negative, see `mean_gaps`.

    Returns:
        The weighted mean over the negatives of each group (G,).

    Source:
        CE-CLIP, Zhang et al. 2024, equation 5.
    """
    short_N = (threshold_N - positive_G[group_N] + negative_N).clamp_min(0)
    return segment_mean(short_N, group_N, weight_N, len(positive_G))
