"""Mends what the parser gets wrong in captions: who wears what, what happens where, verbs taken for nouns.

Every mend is a fact about English, not about a sentence: "in red" after a person is what he wears, "in Cairo" is where
it happens, and a caption whose only verb-like word is "hugs" has its verb there.
"""
# ruff: noqa: SIM905 - lists of words are easiest to read and to change as text

from collections.abc import Callable
from itertools import takewhile

from eventclip_extract.cities import label_cities
from eventclip_extract.english import UNCHANGED_PLURALS
from eventclip_extract.entities import entity_type, is_part_of_a_name, nouns
from eventclip_extract.nominals import TWINS, join_owner, join_twin, mend_nominals
from eventclip_extract.phrases import closes_subject, hang_company, mend_phrases, verb_in_of_phrase
from eventclip_extract.predicates import mend_predicates, promote
from eventclip_extract.syntax import Parse, Word
from eventclip_extract.titles import lower_conjunct

PLACE_PREPOSITIONS = frozenset(
    "in at near outside inside on along across through over behind around beside by under above within beneath "
    "opposite off throughout between against".split()
)
_TAKEN_BY_EVENTS = frozenset({"on", "of", "against", "by", "between", "with"})
_SITUATING = frozenset({"in", "at", "near", "outside", "inside"})

_GOALS = frozenset({"into", "onto", "toward", "towards"})
_JOINED = frozenset({"JJ", "VBN", "CC", ",", "HYPH"})
_NOMINAL = frozenset({"nsubj", "nsubj:pass", "obj", "iobj", "obl", "obl:agent", "nmod"})
_OF_VERBS = frozenset("die speak talk think dream consist complain warn hear smell tell know learn".split())
"""Verbs that take "of" themselves: "a child dying of hunger" is no noun."""


def mend(parse: Parse, could_be_verb: Callable[[str], bool]) -> None:
    """Mends the tree in place.

    Args:
        could_be_verb: whether a lower-case verb lemma is one that matters; only such words are taken for verbs.
    """
    label_cities(parse)
    mend_nominals(parse)
    mend_predicates(parse)
    mend_phrases(parse)
    for word in parse.words:  # most words are none of these: a look at the label is cheaper than a call
        if word.tag == "JJ" and word.dep in _NOMINAL:
            _join_adjectives(parse, word)
        if word.tag == "POS":
            join_owner(parse, word)
        if word.number and word.text[0].isupper():
            _join_name(parse, word)
        if word.dep in ("nsubj", "nsubj:pass", "obj"):
            _demote_phrase(parse, word)
        elif word.dep == "acl" and word.tag == "VBG":
            _make_noun(parse, word)
        if word.dep == "obj" and word.is_noun and entity_type(word) == "TIME" and not _is_kept(word):
            word.dep = "obl:unmarked"  # "arrested last week"
    _rescue_verbs(parse, could_be_verb)
    for word in parse.words:
        if word.dep in ("nmod", "obl") and is_attire(word):
            _hang_on_wearer(parse, word)
    for word in parse.words:
        if word.dep in TWINS:
            join_twin(word)
        if word.dep in ("obl", "nmod") and word.head is not None:
            _hang_over(word, word.head)
        if word.dep != "nmod":
            continue
        case = word.case
        if case in _SITUATING and entity_type(word) in ("GPE", "LOC", "FAC"):
            _hang_on_verb(word)
        elif case in _GOALS and word.head is not None:
            _hang_goal(word, word.head)
        elif case == "of" and word.head is not None and entity_type(word) in ("VAL", None):
            _hang_crime(word, word.head)
        elif case == "with" and word.head is not None:
            hang_company(word, word.head)


