"""Class names turned into text features: names cleaned, put into many sentences, the sentences' features averaged.

Legend: C classes, D embedding.
"""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from eventclip.errors import UsageError

if TYPE_CHECKING:
    from torch import Tensor

    from eventclip.models import ClipModel

SENTENCE_ENDS = (".", "!", "?")


@cache
def default_templates() -> tuple[str, ...]:
    """The sixteen templates that ship with the package."""
    return read_templates(Path(__file__).with_name("templates.yaml"))


def read_templates(path: str | Path) -> tuple[str, ...]:
    """The templates of a YAML file: a list of sentences with one `{}` each.

    Raises:
        UsageError: the file is missing or no such list, or a sentence has not exactly one `{}`.
    """
    try:
        templates = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError(
            f"{path}: cannot be read as YAML ({error}); expected a list of sentences with one {{}} each"
        ) from error
    if not isinstance(templates, list) or not templates or not all(isinstance(each, str) for each in templates):
        raise UsageError(f'{path}: expected a YAML list of sentences with one {{}} each, such as - "a video of {{}}."')
    for number, template in enumerate(templates, start=1):
        if template.count("{}") != 1:
            raise UsageError(f"{path}: template {number} is {template!r}: expected exactly one {{}}")
    return tuple(templates)


def clean_label(label: str) -> str:
    """A class name as words: "BrushHair", "brush_hair" and "brush-hair" become "brush hair".

    A label that has spaces already is left as it is.

    >>> clean_label("TaiChi"), clean_label("pick_up"), clean_label("playing guitar"), clean_label("YoYo")
    ('tai chi', 'pick up', 'playing guitar', 'yo yo')
    """
    label = label.strip()
    if re.search(r"\s", label):
        return label
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[_-]+", " ", label)
    return " ".join(spaced.split()).lower()


def label_prompts(label: str, templates: Sequence[str]) -> list[str]:
    """The texts that stand for a label: itself if it ends like a sentence, otherwise its words in every template."""
    if label.rstrip().endswith(SENTENCE_ENDS):
        return [label.strip()]
    return [template.replace("{}", clean_label(label)) for template in templates]


def class_features(model: "ClipModel", labels: Sequence[str], templates: Sequence[str] | None = None) -> "Tensor":
    """One text feature per label: the mean over its prompts, brought back to length one.

    Args:
        model: encodes the prompts; each distinct one once.
        labels: class names, or whole sentences, which are used as they are.
        templates: sentences with one `{}`; the sixteen of the package when None. `("{}",)` is the bare class name.

    Returns:
        (C, D), L2-normalised, without gradient.

    Raises:
        UsageError: no label, an empty one, or no template.
    """
    import torch
    from torch.nn import functional

    from eventclip_video.features import evaluating

    templates = default_templates() if templates is None else templates
    if not labels or not templates:
        raise UsageError(f"{len(labels)} labels and {len(templates)} templates: expected at least one of each")
    if any(not label.strip() for label in labels):
        raise UsageError("a label is empty: expected a class name or a sentence")
    prompts = [label_prompts(label, templates) for label in labels]
    with torch.no_grad(), evaluating(model):
        features_PD = model.encode_text([prompt for each in prompts for prompt in each])
        parts = torch.split(features_PD, [len(each) for each in prompts])
        means = [part_PD.mean(dim=0) for part_PD in parts]
        return functional.normalize(torch.stack(means), dim=-1)
