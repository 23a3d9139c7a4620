"""Finds the verb of a clause where the tagger took it for something else, and hangs the rest of the clause on it.

Captions tell the present in short words that are nouns as well ("guards search trucks"), and the past in forms that
are participles as well ("a blast killed two people"). What gives a verb away is that the tree would not be English
otherwise: a finite verb inside a noun phrase, a plural after "a", a word that no dictionary has as a noun.
"""
# ruff: noqa: SIM905 - lists of words are easiest to read and to change as text

from functools import cache

import lemminflect

from eventclip_extract.english import UNCHANGED_PLURALS
from eventclip_extract.entities import entity_type, nouns
from eventclip_extract.inflection import verb_tags
from eventclip_extract.syntax import Parse, Word

_FINITE = ("VBZ", "VBP", "VBD")
_INSIDE_A_PHRASE = ("nmod", "compound", "amod", "flat", "appos", "obl", "obj", "nmod:desc", "nmod:unmarked")
_BEFORE_NOUNS = ("det", "amod", "compound", "nmod:poss", "nummod", "case", "nmod:desc", "cc", "punct")
_ONE = frozenset("a an this that each every another".split())
_NEVER_BEFORE_CLAUSES = frozenset("amid amidst during despite between among of with against".split())
_PREVENT = frozenset("prevent stop ban bar keep block deter discourage prohibit".split())
_ORDERS = frozenset(
    "force order ask urge tell persuade invite allow help compel require permit teach encourage lead command instruct "
    "enable beg train".split()
)
"""Verbs with "to" after their object: what follows is done by the object, and no purpose of the subject."""
_TWO_OBJECTS = frozenset(
    "hand give award offer grant show teach send pay tell present serve lend owe name call elect appoint dub title "
    "consider deem label nickname crown make declare ask deny".split()
)
"""Verbs that keep an object in the passive: "a girl handed a box", "a man called Tom"."""


def mend_predicates(parse: Parse) -> None:
    """Mends the tree in place, before anything else is mended."""
    for word in parse.words:
        _mend_tag(parse, word)
    for word in parse.words:
        if word.dep == "case" and word.head is not None:
            _mend_particle(parse, word, word.head)
        if word.dep == "aux:pass" and word.head is not None:  # "[a man got] arrested"
            for child in word.having("nsubj", "nsubj:pass"):
                _move(child, word.head, "nsubj:pass")
        if word.tag.startswith("VB") and word.children:
            _mend_complement(word)
            _mend_clause(word)
            if word.dep == "acl" and word.tag in ("VBN", "VBG"):
                _mend_low_participle(parse, word)
            _mend_second_subject(parse, word)
        if word.dep == "conj":
            _mend_clause_in_list(parse, word)
        if word.dep in ("appos", "parataxis", "dep", "list"):
            _mend_list(word)
    for words in parse.sentences():
        _mend_sentence(parse, words)
    for word in parse.words:
        if word.tag == "VBG" and word.dep == "advcl" and word.number:
            _mend_closing_participle(parse, word)


def _mend_tag(parse: Parse, word: Word) -> None:
    before = parse.words[word.number - 1] if word.number else None
    if word.lower in ("amid", "amidst") and word.number + 1 < len(parse.words):
        _make_preposition(parse, word)
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
    elif word.tag in ("VBN", "VBD", "VB") and word.having("det", "case") and not word.having("nsubj", "aux"):
        if "NOUN" in lemmas(word.lower) and word.dep in ("obl", "obj", "nmod", "nsubj"):
            word.tag = "NN"
    elif word.tag == "VBD" and word.dep == "acl" and not word.having("nsubj", "obl:agent", "obj"):
        _make_relative(parse, word)
    elif word.tag in ("NN", "NNS") and word.children and word.head is not None and _is_only_a_verb(word):
        _make_embedded(word)


def _is_only_a_verb(word: Word) -> bool:
    return word.text.islower() and not word.lower.endswith("ing") and lemmas(word.lower).keys() == {"VERB"}


def _is_plural_noun(lower: str) -> bool:
    return lower.endswith("s") and not lower.endswith(("ss", "us", "is")) and lemmas(lower).keys() == {"NOUN"}


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
    noun, agent = _phrase_left_of(word), parse.words[word.number + 1].head
    if noun is None or agent is None or agent.number < word.number:
        return
    if head is None:
        word.children.remove(noun)
        noun.head, noun.dep = None, dep
    else:
        _move(noun, head, dep)
    _move(word, noun, "acl")
    for child in list(word.children):
        if child.number < word.number:
            _move(child, noun, child.dep)
    _move(agent, word, "obl:agent")
    word.tag = "VBN"


