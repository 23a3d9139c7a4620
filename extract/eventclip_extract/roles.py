"""From the slots of a trigger to a typed event: which entry of the ontology fits, and who fills which role."""
# ruff: noqa: SIM905 - lists of words are easiest to read and to change as text

import re
from dataclasses import replace

from eventclip.records import EntityType
from eventclip_extract.attachment import PLACE_PREPOSITIONS, is_attire
from eventclip_extract.clauses import Slots, is_means
from eventclip_extract.entities import (
    class_of_noun,
    counted,
    entity_type,
    is_bare_adjective,
    is_nationality,
    may_name,
    name_words,
    names_a_thing,
    nouns,
)
from eventclip_extract.found import Filler, Found
from eventclip_extract.ontology import SLOTS, EventType, Frame, Ontology, TriggerEntry
from eventclip_extract.senses import other_sense
from eventclip_extract.status import BACKGROUND
from eventclip_extract.syntax import Word

_TIME_PREPOSITIONS = frozenset({"on", "in", "at", "during", "since", "before", "after", "until", "from", "by"})
_TOOL_PREPOSITIONS = frozenset({"with", "using"})
_CARRYING_PREPOSITIONS = frozenset({"on", "in", "with"})
_LOOSE_PREPOSITIONS = frozenset({"by", "with", "on", "in", "to", "at", "from", "into"})
_PLACES = frozenset({"GPE", "LOC", "FAC"})
OWNERS = frozenset({"his", "her", "their"})
_INITIAL = re.compile(r"[A-TV-Z]\.")  # "U. S." and "U. N." stay
_NOBODY = frozenset(
    "other another himself herself themselves itself it there this that one nobody none nothing no-one behalf board "
    "range".split()
)
_DEEDS = frozenset(
    "abduct abuse assault attack behead bomb bribe embezzle execute finance hijack kidnap kill launder loot lynch "
    "massacre molest murder plot poison possess rape recruit rob shoot slaughter smuggle spy stab steal torture "
    "traffic".split()
)
"""What people are charged with, said as a deed: "accused of killing a priest"."""


def match(ontology: Ontology, word: Word, slots: Slots) -> Found | None:
    """The event that a trigger names in its surroundings, with its participants; None when no entry fits."""
    if word.is_verb:
        entries = ontology.lookup(word.verb_lemma, "VERB")
    else:
        entries = ()
        for modifier in word.having("compound", "amod"):
            entries = ontology.lookup(f"{modifier.lower} {word.noun_lemma}", "NOUN") or entries
        entries = entries or ontology.lookup(word.noun_lemma, "NOUN") or ontology.lookup(word.lower, "NOUN")
    for entry in entries:
        found = _fit(entry, ontology[entry.type], word, slots)
        if found is not None and not other_sense(found, ontology):
            _fill(found, ontology)
            return found
    return None


def _fit(entry: TriggerEntry, event_type: EventType, word: Word, slots: Slots) -> Found | None:
    trigger, taken = [word], slots
    bare = slots.passive and not slots.subject and not word.having("aux", "aux:pass")
    if bare and (entry.frame.object is None or _goes(slots, entry.frame, event_type)):
        taken = _active(slots)
    if entry.particle is not None:
        particle = entry.particle.split()
        if not set(particle) & {*slots.particles, *(case for case, _ in [*slots.phrases, *slots.loose])}:
            return None
        trigger += [child for child in word.having("compound:prt", "advmod", "xcomp") if child.lower in particle]
        if (
            entry.noun is None and particle[-1] not in slots.particles
        ):  # "looks at a painting": the preposition is the particle
            taken = _with_phrase_as_object(slots, particle[-1], keep=particle[-1] in entry.frame.prepositions)
    if entry.noun is not None:
        noun = _light_noun(entry, taken)
        if noun is None:
            return None
        trigger += [*noun.having("case"), noun]
        inside = [
            (case, filler)
            for child in noun.having("nmod", "obl")
            for filler in child.conjuncts()
            if (case := child.case)
        ]
        taken = Slots(
            taken.subject,
            [] if noun in taken.object else taken.object,
            taken.indirect,
            noun.having("nmod:poss"),
            [],
            [phrase for phrase in [*taken.phrases, *inside] if phrase[1] is not noun],
            taken.loose,
            passive=taken.passive,
            rule="light-verb",
        )
    filled = {
        "subject": taken.subject,
        "object": taken.object,
        "indirect": taken.indirect,
        "possessive": taken.possessive,
        "compound": taken.compound,
        **{case: [noun] for case, noun in taken.phrases if not _leads_nowhere(case, noun, entry.frame, event_type)},
        **{
            mark.lower: [deed]
            for deed in word.having("advcl")
            if deed.verb_lemma in _DEEDS
            for mark in deed.having("mark")
        },
    }
    if any(not filled.get(slot) for slot in entry.needs) or any(filled.get(slot) for slot in entry.without):
        return None
    undergoes = taken.object
    if not word.is_verb:  # "the release of hostages", "her son's release"
        undergoes = [*taken.possessive, *(noun for case, noun in taken.phrases if case == "of")]
    if entry.object_types and not any(_may_be(noun, entry.object_types, unknown=False) for noun in undergoes):
        return None
    if entry.subject_types and not all(_may_be(noun, entry.subject_types, unknown=True) for noun in taken.subject):
        return None
    return Found(entry, trigger, taken)


