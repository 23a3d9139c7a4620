"""Finds the verb of a clause where the tagger took it for something else, and hangs the rest of the clause on it.

Captions tell the present in short words that are nouns as well ("guards search trucks"), and the past in forms that
are participles as well ("a blast killed two people"). What gives a verb away is that the tree would not be English
otherwise: a finite verb inside a noun phrase, a plural after "a", a word that no dictionary has as a noun.
"""
# ruff: noqa: SIM905 - lists of words are easiest to read and to change as text

from eventclip_extract.embedding import (
    OPENERS,
    mend_adverbial_participle,
    mend_as,
    mend_clause,
    mend_clause_in_list,
    mend_closing_participle,
    mend_complement,
    mend_enclosed_participle,
    mend_inner_opener,
    mend_list,
    mend_low_participle,
    mend_opener,
    mend_participle_of_object,
    mend_particle,
    mend_second_subject,
)
from eventclip_extract.english import UNCHANGED_PLURALS
from eventclip_extract.entities import class_of_noun, entity_type, nouns
from eventclip_extract.inflection import lemmas
from eventclip_extract.retagging import (
    FINITE,
    TWO_OBJECTS,
    has_object,
    is_only_a_verb,
    mend_right,
    mend_tag,
    move,
    phrase_left_of,
)
from eventclip_extract.syntax import Parse, Word

_INSIDE_A_PHRASE = ("nmod", "compound", "amod", "flat", "appos", "obl", "obj", "nmod:desc", "nmod:unmarked")
_CLAUSES = ("acl", "acl:relcl", "advcl", "ccomp")
_ONE = frozenset("a an this that each every another".split())
_INTRANSITIVE = frozenset(
    "arrive land depart die fall collapse march rally capsize explode erupt return happen walk go come emerge protest "
    "riot clash pray weep smile dance sleep wait kneel".split()
)
"""Verbs that have no passive, so that what looks like their participle is the past."""


def mend_predicates(parse: Parse) -> None:
    """Mends the tree in place, before anything else is mended."""
    for word in parse.words:
        if word.tag[:1] in "JNVR" or word.lower in ("amid", "amidst"):
            mend_tag(parse, word)
    for word in parse.words:
        if word.dep == "case" and word.head is not None:
            mend_particle(parse, word, word.head)
            if word.lower == "as":
                mend_as(word, word.head)
            elif word.number == 0:
                mend_opener(parse, word, word.head)
            elif word.lower in OPENERS:
                mend_inner_opener(parse, word, word.head)
        if word.dep == "aux:pass" and word.head is not None:  # "[a man got] arrested"
            for child in word.having("nsubj", "nsubj:pass"):
                move(child, word.head, "nsubj:pass")
        if word.tag.startswith("VB") and word.children:
            mend_complement(word)
            mend_clause(parse, word)
            if word.dep == "xcomp" and word.tag == "VBN" and word.number:
                mend_participle_of_object(parse, word)
            if word.dep == "advcl" and word.tag == "VBN":
                mend_adverbial_participle(parse, word)
            if word.dep == "acl" and word.tag in ("VBN", "VBG"):
                mend_low_participle(parse, word)
            if word.tag in ("VBN", "VBD"):
                mend_enclosed_participle(parse, word)
            mend_second_subject(parse, word)
        if word.dep == "iobj" and word.head is not None and _takes_one_object(word.head):
            word.dep = "obj"  # "greets April Jones"
        elif word.dep == "xcomp" and word.is_noun and word.head is not None and _has_no_predicate(word.head):
            word.dep = "obj"  # "attacked the nightclub"
        if word.dep == "conj":
            mend_clause_in_list(parse, word)
        if word.dep in ("appos", "parataxis", "dep", "list"):
            mend_list(word)
    for words in parse.sentences():
        _mend_sentence(parse, words)
        _make_gerund(words)
    for word in parse.words:
        if word.tag == "VBG" and word.dep == "advcl" and word.number:
            mend_closing_participle(parse, word)
        elif word.tag in FINITE and word.number:
            _part_subject(parse.words[word.number - 1], word)
            if word.tag == "VBZ":
                _give_subject(parse.words[word.number - 1], word)


def _takes_one_object(verb: Word) -> bool:
    return verb.verb_lemma not in TWO_OBJECTS and not verb.having("obj", "ccomp", "xcomp")


