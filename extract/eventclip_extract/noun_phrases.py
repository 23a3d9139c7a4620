"""Whole noun phrases around the fillers of an event: where they begin and end, and what hangs on them.

A filler ends with its head or soon after it. What belongs to the phrase besides (a title before a name, "of the
attack", an apposition between the subject and its verb) moves along; where that cannot be told, there is no phrase.
"""
# ruff: noqa: SIM905 - lists of words are easiest to read and to change as text

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from eventclip.records import EntityType
from eventclip_extract.dates import MONTH, WEEKDAY
from eventclip_extract.english import (
    BE,
    DETERMINERS,
    ENDS_COMPLEMENT,
    HAVE,
    MODALS,
    NEVER_NAMES,
    PERSONAL_PRONOUNS,
    POSSESSIVES,
    PRONOUNS,
)
from eventclip_extract.entities import class_of_noun, nouns
from eventclip_extract.inflection import is_plural, lemmas, singular, verb_tags
from eventclip_extract.positions import POSITION
from eventclip_extract.sentence import Filler, Sentence, is_owned, is_partial

MAX_WORDS = 16
_FIXED_PRONOUNS = PRONOUNS - PERSONAL_PRONOUNS
_SUBORDINATORS = frozenset("as while when after before that where because since until if though although".split())
_LINKS = frozenset(
    (
        "to by with for from of against on at into upon toward towards "
        "about after alongside in near off over past behind around beside "
        "under between outside inside through following"
    ).split()
)
_STAGES = frozenset(("show shows showing sees see seen watches watch watching pictures depicting depicts").split())
_INTRODUCTION = re.compile(
    r"(?:In|On|At|During|After|Before|From|Near|Outside|Inside|Since|Amid|Following)\b[^;:]*,\s*$"
)
_WORD = re.compile(r"[\w’'-]+")
_LAST_WORD = re.compile(r"(?:^|(?<=\s))([A-Za-z][\w’'.-]*|\([A-Z]{2,8}\))\s$")
_MARKER = rf"(?:{POSITION}|\d?\w{{0,2}} ?[LRC])"
MARKER = re.compile(rf"\s*(?:,\s{_MARKER},?|\({_MARKER}\),?)(?=\s|$|[.;])")
_ABBREVIATION = re.compile(r"\b(?:[A-Z]|Sen|Rep|Gen|Gov|Lt|Col|Sgt|Dr|Mr|Mrs|Ms|St)\.\s$")
_AFFIX = re.compile(r",\s(?:\d{1,3}|[DRI]-[A-Z][A-Za-z]*\.?(?:\s?[A-Z]\.)?)(?P<comma>,)?(?=\s|$|[.;])")
_NAME_TAIL = re.compile(r"(?:\s(?:(?!(?:FILE|In|On|At)\b)[A-Z][\w’'-]*(?:\.(?=\s[A-Z]))?))+")
_APPOSITION = re.compile(r",\s(?!who\b|which\b|whose\b|where\b|and\b|as\b|while\b|after\b)[^,;:\"“”]{3,90},(?=\s)")
_ACRONYM = re.compile(r"\s\([A-Z][\w.-]{1,10}\)")
_DATE = re.compile(rf",?\s(?:{MONTH}\s\d|{WEEKDAY}\b)")
_FORBIDDEN = re.compile(r"[;:\"“”\[\]()]|\b(?:who|which|that|whose|where)\b")
_TAIL = re.compile(
    r"\s(?:(?:who|that)\s(?=[a-z]+(?:s|ed)\s|(?:are|were|have|had|will|can)\s)"
    r"|(?P<participle>[a-z]+)\s(?:by|in|at|of|with|from|on|for|to|during|as)\s)(?:[^.,;:()\"“”]|\.(?=\w|\s[a-z]))+"
)
_TAIL_STOPS = re.compile(
    rf"[.!?]?\s*$|[.!?]\s|,\s(?:{MONTH}\s\d|{WEEKDAY}\b|(?:in|at|on|near|outside|inside|during|as|while|after|before)\s)"
)
_LAND_FOLLOWS = re.compile(r",\s[A-Z][\w’'.-]+")
_IN_TOWN = re.compile(r"\s(?:in|at|near|outside)\s[A-Z]")
_COLLECTIVE = frozenset("media press mob police security".split())
_VERB_NUMBER = {
    "is": False,
    "was": False,
    "has": False,
    "does": False,
    "are": True,
    "were": True,
    "have": True,
    "do": True,
}
_BARE = frozenset({"media", "security"})
_AUXILIARIES = BE | HAVE | (MODALS - {"to"})
_INTRODUCING = frozenset("in on at during after before from near since amid following with this these".split())
_POSTMODIFIERS = frozenset("in from with at on of near wearing holding carrying dressed".split())
_FOLLOWS_OBJECT = frozenset(
    ("wearing holding carrying alongside aboard ahead amid past away out back down up next through across").split()
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A filler's whole noun phrase.

    Attributes:
        start, end: where it stands; `text` is what stands there, without the comma that may close an apposition.
        filler: the filler that it is about.
        plural: whether it takes a plural verb.
        closed: whether a comma follows within the sentence wherever it goes.
        bound: whether a relative clause stays behind that agrees with whatever stands here.
        leads: whether it goes before the trigger, and so is, as a rule, the subject of a verb.
        rest: what hangs on it and moves along besides `text`: a mark of the place in the picture (", left", " (R)"), a
            participle or a relative clause (" held by its father").
    """

    start: int
    end: int
    text: str
    filler: Filler
    plural: bool
    closed: bool = False
    bound: bool = False
    leads: bool = False
    rest: str = ""


def coordinated(sentence: Sentence) -> tuple[Filler, ...]:
    """The fillers in order, those of one role that are joined by "and" as one."""
    made: list[Filler] = []
    for filler in sentence.fillers:
        last = made[-1] if made else None
        joined = last is not None and sentence.text[last.end : filler.start] in (" and ", ", ")
        if last is not None and joined and (last.role, last.entity_type) == (filler.role, filler.entity_type):
            made[-1] = replace(last, text=sentence.text[last.start : filler.end], end=filler.end)
        else:
            made.append(filler)
    return tuple(made)


def whole_phrase(sentence: Sentence, filler: Filler) -> Phrase | None:
    """The noun phrase around a filler; None where something hangs on it that cannot move along."""
    text = sentence.text
    if (filler.start < sentence.end and sentence.start < filler.end) or not _can_act(filler):
        return None
    # The extractor may have taken "second from left" for an apposition; that stays where it is.
    if place := re.search(rf",\s{_MARKER}$", filler.text):
        filler = replace(filler, text=filler.text[: place.start()], end=filler.start + place.start())
    start = _left_edge(sentence, filler)
    right = _right_edge(sentence, filler) if start is not None else None
    if start is None or right is None or is_quoted(text, start):
        return None
    told_end, end, bound = right
    told, core = text[start:told_end], text[start : filler.end]
    if not _is_complete(told, core) or (start < sentence.end and sentence.start < end):
        return None
    leads = end <= sentence.start
    plural = number_of_verb(text, end) if leads else None
    if plural is None:
        head = filler.head.lower()
        plural = is_plural(core) or (kind_of(filler) in ("PER", "ORG") and singular(head) != head)
    closed = text[told_end:end] == ","
    rest = "" if closed or sentence.base == "template" else _rest(sentence, end, leads=leads)
    if rest is None:
        return None
    if rest:
        return Phrase(start, end + len(rest), told, filler, plural, leads=leads, rest=rest)
    return Phrase(start, end, told, filler, plural, closed, bound, leads)


def _rest(sentence: Sentence, end: int, *, leads: bool) -> str | None:
    """What hangs on a phrase that ends at an offset and moves along; None where its end cannot be told.

    It is a mark of the place in the picture, or a participle or relative clause up to the sentence's end or date.
    """
    text = sentence.text
    if marker := MARKER.match(text, end):
        return marker[0].removesuffix(",")
    tail = _TAIL.match(text, end)
    if tail is None:
        return ""
    participle = tail["participle"]
    if participle is not None and (not _is_participle(participle) or tail.start("participle") == sentence.start):
        return ""
    rest = "" if leads or len(tail[0].split()) > MAX_WORDS else _closed_tail(text, tail)
    return rest or ("" if participle is None else None)


def _closed_tail(text: str, tail: re.Match[str]) -> str:
    """The words of a clause behind a noun, the town left out that a land follows; empty where they may go on."""
    if _TAIL_STOPS.match(text, tail.end()):
        return tail[0]
    towns = list(_IN_TOWN.finditer(tail[0], 8))
    return tail[0][: towns[-1].start()] if towns and _LAND_FOLLOWS.match(text, tail.end()) else ""


@cache
def _is_participle(word: str) -> bool:
    """Whether a word may be the passive participle of a verb, and is no likelier a noun ("cut")."""
    known = lemmas(word)
    is_verb = word.endswith("ed") or "NOUN" not in known
    return is_verb and any("VBN" in verb_tags(word, lemma) for lemma in known.get("VERB", ()))


def is_quoted(text: str, offset: int) -> bool:
    """Whether an offset lies between quotation marks."""
    return bool(text.count('"', 0, offset) % 2) or text.count("“", 0, offset) > text.count("”", 0, offset)


def number_of_verb(text: str, offset: int) -> bool | None:
    """Whether the verb that follows an offset is plural; None where its form does not say."""
    marker = MARKER.match(text, offset)
    match = re.match(r"\s(?:[a-z]+ly\s)?([a-z]+)", text[marker.end() if marker else offset :][:40])
    if match is None or match[1] in MODALS - {"do", "does"}:
        return None
    word = match[1]
    if word in _VERB_NUMBER:
        return _VERB_NUMBER[word]
    for lemma in lemmas(word).get("VERB", ()):
        tags = verb_tags(word, lemma)
        if "VBZ" in tags:
            return False
        if "VBP" in tags and not tags & {"VBD", "VBN"}:
            return True
    return None


def _can_act(filler: Filler) -> bool:
    """Whether a participant is one that could do something: a name, or a noun known for people or organisations."""
    if filler.entity_type not in ("PER", "ORG") or filler.head[:1].isupper():
        return True
    head = filler.head.lower()
    return head in PERSONAL_PRONOUNS | _COLLECTIVE or kind_of(filler) in ("PER", "ORG")


def kind_of(filler: Filler) -> EntityType | None:
    """What a filler's head is known for in the lexicon of nouns."""
    return class_of_noun(singular(filler.head.lower()))


def _is_complete(told: str, core: str) -> bool:
    words = [word.lower() for word in _WORD.findall(told)]
    if not told[-1].isalnum() and told[-1] not in ".)":
        return False
    if not words or len(words) > MAX_WORDS or set(words) & POSSESSIVES or _FORBIDDEN.search(_ACRONYM.sub("", told)):
        return False
    if len(words) == 1 and words[0] in _FIXED_PRONOUNS:
        return False
    last = core.split()[-1]
    partial = is_partial(core) and not (core[0].isalpha() and last[0].isupper()) and words[-1] not in _BARE
    return not partial and not {singular(word) for word in words} & nouns("bodies")


def _left_edge(sentence: Sentence, filler: Filler) -> int | None:
    """Where the phrase begins: before the title of a name; None where no phrase can begin there."""
    text, start = sentence.text, filler.start
    if sentence.base == "template":
        return start
    if _has_name(filler.text) and filler.text.split(maxsplit=1)[0].lower() not in NEVER_NAMES:
        start = _title_edge(sentence, start)
    if _can_begin(sentence, start):
        return start
    if filler.end <= sentence.start:
        # "Ambassador to the United Nations Jane Doe speaks": the subject begins where its clause does.
        opening = _clause_opening(sentence, start)
        if any(opening <= one.start < start for one in sentence.fillers):
            return None  # "[Soldiers from] Mali were deployed"
        words = text[opening:start].split()
        if 0 < len(words) <= 9 and not re.search(r"[,;:()\"“”]", text[opening:start]) and not _has_verb(words):
            return opening if words[0].lower() not in _LINKS | _INTRODUCING else None
    return None


def _opens_sentence(sentence: Sentence, offset: int) -> bool:
    """Whether a sentence begins at an offset, and not just the word behind an abbreviation ("U.S. President")."""
    return sentence.opens_sentence(offset) and not _ABBREVIATION.search(sentence.text[max(0, offset - 8) : offset])


def _has_name(text: str) -> bool:
    return any(word[0].isupper() for word in text.split()[-2:])


def _title_edge(sentence: Sentence, start: int) -> int:
    for _ in range(10):
        if _opens_sentence(sentence, start) or (
            start >= sentence.end and not sentence.text[sentence.end : start].strip()
        ):
            break
        before = _LAST_WORD.search(sentence.text, max(0, start - 40), start)
        if before is None or not _belongs_to_name(before[1]):
            break
        start = before.start(1)
        if before[1].lower() in DETERMINERS:
            break
    return start


def _clause_opening(sentence: Sentence, start: int) -> int:
    opening = 0
    for match in re.finditer(
        r"(?:[.!?:–—\"“]|\s-|--)\s+|\b(?:as|while|when|after|before|because|where)\s", sentence.text[:start]
    ):
        opening = match.end()
    return opening


def _can_begin(sentence: Sentence, start: int) -> bool:
    """Whether a noun phrase may begin at an offset: at a sentence, after a verb, a preposition or a conjunction."""
    text = sentence.text
    if _opens_sentence(sentence, start):
        return not re.search(r"[\"”]\s$", text[max(0, start - 2) : start])
    if (text[sentence.end : start].isspace() and is_adjective(sentence)) or is_owned(sentence, start):
        return False
    before = sentence.words_before(start, 1)
    if not before:
        opening = _clause_opening(sentence, start)
        return text[start - 2 : start] == ", " and bool(_INTRODUCTION.match(text, opening, start))
    if start >= sentence.end:
        return not text[sentence.end : start].strip() or before[0] in _LINKS or before[0] in _SUBORDINATORS
    if before[0] in _SUBORDINATORS | _STAGES:
        return True
    return before[0] in _LINKS and sentence.trigger.split()[0].lower().endswith("ing")


def is_adjective(sentence: Sentence) -> bool:
    """Whether the trigger is a participle that belongs to the noun behind it: "at opposing fans", "a jailed poet"."""
    words = sentence.words_before(sentence.start, 1)
    if sentence.pos == "NOUN":
        return False
    tags = verb_tags(sentence.trigger.lower().split()[0], sentence.lemma.split()[0])
    if not words:
        return "VBN" in tags
    if sentence.trigger.lower().endswith("ing"):
        return words[0] in {"at", "to", "with", "against", "from"} | DETERMINERS - PERSONAL_PRONOUNS
    return "VBN" in tags and (words[0] in _LINKS | DETERMINERS - PERSONAL_PRONOUNS)


def _belongs_to_name(word: str) -> bool:
    lower = word.lower().removesuffix("'s").removesuffix("’s")
    if lower in _LINKS | _SUBORDINATORS | _STAGES | PRONOUNS | {"and", "or", "file"} or lower.endswith("ing"):
        return False
    return word[0].isupper() or word[0] == "(" or lower in DETERMINERS or lower != word.lower() or _is_title(lower)


@cache
def _is_title(word: str) -> bool:
    """Whether a word before a name belongs to it: a noun or adjective that is no verb, "leader" and not "arrests"."""
    known = lemmas(word)
    return bool(known) and "VERB" not in known and "ADV" not in known


def _right_edge(sentence: Sentence, filler: Filler) -> tuple[int, int, bool] | None:
    """Where the words of the phrase end, where what it takes up ends, and whether a relative clause hangs on it."""
    text, end = sentence.text, filler.end
    if sentence.base == "template":
        return end, end, False
    if tail := _NAME_TAIL.match(text, end):
        end = end if _DATE.match(text, end) else tail.end()
    if (acronym := _ACRONYM.match(text, end)) and not MARKER.match(text, end):
        end = acronym.end()
    if text.startswith(" of ", end):
        tail_end = _of_tail(text, end)
        if tail_end is None:
            return None
        end = tail_end
    if affix := _AFFIX.match(text, end):
        told = affix.end() - len(affix["comma"] or "")
        if not affix["comma"] or filler.end > sentence.start or _verb_follows(text, affix.end()):
            return told, affix.end(), False
    if filler.end <= sentence.start:
        return _subject_edge(text, end, sentence.start)
    return _loose_edge(text, end)


def _subject_edge(text: str, end: int, trigger: int) -> tuple[int, int, bool] | None:
    """The edge of a subject: a verb follows, at once, or behind a mark of the place in the picture or an apposition."""
    marker = MARKER.match(text, end)
    if re.match(r"\swho\s[a-z]", text[end : end + 10]):
        return end, end, True
    if not text[marker.end() if marker else end : trigger].strip(" ,") or _verb_follows(
        text, marker.end() if marker else end
    ):
        return end, end, False
    if (
        marker is None
        and (apposition := _APPOSITION.match(text, end))
        and (
            apposition.end() < trigger
            and _verb_follows(text, apposition.end())
            and not _has_verb(apposition[0].split())
        )
    ):
        return apposition.end() - 1, apposition.end(), False
    gap = text[end:trigger].rstrip()
    if gap and len(gap.split()) <= 6 and not re.search(r"[,;:()\"“”]|\b(?:and|or)\b", gap):
        words = gap.split()
        while words and (words[-1].lower() in _AUXILIARIES or words[-1].endswith("ly")):
            gap = gap[: -len(words.pop())].rstrip()
        if words and words[0].lower() in _POSTMODIFIERS and not _has_verb(words):
            return end + len(gap), end + len(gap), False
    return None


def _verb_follows(text: str, offset: int) -> bool:
    match = re.match(r"\s(?:[a-z]+ly\s)?([a-z][\w’'-]*)", text[offset : offset + 40])
    return match is not None and (match[1] in _AUXILIARIES or (match[1] not in ENDS_COMPLEMENT and is_finite(match[1])))


@cache
def is_finite(word: str) -> bool:
    """Whether a word may be a verb's finite form or participle, and is no likelier a noun."""
    known = lemmas(word)
    return "VERB" in known and not word.endswith("ing")


def _has_verb(words: Sequence[str]) -> bool:
    """Whether there is a finite verb that cannot be anything else."""
    for word in words:
        lower = word.lower().strip(",.")
        if lower in _AUXILIARIES:
            return True
        if word.islower() and "VERB" in (known := lemmas(lower)) and len(known) == 1:
            return True
    return False


def _of_tail(text: str, end: int) -> int | None:
    """Where the phrase after "of" ends: at the next preposition or mark; None at "and" or where it goes on too long."""
    place, count = end, 0
    for match in re.finditer(r"\s+([\w’'.-]*[\w’'])|([^\s\w])", text[end : end + 120]):
        word = match[1]
        if word is None:
            break
        lower = word.lower()
        if count and lower != "of" and (lower in ENDS_COMPLEMENT | _LINKS | _AUXILIARIES):
            return None if lower in {"and", "or"} else place
        if count > 1 and word.islower() and (lower.endswith(("ed", "ing", "ly")) or is_finite(lower)):
            return place
        place, count = end + match.end(1), count + 1
        if count > 8:
            return None
    return place if count > 1 else None


def _loose_edge(text: str, end: int) -> tuple[int, int, bool] | None:
    """The edge of what stands behind a verb or a preposition: what follows must stand for itself."""
    if MARKER.match(text, end) or _DATE.match(text, end):
        return end, end, False
    rest = text[end : end + 40]
    if not rest.strip() or re.match(r"\s?[.;:!?)\]](?:\s|$)|\.?[\"”]", rest):
        return end, end, False
    match = re.match(r"(,?)\s([A-Za-z][\w’'-]*)", rest)
    if match is None or match[2].lower() in {"and", "or", "but"} or match[2][0].isupper():
        return None
    comma, word = match[1], match[2]
    if word in {"who", "that"}:
        return end, end, True
    if word in ENDS_COMPLEMENT or word in _FOLLOWS_OBJECT:
        return end, end, False
    if comma:
        return (end, end, False) if word in _AUXILIARIES or (word.endswith("s") and is_finite(word)) else None
    return (end, end, False) if word.endswith(("ing", "ed", "ly")) or _is_verb_only(word) else None


@cache
def _is_verb_only(word: str) -> bool:
    known = lemmas(word)
    return bool(known) and set(known) <= {"VERB", "ADV"}
