from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from eventclip.errors import InputError, UsageError  # noqa: E402
from eventclip_video.classify import classify, evaluate  # noqa: E402

DARK, BRIGHT = [20] * 20, [235] * 20


def result(document: dict[str, Any], metric: str) -> dict[str, Any]:
    (found,) = [each for each in document["results"] if each["metric"] == metric]
    return found


@pytest.fixture
def clips(write_clip: Callable[..., Path], write_list: Callable[..., Path]) -> Path:
    """Two dark clips, one bright one, one bright one that is called dark."""
    for name, levels in (("a", DARK), ("b", DARK), ("c", BRIGHT), ("d", BRIGHT)):
        write_clip(f"clips/{name}.mp4", levels)
    labels = {"a": "dark", "b": "dark", "c": "bright", "d": "dark"}
    records = [
        {"id": name, "video": f"clips/{name}.mp4", "label": label, "group": "night" if name < "c" else "day"}
        for name, label in labels.items()
    ]
    return write_list("clips.jsonl", records)


def test_a_clip_gets_its_labels_with_the_most_probable_first(write_clip: Callable[..., Path], model: Any) -> None:
    ranking = classify(write_clip("clip.mp4", BRIGHT), ["dark", "bright"], model)
    assert [label for label, _ in ranking] == ["bright", "dark"]
    angle = torch.tensor(235 / 255 * torch.pi / 2)
    expected = torch.sigmoid(20.0 * (angle.sin() - angle.cos()))
    assert ranking[0][1] == pytest.approx(float(expected), abs=1e-3)


def test_views_average_their_probabilities(write_clip: Callable[..., Path], model: Any) -> None:
    path = write_clip("clip.mp4", [10] * 10 + [240] * 30)
    two = dict(classify(path, ["dark", "bright"], model, num_frames=1, num_views=2))  # frames 10 and 30: both bright
    four = dict(classify(path, ["dark", "bright"], model, num_frames=1, num_views=4))  # frames 5, 15, 25, 35
    assert two["bright"] > 0.999
    assert four["bright"] == pytest.approx(0.75, abs=0.01)


def test_a_clip_shorter_than_the_frames_asked_for_is_classified(write_clip: Callable[..., Path], model: Any) -> None:
    assert classify(write_clip("clip.mp4", [20] * 3), ["dark", "bright"], model, num_frames=16)[0][0] == "dark"


def test_repeated_labels_count_once(write_clip: Callable[..., Path], model: Any) -> None:
    assert len(classify(write_clip("clip.mp4", DARK), ["dark", "dark", "bright"], model)) == 2


def test_an_unknown_backend_is_refused(write_clip: Callable[..., Path], model: Any) -> None:
    with pytest.raises(UsageError, match="unknown video backend"):
        classify(write_clip("clip.mp4", DARK), ["dark"], model, backend="opencv")


def test_the_model_keeps_its_mode(write_clip: Callable[..., Path], model: Any) -> None:
    model.train()
    classify(write_clip("clip.mp4", DARK), ["dark", "bright"], model)
    assert model.training


def test_every_clip_counts_also_the_last(clips: Path, model: Any) -> None:
    measured = evaluate(clips, model)
    top1 = result(measured, "top1")
    assert (top1["value"], top1["n"], top1["chance"]) == (0.75, 4, 0.5)
    assert [each["id"] for each in measured["predictions"]] == ["a", "b", "c", "d"]


def test_the_interval_is_wilsons(clips: Path, model: Any) -> None:
    top1 = result(evaluate(clips, model), "top1")
    assert (top1["low"], top1["high"]) == (pytest.approx(0.3006, abs=1e-4), pytest.approx(0.9544, abs=1e-4))


def test_groups_are_measured_apart(clips: Path, model: Any) -> None:
    measured = evaluate(clips, model)
    assert (result(measured, "top1/night")["value"], result(measured, "top1/day")["value"]) == (1.0, 0.5)


def test_confusion_and_classes_tell_what_was_taken_for_what(clips: Path, model: Any) -> None:
    measured = evaluate(clips, model)
    assert measured["confusion"] == {"bright": {"bright": 1}, "dark": {"dark": 2, "bright": 1}}
    assert measured["per_class"] == [
        {"label": "dark", "n": 3, "top1": pytest.approx(2 / 3)},
        {"label": "bright", "n": 1, "top1": 1.0},
    ]


