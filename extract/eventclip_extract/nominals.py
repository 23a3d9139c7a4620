"""Puts noun phrases together that the parser tore apart: nouns taken for verbs, and names apart from their titles."""

from eventclip_extract.entities import class_of_noun, entity_type, nouns
from eventclip_extract.inflection import lemmas
from eventclip_extract.retagging import TWO_OBJECTS, is_only_a_verb, move
from eventclip_extract.syntax import Parse, Word

_CLAUSES = ("xcomp", "ccomp", "acl", "advcl", "parataxis", "dep")
_INSIDE = ("det", "amod", "compound", "nmod:poss", "nummod", "case", "nmod:desc")
_INSIDE_OR_FLAT = (*_INSIDE, "flat")
_PARTS = ("nsubj", "nsubj:pass", "obj")
TWINS = (*_PARTS, "compound")
_NOMINAL = ("obl", "obj", "nmod", "nsubj", "nsubj:pass", "obl:agent", "conj")


def mend_nominals(parse: Parse) -> None:
    """Mends the tree in place, before anything else is mended."""
    for word in parse.words:
        if word.number and word.tag[:2] in ("VB", "RB") and word.text.islower() and _is_only_a_noun(word.lower):
            _make_noun(parse.words[word.number - 1], word)
    for word in parse.words[1:]:
        if word.tag == "NNP" and word.name[:3] in ("PER", ""):
            _join_title(parse, word)
            _join_house(word)
        elif word.dep in ("amod", "compound") and word.lower.endswith("ing"):
            _free_participle(parse.words[word.number - 1], word)
    for word in parse.words[:-1]:
        if word.tag == "NN" and word.dep in ("obl", "nmod") and word.text.islower():
            _join_bare(parse, word)
        elif word.tag == "NNS" and word.dep == "nmod" and word.case == "in":
            _free_verb(parse, word)
    for word in parse.words:
        if word.tag == "NNP" and word.dep in ("compound", "amod"):
            _put_first(parse, word)
        if word.lower == "of" and word.dep == "case" and word.number and word.head is not None:
            _hang_on_whole(parse.words[word.number - 1], word.head)


def join_owner(parse: Parse, mark: Word) -> None:
    """Hangs an owner on what is his where both were taken for the subject: "[Colombia's] President Juan Santos"."""
    owner = mark.head
    if owner is None or owner.number > mark.number or mark.number + 1 >= len(parse.words):
        return
    owned = parse.words[mark.number + 1]
    while owned.head is not None and owned.dep in _INSIDE_OR_FLAT and owned.head is not owner:
        owned = owned.head
    if owned.head is owner and owned.dep == "appos" and owned.number > mark.number and owned.tag == "NNP":
        _swap(owner, owned)  # "[Britain's] Prime Minister Theresa May"
        return
    first = owner.head if owner.dep == "conj" else owner
    if first is None or owned.number < mark.number or owned.head is None or owned is first:
        return
    are_twins = owned.head is first.head and owned.dep == first.dep in _PARTS
    if are_twins or (first is not owner and owned.head is first):
        if first is not owner:  # "the emir and [Lebanon's] President Michel Aoun"
            move(owned, first, "conj")
            for child in owner.having("cc", "punct"):
                if child.number < owner.number:
                    move(child, owned, child.dep)
        move(owner, owned, "nmod:poss")


def _join_house(name: Word) -> None:
    """Makes whose title it is a part of the name behind it: "[White House] senior adviser Anna Berg"."""
    house, titles = name.head, name.having("nmod:desc")
    if name.dep not in ("appos", "conj") or house is None or not titles or not house.tag.startswith("NNP"):
        return
    first = min(titles[0].subtree(), key=lambda word: word.number)
    is_person = entity_type(house) == "PER" and house.having("flat")
    if first.number == house.number + 1 and first.tag[:2] in ("NN", "JJ") and not is_person:
        _swap(house, name, dep="compound")


def _put_first(parse: Parse, name: Word) -> None:
    """Makes a name the head of the office told behind its comma: "[Anna Berg], former speaker of the house, waves"."""
    office = name.head
    if office is None or office.noun_lemma.lower() not in nouns("people"):
        return
    last = max(word.number for word in name.subtree() if word.tag.startswith("NNP"))
    if last + 1 >= office.number or parse.words[last + 1].text != ",":
        return
    if office.head is None:
        office.children.remove(name)
        name.head, name.dep = None, "ROOT"
    else:
        move(name, office.head, office.dep)
    for child in list(office.children):
        if child.number < name.number or (child.dep == "conj" and is_only_a_verb(child)):
            move(child, name, child.dep)
    for part in [part for part in name.having("obj", "amod") if part.tag == "NNP"]:
        part.dep = "flat" if part.number > name.number else "compound"
    move(office, name, "appos")