def _join_name(parse: Parse, word: Word) -> None:
    """Makes a capitalised "verb" after a name part of the name: "Xi Jinping"."""
    if word.head is None:
        return
    before = parse.words[word.number - 1]
    if word.dep == "flat" and word.lower in nouns("times") and word.head.head and not is_part_of_a_name(word):
        word.move(word.head.head, "obl:unmarked")  # "marched through Washington Sunday"
        return
    if word.dep == "flat":
        joined = before is word.head or (before.dep == "flat" and before.head is word.head)
        if not joined and before.tag == "NNP" and word not in before.ancestors():
            word.move(before, "flat")  # a part of another name
        return
    if word.tag == "NNP" and before.tag == "NNP" and word.name == before.name != "":
        name = before.head if before.dep == "flat" and before.head is not None else before
        if (
            word.head is not name
            and word.head is not before
            and name.dep != "compound"
            and word not in name.ancestors()
        ):
            if name.head is word.head:
                name.dep = word.dep  # "Odra Velmora plays", where "Odra" was an adverb
            word.move(name, "flat")  # "in Baton Rouge": the parser hangs the second half elsewhere
        return
    if not word.is_verb:
        return
    if before.tag != "NNP" or not before.text[1:].islower() or before.dep == "nmod:desc":
        return
    name = before.head if before.dep == "flat" and before.head is not None else before
    if word in name.ancestors():
        return
    for child in list(word.children):
        child.move(word.head, child.dep)
    word.tag = "NNP"
    word.move(name, "flat")


def _join_adjectives(parse: Parse, word: Word) -> None:
    """Makes one noun phrase of an adjective and a noun joined to it: "a brown and white dog" are not two animals."""
    following = parse.words[word.number + 1] if word.number + 1 < len(parse.words) else None
    if following is not None and word.having("case") and following.tag.startswith("NN") and word.head is not None:
        lost = following.dep in ("nsubj", "nsubj:pass", "obj", "appos", "flat") and not following.having("case", "det")
        if lost and following not in word.ancestors():  # "on eastern [Aleppo]"
            following.move(word.head, word.dep)
            for child in list(word.children):
                child.move(following, child.dep)
            word.move(following, "amod")
            return
    joined = list(takewhile(lambda part: part.tag in _JOINED, parse.words[word.number + 1 :]))
    last = word.number + 1 + len(joined)
    if not any(part.tag == "CC" for part in joined) or last == len(parse.words):
        return  # a determiner begins a phrase of its own: "the poor and the rich"
    noun = parse.words[last]
    if noun.dep == "compound" and noun.head is not None:
        noun = noun.head
    if not noun.is_noun or (noun.head, noun.dep) not in ((word, "conj"), (word.head, word.dep)):
        return
    assert word.head is not None
    noun.move(word.head, word.dep)
    for child in list(word.children):
        child.move(noun, "amod" if child.dep == "conj" else child.dep)
    word.move(noun, "amod")
    for child in noun.having("cc"):
        if child.number < noun.number:
            child.move(word, "cc")


def _demote_phrase(parse: Parse, word: Word) -> None:
    """Hangs a "subject" with a preposition on the verb before it: it is none ("arrested by police is taken")."""
    if word.dep not in ("nsubj", "nsubj:pass", "obj") or word.head is None or not word.is_noun:
        return
    cases = word.having("case")
    if not cases or cases[0].tag not in ("IN", "TO") or not cases[0].number:
        return
    before = parse.words[cases[0].number - 1]
    if before.is_verb and word not in before.ancestors():
        word.move(before, "obl:agent" if word.case == "by" else "obl")


def _make_noun(parse: Parse, word: Word) -> None:
    """Makes an -ing form a noun that stands in a noun's place: "after the fatal police shooting of a man"."""
    after = parse.words[word.number + 1] if word.number + 1 < len(parse.words) else None
    if word.tag != "VBG" or word.dep != "acl" or after is None or after.lower != "of":
        return
    noun = word.head
    if noun is None or noun.number + 1 != word.number or noun.head is None or word.verb_lemma in _OF_VERBS:
        return
    if noun.case == "" or not noun.having("det", "nmod:poss"):  # "a man shooting of" has no place for a noun
        return
    word.tag = "NN"
    word.move(noun.head, noun.dep)
    for child in list(noun.children):
        if child.number < noun.number and child.dep in ("case", "det", "amod", "nmod:poss", "nummod"):
            child.move(word, child.dep)
    noun.move(word, "compound")
    for child in word.having("obl"):
        child.dep = "nmod"


