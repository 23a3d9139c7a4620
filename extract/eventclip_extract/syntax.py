"""One view of a parsed caption, whichever labels the pipeline speaks.

The tree is Universal Dependencies with PTB tags. Pipelines with spaCy's own labels (CLEAR: dobj, prep + pobj,
nsubjpass, relcl ...) are rewritten into it, so that rules are written once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eventclip_extract.pipeline import is_base_form, lemma

if TYPE_CHECKING:
    from spacy.tokens import Doc

_CLEAR = {
    "dobj": "obj",
    "nsubjpass": "nsubj:pass",
    "csubjpass": "csubj:pass",
    "auxpass": "aux:pass",
    "relcl": "acl:relcl",
    "prt": "compound:prt",
    "poss": "nmod:poss",
    "npadvmod": "obl:unmarked",
    "neg": "advmod",
    "nn": "compound",
    "dative": "iobj",
    "oprd": "xcomp",
}
_CLEAR_ONLY = frozenset({"attr", "acomp", "agent", "dative", "pcomp", "pobj", "prep", *_CLEAR})
_HALF = 2**63
"""spaCy's arrays are unsigned: the distance to a head further left stands there plus 2**64."""


@dataclass(slots=True, eq=False)
class Word:
    """A token. `start` and `end` are offsets into the parsed text; the head of a root is None."""

    number: int
    text: str
    start: int
    end: int
    tag: str
    dep: str
    name: str
    lower: str
    children: list["Word"]
    head: "Word | None" = None

    @property
    def is_verb(self) -> bool:
        return self.tag[:2] == "VB"

    @property
    def is_noun(self) -> bool:
        return self.tag[:2] == "NN"

    @property
    def verb_lemma(self) -> str:
        if self.tag in ("VB", "VBP") and is_base_form(self.lower):
            return self.lower  # "veterans lay wreaths" is no past of "lie"
        return lemma(self.lower, "VERB")

    @property
    def noun_lemma(self) -> str:
        return lemma(self.lower, "NOUN")

    def having(self, *deps: str) -> list["Word"]:
        """The children with one of these labels."""
        found = []
        for child in self.children:  # a comprehension costs a call more, and this is asked 200 times a caption
            if child.dep in deps:
                found.append(child)
        return found

    @property
    def case(self) -> str:
        """The preposition in lower case, several words in one string ("ahead of"); empty without one."""
        words: list[Word] = []
        for word in self.children:
            if word.dep == "case":
                words.append(word)
                if word.children:
                    words += word.having("fixed")
        return words[0].lower if len(words) == 1 else " ".join(word.lower for word in words)

    def conjuncts(self) -> list["Word"]:
        """The word and what is coordinated with it, but for what is denied: "protesters, not police"."""
        found = [self]
        for child in self.having("conj"):
            if not any(part.lower == "not" for part in child.having("advmod", "cc")):
                found += child.conjuncts()
        return found

    def ancestors(self) -> Iterator["Word"]:
        word = self.head
        while word is not None:
            yield word
            word = word.head

    def subtree(self) -> Iterator["Word"]:
        yield self
        for child in self.children:
            yield from child.subtree()

    def move(self, head: "Word", dep: str) -> None:
        """Hangs the word elsewhere. The new head must not stand below it."""
        assert self not in [head, *head.ancestors()], "a word cannot hang below itself"
        if self.head is not None:
            self.head.children.remove(self)
        self.head, self.dep = head, dep
        head.children.append(self)
        head.children.sort(key=lambda child: child.number)


@dataclass(slots=True)
class Parse:
    """The words of a text."""

    words: list[Word]

    @property
    def roots(self) -> list[Word]:
        return [word for word in self.words if word.head is None]

    def sentences(self) -> list[list[Word]]:
        """The words of each sentence, in their order."""
        if len(self.roots) < 2:
            return [self.words] if self.words else []
        found: dict[int, list[Word]] = {}
        root_of = [-1] * len(self.words)
        for word in self.words:
            path = []
            top = word
            while root_of[top.number] < 0 and top.head is not None:
                path.append(top.number)
                top = top.head
            root = root_of[top.number]
            if root < 0:
                root = root_of[top.number] = top.number
            for number in path:
                root_of[number] = root
            found.setdefault(root, []).append(word)
        return list(found.values())


