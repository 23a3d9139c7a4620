"""Measures what the numbers of `eventclip_extract.confidence` should be, and how far those that stand there hold.

    python scripts/calibrate_confidence.py DATA --trees en_ewt-ud-dev.conllu

Prints the fitted numbers beside those of the code, and the section of docs/extraction.md that
`scripts/report_extraction.py` writes. DATA has `m2e2_dev.jsonl`, `wikievents_dev.jsonl`, `ewt_srl_train.jsonl.gz` and
`ewt_srl_dev.jsonl`; EWT's training trees (`en_ewt-ud-train.conllu.gz`) lie beside its development trees.
"""

import argparse
import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from propbank import head_of, read_sentences

from eventclip.records import Argument, CaptionRecord, Event
from eventclip_extract import confidence
from eventclip_extract.annotations import read_annotations
from eventclip_extract.extract import Extractor
from eventclip_extract.mapping import load_scheme

BINS = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0)
Judged = tuple[float, bool]
"""A confidence and whether it was right."""
_PRIOR = 0.5
_COMPLEMENTS = frozenset({"ARG1", "ARG2", "ARG3", "ARG4", "ARGM-DIR", "ARGM-GOL"})
_ACCEPTED = {
    "object": frozenset({"ARG1", "ARG2"}),
    "possessive": frozenset({"ARG0", "ARG1"}),
    "compound": frozenset({"ARG0", "ARG1"}),
    "by": frozenset({"ARG0"}),
}
"""Which of PropBank's roles agree with a rule; see `_is_right` for the others."""


@dataclass(frozen=True, slots=True)
class SeenEvent:
    """An event that was found, and whether gold has it. `arguments` are those of a right event, judged likewise."""

    document: str
    part: str
    event: Event
    right: bool
    arguments: tuple[tuple[Argument, bool], ...]

    @property
    def doubtful(self) -> bool:
        return self.event.confidence < confidence.MIN_CONFIDENCE

    def features(self) -> list[float]:
        """Intercept, one column a construction, passive, without participant, not a fact."""
        construction, _, manner = self.event.rule.partition("-")
        alone = all(one.role in ("Place", "Time") for one in self.event.arguments)
        fact = (self.event.polarity, self.event.modality) == ("positive", "asserted")
        return [1, *(construction == name for name in confidence.CONSTRUCTIONS), manner == "passive", alone, not fact]


def read_events(data: Path) -> list[SeenEvent]:
    """What `ace` finds in the development sets, doubtful triggers included; `part` is `captions`, `news` or `other`."""
    extractor, made = Extractor("ace", min_confidence=0.0), []
    for stem, scheme_name in (("m2e2_dev", "m2e2"), ("wikievents_dev", "kairos")):
        path, scheme = data / f"{stem}.jsonl", load_scheme(scheme_name)
        gold = read_annotations(path)
        lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
        like_captions = {str(line["id"]) for line in lines if line.get("caption_like")}
        found = extractor.pipe(CaptionRecord(id=record.id, caption=record.caption) for record in gold)
        for record, guess in zip(gold, found, strict=True):
            part = "captions" if record.id in like_captions else "news" if stem.startswith("wiki") else "other"
            truth = scheme.ours(record.events)
            triggers = {(event.type, event.trigger.end) for event in truth}
            roles = {(event.type, one.head.end, one.role) for event in truth for one in event.arguments}
            for event in scheme.ours(guess.events):
                right = (event.type, event.trigger.end) in triggers
                judged = tuple((one, (event.type, one.head.end, one.role) in roles) for one in event.arguments)
                document = record.id.rsplit("_", 1)[0]
                made.append(SeenEvent(document, part, event, right, judged if right else ()))
    return made


