import numpy as np
import pytest

from eventclip.eval.intervals import paired_difference, proportion_interval, ratio_interval, wilson


def test_wilson_agrees_with_the_published_example() -> None:
    low, high = wilson(15, 148)  # Newcombe 1998, table I: 15 of 148
    assert (low, high) == pytest.approx((0.0624, 0.1605), abs=5e-5)


def test_wilson_of_nothing_is_the_whole_range() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("hits", "bound"), [(0, 0.0), (20, 1.0)])
def test_wilson_keeps_a_width_at_the_ends(hits: int, bound: float) -> None:
    low, high = wilson(hits, 20)
    assert bound in (low, high)
    assert high - low == pytest.approx(0.161, abs=1e-3)


def test_one_trial_a_cluster_is_wilson() -> None:
    hits = [True] * 7 + [False] * 3
    assert proportion_interval(hits, range(10)) == pytest.approx(wilson(7, 10))


def test_copies_of_a_trial_do_not_narrow_the_interval() -> None:
    hits = [True] * 7 + [False] * 3
    low, high = proportion_interval(hits * 5, list(range(10)) * 5)
    assert (low, high) == pytest.approx(wilson(7, 10))


def test_all_right_is_worth_as_many_trials_as_clusters() -> None:
    assert proportion_interval([True] * 12, [0, 1, 2] * 4) == wilson(3, 3)


def test_opposite_outcomes_within_clusters_never_count_for_more_than_the_trials() -> None:
    assert proportion_interval([True, False] * 5, [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]) == wilson(5, 10)


def test_no_trials_are_the_whole_range() -> None:
    assert proportion_interval([], []) == (0.0, 1.0)


@pytest.mark.parametrize("share", [0.3, 0.97])
def test_interval_covers_as_often_as_it_says(share: float) -> None:
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(1_000):
        hits_CT = (rng.random((60, 1)) < share) & (
            rng.random((60, 4)) < 0.9
        )  # four trials a cluster, alike by nine in ten
        low, high = proportion_interval(hits_CT.flatten().tolist(), [row for row in range(60) for _ in range(4)])
        covered += low <= share * 0.9 <= high
    assert 0.93 <= covered / 1_000 <= 0.98


def test_ratio_of_unequal_clusters_covers_too() -> None:
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(1_000):
        wanted_C = rng.integers(0, 4, 80)
        right_C = rng.binomial(wanted_C, 0.8)
        found_C = right_C + rng.binomial(2, 0.15, 80)
        low, high = ratio_interval(2.0 * right_C, (wanted_C + found_C).astype(float))
        covered += low <= 2 * 1.2 / (1.5 + 1.2 + 0.3) <= high  # F1 of the expected counts
    assert 0.93 <= covered / 1_000 <= 0.97


def test_paired_difference_of_equal_outcomes_is_exactly_nothing() -> None:
    outcomes = [True, False, True, True]
    assert paired_difference(outcomes, outcomes, range(4)) == (0.0, 0.0, 0.0)


def test_paired_difference_is_seeded() -> None:
    first, second = [True, False] * 20, [False, True, True, True] * 10
    assert paired_difference(first, second, range(40), seed=3) == paired_difference(first, second, range(40), seed=3)
    assert paired_difference(first, second, range(40), seed=3) != paired_difference(first, second, range(40), seed=4)


def test_paired_difference_is_second_minus_first() -> None:
    difference, low, high = paired_difference([False] * 60 + [True] * 40, [True] * 100, range(100))
    assert difference == pytest.approx(0.6)
    assert (low, high) == pytest.approx((0.5, 0.7), abs=0.03)


def test_paired_difference_resamples_clusters() -> None:
    narrow = paired_difference([False, True] * 50, [True, True] * 50, range(100))
    wide = paired_difference([False, True] * 50, [True, True] * 50, [i % 2 + i // 50 * 2 for i in range(100)])
    assert narrow[0] == wide[0] == 0.5
    assert wide[2] - wide[1] > 2 * (narrow[2] - narrow[1])
