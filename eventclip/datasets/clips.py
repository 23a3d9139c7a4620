"""Short EventScenes clips (H.264 in MP4) in which the action happens over time, and the lists that name them.

`test.jsonl` has four groups: "seen events" (the picture's actions, in motion), "unseen compositions" (event and
instrument that never occur together in training pictures, told from each other), the same "among seen ones too", and
"temporal" (pairs whose frames are the same and only their order differs). `train.jsonl` holds temporal pairs alone,
for training a temporal head; nothing else reads it.
"""

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from eventclip.datasets.actions import ACTIONS, SETTINGS, draw_setting
from eventclip.datasets.captions import template_label
from eventclip.datasets.figures import Canvas, Look, Pose, draw_person
from eventclip.datasets.props import ARTIFACTS, GROUND, draw_artifact
from eventclip.datasets.spread import spread
from eventclip.jsonl import atomic_write, write_records
from eventclip.records import ClipRecord

if TYPE_CHECKING:
    from eventclip.datasets.scenes import Scene, World

CLIP_PIXELS = 96
FRAMES_PER_SECOND = 10


def write_video(path: Path, frames: list[Image.Image], *, frames_per_second: int = FRAMES_PER_SECOND) -> None:
    """Writes frames of one size (even width and height) as H.264 in MP4, atomically."""
    import av

    with atomic_write(path, "wb") as stream, av.open(stream, "w", format="mp4") as container:
        codec = container.add_stream("libx264", rate=Fraction(frames_per_second))
        codec.width, codec.height = frames[0].size
        codec.pix_fmt = "yuv420p"
        codec.options = {"crf": "14", "preset": "veryfast"}
        for frame in frames:
            container.mux(codec.encode(av.VideoFrame.from_image(frame)))
        container.mux(codec.encode(None))


@dataclass(frozen=True, slots=True)
class _Task:
    """One clip of an action, with the candidates that it is classified among, or one pair of temporal clips."""

    split: str
    kind: str
    number: int
    phrase: str | None = None
    group: str = "temporal"
    labels: tuple[str, ...] = ()


def write_clips(
    out: Path,
    *,
    num_clips: int,
    world: "World",
    seed: int,
    num_processes: int = 1,
    on_clip: Callable[[], None] | None = None,
) -> None:
    """Writes the clips of every class and the two lists that name them.

    Args:
        out: the folder; clips go to `out/video`.
        num_clips: test clips of each class; three times as many of each unseen composition, and of each temporal pair
            for training.
        world: as for the pictures; participants are drawn as in its test split.
        seed: clips are a function of it.
        num_processes: processes that draw.
        on_clip: called after each clip.
    """
    (out / "video").mkdir(parents=True, exist_ok=True)
    with spread(num_processes) as spread_out:
        for split in ("train", "test"):
            records: list[ClipRecord] = []
            for written in spread_out(partial(_write, out, world, seed), _tasks(split, num_clips)):
                records += written
                for _ in {record.video for record in written}:
                    if on_clip is not None:
                        on_clip()
            write_records(out / f"{split}.jsonl", records)


def count_clips(num_clips: int) -> int:
    """How many clips `write_clips` draws."""
    tasks = [task for split in ("train", "test") for task in _tasks(split, num_clips)]
    return sum(2 if task.group == "temporal" else 1 for task in tasks)


def _tasks(split: str, num_clips: int) -> Iterator[_Task]:
    if split == "test":
        events = tuple(template_label(action) for action in ACTIONS)
        unseen = [action for action in ACTIONS if action.unseen_instruments]
        unseen_labels = tuple(template_label(a, phrase) for a in unseen for phrase in a.unseen_instruments)
        for number in range(num_clips):
            for action in ACTIONS:
                yield _Task(split, action.name, number, group="seen events", labels=events)
        for number in range(3 * num_clips):
            for action in unseen:
                for phrase in action.unseen_instruments:
                    yield _Task(split, action.name, number, phrase, "unseen compositions", unseen_labels)
    for number in range(num_clips if split == "test" else 3 * num_clips):
        for kind in _MOMENTS:
            yield _Task(split, kind, number)


