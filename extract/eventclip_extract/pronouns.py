"""Whom a pronoun means, in its clause, in those above it and in the sentence before."""

# ruff: noqa: SIM905 - lists of words are easiest to read and to change as text

from eventclip_extract.clauses import verb_slots
from eventclip_extract.english import RECEIVES
from eventclip_extract.entities import counted, entity_type, names_a_thing
from eventclip_extract.syntax import Word


def antecedent(pronoun: Word) -> Word | None:
    """The subject of a clause above: "A minister waves as he arrives", "After he arrived, the minister waved"."""
    many = pronoun.lower in ("they", "them", "their")
    below: Word = pronoun
    for word in pronoun.ancestors():
        subject = next((child for child in word.having("nsubj", "nsubj:pass") if child is not below), None)
        if (
            subject is not None
            and subject.is_noun
            and (subject.number < pronoun.number or below.dep == "advcl")
            and (
                (entity_type(subject) or "PER") == "PER"
                or (subject.tag == "NNS" and pronoun.lower == "they" and entity_type(subject) == "ORG")
            )
            and (entity_type(subject) or not names_a_thing(subject))
            and (many or subject.tag not in ("NNS", "NNPS"))
            and (below is not pronoun or not word.is_verb)  # "supporters pray for him": for somebody else
        ):
            return subject
        below = word
    return None


_GROUPS = frozenset({"group", "family", "staff", "team", "crew", "crowd", "band", "couple", "audience", "public"})
"""Persons together, whom no "he" or "she" means."""
_OF_OTHERS = frozenset({"death", "killing", "murder", "assassination", "funeral", "burial", "execution"})
_HEAR = frozenset("listen watch hear applaud cheer interrupt follow attend await welcome denounce criticize".split())


def owners(pronoun: Word, event: Word) -> list[Word]:
    """Who "his" is in "upon his arrival": the subject of the clause, if that can be him."""
    known = antecedent(pronoun)
    verb = known.head if known is not None else None
    if known is None or verb is None or event.noun_lemma in _OF_OTHERS or event.head is None:
        return []
    if event.dep in ("obj", "nsubj", "nsubj:pass") or verb.verb_lemma in _HEAR:
        return []
    persons = known.conjuncts()
    if pronoun.lower == "their" and len(persons) == 1 and known.tag not in ("NNS", "NNPS"):
        slots = verb_slots(verb)  # "A speaks to B during their meeting"
        others = [*slots.object, *(noun for case, noun in slots.phrases if case in ("to", "with"))]
        persons += [one for one in others if entity_type(one) == "PER" and one.number < pronoun.number]
        return persons if len(persons) > 1 and entity_type(known) == "PER" else []
    if verb.verb_lemma in RECEIVES and pronoun.number > verb.number:
        persons = verb_slots(verb).object or persons  # "greets a guest upon his arrival"
        known = persons[0]
    many = len(persons) > 1 or known.tag in ("NNS", "NNPS")
    return persons if many == (pronoun.lower == "their") and entity_type(known) == "PER" else []


def whose(pronoun: Word, words: list[Word]) -> Word | None:
    """Who owns what "whose" stands before: the noun phrase right before it."""
    before = pronoun.number - 1
    while before >= 0 and words[before].text in (",", "(", ")"):
        before -= 1
    owner = words[before] if before >= 0 else None
    while owner is not None and owner.dep in ("flat", "compound", "nmod:desc") and owner.head is not None:
        owner = owner.head
    return owner if owner is not None and owner.is_noun and pronoun not in owner.ancestors() else None


def earlier_person(pronoun: Word, words: list[Word]) -> Word | None:
    """The only person before a pronoun whose number is the pronoun's, the sentence's subject before others."""
    many = pronoun.lower in ("they", "them")
    persons = [
        word
        for word in words
        if word.number < pronoun.number
        and word.dep in ("nsubj", "nsubj:pass", "obj", "ROOT", "obl:agent")
        and word.is_noun
        and (word.tag in ("NNS", "NNPS") or bool(word.having("conj"))) == many
        and entity_type(word) == "PER"
        and (many or (word.noun_lemma not in _GROUPS and counted(word) is word))
    ]
    subjects = [word for word in persons if word.dep in ("nsubj", "nsubj:pass")]
    return persons[0] if len(persons) == 1 else subjects[0] if len(subjects) == 1 else None
