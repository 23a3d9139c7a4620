import pytest

from eventclip.errors import EventClipError, InputError, UsageError, unknown_name


@pytest.mark.parametrize(("error", "code"), [(EventClipError, 1), (UsageError, 2), (InputError, 3)])
def test_every_error_carries_its_exit_code(error: type[EventClipError], code: int) -> None:
    assert error("x").exit_code == code


def test_our_errors_are_value_errors() -> None:
    assert issubclass(InputError, ValueError)


def test_unknown_name_offers_the_nearest_one() -> None:
    message = unknown_name("event type", "Conflict.Atack", ["Life.Die", "Conflict.Attack"])
    assert message == "unknown event type 'Conflict.Atack': did you mean 'Conflict.Attack'?"


def test_unknown_name_offers_the_nearest_first_of_several() -> None:
    assert unknown_name("preset", "clip", ["clip1", "clip22"]).endswith("did you mean 'clip1' or 'clip22'?")


def test_unknown_name_lists_all_when_none_is_near() -> None:
    assert unknown_name("ontology", "zzz", ["news", "ace"]) == "unknown ontology 'zzz': expected one of ace, news"