def _write(out: Path, world: "World", seed: int, task: _Task) -> list[ClipRecord]:
    rng = np.random.default_rng(
        [seed, zlib.crc32(f"clip/{task.split}/{task.kind}/{task.phrase}/{task.group}".encode()), task.number]
    )
    if task.group == "temporal":
        clips = list(_temporal_pair(task, seed, rng))
    else:
        scene = _scene(task.kind, task.phrase, world, seed, rng)
        name = "-".join([task.split, task.kind.replace(" ", "-"), (task.phrase or "plain").split()[-1]])
        label = template_label(scene.action, task.phrase)
        clips = [(_record(f"{name}-{task.number:03d}", label, task.labels, task.group), _action_frames(scene, rng))]
    for record, frames in clips:
        write_video(out / record.video, frames)
    return [*(record for record, _ in clips), *(_generalised(record) for record, _ in clips if task.phrase)]


def _generalised(record: ClipRecord) -> ClipRecord:
    """The same clip among the compositions that training did show as well, which draw every answer to themselves."""
    unseen = [action for action in ACTIONS if action.unseen_instruments]
    labels = [template_label(a, phrase) for a in unseen for phrase in (*a.instruments, *a.unseen_instruments)]
    changes = {"id": f"{record.id}-all", "labels": labels, "group": "unseen compositions, among seen ones too"}
    return record.model_copy(update=changes)


def _record(name: str, label: str, labels: Sequence[str], group: str) -> ClipRecord:
    return ClipRecord(id=name, video=f"video/{name}.mp4", label=label, labels=list(labels), group=group)


def _scene(action_name: str, phrase: str | None, world: "World", seed: int, rng: np.random.Generator) -> "Scene":
    from eventclip.datasets.scenes import draw_looks, sample_scene

    action = next(action for action in ACTIONS if action.name == action_name)
    agent, patient = draw_looks(action, "test", world, seed, rng)
    artifact = str(rng.choice(action.artifacts)) if action.artifacts else None
    return replace(sample_scene("test", world, seed, rng), action=action, agent=agent, patient=patient,
                   instrument=phrase, artifact=artifact)  # fmt: skip


def _num_frames(rng: np.random.Generator) -> int:
    return int(rng.integers(2 * FRAMES_PER_SECOND, 3 * FRAMES_PER_SECOND + 1))


def _action_frames(scene: "Scene", rng: np.random.Generator) -> list[Image.Image]:
    """Two people come together, and it happens: a third of the clip is approach, the rest the action, swaying."""
    from eventclip.datasets.scenes import paint

    num_frames, setting_seed, frames = _num_frames(rng), int(rng.integers(2**31)), []
    for frame in range(num_frames):
        moment = frame / (num_frames - 1)
        sway = 1.2 * np.sin(2 * np.pi * 2 * moment)
        shown = replace(scene, jitter=(scene.jitter[0] + float(sway), scene.jitter[1]))
        canvas = Canvas(CLIP_PIXELS)
        paint(canvas, shown, np.random.default_rng(setting_seed), progress=min(1.0, moment / 0.33))
        frames.append(canvas.finished(rng, noise=1.0))
    return frames


