"""What a measurement leaves behind: versioned result records with n and interval, as JSON and as a Markdown table."""

import json
import subprocess
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import eventclip
from eventclip.errors import UsageError
from eventclip.eval.intervals import proportion_interval
from eventclip.jsonl import write_json

RESULTS_SCHEMA = "eventclip/results/1"


@dataclass(frozen=True, slots=True)
class Result:
    """One number.

    `task` carries the version of the measurement ("grounding/1"), `n` is the number of trials, `low` and `high` bound
    the 95 % interval, and `chance` is what guessing scores (None where guessing means nothing).
    """

    task: str
    metric: str
    value: float
    n: int
    low: float
    high: float
    chance: float | None = None


def share(
    task: str, metric: str, hits: Sequence[bool], clusters: Sequence[Hashable], *, chance: float | None = None
) -> Result:
    """The share of hits as a result record; there must be at least one trial."""
    low, high = proportion_interval(hits, clusters)
    return Result(task, metric, sum(hits) / len(hits), len(hits), low, high, chance)


def document(task: str, results: Iterable[Result], **context: Any) -> dict[str, Any]:
    """The JSON document of one measurement.

    Args:
        task: the versioned name of the measurement.
        results: its numbers.
        context: what the numbers depend on (model, file, template style) and what else the measurement found out.
    """
    return {
        "schema": RESULTS_SCHEMA,
        "task": task,
        "version": version("eventclip"),
        "git_sha": git_sha(),
        **context,
        "results": [asdict(result) for result in results],
    }


def git_sha() -> str | None:
    """The commit that this code stands at, with `-dirty` where files differ from it; None outside a checkout."""
    package = Path(eventclip.__file__).parent
    # The first command fails for an installed package that only lies inside somebody else's repository.
    commands = [
        ["ls-files", "--error-unmatch", "__init__.py"],
        ["describe", "--always", "--dirty", "--exclude=*", "--abbrev=40"],
    ]
    try:
        outputs = [
            subprocess.run(
                ["git", *command], cwd=package, capture_output=True, text=True, check=True, timeout=10
            ).stdout
            for command in commands
        ]
    except (OSError, subprocess.SubprocessError):
        return None
    return outputs[-1].strip()


def write(path: str | Path, measured: dict[str, Any]) -> None:
    """Writes the document to `path` as JSON, and its table beside it under the same name ending in `.md`."""
    path = Path(path)
    write_json(path, measured)
    path.with_suffix(".md").write_text(markdown(measured), encoding="utf-8")


def check_replaceable(path: Path, *inputs: Path | None) -> None:
    """That nothing but results of before stands where results are to be written.

    Raises:
        UsageError: one of the inputs would be replaced, or a file that holds no results.
    """
    for one in (path, path.with_suffix(".md")):
        if one.is_dir() or (one.exists() and not one.is_file()):
            raise UsageError(f"{one} is no regular file; expected the name of a file to write")
        if any(other is not None and one.exists() and other.exists() and one.samefile(other) for other in inputs):
            raise UsageError(f"{one} is an input; name another output")
    if path.exists() and not _holds_results(path):
        raise UsageError(f"{path} exists already and holds no results of before; name another output or remove it")
    if not path.exists() and path.with_suffix(".md").exists():
        raise UsageError(f"{path.with_suffix('.md')} exists already, where the table would stand; name another output")


def _holds_results(path: Path) -> bool:
    try:
        found = json.loads(path.read_text(encoding="utf-8") or "{}")
    except ValueError:
        return False
    return isinstance(found, dict) and (not found or "task" in found)


def markdown(measured: dict[str, Any]) -> str:
    """The numbers of a document as a Markdown table, in per cent, with what they depend on above it."""
    context = [
        f"{key}: {measured[key]}" for key in ("model", "file", "style", "git_sha") if measured.get(key) is not None
    ]
    rows = [
        f"| {result['metric']} | {100 * result['value']:.1f} | {100 * result['low']:.1f}–{100 * result['high']:.1f} "
        f"| {result['n']:,} | {'' if result['chance'] is None else format(100 * result['chance'], '.1f')} |"
        for result in measured["results"]
    ]
    head = ["| metric | % | 95 % interval | n | chance |", "|---|---:|---:|---:|---:|"]
    return "\n".join([f"### {measured['task']}", "", *([" · ".join(context), ""] if context else []), *head, *rows, ""])
