"""Which exchanges of participants to keep, so that no text gives itself away by who stands where.

Press captions have their habits: presidents speak to reporters, police arrest a man. Were all of them turned round, a
model that never sees the picture would know the false ones by "reporters speak". So an exchange is kept as often as the
corpus shows its outcome beside its origin: after Momeni et al. 2023, "Verbs in Action", who balance verbs likewise.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from eventclip_extract.english import PRONOUNS
from eventclip_extract.inflection import is_plural

Standing = Counter[tuple[str, ...]]
"""How often the corpus shows what `_keys` names."""
SMOOTHING = {"forms": 45.0, "first": 45.0, "second": 45.0, "verb": 0.2}
"""So many unseen cases are granted to either order: what is rare cannot be learnt from. A verb that changes its number
gives a text away by itself, without its neighbours, and is granted the least."""


@dataclass(frozen=True, slots=True)
class Place:
    """A participant as far as its place may give it away: its words, the word that heads it, its number."""

    text: str
    head: str
    plural: bool

    @classmethod
    def of(cls, text: str, head: str) -> "Place":
        """The participant with these words and this head."""
        return cls(text, head.lower(), is_plural(text))

    @property
    def form(self) -> str:
        """How the phrase begins and what it is: a name, "the", "a", a bare plural, a pronoun."""
        words = self.text.split()
        first = words[0].lower()
        if first in PRONOUNS:
            return "pronoun"
        if first in ("the", "a", "an"):
            return first[0]
        return "plural" if self.plural else "name"


def observe(standing: Standing, first: Place, second: Place, lemma: str) -> None:
    """Counts one event of the corpus: who stands first, who second, by which verb."""
    standing.update(key for key, _ in _keys(first, second, lemma))


def share(standing: Standing, first: Place, second: Place, lemma: str) -> float:
    """The share, 0 to 1, of exchanges like this one that can be kept: the ratio of outcome to origin, key by key."""
    kept = 1.0
    for origin, outcome in _keys(first, second, lemma):
        granted = SMOOTHING[origin[0]]
        kept *= min(1.0, (standing[outcome] + granted) / (standing[origin] + granted))
    return kept


def _keys(first: Place, second: Place, lemma: str) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """What is seen of two participants, each with what is seen of it after the exchange."""
    yield ("forms", first.form, second.form), ("forms", second.form, first.form)
    if first.head != second.head:  # else they stand where they stood
        yield ("first", first.head), ("second", first.head)
        yield ("second", second.head), ("first", second.head)
    if first.plural != second.plural:
        yield ("verb", lemma, str(first.plural)), ("verb", lemma, str(second.plural))
