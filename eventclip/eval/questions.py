"""What grounding asks of a picture: which of these texts is true of it?

Every question has one true text and rivals that differ from it in the event type, in who plays which role, or in what
a hard negative changed.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

from eventclip.eval.outcomes import EVENT_TYPE, HARD_NEGATIVE, HARD_POSITIVE, ROLE
from eventclip.records import Argument, Event, PairsRecord, normalized
from eventclip_extract.candidates import trigger_entry
from eventclip_extract.ontology import COMMON_ROLES, EventType, Ontology, TriggerEntry
from eventclip_extract.sentence import Sentence, decapitalized
from eventclip_extract.templates import render, translate_roles

MAX_PARTICIPANTS = 5
"""More would make more than 120 orders; such an event is an enumeration, not a scene."""


@dataclass(frozen=True, slots=True)
class Question:
    """One true text and its rivals. `labels` name the rivals: event types, or how the roles are filled."""

    metric: str
    truth: str
    rivals: tuple[str, ...]
    labels: tuple[str, ...]

    @property
    def chance(self) -> float:
        """How often a guess is right."""
        return 1 / (1 + len(self.rivals))


def event_type_question(
    ontology: Ontology, caption: str, event: Event, types: Sequence[str], *, left_out: Counter[str]
) -> Iterator[Question]:
    """The event under its own type against the same participants under each of the other types.

    A type that may be true of the same event is no rival, nor is a sentence that reads the same. The time is left out,
    as it is in the sentences of training: no picture shows it.
    """
    leads = _leads(caption, event)
    arguments = [(argument.role, _within(argument)) for argument in event.arguments if argument.role != "Time"]
    entity_types = {_within(argument): argument.entity_type for argument in event.arguments}
    own = _own(ontology, caption, event)
    truth = render(ontology, event.type, arguments, leads=leads, own=own)
    rivals: dict[str, str] = {}
    for other in types:
        if not ontology.may_co_occur(event.type, other):
            translated = translate_roles(ontology, event.type, other, arguments, entity_types=entity_types, own=own)
            rivals.setdefault(render(ontology, other, translated, leads=leads), other)
    yield from _question(EVENT_TYPE, truth, rivals, left_out, "event type: no rival")


def role_question(ontology: Ontology, caption: str, event: Event, *, left_out: Counter[str]) -> Iterator[Question]:
    """The event as it is against every other way in which its participants can fill its roles.

    A participant can take a role that allows its entity type. Place and time are no participants, and an exchange
    between symmetric roles changes nothing.
    """
    event_type = ontology[event.type]
    taking_part = [argument for argument in event.arguments if argument.role not in COMMON_ROLES]
    if len(taking_part) < 2:
        left_out["roles: fewer than two participants"] += 1
        return
    if len(taking_part) > MAX_PARTICIPANTS:
        left_out[f"roles: more than {MAX_PARTICIPANTS} participants"] += 1
        return
    circumstances = [(argument.role, _within(argument)) for argument in event.arguments if argument.role == "Place"]
    true_cast = [(argument.role, _within(argument)) for argument in taking_part]
    leads = _leads(caption, event)
    own = _own(ontology, caption, event)
    truth = render(ontology, event.type, [*true_cast, *circumstances], leads=leads, own=own)
    rivals: dict[str, str] = {}
    for roles in permutations(role for role, _ in true_cast):
        cast = [(role, text) for role, (_, text) in zip(roles, true_cast, strict=True)]
        allowed = all(
            argument.entity_type in event_type.roles.get(role, ())
            for argument, role in zip(taking_part, roles, strict=True)
        )
        if allowed and _reading(cast, event_type) != _reading(true_cast, event_type):
            label = ", ".join(f"{role}: {text}" for role, text in sorted(cast))
            rivals.setdefault(render(ontology, event.type, [*cast, *circumstances], leads=leads, own=own), label)
    yield from _question(ROLE, truth, rivals, left_out, "roles: symmetric, or no exchange is possible")


def _own(ontology: Ontology, caption: str, event: Event) -> TriggerEntry | None:
    """What the caption names the event with, so that it is told in the same way."""
    return trigger_entry(Sentence.from_event(caption, event), ontology[event.type])


def _within(argument: Argument) -> str:
    """The argument's text as it stands within a sentence."""
    return decapitalized(argument.text, {})


def _leads(caption: str, event: Event) -> dict[str, str]:
    """The prepositions that the arguments stand behind in the caption, as in the sentences of training."""
    sentence = Sentence.from_event(caption, event)
    return {_within(argument): lead for argument in event.arguments if (lead := sentence.lead(argument.start))}


def _reading(cast: Sequence[tuple[str, str]], event_type: EventType) -> Counter[tuple[str, str]]:
    """Who plays what, with the symmetric roles taken for one."""
    return Counter(("symmetric" if role in event_type.symmetric else role, text) for role, text in sorted(cast))


def negative_questions(record: PairsRecord) -> Iterator[Question]:
    """Each hard negative against the positive that it was made from, and against the hard positives of that one."""
    for negative in record.negatives:
        truth = record.positive(negative.base, negative.style)
        assert truth is not None, "a pairs record names only bases that it has"
        yield Question(f"{HARD_NEGATIVE}/{negative.kind}", truth, (negative.text,), (negative.kind,))
    for positive in record.positives:
        if positive.kind != "paraphrase":
            continue
        base = "caption" if positive.style else "template"  # an edited caption names its edit, a told event has none
        for negative in record.negatives:
            if (negative.base, negative.style) == (base, None):
                yield Question(HARD_POSITIVE, positive.text, (negative.text,), (negative.kind,))


def _question(
    metric: str, truth: str, labels: dict[str, str], left_out: Counter[str], reason: str
) -> Iterator[Question]:
    rivals = [text for text in labels if normalized(text) != normalized(truth)]
    if rivals:
        yield Question(metric, truth, tuple(rivals), tuple(labels[text] for text in rivals))
    else:
        left_out[reason] += 1
