"""The event graph of a record as a picture: its caption in one line, roles and links as arcs above, types below."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

from eventclip.records import EventsRecord

PAGE_WIDTH = 1_130.0
"""Pixels that a caption should fit in: its letters shrink for it, down to the smaller size, and then it scrolls."""
_SIZES = (11.0, 16.0)
_ADVANCE = 0.6  # of a monospace letter, in units of its size
_MARGIN = 10.0
_LEVEL = 22.0
_LABEL = 6.6  # pixels a letter of the labels' 12-pixel type
_LINK = "#888888"


@dataclass(frozen=True, slots=True)
class _Arc:
    """An arc from one place of the line to another; `level` is how far up it runs, 0 the lowest."""

    start: float
    end: float
    label: str
    colour: str
    is_link: bool = False
    level: int = 0

    @property
    def reach(self) -> tuple[float, float]:
        """From where to where it and its label keep others out."""
        middle, half = (self.start + self.end) / 2, len(self.label) * _LABEL / 2 + 2
        return min(self.start, self.end, middle - half), max(self.start, self.end, middle + half)

    @property
    def length(self) -> float:
        return abs(self.start - self.end)


def svg(record: EventsRecord, colours: Mapping[str, str]) -> str:
    """The picture.

    Args:
        colours: event id -> colour, for its trigger, its arguments and their arcs.
    """
    letter = min(_SIZES[1] * _ADVANCE, max(_SIZES[0] * _ADVANCE, PAGE_WIDTH / len(record.caption)))
    arcs, num_levels = _levelled(_arcs(record, colours, letter))
    base = 26 + 0.75 * _LEVEL * (num_levels + 1)  # a curve rises to three quarters of its control points
    types, num_rows = _types(record, colours, letter, base)
    shapes = [_line(arc, base) for arc in arcs] + _marks(record, colours, letter, base) + types
    shapes += [_label(arc, base) for arc in arcs]  # last, so that no arc runs through a word
    length = len(record.caption) * letter
    words = (
        f'<text x="{_MARGIN:.0f}" y="{base + 15:.0f}" class="caption" textLength="{length:.0f}" '
        f'font-size="{letter / _ADVANCE:.1f}" xml:space="preserve">{escape(record.caption)}</text>'
    )
    width, height = max(2 * _MARGIN + length, _right_end(arcs, record, letter)), base + 34 + 16 * num_rows
    return f'<svg width="{width:.0f}" height="{height:.0f}">{_TIP}{words}{"".join(shapes)}</svg>'


def _arcs(record: EventsRecord, colours: Mapping[str, str], letter: float) -> list[_Arc]:
    """From triggers to the heads of their arguments, and between triggers that are linked."""
    place = {one.id: _MARGIN + (one.trigger.start + one.trigger.end) / 2 * letter for one in record.events}
    made = [
        _Arc(
            place[event.id],
            _MARGIN + (argument.head.start + argument.head.end) / 2 * letter,
            argument.role,
            colours[event.id],
        )
        for event in record.events
        for argument in event.arguments
    ]
    return made + [_Arc(place[one.source], place[one.target], one.relation, _LINK, True) for one in record.links]


def _levelled(arcs: Iterable[_Arc]) -> tuple[list[_Arc], int]:
    """The arcs with their levels, shorter ones below, so that none hides another; and how many levels there are."""
    levels: list[list[tuple[float, float]]] = []
    made = []
    for arc in sorted(arcs, key=lambda arc: arc.length):
        left, right = arc.reach
        level = next((number for number, taken in enumerate(levels) if _is_free(left, right, taken)), len(levels))
        if level == len(levels):
            levels.append([])
        levels[level].append((left, right))
        made.append(_Arc(arc.start, arc.end, arc.label, arc.colour, arc.is_link, level))
    return made, len(levels)


def _is_free(left: float, right: float, taken: Iterable[tuple[float, float]]) -> bool:
    return all(right <= start or end <= left for start, end in taken)


def _line(arc: _Arc, base: float) -> str:
    y = base - _LEVEL * (arc.level + 1)
    dash = ' stroke-dasharray="4 3"' if arc.is_link else ""
    return (
        f'<path d="M{arc.start:.0f} {base - 4:.0f} C{arc.start:.0f} {y:.0f} {arc.end:.0f} {y:.0f} {arc.end:.0f} '
        f'{base - 6:.0f}" fill="none" stroke="{arc.colour}" stroke-width="1.6"{dash} marker-end="url(#tip)"/>'
    )


def _label(arc: _Arc, base: float) -> str:
    y = base - 4 - 0.75 * _LEVEL * (arc.level + 1)
    middle = max((arc.start + arc.end) / 2, len(arc.label) * _LABEL / 2 + 2)
    return f'<text x="{middle:.0f}" y="{y:.0f}" class="label" fill="{arc.colour}">{escape(arc.label)}</text>'


def _marks(record: EventsRecord, colours: Mapping[str, str], letter: float, base: float) -> list[str]:
    """Boxes behind triggers and lines under arguments; an argument of several events has a line for each."""
    made = []
    under: dict[tuple[int, int], int] = {}
    for event in record.events:
        x, width = _MARGIN + event.trigger.start * letter, len(event.trigger.text) * letter
        made.append(
            f'<rect x="{x:.0f}" y="{base - 1:.0f}" width="{width:.0f}" height="21" '
            f'fill="{colours[event.id]}" opacity="0.25"/>'
        )
        for argument in event.arguments:
            x, width = _MARGIN + argument.start * letter, len(argument.text) * letter
            number = under.get((argument.start, argument.end), 0)
            under[argument.start, argument.end] = number + 1
            made.append(
                f'<rect x="{x:.0f}" y="{base + 19 + 3 * min(number, 2):.0f}" width="{width:.0f}" height="2" '
                f'fill="{colours[event.id]}" opacity="0.8"/>'
            )
    return made


def _types(record: EventsRecord, colours: Mapping[str, str], letter: float, base: float) -> tuple[list[str], int]:
    """Id and type below each trigger, in as many rows as keep them apart; and how many rows those are."""
    rows: list[list[tuple[float, float]]] = []
    made = []
    for event in sorted(record.events, key=lambda event: event.trigger.start):
        text = f"{event.id} {event.type}"
        left, right = _reach_of_type(text, event.trigger.start, letter)
        row = next((number for number, taken in enumerate(rows) if _is_free(left, right, taken)), len(rows))
        if row == len(rows):
            rows.append([])
        rows[row].append((left, right))
        made.append(
            f'<text x="{left:.0f}" y="{base + 40 + 16 * row:.0f}" class="type" fill="{colours[event.id]}">'
            f"{escape(text)}</text>"
        )
    return made, len(rows)


def _reach_of_type(text: str, start: int, letter: float) -> tuple[float, float]:
    left = _MARGIN + start * letter
    return left, left + len(text) * _LABEL + 8


def _right_end(arcs: Iterable[_Arc], record: EventsRecord, letter: float) -> float:
    ends = [arc.reach[1] for arc in arcs]
    ends += [_reach_of_type(f"{one.id} {one.type}", one.trigger.start, letter)[1] for one in record.events]
    return max(ends, default=0.0)


_TIP = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="6" markerHeight="6" orient="auto">'
    '<path d="M0 0 L8 4 L0 8 z" fill="#666"/></marker></defs>'
)
