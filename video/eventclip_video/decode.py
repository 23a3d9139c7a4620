"""Clips decoded to frames: one small protocol, two backends for files (decord, PyAV), one for folders of pictures.

Files are always read from their first frame on. decord's random access returns other frames than asked for on MPEG-4
AVIs with B-frames, and its `skip_frames` seeks as well; its `next` is bit-equal to PyAV. Readers are opened for one
call and closed again: decord's reader hangs in a forked child and keeps filling its buffer while it is idle. So a
decoder of this module holds a path and a few numbers, and can be forked, pickled and kept.
"""

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from eventclip.errors import InputError, UsageError, unknown_name

log = logging.getLogger(__name__)

Frames = NDArray[np.uint8]

MAX_FRAME_PIXELS = 8192 * 4320
"""A frame of more pixels is refused before it is decoded."""
MAX_NUM_FRAMES = 108_000
"""A clip of more frames (an hour at 30 a second) is refused."""
MAX_READ_BYTES = 2 * 2**30
"""One call returns at most so many bytes of frames."""
MAX_LOST_FRAMES = 2
"""So many frames may be missing at the end or damaged: AVIs announce one to two more than they hold."""

CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,avi,matroska,webm,mpegts,mpeg,flv,asf,ogg,gif,m4v"
"""The container formats that are opened. Without the list FFmpeg draws a text file as a video and follows playlists."""
_PACKETS_ARE_NOT_FRAMES = ("vp8", "mpegts", "mpeg")
PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".webp")


class VideoDecoder(Protocol):
    """What a clip offers, wherever its frames come from."""

    @property
    def length(self) -> int:
        """The number of frames."""

    @property
    def fps(self) -> float | None:
        """Frames a second; None where nothing says so, as in a folder of pictures."""

    @property
    def duration_s(self) -> float | None:
        """The length in seconds, where the frame rate is known."""

    def frames(self, indices: ArrayLike) -> Frames:
        """The frames at `indices`, which may repeat and stand in any order, as RGB.

        Returns:
            (T, H, W, 3), uint8, upright.

        Raises:
            InputError: the clip breaks off or is damaged before the last of them, or they exceed `MAX_READ_BYTES`.
        """


def open_video(path: str | Path, backend: str = "auto") -> VideoDecoder:
    """The decoder of a clip file or of a folder of frames.

    Args:
        path: a video file, or a folder that holds the frames as pictures.
        backend: for files: "decord", "pyav", or "auto", which takes decord where it is installed and opens the file,
            and PyAV otherwise.

    Raises:
        InputError: there is no such file, it is no video, it holds no frame, or it exceeds the limits of this module.
        UsageError: an unknown backend.
    """
    if backend != "auto" and backend not in _READERS:
        raise UsageError(unknown_name("video backend", backend, ["auto", *_READERS]))
    path = Path(path)
    return FrameFolder(path) if path.is_dir() else VideoFile(path, backend)


class VideoFile:
    """A video file. Opening it reads the packets, not the pictures: the length is known before a frame is decoded."""

    def __init__(self, path: str | Path, backend: str = "auto") -> None:
        self.path = Path(path)
        self.backends = tuple(_READERS) if backend == "auto" else (backend,)
        self._header = _read_header(self.path)

    @property
    def length(self) -> int:
        """The number of frames."""
        return self._header.length

    @property
    def fps(self) -> float | None:
        """Frames a second, if the file says so."""
        return self._header.fps

    @property
    def duration_s(self) -> float | None:
        """The length in seconds, where the frame rate is known."""
        return _duration_s(self)

    def frames(self, indices: ArrayLike) -> Frames:
        """The frames at `indices`: see `VideoDecoder`."""
        wanted, order = _wanted(indices, self.length, self.path)
        _check_bytes(len(order), self._header.width * self._header.height, self.path)
        for backend in self.backends[:-1]:
            try:
                return np.stack(_READERS[backend](self.path, self.length, wanted))[order]
            except (InputError, ImportError, OSError) as error:
                log.info("%s; trying %s", error, self.backends[-1])
        return np.stack(_READERS[self.backends[-1]](self.path, self.length, wanted))[order]