def fit(seen: Sequence[SeenEvent]) -> np.ndarray:
    """Log-odds of the features by logistic regression, those of the constructions with a normal prior."""
    x_ND = np.array([one.features() for one in seen], dtype=np.float64)
    y_N = np.array([one.right for one in seen], dtype=np.float64)
    penalty_D = np.array([0.0, *[_PRIOR**-2] * len(confidence.CONSTRUCTIONS), *[0.1] * 3])
    weights_D = np.zeros(x_ND.shape[1])
    for _ in range(30):  # Newton's method; it has converged after ten
        p_N = _share(x_ND @ weights_D)
        curvature_DD = (x_ND * (p_N * (1 - p_N))[:, None]).T @ x_ND + np.diag(penalty_D)
        weights_D += np.linalg.solve(curvature_DD, x_ND.T @ (y_N - p_N) - penalty_D * weights_D)
    return weights_D


def _share(odds_N: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-odds_N))


def shipped() -> np.ndarray:
    """The numbers of the code in the order of the features."""
    last = (confidence.PASSIVE, confidence.WITHOUT_PARTICIPANT, confidence.NOT_A_FACT)
    return np.array([confidence.INTERCEPT, *confidence.CONSTRUCTIONS.values(), *last])


def cross_fitted(seen: Sequence[SeenEvent]) -> list[Judged]:
    """Every event with the confidence that the other half of the documents gives it; doubtful triggers by count."""
    made: list[Judged] = []
    for half in (0, 1):
        train = [one for one in seen if _half(one.document) != half]
        test = [one for one in seen if _half(one.document) == half]
        doubtful = [one.right for one in train if one.doubtful]
        weights_D = fit([one for one in train if not one.doubtful])
        for one in test:
            p = sum(doubtful) / len(doubtful) if one.doubtful else _share(np.array(one.features()) @ weights_D)
            made.append((float(p), one.right))
    return made


def _half(document: str) -> int:
    return zlib.crc32(document.encode()) % 2


def read_arguments(roles: Path, trees: Path, extractor: Extractor) -> list[tuple[Argument, bool]]:
    """Arguments of what is found at PropBank's predicates, and whether PropBank gives them a role that agrees."""
    sentences = [one for one in read_sentences(roles, trees) if one.events]
    captions = [CaptionRecord(id=one.id, caption=" ".join(one.tokens)) for one in sentences]
    made = []
    for sentence, record in zip(sentences, extractor.pipe(captions), strict=True):
        starts, ends, place = {}, {}, 0
        for number, token in enumerate(sentence.tokens):
            starts[place], ends[place + len(token)] = number, number
            place += len(token) + 1
        gold: dict[int, dict[int, set[str]]] = {}
        for predicate in sentence.events:
            heads = gold.setdefault(predicate["trigger"]["start"], defaultdict(set))
            for one in predicate["arguments"]:
                head = head_of(sentence.tree, one["start"], one["end"])
                heads[-1 if head is None else head.number].add(one["role"])
        for event in record.events:
            known = gold.get(starts.get(event.trigger.start, -1))
            if known is not None:
                made += [(one, _is_right(one, event, known[ends.get(one.head.end, -2)])) for one in event.arguments]
    return made


def _is_right(argument: Argument, event: Event, gold: set[str]) -> bool:
    rule = argument.rule.partition(", ")[0]
    if argument.role == "Time":
        return "ARGM-TMP" in gold
    if argument.role == "Place":
        return bool(gold & (_COMPLEMENTS | {"ARGM-LOC"}))
    if rule == "subject":  # who undergoes it is the subject of a verb without an object: "dies"
        return bool(gold & ({"ARG0", "ARG1"} if event.rule.endswith("intransitive") else {"ARG0"}))
    return bool(gold & _ACCEPTED.get(rule, _COMPLEMENTS | {"ARGM-COM", "ARGM-MNR", "ARGM-LOC"}))


