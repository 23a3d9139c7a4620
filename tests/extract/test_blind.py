import random
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from eventclip.errors import EventClipError
from eventclip.jsonl import read_records, write_records
from eventclip.records import PairsRecord
from eventclip_extract.blind import (
    TextPair,
    WittenBell,
    accuracy,
    folds,
    giveaways,
    language_margins,
    length_margins,
    ngram_margins,
    selection,
    selections,
    tokens,
)
from eventclip_extract.refine import ROUNDS, balanced, refine

PEOPLE = ["nurse", "farmer", "baker", "sailor", "teacher", "painter", "driver", "singer", "tailor", "miner", "cook"]
PEOPLE += ["guard"]
ACTS = ["greets", "carries", "pushes", "follows", "thanks", "helps", "paints", "calls", "visits", "warns"]


def told_by_one_word(count: int = 60) -> list[TextPair]:
    """Every negative, and no positive, has the word "purple"."""
    made = []
    for number in range(count):
        one, act = PEOPLE[number % len(PEOPLE)], ACTS[number // len(PEOPLE) % len(ACTS)]
        made.append(TextPair(f"The {one} {act} a red mule.", f"The {one} {act} a purple mule.", f"picture {number}"))
    return made


def swaps() -> list[TextPair]:
    """Who does what to whom, exchanged; every couple comes in either order, so that no order is the truer one."""
    made = []
    for act in ACTS:
        for number, (one, other) in enumerate(pairwise(PEOPLE)):
            texts = [f"A {one} {act} the {other}", f"A {other} {act} the {one}"]
            if number % 2:
                texts.reverse()
            made.append(TextPair(*texts, f"{act} {number}"))
    return made


def test_tokens_are_split_as_clip_splits_them() -> None:
    assert tokens("The guard’s 25 dogs -- don't bark!") == (
        *("the", "guard", "'s", "2", "5", "dogs", "--", "don", "'t", "bark", "!"),
    )


@pytest.mark.parametrize("order", ["unigram", "bigram"])
def test_pairs_told_by_one_word_are_all_told(order: str) -> None:
    pairs = told_by_one_word()
    assert accuracy(ngram_margins(pairs, folds(pairs), order))[0] == 1.0


def test_pure_swaps_tie_for_a_model_of_single_words() -> None:
    pairs = swaps()
    value, right = accuracy(ngram_margins(pairs, folds(pairs), "unigram"))
    assert value == 0.5
    assert set(right) == {0.5}


def test_no_group_and_no_text_stands_in_two_folds() -> None:
    pairs = [TextPair(f"text {number // 3}", f"other {number}", f"picture {number // 2}") for number in range(60)]
    pairs += [TextPair(f"alone {number}", f"other {number}", f"lone picture {number}") for number in range(40)]
    fold_of = folds(pairs, seed=3)
    assert len(set(fold_of)) == 5
    for keys in ([pair.group for pair in pairs], [pair.positive for pair in pairs]):
        assert all(len({fold for key, fold in zip(keys, fold_of, strict=True) if key == one}) == 1 for one in set(keys))


def test_a_model_never_sees_the_group_that_it_is_asked_about() -> None:
    """Both captions of a picture have the word that tells, and no other picture has it: nothing can be learnt."""
    pairs = [
        TextPair(f"{'a' * number} {side}", f"{'b' * number} {side}", f"picture {number}")
        for number in range(1, 31)
        for side in ("left", "right")
    ]
    assert accuracy(ngram_margins(pairs, folds(pairs)))[0] == 0.5


def test_selection_is_drawn_by_the_seed() -> None:
    groups = ["a", "a", "a", "b", "b", "c"]
    drawn = [selection(groups, 3, seed=seed) for seed in range(200)]
    assert drawn[7] == selection(groups, 3, seed=7)
    assert all(numbers == sorted(set(numbers)) and len(numbers) == 3 for numbers in drawn)
    counts = [sum(number in numbers for numbers in drawn) for number in range(6)]
    assert all(75 <= count <= 125 for count in counts)
    assert selection(groups, 100) == [0, 1, 2, 3, 4, 5]


def test_several_draws_have_no_pair_in_common() -> None:
    groups = [str(number // 2) for number in range(50)]
    drawn = selections(groups, 10, 3, seed=7)
    assert [len(numbers) for numbers in drawn] == [10, 10, 10]
    assert len({number for numbers in drawn for number in numbers}) == 30
    assert drawn[0] == selection(groups, 10, seed=7)
    assert len(selections(groups, 10, 9, seed=7)) == 5
    assert [len(numbers) for numbers in selections(groups, 10, 9, seed=7, one_a_group=True)] == [10, 10]
    assert selections(groups, 60, 9) == [list(range(50))]


def test_one_a_group_draws_any_pair_of_each() -> None:
    groups = ["a", "a", "a", "b", "b", "c"]
    drawn = [selection(groups, 100, seed=seed, one_a_group=True) for seed in range(200)]
    assert all([groups[number] for number in numbers] == ["a", "b", "c"] for numbers in drawn)
    assert {number for numbers in drawn for number in numbers} == set(range(6))


def test_giveaways_name_the_telling_word_and_count_its_pairs() -> None:
    found = {one.words: one for one in giveaways(told_by_one_word(), 8)}
    assert found["purple"].weight < 0 < found["red"].weight
    assert (found["purple"].in_positives, found["purple"].in_negatives) == (0, 60)
    assert (found["red"].in_positives, found["red"].in_negatives) == (60, 0)


@pytest.mark.parametrize("module", ["scipy.sparse", "sklearn.linear_model"])
def test_without_scikit_learn_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    pairs = told_by_one_word()
    with pytest.raises(EventClipError, match=r"pip install 'eventclip\[audit\]'"):
        ngram_margins(pairs, folds(pairs))


def test_length_alone_tells_texts_with_an_addition() -> None:
    pairs = [TextPair(f"A {one} sings", f"A tall {one} sings", one) for one in PEOPLE]
    assert accuracy(length_margins(pairs, folds(pairs)))[0] == 1.0
    same = told_by_one_word()
    assert accuracy(length_margins(same, folds(same)))[0] == 0.5


def test_witten_bell_equals_what_is_computed_by_hand() -> None:
    """Two texts, "a b" and "a c". Vocabulary: a, b, c, the end, and one for what was never seen."""
    model = WittenBell({"a b", "a c"})
    assert model.vocabulary_size == 5
    # Six tokens of four kinds: a 2, b 1, c 1, end 2.
    unigram_b = (1 + 4 * (1 / 5)) / (6 + 4)
    assert model.probability(("x", "y", "b")) == pytest.approx(unigram_b)
    bigram_b = (1 + 2 * unigram_b) / (2 + 2)  # after "a": b and c, once each
    assert model.probability(("x", "a", "b")) == pytest.approx(bigram_b)
    trigram_b = (1 + 2 * bigram_b) / (2 + 2)  # after "<s> a": the same two
    assert model.probability(("<s>", "a", "b")) == pytest.approx(trigram_b)


@pytest.mark.parametrize("history", [("<s>", "<s>"), ("<s>", "the"), ("the", "nurse"), ("never", "seen")])
def test_witten_bell_probabilities_sum_to_one(history: tuple[str, str]) -> None:
    model = WittenBell({pair.positive for pair in told_by_one_word()})
    words = [gram[0] for gram in model.counts[0]] + ["unheard"]
    assert len(words) == model.vocabulary_size
    assert sum(model.probability((*history, word)) for word in words) == pytest.approx(1.0)


def test_the_language_model_prefers_what_other_positives_say() -> None:
    pairs = told_by_one_word()
    assert (language_margins(pairs, folds(pairs)) > 0).all()


def mixed() -> list[TextPair]:
    """Six of ten negatives have a telling word, two have its opposite, and two are pure exchanges."""
    made, rng = [], random.Random(0)
    for number in range(400):
        (one, other), act, part = rng.sample(PEOPLE, 2), rng.choice(ACTS), number % 10
        if part < 6:
            texts = [f"A {one} {act} a red mule", f"A {one} {act} a purple mule"]
        elif part < 8:
            texts = [f"A {one} {act} a purple mule", f"A {one} {act} a red mule"]
        else:
            texts = [f"A {one} {act} the {other}", f"A {other} {act} the {one}"]
        made.append(TextPair(*texts, f"picture {number}"))
    return made


def test_balancing_leaves_a_telling_word_as_often_true_as_false() -> None:
    pairs = mixed()
    kept = balanced(pairs, seed=1)
    left = [pairs[number] for number in kept]
    true = sum("red" in pair.positive for pair in left)
    false = sum("red" in pair.negative for pair in left)
    before = accuracy(ngram_margins(pairs, folds(pairs)))[0]
    after = accuracy(ngram_margins(left, folds(left, seed=9)))[0]
    assert before > 0.62
    assert after < 0.57
    assert abs(true - false) <= 0.15 * len(left)  # of all pairs it is 0.4
    assert len(left) >= 0.3 * len(pairs)


def test_balancing_drops_what_always_tells_and_keeps_what_never_does() -> None:
    assert balanced(told_by_one_word()) == []
    same = [TextPair(f"A {one} sings", f"A {one} sings.", one) for one in PEOPLE]
    ties = [TextPair(pair.positive, pair.positive, pair.group) for pair in same]
    assert balanced(ties) == list(range(len(ties)))


def test_balancing_depends_on_the_seed_alone() -> None:
    pairs = mixed()
    assert balanced(pairs, seed=4) == balanced(pairs, seed=4)
    assert balanced(pairs, seed=4) != balanced(pairs, seed=5)
    assert balanced(pairs, rounds=0) == list(range(len(pairs)))
    assert np.all(np.diff(balanced(pairs, rounds=1)) > 0)


def test_refining_a_file_keeps_every_record_and_what_does_not_tell(tmp_path: Path) -> None:
    source, output = tmp_path / "pairs.jsonl", tmp_path / "refined.jsonl"
    records = []
    for number, pair in enumerate(told_by_one_word()):
        swapped = pair.positive.replace("red", "gray") if number % 2 else pair.positive.replace("red", "blue")
        positives = [{"text": pair.positive, "kind": "caption"}]
        negatives = [
            {"text": pair.negative, "kind": "event", "base": "caption"},
            {"text": swapped, "kind": "role", "base": "caption"},
        ]
        records.append(
            PairsRecord.model_validate(
                {
                    "id": str(number),
                    "caption": pair.positive,
                    "positives": positives,
                    "negatives": negatives[: 1 + number % 3],
                }
            )
        )
    write_records(source, records)
    rounds: list[int] = []
    kept = {one.kind: one for one in refine(source, output, on_round=lambda: rounds.append(1))}
    assert (kept["event"].num_made, kept["event"].num_kept) == (60, 0)
    assert kept["role"].num_made == 40
    assert len(rounds) == 2 * ROUNDS
    written = list(read_records(output, PairsRecord))
    assert [record.id for record in written] == [record.id for record in records]
    assert sum(len(record.negatives) for record in written) == kept["role"].num_kept