def _make_embedded(verb: Word) -> None:
    """Makes a "noun" the verb of the clause that its place asks for: "made [a suspect kneel]"."""
    head = verb.head
    assert head is not None
    subject = _phrase_left_of(verb)
    if subject is None and verb.dep != "conj":
        return
    verb.tag = "VBD" if verb.lower != verb.verb_lemma else "VB"
    if subject is not None:
        subject.dep = "nsubj"
    if head.is_verb and verb.dep in ("obj", "obl"):
        verb.dep = "xcomp" if verb.dep == "obj" and verb.tag == "VB" else "advcl"
    _mend_right(verb)


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
    _move(noun, subject.head, subject.dep)
    for child in [child for child in subject.children if child.number < noun.number]:
        _move(child, noun, child.dep)
    _move(verb, noun, "acl:relcl")
    _move(subject, verb, "nsubj")


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
        _move(noun, word.head, "obl")
    for child in list(word.children):
        _move(child, noun, child.dep)
    word.tag = "IN"
    _move(word, noun, "case")
    noun.dep = "obl" if noun.head is not None and noun.head.is_verb else "nmod"


def _mend_complement(verb: Word) -> None:
    """What an object is made or kept from doing hangs on the verb as its complement."""
    lemma = verb.verb_lemma
    if lemma in _PREVENT:
        for noun in verb.having("obj", "nsubj:pass"):
            for child in noun.having("acl"):
                if child.tag == "VBG" and any(mark.lower == "from" for mark in child.having("mark")):
                    _move(child, verb, "xcomp")
    if lemma in _PREVENT:
        for child in verb.having("advcl"):
            if child.tag == "VBG" and any(mark.lower == "from" for mark in child.having("mark")):
                child.dep = "xcomp"
    if lemma in _ORDERS and verb.having("obj", "iobj", "nsubj:pass"):
        for child in verb.having("advcl"):
            if child.tag == "VB" and child.number > verb.number and child.having("mark")[:1] == child.children[:1]:
                child.dep = "xcomp"


def _mend_particle(parse: Parse, word: Word, noun: Word) -> None:
    """Gives a verb its particle and a noun its preposition: "[sworn in] by a judge", "waits [ahead of] a trial"."""
    before = parse.words[word.number - 1] if word.number else None
    if before is None or word.number + 1 == len(parse.words):
        return
    after = parse.words[word.number + 1]
    if (
        before.is_verb
        and after.dep == "case"
        and after.head is noun
        and after.lower == "by"
        and word not in noun.children[1:]
    ):
        word.tag = "RP"
        _move(word, before, "compound:prt")
    elif (before.lower, word.lower) == ("front", "of") and noun.head is before and before.case == "in":
        _fold_front(before, noun)
    elif before.lower == "ahead" and word.lower == "of" and before.head is not None and before not in noun.ancestors():
        _move(before, noun, "case")


def _fold_front(front: Word, noun: Word) -> None:
    """Makes "in front of" a preposition: the place is what stands behind it."""
    head, dep = front.head, front.dep
    if head is None:
        return
    _move(noun, head, dep)
    for child in list(front.children):
        _move(child, noun, child.dep)
    _move(front, noun, "case")


def _mend_clause(verb: Word) -> None:
    """Mends who is the subject of an embedded clause, and which clause a noun belongs to."""
    head = verb.head
    if head is None:
        return
    if verb.dep == "acl" and head.dep in ("ccomp", "advcl") and head.head is not None and _has_object(verb):
        top, dep = head.head, head.dep  # "say [the rebels killed] ten hostages"
        _move(verb, top, dep)
        verb.tag = "VBD"
        for child in head.having("mark", "cc", "advmod", "punct"):
            _move(child, verb, child.dep)
        _move(head, verb, "nsubj")
    elif verb.dep == "ccomp" and verb.tag == "VBN" and verb.having("obl:agent") and not verb.having("aux", "aux:pass"):
        for noun in verb.having("nsubj")[:1]:  # "clear [a camp set up by migrants]"
            _move(noun, head, "obj")
            _move(verb, noun, "acl")


def _mend_low_participle(parse: Parse, verb: Word) -> None:
    """Hangs a participle on the person right before it: "the funeral of [a soldier killed in a raid]"."""
    head, before = verb.head, parse.words[verb.number - 1] if verb.number else None
    if head is None or before is None or before is head or not before.is_noun or head.dep == "dep":
        return
    if entity_type(before) == "PER" and entity_type(head) not in ("PER", "ORG", "GPE") and head in before.ancestors():
        _move(verb, before, "acl")


