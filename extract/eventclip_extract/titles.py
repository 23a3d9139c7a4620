"""Mends names: which title, office or apposition belongs to whom, and with whom somebody stands in a row."""

# ruff: noqa: SIM905 - lists of words are easiest to read and to change as text

from eventclip_extract.entities import class_of_noun, entity_type
from eventclip_extract.syntax import Parse, Word


def raise_name(name: Word) -> None:
    """Makes a name the head of the title and the house before it: "[White House adviser] Paul Weber listens"."""
    house, title = name.head, next(iter(name.having("nmod:desc")), None)
    if house is None or house.head is None or title is None or house.tag != "NNP" or house.number > title.number:
        return
    if class_of_noun(title.noun_lemma) == "PER" and not house.having("case"):
        name.move(house.head, house.dep)
        house.move(title, "compound")


def raise_holder(parse: Parse, name: Word) -> None:
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


def restore_office(parse: Parse, case: Word) -> None:
    """Hangs a name on its title where "of" joins the two: "U.S. [Secretary of State Anna Berg] is greeted"."""
    name, title = case.head, parse.words[case.number - 1] if case.number else case
    if case.lower != "of" or name is None or name.head is None or title.head is not name or title.dep != "nmod:desc":
        return
    if class_of_noun(title.noun_lemma) == "PER":
        holder, dep = name.head, name.dep
        title.move(holder, dep)
        name.move(title, "nmod")


def join_title(parse: Parse, name: Word) -> None:
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


def join_part_of_town(part: Word) -> None:
    """Hangs the part of a town on its name, which was taken for another name of it: "in downtown [Los Angeles]"."""
    name = next((one for one in part.having("appos", "flat") if one.number == part.number + 1), None)
    if name is None or name.tag != "NNP" or part.head is None:
        return
    head, dep = part.head, part.dep
    for child in [child for child in part.children if child is not name]:
        child.move(name, child.dep)
    name.move(head, dep)
    part.move(name, "compound")


def mend_apposition(parse: Parse, word: Word) -> None:
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
