"""Mends clauses within a sentence and lists: which verb a participle, a subject, a particle or "as" belongs to."""
# ruff: noqa: SIM905 - lists of words are easiest to read and to change as text

from eventclip_extract.entities import entity_type
from eventclip_extract.inflection import lemmas
from eventclip_extract.retagging import FINITE, has_object, move, phrase_left_of
from eventclip_extract.syntax import Parse, Word

_KEEPS_PARTICIPLE = frozenset("have get see keep leave want need find hear make watch feel show".split())
"""Verbs that say in what state something is kept or seen: "found a man killed"."""
_PREVENT = frozenset("prevent stop ban bar keep block deter discourage prohibit".split())
_ORDERS = frozenset(
    "force order ask urge tell persuade invite allow help compel require permit teach encourage lead command instruct "
    "enable beg train".split()
)
"""Verbs with "to" after their object: what follows is done by the object, and no purpose of the subject."""


_BESIDE = frozenset({"conj", "xcomp", "advcl", "ccomp", "parataxis"})
"""How the parser hangs a finite verb whose place it does not see."""
_TELLS = frozenset("tell assure inform remind warn convince show teach persuade promise notify ask".split())
_SAYS = frozenset("say believe claim allege think report suspect fear know".split())


def mend_complement(verb: Word) -> None:
    """What an object is made or kept from doing hangs on the verb as its complement."""
    lemma = verb.verb_lemma
    if lemma in _PREVENT:
        for noun in verb.having("obj", "nsubj:pass"):
            for child in noun.having("acl"):
                if child.tag == "VBG" and any(mark.lower == "from" for mark in child.having("mark")):
                    move(child, verb, "xcomp")
    if lemma in _PREVENT:
        for child in verb.having("advcl"):
            if child.tag == "VBG" and any(mark.lower == "from" for mark in child.having("mark")):
                child.dep = "xcomp"
    if lemma in _ORDERS and verb.having("obj", "iobj", "nsubj:pass"):
        for child in verb.having("advcl"):
            if child.tag == "VB" and child.number > verb.number and child.having("mark")[:1] == child.children[:1]:
                child.dep = "xcomp"


def mend_particle(parse: Parse, word: Word, noun: Word) -> None:
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
        move(word, before, "compound:prt")
    elif (before.lower, word.lower) == ("front", "of") and noun.head is before and before.case == "in":
        _fold_front(before, noun)
    elif before.lower == "ahead" and word.lower == "of" and before.head is not None and before not in noun.ancestors():
        move(before, noun, "case")


def _fold_front(front: Word, noun: Word) -> None:
    """Makes "in front of" a preposition: the place is what stands behind it."""
    head, dep = front.head, front.dep
    if head is None:
        return
    move(noun, head, dep)
    for child in list(front.children):
        move(child, noun, child.dep)
    move(front, noun, "case")


def mend_clause(parse: Parse, verb: Word) -> None:
    """Mends who is the subject of an embedded clause, and which clause a noun belongs to."""
    head = verb.head
    if head is None:
        return
    if verb.dep == "acl" and head.dep in ("ccomp", "advcl") and head.head is not None and has_object(verb):
        top, dep = head.head, head.dep  # "say [the rebels killed] ten hostages"
        move(verb, top, dep)
        verb.tag = "VBD"
        for child in head.having("mark", "cc", "advmod", "punct"):
            move(child, verb, child.dep)
        move(head, verb, "nsubj")
    elif verb.dep == "ccomp" and head.having("obj") and head.verb_lemma not in _TELLS and not verb.having("mark"):
        noun = head.having("obj")[-1]  # "released [four drivers they had kidnapped]"
        subject = verb.having("nsubj")[:1]
        if subject and subject[0].number == noun.number + 1 and not verb.having("obj") and subject[0].tag == "PRP":
            move(verb, noun, "acl:relcl")
    elif verb.dep in ("conj", "parataxis") and not verb.having("nsubj", "nsubj:pass", "cc", "mark"):
        _mend_reported(parse, verb)
    elif verb.dep == "ccomp" and verb.tag == "VBN" and verb.having("obl:agent") and not verb.having("aux", "aux:pass"):
        for noun in verb.having("nsubj")[:1]:  # "clear [a camp set up by migrants]"
            move(noun, head, "obj")
            move(verb, noun, "acl")


def _mend_reported(parse: Parse, verb: Word) -> None:
    """Hangs what is said of somebody on the saying: "a militant who medics [said was killed] by troops"."""
    opening = min(part.number for part in [verb, *verb.having("aux", "aux:pass")])
    said = parse.words[opening - 1] if opening else verb
    if said.dep == "acl:relcl" and said.verb_lemma in _SAYS and said.having("nsubj") and verb not in said.ancestors():
        move(verb, said, "ccomp")


