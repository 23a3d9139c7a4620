"""Ontology files: YAML read, laid over the file that it extends, checked, and built into event types.

A file names its types as `Parent.Child`; `ontologies/news.yaml` opens with a description of every key. A user's
own file may extend another one, override single types, add triggers to them and keep only some of them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, get_args

import yaml

from eventclip.errors import EventClipError, UsageError, unknown_name
from eventclip.records import EntityType
from eventclip_extract.ontology import COMMON_ROLES, SLOTS, EventType, Frame, PartOfSpeech, TriggerEntry
from eventclip_extract.slots import check_template

SHIPPED = Path(__file__).parent / "ontologies"
ENTITY_TYPES: tuple[EntityType, ...] = get_args(EntityType)
_LISTS = ("verbs", "nouns", "doubtful", "core", "templates", "symmetric", "entails", "co_occurs", "incompatible")
_MAPPINGS = ("roles", "frame")
_TYPE_KEYS = frozenset({"ace", "description", "visual", *_LISTS, *_MAPPINGS})
_TRIGGER_KEYS = frozenset({"frame", "needs", "without", "subject", "object"})
_NEARLY = 0.7
_FILE_KEYS = frozenset({"name", "description", "extends", "only", "types"})


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # libyaml is not everywhere
    """YAML in which "on" is a word and not a boolean, as in YAML 1.2: here it is a preposition."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _mapping_without_repeats(loader: Any, node: yaml.MappingNode) -> dict[Any, Any]:
    """A mapping; a key that stands there twice is an error, since YAML would silently keep the second."""
    seen = set()
    for key, _ in node.value:
        if key.value in seen and key.tag != "tag:yaml.org,2002:merge":
            raise yaml.constructor.ConstructorError(
                problem=f"key {key.value!r} stands there twice; join the two", problem_mark=key.start_mark
            )
        seen.add(key.value if isinstance(key.value, str) else id(key))
    loader.flatten_mapping(node)
    made: dict[Any, Any] = loader.construct_mapping(node, deep=True)
    return made


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping_without_repeats)
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), ["t", "f"])


def locate(name_or_path: str | Path, folder: Path) -> Path:
    """The file of a shipped name, or of a path seen from a folder.

    Raises:
        UsageError: there is none.
    """
    text = str(name_or_path)
    if Path(text).suffix in {".yaml", ".yml"}:
        path = folder / text
        if not path.is_file():
            raise UsageError(f"{path}: no such ontology file")
        return path.resolve()
    shipped = {path.stem: path for path in SHIPPED.glob("*.yaml")}
    if text not in shipped:
        raise UsageError(f"{unknown_name('ontology', text, shipped)}; or give the path of a .yaml file")
    return shipped[text]


def read_types(path: Path) -> dict[str, EventType]:
    """The event types of a file, checked.

    Raises:
        EventClipError: the file breaks a rule.
    """
    types = {name: _build_type(path, name, value) for name, value in _merged(path, ()).items()}
    for event_type in types.values():
        _check_links(path, event_type, types)
    types = {name: replace(one, incompatible=_excluded(one, types)) for name, one in types.items()}
    for event_type in types.values():
        _check_consistent(path, event_type, types)
    return types


def _excluded(one: EventType, types: Mapping[str, EventType]) -> frozenset[str]:
    """What a type excludes: what it lists, and what lists it."""
    return one.incompatible | {other.name for other in types.values() if one.name in other.incompatible}


def _check_consistent(path: Path, event_type: EventType, types: Mapping[str, EventType]) -> None:
    name = event_type.name
    for key in ("entails", "incompatible", "co_occurs"):
        if name in getattr(event_type, key):
            raise _wrong(path, name, f"{key}: names the type itself; expected other types")
    above, waiting = set(event_type.entails), list(event_type.entails)
    while waiting:
        further = types[waiting.pop()].entails - above
        above |= further
        waiting += further
    if name in above:
        raise _wrong(path, name, "entails: leads back to the type itself; expected no cycle")
    for other in sorted(above & event_type.incompatible):
        raise _wrong(path, name, f"entails {other!r} and is incompatible with it; expected one of the two")


