"""Which triggers of other types can stand where a trigger stands: same complements, another event."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import itemgetter
from typing import Literal

from eventclip_extract.english import (
    ADVERBS,
    BE,
    DETERMINERS,
    ENDS_COMPLEMENT,
    HAVE,
    MODALS,
    OPENS_NOUN,
    PLACE_PREPOSITIONS,
    PRONOUNS,
)
from eventclip_extract.inflection import is_plural, lemmas, noun_tags, verb_tags
from eventclip_extract.noun_phrases import is_adjective
from eventclip_extract.ontology import COMMON_ROLES, TOOL_ROLES, EventType, Frame, Ontology, PartOfSpeech, TriggerEntry
from eventclip_extract.sentence import Filler, Sentence

_NOUN_PHRASE = r"(?=(?:an?|the|his|her|its|their|this|that|another|\d[\d,]*)\b|[A-Z])"
_PATHS = {
    "goal": re.compile(rf"\b(?:to|into|onto|towards?) {_NOUN_PHRASE}"),
    "source": re.compile(rf"\b(?:from|off|out of) {_NOUN_PHRASE}"),
}
_WAYS = {
    "goal": frozenset({"to", "into", "onto", "toward", "towards"}),
    "source": frozenset({"from", "off", "out"}),
}
_SENTENCE_EDGE = re.compile(r"[\w)]{2}[.!?]['\"”]?\s+(?=[A-Z\"“])")
_LOWER_WORD = re.compile(r"(?<![\w'’-])[a-z]+(?![\w'’-])")
_CLAUSE_END = re.compile(
    r"[,.;:()]|\b(?:while|as|after|before|during|when|who|which|that|because|amid|following|ahead|and)\b"
)


_FINITE: Mapping[str, Literal["past", "present"]] = {
    **dict.fromkeys(("was", "were", "had", "did"), "past"),
    **dict.fromkeys(("is", "are", "has", "have", "does"), "present"),
}
_NO_NOUNS = MODALS | HAVE | BE | ADVERBS | PRONOUNS | ENDS_COMPLEMENT


@dataclass(frozen=True, slots=True)
class TriggerUse:
    """How a trigger is used in its sentence.

    Attributes:
        entry: the ontology's entry for it.
        tag: its form, as a Penn tag.
        start, end: the words that a swap replaces, its particle included.
        passive: whether it is a passive participle.
        subject: the filler that is the surface subject, if there is one.
        slots: (slot or preposition, entity type) of each filler that hangs on it, places and times left out.
        attributive: whether it is a participle before a noun ("a captured pilot").
        paths: whether the words behind it say where to ("goal") or where from ("source").
    """

    entry: TriggerEntry
    tag: str
    start: int
    end: int
    passive: bool
    subject: Filler | None
    slots: tuple[tuple[str, str], ...]
    paths: frozenset[str] = frozenset()
    attributive: bool = False


def trigger_use(sentence: Sentence, event_type: EventType) -> TriggerUse | None:
    """How the sentence's trigger is used; None where the form or a filler's slot cannot be told."""
    if any(one.start < sentence.end and sentence.start < one.end for one in sentence.fillers):
        return None
    first = sentence.trigger.split()[0] if sentence.trigger.split() else ""
    for pos in _parts_of_speech(sentence, event_type, first):
        found = _matching_entry(sentence, event_type, pos, first)
        if found is None:
            continue
        entry, end = found
        use = _noun_use(sentence, entry, end) if pos == "NOUN" else _verb_use(sentence, entry, first, end)
        if use is not None:
            return use
    return None


def trigger_entry(sentence: Sentence, event_type: EventType) -> TriggerEntry | None:
    """What the sentence names its event with; None where no entry of the type is it."""
    first = sentence.trigger.split()[0] if sentence.trigger.split() else ""
    found = (_matching_entry(sentence, event_type, pos, first) for pos in _parts_of_speech(sentence, event_type, first))
    return next((one[0] for one in found if one is not None), None)


def _parts_of_speech(sentence: Sentence, event_type: EventType, first: str) -> tuple[PartOfSpeech, ...]:
    if sentence.pos == "VERB":
        return ("VERB",)
    if sentence.pos == "NOUN":
        return ("NOUN",)
    if sentence.pos == "LIGHT":
        return ()
    lemma = sentence.lemma
    may_be_verb = bool(verb_tags(first, lemma.split()[0]))
    may_be_noun = bool(noun_tags(sentence.trigger, lemma))
    if may_be_verb and may_be_noun:
        before = sentence.words_before(sentence.start, 1)
        return ("NOUN",) if before and (before[0] in OPENS_NOUN or before[0].endswith(("'s", "’s"))) else ("VERB",)
    return ("VERB",) if may_be_verb else ("NOUN",)


def _matching_entry(
    sentence: Sentence, event_type: EventType, pos: PartOfSpeech, first: str
) -> tuple[TriggerEntry, int] | None:
    """The most specific entry whose words stand at the trigger, and where they end."""
    best: tuple[TriggerEntry, int] | None = None
    lemmas = {sentence.lemma.split()[0]} if pos == "VERB" else {sentence.lemma, sentence.trigger.lower()}
    for entry in event_type.triggers:
        if entry.pos != pos or entry.lemma not in lemmas:
            continue
        if best is not None and entry.specificity <= best[0].specificity:
            continue
        if pos == "NOUN":
            if noun_tags(sentence.trigger, entry.lemma):
                best = (entry, sentence.end)
            continue
        if not verb_tags(first, entry.lemma):
            continue
        end = sentence.end
        for word in (entry.particle or "").split():
            if word not in sentence.trigger.lower().split():
                end = _word_end(sentence, end, word)
        if end < 0 or (entry.noun and not noun_tags(sentence.trigger.split()[-1], entry.noun)):
            continue
        best = (entry, end)
    return best


def _word_end(sentence: Sentence, offset: int, word: str) -> int:
    """Where the word ends that must follow at once; -1 when another one does."""
    if offset < 0 or sentence.word_after(offset) != word:
        return -1
    return sentence.text.lower().index(word, offset) + len(word)


def _noun_use(sentence: Sentence, entry: TriggerEntry, end: int) -> TriggerUse | None:
    before = sentence.words_before(sentence.start, 1)
    if before and not (before[0] in OPENS_NOUN or before[0] in ENDS_COMPLEMENT or before[0].endswith(("'s", "’s"))):
        return None  # an adjective or the first half of a compound, which would not go with another noun
    if sentence.word_after(end) not in ENDS_COMPLEMENT | {""}:
        return None
    tags = noun_tags(sentence.text[sentence.start : end], entry.lemma)
    slots = []
    for filler in sentence.fillers:
        if _stays(sentence, entry.frame, filler, end):
            continue
        slot = _preposition_slot(sentence, entry.frame, filler)
        if slot is None and sentence.text[filler.end : filler.end + 2] in {"'s", "’s"}:
            slot = "possessive"
        elif slot is None and filler.end <= sentence.start and filler.role == _doer(entry.frame):
            slot = "possessive"  # the subject of a verb that the noun hangs on: "protesters held a rally"
        if slot is None:
            return None
        slots.append((slot, filler.entity_type))
    tag = "NN" if "NN" in tags else "NNS"
    return TriggerUse(entry, tag, sentence.start, end, False, None, tuple(slots))


def _doer(frame: Frame) -> str | None:
    return frame.prepositions.get("by") or frame.possessive


def _preposition_slot(sentence: Sentence, frame: Frame, filler: Filler) -> str | None:
    before = sentence.words_before(filler.start, 1)
    return before[0] if before and frame.prepositions.get(before[0]) == filler.role else None


def _stays(sentence: Sentence, frame: Frame, filler: Filler, end: int) -> bool:
    """Whether a filler stays as it is whatever the trigger: places, times, and "in a wheelchair" after any verb."""
    if filler.role in COMMON_ROLES:
        return True
    lead = sentence.lead(filler.start)
    return filler.role in TOOL_ROLES and filler.start >= end and bool(lead) and lead not in frame.prepositions


def _verb_use(sentence: Sentence, entry: TriggerEntry, first: str, end: int) -> TriggerUse | None:
    tags = verb_tags(first, entry.lemma)
    helpers = [word for word in sentence.words_before(sentence.start, 4) if not _is_adverb(word)]
    helper = helpers[0] if helpers else ""
    participle = "VBN" in tags and (helper in BE | HAVE or sentence.word_after(end) == "by")
    active_object = any(
        filler.role == entry.frame.object and 0 <= filler.start - end <= 1 for filler in sentence.fillers
    )
    patient_before = any(
        filler.role == entry.frame.object != entry.frame.subject and filler.end <= sentence.start
        for filler in sentence.fillers
    )
    if "VBN" in tags and not participle and not active_object and patient_before:
        participle = True
    perfect = helper in HAVE
    passive = participle and not perfect and not active_object
    tag = _verb_tag(tags, participle=participle, helper=helper)
    if tag == "VBP" and tense(sentence, first, entry) == "past":
        tag = "VBD"
    slots, subject = [], None
    for filler in sentence.fillers:
        if _stays(sentence, entry.frame, filler, end):
            continue
        slot = _verb_slot(sentence, entry.frame, filler, passive=passive, end=end)
        if slot is None:
            return None
        if slot == ("object" if passive else "subject"):
            subject = filler if filler.end <= sentence.start else None
        slots.append((slot, filler.entity_type))
    filled = {slot for slot, _ in slots}
    if passive and "object" not in filled:
        return None
    if "object" in filled and not passive and not active_object:
        return None
    if ("object" not in filled or passive) and sentence.word_after(end) not in ENDS_COMPLEMENT | {""}:
        return None
    attributive = tag in {"VBN", "VBD", "VBG"} and _is_attributive(sentence, end)
    if attributive and tag == "VBD":
        tag = "VBN"
    paths = paths_after(sentence.text, end)
    return TriggerUse(entry, tag, sentence.start, end, passive, subject, tuple(slots), paths, attributive)


def paths_after(text: str, end: int) -> frozenset[str]:
    """What the rest of the clause says of a way: only verbs that lead somewhere have a goal ("to an ambulance")."""
    clause = _CLAUSE_END.search(text, end)
    rest = text[end : clause.start() if clause else len(text)]
    return frozenset(name for name, pattern in _PATHS.items() if pattern.search(rest))


def _is_adverb(word: str) -> bool:
    return word in ADVERBS or word.endswith("ly")


def _verb_tag(tags: frozenset[str], *, participle: bool, helper: str) -> str:
    if participle:
        return "VBN"
    if "VB" in tags:
        return "VB" if helper in MODALS else "VBP"
    return next(tag for tag in ("VBZ", "VBG", "VBD", "VBN") if tag in tags)


def _is_attributive(sentence: Sentence, end: int) -> bool:
    """Whether a participle stands before the noun that it belongs to: "a captured pilot", not "that captured it"."""
    before = sentence.words_before(sentence.start, 1)
    opens = sentence.text[sentence.start].isupper() if not before else before[0] != "that"
    following = sentence.word_after(end)
    return opens and following not in ENDS_COMPLEMENT | DETERMINERS | {""} and is_adjective(sentence)


def tense(sentence: Sentence, form: str, entry: TriggerEntry) -> Literal["past", "present"] | None:
    """The tense of a finite trigger: by its form, its subject or the sentence's other verbs; None where none tells.

    Args:
        sentence: the text.
        form: the verb as it stands there; "hit" and "put" are past and present alike.
        entry: the ontology's entry for it.
    """
    tags = verb_tags(form, entry.lemma)
    if "VBD" not in tags or not tags & {"VB", "VBP"}:
        return "past" if "VBD" in tags else "present"
    subject = next((one for one in reversed(sentence.fillers) if one.end <= sentence.start), None)
    before = sentence.words_before(sentence.start, 1)
    is_noun = bool(before) and "NOUN" in lemmas(before[0]) and before[0] not in _NO_NOUNS
    if subject is not None and not sentence.text[subject.end : sentence.start].strip():
        is_one = not is_plural(subject.text)
    else:
        is_one = is_noun and not is_plural(before[0])
    if is_one:
        return "past"  # the present of one would end in "s"
    edges = [0, *(edge.end() for edge in _SENTENCE_EDGE.finditer(sentence.text)), len(sentence.text)]
    start = max(edge for edge in edges if edge <= sentence.start)
    end = min(edge for edge in edges if edge > sentence.start)
    around = sentence.text[start : sentence.start] + " " + sentence.text[sentence.end : end]
    found = {told for told in map(_tense_of, _LOWER_WORD.findall(around)) if told is not None}
    return found.pop() if len(found) == 1 else None


@cache
def _tense_of(word: str) -> Literal["past", "present"] | None:
    """The tense that a word shows as a verb, where it can be nothing else."""
    if word in _FINITE:
        return _FINITE[word]
    known = lemmas(word)
    if set(known) != {"VERB"}:
        return None
    tags = frozenset[str]().union(*(verb_tags(word, lemma) for lemma in known["VERB"]))
    return "past" if tags == {"VBD"} else "present" if tags == {"VBZ"} else None


def _verb_slot(sentence: Sentence, frame: Frame, filler: Filler, *, passive: bool, end: int) -> str | None:
    before = sentence.words_before(filler.start, 1)
    preposition = before[0] if before else ""
    if filler.start >= end and frame.prepositions.get(preposition) == filler.role:
        return preposition
    if filler.start >= end and passive and preposition == "by" and filler.role == frame.subject:
        return "subject"
    if filler.start >= end and preposition in PLACE_PREPOSITIONS | {"with", "to", "for", "from", "of", "as"}:
        return None
    names = ("subject", "object", "indirect")
    if frame.subject == frame.object == filler.role:
        return names[(filler.end > sentence.start) != passive]
    return next((name for name in names if getattr(frame, name) == filler.role), None)


@lru_cache(maxsize=4_096)
def candidates(
    ontology: Ontology,
    from_type: str,
    pos: PartOfSpeech,
    slots: tuple[tuple[str, str], ...],
    passive: bool,
    paths: frozenset[str] = frozenset(),
) -> Mapping[str, tuple[TriggerEntry, ...]]:
    """Type -> triggers that can take the place of one of `from_type` with these slots filled, in a fixed order."""
    own = {entry.lemma for entry in ontology[from_type].triggers if entry.pos == pos}
    others = _others(ontology, from_type)
    found: dict[str, tuple[TriggerEntry, ...]] = {}
    for name, fitting in _fitting(ontology, pos, slots, passive, paths).items():
        entries = tuple(entry for entry in fitting if entry.lemma not in own) if name in others else ()
        if entries:
            found[name] = entries
    return found


@lru_cache(maxsize=4_096)
def _fitting(
    ontology: Ontology,
    pos: PartOfSpeech,
    slots: tuple[tuple[str, str], ...],
    passive: bool,
    paths: frozenset[str],
) -> Mapping[str, tuple[TriggerEntry, ...]]:
    """Type -> triggers that go with these slots, of all types that can be seen."""
    filled = dict(slots)
    found: dict[str, tuple[TriggerEntry, ...]] = {}
    for event_type, groups in _alike(ontology, pos):
        fitting = [
            pair
            for pairs in groups
            if all(_WAYS[path] & pairs[0][1].frame.prepositions.keys() for path in paths)
            and _fits(event_type, pairs[0][1], slots, filled, passive=passive)
            for pair in pairs
        ]
        if fitting:
            found[event_type.name] = tuple(entry for _, entry in sorted(fitting, key=itemgetter(0)))
    return found


@cache
def _alike(
    ontology: Ontology, pos: PartOfSpeech
) -> tuple[tuple[EventType, tuple[tuple[tuple[int, TriggerEntry], ...], ...]], ...]:
    """The types that can be seen, each with its triggers as groups that ask for the same: what fits one fits all."""
    made = []
    for event_type in ontology.types.values():
        groups: dict[tuple[object, ...], list[tuple[int, TriggerEntry]]] = {}
        for number, entry in enumerate(event_type.triggers):
            if event_type.visual and entry.pos == pos and entry.noun is None:
                asked = (entry.particle, entry.needs, entry.without, entry.subject_types, entry.object_types)
                groups.setdefault((*asked, *entry.frame.slots()), []).append((number, entry))
        made.append((event_type, tuple(map(tuple, groups.values()))))
    return tuple(made)


@lru_cache(maxsize=1_024)
def _others(ontology: Ontology, from_type: str) -> frozenset[str]:
    """The types that another one's events are not taken for."""
    return frozenset(name for name in ontology.types if not excluded(ontology, from_type, name))


