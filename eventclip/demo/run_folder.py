"""What a run left in its folder, read into memory; whatever is not there is None or empty."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eventclip.errors import InputError
from eventclip.jsonl import read_records
from eventclip.records import EventsRecord, Record

MODELS = ("pretrained", "plain", "structured")
CONTROL, OURS = "plain", "structured"


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The parts of a run.

    Attributes:
        path: the folder.
        info: `run.json`: world, seed, seconds a stage, versions, sizes.
        extraction: the document of extraction against gold.
        grounding: the grounding document of each model.
        metrics: the lines of `metrics.jsonl` of each model that was trained.
        events: what was extracted from the captions of the test set, by id.
        video: the video results.
    """

    path: Path
    info: dict[str, Any]
    extraction: dict[str, Any] | None
    grounding: dict[str, dict[str, Any]]
    metrics: dict[str, list[dict[str, Any]]]
    events: dict[str, EventsRecord]
    video: dict[str, Any] | None

    @property
    def images(self) -> Path:
        """The folder that the pictures of the test set are relative to."""
        return self.path / "world" / "test"


def read_run(path: Path) -> RunFolder:
    """Reads a run folder.

    Raises:
        InputError: there is no such folder, or a file in it is not what its name says.
    """
    if not path.is_dir():
        raise InputError(f"{path}: no such folder; expected the folder of a run")
    grounding = {name: _json(path / "grounding" / f"{name}.json") for name in MODELS}
    metrics = {name: path / "models" / name / "metrics.jsonl" for name in MODELS}
    events = path / "extracted" / "test.events.jsonl"
    return RunFolder(
        path=path,
        info=_json(path / "run.json") or {},
        extraction=_json(path / "extraction.json"),
        grounding={name: found for name, found in grounding.items() if found is not None},
        metrics={
            name: [record.model_extra or {} for record in read_records(file, Record)]
            for name, file in metrics.items()
            if file.is_file()
        },
        events={record.id: record for record in read_records(events, EventsRecord)} if events.is_file() else {},
        video=_json(path / "video.json"),
    )


def _json(path: Path) -> dict[str, Any] | None:
    if not path.is_file():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{path}: not JSON ({error}); run the stage that writes it again") from None
    if not isinstance(found, dict):
        raise InputError(f"{path}: expected a JSON object, got {type(found).__name__}")
    return found
