"""The grammar of a template sentence: `{Role}` slots, one `<verb>` mark, `[optional parts]`.

`{Agent} <pick up> {Artifact} [with {Instrument}]` reads: the slot before the verb is its subject, the slot right after
it its object, and every part in brackets stands only when its slot is filled. Place and Time need not be written.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from eventclip.errors import unknown_name

_TEMPLATE = re.compile(
    r"\{(?P<subject>\w+)\} <(?P<verb>[a-z -]+)>(?P<object> \{\w+\})?(?P<fixed> [a-z ]+)?(?P<parts>( \[[^\]]+\])*)"
)
_PART = re.compile(r"\[(?P<before>[a-z ]*)\{(?P<role>\w+)\}\]")


@dataclass(frozen=True, slots=True)
class Part:
    """An optional part: the words before its slot, which are empty for a second object, and the role of its slot."""

    before: str
    role: str


@dataclass(frozen=True, slots=True)
class Template:
    """A template sentence, taken apart. `fixed` is what follows the object in any case ("hands" of "shake hands")."""

    subject: str
    verb: str
    particle: str
    object: str | None
    fixed: str
    parts: tuple[Part, ...]

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role with a slot, in the order of the sentence."""
        inside = (self.subject, self.object) if self.object else (self.subject,)
        return (*inside, *(part.role for part in self.parts))


@cache
def parse_template(template: str) -> Template:
    """Takes a template sentence apart.

    Raises:
        ValueError: it does not follow the grammar.
    """
    found = _TEMPLATE.fullmatch(template)
    parts = [_PART.fullmatch(part) for part in re.findall(r"\[[^\]]+\]", found["parts"])] if found else []
    if found is None or not all(parts):
        raise ValueError(f"{template!r} cannot be read; expected '{{Role}} <verb> {{Role}} [words {{Role}}] …'")
    verb, _, particle = found["verb"].partition(" ")
    return Template(
        subject=found["subject"],
        verb=verb,
        particle=particle,
        object=(found["object"] or "").strip(" {}") or None,
        fixed=(found["fixed"] or "").strip(),
        parts=tuple(Part(part["before"].strip(), part["role"]) for part in parts if part),
    )


def check_template(template: object, roles: Iterable[str]) -> None:
    """Raises ValueError unless the template can be read and all its slots are roles."""
    if not isinstance(template, str):
        raise ValueError(f"{template!r} is no sentence; expected one like '{{Agent}} <carry> {{Artifact}}'")
    known = list(roles)
    for role in parse_template(template).roles:
        if role not in known:
            raise ValueError(f"{template!r}: {unknown_name('role', role, known)}")
