"""The score of the filter for false negatives, and what it reaches on judgements of people."""

import json
from pathlib import Path

import pytest

from eventclip.errors import InputError
from eventclip.eval.filter_scores import ALL_SOURCES, filter_scores, learnable

WHO = "monk nun cook nurse miner guard baker judge clerk tailor painter singer".split()  # noqa: SIM905
EVENT, ROLE = "event_type_swap", "argument_role_swap"


def write(folder: Path, *rows: tuple[str, str, str, str, str]) -> Path:
    keys = ("kind", "source", "caption", "foil", "label")
    path = folder / "labels.jsonl"
    path.write_text("".join(json.dumps(dict(zip(keys, row, strict=True))) + "\n" for row in rows), encoding="utf-8")
    return path


def test_counts_by_kind_and_source(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        (EVENT, "one", "A monk preaches.", "A monk speaks.", "false_negative"),
        (EVENT, "one", "A monk preaches.", "A monk paints.", "false_negative"),
        (EVENT, "two", "A monk chats.", "A monk argues.", "valid"),
        (EVENT, "two", "A monk chats.", "A monk paints.", "valid"),
        (EVENT, "two", "A monk chats.", "A monk speaks.", "unclear"),
        (ROLE, "one", "A boy hugs a dog.", "A dog hugs a boy.", "false_negative"),
    )
    scores = filter_scores(path)
    assert set(scores) == {(EVENT, "one"), (EVENT, "two"), (EVENT, ALL_SOURCES), (ROLE, "one"), (ROLE, ALL_SOURCES)}
    total = scores[EVENT, ALL_SOURCES]
    assert total.caught[:2] == (2, 0.5)
    assert total.false_alarms[:2] == (2, 0.5)
    assert total.ruled_out[:2] == (2, 0.5)
    assert total.wrongly_ruled_out[:2] == (2, 0.0)
    assert total.caught.low == pytest.approx(0.0945, abs=1e-3)
    assert scores[ROLE, "one"].false_alarms == (0, 0.0, 0.0, 1.0)


def test_other_labels_and_missing_keys_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"labels.jsonl:1 has the label 'bad'; expected one of valid"):
        filter_scores(write(tmp_path, (EVENT, "one", "A monk sits.", "A monk eats.", "bad")))
    (tmp_path / "labels.jsonl").write_text('{"kind": "x"}\n', encoding="utf-8")
    with pytest.raises(InputError, match="lacks source, caption, foil, label"):
        filter_scores(tmp_path / "labels.jsonl")


def test_what_can_be_learnt_from_judgements(tmp_path: Path) -> None:
    # "sleeps" is always bad and "eats" always valid, but for one pair of texts that people judge either way.
    sleeps = [(EVENT, "one", f"A {who} sits.", f"A {who} sleeps.", "false_negative") for who in WHO]
    eats = [(EVENT, "one", f"A {who} sits.", f"A {who} eats.", "valid") for who in WHO]
    divided = [(EVENT, "one", "A monk hums.", "A monk waits.", label) for label in ("valid", "false_negative")]
    unclear = [(EVENT, "one", "A monk hums.", "A monk naps.", "unclear"), (ROLE, "one", "A b.", "B a.", "valid")]
    found = learnable(write(tmp_path, *sleeps, *eats, *divided, *unclear), EVENT, false_alarms=0.1)
    assert found is not None
    assert found.caught >= len(WHO) / (len(WHO) + 1)
    assert (found.num_twice, found.num_divided) == (1, 1)
    guesses = [(*row[:4], label) for row in sleeps for label in ("valid", "false_negative")]
    found = learnable(write(tmp_path, *guesses), EVENT, false_alarms=0.1)
    assert found is not None
    assert found.caught <= 0.1
    assert learnable(write(tmp_path, *sleeps, *eats[:9]), EVENT, false_alarms=0.1) is None


@pytest.mark.data
def test_filter_agrees_with_people(data: Path) -> None:
    scores = filter_scores(data / "negatives" / "fn_labels.dev.jsonl")
    roles = scores[ROLE, ALL_SOURCES]
    assert roles.caught.share >= 0.5
    assert roles.false_alarms.share <= 0.05
    # Of ViLMA's event swaps people judge the same two texts differently from clip to clip, so that no text filter
    # can catch half of them: the target holds for the still pictures of VALSE.
    pictures = scores[EVENT, "VALSE/action-replacement"]
    assert pictures.caught.share >= 0.5
    assert pictures.false_alarms.share <= 0.15
    assert scores[EVENT, ALL_SOURCES].false_alarms.share <= 0.15
