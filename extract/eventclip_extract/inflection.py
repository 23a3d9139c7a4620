"""English forms: verbs and nouns inflected like the word that they replace, a or an, and the number of a noun phrase.

Tags are those of the Penn Treebank: VB, VBP, VBZ, VBG, VBD, VBN for verbs, NN and NNS for nouns.
"""

import re
import sys
from functools import cache
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from typing import Any

from eventclip_extract.english import (
    ENDS_HEAD,
    PLURAL_DETERMINERS,
    PLURAL_PRONOUNS,
    SINGULAR_DETERMINERS,
    SINGULAR_IN_S,
    SINGULAR_PRONOUNS,
    UNCHANGED_PLURALS,
)

VERB_TAGS = ("VB", "VBP", "VBZ", "VBG", "VBD", "VBN")
# Where the inflection tables give nothing, or the rarer of two forms, first.
_IRREGULAR = {("lie", "VBD"): "lay", ("lie", "VBN"): "lain", ("bear", "VBN"): "borne", ("bus", "VBN"): "bused"}
_NOMINATIVE = {"him": "he", "her": "she", "them": "they", "us": "we", "me": "I", "whom": "who"}
_ACCUSATIVE = {nominative.lower(): accusative for accusative, nominative in _NOMINATIVE.items()}
_WORD = re.compile(r"[\w’'-]+|,")
_PLURAL_NAME = re.compile(r"\w{3,}(ans|ists|crats|ites|lims|ews|rds|abs|qis|nis|ines)")
_AN_SOUNDS = re.compile(r"(?i)(?:hour|honest|hono|heir|herb\b|[aeiou]|8|11\b|18\b)")
_A_SOUNDS = re.compile(r"(?i)(?:eu|ewe|uni(?!n|m)|use|usu|ur[aio]|uk|ut[ei]|one|once|ubiq)")
_INITIALS = re.compile(r"[A-Z](?:[A-Z]|\b|\.|-)")


@cache
def _lemminflect(name: str) -> Any:
    """The one object of lemminflect's class of that name.

    Its package imports spaCy for a hook that nothing here uses, and spaCy imports torch where that is installed: four
    seconds of every process. So the class is loaded past the package's `__init__.py`.
    """
    is_there = "lemminflect" in sys.modules
    if not is_there:
        spec = find_spec("lemminflect")
        assert spec is not None, "it is one of our dependencies"
        sys.modules["lemminflect"] = module_from_spec(spec)  # and is not executed
    try:
        return getattr(import_module(f"lemminflect.core.{name}"), name)()
    finally:
        if not is_there:
            del sys.modules["lemminflect"]  # whoever imports it gets the whole of it


@cache
def lemmas(word: str) -> dict[str, tuple[str, ...]]:
    """The dictionary forms of a lower-case word by its part of speech; empty for an unknown word. Not to be changed."""
    found: dict[str, tuple[str, ...]] = _lemminflect("Lemmatizer").getAllLemmas(word)
    return found


@cache
def singular(noun: str) -> str:
    """The dictionary form of a noun, in small letters; the word itself in small letters where the tables know none.

    >>> singular("Ponies")
    'pony'
    """
    return lemmas(noun.lower()).get("NOUN", (noun.lower(),))[0]


@cache
def verb_tags(word: str, lemma: str) -> frozenset[str]:
    """The tags that make `word` out of the verb `lemma`; empty when it is no form of it.

    >>> sorted(verb_tags("carried", "carry"))
    ['VBD', 'VBN']
    """
    word = word.lower()
    return frozenset(tag for tag in VERB_TAGS if word in (inflect(lemma, tag), *_forms(lemma, tag)))