_TAKES_PREDICATE = frozenset(
    "be become remain seem appear stay look feel sound smell taste prove turn go come get grow fall run keep leave "
    "find think believe judge want like need prefer return die marry part stand sit lie pose dress act serve".split()
)
"""Verbs behind which a noun may say what their subject or object is."""


def _has_no_predicate(verb: Word) -> bool:
    """Whether a noun behind a verb can only be its object."""
    if not verb.is_verb or verb.verb_lemma in TWO_OBJECTS or verb.verb_lemma in _TAKES_PREDICATE:
        return False
    return not verb.having("obj", "iobj", "nsubj:pass", "aux:pass", "cop") and bool(verb.having("nsubj"))


def _mend_sentence(parse: Parse, words: list[Word]) -> None:
    """Gives a sentence the main verb that it was not found to have."""
    root = next(word for word in words if word.head is None)
    for word in words:
        if (word.dep == "flat" or word is root) and _ends_a_name(parse, word, root):
            for subject in word.having("obj"):  # "Anna Berg [listens] as Paul Weber speaks"
                if word.number < subject.number < root.number:
                    for case in subject.having("case"):
                        case.move(root, "mark")
                    subject.move(root, "nsubj")
            root.dep = "advcl" if root.having("mark") else root.dep
            promote(word, root, words)
            for clause in word.having("acl"):
                clause.dep = "advcl"  # "pauses while speaking"
            return
    if root.is_verb:
        _mend_verb_root(root, words)
        return
    if root.having("cop"):
        return
    if _is_title_of_subject(root):
        _raise_subject(root, root.having("ccomp", "parataxis")[0], words)
        return
    if root.lower == root.noun_lemma and _disagrees(root):
        _make_head_noun(root)
        return
    for clause in root.having("acl:relcl"):
        before = next(word for word in words if word.number >= clause.number - 1)
        if clause.tag in FINITE and before.number == clause.number - 1 and is_only_a_verb(before):
            _split_relative(root, before, clause, words)
            return
    verb = root if is_only_a_verb(root) or _is_coordinated_verb(root) else None
    if verb is None:
        verb = next((word for word in words if _is_misplaced(word)), None)
    if verb is None:
        verb = next((word for word in words if _is_verb_before_object(word, root)), None)
    if verb is None and root.having("nsubj") and root.text.islower() and "VERB" in lemmas(root.lower):
        verb = root if not root.having("det", "amod", "case", "nmod:poss", "nummod") else None
    if verb is None:
        verb = next((word for word in words if _is_finite_participle(word, root)), None)
    if verb is None:
        verb = next((word for word in words if _part_participle(parse, word) or _part_past(word)), None)
    if verb is None and not any(_is_main_verb(word) for word in words):
        verb = next((word for word in words if _is_plural_after_one(word) or _has_a_place_of_verbs(parse, word)), None)
    if verb is not None:
        promote(verb, root, words)


def _is_title_of_subject(root: Word) -> bool:
    """Whether the "head" of a sentence is what the subject behind it is: "[Aid worker] Ana Berg stands"."""
    clauses = root.having("ccomp", "parataxis")
    if len(clauses) != 1 or clauses[0].tag not in FINITE or root.having("det", "nummod", "nsubj", "nmod"):
        return False
    subjects = clauses[0].having("nsubj", "nsubj:pass")
    names = bool(subjects) and subjects[0].tag == "NNP" and subjects[0].number == root.number + 1
    return names and class_of_noun(root.noun_lemma) == "PER"


def _raise_subject(title: Word, verb: Word, words: list[Word]) -> None:
    name = verb.having("nsubj", "nsubj:pass")[0]
    promote(verb, title, words)
    move(name, verb, name.dep if name.dep.startswith("nsubj") else "nsubj")
    move(title, name, "nmod:desc")


def _is_verb_before_object(word: Word, root: Word) -> bool:
    """Whether what was taken to describe the head of a sentence has a subject: "Officials [open] ballot boxes"."""
    subjects = word.having("nsubj") if word.dep == "amod" and root.tag == "NNS" else []
    if not subjects:
        return False
    plural = subjects[0].tag == "NNS" and subjects[0].number == word.number - 1
    return word.tag == "VBD" or (word.tag == "JJ" and plural and "VERB" in lemmas(word.lower))


