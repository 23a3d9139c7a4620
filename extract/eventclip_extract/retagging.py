"""Mends the tags of single words that the grammar or the dictionary rules out, and the tree right around them.

A word that no dictionary has as a noun is a verb ("kneel"), what stands behind "amid" is a noun ("clashes"), and "hit"
before "by" is a participle.
"""
# ruff: noqa: SIM905 - lists of words are easiest to read and to change as text

from typing import TypeGuard

from eventclip_extract.entities import FATES, class_of_noun, entity_type, is_bare_adjective
from eventclip_extract.inflection import lemmas, verb_tags
from eventclip_extract.syntax import Parse, Word

FINITE = ("VBZ", "VBP", "VBD")
_BEFORE_NOUNS = ("det", "amod", "compound", "nmod:poss", "nummod", "case", "nmod:desc", "cc", "punct")
_NEVER_BEFORE_CLAUSES = frozenset("amid amidst during despite between among of with against".split())
TWO_OBJECTS = frozenset(
    "hand give award offer grant show teach send pay tell present serve lend owe name call elect appoint dub title "
    "consider deem label nickname crown make declare ask deny".split()
)
"""Verbs that keep an object in the passive: "a girl handed a box", "a man called Tom"."""


def mend_tag(parse: Parse, word: Word) -> None:
    """Gives a word the tag that it must have, and its neighbours the place that follows from it."""
    before = parse.words[word.number - 1] if word.number else None
    if word.tag == "NNP" and word.text.islower() and word.dep not in ("flat", "compound") and lemmas(word.lower):
        following = parse.words[word.number + 1] if word.number + 1 < len(parse.words) else None
        if following is None or following.tag != "NNP":  # "Isabel dos Santos"
            word.tag = "NN"
    if word.lower == "police" and word.tag == "NNS":
        word.tag = "NN"  # a plural that looks like none: treebanks have both
    if word.lower in ("amid", "amidst") and word.number + 1 < len(parse.words):
        _make_preposition(parse, word)
    elif word.lower == "guilty":
        word.tag = "JJ"
    elif word.tag == "VBZ" and word.dep in ("nsubj", "nsubj:pass") and class_of_noun(word.noun_lemma) == "PER":
        word.tag = "NNS"  # "Thieves steal a painting"
    elif word.tag == "VBZ" and word.dep in ("obj", "obl", "nmod") and _is_bare_noun_form(word):
        word.tag = "NNS"  # "block roads"
    elif word.tag == "VBP" and word.having("det") and not word.having("nsubj", "nsubj:pass", "obj"):
        word.tag = "NN"  # "from a Boko Haram camp"
    elif word.tag == "JJ" and word.dep == "nsubj" and word.having("nsubj"):
        _lower_adjective(word)
    elif word.tag == "VBG" and before is not None and _closes_compound(word, before):
        word.tag = "NN"
        for case in before.having("case"):
            move(case, word, "case")
        if before.head is not None:
            move(word, before.head, before.dep)
        move(before, word, "compound")  # "acquitted of money laundering"
    elif word.tag == "VBN" and word.dep == "xcomp" and _describes_object(word):
        noun, verb = word.having("obj")[0], word.head
        if verb is not None:
            move(noun, verb, "obj")
            move(word, noun, "amod")  # "burn confiscated marijuana"
    elif word.tag in ("VBP", "VBZ") and _is_counted(word):
        _make_counted(word)
    elif word.lower == "lay" and word.tag == "VBD" and word.having("obj"):
        word.tag = "VBP"  # "leaders lay a wreath": nobody lies
    elif word.lower == "police" and word.dep in ("nsubj", "nsubj:pass") and _has_one(word) and _is_bare_noun(word.head):
        for child in list(word.children):
            child.move(word.head, child.dep)
        word.dep = "compound"  # "a police raid on a warehouse": nobody is a police
    elif word.dep == "obj" and is_bare_adjective(word):
        word.dep = "xcomp"  # "pulled alive from the rubble"
    elif word.tag in ("JJ", "RB") and word.dep in ("obj", "advmod") and _is_unknown_object(word, before):
        word.tag, word.dep = "NN", "obj"  # "sprays pesticide"
    elif word.tag == "RB" and _is_noun_after_article(word, before):
        word.tag = "NN"  # "rescued from a well"
        word.dep = "compound" if word.dep == "advmod" else word.dep
    elif word.tag == "NNP" and word.dep == "advmod" and _lacks_subject(word):
        word.dep = "nsubj"  # "Odra Velmora plays"
    elif word.tag == "VBN" and word.having("cop"):
        _make_passive(word)  # "who was freed"
    elif word.tag == "VBG" and word.dep == "acl" and word.having("obj") and "VERB" not in lemmas(word.lower):
        _make_adjective(word)
    elif word.tag == "JJ" and word.children and _is_passive_participle(word):
        word.tag = "VBN"  # "no one was injured"
        _make_passive(word)
    elif word.tag == "JJ" and word.dep == "acl" and word.lower.endswith(("ed", "en")) and "VERB" in lemmas(word.lower):
        word.tag = "VBN"  # "a man wounded in a raid"
    elif word.tag in ("VBZ", "VBP") and before is not None and before.lower in _NEVER_BEFORE_CLAUSES:
        if "NOUN" in lemmas(word.lower) and word.dep not in ("ccomp", "acl:relcl"):
            word.tag = "NNS" if word.tag == "VBZ" else "NN"
    elif word.tag == "JJ" and word.dep == "amod" and _is_plural_noun(word.lower):
        word.tag = "NNS"  # "Norland-trained commandos rescue"
    elif word.tag in ("NNP", "NNPS") and _is_common_opening(parse, word):
        word.tag = "NNS" if word.lower != word.noun_lemma else "NN"
    elif word.tag in ("NN", "VBN") and word.children and _is_participle_before_by(parse, word):
        _make_participle(parse, word)
    elif word.tag == "VBG" and word.having("det") and word.dep in ("obl", "obj", "nmod", "nsubj", "nsubj:pass", "conj"):
        word.tag = "NN"  # "in the killing of a woman"
    elif word.tag in ("VBN", "VBD", "VB") and word.having("det", "case") and not word.having("nsubj", "aux"):
        if "NOUN" in lemmas(word.lower) and word.dep in ("obl", "obj", "nmod", "nsubj"):
            word.tag = "NN"
        elif (
            word.lower in FATES and word.dep in ("obl", "obj", "nmod", "nsubj") and not word.having("obl", "obl:agent")
        ):
            word.tag = "JJ"  # "free the injured"
    elif word.tag == "VBD" and word.dep == "acl" and not word.having("nsubj", "obl:agent", "obj"):
        _make_relative(parse, word)
    elif word.tag in ("NN", "NNS") and word.children and word.head is not None and is_only_a_verb(word):
        _make_embedded(word)


