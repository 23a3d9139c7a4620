"""95 % intervals: Wilson's for proportions and other ratios of counts, the bootstrap for paired differences.

A cluster is what was drawn independently, most often the picture: ten answers about one picture are not ten pictures.
"""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Z_95 = 1.959964
NUM_RESAMPLES = 2_000


def wilson(num_hits: float, n: float) -> tuple[float, float]:
    """The 95 % interval of a proportion; of zero trials it is the whole range.

    Args:
        num_hits: successes.
        n: trials; may be fractional when it is an effective number.

    Source: Wilson 1927; Brown, Cai and DasGupta 2001, equation 4.
    """
    if n == 0:
        return 0.0, 1.0
    share, squared = num_hits / n, Z_95**2
    centre = (share + squared / (2 * n)) / (1 + squared / n)
    half = Z_95 * sqrt(share * (1 - share) / n + squared / (4 * n * n)) / (1 + squared / n)
    return min(share, max(0.0, centre - half)), max(share, min(1.0, centre + half))


def ratio_interval(part_C: Array, whole_C: Array) -> tuple[float, float]:
    """The 95 % interval of a ratio of sums over C clusters: Wilson's, at the number of trials the clusters are worth.

    That number is the one at which independent trials would have the variance that is seen between the clusters. When
    every cluster ends alike it is the number of clusters, so that 40 right pictures of 40 do not give an interval
    without width, as a bootstrap would.

    Args:
        part_C: what each cluster adds to the numerator, such as hits; at most as much as to the denominator.
        whole_C: what each cluster adds to the denominator, such as trials.

    Source: Korn and Graubard 1998 (effective sample size of a proportion); Cochran 1977, 6.3 (variance of a ratio).
    """
    whole = float(whole_C.sum())
    if whole == 0:
        return 0.0, 1.0
    share = float(part_C.sum()) / whole
    variance = float(((part_C - share * whole_C) ** 2).sum()) / whole**2
    if share in (0.0, 1.0):
        effective = float(np.count_nonzero(whole_C))
    else:
        effective = min(whole, share * (1 - share) / variance) if variance else whole
    return wilson(share * effective, effective)


def proportion_interval(hits: Sequence[bool], clusters: Sequence[Hashable]) -> tuple[float, float]:
    """`ratio_interval` of the share of hits, from one outcome a trial and the cluster that each belongs to."""
    sums: dict[Hashable, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for hit, cluster in zip(hits, clusters, strict=True):
        sums[cluster][0] += hit
        sums[cluster][1] += 1
    counts_C2 = np.array(list(sums.values())).reshape(-1, 2)
    return ratio_interval(counts_C2[:, 0], counts_C2[:, 1])


def paired_difference(
    first: Sequence[bool], second: Sequence[bool], clusters: Sequence[Hashable], *, seed: int = 0
) -> tuple[float, float, float]:
    """How much larger the share of hits is in `second` than in `first` on the same trials, with a bootstrap interval.

    Args:
        first: outcomes of the control, one a trial.
        second: outcomes of the other model on the same trials.
        clusters: what each trial belongs to.
        seed: of the resampling of clusters; the same seed gives the same interval.

    Returns:
        difference, low, high, all between -1 and 1.
    """
    if not first:
        return 0.0, -1.0, 1.0
    sums: dict[Hashable, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for before, after, cluster in zip(first, second, clusters, strict=True):
        sums[cluster][0] += float(after) - float(before)
        sums[cluster][1] += 1
    sums_C2 = np.array(list(sums.values()))
    gained, n = sums_C2.sum(axis=0)
    rng, num_clusters = np.random.default_rng(seed), len(sums_C2)
    times_RC = rng.multinomial(num_clusters, np.full(num_clusters, 1 / num_clusters), size=NUM_RESAMPLES)
    resampled_R2 = times_RC @ sums_C2
    low, high = np.percentile(resampled_R2[:, 0] / resampled_R2[:, 1], [2.5, 97.5])
    return float(gained / n), float(low), float(high)
