"""Puts noun phrases together that the parser tore apart: nouns taken for verbs, and names apart from their titles."""

from eventclip_extract.entities import class_of_noun
from eventclip_extract.inflection import lemmas
from eventclip_extract.retagging import move
from eventclip_extract.syntax import Parse, Word

_CLAUSES = ("xcomp", "ccomp", "acl", "advcl", "parataxis", "dep")
_INSIDE = ("det", "amod", "compound", "nmod:poss", "nummod", "case", "nmod:desc")
_NOMINAL = ("obl", "obj", "nmod", "nsubj", "nsubj:pass", "obl:agent", "conj")


def mend_nominals(parse: Parse) -> None:
    """Mends the tree in place, before anything else is mended."""
    for word in parse.words:
        if word.number and word.tag[:2] in ("VB", "RB") and word.text.islower() and _is_only_a_noun(word.lower):
            _make_noun(parse.words[word.number - 1], word)
    for word in parse.words[1:]:
        if word.tag == "NNP" and word.name[:3] == "PER":
            _join_title(parse, word)
    for word in parse.words:
        if word.lower == "of" and word.dep == "case" and word.number and word.head is not None:
            _hang_on_whole(parse.words[word.number - 1], word.head)


def _is_only_a_noun(lower: str) -> bool:
    return lower.isalpha() and len(lower) > 3 and lemmas(lower).keys() == {"NOUN"}


def _make_noun(before: Word, word: Word) -> None:
    """Makes a "verb" the noun that the dictionary says it is, and the head of those before it: "at a NATO summit"."""
    word.tag = "NNS" if word.lower != word.noun_lemma else "NN"
    head = word.head
    for child in word.having("nsubj", "advmod", "nsubj:pass"):
        if child is before and (child.is_noun or child.tag == "JJ"):
            _absorb(child, word)
    if head is None or word.dep not in (*_CLAUSES, "advmod", "flat"):
        return
    if before is head and head.is_verb:
        word.dep = "obj"  # "chant slogans"
    elif before.is_noun and before.dep in _NOMINAL and before.head is not None and word not in before.ancestors():
        holder, dep = before.head, before.dep
        move(word, holder, dep)
        if word.head is holder:
            _absorb(before, word)


def _absorb(first: Word, noun: Word) -> None:
    """Makes a noun phrase the front of the noun that it stands right before."""
    for child in [child for child in first.children if child.number < first.number and child.dep in _INSIDE]:
        if child.dep != "compound":
            move(child, noun, child.dep)
    move(first, noun, "amod" if first.tag == "JJ" else "compound")


def _join_title(parse: Parse, first: Word) -> None:
    """Hangs a title on the name right behind it: "a supporter of [opposition leader Anna Berg]"."""
    title = parse.words[first.number - 1]
    if title.tag != "NN" or not title.text.islower() or class_of_noun(title.noun_lemma) != "PER":
        return
    name = first
    if first.dep == "compound" and first.head is not None and first.head.tag == "NNP" and first.head.name:
        name = first.head
    if title.head in (first, name) or name.head is None or any(child.dep == "case" for child in name.children):
        return
    if name.dep in ("flat", "compound") and name.head.number < title.number:  # of another name
        return
    head, dep = title.head, title.dep
    subject = name.dep in ("nsubj", "nsubj:pass")
    if subject and not _has_other_subject(name):
        if (
            dep in ("ROOT", "obl:unmarked", "dep", "advmod", "compound")
            and not title.case
            and title not in name.ancestors()
        ):
            _hang_title(title, name)
        return
    if name is title or title in name.ancestors():
        if name.head is title and dep != "ROOT" and head is not None:  # "[leader] has the name for its object"
            move(name, head, dep)
            _hang_title(title, name)
        return
    if head is None or name in head.ancestors() or head is name:
        return
    move(name, head, dep)
    _hang_title(title, name)


def _hang_on_whole(whole: Word, part: Word) -> None:
    """Hangs a "subject" with "of" on the noun before it: it is none ("a supporter [of Anna Berg] waves")."""
    while part.dep in ("nmod:desc", "compound") and part.head is not None and part.head.number > part.number:
        part = part.head
    if part.dep in ("nsubj", "nsubj:pass", "appos", "obj") and whole.is_noun and whole is not part.head:
        if len(part.having("case")) < 2 and part.number > whole.number:
            move(part, whole, "nmod")
    elif part.dep == "appos" and whole is part.head:
        part.dep = "nmod"


def _has_other_subject(name: Word) -> bool:
    assert name.head is not None
    return any(child is not name and child.number < name.number for child in name.head.having("nsubj", "nsubj:pass"))


def _hang_title(title: Word, name: Word) -> None:
    for child in list(title.children):
        move(child, name, child.dep)
    move(title, name, "nmod:desc")
