"""Recipes: what a training run is made of, read from YAML, changed by `--set`, and written into the run folder."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from eventclip.errors import UsageError, unknown_name


class Section(BaseModel):
    """The base of all sections: a key that is not there is an error."""

    model_config = ConfigDict(extra="forbid")


Tower = Literal["visual", "text"]


class TrunkConfig(Section):
    """A pretrained visual tower from a local file, for `vision_cfg.timm_model_name`.

    `kwargs` go to timm's `create_model` where open_clip's configuration cannot carry them.
    """

    weights: Path
    kwargs: dict[str, Any] = {}


class LoraConfig(Section):
    """Low-rank adapters: W + alpha / rank · up · down, on the projections of attention, of the MLP, or of both.

    `towers` are those that are not locked, unless some are named.
    """

    rank: int = Field(default=8, gt=0)
    alpha: float = Field(default=16.0, gt=0)
    targets: list[Literal["attention", "mlp"]] = Field(default=["attention", "mlp"], min_length=1)
    towers: list[Tower] | None = Field(default=None, min_length=1)


class ModelConfig(Section):
    """Where to start: `name` (an open_clip name or a folder), or `config` (open_clip's dictionary, random weights).

    Attributes:
        name, pretrained: as in open_clip; `name` may be the folder of a checkpoint.
        config: an open_clip model configuration, for a model from scratch.
        preprocess: mean, std and the like, where they are not open_clip's.
        trunk: weights of a timm trunk in a local file.
        lock_trunk: leave the trunk as it is; the projection of a timm trunk trains.
        lock: towers that stay as they are, with their projections.
        unlock: of a locked tower, how many of the last blocks (of a convolutional one, stages) train after all, and
            with them its last norm and its projection; 0 for these alone.
        lora: train adapters in place of the weights of the towers.
        word_vectors: an .npz of `words` and their vectors `vecs` that the token embeddings start from.
    """

    name: str | None = None
    pretrained: str | None = None
    config: dict[str, Any] | None = None
    preprocess: dict[str, Any] = {}
    trunk: TrunkConfig | None = None
    lock_trunk: bool = False
    lock: list[Tower] = []
    unlock: dict[Tower, Annotated[int, Field(ge=0)]] = {}
    lora: LoraConfig | None = None
    word_vectors: Path | None = None


CROP_AREA = (0.9, 1.0)
"""What share of a picture open_clip's random crops keep."""


class DataConfig(Section):
    """What to train on.

    Attributes:
        pairs: `pairs.jsonl`, or `captions.jsonl` where there are no negatives; or tar shards that carry their records
            and pictures: a folder of them, one, `dir/{00000..00007}.tar`, or `dir/{00000..}.tar` for all that follow.
        images: the folder that `image` is relative to; by default that of the file.
        events: `events.jsonl` of the same records; needed for the alignment term alone.
        positives: how often each kind of positive stands for its picture.
        anonymous: how often a picture brings its text without names and professions, and the negatives of that, besides
            the others, where the pairs have them (`eventclip negatives --styles caption,single,anonymous`).
        num_event: event negatives of a picture in a batch, drawn anew every time; likewise `num_role`, `num_argument`.
        augment: open_clip's random crops.
        crop_area: what share of a picture a random crop keeps, from and to.
        mirror: every other random crop is mirrored; not for captions that tell left from right.
        feature_cache: a file for the features of a locked trunk, which are then computed once.
        feature_views: how many views of a picture the cache holds, of which every epoch draws one: the picture as it
            is, and random crops.
        num_workers: processes that read pictures.
    """

    pairs: Path
    images: Path | None = None
    events: Path | None = None
    positives: dict[Literal["caption", "template", "paraphrase"], float] = {"caption": 1.0, "template": 1.0}
    anonymous: float = Field(default=1.0, ge=0, le=1)
    num_event: int = Field(default=3, ge=0)
    num_role: int = Field(default=2, ge=0)
    num_argument: int = Field(default=1, ge=0)
    augment: bool = False
    crop_area: tuple[Annotated[float, Field(gt=0, le=1)], Annotated[float, Field(gt=0, le=1)]] = CROP_AREA
    mirror: bool = False
    feature_cache: Path | None = None
    feature_views: int = Field(default=1, ge=1)
    num_workers: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _crops_are_made(self) -> "DataConfig":
        if self.crop_area[0] > self.crop_area[1]:
            raise ValueError(f"crop_area is {list(self.crop_area)}; expected the smaller share first")
        if self.feature_views > 1 and self.feature_cache is None:
            raise ValueError("feature_views are kept in a feature_cache; name its file")
        if (self.mirror or self.crop_area != CROP_AREA) and not self.augment and self.feature_views == 1:
            raise ValueError("crop_area and mirror are of random crops; set augment, or feature_views above 1")
        return self


class OptimizerConfig(Section):
    """AdamW under a cosine schedule with linear warm-up.

    Attributes:
        layer_decay: what the rate of a block is multiplied by for each block above it; projections have the full one.
        tower_lr: what the rate of a whole tower is multiplied by.
        l2_start: how strongly weights are pulled to where they started: half of it times the squared distance is added
            to the loss.
    """

    lr: float = Field(gt=0)
    weight_decay: float = Field(default=0.1, ge=0)
    betas: tuple[float, float] = (0.9, 0.98)
    warmup_steps: int = Field(default=0, ge=0)
    max_grad_norm: float = Field(default=1.0, gt=0)
    layer_decay: float = Field(default=1.0, gt=0, le=1)
    tower_lr: dict[Tower, Annotated[float, Field(gt=0)]] = {}
    l2_start: float = Field(default=0.0, ge=0)


class RetentionConfig(Section):
    """What must not be forgotten: captioned pictures of another kind, measured from before the first step on.

    Attributes:
        captions: `captions.jsonl`; events and pairs records are such, too.
        images: the folder that `image` is relative to; by default that of the file.
        recall_at: how many of the nearest are looked at.
        max_drop: by how many points the mean of both directions' recall may fall before there is an alarm.
    """

    captions: Path
    images: Path | None = None
    recall_at: int = Field(default=1, gt=0)
    max_drop: float = Field(default=1.0, ge=0)


class EvaluationConfig(Section):
    """What is measured every `evaluate_every` steps, before the first and after the last.

    Attributes:
        pairs: `pairs.jsonl` of held-out pictures: hard-negative accuracy of each kind, recall@1 both ways.
        images: the folder that `image` is relative to; by default that of the file.
        best_metric: the metric whose highest value makes a checkpoint the best, kept as `best/` in the run folder.
        batch_size: pictures, and texts, that are encoded together.
        retention: what must not be forgotten.
    """

    pairs: Path | None = None
    images: Path | None = None
    best_metric: str | None = None
    batch_size: int = Field(default=64, gt=0)
    retention: RetentionConfig | None = None


class Recipe(Section):
    """One training run.

    Attributes:
        loss: names a preset and may change its weights.
        batch_size: pictures of a step, over all processes.
        accumulate: batches, each with a loss of its own, whose gradients make one step.
        micro_batch: pictures of a process that are encoded together; with it the memory of a step is theirs, and loss
            and gradients are those of the whole batch (GradCache). Without it the batch goes through at once.
        precision: of the two towers; weights and loss are fp32. `auto` is bf16 on CUDA and fp32 elsewhere.
        grad_checkpointing: compute activations anew in the backward pass instead of keeping them.
        compile: let `torch.compile` at the towers; pays after minutes.
        ema_decay: keep a moving average of the weights, which is then what is measured and saved.
        keep_checkpoints: how many of the last checkpoints stay, the best one besides.
        logger: where metrics go besides `metrics.jsonl`.
    """

    model: ModelConfig
    data: DataConfig
    loss: dict[str, Any] = {"preset": "structured"}
    optimizer: OptimizerConfig
    batch_size: int = Field(default=64, gt=0)
    accumulate: int = Field(default=1, gt=0)
    micro_batch: int | None = Field(default=None, gt=0)
    num_steps: int = Field(gt=0)
    precision: Literal["auto", "fp32", "bf16", "fp16"] = "auto"
    grad_checkpointing: bool = False
    compile: bool = False
    ema_decay: float | None = Field(default=None, gt=0, lt=1)
    device: str = "auto"
    seed: int = Field(default=0, ge=0)
    evaluation: EvaluationConfig | None = None
    evaluate_every: int = Field(default=200, gt=0)
    log_every: int = Field(default=10, gt=0)
    checkpoint_every: int = Field(default=200, gt=0)
    keep_checkpoints: int = Field(default=2, gt=0)
    logger: list[Literal["tensorboard", "wandb"]] = []
    out: Path | None = None


def load_recipe(path: str | Path, overrides: list[str] | None = None) -> Recipe:
    """A recipe from its file, with `--set` changes such as `optimizer.lr=1e-5`.

    Relative paths in the recipe are taken from the folder that the command runs in.

    Raises:
        UsageError: no such file, bad YAML, a key or value that is not expected (with the nearest known key).
    """
    path = Path(path)
    if not path.is_file():
        raise UsageError(f"{path}: no such recipe; expected a YAML file")
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except yaml.YAMLError as error:
        raise UsageError(f"{path}: not YAML: {error}") from error
    if not isinstance(raw, dict):
        raise UsageError(f"{path}: expected sections such as `model:` and `data:`, found {type(raw).__name__}")
    for override in overrides or []:
        _apply(raw, override)
    try:
        return Recipe.model_validate(raw)
    except ValidationError as error:
        raise UsageError(f"{path}: {_explain(error)}") from error


def recipe_yaml(recipe: Recipe) -> str:
    """A recipe as YAML that `load_recipe` reads back."""
    return yaml.safe_dump(recipe.model_dump(mode="json"), sort_keys=False, allow_unicode=True)


class _Loader(yaml.SafeLoader):
    """YAML in which `1e-6` is a number, as YAML 1.2 has it and PyYAML does not."""


_Loader.yaml_implicit_resolvers = {key: list(value) for key, value in yaml.SafeLoader.yaml_implicit_resolvers.items()}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(\d+\.?\d*|\.\d+)[eE][-+]?\d+$"),
    list("-+.0123456789"),
)


def _apply(raw: dict[str, Any], override: str) -> None:
    key, equals, value = override.partition("=")
    if not equals or not key:
        raise UsageError(f"--set {override}: expected key=value, as in optimizer.lr=1e-5")
    *sections, last = key.split(".")
    place = raw
    for section in sections:
        if place.get(section) is None:  # as sections that are not used stand in a run's config.yaml
            place[section] = {}
        place = place[section]
        if not isinstance(place, dict):
            raise UsageError(f"--set {override}: {section!r} holds a value, not a section")
    try:
        place[last] = yaml.load(value, Loader=_Loader)
    except yaml.YAMLError as error:
        raise UsageError(f"--set {override}: the value is not YAML: {error}") from error


def _explain(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        section: Any = Recipe
        for part in first["loc"][:-1]:
            section = section.model_fields[part].annotation
            if not hasattr(section, "model_fields"):
                section = next(option for option in section.__args__ if hasattr(option, "model_fields"))
        return unknown_name(
            f"key in {where.rpartition('.')[0] or 'the recipe'}", str(first["loc"][-1]), section.model_fields
        )
    return f"{where}: {first['msg']}, found {first.get('input')!r}"
