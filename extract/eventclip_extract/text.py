"""Caption clean-up: what is no sentence is taken out of the parser's way, and every offset leads back to the original.

Press captions wrap their sentence in conventions: "FILE -", credits in brackets, ", left,", chains of places and dates.
The parser reads the sentence without them. Dates, places and positions that were taken out are kept by their original
offsets.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from eventclip_extract.casing import MOJIBAKE, decoded, recased
from eventclip_extract.dates import CALENDAR, MONTH, WEEKDAY
from eventclip_extract.entities import class_of_noun, nouns
from eventclip_extract.inflection import lemmas
from eventclip_extract.language import skip_reason
from eventclip_extract.positions import POSITION, names_in_row, position, position_in_brackets, row_positions

Offsets = tuple[int, int]


@dataclass(slots=True)
class CleanCaption:
    """The sentence of a caption.

    Attributes:
        text: what the parser reads.
        starts, ends: for every character of `text`, where it starts and ends in the original.
        dates: original offsets of the dates that were taken out.
        chains: original end of a place -> original end of the chain that it opens ("Goma" of "Goma, Congo").
        positions: original offset at which somebody's name ends -> where in the picture he stands.
        archive: whether the caption says that the picture is from the files.
        skipped: why no events can be looked for in the caption, None when they can; `text` is empty then.
    """

    text: str
    starts: list[int]
    ends: list[int]
    dates: list[Offsets] = field(default_factory=list)
    chains: dict[int, int] = field(default_factory=dict)
    positions: dict[int, str] = field(default_factory=dict)
    archive: bool = False
    skipped: str | None = None

    def original(self, start: int, end: int) -> Offsets:
        """The original offsets of `text[start:end]`."""
        return self.starts[start], self.ends[end - 1]


_CHARACTERS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "—": "-", "–": "-", "…": ".", "`": "'"})

_NOT_BEFORE_DATE = "".join(
    rf"(?<!{word})(?<!{word} )"
    for word in (r"\bthe", r"\bthis", r"\ba", r"\bof", "'s", r"\blast", r"\bnext", r"\bevery", r"\bsince", r"\bfrom")
)
_PREPOSITION = r"(?:in|at|on|during|near|outside|after|before|amid|as|while|following|ahead)"
_AFTER_DATE = rf"(?=[,.;:]|\s*$|\s+{_PREPOSITION}\b)"
_DATE = re.compile(
    rf"(?=,? ?(?:(?:on|in) )?[ADFJMNOSTW\d]){_NOT_BEFORE_DATE}"
    rf"(?P<comma>,)? ?(?<=[ ,])(?:on |in )?(?P<date>{CALENDAR}|{WEEKDAY}){_AFTER_DATE}(?(comma),?|)"
    r"|(?P<year>, (?:19|20)\d\d)(?=\.?\s*$|\. )"
    rf"|(?:^|(?<=[.!?] ))(?:(?:On|In) )?(?P<first>{CALENDAR}|{WEEKDAY}), (?=\w)"
)
_DATE_MARK = re.compile(rf"{MONTH}|{WEEKDAY}|(?:19|20)\d\d")
_BEFORE_MARK = 20
"""The longest that stands in a date before its first mark: ", on 12th-13 May"."""
_NAME_WORD = r"(?:(?:[A-Z]\.){1,3}|[A-Z][\w'-]*)"
_KIND = r"province|county|state|prefecture|district|region|department|governorate|island"
_PART = r"(?:(?:central|(?:north|south)?(?:east|west)?(?:ern)?) |the )"
_NAMED = rf"{_PART}?{_NAME_WORD}(?: (?:and |of |the )?{_NAME_WORD}){{0,3}}(?: (?:{_KIND}))?\.?"
_CHAIN = re.compile(
    rf"(?<=[\w.])((?:, {_NAMED}){{1,3}})(?!,? (?:and|or)\b)(?!\w)(?=[,;:]|\.?\s*$|\.\s|\s+{_PREPOSITION}\b)"
)
_DIVISION = re.compile(rf"\w (?:{_KIND})$", re.IGNORECASE)
_NAME_BEFORE = re.compile(
    r"\b(?:in|at|near|outside|from|of|around|to|on|for) (?:the )?(?P<name>(?:[\w.'-]+ ){0,4}[A-Z][\w.'-]*)"
    rf"(?: (?:city|town|village|{_KIND}))?$"
)
_INVISIBLE = re.compile(r"[\ufeff\u200b-\u200f\u202a-\u202e\u2060]")
_BLANKS = re.compile(r"\s{2,}|[^\S ]")
_ENDS = re.compile(r"^ +| +$")
_GENITIVE = re.compile(r"(?<=\w) ?' ?s\b")
"""What is repaired in every caption before anything is looked for in it."""
_AGENCY = r"(?:AP|AFP|EPA|Reuters|REUTERS|VOA|Xinhua|KCNA|TASS|Getty Images)"
_DATELINES: tuple[re.Pattern[str], ...] = (
    re.compile(rf"^(?:[A-Z][A-Z.' ]{{2,30}}(?:, [A-Z][\w. ]{{2,20}})?,? )?\(?{_AGENCY}\)? ?[-:]+ "),
    re.compile(r"^[A-Z][A-Z.']+(?: [A-Z][A-Z.']+){0,2}(?:, [A-Z][\w.]+(?: [A-Z][\w.]+)?)? --? (?=[A-Z])"),
)
_CREDITS: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...] = (
    (("/",), re.compile(rf"[.,]? ?\b{_AGENCY}(?: Photo)? ?/ ?.{{1,60}}$")),
    (
        ("Photo", "Image", "Picture", "Credit:", "Courtesy of"),
        re.compile(
            r"(?:^|(?<=[!?\"')])|[.,] ?) ?(?:(?:Photo(?:graph)?|Image|Picture)s?"
            r"(?: credit| courtesy(?: of)?)?(?: by|:|(?<=of))"
            r"|Credit:|Courtesy of) ?(?=[A-Z@]).{1,60}$"
        ),
    ),
    (("/",), re.compile(rf"(?<=[.!?\"']) (?:[A-Z][\w.'-]* ?){{1,4}} ?/ ?{_AGENCY}\b.{{0,20}}$")),
)
"""Who made the picture, each behind the signs of which it has one: a look for those is cheaper than the pattern."""
_COPYRIGHT = re.compile(rf"(?:^|[.,]? ?)(?:©|\([cC]\)) ?(?:\d{{4}}\b|{_AGENCY}).{{0,60}}$")
_PICTURE = (
    r"(?:photos?|images?|pictures?|photographs?|frame ?grabs?|(?:video|screen) ?(?:grabs?|shots?)"
    r"|stills?|footage|video)"
)
_INNER_COMMA = rf",(?= ?(?:19|20)\d\d\b| {MONTH} \d| \d{{1,2}}, (?:19|20)\d\d)"
_MADE = (
    r"(?:released|provided|taken|made|grabbed|dated|from|posted|obtained|distributed|supplied|issued|shot|published"
    r"|broadcast|captured|by|on|courtesy|via|uploaded|circulated|available)"
)
_INTROS: tuple[re.Pattern[str], ...] = (
    re.compile(
        rf"^In (?:this|these|an?) (?:[^,;]|{_INNER_COMMA}|(?<=\d{{4}}),){{0,60}}?\b(?:{_PICTURE}|sketch)\b"
        rf"(?:[^;,]|{_INNER_COMMA}|,(?= {_MADE}\b)){{0,140}}?"
        rf"(?:(?!{_INNER_COMMA}|, {_MADE}\b), |(?<=\d{{4}}) (?=[A-Z])(?![^,]{{0,30}}\b{_PICTURE}\b))"
    ),
    re.compile(
        rf"^(?:(?:This|These|An?|The) )?(?:(?!who\b|shows?\b)[\w.'-]+ |\w+, ){{0,7}}?(?i:{_PICTURE})"
        rf"(?:,? {_MADE}\b(?:[^;,.]|{_INNER_COMMA}|\.(?=\w| \w)|, (?=[^.;]{{0,60}}\bshow)){{0,140}}?)?,? "
        r"(?:(?:purports to|appears to|purportedly|is said to|reportedly) )?(?:shows?|depicts?) (?=\w)"
    ),
)
"""What the picture is, and whose; the second needs a verb that shows what is in it."""
_RELEASE = re.compile(r"\b(?:released|available|provided|posted|published|distributed|issued|obtained)\b")
_ANY_DATE = re.compile(rf"\b(?:{CALENDAR}|{WEEKDAY})")
_SEEN = re.compile(
    r"(?:(?<=\bis)|(?<=\bare)|(?<=\bwas)|(?<=\bwere)) (?:seen|shown|pictured)"
    r"(?= [a-z]+ing\b)(?! (?:during|morning|evening|following)\b)"
)
"""In front of what somebody is seen doing; "is seen in Kyiv" stays, the sentence has no other verb."""
_ROW = re.compile(
    r"(?P<open>^|,? ?\(|, |: | )(?:(?:[Cc]lockwise |[Ss]eated |[Ss]tanding |[Pp]ictured )?"
    r"[Ff]rom (?:the )?(?:(?:top|front|bottom|back) )?(?P<side>left|right|L|R)"
    r"(?: clockwise)?(?:,? to (?:the )?(?:left|right|L|R))?(?: at table)?"
    r"|[Ll]eft to [Rr]ight|L ?(?:-|to) ?R|(?P<reverse>R ?(?:-|to) ?L|[Rr]ight to [Ll]eft))"
    r"(?:(?P<close>[,:]|\)[,:]?) ?|$|(?=\.))"
)
_SIDE = re.compile(r"\b(?:[Ll]eft|[Rr]ight|[LR])\b")
_ORDINAL_BEFORE = re.compile(r"(?:first|second|third|fourth|fifth|sixth|\d(?:st|nd|rd|th)|person|far)$")
_NOTE = re.compile(r" ?\((?P<note>[^()]{0,80})\)")
_BETWEEN_COMMAS = re.compile(
    rf", (?P<said>(?i:{POSITION}))(?:(?P<close>,(?: (?P<more>(?=[A-Z]|(?:an?|the|who|his|her|their|former) ))| ?))"
    r"|(?=\.?$|\. |;|'s\b)|(?= and (?:[A-Z]|an? |the )))"
)
"""A marker; what follows its comma in apposition, or is the next of a list, keeps the comma."""
_DOUBLE_COMMA = re.compile(r", ?,")
_SMALL_WORD = re.compile(r"[a-z][a-z-]+")
_ISLAMIC_STATE = re.compile(r"(?<![A-Z]{2} )(?<![A-Z] )\bIS\b(?! [A-Z]{2})")
"""Taggers take it for a verb."""
_OPENS_CLAUSE = frozenset({"after", "as", "before", "while"})
"""Words before which the comma behind somebody's position stays."""
_PARTY = re.compile(r"(?<=[A-Za-z.]),\s[RDI]-(?:[A-Z]\.\s?[A-Z][a-z]*\.|[A-Z][A-Za-z]+\.?)(?P<close>,\s?)?")
"""Of which party and state somebody is: "Ann Poe, R-Utah, speaks"."""
_NO_DEEDS = frozenset("back bottom center front left ranking rear right second third top".split())  # noqa: SIM905
"""Verbs by their form that after a comma say where somebody stands."""
_BARE = re.compile(
    r"(?: at (?:the )?(?P<at>(?:far )?(?:left|right|center|rear))"
    r"|(?<=seated) (?P<seated>left|right|center)|(?<=standing) (?P<standing>left|right|center))"
    rf"(?=[,.;]|\s*$| (?:{_PREPOSITION}|and|with|while|listens|looks|of the (?:photo|picture|image))\b)"
)
_TELLING = ("eft", "ight", "enter", "entre", "iddle", "round", "ront", "rear", "back", "top", "bottom", "L", "R")
_ARCHIVE = re.compile(
    r"^(?:(?:FILE|File|FRILE|MAP)(?: (?:PHOTO|photo|IMAGE|image|picture))? ?[-:,_]+ ?|FILE (?=[A-Z]))+"
    r"(?:In this [\w ,.]{0,30} file photo, )?"
)


