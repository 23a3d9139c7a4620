"""Why a caption has the events it has: what the parser read, which rules fired, and the event graph drawn over it."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import cycle

from pydantic import ValidationError
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from eventclip.errors import InputError
from eventclip.records import CaptionRecord, Event, EventsRecord
from eventclip_extract.arcs import svg
from eventclip_extract.extract import Extractor, to_record
from eventclip_extract.syntax import Parse

COLOURS = ("#e4572e", "#1b998b", "#7768ae", "#d99e0b", "#2e86ab", "#c2478f")


@dataclass(frozen=True, slots=True)
class Explanation:
    """A record with what led to it: the text that the parser read, and its tree after it was mended."""

    record: EventsRecord
    read: str
    parse: Parse


def explain(caption: str, extractor: Extractor) -> Explanation:
    """The events of a caption and how they came about.

    Raises:
        InputError: the caption is empty, or far too long for one.
    """
    try:
        said = CaptionRecord(id="caption", caption=caption)
    except ValidationError as error:
        raise InputError(error.errors()[0]["msg"].removeprefix("Value error, ")) from None
    (assembly,) = extractor.assemblies([caption])
    record = to_record(said, assembly)
    return Explanation(record, assembly.clean.text, assembly.parse)


def to_console(found: Explanation) -> RenderableType:
    """The explanation for a terminal: the caption with its events, the tree, and each event with its rules."""
    record = found.record
    parts: list[RenderableType] = [_coloured(record), Text()]
    if record.skipped is not None:
        return Group(*parts, Text(f"skipped: the caption {record.skipped}; expected an English sentence", style="bold"))
    if found.read != record.caption:
        parts += [Text(f"read as: {found.read}", style="dim"), Text()]
    tree = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("word", "tag", "label", "of", "name"):
        tree.add_column(column)
    for word in found.parse.words:
        tree.add_row(word.text, word.tag, word.dep, "" if word.head is None else word.head.text, word.name)
    parts += [tree, Text()]
    for event, colour in _with_colours(record):
        parts += [Text(_headline(event, record), style=f"bold {colour}")]
        rows = Table(box=None, pad_edge=False, show_header=False)
        for argument in event.arguments:
            rule = f"{argument.rule}, {argument.confidence:.2f}"
            rows.add_row(f"  {argument.role}", argument.text, argument.entity_type, Text(rule, style="dim"))
        parts += [rows, Text()] if event.arguments else [Text("  no argument", style="dim"), Text()]
    parts += [Text(told) for told in _links(record)]
    return Group(
        *parts
        if record.events
        else [*parts, Text("no event: no word of the ontology fits, or what stands with it does not", style="dim")]
    )


def _headline(event: Event, record: EventsRecord) -> str:
    said = [event.rule, f"confidence {event.confidence:.2f}", "depicted" if event.depicted else "not depicted"]
    said += [f"polarity {event.polarity}"] if event.polarity != "positive" else []
    said += [f"modality {event.modality}"] if event.modality != "asserted" else []
    said += ["primary"] if event.id == record.primary else []
    return f"{event.id} {event.type}: {event.trigger.text} ({', '.join(said)})"


def _links(record: EventsRecord) -> list[str]:
    named = {event.id: f"{event.trigger.text} ({event.id})" for event in record.events}
    return [f"{named[link.source]} {link.relation} {named[link.target]}" for link in record.links]


def _with_colours(record: EventsRecord) -> Iterator[tuple[Event, str]]:
    return zip(record.events, cycle(COLOURS), strict=False)


def _coloured(record: EventsRecord) -> Text:
    text = Text(record.caption)
    for event, colour in _with_colours(record):
        for argument in event.arguments:
            text.stylize(f"underline {colour}", argument.start, argument.end)
        text.stylize(f"bold reverse {colour}", event.trigger.start, event.trigger.end)
    return text


def to_html(record: EventsRecord) -> str:
    """One self-contained page: the caption's words in a line, its events as arcs above them, and a table of rules."""
    rows = "".join(
        f'<tr><td style="color:{colour}">{escape(_headline(event, record))}</td><td>{_arguments(event)}</td></tr>'
        for event, colour in _with_colours(record)
    )
    links = "<br>".join(map(escape, _links(record)))
    return _PAGE.format(
        title=escape(record.id),
        caption=escape(record.caption),
        graph=svg(record, {event.id: colour for event, colour in _with_colours(record)}),
        rows=rows or "<tr><td>no event: no word of the ontology fits</td></tr>",
        links=f"<p>{links}</p>" if links else "",
    )


def _arguments(event: Event) -> str:
    return "<br>".join(
        f"{escape(one.role)}: <b>{escape(one.text)}</b> "
        f"<small>{one.entity_type}, {escape(one.rule or 'given')}, {one.confidence:.2f}</small>"
        for one in event.arguments
    )


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}: events</title><style>
:root {{ color-scheme: light dark; }}
body {{ font: 15px/1.5 system-ui, sans-serif; margin: 2rem; }}
.graph {{ overflow-x: auto; }}
.caption {{ font-family: ui-monospace, monospace; fill: currentColor; }}
.label, .type {{ font: 12px system-ui, sans-serif; paint-order: stroke; stroke: Canvas; stroke-width: 3px; }}
.label {{ text-anchor: middle; }}
td {{ vertical-align: top; padding: .4rem 1.2rem .4rem 0; border-top: 1px solid #8884; }}
small {{ opacity: .7; }}
</style></head><body><p>{caption}</p><div class="graph">{graph}</div><table>{rows}</table>{links}</body></html>
"""
