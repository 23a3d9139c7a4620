"""The decoders on real clips: equal to reading every frame in order, and an outcome for every broken file."""

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from eventclip.errors import InputError
from eventclip_video.decode import open_video
from eventclip_video.sampling import segment_indices

pytestmark = pytest.mark.data

FRAMES_OF = {
    "decord_rot_0.mov": (320, 568),
    "decord_rot_180.mov": (320, 568),
    "decord_rot_270.mov": (568, 320),
    "decord_rot_90.mov": (568, 320),
    "decord_unordered.mov": (50, 50),
    "made_trunc.avi": (240, 320),
    "made_trunc.mkv": (240, 426),
    "short_8frames.mp4": (512, 512),
    "tc_av1.mkv": (360, 640),
    "tc_h264_10bits.mp4": (200, 200),
    "tc_h265.mp4": (128, 128),
    "tc_nasa_13013.mp4": (270, 480),
}
MESSAGE_OF = {
    "decord_corrupted.mp4": "only 28 of 50 frames can be decoded",
    "made_bitflip.avi": "frames are damaged",
    "made_bitflip.mp4": "frames are damaged",
    "made_text.mp4": "is no video that can be read",
    "made_trunc_moov_front.mp4": "is no video that can be read",
    "made_zero.mp4": "the file is empty",
}
# decord's random access gives other frames than asked for on the first two.
QUICK = ("hmdb51_brush_hair_1.avi", "hmdb51_cartwheel_1.avi", "v_Archery_g03_c03.avi")


def agrees(av: ModuleType, path: Path, backend: str) -> bool:
    video = open_video(path, backend)
    wanted = [*segment_indices(video.length, 8)[0].tolist(), video.length - 1]
    with av.open(str(path)) as container:
        reference = {}
        for number, frame in enumerate(container.decode(container.streams.best("video"))):
            if number in wanted:
                reference[number] = frame.to_ndarray(format="rgb24")
        reference.setdefault(video.length - 1, frame.to_ndarray(format="rgb24"))  # one more is announced than there is
    return abs(number + 1 - video.length) <= 1 and all(
        np.array_equal(found, reference[index]) for found, index in zip(video.frames(wanted), wanted, strict=True)
    )


@pytest.mark.parametrize("backend", ["decord", "pyav"])
@pytest.mark.parametrize("name", QUICK)
def test_frames_equal_those_of_reading_in_order(av: ModuleType, data: Path, backend: str, name: str) -> None:
    pytest.importorskip(backend.replace("pyav", "av"))
    assert agrees(av, data / "clips" / "clips" / name, backend)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["decord", "pyav"])
def test_frames_of_all_clips_equal_those_of_reading_in_order(av: ModuleType, data: Path, backend: str) -> None:
    pytest.importorskip(backend.replace("pyav", "av"))
    paths = sorted((data / "clips" / "clips").iterdir())
    assert len(paths) == 50
    assert [path.name for path in paths if not agrees(av, path, backend)] == []


@pytest.mark.parametrize("name", sorted(FRAMES_OF))
def test_a_strange_but_readable_file_gives_upright_frames(av: ModuleType, data: Path, name: str) -> None:
    video = open_video(data / "clips" / "robustness" / name)
    assert video.frames(segment_indices(video.length, 8)[0]).shape == (8, *FRAMES_OF[name], 3)


@pytest.mark.parametrize("name", sorted(MESSAGE_OF))
def test_a_broken_file_ends_in_a_message(av: ModuleType, data: Path, name: str) -> None:
    def read() -> None:
        video = open_video(data / "clips" / "robustness" / name)
        video.frames(segment_indices(video.length, 8)[0])

    with pytest.raises(InputError, match=f"{name}: .*{MESSAGE_OF[name]}"):
        read()


def test_a_folder_of_real_frames_is_read(data: Path) -> None:
    video = open_video(data / "clips" / "rawframes" / "demo_dataset" / "jumping" / "0002")
    assert video.length == 18
    assert video.frames([0, 17]).shape == (2, 240, 426, 3)
