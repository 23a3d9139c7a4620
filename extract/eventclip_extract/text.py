"""Caption clean-up: what is no sentence is taken out of the parser's way, and every offset leads back to the original.

Press captions wrap their sentence in conventions: "FILE -", credits in brackets, ", left,", chains of places and dates.
The parser reads the sentence without them. Dates and places that were taken out are kept by their original offsets.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from eventclip_extract.casing import MOJIBAKE, decoded, recased
from eventclip_extract.entities import nouns

Offsets = tuple[int, int]


@dataclass(slots=True)
class CleanCaption:
    """The sentence of a caption.

    Attributes:
        text: what the parser reads.
        starts, ends: for every character of `text`, where it starts and ends in the original.
        dates: original offsets of the dates that were taken out.
        chains: original end of a place -> original end of the chain that it opens ("Goma" of "Goma, Congo").
        archive: whether the caption says that the picture is from the files.
    """

    text: str
    starts: list[int]
    ends: list[int]
    dates: list[Offsets] = field(default_factory=list)
    chains: dict[int, int] = field(default_factory=dict)
    archive: bool = False

    def original(self, start: int, end: int) -> Offsets:
        """The original offsets of `text[start:end]`."""
        return self.starts[start], self.ends[end - 1]


_CHARACTERS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "—": "-", "–": "-", "…": ".", "`": "'"})

_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)|Apr(?:il|\.)|May|June?\.?|July?\.?|Aug(?:ust|\.)?"
    r"|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_WEEKDAY = r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)"
_CALENDAR = (
    rf"(?:{_WEEKDAY},? )?(?:{_MONTH} \d{{1,2}}(?:(?:, ?| )\d{{4}})?|\d{{1,2}} {_MONTH}(?:,? \d{{4}})?)"
    rf"|{_MONTH},? \d{{4}}"
)
_NOT_BEFORE_DATE = (
    r"(?<!\bthe)(?<!\bthis)(?<!\ba)(?<!\bof)(?<!'s)(?<!\blast)(?<!\bnext)(?<!\bevery)(?<!\bsince)(?<!\bfrom)"
)
_PREPOSITION = r"(?:in|at|on|during|near|outside|after|before|amid|as|while|following|ahead)"
_AFTER_DATE = rf"(?=[,.;:]|\s*$|\s+{_PREPOSITION}\b)"
_DATE = re.compile(
    rf"{_NOT_BEFORE_DATE}(?P<comma>,)? ?(?<=[ ,])(?:on |in )?(?P<date>{_CALENDAR}|{_WEEKDAY}){_AFTER_DATE}(?(comma),?|)"
)
_NAME_WORD = r"(?:(?:[A-Z]\.){1,3}|[A-Z][\w'-]*)"
_NAMED = rf"{_NAME_WORD}(?: (?:and |of |the )?{_NAME_WORD}){{0,3}}\.?"
_CHAIN = re.compile(rf"(?<=[\w.])((?:, {_NAMED}){{1,2}})(?!,? (?:and|or)\b)(?=[,;:]|\.?\s*$|\.\s|\s+{_PREPOSITION}\b)")
_DIVISION = re.compile(r"\w (?:province|county|state|prefecture|district|region|department)$", re.IGNORECASE)
_NAME_BEFORE = re.compile(
    r"\b(?:in|at|near|outside|from|of|around|to|on|for) (?:the )?(?P<name>(?:[\w.'-]+ ){0,4}[A-Z][\w.'-]*)$"
)
_POSITION = (
    r"(?:(?:from|at|on|in) )?(?:the )?"
    r"(?:(?:far|front|rear|back|top|bottom|upper|lower|center|centre|first|second|third|fourth|fifth|2nd|3rd|4th|5th)"
    r"[ -])?"
    r"(?:left|right|center|centre|middle|rear|foreground|background|top|bottom|front)(?: to (?:left|right))?"
)
_MARKS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[\ufeff\u200b-\u200f\u202a-\u202e\u2060]"), ""),
    (re.compile(r"\s{2,}|[^\S ]"), " "),
    (re.compile(r"^ +| +$"), ""),
    (re.compile(r"(?<=\w) ?' ?s\b"), "'s"),
)
"""What is repaired in every caption before anything is looked for in it."""
_AGENCY = r"(?:AP|AFP|Reuters|REUTERS|VOA)"
_CREDIT = (
    rf"(?:Photo(?:graph)?|Credit|Image|Picture)s?(?: credit| courtesy)?(?: of| by|:) |(?:{_AGENCY}(?: Photo)?) ?/ ?"
)
_CONVENTIONS: tuple[re.Pattern[str], ...] = (
    re.compile(rf"^(?:[A-Z][A-Z.' ]{{2,30}}(?:, [A-Z][\w. ]{{2,20}})?,? )?\(?{_AGENCY}\)? ?[-:] "),
    re.compile(r" ?\((?:[^()]{0,80})\)"),
    re.compile(r"^In this [\w.,' -]{0,60}?(?:photo|image|picture|frame grab|photograph)(?: [^,]{0,90})?, "),
    re.compile(rf"[.,]? ?(?:{_CREDIT}).{{1,60}}$"),
    re.compile(rf", {_POSITION},", re.IGNORECASE),
    re.compile(rf", {_POSITION}(?=\.?$|;)", re.IGNORECASE),
    re.compile(rf"^(?:(?:Clockwise |Seated )?From {_POSITION}|Pictured)[,:]? ", re.IGNORECASE),
)
"""What is taken out: datelines, notes in brackets, what the picture is, credits, who stands where."""
_ARCHIVE = re.compile(
    r"^(?:(?:FILE|File|FRILE|MAP)(?: (?:PHOTO|photo|IMAGE|image|picture))? ?[-:,_]+ ?|FILE (?=[A-Z]))+"
    r"(?:In this [\w ,.]{0,30} file photo, )?"
)


def clean(caption: str) -> CleanCaption:
    """The sentence of a caption, with the way back to the original."""
    made = CleanCaption(caption, list(range(len(caption))), list(range(1, len(caption) + 1)))
    if not caption.isascii():
        _substitute(made, MOJIBAKE, decoded)
    made.text = made.text.translate(_CHARACTERS)
    for pattern, replacement in _MARKS:
        _substitute(made, pattern, replacement)
    made.archive = bool(_ARCHIVE.match(made.text))
    for pattern in (_ARCHIVE, *_CONVENTIONS):
        _substitute(made, pattern, "")
    made.text = recased(made.text)

    def take_date(found: re.Match[str]) -> str:
        made.dates.append(made.original(*found.span("date")))
        return ""

    def take_chain(found: re.Match[str]) -> str | None:
        last = found[0].rsplit(", ", maxsplit=1)[1]
        bare = last.rstrip(".")
        regions = nouns("countries") | nouns("states")
        if not ({last, bare, f"{bare}."} & regions or _DIVISION.search(bare)):
            return None
        before = _NAME_BEFORE.search(made.text, 0, found.start())
        if before is None or before["name"] in nouns("countries"):  # "in Egypt, Jordan, and Iraq" is a list
            return None
        full_stop = last.endswith(".") and (last not in regions or found.end() == len(made.text))
        made.chains[made.ends[found.start() - 1]] = made.ends[found.end() - 1 - (full_stop and last not in regions)]
        return "." if full_stop else ""

    _substitute(made, _DATE, take_date)
    _substitute(made, _CHAIN, take_chain)
    return made


def _substitute(
    made: CleanCaption, pattern: re.Pattern[str], replace: str | Callable[[re.Match[str]], str | None]
) -> None:
    """Replaces every match; all the new characters of one stand for all its old ones. None leaves a match as it is."""
    done, pieces = 0, []
    starts: list[int] = []
    ends: list[int] = []
    for found in pattern.finditer(made.text):
        start, end = found.span()
        new = replace if isinstance(replace, str) else replace(found)
        if new is None or start == end:
            continue
        pieces += [made.text[done:start], new]
        starts += [*made.starts[done:start], *[made.starts[start]] * len(new)]
        ends += [*made.ends[done:start], *[made.ends[end - 1]] * len(new)]
        done = end
    if done or pieces:
        made.text = "".join([*pieces, made.text[done:]])
        made.starts = [*starts, *made.starts[done:]]
        made.ends = [*ends, *made.ends[done:]]
