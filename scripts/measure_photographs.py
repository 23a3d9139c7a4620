"""What each objective learns and forgets on Flickr8k's photographs: equal start, data and steps; writes a page of it.

    python scripts/measure_photographs.py FLICKR8K TOWERS runs/photographs -o docs/photographs.md

FLICKR8K holds `captions.jsonl` and pictures as for data/prepare_flickr8k.py; TOWERS `mobilenetv2_100.imagenet.pt` and
`word2vec_8000x300.npz`. The base is that of scripts/recipes/flickr8k.yaml; every arm goes on from it. Loss weights and
the share were chosen on the dev pictures; the page names most of what was tried. What stands in the folder is not done
again. One core: about half an hour of preparing, then five minutes an arm, half an hour where the tower is unlocked;
every further process needs another.
"""

import argparse
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import torch
from photographs_page import CONTROL, KS, METRICS, ONTOLOGIES, Arm, page
from scipy.stats import kendalltau
from torch import Tensor
from torch.nn import functional

from eventclip.eval.hard_negatives import HardNegatives, of_metric, read_hard_negatives, summarise
from eventclip.eval.intervals import proportion_interval
from eventclip.eval.pictures import Progress, evaluating, picture_batches, text_features
from eventclip.eval.retrieval import ranks, recalls
from eventclip.jsonl import atomic_write, read_records, write_json, write_records
from eventclip.models import ClipModel, load_model
from eventclip.records import CaptionRecord, EventsRecord, PairsRecord
from eventclip.train.curves import draw

EXPERTS = "ExpertAnnotations.txt"
PROMPTS = (
    "a photo of someone {}.",
    "a person is {}.",
    "people are {}.",
    "a man is {}.",
    "a child is {}.",
    "a dog is {}.",
)
MIN_NAMED, MIN_PICTURES = 3, 3
"""An action is that of a picture if so many of its five captions name it, and asked for if so many pictures have it."""
HIGH = ("optimizer.lr=1e-3", "optimizer.weight_decay=5.0")
"""The base knows its training pictures by heart; much decay and a high rate make it learn what they have in common."""
CAPTIONS, TEMPLATES = "data.positives={caption: 1.0}", "data.positives={caption: 1.0, template: 1.0}"
LONG = (*HIGH, "num_steps=400")
STAGE = (
    *HIGH, "model.unlock={visual: 1}", "optimizer.tower_lr={visual: 0.1}",
    "data.feature_cache=null", "data.feature_views=1", "data.augment=true",
)  # fmt: skip
SHARE = 0.7


def structured(
    event: float, role: float, argument: float, paraphrase: float,
    *, rank: float = 0.6, intra: float = 0.2, smoothing: float = 0.0,
) -> str:  # fmt: skip
    """The structured loss with the hard negatives in the denominator of every picture, too."""
    terms = f"event: {event}, role: {role}, argument: {argument}, paraphrase: {paraphrase}"
    ranks = f"rank: {rank}, intra: {intra}"
    return f"preset: structured, gamma: 0.0, smoothing: {smoothing}, {terms}, denominator: all, {ranks}"


FULL = structured(2.0, 3.0, 2.0, 0.7)
CLIP_LONG, OURS_LONG = "clip, 400 steps", "structured in full, 400 steps"
CLIP_STAGE, OURS_STAGE = "clip, last stage unlocked", "structured in full, last stage unlocked"
WITH_TEMPLATES = "clip with template sentences"
ARMS = {
    CONTROL: Arm("preset: clip", (CAPTIONS,)),
    WITH_TEMPLATES: Arm("preset: clip"),
}
for name in ("negclip", "clip-event", "ce-clip", "structured"):
    ARMS[name] = Arm(f"preset: {name}", controls=(CONTROL, WITH_TEMPLATES))
"""What the page compares on the test pictures; `eventclip average` puts the rest of the weights from the base."""
AGAIN = (1, 2)
"""Seeds with which the share that dev spoke for is measured again."""
for seed in (0, *AGAIN):
    end, changes = (f", seed {seed}", (f"seed={seed}",)) if seed else ("", ())
    plain, told, own = f"{CLIP_LONG}{end}", f"{WITH_TEMPLATES}, 400 steps{end}", f"{OURS_LONG}{end}"
    ARMS[plain] = Arm("preset: clip", (*LONG, CAPTIONS, *changes), controls=(), repeats=CLIP_LONG)
    ARMS[f"{plain}, averaged"] = Arm(tuned=plain, share=SHARE, controls=(plain,), repeats=f"{CLIP_LONG}, averaged")
    ARMS[told] = Arm(
        "preset: clip", (*LONG, TEMPLATES, *changes), controls=(plain,), repeats=f"{WITH_TEMPLATES}, 400 steps"
    )
    ARMS[own] = Arm(FULL, (*LONG, TEMPLATES, *changes), controls=(plain, told), repeats=OURS_LONG)
    ARMS[f"{own}, averaged"] = Arm(tuned=own, share=SHARE, controls=(plain, told), repeats=f"{OURS_LONG}, averaged")
