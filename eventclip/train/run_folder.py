"""The folder of a run: the recipe as it was resolved, where and by what it ran, its metrics, what was set aside.

config.yaml        `eventclip train --config RUN/config.yaml` repeats the run
environment.json   command, versions, devices and git state, one entry for every time that the run was started
git.diff           what differed from the commit, where anything did
metrics.jsonl      a line every `log_every` steps
evaluations.jsonl  a line every `evaluate_every` steps: every metric with n and its interval
rejects.jsonl      records and pictures that were set aside, each with the reason
"""

import importlib.metadata
import json
import logging
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

import eventclip
from eventclip.config import Recipe, recipe_yaml
from eventclip.eval.results import git_sha
from eventclip.jsonl import Rejection, atomic_write, write_json

log = logging.getLogger(__name__)

METRICS_FILE, EVALUATIONS_FILE, REJECTS_FILE = "metrics.jsonl", "evaluations.jsonl", "rejects.jsonl"
_PACKAGES = ("eventclip", "torch", "torchvision", "open_clip_torch", "timm", "numpy", "pillow", "safetensors")


class RunFolder:
    """Writes the files of a run. A full disk stops no training: lines wait until there is room again.

    Args:
        path: the folder.
        rank: of this process; only the first writes what all have in common.
    """

    def __init__(self, path: Path, *, rank: int = 0) -> None:
        self.path, self.rank = path, rank
        self._waiting: dict[str, list[str]] = {}
        self._set_aside: set[str] = set()

    @property
    def num_set_aside(self) -> int:
        """How many records and pictures this process has set aside."""
        return len(self._set_aside)

    def open(self, settings: Recipe, step: int, *, device: str, num_ranks: int) -> None:
        """Writes recipe and environment, and drops the lines of steps after `step`, which are taken anew."""
        if self.rank == 0:
            self.path.mkdir(parents=True, exist_ok=True)
            with atomic_write(self.path / "config.yaml") as stream:
                stream.write(recipe_yaml(settings))
            for name in (METRICS_FILE, EVALUATIONS_FILE):
                lines = _whole_lines(self.path / name) if step else []  # the start, too, is measured anew
                kept = [line for line in lines if json.loads(line)["step"] <= step]
                if kept or name == METRICS_FILE:
                    with atomic_write(self.path / name) as stream:
                        stream.writelines(kept)
                else:
                    (self.path / name).unlink(missing_ok=True)
            self._write_environment(step, device, num_ranks)
        for line in _whole_lines(self.path / REJECTS_FILE):
            self._set_aside.add(json.loads(line)["where"])

    def _write_environment(self, step: int, device: str, num_ranks: int) -> None:
        path = self.path / "environment.json"
        try:
            starts = json.loads(path.read_text(encoding="utf-8"))["starts"]
        except (OSError, ValueError, KeyError):
            starts = []
        starts.append(environment(device, num_ranks) | {"after_step": step})
        write_json(path, {"starts": starts})
        difference = _git_difference()
        if difference:
            with atomic_write(self.path / "git.diff") as stream:
                stream.write(difference)

    def add_metrics(self, metrics: dict[str, Any]) -> None:
        """One line of `metrics.jsonl`."""
        self._append(METRICS_FILE, metrics)

    def add_evaluation(self, evaluation: dict[str, Any]) -> None:
        """One line of `evaluations.jsonl`."""
        self._append(EVALUATIONS_FILE, evaluation)

    def set_aside(self, rejections: Iterable[Rejection]) -> None:
        """Lists what was set aside, each once, and says so of the first; every process may call it."""
        for rejection in rejections:
            if rejection.where not in self._set_aside:
                level = logging.DEBUG if self._set_aside else logging.WARNING
                self._set_aside.add(rejection.where)
                log.log(level, "set aside %s (listed in %s)", rejection, self.path / REJECTS_FILE)
                self._append(REJECTS_FILE, asdict(rejection))

    def _append(self, name: str, value: dict[str, Any]) -> None:
        lines = self._waiting.setdefault(name, [])
        lines.append(json.dumps(value, ensure_ascii=False) + "\n")
        try:
            append_whole(self.path / name, "".join(lines))
        except OSError as error:
            if len(lines) == 1:
                log.warning("%s: a line could not be written (%s); it waits until there is room", name, error)
            return
        lines.clear()


def append_whole(path: Path, text: str) -> None:
    """Appends all of a text or nothing of it.

    Raises:
        OSError: it could not be written; the file is as it was.
    """
    with path.open("ab", buffering=0) as stream:
        size, data = os.fstat(stream.fileno()).st_size, text.encode()
        try:
            if stream.write(data) != len(data):
                raise OSError(f"{path}: only a part of the line could be written")
        except OSError:
            stream.truncate(size)
            raise


def _whole_lines(path: Path) -> list[str]:
    """The lines of a JSON-lines file up to the first one that an interruption tore."""
    if not path.exists():
        return []
    whole = []
    # Lines end at \n alone: a text that was set aside may hold other separators of lines.
    with path.open(encoding="utf-8", errors="replace", newline="\n") as stream:
        for line in stream:
            try:
                json.loads(line)
            except ValueError:
                break
            if not line.endswith("\n"):
                break
            whole.append(line)
    return whole


def environment(device: str, num_ranks: int) -> dict[str, Any]:
    """Where and by what a run is made: command, versions, devices, git state."""
    return {
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "command": [Path(sys.argv[0]).name, *sys.argv[1:]],
        "git": git_sha(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "versions": {name: _version(name) for name in _PACKAGES},
        "cuda": torch.version.cuda,
        "device": torch.cuda.get_device_name(device) if device.startswith("cuda") else platform.processor() or "CPU",
        "num_processes": num_ranks,
        "num_threads": torch.get_num_threads(),
    }


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _git_difference() -> str:
    sha = git_sha()
    if sha is None or not sha.endswith("-dirty"):
        return ""
    command = ["git", "diff", "HEAD"]
    try:
        done = subprocess.run(
            command, cwd=Path(eventclip.__file__).parent, capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout
