"""What the rules of extraction cost on top of the parser, and how fast the whole stage is, on the same captions.

    python scripts/bench_extract.py captions.jsonl

The parser alone and parser with rules take turns on the same batches of one process, so that both see the same
machine; then `extract` runs over the file as a user would run it, start of its processes included.
"""

import argparse
import gc
import json
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
    parser.add_argument("--num-compared", type=int, default=4_000, help="captions on which the rules are timed")
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    figures = measure(given.captions, given.num_compared, given.processes)
    print(section(figures))
    print(json.dumps(figures))


def measure(captions: Path, num_compared: int = 4_000, num_processes: int = 2) -> dict[str, float]:
    """The figures of one run; times in seconds."""
    first = islice(read_records(captions, CaptionRecord), num_compared)
    figures = compare([record.caption for record in first])
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        report = extract(captions, Path(folder) / "events.jsonl", num_processes=num_processes)
        stage = {"stage_s": time.perf_counter() - began, "num_records": report.num_records}
    return {**figures, **stage, "num_processes": num_processes}


def compare(captions: list[str]) -> dict[str, float]:
    """The processor time of the parser and of parser with rules, batch by batch in turns."""
    extractor = Extractor()
    gc.disable()
    list(extractor.analyses(captions[:BATCH_SIZE]))  # caches and lexicons are filled before the clock runs
    alone = whole = 0.0
    remaining = iter(captions)
    while batch := list(islice(remaining, BATCH_SIZE)):
        began = time.process_time()
        for _ in extractor.nlp.pipe(batch, batch_size=BATCH_SIZE):
            pass
        between = time.process_time()
        for _ in extractor.analyses(batch):
            pass
        alone, whole = alone + between - began, whole + time.process_time() - between
        gc.collect()
    gc.enable()
    return {"num_compared": len(captions), "parser_s": alone, "with_rules_s": whole}


def section(figures: dict[str, float]) -> str:
    """The figures as a section of docs/extraction.md."""
    seconds = figures["stage_s"]
    rate = figures["num_records"] / seconds
    cost = 100 * (figures["with_rules_s"] / figures["parser_s"] - 1)
    return f"""## Speed

| | |
|---|---:|
| {figures["num_compared"]:,} captions, one process, parser alone, processor time | {figures["parser_s"]:.1f} s |
| the same, parser and rules, in turns | {figures["with_rules_s"]:.1f} s |
| what the rules cost on top | {cost:.1f} % |
| {figures["num_records"]:,} captions, {figures["num_processes"]} processes, start-up included | {seconds:.1f} s |
| 100,000 captions at that rate | {100_000 / rate / 60:.1f} min |

"""


if __name__ == "__main__":
    main()
