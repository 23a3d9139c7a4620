import pytest
import spacy
from spacy.tokens import Doc

from eventclip_extract.attachment import mend
from eventclip_extract.clauses import is_passive, verb_slots
from eventclip_extract.syntax import Parse, Word, read_parse

VOCAB = spacy.blank("en").vocab


def parse(*rows: str) -> Parse:
    """A parse from `word/TAG/label/head` rows, heads counted from 0."""
    columns = [row.rsplit("/", maxsplit=3) for row in rows]
    words, tags, deps, heads = (list(column) for column in zip(*columns, strict=True))
    return read_parse(Doc(VOCAB, words=words, tags=tags, deps=deps, heads=[int(head) for head in heads]))


def find(made: Parse, text: str) -> Word:
    return next(word for word in made.words if word.text == text)


UD_ACTIVE = (
    "A/DT/det/1", "nurse/NN/nsubj/2", "carries/VBZ/ROOT/2", "a/DT/det/4", "boy/NN/obj/2", "on/IN/case/7", "a/DT/det/7",
    "stretcher/NN/obl/2",
)  # fmt: skip
CLEAR_ACTIVE = (
    "A/DT/det/1", "nurse/NN/nsubj/2", "carries/VBZ/ROOT/2", "a/DT/det/4", "boy/NN/dobj/2", "on/IN/prep/2", "a/DT/det/7",
    "stretcher/NN/pobj/5",
)  # fmt: skip
UD_PASSIVE = (
    "A/DT/det/1", "boy/NN/nsubj:pass/3", "is/VBZ/aux:pass/3", "carried/VBN/ROOT/3", "by/IN/case/6", "a/DT/det/6",
    "nurse/NN/obl:agent/3",
)  # fmt: skip
CLEAR_PASSIVE = (
    "A/DT/det/1", "boy/NN/nsubjpass/3", "is/VBZ/auxpass/3", "carried/VBN/ROOT/3", "by/IN/agent/3", "a/DT/det/6",
    "nurse/NN/pobj/4",
)  # fmt: skip
UD_RELATIVE = (
    "A/DT/det/1", "boy/NN/nsubj/5", "whom/WP/obj/4", "soldiers/NNS/nsubj/4", "carry/VBP/acl:relcl/1",
    "waves/VBZ/ROOT/5",
)  # fmt: skip
CLEAR_RELATIVE = (
    "A/DT/det/1", "boy/NN/nsubj/5", "whom/WP/dobj/4", "soldiers/NNS/nsubj/4", "carry/VBP/relcl/1", "waves/VBZ/ROOT/5",
)  # fmt: skip


@pytest.mark.parametrize(
    ("ud", "clear"), [(UD_ACTIVE, CLEAR_ACTIVE), (UD_PASSIVE, CLEAR_PASSIVE), (UD_RELATIVE, CLEAR_RELATIVE)]
)
def test_both_label_schemes_give_the_same_tree(ud: tuple[str, ...], clear: tuple[str, ...]) -> None:
    trees = [
        [(word.text, word.dep, word.head.text if word.head else None, word.case) for word in parse(*rows).words]
        for rows in (ud, clear)
    ]
    assert trees[0] == trees[1]


def test_the_slots_of_an_active_verb() -> None:
    slots = verb_slots(find(parse(*UD_ACTIVE), "carries"))
    assert [word.text for word in slots.subject] == ["nurse"]
    assert [word.text for word in slots.object] == ["boy"]
    assert [(case, word.text) for case, word in slots.phrases] == [("on", "stretcher")]
    assert slots.rule == "clause-active"


def test_the_subject_slot_of_a_passive_is_who_does_it() -> None:
    slots = verb_slots(find(parse(*UD_PASSIVE), "carried"))
    assert [word.text for word in slots.subject] == ["nurse"]
    assert [word.text for word in slots.object] == ["boy"]
    assert slots.passive


def test_the_object_of_a_relative_clause_with_a_gap_is_its_noun() -> None:
    slots = verb_slots(find(parse(*UD_RELATIVE), "carry"))
    assert [word.text for word in slots.subject] == ["soldiers"]
    assert [word.text for word in slots.object] == ["boy"]


