"""A sentence with one event in it, by offsets: what swaps work on, be it a caption or a template sentence."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from eventclip.records import Argument, Edit, EntityType, Event, PositiveKind
from eventclip_extract.english import DETERMINERS, NEVER_NAMES, PLACE_PREPOSITIONS
from eventclip_extract.entities import class_of_noun
from eventclip_extract.inflection import indefinite_article, is_plural, lemmas, singular

_OPENS_SENTENCE = re.compile(r"(?:^|[.!?:–—\"“]|\s-|--)\s*$")
_IN_WORDS = frozenset("_’'-")
_ARTICLE = re.compile(r"(?i)\b(an?)(\s+)$")
_WORD_AFTER = re.compile(r"\s*([\w’'-]+)")


@dataclass(frozen=True, slots=True)
class Filler:
    """An argument in a sentence: `text[start:end]` is what stands there, `role` and `entity_type` what it is."""

    role: str
    text: str
    start: int
    end: int
    entity_type: EntityType
    head: str

    @classmethod
    def from_argument(cls, argument: Argument) -> "Filler":
        """The filler at the place of a record's argument."""
        head = argument.head.text
        return cls(argument.role, argument.text, argument.start, argument.end, argument.entity_type, head)


_PARTS_OF_SPEECH = {"nominal": "NOUN", "light-noun": "LIGHT"}
"""By the rule that found an event; all others find verbs."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text, the type and the trigger of one event in it, and the event's fillers in the order of the text.

    `base` and `style` say which positive the text is; `pos` is the trigger's part of speech, None when it is not known,
    and LIGHT for a noun that goes with its verb: few others could be "launched" or "delivered" in its place.
    """

    text: str
    base: PositiveKind
    type: str
    lemma: str
    start: int
    end: int
    fillers: tuple[Filler, ...]
    pos: str | None = None
    style: str | None = None

    @classmethod
    def from_event(cls, caption: str, event: Event) -> "Sentence":
        """The caption seen from one of its events."""
        fillers = sorted({Filler.from_argument(argument) for argument in event.arguments}, key=lambda one: one.start)
        pos = None if not event.rule else _PARTS_OF_SPEECH.get(event.rule, "VERB")
        trigger = event.trigger
        return cls(
            text=caption,
            base="caption",
            type=event.type,
            lemma=trigger.lemma.lower(),
            start=trigger.start,
            end=trigger.end,
            fillers=tuple(fillers),
            pos=pos,
        )

    @property
    def told(self) -> str:
        """What kind of text it is, by one word."""
        return self.style or self.base

    @property
    def trigger(self) -> str:
        """The words of the trigger."""
        return self.text[self.start : self.end]

    def words_before(self, offset: int, count: int) -> list[str]:
        """Up to `count` words that stand before an offset, nearest first, lower case, none beyond punctuation."""
        return list(_words_before(self.text, offset, count))

    def lead(self, offset: int) -> str:
        """The preposition of place ("in", "on", "at") that stands right before an offset; empty where none does."""
        before = self.words_before(offset, 1)
        return before[0] if before and before[0] in PLACE_PREPOSITIONS else ""

    def word_after(self, offset: int) -> str:
        """The word that follows an offset, lower case; empty at punctuation and at the end."""
        match = _WORD_AFTER.match(self.text, offset)
        return match[1].lower() if match else ""

    def opens_sentence(self, offset: int) -> bool:
        """Whether what starts at an offset is the beginning of a sentence, and so has a capital for that reason."""
        return _OPENS_SENTENCE.search(self.text[max(0, offset - 4) : offset]) is not None


@lru_cache(maxsize=1_024)  # of a caption, the same few are asked for again and again
def _words_before(text: str, offset: int, count: int) -> tuple[str, ...]:
    found: list[str] = []
    while len(found) < count:  # by hand: a pattern would be tried at every character before the offset
        while offset and text[offset - 1].isspace():
            offset -= 1
        end = offset
        while offset and (text[offset - 1].isalnum() or text[offset - 1] in _IN_WORDS):
            offset -= 1
        if offset == end:
            break
        found.append(text[offset:end].lower())
    return tuple(found)


_OF = re.compile(r"([\w’'.-]+)\s+of\s+$")


def is_owned(sentence: Sentence, start: int) -> bool:
    """Whether what begins at an offset belongs to a name, a title or people before "of": "Secretary of State".

    The trigger may have an "of" of its own: "the arrest of".
    """
    before = _OF.search(sentence.text, max(0, start - 40), start)
    if before is None or sentence.start <= before.start(1) < sentence.end:
        return False
    word = before[1]
    return word[0].isupper() or class_of_noun(singular(word)) in ("PER", "ORG")


def replacement(text: str, start: int, end: int, new: str) -> Edit:
    """The edit that puts `new` in the place of `text[start:end]`."""
    return Edit(start=start, end=end, old=text[start:end], new=new)


def article_edit(text: str, offset: int, new: str) -> tuple[Edit, ...]:
    """The edit of an a or an that stands right before an offset, where `new` wants the other one."""
    match = _ARTICLE.search(text, max(0, offset - 4), offset)
    if match is None:
        return ()
    article = indefinite_article(new)
    if match[1].lower() == article:
        return ()
    return (replacement(text, *match.span(1), capitalized(article) if match[1][0] == "A" else article),)


def overlap(spans: Sequence[tuple[int, int]]) -> bool:
    """Whether any two of the spans share a character."""
    ordered = sorted(spans)
    return any(after[0] < before[1] for before, after in pairwise(ordered))


def capitalized(text: str) -> str:
    """The text with a capital as its first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


def decapitalized(text: str, casing: Mapping[str, int]) -> str:
    """The text as it stands within a sentence: a small first letter unless its first word is a name.

    Args:
        text: a phrase that opened a sentence.
        casing: word in lower case -> how much more often a corpus writes it small than with a capital.
    """
    first = text.split(maxsplit=1)[0] if text.strip() else ""
    lower = first.lower()
    if not first[:1].isupper() or (len(first) > 1 and first.isupper()) or first == "I":
        return text
    balance = casing.get(lower, 0)
    if lower in NEVER_NAMES or balance > 0 or (balance == 0 and _is_common(text)):
        return text[0].lower() + text[1:]
    return text


@cache
def _is_common(text: str) -> bool:
    """Where a corpus does not tell: the first word is a known plural, or a known word before a small one."""
    words = text.split()
    lower = words[0].lower().strip(",.;")
    if len(words) > 1 and words[1].islower() and re.match(r"(?:anti|non|pro|pre|ex|un)-?[a-z]{4}", lower):
        return True
    known = lemmas(lower)
    plural = "NOUN" in known and lower not in known["NOUN"]
    return bool(known) and (plural or (len(words) > 1 and words[1].islower()))


@cache
def is_partial(text: str) -> bool:
    """Whether a text cannot be a whole noun phrase: a bare singular ("hut"), a mere number, loose punctuation."""
    first = text.split(maxsplit=1)[0].lower() if text.strip() else ""
    if not any(map(str.isalpha, text)) or not text[0].isalnum():
        return True
    return text[0].islower() and first not in DETERMINERS and not is_plural(text)
