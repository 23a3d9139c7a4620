"""The verbs of a model: `train` from a recipe, and `eval` against what is right."""

import itertools
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eventclip.cli.console import counted, progress, say, show_json
from eventclip.cli.live import live_view
from eventclip.cli.stages import Force, Json, Ontology
from eventclip.errors import UsageError

if TYPE_CHECKING:
    from eventclip.models import ClipModel

ModelName = Annotated[str, typer.Option("--model", help="A checkpoint folder, or a name that open_clip knows.")]
Pretrained = Annotated[str | None, typer.Option(help="open_clip's tag of pretrained weights, for a name.")]
Images = Annotated[Path | None, typer.Option(help="The folder that `image` is relative to; by default the file's own.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="The results.json to write, a table beside it.")]

evaluations = typer.Typer(help="Measure a model, or extraction, against what is right.")


def train(
    recipe: Annotated[Path | None, typer.Argument(help="A recipe, as in scripts/recipes.")] = None,
    config: Annotated[
        Path | None, typer.Option("--config", help="The same; runs/x/config.yaml repeats that run, beside it.")
    ] = None,
    overrides: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change one key of the recipe; repeatable.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="The run folder; by default the recipe's own.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where a stopped run stood.")] = False,
) -> None:
    """Fine-tune a model on pairs.jsonl, as a recipe says. Under torchrun, on several accelerators."""
    named = [path for path in (recipe, config) if path is not None]
    if len(named) != 1:
        raise UsageError("expected one recipe: `eventclip train recipe.yaml`, or `--config runs/x/config.yaml`")
    from eventclip.train import train as fine_tune

    if out is None and not resume:
        out = _beside(named[0])
    with live_view() as on_step:
        run = fine_tune(named[0], overrides=overrides, out=out, resume=resume, on_step=on_step)
    if os.environ.get("RANK", "0") == "0":  # torchrun's processes would each say it
        print(run)


def _beside(recipe: Path) -> Path | None:
    """The folder of a repetition: that of the run with the next free number, where the recipe is a run's own."""
    run = recipe.parent
    if recipe.name != "config.yaml" or not (run / "metrics.jsonl").exists():
        return None
    number = next(number for number in itertools.count(2) if not run.with_name(f"{run.name}-{number}").exists())
    again = run.with_name(f"{run.name}-{number}")
    say(f"repeating {run} into {again}")
    return again


def plot(
    runs: Annotated[list[Path], typer.Argument(help="Run folders, as in runs/*.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The picture to write: .png, .svg or .pdf.")],
    force: Force = False,
) -> None:
    """Draw the curves of training runs side by side: losses, rates, speed, and what was measured on the way."""
    from eventclip.jsonl import check_output
    from eventclip.train.curves import draw

    print(draw(runs, check_output(output, force=force)))


@evaluations.command()
def grounding(
    events: Annotated[Path, typer.Argument(help="events.jsonl of held-out pictures.")],
    model: ModelName,
    pretrained: Pretrained = None,
    images: Images = None,
    ontology: Ontology = "news",
    pairs: Annotated[Path | None, typer.Option(help="pairs.jsonl of the same pictures: their hard negatives.")] = None,
    output: Output = None,
    json: Json = False,
) -> None:
    """Tell a picture's event, and who does what, from near misses."""
    from eventclip.eval.grounding import grounding as measure

    check_replaceable(output, events, pairs)
    loaded, name = load(model, pretrained)
    with progress("grounding", "texts and pictures") as done:
        measured = measure(
            loaded, events, model_name=name, images=images, ontology=ontology, pairs=pairs, on_batch=done.show
        )
    show_measured(measured, output, json=json)


@evaluations.command()
def negatives(
    pairs: Annotated[Path, typer.Argument(help="pairs.jsonl of held-out pictures.")],
    model: ModelName,
    pretrained: Pretrained = None,
    images: Images = None,
    output: Output = None,
    json: Json = False,
) -> None:
    """Tell what is true of a picture from its hard negatives, caption by caption."""
    from eventclip.eval.hard_negatives import hard_negatives as measure

    check_replaceable(output, pairs)
    loaded, name = load(model, pretrained)
    with progress("negatives", "texts and pictures") as done:
        measured = measure(loaded, pairs, model_name=name, images=images, on_batch=done.show)
    show_measured(measured, output, json=json)


@evaluations.command()
def retrieval(
    captions: Annotated[Path, typer.Argument(help="captions.jsonl (or events, or pairs) of held-out pictures.")],
    model: ModelName,
    pretrained: Pretrained = None,
    images: Images = None,
    output: Output = None,
    json: Json = False,
) -> None:
    """Recall at 1, 5 and 10 from picture to caption and back."""
    from eventclip.eval.retrieval import retrieval as measure

    check_replaceable(output, captions)
    loaded, name = load(model, pretrained)
    with progress("retrieval", "texts and pictures") as done:
        measured = measure(loaded, captions, model_name=name, images=images, on_batch=done.show)
    show_measured(measured, output, json=json)


@evaluations.command()
def extraction(
    gold: Annotated[Path, typer.Argument(help="What is right: events.jsonl, M2E2, WikiEvents, RAMS, GENEVA, OneIE.")],
    predicted: Annotated[Path, typer.Argument(help="What was found in the same texts: events.jsonl, OneIE's output.")],
    mapping: Annotated[
        str | None, typer.Option(help="Compare in the types of m2e2, ace, kairos or rams; as named by default.")
    ] = None,
    depicted_only: Annotated[
        bool, typer.Option("--depicted-only", help="Leave out predicted events that the picture need not show.")
    ] = False,
    types: Annotated[
        list[str] | None, typer.Option("--type", help="Count this event type only; repeatable. All by default.")
    ] = None,
    output: Output = None,
    json: Json = False,
) -> None:
    """Precision, recall and F1 of extracted triggers and arguments."""
    from eventclip.eval.extraction import score

    check_replaceable(output, gold, predicted)
    measured = score(gold, predicted, depicted_only=depicted_only, types=types or None, mapping=mapping)
    show_measured(measured, output, json=json)


def check_replaceable(output: Path | None, *inputs: Path | None) -> None:
    """That results may be written, before anything is measured: over results of before, and over nothing else."""
    from eventclip.eval import results

    if output is not None:
        results.check_replaceable(output, *inputs)


def load(model: str, pretrained: str | None) -> "tuple[ClipModel, str]":
    """The model that the options name, on the accelerator where there is one, and what results call it."""
    import torch

    from eventclip.models import load_model

    device = "cuda" if torch.cuda.is_available() else "cpu"
    name = model if pretrained is None else f"{model} {pretrained}"
    return load_model(model, pretrained=pretrained, device=device), name


def show_measured(measured: dict[str, Any], output: Path | None, *, json: bool) -> None:
    """Writes a result document to `output`, where one is named, and prints it as a table or as JSON.

    Pictures and clips that could not be read are reported once, on stderr.
    """
    from eventclip.eval import results

    if output is not None:
        results.write(output, measured)
    if json:
        show_json(measured)
    else:
        print(results.markdown(measured))
    if broken := measured.get("broken"):
        first = broken[0] if isinstance(broken[0], str) else f"{broken[0]['where']}: {broken[0]['reason']}"
        say(f"{counted(len(broken), 'input')} set aside; the first: {first}")