ARMS[CLIP_STAGE] = Arm("preset: clip", (*STAGE, CAPTIONS), controls=())
ARMS[OURS_STAGE] = Arm(FULL, (*STAGE, TEMPLATES), controls=(CLIP_STAGE,))
ARMS[f"{OURS_STAGE}, averaged"] = Arm(tuned=OURS_STAGE, share=SHARE, controls=(CLIP_STAGE,))
VARIANTS = {
    f"{OURS_LONG}, averaged at {share}": Arm(tuned=OURS_LONG, share=share, controls=(CLIP_LONG,))
    for share in (0.5, 0.6, 0.8)
}
"""What was tried on the dev pictures alone."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where pictures, towers and the experiment lie."""

    photos: Path
    towers: Path
    folder: Path

    def data(self, name: str) -> Path:
        return self.folder / "data" / name

    @property
    def views(self) -> Path:
        return self.folder / "views.safetensors"

    def run(self, arm: str) -> Path:
        return self.folder / ("base" if arm == "base" else f"runs/{file_name(arm)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path, help="the folder of Flickr8k")
    parser.add_argument("towers", type=Path, help="the folder of the ImageNet tower and the word vectors")
    parser.add_argument("folder", type=Path, help="where data, runs and results go, and are found again")
    parser.add_argument("--arms", nargs="+", choices=[*ARMS, *VARIANTS], default=[*ARMS, *VARIANTS])
    parser.add_argument("--processes", type=int, default=1, help="runs at once, each on one thread")
    parser.add_argument("--output", "-o", type=Path, help="the page to write; without it, it is printed")
    given = parser.parse_args()
    place = Place(given.photos, given.towers, given.folder)
    torch.set_num_threads(1)
    prepare(place)
    for split in ("dev", "test"):
        measure(place, split, "base")  # which keeps the features of the tower
    trained = {name: arm for name, arm in (ARMS | VARIANTS).items() if name in given.arms}
    with ThreadPoolExecutor(given.processes) as pool:
        list(pool.map(lambda name: finetune(place, name, trained[name]), [n for n in trained if not trained[n].tuned]))
    for name, arm in trained.items():
        if arm.tuned:
            mix(place, name, arm)
    asked = [("dev", name) for name in ("base", *trained)]
    asked += [("test", name) for name in ("base", *trained) if name not in VARIANTS]
    with ThreadPoolExecutor(given.processes) as pool:
        measured = list(pool.map(lambda one: measure(place, *one), asked))
    text = "\n".join(page(place.folder / "data", ARMS | VARIANTS, measured)) + "\n"
    if given.output is None:
        print(text)
    else:
        presets = [place.run(name) for name in ("base", *given.arms) if name in ARMS and "," not in name]
        curves = draw(presets, given.output.with_suffix(".png"))
        text += f"## Curves of the presets\n\n![curves]({curves.name})\n"
        with atomic_write(given.output) as stream:
            stream.write(text)
    print(json.dumps({"measured": [{key: one[key] for key in ("split", "arm", "results")} for one in measured]}))


def file_name(arm: str) -> str:
    """The name of an arm as a folder."""
    return "".join(letter if letter.isalnum() else "-" for letter in arm)


def prepare(place: Place) -> None:
    """Captions, events, negatives of both ontologies in one file a split, and the base, each made once."""
    if not place.data("test.captions.jsonl").exists():
        say("captions")
        subprocess.run([sys.executable, "data/prepare_flickr8k.py", place.photos, place.folder / "data"], check=True)
    for split in ("train", "dev", "test"):
        if not place.data(f"{split}.pairs.jsonl").exists():
            for ontology in ONTOLOGIES:
                make_pairs(place, split, ontology)
            join(place.data(f"{split}.pairs.jsonl"), [place.data(f"{split}.{name}.pairs.jsonl") for name in ONTOLOGIES])
    if not (place.run("base") / "done").exists():
        say("base")
        trunk, vectors = place.towers / "mobilenetv2_100.imagenet.pt", place.towers / "word2vec_8000x300.npz"
        captions = place.data("train.captions.jsonl")
        changes = [f"data.images={place.photos}", f"data.feature_cache={place.views}", f"data.pairs={captions}"]
        train(
            place, "base", "flickr8k.yaml", [*changes, f"model.trunk.weights={trunk}", f"model.word_vectors={vectors}"]
        )


def make_pairs(place: Place, split: str, ontology: str) -> None:
    """Events of a split by an ontology, and negatives by the same."""
    from eventclip_extract.extract import extract
    from eventclip_extract.negatives import negatives

    events, pairs = (place.data(f"{split}.{ontology}.{what}.jsonl") for what in ("events", "pairs"))
    if not events.exists():
        say(f"events of {split}, {ontology}")
        extract(place.data(f"{split}.captions.jsonl"), events, ontology=ontology, num_processes=1)
    if not pairs.exists():
        say(f"negatives of {split}, {ontology}")
        negatives(
            events, pairs, ontology=ontology, num_event=3, num_role=2, num_argument=1, num_processes=1
        )  # fmt: skip


def join(output: Path, sources: Sequence[Path]) -> None:
    """The records of all sources in one file; an id ends in the ontology of its source."""

    def records() -> Iterator[PairsRecord]:
        for source in sources:
            ontology = source.name.split(".")[1]
            for record in read_records(source, PairsRecord):
                yield record.model_copy(update={"id": f"{record.id}/{ontology}"})

    write_records(output, records())


def finetune(place: Place, name: str, arm: Arm) -> None:
    """An arm, trained from the base unless it stands there."""
    if not (place.run(name) / "done").exists():
        say(name)
        train(place, name, "flickr8k-finetune.yaml", [*finetuning(place), f"loss={{{arm.loss}}}", *arm.changes])


def finetuning(place: Place) -> list[str]:
    """What the recipe has to know of the place."""
    return [
        f"data.images={place.photos}",
        f"data.feature_cache={place.views}",
        f"data.pairs={place.data('train.pairs.jsonl')}",
        f"model.name={place.run('base')}",
    ]


def train(place: Place, name: str, recipe: str, changes: Sequence[str]) -> None:
    """Trains in a process of its own, on one thread, going on with what stands there."""
    run = place.run(name)
    command = [sys.executable, "-m", "eventclip", "train", f"scripts/recipes/{recipe}", "--out", str(run)]
    command += [word for one in changes for word in ("--set", one)]
    if (run / "metrics.jsonl").exists():
        command.append("--resume")
    run.mkdir(parents=True, exist_ok=True)
    with (run / "log.txt").open("a", encoding="utf-8") as log:
        subprocess.run(
            command, check=True, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, "OMP_NUM_THREADS": "1"}
        )
    (run / "done").touch()


def mix(place: Place, name: str, arm: Arm) -> None:
    """The weights between the base and a tuned arm, as `eventclip average` gives them."""
    from eventclip.average import average

    if not (place.run(name) / "done").exists():
        say(name)
        start, tuned = load_model(place.run("base")), load_model(place.run(arm.tuned))
        average(start, [tuned], share=arm.share).save(place.run(name))
        (place.run(name) / "done").touch()


