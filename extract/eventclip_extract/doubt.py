"""How far a hard negative is to be trusted: what people often find true of the picture all the same, by its reasons.

Nothing here parses: a verb is what a lexicon of ours (`verbs.yaml`) says of its lemma. `judge` takes any caption and
any foil; the generator knows its edits and asks `event_reasons` and `role_reasons` directly.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import yaml

from eventclip.records import normalized
from eventclip_extract.english import ADVERBS, BE, DETERMINERS, ENDS_HEAD, GENERIC_HEADS, PLACE_PREPOSITIONS, PRONOUNS
from eventclip_extract.entities import class_of_noun, nouns
from eventclip_extract.inflection import lemmas, singular, verb_tags

Verdict = Literal["false", "doubtful", "true"]

REASON_WEIGHTS = {
    "identical": 0.0,
    "reversed": 0.0,
    "symmetric": 0.1,
    "broader": 0.25,
    "narrower": 0.5,
    "kindred": 0.5,
    "accompanying": 0.5,
    "mutual": 0.5,
}
"""What may leave a negative true, and what is left of its weight.

identical     the same words
reversed      roles exchanged and the verb turned into a passive at once, which is the same again
symmetric     both do it: they meet, one dances with the other
broader       whoever does the old action also does the new one: he who preaches speaks
narrower      a way of doing the old action that the caption leaves open: he who speaks may be complaining
kindred       two ways of the same action: a caress and a hug
accompanying  done beside the old action: a teacher who writes may be talking
mutual        seldom one-sided: two people who look at each other
"""
CERTAIN = frozenset({"identical", "reversed", "symmetric", "broader"})
"""The reasons that rule a negative out; the others only cost it weight."""

_LEXICON = Path(__file__).with_name("verbs.yaml")
_TOKEN = re.compile(r"[\w’'-]+")
_SAME_PREPOSITION = {"toward": "towards", "alongside": "beside", "near": "beside", "next": "beside"}
_LOOKS_NOT_BACK = frozenset({"unconscious", "dead", "lifeless", "asleep", "sleeping", "behind", "corpse", "statue"})
_NO_CONTENT = DETERMINERS | ENDS_HEAD | PLACE_PREPOSITIONS | ADVERBS | BE | {"such"}
PREPOSITIONS = (
    PLACE_PREPOSITIONS | _SAME_PREPOSITION.keys() | {"with", "to", "at", "for", "from", "toward", "towards", "of", "on"}
)


@cache
def broader_verbs(lemma: str) -> frozenset[str]:
    """What whoever does an action does as well, by the action's verb: none of those verbs makes a negative of it."""
    opposites = frozenset[str]().union(*(group for group in verbs().opposites if lemma in group))
    return frozenset[str]().union(*(kind.broad for kind in _kinds_of(lemma))) - opposites


def rules_out(reasons: Collection[str]) -> bool:
    """Whether one of the reasons leaves nothing of a negative."""
    return not CERTAIN.isdisjoint(reasons)


@dataclass(frozen=True, slots=True)
class Doubt:
    """What there is to doubt in a negative: `true` of the picture, `doubtful`, or `false` as it should be."""

    reasons: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        if not self.reasons:
            return "false"
        return "true" if rules_out(self.reasons) else "doubtful"

    @property
    def weight(self) -> float:
        """How sure it is that the negative is false, 0 to 1."""
        weight = 1.0
        for reason in self.reasons:
            weight *= REASON_WEIGHTS[reason]
        return weight


