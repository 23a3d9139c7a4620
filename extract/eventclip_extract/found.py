"""An event before it becomes a record: the entry of the ontology that fits, its trigger and its participants."""

from dataclasses import dataclass, field

from eventclip.records import EntityType
from eventclip_extract.clauses import Slots
from eventclip_extract.ontology import TriggerEntry
from eventclip_extract.syntax import Word


@dataclass(slots=True)
class Filler:
    """A participant before it becomes an argument: its role, its head word, what it is and where it was found.

    `mention` is the pronoun that stands there in its place.
    """

    role: str
    word: Word
    entity_type: EntityType
    rule: str
    mention: Word | None = None


@dataclass(slots=True)
class Found:
    """An event before it becomes a record: the entry that fits, its trigger words and its participants."""

    entry: TriggerEntry
    trigger: list[Word]
    slots: Slots
    fillers: list[Filler] = field(default_factory=list)

    @property
    def word(self) -> Word:
        return self.trigger[0]

    def has(self, role: str) -> bool:
        return any(filler.role == role for filler in self.fillers)
