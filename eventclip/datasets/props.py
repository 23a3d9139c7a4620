"""The things of EventScenes: what people lie on, sit in, hold and hand over, each drawn at a fixed place."""

from collections.abc import Callable

from eventclip.datasets.figures import Canvas, Colour, Point

GROUND = 58.0
"""Where people stand, in units from the top."""

GREY: Colour = (150, 154, 164)
DARK: Colour = (36, 36, 40)
WOOD: Colour = (142, 92, 48)
WHITE: Colour = (252, 252, 252)
RED: Colour = (220, 20, 30)

Prop = Callable[[Canvas], None]


def board(y: float, x0: float, x1: float, *, wheels: bool) -> Prop:
    def draw(canvas: Canvas) -> None:
        canvas.limb([(x0, y), (x1, y)], 2.6, (222, 120, 20))
        if wheels:
            for x in (x0 + 8, x1 - 5):
                canvas.limb([(x, y), (x, GROUND - 3)], 1.4, GREY)
                canvas.ring((x, GROUND - 2), 3.0, 1.4, DARK)

    return draw


def wheelchair(x: float, facing: int = 1) -> Prop:
    def draw(canvas: Canvas) -> None:
        frame = [(-6, 32), (-6, 49), (7, 49), (9, 57)]
        canvas.limb([(x + facing * dx, y) for dx, y in frame], 2.0, (30, 30, 120))
        canvas.ring((x - facing, 50), 8.0, 1.8, DARK)
        canvas.ring((x + facing * 8, 56), 2.6, 1.2, DARK)

    return draw


def chair(x: float) -> Prop:
    def draw(canvas: Canvas) -> None:
        canvas.limb([(x + 6, 34), (x + 6, GROUND)], 2.2, WOOD)
        canvas.limb([(x - 5, 49), (x + 6, 49)], 2.2, WOOD)
        canvas.limb([(x - 5, 49), (x - 5, GROUND)], 2.2, WOOD)

    return draw


def cart(x: float) -> Prop:
    def draw(canvas: Canvas) -> None:
        canvas.polygon([(x - 12, 41), (x + 12, 41), (x + 9, 53), (x - 9, 53)], WOOD)
        for dx in (-6, 6):
            canvas.disc((x + dx, 55), 3.4, DARK)

    return draw


def first_aid_kit(x: float, y: float) -> Prop:
    def draw(canvas: Canvas) -> None:
        canvas.box((x, y), (x + 10, y + 8), WHITE)
        canvas.box((x + 4, y + 1), (x + 6, y + 7), RED)
        canvas.box((x + 2, y + 3), (x + 8, y + 5), RED)

    return draw


def line(points: list[Point], width: float, colour: Colour) -> Prop:
    return lambda canvas: canvas.limb(points, width, colour)


def disc(centre: Point, radius: float, colour: Colour) -> Prop:
    return lambda canvas: canvas.disc(centre, radius, colour)


def rings(*centres: Point) -> Prop:
    def draw(canvas: Canvas) -> None:
        for centre in centres:
            canvas.ring(centre, 2.8, 1.1, (230, 232, 240))

    return draw


def draw_artifact(canvas: Canvas, name: str, centre: Point) -> None:
    """Draws a thing that can be handed over or picked up, about eight units wide."""
    x, y = centre
    if name == "box":
        canvas.box((x - 4, y - 4), (x + 4, y + 4), (196, 140, 70))
        canvas.box((x - 1, y - 4), (x + 1, y + 4), (236, 206, 150))
    elif name == "bag":
        canvas.polygon([(x - 3, y - 2), (x + 3, y - 2), (x + 4.5, y + 5), (x - 4.5, y + 5)], (230, 60, 140))
        canvas.ring((x, y - 3), 2.4, 1.0, (120, 20, 70))
    else:
        canvas.limb([(x, y), (x, y + 6)], 1.4, (20, 140, 40))
        for dx, dy in ((-2.4, -1.0), (2.4, -1.0), (0.0, -3.4)):
            canvas.disc((x + dx, y + dy), 2.2, (255, 110, 180))


ARTIFACTS = ("box", "bag", "bouquet")

BLOWS: dict[str, tuple[Colour, float]] = {
    "stick": (WOOD, 2.0),
    "bottle": ((20, 150, 90), 3.6),
    "umbrella": (DARK, 4.6),
}
