"""The texts of a batch, each once, and which of them meets which picture: index tensors, flat and ragged."""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from eventclip.datasets.pairs import ANONYMOUS, NEGATIVE_KINDS, Batch
from eventclip.losses import LossWeights
from eventclip.records import Negative


@dataclass(frozen=True, slots=True)
class Groups:
    """Positives that meet their own negatives: G groups, N negatives. Texts are rows of `BatchTexts.all`."""

    picture_G: Tensor
    positive_G: Tensor
    negative_N: Tensor
    group_N: Tensor
    kind_N: Tensor
    weight_N: Tensor
    size_N: Tensor


@dataclass(frozen=True, slots=True)
class Graphs:
    """The event graphs of a batch, padded: the text of each node, that of its edge, and which are there."""

    node_BM: Tensor
    edge_BM: Tensor
    mask_BM: Tensor


class BatchTexts:
    """The distinct texts of a batch and where each sample's texts stand among them.

    Args:
        batch: the samples.
        weights: texts that no term needs are left out.
    """

    def __init__(self, batch: Batch, weights: LossWeights) -> None:
        self.batch, samples = batch, batch.samples
        self._place: dict[str, int] = {}
        self.positive_B = self._rows(sample.text for sample in samples)
        self._negatives: list[Negative] = []
        self._owner: list[int] = []
        if weights.all_positives:
            self.positives_T, self.owner_T = self._all_positives()
        contrasts = []
        if weights.uses_negatives:
            contrasts = [(row, contrast) for row, sample in enumerate(samples) for contrast in sample.contrasts]
            self._negatives = [negative for _, contrast in contrasts for negative in contrast.negatives]
            self._owner = [row for row, contrast in contrasts for _ in contrast.negatives]
        self.owner_C = torch.tensor([row for row, _ in contrasts], dtype=torch.long)
        self.base_C = self._rows(contrast.base for _, contrast in contrasts)
        numbers_C = torch.tensor([len(contrast.negatives) for _, contrast in contrasts], dtype=torch.long)
        self.contrast_N = torch.arange(len(contrasts)).repeat_interleave(numbers_C)
        self.negative_N = self._rows(negative.text for negative in self._negatives)
        self.owner_N = torch.tensor(self._owner, dtype=torch.long)
        self.is_anonymous_N = torch.tensor([one.style == ANONYMOUS for one in self._negatives], dtype=torch.bool)
        self.kind_N = torch.tensor([NEGATIVE_KINDS.index(one.kind) for one in self._negatives], dtype=torch.long)
        self.size_N = torch.tensor([float(edit_size(negative)) for negative in self._negatives])
        self.weight_N = torch.tensor([one.weight if weights.use_weights else 1.0 for one in self._negatives])
        if weights.paraphrase:
            self.paraphrase_C = self._rows(contrast.paraphrase or contrast.base for _, contrast in contrasts)
            self.has_paraphrase_C = torch.tensor([contrast.paraphrase is not None for _, contrast in contrasts])
        if weights.align:
            self.graphs = self._graphs(weights)
        self.all = list(self._place)

    def _rows(self, texts: Iterable[str]) -> Tensor:
        return torch.tensor([self._place.setdefault(text, len(self._place)) for text in texts], dtype=torch.long)

    def _all_positives(self) -> tuple[Tensor, Tensor]:
        """All distinct true texts of each sample and the sample of each."""
        true = [dict.fromkeys([one.text, one.base, one.paraphrase or one.text]) for one in self.batch.samples]
        rows = self._rows(text for texts in true for text in texts)
        return rows, torch.arange(len(true)).repeat_interleave(torch.tensor([len(texts) for texts in true]))

    def _graphs(self, weights: LossWeights) -> Graphs:
        samples = self.batch.samples
        mask_BM = torch.arange(max(1, max(len(sample.nodes) for sample in samples))) < torch.tensor(
            [[len(sample.nodes)] for sample in samples]
        )
        node_BM = torch.zeros(mask_BM.shape, dtype=torch.long)
        node_BM[mask_BM] = self._rows(node for sample in samples for node in sample.nodes)
        edge_BM = node_BM.clone()
        if weights.edge_share:
            edge_BM[mask_BM] = self._rows(edge for sample in samples for edge in sample.edges)
        return Graphs(node_BM, edge_BM, mask_BM)

    def groups(self, name: str) -> Groups:
        """The groups of a term: "event", "role" and "argument" take negatives of that kind, all others all kinds.

        The positive is the text that the negatives were made from, in the term "paraphrase" the hard positive.
        """
        keep_N = torch.ones_like(self.owner_N, dtype=torch.bool)
        if name in NEGATIVE_KINDS:
            keep_N = self.kind_N == NEGATIVE_KINDS.index(name)
        elif name == "paraphrase":
            keep_N = self.has_paraphrase_C[self.contrast_N]
        contrast_G, group_N = torch.unique(self.contrast_N[keep_N], return_inverse=True)
        positive_C = self.paraphrase_C if name == "paraphrase" else self.base_C
        return Groups(
            self.owner_C[contrast_G],
            positive_C[contrast_G],
            self.negative_N[keep_N],
            group_N,
            self.kind_N[keep_N],
            self.weight_N[keep_N],
            self.size_N[keep_N],
        )


def edit_size(negative: Negative) -> int:
    """How many nodes and edges of the event graph a negative changes, at least 1.

    Another event within the same parent type changes one node, one of another parent counts double; an exchange of
    roles changes the edge of each role that takes part, a replaced argument its node. A negative that says neither,
    as of a file that somebody else made, counts its edits.
    """
    size = len(set(negative.swapped))
    if negative.from_type and negative.to_type and negative.from_type != negative.to_type:
        parents = {event_type.partition(".")[0] for event_type in (negative.from_type, negative.to_type)}
        size += len(parents)
    return size or max(1, len(negative.edits))
