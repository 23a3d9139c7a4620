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
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eventclip.errors import EventClipError

NUM_FOLDS = 5
ORDERS = {"unigram": (1, 1), "bigram": (1, 2)}
"""Which n-grams are counted: (shortest, longest)."""
_TOKEN = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[^\W\d_]+|\d|[^\s\w]+")
"""What CLIP splits a lower-case text into before byte pairs."""

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


def tokens(text: str) -> list[str]:
    """The words and marks of a text, lower case, split as CLIP's tokeniser splits before its byte pairs."""
    return _TOKEN.findall(text.lower().replace("’", "'"))


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
    features = _differences(pairs, order)
    margins = np.zeros(len(pairs))
    for fold in np.unique(fold_of):
        asked = fold_of == fold
        if not asked.all():
            margins[asked] = features[asked] @ _fit(features[~asked])
    return margins


def _differences(pairs: Sequence[TextPair], order: str) -> Any:
    """A sparse matrix of pairs x n-grams: how much oftener each stands in the positive than in the negative."""
    from scipy.sparse import csr_matrix

    number_of: dict[tuple[str, ...], int] = {}
    rows, columns, values = [], [], []
    for row, pair in enumerate(pairs):
        counts = Counter(_ngrams(pair.positive, order))
        counts.subtract(_ngrams(pair.negative, order))
        for gram, count in counts.items():
            if count:
                rows.append(row)
                columns.append(number_of.setdefault(gram, len(number_of)))
                values.append(float(count))
    return csr_matrix((values, (rows, columns)), shape=(len(pairs), max(1, len(number_of))))


def _ngrams(text: str, order: str) -> list[tuple[str, ...]]:
    words = tokens(text)
    shortest, longest = ORDERS[order]
    found: list[tuple[str, ...]] = []
    for length in range(shortest, longest + 1):
        padded = ["<s>", *words, "</s>"] if length > 1 else words
        found += zip(*(padded[start:] for start in range(length)), strict=False)
    return found


def _fit(features: Any) -> NDArray[np.float64]:
    """The weights of the n-grams; each pair is an example both ways round, so that neither side is the commoner one."""
    try:
        from scipy.sparse import vstack
        from sklearn.linear_model import LogisticRegression
    except ImportError as error:
        raise EventClipError(
            "the blind classifier needs scikit-learn: install it with `pip install 'eventclip[audit]'`"
        ) from error
    both = vstack([features, -features])
    labels = np.repeat([1, 0], features.shape[0])
    model = LogisticRegression(C=0.5, fit_intercept=False, solver="liblinear").fit(both, labels)
    weights: NDArray[np.float64] = model.coef_[0]
    return weights


def language_margins(pairs: Sequence[TextPair], fold_of: NDArray[np.int64]) -> Margins:
    """How much likelier the positive is than the negative, in nats a token, to a trigram model of other positives."""
    margins = np.zeros(len(pairs))
    for fold in np.unique(fold_of):
        asked = np.flatnonzero(fold_of == fold)
        model = WittenBell({pair.positive for pair, other in zip(pairs, fold_of, strict=True) if other != fold})
        for number in asked:
            margins[number] = model.score(pairs[number].positive) - model.score(pairs[number].negative)
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
        self.totals: Counter[tuple[str, ...]] = Counter()
        self.kinds: Counter[tuple[str, ...]] = Counter()
        for text in sorted(texts):
            words = ["<s>", "<s>", *tokens(text), "</s>"]
            for place in range(2, len(words)):
                for length in (0, 1, 2):
                    gram = tuple(words[place - length : place + 1])
                    self.counts[length][gram] += 1
                    self.totals[gram[:-1]] += 1
                    if self.counts[length][gram] == 1:
                        self.kinds[gram[:-1]] += 1
        self.vocabulary_size = len(self.counts[0]) + 1

    def score(self, text: str) -> float:
        """The mean natural logarithm of the probability of a token, the end of the text included."""
        words = ["<s>", "<s>", *tokens(text), "</s>"]
        grams = [tuple(words[place - 2 : place + 1]) for place in range(2, len(words))]
        return sum(math.log(self._probability(gram)) for gram in grams) / len(grams)

    def _probability(self, gram: tuple[str, ...]) -> float:
        probability = 1 / self.vocabulary_size
        for length in (0, 1, 2):
            shorter = gram[2 - length :]
            history = shorter[:-1]
            total, kinds = self.totals[history], self.kinds[history]
            if total:
                probability = (self.counts[length][shorter] + kinds * probability) / (total + kinds)
        return probability


def accuracy(margins: Margins) -> tuple[float, NDArray[np.float64]]:
    """The share of pairs that are told rightly, and each pair's part in it: 1, 0, or one half where margins are 0."""
    right = (margins > 0) + 0.5 * (margins == 0)
    return float(right.mean()), right
