import json
from pathlib import Path

import pytest

from eventclip_extract.text import clean

CAPTIONS = Path(__file__).parents[2].parent / "shared" / "data" / "captions" / "voa2017.jsonl"


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("FILE - A nurse waves to a crowd.", "A nurse waves to a crowd."),
        ("FILE PHOTO: A nurse waves to a crowd.", "A nurse waves to a crowd."),
        ("A mayor (L) greets a pilot (2nd R).", "A mayor greets a pilot."),
        ("A mayor, left, greets a pilot, center right, in a hall.", "A mayor greets a pilot in a hall."),
        ("In this May 2, 2017 photo, a potter shows a bowl.", "a potter shows a bowl."),
        ("LAGOS (Reuters) - Dancers perform.", "Dancers perform."),
        ("Dancers perform. REUTERS/A. Someone", "Dancers perform"),
        ("The city\u2019s  mayor\u00a0said \u201cyes\u201d.", 'The city\'s mayor said "yes".'),
        ("The city â€™ s mayor waves.", "The city's mayor waves."),
    ],
)
def test_what_is_no_sentence_is_taken_out(caption: str, expected: str) -> None:
    assert clean(caption).text == expected


@pytest.mark.parametrize(
    ("caption", "text", "date"),
    [
        ("A pilot lands in Quito, May 5, 2019.", "A pilot lands in Quito.", "May 5, 2019"),
        ("A pilot lands on Tuesday, March 3, 2020 in Quito.", "A pilot lands in Quito.", "Tuesday, March 3, 2020"),
        ("A pilot lands in Quito on Sept. 9.", "A pilot lands in Quito.", "Sept. 9"),
        ("A pilot lands Friday in Quito.", "A pilot lands in Quito.", "Friday"),
    ],
)
def test_dates_are_taken_out_and_kept_by_their_original_offsets(caption: str, text: str, date: str) -> None:
    cleaned = clean(caption)
    assert cleaned.text == text
    assert [caption[start:end] for start, end in cleaned.dates] == [date]


def test_a_date_inside_a_noun_phrase_stays() -> None:
    assert clean("Survivors of the March 22 flood rest.").text == "Survivors of the March 22 flood rest."


@pytest.mark.parametrize(
    ("caption", "text", "chain"),
    [
        ("A monk prays in Goma, Congo.", "A monk prays in Goma.", "Goma, Congo"),
        ("A monk prays near Erie, Pa., June 1, 2011.", "A monk prays near Erie.", "Erie, Pa."),
        ("A monk prays in Sakado, Iruma District, Japan.", "A monk prays in Sakado.", "Sakado, Iruma District, Japan"),
    ],
)
def test_a_chain_of_places_is_cut_to_its_first(caption: str, text: str, chain: str) -> None:
    cleaned = clean(caption)
    assert cleaned.text == text
    ((start, end),) = cleaned.chains.items()
    assert caption[start - 4 : end] == chain[chain.index(",") - 4 :]


def test_a_list_of_people_is_no_chain_of_places() -> None:
    caption = "Leaders of Egypt, Jordan, and Iraq meet with Anna Georgia, a singer."
    assert clean(caption).text == caption


def test_every_character_leads_back_to_the_original() -> None:
    caption = "FILE -  A mayor , left, greets\ta pilot (R) in Goma, Congo, on May 5, 2019."
    cleaned = clean(caption)
    at = cleaned.text.index("pilot")
    start, end = cleaned.original(at, at + len("pilot"))
    assert caption[start:end] == "pilot"
    assert cleaned.starts == sorted(cleaned.starts)


def test_a_span_across_something_taken_out_covers_it_in_the_original() -> None:
    caption = "A mayor (L) greets a pilot."
    cleaned = clean(caption)
    start, end = cleaned.original(0, len("A mayor greets"))
    assert caption[start:end] == "A mayor (L) greets"


def test_the_islamic_state_is_no_verb_and_a_shouted_verb_is_none() -> None:
    caption = "Soldiers battle IS militants under a sign that says LOVE IS LOVE."
    cleaned = clean(caption)
    assert cleaned.text == "Soldiers battle ISIS militants under a sign that says LOVE IS LOVE."
    assert cleaned.original(16, 20) == (16, 18)


@pytest.mark.parametrize("caption", ["FILE -", "...", "—", "🙂🙂", "(AP)"])
def test_a_caption_of_conventions_only_leaves_next_to_nothing(caption: str) -> None:
    assert len(clean(caption).text) <= 3


@pytest.mark.data
def test_real_captions_keep_a_sentence_and_lose_their_archive_mark() -> None:
    if not CAPTIONS.is_file():
        pytest.skip(f"{CAPTIONS} is missing: the real captions are not part of the repository")
    with CAPTIONS.open(encoding="utf-8") as lines:
        captions = [json.loads(line)["caption"] for _, line in zip(range(2_000), lines, strict=False)]
    cleaned = [clean(caption) for caption in captions]
    assert not any(one.text.startswith("FILE") for one in cleaned)
    assert sum(bool(one.dates) for one in cleaned) > 0.6 * len(cleaned)
    for one in cleaned:
        assert len(one.starts) == len(one.ends) == len(one.text)
