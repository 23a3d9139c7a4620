"""Small drawn people: a look (clothing colour and profession), a pose, and the box that the figure fills.

Scenes are drawn in units of 1/64 of the picture, y downwards, and rendered four times as large before they are scaled
down, so that thin limbs stay visible at 64 pixels.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageDraw

Point = tuple[float, float]
Colour = tuple[int, int, int]

UNITS = 64
OVERSAMPLING = 4

CLOTHING: dict[str, Colour] = {
    "red": (214, 40, 40),
    "blue": (38, 84, 222),
    "green": (28, 150, 64),
    "yellow": (245, 205, 40),
    "purple": (150, 56, 190),
    "black": (28, 28, 32),
    "white": (246, 246, 240),
    "orange": (250, 130, 20),
}

# A profession shows in the hat and in the trousers; clothing alone would leave two people in red alike at 64 pixels.
_TROUSERS: dict[str, Colour] = {
    "police officer": (24, 34, 104),
    "nurse": (150, 216, 226),
    "soldier": (96, 104, 48),
    "firefighter": (120, 16, 16),
    "farmer": (150, 104, 58),
    "chef": (166, 168, 176),
}
PROFESSIONS = tuple(_TROUSERS)

_SKIN: tuple[Colour, ...] = ((246, 211, 179), (224, 172, 125), (178, 120, 76), (122, 78, 48))
_WHITE: Colour = (250, 250, 250)
_RED: Colour = (220, 20, 30)

# A hat is a list of (colour, polygon) in the frame of the head: x towards the face, y upwards, 1 = the head's radius.
_HATS: dict[str, list[tuple[Colour, list[Point]]]] = {
    "police officer": [
        ((18, 26, 78), [(-1.3, 0.35), (1.0, 0.35), (1.3, 1.5), (-1.5, 1.5)]),
        ((0, 0, 0), [(0.4, 0.2), (2.0, 0.1), (2.0, 0.45), (0.4, 0.55)]),
        ((255, 214, 0), [(-0.2, 0.7), (0.5, 0.7), (0.5, 1.25), (-0.2, 1.25)]),
    ],
    "nurse": [
        (_WHITE, [(-1.2, 0.4), (1.2, 0.4), (1.4, 1.7), (-1.4, 1.7)]),
        (_RED, [(-0.25, 0.5), (0.25, 0.5), (0.25, 1.6), (-0.25, 1.6)]),
        (_RED, [(-0.7, 0.85), (0.7, 0.85), (0.7, 1.25), (-0.7, 1.25)]),
    ],
    "soldier": [((88, 98, 44), [(-1.6, 0.0), (1.6, 0.0), (1.4, 0.8), (0.7, 1.4), (-0.7, 1.4), (-1.4, 0.8)])],
    "firefighter": [
        ((255, 90, 0), [(-2.1, 0.2), (2.1, 0.2), (1.2, 0.7), (1.0, 1.4), (0.0, 1.9), (-1.0, 1.4), (-1.2, 0.7)]),
        ((255, 240, 120), [(-0.4, 0.5), (0.6, 0.5), (0.6, 1.2), (-0.4, 1.2)]),
    ],
    "farmer": [
        ((226, 178, 84), [(-2.5, 0.3), (2.5, 0.3), (2.3, 0.75), (1.0, 0.8), (0.7, 1.6), (-0.7, 1.6), (-1.0, 0.8)])
    ],
    "chef": [
        (_WHITE, [(-0.9, 0.4), (0.9, 0.4), (0.9, 1.3), (1.5, 1.7), (1.2, 2.6), (-1.2, 2.6), (-1.5, 1.7), (-0.9, 1.3)])
    ],
}


@dataclass(frozen=True, slots=True)
class Look:
    """What one participant is told apart by."""

    colour: str
    profession: str


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a body is. `lean` turns the trunk from upright towards the facing side, in degrees; 90 lies face forward.

    `feet` and `hands` are offsets from the hip, x towards the facing side, y downwards.
    """

    hip: Point
    facing: int = 1
    lean: float = 0.0
    feet: tuple[Point, Point] = ((-2.5, 13.0), (2.5, 13.0))
    hands: tuple[Point, Point] = ((-3.0, 0.0), (3.5, 0.0))