def _temporal_pair(task: _Task, seed: int, rng: np.random.Generator) -> Iterator[tuple[ClipRecord, list[Image.Image]]]:
    """Two clips with the same frames, one of them running backwards, and the sentence that is true of each."""
    from eventclip.datasets.scenes import draw_looks

    hand_over = next(action for action in ACTIONS if action.name == "hand over")
    one, other = draw_looks(hand_over, "train" if task.split == "train" else "test", "uniform", seed, rng)
    skins = (int(rng.integers(4)), int(rng.integers(4)))
    artifact, setting = str(rng.choice(ARTIFACTS)), str(rng.choice(list(SETTINGS)))
    num_frames, setting_seed, mirrored = _num_frames(rng), int(rng.integers(2**31)), bool(rng.random() < 0.5)
    first, second = (f"a {look.profession} in {look.colour}" for look in (one, other))
    sentences = {
        "pick up": (f"{first} picks up a {artifact}.", f"{first} puts down a {artifact}."),
        "arrive": (f"{first} arrives at a house.", f"{first} leaves a house."),
        "hand over": (f"{first} hands a {artifact} to {second}.", f"{second} hands a {artifact} to {first}."),
    }[task.kind]
    labels = [sentence[0].upper() + sentence[1:] for sentence in sentences]
    frames = []
    for frame in range(num_frames):
        canvas = Canvas(CLIP_PIXELS)
        draw_setting(canvas, setting, np.random.default_rng(setting_seed))
        _MOMENTS[task.kind](canvas, (one, other), skins, artifact, frame / (num_frames - 1))
        if mirrored:
            canvas.mirror()
        frames.append(canvas.finished(rng, noise=1.0))
    for direction, (label, shown) in enumerate(zip(labels, (frames, frames[::-1]), strict=True)):
        name = f"{task.split}-{task.kind.replace(' ', '-')}-{task.number:03d}-{('forward', 'backward')[direction]}"
        yield _record(name, label, labels, task.group), shown


def _picking_up(canvas: Canvas, looks: tuple[Look, Look], skins: tuple[int, int], artifact: str, moment: float) -> None:
    """One person bends to a thing on the ground and stands up with it."""
    down, up = min(1.0, moment / 0.45), max(0.0, (moment - 0.45) / 0.55)
    bend = down * (1.0 - up)
    thing = (40.0 - 6.0 * up, GROUND - 4.0 - 18.0 * up)
    hip = (24.0 + 4.0 * bend, 45.0)
    hand = (thing[0] - hip[0] - 3.0, thing[1] - hip[1]) if moment >= 0.4 else (6.0 + 6.0 * down, -2.0 + 10.0 * down)
    draw_person(canvas, looks[0], Pose(hip, 1, 62.0 * bend, hands=(hand, (hand[0] + 0.5, hand[1] - 2.0))), skins[0])
    draw_artifact(canvas, artifact, thing)


def _arriving(canvas: Canvas, looks: tuple[Look, Look], skins: tuple[int, int], artifact: str, moment: float) -> None:
    """One person comes nearer to a house; his feet tell nothing about the way he goes."""
    canvas.box((42, 24), (63, GROUND), (200, 90, 60))
    canvas.polygon([(39, 24), (52.5, 10), (66, 24)], (110, 50, 40))
    canvas.box((49, 42), (57, GROUND), (80, 50, 30))
    stride = 4.0 * float(np.sin(moment * 14.0))
    pose = Pose((8.0 + 28.0 * moment, 45.0), 1, 0.0, ((-stride, 13.0), (stride, 13.0)), ((-4.0, -1.0), (4.0, -1.0)))
    draw_person(canvas, looks[0], pose, skins[0])


def _handing_over(
    canvas: Canvas, looks: tuple[Look, Look], skins: tuple[int, int], artifact: str, moment: float
) -> None:
    """A thing goes from the hands of one person to those of the other."""
    where = (24.0 + 17.0 * min(1.0, max(0.0, (moment - 0.2) / 0.6)), 38.0)
    for number, (x, facing) in enumerate(((13.0, 1), (52.0, -1))):
        reach = min(abs(where[0] - x) - 4.0, 15.0)
        hands = ((reach, -6.0), (reach, -8.0)) if reach < 15.0 else ((9.0, -4.0), (9.0, -7.0))
        draw_person(canvas, looks[number], Pose((x, 45.0), facing, 4.0, hands=hands), skins[number])
    draw_artifact(canvas, artifact, where)


_MOMENTS = {"pick up": _picking_up, "arrive": _arriving, "hand over": _handing_over}