def _has_one(word: Word) -> bool:
    return any(child.lower in ("a", "an") for child in word.having("det"))


def _is_bare_noun(word: Word | None) -> TypeGuard[Word]:
    return word is not None and word.is_noun and not word.having("det", "cop", "aux")


def is_only_a_verb(word: Word) -> bool:
    """Whether the dictionary has a word in small letters as a verb and as nothing else."""
    return word.text.islower() and not word.lower.endswith("ing") and lemmas(word.lower).keys() == {"VERB"}


def _is_plural_noun(lower: str) -> bool:
    return lower.endswith("s") and not lower.endswith(("ss", "us", "is")) and lemmas(lower).keys() == {"NOUN"}


def _is_noun_after_article(word: Word, before: Word | None) -> bool:
    return before is not None and before.lower in ("a", "an", "the") and "NOUN" in lemmas(word.lower)


def _lacks_subject(name: Word) -> bool:
    verb = name.head
    return verb is not None and verb.tag in FINITE and name.number < verb.number and not verb.having("nsubj", "expl")


def _lower_adjective(word: Word) -> None:
    """Hangs an adjective on the noun before it, whose verb it was taken from: "[A soldier loyal to the king] aims"."""
    noun, verb = word.having("nsubj")[0], word.head
    if verb is not None and noun.is_noun and noun.number < word.number:
        move(noun, verb, "nsubj")
        move(word, noun, "amod")


def _closes_compound(word: Word, before: Word) -> bool:
    """Whether an "-ing" form stands behind a bare noun with a preposition, as what is done to it."""
    if (
        before.tag != "NN"
        or not before.having("case")
        or len(before.children) > 1
        or word.having("obj", "obl", "nsubj")
    ):
        return False
    return (
        word.dep in ("xcomp", "advcl", "acl") and before.case in ("of", "for", "with") and "NOUN" in lemmas(word.lower)
    )


