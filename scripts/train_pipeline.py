"""Trains the English pipeline that ships in `eventclip_extract/pipelines/en_eventclip`.

    OMP_NUM_THREADS=1 python scripts/train_pipeline.py ../shared/data/ud

The folder holds `ewt/` (UD English EWT), `pud/` (UD English PUD) and `ner/` (wikigold, WNUT17, Universal NER on EWT).
About 45 minutes on one core. Tagger and parser learn from EWT and the captions of `caption_grammar.py`, the names from
the three sets and the same captions. Scores, sources and licences stand in the folder's meta.json and ATTRIBUTION.md.
"""

import argparse
import json
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import spacy
from caption_grammar import CaptionGrammar
from spacy.cli.train import train
from spacy.language import Language
from spacy.tokens import Doc, DocBin
from treebanks import Sentence, read_treebank, scored, to_doc

CONFIG = Path(__file__).with_suffix(".cfg")
PACKAGE = Path(__file__).parents[1] / "extract" / "eventclip_extract" / "pipelines" / "en_eventclip"
NUM_CAPTIONS = 6_000
NUM_HELD_OUT_CAPTIONS = 300
HELD_OUT_EVERY = 8
WNUT_LABELS = {
    "person": "PER",
    "location": "LOC",
    "corporation": "ORG",
    "group": "ORG",
    "creative-work": "MISC",
    "product": "MISC",
}
SOURCES = [
    ("UD English EWT", "https://universaldependencies.org/treebanks/en_ewt", "CC BY-SA 4.0"),
    ("Universal NER, English EWT", "https://www.universalner.org", "CC BY-SA 4.0"),
    ("wikigold", "https://aclanthology.org/W09-3302", "CC BY 4.0"),
    ("WNUT 2017 emerging entities", "https://aclanthology.org/W17-4418", "CC BY 4.0"),
    ("names of cities in the captions: GeoNames", "https://www.geonames.org", "CC BY 4.0"),
    ("captions of scripts/caption_grammar.py", "this repository", "MIT"),
]


@spacy.registry.callbacks("eventclip.whole_hyphens")
def whole_hyphens() -> Callable[[Language], None]:
    """spaCy's English tokenizer, except that it leaves words with hyphens whole."""

    def change(nlp: Language) -> None:
        infixes = [pattern for pattern in nlp.Defaults.infixes if "-|–" not in pattern]
        nlp.tokenizer.infix_finditer = spacy.util.compile_infix_regex(infixes).finditer

    return change


def read_names(path: Path, *, word: int = 0, label: int = -1) -> Iterator[Sentence]:
    """The sentences of a column file of names, labels PER, LOC, ORG and MISC."""
    sentence, previous = Sentence([], []), "O"
    for line in [*path.read_text(encoding="utf-8").split("\n"), ""]:
        columns = line.split("\t") if "\t" in line else line.split()
        if not line.strip():
            if sentence.words:
                yield sentence
            sentence, previous = Sentence([], []), "O"
        elif not line.startswith("# ") and columns[word]:
            kind = columns[label].strip()
            name = kind[2:]
            begins = kind.startswith("B-") or (kind != "O" and previous != name)
            sentence.words.append(columns[word])
            sentence.spaces.append(True)
            sentence.names.append(
                "O" if kind == "O" else f"{'B' if begins else 'I'}-{WNUT_LABELS.get(name, name).replace('OTH', 'MISC')}"
            )
            previous = name if kind != "O" else "O"


def written_captions(number: int, seed: int) -> Iterator[Sentence]:
    """Captions of the grammar, with their names."""
    grammar = CaptionGrammar(seed)
    for _ in range(number):
        tokens = grammar.caption().tokens
        names = []
        for place, token in enumerate(tokens):
            same = place and tokens[place - 1].name == token.name
            names.append(f"{'I' if same else 'B'}-{token.name}" if token.name else "O")
        spaces = [after.text not in (",", ".") for after in tokens[1:]] + [False]
        yield Sentence(
            [t.text for t in tokens],
            spaces,
            [t.tag for t in tokens],
            [t.head for t in tokens],
            [t.dep for t in tokens],
            names,
        )


