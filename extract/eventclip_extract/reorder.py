"""What may stand in another order without a change of meaning: two who meet, two that are joined by "and", and where
and when of a caption."""
# ruff: noqa: SIM905 - lists of words are easiest to read and to change as text

import re
from collections.abc import Iterator, Sequence

from eventclip.records import Edit
from eventclip_extract.dates import CALENDAR, MONTH, WEEKDAY
from eventclip_extract.doubt import role_reasons
from eventclip_extract.english import (
    BE,
    DETERMINERS,
    ENDS_COMPLEMENT,
    HAVE,
    NEVER_NAMES,
    POSSESSIVES,
    PRONOUNS,
    SINGULAR_DETERMINERS,
)
from eventclip_extract.entities import class_of_noun
from eventclip_extract.exchange import exchanged
from eventclip_extract.inflection import is_plural, verb_tags
from eventclip_extract.noun_phrases import coordinated, is_quoted
from eventclip_extract.ontology import ACTING, EventType
from eventclip_extract.pool import Pool
from eventclip_extract.sentence import Filler, Sentence, capitalized, decapitalized, replacement
from eventclip_extract.voice import is_left_alone

_PLACED = re.compile(
    r"\b(?:left|right|center|centre|foreground|background|respectively)\b|\([LRC]\)|\b(?:first|second)\sfrom\b"
)
_POINTS_BACK = frozenset("he she him her his hers himself herself it its who whose which".split())
_TAKEN_BACK = re.compile(
    r"(?P<in>In this\s(?:[^,.;:]|,\s(?=\d{4})|(?<=day),\s)*?\b(?:photo|image|picture|photograph|photos|images)"
    rf"(?:\s(?:taken|made|released|provided|shot)\b(?:\s(?:on|by|in|from|{WEEKDAY}|{CALENDAR}|,|the|[A-Z][\w’'.-]*))*)?),\s"
)
_LEAD = re.compile(r"(?:\(?(?:FILE|File)(?:\s(?:PHOTO|photo|image))?\)?\s?[-–—:]*\s*)?")
_FIRST_END = re.compile(r"\.(?<=[\w)][\w)]\.)(?=\s+[\"“]?[A-Z]|\s*$)")
_MORE_CLAUSES = re.compile(
    r"\b(?:after|before|since|who|which|that|where|when|as|while|because|to|if|or|from|said|says)\b|[,;:]|\b\w+ing\b"
)
_FINITE = re.compile(r"\b(?:is|are|was|were|has|have|shows?)\b")
_DATE_LAST = re.compile(
    rf"(?P<gap>,\s|\s)(?:(?P<on>on\s)?(?P<date>(?:{WEEKDAY},?\s)?{MONTH}\s\d{{1,2}}(?:,\s\d{{4}})?|{WEEKDAY})"
    rf"|(?P<when>in\s(?:{MONTH}\s)?\d{{4}}|last\s(?:week|month|year)))$"
)
_OPENS_OTHERWISE = frozenset(
    (
        "in on at during after before from near since amid following with as while when this these left top bottom "
        "clockwise above below outside inside file here there people's by for to under over and but if although though "
        "it he she they standing sitting seen flanked accompanied surrounded"
    ).split()
)
_SUBORDINATORS = frozenset("as while who which that when where after before".split())
_TOO_FAR = ("",) * 9
_BODIES = frozenset("Committee Council Commission Department Ministry Agency Affairs Forces Party Board".split())
_BEFORE_NAMES = frozenset("former acting outgoing incoming then late".split())
_DATE = re.compile(
    rf"\b(?P<month>{MONTH})\s(?P<day>\d{{1,2}}),\s(?P<year>\d{{4}})\b(?P<comma>,(?=\s(?:file|photo|image|picture)\b))?"
)
_MONTHS = "January February March April May June July August September October November December".split()


def symmetric_order(
    sentence: Sentence, event_type: EventType, pool: Pool, others: Sequence[Sentence]
) -> Iterator[tuple[Edit, ...]]:
    """Two participants of whom it is all one who does it to whom, each in the other's place.

    Args:
        sentence: the caption as the event sees it.
        event_type: the event's type.
        pool: which words are written small.
        others: the caption as its other events see it.
    """
    if sentence.pos == "NOUN" or not event_type.symmetric:
        return
    fillers = [one for one in coordinated(sentence) if one.role in event_type.symmetric]
    if len(fillers) != 2 or _PLACED.search(sentence.text) or _words(sentence.text) & _POINTS_BACK:
        return
    one, other = fillers
    if one.end > sentence.start or other.start < sentence.end or one.entity_type != other.entity_type:
        return
    if one.entity_type not in ACTING:
        return
    before = sentence.text[one.end : sentence.start].strip(" ,")
    if len(before.split()) > 1 or sentence.trigger.endswith("ing") > (before in ("is", "are", "was", "were")):
        return  # "take a position during fighting with"
    if not is_left_alone(sentence.text, other.end):
        return
    between = sentence.text[sentence.end : other.start].strip()
    if between not in ("", "with") and role_reasons(sentence.lemma.split()[0], between) != ("symmetric",):
        return
    edits = exchanged(sentence, one, other, pool, others)
    if edits is not None:
        yield edits


