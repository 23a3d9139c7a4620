"""The loss of a batch: features of its pictures and of its texts, each encoded once, and the terms over them."""

from dataclasses import dataclass, fields

import torch
from torch import Tensor, nn

from eventclip.datasets.pairs import NEGATIVE_KINDS, Batch
from eventclip.losses import (
    LossWeights,
    contrastive_loss,
    gather_constant,
    gather_ragged_constant,
    gather_with_grad,
    intra_modal_loss,
    margin_loss,
    mean_gaps,
    own_binary_loss,
    own_divergence_loss,
    own_negatives_loss,
    pool_boxes,
    rank,
    ranked_loss,
    sigmoid_loss,
    transport_distance,
    word_patch_logits,
    word_region_loss,
    word_region_scores,
)
from eventclip.models import ClipModel
from eventclip.train.texts import BatchTexts, Groups


@dataclass(frozen=True, slots=True)
class Features:
    """All that the loss of a batch needs of the model, as tensors.

    Attributes:
        image_BD: picture features.
        text_TD: features of the distinct texts of the batch, in the order of `BatchTexts.all`.
        scale: the factor of the similarities, a scalar.
        bias: what is added to yes-or-no questions, of a model that has one.
        patch_BHWD: patch features, where a term needs them.
        word_KD: features of the words of all texts, one text after the other, where a term needs them; with
        num_words_T: how many each text has.
    """

    image_BD: Tensor
    text_TD: Tensor
    scale: Tensor
    bias: Tensor | None = None
    patch_BHWD: Tensor | None = None
    word_KD: Tensor | None = None
    num_words_T: Tensor | None = None


