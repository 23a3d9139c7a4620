"""Forms of verbs and nouns, a or an, and the number of noun phrases."""

import pytest

from eventclip_extract.inflection import indefinite_article, inflect, is_plural, noun_tags, verb_tags


@pytest.mark.parametrize(
    ("lemma", "tag", "form"),
    [
        ("carry", "VBZ", "carries"),
        ("stop", "VBG", "stopping"),
        ("travel", "VBD", "traveled"),
        ("give", "VBD", "gave"),
        ("give", "VBN", "given"),
        ("lie", "VBD", "lay"),
        ("lie", "VBN", "lain"),
        ("arrest", "VB", "arrest"),
        ("wife", "NNS", "wives"),
        ("news conference", "NNS", "news conferences"),
    ],
)
def test_inflect(lemma: str, tag: str, form: str) -> None:
    assert inflect(lemma, tag) == form


def test_tags_of_a_form_that_is_both_past_and_participle() -> None:
    assert verb_tags("Carried", "carry") == {"VBD", "VBN"}


def test_no_tag_for_another_verb() -> None:
    assert verb_tags("carries", "push") == frozenset()


def test_noun_tags_tell_number() -> None:
    assert noun_tags("protests", "protest") == {"NNS"}
    assert noun_tags("protest", "protest") == {"NN"}


@pytest.mark.parametrize(
    ("following", "article"),
    [
        ("arrest", "an"),
        ("hug", "a"),
        ("hour", "an"),
        ("union", "a"),
        ("one-man band", "a"),
        ("FBI agent", "an"),
        ("UN envoy", "a"),
        ("8-year-old", "an"),
        ("Uzbek", "an"),
    ],
)
def test_article_goes_by_sound(following: str, article: str) -> None:
    assert indefinite_article(following) == article


@pytest.mark.parametrize(
    "phrase",
    [
        "two men",
        "the police",
        "Riot police",
        "a man and a woman",
        "soldiers with a gun",
        "Children",
        "government troops",
        "they",
        "Palestinians",
        "the Kurds",
    ],
)
def test_plural_phrases(phrase: str) -> None:
    assert is_plural(phrase)


@pytest.mark.parametrize(
    "phrase",
    ["a group of men", "the crisis", "Maria Sanders", "a man with two dogs", "him", "the United States", "the news"],
)
def test_singular_phrases(phrase: str) -> None:
    assert not is_plural(phrase)
