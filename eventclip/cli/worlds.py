"""The verbs of EventScenes, the world that we draw ourselves: its pictures, and the whole chain run on them."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from eventclip.cli.console import progress


class World(StrEnum):
    """How the training part draws who does what to whom."""

    UNIFORM = "uniform"
    SKEWED = "skewed"


WorldOption = Annotated[World, typer.Option(help="uniform, or skewed: the test reverses the stereotypes of training.")]
Seed = Annotated[int, typer.Option(help="Seed of every random choice.")]


def scenes(
    out: Annotated[Path, typer.Option("--out", help="The folder to write.")],
    world: WorldOption = World.UNIFORM,
    num_train: Annotated[int, typer.Option(min=1, help="Training pictures.")] = 6_000,
    num_val: Annotated[int, typer.Option(min=0, help="Validation pictures.")] = 300,
    num_test: Annotated[int, typer.Option(min=0, help="Test pictures.")] = 1_000,
    num_clips: Annotated[int, typer.Option(min=0, help="Clips of each class.")] = 12,
    seed: Seed = 0,
) -> None:
    """Draw pictures and clips with captions and exact events."""
    from eventclip.datasets.scenes import write_world

    with progress("scenes", "pictures and clips") as done:
        write_world(
            out,
            world=world.value,
            num_train=num_train,
            num_val=num_val,
            num_test=num_test,
            num_clips=num_clips,
            seed=seed,
            on_scene=done.show,
        )
    print(out)


def run(
    out: Annotated[Path, typer.Option("--out", help="The folder of data, checkpoints and report.")] = Path("runs/main"),
    world: WorldOption = World.UNIFORM,
    smoke: Annotated[bool, typer.Option("--smoke", help="Everything small: the whole chain in two minutes.")] = False,
    seed: Seed = 0,
) -> None:
    """Run the whole chain on drawn scenes, down to its report."""
    from eventclip.cli.main_job import run as main_job

    main_job(out, world=world.value, smoke=smoke, seed=seed)