def mend_participle_of_object(parse: Parse, verb: Word) -> None:
    """Hangs a participle on the noun right before it: "display [ivory seized from smugglers]"."""
    head, noun = verb.head, parse.words[verb.number - 1]
    if head is None or not head.is_verb or head.verb_lemma in _KEEPS_PARTICIPLE or noun.head is not head:
        return
    if noun.dep in ("obj", "obl") and not verb.having("aux", "aux:pass", "mark"):
        move(verb, noun, "acl")
        noun.tag = noun.tag if noun.is_noun else "NN"


_KILLED = frozenset({"kill", "slay", "murder", "execute", "assassinate", "behead"})
"""What is done to nobody who does something: "holds the body of [his son, killed by soldiers]"."""


def mend_adverbial_participle(parse: Parse, verb: Word) -> None:
    """Hangs a passive participle on the noun before it: "rides through [a village recently liberated by rebels]"."""
    place = verb.number - 1
    if verb.verb_lemma in _KILLED and place > 0 and parse.words[place].text == ",":
        place -= 1
    while place > 0 and parse.words[place].head is verb and parse.words[place].dep == "advmod":
        place -= 1
    noun = parse.words[place]
    if place < 0 or not noun.is_noun or noun.dep not in ("obl", "nmod", "obj") or not verb.having("obl:agent"):
        return
    if not verb.having("aux", "aux:pass", "mark", "nsubj", "nsubj:pass"):
        move(verb, noun, "acl")


def mend_low_participle(parse: Parse, verb: Word) -> None:
    """Hangs a participle on the person right before it: "the funeral of [a soldier killed in a raid]"."""
    head, before = verb.head, parse.words[verb.number - 1] if verb.number else None
    if head is None or before is None or before is head or not before.is_noun or head.dep == "dep":
        return
    if entity_type(before) == "PER" and entity_type(head) not in ("PER", "ORG", "GPE") and head in before.ancestors():
        move(verb, before, "acl")


def mend_enclosed_participle(parse: Parse, verb: Word) -> None:
    """Hangs a participle between commas on the subject before it: "A girl, [pulled from a well], is embraced"."""
    subjects = verb.having("nsubj", "nsubj:pass")
    if len(subjects) != 1 or not subjects[0].is_noun or verb.having("aux", "aux:pass", "mark", "obj"):
        return
    noun = subjects[0]
    opening = [part.number for child in verb.having("advmod") for part in child.subtree()]
    first = min([verb.number, *(number for number in opening if number > noun.number)])
    if noun.number > first or parse.words[first - 1].text != ",":
        return
    for main in verb.having("conj", "parataxis", "ccomp"):
        helpers = main.having("aux", "aux:pass")
        begins = min(part.number for part in [main, *helpers])
        if begins < verb.number or main.having("nsubj", "nsubj:pass", "cc", "mark"):
            continue
        if parse.words[begins - 1].text == "," and any(part.tag in FINITE for part in [main, *helpers]):
            verb.children.remove(main)
            main.head, main.dep = verb.head, verb.dep
            if verb.head is not None:
                verb.head.children[verb.head.children.index(verb)] = main
            verb.head = None
            move(noun, main, "nsubj:pass" if main.having("aux:pass") else "nsubj")
            noun.children.append(verb)
            verb.head, verb.dep, verb.tag = noun, "acl", "VBN"
            return


OPENERS = frozenset({"after", "before", "since", "until", "while", "when", "because"})


def mend_opener(parse: Parse, opener: Word, noun: Word) -> None:
    """Makes a preposition open the clause of the noun behind it: "[After Ana was shot], her children crowd in"."""
    verb = noun.head
    if (
        opener.lower not in OPENERS
        or verb is None
        or not verb.is_verb
        or noun.dep != "obl"
        or noun.number > verb.number
    ):
        return
    helpers = verb.having("aux", "aux:pass")
    opening = min((part.number for part in [verb, *helpers]), default=0)
    if verb.having("nsubj", "nsubj:pass") or opening - 1 != max(part.number for part in noun.subtree()):
        return
    if not (helpers or verb.tag in FINITE):
        return
    move(noun, verb, "nsubj:pass" if verb.having("aux:pass") else "nsubj")
    move(opener, verb, "mark")
    main = next(
        (one for one in verb.having("conj") if one.having("nsubj", "nsubj:pass") and not one.having("cc")), None
    )
    if verb.head is None and main is not None and main.tag in (*FINITE, "VBN", "VBG"):
        verb.children.remove(main)
        main.head, main.dep = None, "ROOT"
        move(verb, main, "advcl")


def mend_inner_opener(parse: Parse, opener: Word, noun: Word) -> None:
    """Gives the clause behind a noun that noun and its opener: "who drowned [after a boat capsized]"."""
    head = noun.head
    if head is None or not head.is_verb or noun.dep != "obl":
        return
    last = max(part.number for part in noun.subtree())
    if last + 1 >= len(parse.words):
        return
    verb = parse.words[last + 1]
    if verb.dep not in _BESIDE or verb.tag not in FINITE or verb.having("nsubj", "nsubj:pass", "mark", "cc"):
        return
    if verb is not head and verb not in head.ancestors():
        move(noun, verb, "nsubj")
        move(opener, verb, "mark")
        move(verb, head, "advcl")


