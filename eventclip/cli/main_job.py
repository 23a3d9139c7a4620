"""The main job: the whole chain on EventScenes, from drawn pictures to one page of results.

Training sees captions and what extraction found in them, never the gold; the gold is for measuring.
"""

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from eventclip.cli.console import progress, say
from eventclip.errors import EventClipError, UsageError
from eventclip.jsonl import write_json

RECIPES = files("eventclip") / "recipes"
_PACKAGES = ("eventclip", "torch", "open_clip_torch", "spacy", "decord")


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of everything the job makes and trains."""

    num_train: int
    num_val: int
    num_test: int
    num_clips: int
    pretrain_steps: int
    finetune_steps: int
    head_steps: int


FULL = Sizes(5_000, 100, 800, 6, 80, 460, 300)
SMOKE = Sizes(160, 16, 48, 1, 6, 6, 20)


class _Clock:
    """Seconds of each stage, in order."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        say(f"[{len(self.seconds) + 1}] {stage}")
        began = time.perf_counter()
        yield
        self.seconds[stage] = round(time.perf_counter() - began, 1)


def run(out: Path, *, world: str, smoke: bool, seed: int) -> Path:
    """Runs the chain into a folder and returns the path of its report, which is also printed last.

    Args:
        out: the folder of data, checkpoints, results and `report.html`.
        world: "uniform" or "skewed".
        smoke: tiny sizes, to see that everything runs.
        seed: everything is a function of it.

    Raises:
        UsageError: the folder holds a run already.
    """
    out = Path(out)
    if (out / "world").exists():
        raise UsageError(f"{out} holds a run already; name another with --out (make: OUT=), or remove it")
    sizes, clock = SMOKE if smoke else FULL, _Clock()
    with clock("drawing scenes"):
        _draw(out, sizes, world, seed)
    with clock("extracting events"):
        _extract(out)
    with clock("making hard negatives"):
        _negatives(out, seed)
    with clock("pre-training with the plain loss"):
        _pretrain(out, sizes, seed)
    with clock("fine-tuning: structured, and its plain control beside it"):
        _finetune(out, sizes, seed)
    with clock("measuring event grounding"):
        _ground(out)
    with clock("recognising actions in clips"):
        _recognise(out, sizes, seed)
    write_json(
        out / "run.json",
        {
            "world": world,
            "smoke": smoke,
            "seed": seed,
            "seconds": clock.seconds,
            "versions": {"python": platform.python_version(), **{name: _version(name) for name in _PACKAGES}},
            "sizes": {name: getattr(sizes, name) for name in Sizes.__slots__},
        },
    )
    from eventclip.demo.report import report

    page = report(out)
    print(page)
    return page


def _version(package: str) -> str:
    try:
        return version(package)
    except ModuleNotFoundError:
        return "not installed"


def _draw(out: Path, sizes: Sizes, world: str, seed: int) -> None:
    from eventclip.datasets.scenes import write_world

    with progress("scenes", "pictures and clips") as bar:
        write_world(
            out / "world",
            world=world,  # type: ignore[arg-type]  # checked there
            num_train=sizes.num_train,
            num_val=sizes.num_val,
            num_test=sizes.num_test,
            num_clips=sizes.num_clips,
            seed=seed,
            on_scene=bar.show,
        )


def _extract(out: Path) -> None:
    from eventclip.eval.extraction import score
    from eventclip.eval.results import write
    from eventclip_extract.extract import extract

    for split in ("train", "test"):
        with progress(f"extract {split}") as bar:
            extract(
                out / f"world/{split}/captions.jsonl",
                out / f"extracted/{split}.events.jsonl",
                on_record=bar.advance,
            )
    gold, found = out / "world/test/gold.jsonl", out / "extracted/test.events.jsonl"
    write(out / "extraction.json", score(gold, found, depicted_only=True))


def _negatives(out: Path, seed: int) -> None:
    from eventclip_extract.negatives import negatives

    for split in ("train", "test"):
        with progress(f"negatives {split}") as bar:
            negatives(
                out / f"extracted/{split}.events.jsonl",
                out / f"extracted/{split}.pairs.jsonl",
                seed=seed,
                styles=("caption", "single", "anonymous") if split == "train" else ("caption", "single"),
                improbable=split == "test",  # what training never showed is what the test asks for
                on_record=bar.advance,
            )