def judge(caption: str, foil: str) -> Doubt:
    """What leaves `foil` true where `caption` is; it differs in one verb or in who does it to whom.

    Other differences (a noun, a number, a preposition) are not looked into and are not doubted.

    >>> judge("A nurse comforts a boy.", "A nurse helps a boy.").verdict
    'true'
    """
    if normalized(caption) == normalized(foil):
        return Doubt(("identical",))
    words, others = _TOKEN.findall(caption), _TOKEN.findall(foil)
    exchanges = _exchanges(words, others)
    if exchanges:
        reasons = (_exchange_reasons(words, others, exchange) for exchange in exchanges)
        return Doubt(next(filter(None, reasons), ()))
    for tag, start, end, new_start, new_end in SequenceMatcher(None, words, others, autojunk=False).get_opcodes():
        if tag == "replace":
            if start and words[start - 1].lower() in DETERMINERS - PRONOUNS:
                return Doubt()  # a noun, though many a noun is also a verb: "the phone", "a call"
            same_object = end - start == new_end - new_start == 1
            return Doubt(event_reasons(words[start], others[new_start], same_object=same_object))
    return Doubt()


@lru_cache(maxsize=1 << 16)
def event_reasons(old: str, new: str, *, same_object: bool = True) -> tuple[str, ...]:
    """Why the new verb may be true where the old one is; the strongest reason alone.

    Args:
        old: a verb in any form.
        new: the one in its place, in any form.
        same_object: whether what follows the verb stayed. Another preposition ties the object to the new action
            ("paints a stool", "sits on a stool"), so that it is no longer done beside the old one.
    """
    lexicon = verbs()
    pairs = [(one, other) for one in verb_lemmas(old) for other in verb_lemmas(new)]
    if any(one in group and other in group for one, other in pairs for group in lexicon.opposites):
        return ()
    kinds = [(one, other, kind) for one, other in pairs for kind in _kinds_of(one)]
    if any(other in kind.broad for _, other, kind in kinds):
        return ("broader",)
    for one, other, kind in kinds:
        if other in kind.narrow:
            return ("narrower",) if one in kind.broad else ("kindred",)
    beside = [one for one in lexicon.accompanying if same_object]
    if any(other in group.verbs and one not in group.besides for one, other in pairs for group in beside):
        return ("accompanying",)
    return ()


@lru_cache(maxsize=1 << 16)
def role_reasons(verb: str, preposition: str) -> tuple[str, ...]:
    """Why two living beings may exchange their roles under a verb and stay true.

    Args:
        verb: the verb in any form.
        preposition: what stands between it and its second participant; empty for an object.
    """
    lexicon, lemmas = verbs(), verb_lemmas(verb)
    preposition = _SAME_PREPOSITION.get(preposition, preposition)
    if any(lemma in lexicon.symmetric.get(preposition, ()) for lemma in lemmas):
        return ("symmetric",)
    if any(lemma in lexicon.mutual.get(preposition, ()) for lemma in lemmas):
        return ("mutual",)
    return ()


class Kind(NamedTuple):
    """One sort of action: what whoever does any of it also does, and the ways of doing it."""

    broad: frozenset[str]
    narrow: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        return self.broad | self.narrow


class Accompanying(NamedTuple):
    """Actions that go along with others, save for those of `besides`."""

    verbs: frozenset[str]
    besides: frozenset[str]


class Verbs(NamedTuple):
    """`verbs.yaml`; `symmetric` and `mutual` by preposition, that of an object being the empty one."""

    kinds: dict[str, Kind]
    opposites: tuple[frozenset[str], ...]
    accompanying: tuple[Accompanying, ...]
    symmetric: dict[str, frozenset[str]]
    mutual: dict[str, frozenset[str]]


@cache
def verbs() -> Verbs:
    """Our lexicon of what verbs have to do with each other."""
    raw: dict[str, Any] = yaml.safe_load(_LEXICON.read_text(encoding="utf-8"))
    kinds = {name: Kind(_words(one["broad"]), _words(one["narrow"])) for name, one in raw["kinds"].items()}
    accompanying = tuple(
        Accompanying(
            _words(one["verbs"]),
            _words(one["verbs"]).union(*(kinds[name].all for name in one["unless"].split())),
        )
        for one in raw["accompanying"].values()
    )
    symmetric, mutual = (
        {"" if preposition == "alone" else preposition: _words(text) for preposition, text in raw[key].items()}
        for key in ("symmetric", "mutual")
    )
    return Verbs(kinds, tuple(map(_words, raw["opposites"])), accompanying, symmetric, mutual)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


