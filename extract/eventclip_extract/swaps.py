"""Two of the swaps that make a sentence false: another event, another participant. The third is in exchange.py.

Each takes a `Sentence`, be it a caption or a template, and gives `Swap`s: the edits and what there is to doubt.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from eventclip.records import Edit, NegativeKind
from eventclip_extract.candidates import TriggerUse
from eventclip_extract.casts import Improbable, is_improbable, slots_of
from eventclip_extract.english import (
    DETERMINERS,
    FEMALE,
    GENERIC_HEADS,
    PERSONAL_PRONOUNS,
    PLACE_PREPOSITIONS,
    POSSESSIVES,
    PRONOUNS,
    SEXED,
    SHE,
    SINGULAR_DETERMINERS,
)
from eventclip_extract.event_choice import EventChoice, Site, Thinning
from eventclip_extract.inflection import inflect, is_plural, lemmas, singular
from eventclip_extract.ontology import TOOL_ROLES, EventType, TriggerEntry
from eventclip_extract.pool import Pool
from eventclip_extract.sentence import Filler, Sentence, article_edit, capitalized, is_owned, is_partial, replacement
from eventclip_extract.validity import may_corefer

_FIXED_PRONOUNS = PRONOUNS - PERSONAL_PRONOUNS
_HANGS_AFTER = re.compile(
    r"['’](?:s\b|\s|$)|-|,?\s(?:who|which|that|whose)\b|,?\s(?!(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sep|Oct|Nov|Dec|"
    r"Mon|Tue|Wed|Thu|Fri|Sat|Sun)\w*\b)[A-Z]"
)
_TAKES_NO_ARTICLE = POSSESSIVES | SINGULAR_DETERMINERS | frozenset({"the"})
_WORD = re.compile(r"[\w’'-]+")
_LAST_WORD = re.compile(r"([A-Za-z][\w’'.-]*)\s+$")


@dataclass(frozen=True, slots=True)
class Swap:
    """A way to make a sentence false: `to_type` or `swapped` says what was done, `doubts` what may leave it true."""

    kind: NegativeKind
    edits: tuple[Edit, ...]
    to_type: str | None = None
    swapped: tuple[str, ...] = ()
    doubts: frozenset[str] = field(default=frozenset())


def event_swaps(
    sites: Sequence[tuple[Sentence, TriggerUse]],
    choice: EventChoice,
    present: frozenset[str],
    pool: Pool,
    rng: random.Random,
    thinning: Thinning,
    count: int,
) -> Iterator[tuple[int, Swap]]:
    """A trigger replaced by one of another type in the same form, with the number of its site.

    Args:
        sites: a text seen from each of its events, and how the event's trigger is used.
        choice: draws the site and the trigger.
        present: the types of all the events of the record and whatever they entail: none of them is a negative.
        pool: which types come with which tools.
        rng: the record's own.
        thinning: the record's own.
        count: how many, at most: fewer where the balance asks for it, or where there are not so many types.
    """
    openings = [event_site(*site, choice, present, pool) for site in sites]
    for site, option in choice.draw(openings, count, rng, thinning):
        sentence, use = sites[site]
        particle = option.entry.particle
        if particle and particle.split()[-1] == sentence.word_after(use.end):
            continue  # "lifts off off the coast"
        yield site, Swap("event", _trigger_edits(sentence, use, option.entry), to_type=option.type)


def event_site(sentence: Sentence, use: TriggerUse, choice: EventChoice, present: frozenset[str], pool: Pool) -> Site:
    """The opening that a sentence has for other triggers, and the types that may not go in.

    Neither may those that are there already, nor one that the corpus never shows with the sentence's instrument or
    vehicle, or hardly with such a participant: that would give itself away.
    """
    types, frame = choice.ontology.types.keys(), use.entry.frame
    tools = {filler.head.lower() for filler in sentence.fillers if filler.role in TOOL_ROLES}
    excluded = present.union(*(types - pool.types_with[tool] for tool in tools if tool in pool.types_with))
    if choice.improbable:
        parts = [(slot, one.head.lower()) for one in sentence.fillers for slot in slots_of(frame, one.role)]
        excluded = excluded.union(*(choice.improbable.get(part, ()) for part in parts))
    return choice.opening(sentence, use), excluded


def _trigger_edits(sentence: Sentence, use: TriggerUse, entry: TriggerEntry) -> tuple[Edit, ...]:
    new = " ".join(filter(None, (inflect(entry.lemma, use.tag), entry.particle)))
    if sentence.text[use.start].isupper():
        new = capitalized(new)
    edit = replacement(sentence.text, use.start, use.end, new)
    return (*article_edit(sentence.text, use.start, new), edit)


def _is_free(sentence: Sentence, filler: Filler) -> bool:
    """Whether a span is a whole noun phrase that nothing around it hangs on.

    Not so with the possessive of somebody named elsewhere, a genitive, a relative clause or an apposition that follows,
    and with a span that leaves out a part of a name or a title.
    """
    text = sentence.text
    words = [word.lower() for word in re.findall(r"[\w’'-]+", filler.text)]
    if set(words) & POSSESSIVES or (len(words) == 1 and words[0] in _FIXED_PRONOUNS) or is_partial(filler.text):
        return False
    if _HANGS_AFTER.match(text, filler.end) or is_owned(sentence, filler.start):
        return False
    before = _LAST_WORD.search(text, max(0, filler.start - 30), filler.start)
    if before is None or not filler.text[0].isupper() or sentence.opens_sentence(filler.start):
        return True
    word = before[1]
    return not (word[0].isupper() and not sentence.opens_sentence(before.start())) and not _is_title(word.lower())


@cache
def _is_title(word: str) -> bool:
    """Whether a word before a name belongs to it: a noun that is no verb, as "leader" and unlike "arrests"."""
    known = lemmas(word)
    return "NOUN" in known and "VERB" not in known and word not in PLACE_PREPOSITIONS


def _is_determined(sentence: Sentence, filler: Filler) -> bool:
    """Whether an article or a possessive stands before a filler without one ("the EU meeting")."""
    first = filler.text.split(maxsplit=1)[0].lower()
    before = sentence.words_before(filler.start, 1)
    return bool(before) and first not in DETERMINERS and before[0] in _TAKES_NO_ARTICLE


def _without_article(text: str) -> str:
    """The text as it stands behind an article; "" where it has a determiner that cannot be left out."""
    first, _, rest = text.partition(" ")
    if first.lower() in {"a", "an", "the"}:
        return _without_article(rest) if rest else ""
    return "" if first.lower() in DETERMINERS else text


def _pronouns_fit(sentence: Sentence, filler: Filler, new: str) -> bool:
    """Whether the pronouns of a text can mean whoever takes a person's place.

    "She" and "her" want a word for a woman: of names too little is known, and most in the news are men's. The others
    want no such word.
    """
    if sentence.base == "template" or filler.entity_type != "PER" or is_plural(filler.text):
        return True
    around = f"{sentence.text[: filler.start]} {sentence.text[filler.end :]}"
    found = SEXED & {word.lower() for word in _WORD.findall(around)}
    is_she, was_she = ({word.lower() for word in _WORD.findall(text)} & FEMALE for text in (new, filler.text))
    if found & SHE and not is_she:
        return False
    return not (found - SHE and is_she and not was_she)


def is_generic(filler: Filler) -> bool:
    return filler.head.lower() in GENERIC_HEADS and len(filler.text.split()) <= 2


def argument_swaps(
    sentence: Sentence,
    event_type: EventType,
    named: frozenset[str],
    pool: Pool,
    improbable: Improbable,
    rng: random.Random,
) -> Iterator[Swap]:
    """One filler replaced by another of its entity type, number and, if possible, role, from elsewhere in the corpus.

    Args:
        sentence: the text.
        event_type: the event's type.
        named: all the words of the captions of the picture, lower case, and what else those may be called whom they
            name (`entities.names_of`); no borrowed head may be among them.
        pool: what there is to borrow.
        improbable: who hardly ever has which part.
        rng: the record's own.
    """
    fillers = [one for one in sentence.fillers if one.role not in ("Place", "Time") and _is_free(sentence, one)]
    rng.shuffle(fillers)
    for filler in fillers:
        # A "man" or "people" is never lent, so that to take one out would give the negative away.
        if filler.text.lower() in PRONOUNS or filler.head.lower() in GENERIC_HEADS:
            continue
        plural = is_plural(filler.text)
        spares = pool.spares.get((filler.entity_type, filler.role, plural), [])
        if len(spares) < 5:
            spares = pool.spares.get((filler.entity_type, "", plural), [])
        for spare in rng.sample(spares, min(4, len(spares))):
            if singular(spare.head) in named or set(spare.text.lower().split()) & {filler.head.lower()}:
                continue
            told = {part for word in _WORD.findall(spare.text) for part in word.lower().split("-")} - DETERMINERS
            if told <= named or any(may_corefer(one.text, spare.text) for one in sentence.fillers):
                continue  # it is there already
            if is_improbable(improbable, event_type, filler.role, spare.head):
                continue
            if not _pronouns_fit(sentence, filler, spare.text):
                continue
            put_in = _without_article(spare.text) if _is_determined(sentence, filler) else spare.text
            if not put_in:
                continue
            new = capitalized(put_in) if sentence.opens_sentence(filler.start) else put_in
            edits = (
                *article_edit(sentence.text, filler.start, new),
                replacement(sentence.text, filler.start, filler.end, new),
            )
            yield Swap("argument", edits, swapped=(filler.role,))
            break