def _make_gerund(words: list[Word]) -> None:
    """Makes a noun of the participle that opens a sentence as its subject: "[Fighting] in the east killed three"."""
    first, verb = words[0], words[0].head
    if first.tag != "VBG" or first.dep != "advcl" or verb is None or "NOUN" not in lemmas(first.lower):
        return
    between = words[1 : verb.number - first.number]
    if verb.tag not in FINITE or verb.having("nsubj", "nsubj:pass", "expl") or any(w.text == "," for w in between):
        return
    if first.having("obj", "iobj", "xcomp", "ccomp"):
        return
    first.tag, first.dep = "NN", "nsubj"
    for child in first.having("obl"):
        child.dep = "nmod"


def _part_subject(noun: Word, verb: Word) -> None:
    """Makes a noun phrase that was taken for the front of a finite verb its subject: "[The envoy] arrives"."""
    if verb.dep not in ("ROOT", "conj", "advcl", "ccomp", "acl:relcl") or verb.having("nsubj", "nsubj:pass", "expl"):
        return
    many = noun.tag in ("NNS", "NNPS") or noun.lower in UNCHANGED_PLURALS
    if noun.head is verb and noun.dep in ("compound", "amod") and (many or verb.having("det", "nmod:poss")):
        subject = phrase_left_of(verb)
        if subject is not None:
            subject.dep = "nsubj"


def _give_subject(name: Word, verb: Word) -> None:
    """Makes the name right before a finite verb without a subject its subject: "[President Xi Jinping] speaks"."""
    if verb.having("nsubj", "nsubj:pass", "csubj", "aux", "cop", "expl") or not (name.name or name.text[0].isupper()):
        return
    holders = [name, *name.ancestors()]
    if verb in holders:
        part = holders[holders.index(verb) - 1]
        noun = phrase_left_of(verb) if part.dep == "compound" and not part.having("case") else None
        if noun is not None:
            noun.tag, noun.dep = "NNP", "nsubj"
        return
    top = next((word for word in holders if word.head is verb.head), None) if name.name else None
    if top is None or verb.head is None or top.having("case") or top.number > verb.number:
        return
    if verb.dep in ("appos", "parataxis", "list", "dep", "vocative"):
        move(top, verb, "nsubj")


def _ends_a_name(parse: Parse, word: Word, root: Word) -> bool:
    """Whether a verb was taken for the last part of a person's name: "President Anna Berg [smiles] as she leaves"."""
    if word.tag not in ("NN", "NNS", "VBZ") or not word.text.islower() or "VERB" not in lemmas(word.lower):
        return False
    if word.lower.endswith("ing") or class_of_noun(word.noun_lemma) in ("PER", "ORG"):
        return False
    if word is root:  # "Anna Berg [pauses] while speaking"
        names = [child for child in root.having("compound") if child.tag == "NNP" and child.having("flat", "nmod:desc")]
        before = parse.words[word.number - 1]
        if word.tag != "NNS" or not names or root.having("det", "cop") or before.text.islower():
            return False
        return entity_type(names[-1]) in ("PER", None)
    name = word.head
    if name is None or word is not name.having("flat")[-1]:
        return False
    if parse.words[word.number - 1].tag not in ("NNP", "-RRB-", ",") or (root.is_verb and root.number < word.number):
        return False
    inside = any(part.dep in _CLAUSES for part in (name, *name.ancestors()))
    return not inside and entity_type(name) in ("PER", None)


def _split_relative(noun: Word, inner: Word, main: Word, words: list[Word]) -> None:
    """Of two verbs in a row the first is the relative clause's: "The senator whom [protesters booed] greets"."""
    inner.tag = "VBD"
    if inner.head is not None and inner.head is not main:  # taken for an apposition of its subject
        inner.head.dep = "nsubj"
    move(inner, noun, "acl:relcl")
    for child in list(main.children):
        if child.number < inner.number:
            move(child, inner, "obj" if child.tag in ("WDT", "WP") else child.dep)
    promote(main, noun, words)


