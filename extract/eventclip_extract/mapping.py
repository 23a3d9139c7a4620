"""Which types and roles of other annotation schemes are which of ours (`mappings.yaml`), for comparing the two."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from eventclip.errors import UsageError, unknown_name
from eventclip.records import Event
from eventclip_extract.ontology import load_ontology

_FILE = Path(__file__).with_name("mappings.yaml")


@dataclass(frozen=True, slots=True)
class Counterpart:
    """Our type for one of theirs, and our role for each of theirs that has one."""

    type: str
    roles: Mapping[str, str]


class Scheme:
    """One annotation scheme, to be had from `load_scheme`.

    Attributes:
        name: the name it goes by.
        roles: our type -> our roles that the scheme knows; nothing else can be compared.
    """

    def __init__(self, name: str, table: Mapping[str, Counterpart]) -> None:
        self.name = name
        self._table = table
        roles: dict[str, set[str]] = {}
        for counterpart in table.values():
            roles.setdefault(counterpart.type, set()).update(counterpart.roles.values())
        self.roles = {name: frozenset(known) for name, known in roles.items()}

    def ours(self, events: Sequence[Event]) -> list[Event]:
        """Those of the events that the scheme knows, in the types and roles of our `ace` ontology.

        Types may be the scheme's own, those of ACE as the LDC spells them, or ours of `ace` or `news`.
        """
        return [found for event in events if (found := self._event(event)) is not None]

    def _event(self, event: Event) -> Event | None:
        counterpart = self._find(self._table, event.type) or _to_ace(event.type)
        if counterpart is None or counterpart.type not in self.roles:
            return None
        known = self.roles[counterpart.type]
        arguments = [
            argument.model_copy(update={"role": role})
            for argument in event.arguments
            if (role := counterpart.roles.get(argument.role)) in known
        ]
        return event.model_copy(update={"type": counterpart.type, "arguments": arguments})

    @staticmethod
    def _find(table: Mapping[str, Counterpart], name: str) -> Counterpart | None:
        return table.get(name) or next((found for key, found in table.items() if fnmatchcase(name, key)), None)


@cache
def load_scheme(name: str) -> Scheme:
    """The scheme of a name: `m2e2`, `ace`, `kairos` (WikiEvents), `rams`.

    Raises:
        UsageError: there is no such scheme.
    """
    tables = _tables()
    if name not in tables or name == "news":
        raise UsageError(unknown_name("mapping", name, sorted(tables.keys() - {"news"})))
    return Scheme(name, tables[name])


@cache
def _tables() -> dict[str, dict[str, Counterpart]]:
    raw: dict[str, dict[str, Any]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {
        scheme: {
            theirs: Counterpart(
                entry["is"], {role: role if ours == "same" else ours for role, ours in entry["roles"].items()}
            )
            for theirs, entry in table.items()
        }
        for scheme, table in raw.items()
    }


@cache
def _to_ace(name: str) -> Counterpart | None:
    """ACE's type for a type of `ace`, of `news`, or as the LDC spells it."""
    tables = _tables()
    found = tables["news"].get(name) or tables["ace"].get(name)
    if found is not None:
        return found
    ace, news = load_ontology("ace"), load_ontology("news")
    if name in ace:
        return Counterpart(name, {role: role for role in ace[name].roles})
    spelled = news[name].ace if name in news else None
    if spelled is None:
        return None
    return Counterpart(tables["ace"][spelled].type, {role: role for role in news[name].roles})
