"""Events in, pairs out: the texts that are true of a picture and the hard negatives that are not.

`generate` makes the pairs of one record; `negatives` is the stage of the chain that runs it from file to file.
"""

import gc
import hashlib
import random
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain, islice
from pathlib import Path
from typing import Any

from eventclip.errors import UsageError, unknown_name
from eventclip.jsonl import Rejection, StageReport, read_records, run_stage
from eventclip.records import EventsRecord, PairsRecord, Positive, apply_edits, normalized
from eventclip_extract.doubt import PREPOSITIONS, Doubt, event_reasons, role_reasons
from eventclip_extract.entities import names_of
from eventclip_extract.event_choice import EventChoice, Thinning, read_confusion
from eventclip_extract.exchange import crossed_swaps, role_swaps
from eventclip_extract.ontology import ACTING, Ontology, load_ontology
from eventclip_extract.ontology_file import locate
from eventclip_extract.paraphrases import edited_captions
from eventclip_extract.pool import Pool
from eventclip_extract.processes import in_processes
from eventclip_extract.seen import MAX_FITTED, Seen, View, fitted_choice
from eventclip_extract.styles import DEFAULT_STYLES, check_styles, in_styles
from eventclip_extract.swaps import Swap, argument_swaps, event_swaps

CHECKS = (
    *("identical", "entailed", "co_occurring", "symmetric", "reversed", "broader"),
    *("generic", "unseen", "uncertain", "narrower", "kindred", "accompanying", "mutual"),
)
"""What may leave a negative true. Those of the first line rule a swap out, so they are false in every record; each of
the others halves the weight: `generic` heads (man, people), what a picture does not show, an event that may not have
happened, and what two verbs have to do with each other (doubt.py)."""
DOUBT_WEIGHT = 0.5
BATCH_SIZE = 128
LINES_WORTH_PROCESSES = 30_000
"""A second process costs more than it saves before, since each finds the openings of verbs anew: 10,494 captions took
30 s with one and 33 with two, twice as many 53 and 60, four times as many 104 and 92."""
MIN_CONFIDENCE = 0.45
"""Of an event that may not have happened: doubtful and light verbs, and bare ones without a participant."""
_WORD = re.compile(r"[\w’'-]+")


