"""Event types: their roles, triggers, frames and relations to each other, read from YAML files.

`load_ontology` gives a shipped one (`news`, `ace`, ...) or the user's own file; see ontology_file.py for the files.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from eventclip.errors import UsageError, unknown_name
from eventclip.records import EntityType

COMMON_ROLES: dict[str, frozenset[EntityType]] = {
    "Place": frozenset({"GPE", "LOC", "FAC", "ORG"}),
    "Time": frozenset({"TIME"}),
}
"""The roles that every type has besides its own."""
TOOL_ROLES = frozenset({"Instrument", "Vehicle"})
"""The roles of things that serve the event; the preposition they stand behind says how ("in a wheelchair")."""

ACTING: frozenset[EntityType] = frozenset({"PER", "ORG", "GPE"})
"""Those who do something of their own accord, as no thing and no place does."""

PartOfSpeech = Literal["VERB", "NOUN"]
SLOTS = ("subject", "object", "indirect", "possessive", "compound")


@dataclass(frozen=True, slots=True)
class Frame:
    """Which role each grammatical slot of a trigger fills; None where the slot fills no role.

    `possessive` ("the president's visit") and `compound` ("bomb attack") are slots of nouns only. Of a passive verb,
    `subject` is the slot of the by-phrase; of a noun ("death"), whoever the verb would have for its subject, where "by"
    does not name him. Prepositions of place and time are not listed: they are the same for all.
    """

    subject: str | None = None
    object: str | None = None
    indirect: str | None = None
    possessive: str | None = None
    compound: str | None = None
    prepositions: Mapping[str, str] = field(default_factory=dict)

    @property
    def roles(self) -> frozenset[str]:
        """The roles that the frame can fill."""
        return frozenset(filled for _, filled in self.slots())

    def slots(self) -> Iterator[tuple[str, str]]:
        """Slot (or preposition) and role, for every slot that fills one."""
        for slot in SLOTS:
            role = getattr(self, slot)
            if role is not None:
                yield slot, role
        yield from self.prepositions.items()


@dataclass(frozen=True, slots=True)
class TriggerEntry:
    """One way in which a type is named.

    Attributes:
        type: the event type.
        lemma: the word; hyphenated words are one word, and so are nouns of two words ("news conference").
        pos: VERB or NOUN.
        particle: the particle or preposition that a verb must have ("up" of "pick up", "at" of "look at"); what follows
            a preposition fills the object slot, unless the frame gives that preposition a role of its own.
        noun: the lemma of the object that a light verb must have ("hand" of "shake hands"; "street" of "take to the
            streets", where the particle is a preposition); it fills no role.
        frame: the entry's own frame, or its type's.
        needs: slots or prepositions that must be filled.
        without: slots that must not be filled.
        subject_types: the entity types of the subject, when it is there; empty for any.
        object_types: the entity types of the object, which must then be there; empty for any.
        doubtful: whether the words name such an event now and then only ("war", "call").
    """

    type: str
    lemma: str
    pos: PartOfSpeech
    frame: Frame
    particle: str | None = None
    noun: str | None = None
    needs: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    subject_types: frozenset[str] = frozenset()
    object_types: frozenset[str] = frozenset()
    doubtful: bool = False

    @property
    def words(self) -> str:
        """The entry as ontology files write it: `pick up`, `shake + hand`."""
        words = " ".join(filter(None, (self.lemma, self.particle)))
        return f"{words} + {self.noun}" if self.noun else words

    @property
    def asks_for_more(self) -> bool:
        """Whether the words alone do not decide for this type."""
        return bool(self.needs or self.without or self.subject_types or self.object_types)

    @property
    def specificity(self) -> int:
        """How much the entry asks for: of two entries that fit, the more specific one is meant."""
        extra = len(self.needs) + len(self.without) + bool(self.subject_types) + bool(self.object_types)
        return 10 * bool(self.particle) + 10 * bool(self.noun) + extra


@dataclass(frozen=True, slots=True)
class EventType:
    """One event type.

    `roles` stand in the order of their syntactic prominence, Place and Time last. An event that fills no role of its
    type's `core` is doubtful; an empty core asks for none.
    """

    name: str
    description: str
    visual: bool
    roles: Mapping[str, frozenset[EntityType]]
    frame: Frame
    triggers: tuple[TriggerEntry, ...]
    templates: tuple[str, ...]
    core: frozenset[str] = frozenset()
    symmetric: frozenset[str] = frozenset()
    entails: frozenset[str] = frozenset()
    co_occurs: frozenset[str] = frozenset()
    incompatible: frozenset[str] = frozenset()
    ace: str | None = None

    @property
    def parent(self) -> str:
        """The part of the name before the dot."""
        return self.name.split(".", maxsplit=1)[0]


@dataclass(frozen=True, slots=True, eq=False)
class Ontology:
    """A named set of event types, with its triggers indexed by lemma and part of speech."""

    name: str
    types: Mapping[str, EventType]
    _index: Mapping[tuple[str, str], tuple[TriggerEntry, ...]]
    _entailed: Mapping[str, frozenset[str]]

    def __getitem__(self, name: str) -> EventType:
        """The type of that name.

        Raises:
            UsageError: there is none.
        """
        try:
            return self.types[name]
        except KeyError:
            raise UsageError(f"ontology {self.name}: {unknown_name('event type', name, self.types)}") from None

    def __contains__(self, name: object) -> bool:
        return name in self.types

    def lookup(self, lemma: str, pos: PartOfSpeech) -> tuple[TriggerEntry, ...]:
        """All the entries of a lemma (lower case), the most specific first."""
        return self._index.get((lemma, pos), ())

    def lemmas(self, pos: PartOfSpeech) -> frozenset[str]:
        """All the lemmas that can be a trigger of that part of speech."""
        return frozenset(lemma for lemma, its_pos in self._index if its_pos == pos)

    def entailed(self, name: str) -> frozenset[str]:
        """The types that are true whenever `name` is, itself included; see `__getitem__` for what it raises."""
        return self._entailed[self[name].name]

    def may_co_occur(self, one: str, other: str) -> bool:
        """Whether one picture can easily show both: one type entails the other, or is listed as its companion."""
        if one in self._entailed[other] or other in self._entailed[one]:
            return True
        pairs = ((self[one], self[other]), (self[other], self[one]))
        return any(second.name in first.co_occurs or second.parent in first.co_occurs for first, second in pairs)


def load_ontology(name_or_path: str | Path = "news") -> Ontology:
    """The ontology of a shipped name (`news`, `ace`, ...) or of a YAML file; read once and kept.

    Raises:
        UsageError: there is no such name or file.
        EventClipError: the file breaks a rule; the message says where, what was expected and what is near.
    """
    from eventclip_extract.ontology_file import locate  # it builds the classes above

    return _load(locate(name_or_path, Path.cwd()))


@cache
def _load(path: Path) -> Ontology:
    from eventclip_extract.ontology_file import read_types

    types = read_types(path)
    index: dict[tuple[str, str], list[TriggerEntry]] = {}
    for event_type in types.values():
        for entry in event_type.triggers:
            index.setdefault((entry.lemma, entry.pos), []).append(entry)
    return Ontology(
        name=path.stem,
        types=types,
        _index={key: tuple(sorted(found, key=lambda entry: -entry.specificity)) for key, found in index.items()},
        _entailed={name: _closure(types, name) for name in types},
    )


def _closure(types: Mapping[str, EventType], name: str) -> frozenset[str]:
    reached, waiting = {name}, [name]
    while waiting:
        new = types[waiting.pop()].entails - reached
        reached |= new
        waiting += new
    return frozenset(reached)
