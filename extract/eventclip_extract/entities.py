"""What a noun phrase is: one of the ten entity types, from the names that the pipeline found and from classes of nouns.

The classes list heads, not phrases: an "injured police officer" is a person because an officer is one.
"""

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from eventclip.records import EntityType
from eventclip_extract.cities import may_be_city
from eventclip_extract.inflection import lemmas, singular

if TYPE_CHECKING:
    from eventclip_extract.syntax import Word

_LEXICON = Path(__file__).with_name("nouns.yaml")
_CLASSES: tuple[tuple[str, EntityType], ...] = (
    ("weapons", "WEA"),
    ("vehicles", "VEH"),
    ("conveyances", "OBJ"),
    ("garments", "OBJ"),
    ("objects", "OBJ"),
    ("facilities", "FAC"),
    ("places", "LOC"),
    ("organisations", "ORG"),
    ("people", "PER"),
    ("times", "TIME"),
    ("values", "VAL"),
    ("ideas", "VAL"),
    ("crimes", "VAL"),
)
"""The classes of nouns and what they name; of two classes that hold a word, the first counts."""
_PERSON_ENDINGS = ("man", "men", "woman", "women", "er", "or", "ist", "ian", "eer", "ee", "ant", "boy", "girl", "mate")
_NATIONAL_ENDINGS = ("an", "ese", "ish", "i", "ch", "k", "s")
_NAMES: dict[str, EntityType] = {
    "PER": "PER",
    "PERSON": "PER",
    "NORP": "PER",
    "ORG": "ORG",
    "GPE": "GPE",
    "FAC": "FAC",
    "PRODUCT": "OBJ",
    "DATE": "TIME",
    "TIME": "TIME",
    "MONEY": "VAL",
    "PERCENT": "VAL",
    "QUANTITY": "VAL",
}


@cache
def nouns(name: str) -> frozenset[str]:
    """One of the lists of `nouns.yaml`."""
    text = _lexicon()[name]
    return frozenset(part.strip() for part in (text.split("|") if "|" in text else text.split()))


@cache
def names_of(word: str) -> frozenset[str]:
    """What whoever or whatever a lower-case noun names may be called as well: the noun itself, its singular, more
    general words and kinds of it, as singulars.

    >>> sorted(names_of("ponies"))
    ['horse', 'ponies', 'pony']
    """
    noun = singular(word)
    return frozenset({word, noun}) | _kin().get(noun, frozenset())


@cache
def _kin() -> dict[str, frozenset[str]]:
    kin: dict[str, frozenset[str]] = {}
    for general, *kinds in (group.split() for group in nouns("kinds")):
        kin[general] = kin.get(general, frozenset()).union(kinds)
        for kind in kinds:
            kin[kind] = kin.get(kind, frozenset()) | {general}
    return kin


@cache
def _first_words(name: str) -> frozenset[str]:
    return frozenset(entry.split()[0] for entry in nouns(name))


@cache
def _lexicon() -> dict[str, str]:
    read: dict[str, str] = yaml.safe_load(_LEXICON.read_text(encoding="utf-8"))
    return read


@cache
def class_of_noun(lemma: str) -> EntityType | None:
    """The type that a common noun names by itself, or None when no class knows it."""
    for name, entity_type in _CLASSES:
        if lemma in nouns(name):
            return entity_type
    if "-" in lemma:
        first, *middle, _ = lemma.split("-")
        if first in ("pro", "anti", "counter", "non"):  # "an anti-government rally" is not the government's
            return None
        if middle and middle[0] in ("in", "of", "at"):  # "father-in-law", "commander-in-chief"
            return class_of_noun(first)
        return class_of_noun(lemma.rsplit("-", maxsplit=1)[1])
    one = lemma.removesuffix("s")  # "peacekeepers": a plural that no dictionary has
    if len(one) > 4 and one.endswith(_PERSON_ENDINGS) and not one.endswith(("ment", "ower", "ember", "ater", "tion")):
        return "PER" if _may_be_somebody(one) else None
    return None


def _may_be_somebody(word: str) -> bool:
    """Whether a word with the ending of a person names one: no "corner", and no adjective ("better", "defiant")."""
    known = lemmas(word)
    if word in nouns("no_people") or (known and "NOUN" not in known):
        return False
    return known.get("ADJ", (word,))[0] == word


def names_a_thing(word: "Word") -> bool:
    """Whether dictionaries have a noun that no class knows: it names nobody, for the classes have whom nouns name."""
    known = word.tag in ("NN", "NNS") and word.text.islower() and "NOUN" in lemmas(word.lower)
    return known and not _may_act(word.lower) and not _may_act(word.noun_lemma) and counted(word) is word


