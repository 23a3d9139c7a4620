"""Recipes: numbers as people write them, changes, and answers to what is wrong."""

from pathlib import Path

import pytest

from eventclip.config import load_recipe, recipe_yaml
from eventclip.errors import UsageError

RECIPE = """\
model: {name: ViT-B-32}
data: {pairs: pairs.jsonl}
optimizer: {lr: 1e-6}
num_steps: 10
"""


def write(folder: Path, text: str = RECIPE) -> Path:
    (folder / "recipe.yaml").write_text(text)
    return folder / "recipe.yaml"


def test_a_rate_without_a_point_is_a_number(tmp_path: Path) -> None:
    assert load_recipe(write(tmp_path)).optimizer.lr == 1e-6


def test_set_changes_a_nested_key(tmp_path: Path) -> None:
    recipe = load_recipe(write(tmp_path), ["optimizer.lr=2e-5", "loss.preset=clip", "data.num_event=1"])
    assert (recipe.optimizer.lr, recipe.loss["preset"], recipe.data.num_event) == (2e-5, "clip", 1)


def test_set_opens_a_section_that_is_null(tmp_path: Path) -> None:
    recipe = load_recipe(write(tmp_path, RECIPE.replace("}\ndata", ", lora: null}\ndata")), ["model.lora.rank=4"])
    assert recipe.model.lora is not None
    assert recipe.model.lora.rank == 4


def test_a_recipe_reads_back_as_it_was_written(tmp_path: Path) -> None:
    recipe = load_recipe(write(tmp_path))
    assert load_recipe(write(tmp_path, recipe_yaml(recipe))) == recipe


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("optimizer.lrr=1", r"unknown key in optimizer 'lrr': did you mean 'lr'\?"),
        ("num_stepz=1", r"unknown key in the recipe 'num_stepz': did you mean 'num_steps'\?"),
        ("model.trunk.weigths=a.pt", r"unknown key in model\.trunk 'weigths': did you mean 'weights'\?"),
        ("num_steps=many", r"num_steps: Input should be a valid integer.*found 'many'"),
        ("num_steps", r"--set num_steps: expected key=value"),
        ("num_steps.a=1", r"'num_steps' holds a value, not a section"),
        ("model.name=[", r"--set model\.name=\[: the value is not YAML"),
        ("seed=-1", r"seed: Input should be greater than or equal to 0"),
    ],
)
def test_a_wrong_key_or_value_is_named(tmp_path: Path, change: str, message: str) -> None:
    overrides = [change] if "weigths" not in change else ["model.trunk.weights=b.pt", change]
    with pytest.raises(UsageError, match=message):
        load_recipe(write(tmp_path), overrides)


def test_a_missing_recipe_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such recipe; expected a YAML file"):
        load_recipe(tmp_path / "none.yaml")


def test_a_file_that_is_no_yaml_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not YAML"):
        load_recipe(write(tmp_path, "model: ["))
