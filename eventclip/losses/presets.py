"""Which terms make up an objective, with which weights, and the named ones."""

import sys
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, get_args, get_origin, get_type_hints

from eventclip.errors import UsageError, unknown_name
from eventclip.losses.transport import Solver

Contrast = Literal["softmax", "sigmoid"]
Denominator = Literal["none", "all", "own"]
OwnForm = Literal["cross-entropy", "binary", "divergence"]
Regions = Literal["patches", "boxes"]


@dataclass(frozen=True, slots=True)
class LossWeights:
    """The objective: a contrastive term of weight 1, and what is added to it.

    Attributes:
        event: weight of the term in which a positive meets its own event negatives; likewise `role` and `argument`.
        paraphrase: weight of the term in which a hard positive meets the picture's own negatives.
        margin: weight of the hinge whose margin grows with how much of the event a negative changes.
        rank: weight of CE-CLIP's ranked term, in which negatives lie an adaptive threshold below their positive.
        intra: weight of CE-CLIP's intra-modal term, in which a caption is nearer to its picture than to its negatives.
        local: weight of FSC-CLIP's local term, `own` with words against patches in place of texts against pictures.
        words: weight of AttnGAN's word-region matching (DAMSM) over the batch.
        align: weight of the optimal transport between the event graph and the regions of the picture.
        contrast: the contrastive term, "softmax" (InfoNCE) or "sigmoid" (SigLIP).
        denominator: where hard negatives stand in the contrastive term: "none"; "all", before every picture
            (NegCLIP); "own", before their own picture alone.
        all_positives: whether all true texts of a picture that are at hand stand in the contrastive term, the one that
            was drawn for it, the one that its negatives were made from and the hard positive.
        own: how a positive meets its own negatives: "cross-entropy", "binary", or "divergence" (Kullback-Leibler).
        joined: one softmax over all negatives of a picture, whatever their kind, weighted by `event`.
        gamma: focal exponent of the cross-entropy; 0 is the plain one.
        smoothing: label smoothing over the valid negatives.
        use_weights: whether a negative counts by its validity weight.
        margin_step: the margin for a negative that changes one node or edge of the event graph, as a cosine.
        logit_bias: where the bias of yes-or-no questions starts, of a model that has none: -10 suits a model that
            starts at random, minus the scale times the mean similarity one that was trained with softmax.
        regions: what the event graph is aligned with, the "patches" of the picture or given "boxes" and the whole.
        solver: "sinkhorn", or "ipot" as in CLIP-Event.
        edge_share: how much of an argument's cost is that of its edge, the event and the role; 0 leaves edges out.
    """

    event: float = 0.0
    role: float = 0.0
    argument: float = 0.0
    paraphrase: float = 0.0
    margin: float = 0.0
    rank: float = 0.0
    intra: float = 0.0
    local: float = 0.0
    words: float = 0.0
    align: float = 0.0
    contrast: Contrast = "softmax"
    denominator: Denominator = "none"
    all_positives: bool = False
    own: OwnForm = "cross-entropy"
    joined: bool = False
    gamma: float = 2.0
    smoothing: float = 0.02
    use_weights: bool = True
    margin_step: float = 0.1
    logit_bias: float = -10.0
    regions: Regions = "patches"
    solver: Solver = "sinkhorn"
    edge_share: float = 0.5

    def terms(self) -> dict[str, float]:
        """The terms with their weights, without those of no weight; "own" joins all kinds of negatives."""
        terms = {"contrastive": 1.0}
        if self.joined:
            terms["own"] = self.event
        else:
            terms |= {"event": self.event, "role": self.role, "argument": self.argument}
        for name in ("paraphrase", "margin", "rank", "intra", "local", "words", "align"):
            terms[name] = getattr(self, name)
        return {name: weight for name, weight in terms.items() if weight}

    @property
    def uses_negatives(self) -> bool:
        """Whether hard negatives have to be encoded at all."""
        return self.denominator != "none" or not {"contrastive", "words", "align"}.issuperset(self.terms())

    @property
    def uses_patches(self) -> bool:
        """Whether patches have to be encoded, beside the pictures."""
        return bool(self.local or self.words or self.align)

    @property
    def uses_words(self) -> bool:
        """Whether words have to be encoded, beside the texts."""
        return bool(self.local or self.words)

    @property
    def uses_bias(self) -> bool:
        """Whether a term asks yes-or-no questions, for which the model needs a bias."""
        return self.contrast == "sigmoid" or self.own == "binary"


PRESETS: dict[str, LossWeights] = {
    "clip": LossWeights(),
    "siglip": LossWeights(contrast="sigmoid"),
    "negclip": LossWeights(denominator="all", use_weights=False),
    "clip-event": LossWeights(event=1.0, gamma=0.0, smoothing=0.0, joined=True, use_weights=False),
    "structured": LossWeights(event=1.0, role=1.0, argument=0.5, paraphrase=0.5, all_positives=True),
    "ce-clip": LossWeights(denominator="all", rank=0.4, intra=0.2, use_weights=False),
    "fsc-clip": LossWeights(event=0.5, local=0.2, joined=True, use_weights=False),
}


_SHARES = ("smoothing", "edge_share")


def preset(name: str, **changes: Any) -> LossWeights:
    """The named objective, with changes.

    Raises:
        UsageError: an unknown preset, an unknown weight, or a value that is not of its kind or out of its range.
    """
    if name not in PRESETS:
        raise UsageError(unknown_name("loss preset", name, PRESETS))
    known = [field.name for field in fields(LossWeights)]
    types = get_type_hints(LossWeights)
    for key, value in changes.items():
        if key not in known:
            raise UsageError(unknown_name("loss weight", key, known))
        if get_origin(types[key]) is Literal:
            if value not in get_args(types[key]):
                raise UsageError(unknown_name(f"value of loss.{key}", str(value), get_args(types[key])))
        elif isinstance(value, bool) is not (types[key] is bool) or not isinstance(value, int | float):
            expected = "true or false" if types[key] is bool else "a number"
            raise UsageError(f"loss.{key}: expected {expected}, found {value!r}")
        elif key != "logit_bias" and not 0 <= value <= (1 if key in _SHARES else sys.float_info.max):
            expected = "from 0 to 1" if key in _SHARES else "of at least 0"
            raise UsageError(f"loss.{key}: expected a number {expected}, found {value!r}")
    return replace(PRESETS[name], **changes)
