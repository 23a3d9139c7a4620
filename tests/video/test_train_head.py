from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from eventclip_video.classify import evaluate  # noqa: E402
from eventclip_video.heads import MeanHead, TransformerHead  # noqa: E402
from eventclip_video.train_head import fit_head, train_head  # noqa: E402

RISING, FALLING = "The light goes up.", "The light goes down."


@pytest.fixture
def lists(write_clip: Callable[..., Path], write_list: Callable[..., Path]) -> tuple[Path, Path]:
    """Clips and the same clips backwards, under two sentences that no single frame tells apart."""
    rng, records = np.random.default_rng(0), []
    for number in range(10):
        low, high = sorted(rng.integers(0, 255, 2).tolist())
        levels = np.linspace(low, max(high, low + 60), 16).clip(0, 255).astype(int).tolist()
        for label, shown in ((RISING, levels), (FALLING, levels[::-1])):
            name = f"{number}-{'up' if label == RISING else 'down'}"
            write_clip(f"{name}.mp4", shown, size=32)
            records.append({"id": name, "video": f"{name}.mp4", "label": label, "labels": [RISING, FALLING]})
    return write_list("train.jsonl", records[:12]), write_list("test.jsonl", records[12:])


def top1(clips: Path, model: Any, head: Any) -> float:
    return float(evaluate(clips, model, head=head)["results"][0]["value"])


def test_the_head_learns_what_only_time_tells_apart(lists: tuple[Path, Path], model: Any) -> None:
    train, test = lists
    head = train_head(train, model, num_steps=60)
    assert top1(test, model, MeanHead()) == 0.5  # a clip and its reverse have the same mean
    assert top1(test, model, head) == 1.0


def examples() -> tuple[Any, Any, Any, Any]:
    drawn = torch.Generator().manual_seed(0)
    frames = torch.nn.functional.normalize(torch.randn(10, 4, 8, generator=drawn), dim=-1)
    text = torch.nn.functional.normalize(torch.randn(3, 8, generator=drawn), dim=-1)
    return frames, torch.arange(10) % 2, text, torch.tensor([[True, True, False]]).expand(10, 3)


def test_the_first_loss_is_that_of_the_mean_head_over_the_candidates() -> None:
    frames, targets, text, allowed = examples()
    losses: list[float] = []
    fit_head(frames, targets, text, allowed, scale=10.0, num_steps=1, on_step=lambda _, loss: losses.append(loss))
    logits = 10.0 * MeanHead()(frames) @ text[:2].T
    assert losses == [pytest.approx(float(torch.nn.functional.cross_entropy(logits, targets)), abs=1e-5)]


def test_the_loss_falls() -> None:
    losses: list[float] = []
    fit_head(*examples(), scale=10.0, num_steps=40, on_step=lambda _, loss: losses.append(loss))
    assert len(losses) == 40
    assert losses[-1] < 0.1 * losses[0]


def test_the_same_seed_gives_the_same_head_whatever_was_drawn_before() -> None:
    def fitted(seed: int) -> TransformerHead:
        return fit_head(*examples(), scale=10.0, num_steps=3, batch_size=4, seed=seed)

    first = fitted(0)
    torch.randn(7)
    again, other = fitted(0), fitted(1)
    frames = examples()[0]
    assert torch.equal(first(frames), again(frames))
    assert not torch.equal(first(frames), other(frames))


def test_training_leaves_the_global_random_state_alone() -> None:
    torch.manual_seed(3)
    expected = torch.randn(2)
    torch.manual_seed(3)
    fit_head(*examples(), scale=10.0, num_steps=1)
    assert torch.equal(torch.randn(2), expected)


def test_every_example_is_seen_once_before_any_is_seen_again() -> None:
    frames, targets, text, allowed = examples()
    seen: list[int] = []

    class Spy(torch.Tensor):  # records which rows are taken
        def __getitem__(self, rows: Any) -> Any:
            seen.extend(rows.tolist())
            return super().__getitem__(rows).as_subclass(torch.Tensor)

    fit_head(frames.as_subclass(Spy), targets, text, allowed, scale=1.0, num_steps=5, batch_size=4)
    assert sorted(seen[:10]) == sorted(seen[10:20]) == list(range(10))


def test_the_model_is_not_changed(lists: tuple[Path, Path], model: Any) -> None:
    model.weight = torch.nn.Parameter(torch.ones(3))
    train_head(lists[0], model, num_steps=2)
    assert model.weight.grad is None
    assert model.weight.tolist() == [1.0, 1.0, 1.0]