def _mend_second_subject(parse: Parse, verb: Word) -> None:
    """Gives the second of two subjects to the verb before it: "a man accused of [killing a priest] is led away"."""
    subjects = [child for child in verb.having("nsubj", "nsubj:pass") if child.is_noun]
    if len(subjects) != 2 or subjects[1].number > verb.number:
        return
    first = min(part.number for part in subjects[1].subtree())
    inner = parse.words[first - 1]
    if inner.is_verb and inner.number > subjects[0].number and not inner.having("obj"):
        _move(subjects[1], inner, "obj")


def _mend_closing_participle(parse: Parse, verb: Word) -> None:
    """Hangs "-ing" behind a comma on the verb of the sentence: "stormed a town held by rebels, killing six"."""
    head = verb.head
    if head is None or head.dep != "acl" or parse.words[verb.number - 1].text != "," or verb.number < head.number:
        return
    if head.having("nsubj", "nsubj:pass") or head.tag != "VBN":  # "a device that exploded, wounding ten"
        return
    top = next((word for word in head.ancestors() if word.tag in (*_FINITE, "VBN") and word.dep != "acl"), None)
    if top is not None:
        _move(verb, top, "advcl")


def _mend_list(noun: Word) -> None:
    """Makes the second of three a conjunct of the first: "a teacher, a baker and a student"."""
    head = noun.head
    if head is None or not noun.is_noun or not noun.having("conj") or noun.having("case"):
        return
    first = head
    if head.is_verb:
        before = [child for child in head.having("obj", "obl", "nsubj", "nsubj:pass") if child.number < noun.number]
        if not before:
            return
        first = before[-1]
    comma = any(child.text == "," and child.number < noun.number for child in noun.children)
    if comma and first.is_noun and entity_type(first) == entity_type(noun) and noun.having("conj")[0].having("cc"):
        _move(noun, first, "conj")


def _mend_clause_in_list(parse: Parse, noun: Word) -> None:
    """Finds the verb between two "conjuncts" with nothing between: "throw stones and [police fire] tear gas"."""
    first = min(noun.subtree(), key=lambda part: part.number).number
    verb = parse.words[first - 1] if first else None
    if verb is None or verb.dep != "conj" or verb.head is not noun.head or not noun.is_noun or not verb.is_noun:
        return
    top = verb.head
    while top is not None and top.is_noun:
        top = top.head
    if top is None or not top.is_verb or "VERB" not in lemmas(verb.lower):
        return
    subject = _phrase_left_of(verb)
    if subject is None or entity_type(subject) not in ("PER", "ORG"):
        return
    subject.dep, verb.tag = "nsubj", "VBP"
    for child in subject.having("cc"):
        _move(child, verb, "cc")
    _move(verb, top, "conj")
    _move(noun, verb, "obj")


def _mend_sentence(parse: Parse, words: list[Word]) -> None:
    """Gives a sentence the main verb that it was not found to have."""
    root = next(word for word in words if word.head is None)
    if root.is_verb:
        _mend_verb_root(root, words)
        return
    if root.having("cop"):
        return
    if root.lower == root.noun_lemma and _disagrees(root):
        _make_head_noun(root)
        return
    for clause in root.having("acl:relcl"):
        before = next(word for word in words if word.number >= clause.number - 1)
        if clause.tag in _FINITE and before.number == clause.number - 1 and _is_only_a_verb(before):
            _split_relative(root, before, clause, words)
            return
    verb = root if _is_only_a_verb(root) or _is_coordinated_verb(root) else None
    if verb is None:
        verb = next((word for word in words if _is_misplaced(word)), None)
    if verb is None and root.having("nsubj") and root.text.islower() and "VERB" in lemmas(root.lower):
        verb = root if not root.having("det", "amod", "case", "nmod:poss", "nummod") else None
    if verb is None:
        verb = next((word for word in words if _is_finite_participle(word, root)), None)
    if verb is None and not any(_is_main_verb(word) for word in words):
        verb = next((word for word in words if _is_plural_after_one(word)), None)
    if verb is not None:
        promote(verb, root, words)


def _split_relative(noun: Word, inner: Word, main: Word, words: list[Word]) -> None:
    """Of two verbs in a row the first is the relative clause's: "The senator whom [protesters booed] greets"."""
    inner.tag = "VBD"
    if inner.head is not None and inner.head is not main:  # taken for an apposition of its subject
        inner.head.dep = "nsubj"
    _move(inner, noun, "acl:relcl")
    for child in list(main.children):
        if child.number < inner.number:
            _move(child, inner, "obj" if child.tag in ("WDT", "WP") else child.dep)
    promote(main, noun, words)


