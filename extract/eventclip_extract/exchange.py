"""The swap of roles: two participants of a sentence change places, so that who did it to whom is no longer true.

They are two participants of one event ("a man carries a nurse"), or each one of another event of the same sentence ("a
nurse watches as a man carries a child": a man watches as a nurse carries a child).
"""
# ruff: noqa: SIM905 - lists of words are easiest to read and to change as text

import random
import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import combinations

from eventclip.records import Edit
from eventclip_extract.balance import Place, share
from eventclip_extract.casts import Part, exchange_share
from eventclip_extract.english import ADVERBS, DETERMINERS, ENDS_COMPLEMENT, FEMALE, MODALS, PRONOUNS, SEXED, SHE
from eventclip_extract.inflection import in_case, inflect, lemmas, singular, verb_tags
from eventclip_extract.noun_phrases import Phrase, coordinated, kind_of, whole_phrase
from eventclip_extract.ontology import EventType
from eventclip_extract.pool import Pool
from eventclip_extract.sentence import Filler, Sentence, capitalized, decapitalized, overlap, replacement
from eventclip_extract.swaps import Swap, is_generic
from eventclip_extract.validity import has_nested

_TELL_NOTHING = DETERMINERS | {"other", "fellow", "in", "of", "on", "at", "from", "with"}
_ALIKE = tuple(
    frozenset(words.split())
    for words in (
        "protesters demonstrators activists supporters marchers opponents opposition campaigners followers rioters",
        "troops soldiers forces army military fighters militants rebels militiamen insurgents gunmen guards marines",
        "police policemen officers officer policeman policewoman authorities agents",
        "migrants refugees asylum-seekers immigrants",
        "journalists reporters media press photographers",
        "leader president minister premier chief head chairman",
        "lawmakers politicians members senators deputies delegates officials leaders",
        "victims survivors relatives mourners families residents villagers locals civilians citizens",
    )
)
"""Heads of which two, with an event each, may well be the same people."""
_ANYBODY = frozenset(
    "people person persons others other one man men woman women group members individuals thousands hundreds dozens "
    "those victims".split()
)
"""Heads that may include anybody who is named elsewhere in the sentence."""
_REFERRING = SEXED | frozenset("they them their theirs themselves it its itself".split())
_OTHER_NUMBER = {
    "is": "are",
    "are": "is",
    "was": "were",
    "were": "was",
    "has": "have",
    "have": "has",
    "does": "do",
    "do": "does",
}
_SENTENCE_END = re.compile(r"[\w)]{3}[.!?]['\"”]?\s+(?=[A-Z\"“])")
_WORD = re.compile(r"[\w’'-]+|[^\w\s]")


def role_swaps(
    sentence: Sentence, event_type: EventType, pool: Pool, rng: random.Random, *, others: Sequence[Sentence] = ()
) -> Iterator[Swap]:
    """Two whole participants of different roles exchanged, each legal in the other's role; prominent roles first.

    Args:
        sentence: the text.
        event_type: the event's type.
        pool: which words are written small, and who stands where.
        rng: the record's own.
        others: the text as the other events of the record see it; their verbs might have to agree.
    """
    roles = list(event_type.roles)
    pairs = [pair for pair in combinations(coordinated(sentence), 2) if _exchangeable(*pair, event_type)]
    rng.shuffle(pairs)
    pairs.sort(key=lambda pair: sum(roles.index(filler.role) for filler in pair))
    for one, other in pairs:
        phrases = _phrases(sentence, one, sentence, other)
        if phrases is not None and _are_near(sentence, *phrases):
            parts = [(sentence.type, phrase.filler.role, phrase.filler.head.lower()) for phrase in phrases]
            yield from _swaps(sentence, phrases, parts, pool, rng, others)


def crossed_swaps(
    one: tuple[Sentence, EventType],
    other: tuple[Sentence, EventType],
    pool: Pool,
    rng: random.Random,
    others: Sequence[Sentence],
) -> Iterator[Swap]:
    """A participant of one event exchanged for one of another event of the same caption.

    Args:
        one: the caption as a depicted event sees it, and the event's type.
        other: the same for another event.
        pool: which words are written small, and who stands where.
        rng: the record's own.
        others: the caption as all other events see it.
    """
    (sentence, event_type), (second, second_type) = one, other
    if sentence.type == second.type:
        return
    partners = coordinated(second)
    pairs = [(a, b) for a in coordinated(sentence) for b in partners if _crossable(a, event_type, b, second_type)]
    if not pairs or _is_credit(second) or overlap([(sentence.start, sentence.end), (second.start, second.end)]):
        return
    for filler, partner in pairs:
        if _takes_part(sentence, partner):
            continue
        if any(third.pos != "NOUN" and _takes_part(third, filler) and _takes_part(third, partner) for third in others):
            continue  # they meet or shake hands, and "as he arrives" would be true of either
        phrases = _phrases(sentence, filler, second, partner)
        # Of two verbs that both change their number, the corpus says too little to keep the balance.
        if phrases is None or phrases[0].plural != phrases[1].plural:
            continue
        if _are_apart(sentence, second, *phrases):
            parts = [(one.type, who.role, who.head.lower()) for one, who in ((sentence, filler), (second, partner))]
            yield from _swaps(sentence, phrases, parts, pool, rng, others)


