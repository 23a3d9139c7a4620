import logging
import multiprocessing
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from PIL import Image

from eventclip.errors import InputError, UsageError
from eventclip_video import decode
from eventclip_video.decode import open_video

LEVELS = [4 * number for number in range(60)]
BACKENDS = ["decord", "pyav"]


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    pytest.importorskip("decord" if request.param == "decord" else "av")
    return str(request.param)


def shown(frames: Any) -> list[int]:
    """Which of `LEVELS` each frame has; coding changes a level by less than half of their distance."""
    return [round(float(frame.mean()) / 4) for frame in frames]


def test_the_frames_asked_for_come_in_the_order_asked_for(write_clip: Callable[..., Path], backend: str) -> None:
    video = open_video(write_clip("clip.mp4", LEVELS), backend)
    frames = video.frames([37, 3, 59, 3, 0])
    assert shown(frames) == [37, 3, 59, 3, 0]
    assert frames.shape == (5, 64, 64, 3)
    assert frames.dtype == np.uint8


def test_length_rate_and_duration_are_read(write_clip: Callable[..., Path], backend: str) -> None:
    video = open_video(write_clip("clip.mp4", LEVELS, rate=20), backend)
    assert (video.length, video.fps, video.duration_s) == (60, 20.0, 3.0)


@pytest.mark.parametrize(("name", "codec"), [("c.avi", "mpeg4"), ("c.mkv", "libx264"), ("c.webm", "libvpx-vp9")])
def test_other_containers_give_the_same_frames(
    write_clip: Callable[..., Path], backend: str, name: str, codec: str
) -> None:
    video = open_video(write_clip(name, LEVELS, codec=codec), backend)
    assert video.length == 60
    assert shown(video.frames([0, 29, 58])) == [0, 29, 58]


def test_a_clip_cut_without_encoding_counts_only_the_frames_it_shows(
    av: ModuleType, write_clip: Callable[..., Path], tmp_path: Path, backend: str
) -> None:
    cut = tmp_path / "cut.mp4"
    with (
        av.open(str(write_clip("whole.mp4", LEVELS))) as whole,
        av.open(str(cut), "w", options={"avoid_negative_ts": "disabled"}) as output,
    ):
        stream = whole.streams.video[0]
        copy = output.add_stream_from_template(stream)
        frame_ticks = int(1 / 30 / stream.time_base)
        for packet in whole.demux(stream):
            if packet.size and packet.dts >= 8 * frame_ticks:  # from the key frame 10, shown from frame 17 on
                packet.pts -= 17 * frame_ticks
                packet.dts -= 17 * frame_ticks
                packet.stream = copy
                output.mux(packet)
    video = open_video(cut, backend)
    assert video.length == 43
    assert shown(video.frames([0, 20, 42])) == [17, 37, 59]


def test_auto_goes_on_without_decord(write_clip: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "decord", None)
    assert shown(open_video(write_clip("clip.mp4", LEVELS)).frames([11])) == [11]


def test_auto_turns_to_pyav_where_decord_fails(
    write_clip: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path, *_: Any) -> Any:
        raise InputError(f"{path}: decord stops")

    monkeypatch.setitem(decode._READERS, "decord", fail)
    assert shown(open_video(write_clip("clip.mp4", LEVELS)).frames([11])) == [11]


def test_a_decoder_can_be_pickled_and_read_on(write_clip: Callable[..., Path], backend: str) -> None:
    video = open_video(write_clip("clip.mp4", LEVELS), backend)
    video.frames([5])
    assert shown(pickle.loads(pickle.dumps(video)).frames([6])) == [6]


def _read_in_child(video: Any, answers: Any) -> None:
    answers.put(shown(video.frames([8])))


@pytest.mark.skipif(sys.platform != "linux", reason="fork")
def test_a_decoder_used_before_a_fork_works_after_it(write_clip: Callable[..., Path], backend: str) -> None:
    video = open_video(write_clip("clip.mp4", LEVELS), backend)
    video.frames([5])
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    child = context.Process(target=_read_in_child, args=(video, answers))
    child.start()
    try:
        assert answers.get(timeout=20) == [8]
    finally:
        child.kill()
        child.join()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.mp4: no such file; expected a clip or a folder of frames"):
        open_video(tmp_path / "none.mp4")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    with pytest.raises(InputError, match=r"empty\.mp4: the file is empty"):
        open_video(tmp_path / "empty.mp4")