@cache
def _kinds_of(lemma: str) -> tuple[Kind, ...]:
    return tuple(kind for kind in verbs().kinds.values() if lemma in kind.broad or lemma in kind.narrow)


@cache
def verb_lemmas(word: str) -> tuple[str, ...]:
    """The verbs that a word may be a form of; the word itself where the tables know none."""
    return lemmas(word.lower()).get("VERB", ()) or (word.lower(),)


class _Exchange(NamedTuple):
    """Where the verb stands in both texts, the words that changed sides, and those that stayed before it."""

    place: int
    other_place: int
    moved_back: frozenset[str]
    moved_forward: frozenset[str]
    stayed: frozenset[str]


def _exchanges(words: Sequence[str], others: Sequence[str]) -> list[_Exchange]:
    """The verbs around which most words change sides, several when they have one subject; none where no words do."""
    found: list[_Exchange] = []
    best_score = 1
    for place, other_place in _common_verbs(words, others):
        before, after = _content(words[:place]), _content(words[place + 1 :])
        new_before, new_after = _content(others[:other_place]), _content(others[other_place + 1 :])
        back, forward = before & new_after, after & new_before
        told = (before ^ after) & (new_before ^ new_after)  # the words that stand on one side only
        score = len(back & told) + len(forward & told)
        if back and forward and score >= best_score:
            found = found if score == best_score else []
            found.append(_Exchange(place, other_place, back, forward, before & new_before & told))
            best_score = score
    return found


def _common_verbs(words: Sequence[str], others: Sequence[str]) -> Iterator[tuple[int, int]]:
    for place, word in enumerate(words):
        known = lemmas(word.lower()).get("VERB", ())
        if not known or word.lower() in _NO_CONTENT:
            continue
        for other_place, other in enumerate(others):
            if set(known) & set(verb_lemmas(other)):
                yield place, other_place


def _content(words: Collection[str]) -> frozenset[str]:
    return frozenset(singular(word) for word in words if word.lower() not in _NO_CONTENT)


def _exchange_reasons(words: Sequence[str], others: Sequence[str], exchange: _Exchange) -> tuple[str, ...]:
    if _is_passive(others, exchange.other_place) and not _is_passive(words, exchange.place):
        return ("reversed",)
    before, after = words[: exchange.place], words[exchange.place + 1 :]
    one = any(_lives(word) and singular(word) in exchange.moved_back for word in before)
    numbers = (n for n, word in enumerate(after) if _lives(word) and singular(word) in exchange.moved_forward)
    number = next(numbers, None)
    if not one or number is None:
        return ()
    if any(word.lower() in _LOOKS_NOT_BACK for word in words):
        return ()
    if any(not word.endswith("ly") for word in exchange.stayed):
        return ()  # what else the one did, the other has not done: "peels a pear while talking to a guard"
    return role_reasons(words[exchange.place], _preposition(after[:number]))


def _preposition(gap: Sequence[str]) -> str:
    """The last preposition between a verb and its participant; that of "in front of" and the like is "at"."""
    found = [word.lower() for word in gap if word.lower() in PREPOSITIONS]
    if found[-2:] == ["next", "to"]:
        return "next"
    if found[-1:] == ["of"]:
        return "at" if {"front", "direction"} & set(gap) else "of"
    return found[-1] if found else ""


def _is_passive(words: Sequence[str], place: int) -> bool:
    """Whether the participle at a place has a form of "be" before it and an agent with "by" behind it."""
    participle = any("VBN" in verb_tags(words[place], lemma) for lemma in verb_lemmas(words[place]))
    before = {word.lower() for word in words[max(0, place - 3) : place]}
    return participle and bool(before & BE) and "by" in (word.lower() for word in words[place + 1 : place + 4])


def _lives(word: str) -> bool:
    lemma = singular(word)
    return lemma in _living() or word.lower() in _living() or class_of_noun(lemma) == "PER"


@cache
def _living() -> frozenset[str]:
    return nouns("people") | nouns("organisations") | nouns("animals") | GENERIC_HEADS
