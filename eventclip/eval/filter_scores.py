"""How well the doubts about hard negatives agree with people who looked at the pictures."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, NamedTuple

import jsonlines
import numpy as np

from eventclip.errors import EventClipError, InputError
from eventclip.eval.intervals import wilson
from eventclip_extract.doubt import Verdict, judge

ALL_SOURCES = "all"
LABELS = ("valid", "false_negative", "unclear")
_FOLDS = 10
_KEYS = ("kind", "source", "caption", "foil", "label")


class Share(NamedTuple):
    """A proportion with its 95 % interval (Wilson)."""

    n: int
    share: float
    low: float
    high: float

    @classmethod
    def of(cls, verdicts: Iterable[Verdict], counted: frozenset[Verdict]) -> "Share":
        hits = [verdict in counted for verdict in verdicts]
        return cls(len(hits), sum(hits) / len(hits) if hits else 0.0, *wilson(sum(hits), len(hits)))


class FilterScore(NamedTuple):
    """How many of the bad negatives are caught, and how many of the valid ones with them.

    Attributes:
        caught: of the negatives that people found true, those that are doubted or ruled out.
        false_alarms: of the valid negatives, those that are doubted or ruled out.
        ruled_out: of the negatives that people found true, those that are ruled out and so never made.
        wrongly_ruled_out: of the valid negatives, those that are ruled out.
    """

    caught: Share
    false_alarms: Share
    ruled_out: Share
    wrongly_ruled_out: Share


class Learnable(NamedTuple):
    """How well judgements can be foretold from the two texts alone.

    Attributes:
        caught: of the negatives that people found true, those that a model trained on the other judgements picks out
            when it may doubt so many of the valid ones as asked.
        num_twice: how many pairs of texts people judged more than once, before different pictures.
        num_divided: how many of those have both verdicts.
    """

    caught: float
    num_twice: int
    num_divided: int


def filter_scores(path: str | Path) -> dict[tuple[str, str], FilterScore]:
    """The score of the filter for each kind of negative and source, and for each kind over all its sources.

    Args:
        path: JSON lines with `caption`, `foil`, `kind`, `source` and `label`: `valid`, `false_negative`, or `unclear`,
            which does not count.

    Returns:
        (kind, source) -> score; the source of a kind's total is `all`.

    Raises:
        InputError: a line lacks a key or has another label.
    """
    verdicts: dict[tuple[str, str], dict[str, list[Verdict]]] = defaultdict(lambda: defaultdict(list))
    for line in _lines(path):
        verdict = judge(line["caption"], line["foil"]).verdict
        for source in (line["source"], ALL_SOURCES):
            verdicts[line["kind"], source][line["label"]].append(verdict)
    return {key: _score(by_label) for key, by_label in sorted(verdicts.items())}


def learnable(path: str | Path, kind: str, *, false_alarms: float) -> Learnable | None:
    """What a model catches that was trained on the judgements themselves, and how often these disagree.

    It is a logistic regression on the words of the caption, those taken out, those put in and the filter's own weight;
    each pair of texts is asked of a model that saw the other nine tenths.

    Args:
        path: as in `filter_scores`.
        kind: the negatives that are looked at.
        false_alarms: the share of valid negatives that may be doubted.

    Returns:
        None where either verdict was given too seldom to learn from.

    Raises:
        InputError: as in `filter_scores`.
        EventClipError: scikit-learn is not installed.
    """
    try:
        from sklearn.feature_extraction import DictVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import GroupKFold, cross_val_predict
    except ImportError as error:
        raise EventClipError(
            "judgements are learnt with scikit-learn: install it with `pip install 'eventclip[audit]'`"
        ) from error
    lines = [line for line in _lines(path) if line["kind"] == kind and line["label"] != "unclear"]
    is_bad = np.array([line["label"] == "false_negative" for line in lines])
    texts = [(line["caption"], line["foil"]) for line in lines]
    if any(
        len({pair for pair, bad in zip(texts, is_bad, strict=True) if bad == verdict}) < _FOLDS for verdict in (0, 1)
    ):
        return None
    model = LogisticRegression(C=0.1, max_iter=1_000)
    features = DictVectorizer().fit_transform([_clues(*pair) for pair in texts])
    found = cross_val_predict(
        model, features, is_bad, groups=[repr(pair) for pair in texts], cv=GroupKFold(_FOLDS), method="predict_proba"
    )[:, 1]
    bar = np.quantile(found[~is_bad], 1 - false_alarms)
    by_texts: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for pair, bad in zip(texts, is_bad.tolist(), strict=True):
        by_texts[pair].append(bad)
    twice = [judged for judged in by_texts.values() if len(judged) > 1]
    return Learnable(float((found[is_bad] > bar).mean()), len(twice), sum(len(set(judged)) > 1 for judged in twice))


def _clues(caption: str, foil: str) -> dict[str, float]:
    words, others = caption.lower().split(), foil.lower().split()
    clues = dict.fromkeys(words, 1.0)
    for tag, start, end, new_start, new_end in SequenceMatcher(None, words, others, autojunk=False).get_opcodes():
        if tag != "equal":
            clues |= {f"-{word}": 1.0 for word in words[start:end]}
            clues |= {f"+{word}": 1.0 for word in others[new_start:new_end]}
    return clues | {"": 1 - judge(caption, foil).weight}


def _lines(path: str | Path) -> Iterator[dict[str, Any]]:
    with jsonlines.open(path) as lines:
        for number, line in enumerate(lines, start=1):
            _check(line, f"{path}:{number}")
            yield line


def _check(line: Mapping[str, Any], where: str) -> None:
    missing = [key for key in _KEYS if key not in line]
    if missing:
        raise InputError(f"{where} lacks {', '.join(missing)}; expected {', '.join(_KEYS)}. Add what is missing.")
    if line["label"] not in LABELS:
        raise InputError(f"{where} has the label {line['label']!r}; expected one of {', '.join(LABELS)}.")


def _score(verdicts: Mapping[str, list[Verdict]]) -> FilterScore:
    bad, valid = verdicts.get("false_negative", []), verdicts.get("valid", [])
    doubted, ruled_out = frozenset[Verdict]({"doubtful", "true"}), frozenset[Verdict]({"true"})
    return FilterScore(
        Share.of(bad, doubted), Share.of(valid, doubted), Share.of(bad, ruled_out), Share.of(valid, ruled_out)
    )
