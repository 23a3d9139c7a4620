from pathlib import Path
from typing import Any

import pytest

from eventclip.errors import UsageError
from eventclip_video.prompts import class_features, clean_label, default_templates, label_prompts, read_templates


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("BrushHair", "brush hair"),
        ("brush_hair", "brush hair"),
        ("pull-ups", "pull ups"),
        ("YoYo", "yo yo"),
        ("TVWatching", "tv watching"),
        ("  surfing ", "surfing"),
        ("playing the Cello", "playing the Cello"),
    ],
)
def test_class_names_become_words(label: str, words: str) -> None:
    assert clean_label(label) == words


def test_sixteen_different_templates_ship_with_the_package() -> None:
    assert len(set(default_templates())) == 16


def test_a_class_name_is_put_into_every_template() -> None:
    assert label_prompts("TaiChi", ("a film of {}.", "{}")) == ["a film of tai chi.", "tai chi"]


def test_a_sentence_is_used_as_it_is() -> None:
    assert label_prompts("A nurse hands Ann a cup.", default_templates()) == ["A nurse hands Ann a cup."]


def test_braces_in_a_label_do_no_harm() -> None:
    assert label_prompts("{0} {x}", ("see {}",)) == ["see {0} {x}"]


def test_a_class_feature_is_the_normalised_mean_over_its_prompts(model: Any) -> None:
    torch = pytest.importorskip("torch")
    features = class_features(model, ["dark", "bright"], ("{}", "{} bright dark"))
    assert torch.allclose(features[0], torch.eye(8)[0])  # "dark" and "dark bright dark" are both dark
    own = model.encode_text(["zig", "see zig"]).mean(dim=0)
    assert torch.allclose(class_features(model, ["zig"], ("{}", "see {}"))[0], own / own.norm())


def test_each_class_keeps_its_row_when_sentences_and_names_are_mixed(model: Any) -> None:
    torch = pytest.importorskip("torch")
    features = class_features(model, ["zig", "A dark hall.", "zag"], ("{} one", "{} two"))
    assert torch.allclose(features[1], torch.eye(8)[0])
    assert torch.allclose(features[2], class_features(model, ["zag"], ("{} one", "{} two"))[0])


def test_an_empty_label_is_refused(model: Any) -> None:
    with pytest.raises(UsageError, match="a label is empty"):
        class_features(model, ["dark", " "])


def test_no_labels_are_refused(model: Any) -> None:
    with pytest.raises(UsageError, match="0 labels and 16 templates"):
        class_features(model, [])


def test_templates_are_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text('- "see {}."\n- "{} again"\n')
    assert read_templates(tmp_path / "mine.yaml") == ("see {}.", "{} again")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('- "no place"\n', "template 1 is 'no place': expected exactly one {}"),
        ('- "{} and {}"\n', "template 1 is '{} and {}': expected exactly one {}"),
        ("a: 1\n", "expected a YAML list of sentences"),
        ("- [unclosed\n", "cannot be read as YAML"),
    ],
)
def test_bad_template_files_are_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "bad.yaml").write_text(text)
    with pytest.raises(UsageError, match=message):
        read_templates(tmp_path / "bad.yaml")
