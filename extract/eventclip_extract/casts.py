"""Who plays which part in the events of a corpus, so that no negative casts somebody in a part that he never has.

Where officers arrest and are never arrested, "a farmer arrests an officer" is known for false without a look at the
picture, and a model that is shown such negatives learns the habit and not the event. What is too rare to have a habit
is left alone.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from eventclip.records import Event
from eventclip_extract.ontology import EventType, Frame, Ontology

Part = tuple[str, str, str]
"""A type, a role in it, and the head of the participant who has it."""
Casts = Counter[Part]
TELLING = 5.0
"""A head is missing in a part that chance would have brought it into so many times, or so many times as often."""
GRANTED = 20.0
"""So many unseen cases are granted to each part."""
SLOTS = ("subject", "object")

Improbable = Mapping[tuple[str, str], frozenset[str]]
"""(slot, head) -> the types that hardly ever have such a participant there."""


def observe_casts(casts: Casts, event: Event) -> None:
    """Counts the parts of one event."""
    casts.update((event.type, argument.role, argument.head.text.lower()) for argument in event.arguments)


def slots_of(frame: Frame, role: str) -> Iterator[str]:
    """The slots, of subject and object, that a role fills."""
    return (slot for slot in SLOTS if getattr(frame, slot) == role)


def is_improbable(improbable: Improbable, event_type: EventType, role: str, head: str) -> bool:
    """Whether events of a type hardly ever have such a participant in a role."""
    return any(event_type.name in improbable.get((slot, head), ()) for slot in slots_of(event_type.frame, role))


def exchange_share(casts: Casts, one: Part, other: Part) -> float:
    """The share, 0 to 1, of exchanges of two participants that can be kept: outcome to origin, for either of them."""
    (type_name, role, head), (other_type, other_role, other_head) = one, other
    if head == other_head:
        return 1.0  # the heads stand where they stood
    kept = 1.0
    for origin, outcome in ((one, (other_type, other_role, head)), (other, (type_name, role, other_head))):
        kept *= min(1.0, (casts[outcome] + GRANTED) / (casts[origin] + GRANTED))
    return kept


def improbable_types(casts: Casts, ontology: Ontology) -> Improbable:
    """For every frequent participant in a slot, the types that it would have been seen in, were there no habit.

    Args:
        casts: the parts of the corpus.
        ontology: whose frames say which role stands in which slot.
    """
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    all_heads: dict[str, Counter[str]] = defaultdict(Counter)
    for (type_name, role, head), count in casts.items():
        for slot in slots_of(ontology[type_name].frame, role) if type_name in ontology else ():
            counts[slot, head][type_name] += count
            all_heads[slot][type_name] += count
    found = {}
    for (slot, head), own in counts.items():
        rate = own.total() / all_heads[slot].total()
        expected = {name: rate * count for name, count in all_heads[slot].items()}
        missing = {name for name, count in expected.items() if count >= TELLING and own[name] * TELLING <= count}
        if missing:
            found[slot, head] = frozenset(missing)
    return found
