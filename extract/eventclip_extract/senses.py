"""Verbs and nouns of several senses: whether what stands around a trigger shows that it does not mean the event."""
# ruff: noqa: SIM905 - lists of words are easiest to read and to change as text

from eventclip_extract.entities import entity_type, may_name, nouns
from eventclip_extract.found import Found
from eventclip_extract.ontology import TOOL_ROLES, EventType, Frame, Ontology
from eventclip_extract.syntax import Word

_PHASES = frozenset({"prepare", "look", "move", "fail", "appear", "rush", "race", "struggle"})


def other_sense(found: Found, ontology: Ontology) -> bool:
    """Whether the verb's arguments show that it does not mean the event: "strikes a deal", "prepares to bury"."""
    event_type, frame, word = ontology[found.entry.type], found.entry.frame, found.word
    if found.entry.particle == "guilty" and "not" in found.slots.particles:
        return True
    alone = found.entry.noun is None and found.entry.particle is None
    if alone and found.entry.lemma in _SENSES and not _SENSES[found.entry.lemma](found):
        return True
    if not word.is_verb:
        return word.noun_lemma == "party" and found.entry.lemma == "party" and _is_organisation(word)
    if word.verb_lemma in _PHASES and any(
        child.tag == "VB" and any(mark.tag == "TO" for mark in child.having("mark")) for child in word.having("xcomp")
    ):
        return not event_type.name.startswith("Movement.")  # "rushes to save" runs
    if word.verb_lemma in STRIKES and any(
        case == "with" and entity_type(noun) == "VAL" for case, noun in found.slots.phrases
    ):
        return event_type.name == "Conflict.Attack"  # "hits a bank with sanctions"
    if word.verb_lemma in STRIKES | SHAKES and found.slots.subject:
        entries = [entry for noun in found.slots.subject for entry in ontology.lookup(noun.noun_lemma, "NOUN")]
        if any(entry.type == "Conflict.Attack" for entry in entries):
            return True  # "an airstrike hits a school": it is one attack
    violent = event_type.parent == "Conflict" or event_type.name == "Disaster.Crash"
    if violent and any(_is_disaster(noun, ontology) for noun in found.slots.subject):
        return True  # "an earthquake strikes": the noun is the event
    if word.verb_lemma == "leave" and any(state.tag[:2] in ("JJ", "VB") for state in word.having("xcomp")):
        return event_type.parent == "Movement"  # "left the city encircled"
    if word.verb_lemma == "strike" and event_type.name == "Conflict.Demonstrate":
        return any(noun.noun_lemma in nouns("fighters") for noun in found.slots.subject)
    if word.verb_lemma == "fall" and word.dep == "amod" and word.head is not None and entity_type(word.head) == "PER":
        return True  # a fallen soldier did not tumble
    if word.tag == "VBG" and word.dep == "amod" and word.head is not None and not _may_do(word.head, frame, event_type):
        return True  # a sewing machine is for it
    role = frame.object
    own = [noun for noun in found.slots.object if noun.head is word]  # others are guesses of the clause rules
    if role is None or found.entry.noun is not None or not own or "VAL" in found.entry.object_types:
        return False
    kinds = {entity_type(noun) for noun in own}
    allowed = event_type.roles[role]
    if not kinds <= {"VAL", "WEA"} or kinds & allowed:
        return False
    return not any(may_name(noun, allowed) for noun in own)  # "plants a bomb" is no farming, a mine may be a place


def _may_do(noun: Word, frame: Frame, event_type: EventType) -> bool:
    """Whether what an "-ing" stands before can be who does it, or what with."""
    kind = entity_type(noun)
    if kind is None or frame.subject is None:
        return True
    roles = event_type.roles
    tools = [roles[role] for role in TOOL_ROLES if role in roles] if kind in ("WEA", "VEH") else []
    return any(kind in allowed for allowed in (roles[frame.subject], *tools))


