"""How good hard negatives are, without a picture and without a vision model, and how one file compares with another.

Per kind of negative: how well models that never see the picture tell the false text, how many pairs are defective, how
large and how varied the edits are, and what is left once the pairs are balanced.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import mean, median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eventclip.errors import UsageError
from eventclip.eval.intervals import paired_difference, ratio_interval, wilson
from eventclip.eval.results import Result, document
from eventclip.jsonl import read_records
from eventclip.records import Edit, EventsRecord
from eventclip_extract.blind import (
    FEWEST_PAIRS,
    ORDERS,
    Margins,
    TextPair,
    accuracy,
    folds,
    giveaways,
    language_margins,
    length_margins,
    ngram_margins,
    selections,
    tokens,
)
from eventclip_extract.ontology import Ontology, load_ontology
from eventclip_extract.pair_files import LabelledPair, PairFile, num_groups, read_pairs
from eventclip_extract.refine import balanced
from eventclip_extract.validity import (
    defects,
    edit_size,
    edits_of,
    inserted_words,
    num_article_errors,
    said_truths,
)

TASK = "negatives/1"
NUM_PAIRS = 600
"""At so many pairs blind accuracies are compared: more pairs teach the blind model more."""
NUM_DRAWS = 5
"""So many draws without a common pair, each with a blind model of its own, are asked about where there are enough."""
MAX_PAIRS = 20_000
"""More pairs of a kind than this are not asked about in "all"; on one core they would take minutes and add little."""
DRAWN = (f"{NUM_PAIRS} drawn", NUM_PAIRS, NUM_DRAWS, False)
ONE_A_PICTURE = ("one a picture", NUM_PAIRS, NUM_DRAWS, True)
ALL = ("all", MAX_PAIRS, 1, False)
"""The ways to choose what is asked about: a name, how many pairs, in how many draws, and whether no two of a picture.
Balanced negatives have fewer where a word would be taken out too often, so that one a picture is a harder test of them
than any pairs."""
ROUNDS = 3
MAX_BLIND = 0.55
INVALID = "identical or invalid by any of these rules"
NUM_WORST = 12
NUM_GIVEAWAYS = 16
STEPS_A_CONTRAST = 3 * len(ORDERS) + 2
STEPS_A_KIND = STEPS_A_CONTRAST + ROUNDS + 2
CONTRAST = "hard positives against hard negatives"

Step = Callable[[str], None]


@dataclass(slots=True)
class Section:
    """What was measured of one kind: shares with intervals, other figures, and what to look at."""

    kind: str
    results: list[Result] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)
    worst: list[dict[str, Any]] = field(default_factory=list)
    giveaways: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Texts:
    """What the checks of a file rest on. `types` are the event types by caption, where a file of events was given."""

    ontology: Ontology
    truths: dict[str, frozenset[tuple[str, ...]]]
    types: dict[str, list[str]]


def audit(
    pairs: str | Path,
    *,
    baseline: str | Path | None = None,
    events: str | Path | None = None,
    ontology: str | Path = "news",
    seed: int = 0,
    on_step: Callable[[int, int, str], None] | None = None,
) -> dict[str, Any]:
    """The result document of a file of pairs; the same for the same file and seed.

    Args:
        pairs: a file or folder of any layout that `read_pairs` knows.
        baseline: another one, measured likewise and put beside it.
        events: the events that the pairs were made from; of our own layout only.
        ontology: the one that the types in the pairs come from.
        seed: draws folds and what balancing drops.
        on_step: called as the work goes on with how many steps are done, of how many, and what is being measured.

    Raises:
        UsageError: `events` beside a file of another layout, or events of other captions; an unknown ontology.
        InputError: a file that cannot be read.
        EventClipError: scikit-learn is not installed.
    """
    paths = [Path(pairs), *([] if baseline is None else [Path(baseline)])]
    files = [read_pairs(path) for path in paths]
    records = _events_of(Path(events), files[0], paths[0]) if events is not None else {}
    types = load_ontology(ontology)
    total, done = sum(map(num_steps, files)), 0

    def step(note: str) -> None:
        nonlocal done
        done += 1
        if on_step is not None:
            on_step(done, total, note)

    documents = [
        audit_file(file, path.name, types, records=records, seed=seed, step=step)
        for path, file in zip(paths, files, strict=True)
    ]
    return documents[0] if baseline is None else {**documents[0], "baseline": documents[1]}


def num_steps(file: PairFile) -> int:
    """How many steps `audit_file` takes for a file."""
    return STEPS_A_KIND * len(file.by_kind()) + STEPS_A_CONTRAST * len(file.contrasts_by_kind())


def _events_of(path: Path, file: PairFile, pairs: Path) -> dict[str, EventsRecord]:
    if file.layout != "eventclip":
        raise UsageError(
            f"{path}: events go with our own pairs only, and {pairs} is of the layout {file.layout}; leave --events out"
        )
    records = {record.id: record for record in read_records(path, EventsRecord, rejections=[])}
    if missing := [caption for caption in file.captions if caption not in records]:
        raise UsageError(
            f"{path}: has no record {missing[0]!r}, and {len(missing):,} captions of {pairs} in all are missing; "
            "expected the events that the pairs were made from"
        )
    return records


def audit_file(
    file: PairFile,
    name: str,
    ontology: Ontology,
    *,
    records: Mapping[str, EventsRecord] | None = None,
    seed: int = 0,
    step: Step = lambda note: None,
) -> dict[str, Any]:
    """The result document of pairs that are read or made already; see `audit`.

    Args:
        file: the pairs.
        name: what the document calls them.
        ontology: the one that their types come from.
        records: the events that they were made from, by caption.
        seed: draws folds and what balancing drops.
        step: called with what has been measured.

    Raises:
        EventClipError: scikit-learn is not installed.
    """
    records = records or {}
    types = {caption: [event.type for event in record.events] for caption, record in records.items()}
    texts = _Texts(ontology, said_truths(file.truths), types)
    sections = [_section(kind, pairs, texts, seed, step) for kind, pairs in file.by_kind().items()]
    sections += [_contrast(kind, pairs, seed, step) for kind, pairs in file.contrasts_by_kind().items()]
    coverage = _coverage(file, records)
    every = [
        *coverage,
        *(
            Result(one.task, f"{section.kind}: {one.metric}", one.value, one.n, one.low, one.high, one.chance)
            for section in sections
            for one in section.results
        ),
    ]
    kinds = [{**asdict(section), "results": [asdict(one) for one in section.results]} for section in sections]
    context: dict[str, Any] = {"file": name, "layout": file.layout, "seed": seed, "kinds": kinds}
    context["coverage"] = [asdict(one) for one in coverage]
    if file.rejections:
        context["broken"] = [str(rejection) for rejection in file.rejections]
    return document(TASK, every, **context)


COVERED = {"an event": {"event"}, "a role": {"role"}, "an event and a role": {"event", "role"}}
"""The kinds that a caption is asked for, by what results call them."""


def _coverage(file: PairFile, records: Mapping[str, EventsRecord]) -> list[Result]:
    """How many captions have an event negative, a role negative, both; what does not say its kinds has no coverage."""
    has: dict[str, set[str]] = defaultdict(set)
    for pair in file.pairs:
        if pair.made is None:
            return []
        has[pair.caption].add(pair.made.kind)
    bearing = [name for name in file.captions if name in records and records[name].events]
    found = []
    for metric, captions in (("captions", file.captions), ("captions that bear an event", bearing)):
        for name, kinds in COVERED.items() if captions else ():
            hits = sum(kinds <= has[caption] for caption in captions)
            interval = wilson(hits, len(captions))
            found.append(
                Result(TASK, f"{metric}: with {name} negative", hits / len(captions), len(captions), *interval)
            )
    return found


def _section(kind: str, pairs: Sequence[LabelledPair], texts: _Texts, seed: int, step: Step) -> Section:
    section = Section(kind)
    chosen = _blind(section, pairs, seed, step)
    _yield(section, chosen, seed, step)
    edits = [edits_of(pair) for pair in pairs]
    _validity(section, pairs, edits, texts)
    _edits(section, pairs, edits)
    step(f"{kind}: checks")
    return section


def _contrast(kind: str, pairs: Sequence[LabelledPair], seed: int, step: Step) -> Section:
    """How well a text-only model tells an edit of a text that left it true from one that made it false."""
    section = Section(f"{CONTRAST}: {kind}")
    _blind(section, pairs, seed, step)
    section.figures = {"pairs": len(pairs), "pictures": num_groups(pairs)}
    return section


def _blind(section: Section, pairs: Sequence[LabelledPair], seed: int, step: Step) -> list[TextPair]:
    """Adds what blind models make of the pairs; gives the pairs that were asked about in "all"."""
    groups = [pair.texts.group for pair in pairs]
    margins: Margins = np.zeros(0)
    chosen: list[TextPair] = []
    for where, limit, most, one_a_group in (DRAWN, ONE_A_PICTURE, ALL):
        drawn = selections(groups, limit, most, seed=seed, one_a_group=one_a_group)
        draws = [[pairs[number].texts for number in numbers] for numbers in drawn]
        chosen = [pair for draw in draws for pair in draw]
        folds_of = [folds(draw, seed=seed) for draw in draws]
        for order in ORDERS:
            margins = _margins(draws, folds_of, order)
            section.results.append(_accuracy(f"blind {order}, {where}", margins, chosen))
            step(f"{section.kind}: {order}, {where}")
    section.results.append(_accuracy("blind trigram model", language_margins(chosen, folds_of[0]), chosen))
    section.results.append(_accuracy("blind length", length_margins(chosen, folds_of[0]), chosen))
    step(f"{section.kind}: trigram model")
    if len(pairs) < FEWEST_PAIRS:
        section.notes.append(f"too few pairs for a verdict: {len(pairs)}; expected at least {FEWEST_PAIRS}")
    if len(pairs) > MAX_PAIRS:
        section.notes.append(f"“all” are {MAX_PAIRS:,} of {len(pairs):,} pairs, drawn at random")
    surest = [int(number) for number in np.argsort(-margins, kind="stable")[:NUM_WORST] if margins[number] > 0]
    section.worst = [
        {"positive": chosen[number].positive, "negative": chosen[number].negative, "margin": float(margins[number])}
        for number in surest
    ]
    section.giveaways = [asdict(one) for one in giveaways(chosen, NUM_GIVEAWAYS)]
    step(f"{section.kind}: giveaways")
    return chosen


def _margins(draws: Sequence[list[TextPair]], folds_of: Sequence[NDArray[np.int64]], order: str) -> Margins:
    """The margins of each draw by a blind model of its own, one draw after the other."""
    return np.concatenate([ngram_margins(*of_draw, order) for of_draw in zip(draws, folds_of, strict=True)])


def _accuracy(metric: str, margins: Margins, pairs: Sequence[TextPair]) -> Result:
    _, right = accuracy(margins)
    return _share(metric, right, [pair.group for pair in pairs], chance=0.5)


def _share(
    metric: str,
    parts: Iterable[float],
    groups: Sequence[str],
    wholes: Iterable[float] | None = None,
    *,
    chance: float | None = None,
) -> Result:
    """A ratio of sums with its interval, pictures as clusters; without `wholes` every pair weighs one."""
    numbers: dict[str, int] = {}
    places = np.array([numbers.setdefault(group, len(numbers)) for group in groups])
    part = np.fromiter(parts, dtype=np.float64)
    whole: NDArray[np.float64] = np.ones(len(part)) if wholes is None else np.fromiter(wholes, dtype=np.float64)
    part_C, whole_C = np.zeros(len(numbers)), np.zeros(len(numbers))
    np.add.at(part_C, places, part)
    np.add.at(whole_C, places, whole)
    low, high = ratio_interval(part_C, whole_C)
    value = float(part.sum() / whole.sum()) if whole.sum() else 0.0
    return Result(TASK, metric, value, int(whole.sum()), low, high, chance)


def _yield(section: Section, pairs: Sequence[TextPair], seed: int, step: Step) -> None:
    """Adds what adversarial balancing keeps, and how blind models do on that."""
    groups = [pair.group for pair in pairs]
    kept = balanced(pairs, rounds=ROUNDS, seed=seed, on_round=lambda: step(f"{section.kind}: balancing"))
    flags = np.zeros(len(pairs))
    flags[kept] = 1
    section.results.append(_share("kept by balancing", flags, groups))
    left = [pairs[number] for number in kept]
    if left:
        # Other folds than those that chose, or the choice would be measured on its own noise.
        fold_of = folds(left, seed=seed + ROUNDS)
        drawn = selections([pair.group for pair in left], NUM_PAIRS, NUM_DRAWS, seed=seed)
        draws = [[left[number] for number in numbers] for numbers in drawn]
        few_margins = _margins(draws, [folds(draw, seed=seed + ROUNDS) for draw in draws], "bigram")
        after = [
            _accuracy(f"blind bigram, kept, {DRAWN[0]}", few_margins, [pair for draw in draws for pair in draw]),
            _accuracy("blind bigram, kept", ngram_margins(left, fold_of), left),
            _accuracy("blind trigram model, kept", language_margins(left, fold_of), left),
        ]
        section.results += after
        if max(one.value for one in after) > MAX_BLIND:
            section.notes.append(f"what balancing keeps is still told in more than {100 * MAX_BLIND:.0f} %")
    step(f"{section.kind}: kept")


def _validity(section: Section, pairs: Sequence[LabelledPair], edits: Sequence[Sequence[Edit]], texts: _Texts) -> None:
    """Adds the shares of defective pairs, each among the pairs of which it can be known."""
    verdicts: dict[str, list[tuple[bool, str]]] = defaultdict(list)
    invalid = []
    for pair, its_edits in zip(pairs, edits, strict=True):
        present = texts.types.get(pair.caption, ())
        found = defects(pair, its_edits, texts.truths, texts.ontology, present)
        invalid.append(any(found.values()))
        for name, verdict in found.items():
            verdicts[name] += [] if verdict is None else [(verdict, pair.texts.group)]
    for name, known in verdicts.items():
        if known:
            section.results.append(_share(name, (flag for flag, _ in known), [group for _, group in known]))
    section.results.append(_share(INVALID, invalid, [pair.texts.group for pair in pairs]))
    wrong = [[num_article_errors(text) > 0 for text in (pair.texts.positive, pair.texts.negative)] for pair in pairs]
    groups = [pair.texts.group for pair in pairs]
    difference, low, high = paired_difference([one for one, _ in wrong], [other for _, other in wrong], groups)
    section.results.append(Result(TASK, "a/an errors, negative − positive", difference, len(pairs), low, high))


def _edits(section: Section, pairs: Sequence[LabelledPair], edits: Sequence[Sequence[Edit]]) -> None:
    """Adds the size and the variety of the edits."""
    groups = [pair.texts.group for pair in pairs]
    sizes, lengths = [edit_size(one) for one in edits], [len(tokens(pair.texts.positive)) for pair in pairs]
    capped = [min(size, length) for size, length in zip(sizes, lengths, strict=True)]
    section.results.append(_share("edited share of the tokens", capped, groups, lengths))
    words = [inserted_words(one) for one in edits]
    total: Counter[str] = Counter()
    for one in words:
        total.update(one)
    frequent = {word for word, _ in total.most_common(10)}
    if total:
        in_top = (sum(one[word] for word in frequent) for one in words)
        section.results.append(
            _share("ten most frequent inserted words", in_top, groups, (one.total() for one in words))
        )
    types = {(pair.made.from_type, pair.made.to_type) for pair in pairs if pair.made and pair.made.to_type}
    shares = np.array(list(total.values())) / max(1, total.total())
    section.figures = {
        "pairs": len(pairs),
        "pictures": num_groups(pairs),
        "edited tokens, median": float(median(sizes)),
        "edited tokens, mean": mean(sizes),
        "inserted words, entropy in bits": abs(float(-(shares * np.log2(shares)).sum())),
        **({"pairs of types": len(types)} if types else {}),
    }
