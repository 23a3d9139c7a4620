"""Dates as captions write them, and the one form they are brought into: ISO 8601 as far as the caption goes.

What the caption leaves open is written as EDTF (ISO 8601-2) does: `XXXX-05-03` for "May 3", `199X` for "the 1990s",
`2017-04-03/2017-04-05` for "April 3-5, 2017". A weekday alone, "last week" or a clock time have no value.
"""

import re
from datetime import date

MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)|Apr(?:il|\.)|May|June?\.?|July?\.?|Aug(?:ust|\.)?"
    r"|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
WEEKDAY = r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?(?:-\d{1,2})?(?!,?\d|\w|:)"
_MONTH_SLIP = rf"{MONTH}[.,]?"
"""The month as hurried hands write it: "April. 19", "July, 5"."""
CALENDAR = (
    rf"(?:{WEEKDAY},? )?"
    rf"(?:{_MONTH_SLIP} {_DAY}(?:(?:, ?| )\d{{4}}\b|(?!,? ?\d{{4}}\b))|{_DAY} {MONTH}(?:,? \d{{4}}\b)?)"
    rf"|{MONTH},? \d{{4}}\b"
)
_YEAR = r"(?P<year>(?:1[89]|20)\d\d)"
_NUMBERS = {
    name: number
    for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)  # noqa: SIM905
}
_SUFFIX = r"(?:st|nd|rd|th)?"
_FORMS = (
    re.compile(r"(?P<year>\d{4})-(?P<number>\d\d)-(?P<day>\d\d)(?!\d)"),
    re.compile(
        rf"\b(?P<month>{MONTH})[.,]? (?P<day>\d{{1,2}}){_SUFFIX}(?:-(?P<last>\d{{1,2}}))?"
        rf"(?!,?\d|\w|:)(?:,? ?{_YEAR}\b)?"
    ),
    re.compile(rf"\b(?P<day>\d{{1,2}}){_SUFFIX}(?:-(?P<last>\d{{1,2}}))? (?P<month>{MONTH})(?!\w)(?:,? {_YEAR}\b)?"),
    re.compile(rf"\b(?P<month>{MONTH})(?:,? {_YEAR}\b|$)"),
    re.compile(rf"\b{_YEAR}(?P<decade>'?s\b)?(?![\w-])"),
)
"""Every way to write a date, the fuller before the scantier."""


def date_value(text: str) -> str | None:
    """The date that a text names, in ISO 8601 or EDTF; None when it names none, several, or one that never was."""
    for form in _FORMS:
        found = list(form.finditer(text))
        if found:
            values = {_value(one.groupdict()) for one in found}
            return values.pop() if len(values) == 1 else None
    return None


def _value(parts: dict[str, str | None]) -> str | None:
    year = parts.get("year") or "XXXX"
    if parts.get("decade"):
        return f"{year[:3]}X" if year.endswith("0") else None
    month = parts.get("month")
    number = parts.get("number")
    if month is None and number is None:
        return year
    value = f"{year}-{_NUMBERS[month[:3].lower()]:02}" if month else f"{year}-{number}"
    day, last = parts.get("day"), parts.get("last")
    if day is None:
        return value
    days = [int(day), *([int(last)] if last else [])]
    if days != sorted(set(days)) or not all(_exists(f"{value}-{one:02}") for one in days):
        return None
    return "/".join(f"{value}-{one:02}" for one in days)


def _exists(value: str) -> bool:
    try:
        date.fromisoformat(value.replace("XXXX", "2000"))  # a leap year: what the caption leaves open may be one
    except ValueError:
        return False
    return True