def test_a_reduced_participle_is_passive_and_a_perfect_is_not() -> None:
    reduced = parse("Boxes/NNS/ROOT/0", "carried/VBN/acl/0", "away/RB/advmod/1")
    perfect = parse("Men/NNS/nsubj/2", "have/VBP/aux/2", "carried/VBN/ROOT/2", "boxes/NNS/obj/2")
    assert is_passive(find(reduced, "carried"))
    assert not is_passive(find(perfect, "carried"))


def test_two_unmarked_objects_are_a_recipient_and_a_thing() -> None:
    made = parse("He/PRP/nsubj/1", "hands/VBZ/ROOT/1", "a/DT/det/3", "chef/NN/obj/1", "a/DT/det/5", "box/NN/obj/1")
    slots = verb_slots(find(made, "hands"))
    assert ([word.text for word in slots.indirect], [word.text for word in slots.object]) == (["chef"], ["box"])


def test_what_somebody_wears_is_hung_on_him() -> None:
    made = parse(
        "He/PRP/nsubj/1", "arrests/VBZ/ROOT/1", "a/DT/det/3", "nurse/NN/obj/1", "in/IN/case/5", "blue/NN/obl/1",
        "in/IN/case/7", "Cairo/NNP/nmod/3",
    )  # fmt: skip
    mend(made, lambda _: False)
    blue = find(made, "blue")
    assert blue.head is find(made, "nurse")
    assert blue.dep == "nmod"


def test_a_place_hung_on_an_object_is_hung_on_the_verb() -> None:
    made = parse(
        "He/PRP/nsubj/1",
        "arrests/VBZ/ROOT/1",
        "a/DT/det/3",
        "nurse/NN/obj/1",
        "near/IN/case/6",
        "the/DT/det/6",
        "market/NN/nmod/3",
    )
    mend(made, lambda _: False)
    assert find(made, "market").head is find(made, "arrests")


def test_adjectives_joined_by_and_are_one_noun_phrase() -> None:
    made = parse(
        "A/DT/det/1", "black/JJ/nsubj/6", ",/,/punct/1", "white/JJ/conj/1", "and/CC/cc/5", "dog/NN/conj/1",
        "runs/VBZ/ROOT/6",
    )  # fmt: skip
    mend(made, lambda _: False)
    slots = verb_slots(find(made, "runs"))
    assert [word.text for word in slots.subject] == ["dog"]
    assert [word.text for word in find(made, "dog").having("amod")] == ["black", "white"]


def test_an_adjective_and_a_noun_with_a_determiner_are_two() -> None:
    made = parse("The/DT/det/1", "rich/JJ/nsubj/5", "and/CC/cc/4", "a/DT/det/4", "dog/NN/conj/1", "run/VBP/ROOT/5")
    mend(made, lambda _: False)
    assert [word.text for word in verb_slots(find(made, "run")).subject] == ["rich", "dog"]


def test_a_caption_without_a_verb_gets_the_one_that_was_taken_for_a_noun() -> None:
    made = parse("Okoro/NNP/compound/1", "hugs/NNS/ROOT/1", "a/DT/det/3", "pilot/NN/obj/1")
    mend(made, lambda lemma: lemma == "hug")
    hugs = find(made, "hugs")
    assert hugs.tag == "VBZ"
    assert [word.text for word in verb_slots(hugs).subject] == ["Okoro"]


def test_words_are_grouped_by_sentence() -> None:
    made = parse("He/PRP/nsubj/1", "waves/VBZ/ROOT/1", "She/PRP/nsubj/3", "runs/VBZ/ROOT/3")
    assert [[word.text for word in words] for words in made.sentences()] == [["He", "waves"], ["She", "runs"]]


def test_a_word_cannot_hang_below_itself() -> None:
    made = parse(*UD_ACTIVE)
    with pytest.raises(AssertionError, match="below itself"):
        find(made, "carries").move(find(made, "boy"), "obj")
