"""Mends single phrases of a parse: particles and prepositions, objects, nouns taken for verbs, company."""

# ruff: noqa: SIM905 - lists of words are easiest to read and to change as text

from collections.abc import Callable

from eventclip_extract.entities import class_of_noun, entity_type
from eventclip_extract.inflection import lemmas
from eventclip_extract.participles import (
    free_infinitive,
    is_infinitive,
    lower_infinitive,
    mend_main_participle,
    part_compound,
    part_modifier,
    raise_clause,
    raise_intransitive,
    raise_participle,
    raise_use,
    restore_actor,
    restore_passive,
)
from eventclip_extract.syntax import Parse, Word
from eventclip_extract.titles import (
    join_part_of_town,
    join_title,
    lower_conjunct,
    mend_apposition,
    raise_holder,
    raise_name,
    restore_office,
)

_QUOTES = frozenset({'"', "'", "`", "``"})


def mend_phrases(parse: Parse) -> None:
    """Mends the tree in place, word by word."""
    for word in parse.words:
        dep, tag = word.dep, word.tag
        # Most words are none of these: a look at the label is cheaper than a call.
        if dep == "case":
            _free_particle(parse, word)
            _lift_preposition(word)
            restore_office(parse, word)
        elif dep == "compound":
            before = parse.words[word.number - 1] if word.number else None
            if before is not None and before.tag == "TO" and before.head is word.head and is_infinitive(word):
                free_infinitive(word, before)
            elif tag in ("VB", "VBP"):
                word.tag = "NN"  # "Bomb disposal experts"
            elif tag == "VBG":
                part_modifier(word)
            for child in word.having("amod"):
                if child.lower in _OF_EVENTS and word.head is not None:
                    child.move(word.head, "amod")  # "the fatal police shooting": no police are fatal
            _part_captive(word)
        elif dep == "xcomp":
            _restore_captive(word)
        elif dep == "compound:prt":
            _restore_preposition(parse, word)
            _part_particle(word)
        elif dep == "obj" and tag == "NNP":
            join_title(parse, word)
        elif dep == "acl" and tag == "VBG":
            if word.head is not None and word.head.is_verb:
                word.dep = "xcomp"  # "celebrates scoring"
            part_compound(word)
        elif dep in ("acl", "advcl") and tag == "VB":
            raise_use(word)
            lower_infinitive(parse, word)
        elif dep == "amod" and tag == "JJ" and word.name:
            _part_captive(word)
        elif tag == "VBN" and dep == "ROOT":
            mend_main_participle(word)
        elif dep in ("acl", "amod") and tag in ("VBN", "VBD"):
            raise_participle(parse, word)
            raise_clause(word)
            raise_intransitive(parse, word)
        elif dep == "obl:unmarked":
            _restore_object(word)
            restore_actor(parse, word)
        elif dep == "nmod:unmarked" and tag == "NNP":
            raise_name(word)
        elif tag == "WRB" and dep in ("amod", "det", "compound"):
            if word.head is not None and word.head.head is not None and word.head.head.is_verb:
                word.move(word.head.head, "advmod")  # "a city where separatists captured a station"
        elif dep == "appos" and tag == "NNP":
            raise_holder(parse, word)
        elif dep == "cc:preconj":
            _lower_preconjunction(word)
        elif dep == "obj" and parse.words[word.number - 1].head is word:
            _part_objects(parse, word)
        elif dep == "advmod" and tag == "NN":
            _join_adverbial_noun(parse, word)
        elif dep == "advmod" and tag == "IN":
            _restore_case(parse, word)
        elif word.lower in ("reading", "saying") and tag in ("NN", "VBG"):
            _open_quotation(parse, word)
        elif dep == "conj":
            mend_apposition(parse, word)
            lower_conjunct(word)
        elif tag in ("JJR", "RBR"):
            _join_comparison(parse, word)
        if tag == "JJ" and word.children:
            restore_passive(word)
        if word.lower in _PARTS_OF_TOWNS and word.children:
            join_part_of_town(word)


