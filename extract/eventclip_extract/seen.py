"""The texts of a record as its events see them, of which negatives are made; and what a corpus of them asks for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from eventclip.records import Event, EventsRecord
from eventclip_extract.candidates import TriggerUse, trigger_use
from eventclip_extract.casts import improbable_types
from eventclip_extract.event_choice import Confusion, EventChoice
from eventclip_extract.ontology import EventType, Ontology
from eventclip_extract.pool import Pool, Shown
from eventclip_extract.positives import Told, tell
from eventclip_extract.sentence import Sentence
from eventclip_extract.styles import DEFAULT_STYLES
from eventclip_extract.swaps import event_site

MAX_FITTED = 20_000
"""So many records tell how often each verb is to be put in; more would not tell it better."""


@dataclass(frozen=True, slots=True)
class View:
    """A base text seen from one event, and how the event's trigger is used in it."""

    sentence: Sentence
    use: TriggerUse | None
    event: Event
    event_type: EventType


@dataclass(frozen=True, slots=True)
class Seen:
    """What the negatives of a record are made of, whatever is drawn.

    Attributes:
        shown: what the captions of its picture say.
        present: the types of all their events, and whatever those entail.
        sentences: the caption as each event sees it, by event id.
        bases: the caption and, where the primary event can be told, its templates, each seen from the events in it.
        told: the primary event told anew.
    """

    shown: Shown
    present: frozenset[str]
    sentences: dict[str, Sentence]
    bases: list[list[View]]
    told: list[Told]

    @classmethod
    def of(cls, record: EventsRecord, ontology: Ontology, pool: Pool, styles: Sequence[str]) -> "Seen":
        """What there is to see of a record."""
        own = Shown((record.caption,), frozenset(event.type for event in record.events))
        shown = own if record.image is None else pool.shown.get(record.image, own)
        present = frozenset[str]().union(*map(ontology.entailed, shown.types))
        sentences = {event.id: Sentence.from_event(record.caption, event) for event in record.events}

        def view(event: Event, sentence: Sentence) -> View:
            event_type = ontology[event.type]
            return View(sentence, trigger_use(sentence, event_type), event, event_type)

        primary = record.primary_event
        if primary is None:
            return cls(shown, present, sentences, [], [])
        first = view(primary, sentences[primary.id])
        others = [event for event in record.events if event.depicted and event is not primary]
        bases = [[first, *(view(event, sentences[event.id]) for event in others)]]
        ways: tuple[str | None, ...] = (None, "anonymous") if "anonymous" in styles else (None,)
        tries = (tell(first.sentence, primary, first.event_type, pool, style=style) for style in ways)
        told = [one for one in tries if one is not None]
        bases += [[view(primary, one.template)] for one in told]
        return cls(shown, present, sentences, bases, told)


def fitted_choice(
    records: Iterable[EventsRecord],
    ontology: Ontology,
    pool: Pool,
    *,
    num_event: int = 3,
    styles: Sequence[str] = DEFAULT_STYLES,
    confusion: Confusion | None = None,
    seen: dict[str, Seen] | None = None,
) -> EventChoice:
    """The choice of events that keeps the verbs of a corpus in balance.

    Args:
        records: the corpus; no more than its first `MAX_FITTED` records are looked at.
        ontology: the one that the events were extracted with.
        pool: what the corpus offers.
        num_event: event negatives for each base text.
        styles: as in `negatives`.
        confusion: how often a model takes each type for which other.
        seen: where to keep what was seen of each record, by its id.

    Raises:
        UsageError: an event of a type that the ontology lacks.
    """
    choice = EventChoice(ontology, confusion, improbable_types(pool.casts, ontology))
    rows = []
    for record in islice(records, MAX_FITTED):
        one = Seen.of(record, ontology, pool, styles)
        if seen is not None:
            seen[record.id] = one
        for views in one.bases:
            used = [(view.sentence, view.use) for view in views if view.use is not None]
            rows.append([event_site(*site, choice, one.present, pool) for site in used])
    choice.fit(rows, num_event)
    return choice
