"""Who takes part in the event that a noun names, by the verb that the noun hangs on: "rebels stage an attack"."""

# ruff: noqa: SIM905 - lists of words are easiest to read and to change as text

from eventclip_extract.clauses import Slots, is_passive, noun_slots, verb_slots
from eventclip_extract.english import RECEIVES
from eventclip_extract.entities import counted, entity_type
from eventclip_extract.senses import SHAKES, STRIKES
from eventclip_extract.syntax import Word

_SUPPORT_VERBS = frozenset(
    "attend join hold stage lead launch conduct make mount carry organize organise participate take host begin "
    "start stag perform continue deliver give have undertake".split()
)
"""Verbs whose subject takes part in the event that their object names ("residents stage a rally")."""
_HARM = frozenset("kill wound injure murder target destroy assassinate".split())
"""Verbs whose subject does the violence in which it is done."""
_CLAIMED = _SUPPORT_VERBS | {"claim", "commit", "perpetrate"}
"""Verbs whose passive tells who did what their subject names: "a raid claimed by rebels"."""


def event_noun_slots(noun: Word) -> Slots:
    """The slots of a noun that names an event, with what the verb it hangs on says of it."""
    slots = noun_slots(noun)
    verb = noun.head
    if verb is not None and verb.is_verb and not is_passive(verb):
        slots.phrases += [
            ("by", doer)
            for doer in verb.having("obl", "obl:agent")
            if doer.case == "by" and doer.number > noun.number and entity_type(doer) in ("PER", "ORG")
        ]
    part = verb if verb is not None and _is_part(noun, verb) else noun
    verb = part.head
    supported = verb is not None and verb.is_verb and verb.verb_lemma in _SUPPORT_VERBS and not slots.possessive
    slots.phrases += _met(noun)
    if not slots.possessive and all(case != "by" for case, _ in slots.phrases):
        slots.phrases += [("by", doer) for doer in _who_harms_in(part)]
    if supported and verb is not None and (part.dep == "obj" or (part.dep == "obl" and part.case == "in")):
        support = verb_slots(verb)
        slots.phrases += [("by", doer) for doer in support.subject]
        slots.phrases += [(case, filler) for case, filler in support.phrases if filler not in (noun, part)]
    for verb in _passive_support(noun):
        support = verb_slots(verb)
        slots.phrases += [("by", doer) for doer in support.subject] + support.phrases
    return slots


_ATTENDED = frozenset({"during", "at", "in", "after", "before", "following", "on the sidelines of", "ahead of", "for"})
"""Prepositions before a meeting in which the subject of the clause takes part."""
_ATTENDING = frozenset({"address", "attend", "chair", "host", "join", "leave", "open", "hold", "convene", "lead"})
"""Verbs whose object is such a meeting."""


def attending(noun: Word) -> list[Word]:
    """Who does something at the meeting that the noun names: the subject of its clause, or the noun it describes."""
    head = noun.head
    if noun.case == "of" and head is not None and head.lower == "sidelines":
        noun, head = head, head.head
    elif noun.dep != "obj" and noun.case not in _ATTENDED:
        return []
    while head is not None and head.is_noun and head.dep in ("obl", "nmod") and head.case in _ATTENDED:
        head = head.head  # "at a news conference after their meeting"
    if head is None:
        return []
    if not head.is_verb:
        return head.conjuncts() if noun.dep == "nmod" and head.head is None else []
    if noun.dep == "obj" and head.verb_lemma not in _ATTENDING:
        return []
    slots = verb_slots(head)
    if slots.passive:
        return slots.object
    return slots.subject + (slots.object if head.verb_lemma in RECEIVES else [])


def _passive_support(noun: Word) -> list[Word]:
    """The passive verbs that only say who does what the noun names: "a strike [carried out] by pilots"."""
    above = [noun.head] if noun.dep == "nsubj:pass" and noun.head is not None else []
    below = [child for child in noun.having("acl") if child.tag in ("VBN", "VBD")]
    return [verb for verb in above + below if verb.verb_lemma in _CLAIMED and is_passive(verb)]


def _is_part(noun: Word, holder: Word) -> bool:
    """Whether an event hangs on the word that says how much of it: "conducts most of [the raids]", "takes part in"."""
    if noun.dep not in ("nmod", "obl"):
        return False
    return counted(holder) is noun or (holder.lower == "part" and holder.dep == "obj" and noun.case == "in")


def _who_harms_in(noun: Word) -> list[Word]:
    """Who does the violence that a noun names, by the verb it hangs on: "[rebels] kill two people in an attack"."""
    verb = noun.head
    if verb is None or not verb.is_verb or noun.dep != "obl" or noun.case != "in" or verb.verb_lemma not in _HARM:
        return []
    return verb_slots(verb).subject


def _met(noun: Word) -> list[tuple[str, Word]]:
    """What an attack is on, and what it shakes, by the verb that it belongs to: "an airstrike hit [a school]"."""
    head = noun.head
    verbs = noun.having("acl:relcl")  # "a blast which struck [worshippers]"
    if head is not None and head.is_verb and noun.dep in ("nsubj", "obl", "obl:agent"):
        verbs = [head, *verbs]
    found: list[tuple[str, Word]] = []
    for verb in verbs:
        slots = verb_slots(verb)
        does = not slots.passive and (verb is not head or noun.dep == "nsubj") and noun in slots.subject
        if verb.verb_lemma in STRIKES and (does or (verb is head and slots.passive and noun.case == "by")):
            found += [("on", struck) for struck in slots.object if struck is not noun]
        elif verb.verb_lemma in SHAKES and does:
            found += [("in", place) for place in slots.object]
            found += [("in", place) for case, place in slots.phrases if case == "through"]
    return found
