from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from eventclip.errors import InputError, UsageError  # noqa: E402
from eventclip_video.heads import CONFIG_FILE, WEIGHTS_FILE, MeanHead, TransformerHead, load_head, save_head  # noqa: E402


def frames(num_clips: int = 3, num_frames: int = 8, dim: int = 16) -> "torch.Tensor":
    drawn = torch.randn(num_clips, num_frames, dim, generator=torch.Generator().manual_seed(0))
    return torch.nn.functional.normalize(drawn, dim=-1)


def shaken(head: TransformerHead) -> TransformerHead:
    """The head away from its start."""
    torch.manual_seed(1)
    with torch.no_grad():
        for parameter in head.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.2)
    return head.eval()


def test_the_mean_head_is_the_normalised_mean() -> None:
    clips = frames()
    mean = clips.mean(dim=1)
    assert torch.allclose(MeanHead()(clips), mean / mean.norm(dim=-1, keepdim=True))


def test_an_untrained_head_gives_exactly_the_mean() -> None:
    assert torch.equal(TransformerHead(16)(frames()), MeanHead()(frames()))


def test_an_untrained_head_has_a_gradient_to_start_from() -> None:
    head = TransformerHead(16)
    head(frames()).sum().backward()
    assert head.project_out.weight.grad.abs().sum() > 0


def test_a_moved_head_sees_the_order_of_frames_and_the_mean_does_not() -> None:
    forward, backward = frames(), frames().flip(1)
    head = shaken(TransformerHead(16))
    assert (head(forward) - head(backward)).abs().max() > 1e-3
    assert torch.allclose(MeanHead()(forward), MeanHead()(backward), atol=1e-6)


@pytest.mark.parametrize("num_frames", [1, 3, 8, 20])
def test_a_head_takes_any_number_of_frames_and_gives_length_one(num_frames: int) -> None:
    clip = shaken(TransformerHead(16))(frames(num_frames=num_frames))
    assert clip.shape == (3, 16)
    assert torch.allclose(clip.norm(dim=-1), torch.ones(3))


def test_clips_of_a_batch_do_not_see_each_other() -> None:
    head = shaken(TransformerHead(16))
    assert torch.allclose(head(frames())[1:2], head(frames()[1:2]), atol=1e-6)


def test_a_saved_head_comes_back_as_it_was(tmp_path: Path) -> None:
    head = shaken(TransformerHead(16, width=32, num_layers=1, num_heads=2, num_positions=5))
    save_head(head, tmp_path)
    loaded = load_head(tmp_path)
    assert torch.equal(loaded(frames()), head(frames()))
    assert not loaded.training


def test_a_folder_without_a_head_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"holds no temporal head .*expected {CONFIG_FILE} and {WEIGHTS_FILE}"):
        load_head(tmp_path)


def test_a_damaged_head_is_refused(tmp_path: Path) -> None:
    save_head(TransformerHead(16), tmp_path)
    (tmp_path / WEIGHTS_FILE).write_bytes(b"no weights")
    with pytest.raises(InputError, match="the temporal head does not load"):
        load_head(tmp_path)


def test_weights_of_another_size_are_refused(tmp_path: Path) -> None:
    save_head(TransformerHead(16), tmp_path / "a")
    save_head(TransformerHead(24), tmp_path / "b")
    (tmp_path / "a" / WEIGHTS_FILE).write_bytes((tmp_path / "b" / WEIGHTS_FILE).read_bytes())
    with pytest.raises(InputError, match="the temporal head does not load"):
        load_head(tmp_path / "a")


def test_an_unknown_type_of_head_is_refused(tmp_path: Path) -> None:
    (tmp_path / CONFIG_FILE).write_text('{"type": "transformers"}')
    with pytest.raises(InputError, match="unknown temporal head 'transformers': did you mean 'transformer'"):
        load_head(tmp_path)


def test_a_width_that_the_attention_heads_do_not_divide_is_refused() -> None:
    with pytest.raises(UsageError, match="width 10 and 4 attention heads"):
        TransformerHead(16, width=10)
