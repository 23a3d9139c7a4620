"""Pictures with the roles drawn on them, and plots as SVG that takes its colours from the page."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from itertools import cycle
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image, ImageDraw, ImageFont

from eventclip.eval.outcomes import Place

SIDE = 384
ROLE_COLOURS = ("#e4572e", "#1b998b", "#7768ae", "#d99e0b", "#2e86ab", "#c2478f")

TEXT, MUTED, LINE, ACCENT = "#010101", "#020202", "#030303", "#040404"
"""Stand-ins that the SVG carries until they become the colours of the page."""
PAGE_COLOURS = {TEXT: "var(--text)", MUTED: "var(--muted)", LINE: "var(--line)", ACCENT: "var(--accent)"}
_FOR_THE_PAGE = (
    (r"<metadata>.*?</metadata>", ""),
    (r"<style.*?</style>", ""),  # would style the whole page
    (r'^(<svg[^>]*?) width="[^"]*" height="[^"]*"', r"\1"),  # the page decides; the view box keeps the shape
    (r"font-family: [^;]*;", ""),
    (r'(\bid="|url\(#|href="#)', r"\1NAME-"),  # ids are unique within a page, not within a plot
)
MODEL_STYLES: dict[str, dict[str, Any]] = {
    "pretrained": {"color": MUTED, "marker": "o", "markerfacecolor": "none"},
    "plain": {"color": TEXT, "marker": "s"},
    "structured": {"color": ACCENT, "marker": "D"},
}
CHANCE_STYLE: dict[str, Any] = {"color": MUTED, "linewidth": 1.2, "linestyle": ":"}


def colours(names: Iterable[str]) -> dict[str, str]:
    """A colour for each distinct name, in the order in which they come; after the sixth they repeat."""
    return dict(zip(dict.fromkeys(names), cycle(ROLE_COLOURS), strict=False))


def enlarged(image: Image.Image) -> Image.Image:
    """The picture at about 384 pixels on its longer side: small ones by whole pixels, so that nothing is smoothed."""
    longer = max(image.size)
    if longer > SIDE:
        size = (round(image.width * SIDE / longer), round(image.height * SIDE / longer))
        return image.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    factor = SIDE // longer
    return image.convert("RGB").resize((image.width * factor, image.height * factor), Image.Resampling.NEAREST)


def draw_roles(image: Image.Image, places: Sequence[Place], role_colours: Mapping[str, str]) -> Image.Image:
    """The enlarged picture with, for each argument, its box (line), the found box (dashes) and the found point.

    Args:
        image: a picture in RGB.
        places: what a grounding document says of its arguments.
        role_colours: the colour of each of their roles, see `colours`.
    """
    drawn = enlarged(image)
    pen, font = ImageDraw.Draw(drawn), ImageFont.load_default(size=18)
    width, height = drawn.size
    for place in places:
        colour = role_colours[place["role"]]
        x0, y0, x1, y1 = _pixels(place["box"], drawn.size)
        pen.rectangle((x0, y0, x1, y1), outline=colour, width=3)
        _dashed(pen, _pixels(place["found_box"], drawn.size), colour)
        x, y = place["point"][0] * width, place["point"][1] * height
        pen.ellipse((x - 7, y - 7, x + 7, y + 7), fill=colour, outline="white", width=2)
        text_width, text_height = pen.textlength(place["role"], font=font) + 8, 23
        left = min(x0, width - text_width)
        top = y0 - text_height if y0 >= text_height else y0
        pen.rectangle((left, top, left + text_width, top + text_height), fill=colour)
        pen.text((left + 4, top + 1), place["role"], fill="white", font=font)
    return drawn


def _pixels(box: Sequence[float], size: tuple[int, int]) -> tuple[float, float, float, float]:
    width, height = size[0] - 1, size[1] - 1
    return box[0] * width, box[1] * height, box[2] * width, box[3] * height


def _dashed(pen: ImageDraw.ImageDraw, box: tuple[float, float, float, float], colour: str, dash: int = 8) -> None:
    x0, y0, x1, y1 = (round(edge) for edge in box)
    for x in range(x0, x1, 2 * dash):
        for y in (y0, y1):
            pen.line((x, y, min(x + dash, x1), y), fill=colour, width=2)
    for y in range(y0, y1, 2 * dash):
        for x in (x0, x1):
            pen.line((x, y, x, min(y + dash, y1)), fill=colour, width=2)


def png(image: Image.Image) -> bytes:
    """The picture as a PNG file."""
    stream = BytesIO()
    image.save(stream, "PNG", optimize=True)
    return stream.getvalue()


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the interval plot: for each model (value, low, high), all between 0 and 1."""

    label: str
    values: Mapping[str, tuple[float, float, float]]
    chance: float | None = None


