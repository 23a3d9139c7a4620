"""Writes Flickr8k as captions.jsonl, one file a split: python data/prepare_flickr8k.py FLICKR8K_FOLDER OUT_FOLDER

The folder holds `captions.jsonl` with lines {"image": ..., "captions": [five sentences], "split": ...}, and the
pictures that `image` names. The pictures stay where they are: pass the folder to the stages as `--images`.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path

from eventclip.jsonl import write_records
from eventclip.records import CaptionRecord


def prepare(folder: Path, out: Path) -> dict[str, int]:
    """Writes `out/SPLIT.captions.jsonl` for every split, and returns how many captions each has."""
    splits: dict[str, list[CaptionRecord]] = defaultdict(list)
    for line in (folder / "captions.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        name = Path(row["image"]).stem
        for number, caption in enumerate(row["captions"]):
            record = CaptionRecord(id=f"{name}-{number}", image=row["image"], caption=caption)
            splits[row["split"]].append(record)
    return {split: write_records(out / f"{split}.captions.jsonl", records) for split, records in splits.items()}


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    for split, count in prepare(Path(sys.argv[1]), Path(sys.argv[2])).items():
        print(f"{split}: {count:,} captions")
