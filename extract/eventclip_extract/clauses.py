"""Who stands where around a trigger: subject, objects and prepositional phrases, whatever the construction.

Active and passive, full and reduced, coordinated, controlled and relative clauses all come down to the same `Slots`.
"""
# ruff: noqa: SIM905 - lists of words are easiest to read and to change as text

from dataclasses import dataclass, field
from typing import Literal

from eventclip_extract.entities import entity_type
from eventclip_extract.syntax import Word

_RELATIVE = frozenset({"who", "whom", "that", "which", "whose"})
_OBJECT_CONTROL = frozenset(
    "help force ask order see watch make let allow show urge tell persuade invite lead bring find catch keep "
    "leave get require compel enable permit encourage teach prevent stop ban bar keep prohibit".split()
)
"""Verbs whose object does what the verb below them says: "helps a man climb"."""
BLAMES = frozenset(
    "accuse suspect charge convict acquit ban bar block prevent stop keep discourage deter dissuade".split()
)
"""Verbs after which an "-ing" clause with a preposition is what is said of their object or kept from it."""
_PARTICLE_DEPS = ("compound:prt", "advmod")
_RIGHT_ARGUMENTS = ("obj", "iobj", "obl", "obl:agent", "nsubj", "nsubj:pass", "xcomp")


@dataclass(slots=True)
class Slots:
    """The grammatical surroundings of a trigger; coordinated fillers stand one by one.

    Attributes:
        phrases: preposition and noun, for the phrases that hang on the trigger.
        loose: the same for phrases that the parser hung on one of the fillers and that may belong to the trigger.
        rule: the name of the construction.
    """

    subject: list[Word] = field(default_factory=list)
    object: list[Word] = field(default_factory=list)
    indirect: list[Word] = field(default_factory=list)
    possessive: list[Word] = field(default_factory=list)
    compound: list[Word] = field(default_factory=list)
    phrases: list[tuple[str, Word]] = field(default_factory=list)
    loose: list[tuple[str, Word]] = field(default_factory=list)
    particles: list[str] = field(default_factory=list)
    passive: bool = False
    rule: str = ""


def verb_slots(verb: Word) -> Slots:
    """The slots of a verb."""
    passive = is_passive(verb)
    subjects, rule = _subjects(verb, depth=0)
    made = Slots(passive=passive, rule=f"{rule}-{'passive' if passive else 'active'}")
    objects = _fillers(verb, "obj") or _object_gap(verb) or _shared_object(verb) or _raised_object(verb)
    if passive:
        made.subject = _agents(verb) or _shared_agents(verb)
        made.object = subjects
        if objects:  # "was handed a box"
            made.indirect, made.object = subjects, objects
    else:
        made.subject, made.object = subjects, [noun for noun in objects if noun not in subjects]
        made.indirect = _fillers(verb, "iobj")
        unmarked = verb.having("obj")
        if (
            len(unmarked) == 2 and not made.indirect and entity_type(unmarked[0]) in ("PER", "ORG")
        ):  # "hands a chef a box"
            made.indirect = unmarked[0].conjuncts()
            made.object = unmarked[1].conjuncts()
    made.particles = [child.lower for child in verb.having(*_PARTICLE_DEPS) if child.tag in ("RP", "RB", "IN")]
    made.phrases = _phrases(verb, "obl", "obl:agent", "nmod")
    for state in verb.having("xcomp"):
        if state.tag == "JJ":  # "found [guilty] of murder"
            made.particles += [*(child.lower for child in state.having("advmod")), state.lower]
            made.phrases += _phrases(state, "obl", "nmod")
    if verb.dep == "xcomp" and verb.head is not None and verb.head.verb_lemma == "use":  # "use [batons] to beat"
        made.phrases += [("with", noun) for noun in _fillers(verb.head, "obj")]
    if passive:
        made.phrases = [(case, noun) for case, noun in made.phrases if noun not in made.subject]
    made.loose = _loose([*made.subject, *made.object, *made.indirect, *(noun for _, noun in made.phrases)])
    if passive and not made.subject:  # "pushed in [a wheelchair by a monk]"
        made.subject = [noun for case, noun in made.loose if case == "by" and entity_type(noun) in ("PER", "ORG", None)]
    if not made.passive and not made.object:
        made.rule = f"{rule}-intransitive"
    return made


_UNDERGO = frozenset(
    "appear arise arrive awaken be become bloom burst collapse come cost decline decrease depart die diminish "
    "disappear drown dwindle elapse emerge erupt exist expire explode fade fail fall flourish freeze grow happen hurt "
    "increase last lie linger loom matter melt occur originate perish recover recur remain result return rise seem "
    "shrink sink smell sound stem suffer swell taste thrive vanish vary wilt wither".split()
)
"""Verbs whose subject undergoes what they say where they have no object ("prices rise")."""