def measure(place: Place, split: str, arm: str) -> dict[str, Any]:
    """The numbers of an arm on a split, found unless they stand there; with what was right, for paired differences."""
    result = place.folder / "results" / split / f"{file_name(arm)}.json"
    if not result.exists():
        say(f"{arm} on {split}")
        model = load_model(place.run(arm))
        questions = read_hard_negatives(place.data(f"{split}.pairs.jsonl"))
        found = Measurement(place, split, model, questions)
        write_json(result, {"split": split, "arm": arm, "results": found.results(), "hits": found.hits()})
    read: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    return read


class Measurement:
    """One model before the pictures of a split, each picture and text encoded once."""

    def __init__(self, place: Place, split: str, model: ClipModel, questions: HardNegatives) -> None:
        captions: dict[str, list[str]] = {}
        for record in read_records(place.data(f"{split}.captions.jsonl"), CaptionRecord):
            assert record.image is not None
            captions.setdefault(record.image, []).append(record.caption)
        self.images = list(captions)
        texts = [text for own in captions.values() for text in own]
        owner_T = torch.tensor([row for row, own in enumerate(captions.values()) for _ in own])
        with evaluating(model):
            image_ID = picture_features(place, split, model, self.images)
            text_TD = text_features(model, [*questions.texts, *texts], batch_size=512, progress=Progress(0, None))
            self.place_I, self.place_T = ranks(image_ID, text_TD[len(questions.texts) :], owner_T)
        row = {image: number for number, image in enumerate(self.images)}
        asked_ID = image_ID[[row[image] for image in questions.images]]
        self.choices = questions.choices(asked_ID, text_TD, list(range(len(questions.images))))
        self.recalls, self.truths = recalls(self.place_I, self.place_T, owner_T, KS), set(texts)
        self.named, self.is_named = name_actions(model, image_ID, place.data(f"{split}.imsitu.events.jsonl"), row)
        judged = read_judgements(place.photos / EXPERTS, row, captions)
        self.num_judged, self.expert_tau = len(judged), None
        if judged:
            image_N, text_N, rating_N = torch.tensor(judged).T
            similarity_N = (image_ID[image_N] * text_TD[len(questions.texts) + text_N]).sum(dim=1)
            self.expert_tau = kendalltau(rating_N.numpy(), similarity_N.numpy(), variant="c").statistic

    def results(self) -> dict[str, dict[str, Any]]:
        """Metric -> value, number and interval; also of each ontology, and of what was made from captions alone."""
        found = {one.metric: one for one in [*summarise(self.choices), *self.recalls]}
        parts = {name: [one for one in self.choices if one["id"].endswith(f"/{name}")] for name in ONTOLOGIES}
        parts["captions"] = [one for one in self.choices if one["text"] in self.truths]
        for part, choices in parts.items():
            found |= {f"{part}: {one.metric}": one for one in summarise(choices)}
        shown: dict[str, dict[str, Any]] = {
            name: {"value": one.value, "n": one.n, "low": one.low, "high": one.high} for name, one in found.items()
        }
        if self.expert_tau is not None:
            shown["expert_tau"] = {"value": self.expert_tau, "n": self.num_judged, "low": None, "high": None}
        hits, clusters = self._mean_recall()
        low, high = proportion_interval(hits, clusters)
        shown["mean_recall"] = {"value": sum(hits) / len(hits), "n": len(self.images), "low": low, "high": high}
        low, high = proportion_interval(self.is_named, self.named)
        value = sum(self.is_named) / len(self.named)
        shown["action_accuracy"] = {"value": value, "n": len(self.named), "low": low, "high": high}
        return shown

    def hits(self) -> dict[str, dict[str, Any]]:
        """Metric -> what was right, as a string of 0 and 1, and the number of each one's picture."""
        hits, clusters = self._mean_recall()
        found: dict[str, dict[str, Any]] = {
            "mean_recall": {"right": as_text(hits), "picture": clusters},
            "action_accuracy": {"right": as_text(self.is_named), "picture": self.named},
        }
        row = {image: number for number, image in enumerate(self.images)}
        for metric in (one for one in METRICS if one not in found):
            own = of_metric(self.choices, metric)
            if own:
                right = as_text([one["correct"] for one in own])
                found[metric] = {"right": right, "picture": [row[one["image"]] for one in own]}
        return found

    def _mean_recall(self) -> tuple[list[bool], list[int]]:
        """Trials whose share of hits is the mean of recall@1, 5 and 10 of both directions, and their pictures.

        Every picture has the same number of captions, so the picture's own answer counts as often as they do.
        """
        each, rest = divmod(len(self.place_T), len(self.place_I))
        assert not rest
        hits, clusters = list[bool](), list[int]()
        for k in KS:
            for places, times in ((self.place_I, each), (self.place_T, 1)):
                hits += (places <= k).repeat_interleave(times).tolist()
                clusters += torch.arange(len(self.place_I)).repeat_interleave(each).tolist()
        return hits, clusters