def _describes_object(word: Word) -> bool:
    verb, objects = word.head, word.having("obj")
    if verb is None or verb.number + 1 != word.number or not objects or objects[0].number != word.number + 1:
        return False
    return (
        verb.tag in FINITE and verb.verb_lemma not in ("have", "get", "be", "keep", "leave") and not verb.having("obj")
    )


def _is_counted(word: Word) -> bool:
    """Whether a number stands right before a "verb" as its subject: "[30 tanks] and six jets"."""
    subjects = word.having("nsubj")
    number = subjects[0] if subjects else word
    alone = number.tag == "CD" and number.number == word.number - 1 and not number.having("case", "nmod")
    return alone and "NOUN" in lemmas(word.lower) and not word.having("aux", "cop", "advmod")


def _make_counted(noun: Word) -> None:
    noun.tag = "NNS"
    noun.having("nsubj")[0].dep = "nummod"
    before = noun.head.having("obj") if noun.dep == "conj" and noun.head is not None else []
    for child in noun.having("obj"):
        child.dep = "conj"
    if before and before[0].number < noun.number:
        move(noun, before[0], "conj")


def _make_passive(participle: Word) -> None:
    for helper in participle.having("cop"):
        helper.dep = "aux:pass"
    for child in participle.having("nsubj"):
        child.dep = "nsubj:pass"


def _make_adjective(word: Word) -> None:
    """Makes what no dictionary has as a verb describe its "object": "Ana Berg, [incoming president] of a union"."""
    noun, person = word.having("obj")[0], word.head
    assert person is not None
    move(noun, person, "appos")
    word.tag = "JJ"
    for child in word.having("punct"):
        move(child, noun, "punct")
    move(word, noun, "amod")


def _is_bare_noun_form(word: Word) -> bool:
    """Whether a "verb" that stands where a noun does may be one and has nothing that a verb has."""
    if any(part.lower in ("a", "an") and part.number < word.number for part in word.subtree()):
        return False  # "from a well smiles at"
    return "NOUN" in lemmas(word.lower) and not word.having("nsubj", "nsubj:pass", "obj", "mark", "aux")


def _is_passive_participle(word: Word) -> bool:
    """Whether an "adjective" stands in a passive, or is one that only a verb has: "were wounded"."""
    known = lemmas(word.lower)
    if "VERB" not in known or not word.lower.endswith(("ed", "en")):
        return False
    return bool(word.having("aux:pass", "nsubj:pass")) or (bool(word.having("cop")) and known.keys() == {"VERB"})


def _is_unknown_object(word: Word, before: Word | None) -> bool:
    """Whether what was taken for an adverb or adjective right behind its verb is a noun and nothing else."""
    verb = word.head
    if verb is None or verb is not before or not verb.is_verb or not word.text.islower():
        return False
    return lemmas(word.lower).keys() == {"NOUN"} and all(child is word for child in verb.having("obj"))


def _is_common_opening(parse: Parse, word: Word) -> bool:
    """Whether a "name" is a word of the dictionary that has its capital from the sentence: "Handshake between"."""
    first = not word.number or parse.words[word.number - 1].text in (".", ":", "-", "–", "—")
    if not first or word.name or word.having("flat", "compound") or word.dep in ("compound", "flat", "nmod:desc"):
        return False
    after = parse.words[word.number + 1] if word.number + 1 < len(parse.words) else None
    return after is not None and after.tag == "IN" and "NOUN" in lemmas(word.lower)


def _is_participle_before_by(parse: Parse, word: Word) -> bool:
    """Whether a "noun" after a noun is a participle that looks like one: "a building [hit] by a missile"."""
    if not word.having("compound") or word.number + 1 >= len(parse.words):
        return False
    return parse.words[word.number + 1].lower == "by" and "VBN" in verb_tags(word.lower, word.verb_lemma)


def _make_participle(parse: Parse, word: Word) -> None:
    head, dep = word.head, word.dep
    noun, agent = phrase_left_of(word), parse.words[word.number + 1].head
    if noun is None or agent is None or agent.number < word.number:
        return
    if head is None:
        word.children.remove(noun)
        noun.head, noun.dep = None, dep
    else:
        move(noun, head, dep)
    move(word, noun, "acl")
    for child in list(word.children):
        if child.number < word.number:
            move(child, noun, child.dep)
    move(agent, word, "obl:agent")
    word.tag = "VBN"