def _check_links(path: Path, event_type: EventType, types: Mapping[str, EventType]) -> None:
    parents = {other.parent for other in types.values()}
    for key, known in (("entails", {*types}), ("incompatible", {*types}), ("co_occurs", {*types} | parents)):
        for name in sorted(getattr(event_type, key) - known):
            raise _wrong(path, event_type.name, f"{key}: {unknown_name('event type', name, known)}")


def _merged(path: Path, below: tuple[Path, ...]) -> dict[str, dict[str, Any]]:
    """The raw types of a file laid over those of the file that it extends."""
    if path in below:
        raise EventClipError(f"{path}: extends itself by way of {below[-1].name}; expected a chain that ends")
    raw = _read(path)
    types: dict[str, dict[str, Any]] = {}
    if "extends" in raw:
        try:
            types = _merged(locate(str(raw["extends"]), path.parent), (*below, path))
        except UsageError as error:
            raise EventClipError(f"{path}: extends: {error}") from None
    for name, value in (raw.get("types") or {}).items():
        _check_raw_type(path, name, value)
        earlier = types.get(name, {})
        types[name] = {**earlier, **value}
        for key in ("verbs", "nouns", "doubtful"):
            if key in earlier and key in value:
                types[name][key] = [*earlier[key], *value[key]]
    if "only" in raw:
        kept = raw["only"]
        if not isinstance(kept, list):
            raise EventClipError(f"{path}: only: expected a list of event types, got {kept!r}")
        for name in kept:
            if name not in types:
                raise EventClipError(f"{path}: only: {unknown_name('event type', str(name), types)}")
        types = {name: _without_dropped(value, frozenset(kept)) for name, value in types.items() if name in kept}
    if not types:
        raise EventClipError(f"{path}: no event type; expected `types:` or `extends:`")
    return types


def _without_dropped(value: dict[str, Any], kept: frozenset[str]) -> dict[str, Any]:
    parents = {name.split(".")[0] for name in kept}
    keys = [key for key in ("entails", "incompatible", "co_occurs") if key in value]
    return {**value, **{key: [name for name in value[key] if name in kept | parents] for key in keys}}


def _read(path: Path) -> dict[str, Any]:
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark is not None else str(path)
        kind = "" if isinstance(error, yaml.constructor.ConstructorError) else "not YAML: "
        raise EventClipError(f"{where}: {kind}{getattr(error, 'problem', None) or error}") from None
    if not isinstance(raw, dict):
        raise EventClipError(f"{path}: expected a mapping with `types:`, got {type(raw).__name__}")
    for key in ("name", "description", "extends"):
        if key in raw and not isinstance(raw[key], str):
            raise EventClipError(f"{path}: {key}: expected a word or a sentence, got {raw[key]!r}")
    for key in raw.keys() - _FILE_KEYS:
        raise EventClipError(f"{path}: {unknown_name('key', str(key), _FILE_KEYS)}")
    if not isinstance(raw.get("types") or {}, dict):
        raise EventClipError(f"{path}: types: expected a mapping from event type to its keys, got {raw['types']!r}")
    return raw


def _check_raw_type(path: Path, name: object, value: object) -> None:
    if not isinstance(name, str) or name.count(".") != 1 or not all(name.split(".")):
        raise EventClipError(f"{path}: {name!r} is no event type; expected Parent.Child, as in Movement.Transport")
    if not isinstance(value, dict):
        raise _wrong(path, name, f"expected a mapping, got {value!r}")
    for key in value.keys() - _TYPE_KEYS:
        raise _wrong(path, name, unknown_name("key", str(key), _TYPE_KEYS))
    for key in _LISTS:
        if not isinstance(value.get(key, []), list):
            raise _wrong(path, name, f"{key}: expected a list, got {value[key]!r}")
    for key in ("doubtful", "core", "symmetric", "entails", "co_occurs", "incompatible"):
        for one in value.get(key, []):
            if not isinstance(one, str):
                raise _wrong(path, name, f"{key}: expected a list of names, got {one!r} in it")
    for key, kind, expected in (("visual", bool, "true or false"), ("description", str, "a sentence")):
        if key in value and not isinstance(value[key], kind):
            raise _wrong(path, name, f"{key}: expected {expected}, got {value[key]!r}")
    if value.get("ace") is not None and path.parent != SHIPPED and value["ace"] not in _ace_names():
        raise _wrong(path, name, f"ace: {unknown_name('type of ACE', str(value['ace']), _ace_names())}")
    for key in _MAPPINGS:
        if not isinstance(value.get(key, {}), dict):
            raise _wrong(path, name, f"{key}: expected a mapping, got {value[key]!r}")