def negatives(
    source: str | Path,
    output: str | Path,
    *,
    ontology: str | Path = "news",
    seed: int = 0,
    num_event: int = 3,
    num_role: int = 2,
    num_argument: int = 1,
    confusion: str | Path | None = None,
    num_processes: int = 2,
    styles: Sequence[str] = DEFAULT_STYLES,
    improbable: bool = False,
    strict: bool = False,
    force: bool = False,
    on_record: Callable[[], None] | None = None,
) -> StageReport:
    """Writes `pairs.jsonl` from `events.jsonl`: one record of positives and hard negatives for every caption.

    The source is read twice: to see which types and fillers there are and how often each verb is to be put in, and to
    make the pairs. The result depends on the source and on these options alone, not on the processes.

    Args:
        source: the events, as extraction writes them.
        output: the file to write.
        ontology: the one that the events were extracted with: a shipped name or a YAML file.
        seed: another seed draws other negatives.
        num_event: event negatives for each base text (the caption, the template).
        num_role: role negatives for each base text.
        num_argument: argument negatives for each base text.
        confusion: a JSON file of type -> {type: how often a model takes the one for the other}; types that it confuses
            are preferred, where without it those are that the ontology has beside each other.
        num_processes: how many processes make negatives; small inputs take one. The result is the same.
        styles: how positives and negatives are put into words, some of `styles.STYLES`.
        improbable: make negatives, too, that cast participants in parts which the corpus hardly ever shows them in; a
            text model knows them for false, so that they are for tests and not for training.
        strict: stop at the first bad line instead of setting it aside.
        force: replace an output that exists.
        on_record: called once for every record written.

    Raises:
        UsageError: the output exists and `force` is not set; the ontology or a style is unknown; the confusion cannot
            be read.
        InputError: the source is missing, empty or without a usable record; a bad line, or an event of a type that the
            ontology lacks, when `strict`.
    """
    if num_processes < 1:
        raise UsageError(f"num_processes is {num_processes}; expected at least 1")
    types = load_ontology(ontology)
    confused = None if confusion is None else read_confusion(confusion, types)
    styles = check_styles(styles)
    options = {
        "ontology": hashlib.sha256(locate(ontology, Path.cwd()).read_bytes()).hexdigest(),
        "seed": seed,
        "num_event": num_event,
        "num_role": num_role,
        "num_argument": num_argument,
        "confusion": confused,
        "styles": list(styles),
        "improbable": improbable,
    }

    def known() -> Iterator[EventsRecord]:
        records = read_records(source, EventsRecord, rejections=[])
        return (record for record in records if _unknown_type(record, types) is None)

    def transform(records: Iterator[EventsRecord]) -> Iterator[PairsRecord | Rejection]:
        corpus = known()
        fitted = list(islice(corpus, MAX_FITTED))
        pool = Pool.from_records(chain(fitted, corpus), seed=seed)
        if improbable:
            pool.casts.clear()
        # What the fit sees of a record is what its negatives are made of; other processes see it anew.
        alone = num_processes == 1 or not _is_worth_processes(Path(source))
        seen: dict[str, Seen] = {}
        choice = fitted_choice(
            fitted, types, pool, num_event=num_event, styles=styles, confusion=confused, seen=seen if alone else None
        )
        fitted.clear()
        worker = _Worker(types, seed, num_event, num_role, num_argument, tuple(styles), pool, choice, seen)
        if alone:
            return map(worker.make, records)
        made = in_processes(
            records,
            _itself,
            _work,
            num_processes=num_processes,
            batch_size=BATCH_SIZE,
            start=_start_worker,
            options=(worker,),
        )
        return (pairs for _, pairs in made)

    with _no_full_collections():
        return run_stage(
            source, output, EventsRecord, transform, options=options, strict=strict, force=force, on_record=on_record
        )


@contextmanager
def _no_full_collections() -> Iterator[None]:
    """Leaves old objects out of the search for garbage: nearly all of them stay, and it took 3 seconds of 42."""
    thresholds = gc.get_threshold()
    gc.set_threshold(*thresholds[:2], 1_000_000)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)


@dataclass(frozen=True, slots=True)
class _Worker:
    """What makes the pairs of a record, with all that it needs."""

    ontology: Ontology
    seed: int
    num_event: int
    num_role: int
    num_argument: int
    styles: tuple[str, ...]
    pool: Pool
    choice: EventChoice
    seen: dict[str, Seen]

    def make(self, record: EventsRecord) -> PairsRecord | Rejection:
        problem = _unknown_type(record, self.ontology)
        if problem is not None:
            return Rejection(f"id {record.id!r}", problem)
        return generate(
            record, self.ontology, seed=self.seed, num_event=self.num_event, num_role=self.num_role,
            num_argument=self.num_argument, styles=self.styles, pool=self.pool, choice=self.choice,
            seen=self.seen.pop(record.id, None),
        )  # fmt: skip


_workers: list[_Worker] = []


def _start_worker(worker: _Worker) -> None:
    _workers.append(worker)


def _itself(record: EventsRecord) -> EventsRecord:
    return record


def _is_worth_processes(source: Path) -> bool:
    with source.open("rb") as stream:
        return next(islice(stream, LINES_WORTH_PROCESSES - 1, None), None) is not None


def _unknown_type(record: EventsRecord, ontology: Ontology) -> str | None:
    """What is wrong with a record whose events are of another ontology; None where nothing is."""
    unknown = next((event.type for event in record.events if event.type not in ontology), None)
    if unknown is None:
        return None
    return f"ontology {ontology.name}: {unknown_name('event type', unknown, ontology.types)}"


def _work(records: list[EventsRecord]) -> list[PairsRecord | Rejection]:
    return list(map(_workers[0].make, records))


