"""The verbs of video: name the action of a clip, measure that on many, and train the head that pools frames."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eventclip.cli.console import count_lines, progress, show_json
from eventclip.cli.models import ModelName, Output, Pretrained, check_replaceable, load, show_measured
from eventclip.cli.stages import Force, Json
from eventclip.errors import InputError

if TYPE_CHECKING:
    from eventclip_video.heads import TransformerHead


class Backend(StrEnum):
    """Who decodes clips."""

    AUTO = "auto"
    DECORD = "decord"
    PYAV = "pyav"


Head = Annotated[Path | None, typer.Option(help="The folder of a trained head; by default frames are averaged.")]
Frames = Annotated[int, typer.Option(min=1, help="Frames of a view.")]
Views = Annotated[int, typer.Option(min=1, help="Choices of frames whose probabilities are averaged.")]
BackendOption = Annotated[Backend, typer.Option(help="Who decodes; auto tries decord first.")]
Root = Annotated[Path | None, typer.Option(help="The folder that `video` is relative to; by default the file's own.")]

app = typer.Typer(help="Zero-shot action recognition with the image encoder unchanged.")


@app.command()
def classify(
    clip: Annotated[Path, typer.Argument(help="A video file, or a folder of frames.")],
    model: ModelName,
    labels: Annotated[Path, typer.Option(help="labels.txt: one class name a line.")],
    pretrained: Pretrained = None,
    head: Head = None,
    frames: Frames = 8,
    views: Views = 1,
    backend: BackendOption = Backend.AUTO,
    top: Annotated[int, typer.Option(min=1, help="How many labels to print.")] = 5,
    json: Json = False,
) -> None:
    """Name the action of one clip, from a list of labels."""
    from eventclip_video.classify import classify as stage

    names = _labels(labels)
    ranking = stage(
        clip,
        names,
        load(model, pretrained)[0],
        head=_head(head),
        num_frames=frames,
        num_views=views,
        backend=backend.value,
    )[:top]
    if json:
        show_json([{"label": label, "probability": probability} for label, probability in ranking])
    else:
        print("\n".join(f"{100 * probability:5.1f} %  {label}" for label, probability in ranking))


@app.command()
def evaluate(
    clips: Annotated[Path, typer.Argument(help="clips.jsonl: id, video and label on each line.")],
    model: ModelName,
    labels: Annotated[
        Path | None, typer.Option(help="labels.txt: the candidates; by default every label of the clips.")
    ] = None,
    pretrained: Pretrained = None,
    head: Head = None,
    frames: Frames = 8,
    views: Views = 1,
    backend: BackendOption = Backend.AUTO,
    root: Root = None,
    output: Output = None,
    json: Json = False,
) -> None:
    """Top-1 and top-5 over labelled clips, with the clips that do not decode."""
    from eventclip_video.classify import evaluate as measure

    check_replaceable(output, clips, labels)
    names = None if labels is None else _labels(labels)
    loaded, name = load(model, pretrained)
    with progress("evaluate", "clips", count_lines(clips)) as done:
        measured = measure(
            clips,
            loaded,
            labels=names,
            head=_head(head),
            num_frames=frames,
            num_views=views,
            backend=backend.value,
            root=root,
            on_clip=done.advance,
        )
    show_measured({**measured, "model": name}, output, json=json)


@app.command()
def train_head(
    clips: Annotated[Path, typer.Argument(help="clips.jsonl: id, video and label on each line.")],
    model: ModelName,
    out: Annotated[Path, typer.Option("--out", help="The folder to write the head into.")],
    labels: Annotated[
        Path | None, typer.Option(help="labels.txt: the candidates; by default every label of the clips.")
    ] = None,
    pretrained: Pretrained = None,
    frames: Frames = 8,
    views: Annotated[int, typer.Option(min=1, help="Random choices of frames of every clip.")] = 2,
    steps: Annotated[int, typer.Option(min=1, help="Steps of the optimiser.")] = 300,
    seed: Annotated[int, typer.Option(help="Seed of every random choice.")] = 0,
    backend: BackendOption = Backend.AUTO,
    root: Root = None,
    force: Force = False,
) -> None:
    """Train the head that pools frames, over a frozen model."""
    from eventclip.jsonl import check_output
    from eventclip_video.heads import WEIGHTS_FILE, save_head
    from eventclip_video.train_head import train_head as stage

    check_output(out / WEIGHTS_FILE, force=force)
    names = None if labels is None else _labels(labels)
    loaded, _ = load(model, pretrained)
    with progress("train-head", "clips", count_lines(clips)) as done:  # decoding is what takes long
        head = stage(
            clips,
            loaded,
            labels=names,
            num_frames=frames,
            num_views=views,
            num_steps=steps,
            seed=seed,
            backend=backend.value,
            root=root,
            on_clip=done.advance,
        )
    save_head(head, out)
    print(out)


def _labels(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise InputError(f"{path}: {reason}; expected a text file with one label a line") from error
    names = [line.strip() for line in lines if line.strip()]
    if not names:
        raise InputError(f"{path}: no label; expected a text file with one label a line")
    return names


def _head(folder: Path | None) -> "TransformerHead | None":
    if folder is None:
        return None
    from eventclip_video.heads import load_head

    return load_head(folder)