def _leads_nowhere(case: str, noun: Word, frame: Frame, event_type: EventType) -> bool:
    """Whether an idea or a part of the body stands where the frame has a place: who "comes to power" goes nowhere."""
    role = frame.prepositions.get(case)
    if role is None or not event_type.roles[role] >= _PLACES or "VAL" in event_type.roles[role]:
        return False
    return entity_type(noun) == "VAL" or noun.noun_lemma in nouns("body_parts") or noun.lower == "nothing"


def _goes(slots: Slots, frame: Frame, event_type: EventType) -> bool:
    """Whether what a bare participle stands behind goes somewhere, and is no place: "rebels crossed into a land"."""
    if frame.subject is None or frame.object is None or not event_type.roles[frame.object] >= _PLACES:
        return False
    leads = any(case in ("into", "onto", "to", "from", "through", "toward", "towards") for case, _ in slots.phrases)
    movers = event_type.roles[frame.subject] - event_type.roles[frame.object]
    return leads and all(entity_type(noun) in movers for noun in slots.object)


def _active(slots: Slots) -> Slots:
    """The slots of a bare participle whose verb has no passive: "a bridge collapsed in Genoa" lost its auxiliary."""
    return replace(slots, subject=slots.object, object=[], passive=False, rule=slots.rule.replace("passive", "active"))


def _with_phrase_as_object(slots: Slots, preposition: str, *, keep: bool) -> Slots:
    nouns = [noun for case, noun in slots.phrases if case == preposition]
    return Slots(
        slots.subject,
        slots.object or ([] if keep else nouns),
        slots.indirect,
        phrases=[(case, noun) for case, noun in slots.phrases if keep or case != preposition],
        loose=slots.loose,
        passive=slots.passive,
        rule=slots.rule,
    )


def _light_noun(entry: TriggerEntry, slots: Slots) -> Word | None:
    """The noun that a light verb must have, as its object or after its preposition ("take into custody")."""
    phrases = [*slots.phrases, *slots.loose] if entry.particle or not slots.object or slots.passive else []
    behind = [noun for case, noun in phrases if case not in BACKGROUND and case != "as"]
    for noun in [*slots.object, *behind]:
        lemma = noun.noun_lemma
        words = {lemma, noun.lower, *(f"{child.lower} {lemma}" for child in noun.having("compound", "amod"))}
        if entry.noun in words:
            return noun
    return None


def _may_be(word: Word, allowed: frozenset[str], *, unknown: bool) -> bool:
    found = entity_type(word)
    return unknown if found is None else found in allowed


