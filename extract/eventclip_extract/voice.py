"""A clause of a caption in the other voice: "police arrest a man" is "a man is arrested by police"."""
# ruff: noqa: SIM905 - lists of words are easiest to read and to change as text

import re
from collections.abc import Iterator

from eventclip.records import Edit
from eventclip_extract.candidates import TriggerUse, tense
from eventclip_extract.english import PLACE_PREPOSITIONS, PRONOUNS
from eventclip_extract.inflection import in_case, inflect
from eventclip_extract.noun_phrases import Phrase, coordinated, is_finite, is_quoted, whole_phrase
from eventclip_extract.pool import Pool
from eventclip_extract.sentence import Filler, Sentence, capitalized, decapitalized, replacement

_NO_PASSIVE = frozenset(
    "leave enter exit flee escape reach join cross depart have pass board resemble approach".split()
)
_ACTIVE = re.compile(r"\s(?:(?P<aux>is|are|was|were|has|have|had)\s)?$")
_PASSIVE = re.compile(r"\s(?P<aux>is|are|was|were|has been|have been|had been)(?P<being>\sbeing)?\s$")
_PAST = {"is": "was", "are": "were"}
_MAY_FOLLOW = (PLACE_PREPOSITIONS - {"by", "behind", "against", "between"}) | frozenset(
    "during amid as while when since until from into onto to toward towards together".split()
)
"""What hangs on the verb whichever voice it is in."""
_POINTS_BACK = (PRONOUNS - {"that", "this", "these", "those", "all", "some", "many", "both", "each"}) | frozenset(
    "his her its their my our your himself herself themselves itself".split()
)
_LEADS_ON = re.compile(r"\s(?:to|toward|towards|into|onto|from|during|after|before|at|on)\s")
_DESCRIBES = re.compile(r"\s(?:in|on|inside|under|from)\s(?!the\b)[a-z]")
"""What may tell who somebody is, as "in a wheelchair" does, and so must not come to stand behind somebody else."""
_ABBREVIATED = re.compile(r"\b[A-Z]\.\s$")
_SENTENCE_END = re.compile(r"[\w)]{2}[.!?]['\"”]?(?:\s|$)")


def may_turn(sentence: Sentence) -> bool:
    """Whether a look at how the trigger is used is worth it: a filler before it and one close behind."""
    fillers, start, end = sentence.fillers, sentence.start, sentence.end
    if sentence.pos == "NOUN" or len(fillers) < 2 or fillers[0].end > start:
        return False
    return any(0 < one.start - end < 12 for one in fillers)


def other_voice(sentence: Sentence, use: TriggerUse, pool: Pool) -> Iterator[tuple[Edit, ...]]:
    """The clause of the trigger in the other voice, at most one edit; nothing where more than its words would change.

    Args:
        sentence: the caption as the event sees it.
        use: how its trigger is used.
        pool: which words are written small.
    """
    frame = use.entry.frame
    if use.entry.pos != "VERB" or use.entry.noun is not None or frame.subject is None or frame.object is None:
        return
    if frame.subject == frame.object or use.entry.lemma in _NO_PASSIVE:
        return
    fillers = coordinated(sentence)
    first = next((one for one in reversed(fillers) if one.end < use.start and _is_near(sentence, one, use)), None)
    gap = " by " if use.passive else " "
    second = next((one for one in fillers if one.start == use.end + len(gap)), None)
    if first is None or second is None or sentence.text[use.end : second.start] != gap:
        return
    roles = (frame.object, frame.subject) if use.passive else (frame.subject, frame.object)
    if (first.role, second.role) != roles or any(
        one.role in ("Place", "Origin", "Destination") for one in (first, second)
    ):
        return
    before, after = whole_phrase(sentence, first), whole_phrase(sentence, second)
    if before is None or after is None or not (_is_plain(before) and _is_plain(after)) or after.start != second.start:
        return
    if not is_left_alone(sentence.text, after.end) or is_quoted(sentence.text, use.start):
        return
    if _LEADS_ON.search(after.text) or (second.entity_type == "PER" and _DESCRIBES.match(sentence.text, after.end)):
        return
    if _ABBREVIATED.search(sentence.text[: before.start]) or (not use.passive and first.text.lower() in PRONOUNS):
        return  # "by him" is English and nobody's
    told = _active(sentence, use, before, after) if use.passive else _passive(sentence, use, before, after)
    if told is not None:
        yield (_edit(sentence, before, after, told, pool),)


