"""How well a model that never sees the picture tells a text from its hard negative.

Three such models: logistic regression on counts of n-grams, a trigram language model, and length alone. All are trained
on some pairs and asked about others; pairs of one picture or one caption never stand on both sides.
"""

import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eventclip.errors import EventClipError

NUM_FOLDS = 5
ORDERS = {"unigram": (1, 1), "bigram": (1, 2)}
"""Which n-grams are counted: (shortest, longest)."""
FEWEST_PAIRS = 100
"""From fewer pairs of a kind blind models learn too little to say whether the pairs tell."""
_TOKEN = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[^\W\d_]+|\d|[^\s\w]+")
"""What CLIP splits a lower-case text into before byte pairs."""

_MISSING = "the blind classifier needs scikit-learn: install it with `pip install 'eventclip[audit]'`"

Margins = NDArray[np.float64]
"""For every pair how much more the model believes the positive than the negative; 0 where it cannot tell."""


@dataclass(frozen=True, slots=True)
class TextPair:
    """A text that is true of a picture and one that is not.

    `group` names what pairs must share to be asked about together: the picture, or the caption.
    """

    positive: str
    negative: str
    group: str


@lru_cache(maxsize=200_000)  # every measure and every round of balancing asks for the same texts
def tokens(text: str) -> tuple[str, ...]:
    """The words and marks of a text, lower case, split as CLIP's tokeniser splits before its byte pairs."""
    return tuple(_TOKEN.findall(text.lower().replace("’", "'")))


def selection(groups: Sequence[str], limit: int, *, seed: int = 0, one_a_group: bool = False) -> list[int]:
    """Which pairs to ask about where `limit` are enough: drawn by the seed, in file order.

    Args:
        groups: of each pair.
        limit: how many, at most.
        seed: of the draw.
        one_a_group: draw no two of a group.
    """
    return selections(groups, limit, 1, seed=seed, one_a_group=one_a_group)[0]


