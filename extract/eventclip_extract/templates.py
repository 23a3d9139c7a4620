"""Template sentences: an event told in one plain sentence, with whatever arguments are there.

`render` writes the sentence of a type; `translate_roles` hands the arguments of one type to another, so that the same
participants can be put into a sentence of every type.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from eventclip.errors import UsageError, unknown_name
from eventclip.records import EntityType
from eventclip_extract.english import PLACE_PREPOSITIONS, TIME_PREPOSITIONS
from eventclip_extract.inflection import in_case, inflect, is_plural
from eventclip_extract.ontology import ACTING, COMMON_ROLES, TOOL_ROLES, EventType, Ontology, TriggerEntry
from eventclip_extract.sentence import Filler, Sentence, capitalized
from eventclip_extract.slots import Part, Template, parse_template

Voice = Literal["active", "passive"]

_ON_PLACES = re.compile(
    r"(?i)\b(?:square|street|road|avenue|highway|bridge|island|border|beach|coast|hill|mount|river|lake|stage|field|"
    r"boulevard|outskirts|ground|floor|deck|ship|boat|roof|plaza|mall)\b"
)
_AT_PLACES = re.compile(
    r"(?i)\b(?:airport|station|headquarters|conference|summit|meeting|university|embassy|palace|school|base|gate|"
    r"checkpoint|rally|ceremony|funeral|event|center|stadium|house|home|site|scene|camp|museum|hotel)\b"
)
_DAY = re.compile(r"(?i)\b(?:\w+day|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\.? \d{1,2})\b")
_BARE_TIME = re.compile(r"(?i)(?:today|yesterday|tomorrow|last|this|next|early|late)\b")
_WHERE = frozenset({"in", "at", "on"})
"""Which of these a place takes is a matter of the place."""


@dataclass(frozen=True, slots=True)
class Given:
    """An argument to be put into a template. `lead` is the preposition that it stood behind, if known."""

    role: str
    text: str
    entity_type: EntityType = "OBJ"
    head: str = ""
    lead: str = ""


def render(
    ontology: Ontology,
    type_name: str,
    arguments: Mapping[str, Sequence[str]] | Sequence[tuple[str, str]],
    *,
    voice: Voice = "active",
    leads: Mapping[str, str] | None = None,
    own: TriggerEntry | None = None,
) -> str:
    """The sentence that tells an event of a type, in the present tense, with the arguments that are given.

    A missing subject turns the sentence into the passive; a missing object becomes `someone` or `something`.

    Args:
        ontology: where the type and its templates are.
        type_name: `Parent.Child`.
        arguments: role -> texts, or (role, text) pairs; the texts as they stand within a sentence ("a man in blue",
            "Kyiv"). Several texts of one role are joined by "and". A place or time may bring its preposition.
        voice: `passive` asks for the passive where the sentence has one, and gives the active otherwise.
        leads: text -> the preposition that it stands behind as a place, instrument or vehicle ("in a wheelchair").
        own: as in `compose`.

    Raises:
        UsageError: an unknown type, or a role that the type does not have.

    >>> from eventclip_extract.ontology import load_ontology
    >>> render(load_ontology("news"), "Movement.PickUp", {"Agent": ["a nurse"], "Artifact": ["two boxes"]})
    'A nurse picks up two boxes.'
    """
    event_type = ontology[type_name]
    given = [Given(role, text, lead=(leads or {}).get(text, "")) for role, text in _as_pairs(arguments)]
    for argument in given:
        if argument.role not in event_type.roles:
            raise UsageError(f"{type_name}: {unknown_name('role', argument.role, event_type.roles)}")
    sentence = compose(event_type, given, voice=voice, own=own) or compose(event_type, given, own=own)
    assert sentence is not None, "the active can always be written"
    return sentence.text


def translate_roles(
    ontology: Ontology,
    from_type: str,
    to_type: str,
    arguments: Mapping[str, Sequence[str]] | Sequence[tuple[str, str]],
    *,
    entity_types: Mapping[str, EntityType] | None = None,
    own: TriggerEntry | None = None,
) -> list[tuple[str, str]]:
    """The arguments of one type as (role, text) pairs of another: who did it to whom stays as it is.

    Subject goes to subject and object to object; what is left goes to the role of the same name, then to the most
    prominent free role. A role is only taken by what may be of one of its entity types; an argument that finds none is
    left out.

    Args:
        ontology: where both types are.
        from_type: the type that the arguments have now.
        to_type: the type that they are to have.
        arguments: as in `render`.
        entity_types: text -> entity type, where it is known; otherwise whatever the old role allows is supposed.
        own: as in `compose`, of the first type.

    Raises:
        UsageError: an unknown type.
    """
    source, target = ontology[from_type], ontology[to_type]
    texts: dict[str, list[str]] = {}
    for role, text in _as_pairs(arguments):
        texts.setdefault(role, []).append(text)
    slots = _choose(source, texts, own)[0].roles
    known = entity_types or {}
    free = dict(enumerate(parse_template(target.templates[0]).roles))
    translated: list[tuple[int, str, str]] = []
    for slot, role in enumerate(slots):
        waiting = texts.get(role, [])
        taken = waiting[:1] if slot == 0 and role in slots[1:] else waiting
        texts[role] = waiting[len(taken) :]
        wanted = sorted(free, key=lambda place: (place != slot, free[place] != role, place == 0, place))
        if slot > 1:
            wanted = [place for place in wanted if place > 1 or free[place] == role]
        possible = frozenset({known[taken[0]]}) if taken and taken[0] in known else source.roles[role]
        fitting = [place for place in wanted if target.roles[free[place]] & possible]
        if taken and fitting:
            translated += [(fitting[0], free[fitting[0]], text) for text in taken]
            del free[fitting[0]]
    common = [(role, text) for role in COMMON_ROLES if role in target.roles for text in texts.get(role, [])]
    return [(role, text) for _, role, text in sorted(translated)] + common


def compose(
    event_type: EventType,
    given: Sequence[Given],
    *,
    voice: Voice = "active",
    entry: TriggerEntry | None = None,
    own: TriggerEntry | None = None,
) -> Sentence | None:
    """The template sentence with the places of its trigger and fillers; None where it cannot be had as asked.

    Args:
        event_type: the type whose templates are used.
        given: the arguments.
        voice: `active` chooses the passive, too, when only the object is there; `passive` insists.
        entry: a verb of the type ("tow", "pick up") for the template's own, where it takes the same complements.
        own: what the event is told with elsewhere: who "flees" goes by himself, who "is carried" does not.
    """
    texts: dict[str, list[Given]] = {}
    for argument in given:
        texts.setdefault(argument.role, []).append(argument)
    template, passive = _choose(event_type, texts, own)
    if voice == "passive" and not passive:
        if template.object is None or template.object == template.subject or template.subject not in texts:
            return None
        passive = True
    verb, particle = template.verb, template.particle
    if entry is not None:
        if template.fixed or (template.subject, template.object) != (entry.frame.subject, entry.frame.object):
            return None
        verb, particle = entry.lemma, entry.particle or ""
    writer = _Writer(event_type, template, texts)
    writer.write(verb, particle, passive=passive)
    return writer.sentence()


def missing_role(event_type: EventType, roles: Collection[str], own: TriggerEntry | None = None) -> str | None:
    """The role that the template has to fill with "someone" or "something"; None where it needs neither.

    Args:
        event_type: the type whose templates are used.
        roles: the roles that are known.
        own: as in `compose`.
    """
    template, passive = _choose(event_type, dict.fromkeys(roles), own)
    needed = (template.object,) if passive else (template.subject, template.object)
    return next((role for role in needed if role is not None and role not in roles), None)


def _choose(
    event_type: EventType, texts: Mapping[str, object], own: TriggerEntry | None = None
) -> tuple[Template, bool]:
    """The first template that all its participants are there for, and whether it is told in the passive."""
    templates = [parse_template(template) for template in event_type.templates]
    if own is not None and len(templates) > 1:
        templates = [one for one in templates if one is templates[0] or _tells_like(one, own, templates)]
    for template in templates:
        if template.subject in texts and (template.object in texts or template.object is None):
            return template, False
    for template in templates:
        if template.subject not in texts and template.object in texts:
            return template, True
    first = templates[0]
    return first, first.subject not in texts and first.object is not None


def _tells_like(template: Template, own: TriggerEntry, templates: Sequence[Template]) -> bool:
    """Whether a template has the subject, and no other object, that a trigger gives the event."""
    subjects = {one.subject for one in templates}
    doer = own.frame.subject or own.frame.prepositions.get("by")  # of nouns, "death" alone names its subject
    if doer not in subjects:
        return True
    return template.subject == doer and template.object in (None, own.frame.object)


class _Writer:
    """Writes one sentence piece by piece and remembers where the trigger and the fillers stand."""

    def __init__(self, event_type: EventType, template: Template, texts: Mapping[str, list[Given]]) -> None:
        self.event_type = event_type
        self.template = template
        self.waiting = {role: list(given) for role, given in texts.items()}
        self.slots_left = list(template.roles)
        self.text = ""
        self.fillers: list[Filler] = []
        self.trigger = (0, 0)
        self.lemma = ""

    def write(self, verb: str, particle: str, *, passive: bool) -> None:
        template = self.template
        subject, object_ = self._take(template.subject), self._take(template.object) if template.object else []
        if passive:
            number = self._phrase(object_, template.object, nominative=True)
            self._word("are" if number else "is")
            self._verb(verb, particle, "VBN")
            if subject:
                self._word("by")
                self._phrase(subject, template.subject)
        else:
            number = self._phrase(subject, template.subject, nominative=True)
            self._verb(verb, particle, "VBP" if number else "VBZ")
            if template.object is not None and (object_ or template.object != template.subject):
                self._phrase(object_, template.object)
        self._word(template.fixed)
        for part in template.parts:
            self._part(part)
        for role, prepositions in (("Place", PLACE_PREPOSITIONS), ("Time", TIME_PREPOSITIONS)):
            for argument in self.waiting.pop(role, [])[:1]:
                self._adverbial(role, argument, prepositions)

    def sentence(self) -> Sentence:
        fillers = [
            filler if filler.start else replace(filler, text=capitalized(filler.text)) for filler in self.fillers
        ]
        return Sentence(
            text=f"{capitalized(self.text)}.",
            base="template",
            type=self.event_type.name,
            lemma=self.lemma,
            start=self.trigger[0],
            end=self.trigger[1],
            fillers=tuple(fillers),
            pos="VERB",
        )

    def _take(self, role: str) -> list[Given]:
        """The arguments for the next slot of a role: one, or all that are left when it is the role's last slot."""
        self.slots_left.remove(role)
        waiting = self.waiting.get(role, [])
        count = 1 if role in self.slots_left or role in COMMON_ROLES else len(waiting)
        self.waiting[role] = waiting[count:]
        return waiting[:count]

    def _phrase(self, given: Sequence[Given], role: str | None, *, nominative: bool = False) -> bool:
        """Writes the arguments, joined by "and", or an indefinite pronoun; returns whether they are plural."""
        if not given:
            assert role is not None
            allowed = self.event_type.roles[role]
            self._word("someone" if allowed & ACTING else "something")
            return False
        for place, argument in enumerate(given):
            if place:
                self.text += "," if place < len(given) - 1 else ""
                self._word("and" if place == len(given) - 1 else "")
            text = in_case(argument.text, nominative=nominative)
            self._filler(argument if text == argument.text else replace(argument, text=text))
        return len(given) > 1 or is_plural(given[0].text)

    def _part(self, part: Part) -> None:
        given = self._take(part.role)
        if given:
            is_tool, is_place = part.role in TOOL_ROLES, part.before in _WHERE and given[0].lead in _WHERE
            kept = (is_tool or is_place) and len(given) == 1
            self._word((given[0].lead if kept else "") or part.before)
            self._phrase(given, part.role)

    def _adverbial(self, role: str, argument: Given, prepositions: frozenset[str]) -> None:
        if argument.text.split(maxsplit=1)[0].lower() not in prepositions:
            self._word(argument.lead or _preposition(role, argument.text))
        self._filler(argument)

    def _verb(self, verb: str, particle: str, tag: str) -> None:
        self.lemma = verb
        start = self._word(inflect(verb, tag))
        self._word(particle)
        self.trigger = (start, len(self.text))

    def _filler(self, argument: Given) -> None:
        start = self._word(argument.text)
        head = argument.head or argument.text.split()[-1]
        self.fillers.append(Filler(argument.role, argument.text, start, len(self.text), argument.entity_type, head))

    def _word(self, word: str) -> int:
        """Appends a word and returns where it starts."""
        if word:
            self.text += f" {word}" if self.text else word
        return len(self.text) - len(word)


def _as_pairs(arguments: Mapping[str, Sequence[str]] | Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    if isinstance(arguments, Mapping):
        return [(role, text) for role, texts in arguments.items() for text in texts]
    return list(arguments)


def _preposition(role: str, text: str) -> str:
    if role == "Time":
        return "" if _BARE_TIME.match(text) else "on" if _DAY.search(text) else "in"
    if _ON_PLACES.search(text):
        return "on"
    return "at" if _AT_PLACES.search(text) else "in"
