"""How well the doubts about hard negatives agree with people who looked at the pictures."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import jsonlines

from eventclip.errors import InputError
from eventclip.eval.intervals import wilson
from eventclip_extract.doubt import Verdict, judge

ALL_SOURCES = "all"
LABELS = ("valid", "false_negative", "unclear")
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
    with jsonlines.open(path) as lines:
        for number, line in enumerate(lines, start=1):
            _check(line, f"{path}:{number}")
            verdict = judge(line["caption"], line["foil"]).verdict
            for source in (line["source"], ALL_SOURCES):
                verdicts[line["kind"], source][line["label"]].append(verdict)
    return {key: _score(by_label) for key, by_label in sorted(verdicts.items())}


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
