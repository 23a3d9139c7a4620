"""What can happen between people in EventScenes: the words for it, the roles it gives, and what it looks like.

Every action between two people is staged with the agent on the left; the world mirrors half of its pictures, so that
left and right tell nothing. Who does it is visible in the bodies: who leans, who lies, who holds the tool.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from eventclip.datasets.figures import Canvas, Colour, Look, Point, Pose, draw_person
from eventclip.datasets.props import (
    ARTIFACTS,
    BLOWS,
    DARK,
    GROUND,
    WHITE,
    WOOD,
    Prop,
    board,
    cart,
    chair,
    disc,
    draw_artifact,
    first_aid_kit,
    line,
    rings,
    wheelchair,
)

_STANDING: tuple[Point, Point] = ((-2.5, 13.0), (2.5, 13.0))
_RUNNING: tuple[Point, Point] = ((-9.0, 10.0), (7.0, 12.0))
_WALKING: tuple[Point, Point] = ((-5.0, 13.0), (5.0, 13.0))
_KNEELING: tuple[Point, Point] = ((-6.0, 7.0), (4.0, 7.0))
_LYING: tuple[Point, Point] = ((12.0, -0.8), (12.5, 1.2))
_SITTING: tuple[Point, Point] = ((6.5, 10.0), (8.5, 10.0))


@dataclass(frozen=True, slots=True)
class Verb:
    """The forms of the verb that captions use, and the words that stand around its object."""

    lemma: str
    third: str
    participle: str
    gerund: str
    particle: str = ""

    def form(self, name: str) -> str:
        """The inflected verb without its particle."""
        return str(getattr(self, name))


@dataclass(frozen=True, slots=True)
class Staging:
    """How an action looks: the two bodies, what is drawn behind them and what in front."""

    agent: Pose
    patient: Pose
    behind: list[Prop] = field(default_factory=list)
    front: list[Prop] = field(default_factory=list)
    artifact_box: tuple[float, float, float, float] | None = None
    instrument_box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """One kind of event between two people.

    `instruments` maps the words of an instrument phrase to the noun that heads it; `unseen_instruments` are the
    compositions that training never shows.
    """

    name: str
    type: str
    verbs: tuple[Verb, ...]
    roles: tuple[str, str]
    stage: Callable[[str | None, str | None], Staging]
    symmetric: bool = False
    artifacts: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()
    unseen_instruments: tuple[str, ...] = ()


# -- stagings -----------------------------------------------------------------------------------------------------


def _seated(x: float, facing: int) -> Pose:
    return Pose((x, 46), facing, -4, _SITTING, ((4.0, -1.0), (6.0, -2.0)))


def _on_board(x: float, y: float) -> Pose:
    return Pose((x, y), 1, -90, _LYING, ((-4.0, 2.5), (-1.0, 2.0)))


def _transport(instrument: str | None, artifact: str | None) -> Staging:
    if instrument == "stretcher":
        agent = Pose((11, 45), 1, 6, _WALKING, ((7.0, -4.0), (8.0, -3.0)))
        return Staging(agent, _on_board(43, 39), [board(42, 17, 60, wheels=False)], instrument_box=(17, 40, 60, 44))
    agent = Pose((27, 45), 1, -6, _WALKING, ((8.0, -2.0), (13.0, -1.0)))
    patient = Pose((44, 42), 1, -90, ((10.0, 4.0), (11.0, 7.0)), ((-2.0, 5.0), (-6.0, 5.0)))
    if instrument == "blanket":
        blanket = line([(28, 46), (40, 49), (54, 46)], 5.0, (120, 200, 220))
        return Staging(agent, patient, front=[blanket], instrument_box=(25, 43, 57, 52))
    return Staging(agent, patient)


def _push(instrument: str | None, artifact: str | None) -> Staging:
    agent = Pose((14, 45), 1, 26, ((-8.0, 13.0), (1.0, 13.0)), ((14.0, -10.0), (14.0, -7.0)))
    if instrument == "stretcher":
        return Staging(agent, _on_board(45, 39), [board(42, 27, 62, wheels=True)], instrument_box=(27, 40, 62, 59))
    if instrument == "wheelchair":
        return Staging(agent, _seated(42, 1), front=[wheelchair(42)], instrument_box=(34, 31, 53, 59))
    if instrument == "cart":
        return Staging(agent, Pose((42, 44), 1, -8, _SITTING, ((2.0, -6.0), (8.0, -6.0))), front=[cart(42)],
                       instrument_box=(30, 40, 54, 59))  # fmt: skip
    return Staging(agent, Pose((39, 45), 1, 30, ((-7.0, 12.0), (2.0, 13.0)), ((10.0, -17.0), (12.0, -10.0))))


def _arrest(instrument: str | None, artifact: str | None) -> Staging:
    agent = Pose((22, 45), 1, 8, _STANDING, ((9.0, -5.0), (10.0, -9.0)))
    patient = Pose((40, 45), 1, 36, _STANDING, ((-6.5, -5.0), (-5.0, -2.5)))
    return Staging(agent, patient, front=[rings((33.5, 40), (35.5, 43))], instrument_box=(30, 37, 39, 46))


def _chase(instrument: str | None, artifact: str | None) -> Staging:
    agent = Pose((14, 45), 1, 22, _RUNNING, ((-6.0, -5.0), (15.0, -13.0)))
    patient = Pose((44, 45), 1, 24, _RUNNING, ((-7.0, -8.0), (10.0, -5.0)))
    return Staging(agent, patient)


def _lead(instrument: str | None, artifact: str | None) -> Staging:
    agent = Pose((43, 45), 1, 4, _WALKING, ((-10.0, -5.0), (9.0, -18.0)))
    patient = Pose((19, 45), 1, -8, _WALKING, ((-2.0, 1.0), (13.0, -5.0)))
    flag: list[Prop] = [
        line([(52, 30), (52, 8)], 1.6, WOOD),
        lambda canvas: canvas.polygon([(52, 8), (63, 12), (52, 17)], (255, 70, 160)),
    ]
    return Staging(agent, patient, front=[disc((32.5, 40), 2.2, (255, 220, 190)), *flag])


def _lift(instrument: str | None, artifact: str | None) -> Staging:
    agent = Pose((32, 49), 1, 0, ((-4.0, 9.0), (4.0, 9.0)), ((-7.0, -27.0), (7.0, -27.0)))
    return Staging(agent, Pose((36, 17), 1, -90, ((11.0, -1.0), (12.0, 2.0)), ((-4.0, 6.0), (2.0, -6.0))))


def _treat(instrument: str | None, artifact: str | None) -> Staging:
    kit = first_aid_kit(1, 50)
    if instrument == "wheelchair":
        agent = Pose((20, 45), 1, 12, _STANDING, ((6.0, -4.0), (14.0, -7.0)))
        tube = line([(24, 30), (27, 38), (35, 39)], 1.4, (20, 160, 170))
        return Staging(agent, _seated(43, -1), front=[wheelchair(43, -1), kit, tube], instrument_box=(32, 31, 51, 59))
    if instrument == "stretcher":
        agent = Pose((15, 45), 1, 24, _STANDING, ((10.0, -7.0), (13.0, -6.0)))
        tube = line([(24, 32), (28, 38), (33, 38)], 1.4, (20, 160, 170))
        return Staging(agent, _on_board(46, 43), [board(46, 26, 62, wheels=True)], [kit, tube], None, (26, 44, 62, 59))
    agent = Pose((16, 51), 1, 26, _KNEELING, ((9.0, 0.0), (13.0, 1.0)))
    tube = line([(26, 38), (29, 46), (33, 52)], 1.4, (20, 160, 170))
    return Staging(agent, _on_board(46, 54), front=[kit, tube])


def _syringe(x: float, y: float) -> Prop:
    def draw(canvas: Canvas) -> None:
        canvas.limb([(x - 4, y - 3), (x - 4, y + 3)], 1.4, DARK)
        canvas.limb([(x - 4, y), (x, y)], 1.4, DARK)
        canvas.box((x - 1, y - 2.4), (x + 7, y + 2.4), (120, 255, 255))
        canvas.limb([(x + 7, y), (x + 12, y)], 1.0, DARK)

    return draw


def _vaccinate(instrument: str | None, artifact: str | None) -> Staging:
    agent = Pose((17, 45), 1, 8, _STANDING, ((11.0, -6.0), (10.0, -9.0)))
    front = [_syringe(31, 36.5)]
    if instrument == "wheelchair":
        return Staging(agent, _seated(44, -1), front=[wheelchair(44, -1), *front], instrument_box=(33, 31, 52, 59))
    if instrument == "stretcher":
        return Staging(agent, _on_board(48, 40), [board(43, 28, 63, wheels=True)], front, None, (28, 41, 63, 59))
    if instrument == "cart":
        return Staging(agent, _seated(45, -1), front=[cart(45), *front], instrument_box=(33, 40, 57, 59))
    return Staging(agent, _seated(44, -1), [chair(44)], front)


def _bandage(instrument: str | None, artifact: str | None) -> Staging:
    def wrapped(head: Point, hand: Point) -> list[Prop]:
        x, y = head
        return [
            line([(x - 4, y - 1), (x + 4, y - 2)], 4.0, WHITE),
            line([hand, ((x + hand[0]) / 2, max(y, hand[1]) + 4), (x - 3, y)], 1.8, WHITE),
            disc(hand, 2.8, WHITE),
        ]

    if instrument == "wheelchair":
        agent = Pose((18, 45), 1, 14, _STANDING, ((9.0, -14.0), (13.0, -17.0)))
        return Staging(agent, _seated(44, -1), front=[wheelchair(44, -1), *wrapped((45, 29), (31, 28))],
                       instrument_box=(33, 31, 52, 59))  # fmt: skip
    if instrument == "cart":
        agent = Pose((18, 45), 1, 14, _STANDING, ((9.0, -14.0), (13.0, -17.0)))
        return Staging(agent, _seated(45, -1), front=[cart(45), *wrapped((46, 29), (31, 28))],
                       instrument_box=(33, 40, 57, 59))  # fmt: skip
    if instrument == "stretcher":
        agent = Pose((12, 45), 1, 22, _STANDING, ((8.0, -9.0), (12.0, -8.0)))
        return Staging(agent, _on_board(48, 43), [board(46, 26, 63, wheels=True)], wrapped((31, 43), (24, 38)), None,
                       (26, 44, 63, 59))  # fmt: skip
    agent = Pose((19, 50), 1, 10, _KNEELING, ((9.0, -10.0), (13.0, -13.0)))
    patient = Pose((44, 53), -1, -6, ((11.0, 4.0), (13.0, 4.0)), ((4.0, -2.0), (5.0, 0.0)))
    return Staging(agent, patient, front=wrapped((46, 35), (32, 37)))


def _attack(instrument: str | None, artifact: str | None) -> Staging:
    agent = Pose((20, 45), 1, 10, _WALKING, ((7.0, -6.0), (3.0, -26.0)))
    patient = Pose((46, 48), -1, 38, _KNEELING, ((6.0, -21.0), (13.0, -17.0)))
    colour, width = BLOWS[instrument or "stick"]
    if instrument is None:
        return Staging(agent, patient, front=[disc((23, 19), 2.8, (255, 190, 150))])
    return Staging(agent, patient, front=[line([(22, 21), (36, 12)], width, colour)], instrument_box=(20, 9, 39, 24))


def _hand_over(instrument: str | None, artifact: str | None) -> Staging:
    agent = Pose((17, 45), 1, 14, _WALKING, ((11.0, -6.0), (12.0, -9.0)))
    patient = Pose((48, 45), -1, -8, _STANDING, ((9.0, -15.0), (10.0, -2.0)))
    thing: Prop = lambda canvas: draw_artifact(canvas, artifact or "box", (32.5, 38))  # noqa: E731
    return Staging(agent, patient, front=[thing], artifact_box=(28, 33, 37, 44))


def _photograph(instrument: str | None, artifact: str | None) -> Staging:
    agent = Pose((13, 45), 1, 4, _STANDING, ((8.0, -15.0), (9.0, -14.0)))

    def camera(canvas: Canvas) -> None:
        canvas.box((18, 24), (27, 31), DARK)
        canvas.disc((27, 27.5), 2.2, (90, 160, 230))
        canvas.polygon([(29, 20), (31, 23), (35, 22), (32, 25), (34, 29), (30, 26)], (255, 245, 90))

    if instrument == "wheelchair":
        return Staging(agent, _seated(48, -1), front=[wheelchair(48, -1), camera], instrument_box=(37, 31, 56, 59))
    if instrument == "stretcher":
        lying = _on_board(50, 42)
        return Staging(agent, lying, [board(45, 30, 64, wheels=True)], [camera], instrument_box=(30, 43, 64, 59))
    patient = Pose((49, 45), -1, 0, ((-5.0, 13.0), (5.0, 13.0)), ((-9.0, -17.0), (9.0, -17.0)))
    return Staging(agent, patient, front=[camera])


def _hug(instrument: str | None, artifact: str | None) -> Staging:
    return Staging(Pose((26, 45), 1, 6, _STANDING, ((10.0, -9.0), (13.0, -6.0))),
                   Pose((38, 45), -1, 6, _STANDING, ((10.0, -7.0), (13.0, -10.0))))  # fmt: skip


def _meet(instrument: str | None, artifact: str | None) -> Staging:
    return Staging(Pose((17, 45), 1, 4, _STANDING, ((-2.0, 0.0), (14.5, -6.0))),
                   Pose((47, 45), -1, 4, _STANDING, ((-2.0, 0.0), (14.5, -6.0))))  # fmt: skip


def _verb(lemma: str, third: str, participle: str, gerund: str, particle: str = "") -> Verb:
    return Verb(lemma, third, participle, gerund, particle)


ACTIONS: tuple[Action, ...] = (
    Action("carry", "Movement.Transport", (_verb("carry", "carries", "carried", "carrying"),), ("Agent", "Artifact"),
           _transport, instruments=("in a blanket",), unseen_instruments=("on a stretcher",)),
    Action("push", "Movement.Push", (_verb("push", "pushes", "pushed", "pushing"),), ("Agent", "Artifact"), _push,
           instruments=("on a stretcher", "in a cart"), unseen_instruments=("in a wheelchair",)),
    Action("lead", "Movement.Lead", (_verb("lead", "leads", "led", "leading"),
           _verb("guide", "guides", "guided", "guiding")), ("Agent", "Person"), _lead),
    Action("lift", "Movement.Lift", (_verb("lift", "lifts", "lifted", "lifting"),), ("Agent", "Artifact"), _lift),
    Action("chase", "Movement.Chase", (_verb("chase", "chases", "chased", "chasing"),
           _verb("pursue", "pursues", "pursued", "pursuing")), ("Agent", "Target"), _chase),
    Action("arrest", "Justice.Arrest", (_verb("arrest", "arrests", "arrested", "arresting"),
           _verb("detain", "detains", "detained", "detaining")), ("Agent", "Person"), _arrest,
           instruments=("with handcuffs",)),
    Action("treat", "Medical.Treat", (_verb("treat", "treats", "treated", "treating"),), ("Agent", "Patient"), _treat,
           instruments=("on a stretcher", "in a wheelchair")),
    Action("vaccinate", "Medical.Vaccinate", (_verb("vaccinate", "vaccinates", "vaccinated", "vaccinating"),),
           ("Agent", "Patient"), _vaccinate, instruments=("in a wheelchair", "in a cart"),
           unseen_instruments=("on a stretcher",)),
    Action("bandage", "Medical.Bandage", (_verb("bandage", "bandages", "bandaged", "bandaging"),),
           ("Agent", "Patient"), _bandage, instruments=("on a stretcher", "in a cart"),
           unseen_instruments=("in a wheelchair",)),
    Action("strike", "Conflict.Attack", (_verb("strike", "strikes", "struck", "striking"),
           _verb("hit", "hits", "hit", "hitting")), ("Attacker", "Target"), _attack,
           instruments=("with a stick", "with a bottle", "with an umbrella")),
    Action("hand over", "Transaction.HandOver", (_verb("hand", "hands", "handed", "handing"),),
           ("Giver", "Recipient"), _hand_over, artifacts=ARTIFACTS),
    Action("photograph", "Media.Photograph", (_verb("photograph", "photographs", "photographed", "photographing"),),
           ("Agent", "Target"), _photograph, instruments=("in a wheelchair", "on a stretcher")),
    Action("hug", "Contact.Hug", (_verb("hug", "hugs", "hugged", "hugging"),
           _verb("embrace", "embraces", "embraced", "embracing")), ("Participant", "Participant"), _hug,
           symmetric=True),
    Action("meet", "Contact.Meet", (_verb("meet", "meets", "met", "meeting"),), ("Entity", "Entity"), _meet,
           symmetric=True),
)  # fmt: skip


# -- the picture --------------------------------------------------------------------------------------------------

SETTINGS: dict[str, tuple[Colour, Colour]] = {
    "on a street": ((176, 190, 205), (120, 120, 124)),
    "in a field": ((150, 205, 240), (122, 168, 84)),
    "at a hospital": ((226, 238, 236), (170, 196, 196)),
    "on a beach": ((120, 190, 235), (226, 206, 150)),
}


def draw_setting(canvas: Canvas, setting: str, rng: np.random.Generator) -> None:
    """Draws the ground and a few things far away."""
    sky, ground = SETTINGS[setting]
    canvas.box((0, 0), (64, 64), sky)
    if setting == "on a street":
        for x in range(-4, 64, 16):
            top = float(rng.uniform(6, 22))
            canvas.box((x, top), (x + 13, GROUND), (196, 180, 168))
    elif setting == "at a hospital":
        canvas.box((4, 6), (18, 22), (196, 216, 226))
        canvas.box((46, 6), (60, 22), (196, 216, 226))
    elif setting == "on a beach":
        canvas.box((0, 40), (64, 52), (60, 140, 200))
    canvas.box((0, 52), (64, 64), ground)


def between(start: Pose, end: Pose, share: float) -> Pose:
    """The pose on the way from one to another, `share` from 0 to 1."""

    def mix(a: float, b: float) -> float:
        return a + (b - a) * share

    def mix_pair(a: tuple[Point, Point], b: tuple[Point, Point]) -> tuple[Point, Point]:
        return (
            (mix(a[0][0], b[0][0]), mix(a[0][1], b[0][1])),
            (mix(a[1][0], b[1][0]), mix(a[1][1], b[1][1])),
        )

    hip = (mix(start.hip[0], end.hip[0]), mix(start.hip[1], end.hip[1]))
    return Pose(hip, end.facing, mix(start.lean, end.lean), mix_pair(start.feet, end.feet),
                mix_pair(start.hands, end.hands))  # fmt: skip


Box = tuple[float, float, float, float]


def draw_action(
    canvas: Canvas,
    action: Action,
    looks: tuple[Look, Look],
    skins: tuple[int, int],
    *,
    instrument: str | None,
    artifact: str | None,
    jitter: Point = (0.0, 0.0),
    progress: float = 1.0,
) -> dict[str, Box]:
    """Draws an action and returns the boxes of "agent", "patient" and, where drawn, "artifact" and "instrument".

    Args:
        canvas: the picture, its setting already drawn.
        action: what happens.
        looks: agent and patient.
        skins: their skin tones, 0 to 3.
        instrument: the noun of the instrument, as in "stretcher".
        artifact: the thing handed over.
        jitter: how far the whole scene is moved, in units.
        progress: 0 is two people standing apart, 1 the action itself; clips go from one to the other.
    """
    staging = action.stage(instrument, artifact)
    shown = [staging.agent, staging.patient]
    if progress < 1.0:
        apart = [Pose((12, 45), staging.agent.facing), Pose((52, 45), staging.patient.facing)]
        if staging.agent.hip[0] > staging.patient.hip[0]:
            apart = [Pose((52, 45), staging.agent.facing), Pose((12, 45), staging.patient.facing)]
        shown = [between(start, end, progress) for start, end in zip(apart, shown, strict=True)]
    shown = [replace(pose, hip=(pose.hip[0] + jitter[0], pose.hip[1] + jitter[1])) for pose in shown]
    with_props = progress > 0.75
    if with_props:
        _draw_props(canvas, staging.behind, jitter)
    boxes: dict[str, Box] = {"agent": draw_person(canvas, looks[0], shown[0], skins[0])}
    boxes["patient"] = draw_person(canvas, looks[1], shown[1], skins[1])
    if with_props:
        _draw_props(canvas, staging.front, jitter)
        moved = {"artifact": staging.artifact_box, "instrument": staging.instrument_box if instrument else None}
        for name, box in moved.items():
            if box is not None:
                boxes[name] = (box[0] + jitter[0], box[1] + jitter[1], box[2] + jitter[0], box[3] + jitter[1])
    return boxes


def _draw_props(canvas: Canvas, props: list[Prop], jitter: Point) -> None:
    canvas.offset = jitter
    for prop in props:
        prop(canvas)
    canvas.offset = (0.0, 0.0)