class FrameFolder:
    """A clip kept as pictures, one a frame, in the order of the numbers in their names.

    Where pictures of several kinds share the folder (`img_00001.jpg` beside optical flow), those named `img_` are read.
    """

    fps: float | None = None
    duration_s: float | None = None

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.pictures = _frame_pictures(self.path)

    @property
    def length(self) -> int:
        """The number of frames."""
        return len(self.pictures)

    def frames(self, indices: ArrayLike) -> Frames:
        """The frames at `indices`: see `VideoDecoder`."""
        wanted, order = _wanted(indices, self.length, self.path)
        pictures: list[Frames] = []
        for index in wanted:
            picture = _read_picture(self.pictures[index])
            if pictures and picture.shape != pictures[0].shape:
                sizes = " and ".join(f"{p.shape[1]} × {p.shape[0]}" for p in (pictures[0], picture))
                raise InputError(f"{self.pictures[index]}: the frames of a clip have sizes {sizes}; expected one size")
            _check_bytes(len(order), picture.shape[0] * picture.shape[1], self.path)
            pictures.append(picture)
        return np.stack(pictures)[order]


@dataclass(frozen=True, slots=True)
class _Header:
    length: int
    fps: float | None
    width: int
    height: int


def _duration_s(video: VideoDecoder) -> float | None:
    return video.length / video.fps if video.fps else None


def _wanted(indices: ArrayLike, length: int, path: Path) -> tuple[list[int], NDArray[np.intp]]:
    """The distinct indices in ascending order, and where each asked one stands among them."""
    asked = np.asarray(indices, dtype=np.int64).reshape(-1)
    if asked.size == 0:
        raise UsageError(f"{path}: no frame was asked for; expected at least one index")
    if asked.min() < 0 or asked.max() >= length:
        raise UsageError(f"{path}: frames {asked.min()} to {asked.max()} were asked for; expected 0 to {length - 1}")
    distinct, order = np.unique(asked, return_inverse=True)
    return distinct.tolist(), order


def _check_bytes(num_frames: int, num_pixels: int, path: Path) -> None:
    num_bytes = num_frames * num_pixels * 3
    if num_bytes > MAX_READ_BYTES:
        raise InputError(
            f"{path}: {num_frames} frames take {num_bytes / 2**30:.1f} GiB; expected at most "
            f"{MAX_READ_BYTES / 2**30:.0f} GiB; ask for fewer frames or scale the clip down"
        )


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Any, Any]]:
    """A PyAV container and its best video stream, with FFmpeg's errors turned into ours."""
    import av

    try:
        with av.open(
            str(path.absolute()), options={"format_whitelist": CONTAINERS}, metadata_errors="replace"
        ) as container:
            stream = container.streams.best("video")
            if stream is None or stream.codec_context is None:
                raise InputError(f"{path}: holds no video that can be decoded; expected a clip")
            yield container, stream
    except av.FFmpegError as error:
        raise InputError(
            f"{path}: is no video that can be read ({error.strerror}); expected MP4, MKV, WebM or AVI"
        ) from error


def _read_header(path: Path) -> _Header:
    if not path.is_file():
        raise InputError(f"{path}: no such file; expected a clip or a folder of frames")
    if path.stat().st_size == 0:
        raise InputError(f"{path}: the file is empty; expected a clip")
    with _opened(path) as (container, stream):
        width, height = stream.codec_context.width, stream.codec_context.height
        if not 0 < width * height <= MAX_FRAME_PIXELS:
            raise InputError(f"{path}: frames of {width} × {height} pixels; expected 1 to {MAX_FRAME_PIXELS:,} pixels")
        rate = stream.average_rate or stream.guessed_rate
        announced = stream.frames or round((container.duration or 0) / 1_000_000 * (rate or 0))
        if stream.codec_context.name in _PACKETS_ARE_NOT_FRAMES or container.format.name in _PACKETS_ARE_NOT_FRAMES:
            num_units = length = _count(container.decode(stream), path)[0]
        else:
            num_units, length = _count(container.demux(stream), path)
    if length == 0:
        raise InputError(f"{path}: holds 0 frames; the file is cut short or was never written to its end")
    if num_units < 0.9 * announced:  # a duration that is announced is only nearly a number of frames
        log.warning("%s: cut short: holds %d of the %d frames that it announces", path, num_units, announced)
    return _Header(length, float(rate) if rate else None, width, height)


def _count(units: Iterable[Any], path: Path) -> tuple[int, int]:
    """The number of packets or frames in the file, and of those that are shown.

    A clip that was cut without encoding it anew begins with frames before its start, which are decoded and dropped.
    """
    import av

    num_units = num_hidden = 0
    try:
        for unit in units:
            is_packet = isinstance(unit, av.Packet)
            if is_packet and not unit.size:
                continue
            num_units += 1
            num_hidden += is_packet and unit.is_discard
            if num_units > MAX_NUM_FRAMES:
                raise InputError(f"{path}: more than {MAX_NUM_FRAMES:,} frames; cut the video into clips")
    except av.FFmpegError as error:
        log.info("%s: after %d frames: %s", path, num_units, error.strerror)
    return num_units, num_units - num_hidden