@dataclass(slots=True)
class Canvas:
    """A picture being drawn, in units of 1/64 of its side. `offset` moves all that is drawn from then on."""

    size: int
    offset: Point = (0.0, 0.0)
    image: Image.Image = field(init=False)
    draw: ImageDraw.ImageDraw = field(init=False)
    scale: float = field(init=False)

    def __post_init__(self) -> None:
        pixels = self.size * OVERSAMPLING
        self.scale = pixels / UNITS
        self.image = Image.new("RGB", (pixels, pixels))
        self.draw = ImageDraw.Draw(self.image)

    def _pixels(self, points: Sequence[Point]) -> list[Point]:
        dx, dy = self.offset
        return [((x + dx) * self.scale, (y + dy) * self.scale) for x, y in points]

    def polygon(self, points: Sequence[Point], colour: Colour) -> None:
        self.draw.polygon(self._pixels(points), fill=colour)

    def disc(self, centre: Point, radius: float, colour: Colour) -> None:
        (x, y), r = self._pixels([centre])[0], radius * self.scale
        self.draw.ellipse((x - r, y - r, x + r, y + r), fill=colour)

    def ring(self, centre: Point, radius: float, width: float, colour: Colour) -> None:
        (x, y), r = self._pixels([centre])[0], radius * self.scale
        self.draw.ellipse((x - r, y - r, x + r, y + r), outline=colour, width=round(width * self.scale))

    def limb(self, points: Sequence[Point], width: float, colour: Colour) -> None:
        """A line with round ends and joints."""
        self.draw.line(self._pixels(points), fill=colour, width=round(width * self.scale), joint="curve")
        for end in (points[0], points[-1]):
            self.disc(end, width / 2, colour)

    def box(self, corner: Point, opposite: Point, colour: Colour) -> None:
        self.draw.rectangle([*self._pixels([corner])[0], *self._pixels([opposite])[0]], fill=colour)

    def mirror(self) -> None:
        """Exchanges left and right in all that was drawn so far."""
        self.image = self.image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        self.draw = ImageDraw.Draw(self.image)

    def finished(self, rng: np.random.Generator, noise: float) -> Image.Image:
        """The picture at its final size, with a little sensor noise (standard deviation in grey levels)."""
        small = np.asarray(self.image.resize((self.size, self.size), Image.Resampling.BOX), dtype=np.float32)
        return Image.fromarray(np.clip(small + rng.normal(0.0, noise, small.shape), 0, 255).astype(np.uint8))


def _shaded(colour: Colour, factor: float) -> Colour:
    red, green, blue = (min(255, round(channel * factor)) for channel in colour)
    return red, green, blue


def draw_person(canvas: Canvas, look: Look, pose: Pose, skin: int) -> tuple[float, float, float, float]:
    """Draws one person and returns the box that he fills: x0, y0, x1, y1 in units."""
    clothing, skin_colour = CLOTHING[look.colour], _SKIN[skin]
    sleeve = _shaded(clothing, 0.72) if look.colour != "black" else (66, 66, 74)
    angle = math.radians(pose.lean)
    up = (pose.facing * math.sin(angle), -math.cos(angle))
    face = (pose.facing * math.cos(angle), math.sin(angle))
    hip_x, hip_y = pose.hip
    shoulder = (hip_x + up[0] * 11.0, hip_y + up[1] * 11.0)
    head, radius = (hip_x + up[0] * 17.5, hip_y + up[1] * 17.5), 4.8
    feet = [(hip_x + pose.facing * dx, hip_y + dy) for dx, dy in pose.feet]
    hands = [(hip_x + pose.facing * dx, hip_y + dy) for dx, dy in pose.hands]

    def reach(hand: Point) -> None:
        elbow = ((shoulder[0] + hand[0]) / 2 - face[0] * 0.8, (shoulder[1] + hand[1]) / 2 + 1.2)
        canvas.limb([shoulder, elbow, hand], 2.8, sleeve)
        canvas.disc(hand, 1.7, skin_colour)

    reach(hands[0])
    for foot in feet:
        canvas.limb([pose.hip, foot], 4.8, _TROUSERS[look.profession])
        canvas.disc(foot, 2.2, (40, 30, 26))
    canvas.limb([pose.hip, shoulder], 10.5, clothing)
    canvas.disc(head, radius, skin_colour)
    points = [*feet, *hands, pose.hip, shoulder]
    for colour, polygon in _HATS[look.profession]:
        placed = [
            (head[0] + radius * (face[0] * x + up[0] * y), head[1] + radius * (face[1] * x + up[1] * y))
            for x, y in polygon
        ]
        canvas.polygon(placed, colour)
        points += placed
    canvas.disc((head[0] + face[0] * 2.2, head[1] + face[1] * 2.2), 0.8, (20, 20, 20))
    reach(hands[1])
    points += [(head[0] + dx, head[1] + dy) for dx in (-radius, radius) for dy in (-radius, radius)]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return max(0.0, min(xs) - 2), max(0.0, min(ys) - 1), min(float(UNITS), max(xs) + 2), min(float(UNITS), max(ys) + 2)