def _mend_verb_root(root: Word, words: list[Word]) -> None:
    plural = root.tag in ("VBZ", "VBP") and "NOUN" in lemmas(root.lower) and not root.having("aux", "cop", "obj")
    if not plural:
        return
    if root.tag == "VBP" and _disagrees(root):
        _make_head_noun(root)
        return
    if root.number == words[0].number and not root.having("nsubj") and root.lower.endswith("s"):
        finite = next((child for child in root.having("advcl", "ccomp", "parataxis") if child.tag in _FINITE), None)
        root.tag = "NNS"  # no caption opens with a finite verb: "Clashes between farmers left two people dead"
        if finite is not None:
            first = finite.having("nsubj")
            for noun in first if first and first[0].having("case") else []:
                _move(noun, root, "nmod")
            promote(finite, root, words)
        return
    before = next((word for word in words if word.number == root.number - 1), None)
    if before is not None and _is_misplaced(before):  # "the minister of Chile [holds] talks with a leader"
        root.tag = "NNS"
        promote(before, root, words)


def _disagrees(verb: Word) -> bool:
    """Whether a plural verb has a singular subject, which ends right before it in a noun: "Scene of a knife attack"."""
    subjects = verb.having("nsubj", "nsubj:pass")
    if len(subjects) != 1 or subjects[0].tag != "NN" or subjects[0].having("conj"):
        return False
    subject = subjects[0]
    inner = next((part for part in subject.subtree() if part.number == verb.number - 1), None)
    counted = subject.lower in UNCHANGED_PLURALS or subject.lower in nouns("quantities") or subject.lower == "number"
    return (
        inner is not None and inner is not subject and inner.tag == "NN" and bool(inner.having("case")) and not counted
    )


def _make_head_noun(word: Word) -> None:
    """Makes a "verb" the noun that the noun before it modifies, and its subject the head of the sentence."""
    top = word.having("nsubj", "nsubj:pass")[0]
    modifier = next(part for part in top.subtree() if part.number == word.number - 1)
    holder, dep = modifier.head, modifier.dep
    assert holder is not None
    word.children.remove(top)
    top.head, top.dep, word.tag = None, "ROOT", "NN"
    word.move(holder, dep)
    for child in list(modifier.children):
        child.move(word, child.dep)
    modifier.move(word, "compound")
    for child in word.having("obl", "punct", "advcl"):
        if child.dep == "obl":
            child.dep = "nmod"
        elif child.number > word.number:
            child.move(top, child.dep)


def _is_coordinated_verb(root: Word) -> bool:
    """Whether a "noun" is coordinated with a finite verb, as only a verb can be: "Police chase and arrest"."""
    if not root.text.islower() or root.lower != root.verb_lemma or "VERB" not in lemmas(root.lower):
        return False
    finite = any(child.tag in ("VBP", "VBZ") and not child.having("nsubj") for child in root.having("conj"))
    return finite and bool(root.having("compound")) and not root.having("det", "case")


def _is_misplaced(word: Word) -> bool:
    """Whether a finite verb stands where only a noun or an adjective can."""
    if word.tag not in ("VBZ", "VBP") or word.having("nsubj") or word.head is None or not word.text.islower():
        return False
    if word.having("case", "det") and not word.having("compound", "amod"):
        return False
    if word.dep == "conj":
        return word.head.is_noun
    return word.dep in _INSIDE_A_PHRASE


def _is_main_verb(word: Word) -> bool:
    return word.tag in (*_FINITE, "MD") and word.dep not in ("advcl", "acl:relcl", "acl", "ccomp")


def _is_finite_participle(word: Word, root: Word) -> bool:
    """Whether what was read as a participle has an object, which a passive participle cannot have."""
    if _has_object(word) and word.dep == "acl" and word.number > root.number:
        return all(part.dep in ("acl", "obl:agent", "obl", "nmod", "conj", "ROOT") for part in word.ancestors())
    if word.head is not root or word.tag not in ("VBN", "VBD") or word.having("aux", "aux:pass", "nsubj", "mark"):
        return False
    # "a storm destroyed hundreds of homes": no plural has an article of the singular
    return (
        word.dep == "amod"
        and root.tag == "NNS"
        and bool(word.having("compound"))
        and any(child.lower in _ONE and child.number < word.number for child in [*root.children, *word.children])
    )