def _swaps(
    sentence: Sentence,
    phrases: tuple[Phrase, Phrase],
    parts: Sequence[Part],
    pool: Pool,
    rng: random.Random,
    others: Sequence[Sentence],
) -> Iterator[Swap]:
    """The swap of two phrases, where verbs can be made to agree and the corpus does not speak too much against it."""
    if has_nested([(phrases[0].text, phrases[1].text)]):
        return
    first, second = (Place(phrase.text, phrase.filler.head.lower(), phrase.plural) for phrase in phrases)
    kept = share(pool.standing, first, second, sentence.lemma) * exchange_share(pool.casts, *parts)
    if rng.random() >= kept:
        return
    edits = _exchange_edits(sentence, phrases, pool, others)
    if edits is not None:
        yield _swap(phrases, edits)


def exchanged(
    sentence: Sentence, one: Filler, other: Filler, pool: Pool, others: Sequence[Sentence]
) -> tuple[Edit, ...] | None:
    """The edits that put two participants of a sentence into each other's place; None where it cannot be done.

    Args:
        sentence: the text.
        one: a participant.
        other: another.
        pool: which words are written small.
        others: the text as the other events of the record see it; their verbs might have to agree.
    """
    phrases = _phrases(sentence, one, sentence, other)
    if phrases is None or phrases[0].bound or phrases[1].bound or not _are_near(sentence, *phrases):
        return None
    return _exchange_edits(sentence, phrases, pool, others)


def _exchange_edits(
    sentence: Sentence, phrases: tuple[Phrase, Phrase], pool: Pool, others: Sequence[Sentence]
) -> tuple[Edit, ...] | None:
    """Both phrases moved, and the verbs that have to agree; None where one of them cannot be told."""
    if any(
        source.closed and sentence.text[target.end : target.end + 1] != " " for source, target in _both_ways(phrases)
    ):
        return None  # the comma behind an apposition would be lost, and its loss tells
    edits = [
        _moved(sentence, source, target, pool, nominative=_is_subject(sentence, target))
        for source, target in _both_ways(phrases)
    ]
    if phrases[0].plural != phrases[1].plural:
        for phrase in phrases:
            agreement = _agreement(sentence, phrase, others)
            if agreement is None:
                return None
            edits += agreement
    return tuple(edits)


def _exchangeable(one: Filler, other: Filler, event_type: EventType) -> bool:
    roles = event_type.roles
    if one.role == other.role or {one.role, other.role} & {"Place", "Time"}:
        return False
    if {one.role, other.role} <= event_type.symmetric or overlap([(one.start, one.end), (other.start, other.end)]):
        return False
    if one.role not in roles or other.role not in roles:
        return False
    if one.entity_type != other.entity_type and {one.entity_type, other.entity_type} != {"PER", "ORG"}:
        return False  # "Lima visits a minister"
    return one.entity_type in roles[other.role] and other.entity_type in roles[one.role]


def _is_credit(sentence: Sentence) -> bool:
    """Whether a trigger says how the picture came about: "in this photo taken by ..."."""
    words = {*sentence.words_before(sentence.start, 3), sentence.trigger.lower()}
    return not {"photo", "picture", "image", "video", "photograph", "handout"}.isdisjoint(words)


def _crossable(one: Filler, one_type: EventType, other: Filler, other_type: EventType) -> bool:
    if {one.role, other.role} & {"Place", "Time"} or one.role not in one_type.roles:
        return False
    if {one.role, other.role} <= one_type.symmetric | other_type.symmetric:
        return False
    if other.role not in other_type.roles or one.entity_type not in other_type.roles[other.role]:
        return False
    if other.entity_type not in one_type.roles[one.role] or one.entity_type != other.entity_type:
        return False
    return one.entity_type == "PER" or (_is_thing(one) and _is_thing(other))


def _is_thing(filler: Filler) -> bool:
    """Whether a filler is a thing to be seen: its head is known, and known for a thing."""
    return filler.entity_type in ("OBJ", "WEA", "VEH") and kind_of(filler) == filler.entity_type