def _fill(found: Found, ontology: Ontology) -> None:
    """Gives the slots their roles; a filler of a type that its role does not allow is left out."""
    event_type, frame, slots = ontology[found.entry.type], found.entry.frame, found.slots
    roles = event_type.roles

    def take(role: str | None, word: Word, rule: str, *, sure: bool = True) -> bool:
        if rule in _BEFORE_NOUNS and (_says_what_kind(word) or word.tag == "CD"):
            return False  # the "press" of a press conference, the 11 of "the 9/11 attacks"
        if rule == "subject" and word.dep == "conj" and {word.noun_lemma, word.lower} & nouns("garments"):
            return False  # "a man in a suit [and top hat] sits"
        if role is None or any(filler.word is word for filler in found.fillers) or word in found.trigger:
            return False
        owner = word.tag == "PRP$"  # "his arrest": `assemble` finds out who he is
        if owner and (rule != "possessive" or word.lower not in OWNERS or "PER" not in roles[role]):
            return False
        if word.lower.startswith(("anti-", "pro-")) and word.tag != "NNS":  # "a pro-government rally"
            return False
        if word.tag.startswith(("VB", "RB", "WDT")) or is_bare_adjective(word):
            return False
        if (word.lower in _NOBODY and counted(word) is word) or _is_initials(word):
            return False
        if event_type.parent == "Sport" and word.lower in nouns("sports"):
            return False
        kind = "PER" if owner else "GPE" if is_nationality(word) else entity_type(word)
        if kind is None and (
            not sure or ontology.lookup(word.noun_lemma, "NOUN")
        ):  # an event takes no part in an event
            return False
        if kind in (None, "VAL") and rule == "subject" and _says_what_for(found.word, word):
            return False
        if kind is None:
            order = _UNKNOWN_ORDER if rule == "subject" or not word.text.islower() else _UNKNOWN_THINGS
            allowed = roles[role] - _ACTING if names_a_thing(word) else roles[role]
            if word.noun_lemma in nouns("body_parts"):
                allowed -= _PLACES  # "brings a city to its knees"
            kind = next((one for one in order if one in allowed), None)
            if kind is None:
                return False
        if kind == "ORG" and roles[role] <= _PLACES and word.tag == "NN":
            kind = "FAC"  # "leaves the court": the house of the institution
        if kind == "ORG" and role in ("Destination", "Origin") and word.tag == "NNP" and kind not in roles[role]:
            kind = "GPE"  # "leaves for Geneva": what one leaves for is a place
        if kind not in roles[role]:
            kind = may_name(word, roles[role])
        if kind is None:
            return False
        if (
            role in ("Destination", "Origin") and found.has(role) and word.dep != "conj"
        ):  # "at the gate of a camp, in Goma"
            return False
        found.fillers.append(Filler(role, word, kind, rule))
        return True

    tools = [role for role in ("Instrument", "Vehicle") if role in roles]
    of = frame.prepositions.get("of")
    doer = frame.prepositions.get("by") if any(case == "of" for case, _ in slots.phrases) else None
    for name in SLOTS:
        for word in getattr(slots, name):
            role = getattr(frame, name)
            if name == "possessive" and doer and role == of:  # "Norland's arrest of a reporter"
                role = doer
            taken = take(role, word, name, sure=name != "compound")
            if not taken and name == "subject" and entity_type(word) in ("WEA", "VEH"):
                any(take(tool, word, name) for tool in tools)  # "a missile strikes a bridge", "a truck carries sheep"
    if not found.word.is_verb:  # "police raid", "the Mombasa attack", "Russian airstrikes", "civilian deaths"
        for word in slots.compound:
            by_name = word.tag.startswith("NNP") and entity_type(word) in _PLACES
            owner = doer if doer and frame.possessive == of else frame.possessive
            take("Place" if by_name else owner, word, "compound", sure=False)
        for word in found.word.having("amod"):
            if frame.compound and class_of_noun(word.lower) is not None:  # "a drone attack": nouns taken for adjectives
                take(frame.compound, word, "compound", sure=False)
            if not found.has(frame.possessive or "") and (is_nationality(word) or class_of_noun(word.lower) == "PER"):
                take(frame.possessive, word, "adjective")
    for phrases, sure in ((slots.phrases, True), (slots.loose, False)):
        for case, word in phrases:
            named = sure or case in _LOOSE_PREPOSITIONS or (case == "for" and frame.prepositions.get(case) == "Crime")
            if is_attire(word) or (not named and case not in PLACE_PREPOSITIONS):
                continue
            if case == "in" and "Sentence" in roles and word.noun_lemma in ("prison", "jail"):
                continue  # "ten years in prison" is the sentence
            rule = case if sure else f"{case}, loose"
            direct = frame.prepositions.get(case)
            if direct is None and case in ("out of", "off"):
                direct = frame.prepositions.get("from")
            if case == "by" and is_means(word) and take("Vehicle" if "Vehicle" in roles else None, word, rule):
                continue
            if case == "by" and entity_type(word) in ("WEA", "VEH") and any(take(tool, word, rule) for tool in tools):
                continue  # "the bombing of a hospital by jets"
            if direct is not None and found.has(direct) and entity_type(word) in _PLACES:  # "hits a man at a hospital"
                direct = None
            if direct is not None and named and take(direct, word, rule, sure=sure and case != "with"):
                continue
            if case in ("into", "onto") and entity_type(word) == "VEH" and named and "Vehicle" in roles:
                take("Vehicle", word, rule, sure=False)  # "loads a coffin onto a plane"
                continue
            if (
                (sure or not _inside_event(word, ontology))
                and _is_tool(case, word)
                and any(take(tool, word, rule, sure=False) for tool in tools)
            ):
                continue
            if sure and case in _TIME_PREPOSITIONS and take("Time", word, rule, sure=False):
                continue
            if case not in PLACE_PREPOSITIONS or _is_topic(case, word) or (case == "against" and word.tag == "NNP"):
                continue
            if sure or not _is_taken(case, word, ontology):
                take("Place", word, rule, sure=False)
    _keep_two_places(found)