def actions(events: Path, row: Mapping[str, int]) -> dict[int, str]:
    """The action of pictures of whose captions enough, and more than any other, name it; rare ones left out."""
    named: dict[str, Counter[str]] = defaultdict(Counter)
    for record in read_records(events, EventsRecord):
        assert record.image is not None
        named[record.image].update({event.type.rpartition(".")[2].lower() for event in record.events})
    found = {}
    for image, types in named.items():
        (first, count), (_, second) = [*types.most_common(2), ("", 0), ("", 0)][:2]
        if count >= MIN_NAMED and count > second:
            found[row[image]] = first
    pictures = Counter(found.values())
    return {picture: action for picture, action in found.items() if pictures[action] >= MIN_PICTURES}


def name_actions(
    model: ClipModel, image_ID: Tensor, events: Path, row: Mapping[str, int]
) -> tuple[list[int], list[bool]]:
    """The pictures whose action is known, and of which of them the model names it, zero-shot among all of the split."""
    known = actions(events, row)
    names = sorted(set(known.values()))
    texts = [prompt.format(name) for name in names for prompt in PROMPTS]
    text_TD = text_features(model, texts, batch_size=512, progress=Progress(0, None))
    name_ND = text_TD.unflatten(0, (len(names), len(PROMPTS))).mean(dim=1)
    best_K = (image_ID[list(known)] @ functional.normalize(name_ND, dim=-1).T).argmax(dim=1)
    right = [names[best] == action for best, action in zip(best_K.tolist(), known.values(), strict=True)]
    return list(known), right


def read_judgements(path: Path, row: dict[str, int], captions: dict[str, list[str]]) -> list[tuple[int, int, int]]:
    """What experts said of captions of other pictures: picture, place of the caption among all, rating of 1 to 4.

    Each of the three judges is an observation; a picture's own captions are left out (Hessel et al., CLIPScore, 2021).
    """
    numbers = {Path(image).name: number for image, number in row.items()}
    starts = dict(zip(captions, accumulate((len(own) for own in captions.values()), initial=0), strict=False))
    first = {Path(image).name: start for image, start in starts.items()}
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        image, caption, *ratings = line.split("\t")
        owner, _, number = caption.partition("#")
        if image in numbers and owner in first and owner != image:
            found += [(numbers[image], first[owner] + int(number), int(rating)) for rating in ratings]
    return found


def picture_features(place: Place, split: str, model: ClipModel, images: Sequence[str]) -> Tensor:
    """Features of pictures; those of the base's tower are computed once and kept, as in training."""
    cache = place.folder / f"{split}.trunk.pt"
    base = load_model(place.run("base")).clip.visual.trunk.state_dict()
    is_base = all(
        bool(torch.equal(weight, base[name])) for name, weight in model.clip.visual.trunk.state_dict().items()
    )
    if is_base and cache.exists():
        kept = torch.load(cache, weights_only=True)
    else:
        paths = [place.photos / image for image in images]
        broken: list[Any] = []
        batches = picture_batches(
            paths, model.transform(), batch_size=32, broken=broken, progress=Progress(0, None)
        )  # fmt: skip
        kept = torch.cat([model.encode_trunk(image_BCHW) for _, image_BCHW in batches])
        assert not broken, broken[0]
        if is_base:
            torch.save(kept, cache)
    return model.encode_from_trunk(kept)


def as_text(hits: Sequence[bool]) -> str:
    return "".join("1" if hit else "0" for hit in hits)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