@cache
def noun_tags(word: str, lemma: str) -> frozenset[str]:
    """The tags, NN or NNS, that make `word` out of the noun `lemma`; empty when it is no form of it."""
    word = word.lower()
    tags = {"NN"} if word == lemma else set()
    if word != lemma or lemma in UNCHANGED_PLURALS:
        tags |= {"NNS"} if word in (inflect(lemma, "NNS"), *_forms(lemma, "NNS")) else set()
    return frozenset(tags)


@cache
def inflect(lemma: str, tag: str) -> str:
    """A verb or noun in the form of a tag; of a noun of several words, the last word changes.

    >>> inflect("carry", "VBZ"), inflect("stop", "VBG"), inflect("news conference", "NNS")
    ('carries', 'stopping', 'news conferences')
    """
    if tag in {"VB", "VBP", "NN"}:
        return lemma
    if (lemma, tag) in _IRREGULAR:
        return _IRREGULAR[lemma, tag]
    before, space, last = lemma.rpartition(" ")
    forms = _forms(last, tag)
    return f"{before}{space}{forms[0] if forms else last}"


@cache
def _forms(lemma: str, tag: str) -> tuple[str, ...]:
    if not lemma.strip():
        return ()  # a gap that furniture left: the library wants a last letter
    return tuple(_lemminflect("Inflections").getInflection(lemma, tag="VB" if tag == "VBP" else tag))


def indefinite_article(following: str) -> str:
    """The article, `a` or `an`, that goes before a text.

    >>> [indefinite_article(word) for word in ("attack", "hour", "union", "FBI agent", "UN envoy", "8-year-old")]
    ['an', 'an', 'a', 'an', 'a', 'an']
    """
    if _INITIALS.match(following) and not following[:1].islower():
        return "an" if following[0] in "AEFHILMNORSX" else "a"
    return "an" if _AN_SOUNDS.match(following) and not _A_SOUNDS.match(following) else "a"


def in_case(text: str, *, nominative: bool) -> str:
    """A personal pronoun, or "who", as a subject or as an object, in small letters; any other text as it is.

    >>> in_case("They", nominative=False), in_case("him", nominative=True), in_case("Lima", nominative=True)
    ('them', 'he', 'Lima')
    """
    known = text.lower()
    if known not in _NOMINATIVE and known not in _ACCUSATIVE:
        return text
    return (_NOMINATIVE if nominative else _ACCUSATIVE).get(known, known)


@cache
def is_plural(phrase: str) -> bool:
    """Whether a noun phrase takes a plural verb ("two men", "the police", "a man and a woman").

    A guess from the words alone: determiners first, then coordination, then the form of the head.
    """
    words = _WORD.findall(phrase)
    head: list[str] = []
    for place, word in enumerate(words):
        lower = word.lower()
        if lower == "and" and head and place + 1 < len(words):
            return True
        if head and (lower in ENDS_HEAD or word == ","):
            break
        head.append(word)
    if not head:
        return False
    first, last = head[0].lower(), head[-1]
    if len(head) == 1 and first in SINGULAR_PRONOUNS | PLURAL_PRONOUNS and (last == "I" or not last.isupper()):
        return first in PLURAL_PRONOUNS
    if first in SINGULAR_DETERMINERS:
        return False
    if first in PLURAL_DETERMINERS or (first.replace(",", "").isdigit() and first != "1"):
        return True
    return _is_plural_noun(head)


def _is_plural_noun(head: list[str]) -> bool:
    word, lower = head[-1], head[-1].lower()
    if lower in UNCHANGED_PLURALS:
        return True
    if lower in SINGULAR_IN_S:
        return False
    singular = lemmas(lower).get("NOUN", ())
    inflected = any(lemma != lower for lemma in singular) and (lower not in singular or lower.endswith("s"))
    if word.islower() or len(head) == 1 or (inflected and not lower.endswith("s")):
        return inflected or _PLURAL_NAME.fullmatch(word) is not None
    if head[0].lower() == "the" and len(head) == 2:
        return lower.endswith("s")
    return _PLURAL_NAME.fullmatch(word) is not None
