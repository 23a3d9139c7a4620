"""What the rules of extraction cost on top of the parser, and how fast the whole stage is, on the same captions.

    python scripts/bench_extract.py captions.jsonl

The parser alone and parser with rules take turns on the same batches of one process, so that both see the same
machine; then `extract` runs over the file as a user would run it, start of its processes included.
"""

import argparse
import gc
import os
import tempfile
import time
from itertools import islice
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

from eventclip.jsonl import read_records
from eventclip.records import CaptionRecord
from eventclip_extract.extract import BATCH_SIZE, Extractor, extract


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("captions", type=Path)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--limit", type=int, default=4_000, help="captions for the comparison within one process")
    given = parser.parse_args()
    captions = [record.caption for record in read_records(given.captions, CaptionRecord)]
    compare(captions[: given.limit])
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        report = extract(given.captions, Path(folder) / "events.jsonl", num_processes=given.processes)
        seconds = time.perf_counter() - began
    rate = report.num_records / seconds
    print(f"{report.num_records:,} captions in {given.processes} processes: {seconds:.1f} s, {rate:,.0f} a second,")
    print(f"  100,000 in {100_000 / rate / 60:.1f} minutes")


def compare(captions: list[str]) -> None:
    """Prints the time of the parser, of parser with rules, and their ratio, batch by batch in turns."""
    extractor = Extractor()
    gc.disable()
    list(extractor.analyses(captions[:BATCH_SIZE]))  # caches and lexicons are filled before the clock runs
    alone = whole = 0.0
    remaining = iter(captions)
    while batch := list(islice(remaining, BATCH_SIZE)):
        began = time.perf_counter()
        for _ in extractor.nlp.pipe(batch, batch_size=BATCH_SIZE):
            pass
        between = time.perf_counter()
        for _ in extractor.analyses(batch):
            pass
        alone, whole = alone + between - began, whole + time.perf_counter() - between
        gc.collect()
    print(f"{len(captions):,} captions in one process: parser {alone:.2f} s, with rules {whole:.2f} s,")
    print(f"  {100 * (whole / alone - 1):.1f} % on top; {len(captions) / whole:,.0f} captions a second")


if __name__ == "__main__":
    main()
