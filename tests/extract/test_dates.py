import pytest

from eventclip_extract.dates import date_value
from eventclip_extract.extract import Extractor
from eventclip_extract.text import clean


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Tuesday, May 3, 2022", "2022-05-03"),
        ("Sept. 9, 2016", "2016-09-09"),
        ("3 May 2022", "2022-05-03"),
        ("May 3rd, 2022", "2022-05-03"),
        ("April, 7, 2017", "2017-04-07"),
        ("2022-05-03", "2022-05-03"),
        ("the night of May 3, 2022", "2022-05-03"),
        ("April 3-5, 2017", "2017-04-03/2017-04-05"),
        ("May 2022", "2022-05"),
        ("2022", "2022"),
        ("the 1990s", "199X"),
        ("May 3", "XXXX-05-03"),
        ("Feb. 29", "XXXX-02-29"),
        ("October", "XXXX-10"),
        ("Tuesday", None),
        ("last week", None),
        ("3 p.m.", None),
        ("Feb. 30, 2017", None),
        ("May 9-3, 2017", None),
        ("May 3, 2022 or May 4, 2022", None),
        ("the 2022-seat hall", None),
        ("Marching season", None),
    ],
)
def test_dates_are_normalised_as_far_as_the_caption_goes(text: str, value: str | None) -> None:
    assert date_value(text) == value


@pytest.mark.parametrize(
    ("caption", "text", "dates"),
    [
        ("A pilot lands in Quito, April. 19, 2017.", "A pilot lands in Quito.", ["April. 19, 2017"]),
        ("A pilot lands in Quito, April 3-5, 2017.", "A pilot lands in Quito.", ["April 3-5, 2017"]),
        ("Dec. 3, 2016, Ann Poe greets a pilot.", "Ann Poe greets a pilot.", ["Dec. 3, 2016"]),
        ("On Tuesday, Ann Poe greets a pilot.", "Ann Poe greets a pilot.", ["Tuesday"]),
        ("A pilot lands in Quito, 2016.", "A pilot lands in Quito.", ["2016"]),
        ("A potter waves in this June 1, 2014 interview.", "A potter waves in this June 1, 2014 interview.", []),
        ("Many have fled since May 2013, in Goma.", "Many have fled since May 2013, in Goma.", []),
        ("In May 3,000 people march.", "In May 3,000 people march.", []),
        ("A pilot lands at 3 p.m. in Quito.", "A pilot lands at 3 p.m. in Quito.", []),
        ("A hall for 1,999 people burns.", "A hall for 1,999 people burns.", []),
    ],
)
def test_dates_leave_the_sentence(caption: str, text: str, dates: list[str]) -> None:
    cleaned = clean(caption)
    assert cleaned.text == text
    assert [caption[start:end] for start, end in cleaned.dates] == dates


def test_place_chain_and_date_are_one_place_and_one_time(extractor: Extractor) -> None:
    (event,) = extractor("A monk hugs a boy in Goma, North Kivu, Congo, on Tuesday, May 3, 2022, at 3 p.m.").events
    (place,) = [one for one in event.arguments if one.role == "Place"]
    (time,) = [one for one in event.arguments if one.role == "Time"]
    assert (place.text, place.head.text, place.parents) == ("Goma, North Kivu, Congo", "Goma", ["North Kivu", "Congo"])
    assert (time.text, time.value) == ("Tuesday, May 3, 2022", "2022-05-03")


@pytest.mark.parametrize(
    ("caption", "role", "text", "parents"),
    [
        ("A monk arrives in Goma, Congo.", "Destination", "Goma, Congo", ["Congo"]),
        ("A monk hugs a boy near Erie, Pa., June 1, 2011.", "Place", "Erie, Pa.", ["Pa."]),
        ("A monk hugs a boy in Wuli, Hebei province, China.", "Place", "Wuli, Hebei province, China",
         ["Hebei province", "China"]),
        ("A monk hugs a boy in Pasay city, Philippines.", "Place", "Pasay city, Philippines", ["Philippines"]),
        ("A monk hugs a boy in Goma, eastern Congo.", "Place", "Goma, eastern Congo", ["eastern Congo"]),
        ("A monk hugs a boy in Goma.", "Place", "Goma", []),
    ],
)  # fmt: skip
def test_a_place_knows_what_it_lies_in(
    extractor: Extractor, caption: str, role: str, text: str, parents: list[str]
) -> None:
    (event,) = extractor(caption).events
    assert [(one.text, one.parents) for one in event.arguments if one.role == role] == [(text, parents)]