def _mend_verb_root(root: Word, words: list[Word]) -> None:
    inner = next((child for child in root.children if child.tag == "VBZ" and child.having("nsubj")), None)
    if root.tag == "VBP" and inner is not None and inner.dep in ("obj", "ccomp", "xcomp"):
        first = root.having("nsubj")
        if first and first[0].number == root.number - 1 and first[0].tag == "NN" and first[0].having("det"):
            _fold(root, first[0], inner, words)  # "A strike force soldier guards a bridge"
            return
    plural = root.tag in ("VBZ", "VBP") and "NOUN" in lemmas(root.lower) and not root.having("aux", "cop", "obj")
    if not plural:
        return
    if root.tag == "VBP" and _disagrees(root):
        _make_head_noun(root)
        return
    if root.number == words[0].number and not root.having("nsubj") and root.lower.endswith("s"):
        finite = next((child for child in root.having("advcl", "ccomp", "parataxis") if child.tag in FINITE), None)
        root.tag = "NNS"  # no caption opens with a finite verb: "Clashes between farmers left two people dead"
        if finite is not None:
            first = finite.having("nsubj")
            for noun in first if first and first[0].having("case") else []:
                move(noun, root, "nmod")
            promote(finite, root, words)
        return
    before = next((word for word in words if word.number == root.number - 1), None)
    if before is not None and _is_misplaced(before):  # "the minister of Chile [holds] talks with a leader"
        root.tag = "NNS"
        promote(before, root, words)


def _fold(root: Word, first: Word, verb: Word, words: list[Word]) -> None:
    """Makes a "verb" and its singular "subject" the front of the subject of the verb behind them."""
    noun = verb.having("nsubj")[0]
    root.tag = "NN"
    for child in list(first.children):
        child.move(noun, child.dep)
    promote(verb, root, words)
    first.move(noun, "compound")
    root.move(noun, "compound")


def _disagrees(verb: Word) -> bool:
    """Whether a plural verb has a singular subject, which ends right before it in a noun: "Scene of a knife attack"."""
    subjects = verb.having("nsubj", "nsubj:pass")
    if len(subjects) != 1 or subjects[0].having("conj"):
        return False
    subject = subjects[0]
    if subject.tag != "NN" and not (subject.tag == "NNP" and subject.number == 0 and "NOUN" in lemmas(subject.lower)):
        return False
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
    if word.dep == "xcomp":  # "Students demanding reforms [clash] with guards": no finite verb complements a verb
        return word.tag == "VBP" and not word.having("mark", "aux") and word.head.dep == "acl"
    return word.dep in _INSIDE_A_PHRASE


def _is_main_verb(word: Word) -> bool:
    return word.tag in (*FINITE, "MD") and word.dep not in ("advcl", "acl:relcl", "acl", "ccomp")


def _is_finite_participle(word: Word, root: Word) -> bool:
    """Whether what was read as a participle has an object, which a passive participle cannot have."""
    past = word.tag in ("VBN", "VBD") and word.verb_lemma in _INTRANSITIVE and not word.having("nsubj", "mark", "aux")
    if (past or has_object(word)) and word.dep == "acl" and word.number > root.number:
        return all(part.dep in ("acl", "obj", "obl:agent", "obl", "nmod", "conj", "ROOT") for part in word.ancestors())
    if word.head is not root or word.tag not in ("VBN", "VBD") or word.having("aux", "aux:pass", "nsubj", "mark"):
        return False
    # "a storm destroyed hundreds of homes": no plural has an article of the singular
    return (
        word.dep == "amod"
        and root.tag == "NNS"
        and bool(word.having("compound"))
        and any(child.lower in _ONE and child.number < word.number for child in [*root.children, *word.children])
    )


def _part_past(word: Word) -> bool:
    """Parts a past that hangs like a noun behind a name from it: "Troops from Chad [fought] rebels".

    Returns:
        Whether there was such a past, which is then to be promoted.
    """
    noun = word.head
    if word.tag != "VBD" or word.dep not in ("nmod", "compound") or noun is None or not noun.is_noun:
        return False
    name = next((child for child in word.having("nsubj") if child.number == word.number - 1), None)
    if name is None:
        return False
    if word.dep == "compound":  # "Troops from Chad [fought] rebel fighters"
        cases = [case for case in noun.having("case") if case.number < name.number]
        if not cases or noun.head is None:
            return False
        for case in cases:
            case.move(name, "case")
        noun = noun.head
    if not name.having("case"):
        return False
    name.move(noun, "nmod")
    return True


