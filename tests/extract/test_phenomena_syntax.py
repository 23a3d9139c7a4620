"""What the syntax of captions does to who did what to whom: a table a phenomenon, in the notation of phenomena.py."""

import pytest

from tests.extract.phenomena import cases, check


@pytest.mark.parametrize(
    ("caption", "expected"),
    cases("""
Officers arrest a teacher and a nurse in Lima, Peru, on May 3, 2019.
    Justice.Arrest(arrest) Agent=Officers Person=teacher|nurse Place=Lima, Peru Time=May 3, 2019 depicted primary
    only
"""),
)
def test_active_transitive(caption: str, expected: str) -> None:
    check(caption, expected)
