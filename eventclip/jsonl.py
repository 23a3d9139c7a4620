"""JSON-lines files read and written safely: bad lines are reported and set aside, outputs appear whole or not at all.

`run_stage` is the frame that every stage of the chain runs in: one record in, one record out or one rejection, with
a partial file that an interrupted run continues from.
"""

import hashlib
import json
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, TypeVar

import jsonlines
from pydantic import BaseModel, ValidationError

from eventclip import __version__
from eventclip.errors import InputError, UsageError

log = logging.getLogger(__name__)

In = TypeVar("In", bound=BaseModel)
R = TypeVar("R", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Rejection:
    """A piece of input that was set aside. `where` is `file:line`; `raw` is the line or the id it carries."""

    where: str
    reason: str
    raw: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"


@dataclass(slots=True)
class StageReport:
    """What a stage did: how many records it wrote, how many it found done already, and what it set aside."""

    output: Path
    num_written: int = 0
    num_resumed: int = 0
    rejections: list[Rejection] = field(default_factory=list)
    rejects_file: Path | None = None

    @property
    def num_records(self) -> int:
        """All the records of the output file."""
        return self.num_written + self.num_resumed


def read_records(
    path: str | Path, model: type[R], *, strict: bool = False, rejections: list[Rejection] | None = None
) -> Iterator[R]:
    """Yields the records of a JSON-lines file, one validated model a line.

    Args:
        path: the file; blank lines are passed over.
        model: the pydantic model that a line must satisfy.
        strict: stop at the first bad line instead of setting it aside.
        rejections: the list that bad lines are added to; without one they are logged.

    Raises:
        InputError: the file is missing or has no line at all, or a line is bad and `strict` is set.
    """
    path = Path(path)
    _check_input(path)
    if path.stat().st_size == 0:
        raise InputError(f"{path}: the file is empty; expected JSON lines, one object a line")
    first_line: dict[str, int] = {}
    with path.open("rb") as stream:
        for line_number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                record = _parse(line, model)
                key = getattr(record, "id", None)
                if key is not None and first_line.setdefault(key, line_number) != line_number:
                    raise ValueError(
                        f"id {key!r} stands on line {first_line[key]} already; expected another one a line"
                    )
            except RecursionError:
                _set_aside(Rejection(f"{path}:{line_number}", "line is nested too deeply"), strict, rejections)
                continue
            except ValueError as error:  # also the reader's own InvalidLineError and pydantic's ValidationError
                text = line.decode(errors="replace").strip()
                _set_aside(Rejection(f"{path}:{line_number}", _reason(error), text[:2_000]), strict, rejections)
                continue
            yield record


def _check_input(path: Path) -> None:
    expected = "expected JSON lines, one object a line"
    if path.is_dir():
        raise InputError(f"{path} is a folder; {expected}")
    if path.exists() and not path.is_file():
        raise InputError(f"{path} is no regular file; {expected}, in a file that can be read more than once")
    if not path.is_file():
        raise InputError(f"{path}: no such file; {expected}")


def _parse(line: bytes, model: type[R]) -> R:
    """The record of a line; what pydantic's own parser refuses is read once more, for a reason that can be told."""
    try:
        return model.model_validate_json(line)
    except ValueError:
        raw = jsonlines.Reader([line]).read(type=dict)
        json.dumps(raw, ensure_ascii=False).encode()  # half a surrogate pair could be read but never be written
        return model.model_validate(raw)


def _reason(error: ValueError) -> str:
    if isinstance(error, jsonlines.InvalidLineError):
        return str(error.args[0]).split(" (line ")[0]
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"{place}: {message}{more}" if place else f"{message}{more}"


def _set_aside(rejection: Rejection, strict: bool, rejections: list[Rejection] | None) -> None:
    if strict:
        raise InputError(f"{rejection}; mend the line, or leave out --strict to set such lines aside")
    if rejections is None:
        log.warning("set aside %s", rejection)
    else:
        rejections.append(rejection)


def to_json(record: BaseModel) -> dict[str, Any]:
    """A record as the plain object that is written to a file, with `schema` first."""
    raw = record.model_dump(by_alias=True)
    return {"schema": raw.pop("schema"), **raw} if "schema" in raw else raw


@contextmanager
def atomic_write(path: str | Path, mode: str = "w") -> Iterator[IO[Any]]:
    """A file that appears under its name only when the block ends well: written beside, synced, renamed."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".writing")
    try:
        with beside.open(mode, encoding=None if "b" in mode else "utf-8") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def write_records(path: str | Path, records: Iterable[BaseModel]) -> int:
    """Writes records as JSON lines, atomically, and returns how many."""
    count = 0
    with atomic_write(path) as stream, jsonlines.Writer(stream) as writer:
        for record in records:
            writer.write(to_json(record))
            count += 1
    return count


def write_json(path: str | Path, value: Any) -> None:
    """Writes one JSON document, indented, atomically."""
    with atomic_write(path) as stream:
        json.dump(value, stream, indent=2, ensure_ascii=False)
        stream.write("\n")


def check_output(path: str | Path, *, force: bool) -> Path:
    """The output path, once it is sure that nothing is in the way.

    Raises:
        UsageError: the path exists and `force` is not set, or it is a folder or a device.
    """
    path = Path(path)
    if path.is_dir():
        raise UsageError(f"{path} is a folder; expected the name of a file to write")
    if path.exists() and not path.is_file():
        raise UsageError(f"{path} is no regular file; expected the name of a file to write")
    if path.exists() and not force:
        raise UsageError(f"{path} exists already; name another output, or pass --force to replace it")
    return path


def run_stage(
    source: str | Path,
    output: str | Path,
    model: type[In],
    transform: Callable[[Iterator[In]], Iterator[BaseModel | Rejection]],
    *,
    options: dict[str, Any],
    shard: tuple[int, int] = (1, 1),
    strict: bool = False,
    force: bool = False,
    on_record: Callable[[], None] | None = None,
) -> StageReport:
    """Runs one stage of the chain from file to file.

    Args:
        source: JSON lines that satisfy `model`, each with an `id`.
        output: the file to write. While the stage runs, finished records stand in `OUTPUT.partial`; a run that was
            interrupted continues there, as long as source and options are the same.
        model: the record that comes in.
        transform: a stream of records to a stream of records (with the same `id`) or rejections, in the same order.
        options: everything that the output depends on besides the source; part of the fingerprint of a partial file.
        shard: which of how many parts of the source, counted from 1. Parts are blocks of neighbouring lines of about
            the same number: the outputs of all of them, one after the other, are the output of the whole.
        strict: stop at the first bad line.
        force: replace an output that exists.
        on_record: called once for every record written, to move a progress bar.

    Raises:
        UsageError: the output exists and `force` is not set, or there is no such shard.
        InputError: the source is missing or empty; nothing in it could be used; or a bad line, when `strict`.
    """
    source, output = Path(source), check_output(output, force=force)
    if output.exists() and output.samefile(source):
        raise UsageError(f"{output} is the input; name another output")
    report = StageReport(output)
    output.parent.mkdir(parents=True, exist_ok=True)
    partial = output.with_name(output.name + ".partial")
    fingerprint = _fingerprint(source, {**options, "shard": shard})
    lines = _lines_of_shard(source, shard)
    done = _resume(partial, fingerprint)
    report.num_resumed = len(done)

    def pending() -> Iterator[In]:
        for record in _read_shard(source, model, lines, strict=strict, rejections=report.rejections):
            if record.id not in done:  # type: ignore[attr-defined]  # every record of a stage has an id
                yield record

    try:
        with partial.open("a", encoding="utf-8") as stream, jsonlines.Writer(stream) as writer:
            for result in transform(pending()):
                if isinstance(result, Rejection):
                    _set_aside(result, strict, report.rejections)
                    continue
                writer.write(to_json(result))
                report.num_written += 1
                if on_record is not None:
                    on_record()
            stream.flush()
            os.fsync(stream.fileno())
    finally:
        if not report.num_records:  # nothing to continue from
            partial.unlink(missing_ok=True)
            _key_file(partial).unlink(missing_ok=True)
    rejects_file = output.with_name(output.name + ".rejects")
    rejects_file.unlink(missing_ok=True)
    if report.rejections:
        report.rejects_file = rejects_file
        with atomic_write(report.rejects_file) as rejects, jsonlines.Writer(rejects) as writer:
            for rejection in report.rejections:
                writer.write(asdict(rejection))
    if report.num_records == 0:
        reason = f"the first reason was: {report.rejections[0]}" if report.rejections else "every line is blank"
        made_by = getattr(model, "made_by", None)
        expected = f"; expected what `{made_by}` writes" if made_by else ""
        raise InputError(f"{source}: no usable record{expected}; {reason}")
    partial.replace(output)
    _key_file(partial).unlink()
    return report


def _lines_of_shard(source: Path, shard: tuple[int, int]) -> range:
    """The numbers, from 0 and without blank lines, of the lines that belong to a shard."""
    number, count = shard
    if not 1 <= number <= count:
        raise UsageError(f"shard {number}/{count}: expected I/N with I from 1 to N")
    with source.open("rb") as stream:
        total = sum(1 for line in stream if line.strip())
    if count > max(1, total):
        raise UsageError(f"shard {number}/{count}: {source} has {total} lines; expected at most so many shards")
    return range(total * (number - 1) // count, total * number // count)


def _read_shard(
    source: Path, model: type[In], lines: range, *, strict: bool, rejections: list[Rejection]
) -> Iterator[In]:
    """The records of some lines. All are read, so that an id is known as a double wherever it stood first."""
    bad: list[Rejection] = []
    num_read = told = 0
    records = read_records(source, model, strict=strict, rejections=bad)
    while True:
        record = next(records, None)
        rejections += [bad[place] for place in range(told, len(bad)) if num_read + place in lines]
        told = len(bad)
        if record is None:
            return
        if num_read + told in lines:
            yield record
        num_read += 1


def _key_file(partial: Path) -> Path:
    return partial.with_name(partial.name + ".key")


def _fingerprint(source: Path, options: dict[str, Any]) -> str:
    _check_input(source)
    with source.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return json.dumps({"source": digest, "options": options, "version": __version__}, sort_keys=True)


def _resume(partial: Path, fingerprint: str) -> set[str]:
    key_file = _key_file(partial)
    if partial.exists() and key_file.exists() and key_file.read_text(encoding="utf-8") == fingerprint:
        done, whole = set(), 0
        with partial.open("rb") as stream:
            for line in stream:
                try:
                    record = json.loads(line)
                except ValueError:
                    break
                if not line.endswith(b"\n"):
                    break  # the interruption tore this line, or spoilt that one
                done.add(record["id"])
                whole += len(line)
        os.truncate(partial, whole)
        if done:
            log.info("continuing %s after %d records", partial, len(done))
        return done
    partial.unlink(missing_ok=True)
    with atomic_write(key_file) as stream:
        stream.write(fingerprint)
    return set()
