"""Which words around the head of an argument are its text."""

from collections.abc import Iterator

from eventclip_extract.entities import class_of_noun, entity_type, nouns
from eventclip_extract.status import BACKGROUND
from eventclip_extract.syntax import Word


def phrase_words(word: Word, without: frozenset[int]) -> list[Word]:
    """The words of an argument: the noun and what stands with it, without relative clauses, appositions, other fillers.

    Args:
        without: the numbers of words that head other fillers or triggers; their phrases are left out.
    """
    kept = sorted(_inside(word, without), key=lambda part: part.number)
    place = kept.index(word)
    first = last = place
    while first and kept[first - 1].number == kept[first].number - 1:
        first -= 1
    while last + 1 < len(kept) and kept[last + 1].number == kept[last].number + 1:
        last += 1
    while first < place and kept[first].tag in (",", ":", "''", "``", "CC", "IN", ".", "-LRB-"):
        if kept[first + 1].lower in ("least", "most"):  # "at least 12 people"
            break
        first += 1
    while last > place and kept[last].tag in (",", ":", "''", ".", "CC", "IN", "-RRB-"):
        last -= 1
    return kept[first : last + 1]


_LEFT_OUT = frozenset(
    {
        "acl:relcl", "advcl", "advcl:relcl", "appos", "case", "cc", "ccomp", "conj", "cop", "dep", "list", "mark",
        "nmod:unmarked", "nsubj", "nsubj:pass", "obl", "obl:agent", "obl:unmarked", "parataxis", "xcomp",
    }
)  # fmt: skip
_WAYS = frozenset({"through", "across", "into", "onto", "toward", "towards", "past", "along", "against"})
"""Prepositions behind persons that say where they go or what is done to them, and not who they are."""
_DRESS_VERBS = frozenset({"wear", "dress", "clothe", "clad", "don"})


def _inside(word: Word, without: frozenset[int]) -> Iterator[Word]:
    yield word
    for child in word.children:
        if child.number in without or (child.dep in _LEFT_OUT and not _belongs(child)):
            continue
        if child.dep == "acl" and child.verb_lemma not in _DRESS_VERBS and child.number > word.number:
            continue
        if child.dep in ("acl", "nmod", "nmod:poss"):
            if child.case in BACKGROUND or _is_way(child, word):
                continue
            if any(part.number in without for part in child.subtree()):
                continue
            yield from child.subtree() if child.dep == "acl" else child.having("case")
        if child.dep != "acl":
            yield from _inside(child, without)


def _is_alike(noun: Word) -> bool:
    """Whether a coordinated noun belongs to an "of" before it: "the leaders of France [and Germany]"."""
    first = noun.head
    if first is None or first.dep != "nmod" or first.case != "of" or not noun.is_noun:
        return False
    apart = any(part.text == "," for part in noun.children)
    return not apart and entity_type(first) is not None and entity_type(first) == entity_type(noun)


def _is_way(child: Word, holder: Word) -> bool:
    """Whether a phrase behind somebody says where he goes or when, not who he is: "three workers [from their car]"."""
    if child.case == "from" and holder.tag != "NNP" and class_of_noun(holder.noun_lemma) in ("FAC", "LOC"):
        return class_of_noun(child.noun_lemma) == "PER"  # "retook the town [from militants]"
    if holder.tag != "NNP" and class_of_noun(holder.noun_lemma) != "PER":
        return False
    owners = [owner for owner in child.having("nmod:poss") if owner.tag == "PRP$"]
    return child.case in _WAYS or (child.case == "from" and bool(owners)) or (child.case == "on" and child.tag == "CD")


def _belongs(child: Word) -> bool:
    """Inner "and" of names and of adjectives stays, and the month of a day: "Trinidad and Tobago", "March 3"."""
    if child.dep == "nmod:unmarked":
        return child.head is not None and child.head.tag == "CD" and child.lower in nouns("times")
    if child.tag in ("CC", "JJ", "VBN") and child.head is not None:
        first = child.head.head if child.head.dep == "conj" else child.head
        if child.tag == "CC" and child.head.dep == "conj" and _is_alike(child.head):
            return True
        return first is not None and first.dep == "amod"
    if child.dep == "conj" and _is_alike(child):
        return True
    return (
        child.dep == "conj"
        and bool(child.name)
        and child.head is not None
        and child.head.name == child.name
        and child.head.dep == "compound"
    )
