"""Captions in, typed events out: the extractor, and the stage of the chain that runs it from file to file."""

import gc
import hashlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eventclip.errors import EventClipError
from eventclip.jsonl import Rejection, StageReport, run_stage
from eventclip.records import CaptionRecord, EventsRecord
from eventclip_extract.assemble import Assembly
from eventclip_extract.confidence import MIN_CONFIDENCE
from eventclip_extract.extractors import load_extractor
from eventclip_extract.ontology import Ontology, load_ontology
from eventclip_extract.pipeline import load_pipeline, parsed
from eventclip_extract.processes import in_processes
from eventclip_extract.syntax import read_parse
from eventclip_extract.text import clean

if TYPE_CHECKING:
    from spacy.language import Language

BATCH_SIZE = 256
RECORDS_WORTH_PROCESSES = 2_000
"""Below that many records a second process costs more time to start than it saves."""


class Extractor:
    """Finds the typed events of captions.

    A caption that is no English sentence (another language, a file name, a credit) gets a record without events whose
    `skipped` says why. The language is not looked at when the pipeline is not one for English.

    Args:
        ontology: an ontology, the name of a shipped one or the path of a YAML file.
        pipeline: a loaded spaCy pipeline, or what `load_pipeline` takes.
        min_confidence: events below it are dropped; 0 keeps what the doubtful triggers of the ontology find.

    Raises:
        EventClipError: there is no such ontology or pipeline.
    """

    def __init__(
        self,
        ontology: Ontology | str | Path = "news",
        pipeline: "Language | str | Path | None" = None,
        *,
        min_confidence: float = MIN_CONFIDENCE,
    ) -> None:
        self.min_confidence = min_confidence
        self.ontology = ontology if isinstance(ontology, Ontology) else load_ontology(ontology)
        named = pipeline is None or isinstance(pipeline, str | Path)
        self.nlp: Language = load_pipeline(pipeline) if named else pipeline  # type: ignore[assignment, arg-type]

    def __call__(self, caption: str) -> EventsRecord:
        """The events of one caption, in a record whose id is `caption`."""
        return next(self.pipe([CaptionRecord(id="caption", caption=caption)]))

    def pipe(self, records: Iterable[CaptionRecord], *, batch_size: int = BATCH_SIZE) -> Iterator[EventsRecord]:
        """The records with their events, in the same order; `batch_size` captions are parsed at a time."""
        records = iter(records)
        while batch := list(islice(records, batch_size)):
            yield from map(_joined, batch, self.analyses([record.caption for record in batch]))

    def analyses(self, captions: Sequence[str]) -> Iterator[dict[str, Any]]:
        """`events`, `primary` and `links` of each caption, as plain objects; all captions are parsed at once."""
        return map(_analysis, self.assemblies(captions))

    def assemblies(self, captions: Sequence[str]) -> Iterator[Assembly]:
        """Each caption with its tree and what was found in it; all captions are parsed at once."""
        cleaned = [clean(caption, english=self.nlp.lang == "en") for caption in captions]
        docs = parsed(self.nlp, (one.text for one in cleaned), batch_size=len(captions))
        for caption, one, doc in zip(captions, cleaned, docs, strict=True):
            yield Assembly(read_parse(doc), caption, one, self.ontology, min_confidence=self.min_confidence)


def _analysis(assembly: Assembly) -> dict[str, Any]:
    events = assembly.events()
    told = ("positive", "negative").index  # what did not happen is the subject of a caption only for want of another
    primary = min(
        events, key=lambda event: (not event["depicted"], told(event["polarity"]), -event["salience"]), default=None
    )
    known = {"events": events, "primary": primary and primary["id"], "links": assembly.links()}
    return {**known, "skipped": assembly.clean.skipped}


def to_record(record: CaptionRecord, assembly: Assembly) -> EventsRecord:
    """The caption with the events of its assembly."""
    return _joined(record, _analysis(assembly))


def _joined(record: CaptionRecord, analysis: dict[str, Any]) -> EventsRecord:
    raw = {**record.model_dump(by_alias=True), "schema": "eventclip/events/1", **analysis}
    return EventsRecord.model_validate(raw)


