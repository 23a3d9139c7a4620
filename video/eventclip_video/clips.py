"""Lists of labelled clips, and where their files lie.

One line of `clips.jsonl`:
`{"id": "c1", "video": "ucf/biking_1.avi", "label": "biking", "group": "ucf101", "labels": ["biking", "surfing"]}`
"""

from collections.abc import Sequence
from os.path import normpath
from pathlib import Path

from eventclip.errors import InputError, unknown_name
from eventclip.jsonl import Rejection, read_records
from eventclip.records import ClipRecord


def read_clips(path: str | Path) -> tuple[list[ClipRecord], list[Rejection]]:
    """The records of a list of clips, and the lines that are none.

    Raises:
        InputError: the file is missing or holds no usable line.
    """
    rejections: list[Rejection] = []
    records = list(read_records(path, ClipRecord, rejections=rejections))
    if not records:
        raise InputError(f"{path}: no usable clip; the first reason was: {rejections[0]}")
    return records, rejections


def video_path(record: ClipRecord, root: str | Path) -> Path:
    """Where the clip lies: `root / video`, which must not lead out of `root`.

    Raises:
        InputError: it does.
    """
    root = Path(root).absolute()
    path = Path(normpath(root / record.video))  # not resolved: data folders are often links to another disk
    if not path.is_relative_to(normpath(root)):
        raise InputError(f"{record.video}: leads out of {root}; expected a path below it; name another root")
    return path


def candidate_labels(records: Sequence[ClipRecord], labels: Sequence[str] | None = None) -> list[list[str]]:
    """What each clip may be called: its own `labels`, else `labels`, else every label of the list.

    Raises:
        InputError: a clip's label is not among its candidates.
    """
    common = list(dict.fromkeys(labels if labels is not None else (record.label for record in records)))
    for record in records:
        if record.labels is None and record.label not in common:
            raise InputError(f"clip {record.id!r}: {unknown_name('label', record.label, common)}")
    return [list(dict.fromkeys(record.labels)) if record.labels is not None else common for record in records]
