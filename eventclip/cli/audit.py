"""The verb `audit`: how good texts are that others train and test on, without any model of pictures."""

from pathlib import Path
from typing import Annotated

import typer

from eventclip.cli.console import counted, progress, say, show_json
from eventclip.cli.models import Output, check_replaceable
from eventclip.cli.stages import Json, Ontology
from eventclip.errors import UsageError

app = typer.Typer(help="Measure texts without a model and without a picture.")


@app.callback()
def _audit() -> None:
    """Keeps `negatives` a command of its own, where typer would make an only one the verb itself."""


@app.command()
def negatives(
    pairs: Annotated[Path, typer.Argument(help="pairs.jsonl, SugarCrepe or VALSE JSON, NegCLIP TSV, or JSON lines.")],
    baseline: Annotated[Path | None, typer.Option(help="Another such file or folder, put beside it.")] = None,
    events: Annotated[Path | None, typer.Option(help="events.jsonl that our own pairs were made from.")] = None,
    ontology: Ontology = "news",
    seed: Annotated[int, typer.Option(help="Draws the folds, and what balancing drops.")] = 0,
    html: Annotated[Path | None, typer.Option(help="A page to write: table, worst pairs, words that tell.")] = None,
    output: Output = None,
    json: Json = False,
) -> None:
    """How well a blind model tells hard negatives, and what is wrong with them."""
    from eventclip.eval import audit_report
    from eventclip.eval.audit import audit

    check_replaceable(output, pairs, baseline, events)
    if html is not None and html.exists() and html.suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"{html} exists already and is no page; name another output or remove it")
    with progress("audit", "steps") as done:
        measured = audit(pairs, baseline=baseline, events=events, ontology=ontology, seed=seed, on_step=done.show)
    if output is not None:
        audit_report.write(output, measured)
    if html is not None:
        audit_report.write_page(html, measured)
    if json:
        show_json(measured)
    else:
        print(audit_report.markdown(measured))
    for one in (measured, measured.get("baseline", {})):
        if broken := one.get("broken"):
            say(f"{one['file']}: {counted(len(broken), 'line')} set aside; the first: {broken[0]}")
