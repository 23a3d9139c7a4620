"""The linguistic pipeline: the bundled one, a spaCy package or a folder; and lemmas, the same for all of them."""

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from eventclip.errors import EventClipError
from eventclip_extract.inflection import lemmas
from eventclip_extract.ontology import PartOfSpeech

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

BUNDLED = Path(__file__).parent / "pipelines" / "en_eventclip"
_NEEDED = ("tagger", "parser")
_DASHES = frozenset("-–—")
_ENDS_SENTENCE = frozenset(".!?;:-\"'…”’)]")
_ENDINGS: dict[PartOfSpeech, tuple[str, ...]] = {"NOUN": ("s", "men"), "VERB": ("s", "ed", "ing")}


def load_pipeline(name: str | Path | None = None) -> "Language":
    """A spaCy pipeline with a tagger and a parser.

    Args:
        name: None for the bundled English pipeline, the name of an installed spaCy package such as `en_core_web_trf`,
            or the folder of a trained pipeline.

    Raises:
        EventClipError: there is no such package or folder, it cannot be read, or it has no tagger or parser.
    """
    import spacy  # takes seconds, and imports torch where that is installed

    try:
        nlp = spacy.load(BUNDLED if name is None else name, exclude=["lemmatizer", "attribute_ruler"])
    except OSError as error:
        if name is None or Path(name).is_dir():
            raise EventClipError(f"{name or BUNDLED}: no trained spaCy pipeline can be read there: {error}") from None
        raise EventClipError(
            f"pipeline {str(name)!r}: no such spaCy package or folder; install it with "
            f"`python -m spacy download {name}`, or leave the option out for the bundled English pipeline"
        ) from None
    rules = getattr(nlp.tokenizer, "rules", None)
    if rules:  # English exceptions read "wed" as "we'd"
        nlp.tokenizer.rules = {text: parts for text, parts in rules.items() if text not in ("wed", "Wed")}  # type: ignore[union-attr]
    missing = [component for component in _NEEDED if component not in nlp.pipe_names]
    if missing:
        raise EventClipError(
            f"pipeline {str(name)!r} has no {' and no '.join(missing)}; "
            f"expected a pipeline with {' and '.join(_NEEDED)}, it has {', '.join(nlp.pipe_names) or 'nothing'}"
        )
    return nlp


def parsed(nlp: "Language", texts: Iterable[str], *, batch_size: int) -> Iterator["Doc"]:
    """The texts as documents with their trees, in which no sentence begins in the middle of another.

    A parser that was trained on the web ends a sentence wherever it is at a loss ("North Korean leader | Kim Jong Un");
    that none does without a mark to end it is all that it is told.
    """
    return nlp.pipe(map(_without_breaks, map(nlp.make_doc, texts)), batch_size=batch_size)


def _without_breaks(doc: "Doc") -> "Doc":
    strings = doc.vocab.strings
    breaks = np.zeros(len(doc), dtype=np.int64)
    goes_on = False
    for number, orth in enumerate(doc.to_array("ORTH").tolist()):  # a Token for every word takes as long as all else
        dash, ends = _marks(strings[orth])
        if goes_on and not dash:
            breaks[number] = -1  # no sentence starts here; 0 leaves it to the parser
        goes_on = not ends
    # All at once: a token that is set looks each time whether the whole document has a tree.
    return doc.from_array(["SENT_START"], breaks.astype(np.uint64))  # type: ignore[arg-type]  # one row will do


@lru_cache(maxsize=1 << 16)
def _marks(text: str) -> tuple[bool, bool]:
    """Whether a word is a dash, and whether a sentence may end behind it."""
    return text[0] in _DASHES, text[-1] in _ENDS_SENTENCE or text.isspace()


@cache
def lemma(text: str, pos: PartOfSpeech) -> str:
    """The dictionary form of a lower-case word, as `carries` gives `carry`; an unknown word is its own."""
    known = lemmas(text)
    if pos in known:
        return known[pos][0]
    if not known and not text.endswith(_ENDINGS[pos]):
        return text  # a name, mostly: to guess takes longer than to look up
    from lemminflect import getLemma  # imports spacy

    found = getLemma(text, upos=pos)
    return str(found[0]) if found else text


@cache
def is_base_form(text: str) -> bool:
    """Whether a lower-case word is the infinitive of some verb, as "lay" is, whatever else it is a past tense of."""
    return text in lemmas(text).get("VERB", ())
