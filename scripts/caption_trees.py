"""Small dependency trees that are joined to larger ones: the sentences of caption_grammar.py."""

from dataclasses import dataclass
from functools import cache

from lemminflect import getInflection

Part = tuple[str, "Phrase"]
"""A label, and the phrase that hangs by it; the label of the head is empty."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word with its PTB tag, its label, the position of its head (its own for a root) and the name it belongs to."""

    text: str
    tag: str
    dep: str
    head: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A tree over neighbouring words; `root` is the position of its head word."""

    tokens: tuple[Token, ...]
    root: int


def word(text: str, tag: str, name: str = "") -> Phrase:
    """A tree of one word."""
    return Phrase((Token(text, tag, "ROOT", 0, name),), 0)


COMMA = word(",", ",")


def tree(*parts: Part) -> Phrase:
    """The parts in their order under the one whose label is empty; the others hang on its root by their labels."""
    starts, length = [], 0
    for _, phrase in parts:
        starts.append(length)
        length += len(phrase.tokens)
    head = next(number for number, (label, _) in enumerate(parts) if not label)
    root = starts[head] + parts[head][1].root
    tokens = []
    for start, (label, phrase) in zip(starts, parts, strict=True):
        for place, token in enumerate(phrase.tokens):
            top = place == phrase.root
            tokens.append(
                Token(
                    token.text,
                    token.tag,
                    label if top and label else token.dep,
                    root if top else start + token.head,
                    token.name,
                )
            )
    return Phrase(tuple(tokens), root)


@cache
def inflected(lemma: str, tag: str) -> str:
    """A form of a word, as `carry` and VBZ give `carries`."""
    return str((getInflection(lemma, tag) or (lemma,))[0])


def article_of(following: str, *, definite: bool) -> Phrase:
    vowel = following[0].lower() in "aeiou" and not following.lower().startswith(("u.s", "uk", "uni", "eu", "one"))
    return word("the" if definite else "an" if vowel else "a", "DT")


def be(tag: str) -> Phrase:
    return word({"VBZ": "is", "VBP": "are", "VB": "be", "VBN": "been"}.get(tag, "being"), tag)


def owning(owner: Phrase) -> Phrase:
    """The phrase with its possessive ending."""
    return tree(("", owner), ("case", word("'" if owner.tokens[-1].text.endswith("s") else "'s", "POS")))


def without_idle_commas(phrase: Phrase) -> Phrase:
    """The phrase without the commas that stand before another one or at the end."""
    following = [token.text for token in phrase.tokens[1:]] + ["."]
    kept = [place for place, after in enumerate(following) if phrase.tokens[place].text != "," or after not in ",."]
    place_of = {old: new for new, old in enumerate(kept)}
    tokens = (phrase.tokens[old] for old in kept)
    made = tuple(Token(token.text, token.tag, token.dep, place_of[token.head], token.name) for token in tokens)
    return Phrase(made, place_of[phrase.root])
