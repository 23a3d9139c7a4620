"""Mends single phrases of a parse: nouns taken for verbs, verbs for participles, names between commas, company."""

# ruff: noqa: SIM905 - lists of words are easiest to read and to change as text

from collections.abc import Callable

from eventclip_extract.entities import class_of_noun, entity_type
from eventclip_extract.inflection import lemmas
from eventclip_extract.syntax import Parse, Word

_HAS_NO_PASSIVE = frozenset(
    "appear arise arrive assemble clash collapse collide come compete congregate continue converge crash cry dance "
    "depart descend die emerge erupt escape explode fall flee flock gather go graze huddle kneel land lie linger "
    "live loom march mingle mourn parade participate perish plough plunge pray protest queue rally react rejoice "
    "relax remain resign rest retire return rip rush scramble scuffle sit sleep smile squat stand stay stream "
    "surface survive swarm travel wait walk wander weep work".split()
)
"""Verbs whose bare form in "-ed" tells what its subject did, where no "by" follows."""
_QUOTES = frozenset({'"', "'", "`", "``"})
_BREAKS = frozenset({",", ":", "-", "–", "—"})


def mend_phrases(parse: Parse) -> None:
    """Mends the tree in place, word by word."""
    for word in parse.words:
        dep, tag = word.dep, word.tag
        # Most words are none of these: a look at the label is cheaper than a call.
        if dep == "case":
            _free_particle(parse, word)
            _lift_preposition(word)
            _restore_office(parse, word)
        elif dep == "compound":
            before = parse.words[word.number - 1] if word.number else None
            if before is not None and before.tag == "TO" and before.head is word.head and _is_infinitive(word):
                _free_infinitive(word, before)
            elif tag in ("VB", "VBP"):
                word.tag = "NN"  # "Bomb disposal experts"
            elif tag == "VBG":
                _part_modifier(word)
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
            _join_title(parse, word)
        elif dep == "acl" and tag == "VBG":
            if word.head is not None and word.head.is_verb:
                word.dep = "xcomp"  # "celebrates scoring"
            _part_compound(word)
        elif dep in ("acl", "advcl") and tag == "VB":
            _raise_use(word)
            _lower_infinitive(parse, word)
        elif dep == "amod" and tag == "JJ" and word.name:
            _part_captive(word)
        elif (
            tag == "VBN" and dep == "ROOT" and word.verb_lemma in _HAS_NO_PASSIVE and not word.having("aux:pass", "aux")
        ):
            word.tag = "VBD"
            for child in word.having("nsubj:pass"):
                child.dep = "nsubj"  # "the minister resigned"
        elif dep in ("acl", "amod") and tag in ("VBN", "VBD"):
            _raise_participle(parse, word)
            _raise_clause(word)
            _raise_intransitive(parse, word)
        elif dep == "obl:unmarked":
            _restore_object(word)
            _restore_actor(parse, word)
        elif dep == "nmod:unmarked" and tag == "NNP":
            _raise_name(word)
        elif tag == "WRB" and dep in ("amod", "det", "compound"):
            if word.head is not None and word.head.head is not None and word.head.head.is_verb:
                word.move(word.head.head, "advmod")  # "a city where separatists captured a station"
        elif dep == "appos" and tag == "NNP":
            _raise_holder(parse, word)
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
            _apposition(parse, word)
            lower_conjunct(word)
        elif tag in ("JJR", "RBR"):
            _join_comparison(parse, word)
        if tag == "JJ" and word.children:
            _restore_passive(word)
        if word.lower in _PARTS_OF_TOWNS and word.children:
            _join_part_of_town(word)


_PARTS_OF_TOWNS = frozenset({"downtown", "uptown", "midtown", "metropolitan"})
"""Words before the name of a town that say which part of it, or how much."""


def _part_modifier(verb: Word) -> None:
    """Parts a noun and its participle from the noun behind them: "escort [a bus] transporting [prisoners]"."""
    last = verb.head
    first = next((child for child in verb.having("compound") if child.number == verb.number - 1), None)
    if first is None or last is None or last.head is None or last.number < verb.number or not last.having("det"):
        return
    for child in [child for child in last.children if child.number < first.number]:
        child.move(first, child.dep)
    first.move(last.head, last.dep)
    verb.move(first, "acl")
    last.move(verb, "obj")


