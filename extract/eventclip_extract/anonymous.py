"""Participants told by what is seen of them alone: no name, no profession, "a person in red", "two injured people".

A name or a profession says a lot about who usually does what: nurses treat, officers arrest. What is left without them
is what no habit of a corpus hangs on, so that only the picture can tell who does it and who suffers it.
"""
# ruff: noqa: SIM905 - lists of words are easiest to read and to change as text

import re
from dataclasses import replace

from eventclip_extract.english import PLURAL_DETERMINERS
from eventclip_extract.entities import class_of_noun
from eventclip_extract.inflection import indefinite_article, is_plural, singular
from eventclip_extract.templates import Given

_SEEN = frozenset(
    "young old elderly little small tall bearded bald blond masked barefoot shirtless veiled hooded uniformed armed "
    "injured wounded bleeding bandaged bloodied blindfolded handcuffed smiling crying kneeling sitting standing "
    "red orange yellow green blue purple pink brown black white gray grey".split()
)
"""Adjectives of what a picture shows of somebody, whatever he is."""
_NUMBERS = PLURAL_DETERMINERS - {"these", "those", "other", "various"}
_AMOUNT = re.compile(r"(?i)(?:an? (?:group|crowd|number) of|(?:dozens|hundreds|thousands|scores) of|\d[\d,]*)\s+")
_LOOKS = re.compile(r"\s(?:in|wearing|dressed in)\s(?=[a-z])")
_WORD = re.compile(r"[A-Za-z][\w’'-]*")


def anonymous(given: Given) -> Given:
    """The argument without name, profession, nation and sex; itself where it is no person.

    How many there are stays, and what they look like and wear.
    """
    if given.entity_type != "PER" and not (given.entity_type == "ORG" and _is_of_people(given.head)):
        return given
    text = given.text
    at = text.lower().rfind(given.head.lower()) if given.head else -1
    before, behind = (text[:at], text[at + len(given.head) :]) if at >= 0 else ("", "")
    looks = [word for word in _WORD.findall(before) if word in _SEEN]
    worn = behind if _LOOKS.match(behind) else ""
    amount = _amount(before)
    if amount or is_plural(text):
        noun = " ".join((*looks, "people"))
        told = amount + noun
    else:
        noun = " ".join((*looks, "person"))
        told = f"{indefinite_article(noun)} {noun}"
    return replace(given, text=told + worn, entity_type="PER", head=noun.rpartition(" ")[2])


def _amount(before: str) -> str:
    """How many there are, with a space behind it; empty where the words do not say."""
    match = _AMOUNT.match(before)
    if match is not None:
        return match[0].lower()
    first = before.split(maxsplit=1)[0].lower() if before.strip() else ""
    return f"{first} " if first in _NUMBERS else ""


def _is_of_people(head: str) -> bool:
    """Whether the head of an organisation is a word for people, as "police" and unlike "Microsoft"."""
    return head.islower() and class_of_noun(singular(head)) in ("PER", "ORG") and is_plural(head)
