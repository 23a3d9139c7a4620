"""The texts that are true of a picture besides its caption: the event's template sentence and paraphrases of it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from eventclip.records import Argument, Event
from eventclip_extract.anonymous import anonymous
from eventclip_extract.ontology import EventType
from eventclip_extract.pool import Pool
from eventclip_extract.sentence import Sentence, decapitalized
from eventclip_extract.templates import Given, compose

MAX_ARGUMENT_WORDS = 12
_LATER_PART = re.compile(r"[,;(]|\s[-–—]|\s(?:who|which|whose|where|that|as|while)\s")


@dataclass(frozen=True, slots=True)
class Told:
    """An event told anew: its template sentence, and other sentences that say the same."""

    template: Sentence
    paraphrases: tuple[str, ...]


def tell(
    caption: Sentence, event: Event, event_type: EventType, pool: Pool, *, style: str | None = None
) -> Told | None:
    """The event in plain sentences; None where it did not happen or nothing but its place and time is known.

    Args:
        caption: the caption as the event sees it.
        event: the event.
        event_type: its type.
        pool: which words are written small.
        style: "anonymous" for participants without name and profession; None then where that changes nothing.
    """
    if event.polarity != "positive" or event.modality != "asserted":
        return None
    arguments = sorted(event.arguments, key=lambda argument: argument.start)
    given = [_given(caption, argument, pool) for argument in arguments if argument.role != "Time"]
    given = [one for one in given if one.role in event_type.roles and any(map(str.isalpha, one.text))]
    if all(argument.role == "Place" for argument in given):
        return None
    if style == "anonymous":
        named, given = given, [anonymous(one) for one in given]
        if given == named:
            return None
    template = compose(event_type, given)
    assert template is not None, "the active can always be written"
    others = [sentence.text for sentence in _paraphrases(caption, event_type, given) if sentence is not None]
    return Told(replace(template, style=style), tuple(dict.fromkeys(text for text in others if text != template.text)))


def _given(caption: Sentence, argument: Argument, pool: Pool) -> Given:
    """The argument as it stands within a sentence, without what follows its first comma or relative pronoun."""
    head_end = argument.head.end - argument.start
    later = _LATER_PART.search(argument.text, max(0, head_end))
    text = argument.text[: later.start()] if later else argument.text
    if len(text.split()) > MAX_ARGUMENT_WORDS:
        text = text[:head_end]
    if caption.opens_sentence(argument.start):
        text = decapitalized(text, pool.casing)
    lead = caption.lead(argument.start)
    return Given(argument.role, text.strip(" .,"), argument.entity_type, argument.head.text, lead)


def _paraphrases(caption: Sentence, event_type: EventType, given: Sequence[Given]) -> Iterator[Sentence | None]:
    """The passive, the participants of a symmetric event exchanged, and the caption's own verb."""
    yield compose(event_type, given, voice="passive")
    symmetric = [argument for argument in given if argument.role in event_type.symmetric]
    if len(symmetric) == 2:
        one, other = symmetric
        exchanged = {one: replace(other, role=one.role), other: replace(one, role=other.role)}
        yield compose(event_type, [exchanged.get(argument, argument) for argument in given])
    for entry in event_type.triggers:
        plain = entry.pos == "VERB" and entry.noun is None and entry.frame == event_type.frame
        if plain and entry.particle is None and entry.lemma == caption.lemma:
            yield compose(event_type, given, entry=entry)
            return