def generate(
    record: EventsRecord,
    ontology: Ontology,
    *,
    seed: int = 0,
    num_event: int = 3,
    num_role: int = 2,
    num_argument: int = 1,
    styles: Sequence[str] = DEFAULT_STYLES,
    pool: Pool | None = None,
    choice: EventChoice | None = None,
    seen: Seen | None = None,
) -> PairsRecord:
    """The positives and hard negatives of one record; the caption alone where it has no usable event.

    Args:
        record: a caption with its events. Negatives are made from the primary one; of a caption, the other depicted
            events make up what it lacks.
        ontology: the one that the events were extracted with.
        seed: drawn together with the record's id, so that a record's negatives do not depend on its neighbours.
        num_event: event negatives for each base text, and at most; likewise `num_role`, `num_argument`.
        num_role: see above.
        num_argument: see above.
        styles: as in `negatives`.
        pool: what the corpus offers; without one there are no argument negatives.
        choice: draws the events of negatives; without one all are equally likely.
        seen: the record as `fitted_choice` saw it, with the same options; without it it is looked at here.

    Raises:
        UsageError: an event of a type that the ontology lacks.
    """
    pool = pool if pool is not None else Pool()
    positives = [Positive(text=record.caption, kind="caption")]
    made: list[dict[str, Any]] = []  # plain until the record validates them, once and as a whole
    primary = record.primary_event
    if primary is not None:
        choice = choice or EventChoice(ontology)
        seen = seen or Seen.of(record, ontology, pool, styles)
        told = seen.told
        sources = _Sources(record, seen, ontology, pool, choice, random.Random(f"{seed}/{record.id}"))
        for one in told:
            style = one.template.style
            positives.append(Positive(text=one.template.text, kind="template", style=style))
            positives += [Positive(text=text, kind="paraphrase", style=style) for text in one.paraphrases]
        edited = edited_captions(record, seen.sentences, ontology, pool, seed=seed)
        positives += [
            Positive(text=apply_edits(record.caption, edits), kind="paraphrase", style=rule)
            for rule, edits in edited.items()
        ]
        positives = _distinct(positives)
        taken = {normalized(text) for text in (*seen.shown.captions, *(positive.text for positive in positives))}
        for views in seen.bases:
            made += islice(_accepted(sources.event_swaps(views, num_event), taken), num_event)
            made += islice(_accepted(_in_turn(sources.role_swaps, views), taken), num_role)
            made += islice(_accepted(_in_turn(sources.argument_swaps, views), taken), num_argument)
        if tuple(styles) != DEFAULT_STYLES:
            template = told[0].template if told else None
            positives, made = in_styles(styles, template, edited, positives, made, ontology, pool)
    raw = {"id": record.id, "image": record.image, "caption": record.caption, "positives": positives, "negatives": made}
    return PairsRecord.model_validate({**(record.model_extra or {}), **raw})


def _distinct(positives: Sequence[Positive]) -> list[Positive]:
    """The caption and the template, even where they are the same, since both are bases; of the rest what is new."""
    known: set[str] = set()
    kept = []
    for positive in positives:
        text = normalized(positive.text)
        if positive.kind != "paraphrase" or text not in known:
            kept.append(positive)
        known.add(text)
    return kept