def _read_decord(path: Path, length: int, wanted: Sequence[int]) -> list[Frames]:
    import decord
    from decord._ffi.base import DECORDError, DECORDLimitReachedError

    decord.logging.set_level(decord.logging.QUIET)
    frames: list[Frames] = []
    taken, num_read = set(wanted), 0
    frame: Any = None
    try:
        reader = decord.VideoReader(str(path), num_threads=1, fault_tol=MAX_LOST_FRAMES)
        for index in range(wanted[-1] + 1):
            frame = reader.next()
            num_read += 1
            if index in taken:
                frames.append(frame.asnumpy())
    except StopIteration:
        pass
    except (DECORDError, DECORDLimitReachedError, RuntimeError) as error:
        raise InputError(
            f"{path}: decord stops after {num_read} of {length} frames; the clip is damaged, or decord does not know "
            'its codec: try the backend "pyav"'
        ) from error
    _check_read(num_read, length, wanted, path)
    return frames + [frame.asnumpy() for _ in wanted[len(frames) :]]


def _read_pyav(path: Path, length: int, wanted: Sequence[int]) -> list[Frames]:
    import av

    frames: list[Frames] = []
    taken, num_read, num_damaged, frame = set(wanted), 0, 0, None
    with _opened(path) as (container, stream):
        size = {"width": stream.codec_context.width, "height": stream.codec_context.height}
        try:
            for index, frame in enumerate(container.decode(stream)):
                num_read += 1
                num_damaged += frame.is_corrupt
                if index in taken:
                    frames.append(_upright(frame, size))
                if index == wanted[-1]:
                    break
        except av.FFmpegError as error:
            log.info("%s: after %d frames: %s", path, num_read, error.strerror)
        if num_damaged > MAX_LOST_FRAMES:
            raise InputError(f"{path}: {num_damaged} of the first {num_read} frames are damaged; expected a whole clip")
        _check_read(num_read, length, wanted, path)
        return frames + [_upright(frame, size) for _ in wanted[len(frames) :]]


def _upright(frame: Any, size: dict[str, int]) -> Frames:
    """A PyAV frame as RGB, turned as its metadata say, at the size of the header even if the stream changes its own."""
    return np.ascontiguousarray(np.rot90(frame.to_ndarray(format="rgb24", **size), frame.rotation // 90))


def _check_read(num_read: int, length: int, wanted: Sequence[int], path: Path) -> None:
    if num_read == 0 or wanted[-1] + 1 - num_read > MAX_LOST_FRAMES:
        raise InputError(f"{path}: only {num_read} of {length} frames can be decoded; the clip is cut short or damaged")


_READERS: dict[str, Callable[[Path, int, Sequence[int]], list[Frames]]] = {"decord": _read_decord, "pyav": _read_pyav}
"""The backends, in the order in which "auto" tries them."""


def _frame_pictures(folder: Path) -> list[Path]:
    groups: dict[str, list[tuple[int, Path]]] = {}
    for picture in folder.iterdir():
        numbered = re.fullmatch(r"(.*?)(\d+)", picture.stem)
        if numbered and picture.suffix.lower() in PICTURE_SUFFIXES:
            groups.setdefault(numbered[1], []).append((int(numbered[2]), picture))
    if not groups:
        raise InputError(f"{folder}: holds 0 frames; expected numbered pictures such as img_00001.jpg")
    if len(groups) > 1 and "img_" not in groups:
        names = ", ".join(f"{name}*" for name in sorted(groups)[:5])
        raise InputError(f"{folder}: holds pictures of several kinds ({names}); expected one kind, or one named img_*")
    chosen = groups["img_"] if len(groups) > 1 else next(iter(groups.values()))
    if len(chosen) > MAX_NUM_FRAMES:
        raise InputError(f"{folder}: {len(chosen):,} frames; expected at most {MAX_NUM_FRAMES:,}; split the clip")
    return [picture for _, picture in sorted(chosen)]


def _read_picture(path: Path) -> Frames:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as picture:
            if picture.width * picture.height > MAX_FRAME_PIXELS:
                raise InputError(
                    f"{path}: {picture.width} × {picture.height}: expected at most {MAX_FRAME_PIXELS:,} pixels"
                )
            return np.asarray(picture.convert("RGB"))
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise InputError(f"{path}: does not open as a picture ({error}); expected a frame of the clip") from error
