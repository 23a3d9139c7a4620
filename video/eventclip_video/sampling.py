"""Which frames of a clip are looked at: pure index arithmetic, apart from decoding.

Every sampler gives indices of shape (views, frames), ascending within a view and inside [0, length). A clip that is
shorter than the number of frames is stretched by repeating frames.
"""

import numpy as np
from numpy.typing import NDArray

from eventclip.errors import UsageError, unknown_name

Indices = NDArray[np.int64]

SAMPLINGS = ("segments", "uniform", "dense")
DENSE_STRIDE = 4
"""From one frame of a dense window to the next: 0.13 s at 30 frames a second."""


def sample_indices(length: int, num_frames: int, *, sampling: str = "segments", num_views: int = 1) -> Indices:
    """The frames of a test clip by the name of the sampling.

    Args:
        length: the number of frames of the clip.
        num_frames: how many are taken in each view.
        sampling: "segments", "uniform" or "dense": see the functions below.
        num_views: how many different choices of frames are scored and averaged.

    Raises:
        UsageError: an unknown sampling, a number below 1, or several views of "uniform", which has only one.
    """
    if sampling == "segments":
        return segment_indices(length, num_frames, num_views=num_views)
    if sampling == "dense":
        return dense_indices(length, num_frames, num_views=num_views)
    if sampling != "uniform":
        raise UsageError(unknown_name("sampling", sampling, SAMPLINGS))
    if num_views != 1:
        raise UsageError(f"num_views is {num_views} and uniform sampling has one view; take segments or dense")
    return uniform_indices(length, num_frames)


def segment_indices(
    length: int, num_frames: int, *, num_views: int = 1, generator: np.random.Generator | None = None
) -> Indices:
    """One frame out of each of `num_frames` equal segments of the clip.

    In a test, view v of V takes the frame at (v + 0.5) / V of every segment, so that one view takes the centres. With
    a generator, as in training, every place is drawn at random.

    Returns:
        (num_views, num_frames).

    Raises:
        UsageError: a number below 1.

    Source: Wang et al. 2016, "Temporal Segment Networks".
    """
    _check(length=length, num_frames=num_frames, num_views=num_views)
    if generator is None:
        place = np.broadcast_to((np.arange(num_views)[:, None] + 0.5) / num_views, (num_views, num_frames))
    else:
        place = generator.random((num_views, num_frames))
    return _floor((np.arange(num_frames) + place) * length / num_frames, length)


def uniform_indices(length: int, num_frames: int) -> Indices:
    """Frames at equal distances from the first frame of the clip to the last, both included; one frame is the middle.

    Returns:
        (1, num_frames).

    Raises:
        UsageError: a number below 1.
    """
    _check(length=length, num_frames=num_frames)
    if num_frames == 1:
        return segment_indices(length, 1)
    return _floor(np.linspace(0, length - 1, num_frames)[None] + 0.5, length)


def dense_indices(
    length: int,
    num_frames: int,
    *,
    stride: int = DENSE_STRIDE,
    num_views: int = 1,
    generator: np.random.Generator | None = None,
) -> Indices:
    """Windows of `num_frames` frames, `stride` apart.

    In a test the windows stand at equal distances over the clip, a single one in the middle; with a generator, as in
    training, each starts anywhere. A window longer than the clip is squeezed into it.

    Returns:
        (num_views, num_frames).

    Raises:
        UsageError: a number below 1.
    """
    _check(length=length, num_frames=num_frames, stride=stride, num_views=num_views)
    span = (num_frames - 1) * stride + 1
    if span > length:
        return np.repeat(uniform_indices(length, num_frames), num_views, axis=0)
    num_starts = length - span + 1
    if generator is None:
        starts = _floor((np.arange(num_views) + 0.5) * num_starts / num_views, num_starts)
    else:
        starts = generator.integers(num_starts, size=num_views)
    return starts[:, None] + np.arange(num_frames, dtype=np.int64) * stride


def _check(**numbers: int) -> None:
    for name, number in numbers.items():
        if number < 1:
            raise UsageError(f"{name} is {number}: expected at least 1")


def _floor(places: NDArray[np.float64], length: int) -> Indices:
    return np.minimum(np.floor(places).astype(np.int64), length - 1)  # rounding may reach `length` itself