def _is_near(sentence: Sentence, filler: Filler, use: TriggerUse) -> bool:
    return len(sentence.text[filler.end : use.start].split()) <= 8


def _is_plain(phrase: Phrase) -> bool:
    return not (phrase.closed or phrase.bound or phrase.rest)


def is_left_alone(text: str, offset: int) -> bool:
    """Whether the rest of the sentence means the same whoever its subject is."""
    end = _SENTENCE_END.search(text, offset)
    rest = text[offset : end.end() if end else len(text)]
    words = re.findall(r"[\w’'-]+", rest.lower())
    if set(words) & _POINTS_BACK or re.search(r"\b(?:left|right)\b|\([LRC]\)", rest):
        return False
    if any(is_finite(word) for word in re.findall(r"\b(?:and|or|but|then)\s([a-z]+)", rest)):
        return False
    follows = re.match(r"\s([a-z]+)\s+([\w’'-]+)", rest)
    if follows is None:
        return (
            re.match(r"[.!?,]?\s*$|[.!?]\s|,\s(?:in|at|on|near|outside|[A-Z][a-z]+day\b|[A-Z][a-z]{2,8}\.?\s\d)", rest)
            is not None
        )
    preposition, word = follows[1], follows[2]
    if preposition not in _MAY_FOLLOW or word.endswith("ing"):
        return False
    if re.search(r"\b(?:after|before|while|when|by|,)\s+[a-z]+ing\b", rest):
        return False
    return (
        preposition != "to"
        or word in {"a", "an", "the"}
        or word[0].isupper()
        or word in {"safety", "prison", "hospital"}
    )


def _passive(sentence: Sentence, use: TriggerUse, doer: Phrase, object_: Phrase) -> tuple[Phrase, str, Phrase] | None:
    gap = _ACTIVE.fullmatch(sentence.text, doer.end, use.start)
    if gap is None:
        return None
    plural, aux = object_.plural, gap["aux"]
    be = "are" if plural else "is"
    if use.tag == "VBG" and aux in {"is", "are", "was", "were"}:
        helper = f"{be if aux in _PAST else _PAST[be]} being"
    elif use.tag == "VBN" and aux in {"has", "have", "had"}:
        helper = f"{'had' if aux == 'had' else 'have' if plural else 'has'} been"
    elif aux is None and tense(sentence, sentence.trigger.split()[0], use.entry) is None:
        return None  # "hit", and nothing says when
    elif aux is None and use.tag in {"VBZ", "VBP"}:
        helper = be
    elif aux is None and use.tag == "VBD":
        helper = _PAST[be]
    else:
        return None
    return object_, f"{helper} {_verb(use, 'VBN')} by", doer


def _active(sentence: Sentence, use: TriggerUse, object_: Phrase, doer: Phrase) -> tuple[Phrase, str, Phrase] | None:
    gap = _PASSIVE.fullmatch(sentence.text, object_.end, use.start)
    if gap is None:
        return None
    aux, plural = gap["aux"], doer.plural
    is_past = aux in {"was", "were"}
    if gap["being"]:
        be = "are" if plural else "is"
        verb = f"{_PAST[be] if is_past else be} {_verb(use, 'VBG')}"
    elif aux.endswith("been"):
        verb = f"{'had' if aux.startswith('had') else 'have' if plural else 'has'} {_verb(use, 'VBN')}"
    else:
        verb = _verb(use, "VBD" if is_past else "VBP" if plural else "VBZ")
    return doer, verb, object_


def _verb(use: TriggerUse, tag: str) -> str:
    return " ".join(filter(None, (inflect(use.entry.lemma, tag), use.entry.particle)))


def _edit(sentence: Sentence, before: Phrase, after: Phrase, told: tuple[Phrase, str, Phrase], pool: Pool) -> Edit:
    """The clause from its first phrase to its last, told anew with the two in each other's place."""
    first, verb, last = told
    assert last is before, "what stood first stands last now"
    opens = sentence.opens_sentence(before.start)
    moved = decapitalized(last.text, pool.casing) if opens else last.text  # it was first and is last now
    new = f"{in_case(first.text, nominative=True)} {verb} {in_case(moved, nominative=False)}"
    return replacement(sentence.text, before.start, after.end, capitalized(new) if opens else new)
