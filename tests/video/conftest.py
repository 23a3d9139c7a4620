"""A clip whose frames say which one they are, and a model that sees nothing but brightness."""

import json
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

ClipWriter = Callable[..., Path]


@pytest.fixture(scope="session")
def av() -> ModuleType:
    return pytest.importorskip("av")


@pytest.fixture
def write_clip(av: ModuleType, tmp_path: Path) -> ClipWriter:
    """Writes a clip with one grey level a frame and returns its path."""

    def write(name: str, levels: Sequence[int], *, size: int = 64, codec: str = "libx264", rate: int = 30) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with av.open(str(path), "w") as container:
            stream = container.add_stream(codec, rate=rate, options={"g": "10", "bf": "2", "crf": "5"})
            stream.width = stream.height = size
            stream.pix_fmt = "yuv420p"
            for level in levels:
                picture = np.full((size, size, 3), level, np.uint8)
                container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
            container.mux(stream.encode(None))
        return path

    return write


@pytest.fixture
def write_list(tmp_path: Path) -> Callable[[str, Sequence[dict[str, Any]]], Path]:
    def write(name: str, records: Sequence[dict[str, Any]]) -> Path:
        path = tmp_path / name
        path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
        return path

    return write


@pytest.fixture
def model() -> Any:
    """Has the interface of `ClipModel`. A picture's feature is an angle between "dark" and "bright"."""
    torch = pytest.importorskip("torch")

    class BrightnessModel(torch.nn.Module):
        embed_dim = 8
        device = torch.device("cpu")

        def __init__(self) -> None:
            super().__init__()
            self.num_encoded = 0

        def transform(self, *, train: bool = False) -> Callable[[Any], Any]:
            return lambda picture: torch.from_numpy(np.asarray(picture).astype(np.float32) / 255).permute(2, 0, 1)

        def encode_image(self, image_BCHW: Any) -> Any:
            assert not self.training
            self.num_encoded += len(image_BCHW)
            angle_B = image_BCHW.mean(dim=(1, 2, 3)) * torch.pi / 2
            feature_BD = torch.zeros(len(angle_B), self.embed_dim)
            feature_BD[:, 0], feature_BD[:, 1] = angle_B.cos(), angle_B.sin()
            return feature_BD

        def encode_text(self, texts: Sequence[str]) -> Any:
            return torch.stack([self._text(text) for text in texts])

        def _text(self, text: str) -> Any:
            feature_D = torch.zeros(self.embed_dim)
            if "dark" in text.split():
                feature_D[0] = 1
            elif "bright" in text.split():
                feature_D[1] = 1
            else:
                seeded = torch.Generator().manual_seed(zlib.crc32(text.encode()))
                feature_D = torch.nn.functional.normalize(torch.randn(self.embed_dim, generator=seeded), dim=0)
            return feature_D

        def logit_scale_exp(self) -> Any:
            return torch.tensor(20.0)

    return BrightnessModel()