_OF_EVENTS = frozenset("alleged annual brutal deadly fatal massive recent violent weekly".split())


def _part_compound(verb: Word) -> None:
    """Makes the noun behind a participle its object and that before it the head: "[a bus] carrying pilgrims"."""
    first, last = verb.head, verb.head.head if verb.head is not None else None
    if first is None or last is None or first.dep != "compound" or not first.having("det") or verb.having("obj"):
        return
    if not first.number < verb.number < last.number or not last.is_noun:
        return
    behind = [child for child in last.children if child.number > last.number and child.dep != "flat"]
    head, dep = last.head, last.dep
    last.children.remove(first)
    first.head = None
    if head is None:
        first.dep = dep
    else:
        head.children.remove(last)
        last.head = None
        first.move(head, dep)
    last.head = None
    last.move(verb, "obj")
    for child in behind:
        child.move(first, child.dep)


_BEFORE_INFINITIVES = frozenset(
    "agree attempt decide fail hope intend manage plan prepare refuse seek struggle threaten try vow want".split()
)
"""Verbs behind which "to" stands before a verb."""


def _is_infinitive(word: Word) -> bool:
    """Whether a word between "to" and a noun is a verb: by its tag, or by the verb before "to"."""
    verb = word.head.head if word.head is not None else None
    asked = verb is not None and verb.is_verb and verb.verb_lemma in _BEFORE_INFINITIVES
    return word.tag == "VB" or (asked and word.tag == "NN" and "VERB" in lemmas(word.lower))


def _free_infinitive(verb: Word, to: Word) -> None:
    """Makes the verb of a clause of what was taken for the front of its object: "try to [storm] parliament"."""
    noun = verb.head
    if noun is None or noun.head is None:
        return
    verb.tag = "VB"
    verb.move(noun.head, "xcomp")
    noun.move(verb, "obj")
    to.move(verb, "mark")


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


def _join_part_of_town(part: Word) -> None:
    """Hangs the part of a town on its name, which was taken for another name of it: "in downtown [Los Angeles]"."""
    name = next((one for one in part.having("appos", "flat") if one.number == part.number + 1), None)
    if name is None or name.tag != "NNP" or part.head is None:
        return
    head, dep = part.head, part.dep
    for child in [child for child in part.children if child is not name]:
        child.move(name, child.dep)
    name.move(head, dep)
    part.move(name, "compound")


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


def _raise_name(name: Word) -> None:
    """Makes a name the head of the title and the house before it: "[White House adviser] Paul Weber listens"."""
    house, title = name.head, next(iter(name.having("nmod:desc")), None)
    if house is None or house.head is None or title is None or house.tag != "NNP" or house.number > title.number:
        return
    if class_of_noun(title.noun_lemma) == "PER" and not house.having("case"):
        name.move(house.head, house.dep)
        house.move(title, "compound")


def _raise_holder(parse: Parse, name: Word) -> None:
    """Makes a name the head of the title right before it: "[Senate Majority Leader] Mitch McConnell leaves"."""
    title = name.head
    first = parse.words[min(part.number for part in name.subtree())]
    if title is None or title.head is None or title.number + 1 != first.number or first.text == ",":
        return
    if title.tag.startswith("NN") and class_of_noun(title.noun_lemma) == "PER" and not title.having("det", "nummod"):
        for child in title.having("case", "cc"):
            child.move(name, child.dep)
        name.move(title.head, title.dep)
        title.move(name, "nmod:desc")


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


def _restore_actor(parse: Parse, noun: Word) -> None:
    """Makes somebody before an "-ing" the object of the verb before him: "a poster showing [a couple] kissing"."""
    doing = noun.head
    if doing is None or doing.tag != "VBG" or doing.number != noun.number + 1:
        return
    first = min(part.number for part in noun.subtree())
    verb = parse.words[first - 1] if first else noun
    if entity_type(noun) not in ("PER", "ORG"):
        return
    if verb.is_verb and not verb.having("obj") and verb is not doing and doing not in verb.ancestors():
        noun.move(verb, "obj")
        doing.move(noun, "acl")


