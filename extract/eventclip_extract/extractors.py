"""Other extractors than ours, by name: predictions that lie in a file, or a function of the user's own.

`eventclip extract captions.jsonl -o events.jsonl --extractor NAME[:SOURCE]` knows

    jsonl:FILE    anybody's events of the same captions, matched by id and checked against the ontology
    oneie:FILE    OneIE's output, or another detector's in ACE's types, likewise
    package.function[:SOURCE]    a function of your own that takes (source, ontology) and returns an `Extract`

A package registers a name for good with an entry point of the group `eventclip.extractors`, a script with `register`.
"""

from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

from eventclip.errors import UsageError, unknown_name
from eventclip.jsonl import Rejection
from eventclip.records import CaptionRecord, Event, EventsRecord
from eventclip_extract.annotations import read_annotations
from eventclip_extract.mapping import load_scheme
from eventclip_extract.ontology import Ontology

Extract = Callable[[Iterator[CaptionRecord]], Iterator[EventsRecord | Rejection]]
"""A stream of captions to a stream of their records, in the same order; a rejection sets one aside."""
Factory = Callable[[str | None, Ontology], Extract]
"""Makes an extractor from what stands behind the colon, None where nothing does, and the ontology of the run."""

GROUP = "eventclip.extractors"
_registered: dict[str, Factory] = {}


def register(name: str, factory: Factory) -> None:
    """Makes an extractor known by a name, in this process."""
    _registered[name] = factory


def load_extractor(spec: str, ontology: Ontology) -> Extract:
    """The extractor of `NAME` or `NAME:SOURCE`.

    Raises:
        UsageError: no extractor of that name, or it cannot be imported.
    """
    name, _, source = spec.partition(":")
    return _factory(name)(source or None, ontology)


def _factory(name: str) -> Factory:
    if name in _registered:
        return _registered[name]
    for found in entry_points(group=GROUP, name=name):
        factory: Factory = found.load()
        return factory
    module, _, function = name.rpartition(".")
    if not module:
        known = {*_registered, *(found.name for found in entry_points(group=GROUP)), "spacy"}
        raise UsageError(f"{unknown_name('extractor', name, known)}; or name a function of yours, package.function")
    try:
        loaded: Factory = getattr(import_module(module), function)
    except (ImportError, AttributeError) as error:
        raise UsageError(f"extractor {name!r} cannot be imported: {error}") from None
    if not callable(loaded):
        raise UsageError(f"extractor {name!r} is no function; expected one that takes (source, ontology)")
    return loaded


def _from_file(scheme: str | None, source: str | None, ontology: Ontology) -> Extract:
    """Predictions in a file, in any layout of `annotations`; their types are ours, or a scheme's where one is given."""
    if source is None:
        raise UsageError("this extractor reads predictions: expected NAME:FILE, as in jsonl:predictions.jsonl")
    path = Path(source)

    def extract(records: Iterator[CaptionRecord]) -> Iterator[EventsRecord | Rejection]:
        captions = list(records)
        texts = {record.id: record.caption for record in captions}
        predicted = {record.id: record for record in read_annotations(path, texts=texts)}
        for record in captions:
            found = predicted.get(record.id)
            reason = _problem(record, found, ontology if scheme is None else None)
            if found is None or reason is not None:
                yield Rejection(str(path), reason or "", record.id)
                continue
            events = found.events if scheme is None else load_scheme(scheme).ours(found.events)
            if found.events and not events:
                reason = f"id {record.id!r}: {found.events[0].type!r} is no type of {scheme} events"
                yield Rejection(str(path), reason, record.id)
                continue
            yield _record(record, [event for event in events if event.type in ontology], found)

    return extract


def _problem(record: CaptionRecord, found: EventsRecord | None, ontology: Ontology | None) -> str | None:
    if found is None:
        return f"no prediction for id {record.id!r}"
    if found.caption != record.caption:
        return f"the prediction for id {record.id!r} is of another text; expected the caption word for word"
    for event in found.events if ontology is not None else ():
        assert ontology is not None
        if event.type not in ontology:
            return f"id {record.id!r}: {unknown_name('event type', event.type, ontology.types)}"
        for argument in event.arguments:
            if argument.role not in ontology[event.type].roles:
                roles = ontology[event.type].roles
                return f"id {record.id!r}: {event.type}: {unknown_name('role', argument.role, roles)}"
    return None


def _record(record: CaptionRecord, events: list[Event], found: EventsRecord) -> EventsRecord:
    """The caption with these events of a prediction and the links between them.

    Where the prediction names no primary among them, it is the most salient one that a picture can show.
    """
    ids, primary = {event.id for event in events}, found.primary
    links = [link.model_dump() for link in found.links if {link.source, link.target} <= ids]
    if primary not in ids:
        shown = sorted(events, key=lambda event: (event.depicted, event.salience))
        primary = shown[-1].id if shown else None
    raw = {**record.model_dump(by_alias=True), "schema": "eventclip/events/1"}
    return EventsRecord.model_validate(
        {**raw, "events": [event.model_dump() for event in events], "primary": primary, "links": links}
    )


register("jsonl", partial(_from_file, None))
register("oneie", partial(_from_file, "ace"))
