"""Sentences of treebanks, and how well a pipeline tags and parses them."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example


@dataclass(slots=True)
class Sentence:
    """A sentence with what its source knows; heads count from 0, a root is its own head."""

    words: list[str]
    spaces: list[bool]
    tags: list[str] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)
    deps: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)


def read_treebank(path: Path) -> Iterator[Sentence]:
    """The sentences of a CoNLL-U file, hyphenated words as one word."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    for block in raw.decode("utf-8").strip().split("\n\n"):
        rows = [line.split("\t") for line in block.split("\n") if not line.startswith("#")]
        inside: dict[int, bool] = {}
        for row in rows:
            if "-" in row[0]:
                first, last = map(int, row[0].split("-"))
                inside |= dict.fromkeys(range(first, last), False) | {last: "SpaceAfter=No" not in row[9]}
        rows = [row for row in rows if row[0].isdigit()]
        yield joined_hyphens(
            Sentence(
                words=[row[1] for row in rows],
                spaces=[inside.get(int(row[0]), "SpaceAfter=No" not in row[9]) for row in rows],
                tags=[row[4] for row in rows],
                heads=[int(row[6]) - 1 if row[6] != "0" else number for number, row in enumerate(rows)],
                deps=[row[7] if row[6] != "0" else "ROOT" for row in rows],
            )
        )


def joined_hyphens(sentence: Sentence) -> Sentence:
    """The sentence with `26 - year - old` as one word: captions are full of such, the parser gains nothing."""
    groups: list[list[int]] = []
    for number, tag in enumerate(sentence.tags):
        after = groups and not sentence.spaces[number - 1]
        if after and (tag == "HYPH" or sentence.tags[number - 1] == "HYPH"):
            groups[-1].append(number)
        else:
            groups.append([number])
    place = {number: group for group, members in enumerate(groups) for number in members}
    made = Sentence([], [])
    for members in groups:
        top = min(
            members, key=lambda member: depth(sentence.heads, member)
        )  # the shallowest, so that no cycle can arise
        dep = sentence.deps[top]
        made.words.append("".join(sentence.words[member] for member in members))
        made.spaces.append(sentence.spaces[members[-1]])
        made.tags.append("JJ" if len(members) > 1 and dep == "amod" else sentence.tags[top])
        made.heads.append(place[sentence.heads[top]])
        made.deps.append(dep)
    return made


def depth(heads: list[int], place: int) -> int:
    steps = 0
    while heads[place] != place:
        place, steps = heads[place], steps + 1
    return steps


def to_doc(nlp: Language, sentences: list[Sentence]) -> Doc:
    """One document of neighbouring sentences that know the same things."""
    words = [word for sentence in sentences for word in sentence.words]
    spaces = [space for sentence in sentences for space in [*sentence.spaces[:-1], True]]
    heads, start = [], 0
    for sentence in sentences:
        heads += [start + head for head in sentence.heads]
        start += len(sentence.words)
    doc = Doc(
        nlp.vocab,
        words=words,
        spaces=spaces,
        tags=[tag for sentence in sentences for tag in sentence.tags] or None,
        heads=heads or None,
        deps=[dep for sentence in sentences for dep in sentence.deps] or None,
        ents=[name for sentence in sentences for name in sentence.names] or None,
    )
    if not sentences[0].names:
        doc.set_ents([], default="missing")
    return doc


def scored(nlp: Language, docs: list[Doc]) -> dict[str, float]:
    """The scores that the documents have gold for, in per cent."""
    found = nlp.evaluate([Example(nlp.make_doc(doc.text), doc) for doc in docs])
    kept = {
        "tag_acc": "tag",
        "dep_uas": "uas",
        "dep_las": "las",
        "ents_p": "names_p",
        "ents_r": "names_r",
        "ents_f": "names_f",
    }
    return {short: round(100 * found[name], 1) for name, short in kept.items() if found.get(name) is not None}
