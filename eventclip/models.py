"""open_clip, wrapped once: one model class, its loading, its saving.

Shapes: B pictures, T texts, L tokens, H x W patches, D the joint width. All features are L2-normalised.
"""

import copy
import json
import logging
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import open_clip
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors import SafetensorError
from safetensors.torch import save as serialize
from torch import Tensor, nn
from torchvision.transforms import Compose, RandomHorizontalFlip

from eventclip.class_token import encode_class_token, reads_class_token_alone
from eventclip.errors import EventClipError, UsageError, unknown_name
from eventclip.jsonl import atomic_write, write_json
from eventclip.text_tree import encode_tree, layout_texts, layout_texts_and_words, why_no_tree, why_no_words

CONFIG_FILE = "open_clip_config.json"
WEIGHTS_FILE = "open_clip_model.safetensors"
TRUNK_FILE = "eventclip_trunk.json"
_PIECE = 1024  # texts that are encoded together where no gradient keeps their states anyway
_MAX_TOKENISED = 200_000  # texts whose tokens are kept: some 80 MiB

log = logging.getLogger(__name__)


class ClipModel(nn.Module):
    """An open_clip CLIP with features as everything else of eventclip wants them.

    Args:
        clip: the open_clip model.
        model_cfg: what it was built from, as in `open_clip_config.json`.
        tokenizer: texts to token ids (T, L).
        trunk_kwargs: arguments of timm's `create_model` that open_clip's configuration cannot carry, if any were used.
    """

    def __init__(
        self,
        clip: Any,
        model_cfg: dict[str, Any],
        tokenizer: Callable[[list[str]], Tensor],
        *,
        trunk_kwargs: dict[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self.clip: Any = clip
        clip.visual.to(memory_format=torch.channels_last)  # convolutions run a fifth faster in it
        self.model_cfg = model_cfg
        self.tokenizer = tokenizer
        self.trunk_kwargs = trunk_kwargs
        self.preprocess_cfg: dict[str, Any] = dict(clip.visual.preprocess_cfg)
        self._tokens: dict[str, npt.NDArray[np.int32]] = {}
        self._obstacle: str | None = None

    @property
    def embed_dim(self) -> int:
        """The joint width D."""
        return int(self.model_cfg["embed_dim"])

    @property
    def image_size(self) -> tuple[int, int]:
        """Height and width of the pictures that the visual tower takes."""
        size = self.clip.visual.image_size
        return (size, size) if isinstance(size, int) else (int(size[0]), int(size[1]))

    @property
    def mean(self) -> tuple[float, ...]:
        """What is taken from each channel of a picture scaled to 0..1."""
        return tuple(self.preprocess_cfg["mean"])

    @property
    def std(self) -> tuple[float, ...]:
        """What each channel is then divided by."""
        return tuple(self.preprocess_cfg["std"])

    @property
    def device(self) -> torch.device:
        """Where the weights lie."""
        return cast(nn.Parameter, self.clip.logit_scale).device

    def transform(
        self, *, train: bool = False, crop_area: tuple[float, float] = (0.9, 1.0), mirror: bool = False
    ) -> Callable[[Image.Image], Tensor]:
        """The picture transform: PIL picture to float tensor (3, H, W).

        Args:
            train: open_clip's random crops in place of the middle of the picture.
            crop_area: what share of the picture a random crop keeps, from and to.
            mirror: whether every other random crop is mirrored.
        """
        config = open_clip.transform.PreprocessCfg(**{**self.preprocess_cfg, "size": self.image_size})
        crops = open_clip.transform.AugmentationCfg(scale=crop_area)
        transform = open_clip.transform.image_transform_v2(config, is_train=train, aug_cfg=crops)
        if train and mirror:
            transform = Compose([RandomHorizontalFlip(), transform])
        return cast("Callable[[Image.Image], Tensor]", transform)

    def logit_scale_exp(self) -> Tensor:
        """The factor that similarities are multiplied by, a scalar."""
        return cast(nn.Parameter, self.clip.logit_scale).exp()

    def logit_bias(self) -> Tensor | None:
        """What is added to the logits of yes-or-no questions (SigLIP), a scalar, of a model that has one."""
        return cast("Tensor | None", getattr(self.clip, "logit_bias", None))

    def add_logit_bias(self, start: float) -> None:
        """Gives a model that has no bias one, which it is then saved with."""
        if self.logit_bias() is None:
            self.clip.logit_bias = nn.Parameter(torch.tensor(float(start), device=self.device))
            self.model_cfg = {**self.model_cfg, "init_logit_bias": float(start)}

    def encode_image(self, image_BCHW: Tensor) -> Tensor:
        """Picture features (B, D)."""
        # In evaluation the features are those of open_clip to the last bit.
        if torch.is_grad_enabled() and reads_class_token_alone(self.clip.visual):
            return F.normalize(encode_class_token(self.clip.visual, image_BCHW), dim=-1)
        return cast(Tensor, self.clip.encode_image(image_BCHW, normalize=True))

    def encode_patches(self, image_BCHW: Tensor) -> Tensor:
        """Patch features in the joint space (B, H, W, D)."""
        return self.encode_image_and_patches(image_BCHW)[1]

    def encode_image_and_patches(self, image_BCHW: Tensor) -> tuple[Tensor, Tensor]:
        """Picture features (B, D) and patch features (B, H, W, D) from one pass of the visual tower.

        A patch goes through the projection of the whole picture, so both lie in the space of the texts.
        """
        visual = self.clip.visual
        if hasattr(visual, "trunk"):
            grid_BCHW = visual.trunk.forward_features(image_BCHW)
            if grid_BCHW.dim() != 4:
                raise EventClipError(
                    f"{type(visual.trunk).__name__} gives no grid of patches; expected a convolutional trunk"
                )
            image_BD = visual.head(visual.trunk.forward_head(grid_BCHW))
            patches_BHWD = visual.head(grid_BCHW.permute(0, 2, 3, 1))
        else:
            output = visual.forward_intermediates(
                image_BCHW, indices=1, normalize_intermediates=True, output_fmt="NCHW"
            )
            image_BD = output["image_features"]
            patches_BHWD = output["image_intermediates"][-1].permute(0, 2, 3, 1)
            if hasattr(visual, "attnpool"):  # a ResNet; a patch attends to itself alone (MaskCLIP, Zhou et al. 2022)
                patches_BHWD = visual.attnpool.c_proj(visual.attnpool.v_proj(patches_BHWD))
            elif visual.proj is not None:
                patches_BHWD = patches_BHWD @ visual.proj
        return F.normalize(image_BD, dim=-1), F.normalize(patches_BHWD, dim=-1)

    def encode_trunk(self, image_BCHW: Tensor) -> Tensor:
        """Features of a timm trunk before the projection (B, C), of another tower after it: what a lock keeps fixed."""
        visual = self.clip.visual
        return cast(Tensor, visual.trunk(image_BCHW) if hasattr(visual, "trunk") else visual(image_BCHW))

    def encode_from_trunk(self, trunk_BC: Tensor) -> Tensor:
        """Picture features (B, D) from what `encode_trunk` gave."""
        visual = self.clip.visual
        return F.normalize(visual.head(trunk_BC) if hasattr(visual, "trunk") else trunk_BC, dim=-1)

    def _timm(self) -> Any:
        if not hasattr(self.clip.visual, "trunk"):
            raise UsageError("this model has no timm trunk: expected vision_cfg.timm_model_name in its configuration")
        return self.clip.visual

    def encode_text(self, texts: Sequence[str]) -> Tensor:
        """Text features (T, D); what texts have in common is computed once (`eventclip.text_tree`)."""
        pieces = (
            [texts] if torch.is_grad_enabled() else [texts[at : at + _PIECE] for at in range(0, len(texts), _PIECE)]
        )
        ids = [np.stack([self._token_ids(text) for text in piece]).astype(np.int64) for piece in pieces]
        return F.normalize(torch.cat([self._encode_tokens(ids_TL) for ids_TL in ids]), dim=-1)

    def encode_text_and_words(self, texts: Sequence[str]) -> tuple[Tensor, Tensor, Tensor]:
        """Text features (T, D), the features of their words (K, D), text after text, and how many each text has (T,).

        Words are the tokens between start and end; each goes through the projection of the whole text, so that it lies
        in the joint space, and knows the words before it.

        Raises:
            UsageError: the tower is none of those that let us see their words.
        """
        text = getattr(self.clip, "text", self.clip)
        obstacle = why_no_words(text)
        if obstacle is not None:
            raise UsageError(
                f"loss.local and loss.words need features of words, but {obstacle}: expected a causal text tower such "
                "as CLIP's, or these terms at 0"
            )
        ids_TL = np.stack([self._token_ids(one) for one in texts]).astype(np.int64)
        layout, num_words_T = layout_texts_and_words(text, ids_TL)
        text_TD, word_KD = F.normalize(encode_tree(text, layout), dim=-1).tensor_split([len(texts)])
        return text_TD, word_KD, torch.from_numpy(num_words_T).to(self.device)

    def _token_ids(self, text: str) -> npt.NDArray[np.int32]:
        """The token ids of a text; texts come back often, and tokenising takes as long as encoding."""
        if text not in self._tokens:
            if len(self._tokens) >= _MAX_TOKENISED:
                self._tokens.clear()
            self._tokens[text] = self.tokenizer([text])[0].numpy().astype(np.int32)
        return self._tokens[text]

    def _encode_tokens(self, ids_TL: npt.NDArray[np.int64]) -> Tensor:
        text = getattr(self.clip, "text", self.clip)
        obstacle = why_no_tree(text)
        if obstacle is None:
            return encode_tree(text, layout_texts(text, ids_TL))
        if obstacle != self._obstacle:
            self._obstacle = obstacle
            log.info("texts are encoded at full length, without sharing: %s", obstacle)
        distinct_TL, text_T = np.unique(ids_TL, axis=0, return_inverse=True)
        features_TD = self.clip.encode_text(torch.from_numpy(distinct_TL).to(self.device))
        return cast(Tensor, features_TD)[torch.from_numpy(text_T).to(self.device)]

    def save(self, folder: str | Path) -> Path:
        """Writes a checkpoint folder that plain open_clip loads with `local-dir:`."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / CONFIG_FILE, {"model_cfg": self.model_cfg, "preprocess_cfg": self.preprocess_cfg})
        if self.trunk_kwargs is not None:
            write_json(folder / TRUNK_FILE, self.trunk_kwargs)
        weights = {name: tensor.detach().contiguous().cpu() for name, tensor in plain_weights(self.clip).items()}
        with atomic_write(folder / WEIGHTS_FILE, "wb") as stream:
            stream.write(serialize(weights))
        return folder


def plain_weights(module: nn.Module) -> dict[str, Tensor]:
    """The weights by the names that open_clip knows; an adapter (a parametrization) is merged into its weight."""
    weights = {}
    for name, tensor in module.state_dict().items():
        owner, adapted, part = name.partition(".parametrizations.")
        weight, _, part = part.partition(".")
        if not adapted:
            weights[name] = tensor
        elif part == "original":
            weights[f"{owner}.{weight}"] = getattr(module.get_submodule(owner), weight)
    return weights


@contextmanager
def _quiet() -> Iterator[None]:
    """open_clip logs every step of building a model on the root logger, and warns that it starts at random."""
    root, level = logging.getLogger(), logging.getLogger().level
    root.setLevel(max(level, logging.ERROR))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        root.setLevel(level)


def build_model(config: dict[str, Any], *, preprocess: dict[str, Any] | None = None, seed: int = 0) -> ClipModel:
    """A model with random weights from an open_clip configuration (`embed_dim`, `vision_cfg`, `text_cfg`).

    Args:
        config: as in open_clip's `model_configs/*.json`.
        preprocess: what differs from open_clip's picture preprocessing, such as `mean` and `std`.
        seed: the weights are a function of it.
    """
    torch.manual_seed(seed)
    with tempfile.TemporaryDirectory() as folder:
        write_json(Path(folder) / CONFIG_FILE, {"model_cfg": config, "preprocess_cfg": preprocess or {}})
        return _from_folder(Path(folder), device="cpu")


def load_model(name: str | Path, *, pretrained: str | None = None, device: str = "cpu") -> ClipModel:
    """A model by the name of a checkpoint folder, a run folder, or one of open_clip's models.

    Args:
        name: a folder with `open_clip_config.json`, a run folder with `checkpoint/`, or a name such as `ViT-B-32`.
        pretrained: open_clip's tag or a weights file, for a name that is no folder.
        device: where to put it.

    Raises:
        UsageError: no such folder or name.
        EventClipError: weights that do not load, or cannot be reached.
    """
    folder = Path(name)
    for candidate in (folder, folder / "checkpoint"):
        if (candidate / CONFIG_FILE).is_file():
            if not (candidate / WEIGHTS_FILE).is_file() and not any(candidate.glob("*.bin")):
                raise EventClipError(f"{candidate}: {CONFIG_FILE} is there but no weights; expected {WEIGHTS_FILE}")
            try:
                return _from_folder(candidate, device=device)
            except (RuntimeError, KeyError, TypeError, OSError, SafetensorError) as error:
                raise EventClipError(f"{candidate}: the checkpoint does not load: {error}") from error
    if folder.exists():
        raise UsageError(
            f"{folder} holds no {CONFIG_FILE}; expected a checkpoint folder or a run folder with checkpoint/"
        )
    known = open_clip.list_models()
    if str(name) not in known:
        if "/" in str(name):
            raise UsageError(f"{name}: no such folder; expected a checkpoint folder with {CONFIG_FILE}")
        raise UsageError(unknown_name("model", str(name), known))
    tags = open_clip.list_pretrained_tags_by_model(str(name))
    if pretrained is not None and pretrained not in tags and not Path(pretrained).is_file():
        raise UsageError(unknown_name(f"weights of {name}", pretrained, tags))
    quick_gelu = pretrained == "openai"
    try:
        with _quiet():
            clip = open_clip.create_model(str(name), pretrained=pretrained, force_quick_gelu=quick_gelu)
    except (RuntimeError, OSError) as error:
        raise EventClipError(
            f"weights {pretrained!r} of {name} could not be had ({error}); name a local weights file or folder"
        ) from error
    config = copy.deepcopy(open_clip.get_model_config(str(name)))
    config["quick_gelu"] = bool(config.get("quick_gelu", False) or quick_gelu)
    return ClipModel(clip, config, open_clip.get_tokenizer(str(name))).to(device)


def _from_folder(folder: Path, *, device: str) -> ClipModel:
    raw = json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8"))
    with _quiet():
        trunk_file = folder / TRUNK_FILE
        if trunk_file.is_file():
            clip = open_clip.create_model(f"local-dir:{folder}", load_weights=False)
            trunk_kwargs = json.loads(trunk_file.read_text(encoding="utf-8"))
            replace_trunk(clip, raw["model_cfg"], trunk_kwargs)
            open_clip.load_checkpoint(clip, str(folder / WEIGHTS_FILE))
        else:
            trunk_kwargs = None
            clip = open_clip.create_model(f"local-dir:{folder}")
        tokenizer = open_clip.get_tokenizer(f"local-dir:{folder}")
    return ClipModel(clip, raw["model_cfg"], tokenizer, trunk_kwargs=trunk_kwargs).to(device)


def replace_trunk(clip: Any, model_cfg: dict[str, Any], trunk_kwargs: dict[str, Any]) -> None:
    """Rebuilds the timm trunk of an open_clip model with arguments that open_clip's configuration cannot carry.

    Some weights need one: an ImageNet tower trained with `pad_type="same"` is a poor one without it. A checkpoint of
    such a model carries the arguments beside it, and plain open_clip builds the trunk without them.
    """
    import timm

    vision_cfg = model_cfg["vision_cfg"]
    trunk = timm.create_model(vision_cfg["timm_model_name"], pretrained=False, **trunk_kwargs)
    trunk.reset_classifier(0, global_pool=vision_cfg.get("timm_pool", "avg"))
    clip.visual.trunk = trunk.to(memory_format=torch.channels_last)


def load_trunk_weights(model: ClipModel, path: str | Path, trunk_kwargs: dict[str, Any]) -> None:
    """Puts the weights of a local timm file into the trunk of a model, rebuilding it where it takes arguments.

    Raises:
        UsageError: no such file, or the model has no timm trunk.
        EventClipError: the file is not the weights of this trunk.
    """
    path = Path(path)
    if not path.is_file():
        raise UsageError(f"model.trunk.weights: {path}: no such file; expected the weights of a timm model")
    visual = model._timm()
    if trunk_kwargs:
        replace_trunk(model.clip, model.model_cfg, trunk_kwargs)
        model.trunk_kwargs = trunk_kwargs
    weights = torch.load(path, map_location="cpu", weights_only=True)
    missing, _ = visual.trunk.load_state_dict(weights, strict=False)
    if missing:
        name = model.model_cfg["vision_cfg"]["timm_model_name"]
        raise EventClipError(
            f"{path} lacks {len(missing)} weights of {name}, first {missing[0]!r}; expected its own file"
        )


def start_from_word_vectors(model: ClipModel, path: str | Path) -> None:
    """Puts word vectors into the token embeddings of the words that are one token; the others stay as they are.

    Vectors of another width are projected on their main directions; the scale is that of the embeddings.

    Args:
        model: a model whose text tower has token embeddings (V, D).
        path: an .npz with `words` (W,) and `vecs` (W, E), such as word2vec's.

    Raises:
        UsageError: no such file, or it lacks one of the two; no word of it is one token.
    """
    path = Path(path)
    if not path.is_file():
        raise UsageError(f"model.word_vectors: {path}: no such file; expected an .npz with `words` and `vecs`")
    with np.load(path, allow_pickle=False) as archive:
        if not {"words", "vecs"} <= set(archive.files):
            raise UsageError(f"model.word_vectors: {path} has {', '.join(archive.files)}; expected `words` and `vecs`")
        words, vectors_WE = archive["words"].tolist(), torch.from_numpy(archive["vecs"].astype(np.float32))
    weight_VD = getattr(model.clip, "text", model.clip).token_embedding.weight
    vectors_WE = vectors_WE - vectors_WE.mean(dim=0)
    if vectors_WE.shape[1] > weight_VD.shape[1]:
        _, _, directions_EK = torch.pca_lowrank(vectors_WE, q=min(weight_VD.shape[1], len(words)), center=False)
        vectors_WE = vectors_WE @ directions_EK
    tokens = model.tokenizer(words)
    whole = [place for place, row in enumerate(tokens.tolist()) if sum(map(bool, row)) == 3]  # start, the word, end
    if not whole:
        raise UsageError(f"model.word_vectors: {path}: no word of it is one token of the model")
    with torch.no_grad():
        scale = weight_VD.std() / vectors_WE.std()
        weight_VD[tokens[whole, 1], : vectors_WE.shape[1]] = (vectors_WE[whole] * scale).to(weight_VD)
