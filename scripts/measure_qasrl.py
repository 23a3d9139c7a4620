"""Measures voice and negation against QA-SRL's questions, and which noun triggers QANom knows as nominalisations.

    python scripts/measure_qasrl.py DATA

DATA has `qasrl_wikinews_dev.csv`, `qasrl_wikinews_dev_sentences.csv` and `qanom_nom_verb_pairs.txt`. Prints the section
of docs/extraction.md that `scripts/report_extraction.py` writes.
"""

import argparse
import csv
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from spacy.tokens import Doc

from eventclip.eval.intervals import ratio_interval
from eventclip_extract.clauses import is_passive
from eventclip_extract.extract import Extractor
from eventclip_extract.ontology import load_ontology
from eventclip_extract.status import status_of
from eventclip_extract.syntax import read_parse

Flags = dict[tuple[str, int], tuple[bool, bool]]
"""(sentence, word) of a predicate -> passive, negated."""
_ASKED = frozenset({"who", "what"})


def read_flags(path: Path) -> Flags:
    """What the questions on each predicate say: passive and negated where most of them are.

    Voice is that of the questions for who or what. They are written by hand and need not keep the sentence's voice:
    "Who was arrested?" may be asked of "police arrest a man".
    """
    asked: dict[tuple[str, int], list[dict[str, str]]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            asked[row["qasrl_id"], int(row["verb_idx"])].append(row)
    flags: Flags = {}
    for key, rows in asked.items():
        core = [row for row in rows if row["wh"] in _ASKED and not row["prep"]]
        if core:
            passive = sum(row["is_passive"] == "True" for row in core) > len(core) / 2
            negated = sum(row["is_negated"] == "True" for row in rows) > len(rows) / 2
            flags[key] = passive, negated
    return flags


def our_flags(sentences: Path, wanted: Sequence[tuple[str, int]]) -> Flags:
    """The same as our parse has it; predicates that it does not take for verbs are neither passive nor negated."""
    with sentences.open(encoding="utf-8", newline="") as lines:
        tokens = {row["qasrl_id"]: row["tokens"].split(" ") for row in csv.DictReader(lines)}
    extractor = Extractor("news")
    names = sorted({name for name, _ in wanted})
    docs = extractor.nlp.pipe(Doc(extractor.nlp.vocab, words=tokens[name]) for name in names)
    parses = {name: read_parse(doc) for name, doc in zip(names, docs, strict=True)}
    flags: Flags = {}
    for name, number in wanted:
        word = parses[name].words[number]
        negated = status_of(word, first_sentence=True).polarity == "negative"
        flags[name, number] = word.is_verb and is_passive(word), negated
    return flags


def _row(title: str, gold: Sequence[bool], ours: Sequence[bool]) -> str:
    gold_N, ours_N = np.array(gold, dtype=np.float64), np.array(ours, dtype=np.float64)
    pairs = (
        (gold_N == ours_N, np.ones_like(gold_N)),
        (2 * gold_N * ours_N, gold_N + ours_N),
        (gold_N * ours_N, ours_N),
        (gold_N * ours_N, gold_N),
    )
    cells = []
    for part_N, whole_N in pairs:
        low, high = ratio_interval(part_N.astype(np.float64), whole_N)
        cells.append(f"{100 * part_N.sum() / whole_N.sum():.1f} ({100 * low:.1f}–{100 * high:.1f})")
    return f"| {title} | {len(gold)} | {gold_N.sum():.0f} | {' | '.join(cells)} |"


def voice_and_negation(data: Path) -> str:
    """The table of voice and negation given the predicates."""
    gold = read_flags(data / "qasrl_wikinews_dev.csv")
    ours = our_flags(data / "qasrl_wikinews_dev_sentences.csv", list(gold))
    rows = [
        _row(title, [flags[place] for flags in gold.values()], [ours[key][place] for key in gold])
        for place, title in enumerate(("passive", "negated"))
    ]
    return "\n".join([_VOICE, *rows]) + "\n\n"


def nominalisations(data: Path) -> str:
    """How many noun triggers are nouns of a verb trigger, by ontology."""
    verbs_of: dict[str, set[str]] = defaultdict(set)
    for line in (data / "qanom_nom_verb_pairs.txt").read_text(encoding="utf-8").splitlines():
        noun, _, verb = line.partition("\t")
        verbs_of[noun].add(verb)
    rows = []
    for name in ("news", "ace"):
        same = other = unknown = 0
        ontology = load_ontology(name)
        triggers = ontology.lemmas("VERB")
        for event_type in ontology.types.values():
            verbs = {one.lemma for one in event_type.triggers if one.pos == "VERB"}
            for noun in sorted({one.lemma for one in event_type.triggers if one.pos == "NOUN"}):
                known = verbs_of[noun.split(" ")[-1]] | verbs_of[noun.split(" ")[-1] + "s"]
                same += bool(known & verbs)
                other += bool(known & triggers) and not known & verbs
                unknown += not known & triggers
        of = same + other + unknown
        rows.append(f"| {name} | {of} | {same} ({100 * same / of:.0f} %) | {other} | {unknown} |")
    return "\n".join([_NOUNS, *rows]) + "\n\n"


def section(data: Path) -> str:
    """The part of docs/extraction.md on voice, negation and nominalisations."""
    return voice_and_negation(data) + nominalisations(data)


_VOICE = """## Voice and negation of QA-SRL's predicates, WikiNews

In gold a predicate is passive where most of its questions for who or what are asked in the passive voice, and negated
where most of its questions are. Annotators may ask so of an active verb ("Who was arrested?") and of what only follows
("Who might not see something?"), so that not all that differs is wrong. In brackets 95 % intervals.

| | predicates | of them so | accuracy | F1 | precision | recall |
|---|---:|---:|---:|---:|---:|---:|"""
_NOUNS = """## Noun triggers that are nominalisations

By QANom's list of nouns and their verbs. Nouns without a verb ("riot police", "funeral") name an event by themselves.

| ontology | noun triggers | of a verb trigger of the same type | of another type's | of no verb trigger |
|---|---:|---:|---:|---:|"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    print(section(parser.parse_args().data))


if __name__ == "__main__":
    main()