def _takes_part(sentence: Sentence, filler: Filler) -> bool:
    return any(overlap([(filler.start, filler.end), (one.start, one.end)]) for one in sentence.fillers)


def _phrases(
    one_sentence: Sentence, one: Filler, other_sentence: Sentence, other: Filler
) -> tuple[Phrase, Phrase] | None:
    """The whole phrases of two fillers, in the order of the text; None where they cannot change places."""
    if not _told_apart(one, other) or (one.text.lower() in PRONOUNS) != (other.text.lower() in PRONOUNS):
        return None
    first, second = whole_phrase(one_sentence, one), whole_phrase(other_sentence, other)
    if first is None or second is None or overlap([(first.start, first.end), (second.start, second.end)]):
        return None
    if _last_name(first) in _names(second.text) or _last_name(second) in _names(first.text):
        return None
    if (first.bound or second.bound) and (first.plural != second.plural or one.entity_type != other.entity_type):
        return None
    return (first, second) if first.start < second.start else (second, first)


def _names(text: str) -> set[str]:
    return {word for word in re.findall(r"[\w’-]+", text) if word[0].isupper() and word.lower() not in DETERMINERS}


def _last_name(phrase: Phrase) -> str:
    """The last word of a name, "" of a common noun."""
    words = phrase.filler.text.split(",")[0].split()
    return words[-1] if words[-1][0].isupper() else ""


def _told_apart(one: Filler, other: Filler) -> bool:
    """Whether two fillers cannot be the same people: other heads, or each with words that the other lacks.

    "A nurse in red" and "a nurse in blue" are told apart; "police" and "riot police" may well be the same.
    """
    if singular(one.head.lower()) != singular(other.head.lower()):
        return True
    words, others = ({word.lower() for word in re.findall(r"[\w’'-]+", text)} for text in (one.text, other.text))
    return bool(words - others - _TELL_NOTHING) and bool(others - words - _TELL_NOTHING)


def _are_near(sentence: Sentence, first: Phrase, second: Phrase) -> bool:
    """Whether both hang on the trigger itself, not on another verb far away that shares them."""
    between = sentence.text[first.end : second.start + 1]
    if _SENTENCE_END.search(between) or len(between.split()) > 10:
        return False
    after = sentence.text[sentence.end : second.start] if sentence.end <= second.start else ""
    return len(after.split()) <= 7 and _pronouns_fit(sentence, first, second)


def _are_apart(sentence: Sentence, other: Sentence, first: Phrase, second: Phrase) -> bool:
    """Whether two phrases of one sentence cannot be the same people: a trigger stands between, and they look unlike."""
    between = sentence.text[first.end : second.start + 1]
    if _SENTENCE_END.search(between) or len(between.split()) < 3:
        return False
    if not any(first.end <= one.start < second.start for one in (sentence, other)):
        return False
    heads = {phrase.filler.head.lower() for phrase in (first, second)}
    if heads & (PRONOUNS | _ANYBODY) or any(heads <= alike for alike in _ALIKE):
        return False
    # "Anna Keller speaks as the minister arrives": she may be the minister.
    named = [bool(_names(phrase.text)) for phrase in (first, second)]
    described = any(not _names(one.text) and one.text.lower().startswith("the ") for one in (first, second))
    return not (described and any(named) and not first.plural) and _pronouns_fit(sentence, first, second)


def _pronouns_fit(sentence: Sentence, first: Phrase, second: Phrase) -> bool:
    """Whether the pronouns of the sentence can still mean what they meant, as far as number and sex are told."""
    if sentence.base == "template":
        return True
    opening = max((match.end() for match in _SENTENCE_END.finditer(sentence.text[: first.start])), default=0)
    # A pronoun behind both may mean either of them wherever they stand; one before that means the nearest subject.
    rest = f"{sentence.text[opening : first.start]} {sentence.text[first.end : second.start]}"
    found = _REFERRING & {word.lower() for word in re.findall(r"[A-Za-z]+", rest)}
    if first.plural != second.plural:
        return not found
    female = [bool(FEMALE & set(phrase.text.lower().split())) for phrase in (first, second)]
    if first.plural or not found & SEXED:
        return True
    return female[0] == female[1] and (not found & SHE or female[0])


def _swap(phrases: tuple[Phrase, Phrase], edits: tuple[Edit, ...]) -> Swap:
    one, other = phrases
    roles = (one.filler.role, other.filler.role)
    doubts = {"generic"} if is_generic(one.filler) and is_generic(other.filler) else set()
    if {*roles} <= {"Origin", "Destination"}:
        doubts.add("unseen")
    return Swap("role", edits, swapped=roles, doubts=frozenset(doubts))