def coordinates(sentence: Sentence, pool: Pool) -> Iterator[tuple[Edit, ...]]:
    """Two fillers joined by "and", each in the other's place ("men and women" - "women and men").

    Args:
        sentence: the caption as the event sees it.
        pool: which words are written small.
    """
    text = sentence.text
    for one, other in zip(sentence.fillers, sentence.fillers[1:], strict=False):
        if one.role != other.role or one.entity_type != other.entity_type or text[one.end : other.start] != " and ":
            continue
        if not _are_alike(sentence, one, other) or _PLACED.search(text) or is_quoted(text, one.start):
            continue
        first, second = other.text, one.text
        if sentence.opens_sentence(one.start):
            first, second = capitalized(first), decapitalized(second, pool.casing)
        yield (replacement(text, one.start, other.end, f"{first} and {second}"),)


def _are_alike(sentence: Sentence, one: Filler, other: Filler) -> bool:
    """Whether neither of two joined phrases shares a word with the other that stands before or behind both."""
    text = sentence.text
    words, others = one.text.split(), other.text.split()
    if {word.lower() for word in (*words, *others)} & (POSSESSIVES | PRONOUNS | {"and", "other", "others"}):
        return False
    after = re.match(r"(\s|,\s)?([\w’'-]*)", text[other.end : other.end + 30])
    assert after is not None, "any text matches"
    ends_here = not after[2] or after[2].lower() in ENDS_COMPLEMENT or other.end + 1 == sentence.start
    if (
        text[other.end : other.end + 1] in {"'", "’", "-", "("}
        or not ends_here
        or text[other.end : other.end + 3] == ", a"
    ):
        return False
    if re.match(r",\s(?:a|an|the|who|which|both|all)\b|\s(?:of|who|that)\b|,\s\d", text[other.end : other.end + 12]):
        return False
    before = sentence.words_before(one.start, 1)
    starts_here = sentence.opens_sentence(one.start) or (
        bool(before) and (before[0] in ENDS_COMPLEMENT or one.start - 1 == sentence.end)
    )
    first, second = words[0].lower(), others[0].lower()
    if not starts_here:
        return False
    if first in DETERMINERS or second in DETERMINERS:
        return first in DETERMINERS and second in DETERMINERS and (first in SINGULAR_DETERMINERS) <= (second != "the")
    if len(words) == len(others) == 1 and _is_small(sentence, one) and _is_small(sentence, other):
        return is_plural(words[0]) and is_plural(others[0])  # "armed men and women": of more words one may be shared
    # "Presidents Ada Moss and Carl Berg", "Ada and Carl Moss": a title or a last name for both
    if one.entity_type != "PER" or min(len(words), len(others)) == 1 or is_plural(words[0].lower()):
        return False
    if _BODIES.intersection(others):
        return False  # "House Oversight and Government Reform Committee Chairman Carl Berg"
    named = words[-1][0].isupper() and others[-1][0].isupper()
    return named and class_of_noun(words[-1].lower()) is None  # "President and Chairman Carl Berg" is one man


def _is_small(sentence: Sentence, filler: Filler) -> bool:
    return filler.text.islower() or (sentence.opens_sentence(filler.start) and filler.text[1:].islower())


def _words(text: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Za-z]+", text)}


def moved_adjuncts(text: str, sentences: Sequence[Sentence], pool: Pool) -> Iterator[tuple[Edit, ...]]:
    """When or where from the end of the first sentence to its opening, "in this photo" from there to its end.

    Args:
        text: the caption.
        sentences: the caption as each of its events sees it.
        pool: which words are written small.
    """
    start, stop = first_sentence(text)
    if text.count('"', 0, stop) % 2 or text.count("“", 0, stop) != text.count("”", 0, stop):
        return
    if text.startswith("In this ", start) and (taken := _TAKEN_BACK.match(text, start, stop)):
        rest = text[taken.end() : stop]
        if not rest.startswith(("provided", "released", "taken", "made")) and rest[:1].isalnum():
            first = replacement(text, start, taken.end() + 1, capitalized(rest[0]))
            yield first, replacement(text, stop, stop, f", in{taken['in'][2:]}")
        return
    if not _is_clause(text, sentences, start, stop):
        return
    date = _DATE_LAST.search(text, max(start, stop - 40), stop)
    if date and _is_told(date) and not _is_bound(date, text, start):
        when = capitalized(date["when"]) if date["when"] else f"On {date['date']}"
        yield *_put_before(text, start, f"{when}, ", pool), _cut(text, date.start(), stop)
    # A date follows where the caption says where the picture was taken; any other place may belong to a noun.
    place_end = date.start() if date and date["gap"] == ", " else stop
    place = _place_before(sentences, place_end)
    if place is not None and place > start and (place_end < stop or not _MORE_CLAUSES.search(text, start, place)):
        gap = len(text[start:place].rstrip(" ,")) + start
        where = capitalized(text[place:place_end])
        yield *_put_before(text, start, f"{where}, ", pool), _cut(text, gap, place_end)


