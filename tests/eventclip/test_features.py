"""Features of a locked trunk: computed once, found again, and never stale."""

import os
from pathlib import Path

import pytest
import torch
from PIL import Image
from pydantic import ValidationError
from safetensors import safe_open

from eventclip.config import DataConfig
from eventclip.datasets.pairs import PairsData, StepBatches
from eventclip.datasets.write_shards import shard
from eventclip.errors import EventClipError, UsageError
from eventclip.models import ClipModel, build_model, load_model, load_trunk_weights
from eventclip.train.features import cached_features
from tests.eventclip.tiny import TINY_MODEL, write_pairs

TIMM_MODEL = TINY_MODEL | {
    "vision_cfg": {"timm_model_name": "test_resnet", "timm_pool": "avg", "timm_proj": "linear", "image_size": 32}
}


def model(seed: int = 0) -> ClipModel:
    return build_model(TIMM_MODEL, seed=seed).eval()


def test_cached_features_give_the_features_of_the_pictures(tmp_path: Path) -> None:
    data, clip = PairsData(DataConfig(pairs=write_pairs(tmp_path)), seed=0), model()
    cached = cached_features(clip, data, tmp_path / "f.safetensors", locked=True)
    with torch.no_grad():
        expected = clip.encode_image(torch.stack([clip.transform()(data.picture(n)) for n in range(len(data))]))
        assert torch.allclose(clip.encode_from_trunk(cached[:, 0]), expected, atol=1e-5)


def test_the_file_is_used_again_and_computed_anew_for_another_trunk(tmp_path: Path) -> None:
    path, data = tmp_path / "f.safetensors", PairsData(DataConfig(pairs=write_pairs(tmp_path)), seed=0)

    def key() -> str:
        with safe_open(path, framework="pt") as stream:
            return str(stream.metadata()["key"])

    cached_features(model(), data, path, locked=True)
    first, written = key(), path.stat().st_mtime_ns
    cached_features(model(), data, path, locked=True)
    assert (key(), path.stat().st_mtime_ns) == (first, written)
    cached_features(model(seed=1), data, path, locked=True)
    assert key() != first


