"""Extraction against gold: how many triggers and arguments were found, and with the right type and role.

The rule: a trigger is right when the last word of one stands in gold with the same type (sets differ in how much of a
phrasal verb they mark); an argument is right when its head word stands in gold with the same role in an event of the
same type. Of somebody whom the caption names elsewhere the head is the pronoun beside the trigger, as gold marks it.
`_identification` leaves type, or role, aside; `_span` asks for the same stretch of text from start to end. Each is
counted once, however often a file repeats it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from eventclip.errors import InputError, UsageError, unknown_name
from eventclip.eval.intervals import ratio_interval
from eventclip.eval.results import Result, document
from eventclip.records import Event, EventsRecord
from eventclip_extract.annotations import read_annotations
from eventclip_extract.mapping import load_scheme

TASK = "extraction/1"

Key = tuple[str, int, int, str]
"""(event type, character where a span starts, where it ends, role); what a measure ignores is empty or 0."""

Cell = tuple[str, str, int]
"""(measure, event type or "" for all, column): right, wanted and found are columns 0, 1 and 2."""


def _triggers(event: Event) -> Iterator[Key]:
    yield event.type, 0, event.trigger.end, ""


def _trigger_words(event: Event) -> Iterator[Key]:
    yield "", 0, event.trigger.end, ""


def _trigger_spans(event: Event) -> Iterator[Key]:
    yield event.type, event.trigger.start, event.trigger.end, ""


def _arguments(event: Event) -> Iterator[Key]:
    for argument in event.arguments:
        yield event.type, 0, (argument.mention or argument.head).end, argument.role


def _argument_heads(event: Event) -> Iterator[Key]:
    for argument in event.arguments:
        yield event.type, 0, (argument.mention or argument.head).end, ""


def _argument_spans(event: Event) -> Iterator[Key]:
    for argument in event.arguments:
        span = argument.mention or argument
        yield event.type, span.start, span.end, argument.role


MEASURES: dict[str, Callable[[Event], Iterator[Key]]] = {
    "trigger": _triggers,
    "trigger_identification": _trigger_words,
    "trigger_span": _trigger_spans,
    "argument": _arguments,
    "argument_identification": _argument_heads,
    "argument_span": _argument_spans,
}


def score(
    gold: str | Path,
    predicted: str | Path,
    *,
    depicted_only: bool = False,
    types: Collection[str] | None = None,
    mapping: str | None = None,
    only: Callable[[EventsRecord], bool] | None = None,
) -> dict[str, Any]:
    """Precision, recall and F1 of triggers (with type, and the word alone) and arguments, in all and by event type.

    Args:
        gold: what is right, as events records or in any layout that `eventclip_extract.annotations` reads.
        predicted: what was found, likewise, with the same ids and texts. A gold record that is missing here counts as
            one in which nothing was found; records that are not in gold are left out, and both are counted.
        depicted_only: leave out predicted events that the picture is not expected to show, for gold that lists only
            what is in the picture.
        types: count only events of these types on both sides, for gold that annotates only some.
        mapping: compare in the types and roles that this scheme shares with ours (see `eventclip_extract.mapping`):
            m2e2, ace, kairos or rams. None compares names as they are.
        only: count only the gold records that this says yes to.

    Returns:
        the result document; metrics are named like `trigger_f1` and, by type, `trigger_f1/Conflict.Attack`. A ratio
        of nothing to nothing is left out; `n` of F1 is the number in gold. Intervals are over pictures.

    Raises:
        InputError: no id in common, or one id with two captions, which makes offsets incomparable.
        UsageError: there is no such mapping, or a type that neither side has an event of.
    """
    scheme = None if mapping is None else load_scheme(mapping)
    truth = {record.id: record for record in read_annotations(gold) if only is None or only(record)}
    guess = {record.id: record for record in read_annotations(predicted)}
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

    seen: set[str] = set()
    tallies: dict[str, Counter[Cell]] = defaultdict(Counter)
    for key, record in truth.items():
        events, right = (guess[key].events if key in guess else []), record.events
        if scheme is not None:
            events, right = scheme.ours(events), scheme.ours(right)
        seen.update(event.type for event in [*events, *right])
        found = [event for event in events if counted(event) and (event.depicted or not depicted_only)]
        wanted = [event for event in right if counted(event)]
        tallies[record.image or key] += _tally(wanted, found)
    for name in sorted(set(types or ()) - seen):
        raise UsageError(f"{gold}: {unknown_name('event type', name, sorted(seen))}")
    results = _results(list(tallies.values()))
    return document(
        TASK,
        results,
        file=str(gold),
        predicted=str(predicted),
        depicted_only=depicted_only,
        types=None if types is None else sorted(types),
        mapping=mapping,
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
            for type_name, *_ in keys:
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
