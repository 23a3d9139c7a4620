"""What is wrong with hard negatives, as far as text and ontology can tell: counts of defects, model-free.

A defect is True, False, or None where the pair does not say enough to know.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import combinations

from eventclip.records import Edit, Negative, normalized
from eventclip_extract.blind import tokens
from eventclip_extract.english import DETERMINERS, PLACE_PREPOSITIONS, PRONOUNS, TIME_PREPOSITIONS
from eventclip_extract.inflection import indefinite_article
from eventclip_extract.ontology import Ontology
from eventclip_extract.pair_files import LabelledPair

_WORD = re.compile(r"\w+(?:[-'’.]\w+)*|[^\w\s]")
_ARTICLE = re.compile(r"(?i)\b(an?) (?=(\w[\w.'’-]*(?: \w+)?))")
_NAME = re.compile(r"\b[A-Z][\w’'-]*")
_NOMINATIVE = {"him": "he", "her": "she", "them": "they", "us": "we", "me": "i"}
_BACKWARD = PRONOUNS - {
    "i",
    "me",
    "we",
    "us",
    "you",
    "what",
    "this",
    "that",
    "these",
    "those",
    "both",
    "all",
    "some",
    "many",
}
"""Pronouns that can stand for another noun phrase of the same text."""
_EMPTY = DETERMINERS | PRONOUNS | PLACE_PREPOSITIONS | TIME_PREPOSITIONS | frozenset({"of", "to", "and", "or", "with"})

Exchange = tuple[str, str]
"""Two texts of which each took the other's place."""


def edits_of(pair: LabelledPair) -> Sequence[Edit]:
    """How the positive became the negative: as recorded, else by a word diff."""
    if pair.made is not None and pair.made.edits:
        return pair.made.edits
    return word_edits(pair.texts.positive, pair.texts.negative)


def word_edits(old: str, new: str) -> list[Edit]:
    """The words of one text that became other words of the other; case and spaces make no difference.

    As few words as possible change, and a changed word rather than a lost and a new one, so that an exchange
    shows as two edits.
    """
    before, after = list(_WORD.finditer(old)), list(_WORD.finditer(new))
    words, others = ([match[0].casefold() for match in matches] for matches in (before, after))
    found = []
    for start, end, other_start, other_end in _changed(words, others):
        first = before[start].start() if start < len(before) else len(old)
        last = before[end - 1].end() if end > start else first
        inserted = new[after[other_start].start() : after[other_end - 1].end()] if other_end > other_start else ""
        found.append(Edit(start=first, end=last, old=old[first:last], new=inserted))
    return found


