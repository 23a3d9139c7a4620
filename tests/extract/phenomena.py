"""The notation of the phenomenon tables: captions, and indented below each of them what must be found in it.

    Police arrest a teacher and a nurse in Lima, Peru.
        Justice.Arrest(arrest) Agent=Police Person=teacher|nurse Place=Lima, Peru depicted
        not Conflict.Attack

reads: there is an event of type Justice.Arrest whose trigger is "arrest", whose Agent is headed by "Police", whose two
Persons are headed by "teacher" and "nurse", whose Place is "Lima, Peru", and which the picture can be expected to show;
and there is no Conflict.Attack at all. A line that begins with # says why the next caption is in the table.

- A value is the head of an argument or its whole text; several stand with `|` between, in the order of the caption.
- Roles are complete: an argument in a role that is not named is an error. Place and Time alone are compared only where
  they are named; `Place=-` says that there is none.
- Words in small letters say how the event is told: `positive`, `negative`, `asserted`, `other`, `depicted`, `hidden`
  (not depicted), `primary` (the event of the caption); `during=raid`, `after=raid` or `before=raid` says that the event
  is linked by that relation as the background of the event whose trigger begins with "raid".
- Without a trigger any event of the type will do: `Life.Die Victim=baker`, `not Conflict.Attack`.
- `only` says that there is no event but those named, `nothing` that there is none at all.
"""

import re
from functools import cache

from eventclip.records import Argument, Event, EventsRecord
from eventclip_extract.extract import Extractor

_EVENT = re.compile(r"(?P<not>not )?(?P<type>[A-Z]\w+\.[A-Z]\w+)(?:\((?P<trigger>[^)]+)\))?(?P<rest>( .*)?)")
_WORDS = frozenset("positive negative asserted other depicted hidden primary".split())  # noqa: SIM905
_RELATIONS = ("during", "after", "before")
_FREE = ("Place", "Time")


@cache
def _extractor() -> Extractor:
    return Extractor()


def cases(table: str) -> list[tuple[str, str]]:
    """The rows of a table, for `pytest.mark.parametrize(("caption", "expected"), cases(...))`."""
    rows: list[tuple[str, str]] = []
    for line in table.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not line.startswith(" "):
            rows.append((line, ""))
        else:
            caption, expected = rows.pop()
            rows.append((caption, f"{expected}\n{line.strip()}".strip()))
    assert all(expected for _, expected in rows), "a caption without anything expected of it tests nothing"
    return rows


def check(caption: str, expected: str) -> None:
    """Fails with all that was found, unless the caption gives what the lines of notation say."""
    record = _extractor()(caption)
    lines = expected.splitlines()
    wrong = [f"{line}: {problem}" for line in lines if (problem := _problem(record, line, lines))]
    found = [told(event, record) for event in record.events] or ["nothing"]
    assert not wrong, "\n  ".join([caption, *wrong, "found:", *found])


def told(event: Event, record: EventsRecord) -> str:
    """An event in the notation of the tables, with whole texts as values."""
    roles: dict[str, list[str]] = {}
    for argument in event.arguments:
        roles.setdefault(argument.role, []).append(argument.text)
    said = [f"{event.type}({event.trigger.text})", *(f"{role}={'|'.join(texts)}" for role, texts in roles.items())]
    return " ".join([*said, *_how_told(event, record)])


def _how_told(event: Event, record: EventsRecord) -> list[str]:
    said = [event.polarity, event.modality, "depicted" if event.depicted else "hidden"]
    said += ["primary"] if event.id == record.primary else []
    trigger = {other.id: other.trigger.text for other in record.events}
    return said + [
        f"{link.relation}={trigger[link.source].split()[0]}" for link in record.links if link.target == event.id
    ]


def _problem(record: EventsRecord, line: str, lines: list[str]) -> str:
    """What is wrong with one line of the notation; empty where it holds."""
    if line == "nothing":
        return "something was found" if record.events else ""
    if line == "only":
        extra = [event for event in record.events if not any(_speaks_of(other, event) for other in lines)]
        return ", ".join(f"{event.type}({event.trigger.text}) was found, too" for event in extra)
    read = _EVENT.fullmatch(line)
    assert read, f"{line!r} cannot be read; expected the notation of {__name__}"
    named = [event for event in record.events if _speaks_of(line, event)]
    if read["not"] or not named:
        return "was found" if named else "" if read["not"] else "was not found"
    problems = [_difference(event, read["rest"], record) for event in named]
    return "" if "" in problems else problems[0]


def _speaks_of(line: str, event: Event) -> bool:
    """Whether a line names an event's type and, if any, its trigger."""
    read = _EVENT.fullmatch(line)
    return bool(read) and read["type"] == event.type and read["trigger"] in (None, event.trigger.text)


def _difference(event: Event, rest: str, record: EventsRecord) -> str:
    """How an event differs from what follows the trigger in the notation; empty where it does not."""
    roles: dict[str, str] = {}
    name, how_told = "", _how_told(event, record)
    for word in rest.split():
        if word in _WORDS or word.startswith(tuple(f"{relation}=" for relation in _RELATIONS)):
            if word not in how_told:
                return f"it is {' '.join(how_told)}"
        elif "=" in word:
            name, _, roles[name] = word.partition("=")
        else:
            roles[name] += f" {word}"
    for role in sorted({*roles, *(argument.role for argument in event.arguments if argument.role not in _FREE)}):
        fillers = [argument for argument in event.arguments if argument.role == role]
        if not _are(fillers, roles.get(role, "-")):
            return f"{role} is {'|'.join(filler.text for filler in fillers) or '-'}"
    return ""


def _are(fillers: list[Argument], value: str) -> bool:
    texts = [] if value == "-" else value.split("|")
    return len(texts) == len(fillers) and all(
        text in (filler.head.text, filler.text) for text, filler in zip(texts, fillers, strict=True)
    )