def clean(caption: str, *, english: bool = True) -> CleanCaption:
    """The sentence of a caption, with the way back to the original; empty when there is none.

    Args:
        caption: the caption as it came.
        english: whether a sentence of another language counts as none.
    """
    made = CleanCaption(caption, list(range(len(caption))), list(range(1, len(caption) + 1)))
    if not caption.isascii():
        _substitute(made, MOJIBAKE, decoded)
    made.text = made.text.translate(_CHARACTERS)
    if not made.text.isascii():
        _substitute(made, _INVISIBLE, "")
    if "  " in made.text or not made.text.isprintable():
        _substitute(made, _BLANKS, " ")
    if made.text != made.text.strip(" "):
        _substitute(made, _ENDS, "")
    if "'" in made.text:
        _substitute(made, _GENITIVE, "'s")
    made.archive = bool(_ARCHIVE.match(made.text))
    _substitute(made, _ARCHIVE, "")
    for pattern in _DATELINES:
        _substitute(made, pattern, "")
    if "©" in made.text or "(" in made.text:
        _substitute(made, _COPYRIGHT, "")
    _take_parties(made)
    _take_positions(made)
    _take_intros(made)
    for signs, pattern in _CREDITS:
        if any(sign in made.text for sign in signs):
            _substitute(made, pattern, "")
    if any(word in made.text for word in (" seen", " shown", " pictured")):
        _substitute(made, _SEEN, "")
    made.text = recased(made.text)
    if "IS" in made.text:
        _substitute(made, _ISLAMIC_STATE, "ISIS")
    _take_dates(made)
    _take_chains(made)
    made.skipped = skip_reason(caption, made.text, english=english)
    return made if made.skipped is None else CleanCaption("", [], [], archive=made.archive, skipped=made.skipped)