@cache
def _ace_names() -> frozenset[str]:
    """The 33 types as the LDC spells them."""
    return frozenset(one["ace"] for one in _read(SHIPPED / "news.yaml")["types"].values() if one.get("ace"))


def _build_type(path: Path, name: str, raw: dict[str, Any]) -> EventType:
    for key in ("description", "roles", "frame", "templates"):
        if not raw.get(key):
            raise _wrong(path, name, f"{key} is missing; expected it in every new type")
    roles: dict[str, frozenset[EntityType]] = {}
    for role, entity_types in raw["roles"].items():
        if not isinstance(role, str):
            raise _wrong(path, name, f"roles: expected a name, got {role!r}")
        if not entity_types:
            raise _wrong(path, name, f"roles: {role}: no entity type; expected some of {', '.join(ENTITY_TYPES)}")
        roles[role] = _entity_types(path, name, f"roles: {role}", entity_types)
    for role, common in COMMON_ROLES.items():
        roles.setdefault(role, common)
    frame, noun_frame = _frames(path, name, raw["frame"], roles)
    for key in ("core", "symmetric"):
        for role in raw.get(key, []):
            _check_role(path, name, key, role, roles)
    for template in raw["templates"]:
        try:
            check_template(template, roles)
        except ValueError as error:
            raise _wrong(path, name, f"templates: {error}") from None
    triggers = [_trigger(path, name, "VERB", text, frame, roles) for text in raw.get("verbs", [])]
    triggers += [_trigger(path, name, "NOUN", text, noun_frame, roles) for text in raw.get("nouns", [])]
    if not triggers:
        raise _wrong(path, name, "verbs and nouns are missing; expected at least one trigger")
    doubtful = frozenset(map(str, raw.get("doubtful", [])))
    for word in sorted(doubtful - {trigger.words for trigger in triggers}):
        raise _wrong(path, name, f"doubtful: {unknown_name('trigger', word, {one.words for one in triggers})}")
    triggers = [replace(one, doubtful=one.words in doubtful and not one.asks_for_more) for one in triggers]
    return EventType(
        name=name,
        description=str(raw["description"]),
        visual=bool(raw.get("visual", True)),
        roles=roles,
        frame=frame,
        triggers=tuple(triggers),
        templates=tuple(raw["templates"]),
        core=frozenset(raw.get("core", [])),
        symmetric=frozenset(raw.get("symmetric", [])),
        entails=frozenset(raw.get("entails", [])),
        co_occurs=frozenset(raw.get("co_occurs", [])),
        incompatible=frozenset(raw.get("incompatible", [])),
        ace=raw.get("ace"),
    )


def _frames(path: Path, name: str, raw: dict[str, Any], roles: Mapping[str, Any]) -> tuple[Frame, Frame]:
    """The frames of a type's verbs and of its nouns; a noun has its verb's prepositions, `by` and `of` besides."""
    own = {slot: role for slot, role in raw.items() if slot != "noun"}
    verb = _frame(path, name, own, Frame(), roles)
    defaults = {"by": verb.subject, "of": verb.object or verb.subject}
    noun = Frame(
        possessive=verb.subject,
        prepositions={
            **{preposition: role for preposition, role in defaults.items() if role is not None},
            **verb.prepositions,
        },
    )
    return verb, _frame(path, name, raw.get("noun", {}), noun, roles)


