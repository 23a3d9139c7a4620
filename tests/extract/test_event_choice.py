"""Which event takes another's place: what is drawn how often, what is thinned, and what a model's confusion changes."""

import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from eventclip.errors import UsageError
from eventclip.records import EventsRecord
from eventclip_extract.event_choice import EventChoice, Thinning, read_confusion
from eventclip_extract.negatives import generate
from eventclip_extract.pool import Pool
from eventclip_extract.seen import fitted_choice
from tests.extract.test_negatives import NEWS, of, record

PEOPLE = ("nurses", "farmers", "pilots", "cooks", "miners", "tailors", "judges", "monks")


def corpus(counts: dict[tuple[str, str], int]) -> list[EventsRecord]:
    """Captions "Nurses VERB a cook." with so many of each (type, verb)."""
    made = []
    for (type_name, verb), count in counts.items():
        subject, object_ = NEWS[type_name].frame.subject, NEWS[type_name].frame.object
        assert subject is not None
        assert object_ is not None
        for number in range(count):
            who = PEOPLE[number % len(PEOPLE)].capitalize()
            parts = (subject, who, who, "PER"), (object_, "a baker", "baker", "PER")
            made.append(record(f"{who} {verb} a baker.", type_name, verb, verb, *parts, key=f"{verb}-{number}"))
    return made


CORPUS = corpus(
    {
        ("Movement.Push", "push"): 240,
        ("Contact.Kiss", "kiss"): 60,
        ("Conflict.Attack", "attack"): 60,
        ("Medical.Treat", "treat"): 60,
        ("Movement.Chase", "chase"): 30,
    }
)


def imbalance(records: Sequence[EventsRecord], choice: EventChoice) -> float:
    """The share of inserted words that would have to change for each to be as often inserted as removed."""
    difference: Counter[str] = Counter()
    total = 0
    for one in records:
        for negative in of(generate(one, NEWS, choice=choice), "event", "caption"):
            difference[negative.edits[-1].new] += 1
            difference[negative.edits[-1].old] -= 1
            total += 1
    assert total > len(records) / 3
    return sum(map(abs, difference.values())) / 2 / total


def test_each_verb_is_put_in_about_as_often_as_it_is_taken_out() -> None:
    fitted = fitted_choice(CORPUS, NEWS, Pool.from_records(CORPUS))
    assert imbalance(CORPUS, EventChoice(NEWS)) > 0.7
    assert imbalance(CORPUS, fitted) < 0.25


def test_a_small_corpus_is_not_thinned() -> None:
    only = corpus({("Movement.Push", "push"): 3})
    fitted = fitted_choice(only, NEWS, Pool.from_records(only))
    assert sum(len(of(generate(one, NEWS, choice=fitted), "event", "caption")) for one in only) >= 8


@pytest.mark.parametrize("start", [0.0, 0.2, 0.5, 0.99])
def test_thinning_keeps_its_share_evenly(start: float) -> None:
    thinning = Thinning(start)
    kept = [thinning.keeps(0.25) for _ in range(40)]
    assert sum(kept) == 10
    assert all(sum(kept[at : at + 4]) == 1 for at in range(37))


def test_what_a_model_confuses_is_preferred() -> None:
    confused = EventChoice(NEWS, {"Movement.Push": {"Contact.Kiss": 3.0, "Movement.Push": 90.0}})

    def share(choice: EventChoice) -> float:
        found = [n for one in CORPUS[:240] for n in of(generate(one, NEWS, choice=choice), "event", "caption")]
        return sum(negative.to_type == "Contact.Kiss" for negative in found) / len(found)

    assert share(confused) > 3 * share(EventChoice(NEWS))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"Movement.Push": {"Contact.Kis": 1}}', "'Contact.Kis'"),
        ('{"Movement.Push": {"Contact.Kiss": -1}}', "greater than or equal to 0"),
        ("[1, 2]", "expected {type: {type:"),
    ],
)
def test_a_confusion_that_cannot_be_used_says_why(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "confusion.json"
    path.write_text(text)
    with pytest.raises(UsageError) as error:
        read_confusion(path, NEWS)
    assert message in str(error.value)


def test_a_missing_confusion_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.json: no such file"):
        read_confusion(tmp_path / "none.json", NEWS)


@pytest.mark.parametrize(
    ("rest", "goal"),
    [
        ("to an ambulance", True),
        ("into Norport", True),
        ("to mark a holiday", False),
        ("while walking to a bus", False),
    ],
)
def test_only_a_verb_that_leads_somewhere_takes_the_place_of_one_with_a_goal(rest: str, goal: bool) -> None:
    parts = ("Agent", "Medics", "Medics", "PER"), ("Artifact", "a miner", "miner", "PER")
    one = record(f"Medics carry a miner {rest}.", "Movement.Transport", "carry", "carry", *parts)
    found = {n.edits[-1].new for seed in range(80) for n in of(generate(one, NEWS, seed=seed), "event", "caption")}
    assert found
    assert ("kiss" not in found and "attack" not in found) == goal


def test_draws_are_the_same_for_the_same_seed() -> None:
    choice = EventChoice(NEWS)
    site = choice_site(choice)
    first, second = (
        [option.form for _, option in choice.draw([site], 5, random.Random(3), Thinning(0.5))] for _ in range(2)
    )
    assert first == second
    assert len(first) == 5


def choice_site(choice: EventChoice):  # type: ignore[no-untyped-def]
    from eventclip_extract.candidates import trigger_use
    from eventclip_extract.sentence import Sentence

    sentence = Sentence.from_event(CORPUS[0].caption, CORPUS[0].events[0])
    use = trigger_use(sentence, NEWS[sentence.type])
    assert use is not None
    return choice.opening(sentence, use), frozenset[str]()