def _part_participle(parse: Parse, word: Word) -> bool:
    """Parts a participle between a name and a noun from the name: "the invasion of Sweden [displaced] thousands".

    Returns:
        Whether there was such a participle, which is then to be promoted.
    """
    if word.dep != "amod" or word.tag not in ("JJ", "VBN", "VBD") or not word.lower.endswith("ed") or not word.number:
        return False
    name, noun = parse.words[word.number - 1], word.head
    if noun is None or name.head is not noun or name.dep != "compound" or "VERB" not in lemmas(word.lower):
        return False
    if name.having("nmod:poss") and noun.head is None and not noun.having("det"):
        return True  # "a teachers' strike [closed] schools"
    if noun.head is None or name.tag != "NNP":
        return False
    if not name.name or noun.number < word.number or noun.having("det"):
        return False
    holder, dep = noun.head, noun.dep
    if not holder.is_noun or holder.number > name.number or any(one.tag in FINITE for one in parse.words):
        return False
    for child in [child for child in noun.children if child.number < word.number and child is not name]:
        child.move(name, child.dep)
    name.move(holder, dep)
    return True


def _has_a_place_of_verbs(parse: Parse, word: Word) -> bool:
    """Whether a bare word between a plural and a noun, or between two noun phrases, can only be their verb."""
    if not 0 < word.number < len(parse.words) - 1 or word.lower != word.verb_lemma or not word.text.islower():
        return False
    before, after = parse.words[word.number - 1], parse.words[word.number + 1]
    if word.tag in ("JJ", "JJR", "JJS"):  # "Farm workers [harvest] grapes"
        return before.tag == "NNS" and after.is_noun and {"ADJ", "VERB"} & lemmas(word.lower).keys() == {"VERB"}
    people = (
        before.tag == "NNPS"
        or before.lower == "couple"
        or (before.tag == "NNS" and class_of_noun(before.noun_lemma) == "PER")
    )
    if word.tag == "NN" and people and before.head is word and before.dep == "compound" and not word.having("det"):
        return after.tag == "IN" and word.head is None and "VERB" in lemmas(word.lower)  # "Marines [fire] at rebels"
    # no noun has an article behind it: "Teachers on strike [block] a road"
    return word.tag == "NN" and before.is_noun and after.tag in ("DT", "PRP$") and "VERB" in lemmas(word.lower)


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


def promote(verb: Word, root: Word, words: list[Word]) -> None:
    """Makes a word the main verb of its sentence: what stands left of it is its subject, what right its object.

    Args:
        verb: the word, whatever it was taken for.
        root: what heads the sentence so far.
        words: the words of the sentence.
    """
    holder, dep = verb.head, verb.dep
    noun = phrase_left_of(verb)
    if noun is not None:
        if noun.having("case") and holder is not None and noun not in (holder, *holder.ancestors()):
            move(noun, holder, "obl" if holder.is_verb else "nmod")
        elif dep == "conj" and holder is not None and noun.having("cc"):
            move(noun, holder, "conj")
        elif dep == "obj" and holder is not None and holder.dep == "acl" and not noun.having("nsubj"):
            move(noun, holder, "obj")  # "a woman holding a baby [crosses] a river"
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
            move(child, verb, child.dep)
    for word in words:
        head = word.head
        if word is verb or head is verb:
            continue
        if head is None or (head.number < verb.number) != (word.number < verb.number):
            _hang(word, verb)
    mend_right(verb)


def _hang(word: Word, verb: Word) -> None:
    """Hangs a word, whose head stands on the other side of the verb, on the verb."""
    nominal = word.is_noun or word.tag in ("PRP", "CD", "DT")
    if nominal and word.having("case"):
        move(word, verb, "obl")
    elif nominal and word.number < verb.number:
        move(word, verb, "dep" if verb.having("nsubj") and word.dep != "nsubj" else "nsubj")
    elif nominal:
        move(word, verb, "obl:unmarked" if verb.having("obj") or entity_type(word) == "TIME" else "obj")
    else:
        move(word, verb, word.dep if word.dep in ("punct", "advmod", "advcl", "cc", "mark", "xcomp") else "dep")