def _changes(out: Path, num_steps: int, seed: int) -> list[str]:
    return [
        f"data.pairs={out / 'extracted/train.pairs.jsonl'}",
        f"data.images={out / 'world/train'}",
        f"num_steps={num_steps}",
        f"seed={seed}",
    ]


def _pretrain(out: Path, sizes: Sizes, seed: int) -> None:
    from eventclip.train import train

    def show(step: int, total: int, metrics: dict[str, Any]) -> None:
        bar.show(step, total, f"loss {metrics['loss']:.3f}" if metrics else "")

    with progress("pretrained", "steps", sizes.pretrain_steps) as bar:
        train(
            str(RECIPES / "scenes-pretrain.yaml"),
            overrides=_changes(out, sizes.pretrain_steps, seed),
            out=out / "models/pretrained",
            on_step=show,
        )


def _finetune(out: Path, sizes: Sizes, seed: int) -> None:
    """Trains both arms at once, each on one thread: two small models fill two cores better than one does."""
    changes = [*_changes(out, sizes.finetune_steps, seed), f"model.name={out / 'models/pretrained'}"]
    arms = {"structured": changes, "plain": [*changes, "loss={preset: clip}"]}
    with ExitStack() as stack:
        running = {}
        for name, own in arms.items():
            command = [sys.executable, "-m", "eventclip", "train", str(RECIPES / "scenes-finetune.yaml")]
            command += ["--out", str(out / "models" / name), *(word for change in own for word in ("--set", change))]
            log = stack.enter_context((out / "models" / f"{name}.log").open("w+", encoding="utf-8"))
            process = subprocess.Popen(
                command, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, "OMP_NUM_THREADS": "1"}
            )
            stack.callback(process.kill)  # does nothing once it has ended
            running[name] = (process, log)
        with progress("both", "steps", 2 * sizes.finetune_steps) as bar:
            while any(process.poll() is None for process, _ in running.values()):
                last = {name: _last_metrics(out / "models" / name) for name in arms}
                note = ", ".join(f"{name} {metrics['loss']:.3f}" for name, metrics in last.items() if metrics)
                bar.show(sum(metrics.get("step", 0) for metrics in last.values()), 2 * sizes.finetune_steps, note)
                time.sleep(1.0)
        for name, (process, log) in running.items():
            if process.returncode:
                log.seek(0)
                raise EventClipError(f"training of {name} failed: {log.read().strip()[-2_000:]}")


def _last_metrics(run: Path) -> dict[str, Any]:
    path = run / "metrics.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    try:
        return dict(json.loads(lines[-1])) if lines else {}
    except ValueError:  # the line is being written at this moment
        return {}


def _ground(out: Path) -> None:
    from eventclip.eval.grounding import grounding
    from eventclip.eval.results import write
    from eventclip.models import load_model

    for name in ("pretrained", "plain", "structured"):
        with progress(f"grounding of {name}", "texts and pictures") as bar:
            measured = grounding(
                load_model(out / "models" / name),
                out / "world/test/gold.jsonl",
                model_name=name,
                pairs=out / "extracted/test.pairs.jsonl",
                on_batch=bar.show,
            )
        write(out / "grounding" / f"{name}.json", measured)


def _recognise(out: Path, sizes: Sizes, seed: int) -> None:
    from eventclip.models import load_model
    from eventclip_video.classify import evaluate
    from eventclip_video.heads import save_head
    from eventclip_video.train_head import train_head

    model = load_model(out / "models/structured")
    cache: dict[str, Any] = {}
    with progress("clips", "clips") as bar:
        mean = evaluate(out / "world/clips/test.jsonl", model, cache=cache, on_clip=bar.advance)
    with progress("temporal head", "steps", sizes.head_steps) as bar:
        head = train_head(
            out / "world/clips/train.jsonl", model, num_steps=sizes.head_steps, seed=seed,
            on_step=lambda step, loss: bar.show(step, sizes.head_steps, f"loss {loss:.3f}"),
        )  # fmt: skip
    save_head(head, out / "models/structured/temporal_head")
    trained = evaluate(out / "world/clips/test.jsonl", model, head=head, cache=cache)
    write_json(out / "video.json", {"mean": mean, "transformer": trained})
