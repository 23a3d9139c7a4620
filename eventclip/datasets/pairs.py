"""From `pairs.jsonl` to batches: which pictures, which of their texts, and which negatives belong to which.

What a batch holds is a function of seed and step alone, so that a run that is continued, or spread over several
processes, sees the same batches as an undisturbed one.
"""

import io
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import Dataset

from eventclip.config import DataConfig
from eventclip.datasets.graphs import Box, EventGraph, boxes_in_crop, event_graphs
from eventclip.datasets.shards import PICTURE_FORMATS, Member, read_shards, shard_files
from eventclip.errors import InputError, UsageError
from eventclip.jsonl import Rejection, read_records
from eventclip.records import (
    Negative,
    NegativeKind,
    PairsOrCaptionRecord,
    PairsRecord,
    Positive,
    PositiveKind,
    normalized,
)

log = logging.getLogger(__name__)

NEGATIVE_KINDS: tuple[NegativeKind, ...] = ("event", "role", "argument")
ANONYMOUS = "anonymous"
"""The style of texts without names and professions."""
MAX_PICTURE_PIXELS = 100_000_000
_MAX_DECODED_BYTES = 2**29
_NO_GRAPH = EventGraph([], [], [])


@dataclass(frozen=True, slots=True)
class Contrast:
    """A text that is true of a picture, another one that says the same, and the negatives that they meet."""

    base: str
    paraphrase: str | None
    negatives: list[Negative] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sample:
    """What one picture brings into a batch: the text that stands for it, and the negatives of `base`.

    `anonymous` is the same without names and professions, where there is such a text with negatives.
    `nodes` are the texts of its event graph and `edges` those of the edge of each, empty unless events were given;
    `boxes` are where its participants are, x0, y0, x1, y1 in parts of the picture, as far as the events say.
    """

    picture: int
    text: str
    base: str
    paraphrase: str | None
    negatives: list[Negative] = field(default_factory=list)
    nodes: list[str] = field(default_factory=list)
    edges: list[str] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    anonymous: Contrast | None = None

    @property
    def contrasts(self) -> list["Contrast | Sample"]:
        """The texts that meet negatives of their own."""
        return [self] if self.anonymous is None else [self, self.anonymous]


@dataclass(frozen=True, slots=True)
class Batch:
    """Samples with their pictures: pixels (B, 3, H, W), or cached trunk features (B, C).

    `broken` lists pictures that did not decode and whose place others took; each is listed once by a process.
    """

    samples: list[Sample]
    pixels: Tensor
    broken: list[Rejection] = field(default_factory=list)

    def pin_memory(self) -> "Batch":
        """The batch with its pixels where a copy to the accelerator can run beside other work."""
        return Batch(self.samples, self.pixels.pin_memory(), self.broken)


