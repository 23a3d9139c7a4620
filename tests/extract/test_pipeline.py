from pathlib import Path

import pytest
import spacy

from eventclip.errors import EventClipError
from eventclip_extract.pipeline import lemma, load_pipeline, parsed


def test_the_bundled_pipeline_tags_and_parses() -> None:
    doc = load_pipeline()("A nurse carries a box.")
    assert [token.tag_ for token in doc] == ["DT", "NN", "VBZ", "DT", "NN", "."]
    assert [token.dep_ for token in doc][1:5] == ["nsubj", "ROOT", "det", "obj"]


def test_the_bundled_pipeline_keeps_hyphenated_words_whole() -> None:
    assert [token.text for token in load_pipeline()("A 12-year-old anti-war singer")][1:3] == [
        "12-year-old",
        "anti-war",
    ]


def test_the_bundled_pipeline_says_where_it_comes_from_and_how_good_it_is() -> None:
    meta = load_pipeline().meta
    assert meta["license"] == "CC BY-SA 4.0"
    assert {"UD English EWT", "wikigold"} <= {source["name"] for source in meta["sources"]}
    assert meta["performance"]["ewt_test"]["las"] > 75


def test_a_missing_package_is_reported_with_the_way_to_install_it() -> None:
    with pytest.raises(EventClipError, match="python -m spacy download en_core_web_nowhere"):
        load_pipeline("en_core_web_nowhere")


def test_a_folder_without_a_pipeline_is_named(tmp_path: Path) -> None:
    with pytest.raises(EventClipError, match=f"{tmp_path.name}: no trained spaCy pipeline"):
        load_pipeline(tmp_path)


def test_a_pipeline_without_a_parser_is_refused(tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.to_disk(tmp_path / "blank")
    with pytest.raises(EventClipError, match="has no tagger and no parser; expected a pipeline with tagger and parser"):
        load_pipeline(tmp_path / "blank")


@pytest.mark.parametrize(
    ("text", "pos", "expected"),
    [
        ("carries", "VERB", "carry"),
        ("struck", "VERB", "strike"),
        ("policemen", "NOUN", "policeman"),
        ("zzyx", "NOUN", "zzyx"),
    ],
)
def test_lemmas(text: str, pos: str, expected: str) -> None:
    assert lemma(text, pos) == expected  # type: ignore[arg-type]


def test_no_sentence_begins_without_a_mark_before_it() -> None:
    nlp = load_pipeline()
    [doc] = parsed(nlp, ["A nurse waves. Then North Korean leader Kim Jong Un leaves."], batch_size=1)
    assert [sentence.text for sentence in doc.sents] == [
        "A nurse waves.",
        "Then North Korean leader Kim Jong Un leaves.",
    ]
