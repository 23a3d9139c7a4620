"""EventScenes: determinism, what the splits keep apart, what mirrors hide, exact offsets and boxes."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from eventclip.datasets.actions import ACTIONS
from eventclip.datasets.captions import Mention, template_label, write_caption
from eventclip.datasets.figures import CLOTHING, PROFESSIONS, Canvas, Look
from eventclip.datasets.scenes import make_picture, sample_scene, split_of, write_world
from eventclip.errors import UsageError
from eventclip.jsonl import read_records
from eventclip.records import CaptionRecord, ClipRecord, EventsRecord
from eventclip_extract.ontology import load_ontology


def scenes(split: str, world: str, number: int = 400) -> list:  # type: ignore[type-arg]
    rng = np.random.default_rng(0)
    return [sample_scene(split, world, 0, rng) for _ in range(number)]  # type: ignore[arg-type]


def test_the_world_is_large() -> None:
    participants = len(CLOTHING) * len(PROFESSIONS)
    assert participants >= 40
    assert sum(not action.symmetric for action in ACTIONS) * participants * (participants - 1) >= 8_000


def test_types_and_roles_are_those_of_the_news_ontology() -> None:
    ontology = load_ontology("news")
    for action in ACTIONS:
        roles = set(action.roles) | ({"Artifact"} if action.artifacts else set())
        roles |= {"Instrument"} if action.instruments or action.unseen_instruments else set()
        assert roles <= set(ontology.types[action.type].roles), action.name


def test_a_combination_of_event_and_pair_belongs_to_one_split_whoever_acts() -> None:
    for scene in scenes("test", "uniform", 50):
        assert split_of(scene.action, scene.agent, scene.patient, 0) == "test"
        assert split_of(scene.action, scene.patient, scene.agent, 0) == "test"


def test_unseen_compositions_are_never_drawn_though_their_words_are() -> None:
    drawn = {(scene.action.name, scene.instrument) for scene in scenes("train", "uniform", 2_000)}
    unseen = {(action.name, phrase) for action in ACTIONS for phrase in action.unseen_instruments}
    assert len(unseen) >= 4
    assert not drawn & unseen
    assert {phrase for _, phrase in unseen} <= {phrase for _, phrase in drawn}


def test_the_skewed_world_shows_stereotypes_and_its_test_reverses_them() -> None:
    def pairs(split: str) -> set[tuple[str, str, str]]:
        return {(s.action.name, s.agent.profession, s.patient.profession) for s in scenes(split, "skewed")
                if not s.action.symmetric}  # fmt: skip

    seen = pairs("train")
    assert all((action, patient, agent) not in seen for action, agent, patient in seen)
    agents_in_training = {(action, agent) for action, agent, _ in seen}
    assert not agents_in_training & {(action, agent) for action, agent, _ in pairs("test")}


def test_left_and_right_tell_nothing() -> None:
    mirrored = [scene.mirrored for scene in scenes("train", "uniform", 1_000)]
    assert 0.4 < sum(mirrored) / len(mirrored) < 0.6


def test_a_mirrored_picture_mirrors_its_boxes() -> None:
    """The drawn colour of the agent lies inside his box, whichever way the picture faces."""
    inside = 0
    for number in range(30):
        canvas, records, rng = make_picture("train", number, world="uniform", seed=5, captions_per_picture=1)
        pixels = np.asarray(canvas.finished(rng, noise=0.0)).astype(int)
        for argument in records[0].events[0].arguments:
            colour = next((c for c in CLOTHING if f" {c}" in argument.text), None)
            if colour is None or argument.entity_type != "PER":
                continue
            x0, y0, x1, y1 = (round(edge * 64) for edge in argument.model_extra["box"])  # type: ignore[index]
            near = np.abs(pixels[y0:y1, x0:x1] - np.array(CLOTHING[colour])).sum(axis=2) < 40
            inside += int(near.sum() > 10)
    assert inside >= 57  # of 60; a body may be hidden behind another


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_captions_name_their_event_at_exact_offsets(action) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(1)
    agent, patient = Mention("a nurse in blue", "nurse"), Mention("a police officer in a red coat", "officer")
    for _ in range(40):
        caption, event = write_caption(
            action, agent, patient, instrument=(action.instruments or (None,))[0],
            artifact=(action.artifacts or (None,))[0], setting="on a street", boxes={}, rng=rng,
        )  # fmt: skip
        EventsRecord(id="a", caption=caption, events=[event], primary="e0")  # checks every offset
        assert {argument.head.text for argument in event.arguments} >= {"nurse", "officer"}
        assert caption[0].isupper()
        assert caption.endswith(".")


def test_a_class_sentence_names_nobody() -> None:
    push = next(action for action in ACTIONS if action.name == "push")
    assert template_label(push, "in a wheelchair") == "A person pushes a person in a wheelchair."


def test_a_world_is_a_function_of_its_seed(tmp_path: Path) -> None:
    for name, seed in (("one", 0), ("same", 0), ("other", 1)):
        write_world(tmp_path / name, num_train=3, num_val=1, num_test=2, num_clips=0, seed=seed)
    files = {
        name: {path.name: path.read_bytes() for path in (tmp_path / name).rglob("*") if path.is_file()}
        for name in ("one", "same", "other")
    }
    assert files["one"] == files["same"]
    assert files["one"]["train-000000.png"] != files["other"]["train-000000.png"]


def test_progress_ends_with_the_last_picture_or_clip(tmp_path: Path) -> None:
    pytest.importorskip("av")
    shown: list[tuple[int, int]] = []
    write_world(
        tmp_path,
        num_train=2,
        num_val=1,
        num_test=1,
        num_clips=1,
        on_scene=lambda done, total: shown.append((done, total)),
    )
    assert [done for done, _ in shown] == list(range(1, shown[0][1] + 1))
    assert len({total for _, total in shown}) == 1


def test_captions_file_carries_no_gold(tmp_path: Path) -> None:
    write_world(tmp_path, num_train=3, num_val=1, num_test=2, num_clips=0)
    captions = list(read_records(tmp_path / "train/captions.jsonl", CaptionRecord))
    gold = list(read_records(tmp_path / "train/gold.jsonl", EventsRecord))
    assert [record.id for record in captions] == [record.id for record in gold]
    assert all(not record.model_extra for record in captions)
    assert len({record.image for record in captions}) == 3


def test_a_world_is_not_drawn_over_another(tmp_path: Path) -> None:
    write_world(tmp_path, num_train=1, num_val=1, num_test=1, num_clips=0)
    with pytest.raises(UsageError, match="holds a world already"):
        write_world(tmp_path)


def test_an_unknown_world_is_answered_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"unknown world 'skewd': did you mean 'skewed'\?"):
        write_world(tmp_path, world="skewd")  # type: ignore[arg-type]


def test_temporal_clips_are_each_other_backwards(tmp_path: Path) -> None:
    av = pytest.importorskip("av")
    write_world(tmp_path, num_train=1, num_val=1, num_test=1, num_clips=1)
    clips = [c for c in read_records(tmp_path / "clips/test.jsonl", ClipRecord) if c.group == "temporal"]
    assert {clip.label for clip in clips} == {label for clip in clips for label in clip.labels or []}
    for forward, backward in list(pairwise(clips))[::2]:
        assert forward.labels == backward.labels
        shown = []
        for clip in (forward, backward):
            with av.open(tmp_path / "clips" / clip.video) as container:
                assert container.streams.video[0].codec_context.name == "h264"
                shown.append([frame.to_ndarray(format="rgb24").astype(int) for frame in container.decode(video=0)])
        assert 20 <= len(shown[0]) == len(shown[1]) <= 30
        assert np.abs(shown[0][0] - shown[1][-1]).mean() < 4
        assert np.abs(shown[0][0] - shown[1][0]).mean() > np.abs(shown[0][0] - shown[1][-1]).mean()


def test_unseen_compositions_are_told_from_each_other_and_from_seen_ones(tmp_path: Path) -> None:
    write_world(tmp_path, num_train=1, num_val=1, num_test=1, num_clips=1)
    clips = list(read_records(tmp_path / "clips/test.jsonl", ClipRecord))
    unseen = [clip for clip in clips if clip.group == "unseen compositions"]
    among_all = [clip for clip in clips if clip.group == "unseen compositions, among seen ones too"]
    assert {clip.label for clip in unseen} == set(unseen[0].labels or [])
    assert "A person pushes a person in a wheelchair." in {clip.label for clip in unseen}
    assert [clip.video for clip in among_all] == [clip.video for clip in unseen]
    assert all(len(clip.labels or []) >= 8 for clip in among_all)
    assert len([clip for clip in clips if clip.group == "seen events"]) == len(ACTIONS)


def test_a_figure_lies_inside_its_box() -> None:
    from eventclip.datasets.figures import Pose, draw_person

    canvas = Canvas(64)
    x0, y0, x1, y1 = draw_person(canvas, Look("red", "chef"), Pose((32, 45)), 0)
    drawn = np.argwhere(np.asarray(canvas.image).sum(axis=2) > 0) / canvas.scale
    assert y0 - 1 <= drawn[:, 0].min()
    assert drawn[:, 0].max() <= y1 + 1
    assert x0 - 1 <= drawn[:, 1].min()
    assert drawn[:, 1].max() <= x1 + 1
