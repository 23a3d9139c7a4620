"""Tar shards in the webdataset layout, read at random: pictures with the records that belong to them.

A shard is a plain tar file in which `KEY.jpg` (or `.png`, `.webp`) and `KEY.json` are one sample; the JSON is a record
of `pairs.jsonl` or `captions.jsonl`, or a list of those of one picture. The headers are read once, and from then on a
picture is so many bytes of a file: any of them can be had at any time, so shuffling, and continuing a run, are those
of pictures in folders.

What a shard holds is not trusted: nothing is unpacked, members of other kinds are set aside by name, never decoded.
"""

import json
import logging
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import ValidationError

from eventclip.errors import InputError
from eventclip.jsonl import Rejection
from eventclip.records import PairsOrCaptionRecord, PairsRecord

log = logging.getLogger(__name__)

PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
PICTURE_FORMATS = ("JPEG", "PNG", "WEBP")  # the decoders, whatever a member is called
MAX_PICTURE_BYTES = 2**26
MAX_RECORD_BYTES = 2**22
_BRACES = re.compile(r"\{(\d+)\.\.(\d*)\}")


@dataclass(frozen=True, slots=True)
class Member:
    """Where a member lies: its bytes in a shard, and what messages call it."""

    shard: Path
    name: str
    offset: int
    num_bytes: int

    def __str__(self) -> str:
        return f"{self.shard}:{self.name}"

    def read(self) -> bytes:
        """Its bytes.

        Raises:
            InputError: the shard is gone or has become shorter.
        """
        try:
            with self.shard.open("rb") as stream:
                stream.seek(self.offset)
                raw = stream.read(self.num_bytes)
        except OSError as error:
            raise InputError(f"{self}: the shard cannot be read ({error})") from error
        if len(raw) != self.num_bytes:
            raise InputError(f"{self}: the shard ends within it; it was cut off or changed since the start")
        return raw


@dataclass(slots=True)
class _Sample:
    picture: Member | None = None
    record: Member | None = None


@dataclass(slots=True)
class Shards:
    """The samples of some shards.

    Attributes:
        pictures: by name, `SHARD/KEY.jpg`.
        records: of each picture.
        rejections: members and samples that were set aside.
    """

    pictures: dict[str, Member] = field(default_factory=dict)
    records: dict[str, list[PairsRecord]] = field(default_factory=dict)
    rejections: list[Rejection] = field(default_factory=list)


def shard_files(source: Path) -> list[Path] | None:
    """The tar files that a path stands for, in order; None for one that is no shards.

    A folder stands for its `*.tar`, `dir/{00000..00007}.tar` for eight files, `dir/{00000..}.tar` for those up to the
    first number that is not there.

    Raises:
        InputError: there is none of them.
    """
    if braces := _BRACES.search(source.name):
        files = _numbered(source, braces)
    elif source.is_dir():
        files = sorted(source.glob("*.tar"))
    elif source.suffix == ".tar":
        files = [source]
    elif {".tar", ".tgz"} & set(source.suffixes):
        raise InputError(f"{source} is compressed; expected a plain .tar, of which any part can be read: unpack it")
    else:
        return None
    missing = next((path for path in files if not path.is_file()), None)
    if missing is not None or not files:
        raise InputError(f"{missing or source}: no such shard; expected tar files, as `eventclip shard` writes them")
    return files


def _numbered(source: Path, braces: re.Match[str]) -> list[Path]:
    first, last = braces.groups()
    files: list[Path] = []
    number = int(first)
    while not last or number <= int(last):
        path = source.with_name(f"{source.name[: braces.start()]}{number:0{len(first)}}{source.name[braces.end() :]}")
        if not last and not path.is_file():
            break
        files.append(path)
        number += 1
    return files