_PARTS_OF_TOWNS = frozenset({"downtown", "uptown", "midtown", "metropolitan"})
"""Words before the name of a town that say which part of it, or how much."""


_OF_EVENTS = frozenset("alleged annual brutal deadly fatal massive recent violent weekly".split())


def _restore_case(parse: Parse, adverb: Word) -> None:
    """Hangs a preposition that was taken for an adverb on the name behind it: "in [downtown] Dallas"."""
    for word in parse.words[adverb.number + 1 : adverb.number + 4]:
        if word.dep in ("obl", "nmod", "obl:unmarked") and word.tag == "NNP" and not word.having("case"):
            if adverb not in word.ancestors():
                adverb.move(word, "case")
                word.dep = "nmod" if word.dep == "nmod" else "obl"
            return
        if word.dep not in ("compound", "amod", "det"):
            return


_PARTICLES = frozenset({"over", "off", "up", "out", "down", "away"})


def _free_particle(parse: Parse, case: Word) -> None:
    """Hangs a particle on the verb before it: "set [off] a bomb"."""
    before = parse.words[case.number - 1] if case.number else case
    noun = case.head
    if noun is None or noun.head is not before or not before.is_verb:
        return
    handed = case.lower == "over" and before.verb_lemma in ("hand", "give")
    if case.tag == "RP" or handed or (noun.dep == "obj" and case.lower in _PARTICLES):
        noun.dep = "obj"
        case.move(before, "compound:prt")


def _part_particle(particle: Word) -> None:
    """Parts an object from the particle behind it: "picks [a coin] up"."""
    noun = next((child for child in particle.having("compound") if child.number == particle.number - 1), None)
    verb = particle.head
    if noun is None or verb is None or not verb.is_verb or verb.having("obj"):
        return
    for child in [child for child in particle.children if child is not noun]:
        child.move(noun, child.dep)
    noun.move(verb, "obj")


def _lower_preconjunction(word: Word) -> None:
    """Hangs "neither" on the first of two subjects: "[Neither] the president [nor] his wife attended"."""
    verb = word.head
    if verb is not None and verb.is_verb:
        subject = next((child for child in verb.having("nsubj", "nsubj:pass") if child.number > word.number), None)
        if subject is not None and subject.having("conj"):
            word.move(subject, "cc:preconj")


def _part_objects(parse: Parse, noun: Word) -> None:
    """Makes a second object behind a dash or a comma say who the first is: "hugs René Fauré - [a friend]"."""
    objects = noun.head.having("obj") if noun.head is not None else []
    if len(objects) != 2 or objects[1] is not noun or noun.having("cc"):
        return
    first = min(part.number for part in noun.subtree())
    if {part.text for part in parse.words[max(first - 1, 0) : first + 1]} & {"-", "–", "—", ","}:
        noun.move(objects[0], "appos")


def _join_adverbial_noun(parse: Parse, noun: Word) -> None:
    """Makes one phrase of two nouns in a row, of which the second was taken for an adverb: "to a [reception camp]"."""
    before = parse.words[noun.number - 1] if noun.number else noun
    if not before.is_noun or before.head is not noun.head or before.dep not in ("obj", "obl") or noun.having("det"):
        return
    noun.dep = before.dep
    for child in list(before.children):
        child.move(noun, child.dep)
    before.move(noun, "compound")


def _lift_preposition(case: Word) -> None:
    """Hangs a preposition on its noun instead of what describes that: "at [government] troops"."""
    part = case.head
    if case.dep != "case" or case.tag not in ("IN", "TO") or part is None:
        return
    noun = part.head
    describes = part.dep in ("compound", "amod", "nmod:desc", "nmod:poss") and not part.having("det")
    if describes and noun is not None and noun.is_noun and noun.number > part.number > case.number:
        case.move(noun, "case")