def is_attire(word: Word) -> bool:
    """Whether a noun with "in" is what somebody wears: "in blue", "in a red jacket"."""
    if word.dep not in ("nmod", "obl") or word.case != "in":
        return False
    lemma = word.noun_lemma
    if word.having("nmod", "acl:relcl") and lemma not in nouns("garments"):
        return False
    return lemma in nouns("garments") or (word.lower in nouns("colours") and not word.having("det", "compound"))


def _hang_on_wearer(parse: Parse, attire: Word) -> None:
    """Hangs "in blue" on the noun that stands right before it."""
    preposition = attire.having("case")[0]
    before = parse.words[preposition.number - 1] if preposition.number else None
    while before is not None and not before.is_noun:  # "a nurse wounded in blue" has its noun further left
        before = parse.words[before.number - 1] if before.number and not before.is_verb else None
    if before is None or before is attire.head or attire in before.ancestors():
        return
    while before.dep in ("flat", "compound") and before.head is not None and before.head.number < preposition.number:
        before = before.head
    if before is not attire.head and entity_type(before) in ("PER", "ORG", None):
        attire.move(before, "nmod")


def _hang_over(place: Word, holder: Word) -> None:
    """Hangs a phrase on the verb where an adverb or a time stands between: "flew back [to Oslo]"."""
    is_adverb, is_time = holder.dep == "advmod" and holder.tag == "RB", holder.dep == "obl:unmarked"
    verb = holder.head if is_adverb or is_time else None
    if verb is None or not verb.is_verb or not verb.number < holder.number < place.number or not place.case:
        return
    if is_time and (place.case == "of" or entity_type(holder) != "TIME"):
        return
    if is_adverb or entity_type(place) in ("GPE", "LOC", "FAC", "PER", "ORG"):
        place.move(verb, "obl")


def _hang_on_verb(place: Word) -> None:
    """Hangs a place on the verb whose participant the parser hung it on: "arrests [a man in Cairo]"."""
    holder = place.head
    while holder is not None and holder.dep == "nmod" and holder.head is not None and is_attire(holder):
        holder = holder.head
    if holder is None or holder.head is None or not holder.head.is_verb:
        return
    if (
        holder.number > holder.head.number
        and entity_type(holder) in ("PER", "OBJ", "VEH", "WEA", None)
        and holder.dep != "acl"
    ):
        place.move(holder.head, "obl")


def _hang_goal(goal: Word, moved: Word) -> None:
    """Hangs on the verb where something is moved to: "throws [a stone toward] a tank"."""
    if moved.dep == "obj" and moved.head is not None and entity_type(moved) in ("PER", "OBJ", "VEH", "WEA"):
        goal.move(moved.head, "obl")


_OFFICES = frozenset("chairman chief director governor head leader mayor member minister president secretary".split())
"""Persons who are of something themselves: "acquitted the minister of defense"."""
_OF_CRIMES = frozenset({"accuse", "acquit", "clear", "convict", "suspect"})


def _hang_crime(crime: Word, person: Word) -> None:
    """Hangs on the verb what somebody is tried for: "acquitted [the senator] of fraud"."""
    verb = person.head
    if verb is None or person.dep != "obj" or verb.verb_lemma not in _OF_CRIMES:
        return
    told = crime.noun_lemma in nouns("crimes") or person.noun_lemma not in _OFFICES
    if told and entity_type(person) in ("PER", "ORG"):
        crime.move(verb, "obl")


