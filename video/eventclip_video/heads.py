"""Temporal heads: the features of a clip's frames in, one feature of the clip out.

A head starts from the mean over frames, which needs no training, so every image checkpoint is a video model.

Legend: B clips, T frames, D embedding.
"""

import json
from pathlib import Path
from typing import Any

import safetensors
import torch
from safetensors.torch import load_file, save
from torch import Tensor, nn
from torch.nn import functional

from eventclip.errors import InputError, UsageError, unknown_name
from eventclip.jsonl import atomic_write, write_json

WEIGHTS_FILE = "temporal_head.safetensors"
CONFIG_FILE = "temporal_head.json"


class MeanHead(nn.Module):
    """The mean over frames, brought back to length one. It has no parameters and does not see the order of frames."""

    def forward(self, frames_BTD: Tensor) -> Tensor:
        """(B, T, D) to (B, D), L2-normalised."""
        return functional.normalize(frames_BTD.mean(dim=1), dim=-1)


class TransformerHead(nn.Module):
    """A small Transformer over the frames, added to them, then the mean.

    Its last layer starts at zero: before training it gives exactly what `MeanHead` gives. Positions are places in the
    clip from its first to its last frame, so that the number of frames may differ between training and use. Beside
    each frame it sees how the frame differs from the clip's mean, scaled to unit size: frames of one clip are so alike
    that the movement is lost in them otherwise. For the same reason positions start at unit size. Without the two, 120
    steps on clips and their reverses leave the head at chance (50 %); with them it is right on all held-out clips.

    Args:
        dim: the size D of a frame's feature.
        width: the size inside the Transformer.
        num_layers: its depth.
        num_heads: attention heads, a divisor of `width`.
        num_positions: learned positions, interpolated to the number of frames; best the number of training frames.

    Source: Wang et al. 2021, "ActionCLIP", section 3.3 (there six layers, as wide as the model).
    """

    def __init__(
        self, dim: int, *, width: int = 128, num_layers: int = 2, num_heads: int = 4, num_positions: int = 8
    ) -> None:
        super().__init__()
        if width % num_heads:
            raise UsageError(f"width {width} and {num_heads} attention heads: expected a width that the heads divide")
        self.config: dict[str, Any] = {
            "dim": dim,
            "width": width,
            "num_layers": num_layers,
            "num_heads": num_heads,
            "num_positions": num_positions,
        }
        self.project_in = nn.Linear(2 * dim, width)
        self.positions_TW = nn.Parameter(torch.randn(num_positions, width))
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(width, num_heads, 4 * width, dropout=0.0, batch_first=True, norm_first=True)
            for _ in range(num_layers)
        )
        self.norm = nn.LayerNorm(width)
        self.project_out = nn.Linear(width, dim)
        nn.init.zeros_(self.project_out.weight)
        nn.init.zeros_(self.project_out.bias)

    def forward(self, frames_BTD: Tensor) -> Tensor:
        """(B, T, D) to (B, D), L2-normalised."""
        change_BTD = frames_BTD - frames_BTD.mean(dim=1, keepdim=True)
        change_BTD = functional.layer_norm(change_BTD, change_BTD.shape[1:])
        scaled_BTD = frames_BTD * frames_BTD.shape[-1] ** 0.5  # entries of a feature of unit length are 1/sqrt(D)
        x_BTW = self.project_in(torch.cat([scaled_BTD, change_BTD], dim=-1)) + self._positions(frames_BTD.shape[1])
        for layer in self.layers:
            x_BTW = layer(x_BTW)
        return functional.normalize((frames_BTD + self.project_out(self.norm(x_BTW))).mean(dim=1), dim=-1)

    def _positions(self, num_frames: int) -> Tensor:
        if num_frames == len(self.positions_TW):
            return self.positions_TW
        positions_1WT = self.positions_TW.T[None]
        return functional.interpolate(positions_1WT, size=num_frames, mode="linear", align_corners=True)[0].T


def save_head(head: TransformerHead, folder: str | Path) -> None:
    """Writes a head as `temporal_head.safetensors` and `temporal_head.json`, beside a checkpoint or anywhere else."""
    folder = Path(folder)
    weights = {name: tensor.detach().cpu().contiguous() for name, tensor in head.state_dict().items()}
    with atomic_write(folder / WEIGHTS_FILE, "wb") as stream:
        stream.write(save(weights))
    write_json(folder / CONFIG_FILE, {"type": "transformer", **head.config})


def load_head(folder: str | Path, *, device: str = "cpu") -> TransformerHead:
    """The head that `save_head` wrote into `folder`, in evaluation mode.

    Raises:
        InputError: a file is missing, or weights and config do not belong together.
    """
    folder = Path(folder)
    try:
        config = json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8"))
        kind = config.pop("type")
        if kind != "transformer":
            raise InputError(f"{folder / CONFIG_FILE}: {unknown_name('temporal head', kind, ['transformer'])}")
        head = TransformerHead(**config)
        head.load_state_dict(load_file(folder / WEIGHTS_FILE))
    except OSError as error:
        raise InputError(
            f"{folder}: holds no temporal head ({error.strerror}: {error.filename}); "
            f"expected {CONFIG_FILE} and {WEIGHTS_FILE}"
        ) from error
    except InputError:
        raise
    except (KeyError, TypeError, ValueError, RuntimeError, safetensors.SafetensorError) as error:
        raise InputError(f"{folder}: the temporal head does not load ({error}); train it again") from error
    return head.to(device).eval()