def _is_named_like_a_person(word: "Word") -> bool:
    """Whether an "organisation" of two words with nothing of one may be somebody: "Vanita Gupta"."""
    parts = [*word.having("compound", "flat"), word]
    return (
        word.name == "ORG"
        and len(parts) == 2
        and all(part.tag == "NNP" and part.text[1:].islower() and not lemmas(part.lower) for part in parts)
    )


@cache
def _may_act(noun: str) -> bool:
    return any(noun in nouns(name) for name in ("quantities", "maybe_people", "animals"))


def may_name(word: "Word", allowed: frozenset[EntityType]) -> EntityType | None:
    """The type among the allowed ones that another sense of a common noun names ("the club fired its coach"), or that
    of a city where others have its name, too ("leaves Jackson")."""
    if word.tag.startswith("NNP"):
        if "GPE" in allowed and is_named_like_a_city(word):
            return "GPE"
        return "PER" if "PER" in allowed and _is_named_like_a_person(word) else None
    return next((kind for kind in _senses(word.noun_lemma) if kind in allowed), None)


@cache
def _senses(lemma: str) -> tuple[EntityType, ...]:
    return tuple(kind for name, kind in _CLASSES if lemma in nouns(name))


def class_of_name(label: str, last_word: str) -> EntityType | None:
    """The type of a name: its label in either scheme, made finer by its last word ("Tahrir Square", "Black Sea").

    Returns:
        None for a label that says nothing, such as MISC.
    """
    if label == "LOC":
        if last_word in nouns("waters"):
            return "LOC"
        named = last_word in nouns("facilities") or last_word in nouns("places")
        return class_of_noun(last_word) if named else "GPE"
    if label == "ORG" and last_word in nouns("waters"):
        return "LOC"
    if label == "ORG" and last_word in _BUILT:
        return "FAC"  # "the Eiffel Tower"
    return _NAMES.get(label)


_BUILT = frozenset(
    {"airport", "arena", "avenue", "bridge", "cathedral", "cemetery", "hotel", "mall", "mosque", "museum", "plaza",
     "road", "square", "stadium", "station", "street", "theater", "theatre", "tower"}
)  # fmt: skip
"""Last words of names that are of buildings and streets, whatever else the tagger of names takes them for."""
_BUILT_FIRST = frozenset({"bar", "café", "cafe", "hotel", "place", "plaza", "restaurant", "teatro", "villa"})
"""First words of such names."""


def name_words(word: "Word") -> list["Word"]:
    """The word and the rest of its name that follows it without a gap ("Anna Keller")."""
    words = [word]
    for part in word.having("flat"):
        if part.number == words[-1].number + 1:
            words.append(part)
    return words


def is_named_like_a_city(word: "Word") -> bool:
    """Whether a name, taken as a whole, is that of a city, too."""
    before = [part for part in word.having("compound", "nmod:desc") if part.tag == "NNP"]
    return word.tag == "NNP" and may_be_city(" ".join(part.text for part in [*before, *name_words(word)]))


def is_nationality(word: "Word") -> bool:
    """Whether an adjective says which country: "Russian", "South Korean"."""
    return word.tag == "JJ" and word.text[0].isupper() and word.lower.endswith(_NATIONAL_ENDINGS) and bool(word.name)


_LANDS = frozenset({"Balkans", "Orleans"})
_UNITED: dict[str, EntityType] = {"States": "GPE", "Kingdom": "GPE", "Emirates": "GPE", "Nations": "ORG"}


def _is_a_people(word: "Word") -> bool:
    """Whether a name in the plural is of people from somewhere: "Israelis", "Afghans"."""
    if (
        word.text in _LANDS
        or not word.text[0].isupper()
        or len(name_words(word)) > 1
        or any(part.tag == "NNP" for part in word.having("compound"))
    ):
        return False
    ends = len(word.text) > 5 and word.lower.endswith(("ans", "is"))
    return ends or (word.tag == "NNPS" and class_of_noun(word.noun_lemma) == "PER")


_DECADE = re.compile(r"(?:1[5-9]|20)\d0s")
_NO_MONTHS = frozenset({"march", "may"})
"""Months only with a capital."""
_NAMES_TOO = frozenset({"April", "August", "June", "May"})
"""Months that persons are called by."""
_SHARES = frozenset({"all", "both", "each", "few", "half", "many", "most", "much", "several", "some"})
FATES = frozenset(
    {"accused", "blind", "dead", "deaf", "deceased", "disabled", "displaced", "elderly", "homeless", "injured", "poor",
     "sick", "unemployed", "wounded"}
)  # fmt: skip
"""Adjectives that name persons behind an article: "one of the wounded"."""