def _frame(path: Path, name: str, raw: object, base: Frame, roles: Mapping[str, Any]) -> Frame:
    if not isinstance(raw, dict):
        raise _wrong(path, name, f"frame: expected a mapping from slot or preposition to role, got {raw!r}")
    for slot, role in raw.items():
        _check_slot(path, name, "frame", slot)
        if role is not None:
            _check_role(path, name, f"frame: {slot}", role, roles)
    slots = {slot: raw.get(slot, getattr(base, slot)) for slot in SLOTS}
    prepositions = {**base.prepositions, **{slot: role for slot, role in raw.items() if slot not in SLOTS}}
    return Frame(**slots, prepositions={slot: role for slot, role in prepositions.items() if role is not None})


def _trigger(
    path: Path, name: str, pos: PartOfSpeech, raw: object, frame: Frame, roles: Mapping[str, Any]
) -> TriggerEntry:
    """An entry from `word`, `word particle`, `word + noun`, or one of these with its conditions as a mapping."""
    conditions: dict[str, Any] = {}
    if isinstance(raw, dict) and len(raw) == 1:
        ((raw, conditions),) = raw.items()
    if not isinstance(raw, str) or not isinstance(conditions, dict):
        expected = "expected a word, or {word: {conditions}}"
        raise _wrong(path, name, f"{pos.lower()}s: {raw!r} is no trigger; {expected}")
    for key in conditions.keys() - _TRIGGER_KEYS:
        raise _wrong(path, name, f"{raw}: {unknown_name('key', str(key), _TRIGGER_KEYS)}")
    words, _, noun = (part.strip() for part in (raw.lower().partition("+") if pos == "VERB" else (raw.lower(), "", "")))
    lemma, _, particle = words.partition(" ") if pos == "VERB" else (words, "", "")
    if not lemma:
        raise _wrong(path, name, f"{raw!r} has no word; expected `word`, `word particle` or `word + noun`")
    own = _frame(path, name, conditions.get("frame", {}), frame, roles)
    return TriggerEntry(
        type=name,
        lemma=lemma,
        pos=pos,
        frame=own,
        particle=particle or None,
        noun=noun or None,
        needs=_slots(path, name, f"{raw}: needs", conditions.get("needs", [])),
        without=_slots(path, name, f"{raw}: without", conditions.get("without", [])),
        subject_types=_entity_types(path, name, f"{raw}: subject", conditions.get("subject", [])),
        object_types=_entity_types(path, name, f"{raw}: object", conditions.get("object", [])),
    )


def _slots(path: Path, name: str, where: str, raw: object) -> tuple[str, ...]:
    if not isinstance(raw, list):
        raise _wrong(path, name, f"{where}: expected a list of slots or prepositions, got {raw!r}")
    for slot in raw:
        _check_slot(path, name, where, slot)
    return tuple(raw)


def _check_slot(path: Path, name: str, where: str, slot: object) -> None:
    """Any word may be a preposition, but one that is nearly a slot is a slot misspelt."""
    if not isinstance(slot, str):
        raise _wrong(path, name, f"{where}: expected a slot or a preposition, got {slot!r}")
    if slot not in SLOTS and get_close_matches(slot, SLOTS, n=1, cutoff=_NEARLY):
        raise _wrong(path, name, f"{where}: {unknown_name('slot', slot, SLOTS)}")


def _entity_types(path: Path, name: str, where: str, raw: object) -> frozenset[EntityType]:
    if not isinstance(raw, list):
        raise _wrong(path, name, f"{where}: expected a list of entity types, got {raw!r}")
    for entity_type in raw:
        if entity_type not in ENTITY_TYPES:
            raise _wrong(path, name, f"{where}: {unknown_name('entity type', str(entity_type), ENTITY_TYPES)}")
    return frozenset(raw)


def _check_role(path: Path, name: str, where: str, role: object, roles: Iterable[str]) -> None:
    if role not in list(roles):
        raise _wrong(path, name, f"{where}: {unknown_name('role', str(role), roles)}")


def _wrong(path: Path, name: str, what: str) -> EventClipError:
    return EventClipError(f"{path}: {name}: {what}")
