"""Who stands where: the markers of captions (", left,", "(2nd R)", "from left, A, B and C") as one kind of words.

A position is said of the picture: "left", "right", "center", "foreground", "background", "top", "bottom", two of these
("front left"), "far left", or a place in a row ("second from left").
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from eventclip_extract.entities import class_of_noun, entity_type

if TYPE_CHECKING:
    from eventclip_extract.syntax import Parse, Word

_SIDE = r"(?:left|right)"
_CENTER = r"(?:center|centre|middle)"
_DEPTH = r"(?:front|rear|back|top|bottom|background|foreground)"
_FINE = rf"(?:far|extreme|upper|lower|{_DEPTH}|{_CENTER})"
_ORDINAL = r"(?:first|second|third|fourth|fifth|sixth|1st|2nd|3rd|4th|5th|6th)"
POSITION = (
    r"(?:(?:seen|pictured|shown) )?(?:(?:at|on|in|to) )?(?:the )?(?:"
    rf"(?:{_DEPTH}(?: row)?,? )?{_ORDINAL}(?: person)?(?: from)?(?: the)? (?:far )?{_SIDE}"
    rf"|{_FINE}(?: row)?,?[ -](?:{_SIDE}|{_CENTER})"
    rf"|{_SIDE}[ -](?:{_CENTER}|{_DEPTH})"
    rf"|{_SIDE}|(?:{_DEPTH}|{_CENTER})(?: row)?"
    r")(?: side)?(?: of (?:the )?(?:photo|picture|image|frame))?"
)
_WHOLE = re.compile(POSITION)
_LETTERS = {"l": "left", "r": "right", "c": "center", "centre": "center", "middle": "center"}
_SAME = {
    **_LETTERS,
    **dict(zip(("1st", "2nd", "3rd", "4th", "5th", "6th"), _ORDINAL[3:].split("|"), strict=False)),
    "upper": "top",
    "lower": "bottom",
    "extreme": "far",
    "rear": "back",
    "background": "back",
    "foreground": "front",
}
_ALONE = {"front": "foreground", "back": "background", "first": "left"}
_MARKED = frozenset("left right center top bottom front back far".split())  # noqa: SIM905
_ORDER = ("first", "second", "third", "fourth", "fifth", "sixth")


def position(text: str) -> str | None:
    """The position that a marker says, as in "second from left" for "2nd L"; None when it says none."""
    words = [_LETTERS.get(word, word) for word in text.lower().replace(",", " ").replace("-", " ").split()]
    if not _WHOLE.fullmatch(" ".join(words)):
        return None
    known = [word for word in (_SAME.get(word, word) for word in words) if word in _MARKED or word in _ORDER]
    order = next((word for word in known if word in _ORDER), None)
    if order is not None:
        return known[-1] if order == "first" else f"{order} from {known[-1]}"
    if len(known) == 1:
        return _ALONE.get(known[0], known[0])
    return " ".join(sorted(known, key=lambda word: word in ("left", "right")))  # "left center" is "center left"


def position_in_brackets(note: str) -> str | None:
    """The position that a note in brackets says: "R", "2nd from L", "left, in blue"."""
    said = [found for part in (note, *note.split(",")) if (found := position(part.strip()))]
    return said[0] if said else None


def row_positions(count: int, start: str) -> list[str]:
    """The positions of so many people in a row that is told from one side, "left" or "right"."""
    end = "right" if start == "left" else "left"
    if count < 2 or count > len(_ORDER):
        return []
    inner = ["center"] if count == 3 else [f"{_ORDER[number]} from {start}" for number in range(1, count - 1)]
    return [start, *inner, end]


_PARTY = re.compile(r"[RDI]-[A-Z][\w.]*")
_NAME = re.compile(
    r"(?P<titles>(?:(?:[a-z][\w-]*|[A-Z][\w.'-]*) ){0,6}?)"
    r"[A-Z][\w.'-]*(?: (?:(?:de|la|del|al|bin|van|von|der|el) )*[A-Z][\w.'-]*)*"
)
_BEFORE_TITLES = frozenset({"former", "acting", "then", "retired", "incoming", "outgoing", "first", "prime", "vice"})
_SENTENCE_END = re.compile(r"(?<!\b[A-Z])(?<!\b[A-Z][a-z])(?<!\b[A-Z][a-z]{2})\.(?= |$)|[;:]|$")


def names_in_row(text: str, start: int) -> list[int]:
    """Where the names of a list end that begins at `start`: "A, B and C walk". Empty unless it is plainly a list.

    An apposition in it ("A, the mayor, B and C") could be one more person or not, so nothing is said of such a list.
    """
    stop = _SENTENCE_END.search(text, start)
    assert stop is not None
    closing = re.compile(r",? and ").search(text, start, stop.start())
    if closing is None:
        return []
    ends, offset = [], start
    for part in text[start : closing.start()].split(", "):
        if not _PARTY.fullmatch(part):
            if not _is_name(_NAME.fullmatch(part)):
                return []
            ends.append(offset + len(part))
        offset += len(part) + 2
    last = _NAME.match(text, closing.end(), stop.start())
    if last is None or not _is_name(last) or re.match(r",? (?:and|or) |, [A-Z]", text[last.end() :]):
        return []  # "Health and Human Services": the list ends elsewhere
    return [*ends, last.end()]


def _is_name(found: re.Match[str] | None) -> bool:
    """Whether it is one name, with nothing before it but titles ("former actress Ana Ruiz")."""
    if found is None:
        return False
    small = [word for word in found["titles"].split() if word.islower()]
    return all(word in _BEFORE_TITLES or class_of_noun(word) == "PER" for word in small)


_OF_ONE_NAME = ("flat", "appos", "nmod:desc", "compound")
_SITES = ("GPE", "LOC", "FAC", "ORG")


def bearer(word: "Word") -> "Word":
    """The word that stands for somebody: of "Tom Reed, a senator" it is the same for "Reed" and for "senator"."""
    while word.dep in _OF_ONE_NAME and word.head is not None and word.head.is_noun:
        if word.dep == "appos" and word.head.tag == "NNS" and word.tag == "NNP":  # "ministers, from left, Ann Poe and"
            return word
        word = word.head
    return word


def bind(parse: "Parse", marks: Sequence[tuple[int, str]]) -> dict[int, str]:
    """The number of a bearer -> its position.

    Args:
        parse: the tree of the caption.
        marks: the offset in the parsed text at which a marker stood, and what it says.
    """
    bound: dict[int, str] = {}
    for offset, said in marks:
        before = [word for word in parse.words if word.end <= offset and any(map(str.isalnum, word.text))]
        meant = _meant(before[-1]) if before else None
        if meant is not None:
            bound.setdefault(meant.number, said)
    return bound


def _meant(word: "Word") -> "Word | None":
    """Who a marker after a word is about: "the mayor of Lima, left", "a man in a red hat, left", "listens at left"."""
    for _ in range(8):
        word = bearer(word)
        head = word.head
        if word.is_verb:
            if word.dep in ("acl", "acl:relcl") and head is not None:
                word = head
                continue
            subject = next(iter(word.having("nsubj", "nsubj:pass")), None)
            return None if subject is None else bearer(subject)
        of = word.dep == "nmod" and word.case == "of"
        site = entity_type(word) in _SITES and word.dep in ("nmod", "nmod:poss")
        thing = entity_type(word) != "PER" and word.dep in ("nmod", "obl", "obj") and _in_description(word)
        if head is not None and (of or site or thing or not word.is_noun):
            word = head
            continue
        return word if word.is_noun else None
    return None


def _in_description(word: "Word") -> bool:
    """Whether a phrase belongs to what describes somebody: "a man holding a flag", "a woman in a red coat"."""
    head = word.head
    return head is not None and (head.dep in ("acl", "acl:relcl") or (head.is_noun and entity_type(head) == "PER"))
