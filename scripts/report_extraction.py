"""Scores extraction on gold annotations and writes the page that says how good it is: docs/extraction.md.

    python scripts/report_extraction.py DATA [--treebanks FILE ...] [--captions FILE] [--out docs/extraction.md]

DATA is a folder with `m2e2_dev.jsonl`, `wikievents_dev.jsonl`, `rams_dev.jsonl`, `ewt_srl_dev.jsonl` and EWT's dev
trees (`en_ewt-ud-dev.conllu`, in DATA or a folder named beside it with --trees). With EWT's training trees beside those
and `ewt_srl_train.jsonl.gz`, confidences of arguments are checked, too; with `qasrl_wikinews_dev*.csv` and
`qanom_nom_verb_pairs.txt`, voice, negation and nominalisations. Texts of the sets stay there: the page has
numbers, types and single words only. With --pipeline another parser than the bundled one is scored.
"""

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import bench_extract
import calibrate_confidence
import measure_qasrl
from propbank import Sentence, head_of, read_sentences
from spacy.language import Language
from spacy.tokens import Doc
from treebanks import read_treebank, scored, to_doc

from eventclip.eval.extraction import score
from eventclip.eval.intervals import ratio_interval
from eventclip.jsonl import write_records
from eventclip.records import CaptionRecord, EventsRecord
from eventclip_extract.annotations import read_annotations
from eventclip_extract.clauses import core_arguments
from eventclip_extract.extract import Extractor
from eventclip_extract.mapping import load_scheme
from eventclip_extract.syntax import Parse, read_parse

