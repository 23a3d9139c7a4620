"""EventScenes: a drawn world of people doing things to each other, with captions, exact events, roles and boxes.

48 participants and 14 actions give more than 27,000 combinations of event, agent and patient, so that a batch alone
does not teach who did what to whom. Validation and test keep whole combinations of event and participant pair out of
training. In the `skewed` world training shows stereotypes (officers arrest, farmers are arrested) and the test
reverses them. Every picture depends on the seed and its own number only.
"""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Literal

import numpy as np

from eventclip.datasets.actions import ACTIONS, SETTINGS, Action, Box, draw_action, draw_setting
from eventclip.datasets.captions import describe, write_caption
from eventclip.datasets.figures import CLOTHING, PROFESSIONS, UNITS, Canvas, Look
from eventclip.datasets.spread import spread
from eventclip.errors import UsageError, unknown_name
from eventclip.jsonl import write_records
from eventclip.records import CaptionRecord, EventsRecord

World = Literal["uniform", "skewed"]
Split = Literal["train", "val", "test"]
WORLDS: tuple[World, ...] = ("uniform", "skewed")
PICTURE_PIXELS = 64

# Who acts in the training pictures of the skewed world; everybody else is acted upon, and the test turns it round.
_USUAL_AGENTS: dict[str, frozenset[str]] = {
    **dict.fromkeys(("arrest", "chase", "strike"), frozenset({"police officer", "soldier", "chef"})),
    **dict.fromkeys(("treat", "vaccinate", "bandage", "photograph"), frozenset({"nurse", "firefighter", "chef"})),
    **dict.fromkeys(("carry", "push", "lift", "lead", "hand over"), frozenset({"firefighter", "farmer", "soldier"})),
}


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that a picture shows. `instrument` is the phrase, as in "on a stretcher"."""

    action: Action
    agent: Look
    patient: Look
    instrument: str | None
    artifact: str | None
    setting: str
    mirrored: bool
    jitter: tuple[float, float]
    skins: tuple[int, int]

    @property
    def instrument_noun(self) -> str | None:
        """The head of the instrument phrase."""
        return None if self.instrument is None else self.instrument.split()[-1]


def split_of(action: Action, one: Look, other: Look, seed: int) -> Split:
    """The split that an event between two participants belongs to, whoever of them acts: 80, 5 and 15 per cent."""
    pair = sorted(f"{look.colour} {look.profession}" for look in (one, other))
    share = zlib.crc32(f"{seed}/{action.name}/{pair[0]}/{pair[1]}".encode()) % 100
    return "train" if share < 80 else "val" if share < 85 else "test"


def draw_looks(action: Action, split: Split, world: World, seed: int, rng: np.random.Generator) -> tuple[Look, Look]:
    """An agent and a patient whose combination with the action belongs to the split."""
    usual = _USUAL_AGENTS.get(action.name) if world == "skewed" else None
    while True:
        agent, patient = (Look(str(rng.choice(list(CLOTHING))), str(rng.choice(PROFESSIONS))) for _ in range(2))
        if agent == patient or split_of(action, agent, patient, seed) != split:
            continue
        if usual is not None:
            stereotyped = agent.profession in usual and patient.profession not in usual
            reversed_ = agent.profession not in usual and patient.profession in usual
            if not (reversed_ if split == "test" else stereotyped):
                continue
        return agent, patient


def sample_scene(split: Split, world: World, seed: int, rng: np.random.Generator) -> Scene:
    """Draws what one picture shows."""
    action = ACTIONS[int(rng.integers(len(ACTIONS)))]
    agent, patient = draw_looks(action, split, world, seed, rng)
    instrument = None
    if action.instruments and rng.random() < 0.5:
        instrument = str(rng.choice(action.instruments))
    return Scene(
        action,
        agent,
        patient,
        instrument,
        str(rng.choice(action.artifacts)) if action.artifacts else None,
        str(rng.choice(list(SETTINGS))),
        bool(rng.random() < 0.5),
        (float(rng.uniform(-2, 2)), float(rng.uniform(-1, 1))),
        (int(rng.integers(4)), int(rng.integers(4))),
    )


def paint(canvas: Canvas, scene: Scene, rng: np.random.Generator, *, progress: float = 1.0) -> dict[str, Box]:
    """Draws a scene, mirrored where it says so, and returns the boxes of its parts in shares of the picture."""
    draw_setting(canvas, scene.setting, rng)
    boxes = draw_action(
        canvas, scene.action, (scene.agent, scene.patient), scene.skins, instrument=scene.instrument_noun,
        artifact=scene.artifact, jitter=scene.jitter, progress=progress,
    )  # fmt: skip
    if scene.mirrored:
        canvas.mirror()
        boxes = {name: (UNITS - x1, y0, UNITS - x0, y1) for name, (x0, y0, x1, y1) in boxes.items()}
    return {name: _shares(box) for name, box in boxes.items()}


def _shares(box: Box) -> Box:
    x0, y0, x1, y1 = (round(min(max(edge / UNITS, 0.0), 1.0), 4) for edge in box)
    return x0, y0, x1, y1


def make_picture(
    split: Split, number: int, *, world: World, seed: int, captions_per_picture: int
) -> tuple[Canvas, list[EventsRecord], np.random.Generator]:
    """One picture and its gold records, from the seed and its number alone.

    The first caption names both participants in full; the others may be vague about either.
    """
    rng = np.random.default_rng([seed, zlib.crc32(split.encode()), number])
    scene = sample_scene(split, world, seed, rng)
    canvas = Canvas(PICTURE_PIXELS)
    boxes = paint(canvas, scene, rng)
    records = []
    for index in range(captions_per_picture):
        agent, patient = (
            describe(look, rng, vague=index > 0 and rng.random() < 0.2) for look in (scene.agent, scene.patient)
        )
        caption, event = write_caption(
            scene.action, agent, patient, instrument=scene.instrument, artifact=scene.artifact,
            setting=scene.setting, boxes=boxes, rng=rng,
        )  # fmt: skip
        name = f"{split}-{number:06d}"
        records.append(
            EventsRecord(id=f"{name}-{index}", image=f"img/{name}.png", caption=caption, events=[event], primary="e0")
        )
    return canvas, records, rng


def write_split(
    folder: Path,
    split: Split,
    num_pictures: int,
    *,
    world: World,
    seed: int,
    captions_per_picture: int,
    num_processes: int = 1,
    on_scene: Callable[[], None] | None = None,
) -> None:
    """Writes `img/`, `captions.jsonl` (what the chain may read) and `gold.jsonl` (what only measurements may read)."""
    (folder / "img").mkdir(parents=True, exist_ok=True)
    write_picture = partial(
        _write_picture, folder, split, world=world, seed=seed, captions_per_picture=captions_per_picture
    )
    gold: list[EventsRecord] = []
    with spread(num_processes) as spread_out:
        for records in spread_out(write_picture, range(num_pictures)):
            gold += records
            if on_scene is not None:
                on_scene()
    write_records(folder / "captions.jsonl", _captions(gold))
    write_records(folder / "gold.jsonl", gold)


def _write_picture(folder: Path, split: Split, number: int, **options: Any) -> list[EventsRecord]:
    canvas, records, rng = make_picture(split, number, **options)
    canvas.finished(rng, noise=2.0).save(folder / f"img/{split}-{number:06d}.png", compress_level=1)
    return records


def _captions(gold: list[EventsRecord]) -> Iterator[CaptionRecord]:
    for record in gold:
        yield CaptionRecord(id=record.id, image=record.image, caption=record.caption)


def write_world(
    out: str | Path,
    *,
    world: World = "uniform",
    num_train: int = 6_000,
    num_val: int = 300,
    num_test: int = 1_000,
    num_clips: int = 12,
    captions_per_picture: int = 2,
    seed: int = 0,
    num_processes: int = 2,
    on_scene: Callable[[int, int], None] | None = None,
) -> Path:
    """Draws the world into a folder: `train/`, `val/`, `test/` and `clips/`.

    Args:
        out: the folder; it is made, and must not hold a world already.
        world: "uniform", or "skewed" for stereotypes in training that the test reverses.
        num_train: pictures to train on; likewise `num_val` and `num_test`.
        num_val: pictures to choose by.
        num_test: pictures to measure on.
        num_clips: clips of each class in the clip lists; 0 writes none.
        captions_per_picture: captions of each picture.
        seed: the world is a function of it.
        num_processes: processes that draw; the world is the same whatever their number.
        on_scene: called after each picture and each clip with how many are drawn, and of how many.

    Raises:
        UsageError: an unknown world, or a folder that holds one already.
    """
    from eventclip.datasets.clips import count_clips, write_clips

    out = Path(out)
    if world not in WORLDS:
        raise UsageError(unknown_name("world", world, WORLDS))
    if (out / "train").exists():
        raise UsageError(f"{out} holds a world already; name another folder or remove it")
    sizes: dict[Split, int] = {"train": num_train, "val": num_val, "test": num_test}
    done, total = count(1), sum(sizes.values()) + count_clips(num_clips)

    def advance() -> None:
        if on_scene is not None:
            on_scene(next(done), total)

    for split, size in sizes.items():
        write_split(
            out / split,
            split,
            size,
            world=world,
            seed=seed,
            captions_per_picture=captions_per_picture,
            num_processes=num_processes,
            on_scene=advance,
        )
    if num_clips:
        write_clips(
            out / "clips", num_clips=num_clips, world=world, seed=seed, num_processes=num_processes, on_clip=advance
        )
    return out