class PairsData:
    """The records of a pairs file by picture, every picture once.

    Args:
        config: the recipe's data section; `pairs` is a file, or shards (`eventclip.datasets.shards`).
        seed: which texts are drawn is a function of it.

    Raises:
        InputError: the file has no record with a picture that exists.
        UsageError: a folder of pictures beside shards.
    """

    def __init__(self, config: DataConfig, *, seed: int) -> None:
        self.config, self.seed = config, seed
        self.root = config.images or config.pairs.parent
        self.rejections: list[Rejection] = []
        self.members: dict[str, Member] = {}
        files = shard_files(config.pairs)
        if files is None:
            by_image = group_by_picture(config.pairs, self.root, self.rejections)
        elif config.images is not None:
            raise UsageError("data.images: the pictures of tar shards lie in the shards; expected data.images null")
        else:
            shards = read_shards(files)
            by_image, self.members, self.rejections = shards.records, shards.pictures, shards.rejections
        if not by_image:
            reason = f"the first reason: {self.rejections[0]}" if self.rejections else "there is no record at all"
            raise InputError(f"{config.pairs}: no record with a picture; {reason}")
        if self.rejections:
            log.warning("%d records set aside; the first: %s", len(self.rejections), self.rejections[0])
        self.images = list(by_image)
        self.records = [_without_truths(own) for own in by_image.values()]
        self.graphs = event_graphs(config.events) if config.events is not None else {}

    def __len__(self) -> int:
        return len(self.images)

    def keep(self, rows: list[int]) -> None:
        """Leaves out all pictures but these."""
        self.images = [self.images[row] for row in rows]
        self.records = [self.records[row] for row in rows]

    def picture(self, number: int) -> Image.Image:
        """The decoded picture.

        Raises:
            InputError: it does not decode.
        """
        image = self.images[number]
        if not self.members:
            return open_picture(self.root / image)
        return self.decode(number, self.members[image].read())

    def decode(self, number: int, raw: bytes) -> Image.Image:
        """The picture from its bytes; from a shard, only of the formats that shards hold.

        Raises:
            InputError: it does not decode.
        """
        image = self.images[number]
        member = self.members.get(image)
        return decode_picture(
            io.BytesIO(raw), member or self.root / image, formats=None if member is None else PICTURE_FORMATS
        )

    def rejection(self, number: int, error: InputError) -> Rejection:
        """The entry for a picture that was set aside."""
        where = str(self.members.get(self.images[number]) or self.root / self.images[number])
        return Rejection(where, str(error).removeprefix(f"{where}: "))

    def picture_bytes(self, number: int) -> bytes:
        """The bytes of the picture's file.

        Raises:
            InputError: it cannot be read.
        """
        image = self.images[number]
        if self.members:
            return self.members[image].read()
        try:
            return (self.root / image).read_bytes()
        except OSError as error:
            raise InputError(f"{self.root / image}: the picture cannot be read ({error})") from error

    def sample(self, number: int, epoch: int) -> Sample:
        """The texts of a picture in an epoch.

        Where the caption that was drawn has no negatives, those of another caption of the picture come with it.
        """
        rng = np.random.default_rng([self.seed, epoch, number])
        records = self.records[number]
        record = records[int(rng.integers(len(records)))]
        texts = record.bases
        styles: dict[PositiveKind, list[str | None]] = {}
        for of_kind, of_style in texts:
            if of_style != ANONYMOUS:  # true of too many pictures to stand for one
                styles.setdefault(of_kind, []).append(of_style)
        kinds = [kind for kind in self.config.positives if kind in styles]
        shares = np.array([self.config.positives[kind] for kind in kinds])
        kind: PositiveKind = "caption" if "caption" in styles else next(iter(styles), "caption")
        if kinds and shares.sum() > 0:
            kind = kinds[int(rng.choice(len(kinds), p=shares / shares.sum()))]
        offered = styles.get(kind, [None])
        style = offered[int(rng.integers(len(offered))) if len(offered) > 1 else 0]
        text = texts.get((kind, style), record.caption)
        told, told_texts = record, texts
        if not _named_bases(told) and (others := [one for one in records if _named_bases(one)]):
            told = others[int(rng.integers(len(others)))]
            told_texts = told.bases
        named = _named_bases(told)
        base = (kind, style)
        if named and base not in named:
            base = next((one for one in named if one[0] == "template"), named[0])
        own = self._contrast(told, base, told_texts.get(base, text), rng)
        anonymous = None
        unnamed: tuple[PositiveKind, str | None] = ("template", ANONYMOUS)
        met = any((negative.base, negative.style) == unnamed and negative.weight > 0 for negative in told.negatives)
        if met and rng.random() < self.config.anonymous:
            anonymous = self._contrast(told, unnamed, told_texts[unnamed], rng)
        graph = self.graphs.get(record.id, _NO_GRAPH)
        return Sample(
            number, text, own.base, own.paraphrase, own.negatives, graph.nodes, graph.edges, graph.boxes, anonymous
        )

    def _contrast(
        self, record: PairsRecord, base: tuple[PositiveKind, str | None], text: str, rng: np.random.Generator
    ) -> Contrast:
        """A base text with a hard positive and as many negatives of each kind as are wanted."""
        is_anonymous = base[1] == ANONYMOUS
        paraphrases = [one for one in record.positives if one.kind == "paraphrase"]
        paraphrase = _one_of([one for one in paraphrases if (one.style == ANONYMOUS) == is_anonymous], rng)
        wanted = {"event": self.config.num_event, "role": self.config.num_role, "argument": self.config.num_argument}
        of_base = [n for n in record.negatives if (n.base, n.style) == base and n.weight > 0]
        negatives: list[Negative] = []
        for negative_kind in NEGATIVE_KINDS:
            own = [n for n in of_base if n.kind == negative_kind]
            take = min(wanted[negative_kind], len(own))
            negatives += [own[int(place)] for place in rng.choice(len(own), take, replace=False)] if take else []
        return Contrast(text, paraphrase, negatives)


