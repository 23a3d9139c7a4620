"""Event annotations of others: read whatever the published sets and detectors write, as our events records.

Read are M2E2 (a JSON array), WikiEvents (documents), RAMS, GENEVA and every other set in the layout of OneIE's input,
OneIE's output, a plain layout of tokens with events, and our own `events.jsonl`. Types become `Parent.Child`; which
of ours they are is the business of `eventclip_extract.mapping`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast, get_args

from eventclip.errors import InputError
from eventclip.jsonl import read_records
from eventclip.records import EntityType, EventsRecord
from eventclip_extract.english import ENDS_HEAD

Annotated = dict[str, Any]
_CLOSING = frozenset({",", ".", ";", ":", ")", "]", "}", "!", "?", "%", "'s", "’s", "n't", "''", "”"})
_OPENING = frozenset({"(", "[", "{", "$", "``", "“", "#"})


@dataclass(frozen=True, slots=True)
class _Mention:
    """A stretch of tokens, end exclusive, with what it is said to be."""

    start: int
    end: int
    label: str
    entity_type: str = ""


@dataclass(frozen=True, slots=True)
class _Sentence:
    """One annotated sentence: its events are a trigger (its label the type) and its arguments (theirs the roles)."""

    id: str
    tokens: Sequence[str]
    events: Sequence[tuple[_Mention, Sequence[_Mention]]]
    text: str | None = None


def read_annotations(path: str | Path, *, texts: Mapping[str, str] | None = None) -> list[EventsRecord]:
    """The annotated sentences of a file, one record each, sentences without an event included.

    The caption is the sentence's own text where the file has it and its tokens are found in it, else the tokens
    joined as they are read. The head of an argument is its last word before a preposition, comma or clause. An
    argument of another sentence than its trigger's is left out, since a caption has no other sentence.

    Args:
        path: JSON lines, or a JSON array, in one of the layouts that the module names.
        texts: id -> the text that the tokens are of, where the file does not have it.

    Raises:
        InputError: the file is missing or empty, or an entry is of no known layout or has offsets beyond its tokens.
    """
    path = Path(path)
    raws = _load(path)
    if "caption" in raws[0]:
        return list(read_records(path, EventsRecord))
    records: dict[str, EventsRecord] = {}
    for number, raw in enumerate(raws):
        try:
            sentences = list(_sentences(raw, f"{path.stem}-{number}"))
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise InputError(f"{path}: entry {number + 1} cannot be read: {type(error).__name__} {error}") from None
        for sentence in sentences:
            if sentence.text is None and texts is not None:
                sentence = replace(sentence, text=texts.get(sentence.id))
            record = _record(sentence, f"{path}: entry {number + 1}")
            if record.id in records:
                raise InputError(
                    f"{path}: entry {number + 1}: id {record.id!r} occurs twice; expected one sentence an id"
                )
            records[record.id] = record
    return list(records.values())


def _load(path: Path) -> list[dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; expected events or annotations, JSON lines or a JSON array") from None
    try:
        if text.lstrip().startswith("["):
            raws = json.loads(text)
        else:
            raws = [json.loads(line) for line in text.splitlines() if line.strip()]
    except ValueError as error:
        raise InputError(f"{path}: not JSON: {error}") from None
    if not raws or not all(isinstance(raw, dict) for raw in raws):
        raise InputError(f"{path}: no objects in it; expected events or annotations, JSON lines or a JSON array")
    return cast("list[dict[str, Any]]", raws)


def _sentences(raw: dict[str, Any], fallback: str) -> Iterator[_Sentence]:
    if "golden-event-mentions" in raw:
        yield _m2e2(raw, fallback)
    elif "graph" in raw:
        yield _oneie_output(raw)
    elif "evt_triggers" in raw:
        yield from _rams(raw)
    elif "event_mentions" in raw and isinstance(raw.get("sentences"), list):
        yield from _wikievents(raw)
    elif "event_mentions" in raw:
        yield _oneie_input(raw, fallback)
    elif "tokens" in raw and "events" in raw:
        yield _plain(raw, fallback)
    else:
        raise ValueError(
            "expected the layout of M2E2, WikiEvents, RAMS, GENEVA, OneIE or `tokens` with `events`; its fields are "
            + ", ".join(sorted(raw))
        )


def _plain(raw: dict[str, Any], fallback: str) -> _Sentence:
    entities = {(one["start"], one["end"]): one["type"] for one in raw.get("entities", ())}
    events = [
        (
            _Mention(event["trigger"]["start"], event["trigger"]["end"], event["type"]),
            [
                _Mention(one["start"], one["end"], one["role"], entities.get((one["start"], one["end"]), ""))
                for one in event.get("arguments", ())
            ],
        )
        for event in raw["events"]
    ]
    return _Sentence(str(raw.get("id", fallback)), raw["tokens"], events, raw.get("text"))


def _m2e2(raw: dict[str, Any], fallback: str) -> _Sentence:
    entities = {(one["start"], one["end"]): one["entity-type"] for one in raw.get("golden-entity-mentions", ())}
    events = [
        (
            _Mention(event["trigger"]["start"], event["trigger"]["end"], event["event_type"]),
            [
                _Mention(one["start"], one["end"], one["role"], entities.get((one["start"], one["end"]), ""))
                for one in event["arguments"]
            ],
        )
        for event in raw["golden-event-mentions"]
    ]
    return _Sentence(str(raw.get("sentence_id", fallback)), raw["words"], events)


def _oneie_output(raw: dict[str, Any]) -> _Sentence:
    graph = raw["graph"]
    arguments: dict[int, list[_Mention]] = {}
    for trigger, entity, role, *_ in graph["roles"]:
        start, end, entity_type, *_ = graph["entities"][entity]
        arguments.setdefault(trigger, []).append(_Mention(start, end, role, entity_type))
    events = [
        (_Mention(start, end, event_type), arguments.get(number, []))
        for number, (start, end, event_type, *_) in enumerate(graph["triggers"])
    ]
    return _Sentence(str(raw["sent_id"]), raw["tokens"], events)


def _oneie_input(raw: dict[str, Any], fallback: str) -> _Sentence:
    entities = {one["id"]: one for one in raw.get("entity_mentions", ())}
    events = []
    for event in raw["event_mentions"]:
        arguments = []
        for one in event["arguments"]:
            entity = entities[one["entity_id"]]
            arguments.append(_Mention(entity["start"], entity["end"], one["role"], entity.get("entity_type", "")))
        trigger = event["trigger"]
        events.append((_Mention(trigger["start"], trigger["end"], event["event_type"]), arguments))
    name = raw.get("sent_id") or raw.get("wnd_id") or raw.get("id") or fallback
    return _Sentence(str(name), raw["tokens"], events, raw.get("sentence"))


def _wikievents(raw: dict[str, Any]) -> Iterator[_Sentence]:
    """Offsets are the document's; a sentence is a list of (token, start, end) and its text, or of tokens alone."""
    entities = {one["id"]: one for one in raw.get("entity_mentions", ())}
    first = 0
    for number, sentence in enumerate(raw["sentences"]):
        rows, text = sentence if len(sentence) == 2 and isinstance(sentence[1], str) else (sentence, None)
        tokens = [row if isinstance(row, str) else row[0] for row in rows]
        events = []
        for event in raw["event_mentions"]:
            trigger = event["trigger"]
            if not first <= trigger["start"] < first + len(tokens):
                continue
            arguments = []
            for one in event["arguments"]:
                entity = entities[one["entity_id"]]
                if first <= entity["start"] < first + len(tokens):
                    arguments.append(
                        _Mention(entity["start"] - first, entity["end"] - first, one["role"], entity["entity_type"])
                    )
            events.append((_Mention(trigger["start"] - first, trigger["end"] - first, event["event_type"]), arguments))
        yield _Sentence(f"{raw['doc_id']}-{number}", tokens, events, text)
        first += len(tokens)