def read_shards(files: list[Path]) -> Shards:
    """The samples of shards: their records, and where their pictures lie. No picture is read."""
    shards = Shards()
    seen: set[str] = set()
    for path in files:
        for key, sample in _samples(path, shards.rejections).items():
            if sample.picture is None or sample.record is None:
                lacks = "picture" if sample.picture is None else "JSON record"
                shards.rejections.append(Rejection(f"{path}:{key}", f"the sample has no {lacks}"))
                continue
            try:
                records = _records(sample.record.read(), f"{path.stem}/{key}", sample.picture.name)
                if double := seen & {record.id for record in records}:
                    raise ValueError(f"id {min(double)!r} stands in the shards already; expected another one a record")
            except (ValueError, RecursionError) as error:  # InputError and pydantic's are ValueErrors, too
                shards.rejections.append(Rejection(str(sample.record), _reason(error)))
                continue
            seen |= {record.id for record in records}
            name = f"{path.name}/{sample.picture.name}"
            shards.pictures[name] = sample.picture
            shards.records[name] = records
    return shards


def _samples(path: Path, rejections: list[Rejection]) -> dict[str, _Sample]:
    samples: dict[str, _Sample] = {}
    size = path.stat().st_size
    try:
        for member in _members(path):
            name = member.name
            kind = PurePosixPath(name).suffix.lower()
            limit = MAX_RECORD_BYTES if kind == ".json" else MAX_PICTURE_BYTES
            if reason := _refusal(member, kind, limit, size):
                rejections.append(Rejection(f"{path}:{name}", reason))
                continue
            sample = samples.setdefault(name[: -len(kind)], _Sample())
            found = Member(path, name, member.offset_data, member.size)
            if kind == ".json":
                sample.record = found
            else:
                sample.picture = found
    except (tarfile.TarError, EOFError, OSError) as error:
        rejections.append(Rejection(str(path), f"not a whole tar file ({error}); what came before is used"))
    return samples


def _members(path: Path) -> Iterator[tarfile.TarInfo]:
    with path.open("rb") as stream, tarfile.open(fileobj=stream, mode="r:") as archive:
        for member in archive:
            if not member.isdir():
                yield member
        stream.seek(archive.offset)  # tarfile takes half a header for the end
        if stream.read(tarfile.BLOCKSIZE).strip(b"\0") or stream.tell() == archive.offset:
            raise tarfile.ReadError("it is cut off")


def _refusal(member: tarfile.TarInfo, kind: str, limit: int, shard_bytes: int) -> str | None:
    """Why a member is not touched, or None."""
    parts = PurePosixPath(member.name).parts
    if not member.isreg() or member.issparse():
        return "refused: a link, a device or a sparse file; expected plain files"
    if member.name.startswith("/") or ".." in parts:
        return "refused: its name leads out of the shard"
    if kind not in (*PICTURE_SUFFIXES, ".json"):
        return f"refused: {kind or 'no suffix'} is not read; expected {', '.join(PICTURE_SUFFIXES)} and .json"
    if member.size > limit:
        return f"refused: {member.size:,} bytes; expected at most {limit:,}"
    if member.offset_data + member.size > shard_bytes:
        return "the shard ends within it"
    return None


def _records(raw: bytes, name: str, picture: str) -> list[PairsRecord]:
    """The records of a JSON member; the name stands for an `id` that it lacks, as JSON of other tools does."""
    found: Any = json.loads(raw)
    records: list[PairsRecord] = []
    for number, entry in enumerate(found if isinstance(found, list) else [found]):
        if not isinstance(entry, dict):
            raise ValueError(f"expected a record or a list of records, found {type(entry).__name__}")
        json.dumps(entry, ensure_ascii=False).encode()  # half a surrogate pair could be read but not be tokenised
        entry = {"id": f"{name}-{number}" if number else name, "image": picture} | entry
        records.append(PairsOrCaptionRecord.model_validate(entry))
    if not records:
        raise ValueError("expected a record or a list of records, found an empty list")
    return records


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return "not JSON that can be read" if isinstance(error, (json.JSONDecodeError, RecursionError)) else str(error)