_CAPTIVES = frozenset({"captive", "hostage", "prisoner"})


def _is_held(captive: Word) -> bool:
    """Whether a noun says what becomes of somebody: "takes him hostage", "holds her captive"."""
    verb = captive.head
    return captive.lower in _CAPTIVES and verb is not None and verb.verb_lemma in ("take", "hold", "keep")


def _part_captive(held: Word) -> None:
    """Parts who is held from "hostage": "took [the captain] hostage"."""
    captive = held.head
    if captive is None or captive.dep != "obj" or held.number + 1 != captive.number or not _is_held(captive):
        return
    verb = captive.head
    assert verb is not None
    named = next((child for child in verb.having("iobj", "obj") if child.name == held.name != ""), None)
    if named is not None:  # the first half of a name was parted already
        held.tag = "NNP"
        held.move(named, "flat")
        return
    for child in [child for child in captive.children if child.number < held.number]:
        child.move(held, child.dep)
    held.move(verb, "obj")


def _restore_captive(captive: Word) -> None:
    """Makes "hostage" an object of its verb wherever it was taken for a state: "was taken hostage by a gang"."""
    if captive.head is None or not _is_held(captive):
        return
    captive.tag, captive.dep = "NN", "obj"
    for child in [child for child in captive.children if child.number > captive.number and child.case == "by"]:
        child.move(captive.head, "obl:agent")


def _restore_preposition(parse: Parse, particle: Word) -> None:
    """Makes a preposition and its noun of a "particle" and a bare "verb": "during a strike [over pay]"."""
    if not 0 < particle.number < len(parse.words) - 1:
        return
    before, after = parse.words[particle.number - 1], parse.words[particle.number + 1]
    infinitive = after.tag == "VB" and after.dep == "xcomp" and after.head is particle.head and not after.having("mark")
    if infinitive and before.is_noun and before not in after.subtree() and "NOUN" in lemmas(after.lower):
        after.tag, particle.tag = "NN", "IN"
        after.move(before, "nmod")
        particle.move(after, "case")


def _join_comparison(parse: Parse, word: Word) -> None:
    """Hangs "more than" on the number that follows it."""
    than = word.having("fixed")
    if word.lower not in ("more", "less", "fewer") or not than or than[-1].number + 1 >= len(parse.words):
        return
    number = parse.words[than[-1].number + 1]
    if number.tag == "CD" and word not in number.ancestors():
        word.move(number, "advmod")


def _open_quotation(parse: Parse, verb: Word) -> None:
    """Makes "a banner reading" before a quotation a banner that says something."""
    after = parse.words[verb.number + 1] if verb.number + 1 < len(parse.words) else None
    owner = parse.words[verb.number - 1] if verb.number else verb
    if after is None or owner.head is not verb or owner.dep != "compound" or verb.head is None:
        return
    if after.text not in _QUOTES and class_of_noun(owner.noun_lemma) != "OBJ":
        return  # "a poetry reading"
    for child in [child for child in verb.children if child.number < owner.number]:
        child.move(owner, child.dep)
    owner.move(verb.head, verb.dep)
    verb.tag = "VBG"
    verb.move(owner, "acl")


