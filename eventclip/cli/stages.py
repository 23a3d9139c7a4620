"""The verbs that turn one JSON-lines file into the next, and the one that checks any of them."""

from pathlib import Path
from typing import Annotated

import typer

from eventclip.cli.console import count_lines, progress, say, show_json, show_stage
from eventclip.errors import EXIT_REJECTED, UsageError

Strict = Annotated[bool, typer.Option("--strict", help="Stop at the first bad line instead of setting it aside.")]
Force = Annotated[bool, typer.Option("--force", help="Replace an output that exists.")]
Ontology = Annotated[str, typer.Option(help="Event types: news, ace, imsitu, or the path of your own YAML file.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON, for machines.")]


def extract(
    captions: Annotated[
        Path | None, typer.Argument(help="captions.jsonl: id, image and caption on each line.", show_default=False)
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The events.jsonl to write.")] = None,
    explain: Annotated[
        str | None, typer.Option(help="Instead of a file: one caption, whose events and rules are shown.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="With --explain: draw the event graph into this page.")] = None,
    ontology: Ontology = "news",
    pipeline: Annotated[
        str | None, typer.Option(help="A spaCy pipeline by name or folder; the bundled English one by default.")
    ] = None,
    extractor: Annotated[
        str, typer.Option(help="Who finds the events: spacy, jsonl:FILE, oneie:FILE, or your own package.function.")
    ] = "spacy",
    min_confidence: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Drop events below; those of doubtful triggers by default, none with 0."),
    ] = None,
    processes: Annotated[int, typer.Option(min=1, help="Processes that parse; small files take one.")] = 2,
    batch_size: Annotated[int, typer.Option(min=1, help="Captions that a worker parses at a time.")] = 256,
    shard: Annotated[
        str, typer.Option(help="I/N: only the I-th of N parts of the file; all outputs joined are that of the whole.")
    ] = "1/1",
    strict: Strict = False,
    force: Force = False,
) -> None:
    """Find typed events in captions: captions.jsonl -> events.jsonl."""
    least = {} if min_confidence is None else {"min_confidence": min_confidence}
    if explain is not None:
        if captions is not None or output is not None or extractor != "spacy":
            raise UsageError("--explain takes one caption and our own extractor: leave out the files and --extractor")
        _explain(explain, ontology, pipeline, html, least, force=force)
        return
    if html is not None:
        raise UsageError("--html draws the event graph of one caption: expected --explain 'a caption' with it")
    if captions is None or output is None:
        raise UsageError("expected `extract captions.jsonl --output events.jsonl`, or `extract --explain 'a caption'`")
    part, _, parts = shard.partition("/")
    if not (part.isdecimal() and parts.isdecimal()):
        raise UsageError(f"--shard is {shard!r}; expected I/N, as in 2/8 for the second of eight parts")
    from eventclip_extract.extract import extract as stage

    with progress("extract", total=count_lines(captions)) as done:
        report = stage(
            captions,
            output,
            ontology=ontology,
            pipeline=pipeline,
            extractor=extractor,
            num_processes=processes,
            batch_size=batch_size,
            shard=(int(part), int(parts)),
            strict=strict,
            force=force,
            on_record=done.advance,
            **least,
        )
    show_stage(report)


def _explain(
    caption: str, ontology: str, pipeline: str | None, html: Path | None, least: dict[str, float], *, force: bool
) -> None:
    from rich.console import Console

    from eventclip.jsonl import atomic_write, check_output
    from eventclip_extract.explain import explain, to_console, to_html
    from eventclip_extract.extract import Extractor

    page = None if html is None else check_output(html, force=force)
    found = explain(caption, Extractor(ontology, pipeline, **least))
    Console().print(to_console(found))
    if page is not None:
        with atomic_write(page) as stream:
            stream.write(to_html(found.record))
        print(page)


def negatives(
    events: Annotated[Path, typer.Argument(help="events.jsonl, as `extract` writes it.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The pairs.jsonl to write.")],
    ontology: Ontology = "news",
    seed: Annotated[int, typer.Option(help="Seed of every random choice.")] = 0,
    num_event: Annotated[int, typer.Option(min=0, help="Negatives with another event, for each base text.")] = 3,
    num_role: Annotated[int, typer.Option(min=0, help="Negatives with exchanged roles, for each base text.")] = 2,
    num_argument: Annotated[int, typer.Option(min=0, help="Negatives with another argument, for each base text.")] = 1,
    confusion: Annotated[
        Path | None, typer.Option(help="JSON of type -> {type: count}: what a model confuses is preferred.")
    ] = None,
    refine: Annotated[
        bool, typer.Option("--refine", help="Leave out the negatives that give themselves away, by blind models.")
    ] = False,
    processes: Annotated[int, typer.Option(min=1, help="Processes that make them; small files take one.")] = 2,
    styles: Annotated[
        str, typer.Option(help="How texts are put: caption, paraphrase, single, composed, roles, anonymous (commas).")
    ] = "caption,single",
    improbable: Annotated[
        bool, typer.Option("--improbable", help="Parts, too, that the corpus never shows: for tests, not for training.")
    ] = False,
    strict: Strict = False,
    force: Force = False,
) -> None:
    """Make hard negatives from events: events.jsonl -> pairs.jsonl."""
    from eventclip_extract.negatives import negatives as stage

    with progress("negatives", total=count_lines(events)) as done:
        report = stage(
            events,
            output,
            ontology=ontology,
            seed=seed,
            num_event=num_event,
            num_role=num_role,
            num_argument=num_argument,
            confusion=confusion,
            num_processes=processes,
            styles=[style.strip() for style in styles.split(",")],
            improbable=improbable,
            strict=strict,
            force=force,
            on_record=done.advance,
        )
    show_stage(report)
    if refine:
        _refine(output, seed)


def _refine(pairs: Path, seed: int) -> None:
    from eventclip_extract.blind import FEWEST_PAIRS
    from eventclip_extract.refine import refine

    with progress("refine") as done:
        kept = refine(pairs, pairs, seed=seed, on_round=done.advance)
    for one in kept:
        share = one.num_kept / one.num_made
        print(f"{one.kind} on {one.base}: {one.num_kept:,} of {one.num_made:,} kept ({share:.1%})")
        if one.num_made < FEWEST_PAIRS:
            few = f"too few pairs for a verdict: {one.num_made}; expected at least {FEWEST_PAIRS}"
            say(f"{one.kind} on {one.base}: {few}")


def shard(
    pairs: Annotated[Path, typer.Argument(help="pairs.jsonl, or captions.jsonl.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder to write 00000.tar and so on to.")],
    size: Annotated[int, typer.Option(min=1, help="Pictures in a shard.")] = 1000,
    images: Annotated[
        Path | None, typer.Option(help="The folder that `image` is relative to; by default the file's own.")
    ] = None,
) -> None:
    """Pack pictures and their records into tar shards, which `train` reads as data.pairs."""
    from eventclip.datasets.write_shards import shard as stage

    show_stage(stage(pairs, output, size=size, images=images), noun="picture")


def validate(
    file: Annotated[Path, typer.Argument(help="captions.jsonl, events.jsonl or pairs.jsonl.")],
    images: Annotated[
        Path | None, typer.Option(help="The folder that `image` is relative to; by default the file's own.")
    ] = None,
    json: Json = False,
) -> None:
    """Check every line of a file and count what is in it."""
    from eventclip.validate import validate as check

    contents = check(file, images=images)
    if json:
        show_json(contents.to_dict())
    else:
        print(contents.to_text())
    if contents.problems:
        raise typer.Exit(EXIT_REJECTED)
