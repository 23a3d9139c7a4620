"""The objectives, as pure functions of features.

Shapes: B pictures with one positive text each, N hard negatives of all of them (ragged, flat), G groups of one
positive against its own negatives, M nodes of an event graph, P patches or regions, T texts of L words each, K words of
all texts (ragged, flat), D the joint width. Features are L2-normalised.
"""

from eventclip.losses.contrastive import contrastive_loss, sigmoid_loss
from eventclip.losses.local import word_patch_logits, word_region_loss, word_region_scores
from eventclip.losses.presets import PRESETS, LossWeights, preset
from eventclip.losses.ranks import (
    gather_constant,
    gather_ragged_constant,
    gather_with_grad,
    rank,
    sum_over_ranks,
    world_size,
)
from eventclip.losses.structured import (
    intra_modal_loss,
    margin_loss,
    mean_gaps,
    own_binary_loss,
    own_divergence_loss,
    own_negatives_loss,
    ranked_loss,
)
from eventclip.losses.transport import ipot_plan, pool_boxes, sinkhorn_plan, transport_distance

__all__ = [
    "PRESETS",
    "LossWeights",
    "contrastive_loss",
    "gather_constant",
    "gather_ragged_constant",
    "gather_with_grad",
    "intra_modal_loss",
    "ipot_plan",
    "margin_loss",
    "mean_gaps",
    "own_binary_loss",
    "own_divergence_loss",
    "own_negatives_loss",
    "pool_boxes",
    "preset",
    "rank",
    "ranked_loss",
    "sigmoid_loss",
    "sinkhorn_plan",
    "sum_over_ranks",
    "transport_distance",
    "word_patch_logits",
    "word_region_loss",
    "word_region_scores",
    "world_size",
]
