"""Measures hard negatives against their targets and against the rules of CLIP-Event and NegCLIP: docs/negatives.md.

    python scripts/report_negatives.py captions.jsonl --human fn_labels.dev.jsonl --sugarcrepe FOLDER --negclip FILE

The source is `captions.jsonl`, from which events are extracted first, or `events.jsonl`. Ours and the peers' negatives
are made from the same events in this process and go through the same audit. The page has numbers of the source and
none of its words: the twenty negatives that it shows are of the captions in `tests/extract`, which were written for
the tests. Twenty of the source's own are printed here and, with --html, written to a page.
"""

import argparse
import json
import os
import random
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

from negatives_targets import (
    COVERAGE,
    DETECTOR,
    DETECTOR_METRICS,
    FILTER,
    KEPT,
    KINDS,
    KNOWN,
    KNOWN_FILES,
    REFINED,
    ROWS,
    SPEED,
    TITLES,
    TRANSFER,
)
from targets import Report, share

from eventclip.cli.console import progress
from eventclip.eval import audit_report
from eventclip.eval.audit import NUM_PAIRS, audit_file, num_steps
from eventclip.eval.filter_scores import ALL_SOURCES, filter_scores, learnable
from eventclip.eval.intervals import wilson
from eventclip.eval.peer_negatives import clip_event, negclip
from eventclip.eval.transfer import POOLED, transfer
from eventclip.jsonl import read_records, write_records
from eventclip.records import CaptionRecord, EventsRecord
from eventclip_extract.blind import accuracy, folds, ngram_margins, selection
from eventclip_extract.event_choice import read_confusion
from eventclip_extract.extract import extract
from eventclip_extract.negatives import negatives
from eventclip_extract.ontology import load_ontology
from eventclip_extract.pair_files import LabelledPair, PairFile, read_pairs
from eventclip_extract.pipeline import load_pipeline
from eventclip_extract.refine import balanced
from eventclip_extract.validity import word_edits