def _join_adverbial_noun(parse: Parse, noun: Word) -> None:
    """Makes one phrase of two nouns in a row, of which the second was taken for an adverb: "to a [reception camp]"."""
    before = parse.words[noun.number - 1] if noun.number else noun
    if not before.is_noun or before.head is not noun.head or before.dep not in ("obj", "obl") or noun.having("det"):
        return
    noun.dep = before.dep
    for child in list(before.children):
        child.move(noun, child.dep)
    before.move(noun, "compound")


_KIN = frozenset(
    "brother child daughter family father friend husband mother parent relative sister son widow wife".split()
)


def lower_conjunct(word: Word) -> None:
    """Joins a person to the one behind "of" and not to what is theirs: "the wedding of [a prince and a dancer]"."""
    head = word.head
    if head is None or not head.is_noun or entity_type(word) != "PER":
        return
    if entity_type(head) in ("PER", "ORG", "GPE") and not (head.tag == "NNS" and head.noun_lemma in _KIN):
        return
    inner = [child for child in head.having("nmod") if child.number < word.number]
    if inner and inner[-1].case == "of" and entity_type(inner[-1]) == "PER" and word.having("cc"):
        word.move(inner[-1], "conj")


def _lift_preposition(case: Word) -> None:
    """Hangs a preposition on its noun instead of what describes that: "at [government] troops"."""
    part = case.head
    if case.dep != "case" or case.tag not in ("IN", "TO") or part is None:
        return
    noun = part.head
    describes = part.dep in ("compound", "amod", "nmod:desc", "nmod:poss") and not part.having("det")
    if describes and noun is not None and noun.is_noun and noun.number > part.number > case.number:
        case.move(noun, "case")


def _restore_office(parse: Parse, case: Word) -> None:
    """Hangs a name on its title where "of" joins the two: "U.S. [Secretary of State Anna Berg] is greeted"."""
    name, title = case.head, parse.words[case.number - 1] if case.number else case
    if case.lower != "of" or name is None or name.head is None or title.head is not name or title.dep != "nmod:desc":
        return
    if class_of_noun(title.noun_lemma) == "PER":
        holder, dep = name.head, name.dep
        title.move(holder, dep)
        name.move(title, "nmod")


def _join_title(parse: Parse, name: Word) -> None:
    """Makes one phrase of a title behind a preposition and the name after it: "with [Chancellor Anna Berg]"."""
    first = min(part.number for part in name.subtree())
    title = parse.words[first - 1] if first else name
    if title.dep not in ("obl", "nmod") or title.tag != "NNP" or title.head is not name.head or not title.case:
        return
    if class_of_noun(title.noun_lemma) == "PER" and not title.having("flat"):
        name.dep = title.dep
        for child in title.having("case"):
            child.move(name, "case")
        title.move(name, "nmod:desc")


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


def _restore_passive(word: Word) -> None:
    """Makes an adjective in "-ed" with a phrase of origin or doer a passive: "who was freed from prison"."""
    copula = word.having("cop")
    told = any(child.case in ("by", "from", "into") for child in word.having("obl"))
    if word.tag != "JJ" or not word.lower.endswith("ed") or not copula or not told or word.having("obj"):
        return
    word.tag, copula[0].dep = "VBN", "aux:pass"
    for child in word.having("nsubj"):
        child.dep = "nsubj:pass"


def _raise_use(word: Word) -> None:
    """Hangs what a thing is used to do on the using: "[use] batons [to beat] a student"."""
    tool = word.head.head if word.head is not None and word.head.dep == "conj" else word.head
    using = tool.head if word.dep == "acl" and tool is not None and tool.dep == "obj" else word.head
    if using is not None and using.verb_lemma == "use" and using.having("obj") and word.having("mark"):
        word.move(using, "xcomp")


