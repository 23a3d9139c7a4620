"""Which event of a caption brings about which, and which two triggers name one event.

Only what the syntax says counts: "after" is no cause, and two attacks are one only where the second is "the attack".
"""
# ruff: noqa: SIM905 - lists of words are easiest to read and to change as text

from collections.abc import Iterator, Mapping, Sequence

from eventclip_extract.clauses import verb_slots
from eventclip_extract.found import Found
from eventclip_extract.ontology import COMMON_ROLES, Ontology
from eventclip_extract.status import Status
from eventclip_extract.syntax import Parse, Word

_HARM = frozenset("kill die injure wound hurt maim dead slay burn perish drown damage destroy displace wreck".split())
_VIOLENT = frozenset(
    "accident airstrike ambush assault attack avalanche bombardment bombing blast clash collapse collision crash "
    "crossfire derailment earthquake explosion fighting fire flood flooding gunfire hurricane landslide quake raid "
    "shelling shooting shootout stabbing stampede storm strike tornado tsunami typhoon violence wildfire".split()
)
"""What people are killed "in": of a protest, in which one may be killed too, it is not the cause."""
_VIOLENT_VERBS = frozenset(
    "attack bomb capsize collapse collide crash derail detonate erupt explode fire hit open overturn ram sink shell "
    "shoot storm strike".split()
)
_CAUSING_VERBS = frozenset("cause fuel ignite inspire prompt provoke spark trigger unleash".split())
_CAUSING_WITH = {"lead": "to", "result": "in", "culminate": "in"}
_CAUSED_WITH = {"result": "from", "stem": "from", "arise": "from"}
_CAUSAL_VERBS = _CAUSING_VERBS | _CAUSING_WITH.keys() | _CAUSED_WITH.keys()
_CAUSAL_PREPOSITIONS = frozenset({"because of", "due to", "as a result of", "in response to", "thanks to", "owing to"})
_PROTEST = frozenset("anger demonstrate demonstration march outrage protest rally riot strike unrest".split())
_FLIGHT = frozenset("escape evacuate evacuation flee flight displace".split())
_DENIALS = frozenset({"not", "n't", "never", "no", "without"})
_DEFINITE = frozenset({"the", "this", "that", "these", "those"})
_ANOTHER = frozenset(
    "another different early earlier first last late latest new next other previous recent second separate similar "
    "subsequent third".split()
)
_GENERAL = frozenset(
    "assault attack ceremony clash demonstration fighting game incident march match meeting operation protest "
    "violence unrest".split()
)
"""Nouns that take up an event of their type whatever it was called before: "clashes ... the fighting"."""
_MASS = frozenset({"fighting", "unrest", "violence"})
_STEM = 4
"""Letters that a verb and its noun share: kill, killing; explode, explosion."""

Pair = tuple[int, int]
"""Two events by their numbers."""


def causes(parse: Parse, found: Sequence[Found], status: Sequence[Status]) -> list[Pair]:
    """(cause, effect) of the events that a caption says to bring about each other, each pair once."""
    numbers = {id(part): number for number, one in enumerate(found) for part in one.trigger}
    pairs: dict[Pair, None] = {}
    for cause, effect in _causal_words(parse, found):
        pair = numbers.get(id(cause), -1), numbers.get(id(effect), -1)
        if -1 not in pair and pair[0] != pair[1] and all(_happened(status[number]) for number in pair):
            pairs[pair] = None
    return list(pairs)


def _happened(status: Status) -> bool:
    return status.polarity == "positive" and status.modality == "asserted"


def _causal_words(parse: Parse, found: Sequence[Found]) -> Iterator[tuple[Word, Word]]:
    for one in found:
        word = one.word
        lemma = word.verb_lemma if word.is_verb else word.noun_lemma
        if lemma in _HARM:
            yield from ((cause, word) for cause in _causes_of_harm(one))
        if word.is_noun:
            yield from _by_preposition(word)
        because = any(child.lower == "because" for child in word.having("mark"))
        if because and word.dep == "advcl" and word.head is not None:
            yield word, word.head
        if lemma == "flee":  # who escapes an attack has not been moved by it
            yield from ((cause, word) for cause in one.slots.object)
    for verb in parse.words:
        if verb.tag[:2] == "VB" and verb.verb_lemma in _CAUSAL_VERBS and not _is_denied_or_possible(verb):
            yield from _by_verb(verb)


