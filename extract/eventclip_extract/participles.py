"""Mends participles and infinitives: what they hang on, and which of them is the verb of its clause."""

# ruff: noqa: SIM905 - lists of words are easiest to read and to change as text

from eventclip_extract.entities import entity_type
from eventclip_extract.inflection import lemmas
from eventclip_extract.syntax import Parse, Word

_HAS_NO_PASSIVE = frozenset(
    "appear arise arrive assemble clash collapse collide come compete congregate continue converge crash cry dance "
    "depart descend die emerge erupt escape explode fall flee flock gather go graze huddle kneel land lie linger "
    "live loom march mingle mourn parade participate perish plough plunge pray protest queue rally react rejoice "
    "relax remain resign rest retire return rip rush scramble scuffle sit sleep smile squat stand stay stream "
    "surface survive swarm travel wait walk wander weep work".split()
)
"""Verbs whose bare form in "-ed" tells what its subject did, where no "by" follows."""
_BREAKS = frozenset({",", ":", "-", "–", "—"})


def part_modifier(verb: Word) -> None:
    """Parts a noun and its participle from the noun behind them: "escort [a bus] transporting [prisoners]"."""
    last = verb.head
    first = next((child for child in verb.having("compound") if child.number == verb.number - 1), None)
    if first is None or last is None or last.head is None or last.number < verb.number or not last.having("det"):
        return
    for child in [child for child in last.children if child.number < first.number]:
        child.move(first, child.dep)
    first.move(last.head, last.dep)
    verb.move(first, "acl")
    last.move(verb, "obj")


def part_compound(verb: Word) -> None:
    """Makes the noun behind a participle its object and that before it the head: "[a bus] carrying pilgrims"."""
    first, last = verb.head, verb.head.head if verb.head is not None else None
    if first is None or last is None or first.dep != "compound" or not first.having("det") or verb.having("obj"):
        return
    if not first.number < verb.number < last.number or not last.is_noun:
        return
    behind = [child for child in last.children if child.number > last.number and child.dep != "flat"]
    head, dep = last.head, last.dep
    last.children.remove(first)
    first.head = None
    if head is None:
        first.dep = dep
    else:
        head.children.remove(last)
        last.head = None
        first.move(head, dep)
    last.head = None
    last.move(verb, "obj")
    for child in behind:
        child.move(first, child.dep)


_BEFORE_INFINITIVES = frozenset(
    "agree attempt decide fail hope intend manage plan prepare refuse seek struggle threaten try vow want".split()
)
"""Verbs behind which "to" stands before a verb."""


def is_infinitive(word: Word) -> bool:
    """Whether a word between "to" and a noun is a verb: by its tag, or by the verb before "to"."""
    verb = word.head.head if word.head is not None else None
    asked = verb is not None and verb.is_verb and verb.verb_lemma in _BEFORE_INFINITIVES
    return word.tag == "VB" or (asked and word.tag == "NN" and "VERB" in lemmas(word.lower))


def free_infinitive(verb: Word, to: Word) -> None:
    """Makes the verb of a clause of what was taken for the front of its object: "try to [storm] parliament"."""
    noun = verb.head
    if noun is None or noun.head is None:
        return
    verb.tag = "VB"
    verb.move(noun.head, "xcomp")
    noun.move(verb, "obj")
    to.move(verb, "mark")


def restore_actor(parse: Parse, noun: Word) -> None:
    """Makes somebody before an "-ing" the object of the verb before him: "a poster showing [a couple] kissing"."""
    doing = noun.head
    if doing is None or doing.tag != "VBG" or doing.number != noun.number + 1:
        return
    first = min(part.number for part in noun.subtree())
    verb = parse.words[first - 1] if first else noun
    if entity_type(noun) not in ("PER", "ORG"):
        return
    if verb.is_verb and not verb.having("obj") and verb is not doing and doing not in verb.ancestors():
        noun.move(verb, "obj")
        doing.move(noun, "acl")


def restore_passive(word: Word) -> None:
    """Makes an adjective in "-ed" with a phrase of origin or doer a passive: "who was freed from prison"."""
    copula = word.having("cop")
    told = any(child.case in ("by", "from", "into") for child in word.having("obl"))
    if word.tag != "JJ" or not word.lower.endswith("ed") or not copula or not told or word.having("obj"):
        return
    word.tag, copula[0].dep = "VBN", "aux:pass"
    for child in word.having("nsubj"):
        child.dep = "nsubj:pass"