_BEFORE_NOUNS = frozenset({"compound", "adjective"})
_KINDS = frozenset({"general", "hostile", "human", "minor", "news", "official", "press", "terror"})
"""Words that may name persons, but before an event say of what kind it is."""
_OPPOSING = frozenset({"by", "against", "on", "over", "between"})
"""Prepositions of place that stand for something else before people and what they have set up."""
_ACTING = frozenset({"PER", "ORG", "GPE", "VEH", "WEA"})
"""What no noun is taken for that dictionaries have and no class knows: of these the classes have most."""
_UNKNOWN_ORDER: tuple[EntityType, ...] = ("PER", "OBJ", "ORG", "FAC", "LOC", "GPE", "VEH", "WEA", "VAL", "TIME")
_UNKNOWN_THINGS: tuple[EntityType, ...] = ("OBJ", *(one for one in _UNKNOWN_ORDER if one != "OBJ"))
"""What a noun that no class knows is taken for: who acts is somebody, and what is acted on something."""


def _says_what_for(verb: Word, noun: Word) -> bool:
    """Whether a clause says what a thing is for, and not what it does: "an attempt [to cross] a border"."""
    return verb.dep == "acl" and verb.head is noun and names_a_thing(noun)


def _says_what_kind(word: Word) -> bool:
    """Whether a word before an event says of what kind it is: "press conference", "a group photo"."""
    if word.lower == "group":
        return all(child.dep == "det" for child in word.children)  # but "a militant group attack"
    return word.lower in _KINDS


def _inside_event(word: Word, ontology: Ontology) -> bool:
    """Whether a phrase hangs on a noun that names an event of its own: "an attack on a bus killed nine people"."""
    return word.head is not None and word.head.is_noun and bool(ontology.lookup(word.head.noun_lemma, "NOUN"))


def _is_taken(case: str, word: Word, ontology: Ontology) -> bool:
    """Whether an earlier or later event has a role for the phrase: of "after a raid on a bank" the bank is the target.

    What happens in that event happens there ("killed in a raid on a bank"), and what is done to a town is done in it.
    """
    first = word
    while first.dep == "conj" and first.head is not None:
        first = first.head
    head = first.head
    if head is None or not head.is_noun or BACKGROUND.get(head.case) not in ("after", "before"):
        return False
    if entity_type(word) in ("GPE", "LOC"):
        return False
    return any(case in entry.frame.prepositions for entry in ontology.lookup(head.noun_lemma, "NOUN"))


def _is_initials(word: Word) -> bool:
    """Whether a name is nothing but initials: what is left of a state, "in Cannon Ball, N. D."."""
    return all(_INITIAL.fullmatch(part.text) for part in name_words(word))


def _is_topic(case: str, word: Word) -> bool:
    """Whether a preposition of place says here what something is about or against: "a rally against the government".

    Nothing is done "on" a country, and what a committee is "on" it deals with.
    """
    kind = entity_type(word)
    if case in _OPPOSING and kind in ("ORG", "PER"):
        return case != "on" or class_of_noun(word.noun_lemma) not in _PLACES  # "on Westminster Bridge"
    if case != "on" or kind != "GPE":
        return False
    of_committee = word.head is not None and word.head.is_noun and entity_type(word.head) == "ORG"
    return of_committee or word.text in nouns("countries")


def _is_tool(case: str, word: Word) -> bool:
    if case in _TOOL_PREPOSITIONS:
        return entity_type(word) in ("OBJ", "WEA", "VEH")
    return case in _CARRYING_PREPOSITIONS and (word.noun_lemma in nouns("conveyances") or entity_type(word) == "VEH")


def _keep_two_places(found: Found) -> None:
    """Keeps one place by name and one by kind, "in a field" and "in Cairo", the earlier one of two."""
    kept: dict[bool, Filler] = {}
    for filler in sorted(found.fillers, key=lambda filler: filler.word.number):
        if filler.role == "Place":
            kept.setdefault(filler.word.tag == "NNP", filler)
    found.fillers = [filler for filler in found.fillers if filler.role != "Place" or filler in kept.values()]