def _make_embedded(verb: Word) -> None:
    """Makes a "noun" the verb of the clause that its place asks for: "made [a suspect kneel]"."""
    head = verb.head
    assert head is not None
    subject = phrase_left_of(verb)
    if subject is None and verb.dep != "conj":
        return
    verb.tag = "VBD" if verb.lower != verb.verb_lemma else "VB"
    if subject is not None:
        subject.dep = "nsubj"
    if head.is_verb and verb.dep in ("obj", "obl"):
        verb.dep = "xcomp" if verb.dep == "obj" and verb.tag == "VB" else "advcl"
    mend_right(verb)


def _make_relative(parse: Parse, verb: Word) -> None:
    """Makes the noun before a finite verb its subject, and what stands before that its object: "the son police hit"."""
    subject = parse.words[verb.number - 1]
    if subject.head is None or verb.head not in (subject, *subject.ancestors()):
        return
    noun = next((child for child in subject.having("compound") if child.number == subject.number - 1), None)
    if noun is None or noun.tag != "NN" or entity_type(noun) != "PER" or entity_type(subject) not in ("PER", "ORG"):
        return
    if not subject.having("det", "nmod:poss") or (subject.tag == "NN" and subject.lower != "police"):
        return
    move(noun, subject.head, subject.dep)
    for child in [child for child in subject.children if child.number < noun.number]:
        move(child, noun, child.dep)
    move(verb, noun, "acl:relcl")
    move(subject, verb, "nsubj")


def _make_preposition(parse: Parse, word: Word) -> None:
    """Makes "amid" the preposition of the next noun, whatever the two were taken for."""
    noun = next((part for part in parse.words[word.number + 1 :] if part.dep not in _BEFORE_NOUNS), None)
    if noun is None or (noun.head is None and word.head is None) or word in noun.having("case"):
        return
    if noun.is_verb and "NOUN" in lemmas(noun.lower):
        noun.tag = "NNS"
    if not noun.is_noun:
        return
    if noun in word.children or noun.head is None:
        if word.head is None or noun in word.ancestors():
            return
        move(noun, word.head, "obl")
    for child in list(word.children):
        move(child, noun, child.dep)
    word.tag = "IN"
    move(word, noun, "case")
    noun.dep = "obl" if noun.head is not None and noun.head.is_verb else "nmod"


def has_object(word: Word) -> bool:
    """Whether a bare "participle" has an object of its own, so that it can be no passive."""
    return (
        word.tag in ("VBN", "VBD")
        and word.verb_lemma not in TWO_OBJECTS
        and any(child.dep == "obj" and child.number > word.number for child in word.children)
        and not word.having("aux", "aux:pass", "nsubj", "mark", "obl:agent")
    )


def phrase_left_of(verb: Word) -> Word | None:
    """The noun phrase that was taken for the front of a verb, put together: its last word heads it."""
    left = [child for child in verb.children if child.number < verb.number and child.dep in _BEFORE_NOUNS]
    noun = next((child for child in reversed(left) if child.dep in ("compound", "amod", "nmod:desc", "nummod")), None)
    if noun is None:
        return None
    if noun.tag.startswith("JJ"):
        noun.tag = "NN"
    for child in left:
        if child is not noun and child.dep != "punct":
            move(child, noun, child.dep)
    given = next((child for child in noun.having("compound") if child.number == noun.number - 1), None)
    if given is None or given.tag != "NNP" or noun.tag != "NNP" or given.name != noun.name or noun.head is None:
        return noun
    move(given, noun.head, noun.dep)  # "Anna [Keller hugs]": a name is headed by its first word
    move(noun, given, "flat")
    for child in list(noun.children):
        move(child, given, child.dep)
    return given


def mend_right(verb: Word) -> None:
    """Makes the nouns right of a new verb its objects, and those with prepositions its obliques."""
    for child in verb.children:
        if child.number < verb.number or not child.is_noun:
            continue
        if child.dep in ("nmod", "nsubj", "appos", "dep", "nmod:unmarked"):
            child.dep = "obl" if child.having("case") else "obj"


def move(word: Word, head: Word, dep: str) -> None:
    """Hangs a word elsewhere, unless that is below itself: trees of odd texts are odd."""
    if word is not head and word not in head.ancestors():
        word.move(head, dep)