def raise_use(word: Word) -> None:
    """Hangs what a thing is used to do on the using: "[use] batons [to beat] a student"."""
    tool = word.head.head if word.head is not None and word.head.dep == "conj" else word.head
    using = tool.head if word.dep == "acl" and tool is not None and tool.dep == "obj" else word.head
    if using is not None and using.verb_lemma == "use" and using.having("obj") and word.having("mark"):
        word.move(using, "xcomp")


def lower_infinitive(parse: Parse, word: Word) -> None:
    """Hangs an infinitive on what is enough for it: "until units are [close enough to protect] them"."""
    to = next((child for child in word.having("mark") if child.tag == "TO"), None)
    before = parse.words[to.number - 1] if to is not None and to.number else word
    if before.lower == "enough" and before.head is not None and word not in before.ancestors():
        word.move(before.head, "advcl")


def mend_main_participle(verb: Word) -> None:
    """Makes the past of a "participle" that has no passive: "the minister [resigned]"."""
    if verb.verb_lemma in _HAS_NO_PASSIVE and not verb.having("aux:pass", "aux"):
        verb.tag = "VBD"
        for child in verb.having("nsubj:pass"):
            child.dep = "nsubj"


def raise_participle(parse: Parse, verb: Word) -> None:
    """Makes a "participle" with an object of its own the verb of its sentence: "Police detained dozens".

    Passive participles have no object, and the parser takes what follows for the sentence's head.
    """
    head = verb.head
    if verb.tag != "VBN" or verb.dep not in ("acl", "amod") or head is None or verb.number + 1 >= len(parse.words):
        return
    after = parse.words[verb.number + 1]
    if after is head.head and head.dep == "compound" and head.number == verb.number - 1 and after.head is None:
        for child in [child for child in after.children if child.number < verb.number and child is not head]:
            child.move(head, child.dep)
        verb.tag, verb.dep = "VBD", "ROOT"
        head.children.remove(verb)
        verb.head = None
        head.move(verb, "nsubj")
        after.move(verb, "obj")


def raise_clause(verb: Word) -> None:
    """Makes a "participle" after "when" and a noun the verb of that clause: "when a bus crashed into a wall"."""
    noun = verb.head
    if verb.tag not in ("VBN", "VBD") or verb.dep != "acl" or noun is None or noun.head is None:
        return
    opener = next((child for child in noun.having("advmod", "mark") if child.lower in ("when", "while", "as")), None)
    if opener is None or opener.number > noun.number or verb.having("obl:agent"):
        return
    verb.tag = "VBD"
    verb.move(noun.head, "advcl")
    noun.move(verb, "nsubj")
    opener.move(verb, "mark")


def raise_intransitive(parse: Parse, verb: Word) -> None:
    """Makes a "participle" that has no passive the verb of a sentence without another: "Refugees [fled] to Jordan"."""
    noun = verb.head
    while noun is not None and noun.dep == "nmod" and noun.case == "of":
        noun = noun.head
    if noun is not None and noun.dep == "obj" and noun.head is not None and noun.head.tag == "VBG":
        noun = noun.head.head if noun.head.dep == "acl" else noun  # "A bus carrying pilgrims [plunged] into a ravine"
    leaves = verb.verb_lemma == "set" and noun is not None and entity_type(noun) == "PER"
    leaves = leaves and any(child.lower in ("off", "out") for child in verb.having("compound:prt"))
    charges = verb.verb_lemma == "charge" and any(
        child.case in ("at", "toward", "towards") for child in verb.having("obl")
    )
    if (
        verb.dep != "acl"
        or not (charges or leaves or verb.verb_lemma in _HAS_NO_PASSIVE)
        or noun is None
        or noun.head is not None
    ):
        return
    if not noun.is_noun or noun.having("cop", "nsubj", "acl:relcl") or verb.having("obl:agent"):
        return
    if any(word.text in _BREAKS for word in parse.words[noun.number : verb.number]):
        return
    verb.tag, verb.dep = "VBD", "ROOT"
    assert verb.head is not None
    verb.head.children.remove(verb)
    verb.head = None
    noun.move(verb, "nsubj")