def tally(judged: Iterable[tuple[Argument, bool]]) -> dict[str, tuple[int, int]]:
    """Right and all by the groups of `confidence.argument_group`."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for argument, right in judged:
        count = counts[confidence.argument_group(argument.rule)]
        count[0] += right
        count[1] += 1
    return {name: (right, of) for name, (right, of) in sorted(counts.items(), key=lambda row: -row[1][1])}


def reliability(title: str, judged: Sequence[Judged]) -> str:
    """A table of bins of confidence: how many, their mean, the share that is right; and the expected error."""
    lines = [f"**{title}**", "", "| confidence | n | mean | right |", "|---|---:|---:|---:|"]
    p_N, right_N = (np.array(column, dtype=np.float64) for column in zip(*judged, strict=True))
    error = 0.0
    for low, high in pairwise(BINS):
        inside_N = (p_N >= low) & ((p_N < high) | (high == 1))
        if inside_N.any():
            error += abs(p_N[inside_N].sum() - right_N[inside_N].sum())
            cells = f"{inside_N.sum()} | {p_N[inside_N].mean():.2f} | {right_N[inside_N].mean():.2f}"
            lines.append(f"| {low:.1f}–{high:.1f} | {cells} |")
    lines.append(f"| all | {len(p_N)} | {p_N.mean():.2f} | {right_N.mean():.2f} |")
    brier, constant = ((p_N - right_N) ** 2).mean(), right_N.mean() * (1 - right_N.mean())
    return "\n".join(lines) + (
        f"\n\nExpected calibration error {error / len(p_N):.3f}; Brier score {brier:.3f}, that of their mean for all "
        f"{constant:.3f}.\n\n"
    )


def section(data: Path, trees: Path | None) -> str:
    """The part of docs/extraction.md on confidence."""
    seen = read_events(data)
    dense = [one for one in seen if one.part != "other"]
    other = [(one.event.confidence, one.right) for one in seen if one.part == "other"]
    page = _INTRODUCTION
    page += reliability("Events, numbers fitted on the other half of the documents", cross_fitted(dense))
    page += reliability("Events, the other sentences of M2E2, numbers as they are in the code", other)
    given = [(one.confidence, right) for event in dense for one, right in event.arguments if not event.doubtful]
    train = trees.with_name("en_ewt-ud-train.conllu.gz") if trees is not None else None
    if trees is not None and train is not None and train.is_file():
        found = read_arguments(data / "ewt_srl_dev.jsonl", trees, Extractor("news"))
        judged = [(one.confidence, right) for one, right in found]
        page += reliability("Arguments, PropBank's development part, numbers fitted on its training part", judged)
    return page + reliability("Arguments of right events, M2E2's captions and WikiEvents", given)


_INTRODUCTION = """## What confidence means

The confidence of an event is the share of events of its construction that are gold's, type included, on densely
annotated news (M2E2's sentences that are like captions, and WikiEvents); that of an argument is the share of its rule
that PropBank gives to the trigger, given that the event is right. The numbers stand in
`extract/eventclip_extract/confidence.py`, and `scripts/calibrate_confidence.py` fits them. Annotators leave out what is
there, and most of all in M2E2's other sentences: what confidence says too much there is gold that is not there, or
ours, and the two cannot be told apart. By how it was found alone, right events can hardly be told from wrong ones:
most of what decides is the word.

"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--trees", type=Path, required=True, help="EWT's dev trees, CoNLL-U")
    given = parser.parse_args()
    everything = read_events(given.data)
    seen = [one for one in everything if one.part != "other"]
    doubtful = [one.right for one in seen if one.doubtful]
    print(f"doubtful: {sum(doubtful)} of {len(doubtful)}, in the code {confidence.DOUBTFUL}")
    sure = [one for one in seen if not one.doubtful]
    names = ["intercept", *confidence.CONSTRUCTIONS, "passive", "without participant", "not a fact"]
    print(f"log-odds from {len(sure)} events, and in the code:")
    for name, fitted, ours in zip(names, fit(sure), shipped(), strict=True):
        print(f"  {name}: {fitted:.2f} {ours:.2f}")
    train = given.trees.with_name("en_ewt-ud-train.conllu.gz")
    found = read_arguments(given.data / "ewt_srl_train.jsonl.gz", train, Extractor("news"))
    print("arguments, PropBank's training part:", tally(found))
    print("arguments of right events:", tally(pair for one in everything if not one.doubtful for pair in one.arguments))
    print(section(given.data, given.trees))


if __name__ == "__main__":
    main()