def _strikes(found: Found) -> bool:
    """Whether a strike is what workers do, or violence: by whose it is, or what for."""
    word, is_labour = found.word, found.entry.type == "Conflict.Demonstrate"
    if word.is_verb or found.entry.needs:
        return True
    if any(part.lower in ("lightning", "lucky", "third") for part in word.having("compound", "amod")):
        return False
    slots = found.slots
    whose = [*slots.possessive, *slots.compound, *(noun for case, noun in slots.phrases if case in ("by", "of"))]
    many = [noun for noun in whose if noun.tag == "NNS" and entity_type(noun) == "PER"]
    workers = any(noun.noun_lemma not in nouns("fighters") for noun in many)
    workers |= any(noun.lower in _TRADES for noun in slots.compound)
    verb = word.head
    if verb is not None and word.dep == "obj" and verb.verb_lemma in _STRIKING:
        callers = [*verb.having("nsubj"), *([verb.head] if verb.dep == "acl" and verb.head is not None else [])]
        people = [noun for noun in callers if entity_type(noun) in ("PER", "ORG")]
        workers |= any(noun.noun_lemma not in nouns("fighters") for noun in people)
    lasts = word.case == "during" and not whose and all(case not in ("on", "against") for case, _ in slots.phrases)
    return (workers or lasts) == is_labour  # what something else happens during is no blow


def _shoots(found: Found) -> bool:
    """Whether who shoots has a camera, or a gun."""
    has_camera = any(noun.noun_lemma in _PHOTOGRAPHERS for noun in found.slots.subject)
    return not found.word.is_verb or has_camera == (found.entry.type == "Media.Photograph")


def _charges(found: Found) -> bool:
    """Whether somebody is charged with batons, or with fraud."""
    armed = any(case == "with" and entity_type(noun) == "WEA" for case, noun in found.slots.phrases)
    if found.entry.type == "Conflict.Attack":
        return armed or "with" not in found.entry.needs
    return not armed


def _collapses(found: Found) -> bool:
    """Whether somebody falls, or a building."""
    falls = bool(found.slots.subject) and all(entity_type(noun) == "PER" for noun in found.slots.subject)
    return found.entry.type != ("Disaster.Destroy" if falls else "Movement.Fall")


def _lies(found: Found) -> bool:
    """Whether somebody lies somewhere, or is said to: nobody is accused "of lying" in the grass."""
    return not any(mark.lower in ("of", "for", "by") for mark in found.word.having("mark"))


def _brings(found: Found) -> bool:
    """Whether something is brought somewhere: children are brought up, and governments down."""
    leads = any(case in ("to", "into", "from", "onto", "out of") for case, _ in found.slots.phrases)
    return leads or not {"about", "down", "forward", "up"} & {*found.slots.particles}


def _drives(found: Found) -> bool:
    """Whether something on wheels is driven, or somebody somewhere: people are driven from their homes on foot."""
    kinds = {entity_type(noun) for noun in found.slots.object}
    leaves = any(case in ("from", "out of") for case, _ in found.slots.phrases)
    return not kinds & {"GPE", "VAL"} and not (leaves and kinds & {"PER", "ORG"})


def _delivers(found: Found) -> bool:
    """Whether something is handed over somewhere: speeches, hopes and the newborn are not."""
    if not found.word.is_verb or any(case in ("to", "into", "from") for case, _ in found.slots.phrases):
        return all(noun.noun_lemma not in _SPEECHES for noun in found.slots.object)
    whats = {noun.noun_lemma for noun in found.slots.object}
    return bool(whats) and not whats & (_SPEECHES | _NEWBORN)


def _shows_nothing(found: Found) -> bool:
    """Whether people march or confer, and do not show or bestow what stands right behind ("demonstrate a gun")."""
    if found.entry.type == "Display.Show" or not found.word.is_verb:
        return True
    first = found.word.number + 1
    return all(min(part.number for part in what.subtree()) > first for what in found.word.having("ccomp", "obj"))


def _falls(found: Found) -> bool:
    """Whether somebody drops: who falls silent or ill does not."""
    states = (
        word for word in found.word.having("xcomp", "advmod", "amod", "obj") if word.number == found.word.number + 1
    )
    return not any(word.lower in _FALLEN for word in states)