def _cut(text: str, start: int, end: int) -> Edit:
    """The edit that takes out what ends at an offset; of two full stops that would meet, one goes as well."""
    meets = text[start - 1] == "." == text[end : end + 1]
    return replacement(text, start, end + meets, "")


def _is_told(date: re.Match[str]) -> bool:
    """Whether a date stands for itself, and is no part of a name."""
    return bool(date["on"] or date["when"] or date["gap"] == ", " or date["date"].endswith("day"))


def other_lead(text: str, sentences: Sequence[Sentence], pool: Pool) -> Iterator[tuple[Edit, ...]]:
    """The mark of an old picture in words: "FILE - " is "In this file photo, ".

    Args: as for `moved_adjuncts`.
    """
    start, stop = first_sentence(text)
    is_clause = _is_clause(text, sentences, start, stop) or (_FINITE.search(text, start, stop) and _begins(text, start))
    if start and text.startswith("FILE") and is_clause:
        _, *small = _put_before(text, start, "", pool)
        yield replacement(text, 0, start, "In this file photo, "), *small


def first_sentence(text: str) -> tuple[int, int]:
    """Where the first sentence of a caption begins, behind "FILE -", and where it ends, before its full stop."""
    lead, end = _LEAD.match(text), _FIRST_END.search(text)
    assert lead is not None, "it may be empty"
    return lead.end(), end.start() if end else len(text.rstrip())


def _is_bound(date: re.Match[str], text: str, start: int) -> bool:
    """Whether a date without a year may belong to a clause or noun before it instead of to the whole sentence."""
    if date["gap"] == ", " and date["date"] and re.search(r"\d{4}$", date["date"]):
        return False
    return _MORE_CLAUSES.search(text, start, date.start()) is not None


def _is_clause(text: str, sentences: Sequence[Sentence], start: int, stop: int) -> bool:
    """Whether the sentence begins with its subject and has a verb, and so is no mere noun phrase."""
    if not _begins(text, start):
        return False
    for sentence in sentences:
        if sentence.pos == "NOUN" or not start < sentence.start < stop or sentence.trigger.endswith("ing"):
            continue
        subject = next((one for one in sentence.fillers if one.end <= sentence.start), None)
        between = sentence.text[subject.end : sentence.start].split() if subject is not None else _TOO_FAR
        if len(between) <= 4 and _SUBORDINATORS.isdisjoint(between) and _is_finite(sentence, between):
            return True
    return False


def _is_finite(sentence: Sentence, between: Sequence[str]) -> bool:
    """Whether the trigger has a tense, and is no participle that belongs to the noun before it."""
    tags = verb_tags(sentence.trigger.split()[0], sentence.lemma.split()[0])
    return not BE.union(HAVE).isdisjoint(between) or bool(tags & {"VBZ", "VBP"}) or tags == {"VBD"}


def _begins(text: str, start: int) -> bool:
    """Whether what begins at an offset may be a subject."""
    opening = re.match(r"[\w’'.-]+", text[start : start + 40])
    return opening is not None and opening[0].lower() not in _OPENS_OTHERWISE


def _put_before(text: str, start: int, words: str, pool: Pool) -> list[Edit]:
    """The words put before a sentence, and its first letter made small unless it is a name's."""
    small = within(text[start : start + 80], pool)[0]
    edits = [replacement(text, start, start, words)]
    return edits if small == text[start] else [*edits, replacement(text, start, start + 1, small)]


def within(text: str, pool: Pool) -> str:
    """What opened a sentence as it stands within one."""
    first, _, rest = text.partition(" ")
    lower = first.lower()
    if lower.partition("-")[0] in _BEFORE_NAMES:  # "Then-Secretary Ada Moss"
        return text[0].lower() + text[1:]
    named = rest[:1].isupper() and lower not in NEVER_NAMES and class_of_noun(lower) != "PER"
    return text if named else decapitalized(text, pool.casing)


def _place_before(sentences: Sequence[Sentence], stop: int) -> int | None:
    """Where the preposition of a place begins that ends at an offset and that an event of a clause names."""
    for sentence in sentences:
        for filler in sentence.fillers:
            if filler.role != "Place" or filler.end != stop or filler.entity_type not in ("GPE", "LOC", "FAC"):
                continue
            lead = sentence.text[max(0, filler.start - 12) : filler.start]
            before = re.search(r"(?<=[\w,)])\s(in|at|near|outside|inside)\s$", lead)
            if before is not None and sentence.end < filler.start and filler.text[0].isupper():
                return filler.start - len(before[0]) + 1
    return None


def other_date(text: str) -> Iterator[tuple[Edit, ...]]:
    """The first full date in the other order: "Nov. 16, 2016" - "16 November 2016"."""
    found = _DATE.search(text)
    if found is not None:
        month = next(name for name in _MONTHS if name.startswith(found["month"][:3]))
        new = f"{found['day']} {month} {found['year']}"
        yield (replacement(text, found.start(), found.end(), new),)