SETS = (("M2E2", "m2e2_dev", "m2e2"), ("WikiEvents", "wikievents_dev", "kairos"), ("RAMS", "rams_dev", "rams"))
MEASURES = ("trigger", "trigger_identification", "argument", "argument_identification", "argument_span")
CAPTION_TREES = Path(__file__).parents[1] / "tests" / "extract" / "captions.conllu"
_HEAD = """# How good extraction is

Written by `scripts/report_extraction.py`; run it again to check. F1 with 95 % intervals in brackets. A trigger is right
when its last word and its type are gold's, an argument when its head word, its role and the type of its event are; of
somebody whom the sentence names elsewhere, the pronoun beside the trigger (`eventclip eval extraction --help`). The
`ace` ontology is used, and types and roles are compared as `extract/eventclip_extract/mappings.yaml` says. Rules and
lexicons were developed while looking at M2E2's development
documents and at WikiEvents'; other documents are harder or easier as they come.

"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--trees", type=Path, help="EWT's dev trees, CoNLL-U")
    parser.add_argument("--treebanks", type=Path, nargs="*", default=[], help="CoNLL-U files to score the parser on")
    parser.add_argument("--captions", type=Path, help="captions.jsonl on which `bench_extract.py` measures the speed")
    parser.add_argument("--pipeline", help="a spaCy package or folder (default: the bundled pipeline)")
    parser.add_argument("--out", type=Path, default=Path("docs/extraction.md"))
    parser.add_argument("--work", type=Path, default=Path("runs/extraction"), help="where predictions are kept")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    extractor = Extractor("ace", given.pipeline)
    rows, details = [], ""
    for name, stem, scheme in SETS:
        gold_path, found_path = given.data / f"{stem}.jsonl", given.work / f"{stem}.found.jsonl"
        gold = read_annotations(gold_path)
        captions = [CaptionRecord(id=record.id, caption=record.caption) for record in gold]
        write_records(found_path, extractor.pipe(captions))
        rows.append((f"{name}, {len(gold):,} sentences", score(gold_path, found_path, mapping=scheme)["results"]))
        if name == "M2E2":
            lines = (json.loads(line) for line in gold_path.read_text(encoding="utf-8").splitlines())
            marked = {str(line["id"]) for line in lines if line.get("caption_like")}
            scored = score(gold_path, found_path, mapping=scheme, only=lambda record: record.id in marked)  # noqa: B023
            rows.insert(0, (f"{name}, the {len(marked)} that are like captions", scored["results"]))
            details += _by_type(rows[-1][1])
        details += _confusions(name, gold, read_annotations(found_path), scheme)
    page = _HEAD + _scores(rows) + _parser([*given.treebanks, CAPTION_TREES], extractor.nlp)
    page += bench_extract.section(bench_extract.measure(given.captions)) if given.captions else ""
    page += _propbank(given.data, given.trees, extractor)
    page += calibrate_confidence.section(given.data, given.trees)
    page += (measure_qasrl.section(given.data) if (given.data / "qasrl_wikinews_dev.csv").is_file() else "") + details
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(page, encoding="utf-8")
    print(given.out)


def _scores(rows: list[tuple[str, list[Any]]]) -> str:
    lines = ["| | " + " | ".join(measure.replace("_", ", ") for measure in MEASURES) + " |", "|---" * 6 + "|"]
    for name, results in rows:
        known = {result["metric"]: result for result in results}
        lines.append(f"| {name} | " + " | ".join(_cell(known, measure) for measure in MEASURES) + " |")
    note = (
        "\nEach cell: F1 (interval), precision / recall. RAMS annotates one event a document, so that only its recall "
        "means something. For comparison, a published neural detector that was trained on ACE has trigger F1 52.1 and "
        "52.6 on the first two rows.\n\n"
    )
    return "\n".join(lines) + "\n" + note


def _cell(known: dict[str, Any], measure: str) -> str:
    f1, precision, recall = (known[f"{measure}_{name}"] for name in ("f1", "precision", "recall"))
    low, high = 100 * f1["low"], 100 * f1["high"]
    values = f"{100 * precision['value']:.1f} / {100 * recall['value']:.1f}"
    return f"**{100 * f1['value']:.1f}** ({low:.1f}–{high:.1f}), {values}"


def _by_type(results: list[Any]) -> str:
    known = {result["metric"]: result for result in results}
    names = sorted({metric.split("/")[1] for metric in known if "/" in metric})
    lines = ["## M2E2 by type", "", "| type | n | trigger F1 | argument F1 |", "|---|---:|---:|---:|"]
    for name in names:
        trigger, argument = known.get(f"trigger_f1/{name}"), known.get(f"argument_f1/{name}")
        cells = [f"{100 * one['value']:.1f}" if one else "" for one in (trigger, argument)]
        lines.append(f"| {name} | {trigger['n'] if trigger else 0} | {cells[0]} | {cells[1]} |")
    return "\n".join(lines) + "\n\n"


def _confusions(name: str, gold: list[EventsRecord], found: list[EventsRecord], scheme_name: str) -> str:
    """The words that are most often wrong, and how far the rules agree with gold."""
    scheme = load_scheme(scheme_name)
    guesses = {record.id: scheme.ours(record.events) for record in found}
    wrong: Counter[tuple[str, str, str]] = Counter()
    by_rule: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    by_argument: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for record in gold:
        truth = {event.trigger.end: event for event in scheme.ours(record.events)}
        for event in guesses[record.id]:
            true = truth.get(event.trigger.end)
            hit = true is not None and true.type == event.type
            by_rule[event.rule.split("-")[0]][0] += hit
            by_rule[event.rule.split("-")[0]][1] += 1
            if true is None or not hit:
                wrong[true.type if true else "nothing", event.type, event.trigger.lemma] += 1
                continue
            heads = {(one.role, one.head.end) for one in true.arguments}
            for argument in event.arguments:
                by_argument[argument.rule][0] += (argument.role, argument.head.end) in heads
                by_argument[argument.rule][1] += 1
        seen = {event.trigger.end for event in guesses[record.id]}
        for end, event in truth.items():
            if end not in seen:
                wrong[event.type, "nothing", event.trigger.text.lower()] += 1
    if name == "RAMS":
        return ""
    lines = [f"## {name}: the 30 most frequent confusions", "", "| gold | found | word | n |", "|---|---|---|---:|"]
    lines += [f"| {true} | {guess} | {word} | {n} |" for (true, guess, word), n in wrong.most_common(30)]
    for title, tally in (
        (f"{name}: how often an event is gold's, by the rule that found it", by_rule),
        (f"{name}: how often an argument of a right event is gold's, by its rule", by_argument),
    ):
        lines += ["", f"## {title}", "", "| | right | of | % |", "|---|---:|---:|---:|"]
        rows = sorted(tally.items(), key=lambda row: -row[1][1])[:16]
        lines += [f"| {key} | {hits} | {of} | {100 * hits / of:.0f} |" for key, (hits, of) in rows if of >= 5]
    return "\n".join(lines) + "\n\n"


def _parser(treebanks: list[Path], nlp: Language) -> str:
    """How often tags, heads and labelled heads are the treebanks', from raw text on."""
    lines = ["## The parser", "", "| treebank | sentences | tag | head | head and label |", "|---|---:|---:|---:|---:|"]
    for path in treebanks:
        sentences = list(read_treebank(path))
        scores = scored(nlp, [to_doc(nlp, [sentence]) for sentence in sentences])
        cells = " | ".join(f"{scores[name]:.1f}" for name in ("tag", "uas", "las"))
        lines.append(f"| {path.name} | {len(sentences):,} | {cells} |")
    note = (
        "\nPer cent, punctuation left out of the heads; hyphenated words are one word. `captions.conllu` are the 60 "
        "captions of our own in `tests/extract`, whose trees were checked by hand.\n\n"
    )
    return "\n".join(lines) + "\n" + note