def _changed(words: Sequence[str], others: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """The stretches that differ, as places in both texts, on a shortest path of edits (Wagner and Fischer 1974)."""
    num, num_others = len(words), len(others)
    costs = [list(range(num_others, -1, -1))]  # built from the end, so that the path can be read from the start
    for i in range(num - 1, -1, -1):
        below, row = costs[-1], [0] * num_others + [num - i]
        for j in range(num_others - 1, -1, -1):
            row[j] = min(below[j + 1] + (words[i] != others[j]), below[j] + 1, row[j + 1] + 1)
        costs.append(row)
    costs.reverse()
    found: list[tuple[int, int, int, int]] = []
    i = j = 0
    while i < num or j < num_others:
        if i < num and j < num_others and costs[i][j] == costs[i + 1][j + 1] + (words[i] != others[j]):
            step = (1, 1)
        else:
            step = (1, 0) if i < num and costs[i][j] == costs[i + 1][j] + 1 else (0, 1)
        if step != (1, 1) or words[i] != others[j]:
            if found and found[-1][1] == i and found[-1][3] == j:
                found[-1] = (found[-1][0], i + step[0], found[-1][2], j + step[1])
            else:
                found.append((i, i + step[0], j, j + step[1]))
        i, j = i + step[0], j + step[1]
    return found


def exchanges(edits: Sequence[Edit]) -> list[Exchange]:
    """The pairs of texts that stand in each other's place; pronouns may have changed their case."""
    return [
        (one.old, other.old)
        for one, other in combinations(edits, 2)
        if one.old and other.old and _core(one.old) == _core(other.new) and _core(other.old) == _core(one.new)
    ]


def _core(text: str) -> str:
    known = normalized(text)
    return _NOMINATIVE.get(known, known)


@lru_cache(maxsize=1 << 16)  # a filler that could be lent is compared with those of many captions
def _bare(text: str) -> str:
    """A noun phrase without its determiner."""
    words = normalized(text).split()
    while len(words) > 1 and words[0] in DETERMINERS:
        words.pop(0)
    return " ".join(words)


def is_identical(pair: LabelledPair) -> bool:
    """Whether both texts are the same but for case, spaces and punctuation at the ends."""
    return _said(pair.texts.positive) == _said(pair.texts.negative)


def _said(text: str) -> tuple[str, ...]:
    words = list(tokens(text))
    while words and not words[-1][0].isalnum():
        words.pop()
    return tuple(words)


def repeats_filler(pair: LabelledPair, edits: Sequence[Edit]) -> bool:
    """Whether a text that was put in now stands in the negative twice, oftener than in the positive.

    Words that a text has anyway more than once (articles, prepositions, pronouns) are no fillers, and neither is the
    trigger of an event swap.
    """
    if pair.made is not None and pair.made.kind == "event":
        return False
    # Two spaces, since neighbours must not share the one between them.
    positive, negative = (f" {'  '.join(tokens(text))} " for text in (pair.texts.positive, pair.texts.negative))
    for edit in edits:
        inner = "  ".join(tokens(_bare(edit.new)))
        if not inner or not set(inner.split()) - _EMPTY or not any(map(str.isalpha, inner)):
            continue
        before, after = (text.count(f" {inner} ") for text in (positive, negative))
        if after > max(1, before):
            return True
    return False


def has_nested(exchanged: Sequence[Exchange]) -> bool | None:
    """Whether one of two exchanged texts is a part of the other, as in "police" and "riot police"."""
    if not exchanged:
        return None
    sides = [(f" {_bare(one)} ", f" {_bare(other)} ") for one, other in exchanged]
    return any(one in other or other in one for one, other in sides)


def is_symmetric(made: Negative | None, ontology: Ontology) -> bool | None:
    """Whether the roles that were exchanged are ones in which the ontology calls the type symmetric."""
    if made is None or made.kind != "role" or made.from_type is None or len(set(made.swapped)) < 2:
        return None
    if made.from_type not in ontology:
        return None
    return set(made.swapped) <= ontology[made.from_type].symmetric


def is_entailed(made: Negative | None, ontology: Ontology, present: Sequence[str] = ()) -> bool | None:
    """Whether the new type is true of the picture too: the same, its parent, or entailed by it.

    Args:
        made: how the negative came about.
        ontology: which type entails which.
        present: the types of the caption's other events, where they are known.
    """
    if made is None or made.kind != "event" or made.from_type is None or made.to_type is None:
        return None
    types = {made.from_type, *present}
    if any(made.to_type == name or name.startswith(f"{made.to_type}.") for name in types):
        return True
    known = [name for name in types if name in ontology]
    if made.from_type not in known or made.to_type not in ontology:
        return None
    return any(made.to_type in ontology.entailed(name) for name in known)


def is_coreferent(pair: LabelledPair, edits: Sequence[Edit], exchanged: Sequence[Exchange]) -> bool | None:
    """Whether two fillers may well be the same: of an exchange both sides, of a replaced argument old and new.

    They may where one is a pronoun, where both are names that end alike ("Mr Ada Moss", "Moss"), where one is the
    other's initials, or where they are the same but for their determiners.
    """
    couples = list(exchanged)
    if pair.made is not None and pair.made.kind == "argument":
        couples += [(edit.old, edit.new) for edit in edits if _bare(edit.old) not in ("a", "an")]
    if not couples:
        return None
    return any(may_corefer(one, other) for one, other in couples)


def may_corefer(one: str, other: str) -> bool:
    """Whether two fillers may mean the same: "Ann Poe" and "Poe", "him" and anybody, "UN" and "United Nations"."""
    if _bare(one) == _bare(other) or _points_back(one) or _points_back(other):
        return True
    words = _names_in(one), _names_in(other)
    if not words[0] or not words[1]:
        return False
    if all(text.split()[-1][0].isupper() for text in (one, other)) and words[0][-1].lower() == words[1][-1].lower():
        return True
    initials = ["".join(word[0] for word in side) for side in words]
    joined = ["".join(side).replace(".", "") for side in words]
    short = [name if name.isupper() and len(name) > 1 else None for name in joined]
    return short[0] == initials[1] or short[1] == initials[0]


@lru_cache(maxsize=1 << 16)
def _points_back(text: str) -> bool:
    return normalized(text) in _BACKWARD


@lru_cache(maxsize=1 << 16)
def _names_in(text: str) -> tuple[str, ...]:
    return tuple(word for word in _NAME.findall(text) if word.lower() not in DETERMINERS)


def is_another_truth(pair: LabelledPair, truths: Mapping[str, frozenset[tuple[str, ...]]]) -> bool | None:
    """Whether the negative is another text that is true of the same picture.

    Args:
        pair: the pair.
        truths: all the true texts by group, as `said_truths` gives them.

    Returns:
        None where the positive is the only true text that is known.
    """
    others = truths[pair.texts.group] - {_said(pair.texts.positive)}
    return _said(pair.texts.negative) in others if others else None


def said_truths(truths: Mapping[str, set[str]]) -> dict[str, frozenset[tuple[str, ...]]]:
    """The true texts by group, in the form in which `is_another_truth` compares them."""
    return {group: frozenset(map(_said, texts)) for group, texts in truths.items()}


def defects(
    pair: LabelledPair,
    edits: Sequence[Edit],
    truths: Mapping[str, frozenset[tuple[str, ...]]],
    ontology: Ontology,
    present: Sequence[str] = (),
) -> dict[str, bool | None]:
    """The verdict of every check on one pair, by the name that results call it."""
    exchanged = exchanges(edits)
    checks: dict[str, Callable[[], bool | None]] = {
        "identical": lambda: is_identical(pair),
        "same filler twice": lambda: repeats_filler(pair, edits),
        "filler inside the other": lambda: has_nested(exchanged),
        "symmetric roles": lambda: is_symmetric(pair.made, ontology),
        "same or entailed type": lambda: is_entailed(pair.made, ontology, present),
        "coreferent fillers": lambda: is_coreferent(pair, edits, exchanged),
        "another caption of the picture": lambda: is_another_truth(pair, truths),
    }
    return {name: check() for name, check in checks.items()}


def inserted_words(edits: Sequence[Edit]) -> Counter[str]:
    """The words that edits put in and did not take out at the same place."""
    found: Counter[str] = Counter()
    for edit in edits:
        found += Counter(_words(edit.new)) - Counter(_words(edit.old))
    return found


def _words(text: str) -> list[str]:
    return [word for word in tokens(text) if word[0].isalnum()]


def edit_size(edits: Sequence[Edit]) -> int:
    """How many tokens edits touch: of each the longer of what went and what came."""
    return sum(max(len(tokens(edit.old)), len(tokens(edit.new))) for edit in edits)


def num_article_errors(text: str) -> int:
    """How often `a` stands before a vowel sound, or `an` before another."""
    return sum(match[1].lower() != indefinite_article(match[2]) for match in _ARTICLE.finditer(text))