def _swap(owner: Word, owned: Word, *, dep: str = "nmod:poss") -> None:
    """Puts what is owned, and was taken for an apposition of its owner, in the owner's place."""
    if owner.head is None:
        owner.children.remove(owned)
        owned.head, owned.dep = None, "ROOT"
    else:
        move(owned, owner.head, owner.dep)
    for child in [child for child in owner.children if child.number > owned.number]:
        move(child, owned, child.dep)
    move(owner, owned, dep)


def join_twin(first: Word) -> None:
    """Joins two subjects or objects of one word that stand side by side: "[a defector] [Ri Jong Ho] speaks"."""
    head = first.head
    second = None if head is None else next((one for one in head.having(first.dep) if one.number > first.number), None)
    if head is None or second is None or head.verb_lemma in TWO_OBJECTS or entity_type(first) == "TIME":
        return
    left, right = list(first.subtree()), min(second.subtree(), key=lambda word: word.number)
    if max(word.number for word in left) + 1 != right.number or not right.text[0].isalnum():
        return
    if any(word.dep == "cc" or word.text == "," for word in left):
        return  # a list: of how many is hard to tell
    if second.having("case"):
        if second.case == "of":
            move(second, first, "nmod")
        return
    kinds = class_of_noun(first.noun_lemma), class_of_noun(second.noun_lemma)
    if first.dep == "compound":
        if not {*kinds} <= {"VEH", "WEA", "OBJ"}:
            return  # "Turkish army drones"; but a "[car] [bomb] attack" has one instrument
    elif second.tag in ("NNP", "NNPS") or (second.tag == "NN" and second.text[0].isupper()):
        _join_names(first, second)
        return
    elif first.tag != "NN" or not second.tag.startswith("NN") or (first.dep == "obj" and kinds == ("PER", "PER")):
        return  # "held a woman hostage"
    if not second.having("det", "nmod:poss", "amod", "nummod"):
        _absorb(first, second)


def _join_names(first: Word, second: Word) -> None:
    """Makes one noun phrase of two, of which the second is a name: it heads a title, an office and an owner."""
    if any(child.tag == "POS" for child in first.children):
        for child in [child for child in first.children if child.number > first.number and child.tag != "POS"]:
            move(child, second, child.dep)
        move(first, second, "nmod:poss")
    elif first.tag == "NN" and class_of_noun(first.noun_lemma) == "PER":
        _hang_title(first, second)
    elif first.tag.startswith("NNP") and entity_type(first) == "PER":
        move(second, first, "flat")
    elif first.tag.startswith("NNP"):
        _absorb(first, second)


def _free_participle(noun: Word, verb: Word) -> None:
    """Gives a plural before a participle and its object its place: "hold [placards denouncing violence]"."""
    holder = verb.head
    if noun.tag != "NNS" or noun.dep != "compound" or holder is None or noun.head is not holder or holder.head is None:
        return
    if holder.number < verb.number or "VERB" not in lemmas(verb.lower):
        return
    move(noun, holder.head, holder.dep)
    for child in [child for child in holder.children if child.number < noun.number]:
        move(child, noun, child.dep)
    move(verb, noun, "acl")
    verb.tag = "VBG"
    move(holder, verb, "obj")


def _join_bare(parse: Parse, first: Word) -> None:
    """Joins a bare noun behind its preposition and the plural that follows it: "killed in [air strikes]"."""
    before, second = parse.words[first.number - 1], parse.words[first.number + 1]
    if before.dep != "case" or before.head is not first or second.tag not in ("NNS", "VBZ"):
        return
    if second.dep not in ("obj", "obl", "obl:unmarked", "nmod", "dep") or second.head is first or first.head is None:
        return
    if second in first.ancestors() or any(child.number < second.number for child in second.children):
        return
    if not second.text.islower() or "NOUN" not in lemmas(second.lower):
        return
    second.tag = "NNS"
    move(second, first.head, first.dep)
    _absorb(first, second)


def _free_verb(parse: Parse, verb: Word) -> None:
    """Makes the verb behind a colour that somebody wears the verb again: "an officer in blue [embraces] a soldier"."""
    colour, subject = parse.words[verb.number - 1], verb.head
    thing = None if subject is None else subject.head
    if colour.head is not verb or colour.lower not in nouns("colours") or "VERB" not in lemmas(verb.lower):
        return
    if subject is None or thing is None or subject.dep != "nsubj" or not thing.is_noun:
        return
    if min(part.number for part in thing.subtree() if part not in subject.subtree()) != verb.number + 1:
        return
    verb.tag = "VBZ"
    if thing.head is None:
        subject.children.remove(verb)
        verb.head, verb.dep = None, "ROOT"
        thing.head, thing.dep = verb, "obj"
        verb.children.append(thing)
    else:
        move(verb, thing.head, thing.dep)
        move(thing, verb, "obj")
    for case in verb.having("case"):
        move(case, colour, "case")
    move(subject, verb, "nsubj")
    move(colour, subject, "nmod")


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
    if first.dep == "compound" and first.head is not None and first.head.tag == "NNP":
        name = first.head if first.head.name or not first.name else first
    if not first.name and (name.dep != "appos" or name.head is not title):
        return  # "the president Monday"
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