def _rams(raw: dict[str, Any]) -> Iterator[_Sentence]:
    """Offsets are the document's and inclusive; roles read `evt089arg02place`."""
    first = 0
    for number, tokens in enumerate(raw["sentences"]):
        inside = range(first, first + len(tokens))
        events = []
        for start, end, labels in raw["evt_triggers"]:
            if start not in inside:
                continue
            arguments = [
                _Mention(argument[0] - first, argument[1] + 1 - first, role.split("arg", 1)[1][2:])
                for trigger, argument, role in raw["gold_evt_links"]
                if list(trigger) == [start, end] and argument[0] in inside
            ]
            events.append((_Mention(start - first, end + 1 - first, labels[0][0]), arguments))
        yield _Sentence(f"{raw['doc_key']}-{number}", tokens, events)
        first += len(tokens)


def _record(sentence: _Sentence, where: str) -> EventsRecord:
    text, offsets = _text(sentence)
    events: list[dict[str, Any]] = []
    for number, (trigger, arguments) in enumerate(sentence.events):
        for mention in (trigger, *arguments):
            if not 0 <= mention.start < mention.end <= len(sentence.tokens):
                raise InputError(
                    f"{where}: {mention.label} is tokens {mention.start} to {mention.end} of {len(sentence.tokens)}; "
                    "expected start < end within the sentence"
                )
        span = _span(text, offsets, trigger.start, trigger.end)
        made: list[dict[str, Any]] = []
        for argument in arguments:
            head = head_of(sentence.tokens, argument.start, argument.end)
            made.append(
                {
                    **_span(text, offsets, argument.start, argument.end),
                    "role": argument.label,
                    "head": _without_genitive(_span(text, offsets, head, head + 1)),
                    "entity_type": argument.entity_type if argument.entity_type in get_args(EntityType) else "OBJ",
                }
            )
        events.append(
            {
                "id": f"e{number}",
                "type": dotted(trigger.label),
                "trigger": {**span, "lemma": span["text"].lower()},
                "arguments": made,
            }
        )
    return EventsRecord.model_validate({"id": sentence.id, "caption": text, "events": events})


