"""Why a caption has the events it has: what the parser read, which rules fired, and the event graph drawn over it."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import cycle

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from eventclip.records import CaptionRecord, Event, EventsRecord
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
    """The events of a caption and how they came about."""
    (assembly,) = extractor.assemblies([caption])
    record = to_record(CaptionRecord(id="caption", caption=caption), assembly)
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
        parts += [rows, Text()]
    parts += [Text(f"{link.source} {link.relation} {link.target}") for link in record.links]
    return Group(*parts if record.events else [*parts, Text("no event: no word of the ontology fits", style="dim")])


def _headline(event: Event, record: EventsRecord) -> str:
    said = [event.rule, f"confidence {event.confidence:.2f}", "depicted" if event.depicted else "not depicted"]
    said += [f"polarity {event.polarity}"] if event.polarity != "positive" else []
    said += [f"modality {event.modality}"] if event.modality != "asserted" else []
    said += ["primary"] if event.id == record.primary else []
    return f"{event.id} {event.type}: {event.trigger.text} ({', '.join(said)})"


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
    return _PAGE.format(title=escape(record.id), caption=escape(record.caption), graph=_svg(record), rows=rows)


def _arguments(event: Event) -> str:
    return "<br>".join(
        f"{escape(one.role)}: <b>{escape(one.text)}</b> "
        f"<small>{one.entity_type}, {escape(one.rule or 'given')}, {one.confidence:.2f}</small>"
        for one in event.arguments
    )


_CHARACTER = 9.6  # pixels a character of the 16-pixel monospace below
_LEVEL = 22.0


def _svg(record: EventsRecord) -> str:
    """Arcs from triggers to the heads of their arguments. Shorter arcs run lower, so that none hides another."""
    arcs = []
    for event, colour in _with_colours(record):
        for argument in event.arguments:
            arcs.append((_middle(event.trigger.start, event.trigger.end),
                         _middle(argument.head.start, argument.head.end), argument.role, colour, False))  # fmt: skip
    triggers = {event.id: _middle(event.trigger.start, event.trigger.end) for event in record.events}
    arcs += [(triggers[link.source], triggers[link.target], link.relation, "#888888", True) for link in record.links]
    arcs.sort(key=lambda arc: abs(arc[0] - arc[1]))
    levels: list[list[tuple[float, float]]] = []
    shapes, placed = [], []
    for start, end, label, colour, dashed in arcs:
        left, right = min(start, end), max(start, end)
        level = 0
        while level < len(levels) and any(left < b and a < right for a, b in levels[level]):
            level += 1
        if level == len(levels):
            levels.append([])
        levels[level].append((left, right))
        placed.append((start, end, label, colour, dashed, level))
    base = 24 + 0.75 * _LEVEL * (len(levels) + 1)  # a curve rises to three quarters of its control points
    for start, end, label, colour, dashed, level in placed:
        y = base - _LEVEL * (level + 1)
        dash = ' stroke-dasharray="4 3"' if dashed else ""
        shapes.append(
            f'<path d="M{start:.0f} {base - 4:.0f} C{start:.0f} {y:.0f} {end:.0f} {y:.0f} {end:.0f} {base - 6:.0f}" '
            f'fill="none" stroke="{colour}" stroke-width="1.6"{dash} marker-end="url(#tip)"/>'
            f'<text x="{(start + end) / 2:.0f}" y="{base - 4 - 0.75 * (base - y):.0f}" class="label" fill="{colour}">'
            f"{escape(label)}</text>"
        )
    for event, colour in _with_colours(record):
        x, width = 10 + event.trigger.start * _CHARACTER, len(event.trigger.text) * _CHARACTER
        shapes.append(
            f'<rect x="{x:.0f}" y="{base - 1:.0f}" width="{width:.0f}" height="21" fill="{colour}" opacity="0.25"/>'
            f'<text x="{x:.0f}" y="{base + 38:.0f}" class="type" fill="{colour}">{escape(event.type)}</text>'
        )
        for argument in event.arguments:
            x, width = 10 + argument.start * _CHARACTER, len(argument.text) * _CHARACTER
            shapes.append(
                f'<rect x="{x:.0f}" y="{base + 19:.0f}" width="{width:.0f}" height="2" fill="{colour}" opacity="0.8"/>'
            )
    width = 20 + len(record.caption) * _CHARACTER
    words = (
        f'<text x="10" y="{base + 15:.0f}" class="caption" textLength="{len(record.caption) * _CHARACTER:.0f}" '
        f'xml:space="preserve">{escape(record.caption)}</text>'
    )
    return f'<svg width="{width:.0f}" height="{base + 50:.0f}">{_TIP}{words}{"".join(shapes)}</svg>'


def _middle(start: int, end: int) -> float:
    return 10 + (start + end) / 2 * _CHARACTER


_TIP = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="6" markerHeight="6" orient="auto">'
    '<path d="M0 0 L8 4 L0 8 z" fill="#666"/></marker></defs>'
)
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}: events</title><style>
:root {{ color-scheme: light dark; }}
body {{ font: 15px/1.5 system-ui, sans-serif; margin: 2rem; }}
.graph {{ overflow-x: auto; }}
.caption {{ font: 16px ui-monospace, monospace; fill: currentColor; }}
.label, .type {{ font: 12px system-ui, sans-serif; paint-order: stroke; stroke: Canvas; stroke-width: 3px; }}
.label {{ text-anchor: middle; }}
td {{ vertical-align: top; padding: .4rem 1.2rem .4rem 0; border-top: 1px solid #8884; }}
small {{ opacity: .7; }}
</style></head><body><p>{caption}</p><div class="graph">{graph}</div><table>{rows}</table></body></html>
"""
