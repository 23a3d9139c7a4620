import pytest

from eventclip_extract.extract import Extractor
from eventclip_extract.positions import position, position_in_brackets, row_positions
from eventclip_extract.text import clean


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


@pytest.mark.parametrize(
    ("marker", "said"),
    [
        ("left", "left"), ("R", "right"), ("C", "center"), ("centre", "center"), ("middle", "center"),
        ("2nd R", "second from right"), ("3rd from L", "third from left"), ("second left", "second from left"),
        ("second from the right", "second from right"), ("first from left", "left"), ("at right", "right"),
        ("on the left", "left"), ("center left", "center left"), ("left center", "center left"),
        ("far right", "far right"), ("top left", "top left"), ("rear right", "back right"), ("front", "foreground"),
        ("in the background", "background"), ("in the foreground", "foreground"), ("right of the picture", "right"),
        ("left-handed", None), ("D", None), ("right-wing", None), ("left behind", None), ("not pictured", None),
    ],
)  # fmt: skip
def test_markers_have_one_form(marker: str, said: str | None) -> None:
    assert position(marker) == said


def test_a_note_may_say_more_than_the_position() -> None:
    assert position_in_brackets("left, in a red hat") == "left"
    assert position_in_brackets("in a red hat") is None


def test_a_row_is_told_from_either_side() -> None:
    assert row_positions(3, "left") == ["left", "center", "right"]
    assert row_positions(4, "right") == ["right", "second from right", "third from right", "left"]
    assert row_positions(1, "left") == []


def marked(caption: str) -> dict[str, str]:
    """The last words before each marker, and what the marker says."""
    return {" ".join(caption[:end].split()[-2:]): said for end, said in clean(caption).positions.items()}


@pytest.mark.parametrize(
    ("caption", "text", "positions"),
    [
        ("Ann Poe, left, greets Bo Li, right.", "Ann Poe greets Bo Li.", {"Ann Poe": "left", "Bo Li": "right"}),
        ("Ann Poe (L) greets Bo Li (2nd R).", "Ann Poe greets Bo Li.",
         {"Ann Poe": "left", "Bo Li": "second from right"}),
        ("Ann Poe, second from left, the mayor, waves.", "Ann Poe, the mayor, waves.",
         {"Ann Poe": "second from left"}),
        ("Ann Poe, left, Bo Li, center, and Tom Reed, right, pose.", "Ann Poe, Bo Li and Tom Reed pose.",
         {"Ann Poe": "left", "Bo Li": "center", "Tom Reed": "right"}),
        ("Ann Poe listens at left as Bo Li speaks.", "Ann Poe listens as Bo Li speaks.", {"Poe listens": "left"}),
        ("Ann Poe, left and Bo Li, right, pose.", "Ann Poe and Bo Li pose.", {"Ann Poe": "left", "Bo Li": "right"}),
        ("Ann Poe meets Bo Li, right, before a trial begins.", "Ann Poe meets Bo Li, before a trial begins.",
         {"Bo Li": "right"}),
        ("Ann Poe meets Bo Li, right, during a trial.", "Ann Poe meets Bo Li during a trial.", {"Bo Li": "right"}),
        ("Ann Poe (D) and Bo Li (R) debate.", "Ann Poe and Bo Li debate.", {}),
    ],
)  # fmt: skip
def test_markers_are_taken_out_and_kept(caption: str, text: str, positions: dict[str, str]) -> None:
    assert clean(caption).text == text
    assert marked(caption) == positions


@pytest.mark.parametrize(
    "caption",
    [
        "Right-wing voters march.",
        "A crowd left the building, left no trace and went home.",
        "A left-handed boxer, right after the bell, waves.",
        "Human rights groups and the left party march.",
        "A potter stands at right angles to a wall.",
        "A boy was left behind, left alone.",
        "Workers turn right, left unpaid.",
        "A bus stops in front of a center for the old.",
    ],
)
def test_other_lefts_and_rights_stay(caption: str) -> None:
    assert clean(caption).text == caption
    assert marked(caption) == {}


@pytest.mark.parametrize(
    ("caption", "positions"),
    [
        ("From left, Ann Poe, former actor Tom Reed and nurse Bo Li pose.",
         {"Ann Poe": "left", "Tom Reed": "center", "Bo Li": "right"}),
        ("Ministers (L-R) Ann Poe and Bo Li talk.", {"Ann Poe": "left", "Bo Li": "right"}),
        ("Ministers pose, from right to left, Ann Poe, Bo Li, and Tom Reed, in Lima.",
         {"Ann Poe": "right", "Bo Li": "center", "Tom Reed": "left"}),
        ("From left, Sen. Ann Poe, R-Utah, and Sen. Bo Li, D-Ohio, talk.", {"Ann Poe": "left", "Bo Li": "right"}),
        ("From left, Ann Poe, the mayor of Lima, Bo Li and Tom Reed pose.", {}),
        ("From left, Ann Poe, Minister of Health and Sports Bo Li and Tom Reed pose.", {}),
        ("From left, three boys and a nurse from Lima pose.", {}),
    ],
)  # fmt: skip
def test_a_row_gives_positions_only_when_it_is_plainly_one(caption: str, positions: dict[str, str]) -> None:
    assert "left" not in clean(caption).text.lower()
    assert marked(caption) == positions


@pytest.mark.parametrize(
    ("caption", "positions"),
    [
        ("President Ana Ruiz, left, shakes hands with Tom Reed, right.",
         {"President Ana Ruiz": "left", "Tom Reed": "right"}),
        ("A mayor (R) hugs a pilot in a hall.", {"A mayor": "right", "a pilot": None}),
        ("The mayor of Lima, center, hugs a pilot.", {"The mayor of Lima": "center", "a pilot": None}),
        ("A man in a red coat, left, hugs a pilot.", {"A man in a red coat": "left", "a pilot": None}),
        ("A girl, foreground, kisses a nun, second from right, in Rome.",
         {"A girl": "foreground", "a nun": "second from right"}),
        ("A nun who left the city hugs a right-handed pilot.", {"A nun": None, "a right-handed pilot": None}),
    ],
)  # fmt: skip
def test_a_position_belongs_to_its_person(extractor: Extractor, caption: str, positions: dict[str, str | None]) -> None:
    people = [one for event in extractor(caption).events[-1:] for one in event.arguments if one.entity_type == "PER"]
    assert {one.text: one.position for one in people} == positions


def test_a_row_of_ministers_does_not_put_all_of_them_on_the_left(extractor: Extractor) -> None:
    events = extractor("Ministers, from left, Ann Poe, Bo Li and Tom Reed hug in Rome.").events
    assert all(one.position is None for event in events for one in event.arguments if one.head.text == "Ministers")