class Objective(nn.Module):
    """The loss of a batch, as a module, so that DDP sees every parameter used in one forward pass.

    The features and the loss of the features can also be had apart: large batches encode in pieces (GradCache).
    """

    def __init__(self, model: ClipModel, weights: LossWeights, *, from_trunk: bool) -> None:
        super().__init__()
        self.model, self.weights, self.from_trunk = model, weights, from_trunk
        self._texts: BatchTexts | None = None

    def forward(self, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """The loss, a scalar, and its unweighted terms."""
        return self.loss(self.encode(batch), batch)

    def texts(self, batch: Batch) -> BatchTexts:
        """The texts of a batch; those of the last one are kept."""
        if self._texts is None or self._texts.batch is not batch:
            self._texts = BatchTexts(batch, self.weights)
        return self._texts

    def encode(self, batch: Batch) -> Features:
        """The features of a batch."""
        image_BD, patch_BHWD = self.encode_pictures(batch.pixels)
        text_TD, word_KD, num_words_T = self.encode_texts(self.texts(batch).all)
        scale, bias = self.model.logit_scale_exp(), self.model.logit_bias()
        return Features(image_BD, text_TD, scale, bias, patch_BHWD, word_KD, num_words_T)

    def encode_pictures(self, pixels: Tensor) -> tuple[Tensor, Tensor | None]:
        """The features of pictures, and of their patches where a term needs them; a picture's are its own alone."""
        pixels = pixels.to(self.model.device, non_blocking=True)  # pinned by the loader
        if self.from_trunk:
            return self.model.encode_from_trunk(pixels), None
        if self.weights.uses_patches:
            return self.model.encode_image_and_patches(pixels)
        return self.model.encode_image(pixels), None

    def encode_texts(self, texts: list[str]) -> tuple[Tensor, Tensor | None, Tensor | None]:
        """The features of texts, and of their words where a term needs them; a text's are its own alone."""
        if self.weights.uses_words:
            return self.model.encode_text_and_words(texts)
        return self.model.encode_text(texts), None, None

    def loss(self, features: Features, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """The loss of a batch whose features are known, a scalar, and its unweighted terms, in full precision."""
        with torch.autocast(features.image_BD.device.type, enabled=False):
            found = Terms(_in_full(features), self.texts(batch), self.weights)
            shares = self.weights.terms()
            terms = {name: found.term(name) for name in shares}
            loss = torch.stack([share * terms[name] for name, share in shares.items()]).sum()
            if features.bias is not None and not self.weights.uses_bias:
                loss = loss + 0 * features.bias.sum()  # a softmax cancels it; DDP wants a gradient of every parameter
        return loss, {name: term.detach() for name, term in terms.items()}


def _in_full(features: Features) -> Features:
    """The features with half precision made single."""
    values = {field.name: getattr(features, field.name) for field in fields(Features)}
    half = (torch.bfloat16, torch.float16)
    return Features(
        **{
            name: value.float() if value is not None and value.dtype in half else value
            for name, value in values.items()
        }
    )


class Terms:
    """The terms of the objective over the features of one batch, each by its name."""

    def __init__(self, features: Features, texts: BatchTexts, weights: LossWeights) -> None:
        self.features, self.texts, self.weights = features, texts, weights
        self.device, self.dtype = features.image_BD.device, features.image_BD.dtype

    def term(self, name: str) -> Tensor:
        """A term, a scalar: on every rank that of the batch of all ranks, up to the mean that DDP takes."""
        if name in ("contrastive", "words", "align"):
            found: Tensor = getattr(self, f"_{name}")()
            return found
        groups = self.texts.groups(name)
        groups = Groups(**{field.name: getattr(groups, field.name).to(self.device) for field in fields(Groups)})
        if name in ("margin", "rank", "intra", "local"):
            return self._by_picture(getattr(self, f"_{name}")(groups, groups.weight_N.to(self.dtype)))
        positive_G, negative_N = self._similarities(groups)
        return self._by_picture(self._own(self.features.scale * positive_G, self.features.scale * negative_N, groups))

    def _by_picture(self, values: Tensor) -> Tensor:
        """The sum of what pictures have of a term, over all pictures of the batch, equally many on every rank.

        Over those alone that have any of it, a rare kind of negative would make steep steps whenever one appears.
        """
        return values.sum() / len(self.features.image_BD)

    def _contrastive(self) -> Tensor:
        features, texts, weights = self.features, self.texts, self.weights
        given: dict[str, Tensor] = {"picture_B": self._pictures()}
        if weights.denominator != "none":
            # What somebody unnamed does to another is true of too many pictures to stand before all of them.
            own = weights.denominator == "own"
            keep_N = torch.ones_like(texts.is_anonymous_N) if own else ~texts.is_anonymous_N
            given["negative_ND"] = gather_with_grad(features.text_TD[texts.negative_N[keep_N].to(self.device)])
            given["weight_N"] = gather_ragged_constant(texts.weight_N[keep_N].to(self.device, self.dtype))
        if weights.denominator == "own":
            given["owner_N"] = gather_ragged_constant(texts.owner_N.to(self.device) + rank() * len(features.image_BD))
        positive_T = texts.positive_B
        if weights.all_positives:
            numbers = torch.tensor([sample.picture for sample in texts.batch.samples])
            given["picture_T"] = gather_ragged_constant(numbers[texts.owner_T].to(self.device))
            positive_T = texts.positives_T
        image_BD = gather_with_grad(features.image_BD)
        text_TD = gather_with_grad(features.text_TD[positive_T.to(self.device)])
        if weights.contrast == "sigmoid":
            return sigmoid_loss(image_BD, text_TD, features.scale, self._bias(), **given)
        return contrastive_loss(image_BD, text_TD, features.scale, **given)

    def _pictures(self) -> Tensor:
        numbers = [sample.picture for sample in self.texts.batch.samples]
        return gather_constant(torch.tensor(numbers, device=self.device))

    def _bias(self) -> Tensor:
        assert self.features.bias is not None
        return self.features.bias

    def _similarities(self, groups: Groups) -> tuple[Tensor, Tensor]:
        """Of each positive and of each negative to the picture."""
        image_BD, text_TD = self.features.image_BD, self.features.text_TD
        positive_G = (image_BD[groups.picture_G] * text_TD[groups.positive_G]).sum(dim=1)
        negative_N = (image_BD[groups.picture_G[groups.group_N]] * text_TD[groups.negative_N]).sum(dim=1)
        return positive_G, negative_N

    def _own(self, positive_G: Tensor, negative_N: Tensor, groups: Groups) -> Tensor:
        weights, group_N, weight_N = self.weights, groups.group_N, groups.weight_N.to(self.dtype)
        if weights.own == "binary":
            return own_binary_loss(positive_G + self._bias(), negative_N + self._bias(), group_N, weight_N)
        smoothing = weights.smoothing
        if weights.own == "divergence":
            return own_divergence_loss(positive_G, negative_N, group_N, weight_N, smoothing=smoothing)
        gamma = weights.gamma
        return own_negatives_loss(positive_G, negative_N, group_N, weight_N, gamma=gamma, smoothing=smoothing)

    def _margin(self, groups: Groups, weight_N: Tensor) -> Tensor:
        positive_G, negative_N = self._similarities(groups)
        margin_N = self.weights.margin_step * groups.size_N.to(self.dtype)
        return margin_loss(positive_G, negative_N, groups.group_N, weight_N, margin_N)

    def _rank(self, groups: Groups, weight_N: Tensor) -> Tensor:
        positive_G, negative_N = (self.features.scale * similarity for similarity in self._similarities(groups))
        threshold_K = mean_gaps(positive_G, negative_N, groups.group_N, groups.kind_N, len(NEGATIVE_KINDS))
        return ranked_loss(positive_G, negative_N, groups.group_N, weight_N, threshold_K[groups.kind_N])

    def _intra(self, groups: Groups, weight_N: Tensor) -> Tensor:
        image_GD, text_TD = self.features.image_BD[groups.picture_G], self.features.text_TD
        text_GD, negative_ND = text_TD[groups.positive_G], text_TD[groups.negative_N]
        return intra_modal_loss(image_GD, text_GD, negative_ND, groups.group_N, weight_N, self.features.scale)

    def _local(self, groups: Groups, weight_N: Tensor) -> Tensor:
        word_KD, text_K = self._words_of(torch.cat([groups.positive_G, groups.negative_N]))
        picture_T = torch.cat([groups.picture_G, groups.picture_G[groups.group_N]])
        logits_T = word_patch_logits(word_KD, text_K, picture_T, self._patches(), self.features.scale)
        num_groups = len(groups.positive_G)
        return self._own(logits_T[:num_groups], logits_T[num_groups:], groups)

    def _patches(self) -> Tensor:
        assert self.features.patch_BHWD is not None
        return self.features.patch_BHWD.flatten(1, 2)

    def _words_of(self, text_T: Tensor) -> tuple[Tensor, Tensor]:
        """The words of given texts one after the other, and which of these texts each belongs to."""
        assert self.features.word_KD is not None
        assert self.features.num_words_T is not None
        end_T = self.features.num_words_T.cumsum(0)
        number_T = self.features.num_words_T[text_T]
        own_K = torch.arange(len(text_T), device=self.device).repeat_interleave(number_T)
        first_T = end_T[text_T] - number_T
        place_K = torch.arange(len(own_K), device=self.device) - (number_T.cumsum(0) - number_T)[own_K]
        return self.features.word_KD[first_T[own_K] + place_K], own_K

    def _words(self) -> Tensor:
        word_KD, text_K = self._words_of(self.texts.positive_B.to(self.device))
        number_B = gather_constant(torch.bincount(text_K, minlength=len(self.features.image_BD)))
        mask_BL = torch.arange(int(number_B.max()), device=self.device) < number_B[:, None]
        word_KD = gather_with_grad(word_KD)
        word_BLD = word_KD.new_zeros(*mask_BL.shape, word_KD.shape[1]).masked_scatter(mask_BL[..., None], word_KD)
        # Each rank scores its own pictures, so that patches stay where they are.
        score_BB = gather_with_grad(word_region_scores(word_BLD, mask_BL, self._patches(), self.features.scale))
        return word_region_loss(score_BB, picture_B=self._pictures())

    def _align(self) -> Tensor:
        graphs, text_TD, weights = self.texts.graphs, self.features.text_TD, self.weights
        mask_BM = graphs.mask_BM.to(self.device)
        node_BMD = text_TD[graphs.node_BM.to(self.device)]
        edge_BMD = text_TD[graphs.edge_BM.to(self.device)] if weights.edge_share else None
        region_BPD, region_mask_BP = self._regions()
        distance_B = transport_distance(
            node_BMD, mask_BM, region_BPD, patch_mask_BP=region_mask_BP,
            edge_BMD=edge_BMD, edge_share=weights.edge_share, solver=weights.solver,
        )  # fmt: skip
        return self._by_picture(distance_B[mask_BM.any(dim=1)])

    def _regions(self) -> tuple[Tensor, Tensor | None]:
        """The picture's side of the alignment: its patches; or the whole of it and the boxes that are given."""
        if self.weights.regions == "patches":
            return self._patches(), None
        assert self.features.patch_BHWD is not None
        samples, whole_BD = self.texts.batch.samples, self.features.image_BD
        number_B = torch.tensor([len(sample.boxes) for sample in samples])
        picture_K = torch.arange(len(samples)).repeat_interleave(number_B)
        box_K4 = torch.tensor([box for sample in samples for box in sample.boxes]).reshape(-1, 4)
        mask_BP = torch.arange(1 + int(number_B.max())) <= number_B[:, None]
        given_BP = mask_BP.clone()
        given_BP[:, 0] = False
        box_KD = pool_boxes(self.features.patch_BHWD, box_K4.to(self.device), picture_K.to(self.device))
        region_BPD = whole_BD.new_zeros(*mask_BP.shape, whole_BD.shape[1])
        region_BPD[:, 0] = whole_BD
        return region_BPD.masked_scatter(given_BP[..., None].to(self.device), box_KD), mask_BP.to(self.device)