def interval_plot(rows: Sequence[Row]) -> str:
    """Points with their 95 % intervals, one line a measure and one mark a model; chance is a grey tick."""
    figure, axes = _axes(height=0.75 + 0.52 * len(rows))
    for line, row in enumerate(rows):
        for position, (model, (value, low, high)) in enumerate(row.values.items()):
            y = line + 0.2 * (position - (len(row.values) - 1) / 2)
            style = MODEL_STYLES[model]
            axes.plot([100 * low, 100 * high], [y, y], color=style["color"], linewidth=1.4)
            axes.plot(100 * value, y, markersize=5, linestyle="none", **style)
        if row.chance is not None:
            x = 100 * row.chance
            axes.plot([x, x], [line - 0.36, line + 0.36], **CHANCE_STYLE)
    for model in dict.fromkeys(model for row in rows for model in row.values):
        axes.plot([], [], markersize=5, linestyle="none", label=model, **MODEL_STYLES[model])
    if any(row.chance is not None for row in rows):
        axes.plot([], [], label="chance", **CHANCE_STYLE)
    axes.set_yticks(range(len(rows)), [row.label for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(-2, 102)
    axes.set_xlabel("% right")
    axes.grid(visible=True, axis="x", color=LINE, linewidth=0.6)
    return _svg(figure, axes, name="intervals")


def curves_plot(curves: Mapping[str, Sequence[tuple[float, float]]], *, ylabel: str, name: str) -> str:
    """Lines over training steps.

    Args:
        curves: points (step, value) by name; the names of models have the models' colours, others get their own.
        ylabel: what the value is.
        name: distinguishes this plot from the others of a page.
    """
    figure, axes = _axes(height=2.6)
    colour_of = colours(curve for curve in curves if curve not in MODEL_STYLES)
    colour_of |= {model: style["color"] for model, style in MODEL_STYLES.items()}
    for curve, points in curves.items():
        axes.plot(*zip(*points, strict=True), color=colour_of[curve], linewidth=1.6, label=curve)
    axes.set_xlabel("step")
    axes.set_ylabel(ylabel)
    axes.grid(visible=True, color=LINE, linewidth=0.6)
    return _svg(figure, axes, name=name)


def _axes(*, height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(4.8, height), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(LINE)
    axes.tick_params(colors=MUTED, labelcolor=TEXT, length=0, labelsize=9)
    axes.xaxis.label.set(color=MUTED, fontsize=9)
    axes.yaxis.label.set(color=MUTED, fontsize=9)
    axes.set_axisbelow(True)
    return figure, axes


def _svg(figure: Figure, axes: Axes, *, name: str) -> str:
    figure.legend(loc="outside upper left", ncols=4, frameon=False, fontsize=9, labelcolor=TEXT, handlelength=1.4)
    stream = StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(stream, format="svg", transparent=True, metadata={"Date": None})
    svg = stream.getvalue()
    svg = svg[svg.index("<svg") :]
    for pattern, replacement in _FOR_THE_PAGE:
        svg = re.sub(pattern, replacement.replace("NAME", name), svg, flags=re.DOTALL)
    for stand_in, colour in PAGE_COLOURS.items():
        svg = svg.replace(stand_in, colour)
    return svg