class _Sources:
    """The swaps of one record."""

    def __init__(
        self, record: EventsRecord, seen: Seen, ontology: Ontology, pool: Pool, choice: EventChoice, rng: random.Random
    ) -> None:
        self.record = record
        self.seen = seen
        self.ontology = ontology
        self.pool = pool
        self.choice = choice
        self.rng = rng
        self.thinning = Thinning(rng.random())

    @cached_property
    def words(self) -> frozenset[str]:
        """All the words of the picture's captions, and what else those may be called whom they name."""
        words = {word for caption in self.seen.shown.captions for word in _WORD.findall(caption)}
        return frozenset[str]().union(*map(_called, words))

    def event_swaps(self, views: Sequence[View], count: int) -> Iterator[tuple[View, Swap]]:
        usable = [view for view in views if view.use is not None]
        sites = [(view.sentence, view.use) for view in usable if view.use is not None]
        for site, swap in event_swaps(sites, self.choice, self.seen.present, self.pool, self.rng, self.thinning, count):
            yield usable[site], swap

    def role_swaps(self, view: View) -> Iterator[Swap]:
        if view.sentence.base == "template":
            yield from role_swaps(view.sentence, view.event_type, self.pool, self.rng)
            return
        others = [sentence for key, sentence in self.seen.sentences.items() if key != view.event.id]
        yield from role_swaps(view.sentence, view.event_type, self.pool, self.rng, others=others)
        for other in others if view.event.depicted else ():
            pair = (view.sentence, view.event_type), (other, self.ontology[other.type])
            yield from crossed_swaps(*pair, self.pool, self.rng, others)

    def argument_swaps(self, view: View) -> Iterator[Swap]:
        improbable = self.choice.improbable
        return argument_swaps(view.sentence, view.event_type, self.words, self.pool, improbable, self.rng)


@cache
def _called(word: str) -> frozenset[str]:
    """What those may be called whom a word of a caption names.

    Both halves of "court-martial", too: a court that is put in beside it would stand there twice.
    """
    lower = word.lower()
    parts = (part.removesuffix("'s").removesuffix("’s") for part in {lower, *lower.split("-")} if part)
    return frozenset[str]().union(*map(names_of, parts))


def _in_turn(swaps: Callable[[View], Iterator[Swap]], views: Sequence[View]) -> Iterator[tuple[View, Swap]]:
    """The swaps of one view after the other: another event makes up for what the first one lacks."""
    for view in views:
        for swap in swaps(view):
            yield view, swap


def _accepted(swaps: Iterator[tuple[View, Swap]], taken: set[str]) -> Iterator[dict[str, Any]]:
    """The negatives that the swaps make; `taken` are the normalised texts that must not come again, and grows."""
    for view, swap in swaps:
        text = apply_edits(view.sentence.text, swap.edits)
        known = normalized(text)
        if known in taken:
            continue
        taken.add(known)
        lexical = _lexical_doubt(view, swap)
        if lexical.verdict == "true":
            continue
        event = view.event
        uncertain = event.polarity != "positive" or event.modality != "asserted" or event.confidence < MIN_CONFIDENCE
        doubts = (
            swap.doubts
            | set(lexical.reasons)
            | ({"uncertain"} if uncertain else set())
            | (set() if event.depicted else {"unseen"})
        )
        yield {
            "text": text,
            "kind": swap.kind,
            "base": view.sentence.base,
            **({"style": view.sentence.style} if view.sentence.style else {}),
            "edits": list(swap.edits),
            "from_type": event.type,
            "to_type": swap.to_type,
            "swapped": list(swap.swapped),
            "weight": DOUBT_WEIGHT ** (len(doubts) - len(lexical.reasons)) * lexical.weight,
            "checks": {check: check in doubts for check in CHECKS},
        }


def _lexical_doubt(view: View, swap: Swap) -> Doubt:
    """What the verbs themselves leave true: of another event's verb, of two living participants exchanged."""
    sentence = view.sentence
    if swap.kind == "event":
        new = next((edit.new for edit in swap.edits if edit.start == sentence.start), "")
        # A phrase has a sense of its own: who walks free need not walk.
        return Doubt(event_reasons(sentence.lemma, new)) if new and " " not in sentence.lemma + new else Doubt()
    sides = [filler for filler in sentence.fillers if filler.role in swap.swapped]
    nominal = view.use is not None and view.use.entry.pos == "NOUN"
    if swap.kind != "role" or nominal or not all(side.entity_type in ACTING for side in sides):
        return Doubt()
    before = sentence.words_before(max(side.start for side in sides), 1)
    preposition = before[0] if before and before[0] in PREPOSITIONS - {"by"} else ""
    return Doubt(role_reasons(sentence.lemma.split()[0], preposition))