def _causes_of_harm(one: Found) -> Iterator[Word]:
    """What kills: "a blast killed", "killed by a blast", "killed in a blast", "a blast left two dead"."""
    word = one.word
    if word.is_verb:
        yield from one.slots.subject
    verb = word.head if one.slots.rule == "adjective" else word
    if verb is None or not verb.is_verb:
        verb = word
    if verb is not word and verb.verb_lemma == "leave":
        yield from verb_slots(verb).subject
    if verb.dep == "advcl" and verb.tag == "VBG" and not verb.having("mark"):
        above = verb.head
        if above is not None and above.is_verb and above.verb_lemma in _VIOLENT_VERBS:
            yield above
    for case, noun in one.slots.phrases:
        if case in ("in", "from", "by") and (case == "by" or noun.noun_lemma in _VIOLENT):
            yield noun


def _by_preposition(noun: Word) -> Iterator[tuple[Word, Word]]:
    """What a noun brings about as the end of a phrase: "because of the raid", "protest over the raid"."""
    case, head = noun.case, noun.head
    if head is None:
        return
    if case in _CAUSAL_PREPOSITIONS:
        yield noun, head
    elif case == "to" and noun.dep in ("obl", "nmod"):  # "in response to", where the parser takes it word by word
        before = [one for one in (head, *head.children) if one.lower == "response" and one.case == "in"]
        if before and before[0].number < noun.number and (governor := before[0].head) is not None:
            yield noun, governor
    else:
        lemma = head.verb_lemma if head.is_verb else head.noun_lemma
        if (case == "over" and lemma in _PROTEST) or (case == "from" and lemma in _FLIGHT):
            yield noun, head


def _by_verb(verb: Word) -> Iterator[tuple[Word, Word]]:
    """What a verb says to bring about what: "sparked protests", "was triggered by the raid", "led to clashes"."""
    lemma = verb.verb_lemma
    preposition, reverse = _CAUSING_WITH.get(lemma), _CAUSED_WITH.get(lemma)
    slots = verb_slots(verb)
    if lemma in _CAUSING_VERBS:
        effects = list(slots.object)
        if slots.passive and verb.dep == "advcl" and verb.head is not None:  # "workers march, sparked by ..."
            effects.append(verb.head)
        yield from ((cause, effect) for cause in slots.subject for effect in effects)
    for case, noun in slots.phrases:
        for subject in slots.subject:
            if case == preposition:
                yield subject, noun
            elif case == reverse:
                yield noun, subject


def _is_denied_or_possible(verb: Word) -> bool:
    return any(child.tag == "MD" or child.lower in _DENIALS for child in verb.having("aux", "advmod", "mark"))


def same(
    found: Sequence[Found], status: Sequence[Status], ontology: Ontology, linked: Mapping[Pair, object]
) -> list[Pair]:
    """(first, later) of triggers that name one event: the later one is a definite noun that adds nobody new.

    Args:
        linked: pairs that are already told to be two events.
    """
    order = sorted(range(len(found)), key=lambda number: found[number].word.number)
    pairs = []
    for place, later in enumerate(order):
        if not _takes_up(found[later].word):
            continue
        for first in reversed(order[:place]):
            apart = (first, later) in linked or (later, first) in linked or _stands_in(found[later], found[first])
            alike = status[first].polarity == status[later].polarity and status[first].modality == "asserted"
            if alike and not apart and _names_again(found[first], found[later], ontology):
                pairs.append((first, later))
                break
    return pairs


def _takes_up(noun: Word) -> bool:
    if not noun.is_noun or noun.dep == "conj" or noun.having("nummod", "nmod:poss"):
        return False
    other = any(child.lower in _ANOTHER for child in noun.having("amod"))
    return not other and any(child.lower in _DEFINITE for child in noun.having("det"))


def _stands_in(later: Found, first: Found) -> bool:
    """Whether the later noun stands below the first trigger, as its participant or its phrase: then it is another."""
    return any(word is first.word for word in later.word.ancestors()) and later.word.dep != "conj"


def _names_again(first: Found, later: Found, ontology: Ontology) -> bool:
    one, other = first.entry.type, later.entry.type
    if one not in ontology.entailed(other) and other not in ontology.entailed(one):
        return False
    noun, lemma = later.word, later.word.noun_lemma
    before = first.word.verb_lemma if first.word.is_verb else first.word.noun_lemma
    if lemma[:_STEM] != before[:_STEM] and (lemma not in _GENERAL or one != other):
        return False
    if first.word.is_noun and lemma not in _MASS and first.word.tag != noun.tag:  # "an attack ... the attacks"
        return False
    return all(_agrees(filler.role, filler.word, first) for filler in later.fillers if filler.rule != "shared place")


def _agrees(role: str, word: Word, first: Found) -> bool:
    """Whether the first event has the filler, too; of places and times, whether it has no other."""
    known = [filler.word for filler in first.fillers if filler.role == role]
    if not known and role in COMMON_ROLES:
        return True
    return any(one is word or one.noun_lemma == word.noun_lemma for one in known)
