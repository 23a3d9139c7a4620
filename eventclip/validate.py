"""What is in a file of the chain: which of the three it is, whether every line is sound, and how much it holds."""

import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eventclip.errors import InputError, unknown_name
from eventclip.jsonl import Rejection, read_records
from eventclip.records import CaptionRecord, EventsRecord, PairsRecord, Record

MODELS: dict[str, type[CaptionRecord]] = {"captions": CaptionRecord, "events": EventsRecord, "pairs": PairsRecord}
KIND_OF_SCHEMA = {
    model.model_fields["schema_"].default: kind for kind, model in MODELS.items() if "schema_" in model.model_fields
}
KIND_OF_KEY = {"positives": "pairs", "events": "events", "caption": "captions"}
"""The key that tells a file without `schema`; the first one that a record has decides."""

MAX_PROBLEMS_SHOWN = 20


@dataclass(slots=True)
class Contents:
    """What a file holds: counts of its sound records. `problems` are the other lines, and the pictures that lack."""

    file: Path
    kind: str
    num_records: int = 0
    num_images: int = 0
    num_missing: int = 0
    events: Counter[str] = field(default_factory=Counter)
    roles: Counter[str] = field(default_factory=Counter)
    positives: Counter[str] = field(default_factory=Counter)
    negatives: Counter[str] = field(default_factory=Counter)
    problems: list[Rejection] = field(default_factory=list)

    def add(self, record: CaptionRecord, *, root: Path) -> None:
        """Counts one sound record, whose picture may lack under `root`."""
        self.num_records += 1
        # os.path: it says False of a name that is no name at all (too long, a null character), where Path raises.
        if record.image is not None and os.path.isfile(root / record.image):  # noqa: PTH113
            self.num_images += 1
        elif record.image is not None:
            self.num_missing += 1
            reason = f"there is no picture {root / record.image}; pass --images FOLDER if they lie elsewhere"
            self.problems.append(Rejection(f"{self.file}, id {record.id!r}", reason))
        if isinstance(record, EventsRecord):
            self.events.update(event.type for event in record.events)
            self.roles.update(argument.role for event in record.events for argument in event.arguments)
        elif isinstance(record, PairsRecord):
            self.positives.update(", ".join(filter(None, (one.kind, one.style))) for one in record.positives)
            self.negatives.update(negative.kind for negative in record.negatives)

    def counters(self) -> dict[str, Counter[str]]:
        """The counters that this kind of file fills, by name."""
        if self.kind == "events":
            return {"events": self.events, "roles": self.roles}
        return {"positives": self.positives, "negatives": self.negatives} if self.kind == "pairs" else {}

    def to_dict(self) -> dict[str, Any]:
        """The contents as a JSON document, counts in falling order."""
        return {
            "file": str(self.file),
            "kind": self.kind,
            "num_records": self.num_records,
            "num_images": self.num_images,
            "num_missing": self.num_missing,
            "num_problems": len(self.problems),
            **{name: dict(counter.most_common()) for name, counter in self.counters().items()},
            "problems": [{"where": problem.where, "reason": problem.reason} for problem in self.problems],
        }

    def to_text(self) -> str:
        """The contents as lines for people; of many problems the first few."""
        lines = [
            f"{self.file}: {self.kind}",
            f"records: {self.num_records:,} (with a picture: {self.num_images:,})",
            f"bad lines: {len(self.problems) - self.num_missing:,}",
        ]
        if self.num_missing:
            lines.append(f"missing pictures: {self.num_missing:,}")
        for name, counter in self.counters().items():
            lines += [f"{name}: {counter.total():,}"]
            lines += [f"  {count:>8,}  {key}" for key, count in counter.most_common()]
        lines += [str(problem) for problem in self.problems[:MAX_PROBLEMS_SHOWN]]
        if len(self.problems) > MAX_PROBLEMS_SHOWN:
            lines.append(f"… and {len(self.problems) - MAX_PROBLEMS_SHOWN:,} more; --json lists all of them")
        return "\n".join(lines)


def validate(path: str | Path, *, images: str | Path | None = None) -> Contents:
    """Reads every line of a captions, events or pairs file.

    Args:
        path: the file; which of the three it is shows in its first object.
        images: the folder that `image` is relative to; the file's own folder when None.

    Returns:
        the contents; a bad line is one of its problems, and so is a picture that is not there.

    Raises:
        InputError: the file is missing, empty or none of the three.
    """
    path = Path(path)
    contents = Contents(path, _kind(path))
    root = Path(images) if images is not None else path.parent
    for record in read_records(path, MODELS[contents.kind], rejections=contents.problems):
        contents.add(record, root=root)
    return contents


def _kind(path: Path) -> str:
    first = next(read_records(path, Record, rejections=[]), None)
    if first is None:
        raise InputError(f"{path}: no line is a JSON object; expected JSON lines, one object a line")
    keys = first.model_extra or {}
    schema = str(keys.get("schema", ""))
    if schema in KIND_OF_SCHEMA:
        return KIND_OF_SCHEMA[schema]
    if schema.startswith("eventclip/"):
        raise InputError(f"{path}: {unknown_name('schema', schema, KIND_OF_SCHEMA)}")
    for key, kind in KIND_OF_KEY.items():
        if key in keys:
            return kind
    raise InputError(
        f"{path}: the first object has the keys {sorted(keys)}; "
        "expected `caption` (captions), `events` (events) or `positives` (pairs)"
    )