def core_arguments(word: Word) -> list[tuple[Literal["A0", "A1"], Word]]:
    """Who acts and who or what undergoes, of any verb, adjective or noun that says something, as PropBank numbers them.

    Clauses count as what is said, thought or wanted. Needs no ontology: it is what roles are made from, and can be
    measured against PropBank.
    """
    if word.dep in ("aux", "aux:pass"):
        return []
    acts, undergoes = _acts_and_undergoes(word)
    return [("A0", one) for one in acts[:1]] + [("A1", one) for one in undergoes[:1]]


def _acts_and_undergoes(word: Word) -> tuple[list[Word], list[Word]]:
    if word.dep == "cop" and word.head is not None:
        return [], [child for child in word.head.having("nsubj", "csubj") if child is not word]
    if word.tag.startswith("JJ"):  # "the food is good", "good food"
        described = [word.head] if word.dep == "amod" and word.head is not None else word.having("nsubj")
        return [], described
    if not word.is_verb:
        slots = noun_slots(word)
        return slots.possessive, [noun for case, noun in slots.phrases if case == "of"]
    slots = verb_slots(word)
    # of "see a man go", PropBank's A1 is the going, not the man
    what = [] if slots.object and slots.object == _raised_object(word) else slots.object
    what = what or word.having("ccomp", "xcomp")
    if slots.passive:
        return slots.subject, what
    subject = slots.subject
    if word.dep == "acl" and any(child.tag == "TO" for child in word.having("mark")):  # "things to do"
        subject = word.having("nsubj")
        what = what or ([word.head] if word.head is not None else [])
    if word.verb_lemma in _UNDERGO and not slots.object:
        return [], subject
    return subject, what


def noun_slots(noun: Word) -> Slots:
    """The slots of a noun that names an event."""
    made = Slots(rule="nominal")
    made.possessive = [owner for child in noun.having("nmod:poss") for owner in child.conjuncts()]
    made.compound = noun.having("compound", "nmod:desc")
    made.phrases = _phrases(noun, "nmod", "obl", "obl:agent")
    made.loose = _loose([filler for _, filler in made.phrases])
    return made


def adjective_slots(adjective: Word) -> Slots | None:
    """The slots of an adjective that says what became of somebody ("leaves two people dead"); None before its noun."""
    head, made = adjective.head, Slots(rule="adjective")
    if adjective.having("case"):
        return None  # "relatives of the dead": who died is not told
    if adjective.having("nsubj"):
        made.possessive = _fillers(adjective, "nsubj")
    elif head is not None and head.is_verb and adjective.dep in ("xcomp", "advcl", "obj", "advmod"):
        around = verb_slots(head)
        made.possessive = around.object or around.subject
    elif head is not None and head.is_noun and head.number < adjective.number:
        made.possessive = [head]
    else:
        return None
    made.phrases = _phrases(adjective, "obl", "nmod")
    return made


def is_passive(verb: Word) -> bool:
    """Whether a verb is passive, also without an auxiliary ("a man carried by soldiers")."""
    if verb.having("aux:pass", "nsubj:pass"):
        return True
    if verb.tag not in ("VBN", "VBD"):
        return False
    helpers = {child.verb_lemma for child in verb.having("aux")}
    if "have" in helpers:
        return False
    if helpers & {"be", "get"} or verb.having("obl:agent"):
        return True
    if verb.tag == "VBD":
        return False
    if verb.dep == "conj" and verb.head is not None and verb.head.is_verb and not verb.having("nsubj"):
        return is_passive(verb.head)
    return verb.dep in ("acl", "amod", "advcl", "xcomp", "ccomp", "parataxis", "ROOT") and not verb.having("nsubj")


def _agents(verb: Word) -> list[Word]:
    """Who or what a passive verb says it was done by; "by helicopter" says how."""
    by = [child for child in verb.having("obl:agent", "obl", "nmod") if child.case == "by"]
    for state in verb.having("xcomp"):  # "shot dead [by police]"
        if state.tag == "JJ":
            by += [child for child in state.having("obl:agent", "obl", "nmod") if child.case == "by"]
    for hands in verb.having("obl"):  # "killed at the hands of police"
        if hands.lower == "hands" and hands.case in ("at", "in"):
            by += [child for child in hands.having("nmod") if child.case == "of"]
    return [noun for agent in by for noun in agent.conjuncts() if not is_means(noun)]


def is_means(noun: Word) -> bool:
    """Whether a vehicle stands without an article, as a means of transport does: "by helicopter"."""
    return entity_type(noun) == "VEH" and noun.lower == noun.noun_lemma and not noun.having("det", "nummod", "amod")