def dotted(label: str) -> str:
    """A type as we write types: `Life:Die` and `life.die.n/a` are `Life.Die` and `life.die.n/a`."""
    return label.replace(":", ".")


def head_of(tokens: Sequence[str], start: int, end: int) -> int:
    """The token that heads a phrase: the last word before a preposition, a comma or a clause."""
    for place in range(start + 1, end):
        if tokens[place].lower() in ENDS_HEAD or tokens[place] in (",", "(", "--"):
            end = place
            break
    while end - 1 > start and (not _has_letters(tokens[end - 1]) or tokens[end - 1] in ("'s", "’s")):
        end -= 1
    return end - 1


def _has_letters(text: str) -> bool:
    return any(map(str.isalnum, text))


def _text(sentence: _Sentence) -> tuple[str, list[tuple[int, int]]]:
    """The sentence and where each token stands in it."""
    if sentence.text is not None and (found := _offsets(sentence.text, sentence.tokens)) is not None:
        return sentence.text, found
    text, offsets = "", []
    for place, token in enumerate(sentence.tokens):
        glued = token in _CLOSING or (place and sentence.tokens[place - 1] in _OPENING)
        if text and not glued:
            text += " "
        offsets.append((len(text), len(text) + len(token)))
        text += token
    return text, offsets


def _offsets(text: str, tokens: Sequence[str]) -> list[tuple[int, int]] | None:
    """Where the tokens stand in a text; None where a word of one is not in the other.

    Loose punctuation may differ: tokenised sets add full stops and drop hyphens.
    """
    offsets, position = [], 0
    for token in tokens:
        start = text.find(token, position)
        if start < 0 or _has_letters(text[position:start]):
            if _has_letters(token):
                return None
            offsets.append((position, position))
            continue
        position = start + len(token)
        offsets.append((start, position))
    return offsets


def _without_genitive(span: dict[str, Any]) -> dict[str, Any]:
    """A word without its 's, which some sets split off and some do not."""
    bare = span["text"].removesuffix("'s").removesuffix("’s") or span["text"]
    return {**span, "text": bare, "end": span["start"] + len(bare)}


def _span(text: str, offsets: Sequence[tuple[int, int]], start: int, end: int) -> dict[str, Any]:
    first, last = offsets[start][0], offsets[end - 1][1]
    return {"text": text[first:last], "start": first, "end": last}