def mend_as(mark: Word, noun: Word) -> None:
    """Makes "as" open a clause where a verb without subject follows its noun: "salute [as a coffin is carried]"."""
    verb = noun.head
    if verb is not None and verb.dep == "nsubj" and noun.dep == "nmod":
        _part_subjects(mark, noun, verb)
    if verb is None or not verb.is_verb:
        return
    if noun.dep in ("nsubj", "nsubj:pass") and verb.dep in ("ccomp", "advcl", "conj"):
        verb.dep = "advcl"
        move(mark, verb, "mark")
    if noun.number < verb.number:
        return
    for clause in verb.having("conj", "ccomp", "xcomp", "parataxis", "advcl"):
        if clause.number < noun.number or clause.having("nsubj", "nsubj:pass", "cc", "mark"):
            continue
        helpers = clause.having("aux", "aux:pass")
        opening = min(part.number for part in [clause, *helpers])
        if opening - 1 != max(part.number for part in noun.subtree()) or not (helpers or clause.tag in FINITE):
            continue
        move(noun, clause, "nsubj:pass" if clause.having("aux:pass") else "nsubj")
        move(mark, clause, "mark")
        clause.dep = "advcl"
        return


def _part_subjects(mark: Word, noun: Word, subject: Word) -> None:
    """Gives two verbs a subject each: "says [a sign] as [a waiter] leaves"."""
    verb = subject.head
    if verb is None or verb.dep != "ccomp" or verb.number != noun.number + 1 or verb.head is None:
        return
    if verb.head.number < subject.number:
        move(subject, verb.head, "nsubj")
        move(noun, verb, "nsubj")
        move(mark, verb, "mark")
        verb.dep = "advcl"


def mend_second_subject(parse: Parse, verb: Word) -> None:
    """Gives the second of two subjects to the verb before it: "a man accused of [killing a priest] is led away"."""
    subjects = [child for child in verb.having("nsubj", "nsubj:pass") if child.is_noun]
    if len(subjects) != 2 or subjects[1].number > verb.number:
        return
    first = min(part.number for part in subjects[1].subtree())
    inner = parse.words[first - 1]
    if "," in (inner.text, parse.words[first].text) and subjects[1].tag == "NNP" and subjects[0].having("det"):
        move(subjects[1], subjects[0], "appos")  # "The general, Viktor Malin, inspects"
        return
    if inner.is_verb and inner.number > subjects[0].number and not inner.having("obj"):
        move(subjects[1], inner, "obj")


def mend_closing_participle(parse: Parse, verb: Word) -> None:
    """Hangs "-ing" behind a comma on the verb of the sentence: "stormed a town held by rebels, killing six"."""
    head = verb.head
    if head is None or head.dep != "acl" or parse.words[verb.number - 1].text != "," or verb.number < head.number:
        return
    if head.having("nsubj", "nsubj:pass") or head.tag != "VBN":  # "a device that exploded, wounding ten"
        return
    top = next((word for word in head.ancestors() if word.tag in (*FINITE, "VBN") and word.dep != "acl"), None)
    if top is not None:
        move(verb, top, "advcl")


def mend_list(noun: Word) -> None:
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
        move(noun, first, "conj")


def _lacks_its_subject(verb: Word, heads: tuple[Word | None, ...]) -> bool:
    """Whether a finite verb without a subject hangs on one of the heads as the parser hangs what it does not see."""
    beside = verb.tag in FINITE and verb.dep in _BESIDE and verb.head in heads
    return beside and not verb.having("nsubj", "nsubj:pass", "mark", "aux")


def mend_clause_in_list(parse: Parse, noun: Word) -> None:
    """Finds the verb between two "conjuncts" with nothing between: "throw stones and [police fire] tear gas"."""
    after = parse.words[noun.number + 1] if noun.number + 1 < len(parse.words) else None
    object_of = noun.head.head if noun.head is not None and noun.head.dep == "obj" else None
    if after is not None and _lacks_its_subject(after, (noun.head, object_of)) and noun.is_noun and noun.having("cc"):
        for child in noun.having("cc"):
            move(child, after, "cc")
        move(noun, after, "nsubj")
        after.dep = "conj"
        return
    first = min(noun.subtree(), key=lambda part: part.number).number
    verb = parse.words[first - 1] if first else None
    if verb is None or verb.dep != "conj" or verb.head is not noun.head or not noun.is_noun or not verb.is_noun:
        return
    top = verb.head
    while top is not None and top.is_noun:
        top = top.head
    if top is None or not top.is_verb or "VERB" not in lemmas(verb.lower):
        return
    subject = phrase_left_of(verb)
    if subject is None or not subject.is_noun or entity_type(subject) not in ("PER", "ORG"):
        return
    subject.dep, verb.tag = "nsubj", "VBP"
    for child in subject.having("cc"):
        move(child, verb, "cc")
    move(verb, top, "conj")
    move(noun, verb, "obj")
