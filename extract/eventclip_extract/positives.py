"""The texts that are true of a picture besides its caption: the event's template sentence and paraphrases of it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from eventclip.records import Argument, Event
from eventclip_extract.anonymous import anonymous
from eventclip_extract.candidates import trigger_entry
from eventclip_extract.confidence import argument_group
from eventclip_extract.english import DETERMINERS, PERSONAL_PRONOUNS, PRONOUNS
from eventclip_extract.entities import class_of_noun
from eventclip_extract.inflection import indefinite_article, is_plural, lemmas, singular
from eventclip_extract.ontology import ACTING, EventType, TriggerEntry
from eventclip_extract.pool import Pool
from eventclip_extract.sentence import Sentence, decapitalized
from eventclip_extract.templates import Given, compose, missing_role

MAX_ARGUMENT_WORDS = 12
_POINTING = PRONOUNS - PERSONAL_PRONOUNS - {"both", "all", "some", "many", "others"}
"""Pronouns that mean nothing without the text around them."""
_OWNED = re.compile(r"['’]s?\s")
_OPENS_WITH_NAME = re.compile(r"[A-Z][\w’'.-]*\s[A-Z]|[^,]+,")
_NAME_FOLLOWS = re.compile(r",?\s[A-Z]")
_LATER_PART = re.compile(r"[,;(]|\s[-–—]|\s(?:who|which|whose|where|that|as|while)\s")


@dataclass(frozen=True, slots=True)
class Told:
    """An event told anew: its template sentence, and other sentences that say the same."""

    template: Sentence
    paraphrases: tuple[str, ...]


def tell(
    caption: Sentence, event: Event, event_type: EventType, pool: Pool, *, style: str | None = None
) -> Told | None:
    """The event in plain sentences.

    None where it did not happen, where nothing but its place and time is known, and where a sentence would have to make
    up a participant of whom the caption says too little.

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
    given = [
        _given(caption, argument, pool) for argument in arguments if argument.role != "Time" and _is_sure(argument)
    ]
    given = [one for one in given if one.role in event_type.roles and _is_whole(one)]
    own = trigger_entry(caption, event_type)
    if all(argument.role == "Place" for argument in given) or not _can_be_told(event, event_type, given, own):
        return None
    if style == "anonymous":
        named, given = given, [anonymous(one) for one in given]
        if given == named:
            return None
    template = compose(event_type, given, own=own)
    assert template is not None, "the active can always be written"
    others = [sentence.text for sentence in _paraphrases(caption, event_type, given, own) if sentence is not None]
    return Told(replace(template, style=style), tuple(dict.fromkeys(text for text in others if text != template.text)))


def _is_sure(argument: Argument) -> bool:
    """Whether an argument stands in the event's own clause, and was not found elsewhere in the sentence."""
    return argument_group(argument.rule) != "loose"


def _is_whole(given: Given) -> bool:
    """Whether a text is a noun phrase by itself: no half of a quotation, no "who", no mere "alive"."""
    text, head = given.text, given.head.lower()
    if not any(map(str.isalpha, text)) or not text[0].isalnum() or '"' in text or text.lower() in _POINTING:
        return False
    known = lemmas(head) if given.head.islower() and head not in PERSONAL_PRONOUNS else {}
    return not known or "NOUN" in known


def _can_be_told(event: Event, event_type: EventType, given: Sequence[Given], own: TriggerEntry | None) -> bool:
    """Whether the template needs no participant besides those that are given, or "someone" is sure to be true.

    It is where the role is for people alone, and "something" where it is for things alone. A verb without an object has
    none in the caption, and may mean something else than with one: "workers strike".
    """
    missing = missing_role(event_type, {one.role for one in given}, own)
    if missing is None:
        return True
    is_object = any(one.role == event_type.frame.subject for one in given)
    if is_object and event.rule.endswith("intransitive"):
        return False
    return event_type.roles[missing] <= ACTING or not event_type.roles[missing] & ACTING


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
    return Given(
        argument.role,
        _with_article(text.strip(" .,"), argument, caption),
        argument.entity_type,
        argument.head.text,
        lead,
    )


def _with_article(text: str, argument: Argument, caption: Sentence) -> str:
    """A person whom a headline leaves without an article with one: "policeman" is "a policeman"."""
    words, head = text.split(), argument.head.text.lower()
    if argument.entity_type != "PER" or not words or (len(words) > 1 and words[-1][0].isupper()):
        return text
    if not argument.head.text.islower() and not (len(words) == 1 and caption.opens_sentence(argument.start)):
        return text
    is_count = singular(head) == head and class_of_noun(head) == "PER" and "NOUN" in lemmas(head)
    is_bare = words[0].lower() not in DETERMINERS | PRONOUNS and not words[0][0].isdigit() and not _OWNED.search(text)
    if _OPENS_WITH_NAME.match(text):
        return text  # "Ana Brandt, head of the choir"
    # Before a name it is a title ("former judge Ada Moss"), even where the extractor took it for a person apart.
    if not is_count or not is_bare or is_plural(text) or _NAME_FOLLOWS.match(caption.text, argument.end):
        return text
    text = text.lower() if len(words) == 1 else text
    return f"{indefinite_article(text)} {text}"


def _paraphrases(
    caption: Sentence, event_type: EventType, given: Sequence[Given], own: TriggerEntry | None
) -> Iterator[Sentence | None]:
    """The passive, the participants of a symmetric event exchanged, and the caption's own verb."""
    yield compose(event_type, given, voice="passive", own=own)
    symmetric = [argument for argument in given if argument.role in event_type.symmetric]
    if len(symmetric) == 2 and _are_equals(event_type, *symmetric):
        one, other = symmetric
        exchanged = {one: replace(other, role=one.role), other: replace(one, role=other.role)}
        yield compose(event_type, [exchanged.get(argument, argument) for argument in given], own=own)
    for entry in event_type.triggers:
        plain = entry.pos == "VERB" and entry.noun is None and entry.frame == event_type.frame
        if plain and entry.particle is None and entry.lemma == caption.lemma and _takes(entry, given):
            yield compose(event_type, given, entry=entry, own=own)
            return


def _are_equals(event_type: EventType, one: Given, other: Given) -> bool:
    """Whether two participants may have each other's part: a man kisses a trophy, and no trophy kisses a man."""
    types = {one.entity_type, other.entity_type}
    return types <= ACTING and types <= event_type.roles[one.role] & event_type.roles[other.role]


def _takes(entry: TriggerEntry, given: Sequence[Given]) -> bool:
    """Whether a verb has what its sense asks for: who "fires" without a victim does not fire somebody."""
    frame, types = entry.frame, {one.role: one.entity_type for one in given}
    if frame.object is not None and frame.object not in types:
        return False
    if entry.object_types and (frame.object is None or types[frame.object] not in entry.object_types):
        return False
    is_known = frame.subject in types
    return not (entry.subject_types and is_known and types[str(frame.subject)] not in entry.subject_types)