def _take_parties(made: CleanCaption) -> None:
    """Takes out of which party and state somebody is; a comma stays where more is said of him."""

    def take(found: re.Match[str]) -> str:
        if found["close"] is None:
            return ""
        following = _SMALL_WORD.match(made.text, found.end())
        deed = following is not None and following[0] not in _NO_DEEDS and "VERB" in lemmas(following[0])
        return " " if deed or made.text.startswith("and ", found.end()) else ", "

    if any(mark in made.text for mark in (", R-", ", D-", ", I-")):
        _substitute(made, _PARTY, take)


def _take_positions(made: CleanCaption) -> None:
    """Takes out who stands where, and all other notes in brackets; (R) beside (D) is a party."""
    parties = "(D)" in made.text

    def mark(end: int, said: str) -> None:
        if end:
            made.positions.setdefault(made.ends[end - 1], said)

    def take_row(found: re.Match[str]) -> str | None:
        if _ORDINAL_BEFORE.search(made.text, 0, found.start()):  # "second from right" is one person
            return None
        if found["open"] == " " and not (found["close"] or "").startswith((",", ":")):
            return None
        start = "right" if found["side"] in ("right", "R") or found["reverse"] else "left"
        if "lockwise" not in found[0]:
            ends = names_in_row(made.text, found.end())
            for end, said in zip(ends, row_positions(len(ends), start), strict=False):
                mark(end, said)
        if not found.start():
            return ""
        return ", " if found["open"].startswith(",") and "(" not in found["open"] and found["close"] else " "

    def take_note(found: re.Match[str]) -> str:
        said = position_in_brackets(found["note"])
        if said is not None and not (parties and found["note"] == "R"):
            mark(found.start(), said)
        return ""

    def take_marker(found: re.Match[str]) -> str:
        said = position(found["said"])
        assert said is not None
        mark(found.start(), said)
        if not found["close"]:
            return ""
        following = _SMALL_WORD.match(made.text, found.end())
        goes_on = following and (following[0] in _OPENS_CLAUSE or class_of_noun(following[0]) == "PER")
        more = found["more"] is not None or goes_on
        return ", " if more else " "

    def take_bare(found: re.Match[str]) -> str:
        said = position(found["at"] or found["seated"] or found["standing"])
        assert said is not None
        mark(found.start(), said)
        return ""

    told = any(word in made.text for word in _TELLING)  # most captions say nothing, and these patterns are slow
    if told and _SIDE.search(made.text):
        _substitute(made, _ROW, take_row)
    if "(" in made.text:
        _substitute(made, _NOTE, take_note)
        _substitute(made, _DOUBLE_COMMA, ",")  # "Ann Poe, from left, (D-Ohio), Bo Li"
    if told:
        _substitute(made, _BETWEEN_COMMAS, take_marker)
    if any(word in made.text for word in (" left", " right", " center", " rear")):
        _substitute(made, _BARE, take_bare)


