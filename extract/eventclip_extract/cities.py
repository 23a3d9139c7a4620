"""Names of cities: what a tagger of names takes for a person ("Mosul"), a gazetteer knows for a place."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from eventclip_extract.inflection import lemmas

if TYPE_CHECKING:
    from eventclip_extract.syntax import Parse, Word

_CITIES = Path(__file__).with_name("cities.txt")


@cache
def _cities() -> dict[str, bool]:
    """Name -> whether it is a city whatever a tagger says."""
    lines = _CITIES.read_text(encoding="utf-8").splitlines()
    return {name: bool(always) for name, _, always in (line.partition("\t") for line in lines if line[0] != "#")}


def may_be_city(name: str) -> bool:
    """Whether a city is called so, whoever else is."""
    return name in _cities()


def label_cities(parse: "Parse") -> None:
    """Makes a place of every name that is a city's and hardly a person's: "flee Mosul", "in Moscow's suburbs"."""
    words = parse.words
    run: list[Word] = []
    for word in words:
        if word.tag in ("NN", "JJ") and word.text[0].isupper() and not _is_beside_a_name(words, word):
            if may_be_city(word.text):
                word.tag, word.name = "NNP", word.name or "GPE"
            elif word.tag == "NN" and not lemmas(word.lower):
                word.tag = "NNP"  # of no dictionary, and with a capital of its own
        if word.tag == "NNP" and (run or word.text[0].isupper()):  # "Rio de Janeiro"
            run.append(word)
        elif run:
            _label(run)
            run = []
    if run:
        _label(run)


def _is_beside_a_name(words: "list[Word]", word: "Word") -> bool:
    """Whether a word opens the text or stands in a longer name, so that its capital says nothing of its own."""
    beside = words[max(0, word.number - 1) : word.number + 2]
    return word.number == 0 or any(one.text[:1].isupper() for one in beside if one is not word)


def _label(run: "list[Word]") -> None:
    first, last = run[0], run[-1]
    if first.name in ("GPE", "LOC") and last.name in ("GPE", "LOC"):
        return
    if _cities().get(" ".join(word.text for word in run)):
        for word in run:
            word.name = "GPE"