def group_by_picture(path: Path, root: Path, rejections: list[Rejection]) -> dict[str, list[PairsRecord]]:
    """The records of a file by picture, in the order of their first; those without a picture under `root` set aside."""
    by_image: dict[str, list[PairsRecord]] = {}
    for record in _read(path, rejections):
        if record.image is None or not (root / record.image).is_file():
            reason = f"no picture at {root / record.image}" if record.image else "the record names no picture"
            rejections.append(Rejection(f"{path}, id {record.id!r}", reason))
            continue
        by_image.setdefault(record.image, []).append(record)
    return by_image


def _without_truths(records: list[PairsRecord]) -> list[PairsRecord]:
    """The records of a picture without negatives that another of them says is true."""
    if len(records) == 1:
        return records  # a record alone has been checked when it was read
    truths = {normalized(positive.text) for record in records for positive in record.positives}
    kept = [[one for one in record.negatives if normalized(one.text) not in truths] for record in records]
    return [
        record if len(own) == len(record.negatives) else record.model_copy(update={"negatives": own})
        for record, own in zip(records, kept, strict=True)
    ]


def _named_bases(record: PairsRecord) -> list[tuple[PositiveKind, str | None]]:
    """The texts of a record, anonymous ones left out, that have negatives which count."""
    return list(
        dict.fromkeys((one.base, one.style) for one in record.negatives if one.weight > 0 and one.style != ANONYMOUS)
    )


def _one_of(positives: list[Positive], rng: np.random.Generator) -> str | None:
    return positives[int(rng.integers(len(positives)))].text if positives else None


def _read(path: Path, rejections: list[Rejection]) -> Iterator[PairsRecord]:
    """Pairs records; plain captions become pairs without negatives."""
    if not path.is_file():
        raise InputError(f"{path}: no such file; expected pairs.jsonl or captions.jsonl")
    return read_records(path, PairsOrCaptionRecord, rejections=rejections)


def open_picture(path: Path) -> Image.Image:
    """A picture in RGB.

    Raises:
        InputError: it is missing, broken, truncated, or larger than a hundred million pixels.
    """
    return decode_picture(path, path)


def decode_picture(source: Path | IO[bytes], where: object, *, formats: tuple[str, ...] | None = None) -> Image.Image:
    """A picture in RGB from a file or a stream.

    Args:
        source: the file.
        where: what messages call it.
        formats: Pillow's names of the only formats that are decoded; all by default.

    Raises:
        InputError: it is missing, broken, truncated, of another format, or larger than a hundred million pixels.
    """
    try:
        with Image.open(source, formats=formats) as image:
            if image.width * image.height > MAX_PICTURE_PIXELS:
                raise InputError(
                    f"{where}: {image.width} x {image.height} pixels; expected at most {MAX_PICTURE_PIXELS:,}"
                )
            return image.convert("RGB")
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise InputError(f"{where}: the picture does not decode ({error}); replace or remove it") from error


def batch_pictures(num_pictures: int, batch_size: int, step: int, seed: int) -> tuple[int, list[int]]:
    """The epoch of a step and the pictures of its batch, from a fresh shuffle every epoch; the last few are left out.

    Args:
        num_pictures: how many there are.
        batch_size: how many a step takes.
        step: counted from 0.
        seed: of the shuffles.

    Raises:
        InputError: fewer pictures than a batch takes.
    """
    batches = num_pictures // batch_size
    if batches == 0:
        raise InputError(f"{num_pictures} pictures do not fill a batch of {batch_size}; expected a smaller batch_size")
    epoch, place = divmod(step, batches)
    order = np.random.default_rng([seed, epoch]).permutation(num_pictures)
    return epoch, order[place * batch_size : (place + 1) * batch_size].tolist()