def _lower_infinitive(parse: Parse, word: Word) -> None:
    """Hangs an infinitive on what is enough for it: "until units are [close enough to protect] them"."""
    to = next((child for child in word.having("mark") if child.tag == "TO"), None)
    before = parse.words[to.number - 1] if to is not None and to.number else word
    if before.lower == "enough" and before.head is not None and word not in before.ancestors():
        word.move(before.head, "advcl")


def _raise_participle(parse: Parse, verb: Word) -> None:
    """Makes a "participle" with an object of its own the verb of its sentence: "Police detained dozens".

    Passive participles have no object, and the parser takes what follows for the sentence's head.
    """
    head = verb.head
    if verb.tag != "VBN" or verb.dep not in ("acl", "amod") or head is None or verb.number + 1 >= len(parse.words):
        return
    after = parse.words[verb.number + 1]
    if after is head.head and head.dep == "compound" and head.number == verb.number - 1 and after.head is None:
        for child in [child for child in after.children if child.number < verb.number and child is not head]:
            child.move(head, child.dep)
        verb.tag, verb.dep = "VBD", "ROOT"
        head.children.remove(verb)
        verb.head = None
        head.move(verb, "nsubj")
        after.move(verb, "obj")


def _raise_clause(verb: Word) -> None:
    """Makes a "participle" after "when" and a noun the verb of that clause: "when a bus crashed into a wall"."""
    noun = verb.head
    if verb.tag not in ("VBN", "VBD") or verb.dep != "acl" or noun is None or noun.head is None:
        return
    opener = next((child for child in noun.having("advmod", "mark") if child.lower in ("when", "while", "as")), None)
    if opener is None or opener.number > noun.number or verb.having("obl:agent"):
        return
    verb.tag = "VBD"
    verb.move(noun.head, "advcl")
    noun.move(verb, "nsubj")
    opener.move(verb, "mark")


def _raise_intransitive(parse: Parse, verb: Word) -> None:
    """Makes a "participle" that has no passive the verb of a sentence without another: "Refugees [fled] to Jordan"."""
    noun = verb.head
    while noun is not None and noun.dep == "nmod" and noun.case == "of":
        noun = noun.head
    if noun is not None and noun.dep == "obj" and noun.head is not None and noun.head.tag == "VBG":
        noun = noun.head.head if noun.head.dep == "acl" else noun  # "A bus carrying pilgrims [plunged] into a ravine"
    leaves = verb.verb_lemma == "set" and noun is not None and entity_type(noun) == "PER"
    leaves = leaves and any(child.lower in ("off", "out") for child in verb.having("compound:prt"))
    charges = verb.verb_lemma == "charge" and any(
        child.case in ("at", "toward", "towards") for child in verb.having("obl")
    )
    if (
        verb.dep != "acl"
        or not (charges or leaves or verb.verb_lemma in _HAS_NO_PASSIVE)
        or noun is None
        or noun.head is not None
    ):
        return
    if not noun.is_noun or noun.having("cop", "nsubj", "acl:relcl") or verb.having("obl:agent"):
        return
    if any(word.text in _BREAKS for word in parse.words[noun.number : verb.number]):
        return
    verb.tag, verb.dep = "VBD", "ROOT"
    assert verb.head is not None
    verb.head.children.remove(verb)
    verb.head = None
    noun.move(verb, "nsubj")


def _apposition(parse: Parse, word: Word) -> None:
    """Takes a name between commas after a person for that person: "The general, Viktor Malin, inspects"."""
    head = word.head
    if word.dep != "conj" or head is None or head.tag.startswith("NNP") or not word.name or word.tag != "NNP":
        return
    if not head.having("det", "nmod:poss") or any(one.having("cc") for one in head.conjuncts()):
        return
    first = min(part.number for part in word.subtree())
    last = max(part.number for part in word.subtree())
    if parse.words[first - 1].text != "," and parse.words[first].text != ",":
        return
    if last + 1 < len(parse.words) and parse.words[last + 1].text in (",", "."):
        word.dep = "appos"


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