def _take_intros(made: CleanCaption) -> None:
    """Takes out what the picture is; the date on which it was taken is kept, the one of its release is not."""

    def take(found: re.Match[str]) -> str:
        for named in _ANY_DATE.finditer(made.text, found.start(), found.end()):
            if not _RELEASE.search(made.text, found.start(), named.start()):
                made.dates.append(made.original(*named.span()))
                break
        return ""

    for pattern in _INTROS:
        _substitute(made, pattern, take)


def _take_dates(made: CleanCaption) -> None:
    def take(found: re.Match[str]) -> str:
        start, end = found.span("date" if found["date"] else "first" if found["first"] else "year")
        start += 2 * (found["year"] is not None)  # the comma and the space before it
        made.dates.append(made.original(start, end))
        return ""

    mark = _DATE_MARK.search(made.text)
    if mark is not None:
        _substitute(made, _DATE, take, start=max(0, mark.start() - _BEFORE_MARK))


def _take_chains(made: CleanCaption) -> None:
    regions = nouns("countries") | nouns("states")

    def take(found: re.Match[str]) -> str | None:
        last = found[0].rsplit(", ", maxsplit=1)[1]
        bare = re.sub(rf"^{_PART}", "", last.rstrip("."))
        if not ({last, bare, f"{bare}."} & regions or _DIVISION.search(bare)):
            return None
        before = _NAME_BEFORE.search(made.text, 0, found.start())
        if before is None or before["name"] in nouns("countries"):  # "in Egypt, Jordan, and Iraq" is a list
            return None
        full_stop = last.endswith(".") and (last not in regions or found.end() == len(made.text))
        made.chains[made.ends[found.start() - 1]] = made.ends[found.end() - 1 - (full_stop and last not in regions)]
        return "." if full_stop else ""

    _substitute(made, _CHAIN, take)


def _substitute(
    made: CleanCaption, pattern: re.Pattern[str], replace: str | Callable[[re.Match[str]], str | None], start: int = 0
) -> None:
    """Replaces every match from `start` on; all the new characters of one stand for all its old ones.

    None for a replacement leaves a match as it is.
    """
    done, pieces = 0, []
    starts: list[int] = []
    ends: list[int] = []
    for found in pattern.finditer(made.text, start):
        start, end = found.span()
        new = replace if isinstance(replace, str) else replace(found)
        if new is None or start == end or new == found[0]:
            continue
        pieces += [made.text[done:start], new]
        starts += [*made.starts[done:start], *[made.starts[start]] * len(new)]
        ends += [*made.ends[done:start], *[made.ends[end - 1]] * len(new)]
        done = end
    if done or pieces:
        made.text = "".join([*pieces, made.text[done:]])
        made.starts = [*starts, *made.starts[done:]]
        made.ends = [*ends, *made.ends[done:]]