def extract(
    source: str | Path,
    output: str | Path,
    *,
    ontology: str | Path = "news",
    pipeline: str | Path | None = None,
    extractor: str = "spacy",
    min_confidence: float = MIN_CONFIDENCE,
    num_processes: int = 2,
    batch_size: int = BATCH_SIZE,
    shard: tuple[int, int] = (1, 1),
    strict: bool = False,
    force: bool = False,
    on_record: Callable[[], None] | None = None,
) -> StageReport:
    """Adds events to the captions of a file. Captions that are no English sentence are set aside with the reason.

    Args:
        source: JSON lines of captions (`id`, `caption`, and whatever else; it travels along).
        output: the JSON lines with events to write.
        ontology: the name of a shipped ontology or the path of a YAML file.
        pipeline: a spaCy package or folder; None for the bundled pipeline.
        extractor: who finds the events: `spacy` for us, or another of `extractors`, for which the options that follow
            mean nothing.
        min_confidence: events below it are dropped.
        num_processes: how many processes parse, each with one thread; small inputs take one. The result is the same.
        batch_size: captions parsed at a time.
        shard: which of how many parts of the file to work on, counted from 1; the outputs of all, one after the other,
            are the output of the whole.
        strict: stop at the first bad line instead of setting it aside.
        force: replace an output that exists.
        on_record: called once for every record written.

    Raises:
        UsageError: the output exists and `force` is not set, or there is no such ontology, extractor or shard.
        InputError: the source is missing, empty or without a usable line; or has a bad line, when `strict`.
        EventClipError: there is no such pipeline, or a number is below 1.
    """
    for name, number in (("num_processes", num_processes), ("batch_size", batch_size)):
        if number < 1:
            raise EventClipError(f"{name} is {number}; expected at least 1")

    def transform(records: Iterator[CaptionRecord]) -> Iterator[EventsRecord | Rejection]:
        if extractor != "spacy":
            return load_extractor(extractor, load_ontology(ontology))(records)
        first = list(islice(records, RECORDS_WORTH_PROCESSES))
        if num_processes == 1 or len(first) < RECORDS_WORTH_PROCESSES:
            ours = Extractor(ontology, pipeline, min_confidence=min_confidence)
            return map(set_aside, ours.pipe(chain(first, records), batch_size=batch_size))
        made = in_processes(
            chain(first, records),
            _caption,  # plain strings there and plain objects back: validated records cost more to send than to make
            _work,
            num_processes=num_processes,
            batch_size=batch_size,
            start=_start_worker,
            options=(ontology, pipeline, min_confidence),
        )
        return (set_aside(_joined(record, analysis)) for record, analysis in made)

    def set_aside(record: EventsRecord) -> EventsRecord | Rejection:
        if record.skipped is None:
            return record
        return Rejection(
            str(source), f"caption of id {record.id!r} {record.skipped}; expected an English sentence", record.caption
        )

    options = {
        "ontology": _fingerprint(ontology),
        "pipeline": str(pipeline),
        "min_confidence": min_confidence,
        "extractor": [extractor, _fingerprint(extractor.partition(":")[2])],
    }
    return run_stage(
        source,
        output,
        CaptionRecord,
        transform,
        options=options,
        shard=shard,
        strict=strict,
        force=force,
        on_record=on_record,
    )


def _fingerprint(name_or_file: str | Path) -> str:
    path = Path(name_or_file)
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else str(name_or_file)


_worker: list[Extractor] = []


def _start_worker(ontology: str | Path, pipeline: str | Path | None, min_confidence: float) -> None:
    os.environ["OMP_NUM_THREADS"] = "1"  # one thread a process: they would only fight for the same cores
    if pipeline is None:
        # spaCy imports torch wherever it is installed, which is half of the start-up; the bundled pipeline needs none.
        sys.modules.setdefault("torch", None)  # type: ignore[arg-type]
    _worker.append(Extractor(ontology, pipeline, min_confidence=min_confidence))
    # Trees of words are cycles, and the collector would search all that spaCy has loaded for them again and again.
    gc.disable()
    gc.freeze()


def _caption(record: CaptionRecord) -> str:
    return record.caption


def _work(captions: list[str]) -> list[dict[str, Any]]:
    found = list(_worker[0].analyses(captions))
    gc.collect()
    return found