def _shared_agents(verb: Word) -> list[Word]:
    """The by-phrase that a passive verb shares with the last one coordinated with it: "beaten and robbed by men"."""
    for child in verb.having("conj"):
        if child.is_verb and child.tag == "VBN" and not child.having("nsubj", "nsubj:pass"):
            return _agents(child) or _shared_agents(child)
    return []


def _raised_object(verb: Word) -> list[Word]:
    """The subject of what is seen or made to happen, where the parser left it there: "watches [a man jump]"."""
    if verb.verb_lemma not in _OBJECT_CONTROL:
        return []
    for clause in verb.having("xcomp", "ccomp"):
        if clause.tag in ("VB", "VBP", "VBG") and not clause.having("mark", "aux"):
            return _fillers(clause, "nsubj")
    return []


def _fillers(verb: Word, *deps: str) -> list[Word]:
    return [noun for child in verb.having(*deps) if child.lower not in _RELATIVE for noun in child.conjuncts()]


def _subjects(verb: Word, depth: int) -> tuple[list[Word], str]:
    """Who the verb says something about (of a passive: what undergoes it), and the name of the construction."""
    head = verb.head
    own = verb.having("nsubj", "nsubj:pass")
    pronoun = next((child for child in own if child.lower in _RELATIVE), None)
    if pronoun is not None and verb.dep in ("acl:relcl", "acl") and head is not None:
        return [head], "relative"
    found = _fillers(verb, "nsubj", "nsubj:pass")
    if found:
        return found, "clause"
    if head is None or depth > 6:
        return [], "bare"
    if verb.dep == "acl:relcl":
        return [head], "relative"
    if verb.dep in ("acl", "amod"):
        return head.conjuncts() if head.is_noun and _plural_wide(head, verb) else [head], "participle"
    if verb.dep in ("conj", "list", "appos") and head.is_noun and head.head is None and not verb.having("cc"):
        return [head], "clause"  # "Ana Berg, head of a union, [testifies]" was one list to the parser
    if verb.dep == "conj" and head.is_verb:
        subjects, _ = _subjects(head, depth + 1)
        return subjects, "coordinated"
    if verb.dep == "ccomp" and head.dep == "acl:relcl" and head.head is not None and _fillers(head, "nsubj"):
        return [head.head], "relative"  # "a man who they said had fled"
    if verb.dep in ("xcomp", "ccomp") and head.is_verb:
        objects = _fillers(head, "obj", "iobj")
        if objects and head.verb_lemma in _OBJECT_CONTROL:
            return objects, "controlled"
        return _subjects(head, depth + 1)[0], "controlled"
    if verb.dep in ("advcl", "xcomp", "parataxis", "dep"):
        if head.is_verb:
            mark = {child.lower for child in verb.having("mark")}
            objects = _fillers(head, "obj") if mark & {"of", "from"} else []
            if objects and head.verb_lemma in BLAMES:  # "keeps a thief from escaping"
                return objects, "controlled"
            return _subjects(head, depth + 1)[0], "adverbial"
        if head.is_noun:
            return head.conjuncts() if verb.tag != "VBZ" and _plural_wide(head, verb) else [head], "participle"
    return [], "bare"


def _plural_wide(head: Word, verb: Word) -> bool:
    """Whether a participle after coordinated nouns says something about all of them: it stands after the last."""
    return bool(head.having("conj")) and verb.number > head.conjuncts()[-1].number


def _object_gap(verb: Word) -> list[Word]:
    """The noun that a relative clause with a subject of its own lacks as its object: "a man whom police arrest"."""
    if verb.dep != "acl:relcl" or verb.head is None:
        return []
    own = [child for child in verb.having("nsubj") if child.lower not in _RELATIVE]
    gap = [
        child
        for child in verb.children
        if child.dep in ("obj", "obl", "iobj") and child.lower in ("whom", "that", "who", "which")
    ]
    return [verb.head] if own and (gap or not verb.having("obl:agent", "xcomp", "ccomp")) else []


def _shared_object(verb: Word) -> list[Word]:
    """The object that a verb shares with the one coordinated right after it: "treat and bandage a miner"."""
    for child in verb.having("conj"):
        if child.is_verb and child.number == verb.number + 2:
            return _fillers(child, "obj")
    return []


def _phrases(trigger: Word, *deps: str) -> list[tuple[str, Word]]:
    return [(case, noun) for child in trigger.having(*deps) for noun in child.conjuncts() if (case := child.case)]


def _loose(fillers: list[Word]) -> list[tuple[str, Word]]:
    """Prepositional phrases below the fillers, "of" phrases aside: those belong to their noun."""
    found: list[tuple[str, Word]] = []
    for filler in fillers:
        for child in filler.having("nmod"):
            case = child.case
            if case and case != "of":
                found += [(case, noun) for noun in child.conjuncts()]
            if len(found) < 12:
                found += _loose([child])
    return found
