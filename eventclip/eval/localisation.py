"""Where in a picture a text is: from a map of similarities to a point and a box.

Boxes are `(x0, y0, x1, y1)`, points `(x, y)`, both relative to the picture (0 to 1), y downwards.
Shape legend: N maps, H and W rows and columns.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

UPSAMPLING = 4
THRESHOLD = 0.5

Box = tuple[float, float, float, float]
Point = tuple[float, float]


def locate(map_NHW: Tensor) -> list[tuple[Point, Box]]:
    """The centre of the most similar patch of each map, and the box around it.

    The rule: the map is enlarged four times (bilinear) and stretched to 0–1; the box is the tight one around the
    eight-connected region above 0.5 that holds that centre. (The maximum of the enlarged map lies at the border of the
    picture wherever the patch does.)

    Args:
        map_NHW: similarities of patches (N, H, W).
    """
    fine_NHW = F.interpolate(map_NHW[:, None].float().cpu(), scale_factor=UPSAMPLING, mode="bilinear")[:, 0]
    low_N11, high_N11 = fine_NHW.amin((1, 2), keepdim=True), fine_NHW.amax((1, 2), keepdim=True)
    warm_NHW = (fine_NHW - low_N11) >= THRESHOLD * (high_N11 - low_N11)
    num_rows, num_columns = fine_NHW.shape[1:]
    peaks = [divmod(peak, map_NHW.shape[2]) for peak in map_NHW.flatten(1).argmax(1).tolist()]
    seed_NHW = torch.zeros_like(warm_NHW)
    for seed_HW, (y, x) in zip(seed_NHW, peaks, strict=True):
        seed_HW[y * UPSAMPLING + UPSAMPLING // 2, x * UPSAMPLING + UPSAMPLING // 2] = True
    region_NHW = _fill(seed_NHW, warm_NHW | seed_NHW)
    found = []
    for (y, x), region_HW in zip(peaks, region_NHW, strict=True):
        rows, columns = region_HW.any(1).nonzero(), region_HW.any(0).nonzero()
        box = (
            columns[0].item() / num_columns,
            rows[0].item() / num_rows,
            (columns[-1].item() + 1) / num_columns,
            (rows[-1].item() + 1) / num_rows,
        )
        found.append((((x + 0.5) / map_NHW.shape[2], (y + 0.5) / map_NHW.shape[1]), box))
    return found


def _fill(seed_NHW: Tensor, allowed_NHW: Tensor) -> Tensor:
    while True:
        grown_NHW = seed_NHW.clone()
        grown_NHW[:, 1:] |= seed_NHW[:, :-1]
        grown_NHW[:, :-1] |= seed_NHW[:, 1:]
        wide_NHW = grown_NHW.clone()
        wide_NHW[:, :, 1:] |= grown_NHW[:, :, :-1]
        wide_NHW[:, :, :-1] |= grown_NHW[:, :, 1:]
        wide_NHW &= allowed_NHW
        if torch.equal(wide_NHW, seed_NHW):
            return seed_NHW
        seed_NHW = wide_NHW


def contains(box: Box, point: Point) -> bool:
    """Whether the point lies in the box, its borders included."""
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def area(box: Box) -> float:
    """The share of the picture that the box fills: what a random point scores."""
    return (box[2] - box[0]) * (box[3] - box[1])


def iou(one: Box, other: Box) -> float:
    """Intersection over union of two boxes that have an area."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(0.0, width) * max(0.0, height)
    return shared / (area(one) + area(other) - shared)
