"""Checkpoints of a run: written whole or not at all, checked before they are used, the last few kept.

`checkpoints/step-0000200/` holds open_clip's two files, `state.pt` and `manifest.json` (the step, and the SHA-256 of
every file). `checkpoint` and `best` are links to the newest and to the best of them, so that each is itself a folder
that `load_model` and plain open_clip take.
"""

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from eventclip.errors import EventClipError
from eventclip.jsonl import atomic_write, write_json

log = logging.getLogger(__name__)

STATE_FILE = "state.pt"
MANIFEST_FILE = "manifest.json"
NEWEST, BEST = "checkpoint", "best"


@dataclass(frozen=True, slots=True)
class Saved:
    """A checkpoint whose files are as they were written."""

    folder: Path
    step: int

    def state(self) -> dict[str, Any]:
        """What a run continues from."""
        return dict(torch.load(self.folder / STATE_FILE, map_location="cpu", weights_only=True))


class Checkpoints:
    """The checkpoints of a run folder.

    Args:
        run: the run folder.
        keep: how many of the last ones stay; the best one stays besides.
    """

    def __init__(self, run: Path, *, keep: int) -> None:
        self.run, self.keep, self.folder = run, keep, run / "checkpoints"

    def newest(self) -> Saved | None:
        """The newest checkpoint that is whole; damaged ones are named in the log. None where there is none at all.

        Raises:
            EventClipError: there are checkpoints and every one of them is damaged.
        """
        damaged: list[str] = []
        for folder in sorted(self.folder.glob("step-*[0-9]"), reverse=True):
            reason = damage(folder)
            if reason is None:
                step = int(folder.name.removeprefix("step-"))
                if damaged:
                    log.warning("%s; continuing from the one before it, after step %d", "; ".join(damaged), step)
                return Saved(folder, step)
            damaged.append(f"the checkpoint {folder} is damaged ({reason})")
        if damaged:
            raise EventClipError(f"{'; '.join(damaged)}; no other is there: train anew into another folder")
        return None

    def save(self, write_model: Callable[[Path], object], state: Mapping[str, Any], step: int, *, best: bool) -> None:
        """Writes a checkpoint, moves the links, and removes what is older than is kept.

        Args:
            write_model: writes open_clip's files into a folder.
            state: what a run continues from.
            step: how many steps are done.
            best: whether it is the best one so far.

        Raises:
            OSError: it could not be written; those that were there are untouched.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self._clear()
        folder = self.folder / f"step-{step:07d}"
        beside = folder.with_name(folder.name + ".writing")
        try:
            write_model(beside)
            with atomic_write(beside / STATE_FILE, "wb") as stream:
                torch.save(dict(state), stream)
            files = {path.name: _digest(path) for path in sorted(beside.iterdir())}
            write_json(beside / MANIFEST_FILE, {"step": step, "files": files})
            if folder.exists():  # a damaged one, or one that was saved a moment ago
                _remove(folder)
            beside.rename(folder)
            _sync(self.folder)
            for link in (NEWEST, *([BEST] if best else [])):
                self._link(link, folder)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
        best_one = (self.run / BEST).resolve()
        for old in sorted(self.folder.glob("step-*[0-9]"))[: -self.keep]:
            if old.resolve() != best_one:
                _remove(old)

    def try_save(
        self, write_model: Callable[[Path], object], state: Mapping[str, Any], step: int, *, best: bool, last: bool
    ) -> None:
        """Saves; a checkpoint that finds no room ends no run that has steps left, for the next one may find it.

        Raises:
            EventClipError: the last one could not be written.
        """
        try:
            self.save(write_model, state, step, best=best)
        except OSError as error:
            message = (
                f"the checkpoint after step {step} could not be written ({error}); those before it are whole; "
                f"make room in {self.run}"
            )
            if last:
                raise EventClipError(f"{message} and continue with --resume") from error
            log.warning("%s; training goes on", message)

    def forget_after(self, step: int) -> None:
        """Removes checkpoints of later steps, which a run that continues from `step` takes again."""
        for folder in self.folder.glob("step-*[0-9]"):
            if int(folder.name.removeprefix("step-")) > step:
                _remove(folder)

    def _clear(self) -> None:
        """Removes what a killed run left half written or half removed."""
        for pattern in ("*.writing", "*.removing"):
            for rest in self.folder.glob(pattern):
                shutil.rmtree(rest, ignore_errors=True)

    def _link(self, name: str, folder: Path) -> None:
        beside = self.run / f"{name}.writing"
        beside.unlink(missing_ok=True)
        beside.symlink_to(folder.relative_to(self.run), target_is_directory=True)
        if (self.run / name).is_dir() and not (self.run / name).is_symlink():
            _remove(self.run / name)  # of a run folder that was copied without its links
        beside.replace(self.run / name)
        _sync(self.run)


def damage(folder: Path) -> str | None:
    """What is wrong with the files of a checkpoint; None where each is as it was written."""
    try:
        files = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))["files"]
        for name, expected in files.items():
            if _digest(folder / name) != expected:
                return f"{name} is not as it was written"
    except FileNotFoundError as error:
        return f"{Path(error.filename).name} is missing"
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        return f"{MANIFEST_FILE} or what it lists cannot be read: {error}"
    return None


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _remove(folder: Path) -> None:
    """Removes a checkpoint, first its name: a half removed one must not pass for a checkpoint."""
    gone = folder.with_name(folder.name + ".removing")
    shutil.rmtree(gone, ignore_errors=True)
    folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def _sync(folder: Path) -> None:
    """Makes renames in a folder survive a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