def excluded(ontology: Ontology, from_type: str, to_type: str) -> bool:
    """Whether an event of the one type may be one of the other as well, or easily stand beside it in a picture."""
    return from_type == to_type or ontology.may_co_occur(from_type, to_type)


def _fits(
    event_type: EventType,
    entry: TriggerEntry,
    slots: tuple[tuple[str, str], ...],
    filled: Mapping[str, str],
    *,
    passive: bool,
) -> bool:
    frame = entry.frame
    if entry.pos == "VERB":
        takes_object = frame.object is not None and "object" not in entry.without
        if ("object" in filled) != takes_object:
            return False
        if entry.particle in frame.prepositions or (entry.particle in PLACE_PREPOSITIONS and passive):
            return False
        if entry.particle in {"to", "into", "from", "for", "at", "on", "with"} and not takes_object:
            return False
        if entry.object_types and filled.get("object") not in entry.object_types:
            return False
        if entry.subject_types and filled.get("subject", "PER") not in entry.subject_types:
            return False
    if not set(entry.needs) <= filled.keys():
        return False
    roles: set[str] = set()
    for slot, entity_type in slots:
        named = slot in {"subject", "object", "indirect", "possessive"}
        role = getattr(frame, slot) if named else frame.prepositions.get(slot)
        if role is None or entity_type not in event_type.roles[role]:
            return False
        if role in roles and role not in event_type.symmetric:
            return False
        roles.add(role)
    return True