class StepBatches(Dataset[Batch]):
    """The batch of each step, as a dataset that a DataLoader reads in order.

    Args:
        data: the records.
        batch_size: pictures of a step over all ranks.
        steps: which steps, from the first one that is still to do.
        rank: the share of this process; likewise `num_ranks`.
        transform: picture to tensor, or None where `features` are given.
        features: cached trunk features (pictures, views, C); every epoch draws one view of a picture.
        resize_mode: how the transform makes a picture as large as the model wants, one of open_clip's.
    """

    def __init__(
        self, data: PairsData, batch_size: int, steps: range, *, rank: int = 0, num_ranks: int = 1,
        transform: Callable[[Image.Image], Tensor] | None = None, features: Tensor | None = None,
        resize_mode: str = "shortest",
    ) -> None:  # fmt: skip
        self.data, self.batch_size, self.steps = data, batch_size, steps
        self.rank, self.num_ranks = rank, num_ranks
        self.transform, self.features = transform, features
        self.resize_mode = resize_mode
        self._decoded: dict[int, Tensor] = {}
        self._broken: set[int] = set()
        self._sizes: dict[int, tuple[int, int]] = {}

    def __len__(self) -> int:
        return len(self.steps)

    def __getitem__(self, place: int) -> Batch:
        step = self.steps[place]
        epoch, numbers = batch_pictures(len(self.data), self.batch_size, step, self.data.seed)
        share = self.batch_size // self.num_ranks
        numbers = numbers[self.rank * share : (self.rank + 1) * share]
        if self.features is not None:
            samples = [self.data.sample(number, epoch) for number in numbers]
            return Batch(samples, self.features[numbers, self._views(numbers, epoch)])
        torch.manual_seed(hash((self.data.seed, step, self.rank)) % 2**31)
        samples, pixels, broken = [], [], list[Rejection]()
        for number in numbers:
            sample, picture = self._readable(number, epoch, broken)
            samples.append(sample)
            pixels.append(picture)
        return Batch(samples, torch.stack(pixels), broken)

    def _views(self, numbers: list[int], epoch: int) -> list[int]:
        """Which view of each picture an epoch shows."""
        assert self.features is not None
        num_views = self.features.shape[1]
        return [
            int(np.random.default_rng([self.data.seed, epoch, number, 1]).integers(num_views)) for number in numbers
        ]

    def _readable(self, number: int, epoch: int, broken: list[Rejection]) -> tuple[Sample, Tensor]:
        """The picture, or the next one that decodes: a batch keeps its size, and no broken picture ends a run."""
        reason = ""
        for attempt in range(min(100, len(self.data))):
            candidate = (number + attempt) % len(self.data)
            try:
                pixels = self._pixels(candidate)
                return self._as_seen(self.data.sample(candidate, epoch), pixels), pixels
            except InputError as error:
                reason = str(error)
                if candidate not in self._broken:
                    self._broken.add(candidate)
                    broken.append(self.data.rejection(candidate, error))
        raise InputError(f"a hundred pictures in a row do not decode; the last: {reason}")

    def _as_seen(self, sample: Sample, pixels: Tensor) -> Sample:
        """The sample with its boxes in parts of what the transform leaves of the picture."""
        if not sample.boxes:
            return sample
        crop, mode = (pixels.shape[-1], pixels.shape[-2]), self.resize_mode
        return replace(sample, boxes=boxes_in_crop(sample.boxes, self._sizes[sample.picture], crop, resize_mode=mode))

    def _pixels(self, number: int) -> Tensor:
        """A picture as the model takes it. Small worlds are kept decoded: reading them anew takes a tenth of a step."""
        found = self._decoded.get(number)
        if found is None:
            assert self.transform is not None
            picture = self.data.picture(number)
            self._sizes[number] = picture.size
            found = self.transform(picture)
            room = _MAX_DECODED_BYTES // (found.nbytes * len(self.data))
            if room and not self.data.config.augment:
                self._decoded[number] = found
        return found