def _gathers(found: Found) -> bool:
    """Whether a summit is a meeting, and not the top of a mountain."""
    tops = [noun for case, noun in found.slots.phrases if case == "of" and entity_type(noun) in ("LOC", "FAC")]
    verb = found.word.head
    climbed = verb is not None and verb.is_verb and verb.verb_lemma in ("climb", "reach", "scale", "ascend")
    return not tops and not (climbed and found.word.dep == "obj")


def _burns(found: Found) -> bool:
    """Whether something is on fire: who comes under fire is not."""
    return found.word.case != "under"


def _races(found: Found) -> bool:
    """Whether a race is run: one for an office is not."""
    return all(case != "for" or noun.noun_lemma not in _SOUGHT for case, noun in found.slots.phrases)


def _pays(found: Found) -> bool:
    """Whether money is paid: attention is not."""
    return all(noun.noun_lemma not in _UNPAID for noun in found.slots.object)


STRIKES = frozenset({"hit", "strike", "target"})
"""Verbs by which an attack meets what it is on."""
SHAKES = frozenset({"rock", "shake", "rip", "tear"})
"""Verbs of a blast whose object, or what they go through, is where it is."""
_STRIKING = frozenset("begin call cancel continue declare end extend hold join organize plan suspend threaten".split())
"""What unions do with a strike."""
_TRADES = frozenset(
    "airline bus dock garbage labor labour metro nurse port rail railway subway taxi teacher train transit transport "
    "trucker".split()
)
"""What is at a standstill in a strike that is named by it."""
_PHOTOGRAPHERS = frozenset({"photographer", "cameraman", "camerawoman", "videographer", "filmmaker", "paparazzo"})
_SENSES = {
    "bring": _brings,
    "charge": _charges,
    "collapse": _collapses,
    "confer": _shows_nothing,
    "deliver": _delivers,
    "demonstrate": _shows_nothing,
    "drive": _drives,
    "fall": _falls,
    "fire": _burns,
    "lie": _lies,
    "pay": _pays,
    "race": _races,
    "shoot": _shoots,
    "strike": _strikes,
    "summit": _gathers,
}
"""Triggers whose sense hangs on more than the types of their arguments."""
_UNPAID = frozenset("attention compliment heed homage lip-service mind price respect tribute visit".split())
"""What is paid without money."""
_NEWBORN = frozenset({"baby", "child", "infant", "newborn", "triplet", "twin"})
_FALLEN = frozenset("apart asleep behind flat foul ill prey quiet short sick silent victim".split())
_SOUGHT = frozenset(
    "chancellor congress governor governorship mayor nomination presidency president seat senate".split()
)
"""What a race for is not run."""
_SPEECHES = frozenset(
    "address blow eulogy keynote lecture message monologue remark rant sermon speech statement verdict warning".split()
)
"""What is delivered with the mouth."""
_PARTIES = frozenset(
    "opposition ruling political governing republican democratic communist socialist conservative liberal labor labour "
    "green nationalist populist far-right far-left right-wing left-wing centrist main major other rival third".split()
)


def _is_organisation(party: Word) -> bool:
    """Whether a party is one of politics: by its owner, its name, what describes it, or as the one that is known."""
    before = [child for child in party.children if child.number < party.number]
    if party.dep == "nmod:poss" or party.tag == "NNS" or party.text[0].isupper():
        return True
    if any(child.lower in _PARTIES or (child.text[0].isupper() and child.lower not in _FEASTS) for child in before):
        return any(child.dep in ("compound", "amod", "nmod:desc", "nmod:poss", "flat") for child in before)
    return any(child.lower in ("the", "his", "her", "their", "its") for child in before) and party.case not in _AT


_FEASTS = frozenset({"christmas", "year", "new", "halloween", "easter", "diwali", "eve"})
_AT = frozenset({"at", "during", "after", "before", "to"})


def _is_disaster(noun: Word, ontology: Ontology) -> bool:
    names = ontology.lookup(noun.noun_lemma, "NOUN") or ontology.lookup(noun.lower, "NOUN")
    return any(ontology[entry.type].parent == "Disaster" for entry in names) or noun.noun_lemma in nouns("forces")