def verb_in_of_phrase(parse: Parse, root: Word, could_be_verb: Callable[[str], bool]) -> bool:
    """Gives a noun phrase its verb back that the parser took into its "of" phrase; says whether there was one.

    "A group of schoolgirls wave flags" and "Members of the militia guard a camp" were one long noun to the parser.
    """
    for last in root.having("nmod"):
        left = [child for child in last.having("compound", "nmod:desc") if child.number < last.number]
        if last.case != "of" or not left or root.number > left[0].number:
            continue
        if _agrees(parse, last, root):
            verb, owner = last, left[-1]
        elif len(left) > 1 and _bare_object(last, *left[-2:]):
            owner, verb = left[-2:]
        else:
            continue
        if not could_be_verb(verb.verb_lemma):
            continue
        if not verb.is_verb and class_of_noun(verb.lower) is not None:
            continue
        for child in [child for child in last.children if child.number < owner.number]:
            child.move(owner, child.dep)
        after = [child for child in root.children if child.number > verb.number and child is not last]
        assert verb.head is not None
        verb.head.children.remove(verb)
        verb.head, verb.dep, verb.tag = None, "ROOT", "VBZ" if verb.lower != verb.verb_lemma else "VBP"
        owner.move(root, "nmod")
        root.move(verb, "nsubj")
        if verb is not last:
            last.move(verb, "obj")
        for child in after:
            child.move(verb, "obl" if child.having("case") else child.dep)
        for child in verb.having("nmod"):
            child.dep = "obl" if child.having("case") else "obj"
        return True
    return False


def closes_subject(parse: Parse, root: Word) -> bool:
    """Whether a "plural" behind one person is what he does: "The fire chief talks to reporters"."""
    if root.tag != "NNS" or root.number < 2 or root.number + 1 >= len(parse.words):
        return False
    before, after = parse.words[root.number - 1], parse.words[root.number + 1]
    one = before.tag == "NN" and before.head is root and entity_type(before) == "PER" and bool(root.having("det"))
    return one and (after.lower == "to" or after.tag in ("DT", "PRP$"))


def _agrees(parse: Parse, verb: Word, root: Word) -> bool:
    """Whether what closes an "of" phrase is a verb by the dictionary, or by its ending and an object behind it."""
    known = lemmas(verb.lower) if verb.text.islower() and verb.lower == verb.verb_lemma else {}
    if root.tag == "NNS" and "VERB" in known and "NOUN" not in known:
        return True  # "Members of the Taliban pray"
    body = verb.having("compound")
    if root.lower == "members" and known and verb.tag == "NN" and body and entity_type(body[-1]) == "ORG":
        return True  # "Members of the senate vote"
    after = parse.words[verb.number + 1] if verb.number + 1 < len(parse.words) else None
    if after is None or after.tag not in ("DT", "PRP$"):
        return False
    return verb.tag == "NNS" if root.tag == "NN" else verb.tag in ("VB", "VBP")


def _bare_object(noun: Word, owner: Word, verb: Word) -> bool:
    """Whether a plural, a bare verb and a plural stand in a row: "schoolgirls wave flags"."""
    return (
        owner.tag in ("NNS", "NNPS")
        and noun.tag in ("NNS", "NNPS")
        and verb.number == owner.number + 1 == noun.number - 1
        and verb.tag in ("NN", "VB", "VBP")
        and entity_type(noun) not in ("PER", "ORG")
    )


_MEASURES = frozenset("block bit distance foot inch kilometer kilometre lot meter metre mile time way yard".split())


def _restore_object(noun: Word) -> None:
    """Makes a noun with an article an object again, which the parser took for a time or a measure: "hold a march"."""
    verb = noun.head
    if (
        noun.dep == "obl:unmarked"
        and noun.is_noun
        and verb is not None
        and verb.is_verb
        and verb.number < noun.number
        and noun.having("det", "nmod:poss")
        and not verb.having("obj", "aux:pass", "nsubj:pass")
        and noun.noun_lemma not in _MEASURES
        and entity_type(noun) not in ("TIME", "VAL")
    ):
        noun.dep = "obj"


def hang_company(company: Word, place: Word) -> None:
    """Hangs persons and belongings on the verb: a place has none ("arrives [at the court with his lawyer]")."""
    owned = any(child.tag == "PRP$" for child in company.having("nmod:poss"))
    verb = place.head
    if (
        verb is not None
        and verb.is_verb
        and place.dep == "obl"
        and (owned or entity_type(company) == "PER")
        and entity_type(place) in ("GPE", "LOC", "FAC")
    ):
        company.move(verb, "obl")