def _propbank(data: Path, trees: Path | None, extractor: Extractor) -> str:
    """Roles without an ontology: who acts and who undergoes, of every gold predicate."""
    path = trees or data / "en_ewt-ud-dev.conllu"
    if not path.is_file():
        return ""
    sentences = read_sentences(data / "ewt_srl_dev.jsonl", path)
    docs = [Doc(extractor.nlp.vocab, words=one.tokens) for one in sentences]
    ours = map(read_parse, extractor.nlp.pipe(docs))
    rows = ["## Roles of PropBank on EWT dev", "", "| trees | A0 and A1 | A0 | A1 |", "|---|---:|---:|---:|"]
    for name, parses in (("gold", [one.tree for one in sentences]), ("our parser's", list(ours))):
        cells = []
        for roles in (("A0", "A1"), ("A0",), ("A1",)):
            counts = [_count(one, parse, roles) for one, parse in zip(sentences, parses, strict=True)]
            cells.append(_f1(counts))
        rows.append(f"| {name} | " + " | ".join(cells) + " |")
    note = (
        "\nF1 of (predicate, role, head of the argument) given the predicates; naive rules on gold trees have 70.1.\n\n"
    )
    return "\n".join(rows) + "\n" + note


def _count(sentence: Sentence, parse: Parse, roles: tuple[str, ...]) -> tuple[int, int, int]:
    right = wanted = found = 0
    for event in sentence.events:
        truth = set()
        for argument in event["arguments"]:
            role = {"ARG0": "A0", "ARG1": "A1"}.get(argument["role"])
            head = head_of(sentence.tree, argument["start"], argument["end"])
            if role in roles and head is not None:
                truth.add((role, head.number))
        trigger = parse.words[event["trigger"]["start"]]
        guess = {(role, word.number) for role, word in core_arguments(trigger) if role in roles}
        right, wanted, found = right + len(truth & guess), wanted + len(truth), found + len(guess)
    return right, wanted, found


def _f1(counts: list[tuple[int, int, int]]) -> str:
    import numpy as np

    right, wanted, found = np.array(counts, dtype=float).T
    low, high = ratio_interval(2 * right, wanted + found)
    return f"{200 * right.sum() / (wanted + found).sum():.1f} ({100 * low:.1f}–{100 * high:.1f})"


if __name__ == "__main__":
    main()