def _rescue_verbs(parse: Parse, could_be_verb: Callable[[str], bool]) -> None:
    """Gives a sentence without a main verb the one taken for a noun: "Obama shakes hands", "A and B hug"."""
    for words in parse.sentences():
        root = next(word for word in words if word.head is None)
        if root.is_verb or any(_is_main_verb(word) for word in words):
            continue
        if root.having("nsubj") and not root.having("cop", "det") and could_be_verb(root.verb_lemma):
            promote(root, root, words)
            continue
        if verb_in_of_phrase(parse, root, could_be_verb):
            continue
        if closes_subject(parse, root) and could_be_verb(root.verb_lemma):
            promote(root, root, words)
            continue
        last = next((word for word in reversed(words) if word.tag not in (".", "''", "-RRB-")), root)
        if _closes_with_a_verb(parse, last) and could_be_verb(last.verb_lemma):
            person = parse.words[last.number - 1]
            promote(last, root, words)
            lower_conjunct(person)
            continue
        for word in words[1:]:
            before = parse.words[word.number - 1]
            plural = word.tag == "NN"  # "hug" as against "hugs"
            if (
                word.tag in ("NN", "NNS", "NNPS")
                and word.text.islower()
                and could_be_verb(word.verb_lemma)
                and (word.lower != word.verb_lemma or plural)
                and not word.having("det", "amod", "case", "nmod:poss", "nummod")
                and before.tag in ("NN", "NNP", "NNS", "NNPS")
                and (
                    entity_type(before) in ("PER", "ORG", None)
                    or before.noun_lemma in nouns("garments")
                    or before.lower in nouns("colours")
                )
                and (word.having("nsubj") or _object_follows(parse, word))
                and (
                    not plural
                    or any(part.dep in ("conj", "cc") for part in words[: words.index(word)])
                    or before.tag == "NNS"
                    or _is_plural_group(before, words)
                )
            ):
                promote(word, root, words)
                break


def _closes_with_a_verb(parse: Parse, last: Word) -> bool:
    """Whether the last noun of several persons can only be what they do: "The fathers of two boys and a girl [cry]"."""
    person = next((child for child in last.having("compound") if child.number == last.number - 1), None)
    if last.tag != "NN" or last.dep != "conj" or person is None or not last.having("det"):
        return False
    return entity_type(person) == "PER" and entity_type(last) is None and last.lower == last.verb_lemma


def _is_plural_group(noun: Word, words: list[Word]) -> bool:
    """Whether a noun without -s is a plural that opens the sentence ("Riot police fire rubber bullets")."""
    opening = [word for word in words if word.number < noun.number]
    after = next((word for word in words if word.number == noun.number + 2), None)
    return (
        noun.lower in UNCHANGED_PLURALS
        and all(word.is_noun or word.tag == "JJ" for word in opening)
        and after is not None
        and after.tag in ("DT", "PRP$", "NNS", "NN", "CD", "JJ", "NNP")
    )


def _is_main_verb(word: Word) -> bool:
    return (
        word.tag in ("VBZ", "VBP", "VBD", "MD")
        and word.dep not in ("advcl", "acl:relcl", "acl")
        and (word.head is None or word.head.dep not in ("advcl", "acl:relcl"))
    )


def _object_follows(parse: Parse, word: Word) -> bool:
    after = parse.words[word.number + 1] if word.number + 1 < len(parse.words) else None
    return after is not None and (after.tag in ("DT", "PRP$", "NNP", "NNS", "NN", "JJ", "IN", "RP", "TO", "PRP", "CD"))


def _is_kept(time: Word) -> bool:
    """Whether a time is what something is done to: "mark independence day", "observe a minute of silence"."""
    marks = time.head is not None and time.head.verb_lemma in ("celebrate", "commemorate", "mark", "observe")
    return bool(time.having("nmod")) or (marks and bool(time.having("compound", "amod", "nmod:poss")))


def hang_on_events(parse: Parse, takes: Callable[[Word, str], bool]) -> None:
    """Hangs a phrase on the noun right before it that names an event: "arrest a man after [a raid on a bank]".

    Args:
        takes: whether a noun names an event that has a participant behind a preposition.
    """
    for word in parse.words:
        if word.dep not in ("obl", "nmod", "obl:agent") or not word.is_noun or word.head is None:
            continue
        case = word.case
        if case not in _TAKEN_BY_EVENTS or entity_type(word) == "TIME":
            continue
        first = min(part.number for part in word.subtree())
        event = parse.words[first - 1] if first else None
        if (
            event is None
            or event is word.head
            or not event.is_noun
            or event.text[0].isupper()
            or event.dep == "compound"
        ):
            continue
        doubtful = case == "by" and word.head.is_verb and word.head.tag in ("VBN", "VBD") and word.dep == "obl:agent"
        if not doubtful and event.number > word.head.number and word not in event.ancestors() and takes(event, case):
            word.move(event, "nmod")