def test_top_five_is_reported_with_its_chance_where_there_are_more_candidates(clips: Path, model: Any) -> None:
    assert [each["metric"] for each in evaluate(clips, model)["results"]] == ["top1", "top1/night", "top1/day"]
    labels = ["dark", "bright", *(f"word{number}" for number in range(8))]
    assert result(evaluate(clips, model, labels=labels), "top5")["chance"] == 0.5


def test_a_clips_own_candidates_come_first(
    write_clip: Callable[..., Path], write_list: Callable[..., Path], model: Any
) -> None:
    write_clip("a.mp4", DARK)
    records = [
        {"id": "1", "video": "a.mp4", "label": "bright", "labels": ["bright", "A bright hall."]},
        {"id": "2", "video": "a.mp4", "label": "dark"},
    ]
    first, second = evaluate(write_list("l.jsonl", records), model, labels=["dark", "x", "y"])["predictions"]
    assert (first["num_candidates"], second["num_candidates"]) == (2, 3)
    assert {each["label"] for each in first["top"]} == {"bright", "A bright hall."}


def test_broken_clips_are_listed_and_not_counted(
    clips: Path, model: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "clips" / "b.mp4").write_bytes(b"")
    (tmp_path / "clips" / "d.mp4").unlink()
    with clips.open("a") as stream:
        stream.write('{"id": "e", "video": "../../etc/passwd", "label": "dark"}\n{"id": "f"}\n')
    measured = evaluate(clips, model)
    assert result(measured, "top1")["n"] == 2
    assert measured["num_broken"] == 4
    reasons = {each["where"]: each["reason"] for each in measured["broken"]}
    assert "the file is empty" in reasons["b"]
    assert "no such file" in reasons["d"]
    assert "leads out of" in reasons["e"]
    assert reasons[f"{clips}:6"] == "video: Field required (and 1 more)"


def test_a_list_of_broken_clips_alone_is_an_error(write_list: Callable[..., Path], model: Any) -> None:
    clips = write_list("clips.jsonl", [{"id": "a", "video": "none.mp4", "label": "dark"}])
    with pytest.raises(InputError, match=r"none of 1 clips can be decoded; the first reason was: .*no such file"):
        evaluate(clips, model)


def test_a_label_that_is_no_candidate_is_named(clips: Path, model: Any) -> None:
    with pytest.raises(InputError, match="clip 'a': unknown label 'dark': did you mean 'darkk'"):
        evaluate(clips, model, labels=["darkk", "bright"])


def test_frames_are_encoded_once_with_a_cache(clips: Path, model: Any) -> None:
    cache: dict[str, Any] = {}
    first = evaluate(clips, model, num_frames=4, cache=cache)
    assert model.num_encoded == 4 * 4
    again = evaluate(clips, model, num_frames=4, cache=cache, templates=("{}",))
    assert model.num_encoded == 4 * 4
    assert result(again, "top1") == result(first, "top1")


def test_progress_is_told_for_every_clip(clips: Path, model: Any) -> None:
    seen: list[int] = []
    evaluate(clips, model, on_clip=lambda: seen.append(1))
    assert len(seen) == 4


def test_clips_are_found_below_another_root(clips: Path, model: Any, tmp_path: Path) -> None:
    moved = tmp_path / "lists" / "clips.jsonl"
    moved.parent.mkdir()
    clips.rename(moved)
    assert result(evaluate(moved, model, root=tmp_path), "top1")["n"] == 4


def test_a_real_clip_model_serves(write_clip: Callable[..., Path]) -> None:
    models = pytest.importorskip("eventclip.models")
    tiny = models.build_model(
        {
            "embed_dim": 16,
            "vision_cfg": {"image_size": 32, "layers": 1, "width": 32, "head_width": 16, "patch_size": 16},
            "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 1},
        }
    )
    ranking = classify(write_clip("clip.mp4", BRIGHT), ["dark", "bright", "A dog barks."], tiny)
    assert {label for label, _ in ranking} == {"dark", "bright", "A dog barks."}
    assert sum(probability for _, probability in ranking) == pytest.approx(1.0)
