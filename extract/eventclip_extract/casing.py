"""Capitals and characters that a caption lost on its way: ALL CAPS, and UTF-8 that was read as Windows-1252."""

import re
from functools import cache

from eventclip_extract.english import (
    ADVERBS,
    BE,
    DETERMINERS,
    ENDS_COMPLEMENT,
    ENDS_HEAD,
    HAVE,
    MODALS,
    OPENS_NOUN,
    PRONOUNS,
)
from eventclip_extract.entities import nouns

_MOSTLY = 0.8
_ENOUGH_LETTERS = 12
_WORD = re.compile(r"[^\W\d_][\w.'-]*")
_CLOSED = ADVERBS | BE | DETERMINERS | ENDS_COMPLEMENT | ENDS_HEAD | HAVE | MODALS | OPENS_NOUN | PRONOUNS
_INITIALS = frozenset({"AFP", "AP", "CIA", "EU", "FBI", "ICC", "IMF", "ISIS", "NASA", "NATO", "UK", "UN", "USA"})
_CALENDAR = re.compile(
    r"\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|April|June|July|August|September|October"
    r"|November|December|(?:March|May)(?= \d))\b",
    re.IGNORECASE,
)


def recased(text: str) -> str:
    """A text in capitals as it would have been written otherwise, letter by letter; any other text as it is."""
    num_capitals = sum(map(str.isupper, text))
    if num_capitals < _MOSTLY * max(_ENOUGH_LETTERS, sum(map(str.isalpha, text))):
        return text
    made = _WORD.sub(lambda found: _small_unless_name(found[0]), text)
    for names in (_CALENDAR, _named_lands()):
        made = names.sub(lambda found: found[0].title(), made)
    made = re.sub(r"(?:^|(?<=[a-z][.!?] ))\W*\w", lambda found: found[0].upper(), made)
    return made if len(made) == len(text) else text  # some capitals have more small letters than one


def _small_unless_name(word: str) -> str:
    from lemminflect import getAllLemmas  # imports spacy

    bare, _, ending = word.partition("'")
    lower = bare.lower().rstrip(".")
    if bare in _INITIALS or (len(bare) > 2 and bare[1::2] == "." * (len(bare) // 2)):  # "U.N."
        return word
    known = lower in _CLOSED or any(bool(getAllLemmas(part)) for part in (lower, *lower.split("-")))
    mark = word[len(bare) : len(bare) + 1]
    return (bare.lower() if known else bare.title()) + mark + ending.lower()


@cache
def _named_lands() -> re.Pattern[str]:
    names = sorted(
        (name for name in nouns("countries") | nouns("states") if "." not in name and len(name) > 3),
        key=len,
        reverse=True,
    )
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b", re.IGNORECASE)


def _windows_character(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)  # five bytes that Windows-1252 leaves free


_BYTES = {_windows_character(byte): byte for byte in range(0x80, 0xF5)}
_FOLLOWING = "".join(re.escape(_windows_character(byte)) for byte in range(0x80, 0xC0))
MOJIBAKE = re.compile(rf"[Â-ß][{_FOLLOWING}]|[à-ï][{_FOLLOWING}]{{2}}|â€(?=\W|$)")
"""What may be a character of UTF-8 read byte by byte; see `decoded`."""


def decoded(found: re.Match[str]) -> str | None:
    """The character that was meant; None where its like is in no press caption, so that the text was meant as it is."""
    if found[0] == "â€":  # the closing quotation mark, whose last byte Windows-1252 has no character for
        return '"'
    try:
        meant = bytes(_BYTES[character] for character in found[0]).decode("utf-8")
    except UnicodeDecodeError:
        return None
    return meant if meant < "\u0180" or "\u2010" <= meant <= "\u20bf" or meant in "\u2122\ufeff" else None