def documents(nlp: Language, sentences: list[Sentence], most: int, rng: random.Random) -> Iterator[Doc]:
    """The sentences in documents of one to `most` neighbours, so that the parser learns where sentences end."""
    at = 0
    while at < len(sentences):
        size = rng.randint(1, most)
        yield to_doc(nlp, sentences[at : at + size])
        at += size


def prepare(folder: Path, nlp: Language, work: Path) -> dict[str, list[Doc]]:
    """Writes the training and development files and returns the documents held out for the scores."""
    rng = random.Random(0)
    names = [
        *read_names(folder / "ner" / "wikigold.conll.txt"),
        *read_names(folder / "ner" / "wnut17train.conll"),
        *read_names(folder / "ner" / "uner_en_ewt-ud-dev.iob2", word=1, label=2),
    ]
    held_out_names = names[::HELD_OUT_EVERY]
    trained_names = [sentence for number, sentence in enumerate(names) if number % HELD_OUT_EVERY]
    training = [
        *documents(nlp, list(read_treebank(folder / "ewt" / "en_ewt-ud-train.conllu.gz")), 3, rng),
        *documents(nlp, trained_names, 2, rng),
        *documents(nlp, list(written_captions(NUM_CAPTIONS, seed=1)), 2, rng),
    ]
    rng.shuffle(training)
    development = [
        *documents(nlp, list(read_treebank(folder / "ewt" / "en_ewt-ud-dev.conllu")), 3, rng),
        *documents(nlp, held_out_names[::2], 1, rng),
    ]
    DocBin(docs=training).to_disk(work / "train.spacy")
    DocBin(docs=development).to_disk(work / "dev.spacy")
    return {
        "ewt_test": list(documents(nlp, list(read_treebank(folder / "ewt" / "en_ewt-ud-test.conllu")), 1, rng)),
        "pud": list(documents(nlp, list(read_treebank(folder / "pud" / "en_pud-ud-test.conllu")), 1, rng)),
        "names": list(documents(nlp, held_out_names[1::2], 1, rng)),
        "written_captions": list(documents(nlp, list(written_captions(NUM_HELD_OUT_CAPTIONS, seed=2)), 1, rng)),
    }


def publish(model: Path, scores: dict[str, dict[str, float]], target: Path) -> None:
    """Copies the trained folder into the package with its scores and where it comes from."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(model, target)
    meta = json.loads((target / "meta.json").read_text(encoding="utf-8"))
    meta |= {
        "name": "eventclip",
        "version": "0.1.0",
        "description": "English for press captions: tagger, parser (Universal Dependencies), names",
        "license": "CC BY-SA 4.0",
        "sources": [{"name": name, "url": url, "license": licence} for name, url, licence in SOURCES],
        "performance": scores,
    }
    (target / "meta.json").write_text(json.dumps(meta, indent=2) + "\n", encoding="utf-8")
    lines = [
        "# Attribution",
        "",
        "This pipeline was trained by `scripts/train_pipeline.py` on the sources below. As an adaptation of the first",
        "two it is licensed under CC BY-SA 4.0 (https://creativecommons.org/licenses/by-sa/4.0/). The code of",
        "eventclip is MIT.",
        "",
        *(f"- {name}, {url}, {licence}" for name, url, licence in SOURCES),
    ]
    (target / "ATTRIBUTION.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder with ewt/, pud/ and ner/")
    parser.add_argument("--max-steps", type=int, default=6_000, help="training steps (default: %(default)s)")
    parser.add_argument("--output", type=Path, default=PACKAGE, help="where the pipeline goes (default: the package)")
    arguments = parser.parse_args()

    nlp = spacy.blank("en")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        held_out = prepare(arguments.folder, nlp, work)
        train(
            CONFIG,
            work / "trained",
            overrides={
                "paths.train": str(work / "train.spacy"),
                "paths.dev": str(work / "dev.spacy"),
                "training.max_steps": arguments.max_steps,
            },
        )
        trained = spacy.load(work / "trained" / "model-best")
        trained.config["paths"] |= {"train": None, "dev": None}
        trained.config["initialize"]["before_init"] = None
        trained.to_disk(work / "final")
        scores = {name: scored(trained, docs) for name, docs in held_out.items()}
        publish(work / "final", scores, arguments.output)
    print(json.dumps(scores, indent=2))


if __name__ == "__main__":
    main()
