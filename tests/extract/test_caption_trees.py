"""The 60 captions whose trees were checked by hand, and how well the bundled pipeline parses them."""

from pathlib import Path

import pytest
from spacy.tokens import Doc

from eventclip_extract.pipeline import load_pipeline

Row = tuple[str, str, int, str]
"""Form, PTB tag, place of the head (0 for a root) and label."""

PTB = """
    CC CD DT EX FW IN JJ JJR JJS MD NN NNS NNP NNPS PDT POS PRP PRP$ RB RBR RBS RP TO VB VBD VBG VBN VBP VBZ WDT WP WP$
    WRB , .
"""
RELATIONS = """
    acl acl:relcl advcl advmod amod appos aux aux:pass case cc ccomp compound compound:prt conj cop det fixed flat iobj
    mark nmod nmod:desc nmod:poss nmod:unmarked nsubj nsubj:pass nummod obj obl obl:agent obl:unmarked punct root xcomp
"""


def read_trees() -> dict[str, tuple[str, list[Row]]]:
    """Text and rows of each sentence, by its name."""
    found = {}
    for block in Path(__file__).with_name("captions.conllu").read_text(encoding="utf-8").strip().split("\n\n"):
        said = dict(line[2:].split(" = ", 1) for line in block.split("\n") if line.startswith(("# sent_id", "# text")))
        rows = [line.split("\t") for line in block.split("\n") if not line.startswith("#")]
        assert [row[0] for row in rows] == [str(number) for number in range(1, len(rows) + 1)], said
        assert {len(row) for row in rows} == {10}, said
        spaced = "".join(row[1] + ("" if row[9] == "SpaceAfter=No" else " ") for row in rows)
        assert spaced.strip() == said["text"]
        found[said["sent_id"]] = said["text"], [(row[1], row[4], int(row[6]), row[7]) for row in rows]
    return found


TREES = read_trees()


def path_to_root(rows: list[Row], place: int) -> list[int]:
    """The words above a word; as long as the sentence and more, where they run in a circle."""
    path = []
    while place and len(path) <= len(rows):
        path.append(place)
        place = rows[place - 1][2]
    return path


def test_there_are_sixty_different_captions() -> None:
    assert len({text for text, _ in TREES.values()}) == 60


@pytest.mark.parametrize("name", TREES)
def test_every_tree_is_well_formed(name: str) -> None:
    _, rows = TREES[name]
    assert [label for _, _, head, label in rows if head == 0] == ["root"]
    assert [label for _, _, head, label in rows if label == "root"] == ["root"]
    assert all(len(path_to_root(rows, place)) <= len(rows) for place in range(1, len(rows) + 1))
    assert {tag for _, tag, _, _ in rows} <= set(PTB.split())
    assert {label for *_, label in rows} <= set(RELATIONS.split())


@pytest.mark.parametrize("name", TREES)
def test_no_arc_crosses_another(name: str) -> None:
    arcs = [sorted((place, head)) for place, (_, _, head, _) in enumerate(TREES[name][1], 1) if head]
    crossing = [(a, b) for a in arcs for b in arcs if a[0] < b[0] < a[1] < b[1]]
    assert not crossing  # none of these sentences needs one: a crossing is a slip of the annotation


def test_a_preposition_an_article_or_an_auxiliary_heads_nothing_but_fixed_words() -> None:
    wrong = [
        (name, rows[head - 1][0], form)
        for name, (_, rows) in TREES.items()
        for form, _, head, label in rows
        if head and label != "fixed" and rows[head - 1][3] in ("case", "det", "aux", "aux:pass", "mark", "cc", "punct")
    ]
    assert not wrong


def test_the_bundled_pipeline_splits_the_captions_into_the_same_words() -> None:
    nlp = load_pipeline()
    for text, rows in TREES.values():
        assert [token.text for token in nlp.make_doc(text)] == [form for form, *_ in rows]


def test_the_bundled_pipeline_reaches_its_floor() -> None:
    nlp = load_pipeline()
    tag = head = both = num_words = num_attached = roots = 0
    for _, rows in TREES.values():
        doc = Doc(nlp.vocab, words=[form for form, *_ in rows])
        for _, component in nlp.pipeline:
            doc = component(doc)
        for token, (_, gold_tag, gold_head, gold_label) in zip(doc, rows, strict=True):
            found_head = 0 if token.head.i == token.i else token.head.i + 1
            num_words, tag = num_words + 1, tag + (token.tag_ == gold_tag)
            roots += found_head == gold_head == 0
            if gold_label != "punct":
                num_attached, head = num_attached + 1, head + (found_head == gold_head)
                both += found_head == gold_head and token.dep_.replace("ROOT", "root") == gold_label
    assert tag / num_words > TAG_FLOOR
    assert head / num_attached > UAS_FLOOR
    assert both / num_attached > LAS_FLOOR
    assert roots / len(TREES) > ROOT_FLOOR


TAG_FLOOR, UAS_FLOOR, LAS_FLOOR, ROOT_FLOOR = 0.94, 0.86, 0.83, 0.8
