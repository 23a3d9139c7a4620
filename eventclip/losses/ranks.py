"""Tensors of several processes: gathered, with gradient or without, and summed."""

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor
from torch.distributed.nn.functional import all_gather as _all_gather_untyped


def _all_gather(values: Tensor) -> tuple[Tensor, ...]:
    return tuple(_all_gather_untyped(values))  # type: ignore[no-untyped-call]


def world_size() -> int:
    """How many processes train together."""
    return dist.get_world_size() if dist.is_initialized() else 1


def rank() -> int:
    """The number of this process among them."""
    return dist.get_rank() if dist.is_initialized() else 0


def gather_with_grad(features_BD: Tensor) -> Tensor:
    """The features of all ranks, in the order of the ranks, through which gradients flow back.

    Ranks may hold different numbers of rows, as they do of hard negatives. With one process it is the input.
    """
    if world_size() == 1:
        return features_BD
    # On the features' own device: NCCL knows no other.
    counts = gather_constant(torch.tensor([len(features_BD)], device=features_BD.device)).tolist()
    padded_BD = F.pad(features_BD, (0, 0, 0, max(counts) - len(features_BD)))
    return torch.cat([part[:count] for part, count in zip(_all_gather(padded_BD), counts, strict=True)])


def gather_constant(values: Tensor) -> Tensor:
    """The values of all ranks along the first dimension, without gradient; every rank holds equally many."""
    if world_size() == 1:
        return values
    parts = [torch.empty_like(values) for _ in range(world_size())]
    dist.all_gather(parts, values.contiguous())
    return torch.cat(parts)


def gather_ragged_constant(values_N: Tensor) -> Tensor:
    """The values of all ranks along the only dimension, without gradient; ranks may hold different numbers."""
    with torch.no_grad():
        return gather_with_grad(values_N[:, None])[:, 0]


def sum_over_ranks(values: Tensor) -> Tensor:
    """The sum of a tensor over the ranks, without gradient."""
    total = values.detach().clone()
    if world_size() > 1:
        dist.all_reduce(total)
    return total