def counted(word: "Word") -> "Word":
    """The noun that is meant: of "dozens of protesters" the protesters, of "the body of a child" the child."""
    if (
        word.noun_lemma in nouns("quantities")
        or word.lower in nouns("quantities")
        or word.noun_lemma in nouns("bodies")
        or word.tag == "CD"
        or word.lower in _SHARES
    ):
        for child in word.having("nmod"):
            if child.case == "of":
                return counted(child)
    return word


def is_bare_adjective(word: "Word") -> bool:
    """Whether a word says in what state somebody is and names nobody: "alive", and not "the injured" or "many"."""
    if not word.tag.startswith("JJ") or not word.text.islower() or word.lower in _SHARES:
        return False
    if word.having("det", "nummod", "nmod:poss", "amod", "compound") or class_of_noun(word.lower) is not None:
        return False
    known = lemmas(word.lower)
    return bool(known) and "NOUN" not in known


def is_part_of_a_name(month: "Word") -> bool:
    """Whether a month is a name beside another of the same person: "Theresa May", "April Jones"."""
    if month.text not in _NAMES_TOO or month.tag != "NNP" or month.having("nummod"):
        return False
    beside = [*month.having("flat", "compound"), *([month.head] if month.dep == "flat" and month.head else [])]
    return any(part.name in ("PER", "PERSON") and abs(part.number - month.number) == 1 for part in beside)


def entity_type(word: "Word") -> EntityType | None:
    """What the noun phrase of a head word is, or None when nothing tells."""
    if (word.lower in nouns("times") and word.text not in _NO_MONTHS) or _DECADE.fullmatch(word.text):
        return "PER" if is_part_of_a_name(word) else "TIME"
    if word.text in ("AD", "BC", "BCE", "CE") and word.having("nummod"):
        return "TIME"
    if word.lower in FATES and not word.is_noun and any(child.lower == "the" for child in word.having("det")):
        return "PER"
    if word.text in _first_words("armed_groups") and " ".join(part.text for part in name_words(word)) in nouns(
        "armed_groups"
    ):
        return "ORG"
    if word.text in nouns("countries"):
        alone = len(name_words(word)) == 1 and not word.having("compound", "nmod:desc")
        if alone or not word.name:
            return "GPE"  # whatever the pipeline took it for: "Jordan"
    if word.text in _UNITED and any(part.text == "United" for part in word.having("amod", "compound", "flat")):
        return _UNITED[word.text]
    if word.tag in ("NNPS", "NNS") and _is_a_people(word):
        return "PER"
    last = name_words(word)[-1]
    if last is not word and last.tag == "NNS" and last.text.islower() and (kind := class_of_noun(last.noun_lemma)):
        return kind  # "Kashmiri protesters" as one name
    name = word.name or next((part.name for part in word.having("flat") if part.name), "")
    if name[:3] in ("PER", "ORG") and word.case in ("in", "near", "outside") and is_named_like_a_city(word):
        return "GPE"  # "in Jackson"
    if name and any(part.lower in _BUILT_FIRST for part in word.having("compound")):
        return "FAC"  # "the Café Doré"
    if name and word.tag in ("NNP", "NNPS") and word.text[0].isupper():
        found = class_of_name(name, last.noun_lemma)
        if found is not None:
            return found
    lemma = word.noun_lemma
    if (meant := counted(word)) is not word:
        return entity_type(meant)
    if word.tag == "CD":
        for child in word.having("nmod"):
            if child.case == "of":
                return entity_type(child)
    if word.tag == "CD":
        if any(child.tag == "NNP" and child.lower in nouns("times") for child in word.children):
            return "TIME"  # "the meeting of March 3"
        return "TIME" if len(word.text) == 4 and word.text[:2] in ("19", "20") else "PER"
    if word.lower == "those" and word.having("acl", "acl:relcl"):
        return "PER"  # "the bodies of those killed in the fire"
    if word.tag in ("DT", "WDT") or word.lower in ("it", "itself"):
        return None
    found = class_of_noun(lemma) or class_of_noun(word.lower)
    if word.text in _NO_MONTHS or (found == "VAL" and word.tag.startswith("NNP") and lemma in nouns("ideas")):
        found = None  # "Future of Go Summit" is a name
    if lemma == "bank" and word.case in ("on", "along"):
        found = "LOC"  # of a river
    if found is None and word.tag in ("NNP", "NNPS") and word.having("flat", "nmod:desc"):
        return "PER"
    is_name = word.tag == "NNP" and not word.text.islower()
    if found is None and is_name and word.case in ("in", "near") and not word.having("det", "nmod:poss"):
        return "GPE"  # a name that the pipeline does not know: "in Sinaloa"
    return found
