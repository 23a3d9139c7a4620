"""What the negatives stage learns from a first pass over its input: fillers to borrow, how often each type occurs,
and which words are written small."""

import random
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from eventclip.records import Event, EventsRecord
from eventclip_extract.balance import Place, Standing, observe
from eventclip_extract.casts import Casts, observe_casts
from eventclip_extract.english import GENERIC_HEADS, POSSESSIVES, PRONOUNS
from eventclip_extract.inflection import is_plural
from eventclip_extract.ontology import TOOL_ROLES
from eventclip_extract.sentence import decapitalized, is_partial
from eventclip_extract.synonyms import words_in

RESERVOIR = 400
MAX_WORDS = 5
TELLING = 5
_WITHIN = re.compile(r"(?<=[a-z] )[\w’'-]+")
_LEFT_OPEN = re.compile(r"[(),;:\"“”\[\]]|\b(?:left|right|center|who|which|that)\b")


@dataclass(frozen=True, slots=True)
class Spare:
    """A filler of another record, as it stands within a sentence, and the lower-case word that heads it."""

    text: str
    head: str


class Shown(NamedTuple):
    """What several captions say of one picture: none of it is false there."""

    captions: tuple[str, ...]
    types: frozenset[str]


_NOTHING = Shown((), frozenset())


@dataclass(slots=True)
class Pool:
    """The corpus seen from far.

    Attributes:
        spares: (entity type, role or "" for any, plural) -> fillers to borrow, each as often as it occurs: one that
            were put in more often than it is taken out would give its negatives away.
        num_events: how often each type is a primary event.
        num_triggers: how often each type is named by each lemma.
        types_with: tool (an instrument or vehicle, by the word that heads it) -> the types that come with it, for tools
            so frequent that chance would have brought them together with some other type `TELLING` times. A type that
            never comes with the tool makes a sentence that a text model knows for false without a look at the picture.
        casing: how much more often each word is written small than with a capital, sentence openings left out.
        standing: who stands first and who second in an event, for the exchange of roles.
        casts: who plays which part in which event.
        num_words: how often each word of the lexicon of synonyms occurs.
        shown: by picture, what its captions say, for pictures that have several.
    """

    spares: dict[tuple[str, str, bool], list[Spare]] = field(default_factory=dict)
    num_events: Counter[str] = field(default_factory=Counter)
    num_triggers: Counter[tuple[str, str]] = field(default_factory=Counter)
    types_with: dict[str, frozenset[str]] = field(default_factory=dict)
    casing: Counter[str] = field(default_factory=Counter)
    standing: Standing = field(default_factory=Counter)
    casts: Casts = field(default_factory=Counter)
    num_words: Counter[str] = field(default_factory=Counter)
    shown: dict[str, Shown] = field(default_factory=dict)

    @classmethod
    def from_records(cls, records: Iterable[EventsRecord], *, seed: int = 0) -> "Pool":
        """Reads the records once. The reservoirs depend on the seed and on the order of the records alone."""
        rng = random.Random(seed)
        pool = cls()
        num_seen: Counter[tuple[str, str, bool]] = Counter()
        waiting: list[tuple[str, str, str, str]] = []
        types_of_tool: dict[str, Counter[str]] = {}
        by_picture: dict[str, Shown] = {}
        for record in records:
            if record.image is not None:
                captions, shown = by_picture.get(record.image, _NOTHING)
                shown = shown.union(event.type for event in record.events)
                by_picture[record.image] = Shown((*captions, record.caption), shown)
            for word in _WITHIN.findall(record.caption):
                pool.casing[word.lower()] += 1 if word.islower() else -1
            pool.num_words.update(words_in(record.caption))
            for event in record.events:
                if event.id == record.primary:
                    pool.num_events[event.type] += 1
                    pool.num_triggers[event.type, event.trigger.lemma.split()[0].lower()] += 1
                    for tool in {arg.head.text.lower() for arg in event.arguments if arg.role in TOOL_ROLES}:
                        types_of_tool.setdefault(tool, Counter())[event.type] += 1
                _observe_standing(pool.standing, event)
                if event.depicted:
                    observe_casts(pool.casts, event)
                waiting += [
                    (argument.entity_type, argument.role, argument.text, argument.head.text.lower())
                    for argument in event.arguments
                    if argument.role not in ("Place", "Time") and _can_be_lent(argument.text, argument.head.text)
                ]
        for entity_type, role, text, head in waiting:
            spare = Spare(decapitalized(text, pool.casing), head)
            for key in ((entity_type, role, is_plural(text)), (entity_type, "", is_plural(text))):
                found = pool.spares.setdefault(key, [])
                num_seen[key] += 1
                if len(found) < RESERVOIR:
                    found.append(spare)
                elif (place := rng.randrange(num_seen[key])) < RESERVOIR:
                    found[place] = spare
        num_records = max(1, pool.num_events.total())
        for tool, types in types_of_tool.items():
            others = (num for name, num in pool.num_events.items() if name not in types)
            if max(others, default=0) * types.total() >= TELLING * num_records:
                pool.types_with[tool] = frozenset(types)
        pool.shown = {image: said for image, said in by_picture.items() if len(said.captions) > 1}
        return pool


def _observe_standing(standing: Standing, event: Event) -> None:
    """Counts the first two participants of an event that a caption depicts, in the order of the text."""
    if not event.depicted or len(event.arguments) < 2:
        return
    acting = [one for one in event.arguments if one.entity_type in ("PER", "ORG") and one.role not in ("Place", "Time")]
    if len(acting) > 1:
        first, second = sorted(acting, key=lambda argument: argument.start)[:2]
        if first.role != second.role:
            one, other = Place.of(first.text, first.head.text), Place.of(second.text, second.head.text)
            observe(standing, one, other, event.trigger.lemma.lower())


def _can_be_lent(text: str, head: str) -> bool:
    words = text.split()
    if len(words) > MAX_WORDS or head.lower() in GENERIC_HEADS | PRONOUNS or _LEFT_OPEN.search(text):
        return False
    if is_partial(text):
        return False
    return not {word.lower() for word in words} & (POSSESSIVES | PRONOUNS) and any(map(str.isalpha, text))