class Counted:
    """Counts the pictures that a model encodes."""

    def __init__(self, clip: ClipModel, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count, encode = 0, clip.encode_trunk

        def counted(pixels: torch.Tensor) -> torch.Tensor:
            self.count += len(pixels)
            return encode(pixels)

        monkeypatch.setattr(clip, "encode_trunk", counted)


def test_only_pictures_of_other_bytes_are_encoded_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, clip = tmp_path / "f.safetensors", model()
    config = DataConfig(pairs=write_pairs(tmp_path))
    first = cached_features(clip, PairsData(config, seed=0), path, locked=True)
    encoded = Counted(clip, monkeypatch)
    (tmp_path / "3.png").touch()  # the time tells nothing
    cached_features(clip, PairsData(config, seed=0), path, locked=True)
    assert encoded.count == 0
    status = (tmp_path / "4.png").stat()
    raw = (tmp_path / "5.png").read_bytes()
    (tmp_path / "4.png").write_bytes(raw)  # now the same picture as 5
    os.utime(tmp_path / "4.png", ns=(status.st_atime_ns, status.st_mtime_ns))
    Image.new("RGB", (16, 16), "red").save(tmp_path / "6.png")
    second = cached_features(clip, PairsData(config, seed=0), path, locked=True)
    assert encoded.count == 1
    assert torch.equal(second[4], first[5])
    changed = {row for row in range(12) if not torch.equal(first[row], second[row])}
    assert changed == {4, 6}


def test_shards_find_the_features_of_the_pictures_in_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, clip, pairs = tmp_path / "f.safetensors", model(), write_pairs(tmp_path)
    first = cached_features(clip, PairsData(DataConfig(pairs=pairs), seed=0), path, locked=True)
    shard(pairs, tmp_path / "shards", size=7)
    encoded = Counted(clip, monkeypatch)
    again = cached_features(clip, PairsData(DataConfig(pairs=tmp_path / "shards"), seed=0), path, locked=True)
    assert torch.equal(first, again)
    assert encoded.count == 0


def test_a_tower_without_a_trunk_is_cached_whole(tmp_path: Path) -> None:
    data, clip = PairsData(DataConfig(pairs=write_pairs(tmp_path)), seed=0), build_model(TINY_MODEL).eval()
    cached = cached_features(clip, data, tmp_path / "f.safetensors", locked=True)
    with torch.no_grad():
        expected = clip.encode_image(torch.stack([clip.transform()(data.picture(n)) for n in range(len(data))]))
        assert torch.allclose(clip.encode_from_trunk(cached[:, 0]), expected, atol=1e-6)


def test_a_broken_file_is_computed_anew(tmp_path: Path) -> None:
    data, path = PairsData(DataConfig(pairs=write_pairs(tmp_path)), seed=0), tmp_path / "f.safetensors"
    first = cached_features(model(), data, path, locked=True)
    path.write_bytes(path.read_bytes()[:-10])
    assert torch.allclose(cached_features(model(), data, path, locked=True), first, atol=1e-6)


def test_random_crops_are_not_cached(tmp_path: Path) -> None:
    data = PairsData(DataConfig(pairs=write_pairs(tmp_path), augment=True), seed=0)
    with pytest.raises(UsageError, match=r"made once: expected data\.augment false; set data\.feature_views"):
        cached_features(model(), data, tmp_path / "f.safetensors", locked=True)


def test_views_are_the_picture_and_crops_that_its_bytes_decide(tmp_path: Path) -> None:
    path, clip = tmp_path / "f.safetensors", model()
    config = DataConfig(
        pairs=write_pairs(tmp_path), feature_cache=path, feature_views=3, crop_area=(0.2, 0.5), mirror=True
    )
    plain = cached_features(clip, PairsData(DataConfig(pairs=config.pairs), seed=0), path, locked=True)
    views = cached_features(clip, PairsData(config, seed=0), path, locked=True)
    assert views.shape == (12, 3, plain.shape[-1])
    assert torch.allclose(views[:, :1], plain, atol=1e-6)
    assert (views[:, 1] - views[:, 2]).abs().amax(dim=-1).min() > 1e-4
    path.unlink()
    torch.manual_seed(7)  # what was drawn before makes no difference, nor does the order
    data = PairsData(config, seed=1)
    data.keep(list(reversed(range(12))))
    assert torch.allclose(cached_features(clip, data, path, locked=True).flip(0), views, atol=1e-6)


def test_every_epoch_draws_one_view_of_a_picture(tmp_path: Path) -> None:
    data = PairsData(DataConfig(pairs=write_pairs(tmp_path)), seed=0)
    features = torch.arange(12 * 4).view(12, 4, 1)
    batches = StepBatches(data, 12, range(40), features=features)
    seen = [{sample.picture: row for sample, row in zip(b.samples, b.pixels, strict=True)} for b in batches]
    assert all(int(row) // 4 == picture for batch in seen for picture, row in batch.items())
    drawn = {picture: {int(batch[picture]) % 4 for batch in seen} for picture in range(12)}
    assert all(views == {0, 1, 2, 3} for views in drawn.values())
    later = StepBatches(data, 12, range(20, 40), features=features)  # as an undisturbed run has it
    assert torch.equal(later[3].pixels, batches[23].pixels)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"feature_views": 2}, "feature_views are kept in a feature_cache"),
        ({"mirror": True}, "set augment, or feature_views above 1"),
        ({"augment": True, "crop_area": (0.9, 0.5)}, "expected the smaller share first"),
    ],
)
def test_views_that_nothing_would_make_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        DataConfig.model_validate({"pairs": "pairs.jsonl", **changes})


def test_broken_pictures_are_left_out_of_data_and_cache_alike(tmp_path: Path) -> None:
    data = PairsData(DataConfig(pairs=write_pairs(tmp_path)), seed=0)
    (tmp_path / "5.png").write_bytes(b"broken")
    cached = cached_features(model(), data, tmp_path / "f.safetensors", locked=True)
    assert len(cached) == len(data) == 11
    assert "5.png" not in data.images


def test_a_trunk_that_is_trained_is_not_cached(tmp_path: Path) -> None:
    data = PairsData(DataConfig(pairs=write_pairs(tmp_path)), seed=0)
    with pytest.raises(UsageError, match=r"set model\.lock_trunk"):
        cached_features(model(), data, tmp_path / "f.safetensors", locked=False)


def test_trunk_arguments_travel_with_the_checkpoint(tmp_path: Path) -> None:
    clip = model()
    torch.save(clip.clip.visual.trunk.state_dict(), tmp_path / "trunk.pt")
    load_trunk_weights(clip, tmp_path / "trunk.pt", {"output_stride": 8})
    clip.save(tmp_path / "checkpoint")
    again, pixels = load_model(tmp_path / "checkpoint").eval(), torch.rand(1, 3, 32, 32)
    assert again.trunk_kwargs == {"output_stride": 8}
    with torch.no_grad():
        assert torch.equal(again.encode_image(pixels), clip.eval().encode_image(pixels))
        assert again.encode_patches(pixels).shape[1:3] == (4, 4)


def test_weights_of_another_trunk_are_refused(tmp_path: Path) -> None:
    torch.save({"conv1.weight": torch.zeros(1)}, tmp_path / "other.pt")
    with pytest.raises(EventClipError, match=r"lacks \d+ weights of test_resnet, first '"):
        load_trunk_weights(model(), tmp_path / "other.pt", {})