def read_parse(doc: "Doc") -> Parse:
    """The tree of a parsed document, its labels in Universal Dependencies."""
    strings = doc.vocab.strings
    # One array instead of a Token object for every attribute: a fourth of the time.
    table = doc.to_array(["ORTH", "IDX", "TAG", "DEP", "ENT_TYPE", "HEAD"]).tolist()
    labels = {number: strings[number] for number in {number for row in table for number in row[2:5]}}
    words = []
    for number, (orth, start, tag, dep, name, _) in enumerate(table):
        text = strings[orth]
        words.append(
            Word(number, text, start, start + len(text), labels[tag], labels[dep], labels[name], text.lower(), [])
        )
    for word, row in zip(words, table, strict=True):
        distance = row[-1]
        if distance:
            word.head = head = words[word.number + (distance if distance < _HALF else distance - 2 * _HALF)]
            head.children.append(word)
    present = set(labels.values())
    if present & _CLEAR_ONLY or ("TO" in present and any(word.dep == "aux" and word.tag == "TO" for word in words)):
        _from_clear(words)
    return Parse(words)


def _from_clear(words: list[Word]) -> None:
    """Turns the labels into Universal Dependencies, and function words from heads into dependents."""
    for word in words:
        if word.dep in ("pobj", "pcomp") and word.head is not None:
            _lower_preposition(word)
    for word in words:
        if word.dep == "aux" and word.tag == "TO":
            word.dep = "mark"
        word.dep = _CLEAR.get(word.dep, word.dep)
    for word in words:
        if word.dep in ("attr", "acomp") and word.head is not None:
            _raise_predicate(word)
        elif word.dep in ("ccomp", "xcomp") and word.head is not None and word.head.is_verb:
            _raise_subject(word)


def _lower_preposition(word: Word) -> None:
    preposition = word.head
    assert preposition is not None
    governor, by_agent = preposition.head, preposition.dep == "agent"
    outer = []
    while governor is not None and governor.dep in ("prep", "case") and governor.tag == "IN":  # "from behind the wall"
        if governor.dep == "prep":
            outer.append(governor)
        governor = governor.head
    if governor is None:  # a caption that is nothing but a prepositional phrase
        word.head, word.dep = None, "ROOT"
        preposition.children.remove(word)
    elif word.dep == "pcomp":
        word.move(governor, "advcl")
    elif by_agent:
        word.move(governor, "obl:agent")
    else:
        word.move(governor, "nmod" if governor.is_noun else "obl")
    preposition.dep = "case"
    if preposition.head is None:
        preposition.head = word
        word.children.append(preposition)
        word.children.sort(key=lambda child: child.number)
    else:
        preposition.move(word, "mark" if word.dep == "advcl" else "case")
    for one in outer if governor is not None else ():
        one.move(word, preposition.dep)


def _raise_predicate(word: Word) -> None:
    """Makes the noun or adjective after a form of `be` the head of its clause: "two miners are dead"."""
    verb = word.head
    assert verb is not None
    if verb.verb_lemma != "be":
        word.dep = "xcomp"  # "remains silent"
    elif verb.having("expl"):
        word.dep = "nsubj"  # "there is a fire"
    else:
        clause, label = verb.head, verb.dep
        for child in [one for one in verb.children if one is not word]:
            child.move(word, child.dep)
        verb.children.remove(word)
        word.head, word.dep = None, label
        if clause is not None:
            clause.children.remove(verb)
            verb.head = None
            word.move(clause, label)
        verb.move(word, "cop")


def _raise_subject(word: Word) -> None:
    """Gives the verb above a clause without a finite verb its object: "help a man climb", "leave two people dead"."""
    verb = word.head
    assert verb is not None
    finite = ("MD", "VBZ", "VBP", "VBD")
    if word.tag in finite or any(child.tag in finite for child in word.having("aux", "aux:pass", "cop")):
        return
    subjects = word.having("nsubj", "nsubj:pass")
    if len(subjects) == 1 and subjects[0].number > verb.number and not verb.having("obj"):
        subjects[0].move(verb, "obj")
        word.dep = "xcomp"