def selections(
    groups: Sequence[str], limit: int, most: int, *, seed: int = 0, one_a_group: bool = False
) -> list[list[int]]:
    """Up to `most` disjoint draws of `limit` pairs each; one draw of what there is where they do not fill one.

    How well a blind model tells so many pairs hangs on the draw, by two points either way at 600: the mean of several
    says more. The arguments are those of `selection`, which is the first of them.
    """
    order = list(range(len(groups)))
    random.Random(seed).shuffle(order)
    if one_a_group:
        order = list({groups[number]: number for number in reversed(order)}.values())[::-1]
    number = max(1, min(most, len(order) // limit))
    return [sorted(order[draw * limit : (draw + 1) * limit]) for draw in range(number)]


def folds(pairs: Sequence[TextPair], *, seed: int = 0) -> NDArray[np.int64]:
    """The fold of each pair: pairs that share a group or a text, directly or by way of others, share a fold."""
    leader = list(range(len(pairs)))

    def find(number: int) -> int:
        while leader[number] != number:
            leader[number] = leader[leader[number]]
            number = leader[number]
        return number

    first: dict[str, int] = {}
    for number, pair in enumerate(pairs):
        for key in (f"group {pair.group}", f"text {pair.positive}"):
            leader[find(number)] = find(first.setdefault(key, number))
    members: dict[int, list[int]] = defaultdict(list)
    for number in range(len(pairs)):
        members[find(number)].append(number)
    blocks = list(members.values())
    random.Random(seed).shuffle(blocks)
    made, sizes = np.zeros(len(pairs), dtype=np.int64), [0] * NUM_FOLDS
    for block in blocks:
        smallest = sizes.index(min(sizes))
        made[block] = smallest
        sizes[smallest] += len(block)
    return made


def ngram_margins(pairs: Sequence[TextPair], fold_of: NDArray[np.int64], order: str = "bigram") -> Margins:
    """Margins of logistic regression without intercept on differences of n-gram counts, out of fold.

    Args:
        pairs: at least two.
        fold_of: the fold of each pair, as `folds` gives it.
        order: `unigram`, or `bigram` for both.

    Raises:
        EventClipError: scikit-learn is not installed.
    """
    features, _ = _differences(pairs, order)
    margins = np.zeros(len(pairs))
    for fold in np.unique(fold_of):
        asked = fold_of == fold
        if not asked.all():
            margins[asked] = features[asked] @ _fit(features[~asked])
    return margins


def transferred_margins(learnt: Sequence[TextPair], asked: Sequence[TextPair], order: str = "bigram") -> Margins:
    """Margins of the same model on other pairs than those that it learnt from; unknown n-grams say nothing.

    Args:
        learnt: the pairs to train on, at least two.
        asked: the pairs of another source.
        order: `unigram`, or `bigram` for both.

    Raises:
        EventClipError: scikit-learn is not installed.
    """
    features, number_of = _differences(learnt, order)
    weights = dict(zip(number_of, _fit(features).tolist(), strict=True))
    return np.array(
        [math.fsum(weights.get(gram, 0.0) * count for gram, count in _difference(pair, order)) for pair in asked]
    )


@dataclass(frozen=True, slots=True)
class Giveaway:
    """An n-gram that speaks for the true text (a weight above 0) or for the false one, and how many pairs have it so.

    `in_positives` counts the pairs whose positive has it oftener than the negative, `in_negatives` the others' kind.
    """

    words: str
    weight: float
    in_positives: int
    in_negatives: int


def giveaways(pairs: Sequence[TextPair], count: int, order: str = "bigram") -> list[Giveaway]:
    """The n-grams of the largest weights once a model has seen all the pairs, the largest first.

    Raises:
        EventClipError: scikit-learn is not installed.
    """
    features, number_of = _differences(pairs, order)
    weights = _fit(features)
    grams = list(number_of)
    chosen = [int(number) for number in np.argsort(-np.abs(weights), kind="stable")[:count] if weights[number]]
    parts = {number: features[:, [number]].data for number in chosen}
    return [
        Giveaway(" ".join(grams[number]), float(weights[number]), int((part > 0).sum()), int((part < 0).sum()))
        for number, part in parts.items()
    ]


def _differences(pairs: Sequence[TextPair], order: str) -> tuple[Any, dict[tuple[str, ...], int]]:
    """A sparse matrix of pairs x n-grams: how much oftener each stands in the positive than in the negative."""
    try:
        from scipy.sparse import csr_matrix
    except ImportError as error:
        raise EventClipError(_MISSING) from error
    number_of: dict[tuple[str, ...], int] = {}
    rows, columns, values = [], [], []
    for row, pair in enumerate(pairs):
        for gram, count in _difference(pair, order):
            rows.append(row)
            columns.append(number_of.setdefault(gram, len(number_of)))
            values.append(float(count))
    return csr_matrix((values, (rows, columns)), shape=(len(pairs), max(1, len(number_of)))), number_of


def _difference(pair: TextPair, order: str) -> list[tuple[tuple[str, ...], int]]:
    """The n-grams that one text has oftener than the other, and how much oftener the positive has them."""
    counts = Counter(_ngrams(pair.positive, order))
    counts.subtract(_ngrams(pair.negative, order))
    return [(gram, count) for gram, count in counts.items() if count]


def _ngrams(text: str, order: str) -> list[tuple[str, ...]]:
    words = tokens(text)
    shortest, longest = ORDERS[order]
    found: list[tuple[str, ...]] = []
    for length in range(shortest, longest + 1):
        padded = ["<s>", *words, "</s>"] if length > 1 else words
        found += zip(*(padded[start:] for start in range(length)), strict=False)
    return found


def _fit(features: Any) -> NDArray[np.float64]:
    """The weights of the n-grams.

    Every other pair is shown the other way round, so that neither side is the commoner one. Without an intercept the
    loss of a pair is the same both ways: showing each pair twice would give the same weights in twice the time.
    """
    try:
        from scipy.sparse import diags
        from sklearn.linear_model import LogisticRegression
    except ImportError as error:
        raise EventClipError(_MISSING) from error
    if features.shape[0] < 2:
        return np.zeros(features.shape[1])  # one pair is no two classes
    signs = np.where(np.arange(features.shape[0]) % 2, -1.0, 1.0)
    model = LogisticRegression(C=1.0, fit_intercept=False, solver="liblinear").fit(diags(signs) @ features, signs)
    weights: NDArray[np.float64] = model.coef_[0]
    return weights


def language_margins(pairs: Sequence[TextPair], fold_of: NDArray[np.int64]) -> Margins:
    """How much likelier the positive is than the negative, in nats a token, to a trigram model of other positives."""
    margins = np.zeros(len(pairs))
    for fold in np.unique(fold_of):
        model = WittenBell({pair.positive for pair, other in zip(pairs, fold_of, strict=True) if other != fold})
        score = lru_cache(maxsize=None)(model.score)  # a positive comes once for each of its negatives
        for number in map(int, np.flatnonzero(fold_of == fold)):
            margins[number] = score(pairs[number].positive) - score(pairs[number].negative)
    return margins


def length_margins(pairs: Sequence[TextPair], fold_of: NDArray[np.int64]) -> Margins:
    """Margins of the rule "the longer one" or "the shorter one", whichever the other folds speak for."""
    longer = np.array([len(tokens(pair.positive)) - len(tokens(pair.negative)) for pair in pairs], dtype=np.float64)
    margins = np.zeros(len(pairs))
    for fold in np.unique(fold_of):
        asked = fold_of == fold
        margins[asked] = longer[asked] * np.sign(np.sign(longer[~asked]).sum())
    return margins


class WittenBell:
    """A trigram language model with Witten-Bell smoothing, down to the uniform distribution over its vocabulary.

    Source: Witten and Bell 1991; Chen and Goodman 1999, section 2.6.
    """

    def __init__(self, texts: set[str]) -> None:
        self.counts: list[Counter[tuple[str, ...]]] = [Counter(), Counter(), Counter()]
        for text in sorted(texts):
            grams = _trigrams(text)
            for length, counted in enumerate(self.counts):
                counted.update(gram[2 - length :] for gram in grams)
        self.totals: dict[tuple[str, ...], int] = defaultdict(int)
        self.kinds: dict[tuple[str, ...], int] = defaultdict(int)
        for counted in self.counts:
            for gram, count in counted.items():
                self.totals[gram[:-1]] += count
                self.kinds[gram[:-1]] += 1
        self.vocabulary_size = len(self.counts[0]) + 1
        self._logarithms: dict[tuple[str, ...], float] = {}

    def score(self, text: str) -> float:
        """The mean natural logarithm of the probability of a token, the end of the text included."""
        grams = _trigrams(text)
        known = self._logarithms  # a negative shares nearly all its trigrams with the positive
        for gram in grams:
            if gram not in known:
                known[gram] = math.log(self.probability(gram))
        return math.fsum(map(known.__getitem__, grams)) / len(grams)  # exact: the same trigrams in any order tie

    def probability(self, gram: tuple[str, ...]) -> float:
        """The probability of the third word after the first two; words never seen share that of one more word."""
        probability = 1 / self.vocabulary_size
        for length in (0, 1, 2):
            shorter = gram[2 - length :]
            history = shorter[:-1]
            total = self.totals.get(history, 0)
            if not total:
                break  # whoever never saw the shorter history never saw the longer one
            kinds = self.kinds[history]
            probability = (self.counts[length].get(shorter, 0) + kinds * probability) / (total + kinds)
        return probability


def _trigrams(text: str) -> list[tuple[str, ...]]:
    words = ["<s>", "<s>", *tokens(text), "</s>"]
    return list(zip(words, words[1:], words[2:], strict=False))


def accuracy(margins: Margins) -> tuple[float, NDArray[np.float64]]:
    """The share of pairs that are told rightly, and each pair's part in it: 1, 0, or one half where margins are 0."""
    right = (margins > 0) + 0.5 * (margins == 0)
    return float(right.mean()), right