@pytest.mark.parametrize("name", ["text.mp4", "text.txt"])
def test_a_text_is_no_video(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("FFmpeg would draw this as a film.\n" * 100)
    with pytest.raises(InputError, match="is no video that can be read"):
        open_video(tmp_path / name)


def test_a_playlist_opens_no_other_file(write_clip: Callable[..., Path], tmp_path: Path) -> None:
    write_clip("secret.mp4", LEVELS)
    (tmp_path / "list.mp4").write_text("ffconcat version 1.0\nfile secret.mp4\n")
    with pytest.raises(InputError, match="is no video that can be read"):
        open_video(tmp_path / "list.mp4")


def test_sound_alone_is_refused(av: ModuleType, tmp_path: Path) -> None:
    with av.open(str(tmp_path / "sound.mp4"), "w") as container:
        stream = container.add_stream("aac", rate=16_000)
        silence = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        silence.sample_rate = 16_000
        container.mux(stream.encode(silence))
        container.mux(stream.encode(None))
    with pytest.raises(InputError, match=r"sound\.mp4: holds no video"):
        open_video(tmp_path / "sound.mp4")


def test_a_clip_cut_short_gives_what_is_left_and_says_so(
    write_clip: Callable[..., Path], backend: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = write_clip("clip.mkv", LEVELS)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with caplog.at_level(logging.WARNING):
        video = open_video(path, backend)
    assert 5 < video.length < 50
    assert shown(video.frames([0, 5])) == [0, 5]
    assert f"cut short: holds {video.length} of the 60 frames that it announces" in caplog.text


def test_a_damaged_clip_is_refused_rather_than_half_read(write_clip: Callable[..., Path], backend: str) -> None:
    path = write_clip("clip.mp4", LEVELS)
    raw = bytearray(path.read_bytes())
    start, end = raw.index(b"mdat"), raw.rindex(b"moov")
    for place in range((start + end) // 2, end - 8, 7):
        raw[place] ^= 0x55
    path.write_bytes(raw)
    video = open_video(path, backend)
    assert video.length == 60
    with pytest.raises(InputError, match=r"stops after \d+ of 60 frames|only \d+ of 60 frames|frames are damaged"):
        video.frames([59])


def test_too_many_frames_are_refused(write_clip: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "MAX_NUM_FRAMES", 50)
    with pytest.raises(InputError, match="more than 50 frames; cut the video into clips"):
        open_video(write_clip("clip.mp4", LEVELS))


def test_frames_of_too_many_pixels_are_refused(
    write_clip: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decode, "MAX_FRAME_PIXELS", 1_000)
    with pytest.raises(InputError, match="frames of 64 × 64 pixels; expected 1 to 1,000 pixels"):
        open_video(write_clip("clip.mp4", LEVELS))


def test_more_bytes_than_allowed_are_refused_before_decoding(
    write_clip: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decode, "MAX_READ_BYTES", 64 * 64 * 3 * 4)
    video = open_video(write_clip("clip.mp4", LEVELS))
    assert len(video.frames(range(4))) == 4
    with pytest.raises(InputError, match="5 frames take"):
        video.frames(range(5))


def test_frames_outside_the_clip_are_refused(write_clip: Callable[..., Path]) -> None:
    with pytest.raises(UsageError, match="frames 3 to 60 were asked for; expected 0 to 59"):
        open_video(write_clip("clip.mp4", LEVELS)).frames([3, 60])


def test_an_unknown_backend_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="unknown video backend 'decor': did you mean 'decord'"):
        open_video(tmp_path, "decor")


def picture(folder: Path, name: str, level: int, size: tuple[int, int] = (20, 10)) -> None:
    folder.mkdir(exist_ok=True)
    Image.new("RGB", size, (level, level, level)).save(folder / name)


def test_a_folder_of_frames_is_read_by_number(tmp_path: Path) -> None:
    for number in (1, 2, 10):
        picture(tmp_path / "clip", f"img_{number}.png", 4 * number)
    video = open_video(tmp_path / "clip")
    assert (video.length, video.fps, video.duration_s) == (3, None, None)
    assert shown(video.frames([2, 0])) == [10, 1]
    assert video.frames([0]).shape == (1, 10, 20, 3)


def test_optical_flow_beside_frames_is_left_out(tmp_path: Path) -> None:
    for name in ("img_00001.png", "flow_x_00001.png", "flow_y_00001.png"):
        picture(tmp_path / "clip", name, 4 if name.startswith("img") else 200)
    assert shown(open_video(tmp_path / "clip").frames([0])) == [1]


def test_a_folder_of_several_kinds_of_pictures_is_refused(tmp_path: Path) -> None:
    for name in ("left_1.png", "right_1.png"):
        picture(tmp_path / "clip", name, 4)
    with pytest.raises(InputError, match=r"several kinds \(left_\*, right_\*\)"):
        open_video(tmp_path / "clip")


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds 0 frames; expected numbered pictures"):
        open_video(tmp_path)


def test_frames_of_two_sizes_are_refused(tmp_path: Path) -> None:
    picture(tmp_path / "clip", "1.png", 4)
    picture(tmp_path / "clip", "2.png", 4, size=(30, 10))
    with pytest.raises(InputError, match=r"2\.png: the frames of a clip have sizes 20 × 10 and 30 × 10"):
        open_video(tmp_path / "clip").frames([0, 1])


def test_a_frame_that_is_no_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "img_1.png").write_text("no picture")
    with pytest.raises(InputError, match=r"img_1\.png: does not open as a picture"):
        open_video(tmp_path).frames([0])
