"""The grammar whose captions train the bundled pipeline: every sentence is a tree as the treebanks have them."""

import importlib
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
RELATIONS = """
    ROOT acl acl:relcl advcl advmod amod appos aux aux:pass case cc ccomp compound compound:prt conj det fixed flat iobj
    mark nmod nmod:desc nmod:poss nmod:unmarked nsubj nsubj:pass nummod obj obl obl:agent obl:unmarked parataxis punct
    xcomp
"""


@pytest.fixture
def grammar(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return importlib.import_module("caption_grammar").CaptionGrammar


def test_every_caption_is_one_projective_tree_of_known_relations(grammar: Any) -> None:
    source = grammar(0)
    for _ in range(150):
        tokens = source.caption().tokens
        assert {token.dep for token in tokens} <= set(RELATIONS.split())
        assert [token.dep for token in tokens].count("ROOT") == 1
        arcs = [(min(place, token.head), max(place, token.head)) for place, token in enumerate(tokens)]
        assert all((token.head == place) == (token.dep == "ROOT") for place, token in enumerate(tokens))
        assert not any(a < c < b < d for a, b in arcs for c, d in arcs), " ".join(token.text for token in tokens)


def test_every_word_hangs_by_what_its_tag_allows(grammar: Any) -> None:
    source = grammar(1)
    allowed = {"det": "DT", "case": "IN POS", "cc": "CC", "punct": ", .", "nummod": "CD", "aux": "MD VBZ VBP VBD"}
    for _ in range(150):
        for token in source.caption().tokens:
            assert token.dep not in allowed or token.tag in allowed[token.dep].split(), token


def test_the_same_seed_writes_the_same_captions(grammar: Any) -> None:
    one, same, other = ([source.caption() for _ in range(20)] for source in (grammar(3), grammar(3), grammar(4)))
    assert one == same != other
