import numpy as np
import pytest

from eventclip.errors import UsageError
from eventclip_video.sampling import dense_indices, sample_indices, segment_indices, uniform_indices


def test_segments_take_the_centre_of_each_segment_in_a_test() -> None:
    assert segment_indices(80, 8).tolist() == [[5, 15, 25, 35, 45, 55, 65, 75]]


def test_segments_of_a_clip_shorter_than_their_number_repeat_frames_in_order() -> None:
    assert segment_indices(3, 8).tolist() == [[0, 0, 0, 1, 1, 2, 2, 2]]


def test_segments_of_a_single_frame_are_that_frame() -> None:
    assert segment_indices(1, 4).tolist() == [[0, 0, 0, 0]]


def test_random_segments_stay_in_their_segment_and_reach_all_of_it() -> None:
    generator = np.random.default_rng(0)
    drawn = segment_indices(40, 4, num_views=2_000, generator=generator)
    assert drawn.shape == (2_000, 4)
    assert (drawn // 10 == np.arange(4)).all()
    assert all(set(drawn[:, segment] % 10) == set(range(10)) for segment in range(4))


def test_the_same_generator_draws_the_same_frames() -> None:
    first = segment_indices(100, 8, generator=np.random.default_rng(7))
    assert (first == segment_indices(100, 8, generator=np.random.default_rng(7))).all()
    assert (first != segment_indices(100, 8, generator=np.random.default_rng(8))).any()


def test_views_of_segments_are_shifted_by_equal_parts_of_a_segment() -> None:
    assert segment_indices(40, 4, num_views=2).tolist() == [[2, 12, 22, 32], [7, 17, 27, 37]]


def test_uniform_reaches_from_the_first_frame_to_the_last() -> None:
    assert uniform_indices(101, 5).tolist() == [[0, 25, 50, 75, 100]]


def test_one_uniform_frame_is_the_middle() -> None:
    assert uniform_indices(9, 1).tolist() == [[4]]


def test_a_dense_window_stands_in_the_middle_of_the_clip() -> None:
    assert dense_indices(30, 4, stride=2).tolist() == [[12, 14, 16, 18]]


def test_dense_views_stand_at_equal_distances_over_the_clip() -> None:
    assert dense_indices(30, 4, stride=2, num_views=3)[:, 0].tolist() == [4, 12, 20]


def test_random_dense_windows_reach_both_ends_of_the_clip() -> None:
    drawn = dense_indices(20, 4, stride=2, num_views=500, generator=np.random.default_rng(0))
    assert drawn.min() == 0
    assert drawn.max() == 19
    assert (np.diff(drawn, axis=1) == 2).all()


def test_a_dense_window_longer_than_the_clip_is_squeezed_into_it() -> None:
    assert dense_indices(5, 4, stride=4, num_views=2).tolist() == [[0, 1, 3, 4]] * 2


@pytest.mark.parametrize("sampling", ["segments", "uniform", "dense"])
@pytest.mark.parametrize("length", [1, 2, 7, 8, 9, 31, 1000])
@pytest.mark.parametrize("num_frames", [1, 8, 16])
def test_every_sampling_is_ascending_and_inside_the_clip(sampling: str, length: int, num_frames: int) -> None:
    indices = sample_indices(length, num_frames, sampling=sampling)
    assert indices.shape == (1, num_frames)
    assert indices.min() >= 0
    assert indices.max() < length
    assert (np.diff(indices) >= 0).all()


def test_an_unknown_sampling_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UsageError, match="unknown sampling 'segment': did you mean 'segments'"):
        sample_indices(10, 4, sampling="segment")


def test_several_views_of_uniform_are_refused() -> None:
    with pytest.raises(UsageError, match="num_views is 3 and uniform sampling has one view"):
        sample_indices(10, 4, sampling="uniform", num_views=3)


def test_no_frames_are_refused() -> None:
    with pytest.raises(UsageError, match="num_frames is 0: expected at least 1"):
        sample_indices(10, 0)