OWN_CAPTIONS = Path(__file__).parents[1] / "tests" / "extract" / "captions.conllu"
NUM_SHOWN = 20
_HEAD = """# How good hard negatives are

Written by `scripts/report_negatives.py`; run it again to check. Ours and those by the rules of CLIP-Event and NegCLIP
(`eventclip/eval/peer_negatives.py`, written from their papers) are made from the same {num_captions:,} captions in one
process, with seed {seed}, and measured by `eventclip audit negatives`. Per cent with 95 % intervals, pictures as
clusters. **Blind** is how often a model that never sees the picture tells the true text from the false one; 50 says
that only the picture decides; “600 drawn” is the mean of up to five draws of so many, each with a model of its own.
**Refined** is what adversarial balancing of each kind (`eventclip_extract.refine`) keeps. Targets are for negatives of
the caption; **missed** marks where ours miss them.

"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="captions.jsonl or events.jsonl")
    parser.add_argument("--human", type=Path, help="people's judgements of negatives, JSON lines")
    parser.add_argument("--sugarcrepe", type=Path, help="the folder of SugarCrepe's files")
    parser.add_argument("--negclip", type=Path, help="NegCLIP's own file, on which the audit itself is checked")
    parser.add_argument(
        "--confusion", type=Path, help="JSON of type -> {type: count}: what a model confuses, for ours and CLIP-Event's"
    )
    parser.add_argument("-o", "--out", type=Path, default=Path("docs/negatives.md"))
    parser.add_argument("--html", type=Path, help="a page with twenty negatives of the source; not for publication")
    parser.add_argument("--work", type=Path, default=Path("runs/negatives"), help="where events and pairs are kept")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    made = report(
        given.source, given.work, human=given.human, sugarcrepe=given.sugarcrepe, negclip_file=given.negclip,
        confusion=given.confusion, html=given.html, seed=given.seed,
    )  # fmt: skip
    page = "\n".join(made.parts)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(page, encoding="utf-8")
    print(page)
    for kind, positive, negative in drawn(given.work / "pairs.jsonl", given.seed):
        print(f"{kind}\n  {_bold(positive, negative)}\n  {_bold(negative, positive)}")
    print(json.dumps({**made.figures, "targets": made.targets}))


def report(
    source: Path,
    work: Path,
    *,
    human: Path | None = None,
    sugarcrepe: Path | None = None,
    negclip_file: Path | None = None,
    confusion: Path | None = None,
    html: Path | None = None,
    seed: int = 0,
) -> Report:
    """Makes all negatives, measures them and gives the page; events and pairs are left in `work`."""
    work.mkdir(parents=True, exist_ok=True)
    made = Report()
    events = events_of(source, work / "events.jsonl")
    ours, seconds = pairs_of(events, work / "pairs.jsonl", seed, confusion)
    records = {record.id: record for record in read_records(events, EventsRecord, rejections=[])}
    ontology = load_ontology("news")
    confused = read_confusion(confusion, ontology) if confusion else None
    rules = clip_event(records.values(), ontology, confusion=confused, seed=seed)
    swaps = negclip(records.values(), load_pipeline(), seed=seed)
    made.parts.append(_HEAD.format(num_captions=len(records), seed=seed))
    files = {"ours": ours, "ours, refined": refined(ours, seed), "CLIP-Event": rules, "NegCLIP": swaps}
    documents = _audited(files, records, seed)
    _side_by_side(made, documents)
    _rules(made, documents)
    _detector(made, documents["ours"])
    _coverage(made, documents)
    if human is not None:
        _filter(made, human)
    if sugarcrepe is not None:
        _transfer(made, files, read_pairs(sugarcrepe).pairs)
    if known := [pair for path in (sugarcrepe, negclip_file) if path is not None for pair in read_pairs(path).pairs]:
        _audit_itself(made, known)
    _speed(made, len(records), seconds)
    _examples(made, work, seed)
    if html is not None:
        audit_report.write_pairs_page(html, f"{NUM_SHOWN} negatives drawn at random", drawn(work / "pairs.jsonl", seed))
    return made


def events_of(source: Path, output: Path) -> Path:
    """The source itself where it has events, else what extraction finds in it."""
    with source.open(encoding="utf-8") as stream:
        first = json.loads(next(line for line in stream if line.strip()))
    if "events" in first:
        return source
    with progress("extract") as done:
        extract(source, output, force=True, on_record=done.advance)
    return output


def pairs_of(events: Path, output: Path, seed: int, confusion: Path | None = None) -> tuple[PairFile, float]:
    """Our negatives, and how many seconds of processor time they took to make and write."""
    began = sum(os.times()[:4])
    with progress("negatives") as done:
        negatives(events, output, seed=seed, confusion=confusion, force=True, on_record=done.advance)
    return read_pairs(output), sum(os.times()[:4]) - began


def refined(file: PairFile, seed: int) -> PairFile:
    """What adversarial balancing keeps of each kind, under that name."""
    found = PairFile(file.layout, captions=file.captions, truths=file.truths)
    with progress("refine", "kinds") as done:
        for kind, pairs in file.by_kind().items():
            # Other folds than those that the audit will ask in.
            kept = balanced([pair.texts for pair in pairs], seed=seed + 100)
            found.pairs += [replace(pairs[number], kind=f"{REFINED}{kind}") for number in kept]
            done.advance()
    return found


def _audited(
    files: Mapping[str, PairFile], records: Mapping[str, EventsRecord], seed: int
) -> dict[str, dict[str, Any]]:
    ontology = load_ontology("news")
    with progress("audit", "steps", sum(map(num_steps, files.values()))) as done:
        return {
            name: audit_file(file, name, ontology, records=records, seed=seed, step=lambda _: done.advance())
            for name, file in files.items()
        }


def _side_by_side(made: Report, documents: Mapping[str, Mapping[str, Any]]) -> None:
    sections = {section["kind"]: section for document in documents.values() for section in document["kinds"]}
    for kind, heading, peers in KINDS:
        ours = [f"{prefix}{kind}, {base}" for base in ("caption", "template") for prefix in ("", REFINED)]
        shown = [name for name in (*ours, *peers) if name in sections]
        if not shown:
            continue
        table: list[list[str]] = [["", "target", *(TITLES.get(name, f"ours: {name}") for name in shown)]]
        for row in ROWS:
            cells = []
            for name in shown:
                value, cell = _measured(sections[name], row.metric)
                if row.metric == KEPT and name.startswith(REFINED):
                    value, cell = None, "–"  # what balancing has been through
                target = row.target(name) if value is not None else None
                cells.append(made.judge(f"{name}: {row.metric}", value or 0.0, target, cell))
            table.append([row.metric, row.wanted(kind), *cells])
        made.section(heading, table)
    made.figures["kinds"] = {
        name: {row.metric: _measured(section, row.metric)[0] for row in ROWS} for name, section in sections.items()
    }


def _rules(made: Report, documents: Mapping[str, Mapping[str, Any]]) -> None:
    sections = {section["kind"]: section for document in documents.values() for section in document["kinds"]}
    table = [["", "theirs", "by our rules"]]
    table += [
        [f"{TITLES[name]}: {metric}", f"{known:.1f}", _measured(sections[name], metric)[1]]
        for name, metric, known in KNOWN
        if name in sections
    ]
    made.section(
        "The peers' rules beside the peers' files",
        table,
        "Theirs: the same measure on the negatives that the authors published, CLIP-Event's of press captions of their "
        "own, NegCLIP's of COCO.",
    )


def _detector(made: Report, document: Mapping[str, Any]) -> None:
    """How well edits that left a text true are told from edits that did not, where the audit has looked at them."""
    sections = [section for section in document["kinds"] if section["kind"].startswith(DETECTOR)]
    if not sections:
        return
    table = [["", "pairs", *DETECTOR_METRICS]]
    for section in sections:
        cells = [_measured(section, metric)[1] for metric in ("pairs", *DETECTOR_METRICS)]
        table.append([section["kind"].removeprefix(DETECTOR), *cells])
    made.figures["detector"] = {
        section["kind"].removeprefix(DETECTOR): {name: _measured(section, name)[0] for name in DETECTOR_METRICS}
        for section in sections
    }
    made.section(
        "Edits that leave a text true against edits that do not",
        table,
        "Blind models are shown a hard positive and a hard negative of the same text; 50 says that being edited tells "
        "nothing.",
    )


def _measured(section: Mapping[str, Any], metric: str) -> tuple[float | None, str]:
    """A measure in the unit in which it is shown, and as it is shown; of a share that includes its interval."""
    if metric in section["figures"]:
        value = section["figures"][metric]
        return value, f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"
    result = next((one for one in section["results"] if one["metric"] == metric), None)
    return (None, "–") if result is None else (100 * result["value"], share(result))


def _coverage(made: Report, documents: Mapping[str, Mapping[str, Any]]) -> None:
    shown = [name for name, document in documents.items() if document["coverage"]]
    by_name = {name: {one["metric"]: one for one in documents[name]["coverage"]} for name in shown}
    table: list[list[str]] = [["", "target", *shown]]
    for metric in by_name[shown[0]]:
        whose, _, what = metric.partition(": ")
        target = COVERAGE.get(what) if "bear" in whose else None
        cells = []
        for name in shown:
            result = by_name[name][metric]
            wanted = target if name == "ours" else None
            cells.append(made.judge(f"{name}: {metric}", 100 * result["value"], wanted, share(result)))
        table.append([metric, str(target or ""), *cells])
    made.figures["coverage"] = {
        name: {metric: 100 * one["value"] for metric, one in found.items()} for name, found in by_name.items()
    }
    made.section("Coverage", table, "Captions with at least one such negative, of the caption or of its template.")


def _filter(made: Report, human: Path) -> None:
    table: list[list[str]] = [["", "target", "bad ones caught", "target", "valid ones doubted", "bad ones ruled out"]]
    made.figures["filter"] = {}
    for (kind, source), score in filter_scores(human).items():
        name = f"{kind}, {source}"
        if kind not in FILTER:
            continue
        targets = FILTER[kind] if source == ALL_SOURCES else (None, None)
        cells = [share(one._asdict() | {"value": one.share}) for one in (score.caught, score.false_alarms)]
        both = zip(("caught", "doubted"), (score.caught, score.false_alarms), targets, cells, strict=True)
        judged = [made.judge(f"{name}: {what}", 100 * one.share, target, cell) for what, one, target, cell in both]
        ruled_out = share(score.ruled_out._asdict() | {"value": score.ruled_out.share})
        table.append([name, str(targets[0] or ""), judged[0], str(targets[1] or ""), judged[1], ruled_out])
        made.figures["filter"][name] = [100 * score.caught.share, 100 * score.false_alarms.share]
    made.section(
        "The filter against people",
        table,
        "Negatives of VALSE and ViLMA that people looked at beside the picture: bad ones are true of it all the same."
        + "".join(_ceiling(human, kind, allowed.number) for kind, (_, allowed) in FILTER.items()),
    )


def _ceiling(human: Path, kind: str, allowed: float) -> str:
    """What could be caught from the texts alone."""
    found = learnable(human, kind, false_alarms=allowed / 100)
    if found is None:
        return ""
    return (
        f" Of bad ones of {kind}, a model trained on these very judgements and asked about the others catches "
        f"{100 * found.caught:.1f} at {allowed:.0f} % of the valid ones; {found.num_divided} of the {found.num_twice} "
        "pairs of texts that people judged beside more than one picture have both verdicts."
    )


def _transfer(made: Report, files: Mapping[str, PairFile], asked: list[LabelledPair]) -> None:
    found = {name: transfer([pair.texts for pair in file.pairs], asked) for name, file in files.items()}
    table: list[list[str]] = [["", "pairs", "target", *found]]
    made.figures["transfer"] = {}
    for place, first in enumerate(found["ours"]):
        cells = []
        for name, results in found.items():
            one = results[place]
            wanted = TRANSFER if name.startswith("ours") else None
            cell = share({"value": one.value, "low": one.low, "high": one.high})
            cells.append(made.judge(f"{name}: SugarCrepe, {one.metric}", 100 * one.value, wanted, cell))
            made.figures["transfer"].setdefault(name, {})[one.metric] = 100 * one.value
        label = "all of SugarCrepe" if first.metric == POOLED else first.metric
        table.append([label, f"{first.n:,}", str(TRANSFER), *cells])
    made.section(
        "What a blind model learns from them about others' negatives",
        table,
        "Trained on all the negatives of one source, captions and templates, and asked about SugarCrepe's pairs: "
        "unigrams and bigrams. Below 50 their habits point the other way.",
    )


def _audit_itself(made: Report, pairs: list[LabelledPair]) -> None:
    table: list[list[str]] = [["", "pairs", "known", "by this audit"]]
    made.figures["known_files"] = {}
    for kind, known in KNOWN_FILES.items():
        texts = [pair.texts for pair in pairs if pair.kind == kind]
        if not texts:
            continue
        asked = [texts[number] for number in selection([pair.group for pair in texts], NUM_PAIRS)]
        value, _ = accuracy(ngram_margins(asked, folds(asked)))
        low, high = wilson(value * len(asked), len(asked))
        table.append([kind, str(len(asked)), f"{known:.1f}", share({"value": value, "low": low, "high": high})])
        made.figures["known_files"][kind] = 100 * value
    made.section(
        "The audit itself",
        table,
        "Blind bigram accuracy on files of SugarCrepe and NegCLIP for which it is known, per cent.",
    )


def _speed(made: Report, num_captions: int, seconds: float) -> None:
    rate = num_captions / seconds
    shown = made.judge("captions a second", rate, SPEED, f"{rate:,.0f}")
    made.section(
        "Speed",
        [["", "target", "measured"], ["captions a second of one core, after extraction", str(SPEED), shown]],
        "Of processor time, other processes of ours included, so that other work on the machine does not count.",
    )
    made.figures["captions_a_second"] = rate


def _examples(made: Report, work: Path, seed: int) -> None:
    """Twenty of the negatives of our own captions, which may be shown."""
    texts = [
        line[9:].strip() for line in OWN_CAPTIONS.read_text(encoding="utf-8").splitlines() if line[:9] == "# text = "
    ]
    captions = work / "own.captions.jsonl"
    write_records(captions, (CaptionRecord(id=str(number), caption=text) for number, text in enumerate(texts)))
    extract(captions, work / "own.events.jsonl", force=True, num_processes=1)
    negatives(work / "own.events.jsonl", work / "own.pairs.jsonl", seed=seed, force=True)
    shown = drawn(work / "own.pairs.jsonl", seed)
    table = [["kind", "true", "false"]]
    table += [[kind, _bold(positive, negative), _bold(negative, positive)] for kind, positive, negative in shown]
    made.section(
        f"{len(shown)} negatives drawn at random",
        table,
        f"Drawn with seed {seed} from all negatives of the {len(texts)} captions in `tests/extract/captions.conllu`, "
        "not chosen. So few captions offer less to borrow, and less to balance with, than a corpus does.",
        rule="---",
    )


def drawn(pairs: Path, seed: int, count: int = NUM_SHOWN) -> list[tuple[str, str, str]]:
    """So many negatives of a file, drawn without looking: kind, positive, negative."""
    every = read_pairs(pairs).pairs
    chosen = random.Random(seed).sample(every, min(count, len(every)))
    return [(pair.kind, pair.texts.positive, pair.texts.negative) for pair in chosen]


def _bold(text: str, other: str) -> str:
    """The text with those words in bold that the other one does not have there."""
    parts, done = [], 0
    for edit in word_edits(text, other):
        if edit.old:
            parts += [text[done : edit.start], f"**{edit.old}**"]
            done = edit.end
    return "".join([*parts, text[done:]]).replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main())
