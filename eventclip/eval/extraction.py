"""Extraction against gold: how many triggers and arguments were found, and with the right type and role.

A trigger counts as found where its last character stands (gold sets differ in how much of a phrasal verb they mark),
an argument where its head ends.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from eventclip.errors import InputError
from eventclip.eval.intervals import ratio_interval
from eventclip.eval.results import Result, document
from eventclip.jsonl import read_records
from eventclip.records import Event, EventsRecord

TASK = "extraction/1"

Key = tuple[str, int, str]
"""(event type, character where trigger or head ends, role); the part that a measure ignores is left empty."""

Cell = tuple[str, str, int]
"""(measure, event type or "" for all, column): right, wanted and found are columns 0, 1 and 2."""


def _typed_trigger(event: Event) -> Iterator[Key]:
    yield event.type, event.trigger.end, ""


def _any_trigger(event: Event) -> Iterator[Key]:
    yield "", event.trigger.end, ""


def _arguments(event: Event) -> Iterator[Key]:
    for argument in event.arguments:
        yield event.type, argument.head.end, argument.role


MEASURES: dict[str, Callable[[Event], Iterator[Key]]] = {
    "trigger": _typed_trigger,
    "trigger_identification": _any_trigger,
    "argument": _arguments,
}


def score(
    gold: str | Path,
    predicted: str | Path,
    *,
    depicted_only: bool = False,
    types: Collection[str] | None = None,
) -> dict[str, Any]:
    """Precision, recall and F1 of triggers (with type, and the word alone) and arguments, in all and by event type.

    Args:
        gold: events records that are right.
        predicted: events records with the same ids and captions. A gold record that is missing here counts as one in
            which nothing was found; records that are not in gold are left out, and both are counted.
        depicted_only: leave out predicted events that the picture is not expected to show, for gold that lists only
            what is in the picture.
        types: count only events of these types on both sides, for gold that annotates only some.

    Returns:
        the result document; metrics are named like `trigger_f1` and, by type, `trigger_f1/Conflict.Attack`. A ratio
        of nothing to nothing is left out; `n` of F1 is the number in gold. Intervals are over pictures.

    Raises:
        InputError: no id in common, or one id with two captions, which makes offsets incomparable.
    """
    truth = {record.id: record for record in read_records(gold, EventsRecord)}
    guess = {record.id: record for record in read_records(predicted, EventsRecord)}
    shared = truth.keys() & guess.keys()
    if not shared:
        raise InputError(
            f"{predicted}: no id in common with {gold}; extract from the captions that the gold belongs to"
        )
    for key in sorted(shared):
        if truth[key].caption != guess[key].caption:
            raise InputError(f"{predicted}: record {key!r} has another caption than in {gold}; expected the same text")

    def counted(event: Event) -> bool:
        return types is None or event.type in types

    tallies: dict[str, Counter[Cell]] = defaultdict(Counter)
    for key, record in truth.items():
        events = guess[key].events if key in guess else []
        found = [event for event in events if counted(event) and (event.depicted or not depicted_only)]
        wanted = [event for event in record.events if counted(event)]
        tallies[record.image or key] += _tally(wanted, found)
    results = _results(list(tallies.values()))
    return document(
        TASK,
        results,
        file=str(gold),
        predicted=str(predicted),
        depicted_only=depicted_only,
        types=None if types is None else sorted(types),
        num_records=len(truth),
        num_missing=len(truth.keys() - guess.keys()),
        num_not_in_gold=len(guess.keys() - truth.keys()),
    )


def _tally(wanted: list[Event], found: list[Event]) -> Counter[Cell]:
    tally: Counter[Cell] = Counter()
    for measure, keys_of in MEASURES.items():
        gold = {key for event in wanted for key in keys_of(event)}
        guess = {key for event in found for key in keys_of(event)}
        for column, keys in enumerate((gold & guess, gold, guess)):
            for type_name, _, _ in keys:
                tally.update((measure, group, column) for group in {"", type_name})
    return tally


def _results(tallies: list[Counter[Cell]]) -> list[Result]:
    types = sorted({type_name for tally in tallies for measure, type_name, _ in tally if type_name})
    groups = [(measure, "") for measure in MEASURES]
    groups += [(measure, type_name) for type_name in types for measure in ("trigger", "argument")]
    results = []
    for measure, type_name in groups:
        right_C, wanted_C, found_C = np.array(
            [[tally[measure, type_name, column] for tally in tallies] for column in range(3)], dtype=np.float64
        )
        ratios = {
            "precision": (right_C, found_C, found_C),
            "recall": (right_C, wanted_C, wanted_C),
            "f1": (2 * right_C, wanted_C + found_C, wanted_C),
        }
        for name, (part_C, whole_C, trials_C) in ratios.items():
            if whole_C.any():
                metric = f"{measure}_{name}/{type_name}" if type_name else f"{measure}_{name}"
                value, n = float(part_C.sum() / whole_C.sum()), int(trials_C.sum())
                results.append(Result(TASK, metric, value, n, *ratio_interval(part_C, whole_C)))
    return results
