import pytest

from eventclip_extract.text import clean


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("FILE - A nurse waves.", "A nurse waves."),
        ("FILE PHOTO: A nurse waves.", "A nurse waves."),
        ("File photo - A nurse waves.", "A nurse waves."),
        ("FILE -- A nurse waves.", "A nurse waves."),
        ("A nurse carries a file - and a pen.", "A nurse carries a file - and a pen."),
        ("Files burn in a yard.", "Files burn in a yard."),
    ],
)
def test_archive_marks(caption: str, expected: str) -> None:
    assert clean(caption).text == expected


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("LAGOS (Reuters) - Dancers perform.", "Dancers perform."),
        ("LAGOS, Nigeria (AP) -- Dancers perform.", "Dancers perform."),
        ("PORT LOUIS - Dancers perform.", "Dancers perform."),
        ("Dancers perform (Reuters).", "Dancers perform."),
        ("NATO troops - and Dancers - perform.", "NATO troops - and Dancers - perform."),
        ("A reporter of Reuters - a tall man - waves.", "A reporter of Reuters - a tall man - waves."),
    ],
)
def test_datelines(caption: str, expected: str) -> None:
    assert clean(caption).text == expected


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("Dancers perform. REUTERS/Ann Poe", "Dancers perform"),
        ("Dancers perform. (AP Photo/Ann Poe)", "Dancers perform."),
        ("Dancers perform. Photo by Ann Poe", "Dancers perform"),
        ("Dancers perform. Photo courtesy of Ann Poe", "Dancers perform"),
        ("Dancers perform. Ann Poe / VOA", "Dancers perform."),
        ("Dancers perform. (C) 2017 Reuters", "Dancers perform"),
        ("Pictures of missing children hang on a wall.", "Pictures of missing children hang on a wall."),
        ("A boy looks at a photo by his bed.", "A boy looks at a photo by his bed."),
        ("A clerk of Credit Norte waves.", "A clerk of Credit Norte waves."),
    ],
)
def test_credits(caption: str, expected: str) -> None:
    assert clean(caption).text == expected


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("In this photo released by the Press Office on April 7, 2017, a potter waves.", "a potter waves."),
        ("In this image taken from video provided by Lima TV, a potter waves.", "a potter waves."),
        ("In this Monday, July 5, 2017, file photo, a potter waves.", "a potter waves."),
        ("In this undated frame grab from video, a potter waves.", "a potter waves."),
        ("In this photo made from footage of July 5, 2017 Ann Poe waves.", "Ann Poe waves."),
        ("In this May 2, 2016 file photo, released by Lima TV, a potter waves.", "a potter waves."),
        ("In this frame grab made from May 2, 2016 AP video, a potter waves.", "a potter waves."),
        ("This frame grab from video provided May 7, 2017, by Lima TV, shows a bus burning.", "a bus burning."),
        ("A satellite image released by the Map Office shows a port.", "a port."),
        ("A photo shows a port.", "a port."),
        ("A woman shows a photo of a port.", "A woman shows a photo of a port."),
        ("A photo editor shows a map to a boy.", "A photo editor shows a map to a boy."),
        ("In this city, a photo of a potter is sold.", "In this city, a photo of a potter is sold."),
    ],
)
def test_what_the_picture_is(caption: str, expected: str) -> None:
    assert clean(caption).text == expected


@pytest.mark.parametrize(
    ("caption", "dates"),
    [
        ("In this Monday, July 5, 2017, file photo, a potter waves.", ["Monday, July 5, 2017"]),
        ("In this photo taken on May 2, 2016, a potter waves.", ["May 2, 2016"]),
        ("In this photo released on May 2, 2016, a potter waves.", []),
        ("In this May 2, 2016 photo made available May 9, 2016, a potter waves.", ["May 2, 2016"]),
    ],
)
def test_the_day_of_the_picture_is_kept_and_that_of_its_release_is_not(caption: str, dates: list[str]) -> None:
    assert [caption[start:end] for start, end in clean(caption).dates] == dates


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("A waiter is seen chasing a thief.", "A waiter is chasing a thief."),
        ("Two men are shown carrying a boy.", "Two men are carrying a boy."),
        ("A nun was pictured being carried.", "A nun was being carried."),
        ("A port is seen in Lima.", "A port is seen in Lima."),
        ("A nun is seen during a parade.", "A nun is seen during a parade."),
        ("A nun is seen by a boy.", "A nun is seen by a boy."),
        ("The lost film is shown following a parade.", "The lost film is shown following a parade."),
    ],
)
def test_is_seen_doing(caption: str, expected: str) -> None:
    assert clean(caption).text == expected


@pytest.mark.parametrize(
    ("caption", "first"),
    [
        ("FILE - In this May 2, 2016 photo released by Lima TV, Ann Poe, left, is seen hugging a boy.", "Ann Poe"),
        ("LIMA (AP) - From left, Ann Poe, Bo Li and Tom Reed pose.", "Ann Poe"),
        ("A photo taken in 2015, shows Ann Poe (2nd R) and a boy. AP/X. Y.", "Ann Poe"),
    ],
)
def test_offsets_lead_back_through_every_removal(caption: str, first: str) -> None:
    cleaned = clean(caption)
    assert cleaned.text.startswith(first)
    for number, letter in enumerate(cleaned.text):
        start, end = cleaned.original(number, number + 1)
        assert letter in caption[start:end]
    start, end = cleaned.original(0, len(first))
    assert caption[start:end] == first