def _has_object(word: Word) -> bool:
    """Whether a bare "participle" has an object of its own, so that it can be no passive."""
    return (
        word.tag in ("VBN", "VBD")
        and word.verb_lemma not in _TWO_OBJECTS
        and any(child.dep == "obj" and child.number > word.number for child in word.children)
        and not word.having("aux", "aux:pass", "nsubj", "mark", "obl:agent")
    )


def _is_plural_after_one(word: Word) -> bool:
    """Whether "a" stands before what looks like a plural, with a noun of its own between: "from a well smiles at"."""
    return (
        word.tag == "NNS"
        and word.text.islower()
        and word.lower.endswith("s")
        and "VERB" in lemmas(word.lower)
        and any(child.lower in ("a", "an") for child in word.having("det"))
        and bool(word.having("amod", "compound"))
    )


def _phrase_left_of(verb: Word) -> Word | None:
    """The noun phrase that was taken for the front of a verb, put together: its last word heads it."""
    left = [child for child in verb.children if child.number < verb.number and child.dep in _BEFORE_NOUNS]
    noun = next((child for child in reversed(left) if child.dep in ("compound", "amod", "nmod:desc", "nummod")), None)
    if noun is None:
        return None
    if noun.tag.startswith("JJ"):
        noun.tag = "NN"
    for child in left:
        if child is not noun and child.dep != "punct":
            _move(child, noun, child.dep)
    given = next((child for child in noun.having("compound") if child.number == noun.number - 1), None)
    if given is None or given.tag != "NNP" or noun.tag != "NNP" or given.name != noun.name or noun.head is None:
        return noun
    _move(given, noun.head, noun.dep)  # "Anna [Keller hugs]": a name is headed by its first word
    _move(noun, given, "flat")
    for child in list(noun.children):
        _move(child, given, child.dep)
    return given


def promote(verb: Word, root: Word, words: list[Word]) -> None:
    """Makes a word the main verb of its sentence: what stands left of it is its subject, what right its object.

    Args:
        verb: the word, whatever it was taken for.
        root: what heads the sentence so far.
        words: the words of the sentence.
    """
    holder, dep = verb.head, verb.dep
    noun = _phrase_left_of(verb)
    if noun is not None:
        if noun.having("case") and holder is not None and noun not in (holder, *holder.ancestors()):
            _move(noun, holder, "obl" if holder.is_verb else "nmod")
        elif dep == "conj" and holder is not None and noun.having("cc"):
            _move(noun, holder, "conj")
        else:
            noun.dep = "nsubj"
    if holder is not None:
        holder.children.remove(verb)
    verb.head, verb.dep = None, "ROOT"
    if not verb.is_verb:
        verb.tag = "VBZ" if verb.lower.endswith("s") else "VBP"
    elif verb.tag == "VBN":
        verb.tag = "VBD"
    for child in [*root.children] if root is not verb and root.number > verb.number else []:
        if child.dep in ("obl", "advcl", "obl:agent") and child.number > root.number:
            _move(child, verb, child.dep)
    for word in words:
        head = word.head
        if word is verb or head is verb:
            continue
        if head is None or (head.number < verb.number) != (word.number < verb.number):
            _hang(word, verb)
    _mend_right(verb)


def _hang(word: Word, verb: Word) -> None:
    """Hangs a word, whose head stands on the other side of the verb, on the verb."""
    nominal = word.is_noun or word.tag in ("PRP", "CD", "DT")
    if nominal and word.having("case"):
        _move(word, verb, "obl")
    elif nominal and word.number < verb.number:
        _move(word, verb, "dep" if verb.having("nsubj") and word.dep != "nsubj" else "nsubj")
    elif nominal:
        _move(word, verb, "obl:unmarked" if verb.having("obj") or entity_type(word) == "TIME" else "obj")
    else:
        _move(word, verb, word.dep if word.dep in ("punct", "advmod", "advcl", "cc", "mark", "xcomp") else "dep")


def _mend_right(verb: Word) -> None:
    for child in verb.children:
        if child.number < verb.number or not child.is_noun:
            continue
        if child.dep in ("nmod", "nsubj", "appos", "dep", "nmod:unmarked"):
            child.dep = "obl" if child.having("case") else "obj"


def _move(word: Word, head: Word, dep: str) -> None:
    """Hangs a word elsewhere, unless that is below itself: trees of odd texts are odd."""
    if word is not head and word not in head.ancestors():
        word.move(head, dep)


@cache
def lemmas(word: str) -> dict[str, tuple[str, ...]]:
    """The dictionary forms of a lower-case word by its part of speech; empty for an unknown word."""
    found: dict[str, tuple[str, ...]] = lemminflect.getAllLemmas(word)
    return found