def _moved(sentence: Sentence, source: Phrase, target: Phrase, pool: Pool, *, nominative: bool) -> Edit:
    """The source's words put where the target stands: case of pronouns and of the first letter, the closing comma.

    The comma behind a mark of the place is the mark's, unless what follows is one of a date or a land.
    """
    new = in_case(source.text, nominative=nominative)
    if sentence.opens_sentence(source.start):
        new = decapitalized(new, pool.casing)
    if sentence.opens_sentence(target.start):
        new = capitalized(new)
    new, end = new + source.rest, target.end
    is_marked = source.rest.startswith(",")
    if target.rest.startswith(",") and sentence.text[end : end + 1] == ",":
        is_over = target.leads or sentence.word_after(end + 1) in ENDS_COMPLEMENT
        end += is_over and not is_marked
    elif (source.closed or is_marked) and sentence.text[end : end + 1] == " ":
        new += ","
    return replacement(sentence.text, target.start, end, new)


def _is_subject(sentence: Sentence, phrase: Phrase) -> bool:
    return phrase.end <= sentence.start and sentence.pos != "NOUN"


def _agreement(sentence: Sentence, phrase: Phrase, others: Sequence[Sentence]) -> list[Edit] | None:
    """The edits of the verb behind a phrase that changes number; None where it or other verbs cannot be told."""
    text = sentence.text
    governs = phrase.leads or _is_subject_elsewhere(phrase, others)
    for match in _WORD.finditer(text, phrase.end + text.startswith(",", phrase.end)):
        word, start = match[0].lower(), match.start()
        if not governs or word in MODALS - {"do", "does"} or word == "had":
            return []
        if word in ADVERBS or word.endswith("ly"):
            continue
        new = _OTHER_NUMBER.get(word) or _other_number(word, plural=phrase.plural)
        if new is None and phrase.leads and _is_past_with_object(text, word, match.end()):
            new = word
        if new is None:
            return None if phrase.leads else []
        if new == word:
            return []
        edit = replacement(text, start, match.end(), new)
        return None if _agrees_again(text, match.end(), phrase, others) else [edit]
    return []


def _is_subject_elsewhere(phrase: Phrase, others: Sequence[Sentence]) -> bool:
    """Whether the phrase goes before the verb of another event that it takes part in."""
    return any(
        other.pos != "NOUN" and phrase.end <= other.start and _takes_part(other, phrase.filler) for other in others
    )


@cache
def _other_number(word: str, *, plural: bool) -> str | None:
    """A finite verb with a subject of the other number; itself where it does not show number, None if it is none."""
    for lemma in lemmas(word).get("VERB", ()):
        tags = verb_tags(word, lemma)
        if plural and "VBP" in tags and "VBD" not in tags:
            return inflect(lemma, "VBZ")
        if not plural and "VBZ" in tags:
            return inflect(lemma, "VBP")
        if "VBD" in tags and "VBN" not in tags and "VBP" not in tags:
            return word
    return None


def _is_past_with_object(text: str, word: str, end: int) -> bool:
    """Whether a form like "pushed" is the past tense and no participle: a noun phrase follows at once."""
    following = re.match(r"\s(\w+)", text[end : end + 30])
    ends_in_past = any("VBD" in verb_tags(word, lemma) for lemma in lemmas(word).get("VERB", ()))
    return ends_in_past and following is not None and following[1].lower() not in ENDS_COMPLEMENT


def _agrees_again(text: str, offset: int, phrase: Phrase, others: Sequence[Sentence]) -> bool:
    """Whether another verb farther on has to agree as well: one joined by "and", or that of another event."""
    end = _SENTENCE_END.search(text, offset)
    for match in re.finditer(r"\band\s([a-z]\w+)", text[offset : end.end() if end else len(text)]):
        if _other_number(match[1], plural=phrase.plural) not in (None, match[1]):
            return True
    for other in others:
        before = other.words_before(other.start, 1)
        if (
            other.pos == "NOUN"
            or other.start < offset
            or before in ([], ["to"])
            or not _takes_part(other, phrase.filler)
        ):
            continue
        verb = other.trigger.split()[0].lower()
        if _other_number(verb, plural=phrase.plural) not in (None, verb):
            return True
    return False


def _both_ways(phrases: tuple[Phrase, Phrase]) -> tuple[tuple[Phrase, Phrase], tuple[Phrase, Phrase]]:
    return (phrases[0], phrases[1]), (phrases[1], phrases[0])
